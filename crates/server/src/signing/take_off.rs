//! Taking keys off the server, or exchanging keys that are off it already.
//!
//! A root that names the new keys, and everything that they sign in place of the old ones, wait until the
//! new keys have signed. Then all of it is published at once and the old private keys are removed from this
//! machine. Screens follow the chain of roots and need nobody's hand.
//!
//! The keys of snapshot and timestamp stay on the server, and are made anew each time: whoever had them
//! before can do nothing more, and screens forget the versions that he may have driven up.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use motcua_sync::bundle::{Signers, TakeOff};
use motcua_sync::tuf::metadata::{Metadata, Root, Targets, TopRole};
use motcua_sync::tuf::{self, Key, SigningKey};

use super::{of_wish, unit_roles, wish};
use crate::error::{Error, Result};
use crate::repository::publication::{Publication, malformed};
use crate::repository::tables::{self, Version};
use crate::repository::tree::delegated;
use crate::repository::{Repository, SCREENS};
use crate::units;

impl Repository {
    /// Prepares that `wanted` sign from now on; what they must sign waits as an unsigned bundle.
    ///
    /// # Errors
    /// When the keys could never sign, or something waits for signatures already.
    pub async fn take_off(&self, wanted: &TakeOff, now: Timestamp) -> Result<()> {
        check(wanted)?;
        let mut publication = Publication::begin_change(self, now).await?;
        if let Some(draft) = tables::drafts(&mut *publication.work).await?.first() {
            return Err(Error::Stale(draft.role.clone()));
        }
        let wish =
            serde_json::to_string(wanted).map_err(|error| sqlx::Error::Encode(error.into()))?;
        tables::set_take_off(&mut publication.work, Some(wish)).await?;
        self.draft_root(&mut publication, wanted).await?;
        let units = units::load(&mut *publication.work).await?;
        let signers: BTreeMap<String, Signers> = delegated(&units)
            .map(|role| (role.clone(), of_wish(wanted, &role).clone()))
            .collect();
        let targets = self.draft_tree(&mut publication, &units, &signers).await?;
        self.draft(&mut publication, "targets", &targets, &wanted.targets)
            .await?;
        for (role, signers) in &signers {
            if let Some(mut targets) = publication.published::<Targets>(role).await? {
                targets.version = publication.next(role).await?;
                targets.expires = publication.expires(self.valid.targets_days)?;
                self.draft(&mut publication, role, &targets, signers)
                    .await?;
            }
        }
        self.database().commit(publication.work).await?;
        tracing::info!(
            "the keys are being taken off; export the unsigned bundle, sign it and import it"
        );
        Ok(())
    }

    /// Gives the taking off up; everything stays as it was.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn cancel_take_off(&self, now: Timestamp) -> Result<()> {
        let mut publication = Publication::begin(self, now).await?;
        if tables::take_off(&mut *publication.work).await?.is_some() {
            tables::set_take_off(&mut publication.work, None).await?;
            sqlx::query("DELETE FROM unsigned")
                .execute(&mut *publication.work)
                .await?;
        }
        self.database().commit(publication.work).await?;
        self.remove_idle_keys(now).await
    }

    /// Once the new root is published: writes down who signs, and removes the old private keys.
    pub(super) async fn finish_take_off(&self, now: Timestamp) -> Result<()> {
        let mut publication = Publication::begin(self, now).await?;
        let Some(wish) = wish(&mut publication).await? else {
            return Ok(());
        };
        if !tables::drafts(&mut *publication.work).await?.is_empty() {
            return Ok(());
        }
        let units = units::load(&mut *publication.work).await?;
        let mut roles = unit_roles(&units);
        roles.extend(["root", "targets", SCREENS].map(str::to_owned));
        for role in &roles {
            tables::set_signers(&mut publication.work, role, of_wish(&wish, role)).await?;
        }
        tables::set_signers(&mut publication.work, "units", &wish.units).await?;
        tables::set_take_off(&mut publication.work, None).await?;
        self.database().commit(publication.work).await?;
        self.remove_idle_keys(now).await
    }

    /// Removes the private keys from this machine whose signatures count for nothing.
    async fn remove_idle_keys(&self, now: Timestamp) -> Result<()> {
        let mut publication = Publication::begin(self, now).await?;
        for (role, id) in self.keys().list()? {
            let counts = match publication.authority(&role).await? {
                Some(authority) => authority.role.keyids.contains(&id),
                // Of a unit whose delegation waits to be signed.
                None => tables::signers(&mut *publication.work, &role)
                    .await?
                    .is_some(),
            };
            if !counts {
                self.keys().remove(&role, &id)?;
                tracing::info!(role, %id, "a key of {role} is off this server");
            }
        }
        Ok(())
    }

    /// The root after the present one, with the new keys; signed already by the old root keys that are here.
    async fn draft_root(&self, publication: &mut Publication<'_>, wanted: &TakeOff) -> Result<()> {
        let Some(mut root) = publication.published::<Root>("root").await? else {
            return Err(sqlx::Error::RowNotFound.into());
        };
        let old: Vec<Key> = root.keys.values().cloned().collect();
        root.version += 1;
        root.expires = publication.expires(self.valid.root_days)?;
        for role in [TopRole::Snapshot, TopRole::Timestamp] {
            root = root.with_role(role, &[self.keys().make(role.name())?], 1);
        }
        let root = root
            .with_role(TopRole::Root, &wanted.root.keys, wanted.root.threshold)
            .with_role(
                TopRole::Targets,
                &wanted.targets.keys,
                wanted.targets.threshold,
            );
        let mut signers = wanted.root.clone();
        signers.keys.extend(old);
        self.draft(publication, "root", &root, &signers).await
    }

    /// Keeps a draft, signed by those of `signers` whose keys are here.
    async fn draft<T: Metadata>(
        &self,
        publication: &mut Publication<'_>,
        role: &str,
        metadata: &T,
        signers: &Signers,
    ) -> Result<()> {
        let ids: BTreeSet<_> = signers.keys.iter().map(Key::id).collect();
        let keys = self.keys().held(role, &ids)?;
        let keys: Vec<&SigningKey> = keys.iter().collect();
        let bytes =
            tuf::sign_metadata(metadata, &keys).map_err(|source| malformed(role, source))?;
        let draft = Version {
            role: role.to_owned(),
            version: metadata.version(),
            bytes,
        };
        tables::keep_draft(&mut publication.work, &draft).await
    }
}

/// Refuses keys that could never sign.
fn check(wanted: &TakeOff) -> Result<()> {
    let fixed = [
        ("root", &wanted.root),
        ("targets", &wanted.targets),
        (SCREENS, &wanted.screens),
        ("units", &wanted.units),
    ];
    let single = wanted
        .unit
        .iter()
        .map(|(unit, signers)| (unit.as_str(), signers));
    for (role, signers) in fixed.into_iter().chain(single) {
        let keys: BTreeSet<_> = signers.keys.iter().map(Key::id).collect();
        if signers.threshold == 0 || keys.len() < signers.threshold as usize {
            return Err(Error::Signers {
                role: role.to_owned(),
                keys: keys.len(),
                threshold: signers.threshold,
            });
        }
    }
    Ok(())
}
