//! Where everything lies in the store, and the small files: pointers and documents.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use motcua_show::release::{Release, Sha256Hex};

use super::{StoreError, gone_is_fine, sha256};
use crate::file;
use crate::source::blob_path;

/// A file that names a release.
#[derive(Debug, Clone, Copy)]
pub(super) enum Pointer {
    /// The release that counts.
    Current,
    /// The one before it, until the current one has been on screen.
    Previous,
}

impl Pointer {
    fn name(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Previous => "previous",
        }
    }
}

/// The folders of a store.
#[derive(Debug, Clone)]
pub(super) struct Places {
    root: Arc<PathBuf>,
}

impl Places {
    /// Makes the folders, and clears away what an interrupted write left.
    pub(super) fn prepare(root: &Path) -> Result<Self, StoreError> {
        let places = Self {
            root: Arc::new(root.to_owned()),
        };
        let prepare = || -> io::Result<()> {
            for folder in ["blobs/sha256", "releases", "documents"] {
                fs::create_dir_all(root.join(folder))?;
                clear_unfinished(&root.join(folder));
            }
            clear_unfinished(root);
            file::sync_folder(&root.join("blobs"))?;
            file::sync_folder(root)
        };
        match prepare() {
            // A full or write-protected disk can be read still, and what it holds is shown.
            Err(_) if root.join("releases").is_dir() => Ok(places),
            result => result
                .map(|()| places)
                .map_err(|cause| StoreError::of_io(root, cause)),
        }
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    pub(super) fn blobs(&self) -> PathBuf {
        self.root.join("blobs/sha256")
    }

    pub(super) fn blob(&self, hash: &Sha256Hex) -> PathBuf {
        self.root.join(blob_path(hash))
    }

    pub(super) fn part(&self, hash: &Sha256Hex) -> PathBuf {
        self.root.join(blob_path(hash) + ".part")
    }

    pub(super) fn validator(&self, hash: &Sha256Hex) -> PathBuf {
        self.root.join(blob_path(hash) + ".etag")
    }

    pub(super) fn release(&self, hash: &Sha256Hex) -> PathBuf {
        self.root.join("releases").join(hash.as_str())
    }

    pub(super) fn document(&self, hash: &Sha256Hex) -> PathBuf {
        self.root.join("documents").join(hash.as_str())
    }

    pub(super) fn lock(&self) -> PathBuf {
        self.root.join("lock")
    }

    pub(super) fn scrub(&self) -> PathBuf {
        self.root.join("scrub")
    }

    /// What a pointer names; none where it is missing or unreadable.
    pub(super) fn read_pointer(&self, pointer: Pointer) -> Option<Sha256Hex> {
        let written = fs::read_to_string(self.root.join(pointer.name())).ok()?;
        written.trim_end().parse().ok()
    }

    pub(super) fn write_pointer(
        &self,
        pointer: Pointer,
        hash: &Sha256Hex,
    ) -> Result<(), StoreError> {
        let path = self.root.join(pointer.name());
        file::write(&path, format!("{hash}\n").as_bytes())
            .map_err(|cause| StoreError::of_io(&path, cause))
    }

    pub(super) fn remove_pointer(&self, pointer: Pointer) -> Result<(), StoreError> {
        let path = self.root.join(pointer.name());
        gone_is_fine(fs::remove_file(&path)).map_err(|cause| StoreError::of_io(&path, cause))
    }

    /// The release whose document has this hash; none where it is missing or damaged.
    pub(super) fn read_release(&self, hash: &Sha256Hex) -> Option<Release> {
        let bytes = fs::read(self.release(hash)).ok()?;
        if sha256(&bytes) == *hash {
            Release::read(&bytes).ok()
        } else {
            None
        }
    }

    /// The latest release that lies there, whole ones before those that lack a file.
    pub(super) fn latest_release(&self) -> Option<(Sha256Hex, Release)> {
        let hashes =
            names_in(&self.root.join("releases")).filter_map(|name| name.parse::<Sha256Hex>().ok());
        let releases =
            hashes.filter_map(|hash| self.read_release(&hash).map(|release| (hash, release)));
        releases
            .max_by_key(|(_, release)| (self.is_whole(release), release.signed_at, release.number))
    }

    /// Whether every file of a release lies there in its length.
    fn is_whole(&self, release: &Release) -> bool {
        release
            .files
            .values()
            .all(|file| self.holds(&file.sha256, file.length))
    }

    /// Whether a blob of this length lies there.
    pub(super) fn holds(&self, hash: &Sha256Hex, length: u64) -> bool {
        self.blob(hash)
            .metadata()
            .is_ok_and(|found| found.is_file() && found.len() == length)
    }

    pub(super) fn remove_blob(&self, hash: &Sha256Hex) -> Result<(), StoreError> {
        for path in [self.blob(hash), self.part(hash), self.validator(hash)] {
            gone_is_fine(fs::remove_file(&path))
                .map_err(|cause| StoreError::of_io(&path, cause))?;
        }
        Ok(())
    }

    /// Removes a blob that does not hash to its name, so that nobody takes it for good after a restart. One
    /// that cannot be removed is found again by whoever hashes it.
    pub(super) fn discard_damaged(&self, hash: &Sha256Hex) {
        let _ = fs::remove_file(self.blob(hash));
    }

    pub(super) fn forget_documents(&self, needed: &BTreeSet<Sha256Hex>) {
        forget(&self.root.join("documents"), needed);
    }

    pub(super) fn forget_releases(&self, needed: &BTreeSet<Sha256Hex>) {
        forget(&self.root.join("releases"), needed);
    }
}

/// The names in a folder; none where it cannot be read.
pub(super) fn names_in(folder: &Path) -> impl Iterator<Item = String> + use<> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().into_string().ok())
}

/// Removes what is not needed. What cannot be removed stays and is tried again the next time.
fn forget(folder: &Path, needed: &BTreeSet<Sha256Hex>) {
    for name in names_in(folder) {
        if name
            .parse::<Sha256Hex>()
            .is_ok_and(|hash| !needed.contains(&hash))
        {
            let _ = fs::remove_file(folder.join(name));
        }
    }
}

/// Removes the temporary files of writes that a power cut or a kill interrupted.
fn clear_unfinished(folder: &Path) {
    for name in names_in(folder).filter(|name| name.ends_with(".new")) {
        let _ = fs::remove_file(folder.join(name));
    }
}
