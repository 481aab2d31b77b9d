//! Metadata on its way to those who sign it away from the server, and back.
//!
//! A bundle is one JSON file. It holds the bytes to be signed exactly as they will be published, every
//! document that they name, and what is published at the time, so that a signer can compare without asking
//! the server. What it says of itself is not believed: documents are checked against the metadata that
//! names them, and signatures count only by the keys that published metadata lists.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::tuf::metadata::{Hashes, Root, Targets};
use crate::tuf::{self, Key, KeyId, MalformedError, SigningKey};

/// The format that this version writes and reads.
pub const FORMAT: u32 = 1;

/// Keys, and how many of them must sign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signers {
    /// How many of the keys must sign; 2 makes an approval by two persons.
    pub threshold: u32,
    /// The public keys.
    pub keys: Vec<Key>,
}

/// Who shall sign, once keys are off the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakeOff {
    /// For the root, which names everyone else.
    pub root: Signers,
    /// For the tree of units and who signs for each.
    pub targets: Signers,
    /// For which screen belongs to which unit.
    pub screens: Signers,
    /// For the releases of the units that `unit` does not name.
    pub units: Signers,
    /// For the releases of single units, by the unit's id.
    #[serde(default)]
    pub unit: BTreeMap<String, Signers>,
}

/// Metadata to be signed, or signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bundle {
    /// The version of this format.
    pub format: u32,
    /// When the server wrote it.
    pub made_at: Timestamp,
    /// One entry a role, in the order in which they must be published.
    pub entries: Vec<Entry>,
}

/// The metadata of one role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The role: `root`, `targets`, `screens`, `unit-<id>`.
    pub role: String,
    /// The version that it will have.
    pub version: u64,
    /// The file to be signed, with the signatures that it has.
    pub metadata: String,
    /// The file that is published; none for a role that is new.
    #[serde(default)]
    pub published: Option<String>,
    /// The documents that the metadata names, by target name, where they differ from the published ones.
    #[serde(default)]
    pub documents: BTreeMap<String, String>,
    /// The documents in whose place they step.
    #[serde(default)]
    pub published_documents: BTreeMap<String, String>,
    /// Whose signatures it needs. A root that names other root keys needs those of both.
    pub signers: Vec<Signers>,
}

/// Why a bundle cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// It is not JSON of this shape.
    #[error("the bundle is not readable: {0}; let the server write it again")]
    Syntax(#[from] serde_json::Error),
    /// It is of a format that this version does not know.
    #[error(
        "the bundle has format {0}, and this version reads format {FORMAT}; use the version that the server has"
    )]
    Format(u32),
    /// The metadata in it is none.
    #[error("the bundle's metadata of {role} is damaged: {source}; let the server write it again")]
    Metadata {
        /// The role.
        role: String,
        /// What is wrong.
        #[source]
        source: MalformedError,
    },
    /// A document is not the one that the metadata names.
    #[error(
        "the bundle shows another {target} than the metadata of {role} names; do not sign it, and find out who changed it"
    )]
    Document {
        /// The role.
        role: String,
        /// The target.
        target: String,
    },
}

impl Bundle {
    /// Reads a bundle and checks that its documents are those that its metadata names.
    ///
    /// # Errors
    /// When it cannot be read, or shows something else than would be signed.
    pub fn read(bytes: &[u8]) -> Result<Self, BundleError> {
        let bundle: Self = serde_json::from_slice(bytes)?;
        if bundle.format != FORMAT {
            return Err(BundleError::Format(bundle.format));
        }
        for entry in &bundle.entries {
            entry.check()?;
        }
        Ok(bundle)
    }

    /// The bundle as a file.
    ///
    /// # Errors
    /// Never for a bundle that was read or made by a server; the encoder's result is typed so.
    pub fn to_bytes(&self) -> Result<Vec<u8>, BundleError> {
        let mut bytes = serde_json::to_vec_pretty(self)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// Signs every entry that waits for `key`; returns their roles.
    ///
    /// # Errors
    /// When the metadata of an entry is damaged.
    pub fn sign(&mut self, key: &SigningKey) -> Result<Vec<String>, BundleError> {
        let mut signed = Vec::new();
        for entry in &mut self.entries {
            if entry.waits_for(&key.id()) {
                let bytes = tuf::add_signature(entry.metadata.as_bytes(), key)
                    .map_err(|source| entry.damaged(source))?;
                entry.metadata = String::from_utf8_lossy(&bytes).into_owned();
                signed.push(entry.role.clone());
            }
        }
        Ok(signed)
    }
}

impl Entry {
    /// Whether a signature by this key counts for it.
    #[must_use]
    pub fn waits_for(&self, key: &KeyId) -> bool {
        let mut keys = self.signers.iter().flat_map(|signers| &signers.keys);
        keys.any(|there| there.id() == *key)
    }

