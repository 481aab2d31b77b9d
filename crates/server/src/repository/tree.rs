//! The tree of units in signed form: `units.json`, and one delegated role a unit.

use std::collections::BTreeMap;

use jiff::Timestamp;
use motcua_show::units::{UnitId, Units};
use motcua_sync::alert;
use motcua_sync::api::PublishedState;
use motcua_sync::bundle::Signers;
use motcua_sync::tuf::TargetFile;
use motcua_sync::tuf::metadata::{Delegations, Targets};

use super::publication::{Publication, delegation};
use super::{Repository, SCREENS, UNITS_TARGET, hash, tables, unit_role};
use crate::database::Change;
use crate::error::Result;
use crate::units::{self, NewUnit, UnitChange};

impl Repository {
    /// Adds a unit; its id is made from its name.
    ///
    /// # Errors
    /// When the tree would not be one, or the keys are being taken off.
    pub async fn add_unit(
        &self,
        wanted: NewUnit,
        now: Timestamp,
    ) -> Result<(UnitId, PublishedState)> {
        let mut publication = Publication::begin_change(self, now).await?;
        let id = units::add(&mut publication.work, wanted).await?;
        let role = unit_role(&id);
        match tables::signers(&mut *publication.work, "units").await? {
            Some(signers) => tables::set_signers(&mut publication.work, &role, &signers).await?,
            None => drop(self.new_signers(&mut publication, &role).await?),
        }
        let state = self.publish_tree(publication).await?;
        tracing::info!(unit = %id, ?state, "unit {id} was added");
        Ok((id, state))
    }

    /// Changes a unit.
    ///
    /// # Errors
    /// When there is no such unit, the tree would not be one, or the keys are being taken off.
    pub async fn change_unit(
        &self,
        id: &UnitId,
        change: UnitChange,
        now: Timestamp,
    ) -> Result<PublishedState> {
        let mut publication = Publication::begin_change(self, now).await?;
        units::change(&mut publication.work, id, change).await?;
        let state = self.publish_tree(publication).await?;
        tracing::info!(unit = %id, ?state, "unit {id} was changed");
        Ok(state)
    }

    async fn publish_tree(&self, mut publication: Publication<'_>) -> Result<PublishedState> {
        let state = self.stage_tree(&mut publication).await?;
        publication.record(&Change::Units).await?;
        publication.finish().await?;
        Ok(state)
    }

    /// Stages the wanted tree with the signers that are written down.
    pub(super) async fn stage_tree(
        &self,
        publication: &mut Publication<'_>,
    ) -> Result<PublishedState> {
        let units = units::load(&mut *publication.work).await?;
        let mut signers = BTreeMap::new();
        for role in delegated(&units) {
            if let Some(found) = tables::signers(&mut *publication.work, &role).await? {
                signers.insert(role, found);
            }
        }
        let targets = self.draft_tree(publication, &units, &signers).await?;
        publication.stage("targets", &targets).await
    }

    /// The role `targets` over a tree; keeps the document that it names.
    pub(crate) async fn draft_tree(
        &self,
        publication: &mut Publication<'_>,
        units: &Units,
        signers: &BTreeMap<String, Signers>,
    ) -> Result<Targets> {
        let document =
            serde_json::to_vec(units).map_err(|error| sqlx::Error::Encode(error.into()))?;
        tables::keep_document(
            &mut publication.work,
            UNITS_TARGET,
            &hash(&document),
            &document,
        )
        .await?;
        let alert_keys = self.draft_alert_keys(publication).await?;
        let version = publication.next("targets").await?;
        let mut delegations = Delegations::default();
        for role in delegated(units) {
            if let Some(signers) = signers.get(&role) {
                let keys = signers.keys.iter().map(|key| (key.id(), key.clone()));
                delegations.keys.extend(keys);
                delegations.roles.push(delegation(&role, signers));
            }
        }
        let mut targets = Targets::new(version, publication.expires(self.valid.targets_days)?)
            .with_target(UNITS_TARGET, TargetFile::of(&document));
        if let Some(file) = alert_keys {
            targets = targets.with_target(alert::TARGET, file);
        }
        targets.delegations = Some(delegations);
        Ok(targets)
    }
}

/// The roles to which a tree delegates.
pub(crate) fn delegated(units: &Units) -> impl Iterator<Item = String> + '_ {
    let units = units.units.iter().map(|unit| unit_role(&unit.id));
    std::iter::once(SCREENS.to_owned()).chain(units)
}
