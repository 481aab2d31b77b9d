//! The metadata of the TUF roles, as it is written and as it is read.
//!
//! Reading drops fields that are not known here; that is harmless, because signatures are
//! checked over the value as received (see `envelope`). Maps are sorted, so that the same
//! metadata always gives the same bytes.

mod latest;
mod root;
mod target;
mod targets;

use std::collections::BTreeMap;

use jiff::Timestamp as Instant;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::error::MalformedError;
use super::key::{Key, KeyId};

pub use latest::{MetaFile, Snapshot, Timestamp};
pub use root::Root;
pub use target::{Hashes, TargetFile};
pub use targets::{DelegatedRole, Delegations, Targets};

/// The version of the specification that is followed.
pub const SPEC_VERSION: &str = "1.0.33";

/// Metadata of one role.
pub trait Metadata: serde::de::DeserializeOwned + Serialize {
    /// The value of its field `_type`.
    const TYPE: &'static str;
    /// Counts up with each publication, from 1.
    fn version(&self) -> u64;
    /// When it stops being believed.
    fn expires(&self) -> Instant;
    /// The version of the specification that it says it follows.
    fn spec_version(&self) -> &str;
    /// Whether its parts fit together.
    ///
    /// # Errors
    /// The first thing that does not.
    fn check(&self) -> Result<(), MalformedError>;
}

/// The four roles that the root names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TopRole {
    /// Names everyone's keys.
    Root,
    /// Says which snapshot is the latest.
    Timestamp,
    /// Says which versions belong together.
    Snapshot,
    /// Names targets and delegates.
    Targets,
}

impl TopRole {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Root, Self::Timestamp, Self::Snapshot, Self::Targets];

    /// Its name in metadata and in file names.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::Timestamp => "timestamp",
            Self::Snapshot => "snapshot",
            Self::Targets => "targets",
        }
    }
}

/// Who may sign for a role, and how many of them must.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleKeys {
    /// The keys, each counted once.
    pub keyids: Vec<KeyId>,
    /// How many of them must sign, at least 1.
    pub threshold: u32,
}

impl RoleKeys {
    /// A role that `threshold` of `keys` sign.
    #[must_use]
    pub fn new<'a>(keys: impl IntoIterator<Item = &'a Key>, threshold: u32) -> Self {
        let mut keyids: Vec<KeyId> = keys.into_iter().map(Key::id).collect();
        keyids.sort();
        keyids.dedup();
        Self { keyids, threshold }
    }
}

/// The specification writes instants without fractions of a second.
fn whole_seconds<S: Serializer>(instant: &Instant, serializer: S) -> Result<S::Ok, S::Error> {
    let second = Instant::from_second(instant.as_second()).map_err(serde::ser::Error::custom)?;
    second.serialize(serializer)
}

/// A key whose shape is not known here cannot sign, and must not make the rest unreadable.
fn known_keys<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<KeyId, Key>, D::Error> {
    let keys: BTreeMap<KeyId, Value> = BTreeMap::deserialize(from)?;
    Ok(keys
        .into_iter()
        .filter_map(|(id, key)| Some((id, serde_json::from_value(key).ok()?)))
        .collect())
}
