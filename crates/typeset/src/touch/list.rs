//! Lists of procedures and of fields, and the levels to which they are narrowed.

use std::ops::Range;

use motcua_show::Procedure;
use motcua_show::lookup::{Hit, Level};
use motcua_show::visit::{Press, events};

use super::bars;
use super::draft::{BUTTON_HEIGHT, Draft, Look, RADIUS, literal};
use super::home::words_of;
use super::keys;
use super::sizes::Sizes;
use super::{Panel, Part, Scene, Target, TargetKind};
use crate::geometry::Rect;
use crate::kinds::procedure::answers;
use crate::page::Role;
use crate::style::Style;
use crate::typesetter::Typesetter;
use crate::words::{Words, filled};

/// The least height of a row.
const ROW: f32 = 104.0;
/// Space above and below the text of a row.
const PADDING: f32 = 12.0;
/// Width of the column of time limit and fee.
const ANSWERS: f32 = 420.0;
/// Space for the sign that a row leads on.
const SIGN: f32 = 48.0;
/// A list narrower than this has time limit and fee below the name.
const NARROW: f32 = 1200.0;
/// Lines of a name in a list; the whole stands on its page.
const LINES: usize = 3;
/// Height of the row of levels.
const TABS: f32 = 108.0;
/// Space between columns and buttons.
const GAP: f32 = 16.0;

