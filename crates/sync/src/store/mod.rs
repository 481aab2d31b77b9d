//! The releases on disk: blobs named by what they hash to, and one pointer to the release that counts.
//!
//! ```text
//! blobs/sha256/ab/<hash>        a whole, verified file
//! blobs/sha256/ab/<hash>.part   one on its way; <hash>.etag is what its source called it
//! releases/<hash>               the document of a release
//! documents/<hash>              other targets: the tree of units, the screen's assignment
//! current, previous             the hash of a release
//! scrub                         how far the slow check has come
//! ```
//!
//! A release becomes current by one rename, after everything that it names is whole and lasting on the
//! disk. Whatever goes wrong in between, what was current stays so. The store does not know where bytes
//! come from, and trusts no byte that it did not hash.

mod current;
mod error;
mod held;
mod inventory;
mod part;
mod places;
mod scrub;

use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use motcua_show::release::{Release, Sha256Hex};

pub use error::StoreError;
pub use held::{Held, ReadError};
pub use inventory::{Blob, Inventory};
pub use part::{Part, Unfinished};
pub use scrub::{Checked, Scrub};

use crate::file;
use held::Damaged;
use places::{Places, Pointer};

/// The store of one screen. Clones are the same store.
#[derive(Debug, Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    places: Places,
    damaged: Damaged,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    current: Option<Arc<Held>>,
    /// Releases that somebody holds still: what they name is not collected.
    lent: Vec<Weak<Held>>,
}

/// Keeps every other process from writing into the store while it lives.
#[derive(Debug)]
pub struct StoreLock {
    _file: File,
}

/// A program that this process starts holds its files, and with them a lock just given back, for a moment until it
/// has become another one: what is locked then is tried again, for a fifth of a second.
const LOCK_TRIES: u32 = 20;
const LOCK_PAUSE: Duration = Duration::from_millis(10);

impl Store {
    /// Opens the store in `root`, made if it is not there, and finds the release that counts: `current`; where
    /// that is unreadable `previous`; else the latest whole one that lies there. Needs no network.
    ///
    /// # Errors
    /// When the folder cannot be made or read at all. A damaged store opens.
    pub fn open(root: &Path) -> Result<Self, StoreError> {
        let places = Places::prepare(root)?;
        let inner = Inner {
            places,
            damaged: Damaged::default(),
            state: Mutex::default(),
        };
        let store = Self {
            inner: Arc::new(inner),
        };
        store.find_current();
        Ok(store)
    }

