//! The days on which offices of a country are closed or open against the day of the week.
//!
//! It owns the rules of public holidays; hours belong to the [`Office`](crate::office::Office). It reads no
//! clock: what a year's announcement decides is listed in the show.

pub mod lunar;
mod vietnam;

use std::collections::BTreeMap;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A calendar of public holidays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Calendar {
    /// That of public offices in Việt Nam: the holidays of Labour Code 45/2019/QH14, Article 112, and the days
    /// off in lieu of those that fall on a Saturday or Sunday (Article 111(3)).
    ///
    /// The day of Vietnamese culture, 24 November, is not in it: Politburo resolution 80-NQ/TW of January 2026
    /// wants it a holiday, which needs a change of Article 112. List it in `holidays` where it is one.
    #[serde(rename = "vn-office")]
    VnOffice,
}

impl Calendar {
    /// The days off of a year, by day.
    #[must_use]
    pub fn days_off(self, year: i16, announced: &[AnnouncedHolidays]) -> BTreeMap<Date, DayOff> {
        let announced = announced.iter().find(|announced| announced.year == year);
        match self {
            Self::VnOffice => vietnam::days_off(year, announced),
        }
    }
}

/// Why a day is off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayOff {
    /// It is a public holiday.
    Holiday(Holiday),
    /// It makes up for a public holiday that falls on a Saturday or Sunday (nghỉ bù).
    InLieuOf(Holiday),
}

/// A public holiday of Việt Nam.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holiday {
    /// 1 January (Tết Dương lịch).
    NewYear,
    /// The lunar new year (Tết Nguyên đán), five days.
    Tet,
    /// The tenth of the third lunar month (Giỗ Tổ Hùng Vương).
    HungKings,
    /// 30 April (Ngày Chiến thắng).
    VictoryDay,
    /// 1 May (Quốc tế Lao động).
    LabourDay,
    /// 2 September (Quốc khánh) and a day beside it.
    NationalDay,
}

/// What the authorities announce for the public holidays of one year, where it differs from the default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AnnouncedHolidays {
    /// The year.
    pub year: i16,
    /// The first of the five days of Tết; without it the last day of the old lunar year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    pub tet_from: Option<Date>,
    /// The day off beside 2 September; without it 1 September, or 3 September where that is a Friday.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    pub beside_national_day: Option<Date>,
}

/// A working day that changes places with a day off (hoán đổi ngày làm việc).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DaySwap {
    /// The working day on which the office is closed.
    #[schemars(with = "String", extend("format" = "date"))]
    pub off: Date,
    /// The day on which it is open instead, with the hours of the other.
    #[schemars(with = "String", extend("format" = "date"))]
    pub worked: Date,
}

/// How many days Tết has (Labour Code, Article 112(1)(b)).
pub const DAYS_OF_TET: i64 = 5;
