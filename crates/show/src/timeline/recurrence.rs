//! The days on which an RFC 5545 rule starts.
//!
//! It owns the use of the crate `rrule`. It knows days only: a rule is reckoned in civil days, without a
//! time zone, so that the day on which an entry starts is the same on every machine.

use std::sync::Mutex;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rrule::{Frequency, RRuleSet, RRuleSetIter};

/// Where a rule without a `first_day` starts: the day from which the timeline counts days.
const EPOCH: Date = jiff::civil::date(1970, 1, 1);

/// A recurrence rule that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RecurrenceError {
    /// It is not a rule of RFC 5545, or its parts do not fit together.
    #[error("the rule {rule:?} cannot be read; write for example \"FREQ=MONTHLY;BYDAY=1MO\"")]
    Unreadable {
        /// The rule as written.
        rule: String,
        /// What the reader of rules says.
        #[source]
        source: Box<rrule::RRuleError>,
    },
    /// It is not one rule on one line.
    #[error(
        "the rule {0:?} is more than one rule; write one, for example \"FREQ=MONTHLY;BYDAY=1MO\""
    )]
    NotOneRule(String),
    /// It repeats more often than once a day.
    #[error(
        "the rule {0:?} repeats within a day; write FREQ=DAILY, WEEKLY, MONTHLY or YEARLY, and hours in `from` and `until`"
    )]
    FinerThanDay(String),
}

/// The days on which a rule starts.
#[derive(Debug)]
pub struct Recurrence {
    days: Mutex<Days>,
}

/// The days found so far, in order, and the search for more.
#[derive(Debug)]
struct Days {
    found: Vec<Date>,
    rest: Option<RRuleSetIter>,
}

impl Recurrence {
    /// Reads a rule that starts at `first_day`, or on 1970-01-01 without one.
    ///
    /// The day of `UNTIL` is the last on which it starts; a time of day in it is not looked at. A rule whose
    /// `UNTIL` lies before its first day never starts.
    ///
    /// # Errors
    /// If the text is no rule, more than one, or repeats more often than once a day. The crate also refuses a
    /// fifth weekday from the end of a month (`-5MO`) and a 53rd from the end of a year.
    pub fn new(rule: &str, first_day: Option<Date>) -> Result<Self, RecurrenceError> {
        let written = rule.trim();
        let parts = written.strip_prefix("RRULE:").unwrap_or(written);
        if parts.contains(['\n', '\r', ':']) {
            return Err(RecurrenceError::NotOneRule(rule.to_owned()));
        }
        let start = first_day.unwrap_or(EPOCH);
        let is_over = last_day(parts).is_some_and(|last| last < start);
        // The crate reads no rule that is over before it starts: what else stands in it is checked.
        let read = if is_over {
            without_until(parts)
        } else {
            in_days(parts)
        };
        let text = format!("DTSTART:{}T000000Z\nRRULE:{read}", start.strftime("%Y%m%d"));
        let unreadable = |fault| RecurrenceError::Unreadable {
            rule: rule.to_owned(),
            source: Box::new(fault),
        };
        let set: RRuleSet = text.parse().map_err(unreadable)?;
        let finer = |frequency| {
            matches!(
                frequency,
                Frequency::Hourly | Frequency::Minutely | Frequency::Secondly
            )
        };
        if set.get_rrule().iter().any(|rule| finer(rule.get_freq())) {
            return Err(RecurrenceError::FinerThanDay(rule.to_owned()));
        }
        // The limit ends the search in a rule that never comes true, such as 30 February.
        let rest = (!is_over).then(|| (&set.limit()).into_iter());
        Ok(Self {
            days: Mutex::new(Days {
                found: Vec::new(),
                rest,
            }),
        })
    }

    /// Whether the rule starts on `day`.
    #[must_use]
    pub fn starts_on(&self, day: Date) -> bool {
        let mut days = self
            .days
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        while days.found.last().is_none_or(|&last| last < day) {
            let Some(next) = days
                .rest
                .as_mut()
                .and_then(Iterator::next)
                .and_then(|at| day_of(at.timestamp()))
            else {
                days.rest = None;
                break;
            };
            if days.found.last() != Some(&next) {
                days.found.push(next);
            }
        }
        days.found.binary_search(&day).is_ok()
    }
}

/// The day of `UNTIL`, where there is one that can be read.
fn last_day(parts: &str) -> Option<Date> {
    let mut parts = parts.split(';').filter_map(|part| part.split_once('='));
    let (_, until) = parts.find(|(key, _)| key.eq_ignore_ascii_case("UNTIL"))?;
    Date::strptime("%Y%m%d", until.get(..8)?).ok()
}

