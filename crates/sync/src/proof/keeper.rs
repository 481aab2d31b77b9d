//! The thread that owns the log: it writes what it is told, seals it, and answers the uploader.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use motcua_proof::{Boot, What};

use super::{Acknowledged, Happened, Log, LogError, LogSettings, MANY, Noted, ToKeeper};
use crate::worker::sentence;

/// How soon after a record its seal follows: one seal serves what happens together.
const SEAL_AFTER: Duration = Duration::from_millis(500);

/// How often a disk that refuses is tried again.
const RETRY: Duration = Duration::from_secs(5);

/// How often it is tried to take the log over from a player that is ending, and how often in a row at the end.
const TAKE_OVER: Duration = Duration::from_millis(200);
const TAKE_OVER_TRIES: u32 = 25;

/// How much is kept in memory while the disk refuses: some hours.
const MOST_WAITING: usize = 4096;

/// Runs until nobody can tell it anything any more.
pub(super) fn run(settings: &LogSettings, boot: &Boot, from: &Receiver<ToKeeper>) {
    let mut keeper = Keeper {
        settings,
        boot,
        log: None,
        waiting: VecDeque::new(),
        showing: None,
        seal_at: None,
        retry_at: None,
        fault: None,
        watchers: Vec::new(),
        has_called: false,
    };
    keeper.open();
    loop {
        let due = [keeper.seal_at, keeper.retry_at]
            .into_iter()
            .flatten()
            .min();
        let message = match due {
            None => from.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(at) => from.recv_timeout(at.saturating_duration_since(Instant::now())),
        };
        match message {
            Ok(message) => keeper.take(message),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return keeper.end(),
        }
        keeper.do_what_is_due();
    }
}

struct Keeper<'a> {
    settings: &'a LogSettings,
    boot: &'a Boot,
    log: Option<Log>,
    /// What is not written yet.
    waiting: VecDeque<Noted>,
    /// What is on the display: the name that it was told under, and its place in the chain.
    showing: Option<(u64, u64)>,
    seal_at: Option<Instant>,
    retry_at: Option<Instant>,
    /// What was complained of last.
    fault: Option<String>,
    watchers: Vec<Box<dyn Fn() + Send>>,
    has_called: bool,
}

