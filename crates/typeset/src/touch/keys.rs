//! The keyboard on the screen, and the field that is typed in.

use motcua_show::visit::keyboard::{Cap, Key, Keyboard, Layout, Method};
use motcua_show::visit::{Place, Press};

use super::bars;
use super::draft::{Draft, EDGE, RADIUS};
use super::home::FIELD;
use super::sizes::{Sizes, button};
use super::{Panel, Part, Scene, TargetKind};
use crate::geometry::Rect;
use crate::page::{Element, Role, Weight};
use crate::style::Style;
use crate::typesetter::Typesetter;

/// Height of a key, and its least where everything is lowered.
const KEY: f32 = 84.0;
const LOW_KEY: f32 = 72.0;
/// The most of the room below the field that the keyboard takes.
const MOST: f32 = 0.66;
/// Space between keys.
const GAP: f32 = 12.0;
/// Space above and below the keys.
const PADDING: f32 = 14.0;
/// How wide a keyboard may be: hands do not reach further.
const WIDEST: f32 = 1776.0;

/// The keyboard at the foot of an area, as high as its rows need, so that most of it is left for what is found.
pub(super) fn below(
    typesetter: &mut Typesetter,
    scene: &Scene<'_>,
    keyboard: &Keyboard,
    area: Rect,
) -> Panel {
    let count = keyboard.rows().len() as f32;
    // What is found needs a third of the room at least.
    let fitting = (area.height * MOST - 2.0 * PADDING + GAP) / count - GAP;
    let largest = if scene.viewport.is_portrait() {
        KEY + 16.0
    } else {
        KEY
    };
    let key = fitting.clamp(LOW_KEY, largest);
    let height = count * (key + GAP) - GAP + 2.0 * PADDING;
    let place = Rect::new(area.x, area.bottom() - height, area.width, height);
    let margin = bars::margin(area.width);
    let width = (area.width - 2.0 * margin).min(WIDEST);
    let left = (area.width - width) / 2.0;
    keys(typesetter, scene, keyboard, place, (left, width))
}

/// The keyboard over the whole of an area.
pub(super) fn filling(
    typesetter: &mut Typesetter,
    scene: &Scene<'_>,
    keyboard: &Keyboard,
    area: Rect,
) -> Panel {
    let width = area.width - PADDING - bars::margin(scene.viewport.width);
    keys(typesetter, scene, keyboard, area, (PADDING, width))
}

fn keys(
    typesetter: &mut Typesetter,
    scene: &Scene<'_>,
    keyboard: &Keyboard,
    place: Rect,
    (left, width): (f32, f32),
) -> Panel {
    let rows = keyboard.rows();
    let mut draft = Draft::new(typesetter);
    let step = (place.height - 2.0 * PADDING + GAP) / rows.len() as f32;
    let mut y = PADDING;
    for row in rows {
        let shares: f32 = row.iter().map(|cap| cap.width).sum();
        let share = (width + GAP) / shares;
        let mut x = left;
        for cap in &row {
            let rect = Rect::new(x, y, cap.width * share - GAP, step - GAP);
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
            _ => words.letters.clone(),
        },
        Key::Numbers => "123".to_owned(),
        Key::Letters => words.letters.clone(),
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
    let place = Rect::new(middle.x, middle.y, middle.width, FIELD + 28.0);
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
    let caret = if typed.is_empty() { x - 8.0 } else { x + block.width + trailing(typed) };
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
    let whole = draft.typesetter.line(text, style);
    if whole.width <= room {
        return whole;
    }
    if is_hint {
        return draft.typesetter.line(text, style.at(style.size * room / whole.width));
    }
    let letters: Vec<char> = text.chars().collect();
    let mut skip = letters.len() - (letters.len() as f32 * room / whole.width) as usize;
    while skip < letters.len() {
        let rest: String = letters[skip..].iter().collect();
        let block = draft.typesetter.line(&format!("…{rest}"), style);
        if block.width <= room {
            return block;
        }
        skip += 1;
    }
    whole
}
