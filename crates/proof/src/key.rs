//! Signatures, all of them ed25519 by ring.

use std::fmt;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use ring::digest::{SHA256, digest};
use ring::signature::{ED25519, UnparsedPublicKey};
use serde::{Deserialize, Serialize};

/// Digits of the fingerprint by which a screen is called.
const ID_DIGITS: usize = 32;

/// A public key, written in base64.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PublicKey(String);

/// A signature, written in base64.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Signature(String);

/// A signature that was not made by the key over these bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature was not made by this key over these bytes")]
pub struct BadSignature;

impl PublicKey {
    /// Of 32 bytes.
    #[must_use]
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Self(BASE64_STANDARD.encode(bytes))
    }

    /// The fingerprint: the first 32 hexadecimal digits of its SHA-256. A screen's is its id.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let mut digits = hex::encode(digest(&SHA256, &self.bytes()));
        digits.truncate(ID_DIGITS);
        digits
    }

    pub(crate) fn check(&self, bytes: &[u8], signature: &Signature) -> Result<(), BadSignature> {
        let signature = BASE64_STANDARD.decode(&signature.0);
        UnparsedPublicKey::new(&ED25519, self.bytes())
            .verify(bytes, &signature.map_err(|_| BadSignature)?)
            .map_err(|_| BadSignature)
    }

    fn bytes(&self) -> Vec<u8> {
        BASE64_STANDARD.decode(&self.0).unwrap_or_default()
    }
}

impl Signature {
    /// Of 64 bytes.
    #[must_use]
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Self(BASE64_STANDARD.encode(bytes))
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
