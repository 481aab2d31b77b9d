//! Brings the blobs of a release into the store: a pure plan first, then several downloads at once.
//!
//! It knows neither trust nor schedule: whoever calls has verified the release, and says when to stop.

mod download;
mod plan;
mod settings;
mod throttle;

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use motcua_show::release::{FileRef, Sha256Hex};

pub use plan::{Limits, NoRoom, Step, plan};
pub use settings::{FetchSettings, Hours};

use crate::api::Progress;
use crate::source::{Source, SourceError};
use crate::store::{Store, StoreError, Unfinished};
use download::Download;
use throttle::Throttle;

/// How often whoever called looks up while downloads run.
const TICK: Duration = Duration::from_millis(200);

/// Why blobs did not come. What came stays, and the next round goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum DownloadError {
    /// The source failed.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The bytes that came are not those that were signed.
    #[error(
        "the file {0} comes in damaged from the source; check the line and the disk of the server"
    )]
    Damaged(Sha256Hex),
    /// The disk failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It does not fit.
    #[error(transparent)]
    NoRoom(#[from] NoRoom),
    /// The system has no thread to spare.
    #[error("no thread can be started for downloads ({0}); restart the machine")]
    Thread(#[source] std::io::Error),
    /// Whoever called stopped it.
    #[error("the download was stopped; it goes on in the next round")]
    Stopped,
}

impl DownloadError {
    /// Whether it concerns one file, so that the others are worth fetching still.
    fn is_of_one_file(&self) -> bool {
        matches!(
            self,
            Self::Damaged(_)
                | Self::Source(SourceError::Missing { .. } | SourceError::TooLong { .. })
        )
    }
}

/// Fetches blobs into `store`, several at once. `tick` is called a few times a second on the calling thread
/// with how far it is, and may stop it.
///
/// # Errors
/// The first thing that went wrong. One bad file does not keep the others from coming.
pub fn fetch(
    source: &Source,
    store: &Store,
    files: Vec<FileRef>,
    settings: &FetchSettings,
    tick: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Progress, DownloadError> {
    let shared = Shared::new(source, store, files, settings);
    let threads = settings.at_once.clamp(1, 16).min(shared.left());
    let (over, ends) = mpsc::channel::<()>();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            let (shared, over) = (&shared, over.clone());
            let spawned = std::thread::Builder::new()
                .name("fetch".into())
                .spawn_scoped(scope, move || {
                    shared.work();
                    // Dropped at the end: the channel closes when the last one is over.
                    drop(over);
                });
            if let Err(error) = spawned {
                shared.fail(DownloadError::Thread(error));
            }
        }
        drop(over);
        while ends.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
            if tick(shared.progress()).is_break() {
                shared.fail(DownloadError::Stopped);
            }
        }
    });
    shared.end()
}

/// What the downloads share.
struct Shared<'a> {
    source: &'a Source,
    store: &'a Store,
    queue: Mutex<VecDeque<FileRef>>,
    throttle: Throttle,
    stop: AtomicBool,
    error: Mutex<Option<DownloadError>>,
    bytes: AtomicU64,
    files: AtomicU64,
    whole: Progress,
}

impl<'a> Shared<'a> {
    fn new(
        source: &'a Source,
        store: &'a Store,
        files: Vec<FileRef>,
        settings: &FetchSettings,
    ) -> Self {
        let whole = Progress {
            of_bytes: files.iter().map(|file| file.length).sum(),
            of_files: files.len() as u64,
            ..Progress::default()
        };
        Self {
            source,
            store,
            queue: Mutex::new(files.into()),
            throttle: Throttle::new(settings.bytes_per_second),
            stop: AtomicBool::new(false),
            error: Mutex::default(),
            bytes: AtomicU64::new(0),
            files: AtomicU64::new(0),
            whole,
        }
    }

    fn left(&self) -> usize {
        self.queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .len()
    }

    fn next(&self) -> Option<FileRef> {
        self.queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop_front()
    }

    fn work(&self) {
        while !self.stop.load(Ordering::Relaxed) {
            let Some(file) = self.next() else { return };
            let download = Download {
                source: self.source,
                store: self.store,
                file: &file,
                throttle: &self.throttle,
                stop: &self.stop,
                bytes: &self.bytes,
            };
            match download.run() {
                Ok(()) => drop(self.files.fetch_add(1, Ordering::Relaxed)),
                Err(error) => self.fail(error),
            }
        }
    }

    fn fail(&self, error: DownloadError) {
        if !error.is_of_one_file() {
            self.stop.store(true, Ordering::Relaxed);
        }
        let mut first = self.error.lock().unwrap_or_else(PoisonError::into_inner);
        first.get_or_insert(error);
    }

    fn progress(&self) -> Progress {
        Progress {
            bytes: self.bytes.load(Ordering::Relaxed),
            files: self.files.load(Ordering::Relaxed),
            ..self.whole
        }
    }

    fn end(self) -> Result<Progress, DownloadError> {
        let progress = self.progress();
        let error = self
            .error
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        error.map_or(Ok(progress), Err)
    }
}

impl From<Unfinished> for DownloadError {
    fn from(unfinished: Unfinished) -> Self {
        match unfinished {
            Unfinished::WrongHash(hash) => Self::Damaged(hash),
            Unfinished::Store(error) => Self::Store(error),
        }
    }
}
