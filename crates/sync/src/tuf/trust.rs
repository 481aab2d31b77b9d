//! What a screen believes of a repository, and the folder in which it keeps that.
//!
//! Invariants: the floor decides what is too old, the raw files are only what was last believed;
//! a damaged raw file is as good as absent; a damaged floor is repaired from its other copy, and
//! with both gone the trust is unreadable, which is never the same as "nothing there yet".

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use jiff::Timestamp as Instant;

use super::disk::Disk;
use super::envelope::read;
use super::error::TufError;
use super::floor::{Floor, SLOTS, Stale};
use super::metadata::{Metadata, Root, Snapshot, Targets, Timestamp, TopRole};
use super::refresh::verified;
use super::source::MetadataSource;

/// Whether a refresh brought anything that could change what a target is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refreshed {
    /// The versions are those of before; only the timestamp may be a younger one.
    Unchanged,
    /// The root, the snapshot or the targets moved on.
    Changed,
}

/// What was found damaged and made whole when the trust was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Repair {
    /// A copy of the version floor.
    Floor(&'static str),
    /// The root, from the copy beside the floor.
    Root,
}

impl fmt::Display for Repair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Floor(slot) => write!(
                f,
                "The trust file {slot} was damaged and was repaired from its copy; check the disk."
            ),
            Self::Root => write!(
                f,
                "The trust file root.json was damaged and was repaired from its copy; check the \
                 disk."
            ),
        }
    }
}

/// Metadata that was verified, with the bytes in which it came.
#[derive(Debug)]
pub(super) struct Held<T> {
    pub(super) metadata: T,
    pub(super) bytes: Vec<u8>,
}

/// The trust in one repository. One process at a time owns its folder.
#[derive(Debug)]
pub struct Trust {
    pub(super) disk: Disk,
    pub(super) floor: Floor,
    pub(super) root: Root,
    pub(super) timestamp: Option<Held<Timestamp>>,
    pub(super) snapshot: Option<Held<Snapshot>>,
    pub(super) targets: Option<Held<Targets>>,
    repairs: Vec<Repair>,
}

impl Trust {
    /// Starts to trust a repository by its root, which the caller has from somewhere it trusts.
    ///
    /// # Errors
    /// When the root is not signed by its own keys, when the folder holds a trust already, or
    /// when the disk fails.
    pub fn init(dir: &Path, root_bytes: &[u8]) -> Result<Self, TufError> {
        let root = self_signed_root(root_bytes)?;
        let disk = Disk::new(dir);
        disk.create()?;
        let root_file = file(TopRole::Root);
        if SLOTS.iter().any(|slot| disk.has(slot)) || disk.has(&root_file) {
            return Err(TufError::AlreadyInitialised {
                dir: dir.to_owned(),
            });
        }
        let mut floor = Floor::new(text(root_bytes));
        floor.raise(TopRole::Root.name(), root.version);
        floor.commit(&disk)?;
        disk.write(&root_file, root_bytes)?;
        let (timestamp, snapshot, targets) = (None, None, None);
        Ok(Self {
            disk,
            floor,
            root,
            timestamp,
            snapshot,
            targets,
            repairs: Vec::new(),
        })
    }

    /// Opens what [`Trust::init`] and [`Trust::refresh`] left, after whatever happened to it.
    ///
    /// # Errors
    /// [`TufError::Unreadable`] when neither copy of the floor is whole: a fault to report, and
    /// never a reason to start afresh.
    pub fn open(dir: &Path) -> Result<Self, TufError> {
        let disk = Disk::new(dir);
        let unreadable = || TufError::Unreadable {
            dir: dir.to_owned(),
        };
        let (floor, stale) = Floor::load(&disk).ok_or_else(unreadable)?;
        let root = self_signed_root(floor.root().as_bytes())?;
        let (timestamp, snapshot, targets) = (None, None, None);
        let repairs = Vec::new();
        let mut trust = Self {
            disk,
            floor,
            root,
            timestamp,
            snapshot,
            targets,
            repairs,
        };
        trust.disk.sweep();
        trust.repair(stale);
        trust.timestamp = trust.read(TopRole::Timestamp);
        trust.snapshot = trust.read(TopRole::Snapshot);
        trust.targets = trust.read(TopRole::Targets);
        Ok(trust)
    }

