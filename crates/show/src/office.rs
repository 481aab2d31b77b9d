//! When the reception point is open: its sessions on a day, and when it opens next.
//!
//! Hours belong to the office that a show is for. It reads no clock; instants come in as civil times.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::ToSpan as _;
use jiff::civil::{Date, DateTime, Time};

use crate::calendar::{AnnouncedHolidays, Calendar, DayOff, DaySwap};
use crate::office_hours::OfficeHours;
use crate::schedule::{ClockTime, Weekday};
use crate::show::Show;

/// The longest row of closed days that is looked through: no office is closed for a year.
const LONGEST_CLOSURE_DAYS: usize = 366;

/// How many years of holidays are kept, so that a screen that runs for years keeps no more.
const YEARS_KEPT: usize = 4;

/// A stretch in which the office is open, on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Session {
    /// When it opens.
    pub from: ClockTime,
    /// When it closes; later than `from`, at most 24:00.
    pub until: ClockTime,
}

/// Whether the office is open at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfficeState {
    /// It is open.
    Open {
        /// When it closes.
        until: DateTime,
    },
    /// It is closed.
    Closed {
        /// When it opens next; none where it does not within a year.
        opens: Option<DateTime>,
    },
}

/// The hours of an office with its closed days.
#[derive(Debug)]
pub struct Office {
    hours: Vec<OfficeHours>,
    holidays: Vec<Date>,
    swaps: Vec<DaySwap>,
    calendar: Option<Calendar>,
    announced: Vec<AnnouncedHolidays>,
    /// The calendar's days off by year, those asked for last.
    years: Mutex<BTreeMap<i16, Arc<BTreeMap<Date, DayOff>>>>,
}

impl Office {
    /// The office of a show.
    #[must_use]
    pub fn of(show: &Show) -> Self {
        Self {
            hours: show.office_hours.clone(),
            holidays: show.holidays.clone(),
            swaps: show.day_swaps.clone(),
            calendar: show.calendar,
            announced: show.announced_holidays.clone(),
            years: Mutex::default(),
        }
    }

    /// An office with these hours and closed days, without a calendar.
    #[must_use]
    pub fn with(hours: &[OfficeHours], holidays: &[Date]) -> Self {
        Self {
            hours: hours.to_vec(),
            holidays: holidays.to_vec(),
            swaps: Vec::new(),
            calendar: None,
            announced: Vec::new(),
            years: Mutex::default(),
        }
    }

    /// Whether anything is known of its hours.
    #[must_use]
    pub fn has_hours(&self) -> bool {
        !self.hours.is_empty()
    }

    /// The sessions of a day in order, none of which touch; none on a closed day.
    ///
    /// A day in `holidays` is closed whatever else is said of it. A day that was swapped in has the hours of
    /// the day that it was swapped for.
    #[must_use]
    pub fn sessions(&self, day: Date) -> Vec<Session> {
        let Some(weekday) = self.works_like(day) else {
            return Vec::new();
        };
        let open = self
            .hours
            .iter()
            .filter(|hours| hours.days.contains(&weekday) && hours.from < hours.until);
        let mut sessions: Vec<Session> = open
            .map(|hours| Session {
                from: hours.from,
                until: hours.until,
            })
            .collect();
        sessions.sort_unstable();
        sessions.dedup_by(|next, before| {
            let touch = next.from <= before.until;
            if touch {
                before.until = before.until.max(next.until);
            }
            touch
        });
        sessions
    }

    /// The day of the week whose hours the office keeps on `day`; none where it is closed all day.
    fn works_like(&self, day: Date) -> Option<Weekday> {
        if self.holidays.contains(&day) {
            return None;
        }
        if let Some(swap) = self.swaps.iter().find(|swap| swap.worked == day) {
            return Some(Weekday::of(swap.off));
        }
        let is_off = self.swaps.iter().any(|swap| swap.off == day) || self.day_off(day).is_some();
        (!is_off).then(|| Weekday::of(day))
    }

    /// Why the calendar has a day off, where it has.
    #[must_use]
    pub fn day_off(&self, day: Date) -> Option<DayOff> {
        let calendar = self.calendar?;
        let mut years = self.years.lock().unwrap_or_else(PoisonError::into_inner);
        if !years.contains_key(&day.year()) {
            if years.len() >= YEARS_KEPT {
                years.clear();
            }
            let days = calendar.days_off(day.year(), &self.announced);
            years.insert(day.year(), Arc::new(days));
        }
        years.get(&day.year())?.get(&day).copied()
    }

    /// Whether the office is open at all on a day.
    #[must_use]
    pub fn is_working(&self, day: Date) -> bool {
        !self.sessions(day).is_empty()
    }

    /// The first working day from `day` on; none within a year.
    #[must_use]
    pub fn working_day_from(&self, day: Date) -> Option<Date> {
        let days = day.series(1.day()).take(LONGEST_CLOSURE_DAYS);
        days.into_iter().find(|&day| self.is_working(day))
    }

    /// The first working day after `day`; none within a year.
    #[must_use]
    pub fn working_day_after(&self, day: Date) -> Option<Date> {
        self.working_day_from(day.tomorrow().ok()?)
    }

