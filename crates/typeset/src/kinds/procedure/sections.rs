//! The fields of a procedure in the order in which they are posted.
//!
//! The order is that of Decree 63/2010/NĐ-CP, Article 8(2), as amended by Decree 92/2017/NĐ-CP: name, steps,
//! ways to file, papers, time limit, who may apply, agency, and where there are any result, conditions
//! and fee; the forms stand directly after the papers, as Circular 02/2017/TT-VPCP wants them at hand. The
//! legal basis and the decision that announced it close. A field without content has no section.

use motcua_show::procedure::{Case, Decision, Paper, Procedure, Way};

use super::answers::{how_in_words, hows, in_words};
use super::source::{self, Line, clean, lines};
use crate::context::Scene;
use crate::words::{Words, filled};

/// Which field a section holds, for references from the first page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Name,
    Steps,
    Ways,
    Papers,
    Forms,
    TimeLimit,
    Applicants,
    Agency,
    Result,
    Conditions,
    Fee,
    LegalBasis,
    Decision,
}

/// One field.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Section {
    pub field: Field,
    pub head: String,
    pub parts: Vec<Part>,
}

/// One paragraph of a field.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Part {
    pub marker: Marker,
    /// Steps of indentation: 0, 1 or 2.
    pub level: u8,
    pub text: String,
    pub tone: Tone,
}

/// What hangs before a paragraph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Marker {
    None,
    /// A sign or number.
    Sign(String),
    /// A box to tick.
    Box,
    /// Nothing, but the text stands where a box's text stands.
    UnderBox,
}

/// How a paragraph speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    Plain,
    /// Heads what follows and stays with it.
    Heading,
    /// Small and quiet, stays with what stands before it.
    Detail,
}

impl Part {
    fn plain(text: impl Into<String>) -> Self {
        Self { marker: Marker::None, level: 0, text: text.into(), tone: Tone::Plain }
    }

    fn heading(text: impl Into<String>) -> Self {
        Self { tone: Tone::Heading, ..Self::plain(text) }
    }

    fn point(text: impl Into<String>) -> Self {
        Self { marker: Marker::Sign("–".to_owned()), ..Self::plain(text) }
    }
}

impl From<Line> for Part {
    fn from(line: Line) -> Self {
        let marker = if line.marker.is_empty() { Marker::None } else { Marker::Sign(line.marker) };
        Self { marker, level: line.level, text: line.text, tone: Tone::Plain }
    }
}

/// Whether the official name has a section of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Naming {
    /// The headline of the first page says it whole.
    SaidAbove,
    /// The first page shows a short name or the beginning alone.
    InFull,
}

/// Every field that has content.
pub(super) fn sections(procedure: &Procedure, naming: Naming, scene: &Scene<'_>) -> Vec<Section> {
    let words = scene.words;
    let name = match naming {
        Naming::SaidAbove => Vec::new(),
        Naming::InFull => prose(&procedure.name),
    };
    [
        (Field::Name, &words.official_name, name),
        (Field::Steps, &words.steps, prose(&procedure.steps)),
        (Field::Ways, &words.ways_to_file, ways(procedure, words)),
        (Field::Papers, &words.papers, papers(&procedure.cases, words)),
        (Field::Forms, &words.forms, points(procedure.forms.iter().map(|form| form.name.as_str()))),
        (Field::TimeLimit, &words.time_limit, time_limits(procedure, words)),
        (Field::Applicants, &words.applicants, points(procedure.applicants.iter().map(String::as_str))),
        (Field::Agency, &words.agency, prose(procedure.agency.as_deref().unwrap_or_default())),
        (Field::Result, &words.result, prose(procedure.result.as_deref().unwrap_or_default())),
        (Field::Conditions, &words.conditions, prose(procedure.conditions.as_deref().unwrap_or_default())),
        (Field::Fee, &words.fee, fees(procedure, words)),
        (Field::LegalBasis, &words.legal_basis, points(procedure.legal_basis.iter().map(String::as_str))),
        (Field::Decision, &words.decision, decision(procedure.decision.as_ref(), scene)),
    ]
    .into_iter()
    .filter(|(_, _, parts)| !parts.is_empty())
    .map(|(field, head, parts)| Section { field, head: head.clone(), parts })
    .collect()
}

fn prose(text: &str) -> Vec<Part> {
    lines(text).into_iter().map(Part::from).collect()
}

/// Several things one below the other; a single one stands without a mark.
fn points<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<Part> {
    let texts: Vec<String> = texts.map(clean).map(|text| one_line(&text)).filter(|text| !text.is_empty()).collect();
    match texts.as_slice() {
        [only] => vec![Part::plain(only)],
        several => several.iter().map(Part::point).collect(),
    }
}

