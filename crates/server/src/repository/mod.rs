//! The TUF repository that the server publishes: the one place where drafts become signed metadata.
//!
//! It owns the signing keys, the versions of metadata and the documents that they name; it does not know
//! HTTP, tokens or screens' connections. Invariant: what is served was committed whole, and everything in
//! it is verified by what is above it.

pub(crate) mod alert_keys;
pub(crate) mod assignments;
mod collect;
mod first_run;
pub(crate) mod floors;
pub(crate) mod publication;
mod published;
mod renewal;
pub(crate) mod tables;
pub(crate) mod tree;

use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use motcua_show::release::Sha256Hex;
use motcua_show::units::{UnitId, Units};
use motcua_sync::bundle::Signers;
use ring::digest::{SHA256, digest};

pub use collect::Collected;
pub use published::{Published, Visible};
pub use renewal::Renewed;

use crate::database::Database;
use crate::error::Result;
use crate::keys::Keys;
use crate::settings::{Settings, Validity};
use crate::storage::Storage;
use crate::units;

/// The delegated role that says which screen belongs to which unit.
pub(crate) const SCREENS: &str = "screens";

/// The target that holds the tree of units.
pub(crate) const UNITS_TARGET: &str = "units.json";

/// The longest name of a screen or a show, in bytes.
pub(crate) const LONGEST_NAME: usize = 200;

/// A repository; clones share it.
#[derive(Clone, Debug)]
pub struct Repository {
    pub(crate) database: Database,
    pub(crate) storage: Storage,
    pub(crate) keys: Keys,
    pub(crate) valid: Validity,
    pub(crate) releases_kept: u32,
    timezone: TimeZone,
    published: Arc<Mutex<Option<Arc<Published>>>>,
    /// Held by whoever reads it anew.
    loading: Arc<tokio::sync::Mutex<()>>,
}

impl Repository {
    /// Opens the repository. The first time it makes the keys and signs the first metadata.
    ///
    /// # Errors
    /// When the database fails, or the keys cannot be made or are elsewhere.
    pub async fn open(
        settings: &Settings,
        database: Database,
        storage: Storage,
        now: Timestamp,
    ) -> Result<Self> {
        let repository = Self {
            database,
            storage,
            keys: Keys::open(&settings.keys_folder())?,
            valid: settings.valid,
            releases_kept: settings.releases_kept.max(2),
            timezone: settings.time_zone()?,
            published: Arc::default(),
            loading: Arc::default(),
        };
        repository.first_run(now).await?;
        Ok(repository)
    }

    /// The database.
    #[must_use]
    pub const fn database(&self) -> &Database {
        &self.database
    }

    /// The storage of the blobs.
    #[must_use]
    pub const fn storage(&self) -> &Storage {
        &self.storage
    }

    /// The private keys that are here.
    #[must_use]
    pub const fn keys(&self) -> &Keys {
        &self.keys
    }

    /// A file of `metadata/`, such as `timestamp.json` or `3.root.json`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn metadata(&self, file: &str) -> Result<Option<Vec<u8>>> {
        let Some(name) = file.strip_suffix(".json") else {
            return Ok(None);
        };
        if name == "timestamp" {
            let latest = tables::latest(self.database.pool(), name).await?;
            return Ok(latest.map(|latest| latest.bytes));
        }
        let parts = name.split_once('.');
        match parts.and_then(|(version, role)| Some((version.parse().ok()?, role))) {
            // The timestamp has no other address, because it must never be an old one.
            Some((version, role)) if role != "timestamp" => {
                tables::at(self.database.pool(), role, version).await
            }
            _ => Ok(None),
        }
    }

    /// A file of `targets/`, such as `units/phu-loi/<sha256>.release.json`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn target(&self, file: &str) -> Result<Option<Vec<u8>>> {
        match Self::target_name(file) {
            Some((name, hash)) => tables::document(self.database.pool(), &name, hash).await,
            None => Ok(None),
        }
    }

    /// The name of a target and the hash in the file that holds it.
    #[must_use]
    pub fn target_name(file: &str) -> Option<(String, &str)> {
        let (folder, file) = file
            .rsplit_once('/')
            .map_or(("", file), |(folder, file)| (folder, file));
        let (hash, name) = file.split_once('.')?;
        Some(if folder.is_empty() {
            (name.to_owned(), hash)
        } else {
            (format!("{folder}/{name}"), hash)
        })
    }

    /// The root metadata that a new screen is given to trust.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn root(&self) -> Result<Vec<u8>> {
        let latest = tables::latest(self.database.pool(), "root").await?;
        latest
            .map(|latest| latest.bytes)
            .ok_or_else(|| sqlx::Error::RowNotFound.into())
    }

    /// The tree of units as it is wanted.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn units(&self) -> Result<Units> {
        units::load(self.database.pool()).await
    }

    /// The id of the unit that `text` names by id or name.
    ///
    /// # Errors
    /// When no unit or several are called that.
    pub async fn find_unit(&self, text: &str) -> Result<UnitId> {
        Ok(units::find(&self.units().await?, text)?.id.clone())
    }
}

/// Who signs for the releases of a unit.
pub(crate) fn unit_role(unit: &UnitId) -> String {
    format!("unit-{unit}")
}

/// The name of the target that holds a screen's assignment.
pub(crate) fn screen_target(screen: &str) -> String {
    format!("{SCREENS}/{screen}.json")
}

/// The name of the target that holds a unit's release.
pub(crate) fn release_target(unit: &UnitId) -> String {
    format!("units/{unit}/release.json")
}

/// The SHA-256 of a document.
pub(crate) fn hash(bytes: &[u8]) -> Sha256Hex {
    let mut sum = [0; 32];
    sum.copy_from_slice(digest(&SHA256, bytes).as_ref());
    Sha256Hex::of_digest(sum)
}

/// One key of the server's own, which signs alone.
pub(crate) fn alone(key: motcua_sync::tuf::Key) -> Signers {
    Signers {
        threshold: 1,
        keys: vec![key],
    }
}
