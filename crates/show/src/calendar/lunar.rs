//! The Vietnamese lunisolar calendar: new moons and solar terms reckoned for UTC+7.
//!
//! The rules are those that Hồ Ngọc Đức published ("Thuật toán tính âm lịch"), with new moons and the sun's
//! longitude after Jean Meeus, *Astronomical Algorithms*. The Chinese calendar has the same rules at UTC+8, so
//! that some years differ: Tết of 2007, 2030 and 2053 falls a day earlier here. It reads no clock.
//!
//! The formulas are good to a few minutes. From 2000 to 2053 that settles every month; later three months
//! (in 2054, 2072 and 2077) begin within a minute of midnight, where only an almanac of that time can tell.

use jiff::ToSpan as _;
use jiff::civil::{Date, date};

/// The first and last lunar year that is reckoned: beyond, the series for the moon drift.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2199;

/// The Julian day number of 1970-01-01.
const EPOCH: i64 = 2_440_588;

/// The new moon from which new moons are counted, that of 1 January 1900, as a Julian day.
const FIRST_NEW_MOON: f64 = 2_415_021.076_998_695;

/// The mean time from one new moon to the next, in days.
const LUNATION: f64 = 29.530_588_853;

/// The offset of the calendar's meridian from universal time, in days: seven hours.
const MERIDIAN: f64 = 7.0 / 24.0;

/// A day of the lunar calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LunarDay {
    /// The year, named by the civil year in which it begins.
    pub year: i16,
    /// The month, 1 to 12.
    pub month: u8,
    /// Whether it is the leap month (tháng nhuận), which follows the month of the same number.
    pub is_leap: bool,
    /// The day of the month, 1 to 30.
    pub day: u8,
}

impl LunarDay {
    /// The lunar day of a civil day; none before 1900 and after 2199.
    #[must_use]
    pub fn of(day: Date) -> Option<Self> {
        let number = julian(day);
        // A lunar year begins between 20 January and 21 February.
        let years = [day.year(), day.year() - 1];
        years.into_iter().find_map(|year| {
            let months = months(year)?;
            let month = months.iter().rfind(|month| month.first <= number)?;
            let day = number - month.first + 1;
            Some(Self {
                year,
                month: month.number,
                is_leap: month.is_leap,
                day: u8::try_from(day).ok()?,
            })
        })
    }

    /// The civil day of a lunar day; none where there is no such day, and before 1900 and after 2199.
    #[must_use]
    pub fn civil(self) -> Option<Date> {
        let months = months(self.year)?;
        let place = months
            .iter()
            .position(|month| (month.number, month.is_leap) == (self.month, self.is_leap))?;
        let first = civil(months[place].first)?;
        let day = first.checked_add((i64::from(self.day) - 1).days()).ok()?;
        (Self::of(day)? == self).then_some(day)
    }
}

/// The first day of the lunar year that begins in the civil year `year` (mùng một Tết).
#[must_use]
pub fn tet(year: i16) -> Option<Date> {
    civil(months(year)?.first()?.first)
}

/// The tenth of the third month: the day of the Hùng kings (Giỗ Tổ).
#[must_use]
pub fn hung_kings(year: i16) -> Option<Date> {
    let tenth = LunarDay {
        year,
        month: 3,
        is_leap: false,
        day: 10,
    };
    tenth.civil()
}

/// A month by the Julian day number of its first day.
#[derive(Debug, Clone, Copy)]
struct Month {
    first: i64,
    number: u8,
    is_leap: bool,
}

/// The months of a lunar year, 12 or 13.
fn months(year: i16) -> Option<Vec<Month>> {
    if !YEARS.contains(&year) {
        return None;
    }
    // From one eleventh month, that of the winter solstice, to the next: months 11 and 12 belong to the year
    // before. So the year takes months 1 to 10 of the first stretch and 11 and 12 of the second.
    let early = stretch(year - 1);
    let late = stretch(year);
    let is_early = |place: &(usize, Month)| place.0 >= 2 && place.1.number <= 10;
    let early = early.into_iter().enumerate().filter(is_early);
    let late = late.into_iter().enumerate();
    let late = late.take_while(|(place, month)| *place < 2 || month.number >= 11);
    Some(early.chain(late).map(|(_, month)| month).collect())
}

/// The months from the eleventh of `year` to before the eleventh of the year after.
fn stretch(year: i16) -> Vec<Month> {
    let begin = eleventh_month(year);
    let end = eleventh_month(year + 1);
    let lunation = nearest_lunation(begin);
    // Thirteen new moons between two winter solstices: the first month without a principal term is the leap
    // month.
    let leap = (end - begin > 365).then(|| leap_place(lunation));
    let count = if leap.is_some() { 13 } else { 12 };
    (0..count)
        .map(|place| {
            let after_leap = leap.is_some_and(|leap| place >= leap);
            // Counted from the eleventh month: places 0 and 1 are months 11 and 12.
            let number = (place + 10 - i64::from(after_leap)).rem_euclid(12) + 1;
            Month {
                first: new_moon_day(lunation + place),
                number: u8::try_from(number).unwrap_or(12),
                is_leap: leap == Some(place),
            }
        })
        .collect()
}

