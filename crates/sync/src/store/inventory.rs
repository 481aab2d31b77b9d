//! What lies in the store, and how much room there is.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::time::SystemTime;

use motcua_show::release::Sha256Hex;

use super::StoreError;
use super::held::Damaged;
use super::places::{Places, names_in};

/// What lies in the store at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inventory {
    /// The whole blobs that are not known as damaged.
    pub blobs: BTreeMap<Sha256Hex, Blob>,
    /// The blobs of which a part is held, with its bytes.
    pub parts: BTreeMap<Sha256Hex, u64>,
    /// The blobs that a release needs which counts, or which somebody holds.
    pub needed: BTreeSet<Sha256Hex>,
    /// Bytes that are free where the store lies.
    pub free_bytes: u64,
}

/// A whole blob.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blob {
    /// Its length in bytes.
    pub length: u64,
    /// When it came: what came first goes first.
    pub came: SystemTime,
}

impl Inventory {
    /// The bytes of all blobs and parts together.
    #[must_use]
    pub fn used_bytes(&self) -> u64 {
        let blobs: u64 = self.blobs.values().map(|blob| blob.length).sum();
        blobs + self.parts.values().sum::<u64>()
    }
}

pub(super) fn take(
    places: &Places,
    damaged: &Damaged,
    needed: BTreeSet<Sha256Hex>,
) -> Result<Inventory, StoreError> {
    let mut inventory = Inventory {
        needed,
        free_bytes: free_bytes(places.root())?,
        ..Inventory::default()
    };
    let blobs = places.blobs();
    fs::read_dir(&blobs).map_err(|cause| StoreError::of_io(&blobs, cause))?;
    for folder in names_in(&blobs) {
        let folder = blobs.join(folder);
        for name in names_in(&folder) {
            note(&mut inventory, damaged, &folder, &name);
        }
    }
    Ok(inventory)
}

fn note(inventory: &mut Inventory, damaged: &Damaged, folder: &Path, name: &str) {
    // What vanishes meanwhile, or cannot be looked at, is not held.
    let Ok(found) = folder.join(name).metadata() else {
        return;
    };
    if let Some(hash) = name
        .strip_suffix(".part")
        .and_then(|hash| hash.parse().ok())
    {
        inventory.parts.insert(hash, found.len());
    } else if let Ok(hash) = name.parse::<Sha256Hex>()
        && !damaged.contains(&hash)
    {
        let came = found.modified().unwrap_or(SystemTime::UNIX_EPOCH);
        inventory.blobs.insert(
            hash,
            Blob {
                length: found.len(),
                came,
            },
        );
    }
}

pub(super) fn free_bytes(root: &Path) -> Result<u64, StoreError> {
    let found = rustix::fs::statvfs(root).map_err(|cause| StoreError::of_io(root, cause.into()))?;
    Ok(found.f_bavail.saturating_mul(found.f_frsize))
}
