//! The keyboard on the screen, and the field that is typed in.

use motcua_show::visit::keyboard::{Cap, Key, Keyboard, Layout, Method};
use motcua_show::visit::{Place, Press};
use unicode_segmentation::UnicodeSegmentation as _;

use super::bars;
use super::draft::{Draft, EDGE, RADIUS};
use super::home::FIELD;
use super::sizes::{Sizes, button};
use super::{Panel, Part, Scene, TargetKind};
use crate::geometry::Rect;
use crate::page::{Element, Role, Weight};
use crate::style::Style;
use crate::typesetter::Typesetter;

/// What leads back to letters, the same in every language.
const LETTERS: &str = "ABC";
/// Height of a key, and its least where everything is lowered.
const KEY: f32 = 84.0;
const LOW_KEY: f32 = 72.0;
/// The most of the room below the field that the keyboard takes.
const MOST: f32 = 0.66;
/// How wide a row of twelve keys is at least.
pub(super) const NARROWEST: f32 = 12.0 * LOW_KEY + 11.0 * Spacing::TIGHT.gap;
/// How high five rows of keys are at least.
pub(super) const LOWEST: f32 =
    5.0 * LOW_KEY + 4.0 * Spacing::TIGHT.gap + 2.0 * Spacing::TIGHT.padding;
/// How wide a keyboard may be: hands do not reach further.
const WIDEST: f32 = 1776.0;

/// The space between keys, and above and below them.
#[derive(Clone, Copy)]
struct Spacing {
    gap: f32,
    padding: f32,
}

impl Spacing {
    const USUAL: Self = Self {
        gap: 12.0,
        padding: 14.0,
    };
    /// Where the keys themselves need the room.
    const TIGHT: Self = Self {
        gap: 6.0,
        padding: 6.0,
    };

    /// How high a key is where so many rows have so much room.
    fn key(self, room: f32, rows: usize) -> f32 {
        (room - 2.0 * self.padding + self.gap) / rows as f32 - self.gap
    }

    /// How high so many rows of keys are.
    fn height(self, key: f32, rows: usize) -> f32 {
        rows as f32 * (key + self.gap) - self.gap + 2.0 * self.padding
    }

    /// The usual, or what leaves the keys large enough.
    fn fitting(room: f32, rows: usize) -> Self {
        if Self::USUAL.key(room, rows) < LOW_KEY {
            Self::TIGHT
        } else {
            Self::USUAL
        }
    }
}

/// The keyboard at the foot of an area, as high as its rows need, so that most of it is left for what is found.
pub(super) fn below(
    typesetter: &mut Typesetter,
    scene: &Scene<'_>,
    keyboard: &Keyboard,
    area: Rect,
) -> Panel {
    let rows = keyboard.rows().len();
    // What is found needs a third of the room at least.
    let room = area.height * MOST;
    let spacing = Spacing::fitting(room, rows);
    let largest = if scene.viewport.is_portrait() {
        KEY + 16.0
    } else {
        KEY
    };
    let key = spacing.key(room, rows).clamp(LOW_KEY, largest);
    let height = spacing.height(key, rows);
    let place = Rect::new(area.x, area.bottom() - height, area.width, height);
    let margin = bars::margin(area.width);
    let width = (area.width - 2.0 * margin).min(WIDEST);
    let left = (area.width - width) / 2.0;
    keys(typesetter, scene, keyboard, place, (left, width), spacing)
}

/// The keyboard over the whole of an area.
pub(super) fn filling(
    typesetter: &mut Typesetter,
    scene: &Scene<'_>,
    keyboard: &Keyboard,
    area: Rect,
) -> Panel {
    let by_height = Spacing::fitting(area.height, keyboard.rows().len());
    let (left, right) = beside(scene.viewport.width);
    let width = area.width - left - right;
    let spacing = if width < NARROWEST + 11.0 * (Spacing::USUAL.gap - Spacing::TIGHT.gap) {
        Spacing::TIGHT
    } else {
        by_height
    };
    keys(typesetter, scene, keyboard, area, (left, width), spacing)
}

/// What is left free to the left and to the right of a keyboard that stands beside what is found.
pub(super) fn beside(screen_width: f32) -> (f32, f32) {
    (Spacing::USUAL.padding, bars::margin(screen_width))
}

fn keys(
    typesetter: &mut Typesetter,
    scene: &Scene<'_>,
    keyboard: &Keyboard,
    place: Rect,
    (left, width): (f32, f32),
    Spacing { gap, padding }: Spacing,
) -> Panel {
    let rows = keyboard.rows();
    let mut draft = Draft::new(typesetter);
    let step = (place.height - 2.0 * padding + gap) / rows.len() as f32;
    let mut y = padding;
    for row in rows {
        let shares: f32 = row.iter().map(|cap| cap.width).sum();
        let share = (width + gap) / shares;
        let mut x = left;
        for cap in &row {
            let rect = Rect::new(x, y, cap.width * share - gap, step - gap);
            set_key(&mut draft, scene, keyboard, cap, rect);
            x += cap.width * share;
        }
        y += step;
    }
    draft.finish(Part::Keyboard, place, Role::Soft, place.height, &())
}

fn set_key(draft: &mut Draft<'_>, scene: &Scene<'_>, keyboard: &Keyboard, cap: &Cap, rect: Rect) {
    let label = label_of(scene, keyboard, cap);
    let (fill, ink) = match cap.key {
        Key::Search => (Role::Text, Role::Card),
        Key::Text(_) | Key::Space | Key::Tone(_) => (Role::Card, Role::Text),
        _ => (Role::Soft, Role::Text),
    };
    draft.outline(rect, Role::Edge, fill, RADIUS);
    let style = match cap.key {
        Key::Text(_) | Key::Tone(_) => button(ink).at(44.0),
        _ => button(ink),
    };
    draft.label(rect, &label, style);
    draft.target(rect, Press::Key(cap.key), &label, TargetKind::Key);
}

