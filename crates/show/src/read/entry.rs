//! Entries of the schedule.
//!
//! Keys that say when are strict: an entry whose times are misread would play when nobody meant it,
//! so it is left out as a whole.

use jiff::civil::Date;
use toml::de::DeValue;

use super::keys::{Keys, tables};
use super::number::Share;
use super::reader::Spot;
use super::value::Value;
use crate::lines::EntryPlace;
use crate::schedule::{ClockTime, Entry};
use crate::timeline::recurrence::{Recurrence, RecurrenceError};

/// An entry and where it stands.
pub(super) struct Placed {
    pub(super) entry: Entry,
    pub(super) place: EntryPlace,
    pub(super) playlist_line: usize,
}

/// The entries that can be read.
pub(super) fn entries(keys: &mut Keys<'_, '_>) -> Vec<Placed> {
    let values = keys.raw("schedule");
    let mut entries = Vec::new();
    for (index, (line, value)) in tables(keys.reader, values, "[[schedule]]")
        .into_iter()
        .enumerate()
    {
        let mut spot = Spot::of_key(keys.reader, "schedule", line);
        let Some(entry) = Entry::read(&mut spot, value) else {
            continue;
        };
        let playlist_line = value
            .get("playlist")
            .map_or(line, |value| keys.reader.line(&value.span()));
        entries.push(Placed {
            entry,
            place: EntryPlace {
                number: index + 1,
                line,
            },
            playlist_line,
        });
    }
    entries
}

impl Value for Entry {
    fn what() -> String {
        "a table that starts with `[[schedule]]`".to_owned()
    }

    fn example() -> String {
        "{ playlist = \"…\" }".to_owned()
    }

    fn read(spot: &mut Spot<'_>, value: &DeValue<'_>) -> Option<Self> {
        let mut keys = Keys::of::<Self>(spot, value, "a schedule entry")?;
        let entry = Self {
            playlist: keys.required("playlist"),
            days: keys.strict("days"),
            from: keys.strict("from"),
            until: keys.strict("until"),
            first_day: keys.strict("first_day"),
            last_day: keys.strict("last_day"),
            except_days: keys.strict("except_days").unwrap_or_default(),
            rrule: keys.strict("rrule"),
            only: keys.strict("only"),
            priority: keys.optional("priority").unwrap_or(0),
            share: keys.optional("share").map_or(1, |Share(share)| share),
        };
        if !keys.is_spoiled() {
            check_hours(&mut keys, &entry);
            check_days(&mut keys, &entry);
        }
        keys.finish(entry)
    }
}

fn check_hours(keys: &mut Keys<'_, '_>, entry: &Entry) {
    let from = entry.from.unwrap_or(ClockTime { minutes: 0 });
    let until = entry.until.unwrap_or(ClockTime::END_OF_DAY);
    if from == ClockTime::END_OF_DAY {
        keys.spoil(
            "from",
            "the entry starts at 24:00, where the day has ended",
            "write `from = \"00:00\"`",
        );
    } else if from == until {
        let fault = "the entry ends when it starts, which may mean never or the whole day";
        keys.spoil(
            "until",
            fault,
            "write another `until`, or leave out `from` and `until` for the whole day",
        );
    }
}

fn check_days(keys: &mut Keys<'_, '_>, entry: &Entry) {
    if entry.days.as_ref().is_some_and(Vec::is_empty) {
        keys.spoil(
            "days",
            "`days` names no day, so the entry never starts",
            "name a day, or leave `days` out",
        );
    }
    if let (Some(first), Some(last)) = (entry.first_day, entry.last_day)
        && first > last
    {
        let fault = format!("the last day {last} lies before the first day {first}");
        keys.spoil(
            "last_day",
            fault,
            "write a `last_day` that is not earlier than `first_day`",
        );
    }
    let Some(rule) = &entry.rrule else { return };
    if entry.days.is_some() {
        keys.spoil(
            "rrule",
            "the entry has both `days` and `rrule`",
            "keep one of them",
        );
    }
    if let Err((fault, remedy)) = check_rule(rule, entry.first_day) {
        keys.spoil("rrule", fault, remedy);
    }
}

/// What is wrong with a recurrence rule (RFC 5545, section 3.3.10), and the remedy.
fn check_rule(rule: &str, first_day: Option<Date>) -> Result<(), (String, &'static str)> {
    const EXAMPLE: &str =
        "write one rule of RFC 5545, such as `rrule = \"FREQ=MONTHLY;BYDAY=1MO\"`";
    const BY_DAYS: &str =
        "use DAILY, WEEKLY, MONTHLY or YEARLY, and `from` and `until` for the hours";
    let finer_than_a_day = || (format!("the rule {rule:?} repeats within a day"), BY_DAYS);
    if ["BYHOUR", "BYMINUTE", "BYSECOND"]
        .iter()
        .any(|part| rule.to_uppercase().contains(part))
    {
        return Err(finer_than_a_day());
    }
    match Recurrence::new(rule, first_day) {
        Ok(_) => Ok(()),
        Err(RecurrenceError::FinerThanDay(_)) => Err(finer_than_a_day()),
        Err(RecurrenceError::NotOneRule(_)) => {
            Err((format!("{rule:?} is more than one rule"), EXAMPLE))
        }
        Err(RecurrenceError::Unreadable { .. }) => {
            Err((format!("the rule {rule:?} cannot be read"), EXAMPLE))
        }
    }
}
