//! A procedure in a list: its name with what was asked marked, where it belongs, how long, how much.

use std::ops::Range;

use motcua_show::Procedure;
use motcua_show::visit::Press;

use super::draft::{Draft, RADIUS, literal};
use super::list::{GAP, NARROW, ROW};
use super::sizes::Sizes;
use super::{Scene, Target, TargetKind};
use crate::geometry::Rect;
use crate::kinds::procedure::answers;
use crate::page::Role;
use crate::style::Style;
use crate::words::{Words, filled};

/// Space above and below the text of a row.
const PADDING: f32 = 12.0;
/// Width of the column of time limit and fee.
const ANSWERS: f32 = 420.0;
/// Space for the sign that a row leads on.
const SIGN: f32 = 48.0;
/// Lines of a name in a list; the whole stands on its page.
const LINES: usize = 3;

/// A procedure in a list.
pub(super) struct Row<'a> {
    /// Its number in the catalogue.
    pub entry: usize,
    /// What of its name is marked, in bytes.
    pub marks: &'a [Range<usize>],
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
