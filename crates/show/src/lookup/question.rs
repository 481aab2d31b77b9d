//! What is asked: the words as they were typed, and as the table of synonyms has them.

use std::ops::Range;

use super::synonyms::Synonyms;

/// What the table of synonyms makes of the question goes a little before the question as it was typed.
const MEANT: f32 = 1.05;

/// The question in one way of reading it.
pub(super) struct Reading {
    pub(super) words: Vec<String>,
    /// Which of the words are of its matter.
    pub(super) is_matter: Vec<bool>,
    pub(super) weight: f32,
}

impl Reading {
    /// Its words that are of the matter, in order.
    pub(super) fn matter(&self) -> impl Iterator<Item = &str> {
        self.words
            .iter()
            .zip(&self.is_matter)
            .filter(|(_, is_matter)| **is_matter)
            .map(|(word, _)| word.as_str())
    }
}

/// A part of the question, and what the table of synonyms takes it for.
type Part<'a> = (Range<usize>, Option<&'a Vec<Vec<String>>>);

/// The question as it was typed, and as the table of synonyms has it.
pub(super) fn readings(words: Vec<String>, synonyms: &Synonyms) -> Vec<Reading> {
    let is_matter = matter(&words, synonyms);
    let mut parts: Vec<Part<'_>> = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let found = synonyms.meant.first(&words[at..]);
        let (length, means) = found.map_or((1, None), |(length, means)| (length, Some(means)));
        parts.push((at..at + length, means));
        at += length;
    }
    let ways = parts
        .iter()
        .filter_map(|(_, means)| means.map(Vec::len))
        .max()
        .unwrap_or(0);
    let mut readings = Vec::with_capacity(ways + 1);
    for way in 0..ways {
        let mut reading = Reading {
            words: Vec::new(),
            is_matter: Vec::new(),
            weight: MEANT,
        };
        for (typed, means) in &parts {
            match means.and_then(|means| means.get(way.min(means.len().saturating_sub(1)))) {
                Some(meant) => {
                    reading.words.extend_from_slice(meant);
                    reading.is_matter.resize(reading.words.len(), true);
                }
                None => {
                    reading.words.extend_from_slice(&words[typed.clone()]);
                    reading
                        .is_matter
                        .extend_from_slice(&is_matter[typed.clone()]);
                }
            }
        }
        readings.push(reading);
    }
    readings.push(Reading {
        words,
        is_matter,
        weight: 1.0,
    });
    readings
}

/// Which words are of the matter; all, where none is left.
fn matter(words: &[String], synonyms: &Synonyms) -> Vec<bool> {
    let mut is_matter = vec![true; words.len()];
    let mut at = 0;
    while at < words.len() {
        match synonyms.idle.first(&words[at..]) {
            Some((length, ())) => {
                is_matter[at..at + length].fill(false);
                at += length;
            }
            None => at += 1,
        }
    }
    if is_matter.contains(&true) {
        is_matter
    } else {
        vec![true; words.len()]
    }
}
