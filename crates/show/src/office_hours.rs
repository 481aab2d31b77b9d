//! When the office is open, and on which day the result of an application can be expected.
//!
//! What is said is a guide for visitors, never a promise: the slip of receipt decides. It reads no
//! clock; where a published text leaves open what it means, nothing is said.

mod time_limit;

use jiff::ToSpan as _;
use jiff::civil::{Date, DateTime};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::office::{Office, minutes};
use crate::schedule::{ClockTime, Weekday};

pub use time_limit::TimeLimit;

/// A stretch of hours in which applications are received.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OfficeHours {
    /// The days of the week.
    pub days: Vec<Weekday>,
    /// When the office opens, such as "07:00".
    pub from: ClockTime,
    /// When it closes on the same day, such as "11:00"; later than `from`.
    pub until: ClockTime,
}

/// After this hour what is due "within the day" is due on the next working day. So Decree 23/2015/NĐ-CP,
/// Article 7, for certification, and the published procedures of civil status; one-stop offices keep to it
/// for whatever is due within the day.
pub const LAST_HOUR_OF_SAME_DAY: ClockTime = ClockTime { minutes: 15 * 60 };

/// The day on which a result can be expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected {
    /// The day.
    pub day: Date,
    /// Whether the hour or the day of filing moved it: the office had closed, or what is due within the day
    /// was filed after 15:00.
    pub is_later_for_hour: bool,
}

/// The day on which the result of what is filed at `filed` can be expected, at the latest.
///
/// - What is handed in after the last session of a day, or on a day without one, counts as received on the
///   next working day.
/// - The day of receipt is not counted (Civil Code 91/2015/QH13, Article 147(2)).
/// - Working days are those on which the office is open. Calendar days and months count all days,
///   and end on the next working day where the last one is closed (Article 148(5)).
/// - Working hours run while the office is open, other hours by the clock from when it is next open.
///
/// `None` where no working day is found, as without office hours.
#[must_use]
pub fn expected(filed: DateTime, limit: TimeLimit, office: &Office) -> Option<Expected> {
    let received = office.received(filed)?;
    let is_next_day = received.date() > filed.date();
    let after_the_last_hour =
        limit == TimeLimit::SameDay && minutes(received.time()) > LAST_HOUR_OF_SAME_DAY.minutes;
    let day = match limit {
        TimeLimit::AtOnce => received.date(),
        TimeLimit::SameDay if after_the_last_hour => office.working_day_after(received.date())?,
        TimeLimit::SameDay => received.date(),
        TimeLimit::WorkingHours(count) => after_working_hours(office, received, count)?,
        TimeLimit::Hours(count) => {
            let end = received.checked_add(i64::from(count).hours()).ok()?;
            office.received(end)?.date()
        }
        TimeLimit::WorkingDays(count) => {
            let mut day = received.date();
            for _ in 0..count {
                day = office.working_day_after(day)?;
            }
            day
        }
        TimeLimit::Days(count) => {
            let end = received.date().checked_add(i64::from(count).days()).ok()?;
            office.working_day_from(end)?
        }
        TimeLimit::Months(count) => {
            let end = received
                .date()
                .checked_add(i64::from(count).months())
                .ok()?;
            office.working_day_from(end)?
        }
    };
    Some(Expected {
        day,
        is_later_for_hour: is_next_day || after_the_last_hour,
    })
}

