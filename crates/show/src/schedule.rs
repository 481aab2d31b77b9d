//! When which playlist plays.

use std::time::Duration;

use jiff::civil::{Date, Time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The longest time that one item may take: a day. A longer one is a mistake.
pub const LONGEST_DWELL: Duration = Duration::from_secs(24 * 60 * 60);

/// The time of an item, written as "12s", "1m30s" or "2m".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dwell(pub Duration);

impl Serialize for Dwell {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{}ms", self.0.as_millis()))
    }
}

impl<'de> Deserialize<'de> for Dwell {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = String::deserialize(deserializer)?;
        written.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Dwell {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Dwell".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "pattern": "^([0-9]+(h|m|s|ms))+$",
            "examples": ["12s", "1m30s"]
        })
    }
}

/// A dwell that cannot be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum DwellError {
    /// It is not written as a time.
    #[error("the time {0:?} cannot be read; write it as \"12s\" or \"1m30s\"")]
    Unreadable(String),
    /// It is zero or longer than a day.
    #[error("the time {0:?} is not between 1 second and 24 hours; write for example \"12s\"")]
    OutOfRange(String),
}

impl std::str::FromStr for Dwell {
    type Err = DwellError;

    fn from_str(written: &str) -> Result<Self, Self::Err> {
        let unreadable = || DwellError::Unreadable(written.to_owned());
        let out_of_range = || DwellError::OutOfRange(written.to_owned());
        let mut rest = written.trim();
        if rest.is_empty() {
            return Err(unreadable());
        }
        let mut total_ms: u64 = 0;
        while !rest.is_empty() {
            let digits = rest
                .find(|c: char| !c.is_ascii_digit())
                .ok_or_else(unreadable)?;
            let (number, tail) = rest.split_at(digits);
            let unit_end = tail
                .find(|c: char| c.is_ascii_digit())
                .unwrap_or(tail.len());
            let (unit, next) = tail.split_at(unit_end);
            let unit_ms = match unit.trim() {
                "h" => 3_600_000,
                "m" => 60_000,
                "s" => 1_000,
                "ms" => 1,
                _ => return Err(unreadable()),
            };
            if number.is_empty() {
                return Err(unreadable());
            }
            let amount: u64 = number.parse().map_err(|_| out_of_range())?;
            total_ms = amount
                .checked_mul(unit_ms)
                .and_then(|part| total_ms.checked_add(part))
                .ok_or_else(out_of_range)?;
            rest = next;
        }
        let time = Duration::from_millis(total_ms);
        if time < Duration::from_secs(1) || time > LONGEST_DWELL {
            return Err(out_of_range());
        }
        Ok(Self(time))
    }
}

/// A day of the week as schedules write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Weekday {
    /// Thứ Hai.
    Mon,
    /// Thứ Ba.
    Tue,
    /// Thứ Tư.
    Wed,
    /// Thứ Năm.
    Thu,
    /// Thứ Sáu.
    Fri,
    /// Thứ Bảy.
    Sat,
    /// Chủ nhật.
    Sun,
}

impl Weekday {
    /// The day of the week on which `day` falls.
    #[must_use]
    pub fn of(day: Date) -> Self {
        match day.weekday() {
            jiff::civil::Weekday::Monday => Self::Mon,
            jiff::civil::Weekday::Tuesday => Self::Tue,
            jiff::civil::Weekday::Wednesday => Self::Wed,
            jiff::civil::Weekday::Thursday => Self::Thu,
            jiff::civil::Weekday::Friday => Self::Fri,
            jiff::civil::Weekday::Saturday => Self::Sat,
            jiff::civil::Weekday::Sunday => Self::Sun,
        }
    }
}

