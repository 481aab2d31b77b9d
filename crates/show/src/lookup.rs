//! The lookup: from what a visitor types to the procedures that are meant.
//!
//! Visitors type without accents, in Telex, with slips, in everyday words and in whole questions. Names are
//! read as folded syllables and pairs of syllables; what is asked is read as typed and, where the table of
//! [`Synonyms`] knows its words, as the official ones. The same question finds the same procedures in the
//! same order on every machine. Everything is in memory; nothing is kept of what was asked.

mod fold;
mod index;
mod phrases;
mod question;
mod rank;
mod spelling;
mod synonyms;
mod tongue;

use std::ops::Range;

pub use fold::fold;
pub use synonyms::{Synonyms, SynonymsError};

use crate::procedure::base_code;
use index::Index;
use rank::Ranking;

/// What the lookup knows of a procedure.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// Its code, such as "1.001193".
    pub code: &'a str,
    /// Its official name.
    pub name: &'a str,
    /// Its field, such as "Hộ tịch".
    pub field: &'a str,
    /// The levels that carry it out, as published: "Cấp xã", "xã".
    pub levels: &'a [String],
    /// Whether this reception point receives it.
    pub is_received_here: bool,
}

/// A level that carries procedures out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Ministries (cấp bộ).
    Ministry,
    /// Provinces and cities (cấp tỉnh).
    Province,
    /// Communes, wards, special zones (cấp xã).
    Commune,
    /// Others (cơ quan khác).
    Other,
}

impl Level {
    /// Every level that a text such as "Cấp Bộ, Cấp Tỉnh" names.
    #[must_use]
    pub fn named_in(text: &str) -> Vec<Self> {
        let syllables: Vec<String> = fold::syllables(text).map(|found| found.folded).collect();
        let names = [
            ("bo", Self::Ministry),
            ("tinh", Self::Province),
            ("xa", Self::Commune),
            ("khac", Self::Other),
        ];
        names
            .into_iter()
            .filter(|(name, _)| syllables.iter().any(|syllable| syllable == name))
            .map(|(_, level)| level)
            .collect()
    }
}

/// What a reception point prefers, and how much is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Wish {
    /// Procedures of this level come first among those that answer equally well.
    pub near: Level,
    /// Nothing but procedures of this level; all without one.
    pub only: Option<Level>,
    /// At most so many.
    pub limit: usize,
}

impl Default for Wish {
    fn default() -> Self {
        Self {
            near: Level::Commune,
            only: None,
            limit: 10,
        }
    }
}

/// A procedure that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Its place among the entries that the lookup was built of.
    pub entry: usize,
    /// How well it answers; comparable within one answer only.
    pub score: f32,
    /// Where words of the question stand in its name, in bytes.
    pub marks: Vec<Range<usize>>,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Answer {
    /// The best first.
    pub hits: Vec<Hit>,
    /// Whether nothing matches what was asked, so that these are only the nearest.
    pub is_a_guess: bool,
}

/// Procedures that can be looked up.
#[derive(Debug)]
pub struct Lookup {
    index: Index,
    synonyms: Synonyms,
}

impl Lookup {
    /// Reads the entries.
    #[must_use]
    pub fn build<'a>(entries: impl IntoIterator<Item = Entry<'a>>, synonyms: Synonyms) -> Self {
        let index = Index::build(entries, &synonyms);
        Self { index, synonyms }
    }

    /// What answers `query`, which may still be being typed.
    #[must_use]
    pub fn find(&self, query: &str, wish: Wish) -> Answer {
        if let Some(answer) = self.by_code(query, wish) {
            return answer;
        }
        Ranking::new(&self.index, &self.synonyms).answer(query, wish)
    }

    /// The procedures whose code, or its beginning, is typed; none where no code is.
    fn by_code(&self, query: &str, wish: Wish) -> Option<Answer> {
        let typed = query
            .split_whitespace()
            .find(|word| word.len() >= 3 && word.starts_with(|first: char| first.is_ascii_digit()))
            .filter(|word| word.as_bytes().get(1) == Some(&b'.'))?;
        let base = base_code(typed.trim_end_matches(['.', ',', '?']));
        let is_whole = |code: &str| base_code(code) == base;
        let found = self
            .index
            .with_codes(|code| is_whole(code) || (base.len() < 8 && code.starts_with(base)));
        let hits: Vec<Hit> = found
            .filter(|entry| self.index.is_of(*entry, wish.only))
            .take(wish.limit)
            .map(|entry| Hit {
                entry,
                score: 1.0,
                marks: Vec::new(),
            })
            .collect();
        (!hits.is_empty()).then_some(Answer {
            hits,
            is_a_guess: false,
        })
    }
}
