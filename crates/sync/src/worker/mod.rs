//! Keeps a paired screen up to date: a plain thread that looks for releases, takes them whole and tells.
//!
//! Its contract is two closed enums: [`ToWorker`], what it is told, and [`FromWorker`], what it tells. It
//! owns the network and the store. The poll is the truth; what the server pushes only makes it look sooner.
//! Nothing that goes wrong here takes away what is on screen.

mod alerts;
mod backoff;
mod commands;
mod desk;
mod events;
mod files;
mod message;
mod proofs;
mod report;
mod round;
mod server;
mod settings;
mod telling;
mod timekeeper;
mod trusted;

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Sender};
use std::thread::JoinHandle;

use alerts::Alerts;
pub use message::{FromWorker, ToWorker};
pub use report::{Did, Outcome, RoundError, RoundReport};
pub use settings::{Clock, Origin, Tallies, WorkerSettings, sentence};

/// Where the worker tells.
type Tell = dyn Fn(FromWorker) + Send + Sync;

/// A worker that runs. It ends when this is dropped.
pub struct Worker {
    orders: Sender<ToWorker>,
    stop: Arc<AtomicBool>,
    alerts: Arc<Alerts>,
    thread: Option<JoinHandle<()>>,
    uploader: Option<Sender<proofs::ToUploader>>,
}

impl std::fmt::Debug for Worker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Worker")
    }
}

/// Why a worker cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The source cannot be used.
    #[error(transparent)]
    Source(#[from] crate::source::SourceError),
    /// The system has no thread to spare.
    #[error("no thread can be started for the screen's releases ({0}); restart the machine")]
    Thread(#[from] std::io::Error),
}

impl Worker {
    /// Starts a worker. `tell` is called on its threads and must not block; a release that is held already is
    /// not told, [`crate::store::Store::current`] has it.
    ///
    /// # Errors
    /// When the source cannot be used or the system has no thread to spare.
    pub fn start(
        settings: WorkerSettings,
        tell: impl Fn(FromWorker) + Send + Sync + 'static,
    ) -> Result<Self, StartError> {
        let source = Arc::new(settings.source()?);
        let (orders, inbox) = mpsc::channel();
        let stop = Arc::new(AtomicBool::new(false));
        let tell: Arc<Tell> = Arc::new(tell);
        if source.server().is_some() && settings.keeps_time {
            timekeeper::start(source.clone(), tell.clone(), stop.clone())?;
        }
        let alerts = Alerts::open(&settings, &source, orders.clone(), tell.clone())?;
        if source.server().is_some() {
            events::start(source.clone(), orders.clone(), alerts.clone(), stop.clone())?;
        }
        let uploader = proofs::start(source.clone(), &settings)?;
        let desk = desk::Desk::new(settings, source, alerts.clone(), inbox, stop.clone(), tell);
        let run = move || desk.run();
        let thread = std::thread::Builder::new().name("sync".into()).spawn(run)?;
        Ok(Self {
            orders,
            stop,
            alerts,
            thread: Some(thread),
            uploader,
        })
    }

    /// Tells the worker. One that has ended hears nothing, which is normal at shutdown.
    pub fn tell(&self, order: ToWorker) {
        match order {
            // Not behind a download that is under way.
            ToWorker::AlertShown(id) => self.alerts.shown(id),
            order => drop(self.orders.send(order)),
        }
    }

    /// What tells the worker from elsewhere.
    #[must_use]
    pub fn orders(&self) -> Sender<ToWorker> {
        self.orders.clone()
    }
}

impl Worker {
    /// Ends the worker and waits for it, as long as a request under way takes at most.
    pub fn stop(mut self) {
        self.say_stop();
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has said so itself.
            let _ = thread.join();
        }
    }

    fn say_stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
        let _ = self.orders.send(ToWorker::Stop);
        if let Some(uploader) = &self.uploader {
            let _ = uploader.send(proofs::ToUploader::Stop);
        }
    }
}

impl Drop for Worker {
    /// Ends it without waiting: the store bears being left at any moment.
    fn drop(&mut self) {
        self.say_stop();
    }
}

/// Does one round and says what it did. Blocks until it is over.
///
/// # Errors
/// When the source cannot be used. A round that fails is a report, too.
pub fn sync_once(settings: &WorkerSettings) -> Result<RoundReport, StartError> {
    let source = settings.source()?;
    let round = round::Round {
        settings,
        source: &source,
        alerts: None,
    };
    Ok(round.run(&mut |_| ControlFlow::Continue(())))
}
