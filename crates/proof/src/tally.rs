//! Counts that travel with the proofs: what was looked for in vain, what was opened, how visits were rated.
//!
//! They are no part of the chain. Every number is the whole count so far of what it stands for, so that the same counts
//! sent twice change nothing, and of two numbers the greater is the later one.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Counts of one screen. Nothing in it says who the visitors were.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Queries that found nothing, as the screen keeps them: without accents, and none that fewer than three typed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub failed: BTreeMap<String, Query>,
    /// Queries that were given up.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub abandoned: BTreeMap<String, Query>,
    /// How often a procedure was opened on a day, by its code.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub opened: BTreeMap<Date, BTreeMap<String, u64>>,
    /// How often a visit was rated so on a day, from 1 (very dissatisfied) to 5.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub ratings: BTreeMap<Date, BTreeMap<u8, u64>>,
}

/// How often something was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Query {
    /// How often so far.
    pub count: u64,
    /// The last day.
    pub last: Date,
}

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
        *self == Self::default()
    }

    /// At most `limit` counts of these that are greater than in `known`.
    #[must_use]
    pub fn beyond(&self, known: &Self, limit: usize) -> Self {
        let mut left = limit;
        Self {
            failed: queries_beyond(&self.failed, &known.failed, &mut left),
            abandoned: queries_beyond(&self.abandoned, &known.abandoned, &mut left),
            opened: days_beyond(&self.opened, &known.opened, &mut left),
            ratings: days_beyond(&self.ratings, &known.ratings, &mut left),
        }
    }

    /// Takes over the counts of `other` that are greater.
    pub fn take(&mut self, other: Self) {
        take_queries(&mut self.failed, other.failed);
        take_queries(&mut self.abandoned, other.abandoned);
        take_days(&mut self.opened, other.opened);
        take_days(&mut self.ratings, other.ratings);
    }

    /// Forgets what is neither in `present` nor will be again: counts grow old there.
    pub fn keep_only(&mut self, present: &Self) {
        self.failed
            .retain(|query, _| present.failed.contains_key(query));
        self.abandoned
            .retain(|query, _| present.abandoned.contains_key(query));
        self.opened
            .retain(|day, _| present.opened.contains_key(day));
        self.ratings
            .retain(|day, _| present.ratings.contains_key(day));
    }
}

type Days<K> = BTreeMap<Date, BTreeMap<K, u64>>;

fn queries_beyond(
    counts: &BTreeMap<String, Query>,
    known: &BTreeMap<String, Query>,
    left: &mut usize,
) -> BTreeMap<String, Query> {
    let beyond = counts
        .iter()
        .filter(|(query, count)| known.get(*query).is_none_or(|known| known < *count));
    let beyond: BTreeMap<_, _> = beyond
        .take(*left)
        .map(|(query, count)| (query.clone(), *count))
        .collect();
    *left -= beyond.len();
    beyond
}

fn days_beyond<K: Ord + Clone>(counts: &Days<K>, known: &Days<K>, left: &mut usize) -> Days<K> {
    let mut days = Days::new();
    for (day, counts) in counts {
        let known = known.get(day);
        let beyond = counts.iter().filter(|(what, count)| {
            known
                .and_then(|known| known.get(*what))
                .is_none_or(|known| known < *count)
        });
        let beyond: BTreeMap<K, u64> = beyond
            .take(*left)
            .map(|(what, count)| (what.clone(), *count))
            .collect();
        if !beyond.is_empty() {
            *left -= beyond.len();
            days.insert(*day, beyond);
        }
    }
    days
}

fn take_queries(into: &mut BTreeMap<String, Query>, other: BTreeMap<String, Query>) {
    for (query, count) in other {
        let known = into.entry(query).or_insert(count);
        known.count = known.count.max(count.count);
        known.last = known.last.max(count.last);
    }
}

fn take_days<K: Ord>(into: &mut Days<K>, other: Days<K>) {
    for (day, counts) in other {
        let known = into.entry(day).or_default();
        for (what, count) in counts {
            let known = known.entry(what).or_default();
            *known = (*known).max(count);
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn counts(failed: u64, opened: u64, five: u64) -> Tally {
        let day = date(2026, 11, 23);
        Tally {
            failed: [(
                "ca vet".to_owned(),
                Query {
                    count: failed,
                    last: day,
                },
            )]
            .into(),
            abandoned: BTreeMap::new(),
            opened: [(day, [("1.001193".to_owned(), opened)].into())].into(),
            ratings: [(day, [(5, five)].into())].into(),
        }
    }

    #[test]
    fn what_was_sent_is_not_sent_again_and_sending_it_twice_changes_nothing() {
        let (before, after) = (counts(3, 1, 1), counts(4, 1, 2));
        let beyond = after.beyond(&before, 100);
        assert!(beyond.opened.is_empty() && !beyond.failed.is_empty());
        let mut server = Tally::default();
        for sent in [&before, &beyond, &before, &beyond] {
            server.take(sent.clone());
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
            server.take(part);
        }
        assert_eq!(server, all);
        server.keep_only(&Tally::default());
        assert!(server.is_empty());
    }

    #[test]
    fn it_is_one_line_of_json() {
        let line = serde_json::to_string(&TallyLine {
            tally: counts(3, 1, 1),
        })
        .unwrap();
        assert_eq!(
            line,
            r#"{"tally":{"failed":{"ca vet":{"count":3,"last":"2026-11-23"}},"opened":{"2026-11-23":{"1.001193":1}},"ratings":{"2026-11-23":{"5":1}}}}"#
        );
        let read: TallyLine = serde_json::from_str(&line).unwrap();
        assert_eq!(read.tally, counts(3, 1, 1));
    }
}
