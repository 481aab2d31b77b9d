//! One publication: everything that changes at once, in one transaction under the publishing lock.
//!
//! Metadata is staged role by role and signed with the keys that are here. What has enough signatures is
//! published, what has not waits as a draft. At the end snapshot and timestamp are made over all of it, and
//! either all of that is committed or nothing.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, ToSpan as _};
use motcua_sync::api::PublishedState;
use motcua_sync::bundle::Signers;
use motcua_sync::tuf::metadata::{
    DelegatedRole, MetaFile, Metadata, RoleKeys, Root, Snapshot, Targets, TopRole,
};
use motcua_sync::tuf::{self, Key, KeyId, SigningKey, metadata};

use super::tables::{self, Version};
use super::{Repository, SCREENS};
use crate::database::{Change, Work};
use crate::error::{Error, Result};
use crate::settings::Validity;

/// Versions of a role that stay there for screens in the middle of fetching.
const VERSIONS_KEPT: u64 = 10;

/// Who may sign for a role as screens see it: by the metadata that is published.
#[derive(Clone, Debug)]
pub(crate) struct Authority {
    pub role: RoleKeys,
    pub keys: BTreeMap<KeyId, Key>,
}

impl Authority {
    /// The same as it is written in bundles.
    pub fn signers(&self) -> Signers {
        let keys = self.role.keyids.iter().filter_map(|id| self.keys.get(id));
        Signers {
            threshold: self.role.threshold,
            keys: keys.cloned().collect(),
        }
    }

    fn is_enough(&self, name: &str, bytes: &[u8]) -> Result<bool> {
        let signers = tuf::signers(bytes, &self.role, &self.keys)
            .map_err(|source| malformed(name, source))?;
        Ok(self.role.threshold > 0 && signers.len() as u64 >= u64::from(self.role.threshold))
    }
}

/// What a publication renews of what is always signed here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Renews {
    Nothing,
    Timestamp,
    Snapshot,
}

/// A publication under way. Dropped before [`Publication::finish`] it leaves nothing.
pub(crate) struct Publication<'a> {
    repository: &'a Repository,
    pub work: Work,
    pub now: Timestamp,
    roles: BTreeSet<String>,
    renews: Renews,
}

impl<'a> Publication<'a> {
    /// Takes the publishing lock.
    pub async fn begin(repository: &'a Repository, now: Timestamp) -> Result<Self> {
        Ok(Self {
            repository,
            work: repository.database.publishing().await?,
            now,
            roles: BTreeSet::new(),
            renews: Renews::Nothing,
        })
    }

    /// The same, refused while the keys are being taken off: what is signed by the old keys would be lost.
    pub async fn begin_change(repository: &'a Repository, now: Timestamp) -> Result<Self> {
        let mut publication = Self::begin(repository, now).await?;
        if tables::take_off(&mut *publication.work).await?.is_some() {
            return Err(Error::TakingOff);
        }
        Ok(publication)
    }

    /// The version that the next metadata of a role has.
    pub async fn next(&mut self, role: &str) -> Result<u64> {
        Ok(tables::floor(&mut self.work, role).await? + 1)
    }

    /// When metadata made at this moment, valid for `days`, expires.
    pub fn expires(&self, days: u32) -> Result<Timestamp> {
        Ok(self.now.checked_add((i64::from(days) * 24).hours())?)
    }

    /// How long metadata is valid.
    pub const fn valid(&self) -> Validity {
        self.repository.valid
    }

    /// Tells all replicas of `change` once this is committed.
    pub async fn record(&mut self, change: &Change) -> Result<()> {
        self.repository
            .database
            .record(&mut self.work, change)
            .await
    }

    /// Makes the timestamp, and with it perhaps the snapshot, anew.
    pub fn renew(&mut self, role: TopRole) {
        self.renews = self.renews.max(match role {
            TopRole::Timestamp => Renews::Timestamp,
            _ => Renews::Snapshot,
        });
    }

    /// The published metadata of a role.
    pub async fn published<T: Metadata>(&mut self, role: &str) -> Result<Option<T>> {
        let latest = tables::latest(&mut *self.work, role).await?;
        latest.map(|latest| read(role, &latest.bytes)).transpose()
    }