fn ways(procedure: &Procedure, words: &Words) -> Vec<Part> {
    // Where a way appears more than once, the cases differ in time or fee: each is said at once.
    let repeats = procedure.ways.len() > hows(procedure).len();
    if !repeats && procedure.ways.iter().all(|way| note(way).is_empty()) {
        return points(hows(procedure).into_iter().map(|how| how_in_words(how, words)));
    }
    let said = |way: &Way| (note(way), repeats.then(|| (time(way, words), in_words(way.fee(), words))));
    let mut parts = Vec::new();
    for group in grouped(&procedure.ways, said) {
        parts.push(Part::heading(names(&group, words)));
        if let Some(first) = group.first() {
            if repeats {
                parts.push(Part::plain(time(first, words)));
                parts.extend(prose(&in_words(first.fee(), words)));
            }
            parts.extend(prose(first.note.as_deref().unwrap_or_default()));
        }
    }
    parts
}

fn time_limits(procedure: &Procedure, words: &Words) -> Vec<Part> {
    per_way(procedure, words, |way| time(way, words))
}

fn fees(procedure: &Procedure, words: &Words) -> Vec<Part> {
    per_way(procedure, words, |way| in_words(way.fee(), words))
}

/// What all ways share once, else each value under the ways that have it.
fn per_way(procedure: &Procedure, words: &Words, value: impl Fn(&Way) -> String) -> Vec<Part> {
    let groups = grouped(&procedure.ways, &value);
    let mut parts = Vec::new();
    for group in &groups {
        let Some(first) = group.first() else { continue };
        if groups.len() > 1 {
            parts.push(Part::heading(names(group, words)));
        }
        parts.extend(prose(&value(first)));
    }
    parts
}

/// The ways that agree in `said`, in order of first appearance.
fn grouped<T: PartialEq>(ways: &[Way], said: impl Fn(&Way) -> T) -> Vec<Vec<&Way>> {
    let mut groups: Vec<(T, Vec<&Way>)> = Vec::new();
    for way in ways {
        let key = said(way);
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, group)) => group.push(way),
            None => groups.push((key, vec![way])),
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

/// "Trực tiếp, trực tuyến".
fn names(group: &[&Way], words: &Words) -> String {
    let mut names: Vec<String> = Vec::new();
    for way in group {
        let name = how_in_words(way.how, words);
        let name = if names.is_empty() { name.to_owned() } else { name.to_lowercase() };
        if !names.iter().any(|known| known.to_lowercase() == name.to_lowercase()) {
            names.push(name);
        }
    }
    names.join(", ")
}

fn time(way: &Way, words: &Words) -> String {
    let time = way.time_limit.as_deref().map(clean).unwrap_or_default();
    if time.trim().is_empty() { words.not_stated.clone() } else { time.trim().to_owned() }
}

fn note(way: &Way) -> String {
    one_line(&clean(way.note.as_deref().unwrap_or_default()))
}

fn papers(cases: &[Case], words: &Words) -> Vec<Part> {
    let mut parts = Vec::new();
    for case in cases.iter().filter(|case| !case.papers.is_empty() || case.title.is_some()) {
        let sets = case.sets.map(|sets| filled(&words.sets, &[&sets.to_string()]));
        let title = case.title.as_deref().map(|title| one_line(&clean(title))).filter(|title| !title.is_empty());
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
fn of_paper(paper: &Paper, words: &Words) -> Vec<Part> {
    let mut parts: Vec<Part> = paper_lines(paper).into_iter().map(Part::from).collect();
    if let Some(first) = parts.first_mut() {
        first.marker = Marker::Box;
        first.level = 0;
    }
    for part in parts.iter_mut().skip(1).filter(|part| part.marker == Marker::None) {
        part.marker = Marker::UnderBox;
    }
    let form = paper.form.as_deref().map(|form| one_line(&clean(form))).filter(|form| !form.is_empty());
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
pub(super) fn paper_lines(paper: &Paper) -> Vec<Line> {
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
pub(super) fn counts(paper: &Paper, words: &Words) -> Vec<String> {
    let count = |number: Option<u32>, word: &str| {
        number.filter(|&number| number > 0).map(|number| filled(word, &[&number.to_string()]))
    };
    let note = paper.note.as_deref().map(|note| one_line(&clean(note))).filter(|note| !note.is_empty());
    [note, count(paper.originals, &words.originals), count(paper.copies, &words.copies)]
        .into_iter()
        .flatten()
        .collect()
}

fn decision(decision: Option<&Decision>, scene: &Scene<'_>) -> Vec<Part> {
    let Some(decision) = decision else { return Vec::new() };
    let date = decision.date.map(|date| filled(&scene.words.dated, &[&scene.date(date)]));
    let agency = decision.agency.as_deref().map(|agency| one_line(&clean(agency)));
    let said: Vec<String> = [Some(one_line(&clean(&decision.number))), date, agency]
        .into_iter()
        .flatten()
        .filter(|text| !text.is_empty())
        .collect();
    if said.is_empty() { Vec::new() } else { vec![Part::plain(said.join(", "))] }
}

/// All lines joined with single spaces.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