    /// The folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        self.inner.places.root()
    }

    /// The release that counts; none in a store that never had one.
    #[must_use]
    pub fn current(&self) -> Option<Arc<Held>> {
        self.state().current.clone()
    }

    /// Says that the current release is on screen, so that the one before it is needed no longer.
    ///
    /// # Errors
    /// When the pointer to that one cannot be removed.
    pub fn played(&self, release: &Sha256Hex) -> Result<(), StoreError> {
        let state = self.state();
        let is_current = state
            .current
            .as_ref()
            .is_some_and(|held| held.hash() == release);
        if is_current && self.inner.places.read_pointer(Pointer::Current).as_ref() == Some(release)
        {
            self.inner.places.remove_pointer(Pointer::Previous)?;
        }
        Ok(())
    }

    /// Makes a release current, all of whose blobs are held.
    ///
    /// # Errors
    /// When a blob is missing, or the disk is full or fails: what was current stays so then.
    pub fn switch(&self, document: &[u8], release: Release) -> Result<Arc<Held>, StoreError> {
        let hash = sha256(document);
        let held = self.lend(hash.clone(), release);
        if let Some(missing) = held.missing().into_iter().next() {
            return Err(StoreError::NotWhole(missing));
        }
        let places = &self.inner.places;
        file::write(&places.release(&hash), document)
            .map_err(|cause| StoreError::of_io(&places.release(&hash), cause))?;
        let before = places
            .read_pointer(Pointer::Current)
            .filter(|before| *before != hash);
        // While there is a `previous`, `current` has not been on screen, and the earlier one stays the refuge.
        if let Some(before) = before.filter(|_| places.read_pointer(Pointer::Previous).is_none()) {
            places.write_pointer(Pointer::Previous, &before)?;
        }
        places.write_pointer(Pointer::Current, &hash)?;
        self.state().current = Some(held.clone());
        Ok(held)
    }

    /// Looks at the pointer again, which another process may have moved.
    pub fn reload(&self) {
        let known = self.current();
        let pointer = self.inner.places.read_pointer(Pointer::Current);
        if pointer.is_none() || pointer.as_ref() != known.as_ref().map(|held| held.hash()) {
            self.find_current();
        }
    }

    /// Takes the store for writing; none while another process has it.
    ///
    /// # Errors
    /// When the lock file cannot be made.
    pub fn lock(&self) -> Result<Option<StoreLock>, StoreError> {
        let path = self.inner.places.lock();
        let file = File::options()
            .create(true)
            .append(true)
            .open(&path)
            .map_err(|cause| StoreError::of_io(&path, cause))?;
        for _ in 0..LOCK_TRIES {
            match file.try_lock() {
                Ok(()) => return Ok(Some(StoreLock { _file: file })),
                Err(std::fs::TryLockError::WouldBlock) => std::thread::sleep(LOCK_PAUSE),
                Err(std::fs::TryLockError::Error(cause)) => {
                    return Err(StoreError::of_io(&path, cause));
                }
            }
        }
        Ok(None)
    }

    /// A target other than a release that was kept, if it is there and unharmed.
    #[must_use]
    pub fn document(&self, hash: &Sha256Hex) -> Option<Vec<u8>> {
        let kept = [
            self.inner.places.document(hash),
            self.inner.places.release(hash),
        ];
        kept.iter()
            .filter_map(|path| std::fs::read(path).ok())
            .find(|bytes| sha256(bytes) == *hash)
    }

    /// Keeps a target.
    ///
    /// # Errors
    /// When the disk is full or fails.
    pub fn keep_document(&self, bytes: &[u8]) -> Result<(), StoreError> {
        let path = self.inner.places.document(&sha256(bytes));
        file::write(&path, bytes).map_err(|cause| StoreError::of_io(&path, cause))
    }

    /// Forgets the kept targets that are not among `needed`.
    pub fn forget_documents(&self, needed: &BTreeSet<Sha256Hex>) {
        self.inner.places.forget_documents(needed);
    }

    /// Whether everything that a release names lies there in its length and is not known as damaged.
    #[must_use]
    pub fn is_whole(&self, release: &Release) -> bool {
        let is_good = |hash| !self.inner.damaged.contains(hash);
        release
            .files
            .values()
            .all(|file| is_good(&file.sha256) && self.inner.places.holds(&file.sha256, file.length))
    }

    /// Begins or goes on with a blob: what is held of it is hashed again from its first byte.
    ///
    /// # Errors
    /// When the part cannot be read or made.
    pub fn part(&self, hash: &Sha256Hex, length: u64) -> Result<Part, StoreError> {
        Part::open(
            self.inner.places.clone(),
            self.inner.damaged.clone(),
            hash.clone(),
            length,
        )
    }

    /// Removes a blob or a part of one.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn remove_blob(&self, hash: &Sha256Hex) -> Result<(), StoreError> {
        self.inner.places.remove_blob(hash)
    }

    /// Marks a blob as damaged: no release shows it until it was fetched again.
    pub fn mark_damaged(&self, hash: &Sha256Hex) {
        self.inner.damaged.insert(hash.clone());
    }

    /// What lies there.
    ///
    /// # Errors
    /// When the disk cannot be read.
    pub fn inventory(&self) -> Result<Inventory, StoreError> {
        inventory::take(&self.inner.places, &self.inner.damaged, self.referenced())
    }

    /// Bytes that are free where the store lies.
    ///
    /// # Errors
    /// When the system does not say.
    pub fn free_bytes(&self) -> Result<u64, StoreError> {
        inventory::free_bytes(self.root())
    }

    /// Removes the documents of releases that nobody needs: neither pointer, and nobody who holds them.
    pub fn forget_releases(&self) {
        let mut needed: BTreeSet<Sha256Hex> =
            self.lent().iter().map(|held| held.hash().clone()).collect();
        needed.extend(
            [Pointer::Current, Pointer::Previous]
                .iter()
                .filter_map(|pointer| self.inner.places.read_pointer(*pointer)),
        );
        self.inner.places.forget_releases(&needed);
    }

    /// The blobs of every release that counts or is held by somebody.
    fn referenced(&self) -> BTreeSet<Sha256Hex> {
        let previous = self.inner.places.read_pointer(Pointer::Previous);
        let previous = previous.and_then(|hash| self.inner.places.read_release(&hash));
        let lent = self.lent();
        let releases = lent
            .iter()
            .map(|held| &held.release)
            .chain(previous.as_ref());
        releases
            .flat_map(|release| release.files.values().map(|file| file.sha256.clone()))
            .collect()
    }

    fn lent(&self) -> Vec<Arc<Held>> {
        self.state().lent.iter().filter_map(Weak::upgrade).collect()
    }

    fn lend(&self, hash: Sha256Hex, release: Release) -> Arc<Held> {
        let held = Arc::new(Held::new(
            hash,
            release,
            self.inner.places.clone(),
            self.inner.damaged.clone(),
        ));
        let mut state = self.state();
        state.lent.retain(|lent| lent.strong_count() > 0);
        state.lent.push(Arc::downgrade(&held));
        held
    }

    /// The state is whole after each statement that changes it, so a thread that panicked left no harm.
    fn state(&self) -> MutexGuard<'_, State> {
        self.inner
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// The SHA-256 of these bytes.
#[must_use]
pub fn sha256(bytes: &[u8]) -> Sha256Hex {
    digest_hex(&ring::digest::digest(&ring::digest::SHA256, bytes))
}

fn digest_hex(digest: &ring::digest::Digest) -> Sha256Hex {
    let mut bytes = [0; 32];
    // A SHA-256 has 32 bytes.
    bytes.copy_from_slice(digest.as_ref());
    Sha256Hex::of_digest(bytes)
}

/// Whether the path is there; a file that is not is no failure.
fn gone_is_fine(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result,
    }
}
