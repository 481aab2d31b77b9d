//! The papers, grouped by case with the number of sets, each with its form and what is said of it.

use motcua_show::procedure::{Case, Paper};

use super::sections::{Marker, Part, Tone, one_line};
use super::source::{self, Line, clean, lines};
use crate::words::{Words, filled};

pub(super) fn papers(cases: &[Case], words: &Words) -> Vec<Part> {
    let mut parts = Vec::new();
    for case in cases
        .iter()
        .filter(|case| !case.papers.is_empty() || case.title.is_some())
    {
        let sets = case
            .sets
            .map(|sets| filled(&words.sets, &[&sets.to_string()]));
        let title = case
            .title
            .as_deref()
            .map(|title| one_line(&clean(title)))
            .filter(|title| !title.is_empty());
        match (title, sets) {
            (Some(title), Some(sets)) => parts.push(Part::heading(format!("{title} ({sets})"))),
            (Some(title), None) => parts.push(Part::heading(title)),
            (None, Some(sets)) => parts.push(Part::heading(sets)),
            (None, None) => {}
        }
        parts.extend(case.papers.iter().flat_map(|paper| of_paper(paper, words)));
    }
    parts
}

/// A paper with its box; what else the database says of it below, small.
pub(crate) fn of_paper(paper: &Paper, words: &Words) -> Vec<Part> {
    let mut parts: Vec<Part> = paper_lines(paper).into_iter().map(Part::from).collect();
    if let Some(first) = parts.first_mut() {
        first.marker = Marker::Box;
        first.level = 0;
    }
    for part in parts
        .iter_mut()
        .skip(1)
        .filter(|part| part.marker == Marker::None)
    {
        part.marker = Marker::UnderBox;
    }
    let form = paper
        .form
        .as_deref()
        .map(|form| one_line(&clean(form)))
        .filter(|form| !form.is_empty());
    let details: Vec<String> = form
        .map(|form| filled(&words.form_named, &[&form]))
        .into_iter()
        .chain(counts(paper, words))
        .collect();
    if !details.is_empty() {
        parts.push(Part {
            marker: Marker::UnderBox,
            level: 0,
            text: details.join(" · "),
            tone: Tone::Detail,
        });
    }
    parts
}

/// The name of a paper without the sign that numbered it in the source's list.
pub(crate) fn paper_lines(paper: &Paper) -> Vec<Line> {
    let mut lines = lines(&paper.name);
    // A paper that the database gives no name is known by its form.
    if lines.is_empty() {
        lines = source::lines(paper.form.as_deref().unwrap_or_default());
    }
    if let Some(first) = lines.first_mut()
        && !first.marker.chars().any(char::is_alphanumeric)
    {
        first.marker.clear();
    } else if let Some(first) = lines.first_mut() {
        // "a)" is referred to by other papers: it stays.
        first.text = format!("{} {}", first.marker, first.text);
        first.marker.clear();
    }
    lines
}

/// The remark, "1 bản chính", "2 bản sao".
pub(crate) fn counts(paper: &Paper, words: &Words) -> Vec<String> {
    let count = |number: Option<u32>, word: &str| {
        number
            .filter(|&number| number > 0)
            .map(|number| filled(word, &[&number.to_string()]))
    };
    let note = paper
        .note
        .as_deref()
        .map(|note| one_line(&clean(note)))
        .filter(|note| !note.is_empty());
    [
        note,
        count(paper.originals, &words.originals),
        count(paper.copies, &words.copies),
    ]
    .into_iter()
    .flatten()
    .collect()
}
