//! The fields that differ between the ways to file: the ways, their time limits and their fees.
//!
//! Ways that agree are said together, in the order in which the database has them.

use motcua_show::procedure::{Procedure, Way};

use super::answers::{how_in_words, hows, in_words};
use super::sections::{Part, one_line, points, prose};
use super::source::clean;
use crate::words::Words;

pub(super) fn ways(procedure: &Procedure, words: &Words) -> Vec<Part> {
    // Where a way appears more than once, the cases differ in time or fee: each is said at once.
    let repeats = procedure.ways.len() > hows(procedure).len();
    if !repeats && procedure.ways.iter().all(|way| note(way).is_empty()) {
        return points(
            hows(procedure)
                .into_iter()
                .map(|how| how_in_words(how, words)),
        );
    }
    let said = |way: &Way| {
        (
            note(way),
            repeats.then(|| (time(way, words), in_words(way.fee(), words))),
        )
    };
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

pub(super) fn time_limits(procedure: &Procedure, words: &Words) -> Vec<Part> {
    per_way(procedure, words, |way| time(way, words))
}

pub(super) fn fees(procedure: &Procedure, words: &Words) -> Vec<Part> {
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
        let name = if names.is_empty() {
            name.to_owned()
        } else {
            name.to_lowercase()
        };
        if !names
            .iter()
            .any(|known| known.to_lowercase() == name.to_lowercase())
        {
            names.push(name);
        }
    }
    names.join(", ")
}

fn time(way: &Way, words: &Words) -> String {
    let time = way.time_limit.as_deref().map(clean).unwrap_or_default();
    if time.trim().is_empty() {
        words.not_stated.clone()
    } else {
        time.trim().to_owned()
    }
}

fn note(way: &Way) -> String {
    one_line(&clean(way.note.as_deref().unwrap_or_default()))
}
