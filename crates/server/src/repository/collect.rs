//! Garbage: releases beyond those kept, and blobs that no kept release names.

use std::collections::HashSet;

use jiff::{Timestamp, ToSpan as _};
use motcua_show::release::Sha256Hex;
use sqlx::Row;

use super::publication::Publication;
use super::{Repository, release_target, tables};
use crate::error::Result;
use crate::storage::Stored;
use crate::units;

/// What was removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Collected {
    /// Releases that were forgotten.
    pub releases: u64,
    /// Blobs that were removed.
    pub blobs: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// An upload is followed by its release within this time, or it is garbage.
const GRACE_HOURS: i64 = 24;

/// Blobs removed under one hold of the publishing lock: pushes wait for some tens of milliseconds.
const AT_ONCE: usize = 100;

impl Repository {
    /// Removes garbage. To be called once a day.
    ///
    /// # Errors
    /// When database or storage fail; what was removed by then is gone, and the rest stays.
    pub async fn collect(&self, now: Timestamp) -> Result<Collected> {
        let mut collected = Collected {
            releases: self.forget_releases(now).await?,
            ..Collected::default()
        };
        let named = self.named_blobs().await?;
        let youngest = now.checked_sub(GRACE_HOURS.hours())?;
        let garbage: Vec<Stored> = self
            .storage
            .list()
            .await?
            .into_iter()
            .filter(|blob| blob.since < youngest && !named.contains(&blob.hash))
            .collect();
        for blobs in garbage.chunks(AT_ONCE) {
            self.remove(blobs, now, &mut collected).await?;
        }
        Ok(collected)
    }

    /// Forgets the releases of each unit beyond those kept.
    async fn forget_releases(&self, now: Timestamp) -> Result<u64> {
        let mut publication = Publication::begin(self, now).await?;
        let mut forgotten = 0;
        for unit in units::load(&mut *publication.work).await?.units {
            let rows = sqlx::query(
                "SELECT number, sha256 FROM releases WHERE unit = $1 AND state = 'past'
                 ORDER BY number DESC",
            )
            .bind(unit.id.to_string())
            .fetch_all(&mut *publication.work)
            .await?;
            // The current one is kept beside them.
            for row in rows.iter().skip(self.releases_kept as usize - 1) {
                let (number, sha256): (i64, String) = (row.try_get(0)?, row.try_get(1)?);
                sqlx::query("DELETE FROM releases WHERE unit = $1 AND number = $2")
                    .bind(unit.id.to_string())
                    .bind(number)
                    .execute(&mut *publication.work)
                    .await?;
                sqlx::query("DELETE FROM targets WHERE path = $1 AND sha256 = $2")
                    .bind(release_target(&unit.id))
                    .bind(sha256)
                    .execute(&mut *publication.work)
                    .await?;
                forgotten += 1;
            }
        }
        if forgotten > 0 {
            publication.finish().await?;
        }
        Ok(forgotten)
    }

    async fn named_blobs(&self) -> Result<HashSet<Sha256Hex>> {
        let rows = sqlx::query("SELECT DISTINCT sha256 FROM release_blobs")
            .fetch_all(self.database.pool())
            .await?;
        let mut named = HashSet::with_capacity(rows.len());
        for row in rows {
            let hash: String = row.try_get(0)?;
            named.insert(
                hash.parse()
                    .map_err(|error| sqlx::Error::Decode(Box::new(error)))?,
            );
        }
        Ok(named)
    }

    /// Removes blobs under the lock, so that no release that names one is published meanwhile.
    async fn remove(
        &self,
        blobs: &[Stored],
        now: Timestamp,
        collected: &mut Collected,
    ) -> Result<()> {
        let mut publication = Publication::begin(self, now).await?;
        for blob in blobs {
            let is_named = sqlx::query("SELECT 1 FROM release_blobs WHERE sha256 = $1 LIMIT 1")
                .bind(blob.hash.as_str())
                .fetch_optional(&mut *publication.work)
                .await?
                .is_some();
            if !is_named {
                self.storage.remove(&blob.hash).await?;
                collected.blobs += 1;
                collected.bytes += blob.length;
            }
        }
        tables::count_collection(&mut publication.work).await?;
        self.database.commit(publication.work).await
    }
}
