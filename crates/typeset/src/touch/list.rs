//! Lists of procedures and of fields, and the levels to which they are narrowed.

use motcua_show::lookup::{Hit, Level};
use motcua_show::visit::{Press, events};

use super::bars;
use super::draft::{BUTTON_HEIGHT, Draft, Look, RADIUS, literal};
use super::home::words_of;
use super::keys;
use super::row::{self, Row};
use super::sizes::Sizes;
use super::{Panel, Part, Scene, TargetKind};
use crate::geometry::Rect;
use crate::page::Role;
use crate::typesetter::Typesetter;
use crate::words::{Words, filled};

/// The least height of a row.
pub(super) const ROW: f32 = 104.0;
/// A list narrower than this has time limit and fee below the name.
pub(super) const NARROW: f32 = 1200.0;
/// Height of the row of levels.
const TABS: f32 = 108.0;
/// Space between columns and buttons.
pub(super) const GAP: f32 = 16.0;

/// What answers the question so far.
pub(super) fn results(typesetter: &mut Typesetter, scene: &Scene<'_>, place: Rect) -> Vec<Panel> {
    let visit = scene.visit;
    let is_empty = visit.question().trim().is_empty();
    let hits: Vec<Hit> = if is_empty {
        let asked = visit.catalogue().most_asked();
        let of_level = |entry: &usize| visit.catalogue().is_of(*entry, visit.level());
        let hit = |entry| Hit {
            entry,
            score: 0.0,
            marks: Vec::new(),
        };
        asked.into_iter().filter(of_level).map(hit).collect()
    } else {
        visit.answer().hits.clone()
    };
    // Levels narrow a long list; above the keyboard of a low screen results are worth more than they.
    let (tabs, rest) = with_levels(typesetter, scene, place);
    let title = if is_empty && !hits.is_empty() {
        Some(scene.words.most_asked.clone())
    } else if !is_empty && hits.is_empty() {
        Some(filled(&scene.words.nothing_like_it, &[&scene.counter()]))
    } else if visit.answer().is_a_guess && !hits.is_empty() {
        Some(scene.words.nearest.clone())
    } else {
        None
    };
    let rows: Vec<Row<'_>> = hits
        .iter()
        .map(|hit| Row {
            entry: hit.entry,
            marks: &hit.marks,
        })
        .collect();
    let question = (visit.question().to_owned(), visit.level());
    let main = procedures(typesetter, scene, title.as_deref(), &rows, rest, &question);
    tabs.into_iter().chain([main]).collect()
}

/// What answers the question, over the whole page; the field leads back to the keyboard.
pub(super) fn found(typesetter: &mut Typesetter, scene: &Scene<'_>, place: Rect) -> Vec<Panel> {
    let field = keys::asked(typesetter, scene, place);
    let rest = Rect {
        y: field.place.bottom(),
        height: place.bottom() - field.place.bottom(),
        ..place
    };
    let mut panels = vec![field];
    panels.extend(results(typesetter, scene, rest));
    panels
}

/// The procedures of a field.
pub(super) fn of_field(
    typesetter: &mut Typesetter,
    scene: &Scene<'_>,
    name: &str,
    place: Rect,
) -> Vec<Panel> {
    let entries = scene.visit.catalogue().field(name);
    narrowed(typesetter, scene, named(name, scene.words), entries, place)
}

/// The procedures of an event of a life.
pub(super) fn of_event(
    typesetter: &mut Typesetter,
    scene: &Scene<'_>,
    event: usize,
    place: Rect,
) -> Vec<Panel> {
    let key = events::shipped().get(event).map_or("", |event| &event.key);
    let (name, _) = words_of(key, scene.words);
    let entries = scene.visit.catalogue().event(event);
    narrowed(typesetter, scene, name, entries, place)
}

fn narrowed(
    typesetter: &mut Typesetter,
    scene: &Scene<'_>,
    title: &str,
    entries: &[usize],
    place: Rect,
) -> Vec<Panel> {
    let visit = scene.visit;
    let rows: Vec<Row<'_>> = entries
        .iter()
        .filter(|entry| visit.catalogue().is_of(**entry, visit.level()))
        .map(|entry| Row {
            entry: *entry,
            marks: &[],
        })
        .collect();
    let (tabs, rest) = with_levels(typesetter, scene, place);
    let holds = (title.to_owned(), visit.level());
    let main = procedures(typesetter, scene, Some(title), &rows, rest, &holds);
    tabs.into_iter().chain([main]).collect()
}