/// The day on which so many hours of the office have passed.
fn after_working_hours(office: &Office, received: DateTime, count: u32) -> Option<Date> {
    let mut left = u64::from(count) * 60;
    let mut day = received.date();
    let mut now = minutes(received.time());
    loop {
        for session in office.sessions(day) {
            let (from, until) = (session.from.minutes, session.until.minutes);
            let open = u64::from(until.saturating_sub(from.max(now)));
            if open >= left {
                return Some(day);
            }
            left -= open;
            now = now.max(until);
        }
        day = office.working_day_after(day)?;
        now = 0;
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    /// A ward's hours: Monday to Friday from 07:00 to 11:00 and from 13:00 to 17:00.
    fn hours() -> Vec<OfficeHours> {
        use Weekday::{Fri, Mon, Thu, Tue, Wed};
        let clock = |text: &str| text.parse().unwrap();
        [("07:00", "11:00"), ("13:00", "17:00")]
            .map(|(from, until)| OfficeHours {
                days: vec![Mon, Tue, Wed, Thu, Fri],
                from: clock(from),
                until: clock(until),
            })
            .into()
    }

    /// Tết 2027 (6 February is the first day of the year of the goat), with New Year's Day.
    const HOLIDAYS: [Date; 6] = [
        date(2027, 1, 1),
        date(2027, 2, 4),
        date(2027, 2, 5),
        date(2027, 2, 8),
        date(2027, 2, 9),
        date(2027, 2, 10),
    ];

    #[track_caller]
    fn check(filed: &str, limit: &str, day: &str, is_later_for_hour: bool) {
        let limit: TimeLimit = limit.parse().unwrap();
        let expected = expected(
            filed.parse().unwrap(),
            limit,
            &Office::with(&hours(), &HOLIDAYS),
        );
        let wanted = Expected {
            day: day.parse().unwrap(),
            is_later_for_hour,
        };
        assert_eq!(expected, Some(wanted));
    }

    #[test]
    fn working_days_skip_the_weekend() {
        // 23 November 2026 is a Monday.
        check("2026-11-23T08:00", "3 Ngày làm việc", "2026-11-26", false);
        check("2026-11-26T08:00", "3 Ngày làm việc", "2026-12-01", false);
        check("2026-11-23T08:00", "1.5 Ngày làm việc", "2026-11-25", false);
    }

    #[test]
    fn what_comes_after_the_last_session_counts_from_the_next_working_day() {
        check("2026-11-23T17:00", "1 Ngày làm việc", "2026-11-24", false);
        check("2026-11-23T17:01", "1 Ngày làm việc", "2026-11-25", true);
        check("2026-11-27T17:30", "1 Ngày làm việc", "2026-12-01", true);
        check("2026-11-28T09:00", "Trong ngày", "2026-11-30", true);
        check("2026-11-23T06:00", "1 Ngày làm việc", "2026-11-24", false);
        check("2026-11-23T12:00", "1 Ngày làm việc", "2026-11-24", false);
        check("2026-11-23T18:00", "5 ngày", "2026-11-30", true);
    }

    #[test]
    fn within_the_day_means_before_fifteen_hours() {
        check("2026-11-23T15:00", "Trong ngày", "2026-11-23", false);
        check("2026-11-23T15:01", "Trong ngày", "2026-11-24", true);
        check(
            "2026-11-27T15:30",
            "Trong ngày làm việc",
            "2026-11-30",
            true,
        );
        check(
            "2026-11-23T16:30",
            "Ngay sau khi nhận đủ hồ sơ",
            "2026-11-23",
            false,
        );
    }

    #[test]
    fn calendar_days_count_all_and_end_on_a_working_day() {
        check("2026-11-23T08:00", "3 ngày", "2026-11-26", false);
        check("2026-11-23T08:00", "5 ngày", "2026-11-30", false);
        check("2026-11-30T08:00", "3 Tháng", "2027-03-01", false);
    }

    #[test]
    fn hours_of_the_office_and_of_the_clock() {
        check("2026-11-23T10:00", "8 giờ làm việc", "2026-11-24", false);
        check("2026-11-23T07:00", "8 giờ làm việc", "2026-11-23", false);
        check("2026-11-27T16:00", "2 giờ làm việc", "2026-11-30", false);
        check("2026-11-23T09:00", "8 Giờ", "2026-11-23", false);
        check("2026-11-23T10:00", "8 Giờ", "2026-11-24", false);
        check("2026-11-27T10:00", "24 Giờ", "2026-11-30", false);
    }

    #[test]
    fn the_end_of_the_year_and_tet() {
        check("2026-12-31T08:00", "1 Ngày làm việc", "2027-01-04", false);
        check("2026-12-31T17:01", "Trong ngày", "2027-01-04", true);
        check("2027-02-03T08:00", "1 Ngày làm việc", "2027-02-11", false);
        check("2027-02-03T08:00", "2 ngày", "2027-02-11", false);
        check("2027-02-03T15:30", "Trong ngày", "2027-02-11", true);
        check("2027-02-08T09:00", "3 Ngày làm việc", "2027-02-16", true);
    }

    #[test]
    fn nothing_is_said_without_office_hours() {
        let filed: DateTime = "2026-11-23T08:00".parse().unwrap();
        assert_eq!(
            expected(filed, TimeLimit::Days(3), &Office::with(&[], &[])),
            None
        );
        let never = OfficeHours {
            days: Vec::new(),
            ..hours().remove(0)
        };
        assert_eq!(
            expected(filed, TimeLimit::AtOnce, &Office::with(&[never], &[])),
            None
        );
        let last = DateTime::MAX;
        assert_eq!(
            expected(last, TimeLimit::Days(3), &Office::with(&hours(), &[])),
            None
        );
    }
}
