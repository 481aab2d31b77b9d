//! Numbers as people of each language write them: 87,3 in Vietnamese and Khmer, 87.3 in English.

use motcua_show::Language;

/// Decimals at most: an index is published with no more.
const MOST_DECIMALS: usize = 3;
/// From here on a number is written with its power of ten, lest it fills the screen with noughts.
const TOO_GREAT: f64 = 1e15;
/// Below this a number other than zero is written with its power of ten, lest it reads as nought.
const TOO_SMALL: f64 = 1e-3;

/// How the values of one indicator are written: all with the same number of decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Format {
    decimals: usize,
    language: Language,
}

impl Format {
    /// With as many decimals as the most exact of `values` has.
    pub(super) fn of(values: impl Iterator<Item = f64>, language: Language) -> Self {
        let decimals = values
            .filter(|&value| is_plain(value))
            .map(decimals)
            .max()
            .unwrap_or(0);
        Self { decimals, language }
    }

    /// The number in words of figures.
    pub(super) fn write(self, value: f64) -> String {
        // A minus as wide as a figure, instead of a hyphen.
        let sign = if value < 0.0 { "−" } else { "" };
        let magnitude = value.abs();
        let (decimal, group) = if self.language == Language::En {
            ('.', ',')
        } else {
            (',', '.')
        };
        if !is_plain(value) {
            let power = magnitude.log10().floor();
            // The least numbers of all lie beyond the powers that can be divided by.
            let mantissa = (magnitude / 10_f64.powf(power / 2.0)) / 10_f64.powf(power / 2.0);
            return format!("{sign}{mantissa:.1} × 10^{power}").replace('.', &decimal.to_string());
        }
        let written = format!("{magnitude:.*}", self.decimals);
        let (whole, part) = written.split_once('.').unwrap_or((&written, ""));
        let whole = grouped(whole, group);
        if part.is_empty() {
            format!("{sign}{whole}")
        } else {
            format!("{sign}{whole}{decimal}{part}")
        }
    }
}

fn is_plain(value: f64) -> bool {
    value == 0.0 || (TOO_SMALL..TOO_GREAT).contains(&value.abs())
}

fn decimals(value: f64) -> usize {
    let written = format!("{:.*}", MOST_DECIMALS, value.abs());
    written
        .trim_end_matches('0')
        .split_once('.')
        .map_or(0, |(_, part)| part.len())
}

/// Thousands apart: 12.345.
fn grouped(digits: &str, mark: char) -> String {
    let count = digits.len();
    let mut out = String::with_capacity(count + count / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (count - index).is_multiple_of(3) {
            out.push(mark);
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(values: &[f64], language: Language, expected: &[&str]) {
        let format = Format::of(values.iter().copied(), language);
        let written: Vec<String> = values.iter().map(|&value| format.write(value)).collect();
        assert_eq!(written, expected);
    }

    #[test]
    fn values_share_their_decimals() {
        check(&[78.2, 84.0], Language::Vi, &["78,2", "84,0"]);
        check(&[78.2, 84.0], Language::En, &["78.2", "84.0"]);
        check(&[12_345.0, 0.0, -3.0], Language::Vi, &["12.345", "0", "−3"]);
        check(&[0.123_456], Language::Vi, &["0,123"]);
    }

    #[test]
    fn extremes_stay_short() {
        check(
            &[f64::MAX, 2e-9, f64::MIN_POSITIVE],
            Language::Vi,
            &["1,8 × 10^308", "2,0 × 10^-9", "2,2 × 10^-308"],
        );
    }
}
