//! The first page: a question in the visitor's words, one field to type in, the events of a life, all fields.

use motcua_show::visit::{Press, events};

use super::draft::{BUTTON_HEIGHT, Draft, EDGE, Look, RADIUS};
use super::row::{self, Row};
use super::sizes::Sizes;
use super::{Panel, Part, Scene, TargetKind, bars};
use crate::geometry::Rect;
use crate::page::{Element, Role};
use crate::typesetter::Typesetter;
use crate::words::{Words, filled};

/// Space between tiles.
const GAP: f32 = 20.0;
/// Height of the search field.
pub(super) const FIELD: f32 = 104.0;
/// Space between a tile's edge and its text.
const PADDING: f32 = 26.0;
/// The least height of a tile.
const TILE: f32 = 136.0;
/// Procedures that are asked for most, on this page.
const MOST_ASKED: usize = 6;

pub(super) fn home(typesetter: &mut Typesetter, scene: &Scene<'_>, place: Rect) -> Panel {
    let words = scene.words;
    let factor = scene.visit.options().size.factor();
    let sizes = Sizes { factor };
    let margin = bars::margin(place.width);
    let width = place.width - 2.0 * margin;
    let mut draft = Draft::new(typesetter);
    // On a low place the field is the title: what is to be done is said in it.
    let is_low = place.height < 640.0;
    let mut y = 20.0;
    if !is_low {
        y += draft.text(&words.what_to_do, sizes.title(), margin, y, width) + 14.0;
    }
    let field = Rect::new(margin, y, width, FIELD);
    empty_field(&mut draft, words, field);
    y = field.bottom() + 20.0;
    y += draft.text(&words.by_event, sizes.head(), margin, y, width) + 10.0;
    y = tiles(&mut draft, scene, sizes, margin, y, width) + GAP;
    y = ways_on(&mut draft, scene, margin, y, width) + 28.0;
    let asked = scene.visit.catalogue().most_asked();
    if !asked.is_empty() {
        y += draft.text(&words.most_asked, sizes.head(), margin, y, width) + 8.0;
        for entry in asked.into_iter().take(MOST_ASKED) {
            let row = Row { entry, marks: &[] };
            y += row::row(&mut draft, scene, sizes, &row, (margin, y), width);
        }
    }
    draft.finish(Part::Main, place, Role::Surface, y + 16.0, &"home")
}

/// The search field while nothing is typed: it opens the keyboard.
fn empty_field(draft: &mut Draft<'_>, words: &Words, field: Rect) {
    draft.elements.push(Element::Outline {
        rect: field,
        stroke: EDGE + 1.0,
        role: Role::Text,
        fill: Some(Role::Card),
        radius: RADIUS,
    });
    let style = Sizes { factor: 1.0 }.body().at(44.0).coloured(Role::Muted);
    let mut hint = draft
        .typesetter
        .block(&words.type_here, style, field.width - 64.0);
    if hint.lines.len() > 1 {
        let small = style.at(34.0);
        hint = draft
            .typesetter
            .block(&words.type_here, small, field.width - 64.0);
    }
    let y = field.y + (field.height - hint.height) / 2.0;
    hint.place(field.x + 36.0, y, &mut draft.elements);
    draft.target(field, Press::Type, &words.type_here, TargetKind::Button);
}

fn tiles(
    draft: &mut Draft<'_>,
    scene: &Scene<'_>,
    sizes: Sizes,
    x: f32,
    y: f32,
    width: f32,
) -> f32 {
    let catalogue = scene.visit.catalogue();
    let events: Vec<(usize, &str)> = events::shipped()
        .iter()
        .enumerate()
        .filter(|(number, _)| !catalogue.event(*number).is_empty())
        .map(|(number, event)| (number, event.key.as_str()))
        .collect();
    let columns = columns(scene, width);
    let tile_width = (width - GAP * (columns - 1) as f32) / columns as f32;
    let text_width = tile_width - 2.0 * PADDING;
    let mut top = y;
    for row in events.chunks(columns) {
        let blocks: Vec<_> = row
            .iter()
            .map(|(_, key)| {
                let (name, hint) = words_of(key, scene.words);
                let title = draft.typesetter.block(name, sizes.head(), text_width);
                let hint = draft.typesetter.block(hint, sizes.note(), text_width);
                (name, title, hint)
            })
            .collect();
        let height = blocks
            .iter()
            .map(|(_, title, hint)| title.height + hint.height + 32.0)
            .fold(TILE, f32::max);
        for (column, ((number, _), (name, title, hint))) in row.iter().zip(blocks).enumerate() {
            let left = x + column as f32 * (tile_width + GAP);
            let rect = Rect::new(left, top, tile_width, height);
            draft.outline(rect, Role::Edge, Role::Card, RADIUS);
            let inner = top + (height - title.height - hint.height) / 2.0;
            title.place(left + PADDING, inner, &mut draft.elements);
            hint.place(left + PADDING, inner + title.height, &mut draft.elements);
            draft.target(rect, Press::Event(*number), name, TargetKind::Button);
        }
        top += height + GAP;
    }
    top
}

fn columns(scene: &Scene<'_>, width: f32) -> usize {
    let factor = scene.visit.options().size.factor();
    ((width / (360.0 * factor)) as usize).clamp(2, 4)
}

/// The three buttons below the tiles.
fn ways_on(draft: &mut Draft<'_>, scene: &Scene<'_>, x: f32, y: f32, width: f32) -> f32 {
    let words = scene.words;
    let count = scene.visit.catalogue().len().to_string();
    let buttons = [
        (
            filled(&words.all_by_field, &[&count]),
            Press::Fields,
            Look::Strong,
        ),
        (words.where_is_my_file.clone(), Press::Receipt, Look::Plain),
        (
            words.praise_or_complain.clone(),
            Press::Feedback,
            Look::Plain,
        ),
    ];
    let columns = if width < 1300.0 { 1 } else { 3 };
    let button_width = (width - GAP * (columns - 1) as f32) / columns as f32;
    let mut bottom = y;
    for (index, (label, press, look)) in buttons.into_iter().enumerate() {
        let left = x + (index % columns) as f32 * (button_width + GAP);
        let top = y + (index / columns) as f32 * (BUTTON_HEIGHT + 14.0);
        let rect = Rect::new(left, top, button_width, BUTTON_HEIGHT);
        draft.button(rect, &label, look, press, TargetKind::Button);
        bottom = rect.bottom();
    }
    bottom
}

/// What an event is called, and what belongs to it.
pub(super) fn words_of<'w>(key: &str, words: &'w Words) -> (&'w str, &'w str) {
    let (name, hint) = match key {
        "birth" => (&words.event_birth, &words.event_birth_hint),
        "marriage" => (&words.event_marriage, &words.event_marriage_hint),
        "land" => (&words.event_land, &words.event_land_hint),
        "identity" => (&words.event_identity, &words.event_identity_hint),
        "trade" => (&words.event_trade, &words.event_trade_hint),
        "certification" => (&words.event_certification, &words.event_certification_hint),
        "allowance" => (&words.event_allowance, &words.event_allowance_hint),
        _ => (&words.event_death, &words.event_death_hint),
    };
    (name, hint)
}