    /// The keys of `signers` that have signed it.
    ///
    /// # Errors
    /// When the metadata is damaged.
    pub fn signed_by(&self, signers: &Signers) -> Result<Vec<KeyId>, BundleError> {
        let role = tuf::metadata::RoleKeys::new(&signers.keys, signers.threshold);
        let keys = signers
            .keys
            .iter()
            .map(|key| (key.id(), key.clone()))
            .collect();
        tuf::signers(self.metadata.as_bytes(), &role, &keys).map_err(|source| self.damaged(source))
    }

    fn check(&self) -> Result<(), BundleError> {
        let damaged = |source| self.damaged(source);
        if self.role == "root" {
            tuf::read::<Root>(self.metadata.as_bytes()).map_err(damaged)?;
            return Ok(());
        }
        let targets: Targets = tuf::read(self.metadata.as_bytes()).map_err(damaged)?;
        for (target, document) in &self.documents {
            let is_named = targets
                .targets
                .get(target)
                .is_some_and(|file| file.matches(document.as_bytes()));
            if !is_named {
                return Err(BundleError::Document {
                    role: self.role.clone(),
                    target: target.clone(),
                });
            }
        }
        let published = self.published_hashes()?;
        for (target, file) in &targets.targets {
            // What is neither shown nor published already would be signed unseen.
            if !self.documents.contains_key(target) && published.get(target) != Some(&file.hashes) {
                return Err(BundleError::Document {
                    role: self.role.clone(),
                    target: target.clone(),
                });
            }
        }
        Ok(())
    }

    fn published_hashes(&self) -> Result<BTreeMap<String, Hashes>, BundleError> {
        let Some(published) = &self.published else {
            return Ok(BTreeMap::new());
        };
        let targets: Targets =
            tuf::read(published.as_bytes()).map_err(|source| self.damaged(source))?;
        let hashes = targets.targets.into_iter();
        Ok(hashes.map(|(target, file)| (target, file.hashes)).collect())
    }

    fn damaged(&self, source: MalformedError) -> BundleError {
        BundleError::Metadata {
            role: self.role.clone(),
            source,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tuf::TargetFile;

    fn entry(key: &SigningKey, shown: &str) -> Entry {
        let expires = "2030-01-01T00:00:00Z".parse().unwrap();
        let targets = Targets::new(2, expires)
            .with_target("units/a/release.json", TargetFile::of(b"{\"number\":2}"));
        let metadata = tuf::sign_metadata(&targets, &[]).unwrap();
        Entry {
            role: "unit-a".into(),
            version: 2,
            metadata: String::from_utf8(metadata).unwrap(),
            published: None,
            documents: [("units/a/release.json".to_owned(), shown.to_owned())].into(),
            published_documents: BTreeMap::new(),
            signers: vec![Signers {
                threshold: 1,
                keys: vec![key.public()],
            }],
        }
    }

    fn bundle(entry: Entry) -> Bundle {
        Bundle {
            format: FORMAT,
            made_at: "2026-01-01T00:00:00Z".parse().unwrap(),
            entries: vec![entry],
        }
    }

    #[test]
    fn only_the_keys_that_count_sign() {
        let (key, other) = (
            SigningKey::generate().unwrap(),
            SigningKey::generate().unwrap(),
        );
        let written = bundle(entry(&key, "{\"number\":2}")).to_bytes().unwrap();
        let mut read = Bundle::read(&written).unwrap();
        assert!(read.sign(&other).unwrap().is_empty());
        assert_eq!(read.sign(&key).unwrap(), ["unit-a"]);
        let entry = &read.entries[0];
        assert_eq!(entry.signed_by(&entry.signers[0]).unwrap(), [key.id()]);
    }

    #[test]
    fn a_bundle_that_shows_something_else_is_refused() {
        let key = SigningKey::generate().unwrap();
        let other = bundle(entry(&key, "{\"number\":3}")).to_bytes().unwrap();
        assert!(matches!(
            Bundle::read(&other),
            Err(BundleError::Document { .. })
        ));
        let mut hidden = entry(&key, "");
        hidden.documents.clear();
        let hidden = bundle(hidden).to_bytes().unwrap();
        assert!(matches!(
            Bundle::read(&hidden),
            Err(BundleError::Document { .. })
        ));
    }
}