fn label_of(scene: &Scene<'_>, keyboard: &Keyboard, cap: &Cap) -> String {
    let words = scene.words;
    match cap.key {
        Key::Search => words.search.clone(),
        Key::Clear => words.clear.clone(),
        Key::Shift => "⇧".to_owned(),
        Key::Erase => "⌫".to_owned(),
        // The space key says how one types, as it does on telephones; the key for the way of typing says
        // which one comes next.
        Key::Space => match keyboard.layout() {
            Layout::Vietnamese(method) => method_name(scene, method),
            _ => words.space.clone(),
        },
        Key::Method => match keyboard.layout() {
            Layout::Vietnamese(method) => method_name(scene, method.next()),
            _ => LETTERS.to_owned(),
        },
        Key::Numbers => "123".to_owned(),
        Key::Letters => LETTERS.to_owned(),
        Key::Khmer => "ខ្មែរ".to_owned(),
        Key::Text(_) | Key::Tone(_) => cap.label.to_string(),
    }
}

fn method_name(scene: &Scene<'_>, method: Method) -> String {
    match method {
        Method::Accented => scene.words.method_accented.clone(),
        Method::Telex => "Telex".to_owned(),
        Method::Vni => "VNI".to_owned(),
        Method::Plain => scene.words.method_plain.clone(),
    }
}

/// Height of the panel that holds the field.
pub(super) const FIELD_PANEL: f32 = FIELD + 28.0;

/// The field with what is typed and where the next letter comes.
pub(super) fn field(
    typesetter: &mut Typesetter,
    scene: &Scene<'_>,
    keyboard: &Keyboard,
    middle: Rect,
) -> Panel {
    let (place, rect) = places(middle);
    let mut draft = Draft::new(typesetter);
    outline(&mut draft, rect);
    set_text(&mut draft, scene, rect, keyboard.text());
    draft.finish(Part::Field, place, Role::Surface, place.height, &())
}

/// The field with what was asked, which brings the keyboard back.
pub(super) fn asked(typesetter: &mut Typesetter, scene: &Scene<'_>, middle: Rect) -> Panel {
    let (place, rect) = places(middle);
    let mut draft = Draft::new(typesetter);
    outline(&mut draft, rect);
    set_text(&mut draft, scene, rect, scene.visit.question());
    let label = &scene.words.type_here;
    draft.target(rect, Press::Type, label, TargetKind::Button);
    draft.finish(Part::Field, place, Role::Surface, place.height, &())
}

/// The field's panel, and the field in it.
fn places(middle: Rect) -> (Rect, Rect) {
    let margin = bars::margin(middle.width);
    let place = Rect::new(middle.x, middle.y, middle.width, FIELD_PANEL);
    let rect = Rect::new(margin, 16.0, middle.width - 2.0 * margin, FIELD - 4.0);
    (place, rect)
}

fn outline(draft: &mut Draft<'_>, rect: Rect) {
    draft.elements.push(Element::Outline {
        rect,
        stroke: EDGE + 1.0,
        role: Role::Text,
        fill: Some(Role::Card),
        radius: RADIUS,
    });
}

fn set_text(draft: &mut Draft<'_>, scene: &Scene<'_>, rect: Rect, typed: &str) {
    let style = Style {
        weight: Weight::SemiBold,
        ..Sizes { factor: 1.0 }.body().at(48.0)
    };
    let room = rect.width - 88.0;
    let (shown, style) = if typed.is_empty() {
        let hint = match scene.visit.place() {
            Place::Receipt => &scene.words.receipt_code,
            _ => &scene.words.type_here,
        };
        let quiet = Style {
            weight: Weight::Regular,
            ..style.at(40.0).coloured(Role::Muted)
        };
        (hint.clone(), quiet)
    } else {
        (typed.to_owned(), style)
    };
    let block = end_of(draft, &shown, style, room, typed.is_empty());
    let y = rect.y + (rect.height - block.height) / 2.0;
    let x = rect.x + 36.0;
    block.place(x, y, &mut draft.elements);
    let caret = if typed.is_empty() {
        x - 8.0
    } else {
        x + block.width + trailing(typed)
    };
    let caret = Rect::new(caret, rect.y + 18.0, 5.0, rect.height - 36.0);
    draft.fill(caret, Role::Accent, 0.0);
}

/// A space at the end has no width of its own in a block.
fn trailing(typed: &str) -> f32 {
    if typed.ends_with(' ') { 16.0 } else { 4.0 }
}

/// As much of the end of a text as there is room for.
fn end_of(
    draft: &mut Draft<'_>,
    text: &str,
    style: Style,
    room: f32,
    is_hint: bool,
) -> crate::block::Block {
    let whole = draft.typesetter.literal_line(text, style);
    if whole.width <= room {
        return whole;
    }
    if is_hint {
        return draft
            .typesetter
            .line(text, style.at(style.size * room / whole.width));
    }
    let letters: Vec<&str> = text.graphemes(true).collect();
    let most = (letters.len() as f32 * room / whole.width) as usize;
    // A little more than has room by the average, then less until it has.
    let mut skip = letters.len().saturating_sub(most + 8);
    loop {
        let rest = letters.get(skip..).unwrap_or_default().concat();
        let block = draft.typesetter.literal_line(&format!("…{rest}"), style);
        if block.width <= room || rest.is_empty() {
            return block;
        }
        skip += 1;
    }
}
