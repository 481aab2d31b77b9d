//! One round: what should this screen show, is it there, and if not, fetch it and switch.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use jiff::Timestamp;
use motcua_show::release::Release;
use motcua_show::units::{Assignment, UnitId, Units};

use super::alerts::{Alerts, Rights};
use super::files::repaired;
use super::trusted::{Document, Trusted};
use super::{Did, Outcome, RoundError, RoundReport, WorkerSettings, sentence};
use crate::alert::{self, AlertKeys};
use crate::api::{Progress, ReleaseRef};
use crate::source::Source;
use crate::tuf::{Trust, TufError};

/// Called while a round takes long; may stop it.
pub(super) type Tick<'a> = &'a mut dyn FnMut(Progress) -> ControlFlow<()>;

/// What a round works with.
pub(super) struct Round<'a> {
    pub(super) settings: &'a WorkerSettings,
    pub(super) source: &'a Source,
    /// Who hears by whom this screen may be alerted, where alerts are taken.
    pub(super) alerts: Option<&'a Alerts>,
}

impl Round<'_> {
    /// Does the round. Whatever happens, the screen keeps a whole release if it had one.
    pub(super) fn run(&self, tick: Tick) -> RoundReport {
        let mut report = RoundReport {
            outcome: Outcome::Failed,
            did: Vec::new(),
            error: None,
            trusted: Default::default(),
        };
        let store = &self.settings.store;
        let _lock = match store.lock() {
            Ok(Some(lock)) => lock,
            Ok(None) => return failed(report, RoundError::Busy),
            Err(error) => return failed(report, error.into()),
        };
        store.reload();
        match self.look(&mut report, tick) {
            Ok(outcome) => report.outcome = outcome,
            Err(error) => report = failed(report, error),
        }
        if !matches!(report.outcome, Outcome::UpToDate | Outcome::Switched) {
            self.mend(&mut report, tick);
        }
        report
    }

    fn look(&self, report: &mut RoundReport, tick: Tick) -> Result<Outcome, RoundError> {
        let now = self.now();
        let mut trust = Trust::open(&self.settings.trust)?;
        let refreshed = trust.refresh(self.source, now);
        report.trusted = trust.floors().clone();
        refreshed.map_err(|error| self.of_trust(error))?;
        report.did.push(Did::Refreshed {
            source: self.source.name(),
        });
        let store = &self.settings.store;
        let mut trusted = Trusted {
            trust,
            source: self.source,
            store,
            now,
            asked: BTreeSet::new(),
        };
        let found = self.find(&mut trusted, report);
        report.trusted = trusted.trust.floors().clone();
        let found = found.map_err(|error| match error {
            RoundError::Trust(error) => self.of_trust(error),
            error => error,
        })?;
        store.forget_documents(&trusted.asked);
        match found {
            Some((document, release)) => self.take(&document, release, report, tick),
            None => Ok(Outcome::NothingForScreen),
        }
    }

    /// The machine's clock, unless it is before what was signed last: then it is plainly wrong.
    fn now(&self) -> Timestamp {
        let machine = self.settings.clock.now();
        let signed = self
            .settings
            .store
            .current()
            .map(|held| held.release.signed_at);
        signed.map_or(machine, |signed| machine.max(signed))
    }

    /// The release that this screen should show today: that of the nearest unit that has one.
    fn find(
        &self,
        trusted: &mut Trusted,
        report: &mut RoundReport,
    ) -> Result<Option<(Document, Release)>, RoundError> {
        let Some(chain) = self.place(trusted, report)? else {
            return Ok(None);
        };
        for unit in &chain {
            let target = format!("units/{unit}/release.json");
            let Some(document) = trusted.target(&target)? else {
                continue;
            };
            let release = Release::read(&document.bytes)?;
            if release.unit != *unit {
                return Err(RoundError::WrongTarget {
                    target,
                    found: release.unit.to_string(),
                });
            }
            report.did.push(Did::Found {
                release: reference(&document, &release),
                title: release.title.clone(),
            });
            return Ok(Some((document, release)));
        }
        report.did.push(nothing(
            "No show was published for this screen's units; push one to any of them.",
        ));
        Ok(None)
    }

    /// The screen's unit and those above it, the nearest first.
    fn place(
        &self,
        trusted: &mut Trusted,
        report: &mut RoundReport,
    ) -> Result<Option<Vec<UnitId>>, RoundError> {
        let Some(units) = trusted.json::<Units>("units.json")? else {
            report.did.push(nothing(
                "The server has no units; make one and push a show to it.",
            ));
            return Ok(None);
        };
        let screen = &self.settings.identity.screen;
        let target = format!("screens/{screen}.json");
        let Some(assignment) = trusted.json::<Assignment>(&target)? else {
            report.did.push(nothing(
                "The screen belongs to no unit; accept it on the server.",
            ));
            return Ok(None);
        };
        if assignment.screen != *screen {
            return Err(RoundError::WrongTarget {
                target,
                found: assignment.screen,
            });
        }
        let today = trusted.now.to_zoned(self.settings.timezone.clone()).date();
        let chain = units.chain(&assignment.unit, today);
        if chain.is_empty() {
            let why = format!(
                "The screen's unit {} does not exist; assign it anew.",
                assignment.unit
            );
            report.did.push(nothing(&why));
            return Ok(None);
        }
        report.did.push(Did::Placed {
            screen: assignment.name,
            units: chain.clone(),
        });
        self.tell_rights(trusted, &assignment.unit, units);
        Ok(Some(chain))
    }

    /// Finds out by whom this screen may be alerted. What cannot be read leaves it as it was: a release must
    /// not wait for it.
    fn tell_rights(&self, trusted: &mut Trusted, home: &UnitId, units: Units) {
        let Some(alerts) = self.alerts else {
            return;
        };
        match trusted.json::<AlertKeys>(alert::TARGET) {
            Ok(keys) => alerts.set_rights(Rights {
                home: home.clone(),
                units,
                keys: keys.unwrap_or_default(),
            }),
            Err(error) => tracing::warn!(
                "who may alert this screen cannot be read, so it stays as it was: {}",
                sentence(&error)
            ),
        }
    }

    /// Has the release whole, and makes it current if it is not.
    fn take(
        &self,
        document: &Document,
        release: Release,
        report: &mut RoundReport,
        tick: Tick,
    ) -> Result<Outcome, RoundError> {
        let store = &self.settings.store;
        let reference = reference(document, &release);
        let is_current = store
            .current()
            .is_some_and(|held| *held.hash() == document.hash);
        if is_current && store.is_whole(&release) {
            report.did.push(Did::WasCurrent { release: reference });
            return Ok(Outcome::UpToDate);
        }
        if let Some(until) = self.have(&release, &store.inventory()?, report, tick)? {
            report.did.push(Did::Waits { until });
            return Ok(Outcome::WaitsForHours { until });
        }
        if is_current {
            let files = repaired(report);
            report.did.push(Did::Repaired { files });
            return Ok(Outcome::UpToDate);
        }
        store.switch(&document.bytes, release)?;
        store.forget_releases();
        report.did.push(Did::Switched { release: reference });
        Ok(Outcome::Switched)
    }

    /// What is wrong with the metadata of a folder is that the folder is a stranger's or too old.
    fn of_trust(&self, error: TufError) -> RoundError {
        let is_of_folder = self.source.server().is_none()
            && !matches!(
                error,
                TufError::Fetch { .. } | TufError::File { .. } | TufError::Unreadable { .. }
            );
        if is_of_folder {
            RoundError::Stranger {
                folder: self.source.name(),
                cause: error,
            }
        } else {
            RoundError::Trust(error)
        }
    }
}

fn reference(document: &Document, release: &Release) -> ReleaseRef {
    ReleaseRef {
        unit: release.unit.clone(),
        number: release.number,
        sha256: document.hash.clone(),
    }
}

fn nothing(why: &str) -> Did {
    Did::FoundNothing {
        why: why.to_owned(),
    }
}

fn failed(report: RoundReport, error: RoundError) -> RoundReport {
    RoundReport {
        outcome: Outcome::Failed,
        error: Some(error),
        ..report
    }
}
