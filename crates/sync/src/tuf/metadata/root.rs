//! The root of trust: everyone's keys.

use std::collections::BTreeMap;

use jiff::Timestamp as Instant;
use serde::{Deserialize, Serialize};

use super::{Metadata, RoleKeys, SPEC_VERSION, TopRole, known_keys, whole_seconds};
use crate::tuf::error::MalformedError;
use crate::tuf::key::{Key, KeyId};

/// The root of trust.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "_type", rename = "root")]
pub struct Root {
    /// See [`SPEC_VERSION`].
    pub spec_version: String,
    /// Counts up by one with each root.
    pub version: u64,
    /// When it stops being believed.
    #[serde(serialize_with = "whole_seconds")]
    pub expires: Instant,
    /// Whether file names carry versions and hashes. Always so in what we write.
    #[serde(default)]
    pub consistent_snapshot: bool,
    /// Every key that a top-level role uses.
    #[serde(deserialize_with = "known_keys")]
    pub keys: BTreeMap<KeyId, Key>,
    /// Who signs what, by [`TopRole::name`].
    pub roles: BTreeMap<String, RoleKeys>,
}

impl Root {
    /// A root without keys yet.
    #[must_use]
    pub fn new(version: u64, expires: Instant) -> Self {
        Self {
            spec_version: SPEC_VERSION.to_owned(),
            version,
            expires,
            consistent_snapshot: true,
            keys: BTreeMap::new(),
            roles: BTreeMap::new(),
        }
    }

    /// Lets `threshold` of `keys` sign for `role`, in place of who did before. Keys that no
    /// role uses any more are dropped.
    #[must_use]
    pub fn with_role(mut self, role: TopRole, keys: &[Key], threshold: u32) -> Self {
        self.roles
            .insert(role.name().to_owned(), RoleKeys::new(keys, threshold));
        self.keys
            .extend(keys.iter().map(|key| (key.id(), key.clone())));
        let roles = &self.roles;
        self.keys
            .retain(|id, _| roles.values().any(|role| role.keyids.contains(id)));
        self
    }

    /// Who signs for `role`.
    #[must_use]
    pub fn role(&self, role: TopRole) -> Option<&RoleKeys> {
        self.roles.get(role.name())
    }
}

impl Metadata for Root {
    const TYPE: &'static str = "root";
    fn version(&self) -> u64 {
        self.version
    }
    fn expires(&self) -> Instant {
        self.expires
    }
    fn spec_version(&self) -> &str {
        &self.spec_version
    }
    fn check(&self) -> Result<(), MalformedError> {
        for role in TopRole::ALL {
            let name = role.name().to_owned();
            match self.role(role) {
                None => return Err(MalformedError::Lacks { name }),
                Some(keys) if keys.threshold == 0 => {
                    return Err(MalformedError::ThresholdZero { role: name });
                }
                Some(_) => {}
            }
        }
        Ok(())
    }
}