    /// The metadata of a role as it is wanted: the draft where there is one, else what is published.
    pub async fn wanted<T: Metadata>(&mut self, role: &str) -> Result<Option<T>> {
        match tables::draft(&mut *self.work, role).await? {
            Some(draft) => Ok(Some(read(role, &draft.bytes)?)),
            None => self.published(role).await,
        }
    }

    /// Who may sign for a role as screens see it; nobody where the role is not published yet.
    pub async fn authority(&mut self, role: &str) -> Result<Option<Authority>> {
        if let Some(top) = TopRole::ALL.into_iter().find(|top| top.name() == role) {
            let root: Option<Root> = self.published("root").await?;
            return Ok(root.and_then(|root| of_root(&root, top)));
        }
        let targets: Option<Targets> = self.published("targets").await?;
        Ok(targets.and_then(|targets| of_targets(&targets, role)))
    }

    /// Signs metadata with the keys that are here, and publishes it or keeps it as a draft.
    pub async fn stage<T: Metadata>(&mut self, role: &str, metadata: &T) -> Result<PublishedState> {
        let mut ids = BTreeSet::new();
        if let Some(authority) = self.authority(role).await? {
            ids.extend(authority.role.keyids);
        }
        if let Some(signers) = tables::signers(&mut *self.work, role).await? {
            ids.extend(signers.keys.iter().map(Key::id));
        }
        let keys = self.repository.keys.held(role, &ids)?;
        let keys: Vec<&SigningKey> = keys.iter().collect();
        let bytes =
            tuf::sign_metadata(metadata, &keys).map_err(|source| malformed(role, source))?;
        self.stage_signed(Version {
            role: role.to_owned(),
            version: metadata.version(),
            bytes,
        })
        .await
    }

    /// Publishes signed metadata if its signatures are enough, and keeps it as a draft if not.
    pub async fn stage_signed(&mut self, new: Version) -> Result<PublishedState> {
        if !self.is_enough(&new.role, &new.bytes).await? {
            tables::keep_draft(&mut self.work, &new).await?;
            return Ok(PublishedState::Unsigned);
        }
        tables::publish(&mut self.work, &new).await?;
        if new.version > VERSIONS_KEPT {
            tables::prune(&mut self.work, &new.role, new.version - VERSIONS_KEPT).await?;
        }
        self.renew(TopRole::Snapshot);
        self.roles.insert(new.role);
        Ok(PublishedState::Current)
    }

    /// Whether metadata carries enough signatures to be published now. A root needs those of its own keys
    /// and of the former root's.
    async fn is_enough(&mut self, role: &str, bytes: &[u8]) -> Result<bool> {
        let authority = self.authority(role).await?;
        if role != "root" {
            return match authority {
                Some(authority) => authority.is_enough(role, bytes),
                None => Ok(false),
            };
        }
        let root: Root = read(role, bytes)?;
        let own = match of_root(&root, TopRole::Root) {
            Some(own) => own.is_enough(role, bytes)?,
            None => false,
        };
        match authority {
            Some(former) => Ok(own && former.is_enough(role, bytes)?),
            None => Ok(own),
        }
    }

    /// Makes snapshot and timestamp over everything that was published, and commits.
    pub async fn finish(mut self) -> Result<()> {
        if self.roles.contains("root") || self.roles.contains("targets") {
            self.check_whole().await?;
        }
        if self.renews > Renews::Nothing {
            self.sign_online(
                self.repository.valid.snapshot_days,
                self.repository.valid.timestamp_days,
            )
            .await?;
        }
        sqlx::query("UPDATE publishing SET generation = generation + 1 WHERE id = 1")
            .execute(&mut *self.work)
            .await?;
        self.repository.database.commit(self.work).await
    }

