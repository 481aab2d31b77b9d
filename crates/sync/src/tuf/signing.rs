//! Private keys and the making of signed metadata. Our own keys are always ed25519.

use std::fmt;

use ring::rand::{SecureRandom, SystemRandom};
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde::Serialize;
use spki::der::pem::{self, LineEnding};

use super::canonical::canonical;
use super::envelope::{Envelope, Signature};
use super::error::MalformedError;
use super::key::{Key, KeyId};

/// What stands before the 32 secret bytes in the PKCS#8 form of an ed25519 key (RFC 8410).
const PKCS8_HEAD: [u8; 16] = [
    0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20,
];

/// Why a private key cannot be made or read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The system gave no random bytes.
    #[error("the system gives no random bytes")]
    Random,
    /// Not a private key in PEM.
    #[error("this is not a private ed25519 key (PKCS#8 in PEM); make one with `motcua keys new`")]
    NotAKey,
}

/// A private ed25519 key.
pub struct SigningKey {
    pair: Ed25519KeyPair,
    pkcs8: Vec<u8>,
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SigningKey").field(&self.id()).finish()
    }
}

impl SigningKey {
    /// A key that nobody else has.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn generate() -> Result<Self, KeyError> {
        let mut pkcs8 = PKCS8_HEAD.to_vec();
        let mut secret = [0; 32];
        SystemRandom::new()
            .fill(&mut secret)
            .map_err(|_| KeyError::Random)?;
        pkcs8.extend_from_slice(&secret);
        Self::from_pkcs8(pkcs8)
    }

    /// Reads a key as `openssl genpkey -algorithm ed25519` writes it.
    ///
    /// # Errors
    /// When it is not one.
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        let decoded = pem::decode_vec(text.trim().as_bytes()).map_err(|_| KeyError::NotAKey)?;
        let ("PRIVATE KEY", der) = decoded else {
            return Err(KeyError::NotAKey);
        };
        Self::from_pkcs8(der)
    }

    fn from_pkcs8(pkcs8: Vec<u8>) -> Result<Self, KeyError> {
        // "Maybe unchecked": the plain form carries no public key to check against.
        let pair =
            Ed25519KeyPair::from_pkcs8_maybe_unchecked(&pkcs8).map_err(|_| KeyError::NotAKey)?;
        Ok(Self { pair, pkcs8 })
    }

    /// The key as PKCS#8 in PEM. Whoever has this text can sign.
    ///
    /// # Errors
    /// Never for a key that was read or made; the encoder's result is typed so.
    pub fn to_pem(&self) -> Result<String, KeyError> {
        pem::encode_string("PRIVATE KEY", LineEnding::LF, &self.pkcs8)
            .map_err(|_| KeyError::NotAKey)
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> Key {
        Key::ed25519(self.pair.public_key().as_ref())
    }

    /// The name of the public half.
    #[must_use]
    pub fn id(&self) -> KeyId {
        self.public().id()
    }

    /// Signs these very bytes.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Signature {
        Signature {
            keyid: self.id(),
            sig: hex::encode(self.pair.sign(message)),
        }
    }
}

/// The whole file of a role, signed: the same metadata and keys always give the same bytes.
///
/// # Errors
/// When the metadata has no canonical form.
pub fn sign_metadata(
    metadata: &impl Serialize,
    keys: &[&SigningKey],
) -> Result<Vec<u8>, MalformedError> {
    let mut envelope = Envelope {
        signatures: Vec::new(),
        signed: serde_json::to_value(metadata)?,
    };
    for key in keys {
        envelope.add(key)?;
    }
    envelope.to_bytes()
}

/// The same file with one signature more. Signing twice with one key changes nothing.
///
/// # Errors
/// When the bytes are no signed metadata.
pub fn add_signature(bytes: &[u8], key: &SigningKey) -> Result<Vec<u8>, MalformedError> {
    let mut envelope = Envelope::parse(bytes)?;
    envelope.add(key)?;
    envelope.to_bytes()
}

impl Envelope {
    fn add(&mut self, key: &SigningKey) -> Result<(), MalformedError> {
        let signature = key.sign(&canonical(&self.signed)?);
        self.signatures
            .retain(|there| there.keyid != signature.keyid);
        self.signatures.push(signature);
        self.signatures.sort_by(|a, b| a.keyid.cmp(&b.keyid));
        Ok(())
    }

    fn to_bytes(&self) -> Result<Vec<u8>, MalformedError> {
        let mut bytes = serde_json::to_vec(self)?;
        bytes.push(b'\n');
        Ok(bytes)
    }
}
