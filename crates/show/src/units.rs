//! The units (đơn vị) of a province: a tree of any depth whose kinds and names are data.
//!
//! Units are founded, merged and dissolved; each has the days on which it exists and who follows it, so
//! that a merger moves screens without anybody touching them.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The format that this version writes and reads.
pub const FORMAT: u32 = 1;

/// The longest id of a unit, in bytes.
const LONGEST_ID: usize = 64;

/// The tree of units.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Units {
    /// The version of this format.
    pub format: u32,
    /// The units, in the order in which they were made.
    pub units: Vec<Unit>,
}

/// One unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// What it is called in paths and keys; it never changes.
    pub id: UnitId,
    /// What people call it, such as "Phường Phú Lợi".
    pub name: String,
    /// What it is, in the province's own words, such as "phường" or "điểm tiếp nhận".
    pub kind: String,
    /// The unit above it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<UnitId>,
    /// The first day on which it exists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_day: Option<Date>,
    /// The last day on which it exists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_day: Option<Date>,
    /// Who takes its screens after its last day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub successor: Option<UnitId>,
}

impl Unit {
    /// Whether it exists on `day`.
    #[must_use]
    pub fn exists_on(&self, day: Date) -> bool {
        self.first_day.is_none_or(|first| first <= day)
            && self.last_day.is_none_or(|last| day <= last)
    }
}

/// The screen's place in the tree, signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// The version of this format.
    pub format: u32,
    /// The screen's id.
    pub screen: String,
    /// The unit that it belongs to.
    pub unit: UnitId,
    /// What the screen is called, such as "Sảnh tầng 1".
    #[serde(default)]
    pub name: String,
}

impl Units {
    /// The unit of this id.
    #[must_use]
    pub fn get(&self, id: &UnitId) -> Option<&Unit> {
        self.units.iter().find(|unit| unit.id == *id)
    }

    /// Who has the screens of `id` on `day`: itself, or the successor of successors where it is over.
    ///
    /// A unit that is over and names no successor keeps its screens: a screen without any show would
    /// help nobody.
    #[must_use]
    pub fn holder(&self, id: &UnitId, day: Date) -> Option<&Unit> {
        let mut unit = self.get(id)?;
        let mut seen = BTreeSet::from([&unit.id]);
        while unit.last_day.is_some_and(|last| last < day) {
            let next = unit.successor.as_ref().and_then(|next| self.get(next));
            match next {
                Some(next) if seen.insert(&next.id) => unit = next,
                _ => break,
            }
        }
        Some(unit)
    }

    /// The units whose shows a screen of `id` may show on `day`, the nearest first and the top last.
    /// Empty where there is no such unit.
    #[must_use]
    pub fn chain(&self, id: &UnitId, day: Date) -> Vec<UnitId> {
        let mut chain: Vec<UnitId> = Vec::new();
        let mut next = self.holder(id, day);
        while let Some(unit) = next {
            if chain.contains(&unit.id) {
                break;
            }
            chain.push(unit.id.clone());
            next = unit
                .parent
                .as_ref()
                .and_then(|parent| self.holder(parent, day));
        }
        chain
    }
}

/// The id of a unit: 1 to 64 of a-z, 0-9 and `-`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UnitId(String);

/// A text that cannot be the id of a unit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} cannot be the id of a unit; it has 1 to {LONGEST_ID} of a-z, 0-9 and -")]
pub struct BadUnitId(String);

impl UnitId {
    /// The id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for UnitId {
    type Err = BadUnitId;

    fn from_str(written: &str) -> Result<Self, BadUnitId> {
        let is_allowed = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
        if (1..=LONGEST_ID).contains(&written.len()) && written.bytes().all(is_allowed) {
            Ok(Self(written.to_owned()))
        } else {
            Err(BadUnitId(written.chars().take(LONGEST_ID).collect()))
        }
    }
}

impl TryFrom<String> for UnitId {
    type Error = BadUnitId;

    fn try_from(written: String) -> Result<Self, BadUnitId> {
        written.parse()
    }
}

impl From<UnitId> for String {
    fn from(id: UnitId) -> Self {
        id.0
    }
}

impl fmt::Display for UnitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn unit(id: &str, parent: Option<&str>) -> Unit {
        Unit {
            id: id.parse().unwrap(),
            name: id.to_uppercase(),
            kind: "phường".into(),
            parent: parent.map(|parent| parent.parse().unwrap()),
            first_day: None,
            last_day: None,
            successor: None,
        }
    }

    fn ids(units: &Units, of: &str, day: Date) -> Vec<String> {
        let chain = units.chain(&of.parse().unwrap(), day);
        chain.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_nearest_comes_first() {
        let units = Units {
            format: FORMAT,
            units: vec![
                unit("city", None),
                unit("ward", Some("city")),
                unit("desk", Some("ward")),
            ],
        };
        let day = date(2026, 11, 23);
        assert_eq!(ids(&units, "desk", day), ["desk", "ward", "city"]);
        assert!(ids(&units, "nowhere", day).is_empty());
    }

    #[test]
    fn a_merger_moves_screens_on_its_day() {
        let mut old = unit("old-ward", Some("province"));
        old.last_day = Some(date(2025, 6, 30));
        old.successor = Some("new-ward".parse().unwrap());
        let units = Units {
            format: FORMAT,
            units: vec![
                unit("province", None),
                unit("city", None),
                old,
                unit("new-ward", Some("city")),
            ],
        };
        assert_eq!(
            ids(&units, "old-ward", date(2025, 6, 30)),
            ["old-ward", "province"]
        );
        assert_eq!(
            ids(&units, "old-ward", date(2025, 7, 1)),
            ["new-ward", "city"]
        );
    }

    #[test]
    fn circles_end() {
        let (mut one, mut other) = (unit("one", Some("other")), unit("other", Some("one")));
        assert_eq!(
            ids(
                &Units {
                    format: FORMAT,
                    units: vec![one.clone(), other.clone()]
                },
                "one",
                date(2026, 1, 1)
            ),
            ["one", "other"]
        );
        for unit in [&mut one, &mut other] {
            unit.last_day = Some(date(2025, 1, 1));
        }
        one.successor = Some(other.id.clone());
        other.successor = Some(one.id.clone());
        let units = Units {
            format: FORMAT,
            units: vec![one, other],
        };
        assert!(!ids(&units, "one", date(2026, 1, 1)).is_empty());
    }
}