fn without_until(parts: &str) -> String {
    let is_until = |part: &&str| {
        let key = part.split_once('=').map(|(key, _)| key);
        key.is_some_and(|key| key.eq_ignore_ascii_case("UNTIL"))
    };
    let kept: Vec<&str> = parts.split(';').filter(|part| !is_until(part)).collect();
    kept.join(";")
}

/// Makes `UNTIL` the end of its day, so that a machine's own time zone plays no part.
fn in_days(parts: &str) -> String {
    let part = |part: &str| match part.split_once('=') {
        Some((key, value)) if key.eq_ignore_ascii_case("UNTIL") => {
            let day: String = value
                .chars()
                .take_while(|&c| c != 'T' && c != 't')
                .collect();
            format!("UNTIL={day}T235959Z")
        }
        _ => part.to_owned(),
    };
    parts.split(';').map(part).collect::<Vec<_>>().join(";")
}

fn day_of(second: i64) -> Option<Date> {
    let at = Timestamp::from_second(second).ok()?;
    Some(at.to_zoned(TimeZone::UTC).date())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn days(rule: &str, first_day: Option<Date>, year: i16) -> Vec<String> {
        let rule = Recurrence::new(rule, first_day).unwrap();
        date(year, 1, 1)
            .series(jiff::Span::new().days(1))
            .take_while(|day| day.year() == year)
            .filter(|&day| rule.starts_on(day))
            .map(|day| day.to_string())
            .collect()
    }

    #[test]
    fn the_first_monday_of_each_month() {
        let found = days("FREQ=MONTHLY;BYDAY=1MO", None, 2026);
        assert_eq!(found.len(), 12);
        assert_eq!(found[0], "2026-01-05");
        assert_eq!(found[10], "2026-11-02");
    }

    #[test]
    fn a_rule_starts_at_its_first_day_and_ends_after_until() {
        let found = days(
            "FREQ=WEEKLY;INTERVAL=2;UNTIL=20260201",
            Some(date(2026, 1, 5)),
            2026,
        );
        assert_eq!(found, ["2026-01-05", "2026-01-19"]);
        let found = days(
            "FREQ=DAILY;UNTIL=20260107T020000Z",
            Some(date(2026, 1, 5)),
            2026,
        );
        assert_eq!(found, ["2026-01-05", "2026-01-06", "2026-01-07"]);
        assert_eq!(
            days("FREQ=DAILY;COUNT=2", Some(date(2026, 1, 5)), 2026).len(),
            2
        );
    }

    #[test]
    fn a_rule_without_an_end_goes_on_for_centuries() {
        assert_eq!(days("FREQ=DAILY", None, 2190).len(), 365);
        assert_eq!(
            days("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", None, 2396).len(),
            1
        );
    }

    #[test]
    fn earlier_days_are_known_after_later_ones() {
        let rule = Recurrence::new("FREQ=MONTHLY;BYDAY=-1FR", None).unwrap();
        assert!(rule.starts_on(date(2027, 1, 29)));
        assert!(rule.starts_on(date(2026, 1, 30)));
        assert!(!rule.starts_on(date(2026, 1, 23)));
    }

    #[test]
    fn a_day_that_never_comes_ends_the_search() {
        assert!(days("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", None, 2026).is_empty());
    }

    #[test]
    fn a_rule_that_is_over_before_it_starts_never_does() {
        let found = days("FREQ=DAILY;UNTIL=20260104", Some(date(2026, 1, 5)), 2026);
        assert!(found.is_empty());
        let nonsense =
            Recurrence::new("FREQ=DAILY;UNTIL=20260104;BYDAY=XX", Some(date(2026, 1, 5)));
        assert!(matches!(nonsense, Err(RecurrenceError::Unreadable { .. })));
    }

    #[test]
    fn what_is_no_rule_of_days_is_refused() {
        // A limit of the crate, said in the documentation: once it can, this may go.
        assert!(Recurrence::new("FREQ=MONTHLY;BYDAY=-5MO", None).is_err());
        assert!(matches!(
            Recurrence::new("FREQ=HOURLY", None),
            Err(RecurrenceError::FinerThanDay(_) | RecurrenceError::Unreadable { .. })
        ));
        assert!(matches!(
            Recurrence::new("FREQ=HOURLY;BYMINUTE=0", None),
            Err(RecurrenceError::FinerThanDay(_))
        ));
        assert!(matches!(
            Recurrence::new("every monday", None),
            Err(RecurrenceError::Unreadable { .. })
        ));
        assert!(matches!(
            Recurrence::new("FREQ=DAILY\nRDATE:20260101", None),
            Err(RecurrenceError::NotOneRule(_))
        ));
    }
}
