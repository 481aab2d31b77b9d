//! What the worker tells after a round: the player what to show, the server how the screen is.

use std::sync::Arc;
use std::time::Instant;

use motcua_show::release::ReleasePath;

use super::desk::Desk;
use super::{FromWorker, Outcome, RoundReport, sentence, server};
use crate::api::CommandResult;
use crate::store::Held;

impl Desk {
    pub(super) fn conclude(&mut self, report: RoundReport) {
        self.log(&report);
        self.tell_release();
        self.review_damage();
        self.heartbeat.trusted = report.trusted.clone();
        for id in std::mem::take(&mut self.sync_now) {
            let result = CommandResult {
                done: report.error.is_none(),
                message: report.sentences().join(" "),
                picture: None,
            };
            self.commands.answer(id, result);
        }
        (self.tell)(FromWorker::Round(Arc::new(report)));
        self.beat();
    }

    fn tell_release(&mut self) {
        let Some(held) = self.settings.store.current() else {
            // A store that was emptied: what comes back into it is told, even if it is the same.
            self.told = None;
            return;
        };
        if self.told.as_ref() != Some(held.hash()) {
            self.told = Some(held.hash().clone());
            self.damaged.clear();
            (self.tell)(FromWorker::Release(held));
        }
    }

    /// Tells which files of the current release became bad or good, whoever found out.
    pub(super) fn review_damage(&mut self) {
        let Some(held) = self.settings.store.current() else {
            return;
        };
        let damaged = held.damaged();
        let only = |some: &[ReleasePath], other: &[ReleasePath]| -> Vec<ReleasePath> {
            some.iter()
                .filter(|path| !other.contains(path))
                .cloned()
                .collect()
        };
        let (worse, better) = (only(&damaged, &self.damaged), only(&self.damaged, &damaged));
        if !worse.is_empty() {
            tracing::warn!(files = ?worse, release = held.release.number, "files on the disk are damaged; fetching them again");
            // A release that is known to lack something is mended at once, not at the next poll.
            self.look_at = self.look_at.min(Instant::now());
            (self.tell)(FromWorker::Damaged(worse));
        }
        if !better.is_empty() {
            tracing::info!(files = ?better, release = held.release.number, "damaged files were fetched again");
            (self.tell)(FromWorker::Repaired(better));
        }
        self.damaged = damaged;
    }

    fn log(&mut self, report: &RoundReport) {
        let problem = report.problem();
        match (&problem, &self.problem) {
            (Some(problem), before) if before.as_ref() != Some(problem) => {
                tracing::warn!(source = %self.source.name(), "{problem}");
            }
            (None, Some(_)) => tracing::info!(source = %self.source.name(), "updating works again"),
            _ => {}
        }
        if report.outcome == Outcome::Switched {
            for did in &report.did {
                tracing::info!(source = %self.source.name(), "{did}");
            }
        }
        self.problem = problem;
    }

    /// Tells the server how the screen is. What it does not hear it hears the next time.
    pub(super) fn beat(&mut self) {
        self.beat_at = Instant::now() + self.settings.poll;
        let Some(server) = self.source.server() else {
            return;
        };
        let current = self.settings.store.current();
        let mut heartbeat = self.heartbeat.clone();
        heartbeat.release = current.as_deref().map(Held::reference);
        heartbeat.free_bytes = self.settings.store.free_bytes().ok();
        heartbeat.clock_offset_ms = server.clock_offset_ms();
        heartbeat.problems.extend(self.problem.clone());
        let damaged = self
            .damaged
            .iter()
            .map(|path| format!("{path} is damaged on the disk and kept off screen."));
        heartbeat.problems.extend(damaged);
        let unheard = server::beat(server, &self.settings.identity, &heartbeat).err();
        let unheard = unheard.map(|error| sentence(&error));
        if let Some(problem) = unheard
            .as_ref()
            .filter(|problem| self.unheard.as_ref() != Some(problem))
        {
            tracing::warn!("the server does not hear how the screen is: {problem}");
        }
        self.unheard = unheard;
    }
}
