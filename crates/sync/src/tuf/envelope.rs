//! Signed metadata as it travels: `{"signatures": […], "signed": {…}}`.
//!
//! Invariant: a signature is checked over the canonical form of `signed` as it was parsed, and
//! the typed metadata is read from that same value. What is believed is what was signed.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::canonical::canonical;
use super::error::{MalformedError, TufError};
use super::key::{Key, KeyId};
use super::metadata::{Metadata, RoleKeys};

/// One signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// Who signed.
    pub keyid: KeyId,
    /// The signature in hex.
    pub sig: String,
}

/// A signed value whose signatures nobody has looked at yet.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Envelope {
    pub(super) signatures: Vec<Signature>,
    pub(super) signed: Value,
}

impl Envelope {
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, MalformedError> {
        let envelope: Self = serde_json::from_slice(bytes)?;
        let mut seen = BTreeSet::new();
        for signature in &envelope.signatures {
            if !seen.insert(&signature.keyid) {
                let key = signature.keyid.to_string();
                return Err(MalformedError::DuplicateSignature { key });
            }
        }
        Ok(envelope)
    }

    fn metadata<T: Metadata>(self) -> Result<T, MalformedError> {
        let found = self
            .signed
            .get("_type")
            .and_then(Value::as_str)
            .unwrap_or_default();
        if found != T::TYPE {
            return Err(MalformedError::Type {
                expected: T::TYPE,
                found: found.to_owned(),
            });
        }
        let metadata: T = serde_json::from_value(self.signed)?;
        if !metadata.spec_version().starts_with("1.") {
            let found = metadata.spec_version().to_owned();
            return Err(MalformedError::SpecVersion { found });
        }
        if metadata.version() == 0 {
            return Err(MalformedError::VersionZero);
        }
        metadata.check()?;
        Ok(metadata)
    }

    /// Which of the role's keys signed, each key counted once however often it is listed.
    fn signers(
        &self,
        role: &RoleKeys,
        keys: &BTreeMap<KeyId, Key>,
    ) -> Result<Vec<KeyId>, MalformedError> {
        let message = canonical(&self.signed)?;
        let mut counted = BTreeSet::new();
        let mut signers = Vec::new();
        for signature in &self.signatures {
            if !role.keyids.contains(&signature.keyid) {
                continue;
            }
            let Some(key) = keys.get(&signature.keyid) else {
                continue;
            };
            let valid = key.verifies(&message, &signature.sig);
            if valid && counted.insert(key.bytes()) {
                signers.push(signature.keyid.clone());
            }
        }
        Ok(signers)
    }
}

/// Reads metadata without asking who signed it: for files of one's own.
///
/// # Errors
/// When the bytes are not metadata of this type.
pub fn read<T: Metadata>(bytes: &[u8]) -> Result<T, MalformedError> {
    Envelope::parse(bytes)?.metadata()
}

/// Which of a role's keys have signed these bytes, each counted once.
///
/// # Errors
/// When the bytes are no signed metadata.
pub fn signers(
    bytes: &[u8],
    role: &RoleKeys,
    keys: &BTreeMap<KeyId, Key>,
) -> Result<Vec<KeyId>, MalformedError> {
    Envelope::parse(bytes)?.signers(role, keys)
}

/// Reads metadata that enough of the role's keys have signed. `name` is for the error alone.
///
/// # Errors
/// When the bytes are not metadata of this type or carry too few valid signatures.
pub fn verify<T: Metadata>(
    bytes: &[u8],
    name: &str,
    role: &RoleKeys,
    keys: &BTreeMap<KeyId, Key>,
) -> Result<T, TufError> {
    let malformed = |source| TufError::Malformed {
        role: name.to_owned(),
        source,
    };
    let envelope = Envelope::parse(bytes).map_err(malformed)?;
    let valid = envelope.signers(role, keys).map_err(malformed)?.len();
    if (valid as u64) < u64::from(role.threshold) || role.threshold == 0 {
        let threshold = role.threshold;
        return Err(TufError::TooFewSignatures {
            role: name.to_owned(),
            valid,
            threshold,
        });
    }
    envelope.metadata().map_err(malformed)
}
