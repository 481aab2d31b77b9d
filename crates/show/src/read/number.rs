//! Numbers and truths.

use std::str::FromStr;

use toml::de::DeValue;

use super::reader::Spot;
use super::value::Value;

/// A whole number, if the value is one and fits.
fn whole<T: FromStr>(value: &DeValue<'_>) -> Option<T> {
    let number = value.as_integer()?;
    i64::from_str_radix(number.as_str(), number.radix())
        .ok()?
        .to_string()
        .parse()
        .ok()
}

/// A whole number between bounds.
fn bounded<T: Value + Copy, N: FromStr + PartialOrd>(
    spot: &mut Spot<'_>,
    value: &DeValue<'_>,
    bounds: std::ops::RangeInclusive<N>,
    make: fn(N) -> T,
) -> Option<T> {
    whole(value)
        .filter(|number| bounds.contains(number))
        .map(make)
        .or_else(|| spot.wrong(value))
}

/// A number type of the model with its bounds.
macro_rules! whole_number {
    ($type:ty, $number:ty, $make:expr, $bounds:expr, $what:literal, $example:literal) => {
        impl Value for $type {
            fn what() -> String {
                $what.to_owned()
            }

            fn example() -> String {
                $example.to_owned()
            }

            fn read(spot: &mut Spot<'_>, value: &DeValue<'_>) -> Option<Self> {
                bounded::<Self, $number>(spot, value, $bounds, $make)
            }
        }
    };
}

/// Loudness, 0 to 100.
#[derive(Clone, Copy)]
pub(super) struct Percent(pub(super) u8);

/// A share of the air time, from 1.
#[derive(Clone, Copy)]
pub(super) struct Share(pub(super) u32);

/// A year of the calendar.
#[derive(Clone, Copy, Default)]
pub(super) struct Year(pub(super) i16);

whole_number!(
    Year,
    i16,
    Year,
    1900..=2199,
    "a year from 1900 to 2199",
    "2027"
);
whole_number!(
    Percent,
    u8,
    Percent,
    0..=100,
    "a whole number from 0 to 100",
    "80"
);
whole_number!(
    Share,
    u32,
    Share,
    1..=1_000,
    "a whole number from 1 to 1000",
    "2"
);
whole_number!(
    u32,
    u32,
    |number| number,
    0..=100_000,
    "a whole number from 0",
    "1"
);
whole_number!(
    i32,
    i32,
    |number| number,
    -1_000_000..=1_000_000,
    "a whole number",
    "10"
);

impl Value for bool {
    fn what() -> String {
        "true or false".to_owned()
    }

    fn example() -> String {
        "true".to_owned()
    }

    fn read(spot: &mut Spot<'_>, value: &DeValue<'_>) -> Option<Self> {
        value.as_bool().or_else(|| spot.wrong(value))
    }
}

impl Value for f64 {
    fn what() -> String {
        "a number".to_owned()
    }

    fn example() -> String {
        "87.5".to_owned()
    }

    fn read(spot: &mut Spot<'_>, value: &DeValue<'_>) -> Option<Self> {
        let number = match value {
            DeValue::Integer(_) => whole::<Self>(value),
            DeValue::Float(number) => number.as_str().parse().ok(),
            _ => None,
        };
        number
            .filter(|number: &Self| number.is_finite())
            .or_else(|| spot.wrong(value))
    }
}
