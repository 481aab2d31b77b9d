//! Questions about what screens have shown, answered from the roll-ups: where a procedure was posted, the air time of
//! the plan's topics, what was not posted enough or never shown, and how the chains stand.
//!
//! It reads what [`crate::proofs`] keeps and decides nothing. Every answer is plain data, and as [`sheet::Sheet`] a
//! table for people.
//!
//! A procedure counts as posted while the display works, the office is open, and the release on the screen holds it on
//! a day on which it is in force: hundreds of procedures cannot all loop, and a visitor can open each of them then.

pub mod air_time;
pub mod lacking;
pub mod never_shown;
pub mod posted;
pub mod sheet;
pub mod standing;
pub mod visitors;
mod work;

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use motcua_show::units::{UnitId, Units};

use crate::error::ErrorKind;
use crate::proofs::{Proofs, number_of};
use crate::units::is_within;

/// The longest period of a report, in days: three years and a leap day.
const LONGEST_DAYS: i64 = 3 * 365 + 1;

/// What a report is read from.
#[derive(Debug, Clone)]
pub struct Reports {
    proofs: Proofs,
}

/// Why a report cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The period is no period.
    #[error("{0:?} is neither a day nor a time; write 2026-11-23 or 2026-11-23T07:00")]
    Time(String),
    /// It ends before it begins, or is too long.
    #[error("the period from {from} until {until} is empty or longer than three years")]
    Period {
        /// Its beginning.
        from: Timestamp,
        /// Its end.
        until: Timestamp,
    },
    /// No release that the screen showed holds the procedure.
    #[error("no release that the screen {screen} has shown holds the procedure {code}")]
    NoProcedure {
        /// The screen.
        screen: String,
        /// The code.
        code: String,
    },
    /// The table has more rows than a worksheet.
    #[error("the table has {0} rows, and a worksheet holds {most}; ask for a shorter period", most = sheet::MOST_ROWS)]
    TooLong(usize),
    /// The worksheet cannot be written.
    #[error("the worksheet cannot be written: {0}")]
    Worksheet(#[from] rust_xlsxwriter::XlsxError),
    /// The list cannot be written.
    #[error("the table cannot be written: {0}")]
    List(#[from] csv::Error),
}

impl ReportError {
    /// Which answer this error deserves.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::NoProcedure { .. } => ErrorKind::Missing,
            Self::Time(_) | Self::Period { .. } | Self::TooLong(_) => ErrorKind::Refused,
            Self::Worksheet(_) | Self::List(_) => ErrorKind::Failed,
        }
    }
}

/// From when until when, by the server's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// The first instant.
    pub from: Timestamp,
    /// The first instant after it.
    pub until: Timestamp,
}

impl Period {
    /// Reads days or civil times of `zone`; a day as the end counts whole. Without them the thirty days before `now`.
    ///
    /// # Errors
    /// When that is no period.
    pub fn read(
        from: Option<&str>,
        until: Option<&str>,
        zone: &TimeZone,
        now: Timestamp,
    ) -> Result<Self, ReportError> {
        let until = match until {
            None => now,
            Some(text) => match text.parse::<Date>() {
                Ok(day) if is_day(text) => {
                    let next = day
                        .tomorrow()
                        .map_err(|_| ReportError::Time(text.to_owned()));
                    instant(text, next?.at(0, 0, 0, 0), zone)?
                }
                _ => time(text, zone)?,
            },
        };
        let from = match from {
            None => until - jiff::SignedDuration::from_hours(30 * 24),
            Some(text) => time(text, zone)?,
        };
        let is_short = until.duration_since(from).as_hours() <= LONGEST_DAYS * 24;
        if from < until && is_short {
            Ok(Self { from, until })
        } else {
            Err(ReportError::Period { from, until })
        }
    }

    /// The numbers of its first and last day.
    #[must_use]
    pub fn days(&self, zone: &TimeZone) -> (i64, i64) {
        let day = |at: Timestamp| number_of(at.to_zoned(zone.clone()).date());
        let last = self.until - jiff::SignedDuration::from_millis(1);
        (day(self.from), day(last))
    }
}

fn is_day(text: &str) -> bool {
    text.len() == "2026-11-23".len()
}

fn time(text: &str, zone: &TimeZone) -> Result<Timestamp, ReportError> {
    let civil: DateTime = text
        .parse()
        .map_err(|_| ReportError::Time(text.to_owned()))?;
    instant(text, civil, zone)
}

fn instant(text: &str, civil: DateTime, zone: &TimeZone) -> Result<Timestamp, ReportError> {
    let zoned = civil.to_zoned(zone.clone());
    Ok(zoned
        .map_err(|_| ReportError::Time(text.to_owned()))?
        .timestamp())
}

/// Whose screens a report is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    /// The units; all where none are named.
    units: Option<BTreeSet<String>>,
}

impl Scope {
    /// Everything.
    #[must_use]
    pub const fn all() -> Self {
        Self { units: None }
    }

    /// A unit and those below it.
    #[must_use]
    pub fn below(units: &Units, top: &UnitId) -> Self {
        let below = units
            .units
            .iter()
            .filter(|unit| is_within(units, &unit.id, top));
        Self {
            units: Some(below.map(|unit| unit.id.to_string()).collect()),
        }
    }

    /// Whether a unit belongs to it.
    #[must_use]
    pub fn has(&self, unit: &str) -> bool {
        self.units.as_ref().is_none_or(|units| units.contains(unit))
    }
}

impl Reports {
    /// Reports of what `proofs` keeps.
    #[must_use]
    pub const fn new(proofs: Proofs) -> Self {
        Self { proofs }
    }

    /// The zone whose days are counted.
    #[must_use]
    pub const fn zone(&self) -> &TimeZone {
        self.proofs.zone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_as_the_end_counts_whole() {
        let zone = TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
        let read = |from, until| Period::read(from, until, &zone, Timestamp::UNIX_EPOCH);
        let period = read(Some("2026-11-23"), Some("2026-11-24")).unwrap();
        assert_eq!(period.from.to_string(), "2026-11-22T17:00:00Z");
        assert_eq!(period.until.to_string(), "2026-11-24T17:00:00Z");
        let (first, last) = period.days(&zone);
        assert_eq!(last - first, 1);
        let period = read(Some("2026-11-23T07:00"), Some("2026-11-23T11:00")).unwrap();
        assert_eq!(period.until.to_string(), "2026-11-23T04:00:00Z");
        for (from, until) in [
            ("x", "2026-11-24"),
            ("2026-11-24", "2026-11-22"),
            ("2020-01-01", "2026-01-01"),
        ] {
            assert!(read(Some(from), Some(until)).is_err(), "{from} {until}");
        }
        assert!(read(None, None).is_ok());
    }
}
