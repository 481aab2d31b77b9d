//! When an entry of the schedule is open.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

use super::recurrence::Recurrence;
use super::reel::instant;
use crate::schedule::{ClockTime, Entry, Only, Weekday};

/// A stretch of time: from (inclusive) and until (exclusive).
pub(super) type Window = (Timestamp, Timestamp);

/// An entry with its rule read.
#[derive(Debug)]
pub(super) struct Rule {
    entry: Entry,
    days: StartDays,
}

#[derive(Debug)]
enum StartDays {
    Every,
    Weekdays(Vec<Weekday>),
    Recurring(Recurrence),
    /// The rule cannot be read; `check` says so, and here the entry never opens.
    Never,
}

impl Rule {
    pub(super) fn new(entry: &Entry) -> Self {
        let days = match (&entry.rrule, &entry.days) {
            (Some(rule), _) => Recurrence::new(rule, entry.first_day)
                .map_or(StartDays::Never, StartDays::Recurring),
            (None, Some(days)) => StartDays::Weekdays(days.clone()),
            (None, None) => StartDays::Every,
        };
        Self {
            entry: entry.clone(),
            days,
        }
    }

    pub(super) fn priority(&self) -> i32 {
        self.entry.priority
    }

    /// The share of the air time; an entry of share 0 counts as 1, since it is not open to play nothing.
    pub(super) fn share(&self) -> u32 {
        self.entry.share.max(1)
    }

    /// Whether the entry says nothing about when it is open.
    pub(super) fn is_always_open(&self) -> bool {
        let Entry {
            from,
            until,
            first_day,
            last_day,
            except_days,
            only,
            ..
        } = &self.entry;
        matches!(self.days, StartDays::Every)
            && only.is_none()
            && from.is_none()
            && until.is_none()
            && first_day.is_none()
            && last_day.is_none()
            && except_days.is_empty()
    }

    /// Whether the entry is open in working hours only.
    pub(super) fn is_cut_to_hours(&self) -> bool {
        self.entry.only == Some(Only::WorkingHours)
    }

    /// The windows that can reach into `day`: those that start on the day before and its own, cut to `hours`
    /// where the entry wants that.
    pub(super) fn windows(&self, day: Date, zone: &TimeZone, hours: &[Window]) -> Vec<Window> {
        let starts = day.yesterday().into_iter().chain([day]);
        let windows = starts
            .filter_map(|start| self.window(start, zone))
            .filter(|(from, until)| from < until);
        if !self.is_cut_to_hours() {
            return windows.collect();
        }
        let cut = |(from, until): Window| {
            let parts = hours
                .iter()
                .map(move |&(opens, closes)| (from.max(opens), until.min(closes)));
            parts.filter(|(from, until)| from < until)
        };
        windows.flat_map(cut).collect()
    }

    /// The window that starts on `day`, if one does.
    fn window(&self, day: Date, zone: &TimeZone) -> Option<Window> {
        if !self.starts_on(day) {
            return None;
        }
        let from = self.entry.from.unwrap_or(ClockTime { minutes: 0 });
        let until = self.entry.until.unwrap_or(ClockTime::END_OF_DAY);
        let last_day = if until <= from {
            day.tomorrow().unwrap_or(day)
        } else {
            day
        };
        Some((on(day, from, zone), on(last_day, until, zone)))
    }

    /// The last day on which the entry can still be open, where it has one.
    pub(super) fn ends(&self) -> Option<Date> {
        let last = self.entry.last_day?;
        // A window past midnight reaches into the day after.
        Some(last.tomorrow().unwrap_or(last))
    }

    /// Whether a window starts on `day`.
    pub(super) fn starts_on(&self, day: Date) -> bool {
        let Entry {
            first_day,
            last_day,
            except_days,
            ..
        } = &self.entry;
        let in_season =
            first_day.is_none_or(|first| first <= day) && last_day.is_none_or(|last| day <= last);
        in_season
            && !except_days.contains(&day)
            && match &self.days {
                StartDays::Every => true,
                StartDays::Weekdays(days) => days.contains(&Weekday::of(day)),
                StartDays::Recurring(rule) => rule.starts_on(day),
                StartDays::Never => false,
            }
    }
}

/// The instant of a time of day on `day`; 24:00 is the next day's 00:00.
pub(super) fn on(day: Date, time: ClockTime, zone: &TimeZone) -> Timestamp {
    match time.time() {
        Some(time) => instant(day.to_datetime(time), zone),
        None => day.tomorrow().map_or(Timestamp::MAX, |next| {
            instant(next.to_datetime(Time::midnight()), zone)
        }),
    }
}
