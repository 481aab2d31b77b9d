//! What screens believe at this moment, read from the signed metadata itself, and what each may read.
//!
//! Rights follow what is published, not what is wanted: a screen whose move waits for a signature still
//! reads its old unit's content. Cutting off is the exception and holds at once.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use motcua_show::release::Sha256Hex;
use motcua_show::units::{Assignment, UnitId, Units};
use motcua_sync::alert::{self, AlertKeys};
use motcua_sync::tuf::metadata::Targets;
use serde::de::DeserializeOwned;
use sqlx::Row;

use super::publication::read;
use super::tables::{self, Counters};
use super::{Repository, SCREENS, UNITS_TARGET, release_target, screen_target};
use crate::error::Result;
use crate::units::is_within;

/// What screens believe, as of one publication.
#[derive(Debug)]
pub struct Published {
    counters: Counters,
    /// The version of every role as the snapshot names it.
    pub versions: BTreeMap<String, u64>,
    /// The published tree.
    pub units: Arc<Units>,
    /// The unit of each screen.
    pub homes: Arc<HashMap<String, UnitId>>,
    /// Screens that are wanted; one that was cut off is not among them.
    wanted: Arc<HashSet<String>>,
    /// Which keys may alert which unit, as screens know it.
    pub alert_keys: Arc<AlertKeys>,
    /// Units that have a current release, and its number.
    releasing: BTreeMap<UnitId, u64>,
    /// The blobs of each unit's current and previous release, once somebody asked.
    blobs: Mutex<HashMap<UnitId, Arc<HashSet<Sha256Hex>>>>,
}

/// What one screen, or the holder of a token for one unit, may read.
#[derive(Clone, Debug, Default)]
pub struct Visible {
    targets: BTreeSet<String>,
    blobs: Vec<Arc<HashSet<Sha256Hex>>>,
}

impl Visible {
    /// Whether the target may be read that lies in this file of `targets/`.
    #[must_use]
    pub fn allows_target(&self, file: &str) -> bool {
        Repository::target_name(file).is_some_and(|(name, _)| self.targets.contains(&name))
    }

    /// Whether this blob may be read.
    #[must_use]
    pub fn allows_blob(&self, hash: &Sha256Hex) -> bool {
        self.blobs.iter().any(|blobs| blobs.contains(hash))
    }
}

impl Published {
    /// The units whose releases a screen may show today. A day more on both sides, because a screen's clock
    /// and zone decide for it.
    pub(super) fn chain(&self, screen: &str, today: Date) -> BTreeSet<UnitId> {
        match self.homes.get(screen) {
            Some(unit) if self.wanted.contains(screen) => self.chain_of(unit, today),
            _ => BTreeSet::new(),
        }
    }

    /// The unit that a screen belongs to; none for one that was cut off.
    #[must_use]
    pub fn home(&self, screen: &str) -> Option<&UnitId> {
        self.homes
            .get(screen)
            .filter(|_| self.wanted.contains(screen))
    }

    /// How many screens lie at or below `unit` today.
    #[must_use]
    pub fn screens_in(&self, unit: &UnitId, today: Date) -> u64 {
        let mut known: HashMap<&UnitId, bool> = HashMap::new();
        let mut screens = 0;
        for (screen, home) in self.homes.iter() {
            let is_in = *known
                .entry(home)
                .or_insert_with(|| self.chain_of(home, today).contains(unit));
            screens += u64::from(is_in && self.wanted.contains(screen));
        }
        screens
    }

    /// The units at and above `unit`, as a screen may see them today.
    pub(crate) fn chain_of(&self, unit: &UnitId, today: Date) -> BTreeSet<UnitId> {
        [
            today.saturating_sub(1.day()),
            today,
            today.saturating_add(1.day()),
        ]
        .into_iter()
        .flat_map(|day| self.units.chain(unit, day))
        .collect()
    }

    /// The number of the current release of a unit; 0 where it has none.
    pub(super) fn number(&self, unit: &UnitId) -> u64 {
        self.releasing.get(unit).copied().unwrap_or(0)
    }

