//! Metadata on its way to those who sign it away from the server, and back.
//!
//! A bundle is one JSON file. It holds the bytes to be signed exactly as they will be published, every
//! document that they name, and what is published at the time, so that a signer can compare without asking
//! the server. What it says of itself is not believed: documents are checked against the metadata that
//! names them, and what it says is published counts only where the key that is about to sign has signed it.

mod check;
#[cfg(test)]
mod hostile;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::tuf::metadata::{Metadata, RoleKeys, Root, TargetFile, Targets};
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
    /// Every document that the metadata names, by target name.
    #[serde(default)]
    pub documents: BTreeMap<String, String>,
    /// The documents in whose place they step, where these differ.
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
    /// A document is not the one that the metadata names, or is not there.
    #[error(
        "the bundle shows another {target} than the metadata of {role} names, or none; do not sign it, and find out who changed it"
    )]
    Document {
        /// The role.
        role: String,
        /// The target.
        target: String,
    },
    /// It says that nobody has to sign.
    #[error(
        "the bundle names nobody who has to sign {role}; do not sign it, and find out who changed it"
    )]
    NoSigners {
        /// The role.
        role: String,
    },
    /// Metadata of another role, or of a role twice.
    #[error(
        "the metadata that the bundle shows for {role:?} cannot be that role's; do not sign it, and find out who changed it"
    )]
    Role {
        /// The role.
        role: String,
    },
    /// Another version than the entry says.
    #[error(
        "the bundle says version {said} of {role}, but would have version {found} signed; do not sign it, and find out who changed it"
    )]
    Version {
        /// The role.
        role: String,
        /// What the entry says.
        said: u64,
        /// What the metadata says.
        found: u64,
    },
    /// A key under another key's id.
    #[error(
        "the metadata of {role} lists under the id {key} another key; do not sign it, and find out who changed it"
    )]
    Key {
        /// The role.
        role: String,
        /// The id.
        key: KeyId,
    },
    /// Fields that reading drops.
    #[error(
        "the metadata of {role} says more than this version can show; use the version that the server has, and sign nothing before"
    )]
    Unknown {
        /// The role.
        role: String,
    },
}

impl Bundle {
    /// Reads a bundle and checks that everything that would be signed can be shown: all documents are there
    /// and are those that the metadata names, keys have their own ids, and roles are what they say.
    ///
    /// # Errors
    /// When it cannot be read, or shows something else than would be signed.
    pub fn read(bytes: &[u8]) -> Result<Self, BundleError> {
        let bundle: Self = serde_json::from_slice(bytes)?;
        if bundle.format != FORMAT {
            return Err(BundleError::Format(bundle.format));
        }
        bundle.check()?;
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

    /// What is published in this role, as far as `key` itself has signed it. Whom the bundle lists as signers
    /// says nothing: whoever wrote the bundle wrote that list as well.
    #[must_use]
    pub fn published_by(&self, key: &Key) -> Option<&str> {
        let published = self.published.as_deref()?;
        let role = RoleKeys::new([key], 1);
        let keys = BTreeMap::from([(key.id(), key.clone())]);
        let signed = tuf::signers(published.as_bytes(), &role, &keys).ok()?;
        let is_own = match self.role.as_str() {
            "root" => tuf::read::<Root>(published.as_bytes()).is_ok(),
            // The same key signs for several roles, and the metadata of one must not pass for another's.
            _ => tuf::read::<Targets>(published.as_bytes())
                .is_ok_and(|targets| self.check_role(&targets).is_ok()),
        };
        (is_own && signed.contains(&key.id())).then_some(published)
    }

    /// When the metadata stops being believed.
    ///
    /// # Errors
    /// When the metadata is damaged.
    pub fn expires(&self) -> Result<Timestamp, BundleError> {
        let bytes = self.metadata.as_bytes();
        let expires = match self.role.as_str() {
            "root" => tuf::read::<Root>(bytes).map(|root| root.expires()),
            _ => tuf::read::<Targets>(bytes).map(|targets| targets.expires()),
        };
        expires.map_err(|source| self.damaged(source))
    }

    /// The SHA-256 of what is signed, the same whoever has signed it already.
    ///
    /// # Errors
    /// When the metadata is damaged.
    pub fn digest(&self) -> Result<String, BundleError> {
        let envelope: serde_json::Value = serde_json::from_str(&self.metadata)?;
        let signed = envelope.get("signed").unwrap_or(&serde_json::Value::Null);
        let bytes = tuf::canonical(signed).map_err(|source| self.damaged(source.into()))?;
        Ok(TargetFile::of(&bytes)
            .sha256()
            .unwrap_or_default()
            .to_owned())
    }

    fn damaged(&self, source: MalformedError) -> BundleError {
        BundleError::Metadata {
            role: self.role.clone(),
            source,
        }
    }
}