    /// Whether the office is open at `now`, and until or from when; none where nothing is known of its hours.
    #[must_use]
    pub fn state(&self, now: DateTime) -> Option<OfficeState> {
        if !self.has_hours() {
            return None;
        }
        let day = now.date();
        for session in self.sessions(day) {
            if now < on(day, session.from)? {
                let opens = on(day, session.from);
                return Some(OfficeState::Closed { opens });
            }
            let until = on(day, session.until)?;
            if now < until {
                return Some(OfficeState::Open { until });
            }
        }
        Some(OfficeState::Closed {
            opens: self.opens_after(day),
        })
    }

    /// When the office opens on the first working day after `day`.
    fn opens_after(&self, day: Date) -> Option<DateTime> {
        let day = self.working_day_after(day)?;
        on(day, self.sessions(day).first()?.from)
    }

    /// When what is handed in at `filed` counts as received: then, or when the office is next open. What is
    /// handed in during the minute in which it closes is still taken.
    #[must_use]
    pub fn received(&self, filed: DateTime) -> Option<DateTime> {
        let now = minutes(filed.time());
        for Session { from, until } in self.sessions(filed.date()) {
            if now < from.minutes {
                return on(filed.date(), from);
            }
            if now <= until.minutes {
                return Some(filed);
            }
        }
        self.opens_after(filed.date())
    }
}

/// The civil time of a time of day; 24:00 is the next day's 00:00.
fn on(day: Date, time: ClockTime) -> Option<DateTime> {
    match time.time() {
        Some(time) => Some(day.to_datetime(time)),
        None => Some(day.tomorrow().ok()?.to_datetime(Time::midnight())),
    }
}

/// Whole minutes since midnight.
pub(crate) fn minutes(time: Time) -> u16 {
    u16::from(time.hour().unsigned_abs()) * 60 + u16::from(time.minute().unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A ward that opens in two sessions, and on Saturday mornings.
    const WARD: &str = r#"
title = "x"
calendar = "vn-office"
holidays = [2026-12-24]

[[office_hours]]
days = ["mon", "tue", "wed", "thu", "fri"]
from = "07:00"
until = "11:00"

[[office_hours]]
days = ["mon", "tue", "wed", "thu", "fri"]
from = "13:00"
until = "17:00"

[[office_hours]]
days = ["sat"]
from = "07:30"
until = "11:00"

[[announced_holidays]]
year = 2027
tet_from = 2027-02-04

[[day_swap]]
off = 2027-09-01
worked = 2027-08-29
"#;

    fn ward() -> Office {
        let reading = crate::read_show(std::path::Path::new("show.toml"), WARD);
        Office::of(&reading.value.unwrap())
    }

    #[track_caller]
    fn closed(at: &str, opens: &str) {
        let opens = Some(opens.parse().unwrap());
        let state = ward().state(at.parse().unwrap());
        assert_eq!(state, Some(OfficeState::Closed { opens }));
    }

    #[track_caller]
    fn open(at: &str, until: &str) {
        let until = until.parse().unwrap();
        let state = ward().state(at.parse().unwrap());
        assert_eq!(state, Some(OfficeState::Open { until }));
    }

    #[test]
    fn two_sessions_and_saturday_mornings() {
        // 23 November 2026 is a Monday.
        closed("2026-11-23T06:59:59", "2026-11-23T07:00");
        open("2026-11-23T07:00", "2026-11-23T11:00");
        closed("2026-11-23T11:00", "2026-11-23T13:00");
        open("2026-11-23T16:59", "2026-11-23T17:00");
        closed("2026-11-23T17:00", "2026-11-24T07:00");
        closed("2026-11-27T17:00", "2026-11-28T07:30");
        closed("2026-11-28T11:00", "2026-11-30T07:00");
    }

    #[test]
    fn closures_and_the_calendar() {
        closed("2026-12-23T17:00", "2026-12-25T07:00");
        closed("2026-12-31T17:00", "2027-01-02T07:30");
        // Tết 2027 as announced, with the days in lieu of its Saturday and Sunday.
        closed("2027-02-03T17:00", "2027-02-11T07:00");
    }

    #[test]
    fn a_swapped_day_has_the_hours_of_the_other() {
        // 29 August 2027 is a Sunday, 1 September a Wednesday, 2 September and the Friday after it are off.
        open("2027-08-29T14:00", "2027-08-29T17:00");
        closed("2027-08-31T17:00", "2027-09-04T07:30");
    }

    #[test]
    fn sessions_that_touch_are_one() {
        let hours = |from: &str, until: &str| OfficeHours {
            days: vec![Weekday::Mon],
            from: from.parse().unwrap(),
            until: until.parse().unwrap(),
        };
        let office = Office::with(&[hours("12:00", "24:00"), hours("08:00", "12:00")], &[]);
        let monday = jiff::civil::date(2026, 11, 23);
        assert_eq!(office.sessions(monday).len(), 1);
        assert_eq!(
            office.state(monday.at(23, 59, 59, 0)),
            Some(OfficeState::Open {
                until: monday.tomorrow().unwrap().at(0, 0, 0, 0)
            })
        );
        assert_eq!(Office::with(&[], &[]).state(monday.at(8, 0, 0, 0)), None);
        let closed = Office::with(&[hours("08:00", "12:00")], &[monday]);
        assert!(closed.sessions(monday).is_empty());
    }
}
