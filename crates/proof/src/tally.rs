//! Counts that travel with the proofs: what was looked for in vain, what was opened, how visits were rated.
//!
//! They are no part of the chain. Every number is the whole count so far of a day, so that the same counts sent twice
//! change nothing, and of two numbers the greater is the later one.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Queries that found nothing, as the screen keeps them: without accents, and none that fewer than three typed.
pub const FAILED: &str = "failed";
/// Queries that were given up, kept alike.
pub const ABANDONED: &str = "abandoned";
/// Procedures that were opened, by their codes.
pub const OPENED: &str = "opened";
/// How visits were rated, from "1" (very dissatisfied) to "5".
pub const RATED: &str = "rated";

/// Counts of one screen by day, kind and what was counted. Nothing in it says who the visitors were.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tally(BTreeMap<Date, BTreeMap<String, BTreeMap<String, u64>>>);

/// The line of a batch that carries counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TallyLine {
    /// The counts.
    pub tally: Tally,
}

impl Tally {
    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How often it was counted; 0 where it never was.
    #[must_use]
    pub fn count(&self, day: Date, kind: &str, subject: &str) -> u64 {
        let of_kind = self.0.get(&day).and_then(|kinds| kinds.get(kind));
        of_kind
            .and_then(|subjects| subjects.get(subject))
            .copied()
            .unwrap_or(0)
    }

    /// Counts so many more.
    pub fn add(&mut self, day: Date, kind: &str, subject: &str, more: u64) {
        if more > 0 {
            let count = self.count(day, kind, subject).saturating_add(more);
            self.raise(day, kind, subject, count);
        }
    }

    /// At most `limit` counts of these that are greater than in `known`.
    #[must_use]
    pub fn beyond(&self, known: &Self, limit: usize) -> Self {
        let mut beyond = Self::default();
        let greater = self
            .each()
            .filter(|(day, kind, subject, count)| known.count(*day, kind, subject) < *count);
        for (day, kind, subject, count) in greater.take(limit) {
            beyond.raise(day, kind, subject, count);
        }
        beyond
    }

    /// Takes over the counts of `other` that are greater.
    pub fn take(&mut self, other: &Self) {
        for (day, kind, subject, count) in other.each() {
            self.raise(day, kind, subject, count);
        }
    }

    /// Forgets the days that are not in `present`: counts grow old there.
    pub fn keep_days_of(&mut self, present: &Self) {
        self.0.retain(|day, _| present.0.contains_key(day));
    }

    /// Forgets the days before this one.
    pub fn forget_before(&mut self, first: Date) {
        self.0.retain(|day, _| *day >= first);
    }

    fn raise(&mut self, day: Date, kind: &str, subject: &str, count: u64) {
        let subjects = self.0.entry(day).or_default();
        let subjects = subjects.entry(kind.to_owned()).or_default();
        let known = subjects.entry(subject.to_owned()).or_default();
        *known = (*known).max(count);
    }

    fn each(&self) -> impl Iterator<Item = (Date, &str, &str, u64)> {
        self.0.iter().flat_map(|(day, kinds)| {
            kinds.iter().flat_map(|(kind, subjects)| {
                let subjects = subjects.iter();
                subjects.map(|(subject, count)| (*day, kind.as_str(), subject.as_str(), *count))
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn counts(failed: u64, opened: u64, five: u64) -> Tally {
        let day = date(2026, 11, 23);
        let mut tally = Tally::default();
        tally.add(day, FAILED, "ca vet", failed);
        tally.add(day, OPENED, "1.001193", opened);
        tally.add(day, RATED, "5", five);
        tally
    }

    #[test]
    fn what_was_sent_is_not_sent_again_and_sending_it_twice_changes_nothing() {
        let (before, after) = (counts(3, 1, 1), counts(4, 1, 2));
        let beyond = after.beyond(&before, 100);
        assert_eq!(beyond, counts(4, 0, 2));
        let mut server = Tally::default();
        for sent in [&before, &beyond, &before, &beyond] {
            server.take(sent);
        }
        assert_eq!(server, after);
        assert!(after.beyond(&server, 100).is_empty());
    }

    #[test]
    fn much_comes_in_parts() {
        let all = counts(3, 1, 1);
        let mut server = Tally::default();
        for _ in 0..3 {
            let part = all.beyond(&server, 1);
            assert!(!part.is_empty());
            server.take(&part);
        }
        assert_eq!(server, all);
        server.keep_days_of(&Tally::default());
        assert!(server.is_empty());
    }

    #[test]
    fn it_is_one_line_of_json() {
        let tally = counts(3, 1, 1);
        let line = serde_json::to_string(&TallyLine {
            tally: tally.clone(),
        })
        .unwrap();
        assert_eq!(
            line,
            r#"{"tally":{"2026-11-23":{"failed":{"ca vet":3},"opened":{"1.001193":1},"rated":{"5":1}}}}"#
        );
        let read: TallyLine = serde_json::from_str(&line).unwrap();
        assert_eq!(read.tally, tally);
    }
}
