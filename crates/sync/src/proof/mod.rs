//! The screen's log of what it has shown: a chain of records in its state folder, kept whatever happens to the machine.
//!
//! A thread of its own owns the files; everyone else sends it messages and never waits for the disk. It knows the
//! formats of `motcua-proof` and nothing of stages or servers.
//!
//! Invariants: what lies on the disk is always one chain that verifies, but for a torn end that the next start cuts
//! off; a record is offered to the server only once it is sealed and durable; nothing that the server has not
//! acknowledged is given up while there is another way, and then a record says so.

mod acknowledged;
mod batch;
mod error;
mod keeper;
mod log;
pub mod read;
mod recover;
mod room;
mod segment;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::Duration;

use jiff::Timestamp;
use motcua_proof::wire::{Known, Stored};
use motcua_proof::{Boot, ChainId, Ended, What};
use ring::rand::{SecureRandom as _, SystemRandom};

pub use batch::Batch;
pub use error::LogError;
pub use log::{Located, Log};

use crate::identity::{BadKey, Identity};

/// Where it lies in the folder of a screen's state.
const FOLDER: &str = "proof";

/// How much is kept when nothing else was set: about a week of a screen that changes every 12 s.
pub const USUAL_LIMIT: u64 = 64 * 1024 * 1024;

/// Records that wait to be sent before the uploader is woken.
const MANY: u64 = 200;

/// The folder of the log of a screen whose state lies in `state`.
#[must_use]
pub fn folder(state: &Path) -> PathBuf {
    state.join(FOLDER)
}

/// What a log is kept with.
#[derive(Debug, Clone)]
pub struct LogSettings {
    /// Where it lies.
    pub folder: PathBuf,
    /// Whose it is.
    pub identity: Arc<Identity>,
    /// About how many bytes it may take.
    pub limit: u64,
}

/// Something to be recorded, and when it happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noted {
    /// By the machine's clock.
    pub at: Timestamp,
    /// Since the player was started.
    pub up: Duration,
    /// What happened.
    pub happened: Happened,
}

/// What is to be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happened {
    /// Something is on the display: a [`What::Shown`] or [`What::Alert`].
    Began {
        /// What its end is told under.
        showing: u64,
        /// What is on the display.
        what: What,
    },
    /// It is not on the display any more.
    Ended {
        /// What its beginning was told under.
        showing: u64,
        /// How long it was there.
        lasted: Duration,
        /// Why it ended.
        why: Ended,
    },
    /// Anything else.
    Else(What),
}

/// What the keeper of a log is told.
enum ToKeeper {
    Note(Box<Noted>),
    /// Seal what there is and answer.
    Settle(Sender<()>),
    /// Which chain is kept.
    Chain(Sender<Option<ChainId>>),
    /// The server is here; where does the log go on?
    Locate(Option<Known>, Sender<Option<Located>>),
    /// What comes next for the server.
    Next(Sender<Option<Batch>>),
    /// The server has stored a batch.
    Stored(Box<(Batch, Stored)>, Sender<Option<Acknowledged>>),
    /// The server holds another chain of this name.
    BeginAnew(Sender<()>),
    /// Call this whenever many records wait.
    Watch(Box<dyn Fn() + Send>),
}

/// What an answer of the server comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acknowledged {
    /// It has more than before.
    Further,
    /// It has no more than before.
    NoFurther,
    /// What it countersigned is not what the screen has; nothing was acknowledged.
    NotOurs,
}

/// A log that is kept by its own thread, which ends when every one of these is gone.
#[derive(Clone)]
pub struct LogKeeper {
    to: Sender<ToKeeper>,
    folder: PathBuf,
}

impl std::fmt::Debug for LogKeeper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LogKeeper({})", self.folder.display())
    }
}

impl LogKeeper {
    /// Goes on with the log of a screen, for one start of the player. Returns at once.
    ///
    /// # Errors
    /// When the machine gives no random numbers.
    pub fn start(settings: LogSettings) -> Result<Self, BadKey> {
        let boot = Boot::of_random(random()?);
        let folder = settings.folder.clone();
        let (to, from) = mpsc::channel();
        let run = move || keeper::run(&settings, &boot, &from);
        let spawned = std::thread::Builder::new().name("proof".into()).spawn(run);
        if let Err(error) = spawned {
            tracing::error!(
                "no thread could be started to record what is shown: {error}; free memory"
            );
        }
        Ok(Self { to, folder })
    }

    /// Where the log lies.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Records something. Never waits.
    pub fn note(&self, noted: Noted) {
        // A keeper that is gone has said why.
        let _ = self.to.send(ToKeeper::Note(Box::new(noted)));
    }

    /// Waits until everything that was noted is sealed, at most so long.
    pub fn settle(&self, at_most: Duration) {
        let (tell, told) = mpsc::channel();
        if self.to.send(ToKeeper::Settle(tell)).is_ok() {
            let _ = told.recv_timeout(at_most);
        }
    }

    /// Has `call` called whenever many records wait to be sent; it must not block.
    pub fn watch(&self, call: impl Fn() + Send + 'static) {
        let _ = self.to.send(ToKeeper::Watch(Box::new(call)));
    }

    /// The chain that is kept; none while the log cannot be used.
    #[must_use]
    pub fn chain(&self) -> Option<ChainId> {
        self.ask(ToKeeper::Chain).flatten()
    }

    /// Where the log goes on for a server that is `known` to be there; none while the log cannot be used.
    #[must_use]
    pub fn locate(&self, known: Option<Known>) -> Option<Located> {
        self.ask(|tell| ToKeeper::Locate(known, tell)).flatten()
    }

    /// What comes next for the server; none where it has everything.
    #[must_use]
    pub fn next_batch(&self) -> Option<Batch> {
        self.ask(ToKeeper::Next).flatten()
    }

    /// Notes that the server has stored a batch; none while the log cannot be used.
    #[must_use]
    pub fn stored(&self, batch: Batch, answer: Stored) -> Option<Acknowledged> {
        self.ask(|tell| ToKeeper::Stored(Box::new((batch, answer)), tell))
            .flatten()
    }

    /// Sets the chain aside and begins another.
    pub fn begin_anew(&self) {
        let _ = self.ask(ToKeeper::BeginAnew);
    }

    fn ask<T>(&self, message: impl FnOnce(Sender<T>) -> ToKeeper) -> Option<T> {
        let (tell, told): (Sender<T>, Receiver<T>) = mpsc::channel();
        self.to.send(message(tell)).ok()?;
        told.recv().ok()
    }
}

/// Eight random bytes.
fn random() -> Result<[u8; 8], BadKey> {
    let mut bytes = [0; 8];
    SystemRandom::new().fill(&mut bytes).map_err(|_| BadKey)?;
    Ok(bytes)
}
