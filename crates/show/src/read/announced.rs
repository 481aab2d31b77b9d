//! What is announced: public holidays, days that change places, and procedures to be posted.

use jiff::ToSpan as _;
use jiff::civil::Date;
use toml::de::DeValue;

use super::keys::Keys;
use super::number::Year;
use super::procedure::Code;
use super::reader::Spot;
use super::value::Value;
use crate::calendar::lunar::tet;
use crate::calendar::{AnnouncedHolidays, DAYS_OF_TET, DaySwap};
use crate::posting::AnnouncingDecision;

impl Value for AnnouncedHolidays {
    fn what() -> String {
        "a table that starts with `[[announced_holidays]]`".to_owned()
    }

    fn example() -> String {
        "{ year = 2027, tet_from = 2027-02-04 }".to_owned()
    }

    fn read(spot: &mut Spot<'_>, value: &DeValue<'_>) -> Option<Self> {
        let mut keys = Keys::of::<Self>(spot, value, "an announcement of holidays")?;
        let announced = Self {
            year: keys.required::<Year>("year").0,
            tet_from: keys.strict("tet_from"),
            beside_national_day: keys.strict("beside_national_day"),
        };
        if !keys.is_spoiled() {
            check_tet(&mut keys, &announced);
            check_national_day(&mut keys, &announced);
        }
        keys.finish(announced)
    }
}

fn check_tet(keys: &mut Keys<'_, '_>, announced: &AnnouncedHolidays) {
    let (Some(first), Some(tet)) = (announced.tet_from, tet(announced.year)) else {
        return;
    };
    let last = first.checked_add((DAYS_OF_TET - 1).days()).unwrap_or(first);
    if !(first..=last).contains(&tet) {
        keys.spoil(
            "tet_from",
            format!(
                "the five days from {first} do not hold the first day of Tết {}, {tet}",
                announced.year
            ),
            "write the first of the five days off, as it was announced; `holidays` takes further ones",
        );
    }
}

fn check_national_day(keys: &mut Keys<'_, '_>, announced: &AnnouncedHolidays) {
    let Some(beside) = announced.beside_national_day else {
        return;
    };
    let is_beside = |day: i8| Date::new(announced.year, 9, day).ok() == Some(beside);
    if !is_beside(1) && !is_beside(3) {
        keys.spoil(
            "beside_national_day",
            format!("{beside} is not beside 2 September {}", announced.year),
            "write 1 or 3 September of the year; `holidays` takes further days off",
        );
    }
}

impl Value for DaySwap {
    fn what() -> String {
        "a table that starts with `[[day_swap]]`".to_owned()
    }

    fn example() -> String {
        "{ off = 2026-01-02, worked = 2026-01-10 }".to_owned()
    }

    fn read(spot: &mut Spot<'_>, value: &DeValue<'_>) -> Option<Self> {
        let mut keys = Keys::of::<Self>(spot, value, "a swap of days")?;
        let swap = Self {
            off: keys.required("off"),
            worked: keys.required("worked"),
        };
        if !keys.is_spoiled() && swap.off == swap.worked {
            keys.spoil(
                "worked",
                format!("{} changes places with itself", swap.off),
                "name the day on which the office is open instead",
            );
        }
        keys.finish(swap)
    }
}

impl Value for AnnouncingDecision {
    fn what() -> String {
        "a table that starts with `[[decision]]`".to_owned()
    }

    fn example() -> String {
        "{ number = \"163/QĐ-UBND\", codes = [\"1.001193\"] }".to_owned()
    }

    fn read(spot: &mut Spot<'_>, value: &DeValue<'_>) -> Option<Self> {
        let mut keys = Keys::of::<Self>(spot, value, "a decision")?;
        let decision = Self {
            number: keys.required("number"),
            date: keys.optional("date"),
            codes: keys
                .required::<Vec<Code>>("codes")
                .into_iter()
                .map(|Code(code)| code)
                .collect(),
        };
        keys.finish(decision)
    }
}
