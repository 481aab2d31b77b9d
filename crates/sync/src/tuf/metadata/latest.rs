//! The two roles that say what is the latest: the timestamp and the snapshot.

use std::collections::BTreeMap;

use jiff::Timestamp as Instant;
use serde::{Deserialize, Serialize};

use super::target::hashes_match;
use super::{Hashes, Metadata, SPEC_VERSION, TargetFile, whole_seconds};
use crate::tuf::error::MalformedError;

/// One metadata file, as a snapshot or a timestamp names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetaFile {
    /// The version of its content.
    pub version: u64,
    /// Its length in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<u64>,
    /// Its hashes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hashes: Option<Hashes>,
}

impl MetaFile {
    /// Names the file with these bytes by version, length and SHA-256.
    #[must_use]
    pub fn of(version: u64, bytes: &[u8]) -> Self {
        let file = TargetFile::of(bytes);
        Self {
            version,
            length: Some(file.length),
            hashes: Some(file.hashes),
        }
    }

    /// Whether these are the bytes that are named, as far as they are.
    #[must_use]
    pub fn matches(&self, bytes: &[u8]) -> bool {
        self.length
            .is_none_or(|length| length == bytes.len() as u64)
            && self
                .hashes
                .as_ref()
                .is_none_or(|hashes| hashes_match(hashes, bytes))
    }
}

/// Says which snapshot is the latest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "_type", rename = "timestamp")]
pub struct Timestamp {
    /// See [`SPEC_VERSION`].
    pub spec_version: String,
    /// Counts up with each timestamp.
    pub version: u64,
    /// When it stops being believed.
    #[serde(serialize_with = "whole_seconds")]
    pub expires: Instant,
    /// Names `snapshot.json` alone.
    pub meta: BTreeMap<String, MetaFile>,
}

impl Timestamp {
    /// A timestamp that names this snapshot.
    #[must_use]
    pub fn new(version: u64, expires: Instant, snapshot: MetaFile) -> Self {
        let meta = BTreeMap::from([("snapshot.json".to_owned(), snapshot)]);
        Self {
            spec_version: SPEC_VERSION.to_owned(),
            version,
            expires,
            meta,
        }
    }

    /// The snapshot that it names.
    #[must_use]
    pub fn snapshot(&self) -> Option<&MetaFile> {
        self.meta.get("snapshot.json")
    }
}

impl Metadata for Timestamp {
    const TYPE: &'static str = "timestamp";
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
        match self.snapshot() {
            Some(_) => Ok(()),
            None => Err(MalformedError::Lacks {
                name: "snapshot.json".to_owned(),
            }),
        }
    }
}

/// Says which versions of all targets roles belong together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "_type", rename = "snapshot")]
pub struct Snapshot {
    /// See [`SPEC_VERSION`].
    pub spec_version: String,
    /// Counts up with each snapshot.
    pub version: u64,
    /// When it stops being believed.
    #[serde(serialize_with = "whole_seconds")]
    pub expires: Instant,
    /// `targets.json` and every delegated role's `<role>.json`.
    pub meta: BTreeMap<String, MetaFile>,
}

impl Snapshot {
    /// A snapshot that names nothing yet.
    #[must_use]
    pub fn new(version: u64, expires: Instant) -> Self {
        Self {
            spec_version: SPEC_VERSION.to_owned(),
            version,
            expires,
            meta: BTreeMap::new(),
        }
    }

    /// Names a version of a targets role.
    #[must_use]
    pub fn with_role(mut self, role: &str, file: MetaFile) -> Self {
        self.meta.insert(format!("{role}.json"), file);
        self
    }

    /// What it names for a targets role.
    #[must_use]
    pub fn role(&self, role: &str) -> Option<&MetaFile> {
        self.meta.get(&format!("{role}.json"))
    }

    /// The targets roles that it names, with their versions. Old repositories list the root
    /// too; its version is the root's own affair.
    pub fn roles(&self) -> impl Iterator<Item = (&str, u64)> {
        self.meta.iter().filter_map(|(file, meta)| {
            let role = file.strip_suffix(".json")?;
            (!matches!(role, "root" | "timestamp" | "snapshot")).then_some((role, meta.version))
        })
    }
}

impl Metadata for Snapshot {
    const TYPE: &'static str = "snapshot";
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
        match self.role("targets") {
            Some(_) => Ok(()),
            None => Err(MalformedError::Lacks {
                name: "targets.json".to_owned(),
            }),
        }
    }
}