/// One rule: this playlist, on these days, between these hours.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The playlist that plays.
    pub playlist: String,
    /// The days of the week on which it starts; every day without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<Vec<Weekday>>,
    /// The time at which it starts, such as "07:00"; the start of the day without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<ClockTime>,
    /// The time at which it ends, such as "11:30" or "24:00"; not later than `from` means past midnight.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<ClockTime>,
    /// The first day on which it starts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    pub first_day: Option<Date>,
    /// The last day on which it starts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    pub last_day: Option<Date>,
    /// Days on which it does not start.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<String>")]
    pub except_days: Vec<Date>,
    /// An RFC 5545 rule for the days on which it starts, instead of `days`; starts at `first_day`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rrule: Option<String>,
    /// Cuts its hours to those in which the office is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<Only>,
    /// The highest priority among the entries that are open wins alone.
    #[serde(default)]
    pub priority: i32,
    /// Share of the air time among equals at the top.
    #[serde(default = "one")]
    #[schemars(range(min = 1, max = 1000))]
    pub share: u32,
}

/// What the hours of an entry are cut to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Only {
    /// The hours in which the office is open: `[[office_hours]]` without holidays.
    WorkingHours,
}

fn one() -> u32 {
    1
}

/// A time of day from 00:00 to 24:00, in minutes since midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct ClockTime {
    /// Minutes since midnight, 0 to 1,440.
    pub minutes: u16,
}

impl ClockTime {
    /// The end of a day.
    pub const END_OF_DAY: Self = Self { minutes: 24 * 60 };

    /// The civil time, or `None` for 24:00.
    #[must_use]
    pub fn time(self) -> Option<Time> {
        let (hour, minute) = (self.minutes / 60, self.minutes % 60);
        Time::new(i8::try_from(hour).ok()?, i8::try_from(minute).ok()?, 0, 0).ok()
    }
}

/// A time of day that cannot be read.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("the time of day {0:?} cannot be read; write it as \"07:00\", at most \"24:00\"")]
pub struct ClockTimeError(pub String);

impl std::str::FromStr for ClockTime {
    type Err = ClockTimeError;

    fn from_str(written: &str) -> Result<Self, Self::Err> {
        let error = || ClockTimeError(written.to_owned());
        let (hour, minute) = written.split_once(':').ok_or_else(error)?;
        if minute.len() != 2 || hour.is_empty() || hour.len() > 2 {
            return Err(error());
        }
        let hour: u16 = hour.parse().map_err(|_| error())?;
        let minute: u16 = minute.parse().map_err(|_| error())?;
        let minutes = hour * 60 + minute;
        if minute > 59 || minutes > Self::END_OF_DAY.minutes {
            return Err(error());
        }
        Ok(Self { minutes })
    }
}

impl Serialize for ClockTime {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!(
            "{:02}:{:02}",
            self.minutes / 60,
            self.minutes % 60
        ))
    }
}

impl<'de> Deserialize<'de> for ClockTime {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = String::deserialize(deserializer)?;
        written.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for ClockTime {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ClockTime".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "pattern": "^([01]?[0-9]|2[0-3]):[0-5][0-9]$|^24:00$",
            "examples": ["07:00", "24:00"]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dwells_are_read_and_bounded() {
        let seconds = |s| Ok(Dwell(Duration::from_secs(s)));
        assert_eq!("12s".parse(), seconds(12));
        assert_eq!("1m30s".parse(), seconds(90));
        assert_eq!(
            "12".parse::<Dwell>(),
            Err(DwellError::Unreadable("12".into()))
        );
        assert_eq!(
            "9999999999999s".parse::<Dwell>(),
            Err(DwellError::OutOfRange("9999999999999s".into()))
        );
        assert_eq!(
            "0s".parse::<Dwell>(),
            Err(DwellError::OutOfRange("0s".into()))
        );
    }

    #[test]
    fn times_of_day_reach_midnight_and_no_further() {
        assert_eq!("07:30".parse(), Ok(ClockTime { minutes: 450 }));
        assert_eq!("24:00".parse(), Ok(ClockTime::END_OF_DAY));
        assert!("24:01".parse::<ClockTime>().is_err());
        assert!("7h".parse::<ClockTime>().is_err());
    }
}