    /// Makes a timestamp, and a snapshot where it is due, that are valid for so many days.
    pub async fn sign_online(&mut self, snapshot_days: u32, timestamp_days: u32) -> Result<()> {
        let snapshot = if self.renews == Renews::Snapshot {
            let version = self.next("snapshot").await?;
            let mut snapshot = Snapshot::new(version, self.expires(snapshot_days)?);
            for (role, version) in tables::versions(&mut self.work).await? {
                if !matches!(role.as_str(), "root" | "snapshot" | "timestamp") {
                    // The signatures of the roles themselves vouch for their bytes; with hashes the
                    // snapshot of 300 units, which every push sends to every screen, would be thrice as long.
                    let file = MetaFile {
                        version,
                        length: None,
                        hashes: None,
                    };
                    snapshot = snapshot.with_role(&role, file);
                }
            }
            self.publish_online("snapshot", &snapshot).await?
        } else {
            self.latest("snapshot").await?
        };
        let version = self.next("timestamp").await?;
        let file = MetaFile::of(snapshot.version, &snapshot.bytes);
        let timestamp = metadata::Timestamp::new(version, self.expires(timestamp_days)?, file);
        self.publish_online("timestamp", &timestamp).await?;
        Ok(())
    }

    async fn latest(&mut self, role: &str) -> Result<Version> {
        let latest = tables::latest(&mut *self.work, role).await?;
        latest.ok_or_else(|| self.no_key(role))
    }

    async fn publish_online<T: Metadata>(&mut self, role: &str, metadata: &T) -> Result<Version> {
        match self.stage(role, metadata).await? {
            PublishedState::Current => self.latest(role).await,
            PublishedState::Unsigned => Err(self.no_key(role)),
        }
    }

    fn no_key(&self, role: &str) -> Error {
        Error::NoKey {
            role: role.to_owned(),
            folder: self.repository.keys.folder().to_owned(),
        }
    }

    /// Whether all that is published is still verified by what is published above it: keys that change
    /// must take along everything that they sign.
    async fn check_whole(&mut self) -> Result<()> {
        let Some(root) = self.published::<Root>("root").await? else {
            return Ok(());
        };
        let targets: Option<Targets> = self.published("targets").await?;
        for latest in tables::all_latest(&mut *self.work).await? {
            let role = latest.role.as_str();
            let authority = match TopRole::ALL.into_iter().find(|top| top.name() == role) {
                // Made anew right after this.
                Some(TopRole::Timestamp | TopRole::Snapshot) => continue,
                Some(top) => of_root(&root, top),
                None => targets
                    .as_ref()
                    .and_then(|targets| of_targets(targets, role)),
            };
            let is_verified = match authority {
                Some(authority) => authority.is_enough(role, &latest.bytes)?,
                None => false,
            };
            if !is_verified {
                return Err(Error::Torn {
                    role: self.roles.iter().next().cloned().unwrap_or_default(),
                    unverified: role.to_owned(),
                });
            }
        }
        Ok(())
    }
}

/// The delegation of a role whose name tells what it signs.
pub(crate) fn delegation(role: &str, signers: &Signers) -> DelegatedRole {
    let keys = RoleKeys::new(&signers.keys, signers.threshold);
    let path = match role.strip_prefix("unit-") {
        Some(unit) => format!("units/{unit}/*"),
        None => format!("{SCREENS}/*"),
    };
    DelegatedRole::new(role, keys, &[&path])
}

fn of_root(root: &Root, role: TopRole) -> Option<Authority> {
    Some(Authority {
        role: root.role(role)?.clone(),
        keys: root.keys.clone(),
    })
}

fn of_targets(targets: &Targets, role: &str) -> Option<Authority> {
    let delegations = targets.delegations.as_ref()?;
    let delegated = delegations.roles.iter().find(|there| there.name == role)?;
    let ids = &delegated.keys.keyids;
    let keys = ids
        .iter()
        .filter_map(|id| delegations.keys.get_key_value(id));
    Some(Authority {
        role: delegated.keys.clone(),
        keys: keys.map(|(id, key)| (id.clone(), key.clone())).collect(),
    })
}

/// Reads metadata of one's own.
pub(crate) fn read<T: Metadata>(role: &str, bytes: &[u8]) -> Result<T> {
    tuf::read(bytes).map_err(|source| malformed(role, source))
}

pub(crate) fn malformed(role: &str, source: tuf::MalformedError) -> Error {
    Error::Metadata {
        role: role.to_owned(),
        source,
    }
}