/// The place of the leap month in a stretch of thirteen months that begins with the new moon `lunation`.
fn leap_place(lunation: i64) -> i64 {
    let term = |place: i64| principal_term(new_moon_day(lunation + place));
    // A month holds no principal term where the sun is in the same twelfth of its way at the month's first day
    // as at that of the next.
    (1..13)
        .find(|&place| term(place) == term(place + 1))
        .unwrap_or(12)
}

/// The first day of the month that holds the winter solstice of a civil year.
fn eleventh_month(year: i16) -> i64 {
    /// The term that begins with the solstice, the sun at 270°.
    const SOLSTICE: i64 = 9;
    let last_day = julian(date(year, 12, 31));
    let lunation = ((last_day - 2_415_021) as f64 / LUNATION).floor() as i64;
    let first = new_moon_day(lunation);
    if principal_term(first) >= SOLSTICE {
        new_moon_day(lunation - 1)
    } else {
        first
    }
}

/// The number of the new moon on a day that is the first of a month.
fn nearest_lunation(first: i64) -> i64 {
    ((first as f64 - FIRST_NEW_MOON) / LUNATION + 0.5).floor() as i64
}

/// The civil day at the calendar's meridian on which a new moon falls, as a Julian day number.
fn new_moon_day(lunation: i64) -> i64 {
    (new_moon(lunation as f64) + 0.5 + MERIDIAN).floor() as i64
}

/// In which twelfth of its way the sun is at the beginning of a day: 0 from the spring equinox on.
fn principal_term(day: i64) -> i64 {
    (sun_longitude(day as f64 - 0.5 - MERIDIAN) / 30.0).floor() as i64
}

/// The instant of a new moon as a Julian day in universal time.
fn new_moon(k: f64) -> f64 {
    let t = k / 1236.85;
    let (t2, t3) = (t * t, t * t * t);
    let sin = |degrees: f64| degrees.to_radians().sin();
    let mean = 2_415_020.759_33 + 29.530_588_68 * k + 0.000_117_8 * t2 - 0.000_000_155 * t3
        + 0.000_33 * sin(166.56 + 132.87 * t - 0.009_173 * t2);
    // Mean anomalies of sun and moon, and the moon's argument of latitude, in degrees.
    let sun = 359.2242 + 29.105_356_08 * k - 0.000_033_3 * t2 - 0.000_003_47 * t3;
    let moon = 306.0253 + 385.816_918_06 * k + 0.010_730_6 * t2 + 0.000_012_36 * t3;
    let latitude = 21.2964 + 390.670_506_46 * k - 0.001_652_8 * t2 - 0.000_002_39 * t3;
    let correction = (0.1734 - 0.000_393 * t) * sin(sun) + 0.0021 * sin(2.0 * sun)
        - 0.4068 * sin(moon)
        + 0.0161 * sin(2.0 * moon)
        - 0.0004 * sin(3.0 * moon)
        + 0.0104 * sin(2.0 * latitude)
        - 0.0051 * sin(sun + moon)
        - 0.0074 * sin(sun - moon)
        + 0.0004 * sin(2.0 * latitude + sun)
        - 0.0004 * sin(2.0 * latitude - sun)
        - 0.0006 * sin(2.0 * latitude + moon)
        + 0.0010 * sin(2.0 * latitude - moon)
        + 0.0005 * sin(2.0 * moon + sun);
    // How far the uniform time of astronomy is ahead of universal time.
    let ahead = -0.000_278 + 0.000_265 * t + 0.000_262 * t2;
    mean + correction - ahead
}

/// The longitude of the sun in degrees, 0 to 360, at an instant given as a Julian day.
fn sun_longitude(at: f64) -> f64 {
    let t = (at - 2_451_545.0) / 36_525.0;
    let t2 = t * t;
    let anomaly =
        (357.529_10 + 35_999.050_30 * t - 0.000_155_9 * t2 - 0.000_000_48 * t * t2).to_radians();
    let mean = 280.466_45 + 36_000.769_83 * t + 0.000_303_2 * t2;
    let centre = (1.914_600 - 0.004_817 * t - 0.000_014 * t2) * anomaly.sin()
        + (0.019_993 - 0.000_101 * t) * (2.0 * anomaly).sin()
        + 0.000_290 * (3.0 * anomaly).sin();
    (mean + centre).rem_euclid(360.0)
}

fn julian(day: Date) -> i64 {
    let since = date(1970, 1, 1).until(day);
    EPOCH + since.map_or(0, |span| i64::from(span.get_days()))
}

