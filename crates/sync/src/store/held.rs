//! A release that is held, as the player reads it.

use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use motcua_show::release::{Release, ReleasePath, Sha256Hex};

use super::places::Places;
use super::sha256;
use crate::api::ReleaseRef;

/// The blobs that are known as damaged or missing, shared by the store and all who read from it.
#[derive(Debug, Clone, Default)]
pub(super) struct Damaged(Arc<RwLock<BTreeSet<Sha256Hex>>>);

impl Damaged {
    pub(super) fn contains(&self, hash: &Sha256Hex) -> bool {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .contains(hash)
    }

    pub(super) fn insert(&self, hash: Sha256Hex) {
        self.0
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(hash);
    }

    pub(super) fn remove(&self, hash: &Sha256Hex) {
        self.0
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(hash);
    }
}

/// A release that is held. While it lives, nothing that it names is collected.
#[derive(Debug)]
pub struct Held {
    /// The release.
    pub release: Release,
    hash: Sha256Hex,
    places: Places,
    damaged: Damaged,
}

/// Why a file of a held release cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The release names no such file.
    #[error("{path} is not a file of release {number} of {unit}; publish the show again")]
    NotInRelease {
        /// The file.
        path: ReleasePath,
        /// The release's unit.
        unit: String,
        /// The release's number.
        number: u64,
    },
    /// The file on disk is not what was signed.
    #[error("{path} is damaged on the disk and kept off screen until it was fetched again")]
    Damaged {
        /// The file.
        path: ReleasePath,
    },
    /// The file cannot be read.
    #[error(
        "{path} cannot be read ({cause}) and is kept off screen until it was fetched again; check the disk"
    )]
    Io {
        /// The file.
        path: ReleasePath,
        /// What the system said.
        #[source]
        cause: io::Error,
    },
}

impl Held {
    pub(super) fn new(hash: Sha256Hex, release: Release, places: Places, damaged: Damaged) -> Self {
        Self {
            release,
            hash,
            places,
            damaged,
        }
    }

    /// What the release's document hashes to, which names it.
    #[must_use]
    pub fn hash(&self) -> &Sha256Hex {
        &self.hash
    }

    /// Which release it is, for the server.
    #[must_use]
    pub fn reference(&self) -> ReleaseRef {
        ReleaseRef {
            unit: self.release.unit.clone(),
            number: self.release.number,
            sha256: self.hash.clone(),
        }
    }

    /// Where a file lies; none where the release names no such file, or it is known as damaged or missing.
    ///
    /// The name on disk is the hash: what kind of file it is says the [`ReleasePath`] alone.
    #[must_use]
    pub fn path_of(&self, path: &ReleasePath) -> Option<PathBuf> {
        let file = self.release.files.get(path)?;
        let is_good = !self.damaged.contains(&file.sha256);
        is_good.then(|| self.places.blob(&file.sha256))
    }

    /// Reads a file whole and checks it against the signed hash. One that does not match is damaged from then
    /// on, and the worker fetches it again.
    ///
    /// # Errors
    /// When the release names no such file, or it is damaged or cannot be read.
    pub fn read(&self, path: &ReleasePath) -> Result<Vec<u8>, ReadError> {
        let file = self
            .release
            .files
            .get(path)
            .ok_or_else(|| ReadError::NotInRelease {
                path: path.clone(),
                unit: self.release.unit.to_string(),
                number: self.release.number,
            })?;
        if self.damaged.contains(&file.sha256) {
            return Err(ReadError::Damaged { path: path.clone() });
        }
        let bytes = match std::fs::read(self.places.blob(&file.sha256)) {
            Ok(bytes) if sha256(&bytes) == file.sha256 => return Ok(bytes),
            bytes => bytes,
        };
        self.damaged.insert(file.sha256.clone());
        match bytes {
            Ok(_) => {
                self.places.discard_damaged(&file.sha256);
                Err(ReadError::Damaged { path: path.clone() })
            }
            Err(cause) => Err(ReadError::Io {
                path: path.clone(),
                cause,
            }),
        }
    }

    /// The files of a folder such as `procedures/` and of those below it, by name.
    pub fn files_below<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = &'a ReleasePath> {
        let folder = folder.trim_end_matches('/');
        self.release.files.keys().filter(move |path| {
            folder.is_empty()
                || path
                    .as_str()
                    .strip_prefix(folder)
                    .is_some_and(|rest| rest.starts_with('/'))
        })
    }

    /// The files that are kept off screen because they are damaged or missing.
    #[must_use]
    pub fn damaged(&self) -> Vec<ReleasePath> {
        let files = self.release.files.iter();
        files
            .filter(|(_, file)| self.damaged.contains(&file.sha256))
            .map(|(path, _)| path.clone())
            .collect()
    }

    /// The files that a blob is, for a message.
    #[must_use]
    pub fn files_of(&self, hash: &Sha256Hex) -> Vec<ReleasePath> {
        let files = self.release.files.iter();
        files
            .filter(|(_, file)| file.sha256 == *hash)
            .map(|(path, _)| path.clone())
            .collect()
    }

    /// The blobs that do not lie there in their length.
    pub(super) fn missing(&self) -> BTreeSet<Sha256Hex> {
        let files = self.release.files.values();
        files
            .filter(|file| {
                !self.places.holds(&file.sha256, file.length) || self.damaged.contains(&file.sha256)
            })
            .map(|file| file.sha256.clone())
            .collect()
    }
}
