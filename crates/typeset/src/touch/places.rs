//! Which part of the screen each panel takes.

use motcua_show::visit::Place;

use super::bars::{self, BAR};
use super::draft::Draft;
use super::{Panel, Part, Scene, closing, form, home, keys, list, procedure, receipt};
use crate::geometry::Rect;
use crate::page::{Role, Weight};
use crate::style::Style;
use crate::typesetter::Typesetter;

/// What of the height is left above where everything is lowered: the middle of a screen that hangs at eye level
/// is the upper reach of a seated person.
const LOWERED_WIDE: f32 = 0.40;
const LOWERED_UPRIGHT: f32 = 0.48;

/// What of a lowered wide screen's width the keyboard takes, beside what is found.
const KEYS_BESIDE: f32 = 0.62;
/// The least width of what is found beside the keyboard.
const LEAST_BESIDE: f32 = 500.0;
/// The least height of what is found above the keyboard.
const LEAST_ABOVE: f32 = 150.0;

/// The screen's parts before a place has filled them.
pub(super) struct Places {
    pub top: Option<Panel>,
    pub bottom: Option<Panel>,
    pub banner: Option<Panel>,
    /// What is between the bars.
    middle: Rect,
    /// Whether keyboard and results stand beside each other.
    has_keys_beside: bool,
}

impl Places {
    pub(super) fn of(typesetter: &mut Typesetter, scene: &Scene<'_>) -> Self {
        let (width, height) = (scene.viewport.width, scene.viewport.height);
        let is_lowered = scene.visit.options().is_lowered;
        let share = if scene.viewport.is_portrait() {
            LOWERED_UPRIGHT
        } else {
            LOWERED_WIDE
        };
        let is_wide = !scene.viewport.is_portrait();
        let has_room_beside = is_wide && width - keys_beside(width) >= LEAST_BESIDE;
        let least = match (is_wide, has_room_beside) {
            (false, _) => 0.0,
            (true, true) => BAR + keys::FIELD_PANEL + keys::LOWEST,
            (true, false) => BAR + keys::FIELD_PANEL + keys::LOWEST + LEAST_ABOVE,
        };
        // On a low screen as far down as the keyboard has room.
        let y = if is_lowered {
            (height * share).min(height - least).max(0.0).round()
        } else {
            0.0
        };
        let is_typing = scene.visit.keyboard().is_some();
        // Where the keyboard stands in the lower part of a wide screen, it needs the room of the bar.
        let has_no_top = is_lowered && is_typing && is_wide;
        let has_keys_beside = has_no_top && has_room_beside;
        let mut top = bars::top(typesetter, scene, 0.0, y, width);
        if has_no_top {
            top.place.height = 0.0;
        }
        let bottom = Rect::new(0.0, height - BAR, width, BAR);
        let middle = Rect::new(
            0.0,
            top.place.bottom(),
            width,
            bottom.y - top.place.bottom(),
        );
        let banner = is_lowered.then(|| banner(typesetter, scene, Rect::new(0.0, 0.0, width, y)));
        Self {
            top: Some(top).filter(|_| !has_no_top),
            bottom: Some(bars::bottom(typesetter, scene, bottom)),
            banner,
            middle,
            has_keys_beside,
        }
    }

    /// The panels between the bars.
    pub(super) fn content(&self, typesetter: &mut Typesetter, scene: &Scene<'_>) -> Vec<Panel> {
        let middle = self.middle;
        match scene.visit.place() {
            Place::Home => vec![home::home(typesetter, scene, middle)],
            Place::Typing => self.with_keys(typesetter, scene, list::results),
            Place::Found => list::found(typesetter, scene, middle),
            Place::Receipt => self.with_keys(typesetter, scene, receipt::page),
            Place::Fields => vec![list::fields(typesetter, scene, middle)],
            Place::Field(name) => list::of_field(typesetter, scene, name, middle),
            Place::Event(event) => list::of_event(typesetter, scene, *event, middle),
            Place::Procedure { code, section, qr } => {
                procedure::page(typesetter, scene, code, *section, *qr, middle)
            }
            Place::Form { code, form } => form::panels(typesetter, scene, code, *form, middle),
            Place::Feedback => vec![closing::feedback(typesetter, scene, middle)],
            Place::Rating => vec![closing::rating(typesetter, scene, middle)],
            Place::Thanks => vec![closing::thanks(typesetter, scene, middle)],
        }
    }

    /// The field above, the keyboard below, and between them what `between` sets.
    fn with_keys(
        &self,
        typesetter: &mut Typesetter,
        scene: &Scene<'_>,
        between: impl FnOnce(&mut Typesetter, &Scene<'_>, Rect) -> Vec<Panel>,
    ) -> Vec<Panel> {
        let Some(keyboard) = scene.visit.keyboard() else {
            return Vec::new();
        };
        let middle = self.middle;
        let field = keys::field(typesetter, scene, keyboard, middle);
        let below = Rect::new(
            middle.x,
            field.place.bottom(),
            middle.width,
            middle.bottom() - field.place.bottom(),
        );
        let (keys, rest) = if self.has_keys_beside {
            let x = below.width - keys_beside(below.width);
            let area = Rect::new(x, below.y, below.width - x, below.height);
            let keys = keys::filling(typesetter, scene, keyboard, area);
            (keys, Rect { width: x, ..below })
        } else {
            let keys = keys::below(typesetter, scene, keyboard, below);
            let height = keys.place.y - below.y;
            (keys, Rect { height, ..below })
        };
        let mut panels = vec![field, keys];
        panels.extend(between(typesetter, scene, rest));
        panels
    }
}

/// The width of a keyboard that stands beside what is found.
fn keys_beside(width: f32) -> f32 {
    let (left, right) = keys::beside(width);
    let least = left + keys::NARROWEST + right;
    (width * KEYS_BESIDE).max(least).round()
}

/// The office's name over what is lowered.
fn banner(typesetter: &mut Typesetter, scene: &Scene<'_>, place: Rect) -> Panel {
    let show = scene.visit.catalogue().show();
    let language = scene.visit.options().language;
    let mut draft = Draft::new(typesetter);
    let margin = bars::margin(place.width);
    let style = Style {
        weight: Weight::Bold,
        ..Style::label().coloured(Role::Text).at(52.0)
    };
    let block =
        draft
            .typesetter
            .block(show.title.best(language), style, place.width - 2.0 * margin);
    let y = (place.height - block.height).max(0.0) / 2.0;
    block.place(margin, y, &mut draft.elements);
    if let Some(unit) = &show.unit {
        let y = y + block.height + 8.0;
        draft.text(
            unit.best(language),
            Style::label(),
            margin,
            y,
            place.width - 2.0 * margin,
        );
    }
    draft.finish(Part::Banner, place, Role::Surface, place.height, &())
}