    /// Brings the top-level metadata up to date (section 5.3 to 5.6 of the specification).
    ///
    /// `now` is what the caller believes the time to be; nothing of it is kept. After a process
    /// was stopped, `Unchanged` says nothing about what it had still left to do.
    ///
    /// # Errors
    /// When anything at all is not as it must be; what was verified before that point is kept,
    /// what was believed before stays believed.
    pub fn refresh(
        &mut self,
        source: &dyn MetadataSource,
        now: Instant,
    ) -> Result<Refreshed, TufError> {
        let before = self.state();
        self.update(source, now)?;
        let changed = before != self.state();
        Ok(if changed {
            Refreshed::Changed
        } else {
            Refreshed::Unchanged
        })
    }

    /// The root that is trusted.
    #[must_use]
    pub fn root(&self) -> &Root {
        &self.root
    }

    /// The trusted root as it was received, to hand on.
    #[must_use]
    pub fn root_bytes(&self) -> &[u8] {
        self.floor.root().as_bytes()
    }

    /// The versions of the top-level metadata that is held, by role name.
    #[must_use]
    pub fn versions(&self) -> BTreeMap<&'static str, u64> {
        let held = [
            (TopRole::Root, Some(self.root.version)),
            (
                TopRole::Timestamp,
                self.timestamp.as_ref().map(|held| held.metadata.version),
            ),
            (
                TopRole::Snapshot,
                self.snapshot.as_ref().map(|held| held.metadata.version),
            ),
            (
                TopRole::Targets,
                self.targets.as_ref().map(|held| held.metadata.version),
            ),
        ];
        held.into_iter()
            .filter_map(|(role, version)| Some((role.name(), version?)))
            .collect()
    }

    /// The lowest version of each role, delegated ones too, that may still be believed.
    #[must_use]
    pub fn floors(&self) -> &BTreeMap<String, u64> {
        self.floor.versions()
    }

    /// What had to be repaired when the trust was opened: for the operator, the disk is ill.
    #[must_use]
    pub fn repairs(&self) -> &[Repair] {
        &self.repairs
    }

    /// Writes the damaged copies again. A disk that is full must not keep a screen from what it
    /// already has, so a repair that fails is tried again at the next start. A copy that is only
    /// from before is what a start cut short leaves, and no sign of an ill disk.
    fn repair(&mut self, stale: Option<Stale>) {
        if let Some(Stale::Older(slot) | Stale::Damaged(slot)) = stale {
            let written = self.floor.rewrite(&self.disk, slot);
            if written.is_ok() && matches!(stale, Some(Stale::Damaged(_))) {
                self.repairs.push(Repair::Floor(slot));
            }
        }
        let name = file(TopRole::Root);
        let root = self.floor.root().as_bytes();
        let there = self.disk.read(&name).unwrap_or_default();
        if there != root {
            let written = self.disk.write(&name, root);
            if written.is_ok() && self_signed_root(&there).is_err() {
                self.repairs.push(Repair::Root);
            }
        }
        for repair in &self.repairs {
            tracing::warn!(dir = %self.disk.dir().display(), "{repair}");
        }
    }

    /// A role's raw file, if it is whole and the trusted root's keys signed it.
    fn read<T: Metadata>(&self, role: TopRole) -> Option<Held<T>> {
        let bytes = self.disk.read(&file(role))?;
        let metadata = verified(&self.root, role, &bytes).ok()?;
        Some(Held { metadata, bytes })
    }

    fn state(&self) -> [Option<u64>; 3] {
        [
            Some(self.root.version),
            self.snapshot.as_ref().map(|held| held.metadata.version),
            self.targets.as_ref().map(|held| held.metadata.version),
        ]
    }
}

/// The name of a top-level role's raw file.
pub(super) fn file(role: TopRole) -> String {
    format!("{}.json", role.name())
}

/// JSON that parsed is UTF-8, so nothing is lost here.
pub(super) fn text(json: &[u8]) -> String {
    String::from_utf8_lossy(json).into_owned()
}

fn self_signed_root(bytes: &[u8]) -> Result<Root, TufError> {
    let name = TopRole::Root.name();
    let malformed = |source| TufError::Malformed {
        role: name.to_owned(),
        source,
    };
    let root: Root = read(bytes).map_err(malformed)?;
    verified::<Root>(&root, TopRole::Root, bytes)?;
    Ok(root)
}
