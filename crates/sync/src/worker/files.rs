//! Has the files of a release in the store: plans, removes, and fetches what may be fetched now.

use std::ops::ControlFlow;

use jiff::Timestamp;
use motcua_show::release::{FileRef, Release};

use super::round::{Round, Tick};
use super::{Did, RoundError, RoundReport};
use crate::fetch::{DownloadError, FetchSettings, Limits, Step, fetch, plan};
use crate::store::{Inventory, Store, StoreError};

impl Round<'_> {
    /// Fetches again what is missing of the release that is on screen, even if nothing newer can be had: it
    /// was verified, and each blob is by its hash.
    pub(super) fn mend(&self, report: &mut RoundReport, tick: Tick) {
        let store = &self.settings.store;
        let Some(held) = store
            .current()
            .filter(|held| !store.is_whole(&held.release))
        else {
            return;
        };
        let mended = store
            .inventory()
            .map_err(RoundError::from)
            .and_then(|mut inventory| {
                // Parts may be those of the next release, which could not be had this time.
                inventory.needed.extend(inventory.parts.keys().cloned());
                self.have(&held.release, &inventory, report, tick)
            });
        match mended {
            Ok(None) => {
                let files = repaired(report);
                report.did.push(Did::Repaired { files });
            }
            Ok(Some(until)) => report.did.push(Did::Waits { until }),
            Err(error) => drop(report.error.get_or_insert(error)),
        }
    }

    /// Fetches what is missing of a release. Says when it may, if that is not now.
    pub(super) fn have(
        &self,
        release: &Release,
        inventory: &Inventory,
        report: &mut RoundReport,
        tick: Tick,
    ) -> Result<Option<Timestamp>, RoundError> {
        let settings = &self.settings.fetch;
        let store = &self.settings.store;
        let steps = plan(inventory, Some(release), settings.into()).map_err(DownloadError::from)?;
        let missing = remove(store, steps, report)?;
        if missing.is_empty() {
            return Ok(None);
        }
        let mut closed_until = self.closed_until();
        if closed_until.is_some() {
            return Ok(closed_until);
        }
        let bytes: u64 = missing.iter().map(|file| file.length).sum();
        tracing::info!(files = missing.len(), bytes, release = release.number, unit = %release.unit, "fetching files");
        let mut watch = |progress| {
            closed_until = self.closed_until();
            if closed_until.is_some() {
                ControlFlow::Break(())
            } else {
                tick(progress)
            }
        };
        let fetched = fetch(self.source, store, missing, settings, &mut watch);
        match fetched {
            Err(DownloadError::Stopped) if closed_until.is_some() => Ok(closed_until),
            fetched => {
                let fetched = fetched?;
                report.did.push(Did::Fetched {
                    files: fetched.files,
                    bytes: fetched.bytes,
                });
                Ok(None)
            }
        }
    }

    /// When blobs may be fetched, if that is not now. The hours are those of the machine's clock.
    fn closed_until(&self) -> Option<Timestamp> {
        let hours = self.settings.fetch.hours.as_ref()?;
        let now = self.settings.clock.now();
        Some(hours.next(now, &self.settings.timezone)).filter(|opening| *opening > now)
    }
}

/// Removes what no release needs, until the limits are kept.
pub(super) fn collect(store: &Store, settings: &FetchSettings) -> Result<(), StoreError> {
    store.forget_releases();
    // Without anything to fetch there is always room.
    let Ok(steps) = plan(&store.inventory()?, None, Limits::from(settings)) else {
        return Ok(());
    };
    for step in steps {
        if let Step::Remove(hash) = step {
            store.remove_blob(&hash)?;
        }
    }
    Ok(())
}

/// Removes what the plan says, and gives what it wants fetched.
fn remove(
    store: &Store,
    steps: Vec<Step>,
    report: &mut RoundReport,
) -> Result<Vec<FileRef>, RoundError> {
    let mut missing = Vec::new();
    let mut removed = 0;
    for step in steps {
        match step {
            Step::Remove(hash) => {
                store.remove_blob(&hash)?;
                removed += 1;
            }
            Step::Fetch(file) => missing.push(file),
        }
    }
    if removed > 0 {
        report.did.push(Did::Collected { files: removed });
    }
    Ok(missing)
}

pub(super) fn repaired(report: &RoundReport) -> u64 {
    let fetched = |did: &Did| {
        if let Did::Fetched { files, .. } = did {
            *files
        } else {
            0
        }
    };
    report.did.iter().map(fetched).sum()
}
