//! The version floor: the lowest version of every role that may still be believed, and the root.
//!
//! It is kept twice, each copy under its own checksum, because the raw metadata files alone
//! cannot tell "never seen" from "damaged". It is written before the raw files it speaks of, so
//! that whatever is lost, no version that was once believed is undercut. No time is kept.

use std::collections::BTreeMap;

use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use super::disk::Disk;
use super::error::TufError;

/// The two copies.
pub(super) const SLOTS: [&str; 2] = ["floor-0", "floor-1"];

/// Version of this file's own format.
const FORMAT: u32 = 1;

/// A copy that is not the one that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stale {
    /// Whole, but from before: the writing was cut short between the two.
    Older(&'static str),
    /// Gone or not what was written.
    Damaged(&'static str),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Floor {
    format: u32,
    /// Counts the writes: of two good copies the one written later counts.
    sequence: u64,
    /// By role name.
    versions: BTreeMap<String, u64>,
    /// The trusted root, byte for byte.
    root: String,
}

impl Floor {
    pub(super) fn new(root: String) -> Self {
        Self {
            format: FORMAT,
            sequence: 0,
            versions: BTreeMap::new(),
            root,
        }
    }

    pub(super) fn root(&self) -> &str {
        &self.root
    }

    pub(super) fn set_root(&mut self, root: String) {
        self.root = root;
    }

    pub(super) fn versions(&self) -> &BTreeMap<String, u64> {
        &self.versions
    }

    pub(super) fn raise(&mut self, role: &str, version: u64) {
        let floor = self.versions.entry(role.to_owned()).or_default();
        *floor = version.max(*floor);
    }

    /// Forgets the roles that `keep` does not name.
    pub(super) fn forget(&mut self, keep: impl Fn(&str) -> bool) {
        self.versions.retain(|role, _| keep(role));
    }

    /// Refuses a version that was left behind.
    pub(super) fn admit(&self, role: &str, offered: u64) -> Result<(), TufError> {
        let trusted = self.versions.get(role).copied().unwrap_or(0);
        if offered < trusted {
            return Err(TufError::Rollback {
                role: role.to_owned(),
                trusted,
                offered,
            });
        }
        Ok(())
    }

    /// Writes both copies, one after the other.
    pub(super) fn commit(&mut self, disk: &Disk) -> Result<(), TufError> {
        self.sequence += 1;
        let bytes = self.encode();
        SLOTS.iter().try_for_each(|slot| disk.write(slot, &bytes))
    }

    /// The newer of the good copies, and the other slot if it needs to be written again.
    pub(super) fn load(disk: &Disk) -> Option<(Self, Option<Stale>)> {
        let copies = SLOTS.map(|slot| disk.read(slot).and_then(|bytes| Self::decode(&bytes)));
        let newest = copies
            .iter()
            .flatten()
            .max_by_key(|floor| floor.sequence)?
            .clone();
        let mut slots = SLOTS.into_iter().zip(&copies);
        let stale = slots.find_map(|(slot, copy)| match copy {
            None => Some(Stale::Damaged(slot)),
            Some(copy) if *copy != newest => Some(Stale::Older(slot)),
            Some(_) => None,
        });
        Some((newest, stale))
    }

    pub(super) fn rewrite(&self, disk: &Disk, slot: &str) -> Result<(), TufError> {
        disk.write(slot, &self.encode())
    }

    fn encode(&self) -> Vec<u8> {
        // Texts and integers always have a JSON form.
        let content = serde_json::to_vec(self).unwrap_or_default();
        let mut bytes = checksum(&content).into_bytes();
        bytes.push(b'\n');
        bytes.extend_from_slice(&content);
        bytes
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let end = bytes.iter().position(|&byte| byte == b'\n')?;
        let (sum, content) = (&bytes[..end], &bytes[end + 1..]);
        if sum != checksum(content).as_bytes() {
            return None;
        }
        let floor: Self = serde_json::from_slice(content).ok()?;
        (floor.format == FORMAT).then_some(floor)
    }
}

fn checksum(content: &[u8]) -> String {
    hex::encode(digest(&SHA256, content))
}
