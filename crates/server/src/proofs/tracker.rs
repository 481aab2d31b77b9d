//! From records to what reports count: showings with their time on the display, and when the display worked.
//!
//! Pure: it goes through the records of one chain in their order and says what each adds to which day. What it adds
//! does not depend on how the records were cut into batches.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use motcua_proof::{Boot, Record, What};
use motcua_show::procedure::base_code;
use serde::{Deserialize, Serialize};

use super::number_of;
use super::spans::Spans;

/// The most that one record of work counts. Screens write one every ten minutes, so more than this is a mistake, or
/// a screen that wants to have worked.
pub const LONGEST_WORK_MS: i64 = 60 * 60 * 1000;

/// The most that one showing counts: a month of a single card.
pub const LONGEST_SHOWING_MS: i64 = 31 * 24 * 60 * 60 * 1000;

/// The longest text that is kept of a record, in characters.
const LONGEST_TEXT: usize = 200;

/// What was shown; an empty text stands for none.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Subject {
    /// The item's name, or the alert's id.
    pub item: String,
    /// Its kind, "card" or "alert".
    pub kind: String,
    /// The hash of what it says.
    pub content: String,
    /// The topic of the communication plan.
    pub topic: String,
    /// The base code of the procedure.
    pub procedure: String,
}

/// How often, and for how long.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counted {
    /// How often it was shown.
    pub showings: i64,
    /// For how long, where that is known.
    pub ms: i64,
    /// Of the showings, those whose end is not known.
    pub unknown: i64,
    /// How long those can have been at the most.
    pub unknown_ms: i64,
}

impl Counted {
    /// Adds another count.
    pub fn add(&mut self, other: &Self) {
        self.showings += other.showings;
        self.ms += other.ms;
        self.unknown += other.unknown;
        self.unknown_ms += other.unknown_ms;
    }
}

/// What records add.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// By what was shown, and day.
    pub shown: BTreeMap<(Subject, i64), Counted>,
    /// By day, and release.
    pub working: BTreeMap<(i64, String), Spans>,
}

/// Where the records of a chain have come to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tracker {
    /// What is on the display: one thing, or two where the next is there before what it replaces is said to be gone.
    open: Vec<Open>,
    /// The record that said last that something is shown.
    last: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Open {
    seq: u64,
    at_ms: i64,
    boot: Boot,
    subject: Subject,
}

impl Tracker {
    /// Follows the next record; days are those of `zone`.
    pub fn follow(&mut self, record: &Record, zone: &TimeZone, changes: &mut Changes) {
        let at_ms = record.at.as_millisecond();
        if self.open.iter().any(|open| open.boot != record.boot) {
            self.give_up(None, at_ms, zone, changes);
        }
        match &record.what {
            What::Started { .. } | What::Stopped | What::Lost { .. } => {
                self.give_up(None, at_ms, zone, changes);
            }
            What::Shown {
                item,
                kind,
                content,
                topic,
                procedure,
                ..
            } => {
                let text = |text: &Option<String>| kept(text.as_deref().unwrap_or_default());
                let subject = Subject {
                    item: text(item),
                    kind: kept(kind),
                    content: content.to_string(),
                    topic: text(topic),
                    procedure: kept(base_code(procedure.as_deref().unwrap_or_default())),
                };
                self.show(record, subject, zone, changes);
            }
            What::Alert { id, content } => {
                let subject = Subject {
                    item: kept(id),
                    kind: "alert".to_owned(),
                    content: content.to_string(),
                    ..Subject::default()
                };
                self.show(record, subject, zone, changes);
            }
            What::Ended { of, shown_ms, .. } => {
                let Some(place) = self.open.iter().position(|open| open.seq == *of) else {
                    return;
                };
                let open = self.open.remove(place);
                let shown_ms = i64::try_from(*shown_ms).unwrap_or(i64::MAX);
                let until = open.at_ms + shown_ms.min(LONGEST_SHOWING_MS);
                for (day, from, until) in days(open.at_ms, until, zone) {
                    let ms = until - from;
                    changes.count(
                        &open.subject,
                        day,
                        &Counted {
                            ms,
                            ..Counted::default()
                        },
                    );
                }
            }
            What::Working { for_ms, release } => {
                let Some(release) = release else { return };
                let for_ms = i64::try_from(*for_ms).unwrap_or(i64::MAX);
                let from = at_ms - for_ms.min(LONGEST_WORK_MS);
                for (day, from, until) in days(from, at_ms, zone) {
                    let spans = changes.working.entry((day, release.to_string()));
                    spans.or_default().add(&Spans::one(from, until));
                }
            }
            What::Release { .. } | What::Clock { .. } | What::Unknown => {}
        }
    }

    fn show(&mut self, record: &Record, subject: Subject, zone: &TimeZone, changes: &mut Changes) {
        let at_ms = record.at.as_millisecond();
        self.give_up(Some(self.last), at_ms, zone, changes);
        self.last = record.seq;
        let showings = 1;
        changes.count(
            &subject,
            day_at(at_ms, zone),
            &Counted {
                showings,
                ..Counted::default()
            },
        );
        self.open.push(Open {
            seq: record.seq,
            at_ms,
            boot: record.boot.clone(),
            subject,
        });
    }