fn procedures(
    typesetter: &mut Typesetter,
    scene: &Scene<'_>,
    title: Option<&str>,
    rows: &[Row<'_>],
    place: Rect,
    holds: &impl std::hash::Hash,
) -> Panel {
    let sizes = Sizes {
        factor: scene.visit.options().size.factor(),
    };
    let margin = bars::margin(scene.viewport.width);
    let width = place.width - 2.0 * margin;
    let mut draft = Draft::new(typesetter);
    let mut y = 8.0;
    if let Some(title) = title {
        y += draft.plain(title, sizes.head(), margin, y, width) + 4.0;
    }
    for item in rows {
        y += row::row(&mut draft, scene, sizes, item, (margin, y), width);
    }
    if rows.is_empty() && scene.visit.level().is_some() {
        y += draft.text(
            &scene.words.none_of_level,
            sizes.body(),
            margin,
            y + 12.0,
            width,
        );
    }
    draft.finish(Part::Main, place, Role::Surface, y + 16.0, holds)
}

/// The row of levels, and what is left below; no row where there is only one level.
fn with_levels(
    typesetter: &mut Typesetter,
    scene: &Scene<'_>,
    place: Rect,
) -> (Option<Panel>, Rect) {
    let levels = scene.visit.catalogue().levels();
    if levels.len() < 2 || place.height < 420.0 {
        return (None, place);
    }
    let words = scene.words;
    let mut draft = Draft::new(typesetter);
    let margin = bars::margin(place.width);
    let choices: Vec<(Option<Level>, &String)> = [None]
        .into_iter()
        .chain(levels.into_iter().map(Some))
        .map(|level| (level, level_name(level, words)))
        .collect();
    let wanted: Vec<f32> = choices
        .iter()
        .map(|(_, label)| draft.button_width(label))
        .collect();
    // Five levels are wider than an upright screen: labels shrink, so that none is out of sight.
    let room = place.width - 2.0 * margin - GAP * (choices.len() - 1) as f32;
    let squeeze = (room / wanted.iter().sum::<f32>()).min(1.0);
    let mut x = margin;
    let y = (TABS - BUTTON_HEIGHT) / 2.0;
    for ((level, label), wanted) in choices.into_iter().zip(wanted) {
        let is_chosen = level == scene.visit.level();
        let look = if is_chosen { Look::Chosen } else { Look::Plain };
        let rect = Rect::new(x, y, wanted * squeeze, BUTTON_HEIGHT);
        let kind = TargetKind::Choice(is_chosen);
        draft.button(rect, label, look, Press::OfLevel(level), kind);
        x = rect.right() + GAP;
    }
    let tabs = Rect {
        height: TABS,
        ..place
    };
    let rest = Rect {
        y: tabs.bottom(),
        height: place.height - TABS,
        ..place
    };
    let tabs = draft.finish(Part::Tabs, tabs, Role::Surface, TABS, &());
    (Some(tabs), rest)
}

const fn level_name(level: Option<Level>, words: &Words) -> &String {
    match level {
        None => &words.all_levels,
        Some(Level::Commune) => &words.level_commune,
        Some(Level::Province) => &words.level_province,
        Some(Level::Ministry) => &words.level_ministry,
        Some(Level::Other) => &words.level_other,
    }
}

/// What a field is called, also where procedures have none.
fn named<'a>(field: &'a str, words: &'a Words) -> &'a str {
    if field.is_empty() {
        &words.not_stated
    } else {
        field
    }
}

/// Every field with the number of its procedures.
pub(super) fn fields(typesetter: &mut Typesetter, scene: &Scene<'_>, place: Rect) -> Panel {
    let words = scene.words;
    let sizes = Sizes {
        factor: scene.visit.options().size.factor(),
    };
    let margin = bars::margin(scene.viewport.width);
    let width = place.width - 2.0 * margin;
    let columns = if width < NARROW || sizes.factor > 1.3 {
        1
    } else {
        2
    };
    let column_width = (width - GAP * (columns - 1) as f32) / columns as f32;
    let mut draft = Draft::new(typesetter);
    let mut y = 16.0;
    y += draft.text(&words.fields, sizes.title(), margin, y, width) + 12.0;
    for row in scene.visit.catalogue().fields().chunks(columns) {
        let blocks: Vec<_> = row
            .iter()
            .map(|(field, entries)| {
                let name = draft.typesetter.remembered(
                    &literal(named(field, words)),
                    sizes.name(),
                    column_width - 320.0,
                );
                let count = filled(&words.count_of, &[&entries.len().to_string()]);
                let count = draft.typesetter.line(&count, sizes.note());
                (name, count)
            })
            .collect();
        let height = blocks
            .iter()
            .map(|(name, _)| name.height + 40.0)
            .fold(ROW, f32::max);
        for (column, ((field, _), (name, count))) in row.iter().zip(blocks).enumerate() {
            let x = margin + column as f32 * (column_width + GAP);
            let rect = Rect::new(x, y, column_width, height);
            draft.outline(rect, Role::Edge, Role::Card, RADIUS);
            let name_y = y + (height - name.height) / 2.0;
            name.place(x + 28.0, name_y, &mut draft.elements);
            let count_y = y + (height - count.height) / 2.0;
            count.place_right(rect.right() - 28.0, count_y, &mut draft.elements);
            let press = Press::Field(field.clone());
            draft.target(rect, press, named(field, words), TargetKind::Button);
        }
        y += height + GAP;
    }
    draft.finish(Part::Main, place, Role::Surface, y + 8.0, &"fields")
}
