//! Public keys and the check of one signature. All cryptography is ring's.

use std::fmt;

use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, RSA_PSS_2048_8192_SHA256, UnparsedPublicKey,
    VerificationAlgorithm,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use spki::der::{Decode, pem};

use super::canonical::canonical;

/// Names a key: for our own the hex SHA-256 of its canonical form, for others whatever the
/// signed metadata calls it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyId(String);

impl KeyId {
    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for KeyId {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A public key as metadata spells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// `ed25519`, `ecdsa`, `ecdsa-sha2-nistp256` or `rsa`.
    pub keytype: String,
    /// `ed25519`, `ecdsa-sha2-nistp256` or `rsassa-pss-sha256`.
    pub scheme: String,
    /// The key itself.
    pub keyval: KeyVal,
}

/// The public part of a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyVal {
    /// Hex for ed25519, PEM for RSA, either for ECDSA.
    pub public: String,
}

impl Key {
    /// An ed25519 key of 32 bytes.
    #[must_use]
    pub fn ed25519(public: &[u8]) -> Self {
        Self {
            keytype: "ed25519".to_owned(),
            scheme: "ed25519".to_owned(),
            keyval: KeyVal {
                public: hex::encode(public),
            },
        }
    }

    /// Its name: the SHA-256 of its canonical form.
    #[must_use]
    pub fn id(&self) -> KeyId {
        let value = json!({
            "keytype": self.keytype,
            "keyval": { "public": self.keyval.public },
            "scheme": self.scheme,
        });
        // A value of texts alone always has a canonical form.
        let bytes = canonical(&value).unwrap_or_default();
        KeyId(hex::encode(ring::digest::digest(
            &ring::digest::SHA256,
            &bytes,
        )))
    }

    /// Whether `signature` (hex) is this key's over `message`. A key or signature that cannot
    /// be read is one that does not fit.
    #[must_use]
    pub fn verifies(&self, message: &[u8], signature: &str) -> bool {
        let (Some(material), Ok(signature)) = (self.material(), hex::decode(signature)) else {
            return false;
        };
        UnparsedPublicKey::new(material.algorithm, material.bytes)
            .verify(message, &signature)
            .is_ok()
    }

    /// The key's own bytes, the same for every spelling of one key.
    pub(super) fn bytes(&self) -> Option<Vec<u8>> {
        self.material().map(|material| material.bytes)
    }

    fn material(&self) -> Option<Material> {
        let public = self.keyval.public.as_str();
        let (algorithm, bytes): (&'static dyn VerificationAlgorithm, _) =
            match (self.keytype.as_str(), self.scheme.as_str()) {
                ("ed25519", "ed25519") => (&ED25519, hex::decode(public).ok()?),
                ("ecdsa" | "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256") => {
                    let point = from_pem(public).or_else(|| hex::decode(public).ok())?;
                    (&ECDSA_P256_SHA256_ASN1, point)
                }
                ("rsa", "rsassa-pss-sha256") => (&RSA_PSS_2048_8192_SHA256, from_pem(public)?),
                _ => return None,
            };
        Some(Material { algorithm, bytes })
    }
}

struct Material {
    algorithm: &'static dyn VerificationAlgorithm,
    bytes: Vec<u8>,
}

/// The key inside a PEM "PUBLIC KEY": for RSA the PKCS#1 structure, for ECDSA the point.
fn from_pem(text: &str) -> Option<Vec<u8>> {
    let (label, der) = pem::decode_vec(text.trim().as_bytes()).ok()?;
    if label != "PUBLIC KEY" {
        return None;
    }
    let info = spki::SubjectPublicKeyInfoRef::from_der(&der).ok()?;
    Some(info.subject_public_key.raw_bytes().to_vec())
}
