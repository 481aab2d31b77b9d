//! What must be fetched and what must go, worked out without touching anything.

use std::collections::BTreeMap;

use motcua_show::release::{FileRef, Release, Sha256Hex};

use super::FetchSettings;
use crate::store::Inventory;

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Remove a blob, or a part of one, that no release needs.
    Remove(Sha256Hex),
    /// Fetch a blob, or the rest of it.
    Fetch(FileRef),
}

/// How much of the disk the store may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most bytes that all blobs together may take.
    pub size_limit: u64,
    /// The bytes that stay free on the disk.
    pub leave_free: u64,
}

impl From<&FetchSettings> for Limits {
    fn from(settings: &FetchSettings) -> Self {
        Self {
            size_limit: settings.size_limit,
            leave_free: settings.leave_free,
        }
    }
}

/// A release does not fit, whatever else is removed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the release needs {needed} bytes more and there is room for {room}: {free} bytes are free on the disk, of \
     which {leave_free} stay free, and the store may take {size_limit}; make room, raise the limit, or publish \
     a smaller show"
)]
pub struct NoRoom {
    /// The bytes that must still come.
    pub needed: u64,
    /// The bytes that may come.
    pub room: u64,
    /// The bytes that are free on the disk.
    pub free: u64,
    /// The bytes of them that stay free.
    pub leave_free: u64,
    /// The most bytes that all blobs together may take.
    pub size_limit: u64,
}

/// What to do so that everything in `want` is held, or, without one, so that the limits are kept.
///
/// Parts that nobody wants go as soon as it is known what is wanted; until then they may be those of a release
/// that is half there. Whole blobs that no release needs stay, so that going back to an
/// earlier release costs nothing, until the room is needed; those that came first go first.
///
/// # Errors
/// When it does not fit even if everything went that may go. Nothing needs to be removed then.
pub fn plan(have: &Inventory, want: Option<&Release>, limits: Limits) -> Result<Vec<Step>, NoRoom> {
    let wanted: BTreeMap<&Sha256Hex, &FileRef> = want
        .iter()
        .flat_map(|release| release.files.values())
        .map(|file| (&file.sha256, file))
        .collect();
    let is_kept = |hash: &Sha256Hex| have.needed.contains(hash) || wanted.contains_key(hash);

    let mut room = Room {
        free: have.free_bytes,
        used: have.used_bytes(),
        limits,
    };
    let mut steps = Vec::new();
    let strange = |hash: &Sha256Hex| want.is_some() && !is_kept(hash);
    for (hash, length) in have.parts.iter().filter(|(hash, _)| strange(hash)) {
        room.gain(*length);
        // Where the whole blob is held too, both go: it is fetched again by whoever needs it.
        steps.push(Step::Remove(hash.clone()));
    }
    let missing = missing(have, &wanted);
    let held = |file: &FileRef| {
        have.parts
            .get(&file.sha256)
            .copied()
            .unwrap_or_default()
            .min(file.length)
    };
    // The lengths are those of whoever signed: no sum of them may overflow.
    let needed = missing.iter().fold(0_u64, |sum, file| {
        sum.saturating_add(file.length - held(file))
    });

    let mut spare: Vec<_> = have
        .blobs
        .iter()
        .filter(|(hash, _)| !is_kept(hash))
        .collect();
    spare.sort_by_key(|(_, blob)| blob.came);
    for (hash, blob) in spare {
        if room.takes(needed) {
            break;
        }
        room.gain(blob.length);
        steps.push(Step::Remove(hash.clone()));
    }
    if needed > 0 && !room.takes(needed) {
        return Err(room.refusal(needed));
    }
    steps.extend(missing.into_iter().cloned().map(Step::Fetch));
    Ok(steps)
}

/// The blobs to fetch: what was begun first, then the largest, so that the last ones end together.
fn missing<'a>(have: &Inventory, wanted: &BTreeMap<&Sha256Hex, &'a FileRef>) -> Vec<&'a FileRef> {
    let is_held = |file: &FileRef| {
        have.blobs
            .get(&file.sha256)
            .is_some_and(|blob| blob.length == file.length)
    };
    let mut missing: Vec<&FileRef> = wanted
        .values()
        .copied()
        .filter(|file| !is_held(file))
        .collect();
    missing.sort_by_key(|file| {
        (
            !have.parts.contains_key(&file.sha256),
            std::cmp::Reverse(file.length),
        )
    });
    missing
}

struct Room {
    free: u64,
    used: u64,
    limits: Limits,
}

impl Room {
    fn gain(&mut self, bytes: u64) {
        self.free = self.free.saturating_add(bytes);
        self.used = self.used.saturating_sub(bytes);
    }

    fn takes(&self, needed: u64) -> bool {
        self.free >= needed.saturating_add(self.limits.leave_free)
            && self.used.saturating_add(needed) <= self.limits.size_limit
    }

    fn refusal(&self, needed: u64) -> NoRoom {
        let on_disk = self.free.saturating_sub(self.limits.leave_free);
        let in_limit = self.limits.size_limit.saturating_sub(self.used);
        NoRoom {
            needed,
            room: on_disk.min(in_limit),
            free: self.free,
            leave_free: self.limits.leave_free,
            size_limit: self.limits.size_limit,
        }
    }
}

#[cfg(test)]
mod tests;
