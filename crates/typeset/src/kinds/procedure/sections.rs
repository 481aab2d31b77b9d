//! The fields of a procedure in the order in which they are posted.
//!
//! The order is that of Decree 63/2010/NĐ-CP, Article 8(2), as amended by Decree 92/2017/NĐ-CP: name, steps,
//! ways to file, papers, time limit, who may apply, agency, and where there are any result, conditions
//! and fee; the forms stand directly after the papers, as Circular 02/2017/TT-VPCP wants them at hand. The
//! legal basis and the decision that announced it close. A field without content has no section.

use motcua_show::procedure::{Decision, Procedure};

use super::papers::papers;
use super::source::{Line, clean, lines};
use super::ways::{fees, time_limits, ways};
use crate::words::{Words, filled};

/// Which field a section holds, for references from the first page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
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
pub(crate) struct Section {
    pub field: Field,
    pub head: String,
    pub parts: Vec<Part>,
}

/// One paragraph of a field.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Part {
    pub marker: Marker,
    /// Steps of indentation: 0, 1 or 2.
    pub level: u8,
    pub text: String,
    pub tone: Tone,
}

/// What hangs before a paragraph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Marker {
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
pub(crate) enum Tone {
    Plain,
    /// Heads what follows and stays with it.
    Heading,
    /// Small and quiet, stays with what stands before it.
    Detail,
}

impl Part {
    pub(super) fn plain(text: impl Into<String>) -> Self {
        Self {
            marker: Marker::None,
            level: 0,
            text: text.into(),
            tone: Tone::Plain,
        }
    }

    pub(super) fn heading(text: impl Into<String>) -> Self {
        Self {
            tone: Tone::Heading,
            ..Self::plain(text)
        }
    }

    fn point(text: impl Into<String>) -> Self {
        Self {
            marker: Marker::Sign("–".to_owned()),
            ..Self::plain(text)
        }
    }
}

impl From<Line> for Part {
    fn from(line: Line) -> Self {
        let marker = if line.marker.is_empty() {
            Marker::None
        } else {
            Marker::Sign(line.marker)
        };
        Self {
            marker,
            level: line.level,
            text: line.text,
            tone: Tone::Plain,
        }
    }
}

/// Whether the official name has a section of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Naming {
    /// The headline of the first page says it whole.
    SaidAbove,
    /// The first page shows a short name or the beginning alone.
    InFull,
}

/// Every field that has content.
pub(crate) fn sections(procedure: &Procedure, naming: Naming, words: &Words) -> Vec<Section> {
    let name = match naming {
        Naming::SaidAbove => Vec::new(),
        Naming::InFull => prose(&procedure.name),
    };
    [
        (Field::Name, &words.official_name, name),
        (Field::Steps, &words.steps, prose(&procedure.steps)),
        (Field::Ways, &words.ways_to_file, ways(procedure, words)),
        (
            Field::Papers,
            &words.papers,
            papers(&procedure.cases, words),
        ),
        (
            Field::Forms,
            &words.forms,
            points(procedure.forms.iter().map(|form| form.name.as_str())),
        ),
        (
            Field::TimeLimit,
            &words.time_limit,
            time_limits(procedure, words),
        ),
        (
            Field::Applicants,
            &words.applicants,
            points(procedure.applicants.iter().map(String::as_str)),
        ),
        (
            Field::Agency,
            &words.agency,
            prose(procedure.agency.as_deref().unwrap_or_default()),
        ),
        (
            Field::Result,
            &words.result,
            prose(procedure.result.as_deref().unwrap_or_default()),
        ),
        (
            Field::Conditions,
            &words.conditions,
            prose(procedure.conditions.as_deref().unwrap_or_default()),
        ),
        (Field::Fee, &words.fee, fees(procedure, words)),
        (
            Field::LegalBasis,
            &words.legal_basis,
            points(procedure.legal_basis.iter().map(String::as_str)),
        ),
        (
            Field::Decision,
            &words.decision,
            decision(procedure.decision.as_ref(), words),
        ),
    ]
    .into_iter()
    .filter(|(_, _, parts)| !parts.is_empty())
    .map(|(field, head, parts)| Section {
        field,
        head: head.clone(),
        parts,
    })
    .collect()
}

pub(super) fn prose(text: &str) -> Vec<Part> {
    lines(text).into_iter().map(Part::from).collect()
}

/// Several things one below the other; a single one stands without a mark.
pub(super) fn points<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<Part> {
    let texts: Vec<String> = texts
        .map(clean)
        .map(|text| one_line(&text))
        .filter(|text| !text.is_empty())
        .collect();
    match texts.as_slice() {
        [only] => vec![Part::plain(only)],
        several => several.iter().map(Part::point).collect(),
    }
}

fn decision(decision: Option<&Decision>, words: &Words) -> Vec<Part> {
    let Some(decision) = decision else {
        return Vec::new();
    };
    let date = decision
        .date
        .map(|date| filled(&words.dated, &[&date.strftime("%d/%m/%Y").to_string()]));
    let agency = decision
        .agency
        .as_deref()
        .map(|agency| one_line(&clean(agency)));
    let said: Vec<String> = [Some(one_line(&clean(&decision.number))), date, agency]
        .into_iter()
        .flatten()
        .filter(|text| !text.is_empty())
        .collect();
    if said.is_empty() {
        Vec::new()
    } else {
        vec![Part::plain(said.join(", "))]
    }
}

/// All lines joined with single spaces.
pub(crate) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
