//! The worker's thread: takes orders, keeps the time of the next look, and tells what came out.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use motcua_show::release::{ReleasePath, Sha256Hex};

use super::alerts::Alerts;
use super::backoff::{Backoff, jittered};
use super::commands::Commands;
use super::files::collect;
use super::round::Round;
use super::{FromWorker, Outcome, RoundReport, Tell, ToWorker, WorkerSettings};
use crate::api::{Command, CommandOrder, Heartbeat, Progress};
use crate::source::Source;
use crate::store::{Checked, Scrub};

/// How long between two slices of the check of the disk: rare enough not to be noticed.
const SCRUB_EVERY: Duration = Duration::from_secs(10);

/// How often a download is told about.
const PROGRESS_EVERY: Duration = Duration::from_secs(1);

pub(super) struct Desk {
    pub(super) settings: WorkerSettings,
    pub(super) source: Arc<Source>,
    alerts: Arc<Alerts>,
    inbox: Receiver<ToWorker>,
    stop: Arc<AtomicBool>,
    pub(super) tell: Arc<Tell>,
    /// The release that the player was told, or had when the worker started.
    pub(super) told: Option<Sha256Hex>,
    /// The files of it that the player was told are damaged.
    pub(super) damaged: Vec<ReleasePath>,
    pub(super) look_at: Instant,
    pub(super) beat_at: Instant,
    scrub_at: Instant,
    progress_at: Instant,
    backoff: Backoff,
    scrub: Scrub,
    must_collect: bool,
    pub(super) heartbeat: Heartbeat,
    pub(super) problem: Option<String>,
    /// Whether the server heard the latest heartbeat.
    pub(super) unheard: Option<String>,
    pub(super) commands: Commands,
    /// The commands that the next round answers.
    pub(super) sync_now: Vec<String>,
}

impl Desk {
    pub(super) fn new(
        settings: WorkerSettings,
        source: Arc<Source>,
        alerts: Arc<Alerts>,
        inbox: Receiver<ToWorker>,
        stop: Arc<AtomicBool>,
        tell: Arc<Tell>,
    ) -> Self {
        let now = Instant::now();
        let longest = settings.poll.max(Duration::from_secs(1)).saturating_mul(5);
        let current = settings.store.current();
        Self {
            scrub: Scrub::new(settings.store.clone()),
            told: current.as_ref().map(|held| held.hash().clone()),
            damaged: Vec::new(),
            look_at: now,
            beat_at: now + settings.poll,
            scrub_at: now + SCRUB_EVERY,
            progress_at: now,
            backoff: Backoff::new(Duration::from_secs(1), longest),
            must_collect: false,
            heartbeat: Heartbeat {
                version: settings.version.clone(),
                ..Heartbeat::default()
            },
            problem: None,
            unheard: None,
            commands: Commands::default(),
            sync_now: Vec::new(),
            settings,
            source,
            alerts,
            inbox,
            stop,
            tell,
        }
    }

