//! One target: its length, its hashes, and where it lies.

use std::collections::BTreeMap;

use ring::digest::{SHA256, SHA512, digest};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Hashes in lower-case hex by algorithm (`sha256`, `sha512`).
pub type Hashes = BTreeMap<String, String>;

/// One target: what it is, not where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetFile {
    /// Length in bytes.
    pub length: u64,
    /// Its hashes; at least one of a known algorithm, or nothing matches.
    pub hashes: Hashes,
    /// Whatever else the signer says of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom: Option<Value>,
}

impl TargetFile {
    /// Names these bytes by length and SHA-256.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let hashes = Hashes::from([("sha256".to_owned(), hex::encode(digest(&SHA256, bytes)))]);
        Self {
            length: bytes.len() as u64,
            hashes,
            custom: None,
        }
    }

    /// Whether these are the bytes that are named.
    #[must_use]
    pub fn matches(&self, bytes: &[u8]) -> bool {
        self.length == bytes.len() as u64 && hashes_match(&self.hashes, bytes)
    }

    /// The SHA-256 in lower-case hex, where it is named.
    #[must_use]
    pub fn sha256(&self) -> Option<&str> {
        self.hashes.get("sha256").map(String::as_str)
    }

    /// Where the target called `name` lies below `targets/`: with consistent snapshots its
    /// file name starts with its hash.
    ///
    /// `None` when no hash is known, or when the name climbs out of the folder.
    #[must_use]
    pub fn location(&self, name: &str, consistent_snapshot: bool) -> Option<String> {
        if name.is_empty() || name.split('/').any(|part| matches!(part, "." | "..")) {
            return None;
        }
        if !consistent_snapshot {
            return Some(name.to_owned());
        }
        let hash = self
            .hashes
            .get("sha256")
            .or_else(|| self.hashes.get("sha512"))?;
        Some(match name.rsplit_once('/') {
            Some((folder, file)) => format!("{folder}/{hash}.{file}"),
            None => format!("{hash}.{name}"),
        })
    }
}

/// Every hash of a known algorithm must match, and there must be one.
pub(super) fn hashes_match(hashes: &Hashes, bytes: &[u8]) -> bool {
    let known = hashes.iter().filter_map(|(algorithm, expected)| {
        let algorithm = match algorithm.as_str() {
            "sha256" => &SHA256,
            "sha512" => &SHA512,
            _ => return None,
        };
        Some(hex::encode(digest(algorithm, bytes)).eq_ignore_ascii_case(expected))
    });
    known.reduce(|all, one| all && one).unwrap_or(false)
}
