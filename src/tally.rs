//! The tally: what visitors looked for in vain, opened and thought of it, without anything about them.
//!
//! Owns `tally.json` in the screen's state folder, on a thread of its own that everyone else sends counts to.
//! Invariants: what one or two visitors typed stays in memory and ends with the player; nothing that was
//! typed is kept with a time finer than the day; a file that cannot be read is set aside, never overwritten.

mod counts;
pub mod table;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use motcua_sync::worker::Tallies;

use counts::Counts;
pub use counts::{Counted, Record};

const FILE: &str = "tally.json";
/// Where a damaged file is set aside.
const DAMAGED: &str = "tally.damaged.json";

/// The shortest time between two writes: a disk of flash memory wears out by them.
const EVERY: Duration = Duration::from_secs(60);

/// The largest file that is read; 400 busy days take some megabytes.
const LARGEST: u64 = 64 * 1024 * 1024;

/// Why there is no tally to read.
#[derive(Debug, thiserror::Error)]
pub enum TallyError {
    /// The file cannot be read.
    #[error("{file} cannot be read: {source}; check who may read it")]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The file is damaged.
    #[error("{file} is damaged (line {}): {source}; the player sets it aside as {DAMAGED} and begins anew", source.line())]
    Damaged {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
}

/// Reads the tally of a state folder; an empty one where nothing was counted yet.
///
/// # Errors
/// When the file cannot be read or is damaged.
pub fn read(state: &Path) -> Result<Record, TallyError> {
    let file = state.join(FILE);
    let read = || -> io::Result<Vec<u8>> {
        if file.metadata()?.len() > LARGEST {
            return Err(io::Error::other("it is larger than any tally"));
        }
        std::fs::read(&file)
    };
    match read() {
        Ok(bytes) => {
            serde_json::from_slice(&bytes).map_err(|source| TallyError::Damaged { file, source })
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Record::default()),
        Err(source) => Err(TallyError::Unreadable { file, source }),
    }
}

/// The counts of a state folder as the server gets them, read again whenever something is sent.
#[must_use]
pub fn for_server(state: &Path) -> Tallies {
    let state = state.to_owned();
    // Who keeps the file says what is wrong with it.
    Tallies::new(move || read(&state).map(|record| record.sums()).unwrap_or_default())
}

/// Counts; dropping it writes what is still to be written.
#[derive(Debug)]
pub struct Tally {
    to: Option<Sender<Counted>>,
    keeper: Option<JoinHandle<()>>,
}

impl Tally {
    /// Goes on with the tally of a state folder. Returns at once.
    #[must_use]
    pub fn keep(state: &Path) -> Self {
        Self::keep_every(state, EVERY)
    }

    fn keep_every(state: &Path, every: Duration) -> Self {
        let (to, from) = channel();
        let state = state.to_owned();
        let keeper = thread::Builder::new()
            .name("tally".to_owned())
            .spawn(move || Keeper::open(state, every).run(&from));
        if let Err(error) = &keeper {
            tracing::error!(%error, "the tally cannot be started, nothing is counted");
        }
        Self {
            to: Some(to),
            keeper: keeper.ok(),
        }
    }

    /// Counts something. Never waits.
    pub fn count(&self, counted: Counted) {
        if let Some(to) = &self.to {
            // A keeper that could not be started counts nothing.
            let _ = to.send(counted);
        }
    }
}

impl Drop for Tally {
    fn drop(&mut self) {
        self.to = None;
        if let Some(keeper) = self.keeper.take() {
            // It has said itself what went wrong.
            let _ = keeper.join();
        }
    }
}

/// The owner of the file.
struct Keeper {
    state: PathBuf,
    every: Duration,
    counts: Counts,
    /// Nothing is written over a file that could not even be set aside.
    may_write: bool,
    has_complained: bool,
}

impl Keeper {
    fn open(state: PathBuf, every: Duration) -> Self {
        let (record, may_write) = match read(&state) {
            Ok(record) => (record, true),
            Err(error) => {
                let is_aside = set_aside(&state);
                tracing::error!(%error, is_aside, "the tally begins anew");
                (Record::default(), is_aside)
            }
        };
        Self {
            state,
            every,
            counts: Counts::of(record),
            may_write,
            has_complained: false,
        }
    }

    fn run(mut self, from: &Receiver<Counted>) {
        let mut unwritten_since: Option<Instant> = None;
        loop {
            let next = match unwritten_since {
                None => from.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(since) => from.recv_timeout(self.every.saturating_sub(since.elapsed())),
            };
            match next {
                Ok(counted) => {
                    if self.counts.count(counted) {
                        unwritten_since.get_or_insert_with(Instant::now);
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    if unwritten_since.is_some() {
                        self.write();
                    }
                    return;
                }
            }
            if unwritten_since.is_some_and(|since| since.elapsed() >= self.every) {
                self.write();
                unwritten_since = None;
            }
        }
    }

    fn write(&mut self) {
        if !self.may_write {
            return;
        }
        let file = self.state.join(FILE);
        let written = serde_json::to_vec(self.counts.record())
            .map_err(io::Error::from)
            .and_then(|bytes| {
                std::fs::create_dir_all(&self.state)?;
                motcua_sync::file::write_private(&file, &bytes)
            });
        match written {
            Ok(()) => self.has_complained = false,
            // Once, until it has worked again; the next write holds everything.
            Err(error) if !self.has_complained => {
                self.has_complained = true;
                tracing::warn!(%error, file = %file.display(), "the tally cannot be written; check the disk");
            }
            Err(_) => {}
        }
    }
}

fn set_aside(state: &Path) -> bool {
    std::fs::rename(state.join(FILE), state.join(DAMAGED)).is_ok()
}

#[cfg(test)]
mod tests;
