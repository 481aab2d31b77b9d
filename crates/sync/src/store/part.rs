//! A blob on its way: hashed while it is written, and named only when it is whole.

use std::fs::{self, File};
use std::io::{self, Read, Seek as _, SeekFrom, Write as _};
use std::path::PathBuf;

use motcua_show::release::Sha256Hex;
use ring::digest::{Context, SHA256};

use super::held::Damaged;
use super::places::Places;
use super::{StoreError, digest_hex, gone_is_fine};
use crate::file;

/// How much is read at once while the held part is hashed again.
const PIECE: usize = 256 * 1024;

/// A blob on its way.
pub struct Part {
    places: Places,
    damaged: Damaged,
    hash: Sha256Hex,
    length: u64,
    path: PathBuf,
    file: File,
    held: u64,
    digest: Context,
    validator: Option<String>,
}

/// Why a part did not become a blob.
#[derive(Debug, thiserror::Error)]
pub enum Unfinished {
    /// All bytes are there, and they are not what was signed. The part was dropped.
    #[error("the file {0} came in damaged; it is fetched again")]
    WrongHash(Sha256Hex),
    /// The disk failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Part {
    pub(super) fn open(
        places: Places,
        damaged: Damaged,
        hash: Sha256Hex,
        length: u64,
    ) -> Result<Self, StoreError> {
        let path = places.part(&hash);
        let open = || -> io::Result<File> {
            if let Some(folder) = path.parent()
                && !folder.is_dir()
            {
                fs::create_dir_all(folder)?;
                file::sync_folder(&places.blobs())?;
            }
            File::options()
                .read(true)
                .write(true)
                .create(true)
                .truncate(false)
                .open(&path)
        };
        let file = open().map_err(|cause| StoreError::of_io(&path, cause))?;
        let validator = fs::read_to_string(places.validator(&hash))
            .ok()
            .filter(|tag| is_validator(tag));
        let digest = Context::new(&SHA256);
        let mut part = Self {
            places,
            damaged,
            hash,
            length,
            path,
            file,
            held: 0,
            digest,
            validator,
        };
        part.hash_held().or_else(|_| part.restart())?;
        Ok(part)
    }

    /// The bytes that are held.
    #[must_use]
    pub fn held(&self) -> u64 {
        self.held
    }

    /// The bytes of the whole blob.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.length
    }

    /// What the source called the blob of which this is a part.
    #[must_use]
    pub fn validator(&self) -> Option<&str> {
        self.validator.as_deref()
    }

    /// Drops what is held and begins anew.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn restart(&mut self) -> Result<(), StoreError> {
        self.digest = Context::new(&SHA256);
        self.held = 0;
        let restart = |file: &mut File| {
            file.set_len(0)?;
            file.seek(SeekFrom::Start(0)).map(drop)
        };
        restart(&mut self.file).map_err(|cause| StoreError::of_io(&self.path, cause))
    }

    /// Notes what the source calls the blob. The next round can do without, so a failure is no error.
    pub fn note_validator(&mut self, validator: Option<String>) {
        if self.validator != validator {
            let path = self.places.validator(&self.hash);
            let _ = match &validator {
                Some(validator) => fs::write(path, validator),
                None => gone_is_fine(fs::remove_file(path)),
            };
            self.validator = validator;
        }
    }

    /// Appends bytes.
    ///
    /// # Errors
    /// When the disk is full or fails. A full disk drops the part: what is left of it would keep the
    /// screen from writing anything else, its trust state first of all.
    pub fn append(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        if let Err(cause) = self.file.write_all(bytes) {
            let error = StoreError::of_io(&self.path, cause);
            if error.is_full() {
                self.drop_files();
            }
            return Err(error);
        }
        self.digest.update(bytes);
        self.held += bytes.len() as u64;
        Ok(())
    }

    /// Makes it a blob: fsync, rename, fsync of the folder, if it hashes to its name.
    ///
    /// # Errors
    /// When it does not, or the disk fails.
    pub fn finish(self) -> Result<(), Unfinished> {
        if self.held != self.length || digest_hex(&self.digest.clone().finish()) != self.hash {
            self.drop_files();
            return Err(Unfinished::WrongHash(self.hash));
        }
        let blob = self.places.blob(&self.hash);
        let finish = || {
            self.file.sync_all()?;
            fs::rename(&self.path, &blob)?;
            blob.parent().map_or(Ok(()), file::sync_folder)
        };
        finish().map_err(|cause| StoreError::of_io(&blob, cause))?;
        let _ = fs::remove_file(self.places.validator(&self.hash));
        self.damaged.remove(&self.hash);
        Ok(())
    }

    /// What was held may have been torn by a power cut, so it counts only for what it hashes to.
    fn hash_held(&mut self) -> Result<(), StoreError> {
        let mut piece = vec![0; PIECE];
        loop {
            let read = self
                .file
                .read(&mut piece)
                .map_err(|cause| StoreError::of_io(&self.path, cause))?;
            if read == 0 {
                break;
            }
            self.digest.update(&piece[..read]);
            self.held += read as u64;
        }
        if self.held > self.length {
            self.restart()
        } else {
            Ok(())
        }
    }

    fn drop_files(&self) {
        let _ = fs::remove_file(&self.path);
        let _ = fs::remove_file(self.places.validator(&self.hash));
    }
}

/// Whether this is an ETag, and not what a power cut left of one: it goes into a header.
fn is_validator(written: &str) -> bool {
    let inner = written
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    inner.is_some_and(|inner| {
        inner
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'"')
    })
}
