//! The client workflow of section 5 of the specification, step by step.
//!
//! Invariant of every step: fetched within a limit, signatures, version, hash and expiry checked
//! in the specification's order; then the floor is written, then the raw file, then memory.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp as Instant;

use super::envelope::verify;
use super::error::TufError;
use super::key::{Key, KeyId};
use super::metadata::{Metadata, RoleKeys, Root, Snapshot, Targets, Timestamp, TopRole};
use super::source::MetadataSource;
use super::trust::{Held, Trust, file, text};

/// Roots followed in one round; more are followed in the next.
const MOST_ROOTS: u64 = 256;
/// A root names some keys: even with RSA keys and many signatures it stays far below.
const LONGEST_ROOT: u64 = 512 * 1024;
/// A timestamp names one file.
const LONGEST_TIMESTAMP: u64 = 16 * 1024;
/// Holds for snapshots and targets, also where a length is named: all of it is held in memory
/// while it is parsed, which takes many times its length. Room for 80,000 entries.
const LONGEST: u64 = 16 * 1024 * 1024;

impl Trust {
    pub(super) fn update(
        &mut self,
        source: &dyn MetadataSource,
        now: Instant,
    ) -> Result<(), TufError> {
        self.update_root(source)?;
        alive(TopRole::Root.name(), &self.root, now)?;
        self.update_timestamp(source, now)?;
        self.update_snapshot(source, now)?;
        self.update_targets(source, now)
    }

    /// Section 5.3: one root after the other, each signed by the one before and by itself.
    fn update_root(&mut self, source: &dyn MetadataSource) -> Result<(), TufError> {
        for _ in 0..MOST_ROOTS {
            let next = self.root.version.saturating_add(1);
            let name = format!("{next}.root.json");
            let Some(bytes) = fetch(source, &name, LONGEST_ROOT)? else {
                return Ok(());
            };
            let root: Root = verified(&self.root, TopRole::Root, &bytes)?;
            same_version(TopRole::Root.name(), next, root.version)?;
            verified::<Root>(&root, TopRole::Root, &bytes)?;
            self.adopt_root(root, &bytes)?;
        }
        Err(TufError::TooManyRoots { limit: MOST_ROOTS })
    }

    /// Takes a verified root. Where it takes away a key of the timestamp or the snapshot, what
    /// that key could have pushed up is forgotten (5.3.11, recovery from fast-forward attacks).
    /// Only the snapshot's key can push up targets, so only its loss resets them.
    fn adopt_root(&mut self, root: Root, bytes: &[u8]) -> Result<(), TufError> {
        let snapshot = loses_key(&self.root, &root, TopRole::Snapshot);
        let either = snapshot || loses_key(&self.root, &root, TopRole::Timestamp);
        let mut floor = self.floor.clone();
        floor.set_root(text(bytes));
        if either {
            floor.forget(|role| match role {
                "timestamp" | "snapshot" => false,
                "root" => true,
                _ => !snapshot,
            });
        }
        floor.raise(TopRole::Root.name(), root.version);
        floor.commit(&self.disk)?;
        self.floor = floor;
        self.root = root;
        if either {
            (self.timestamp, self.snapshot) = (None, None);
        }
        self.check_held();
        self.disk.write(&file(TopRole::Root), bytes)?;
        if either {
            self.disk.remove(&file(TopRole::Timestamp))?;
            self.disk.remove(&file(TopRole::Snapshot))?;
        }
        Ok(())
    }

    /// Lets go of what the new root's keys do not vouch for. The floor stays.
    fn check_held(&mut self) {
        let root = &self.root;
        self.timestamp
            .take_if(|held| verified::<Timestamp>(root, TopRole::Timestamp, &held.bytes).is_err());
        self.snapshot
            .take_if(|held| verified::<Snapshot>(root, TopRole::Snapshot, &held.bytes).is_err());
        self.targets
            .take_if(|held| verified::<Targets>(root, TopRole::Targets, &held.bytes).is_err());
    }

