//! The file being read: where its lines begin, and everything found wrong so far.

use std::ops::Range;
use std::path::Path;

use toml::de::DeValue;

use super::value::Value;
use crate::lines::Lines;
use crate::problem::{Problem, Severity};

/// One file on its way into the model.
pub(super) struct Reader {
    line_starts: Vec<usize>,
    /// The item being read, named in every problem found meanwhile.
    pub(super) item: Option<String>,
    pub(super) problems: Vec<Problem>,
    pub(super) lines: Lines,
}

impl Reader {
    pub(super) fn new(file: &Path, text: &str) -> Self {
        let after_breaks = text.match_indices('\n').map(|(at, _)| at + 1);
        Self {
            line_starts: std::iter::once(0).chain(after_breaks).collect(),
            item: None,
            problems: Vec::new(),
            lines: Lines {
                file: file.to_owned(),
                ..Lines::default()
            },
        }
    }

    /// The line, from 1, in which a stretch of the text begins.
    pub(super) fn line(&self, span: &Range<usize>) -> usize {
        self.line_starts
            .partition_point(|&start| start <= span.start)
    }

    pub(super) fn error(
        &mut self,
        line: usize,
        fault: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.problem(Severity::Error, line, fault.into(), remedy.into());
    }

    pub(super) fn warning(
        &mut self,
        line: usize,
        fault: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.problem(Severity::Warning, line, fault.into(), remedy.into());
    }

    fn problem(&mut self, severity: Severity, line: usize, fault: String, remedy: String) {
        let (file, item) = (self.lines.file.clone(), self.item.clone());
        self.problems.push(Problem {
            severity,
            file,
            line: Some(line),
            item,
            fault,
            remedy,
        });
    }
}

/// One value of the file: what it is called in a message, and where it stands.
pub(super) struct Spot<'r> {
    pub(super) reader: &'r mut Reader,
    pub(super) label: String,
    /// The key, where the value belongs to one rather than to a list.
    pub(super) key: Option<String>,
    pub(super) line: usize,
}

impl<'r> Spot<'r> {
    pub(super) fn of_key(reader: &'r mut Reader, key: &str, line: usize) -> Self {
        Self {
            reader,
            label: format!("`{key}`"),
            key: Some(key.to_owned()),
            line,
        }
    }

    /// The `number`th entry, from 1, of the list that stands here.
    pub(super) fn entry(&mut self, number: usize, span: &Range<usize>) -> Spot<'_> {
        let line = self.reader.line(span);
        Spot {
            label: format!("entry {number} of {}", self.label),
            key: None,
            line,
            reader: self.reader,
        }
    }

    pub(super) fn error(&mut self, fault: impl Into<String>, remedy: impl Into<String>) {
        self.reader.error(self.line, fault, remedy);
    }

    /// Says that `value` is none of what a `T` can be.
    pub(super) fn wrong<T: Value>(&mut self, value: &DeValue<'_>) -> Option<T> {
        self.not_a::<T>(&format!("is {}", shown(value)))
    }

    /// Says that what stands here is no `T`, since it `is_so`.
    pub(super) fn not_a<T: Value>(&mut self, is_so: &str) -> Option<T> {
        let example = match &self.key {
            Some(key) => format!("`{key} = {}`", T::example()),
            None => format!("`{}`", T::example()),
        };
        self.error(
            format!("{} {is_so}", self.label),
            format!("write {}, such as {example}", T::what()),
        );
        None
    }
}

/// A value as its author wrote it, cut where it is long.
pub(super) fn shown(value: &DeValue<'_>) -> String {
    const LONGEST: usize = 60;
    match value {
        DeValue::String(text) if text.chars().count() > LONGEST => {
            let start: String = text.chars().take(LONGEST).collect();
            format!("{:?}", start + "…")
        }
        DeValue::String(text) => format!("{text:?}"),
        DeValue::Integer(number) => number.to_string(),
        DeValue::Float(number) => number.to_string(),
        DeValue::Boolean(boolean) => boolean.to_string(),
        DeValue::Datetime(time) => time.to_string(),
        DeValue::Array(_) => "a list".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    }
}

/// Words as a sentence lists them: `a`, `b` and `c`.
pub(super) fn listed<'w>(words: impl IntoIterator<Item = &'w str>, last: &str) -> String {
    let words: Vec<String> = words.into_iter().map(|word| format!("`{word}`")).collect();
    match words.as_slice() {
        [] => String::new(),
        [only] => only.clone(),
        [start @ .., end] => format!("{} {last} {end}", start.join(", ")),
    }
}

/// What to do about a word that is not among `known`: the nearest one, else all of them.
pub(super) fn instead(word: &str, known: &[&str], or_else: impl FnOnce() -> String) -> String {
    nearest(word, known).map_or_else(or_else, |near| format!("did you mean `{near}`?"))
}

fn nearest<'w>(word: &str, known: &[&'w str]) -> Option<&'w str> {
    /// Below this likeness a guess confuses more than it helps.
    const ALIKE: f64 = 0.65;
    let word = word.to_lowercase();
    let likeness = |other: &str| {
        let cut_short = other.len() >= 3 && word.starts_with(other);
        if cut_short {
            1.0
        } else {
            strsim::normalized_damerau_levenshtein(&word, &other.to_lowercase())
        }
    };
    known
        .iter()
        .map(|&other| (likeness(other), other))
        .filter(|(alike, _)| *alike >= ALIKE)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, other)| other)
}
