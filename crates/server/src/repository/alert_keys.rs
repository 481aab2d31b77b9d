//! Which keys may alert which unit, in signed form: the target `alerts.json` of the role `targets`.
//!
//! It holds public keys only: the server relays alerts and can make none. Where the keys of `targets` are off
//! the server, a change waits for their signatures as every other does.

use std::collections::BTreeMap;

use jiff::Timestamp;
use motcua_show::units::UnitId;
use motcua_sync::alert::{AlertKeys, TARGET};
use motcua_sync::api::PublishedState;
use motcua_sync::bundle::Signers;
use motcua_sync::tuf::{Key, KeyId, TargetFile};
use sqlx::{Any, Executor, Row};

use super::publication::Publication;
use super::{Repository, hash, tables};
use crate::database::{Change, Work};
use crate::error::{Error, Result};
use crate::units::{self, UnitError};

impl Repository {
    /// Which keys may alert which unit as it is wanted, and whether screens know it so.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn alert_keys(&self) -> Result<(AlertKeys, PublishedState)> {
        let wanted = load(self.database.pool()).await?;
        let state = if *self.published().await?.alert_keys == wanted {
            PublishedState::Current
        } else {
            PublishedState::Unsigned
        };
        Ok((wanted, state))
    }

    /// Lets a key alert a unit and those below it; with a threshold, so many of the unit's keys must sign.
    ///
    /// # Errors
    /// When there is no such unit, too few keys could sign, or the keys are being taken off.
    pub async fn add_alert_key(
        &self,
        unit: &UnitId,
        key: &Key,
        threshold: Option<u32>,
        now: Timestamp,
    ) -> Result<PublishedState> {
        let mut publication = Publication::begin_change(self, now).await?;
        let tree = units::load(&mut *publication.work).await?;
        if tree.get(unit).is_none() {
            return Err(UnitError::Unknown(unit.to_string()).into());
        }
        let mut signers = signers_of(&mut publication, unit).await?;
        signers.keys.retain(|known| known.id() != key.id());
        signers.keys.push(key.clone());
        signers.threshold = threshold.unwrap_or(signers.threshold);
        keep(&mut publication.work, unit, &signers).await?;
        let state = self.publish_alert_keys(publication).await?;
        tracing::info!(%unit, key = %key.id(), ?state, "the key {} may alert {unit}", key.id());
        Ok(state)
    }

    /// Takes the right away again.
    ///
    /// # Errors
    /// When the key had none, too few would be left to sign, or the keys are being taken off.
    pub async fn remove_alert_key(
        &self,
        unit: &UnitId,
        key: &KeyId,
        now: Timestamp,
    ) -> Result<PublishedState> {
        let mut publication = Publication::begin_change(self, now).await?;
        let mut signers = signers_of(&mut publication, unit).await?;
        let before = signers.keys.len();
        signers.keys.retain(|known| known.id() != *key);
        if signers.keys.len() == before {
            return Err(Error::UnknownAlertKey {
                unit: unit.clone(),
                key: key.to_string(),
            });
        }
        keep(&mut publication.work, unit, &signers).await?;
        let state = self.publish_alert_keys(publication).await?;
        tracing::info!(%unit, %key, ?state, "the key {key} may alert {unit} no more");
        Ok(state)
    }

    async fn publish_alert_keys(&self, mut publication: Publication<'_>) -> Result<PublishedState> {
        let state = self.stage_tree(&mut publication).await?;
        publication.record(&Change::Units).await?;
        publication.finish().await?;
        Ok(state)
    }

    /// Keeps the document that the role `targets` shall name; none where nobody may alert anybody.
    pub(super) async fn draft_alert_keys(
        &self,
        publication: &mut Publication<'_>,
    ) -> Result<Option<TargetFile>> {
        let wanted = load(&mut *publication.work).await?;
        if wanted.units.is_empty() {
            return Ok(None);
        }
        let document =
            serde_json::to_vec(&wanted).map_err(|error| sqlx::Error::Encode(error.into()))?;
        tables::keep_document(&mut publication.work, TARGET, &hash(&document), &document).await?;
        Ok(Some(TargetFile::of(&document)))
    }
}

async fn load(database: impl Executor<'_, Database = Any>) -> Result<AlertKeys> {
    let rows = sqlx::query("SELECT unit, threshold, keys FROM alert_keys ORDER BY unit")
        .fetch_all(database)
        .await?;
    let mut units = BTreeMap::new();
    for row in rows {
        let (unit, threshold, keys): (String, i64, String) =
            (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        let unit = unit
            .parse()
            .map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
        let signers = Signers {
            threshold: u32::try_from(threshold).unwrap_or(u32::MAX),
            keys: serde_json::from_str(&keys).map_err(|error| sqlx::Error::Decode(error.into()))?,
        };
        units.insert(unit, signers);
    }
    Ok(AlertKeys {
        units,
        ..AlertKeys::default()
    })
}

async fn signers_of(publication: &mut Publication<'_>, unit: &UnitId) -> Result<Signers> {
    let mut wanted = load(&mut *publication.work).await?;
    Ok(wanted.units.remove(unit).unwrap_or(Signers {
        threshold: 1,
        keys: Vec::new(),
    }))
}

async fn keep(work: &mut Work, unit: &UnitId, signers: &Signers) -> Result<()> {
    if signers.keys.is_empty() {
        sqlx::query("DELETE FROM alert_keys WHERE unit = $1")
            .bind(unit.to_string())
            .execute(&mut **work)
            .await?;
        return Ok(());
    }
    if signers.threshold == 0 || signers.keys.len() < signers.threshold as usize {
        return Err(Error::Signers {
            role: format!("alerts of {unit}"),
            keys: signers.keys.len(),
            threshold: signers.threshold,
        });
    }
    let keys =
        serde_json::to_string(&signers.keys).map_err(|error| sqlx::Error::Encode(error.into()))?;
    sqlx::query(
        "INSERT INTO alert_keys (unit, threshold, keys) VALUES ($1, $2, $3)
         ON CONFLICT (unit) DO UPDATE SET threshold = excluded.threshold, keys = excluded.keys",
    )
    .bind(unit.to_string())
    .bind(i64::from(signers.threshold))
    .bind(keys)
    .execute(&mut **work)
    .await?;
    Ok(())
}