    /// Section 5.4.
    fn update_timestamp(
        &mut self,
        source: &dyn MetadataSource,
        now: Instant,
    ) -> Result<(), TufError> {
        let name = TopRole::Timestamp.name();
        let bytes = fetch_named(source, &file(TopRole::Timestamp), LONGEST_TIMESTAMP)?;
        let metadata: Timestamp = verified(&self.root, TopRole::Timestamp, &bytes)?;
        self.floor.admit(name, metadata.version)?;
        if let Some(held) = &self.timestamp
            && held.metadata.version == metadata.version
        {
            return alive(name, &held.metadata, now);
        }
        let snapshot = metadata.snapshot().map_or(0, |meta| meta.version);
        self.floor.admit(TopRole::Snapshot.name(), snapshot)?;
        alive(name, &metadata, now)?;
        self.raise([
            (name, metadata.version),
            (TopRole::Snapshot.name(), snapshot),
        ])?;
        self.disk.write(&file(TopRole::Timestamp), &bytes)?;
        self.timestamp = Some(Held { metadata, bytes });
        Ok(())
    }

    /// Section 5.5.
    fn update_snapshot(
        &mut self,
        source: &dyn MetadataSource,
        now: Instant,
    ) -> Result<(), TufError> {
        let role = TopRole::Snapshot;
        let timestamp = self.timestamp.as_ref().map(|held| &held.metadata);
        let Some(named) = timestamp.and_then(Timestamp::snapshot).cloned() else {
            return Err(TufError::NotRefreshed {
                role: TopRole::Timestamp.name().to_owned(),
            });
        };
        let same = |held: &Held<Snapshot>| {
            held.metadata.version == named.version && named.matches(&held.bytes)
        };
        if let Some(held) = self.snapshot.take_if(|held| same(held)) {
            let checked = self.check_snapshot(&held.metadata, now);
            self.snapshot = Some(held);
            return checked;
        }
        let name = self.versioned(&file(role), named.version);
        let bytes = fetch_named(source, &name, limit(named.length))?;
        if !named.matches(&bytes) {
            return Err(TufError::WrongBytes {
                role: role.name().to_owned(),
            });
        }
        let metadata: Snapshot = verified(&self.root, role, &bytes)?;
        same_version(role.name(), named.version, metadata.version)?;
        self.check_snapshot(&metadata, now)?;
        self.disk.write(&file(role), &bytes)?;
        self.snapshot = Some(Held { metadata, bytes });
        Ok(())
    }

    /// No role may go back, none may vanish; then the floor follows.
    fn check_snapshot(&mut self, snapshot: &Snapshot, now: Instant) -> Result<(), TufError> {
        for role in self.floor.versions().keys() {
            let top = matches!(role.as_str(), "root" | "timestamp" | "snapshot");
            if !top && snapshot.role(role).is_none() {
                return Err(TufError::RoleRemoved { role: role.clone() });
            }
        }
        for (role, version) in snapshot.roles() {
            self.floor.admit(role, version)?;
        }
        alive(TopRole::Snapshot.name(), snapshot, now)?;
        self.raise(snapshot.roles())
    }

    /// Section 5.6.
    fn update_targets(
        &mut self,
        source: &dyn MetadataSource,
        now: Instant,
    ) -> Result<(), TufError> {
        let role = TopRole::Targets;
        let name = role.name();
        let Some(keys) = self.root.role(role) else {
            return Err(TufError::NotRefreshed {
                role: name.to_owned(),
            });
        };
        let wanted = Wanted {
            name,
            keys,
            all: &self.root.keys,
            file: file(role),
        };
        if let Some(held) = &self.targets
            && self.is_named(name, held)
        {
            return alive(name, &held.metadata, now);
        }
        self.targets = Some(self.fetch_targets(source, &wanted, now)?);
        Ok(())
    }

    /// Whether the snapshot names this very file of a targets role.
    pub(super) fn is_named(&self, role: &str, held: &Held<Targets>) -> bool {
        let snapshot = self.snapshot.as_ref().map(|held| &held.metadata);
        snapshot
            .and_then(|snapshot| snapshot.role(role))
            .is_some_and(|named| {
                held.metadata.version == named.version && named.matches(&held.bytes)
            })
    }