    /// The screens that show the release of `unit` today: those below it without a nearer one.
    #[must_use]
    pub fn screens_showing(&self, unit: &UnitId, today: Date) -> Vec<String> {
        let shows = |home: &UnitId| {
            let chain = self.units.chain(home, today);
            chain
                .into_iter()
                .find(|unit| self.releasing.contains_key(unit))
                .as_ref()
                == Some(unit)
        };
        // Thousands of screens have a few hundred homes.
        let mut known: HashMap<&UnitId, bool> = HashMap::new();
        let mut screens = Vec::new();
        for (screen, home) in self.homes.iter() {
            let is_shown = *known.entry(home).or_insert_with(|| shows(home));
            if is_shown && self.wanted.contains(screen) {
                screens.push(screen.clone());
            }
        }
        screens
    }
}

impl Repository {
    /// What screens believe at this moment; asks the database only whether that is still so.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn published(&self) -> Result<Arc<Published>> {
        let counters = tables::counters(self.database.pool()).await?;
        let is_so = |known: &Arc<Published>| known.counters.generation >= counters.generation;
        if let Some(known) = self.known().filter(is_so) {
            return Ok(known);
        }
        // After a push all that ask are at it in the same moment; one of them reads.
        let _alone = self.loading.lock().await;
        let known = self.known();
        if let Some(known) = known.clone().filter(is_so) {
            return Ok(known);
        }
        let published = Arc::new(self.load(counters, known.as_deref()).await?);
        *self
            .published
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(published.clone());
        Ok(published)
    }

    /// What a screen may read: its own assignment, the tree, and the current and previous releases of the
    /// units above it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn visible(&self, screen: &str, now: Timestamp) -> Result<Visible> {
        let published = self.published().await?;
        let chain = published.chain(screen, self.day(now));
        if chain.is_empty() {
            return Ok(Visible::default());
        }
        let mut visible = Visible::default();
        visible.targets.insert(UNITS_TARGET.to_owned());
        visible.targets.insert(alert::TARGET.to_owned());
        visible.targets.insert(screen_target(screen));
        for unit in chain {
            visible.targets.insert(release_target(&unit));
            visible.blobs.push(self.blobs_of(&published, &unit).await?);
        }
        Ok(visible)
    }

    /// What the holder of a token for `top` may read: what belongs to that unit and to those below it, and
    /// all that their screens may show.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn visible_below(&self, top: &UnitId, now: Timestamp) -> Result<Visible> {
        let (published, today) = (self.published().await?, self.day(now));
        let (mut below, mut shown) = (BTreeSet::new(), BTreeSet::new());
        for unit in published.units.units.iter().map(|unit| &unit.id) {
            let chain = published.chain_of(unit, today);
            if chain.contains(top) || is_within(&published.units, unit, top) {
                below.insert(unit);
                shown.insert(unit.clone());
                shown.extend(chain);
            }
        }
        let mut visible = Visible::default();
        visible.targets.insert(UNITS_TARGET.to_owned());
        visible.targets.insert(alert::TARGET.to_owned());
        for (screen, home) in published.homes.iter() {
            if below.contains(home) {
                visible.targets.insert(screen_target(screen));
            }
        }
        for unit in shown {
            visible.targets.insert(release_target(&unit));
            visible.blobs.push(self.blobs_of(&published, &unit).await?);
        }
        Ok(visible)
    }

    /// The screens that show the release of `unit` today.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn screens_below(&self, unit: &UnitId, now: Timestamp) -> Result<Vec<String>> {
        Ok(self.published().await?.screens_showing(unit, self.day(now)))
    }

    /// The day in the zone of the server.
    #[must_use]
    pub fn day(&self, now: Timestamp) -> Date {
        now.to_zoned(self.timezone.clone()).date()
    }

    fn known(&self) -> Option<Arc<Published>> {
        self.published
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    async fn blobs_of(
        &self,
        published: &Published,
        unit: &UnitId,
    ) -> Result<Arc<HashSet<Sha256Hex>>> {
        let known = |blobs: &Mutex<HashMap<_, _>>| {
            blobs
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .get(unit)
                .cloned()
        };
        if let Some(blobs) = known(&published.blobs) {
            return Ok(blobs);
        }
        let rows = sqlx::query(
            "SELECT DISTINCT sha256 FROM release_blobs WHERE unit = $1 AND number IN (
                 SELECT number FROM releases WHERE unit = $1 AND state <> 'unsigned'
                 ORDER BY number DESC LIMIT 2)",
        )
        .bind(unit.to_string())
        .fetch_all(self.database.pool())
        .await?;
        let mut blobs = HashSet::with_capacity(rows.len());
        for row in rows {
            let hash: String = row.try_get(0)?;
            blobs.insert(
                hash.parse()
                    .map_err(|error| sqlx::Error::Decode(Box::new(error)))?,
            );
        }
        let blobs = Arc::new(blobs);
        published
            .blobs
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(unit.clone(), blobs.clone());
        Ok(blobs)
    }

    /// Reads what is published; the tree and the screens only where they changed since `known`.
    async fn load(&self, counters: Counters, known: Option<&Published>) -> Result<Published> {
        let pool = self.database.pool();
        let versions = tables::versions(&mut *pool.acquire().await?).await?;
        let is_known =
            |role: &str| known.filter(|known| known.versions.get(role) == versions.get(role));
        let (units, alert_keys) = match is_known("targets") {
            Some(known) => (known.units.clone(), known.alert_keys.clone()),
            None => {
                let targets = self.published_targets("targets").await?;
                let units = self.published_json(&targets, UNITS_TARGET).await?;
                let keys = self.published_json(&targets, alert::TARGET).await?;
                (
                    Arc::new(units.ok_or(sqlx::Error::RowNotFound)?),
                    Arc::new(keys.unwrap_or_default()),
                )
            }
        };
        let homes = match is_known(SCREENS) {
            Some(known) => known.homes.clone(),
            None => Arc::new(self.published_homes().await?),
        };
        let wanted = match known.filter(|known| known.counters.moves == counters.moves) {
            Some(known) => known.wanted.clone(),
            None => Arc::new(self.wanted_screens().await?),
        };
        let mut releasing = BTreeMap::new();
        let current = "SELECT unit, number FROM releases WHERE state = 'current'";
        for row in sqlx::query(current).fetch_all(pool).await? {
            let unit: String = row.try_get(0)?;
            releasing.insert(
                unit.parse()
                    .map_err(|error| sqlx::Error::Decode(Box::new(error)))?,
                tables::unsigned(row.try_get(1)?),
            );
        }
        Ok(Published {
            counters,
            versions,
            units,
            homes,
            wanted,
            alert_keys,
            releasing,
            blobs: Mutex::default(),
        })
    }

    async fn wanted_screens(&self) -> Result<HashSet<String>> {
        let screens = sqlx::query_scalar("SELECT screen FROM assignments");
        let screens = screens.fetch_all(self.database.pool()).await?;
        Ok(screens.into_iter().collect())
    }

    async fn published_targets(&self, role: &str) -> Result<Targets> {
        let latest = tables::latest(self.database.pool(), role).await?;
        let latest = latest.ok_or(sqlx::Error::RowNotFound)?;
        read(role, &latest.bytes)
    }

    /// A document that metadata names; none where it names none of this name.
    async fn published_json<T: DeserializeOwned>(
        &self,
        targets: &Targets,
        name: &str,
    ) -> Result<Option<T>> {
        let Some(hash) = targets.targets.get(name).and_then(|file| file.sha256()) else {
            return Ok(None);
        };
        let document = tables::document(self.database.pool(), name, hash).await?;
        let document = document.ok_or(sqlx::Error::RowNotFound)?;
        let read =
            serde_json::from_slice(&document).map_err(|error| sqlx::Error::Decode(error.into()))?;
        Ok(Some(read))
    }

    async fn published_homes(&self) -> Result<HashMap<String, UnitId>> {
        let screens = self.published_targets(SCREENS).await?;
        let rows =
            sqlx::query("SELECT path, sha256, bytes FROM targets WHERE path LIKE 'screens/%'")
                .fetch_all(self.database.pool())
                .await?;
        let mut homes = HashMap::new();
        for row in rows {
            let (path, sha256): (String, String) = (row.try_get(0)?, row.try_get(1)?);
            let file = screens.targets.get(&path);
            if file.and_then(|file| file.sha256()) == Some(sha256.as_str()) {
                let document: Vec<u8> = row.try_get(2)?;
                let assignment: Assignment = serde_json::from_slice(&document)
                    .map_err(|error| sqlx::Error::Decode(error.into()))?;
                homes.insert(assignment.screen, assignment.unit);
            }
        }
        Ok(homes)
    }
}