    pub(super) fn run(mut self) {
        self.review_damage();
        while !self.stop.load(Ordering::Relaxed) {
            self.look_if_due();
            self.collect_if_due();
            self.answer_if_due();
            self.scrub_if_due();
            match self.inbox.recv_timeout(self.wait()) {
                Ok(order) => self.take(order),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            self.take_all();
        }
    }

    fn wait(&self) -> Duration {
        let mut next = self.look_at;
        if self.settings.scrub_bytes_per_second > 0 {
            next = next.min(self.scrub_at);
        }
        if let Some(answer_at) = self.commands.due() {
            next = next.min(answer_at);
        }
        next.saturating_duration_since(Instant::now())
    }

    fn take_all(&mut self) {
        while let Ok(order) = self.inbox.try_recv() {
            self.take(order);
        }
    }

    fn take(&mut self, order: ToWorker) {
        match order {
            ToWorker::Look => self.look_at = Instant::now(),
            ToWorker::Played(release) => {
                match self.settings.store.played(&release) {
                    Ok(()) => self.must_collect = true,
                    Err(error) => tracing::warn!(%error, "the earlier release stays on the disk"),
                }
                self.review_damage();
            }
            ToWorker::Showing { item, problems } => {
                self.heartbeat.item = item;
                self.heartbeat.problems = problems;
            }
            ToWorker::Graphics(graphics) => self.heartbeat.graphics = Some(graphics),
            ToWorker::ClockDoubted(is_doubted) => self.heartbeat.clock_is_doubted = is_doubted,
            ToWorker::CommandDone { id, result } => self.commands.answer(id, result),
            ToWorker::CommandCame(order) => self.take_command(order),
            ToWorker::AlertShown(id) => self.alerts.shown(id),
            ToWorker::Stop => self.stop.store(true, Ordering::Relaxed),
        }
    }

    fn take_command(&mut self, order: CommandOrder) {
        if !self.commands.is_first(&order.id) {
            return;
        }
        tracing::info!(id = %order.id, command = ?order.command, "the server sent a command");
        match order.command {
            Command::SyncNow => {
                self.sync_now.push(order.id);
                self.look_at = Instant::now();
            }
            Command::Restart => self.commands.answer_then(order, "The player starts again."),
            Command::Identify | Command::Screenshot => (self.tell)(FromWorker::Command(order)),
        }
    }

    fn answer_if_due(&mut self) {
        let Some(server) = self.source.server() else {
            return;
        };
        let tell = &self.tell;
        self.commands
            .send(server, &mut |order| tell(FromWorker::Command(order)));
    }

    fn look_if_due(&mut self) {
        if Instant::now() < self.look_at || self.stop.load(Ordering::Relaxed) {
            return;
        }
        // What asks for a look while one is under way asks for the next one.
        self.look_at = Instant::now() + self.settings.poll.saturating_mul(1000);
        let (settings, source) = (self.settings.clone(), self.source.clone());
        let alerts = self.alerts.clone();
        // Before a download, and again after it: who may alert is known by then.
        alerts.poll(&source);
        let round = Round {
            settings: &settings,
            source: &source,
            alerts: Some(&alerts),
        };
        let report = round.run(&mut |progress| self.tick(progress));
        self.heartbeat.progress = None;
        self.look_at = self.look_at.min(Instant::now() + self.pause(&report));
        self.conclude(report);
    }

    /// How long until the next look, if nobody calls.
    fn pause(&mut self, report: &RoundReport) -> Duration {
        let poll = jittered(self.settings.poll);
        match report.outcome {
            Outcome::Failed => return self.backoff.fail(),
            Outcome::WaitsForHours { until } => {
                self.backoff.succeed();
                let left = until.duration_since(self.settings.clock.now());
                return Duration::try_from(left)
                    .unwrap_or_default()
                    .min(poll)
                    .max(Duration::from_secs(1));
            }
            // What is on screen could not be mended, though nothing newer is to be had.
            _ if report.error.is_some() => return self.backoff.fail(),
            _ => {}
        }
        self.backoff.succeed();
        poll
    }

    /// Looks up from a download.
    fn tick(&mut self, progress: Progress) -> ControlFlow<()> {
        self.take_all();
        self.answer_if_due();
        let now = Instant::now();
        if now >= self.progress_at {
            self.progress_at = now + PROGRESS_EVERY;
            self.heartbeat.progress = Some(progress);
            (self.tell)(FromWorker::Progress(progress));
        }
        if now >= self.beat_at {
            tracing::info!(
                bytes = progress.bytes,
                of_bytes = progress.of_bytes,
                files = progress.files,
                of_files = progress.of_files,
                "still fetching a release"
            );
            self.beat();
        }
        if self.stop.load(Ordering::Relaxed) {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }

    fn collect_if_due(&mut self) {
        if !self.must_collect {
            return;
        }
        // Another process that has the store collects when it is done, or this one does the next time.
        let Ok(Some(_lock)) = self.settings.store.lock() else {
            return;
        };
        self.must_collect = false;
        if let Err(error) = collect(&self.settings.store, &self.settings.fetch) {
            tracing::warn!(%error, "files that no release needs stay on the disk");
        }
    }

    fn scrub_if_due(&mut self) {
        if self.settings.scrub_bytes_per_second == 0 || Instant::now() < self.scrub_at {
            return;
        }
        let bytes = self
            .settings
            .scrub_bytes_per_second
            .saturating_mul(SCRUB_EVERY.as_secs());
        let rest = match self.scrub.slice(bytes) {
            Checked::Good => SCRUB_EVERY,
            Checked::All => self.settings.scrub_rest,
            Checked::Damaged(hash) => {
                tracing::warn!(%hash, "a file on the disk is not what was signed");
                self.review_damage();
                SCRUB_EVERY
            }
        };
        self.scrub_at = Instant::now() + rest;
    }
}