    /// Gives up waiting for the end of all showings but one; they ended before `at_ms`.
    fn give_up(&mut self, but: Option<u64>, at_ms: i64, zone: &TimeZone, changes: &mut Changes) {
        for open in std::mem::take(&mut self.open) {
            if but == Some(open.seq) {
                self.open.push(open);
                continue;
            }
            let counted = Counted {
                unknown: 1,
                // A clock that was set back says nothing.
                unknown_ms: (at_ms - open.at_ms).clamp(0, LONGEST_SHOWING_MS),
                ..Counted::default()
            };
            changes.count(&open.subject, day_at(open.at_ms, zone), &counted);
        }
    }
}

impl Changes {
    fn count(&mut self, subject: &Subject, day: i64, counted: &Counted) {
        let counts = self.shown.entry((subject.clone(), day));
        counts.or_default().add(counted);
    }

    /// The days that they are about, where there are any.
    #[must_use]
    pub fn last_day(&self) -> Option<i64> {
        let shown = self.shown.keys().map(|(_, day)| *day);
        shown.chain(self.working.keys().map(|(day, _)| *day)).max()
    }
}

/// A text of a record as the tables can hold it.
fn kept(text: &str) -> String {
    let readable = text.chars().filter(|letter| *letter != '\0');
    readable.take(LONGEST_TEXT).collect()
}

/// The number of the day at an instant.
#[must_use]
pub fn day_at(at_ms: i64, zone: &TimeZone) -> i64 {
    let at = Timestamp::from_millisecond(at_ms).unwrap_or_default();
    number_of(at.to_zoned(zone.clone()).date())
}

/// A stretch of time cut at the ends of days: day, from, until.
fn days(from_ms: i64, until_ms: i64, zone: &TimeZone) -> Vec<(i64, i64, i64)> {
    let mut days = Vec::new();
    let mut from = from_ms;
    while from < until_ms {
        let at = Timestamp::from_millisecond(from).unwrap_or_default();
        let day = at.to_zoned(zone.clone()).date();
        let midnight = day
            .tomorrow()
            .and_then(|next| next.to_zoned(zone.clone()))
            .map_or(i64::MAX, |next| next.timestamp().as_millisecond());
        // A clock beyond all calendars must not stand still here.
        let until = midnight.max(from + 1).min(until_ms);
        days.push((number_of(day), from, until));
        from = until;
    }
    days
}

#[cfg(test)]
mod tests {
    use motcua_proof::Ended;
    use motcua_show::release::Sha256Hex;

    use super::*;

    fn zone() -> TimeZone {
        TimeZone::get("Asia/Ho_Chi_Minh").unwrap()
    }

    fn record(seq: u64, at: &str, what: What) -> Record {
        Record {
            seq,
            boot: Boot::of_random([1; 8]),
            at: at.parse().unwrap(),
            up_ms: 0,
            what,
        }
    }

    fn shown(item: &str) -> What {
        What::Shown {
            item: Some(item.to_owned()),
            kind: "image".to_owned(),
            content: Sha256Hex::of_digest([7; 32]),
            release: None,
            playlist: None,
            topic: None,
            procedure: None,
        }
    }

    fn ended(of: u64, shown_ms: u64) -> What {
        let why = Ended::Over;
        What::Ended { of, shown_ms, why }
    }

    fn counts(records: &[Record]) -> Vec<(String, String, [i64; 4])> {
        let (mut tracker, mut changes) = (Tracker::default(), Changes::default());
        for record in records {
            tracker.follow(record, &zone(), &mut changes);
        }
        let counts = changes.shown.into_iter().map(|((subject, day), counted)| {
            let Counted {
                showings,
                ms,
                unknown,
                unknown_ms,
            } = counted;
            let day = super::super::day_of(day).to_string();
            (subject.item, day, [showings, ms, unknown, unknown_ms])
        });
        counts.collect()
    }

    #[test]
    fn a_showing_over_midnight_is_cut_there() {
        // Midnight in Vietnam is 17:00 in UTC.
        let records = [
            record(1, "2026-11-23T16:59:50Z", shown("a")),
            record(2, "2026-11-23T17:00:20Z", ended(1, 30_000)),
        ];
        let day = |day: &str, counted| ("a".to_owned(), day.to_owned(), counted);
        assert_eq!(
            counts(&records),
            [
                day("2026-11-23", [1, 10_000, 0, 0]),
                day("2026-11-24", [0, 20_000, 0, 0])
            ]
        );
    }

    #[test]
    fn what_a_crash_left_is_of_unknown_length() {
        let version = "0".to_owned();
        let records = [
            record(1, "2026-11-23T01:00:00Z", shown("a")),
            record(2, "2026-11-23T01:00:10Z", shown("b")),
            record(3, "2026-11-23T01:00:10Z", ended(1, 10_000)),
            record(4, "2026-11-23T02:00:10Z", What::Started { version }),
            record(5, "2026-11-23T02:00:11Z", ended(2, 5_000)),
        ];
        let day = "2026-11-23".to_owned();
        assert_eq!(
            counts(&records),
            [
                ("a".to_owned(), day.clone(), [1, 10_000, 0, 0]),
                ("b".to_owned(), day, [1, 0, 1, 3_600_000])
            ]
        );
    }

    #[test]
    fn nobody_works_for_longer_than_a_record_may_say() {
        let release = Some(Sha256Hex::of_digest([8; 32]));
        let for_ms = u64::MAX;
        let working = record(1, "2026-11-23T01:00:00Z", What::Working { for_ms, release });
        let mut changes = Changes::default();
        Tracker::default().follow(&working, &zone(), &mut changes);
        let spans: Vec<_> = changes.working.values().collect();
        assert_eq!(spans.len(), 1);
        assert_eq!(spans[0].total_ms(), LONGEST_WORK_MS);
    }
}
