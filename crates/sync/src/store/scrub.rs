//! The slow check in the background that finds flipped bits: it hashes a little of the current release at a
//! time, remembers how far it came, and marks what is damaged.

use std::fs::File;
use std::io::{self, Read as _};

use motcua_show::release::Sha256Hex;
use ring::digest::{Context, SHA256};
use rustix::fs::{Advice, fadvise};

use super::{Store, StoreError, digest_hex};
use crate::file;

/// How much is read at once.
const PIECE: usize = 256 * 1024;

/// After how many checked bytes the place is written down: rarely, to spare the disk.
const BYTES_BETWEEN_NOTES: u64 = 64 * 1024 * 1024;

/// A slow check under way.
pub struct Scrub {
    store: Store,
    /// The blob that was checked last; blobs are checked in the order of their hashes.
    last: Option<Sha256Hex>,
    open: Option<OpenBlob>,
    since_note: u64,
}

struct OpenBlob {
    hash: Sha256Hex,
    file: File,
    digest: Context,
}

/// What a slice of the check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Checked {
    /// Nothing is wrong so far, and there is more to check.
    Good,
    /// This blob is not what was signed; it is kept off screen from now on.
    Damaged(Sha256Hex),
    /// The whole release was checked, or there is none. The next slice begins anew.
    All,
}

impl Scrub {
    /// Goes on where the check of this store was left.
    #[must_use]
    pub fn new(store: Store) -> Self {
        let written = std::fs::read_to_string(store.inner.places.scrub()).ok();
        let last = written.and_then(|written| written.trim_end().parse().ok());
        Self {
            store,
            last,
            open: None,
            since_note: 0,
        }
    }

    /// Checks at most about `bytes` bytes.
    pub fn slice(&mut self, bytes: u64) -> Checked {
        let mut left = bytes;
        while left > 0 {
            if self.open.is_none() && !self.open_next(&mut left) {
                return self.begin_anew();
            }
            let Some(open) = &mut self.open else { continue };
            match read_some(open, left) {
                Ok(0) => {
                    if let Some(damaged) = self.close() {
                        return Checked::Damaged(damaged);
                    }
                }
                Ok(read) => {
                    left = left.saturating_sub(read);
                    self.since_note += read;
                }
                Err(_) => {
                    let hash = open.hash.clone();
                    self.open = None;
                    self.last = Some(hash.clone());
                    self.store.mark_damaged(&hash);
                    return Checked::Damaged(hash);
                }
            }
        }
        Checked::Good
    }

    /// Opens the next blob of the current release; false after the last one. What cannot be opened is missing,
    /// which every round finds by itself.
    fn open_next(&mut self, left: &mut u64) -> bool {
        let Some(held) = self.store.current() else {
            return false;
        };
        let blobs: std::collections::BTreeSet<_> = held
            .release
            .files
            .values()
            .map(|file| &file.sha256)
            .collect();
        let after = |hash: &&&Sha256Hex| self.last.as_ref().is_none_or(|last| **hash > last);
        let Some(hash) = blobs.iter().find(after).map(|hash| (*hash).clone()) else {
            return false;
        };
        // A release of nothing but empty or missing files must end, too.
        *left = left.saturating_sub(1);
        self.last = Some(hash.clone());
        if self.store.inner.damaged.contains(&hash) {
            return true;
        }
        match File::open(self.store.inner.places.blob(&hash)) {
            Ok(file) => {
                // Else the bytes in memory were checked, not those on the disk. Where it cannot be asked for,
                // the check is worth less and still right.
                let _ = fadvise(&file, 0, None, Advice::DontNeed);
                self.open = Some(OpenBlob {
                    hash,
                    file,
                    digest: Context::new(&SHA256),
                });
            }
            Err(_) => self.store.mark_damaged(&hash),
        }
        true
    }

    fn close(&mut self) -> Option<Sha256Hex> {
        let open = self.open.take()?;
        let _ = fadvise(&open.file, 0, None, Advice::DontNeed);
        if self.since_note >= BYTES_BETWEEN_NOTES {
            // A place that cannot be written down costs a longer check after the next start.
            let _ = self.note();
        }
        if digest_hex(&open.digest.finish()) == open.hash {
            return None;
        }
        self.store.mark_damaged(&open.hash);
        self.store.inner.places.discard_damaged(&open.hash);
        Some(open.hash)
    }

    fn begin_anew(&mut self) -> Checked {
        self.last = None;
        let _ = super::gone_is_fine(std::fs::remove_file(self.store.inner.places.scrub()));
        Checked::All
    }

    fn note(&mut self) -> Result<(), StoreError> {
        self.since_note = 0;
        let path = self.store.inner.places.scrub();
        let Some(last) = &self.last else {
            return Ok(());
        };
        file::write(&path, format!("{last}\n").as_bytes())
            .map_err(|cause| StoreError::of_io(&path, cause))
    }
}

fn read_some(open: &mut OpenBlob, at_most: u64) -> io::Result<u64> {
    let most = usize::try_from(at_most).map_or(PIECE, |most| most.clamp(1, PIECE));
    let mut piece = vec![0; most];
    let read = open.file.read(&mut piece)?;
    open.digest.update(&piece[..read]);
    Ok(read as u64)
}
