//! What is counted, and what of it may be kept.

use std::collections::hash_map::RandomState;
use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher as _;

use jiff::Span;
use jiff::civil::{Date, DateTime};
use motcua_proof::tally::{ABANDONED, FAILED, OPENED, RATED, Tally};
use motcua_show::lookup::fold;
use serde::{Deserialize, Serialize};

/// Equal queries from which on one is written down: what three visitors typed is a word of the town, what
/// one typed may be a name. Fewer are only counted in memory, and there by a hash with the key of this run: on a
/// disk even that could be tried out by whoever takes it, so few letters are they.
const KEPT_FROM: u64 = 3;

/// The most that a query may be to be kept at all.
const LONGEST: usize = 60;
const MOST_WORDS: usize = 8;
/// Figures in a row, spaces and marks between them not counted: telephone and identity numbers have more.
const MOST_FIGURES: usize = 5;

/// Different queries that are held in memory below [`KEPT_FROM`].
const MOST_WAITING: usize = 4096;

/// How long counts are kept.
const DAYS: i64 = 400;

/// Something to count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Counted {
    /// A query that found nothing, when the visitor left it.
    Failed {
        /// As typed.
        query: String,
        /// The civil day.
        on: Date,
    },
    /// A query whose results the visitor left without opening one.
    Abandoned {
        /// As typed.
        query: String,
        /// The civil day.
        on: Date,
    },
    /// A procedure was opened.
    Opened {
        /// Its code.
        code: String,
        /// The civil day.
        on: Date,
    },
    /// A visitor rated the visit.
    Rated {
        /// 1 (very dissatisfied) to 5 (very satisfied); others are not counted.
        value: u8,
        /// The civil time, kept to the minute.
        at: DateTime,
    },
}

/// What is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Queries that found nothing, folded.
    pub failed: BTreeMap<String, Query>,
    /// Queries that were given up, folded.
    pub abandoned: BTreeMap<String, Query>,
    /// Procedures opened: day, code, how often.
    pub opened: BTreeMap<Date, BTreeMap<String, u64>>,
    /// Ratings, in the order in which they came.
    pub ratings: Vec<Rating>,
    /// The queries that are kept, by the days on which they were typed.
    #[serde(default, skip_serializing_if = "Tally::is_empty")]
    pub queries: Tally,
}

/// How often something was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Query {
    /// How often.
    pub count: u64,
    /// The last day.
    pub last: Date,
}

/// One rating.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rating {
    /// The civil time, to the minute.
    pub at: DateTime,
    /// 1 to 5.
    pub value: u8,
}

impl Record {
    /// What of it goes to a server: ratings only as numbers of a day.
    #[must_use]
    pub fn sums(self) -> Tally {
        let mut sums = self.queries;
        for (day, codes) in &self.opened {
            for (code, count) in codes {
                sums.add(*day, OPENED, code, *count);
            }
        }
        for rating in &self.ratings {
            sums.add(rating.at.date(), RATED, &rating.value.to_string(), 1);
        }
        sums
    }
}

/// The record, and what does not go into it yet.
#[derive(Debug)]
pub(super) struct Counts {
    record: Record,
    /// How often a query was typed that is not kept yet, by its hash.
    waiting: HashMap<(Kind, u64), u64>,
    hasher: RandomState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Failed,
    Abandoned,
}

impl Counts {
    pub(super) fn of(record: Record) -> Self {
        Self {
            record,
            waiting: HashMap::new(),
            hasher: RandomState::new(),
        }
    }

    pub(super) fn record(&self) -> &Record {
        &self.record
    }

    /// Counts, and says whether the record has changed.
    pub(super) fn count(&mut self, counted: Counted) -> bool {
        match counted {
            Counted::Failed { query, on } => self.query(Kind::Failed, &query, on),
            Counted::Abandoned { query, on } => self.query(Kind::Abandoned, &query, on),
            Counted::Opened { code, on } => {
                self.forget_before(on);
                *self
                    .record
                    .opened
                    .entry(on)
                    .or_default()
                    .entry(code)
                    .or_default() += 1;
                true
            }
            Counted::Rated { value, at } => {
                let minute = at
                    .with()
                    .second(0)
                    .subsec_nanosecond(0)
                    .build()
                    .ok()
                    .filter(|_| (1..=5).contains(&value));
                let Some(at) = minute else { return false };
                self.forget_before(at.date());
                self.record.ratings.push(Rating { at, value });
                true
            }
        }
    }

    fn query(&mut self, kind: Kind, typed: &str, on: Date) -> bool {
        let Some(query) = harmless(typed) else {
            return false;
        };
        self.forget_before(on);
        let (kept, name) = match kind {
            Kind::Failed => (&mut self.record.failed, FAILED),
            Kind::Abandoned => (&mut self.record.abandoned, ABANDONED),
        };
        if let Some(kept) = kept.get_mut(&query) {
            self.record.queries.add(on, name, &query, 1);
            kept.count += 1;
            kept.last = kept.last.max(on);
            return true;
        }
        if self.waiting.len() >= MOST_WAITING {
            // Those typed but once are worth least; where that is all of them, begin anew.
            self.waiting.retain(|_, count| *count > 1);
            if self.waiting.len() >= MOST_WAITING {
                self.waiting.clear();
            }
        }
        let waiting = (kind, self.hasher.hash_one(&query));
        let count = self.waiting.entry(waiting).or_default();
        *count += 1;
        if *count < KEPT_FROM {
            return false;
        }
        let count = *count;
        self.waiting.remove(&waiting);
        // Whenever the first ones were typed, that they are kept is of this day.
        self.record.queries.add(on, name, &query, count);
        kept.insert(query, Query { count, last: on });
        true
    }