impl Keeper<'_> {
    fn take(&mut self, message: ToKeeper) {
        // Whoever asked may be gone, which is normal at shutdown.
        match message {
            ToKeeper::Note(noted) => {
                if self.waiting.len() >= MOST_WAITING {
                    self.waiting.pop_front();
                }
                self.waiting.push_back(*noted);
                if self.retry_at.is_none() {
                    self.write_waiting();
                }
            }
            ToKeeper::Settle(tell) => {
                self.settle();
                let _ = tell.send(());
            }
            ToKeeper::Chain(tell) => {
                let chain = self.log.as_ref().map(|log| log.head().chain.clone());
                let _ = tell.send(chain);
            }
            ToKeeper::Locate(known, tell) => {
                let _ = tell.send(self.read(|log| log.locate(known, Timestamp::now())));
            }
            ToKeeper::Next(tell) => {
                let _ = tell.send(self.read(|log| log.next_batch(Timestamp::now())).flatten());
            }
            ToKeeper::Stored(stored, tell) => {
                let (batch, answer) = *stored;
                let outcome: Option<Acknowledged> = self.read(|log| log.stored(&batch, &answer));
                self.call_watchers();
                let _ = tell.send(outcome);
            }
            ToKeeper::BeginAnew(tell) => {
                self.begin_anew();
                let _ = tell.send(());
            }
            ToKeeper::Watch(call) => self.watchers.push(call),
        }
    }

    fn do_what_is_due(&mut self) {
        let now = Instant::now();
        if self.retry_at.is_some_and(|at| at <= now) {
            self.retry_at = None;
            if self.log.is_none() {
                self.open();
            }
            self.write_waiting();
        }
        if self.seal_at.is_some_and(|at| at <= now) && self.retry_at.is_none() {
            self.seal();
        }
    }

    fn open(&mut self) {
        match Log::open(self.settings.clone(), self.boot.clone()) {
            Ok(mut log) => {
                let sealed = log.seal(Timestamp::now());
                self.log = Some(log);
                self.note_outcome(sealed);
            }
            Err(error) => self.note_outcome(Err(error)),
        }
    }

    /// Writes what there is before it is gone.
    fn end(&mut self) {
        for _ in 0..TAKE_OVER_TRIES {
            self.settle();
            if self.waiting.is_empty() || self.log.is_some() {
                return;
            }
            std::thread::sleep(TAKE_OVER);
        }
    }

    /// Writes and seals all that can be.
    fn settle(&mut self) {
        if self.log.is_none() {
            self.open();
        }
        self.write_waiting();
        self.seal();
    }

    fn write_waiting(&mut self) {
        while let Some(noted) = self.waiting.front() {
            let Some(log) = &mut self.log else {
                return;
            };
            let (what, begins) = match noted.happened.clone() {
                Happened::Began { showing, what } => (Some(what), Some(showing)),
                Happened::Ended {
                    showing,
                    lasted,
                    why,
                } => {
                    // Its beginning may stand in a chain that was set aside, or never got to the disk.
                    let begun = self.showing.filter(|(name, _)| *name == showing);
                    let ended = begun.map(|(_, of)| What::Ended {
                        of,
                        shown_ms: millis(lasted),
                        why,
                    });
                    (ended, None)
                }
                Happened::Else(what) => (Some(what), None),
            };
            if let Some(what) = what {
                match log.append(noted.at, millis(noted.up), what) {
                    Ok(seq) => {
                        if let Some(showing) = begins {
                            self.showing = Some((showing, seq));
                        }
                        let soon = Instant::now() + SEAL_AFTER;
                        self.seal_at.get_or_insert(soon);
                    }
                    Err(error) => {
                        self.note_outcome(Err(error));
                        return;
                    }
                }
            }
            self.waiting.pop_front();
        }
        self.note_outcome(Ok(()));
    }

    fn seal(&mut self) {
        let Some(log) = &mut self.log else {
            return;
        };
        let sealed = log.seal(Timestamp::now());
        if sealed.is_ok() {
            self.seal_at = None;
        }
        self.note_outcome(sealed);
        self.call_watchers();
    }

    fn call_watchers(&mut self) {
        let many = self.log.as_ref().is_some_and(|log| log.waiting() >= MANY);
        if many && !self.has_called {
            for call in &self.watchers {
                call();
            }
        }
        self.has_called = many;
    }

    /// Asks the log for something. One that cannot be read gives way to another chain.
    fn read<T>(&mut self, ask: impl FnOnce(&mut Log) -> Result<T, LogError>) -> Option<T> {
        match ask(self.log.as_mut()?) {
            Ok(answer) => Some(answer),
            Err(error @ LogError::Damaged { .. }) => {
                tracing::error!("{error}; what was recorded is set aside and a new chain begins");
                self.begin_anew();
                None
            }
            Err(error) => {
                self.note_outcome(Err(error));
                None
            }
        }
    }

    fn begin_anew(&mut self) {
        self.showing = None;
        let Some(log) = &mut self.log else {
            return;
        };
        let begun = log.begin_anew();
        self.note_outcome(begun);
    }

    /// Complains once of the same fault, and says when it is over.
    fn note_outcome(&mut self, outcome: Result<(), LogError>) {
        match outcome {
            Ok(()) => {
                if self.fault.take().is_some() {
                    tracing::info!("what is shown is recorded again");
                }
            }
            Err(error) => {
                let is_taken = matches!(error, LogError::Taken(_));
                let wait = if is_taken { TAKE_OVER } else { RETRY };
                self.retry_at = Some(Instant::now() + wait);
                let fault = sentence(&error);
                if self.fault.as_ref() != Some(&fault) {
                    tracing::error!("{fault}");
                }
                self.fault = Some(fault);
            }
        }
    }
}

/// Milliseconds of a duration.
fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
