//! Who a paired screen is: its key, its token and the server that it belongs to.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde::{Deserialize, Serialize};

use crate::file;

/// Where it lies in the folder of a screen's state.
const FILE: &str = "identity.json";

/// Digits of a screen's id.
const ID_DIGITS: usize = 32;

/// A screen's own ed25519 key.
pub struct ScreenKey {
    pkcs8: Vec<u8>,
    pair: Ed25519KeyPair,
}

/// A key that cannot be made or read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the screen's key cannot be used")]
pub struct BadKey;

impl ScreenKey {
    /// Makes a key.
    ///
    /// # Errors
    /// When the machine gives no random numbers.
    pub fn generate() -> Result<Self, BadKey> {
        let pkcs8 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).map_err(|_| BadKey)?;
        Self::from_pkcs8(pkcs8.as_ref())
    }

    fn from_pkcs8(pkcs8: &[u8]) -> Result<Self, BadKey> {
        let pair = Ed25519KeyPair::from_pkcs8(pkcs8).map_err(|_| BadKey)?;
        Ok(Self {
            pkcs8: pkcs8.to_owned(),
            pair,
        })
    }

    /// The public key, 32 bytes.
    #[must_use]
    pub fn public_key(&self) -> &[u8] {
        self.pair.public_key().as_ref()
    }

    /// The ed25519 signature over `bytes`.
    #[must_use]
    pub fn sign(&self, bytes: &[u8]) -> Vec<u8> {
        self.pair.sign(bytes).as_ref().to_owned()
    }
}

impl fmt::Debug for ScreenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The private half never gets into a log.
        write!(f, "ScreenKey({})", screen_id(self.public_key()))
    }
}

/// The id of the screen with this public key: the first 32 hexadecimal digits of its SHA-256.
#[must_use]
pub fn screen_id(public_key: &[u8]) -> String {
    let mut digits = hex::encode(digest(&SHA256, public_key));
    digits.truncate(ID_DIGITS);
    digits
}

/// Who a paired screen is.
#[derive(Debug)]
pub struct Identity {
    /// Its id.
    pub screen: String,
    /// What it is called.
    pub name: String,
    /// The name of the unit that took it.
    pub unit: String,
    /// The address of its server, such as `https://motcua.example:8443`.
    pub server: String,
    /// What it shows the server.
    pub token: String,
    /// The server's certificate authority as PEM; none where the machine's own count.
    pub ca: Option<String>,
    /// Its key.
    pub key: ScreenKey,
}

/// Why an identity cannot be read or kept.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// The file cannot be read or written.
    #[error(
        "{file}: the screen's identity cannot be read or kept: {source}; see that the disk is in order"
    )]
    Io {
        /// The file.
        file: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is damaged.
    #[error("{0}: the screen's identity is damaged; remove the folder and pair the screen again")]
    Damaged(PathBuf),
}

#[derive(Serialize, Deserialize)]
struct Written {
    screen: String,
    name: String,
    unit: String,
    server: String,
    token: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ca: Option<String>,
    key: String,
}

impl Identity {
    /// Reads the identity of the screen whose state lies in `folder`; none where it was never paired.
    ///
    /// # Errors
    /// When there is one and it cannot be used: a paired screen is never taken for an unpaired one.
    pub fn load(folder: &Path) -> Result<Option<Self>, IdentityError> {
        let file = folder.join(FILE);
        let bytes = match std::fs::read(&file) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(IdentityError::Io { file, source }),
        };
        let read = || -> Option<Self> {
            let written: Written = serde_json::from_slice(&bytes).ok()?;
            let key = BASE64_STANDARD.decode(&written.key).ok()?;
            Some(Self {
                screen: written.screen,
                name: written.name,
                unit: written.unit,
                server: written.server,
                token: written.token,
                ca: written.ca,
                key: ScreenKey::from_pkcs8(&key).ok()?,
            })
        };
        read().map(Some).ok_or(IdentityError::Damaged(file))
    }

    /// Keeps the identity in `folder`, readable by its owner only.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn save(&self, folder: &Path) -> Result<(), IdentityError> {
        let written = Written {
            screen: self.screen.clone(),
            name: self.name.clone(),
            unit: self.unit.clone(),
            server: self.server.clone(),
            token: self.token.clone(),
            ca: self.ca.clone(),
            key: BASE64_STANDARD.encode(&self.key.pkcs8),
        };
        let file = folder.join(FILE);
        let bytes = serde_json::to_vec_pretty(&written).map_err(io::Error::from);
        bytes
            .and_then(|bytes| {
                std::fs::create_dir_all(folder)?;
                file::write_private(&file, &bytes)
            })
            .map_err(|source| IdentityError::Io { file, source })
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn an_identity_is_kept_and_read() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Identity::load(folder.path()).unwrap().is_none());
        let key = ScreenKey::generate().unwrap();
        let identity = Identity {
            screen: screen_id(key.public_key()),
            name: "Sảnh".into(),
            unit: "Phường Phú Lợi".into(),
            server: "https://localhost:8443".into(),
            token: "t".into(),
            ca: None,
            key,
        };
        identity.save(folder.path()).unwrap();
        let read = Identity::load(folder.path()).unwrap().unwrap();
        assert_eq!(read.screen, identity.screen);
        assert_eq!(read.key.sign(b"x"), identity.key.sign(b"x"));
        let file = folder.path().join(FILE);
        assert_eq!(
            std::fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o600
        );

        std::fs::write(&file, b"{").unwrap();
        assert!(matches!(
            Identity::load(folder.path()),
            Err(IdentityError::Damaged(_))
        ));
    }
}