fn civil(number: i64) -> Option<Date> {
    date(1970, 1, 1).checked_add((number - EPOCH).days()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first day of Tết from 2000 to 2060 as month and day, from the tables of Hồ Ngọc Đức's "Âm lịch
    /// Việt Nam", which were computed with a theory of the moon of full precision.
    const TET: [(i8, i8); 61] = [
        (2, 5),
        (1, 24),
        (2, 12),
        (2, 1),
        (1, 22),
        (2, 9),
        (1, 29),
        (2, 17),
        (2, 7),
        (1, 26),
        (2, 14),
        (2, 3),
        (1, 23),
        (2, 10),
        (1, 31),
        (2, 19),
        (2, 8),
        (1, 28),
        (2, 16),
        (2, 5),
        (1, 25),
        (2, 12),
        (2, 1),
        (1, 22),
        (2, 10),
        (1, 29),
        (2, 17),
        (2, 6),
        (1, 26),
        (2, 13),
        (2, 2),
        (1, 23),
        (2, 11),
        (1, 31),
        (2, 19),
        (2, 8),
        (1, 28),
        (2, 15),
        (2, 4),
        (1, 24),
        (2, 12),
        (2, 1),
        (1, 22),
        (2, 10),
        (1, 30),
        (2, 17),
        (2, 6),
        (1, 26),
        (2, 14),
        (2, 2),
        (1, 23),
        (2, 11),
        (2, 1),
        (2, 18),
        (2, 8),
        (1, 28),
        (2, 15),
        (2, 4),
        (1, 24),
        (2, 12),
        (2, 2),
    ];

    #[test]
    fn tet_falls_on_the_published_days() {
        for (year, (month, day)) in (2000..).zip(TET) {
            assert_eq!(tet(year), Some(date(year, month, day)));
        }
    }

    #[test]
    fn years_in_which_the_chinese_calendar_differs() {
        // China: 18 February 2007, 3 February 2030, 19 February 2053, and 20 February 1985, a month later.
        assert_eq!(tet(2007), Some(date(2007, 2, 17)));
        assert_eq!(tet(2030), Some(date(2030, 2, 2)));
        assert_eq!(tet(2053), Some(date(2053, 2, 18)));
        assert_eq!(tet(1985), Some(date(1985, 1, 21)));
        assert_eq!(tet(1968), Some(date(1968, 1, 29)));
    }

    #[test]
    fn leap_months_follow_the_month_of_their_number() {
        // Leap months of the Vietnamese calendar, and 2033, where simpler rules go wrong.
        let known = [
            (2001, 4),
            (2004, 2),
            (2006, 7),
            (2009, 5),
            (2012, 4),
            (2014, 9),
            (2017, 6),
            (2020, 4),
            (2023, 2),
            (2025, 6),
            (2028, 5),
            (2031, 3),
            (2033, 11),
            (2036, 6),
            (2039, 5),
        ];
        for year in 2000..2040 {
            let months = months(year).unwrap();
            let leap = months.iter().find(|month| month.is_leap);
            let known = known.iter().find(|(of, _)| *of == year);
            assert_eq!(
                leap.map(|month| month.number),
                known.map(|(_, month)| *month),
                "{year}"
            );
            let numbers: Vec<u8> = months
                .iter()
                .filter(|month| !month.is_leap)
                .map(|month| month.number)
                .collect();
            assert_eq!(numbers, (1..=12).collect::<Vec<u8>>(), "{year}");
        }
    }

    #[test]
    fn every_day_has_a_lunar_day_and_back() {
        let mut before: Option<LunarDay> = None;
        for day in date(1990, 1, 1).series(1.day()).take(40_000) {
            let lunar = LunarDay::of(day).unwrap();
            assert_eq!(lunar.civil(), Some(day));
            if let Some(before) = before {
                let is_next = lunar.day == before.day + 1 && lunar.month == before.month;
                let is_first = lunar.day == 1 && (29..=30).contains(&before.day);
                assert!(is_next || is_first, "{day}: {before:?}, {lunar:?}");
            }
            before = Some(lunar);
        }
    }

    #[test]
    fn well_known_days() {
        let lunar = |day: Date| {
            let LunarDay {
                year,
                month,
                is_leap,
                day,
            } = LunarDay::of(day).unwrap();
            (year, month, is_leap, day)
        };
        assert_eq!(lunar(date(2026, 11, 24)), (2026, 10, false, 16));
        assert_eq!(lunar(date(2025, 7, 25)), (2025, 6, true, 1));
        assert_eq!(lunar(date(2024, 2, 9)), (2023, 12, false, 30));
        assert_eq!(hung_kings(2023), Some(date(2023, 4, 29)));
        assert_eq!(hung_kings(2024), Some(date(2024, 4, 18)));
        assert_eq!(hung_kings(2025), Some(date(2025, 4, 7)));
        assert_eq!(hung_kings(2026), Some(date(2026, 4, 26)));
        assert_eq!(hung_kings(2027), Some(date(2027, 4, 16)));
        assert_eq!(tet(1899), None);
        assert_eq!(LunarDay::of(date(9999, 12, 31)), None);
        let no_thirtieth = LunarDay {
            year: 2025,
            month: 12,
            is_leap: false,
            day: 30,
        };
        assert_eq!(no_thirtieth.civil(), None);
    }
}
