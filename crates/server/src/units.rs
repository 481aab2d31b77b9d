//! The tree of units as it is wanted: read from and written to the database, and checked as a whole before
//! it is signed.
//!
//! Kinds and names are data. A unit is never deleted, because keys, releases and proofs name it for ever;
//! it ends on its last day and its successor takes its screens.

mod naming;

use std::collections::BTreeSet;

use jiff::civil::Date;
use motcua_show::units::{FORMAT, Unit, UnitId, Units};
use sqlx::any::AnyRow;
use sqlx::{Any, Executor, Row};
use unicode_normalization::UnicodeNormalization as _;

pub use naming::find;

use crate::database::Work;
use crate::error::{ErrorKind, Result};

/// A unit to be made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewUnit {
    /// What people call it.
    pub name: String,
    /// What it is, in the province's own words.
    pub kind: String,
    /// The unit above it.
    pub parent: Option<UnitId>,
    /// The first day on which it exists.
    pub first_day: Option<Date>,
    /// The last day on which it exists.
    pub last_day: Option<Date>,
    /// Who takes its screens after that.
    pub successor: Option<UnitId>,
}

/// What shall change of a unit; `None` leaves it, `Some(None)` clears it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnitChange {
    /// Another name.
    pub name: Option<String>,
    /// Another kind.
    pub kind: Option<String>,
    /// Another unit above it.
    pub parent: Option<Option<UnitId>>,
    /// Another first day.
    pub first_day: Option<Option<Date>>,
    /// Another last day.
    pub last_day: Option<Option<Date>>,
    /// Another successor.
    pub successor: Option<Option<UnitId>>,
}

/// Why a tree cannot be, or a unit cannot be found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnitError {
    /// Nothing is called that.
    #[error("there is no unit {0:?}; `motcua-server units list` shows them")]
    Unknown(String),
    /// Several are called that.
    #[error("{name:?} is the name of several units: {}; use one of these ids", ids.join(", "))]
    Ambiguous {
        /// The name.
        name: String,
        /// Their ids.
        ids: Vec<String>,
    },
    /// A name of which no id can be made.
    #[error(
        "{0:?} cannot be the name of a unit; it needs at least one letter or digit, no control characters and at most 200 bytes"
    )]
    Name(String),
    /// The unit above it is below it.
    #[error(
        "{unit} cannot lie below {parent}, which lies below {unit} itself; choose another parent"
    )]
    ParentCycle {
        /// The unit.
        unit: UnitId,
        /// Its wanted parent.
        parent: UnitId,
    },
    /// A successor that is followed by the unit itself.
    #[error(
        "{unit} cannot be followed by {successor}, which is followed by {unit} itself; choose another successor"
    )]
    SuccessorCycle {
        /// The unit.
        unit: UnitId,
        /// Its wanted successor.
        successor: UnitId,
    },
    /// It ends before it begins.
    #[error(
        "the last day of {unit}, {last_day}, lies before its first day, {first_day}; correct one of them"
    )]
    Days {
        /// The unit.
        unit: UnitId,
        /// Its first day.
        first_day: Date,
        /// Its last day.
        last_day: Date,
    },
}

impl UnitError {
    /// Which answer this error deserves.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::Unknown(_) => ErrorKind::Missing,
            _ => ErrorKind::Refused,
        }
    }
}

/// The longest name of a unit in bytes; it stands on screens and in signed documents.
const LONGEST_NAME: usize = 200;

/// The tree as it is wanted.
///
/// # Errors
/// When the database fails.
pub async fn load(database: impl Executor<'_, Database = Any>) -> Result<Units> {
    let rows = sqlx::query(
        "SELECT id, name, kind, parent, first_day, last_day, successor FROM units ORDER BY place",
    )
    .fetch_all(database)
    .await?;
    let units = rows.iter().map(read).collect::<Result<_, sqlx::Error>>()?;
    Ok(Units {
        format: FORMAT,
        units,
    })
}

/// Adds a unit to the wanted tree.
///
/// # Errors
/// When no id can be made of its name, or the tree would not be one.
pub async fn add(work: &mut Work, wanted: NewUnit) -> Result<UnitId> {
    let mut units = load(&mut **work).await?;
    let id = naming::new_id(&units, &wanted.name)?;
    units.units.push(Unit {
        id: id.clone(),
        name: wanted.name.nfc().collect(),
        kind: wanted.kind,
        parent: wanted.parent,
        first_day: wanted.first_day,
        last_day: wanted.last_day,
        successor: wanted.successor,
    });
    check(&units)?;
    if let Some(unit) = units.units.last() {
        let place = units.units.len();
        write(work, unit, i64::try_from(place).unwrap_or(i64::MAX)).await?;
    }
    Ok(id)
}

/// Changes a unit of the wanted tree.
///
/// # Errors
/// When there is no such unit, or the tree would not be one.
pub async fn change(work: &mut Work, id: &UnitId, change: UnitChange) -> Result<()> {
    let mut units = load(&mut **work).await?;
    let Some(unit) = units.units.iter_mut().find(|unit| unit.id == *id) else {
        return Err(UnitError::Unknown(id.to_string()).into());
    };
    if let Some(name) = change.name {
        unit.name = name.nfc().collect();
    }
    if let Some(kind) = change.kind {
        unit.kind = kind;
    }
    if let Some(parent) = change.parent {
        unit.parent = parent;
    }
    if let Some(first_day) = change.first_day {
        unit.first_day = first_day;
    }
    if let Some(last_day) = change.last_day {
        unit.last_day = last_day;
    }
    if let Some(successor) = change.successor {
        unit.successor = successor;
    }
    let changed = unit.clone();
    check(&units)?;
    write(work, &changed, 0).await
}

