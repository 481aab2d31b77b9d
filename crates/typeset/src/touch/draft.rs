//! A panel while it is being set.

use std::hash::{DefaultHasher, Hash, Hasher};

use motcua_show::visit::Press;

use super::sizes::button;
use super::{Panel, Part, Target, TargetKind};
use crate::block::Block;
use crate::geometry::Rect;
use crate::page::{Element, Role, Weight};
use crate::style::Style;
use crate::typesetter::Typesetter;

/// Radius of buttons, tiles and cards.
pub(super) const RADIUS: f32 = 14.0;
/// The edge of what can be touched.
pub(super) const EDGE: f32 = 3.0;
/// Height of a button.
pub(super) const BUTTON_HEIGHT: f32 = 84.0;
/// Space between a button's edge and its label.
const BUTTON_PADDING: f32 = 28.0;
/// The sizes of a button's label as parts of the usual one, until it fits.
const SHRINKING: [f32; 4] = [1.0, 0.94, 0.89, 0.84];

/// How a button looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// On the page.
    Plain,
    /// On the page, the one that most will want.
    Strong,
    /// On a bar.
    OnBar,
    /// On a bar, chosen.
    ChosenOnBar,
    /// On the page, chosen.
    Chosen,
}

impl Look {
    const fn roles(self) -> (Role, Role, Role) {
        match self {
            Self::Plain => (Role::Card, Role::Edge, Role::Text),
            Self::Strong => (Role::Frame, Role::Edge, Role::OnFrame),
            // Page and text exchanged: the frame's colour is the page's own in the strongest contrast.
            Self::Chosen => (Role::Text, Role::Text, Role::Card),
            Self::OnBar => (Role::Frame, Role::OnFrameMuted, Role::OnFrame),
            Self::ChosenOnBar => (Role::OnFrame, Role::OnFrame, Role::Frame),
        }
    }
}

/// Elements and targets of a panel, relative to its corner.
pub(super) struct Draft<'t> {
    pub typesetter: &'t mut Typesetter,
    pub elements: Vec<Element>,
    pub targets: Vec<Target>,
}

impl<'t> Draft<'t> {
    pub(super) fn new(typesetter: &'t mut Typesetter) -> Self {
        Self {
            typesetter,
            elements: Vec::new(),
            targets: Vec::new(),
        }
    }

    /// Sets text and says how high it is.
    pub(super) fn text(&mut self, text: &str, style: Style, x: f32, y: f32, width: f32) -> f32 {
        let block = self.typesetter.block(text, style, width);
        block.place(x, y, &mut self.elements);
        block.height
    }

    pub(super) fn fill(&mut self, rect: Rect, role: Role, radius: f32) {
        self.elements.push(Element::Fill { rect, role, radius });
    }

    pub(super) fn outline(&mut self, rect: Rect, role: Role, fill: Role, radius: f32) {
        self.elements.push(Element::Outline {
            rect,
            stroke: EDGE,
            role,
            fill: Some(fill),
            radius,
        });
    }

    pub(super) fn target(&mut self, rect: Rect, press: Press, label: &str, kind: TargetKind) {
        self.targets.push(Target {
            rect,
            press,
            label: label.to_owned(),
            kind,
            radius: RADIUS,
        });
    }

    /// The width that a button with this label wants.
    pub(super) fn button_width(&mut self, label: &str) -> f32 {
        let block = self.typesetter.line(label, button(Role::Text));
        (block.width + 2.0 * BUTTON_PADDING).max(BUTTON_HEIGHT)
    }

    pub(super) fn button(
        &mut self,
        rect: Rect,
        label: &str,
        look: Look,
        press: Press,
        kind: TargetKind,
    ) {
        let (fill, edge, ink) = look.roles();
        self.outline(rect, edge, fill, RADIUS);
        self.label(rect, label, button(ink));
        self.target(rect, press, label, kind);
    }

    /// Sets a label in the middle of a rectangle, smaller or on two lines where it has to be; a word is never
    /// broken.
    pub(super) fn label(&mut self, rect: Rect, label: &str, style: Style) {
        let width = rect.width - BUTTON_PADDING.min(rect.width * 0.15);
        let mut block = Block::default();
        for part in SHRINKING {
            block = self.typesetter.block(label, style.at(style.size * part), width);
            if block.lines.len() == 1 {
                break;
            }
        }
        if block.lines.len() > 2 || block.height > rect.height || !label.contains(' ') {
            let whole = self.typesetter.line(label, style);
            let part = (width / whole.width).min(1.0);
            block = self.typesetter.line(label, style.at(style.size * part));
        }
        self.centred(&block, rect);
    }

    /// Sets a block in the middle of a rectangle.
    pub(super) fn centred(&mut self, block: &Block, rect: Rect) {
        let y = rect.y + (rect.height - block.height) / 2.0;
        block.place_centred(rect.x + rect.width / 2.0, y, &mut self.elements);
    }

    /// Sets a text whose `**marked**` words stand out in the accent and are underlined, in at most `lines`
    /// lines; says how high it is.
    pub(super) fn marked(
        &mut self,
        text: &str,
        style: Style,
        (x, y): (f32, f32),
        width: f32,
        lines: usize,
    ) -> f32 {
        let mut block = self.typesetter.block(text, style, width);
        shorten(&mut block, lines);
        let mut placed = Vec::new();
        block.place(x, y, &mut placed);
        for element in &mut placed {
            if let Element::Text(run) = element
                && run.weight == Weight::Bold
                && style.weight != Weight::Bold
            {
                run.role = Role::Accent;
                let rule = Rect::new(
                    run.rect.x,
                    run.rect.y + run.size * 1.38,
                    run.rect.width,
                    3.0,
                );
                self.fill(rule, Role::Accent, 0.0);
            }
        }
        self.elements.extend(placed);
        block.height
    }

    /// The panel; `holds` is what it is about.
    pub(super) fn finish(
        self,
        part: Part,
        place: Rect,
        ground: Role,
        height: f32,
        holds: &impl Hash,
    ) -> Panel {
        let mut hasher = DefaultHasher::new();
        holds.hash(&mut hasher);
        Panel {
            part,
            place,
            ground,
            elements: self.elements,
            targets: self.targets,
            height: height.max(place.height),
            holds: hasher.finish(),
        }
    }
}

/// Cuts a block after so many lines; the last then says that there is more.
fn shorten(block: &mut Block, lines: usize) {
    if block.lines.len() <= lines {
        return;
    }
    let mut kept = std::mem::take(&mut block.lines);
    kept.truncate(lines);
    if let Some(run) = kept.last_mut().and_then(|line| line.runs.last_mut()) {
        // Room for the sign is made by the letters before it.
        let letters: Vec<char> = run.text.trim_end().chars().collect();
        let keep = letters.len().saturating_sub(2);
        let mut text: String = letters.into_iter().take(keep).collect();
        text.truncate(text.trim_end().len());
        text.push('…');
        run.text = text;
    }
    *block = Block::of(kept);
}
