//! The targets roles and their delegations.

use std::collections::BTreeMap;

use jiff::Timestamp as Instant;
use serde::{Deserialize, Serialize};

use super::{Metadata, RoleKeys, SPEC_VERSION, TargetFile, TopRole, known_keys, whole_seconds};
use crate::tuf::error::MalformedError;
use crate::tuf::key::{Key, KeyId};
use crate::tuf::quote;

/// A role to which another hands part of its names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DelegatedRole {
    /// Its name, unique in the repository.
    pub name: String,
    /// Who signs for it.
    #[serde(flatten)]
    pub keys: RoleKeys,
    /// Whether the search ends with it and its own delegations.
    #[serde(default)]
    pub terminating: bool,
    /// Patterns of target names; `*`, `?` and `[…]` never match a `/`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paths: Option<Vec<String>>,
    /// Beginnings of the hex SHA-256 of target names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path_hash_prefixes: Option<Vec<String>>,
}

impl DelegatedRole {
    /// A terminating role for the target names that match one of `paths`.
    #[must_use]
    pub fn new(name: &str, keys: RoleKeys, paths: &[&str]) -> Self {
        Self {
            name: name.to_owned(),
            keys,
            terminating: true,
            paths: Some(paths.iter().map(|&path| path.to_owned()).collect()),
            path_hash_prefixes: None,
        }
    }
}

/// The roles to which a targets role hands part of its names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delegations {
    /// Every key that one of the roles uses.
    #[serde(deserialize_with = "known_keys")]
    pub keys: BTreeMap<KeyId, Key>,
    /// In the order in which they are searched.
    pub roles: Vec<DelegatedRole>,
}

/// The targets of one role, top-level or delegated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "_type", rename = "targets")]
pub struct Targets {
    /// See [`SPEC_VERSION`].
    pub spec_version: String,
    /// Counts up with each publication.
    pub version: u64,
    /// When it stops being believed.
    #[serde(serialize_with = "whole_seconds")]
    pub expires: Instant,
    /// By name, relative and with `/`.
    pub targets: BTreeMap<String, TargetFile>,
    /// The roles to which it hands names on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delegations: Option<Delegations>,
}

impl Targets {
    /// A role without targets yet.
    #[must_use]
    pub fn new(version: u64, expires: Instant) -> Self {
        Self {
            spec_version: SPEC_VERSION.to_owned(),
            version,
            expires,
            targets: BTreeMap::new(),
            delegations: None,
        }
    }

    /// Names a target.
    #[must_use]
    pub fn with_target(mut self, name: &str, file: TargetFile) -> Self {
        self.targets.insert(name.to_owned(), file);
        self
    }

    /// Delegates to `role`, signed by its keys, which must be among `keys`. A delegation of
    /// the same name keeps its place in the order.
    #[must_use]
    pub fn with_delegation(mut self, role: DelegatedRole, keys: &[Key]) -> Self {
        let delegations = self.delegations.get_or_insert_default();
        delegations
            .keys
            .extend(keys.iter().map(|key| (key.id(), key.clone())));
        match delegations
            .roles
            .iter_mut()
            .find(|there| there.name == role.name)
        {
            Some(there) => *there = role,
            None => delegations.roles.push(role),
        }
        let roles = &delegations.roles;
        delegations
            .keys
            .retain(|id, _| roles.iter().any(|role| role.keys.keyids.contains(id)));
        self
    }
}

impl Metadata for Targets {
    const TYPE: &'static str = "targets";
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
        for role in self
            .delegations
            .iter()
            .flat_map(|delegations| &delegations.roles)
        {
            let name = || role.name.clone();
            if role.keys.threshold == 0 {
                return Err(MalformedError::ThresholdZero { role: name() });
            }
            if role.paths.is_some() == role.path_hash_prefixes.is_some() {
                return Err(MalformedError::Paths { role: name() });
            }
            let top = TopRole::ALL.iter().any(|top| top.name() == role.name);
            if top || role.name.is_empty() || quote::file_name(&role.name).is_none() {
                return Err(MalformedError::RoleName { role: name() });
            }
        }
        Ok(())
    }
}