/// Whether a unit is `top` or lies below it.
#[must_use]
pub fn is_within(units: &Units, unit: &UnitId, top: &UnitId) -> bool {
    let mut next = Some(unit);
    // A tree cannot be deeper than it has units.
    for _ in 0..=units.units.len() {
        match next {
            Some(id) if id == top => return true,
            Some(id) => next = units.get(id).and_then(|unit| unit.parent.as_ref()),
            None => break,
        }
    }
    false
}

/// Whether the units are a tree whose successions end.
///
/// # Errors
/// The first thing that is wrong.
pub fn check(units: &Units) -> Result<(), UnitError> {
    for unit in &units.units {
        let is_empty = !unit.name.chars().any(char::is_alphanumeric);
        if is_empty || unit.name.len() > LONGEST_NAME || unit.name.chars().any(char::is_control) {
            return Err(UnitError::Name(unit.name.clone()));
        }
        if let (Some(first_day), Some(last_day)) = (unit.first_day, unit.last_day)
            && last_day < first_day
        {
            return Err(UnitError::Days {
                unit: unit.id.clone(),
                first_day,
                last_day,
            });
        }
        if let Some(parent) = &unit.parent
            && returns(units, unit, |unit| unit.parent.as_ref())?
        {
            return Err(UnitError::ParentCycle {
                unit: unit.id.clone(),
                parent: parent.clone(),
            });
        }
        if let Some(successor) = &unit.successor
            && returns(units, unit, |unit| unit.successor.as_ref())?
        {
            return Err(UnitError::SuccessorCycle {
                unit: unit.id.clone(),
                successor: successor.clone(),
            });
        }
    }
    Ok(())
}

/// Whether following `next` from `start` never ends; a reference to nothing is an error.
fn returns<'a>(
    units: &'a Units,
    start: &'a Unit,
    next: impl Fn(&'a Unit) -> Option<&'a UnitId>,
) -> Result<bool, UnitError> {
    let mut seen = BTreeSet::from([&start.id]);
    let mut unit = start;
    while let Some(id) = next(unit) {
        unit = units
            .get(id)
            .ok_or_else(|| UnitError::Unknown(id.to_string()))?;
        if !seen.insert(&unit.id) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Writes a unit; one that is there keeps its place.
async fn write(work: &mut Work, unit: &Unit, place: i64) -> Result<()> {
    let text = |id: &Option<UnitId>| id.as_ref().map(ToString::to_string);
    sqlx::query(
        "INSERT INTO units (id, place, name, kind, parent, first_day, last_day, successor)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, kind = excluded.kind,
             parent = excluded.parent, first_day = excluded.first_day,
             last_day = excluded.last_day, successor = excluded.successor",
    )
    .bind(unit.id.to_string())
    .bind(place)
    .bind(unit.name.clone())
    .bind(unit.kind.clone())
    .bind(text(&unit.parent))
    .bind(unit.first_day.map(|day| day.to_string()))
    .bind(unit.last_day.map(|day| day.to_string()))
    .bind(text(&unit.successor))
    .execute(&mut **work)
    .await?;
    Ok(())
}

fn read(row: &AnyRow) -> Result<Unit, sqlx::Error> {
    let decoded = |error: Box<dyn std::error::Error + Send + Sync>| sqlx::Error::Decode(error);
    let id = |column| -> Result<Option<UnitId>, sqlx::Error> {
        let text: Option<String> = row.try_get(column)?;
        text.map(|text| text.parse().map_err(|error| decoded(Box::new(error))))
            .transpose()
    };
    let day = |column| -> Result<Option<Date>, sqlx::Error> {
        let text: Option<String> = row.try_get(column)?;
        text.map(|text| text.parse().map_err(|error| decoded(Box::new(error))))
            .transpose()
    };
    Ok(Unit {
        id: id("id")?.ok_or_else(|| sqlx::Error::ColumnNotFound("id".to_owned()))?,
        name: row.try_get("name")?,
        kind: row.try_get("kind")?,
        parent: id("parent")?,
        first_day: day("first_day")?,
        last_day: day("last_day")?,
        successor: id("successor")?,
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn unit(id: &str) -> Unit {
        Unit {
            id: id.parse().unwrap(),
            name: id.to_owned(),
            kind: String::new(),
            parent: None,
            first_day: None,
            last_day: None,
            successor: None,
        }
    }

    fn tree(units: Vec<Unit>) -> Units {
        Units {
            format: FORMAT,
            units,
        }
    }

    #[test]
    fn what_is_no_tree_is_refused() {
        let mut parent = unit("a");
        parent.parent = Some("b".parse().unwrap());
        let mut child = unit("b");
        child.parent = Some("a".parse().unwrap());
        let cycle = check(&tree(vec![parent.clone(), child])).unwrap_err();
        assert!(matches!(cycle, UnitError::ParentCycle { .. }), "{cycle}");
        assert!(matches!(
            check(&tree(vec![parent])),
            Err(UnitError::Unknown(_))
        ));

        let mut own = unit("a");
        own.successor = Some("a".parse().unwrap());
        assert!(matches!(
            check(&tree(vec![own])),
            Err(UnitError::SuccessorCycle { .. })
        ));

        let mut short = unit("a");
        short.first_day = Some(date(2026, 2, 1));
        short.last_day = Some(date(2026, 1, 1));
        assert!(matches!(
            check(&tree(vec![short])),
            Err(UnitError::Days { .. })
        ));
    }
}
