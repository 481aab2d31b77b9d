//! After a restore from an old copy: screens know later versions than the server, and refuse earlier ones.
//! Their heartbeats say which, and the server goes beyond them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use motcua_show::units::UnitId;
use motcua_sync::tuf::metadata::{Targets, TopRole};

use super::publication::Publication;
use super::{Published, Repository, tables};
use crate::error::Result;
use crate::limits::{self, JUMPS};
use crate::releases::last_number;

/// How far beyond the server's own version or number a report is believed: years of pushes. A screen that
/// lies must not use up the numbers.
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
        screen: &str,
        trusted: &BTreeMap<String, u64>,
        release: Option<(&UnitId, u64)>,
        now: Timestamp,
    ) -> Result<bool> {
        let published = self.published().await?;
        let mut ahead = believed(&published, trusted);
        let mut shown = release.filter(|(unit, number)| {
            *number > published.number(unit)
                && published.chain(screen, self.day(now)).contains(unit)
        });
        if ahead.is_empty() && shown.is_none() {
            return Ok(false);
        }
        let spent = limits::spent(&self.database, JUMPS, now.as_second()).await?;
        ahead.retain(|(role, _)| !spent.contains(*role));
        if let Some((unit, number)) = shown {
            let last = last_number(&mut *self.database.pool().acquire().await?, unit).await?;
            let is_new = (last + 1..=last + BELIEVED_AHEAD).contains(&number);
            shown = shown.filter(|_| is_new && !spent.contains(&release_floor(unit)));
        }
        if ahead.is_empty() && shown.is_none() {
            return Ok(false);
        }
        let mut publication = Publication::begin(self, now).await?;
        let mut has_jumped = false;
        if let Some((unit, number)) = shown {
            has_jumped |= jump(&mut publication, &release_floor(unit), number).await?;
        }
        let taking_off = tables::take_off(&mut *publication.work).await?.is_some();
        for (role, version) in ahead {
            if !jump(&mut publication, role, version).await? {
                continue;
            }
            has_jumped = true;
            if role != "root" && !taking_off {
                self.go_beyond(&mut publication, role).await?;
            }
        }
        // Another screen may have said the same in the meantime.
        if has_jumped {
            publication.finish().await?;
        }
        Ok(has_jumped)
    }

    /// Publishes a role above its floor. A unit whose releases a restored copy does not know has none; its
    /// role is published empty, because screens that have seen it want to see it again.
    async fn go_beyond(&self, publication: &mut Publication<'_>, role: &str) -> Result<()> {
        if tables::draft(&mut *publication.work, role).await?.is_some() {
            // Made anew it would lose the signatures that it has; what follows it goes beyond the floor.
            publication.renew(TopRole::Snapshot);
            return Ok(());
        }
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

/// What a screen trusts beyond what is published, as far as that is believed.
fn believed<'a>(
    published: &Published,
    trusted: &'a BTreeMap<String, u64>,
) -> Vec<(&'a String, u64)> {
    trusted
        .iter()
        .filter(|(role, version)| {
            let own = published.versions.get(*role).copied();
            let is_known = own.is_some() || unit_of(role).is_some();
            let own = own.unwrap_or(0);
            is_known && **version > own && **version <= own + BELIEVED_AHEAD
        })
        .map(|(role, version)| (role, *version))
        .take(MOST_ROLES.saturating_sub(published.versions.len()).max(4))
        .collect()
}

/// Raises the floor of a role, or of the numbers of a unit's releases; false where that was done a while ago.
async fn jump(publication: &mut Publication<'_>, role: &str, version: u64) -> Result<bool> {
    let now = publication.now.as_second();
    if !limits::count(&mut *publication.work, JUMPS, role, now).await? {
        return Ok(false);
    }
    if role == "root" {
        tracing::error!(
            version,
            "a screen trusts root {version}, which this server does not know; restore a later copy of the database"
        );
        return Ok(true);
    }
    tracing::warn!(
        role,
        version,
        "a screen trusts version {version} of {role}, later than the server's; publishing goes beyond it"
    );
    tables::raise_floor(&mut publication.work, role, version).await?;
    Ok(true)
}

fn unit_of(role: &str) -> Option<UnitId> {
    role.strip_prefix("unit-")?.parse().ok()
}

/// Under which name the reported number of a unit's release is kept.
pub(crate) fn release_floor(unit: &UnitId) -> String {
    format!("release:{unit}")
}
