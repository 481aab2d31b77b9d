//! How long, how much and where, each way to file counted once.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::{TakeawayWords, filled};
use crate::procedure::{Fee, How, Paper, Procedure, Way};

/// On one line, composed, without the marks of a list around it. It may stand after any other text: it does
/// not begin with a mark that would join the letter before.
pub(super) fn clean(text: &str) -> String {
    let composed: String = text
        .chars()
        .filter(|c| c.is_whitespace() || !c.is_control())
        .nfc()
        .collect();
    let line = composed.split_whitespace().collect::<Vec<_>>().join(" ");
    line.trim_start_matches(|c: char| "-+*•–· ".contains(c) || is_combining_mark(c))
        .trim_end_matches([';', ',', ' '])
        .to_owned()
}

/// Whether anything in it can be read.
pub(super) fn is_readable(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}

/// The time limits, with their ways where they differ.
pub(super) fn time_limit(procedure: &Procedure, words: &TakeawayWords) -> Vec<Stated> {
    by_way(procedure, words, |way| {
        let time = clean(way.time_limit.as_deref().unwrap_or_default());
        if !is_readable(&time) {
            words.not_stated.clone()
        } else if time.chars().any(char::is_alphabetic) {
            time
        } else {
            filled(&words.no_unit, &time)
        }
    })
}

/// The fees, with their ways where they differ.
pub(super) fn fee(procedure: &Procedure, words: &TakeawayWords) -> Vec<Stated> {
    by_way(procedure, words, |way| match way.fee() {
        Fee::Published(fee) if is_readable(fee) => clean(fee),
        Fee::SetBy(body) => filled(&words.fee_set_by, &clean(body)),
        Fee::Published(_) | Fee::Unknown => words.not_stated.clone(),
    })
}

/// Where it is filed: the place that the office names, else the ways.
pub(super) fn place(procedure: &Procedure, words: &TakeawayWords) -> Option<String> {
    let place = clean(procedure.receive_at.as_deref().unwrap_or_default());
    if is_readable(&place) {
        return Some(filled(&words.receive_at, &place));
    }
    let ways: Vec<&str> = [How::InPerson, How::Online, How::Post]
        .into_iter()
        .filter(|how| procedure.ways.iter().any(|way| way.how == *how))
        .map(|how| name_of(how, words))
        .collect();
    (!ways.is_empty()).then(|| filled(&words.filed, &ways.join(", ")))
}

/// Every paper that has a name, with the numbers of its originals and copies.
pub(super) fn papers<'a>(
    papers: impl IntoIterator<Item = &'a Paper>,
    words: &TakeawayWords,
) -> Vec<(String, String)> {
    papers
        .into_iter()
        .map(|paper| (clean(&paper.name), counts(paper, words)))
        .filter(|(name, _)| is_readable(name))
        .collect()
}

fn counts(paper: &Paper, words: &TakeawayWords) -> String {
    let count = |number: Option<u32>, word: &str| {
        let number = number.filter(|&number| number > 0)?;
        Some(filled(word, &number.to_string()))
    };
    let originals = count(paper.originals, &words.originals);
    let copies = count(paper.copies, &words.copies);
    originals
        .into_iter()
        .chain(copies)
        .collect::<Vec<_>>()
        .join(", ")
}

/// What holds for some ways to file, or for all where none is named.
pub(super) struct Stated {
    pub(super) ways: Vec<String>,
    pub(super) value: String,
}

fn by_way(
    procedure: &Procedure,
    words: &TakeawayWords,
    value: impl Fn(&Way) -> String,
) -> Vec<Stated> {
    let mut found: Vec<Stated> = Vec::new();
    for way in &procedure.ways {
        let (value, name) = (value(way), name_of(way.how, words).to_owned());
        match found.iter_mut().find(|stated| stated.value == value) {
            Some(stated) if stated.ways.contains(&name) => {}
            Some(stated) => stated.ways.push(name),
            None => found.push(Stated {
                ways: vec![name],
                value,
            }),
        }
    }
    if let [only] = found.as_mut_slice() {
        only.ways.clear();
    }
    if found.is_empty() {
        found.push(Stated {
            ways: Vec::new(),
            value: words.not_stated.clone(),
        });
    }
    found
}

fn name_of(how: How, words: &TakeawayWords) -> &str {
    match how {
        How::InPerson => &words.in_person,
        How::Online => &words.online,
        How::Post => &words.by_post,
    }
}
