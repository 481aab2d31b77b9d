//! What lies over everything: the countdown before a visit ends by itself.

use motcua_show::visit::Press;

use super::draft::{BUTTON_HEIGHT, Draft, RADIUS};
use super::sizes::{Sizes, button};
use super::{Panel, Part, Scene, TargetKind};
use crate::geometry::Rect;
use crate::page::Role;
use crate::typesetter::Typesetter;
use crate::words::filled;

/// The countdown, while it runs: the whole screen stops it.
pub(super) fn countdown(typesetter: &mut Typesetter, scene: &Scene<'_>) -> Option<Panel> {
    let seconds = scene.visit.countdown()?;
    let words = scene.words;
    let (width, height) = (scene.viewport.width, scene.viewport.height);
    let sizes = Sizes {
        factor: scene.visit.options().size.factor(),
    };
    let mut draft = Draft::new(typesetter);
    let column = (width - 160.0).min(1300.0);
    let title = draft
        .typesetter
        .block(&words.still_there, sizes.title(), column);
    let said = filled(&words.returns_in, &[&seconds.to_string()]);
    let said = draft.typesetter.block(&said, sizes.body(), column);
    let all = title.height + said.height + BUTTON_HEIGHT + 100.0;
    // Within reach of a seated hand.
    let mut y = (height - all) * 0.6;
    title.place_centred(width / 2.0, y, &mut draft.elements);
    y += title.height + 24.0;
    said.place_centred(width / 2.0, y, &mut draft.elements);
    y += said.height + 40.0;
    let label_width = draft.button_width(&words.stay) + 80.0;
    let rect = Rect::new(
        (width - label_width) / 2.0,
        y,
        label_width,
        BUTTON_HEIGHT + 20.0,
    );
    let whole = Rect::new(0.0, 0.0, width, height);
    draft.target(whole, Press::Stay, &words.stay, TargetKind::Button);
    draft.outline(rect, Role::Edge, Role::Text, RADIUS);
    draft.label(rect, &words.stay, button(Role::Card));
    Some(draft.finish(Part::Cover, whole, Role::Surface, height, &"countdown"))
}