/// A procedure in a list.
pub(super) struct Row<'a> {
    /// Its number in the catalogue.
    pub entry: usize,
    /// What of its name is marked, in bytes.
    pub marks: &'a [Range<usize>],
}

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
        y += row(&mut draft, scene, sizes, item, (margin, y), width);
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
    let mut x = bars::margin(place.width);
    let y = (TABS - BUTTON_HEIGHT) / 2.0;
    for level in [None].into_iter().chain(levels.into_iter().map(Some)) {
        let label = match level {
            None => &words.all_levels,
            Some(Level::Commune) => &words.level_commune,
            Some(Level::Province) => &words.level_province,
            Some(Level::Ministry) => &words.level_ministry,
            Some(Level::Other) => &words.level_other,
        };
        let is_chosen = level == scene.visit.level();
        let look = if is_chosen { Look::Chosen } else { Look::Plain };
        let rect = Rect::new(x, y, draft.button_width(label), BUTTON_HEIGHT);
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

/// Sets a procedure with its field, level, time limit and fee; says how high it is.
pub(super) fn row(
    draft: &mut Draft<'_>,
    scene: &Scene<'_>,
    sizes: Sizes,
    row: &Row<'_>,
    (x, y): (f32, f32),
    width: f32,
) -> f32 {
    let catalogue = scene.visit.catalogue();
    let Some((code, procedure)) = catalogue.at(row.entry) else {
        return 0.0;
    };
    let words = scene.words;
    let first_element = draft.elements.len();
    let is_narrow = width < NARROW || sizes.factor > 1.3;
    let answers_width = if is_narrow {
        0.0
    } else {
        ANSWERS * sizes.factor
    };
    let name_width = width - SIGN - answers_width - GAP;
    let top = y + PADDING;
    // What is marked stands in the official name; where nothing is, the short name is read faster.
    let name = if row.marks.is_empty() {
        literal(procedure.headline())
    } else {
        with_marks(&procedure.name, row.marks)
    };
    let mut bottom = top + draft.marked(&name, sizes.name(), (x, top), name_width, LINES);
    let mut said = vec![
        literal(procedure.field.trim()),
        literal(&levels_of(procedure, words)),
    ];
    if catalogue.has_namesake(row.entry) {
        said.push(literal(&procedure.code));
    }
    if catalogue.is_received_here(row.entry) {
        said.insert(0, format!("**{}**", words.received_here));
    }
    said.retain(|text| !text.is_empty());
    let time = literal(&shortest(
        &answers::time_limit(procedure, words).value,
        scene,
    ));
    let fee = literal(&shortest(&answers::fee(procedure, words).value, scene));
    let note = sizes.note();
    if is_narrow {
        bottom += draft.text(&said.join(" · "), note, x, bottom, name_width);
        let strong = note.coloured(Role::Text);
        let text = format!("**{time}** · {fee}");
        bottom += draft.text(&text, strong, x, bottom, name_width);
    } else {
        bottom += draft.text(&said.join(" · "), note, x, bottom, name_width);
        let right = x + width - SIGN;
        let time = draft
            .typesetter
            .remembered(&time, sizes.head(), answers_width);
        time.place_right(right, top, &mut draft.elements);
        let fee = draft.typesetter.remembered(&fee, note, answers_width);
        fee.place_right(right, top + time.height, &mut draft.elements);
        bottom = bottom.max(top + time.height + fee.height);
    }
    let height = (bottom + PADDING - y).max(ROW);
    sign(draft, Rect::new(x, y, width, height));
    let rect = Rect::new(x - 12.0, y, width + 24.0, height);
    // What is pressed shows through behind the text.
    debug_assert!(draft.elements.len() > first_element);
    draft.targets.push(Target {
        rect,
        press: Press::Open(code.clone()),
        label: procedure.headline().to_owned(),
        kind: TargetKind::Button,
        radius: RADIUS,
    });
    let rule = Rect::new(x, y + height - 2.0, width, 2.0);
    draft.fill(rule, Role::Line, 0.0);
    height
}

/// The levels that carry a procedure out, in words.
pub(super) fn levels_of(procedure: &Procedure, words: &Words) -> String {
    let levels = procedure.level.join(", ");
    if levels.is_empty() || levels.to_lowercase().starts_with("cấp") {
        levels
    } else {
        filled(&words.level_of, &[&levels])
    }
}

/// What is too long for a column is read on the procedure's page.
fn shortest(text: &str, scene: &Scene<'_>) -> String {
    if text.chars().count() > 42 {
        scene.words.see_procedure.clone()
    } else {
        text.to_owned()
    }
}

/// The sign that a row leads on.
fn sign(draft: &mut Draft<'_>, row: Rect) {
    let style = Style {
        ..Sizes { factor: 1.0 }.head().at(52.0).coloured(Role::Accent)
    };
    let sign = draft.typesetter.remembered("›", style, f32::INFINITY);
    let y = row.y + (row.height - sign.height) / 2.0;
    sign.place_right(row.right(), y, &mut draft.elements);
}

/// The name with `**` around what is marked.
fn with_marks(name: &str, marks: &[Range<usize>]) -> String {
    let mut text = String::with_capacity(name.len() + 4 * marks.len());
    let mut from = 0;
    for mark in marks {
        let (Some(before), Some(marked)) = (name.get(from..mark.start), name.get(mark.clone()))
        else {
            continue;
        };
        // Marks that only a space parts are one.
        if before.trim().is_empty() && text.ends_with("**") {
            text.truncate(text.len() - 2);
            text.push_str(before);
        } else {
            text.push_str(&literal(before));
            text.push_str("**");
        }
        text.push_str(&literal(marked));
        text.push_str("**");
        from = mark.end;
    }
    text.push_str(&literal(&name[from..]));
    text
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spacing::WORD_JOINER;

    fn check(name: &str, marks: &[&str], expected: &str) {
        let mut from = 0;
        let ranges: Vec<Range<usize>> = marks
            .iter()
            .map(|mark| {
                let start = from + name[from..].find(mark).unwrap();
                from = start + mark.len();
                start..from
            })
            .collect();
        assert_eq!(with_marks(name, &ranges).replace(WORD_JOINER, ""), expected);
    }

    #[test]
    fn marks_stand_around_words() {
        check("Đăng ký khai sinh", &[], "Đăng ký khai sinh");
        check("Đăng ký khai sinh", &["Đăng"], "**Đăng** ký khai sinh");
        check(
            "Đăng ký khai sinh",
            &["ký", "sinh"],
            "Đăng **ký** khai **sinh**",
        );
    }

    #[test]
    fn marks_that_only_a_space_parts_are_one() {
        check(
            "Đăng ký khai sinh",
            &["khai", "sinh"],
            "Đăng ký **khai sinh**",
        );
        check(
            "Đăng ký khai sinh",
            &["Đăng", "ký", "khai"],
            "**Đăng ký khai** sinh",
        );
        check("khai, sinh", &["khai", "sinh"], "**khai**, **sinh**");
        check("khaisinh", &["khai", "sinh"], "**khaisinh**");
    }

    #[test]
    fn a_mark_inside_a_letter_is_left_out() {
        // "Đ" takes two bytes.
        assert_eq!(
            with_marks("Đất đai", std::slice::from_ref(&(1..4))),
            "Đất đai"
        );
        assert_eq!(with_marks("Đất", std::slice::from_ref(&(0..99))), "Đất");
        // What goes back behind a mark before it.
        assert_eq!(with_marks("cha con", &[4..7, 0..3]), "cha **con**");
    }

    #[test]
    fn asterisks_of_a_name_are_no_marks() {
        let name = "bản * sao ** và ***";
        let bold = |text: &str| -> Vec<String> {
            let spans = motcua_show::text::spans(text).into_iter();
            let bold = spans.filter(|span| span.bold);
            bold.map(|span| span.text.replace(WORD_JOINER, ""))
                .collect()
        };
        assert!(bold(&with_marks(name, &[])).is_empty());
        let sao = name.find("sao").unwrap();
        assert_eq!(
            bold(&with_marks(name, std::slice::from_ref(&(sao..sao + 3)))),
            ["sao"]
        );
        let all = with_marks(name, std::slice::from_ref(&(0..name.len())));
        assert_eq!(bold(&all).concat(), name);
    }
}
