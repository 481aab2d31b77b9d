//! After a restore from an old copy: screens know later versions than the server, and refuse earlier ones.
//! Their heartbeats say which, and the server goes beyond them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use motcua_show::units::UnitId;
use motcua_sync::tuf::metadata::{Targets, TopRole};

use super::publication::Publication;
use super::{Repository, tables};
use crate::error::Result;

/// How far beyond the server's own version a report is believed: years of pushes. A screen that lies must
/// not use up the numbers.
const BELIEVED_AHEAD: u64 = 100_000;

/// Roles in a snapshot; a province has some hundreds of units. Reports of unknown ones beyond that are not
/// believed, so that a screen that lies cannot swell the snapshot.
const MOST_ROLES: usize = 4096;

impl Repository {
    /// Takes the versions that a screen trusts, by role, and the release that it shows. Where they lie above
    /// what is published, publishes beyond them; returns whether it did.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note_floors(
        &self,
        trusted: &BTreeMap<String, u64>,
        release: Option<(&UnitId, u64)>,
        now: Timestamp,
    ) -> Result<bool> {
        let published = self.published().await?;
        let ahead: Vec<(&String, u64)> = trusted
            .iter()
            .filter(|(role, version)| {
                let own = published.versions.get(*role).copied();
                let is_known = own.is_some() || unit_of(role).is_some();
                let own = own.unwrap_or(0);
                is_known && **version > own && **version <= own + BELIEVED_AHEAD
            })
            .map(|(role, version)| (role, *version))
            .take(MOST_ROLES.saturating_sub(published.versions.len()).max(4))
            .collect();
        if ahead.is_empty() {
            return Ok(false);
        }
        let mut publication = Publication::begin(self, now).await?;
        if let Some((unit, number)) = release {
            tables::raise_floor(&mut publication.work, &release_floor(unit), number).await?;
        }
        let taking_off = tables::take_off(&mut *publication.work).await?.is_some();
        for (role, version) in ahead {
            if role == "root" {
                tracing::error!(
                    version,
                    "a screen trusts root {version}, which this server does not know; restore a later copy of the database"
                );
                continue;
            }
            tracing::warn!(
                role,
                version,
                "a screen trusts version {version} of {role}, later than the server's; publishing goes beyond it"
            );
            tables::raise_floor(&mut publication.work, role, version).await?;
            if !taking_off {
                self.go_beyond(&mut publication, role).await?;
            }
        }
        publication.finish().await?;
        Ok(true)
    }

    /// Publishes a role above its floor. A unit whose releases a restored copy does not know has none; its
    /// role is published empty, because screens that have seen it want to see it again.
    async fn go_beyond(&self, publication: &mut Publication<'_>, role: &str) -> Result<()> {
        let is_known =
            !role.starts_with("unit-") || publication.wanted::<Targets>(role).await?.is_some();
        if is_known {
            publication.restage(role).await?;
        } else if publication.authority(role).await?.is_some() {
            let version = publication.next(role).await?;
            let empty = Targets::new(version, publication.expires(self.valid.targets_days)?);
            publication.stage(role, &empty).await?;
        } else {
            publication.renew(TopRole::Snapshot);
        }
        Ok(())
    }
}

fn unit_of(role: &str) -> Option<UnitId> {
    role.strip_prefix("unit-")?.parse().ok()
}

/// Under which name the reported number of a unit's release is kept.
pub(crate) fn release_floor(unit: &UnitId) -> String {
    format!("release:{unit}")
}
