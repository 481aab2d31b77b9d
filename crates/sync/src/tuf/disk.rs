//! The trust folder: small files, each replaced whole or not at all.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::error::TufError;
use crate::file;

#[derive(Debug)]
pub(super) struct Disk {
    dir: PathBuf,
}

impl Disk {
    pub(super) fn new(dir: &Path) -> Self {
        Self {
            dir: dir.to_owned(),
        }
    }

    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    pub(super) fn create(&self) -> Result<(), TufError> {
        let above = self
            .dir
            .parent()
            .filter(|above| !above.as_os_str().is_empty());
        fs::create_dir_all(&self.dir)
            .and_then(|()| above.map_or(Ok(()), file::sync_folder))
            .map_err(|source| self.failed(&self.dir, source))
    }

    /// Takes away what writes that were cut short left behind; a full disk needs the room.
    pub(super) fn sweep(&self) {
        for entry in fs::read_dir(&self.dir).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.extension().is_some_and(|extension| extension == "new") {
                // What cannot be taken away harms nothing.
                let _ = fs::remove_file(path);
            }
        }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.dir.join(name).exists()
    }

    /// The file, or `None` if it is not there or the disk cannot read it: either way its
    /// content is lost.
    pub(super) fn read(&self, name: &str) -> Option<Vec<u8>> {
        let path = self.dir.join(name);
        match fs::read(&path) {
            Ok(bytes) => Some(bytes),
            Err(error) => {
                if error.kind() != io::ErrorKind::NotFound {
                    tracing::warn!(path = %path.display(), %error, "a trust file cannot be read");
                }
                None
            }
        }
    }

    /// Replaces a file, lastingly and whole.
    pub(super) fn write(&self, name: &str, bytes: &[u8]) -> Result<(), TufError> {
        let path = self.dir.join(name);
        file::write(&path, bytes).map_err(|source| self.failed(&path, source))
    }

    pub(super) fn remove(&self, name: &str) -> Result<(), TufError> {
        let path = self.dir.join(name);
        match fs::remove_file(&path) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                Err(self.failed(&path, source))
            }
            _ => Ok(()),
        }
    }

    fn failed(&self, path: &Path, source: io::Error) -> TufError {
        TufError::File {
            path: path.to_owned(),
            source,
        }
    }
}
