//! The public holidays of Việt Nam: Labour Code 45/2019/QH14, Articles 111(3) and 112.

use std::collections::BTreeMap;

use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday, date};

use super::lunar::{hung_kings, tet};
use super::{AnnouncedHolidays, DAYS_OF_TET, DayOff, Holiday};

/// The days off of a year.
///
/// The Prime Minister decides every year which five days Tết has and which day is off beside 2 September
/// (Article 112(3)). Without an announcement Tết is the last day of the old year and four of the new, as in
/// 2022 and 2026, and the first of the choices that Decree 145/2020/NĐ-CP names to employers; beside 2 September
/// it is the day before, as from 2022 to 2026, but the Friday where 2 September is a Thursday, as in 2021.
pub(super) fn days_off(year: i16, announced: Option<&AnnouncedHolidays>) -> BTreeMap<Date, DayOff> {
    let holidays = holidays(year, announced);
    let mut off: BTreeMap<Date, DayOff> = holidays
        .iter()
        .map(|(&day, &holiday)| (day, DayOff::Holiday(holiday)))
        .collect();
    for (&day, &holiday) in &holidays {
        if !is_weekly_day_off(day) {
            continue;
        }
        // The next working day; no row of days off is longer than two weeks.
        let next = day
            .series(1.day())
            .take(15)
            .find(|day| !is_weekly_day_off(*day) && !off.contains_key(day));
        if let Some(next) = next {
            off.insert(next, DayOff::InLieuOf(holiday));
        }
    }
    off
}

fn holidays(year: i16, announced: Option<&AnnouncedHolidays>) -> BTreeMap<Date, Holiday> {
    let mut holidays = BTreeMap::new();
    let tet_from = announced
        .and_then(|announced| announced.tet_from)
        .or_else(|| tet(year)?.yesterday().ok());
    if let Some(first) = tet_from {
        let days = first.series(1.day()).take(DAYS_OF_TET as usize);
        holidays.extend(days.map(|day| (day, Holiday::Tet)));
    }
    holidays.extend(hung_kings(year).map(|day| (day, Holiday::HungKings)));
    let national_day = date(year, 9, 2);
    let beside = announced
        .and_then(|announced| announced.beside_national_day)
        .unwrap_or_else(|| match national_day.weekday() {
            Weekday::Thursday => date(year, 9, 3),
            _ => date(year, 9, 1),
        });
    holidays.extend([
        (date(year, 1, 1), Holiday::NewYear),
        (date(year, 4, 30), Holiday::VictoryDay),
        (date(year, 5, 1), Holiday::LabourDay),
        (national_day, Holiday::NationalDay),
        (beside, Holiday::NationalDay),
    ]);
    holidays
}

/// Saturday and Sunday: state offices work forty hours on five days (Decision 188/1999/QĐ-TTg), also where a
/// reception point opens on Saturday mornings.
fn is_weekly_day_off(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The days off from Monday to Friday, as "month-day".
    fn working_days_off(year: i16, tet_from: Option<Date>) -> Vec<String> {
        let announced = AnnouncedHolidays {
            year,
            tet_from,
            beside_national_day: None,
        };
        days_off(year, Some(&announced))
            .into_keys()
            .filter(|day| !is_weekly_day_off(*day))
            .map(|day| day.strftime("%m-%d").to_string())
            .collect()
    }

    #[test]
    fn the_years_as_they_were_announced() {
        // Without what was swapped with a Saturday in 2025 and 2026, which a show lists.
        assert_eq!(
            working_days_off(2021, Some(date(2021, 2, 10))),
            [
                "01-01", "02-10", "02-11", "02-12", "02-15", "02-16", "04-21", "04-30", "05-03",
                "09-02", "09-03"
            ]
        );
        assert_eq!(
            working_days_off(2022, None),
            [
                "01-03", "01-31", "02-01", "02-02", "02-03", "02-04", "04-11", "05-02", "05-03",
                "09-01", "09-02"
            ]
        );
        assert_eq!(
            working_days_off(2023, Some(date(2023, 1, 20))),
            [
                "01-02", "01-20", "01-23", "01-24", "01-25", "01-26", "05-01", "05-02", "05-03",
                "09-01", "09-04"
            ]
        );
        assert_eq!(
            working_days_off(2024, Some(date(2024, 2, 8))),
            [
                "01-01", "02-08", "02-09", "02-12", "02-13", "02-14", "04-18", "04-30", "05-01",
                "09-02", "09-03"
            ]
        );
        assert_eq!(
            working_days_off(2025, Some(date(2025, 1, 27))),
            [
                "01-01", "01-27", "01-28", "01-29", "01-30", "01-31", "04-07", "04-30", "05-01",
                "09-01", "09-02"
            ]
        );
        assert_eq!(
            working_days_off(2026, None),
            [
                "01-01", "02-16", "02-17", "02-18", "02-19", "02-20", "04-27", "04-30", "05-01",
                "09-01", "09-02"
            ]
        );
    }

    #[test]
    fn without_an_announcement_tet_is_one_day_of_the_old_year_and_four_of_the_new() {
        // Tết 2027 is a Saturday: Sunday and Saturday are made up for on Wednesday and Thursday.
        let tet: Vec<String> = days_off(2027, None)
            .into_iter()
            .filter(|(_, why)| {
                matches!(
                    why,
                    DayOff::Holiday(Holiday::Tet) | DayOff::InLieuOf(Holiday::Tet)
                )
            })
            .map(|(day, _)| day.strftime("%m-%d").to_string())
            .collect();
        assert_eq!(
            tet,
            [
                "02-05", "02-06", "02-07", "02-08", "02-09", "02-10", "02-11"
            ]
        );
    }

    #[test]
    fn years_that_are_not_reckoned_keep_their_civil_holidays() {
        let off = days_off(2400, None);
        let holidays = off.values().filter(|why| matches!(why, DayOff::Holiday(_)));
        assert_eq!(holidays.count(), 5);
    }
}
