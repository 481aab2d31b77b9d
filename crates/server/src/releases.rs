//! Releases of units: taken in, numbered, signed, made current.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use motcua_show::release::{FORMAT, FileRef, Release, ReleasePath};
use motcua_show::units::UnitId;
use motcua_sync::api::{Published, PublishedState};
use motcua_sync::tuf::TargetFile;
use motcua_sync::tuf::metadata::Targets;
use sqlx::{AnyConnection, AssertSqlSafe, Row};

use crate::database::{Change, Work};
use crate::error::{Error, Result};
use crate::repository::assignments::check_name;
use crate::repository::floors::release_floor;
use crate::repository::publication::Publication;
use crate::repository::{Repository, hash, release_target, tables, unit_role};
use crate::units::{self, UnitError};

/// Rows of one statement: a show of 500 items costs the lock a few questions to the database, not 500.
const ROWS_AT_ONCE: usize = 100;

impl Repository {
    /// Makes a release of a unit and publishes it, or lets it wait for signatures made elsewhere.
    ///
    /// # Errors
    /// When the storage lacks a file, there is no such unit, or no screen could read the release.
    pub async fn publish(
        &self,
        unit: &UnitId,
        title: &str,
        files: BTreeMap<ReleasePath, FileRef>,
        now: Timestamp,
    ) -> Result<Published> {
        check_name(title)?;
        let wanted: Vec<FileRef> = files.values().cloned().collect();
        let collections = tables::counters(self.database.pool()).await?.collections;
        self.check_blobs(&wanted).await?;
        let mut publication = Publication::begin_change(self, now).await?;
        // Asking the storage takes long with S3, so it is done before the lock, and again only if blobs
        // were removed in between.
        if tables::counters(&mut *publication.work).await?.collections != collections {
            self.check_blobs(&wanted).await?;
        }
        let units = units::load(&mut *publication.work).await?;
        if units.get(unit).is_none() {
            return Err(UnitError::Unknown(unit.to_string()).into());
        }
        let release = Release {
            format: FORMAT,
            unit: unit.clone(),
            number: last_number(&mut publication.work, unit).await? + 1,
            signed_at: now,
            title: title.to_owned(),
            files,
        };
        let state = self.stage_release(&mut publication, &release).await?;
        if state == PublishedState::Current {
            publication
                .record(&Change::Release {
                    unit: unit.to_string(),
                })
                .await?;
        }
        publication.finish().await?;
        let number = release.number;
        tracing::info!(%unit, number, ?state, "release {number} of {unit} was taken");
        let screens = self.screens_below(unit, now).await?.len() as u64;
        Ok(Published {
            number,
            state,
            screens,
        })
    }

    /// The current release of a unit itself.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn release(&self, unit: &UnitId) -> Result<Option<Release>> {
        let row = sqlx::query("SELECT sha256 FROM releases WHERE unit = $1 AND state = 'current'")
            .bind(unit.to_string())
            .fetch_optional(self.database().pool())
            .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        let sha256: String = row.try_get(0)?;
        let target = release_target(unit);
        let document = tables::document(self.database().pool(), &target, &sha256).await?;
        let document = document.ok_or(sqlx::Error::RowNotFound)?;
        Ok(Some(Release::read(&document)?))
    }

    async fn check_blobs(&self, wanted: &[FileRef]) -> Result<()> {
        let missing = self.storage().missing(wanted).await?;
        if missing.is_empty() {
            Ok(())
        } else {
            Err(Error::LacksBlobs(missing))
        }
    }

    async fn stage_release(
        &self,
        publication: &mut Publication<'_>,
        release: &Release,
    ) -> Result<PublishedState> {
        let document =
            serde_json::to_vec(release).map_err(|error| sqlx::Error::Encode(error.into()))?;
        // What this server could not read back, no screen could.
        Release::read(&document)?;
        let target = release_target(&release.unit);
        let sha256 = hash(&document);
        tables::keep_document(&mut publication.work, &target, &sha256, &document).await?;
        note_release(&mut publication.work, release, sha256.as_str()).await?;
        let role = unit_role(&release.unit);
        let version = publication.next(&role).await?;
        let expires = publication.expires(self.valid.targets_days)?;
        let targets =
            Targets::new(version, expires).with_target(&target, TargetFile::of(&document));
        let state = publication.stage(&role, &targets).await?;
        if state == PublishedState::Current {
            mark_current(&mut publication.work, &release.unit, sha256.as_str()).await?;
        }
        Ok(state)
    }
}

/// Makes the release whose document has this hash the current one of its unit.
pub(crate) async fn mark_current(work: &mut Work, unit: &UnitId, sha256: &str) -> Result<()> {
    sqlx::query("UPDATE releases SET state = 'past' WHERE unit = $1 AND state = 'current'")
        .bind(unit.to_string())
        .execute(&mut **work)
        .await?;
    sqlx::query("UPDATE releases SET state = 'current' WHERE unit = $1 AND sha256 = $2")
        .bind(unit.to_string())
        .bind(sha256)
        .execute(&mut **work)
        .await?;
    Ok(())
}

/// The highest number that a release of the unit has, or is known to have had.
pub(crate) async fn last_number(work: &mut AnyConnection, unit: &UnitId) -> Result<u64> {
    let last: Option<i64> = sqlx::query("SELECT MAX(number) FROM releases WHERE unit = $1")
        .bind(unit.to_string())
        .fetch_one(&mut *work)
        .await?
        .try_get(0)?;
    let reported = tables::floor(work, &release_floor(unit)).await?;
    Ok(tables::unsigned(last.unwrap_or(0)).max(reported))
}

/// Writes the rows of a release that waits; an older one of the unit that still waits is over.
async fn note_release(work: &mut Work, release: &Release, sha256: &str) -> Result<()> {
    let unit = release.unit.to_string();
    let number = tables::signed(release.number);
    sqlx::query("DELETE FROM releases WHERE unit = $1 AND state = 'unsigned'")
        .bind(unit.clone())
        .execute(&mut **work)
        .await?;
    sqlx::query(
        "INSERT INTO releases (unit, number, signed_at, title, state, sha256)
         VALUES ($1, $2, $3, $4, 'unsigned', $5)",
    )
    .bind(unit.clone())
    .bind(number)
    .bind(release.signed_at.as_second())
    .bind(release.title.clone())
    .bind(sha256)
    .execute(&mut **work)
    .await?;
    let blobs: BTreeSet<&str> = release
        .files
        .values()
        .map(|file| file.sha256.as_str())
        .collect();
    let blobs: Vec<&str> = blobs.into_iter().collect();
    for blobs in blobs.chunks(ROWS_AT_ONCE) {
        let rows: Vec<String> = (3..3 + blobs.len())
            .map(|n| format!("($1, $2, ${n})"))
            .collect();
        let insert = format!(
            "INSERT INTO release_blobs (unit, number, sha256) VALUES {}",
            rows.join(", ")
        );
        let mut query = sqlx::query(AssertSqlSafe(insert))
            .bind(unit.clone())
            .bind(number);
        for blob in blobs {
            query = query.bind(*blob);
        }
        query.execute(&mut **work).await?;
    }
    Ok(())
}
