//! Values: what each key may hold, said in words, and how it is read.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZoneDatabase;
use toml::de::DeValue;

use super::reader::{Spot, instead, listed, shown};
use crate::calendar::Calendar;
use crate::calls::Word;
use crate::item::Chart;
use crate::procedure::How;
use crate::schedule::{ClockTime, Dwell, Only, Weekday};
use crate::show::{Colour, Mode};
use crate::text::Language;

/// Something that a key can hold.
pub(super) trait Value: Sized {
    /// What it is, in words that continue "write …".
    fn what() -> String;

    /// One as it is written in the file.
    fn example() -> String;

    /// Reads it; `None` once the problem has been reported.
    fn read(spot: &mut Spot<'_>, value: &DeValue<'_>) -> Option<Self>;
}

/// A list of which every entry must be right.
impl<T: Value> Value for Vec<T> {
    fn what() -> String {
        "a list".to_owned()
    }

    fn example() -> String {
        format!("[{}]", T::example())
    }

    fn read(spot: &mut Spot<'_>, value: &DeValue<'_>) -> Option<Self> {
        let DeValue::Array(values) = value else {
            return spot.wrong(value);
        };
        let read: Vec<Option<T>> = values
            .iter()
            .enumerate()
            .map(|(index, value)| {
                T::read(&mut spot.entry(index + 1, &value.span()), value.get_ref())
            })
            .collect();
        read.into_iter().collect()
    }
}

/// A value that is written in quotes and parsed.
macro_rules! quoted {
    ($type:ty, $what:literal, $example:literal) => {
        impl Value for $type {
            fn what() -> String {
                $what.to_owned()
            }

            fn example() -> String {
                format!("{:?}", $example)
            }

            fn read(spot: &mut Spot<'_>, value: &DeValue<'_>) -> Option<Self> {
                value
                    .as_str()
                    .and_then(|text| text.parse().ok())
                    .or_else(|| spot.wrong(value))
            }
        }
    };
}

quoted!(Dwell, "a time from \"1s\" to \"24h\"", "12s");
quoted!(
    Word,
    "\"invite\", \"counter\", a digit or a capital letter",
    "invite"
);
quoted!(Colour, "a colour as red, green and blue", "#A31119");

/// A value that is one of a few words.
macro_rules! one_of {
    ($type:ty, $($word:literal => $value:expr),+) => {
        impl Value for $type {
            fn what() -> String {
                format!("one of {}", listed([$($word),+], "or"))
            }

            fn example() -> String {
                format!("{:?}", [$($word),+][0])
            }

            fn read(spot: &mut Spot<'_>, value: &DeValue<'_>) -> Option<Self> {
                match value.as_str() {
                    $(Some($word) => Some($value),)+
                    Some(word) => {
                        let remedy = instead(word, &[$($word),+], || format!("write {}", Self::what()));
                        spot.error(format!("{} is {}", spot.label, shown(value)), remedy);
                        None
                    }
                    None => spot.wrong(value),
                }
            }
        }
    };
}

one_of!(Language, "vi" => Self::Vi, "km" => Self::Km, "en" => Self::En);
one_of!(Mode, "light" => Self::Light, "dark" => Self::Dark);
one_of!(Chart, "bars" => Self::Bars, "lines" => Self::Lines);
one_of!(Calendar, "vn-office" => Self::VnOffice);
one_of!(Only, "working-hours" => Self::WorkingHours);
one_of!(How, "in-person" => Self::InPerson, "online" => Self::Online, "post" => Self::Post);
one_of!(
    Weekday,
    "mon" => Self::Mon, "tue" => Self::Tue, "wed" => Self::Wed, "thu" => Self::Thu,
    "fri" => Self::Fri, "sat" => Self::Sat, "sun" => Self::Sun
);

/// The text of a time that is written with or without quotes.
fn time_text(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Datetime(time) => Some(time.to_string()),
        _ => None,
    }
}

impl Value for ClockTime {
    fn what() -> String {
        "a time of day from \"00:00\" to \"24:00\"".to_owned()
    }

    fn example() -> String {
        "\"07:00\"".to_owned()
    }

    fn read(spot: &mut Spot<'_>, value: &DeValue<'_>) -> Option<Self> {
        let text = time_text(value).unwrap_or_default();
        let unquoted = matches!(value, DeValue::Datetime(_));
        // TOML has times of its own, with seconds, which a schedule does not have.
        let minutes = if unquoted {
            text.strip_suffix(":00").unwrap_or(&text)
        } else {
            &text
        };
        minutes.parse().ok().or_else(|| spot.wrong(value))
    }
}

impl Value for Date {
    fn what() -> String {
        "a day as year, month and day".to_owned()
    }

    fn example() -> String {
        "2026-01-05".to_owned()
    }

    fn read(spot: &mut Spot<'_>, value: &DeValue<'_>) -> Option<Self> {
        // Strict, since jiff would also take the day out of a longer time.
        let text = time_text(value).filter(|text| text.trim().len() == "2026-01-05".len());
        text.and_then(|text| text.trim().parse().ok())
            .or_else(|| spot.wrong(value))
    }
}

impl Value for DateTime {
    fn what() -> String {
        "a day, or a day and a time of the show's zone without offset".to_owned()
    }

    fn example() -> String {
        "2026-11-23T08:00:00".to_owned()
    }

    fn read(spot: &mut Spot<'_>, value: &DeValue<'_>) -> Option<Self> {
        let text = time_text(value).unwrap_or_default();
        let time = text.split_once(['T', ' ']).map_or("", |(_, time)| time);
        // An offset would be read and then forgotten: the item would be shown at another hour.
        let has_offset = time.contains(['Z', 'z', '+', '-', '[']);
        text.parse()
            .ok()
            .filter(|_| !has_offset)
            .or_else(|| spot.wrong(value))
    }
}

/// The name of a time zone that is in the bundled database.
pub(super) struct Zone(pub(super) String);

impl Value for Zone {
    fn what() -> String {
        "the IANA name of a time zone".to_owned()
    }

    fn example() -> String {
        "\"Asia/Ho_Chi_Minh\"".to_owned()
    }

    fn read(spot: &mut Spot<'_>, value: &DeValue<'_>) -> Option<Self> {
        let name = value
            .as_str()
            .filter(|name| TimeZoneDatabase::bundled().get(name).is_ok());
        name.map(|name| Self(name.to_owned()))
            .or_else(|| spot.wrong(value))
    }
}

/// A value and the line where it stands.
pub(super) struct Placed<T> {
    pub(super) value: T,
    pub(super) line: usize,
}

impl<T: Value> Value for Placed<T> {
    fn what() -> String {
        T::what()
    }

    fn example() -> String {
        T::example()
    }

    fn read(spot: &mut Spot<'_>, value: &DeValue<'_>) -> Option<Self> {
        let line = spot.line;
        T::read(spot, value).map(|value| Self { value, line })
    }
}

/// Where each of them stands.
pub(super) fn lines<T>(placed: &[Placed<T>]) -> Vec<usize> {
    placed.iter().map(|one| one.line).collect()
}
