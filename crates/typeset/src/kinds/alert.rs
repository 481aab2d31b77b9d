//! An alert: what happens and what to do, in the largest type that it fits in, on the accent's ground.

use crate::geometry::Viewport;
use crate::page::{Element, Page, Role};
use crate::parts;
use crate::style::{HEADLINES, LONG_HEADLINES, Style};
use crate::typesetter::Typesetter;

/// Sizes of what to do, largest first.
const BODIES: [f32; 3] = [72.0, 60.0, 50.0];
/// The most that the headline takes of the height.
const HEADLINE_PART: f32 = 0.5;
/// Space between label, headline and text.
const BETWEEN: f32 = 28.0;

/// What an alert says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// What it is: "Cảnh báo khẩn cấp", "Diễn tập".
    pub label: String,
    /// What happens.
    pub title: String,
    /// What to do.
    pub body: String,
}

impl Alert {
    /// The page for a screen.
    #[must_use]
    pub fn page(&self, typesetter: &mut Typesetter, viewport: Viewport) -> Page {
        let frame = viewport.frame();
        let body = frame.body;
        let mut elements = vec![Element::Fill {
            rect: frame.stage,
            role: Role::Accent,
            radius: 0.0,
        }];
        let on_accent = |style: Style| style.coloured(Role::OnAccent);
        let label = on_accent(Style::label_strong(Role::OnAccent).at(54.0));
        let label = typesetter.block(&self.label, label, body.width);
        let title = on_accent(Style::headline(HEADLINES[0]));
        let sizes: Vec<f32> = HEADLINES.iter().chain(LONG_HEADLINES).copied().collect();
        let share = body.height * HEADLINE_PART;
        let title = typesetter.fit(&self.title, &sizes, title, body.width, share);
        let rest = body.height - label.height - title.height - 2.0 * BETWEEN;
        let text = on_accent(Style::body());
        let text = typesetter.fit(&self.body, &BODIES, text, body.width, rest);
        let all = label.height + title.height + text.height + 2.0 * BETWEEN;
        let mut y = body.y + (body.height - all).max(0.0) / 2.0;
        for block in [label, title, text] {
            block.place(body.x, y, &mut elements);
            y += block.height + BETWEEN;
        }
        parts::page(elements)
    }
}