    /// Reads a targets role in the version that the snapshot names, and keeps it.
    pub(super) fn fetch_targets(
        &self,
        source: &dyn MetadataSource,
        wanted: &Wanted<'_>,
        now: Instant,
    ) -> Result<Held<Targets>, TufError> {
        let role = || wanted.name.to_owned();
        let snapshot = self.snapshot.as_ref().map(|held| &held.metadata);
        let Some(named) = snapshot.and_then(|snapshot| snapshot.role(wanted.name)) else {
            return Err(TufError::NotRefreshed { role: role() });
        };
        let name = self.versioned(&wanted.file, named.version);
        let bytes = fetch_named(source, &name, limit(named.length))?;
        if !named.matches(&bytes) {
            return Err(TufError::WrongBytes { role: role() });
        }
        let metadata: Targets = verify(&bytes, wanted.name, wanted.keys, wanted.all)?;
        same_version(wanted.name, named.version, metadata.version)?;
        alive(wanted.name, &metadata, now)?;
        self.disk.write(&wanted.file, &bytes)?;
        Ok(Held { metadata, bytes })
    }

    fn raise<'a>(
        &mut self,
        versions: impl IntoIterator<Item = (&'a str, u64)>,
    ) -> Result<(), TufError> {
        let mut floor = self.floor.clone();
        versions
            .into_iter()
            .for_each(|(role, version)| floor.raise(role, version));
        if floor != self.floor {
            floor.commit(&self.disk)?;
            self.floor = floor;
        }
        Ok(())
    }

    /// The name of a file in the repository: without consistent snapshots there is one version.
    fn versioned(&self, file: &str, version: u64) -> String {
        if self.root.consistent_snapshot {
            format!("{version}.{file}")
        } else {
            file.to_owned()
        }
    }
}

/// A targets role and who must have signed it.
pub(super) struct Wanted<'a> {
    pub(super) name: &'a str,
    pub(super) keys: &'a RoleKeys,
    pub(super) all: &'a BTreeMap<KeyId, Key>,
    /// The name of its raw file.
    pub(super) file: String,
}

/// Refuses metadata that is past its day.
pub(super) fn alive(role: &str, metadata: &impl Metadata, now: Instant) -> Result<(), TufError> {
    let expires = metadata.expires();
    if expires > now {
        return Ok(());
    }
    Err(TufError::Expired {
        role: role.to_owned(),
        expires,
    })
}

/// Reads a top-level role as this root lets it be signed.
pub(super) fn verified<T: Metadata>(
    root: &Root,
    role: TopRole,
    bytes: &[u8],
) -> Result<T, TufError> {
    match root.role(role) {
        Some(keys) => verify(bytes, role.name(), keys, &root.keys),
        None => Err(TufError::NotRefreshed {
            role: TopRole::Root.name().to_owned(),
        }),
    }
}

fn same_version(role: &str, expected: u64, found: u64) -> Result<(), TufError> {
    if expected == found {
        return Ok(());
    }
    Err(TufError::WrongVersion {
        role: role.to_owned(),
        expected,
        found,
    })
}

fn limit(length: Option<u64>) -> u64 {
    length.unwrap_or(LONGEST).min(LONGEST)
}

fn fetch(source: &dyn MetadataSource, name: &str, max: u64) -> Result<Option<Vec<u8>>, TufError> {
    source.fetch(name, max).map_err(|source| TufError::Fetch {
        file: name.to_owned(),
        source,
    })
}

fn fetch_named(source: &dyn MetadataSource, name: &str, max: u64) -> Result<Vec<u8>, TufError> {
    fetch(source, name, max)?.ok_or_else(|| TufError::Missing {
        file: name.to_owned(),
    })
}

/// Whether a key that could sign for the role no longer can, however it is spelled.
fn loses_key(old: &Root, new: &Root, role: TopRole) -> bool {
    let keys = |root: &Root| -> BTreeSet<Vec<u8>> {
        let ids = root.role(role).into_iter().flat_map(|role| &role.keyids);
        ids.filter_map(|id| root.keys.get(id)?.bytes()).collect()
    };
    !keys(old).is_subset(&keys(new))
}
