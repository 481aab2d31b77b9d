//! Renewal: metadata is signed again well before it expires.

use jiff::{SignedDuration, Timestamp};
use motcua_sync::api::PublishedState;
use motcua_sync::tuf::metadata::{Metadata, Root, Snapshot, Targets, Timestamp as Stamp, TopRole};

use super::Repository;
use super::publication::{Publication, read};
use super::tables::{self, Version};
use crate::error::Result;
use crate::settings::Validity;

/// What was renewed, and what waits for signatures made elsewhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Renewed {
    /// Roles whose metadata is published anew.
    pub published: Vec<String>,
    /// Roles whose renewal waits for signatures; they expire without them.
    pub unsigned: Vec<String>,
}

const DAY: SignedDuration = SignedDuration::from_hours(24);

impl Repository {
    /// Renews what expires before long. To be called at the start and each hour.
    ///
    /// # Errors
    /// When the database fails or an online key is not here.
    pub async fn renew(&self, now: Timestamp) -> Result<Renewed> {
        if self
            .due(tables::all_latest(self.database.pool()).await?, now)?
            .is_empty()
        {
            return Ok(Renewed::default());
        }
        let mut publication = Publication::begin(self, now).await?;
        // Another replica may have been first.
        let due = self.due(tables::all_latest(&mut *publication.work).await?, now)?;
        let mut renewed = Renewed::default();
        for role in due {
            if tables::draft(&mut *publication.work, &role)
                .await?
                .is_some()
            {
                renewed.unsigned.push(role);
                continue;
            }
            match publication.restage(&role).await? {
                PublishedState::Current => renewed.published.push(role),
                PublishedState::Unsigned => renewed.unsigned.push(role),
            }
        }
        publication.finish().await?;
        for role in &renewed.unsigned {
            tracing::warn!(
                role,
                "{role} expires before long and its renewal waits for a signature; export the unsigned bundle, sign it and import it"
            );
        }
        Ok(renewed)
    }

    fn due(&self, latest: Vec<Version>, now: Timestamp) -> Result<Vec<String>> {
        let mut due = Vec::new();
        for Version { role, bytes, .. } in latest {
            let expires = match role.as_str() {
                "root" => read::<Root>(&role, &bytes)?.expires(),
                "snapshot" => read::<Snapshot>(&role, &bytes)?.expires(),
                "timestamp" => read::<Stamp>(&role, &bytes)?.expires(),
                _ => read::<Targets>(&role, &bytes)?.expires(),
            };
            if expires.duration_since(now) < margin(&role, self.valid) {
                due.push(role);
            }
        }
        Ok(due)
    }
}

/// How long before it expires metadata is renewed.
fn margin(role: &str, valid: Validity) -> SignedDuration {
    let (days, margin) = match role {
        // Each day: a server that then stops leaves its screens almost the whole validity.
        "timestamp" => {
            let days = valid.timestamp_days;
            (
                days,
                DAY * i32::try_from(days.saturating_sub(1)).unwrap_or(i32::MAX),
            )
        }
        "snapshot" => (valid.snapshot_days, DAY * 15),
        // People sign these by hand, and need time for it.
        "root" => (valid.root_days, DAY * 180),
        _ => (valid.targets_days, DAY * 60),
    };
    let whole = DAY * i32::try_from(days).unwrap_or(i32::MAX);
    if margin < whole { margin } else { whole / 2 }
}

impl Publication<'_> {
    /// Publishes a role again as it is wanted, in a version of its own that is valid for longer.
    pub async fn restage(&mut self, role: &str) -> Result<PublishedState> {
        let valid = self.valid();
        let version = self.next(role).await?;
        match role {
            "timestamp" => self.renew(TopRole::Timestamp),
            "snapshot" => self.renew(TopRole::Snapshot),
            "root" => {
                if let Some(mut root) = self.published::<Root>(role).await? {
                    (root.version, root.expires) = (version, self.expires(valid.root_days)?);
                    return self.stage(role, &root).await;
                }
            }
            _ => {
                if let Some(mut targets) = self.wanted::<Targets>(role).await? {
                    (targets.version, targets.expires) =
                        (version, self.expires(valid.targets_days)?);
                    return self.stage(role, &targets).await;
                }
            }
        }
        Ok(PublishedState::Current)
    }
}