    fn forget_before(&mut self, today: Date) {
        let Ok(first) = today.checked_sub(Span::new().days(DAYS)) else {
            return;
        };
        let record = &mut self.record;
        record.opened.retain(|day, _| *day >= first);
        record.ratings.retain(|rating| rating.at.date() >= first);
        record.failed.retain(|_, query| query.last >= first);
        record.abandoned.retain(|_, query| query.last >= first);
        record.queries.forget_before(first);
    }
}

/// A query as it is counted: folded, spaces single; none where it looks as if it said who typed it.
fn harmless(typed: &str) -> Option<String> {
    if typed.chars().count() > LONGEST || typed.contains('@') {
        return None;
    }
    let folded = fold(typed);
    let words: Vec<&str> = folded.split_whitespace().collect();
    let is_text = (1..=MOST_WORDS).contains(&words.len())
        && folded.chars().any(char::is_alphabetic)
        && !folded.chars().any(|c| c.is_control() && !c.is_whitespace());
    (is_text && figures(&folded) <= MOST_FIGURES).then(|| words.join(" "))
}

/// The longest run of figures, whatever stands between them that is no letter: "0912 345-678" is one.
fn figures(text: &str) -> usize {
    let (mut longest, mut run) = (0, 0);
    for c in text.chars() {
        if c.is_numeric() {
            run += 1;
            longest = longest.max(run);
        } else if c.is_alphabetic() {
            run = 0;
        }
    }
    longest
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn only_what_looks_harmless_is_kept() {
        for (typed, kept) in [
            ("  Làm   giấy KHAI sinh ", Some("lam giay khai sinh")),
            ("đất 5%", Some("dat 5%")),
            ("mẫu 12345", Some("mau 12345")),
            ("ស្តាប់", Some("ស្តាប់")),
            ("0912345678", None),
            ("gọi 0912 345 678", None),
            ("so 09.12-34", None),
            ("cccd 001٠٩١234", None),
            ("an@example.vn", None),
            ("a b c d e f g h i", None),
            ("a\u{0}b", None),
            ("", None),
            ("?!", None),
        ] {
            assert_eq!(harmless(typed).as_deref(), kept, "{typed:?}");
        }
        assert_eq!(harmless(&"a".repeat(61)), None);
        assert!(harmless(&"a".repeat(60)).is_some());
    }

    #[test]
    fn what_one_or_two_typed_is_not_written() {
        let mut counts = Counts::of(Record::default());
        let on = date(2026, 11, 23);
        let mut typed = |query: &str| {
            counts.count(Counted::Failed {
                query: query.into(),
                on,
            })
        };
        assert!(!typed("Cà vẹt") && !typed("ca vet"));
        assert!(!typed("CÀ VẸT xe"));
        assert!(typed("cà  vẹt"));
        assert!(typed("cà vẹt"));
        let kept = &counts.record().failed;
        assert_eq!(kept.len(), 1);
        assert_eq!(kept["ca vet"], Query { count: 4, last: on });
        let sums = counts.record().clone().sums();
        assert_eq!(sums.count(on, FAILED, "ca vet"), 4);
        // Found nothing and given up are counted apart.
        let abandoned = Counted::Abandoned {
            query: "ca vet".into(),
            on,
        };
        assert!(!counts.count(abandoned));
    }

    #[test]
    fn memory_is_bounded_and_what_is_old_goes() {
        let mut counts = Counts::of(Record::default());
        let on = date(2026, 11, 23);
        for number in 0..3 * MOST_WAITING {
            let letters: String = number.to_string().chars().flat_map(|c| [c, 'x']).collect();
            counts.count(Counted::Failed { query: letters, on });
            assert!(counts.waiting.len() <= MOST_WAITING);
        }
        assert_eq!(counts.record(), &Record::default());
        let opened = |on| Counted::Opened {
            code: "1.001193".into(),
            on,
        };
        for day in [date(2025, 1, 1), on, on] {
            assert!(counts.count(opened(day)));
        }
        let kept = &counts.record().opened;
        assert_eq!(kept.len(), 1);
        assert_eq!(kept[&on]["1.001193"], 2);
    }

    #[test]
    fn ratings_keep_time_and_value() {
        let mut counts = Counts::of(Record::default());
        let at = date(2026, 11, 23).at(8, 5, 59, 34);
        assert!(counts.count(Counted::Rated { value: 5, at }));
        for value in [0, 6] {
            assert!(!counts.count(Counted::Rated { value, at }));
        }
        let sums = counts.record().clone().sums();
        assert_eq!(sums.count(at.date(), RATED, "5"), 1);
        let json = serde_json::to_string(&counts.record().ratings).unwrap();
        assert_eq!(json, r#"[{"at":"2026-11-23T08:05:00","value":5}]"#);
    }
}
