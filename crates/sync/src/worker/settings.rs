//! What a worker needs to know.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use motcua_proof::tally::Tally;

use crate::fetch::FetchSettings;
use crate::identity::Identity;
use crate::proof::LogKeeper;
use crate::source::{HttpSettings, Patience, Source, SourceError};
use crate::store::Store;

/// Where a worker looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// At the server that the screen is paired with.
    Server,
    /// In a folder, such as that of a USB stick. It counts only where it continues the screen's chain of trust.
    Folder(PathBuf),
}

/// The machine's clock, or that of a test.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// A clock that says what `now` does.
    pub fn new(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// What it says.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        (self.0)()
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::new(Timestamp::now)
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

/// Counts that go to the server with what was shown, read whenever something is sent.
#[derive(Clone)]
pub struct Tallies(Arc<dyn Fn() -> Tally + Send + Sync>);

impl Tallies {
    /// Counts that `now` reads; it may block on the disk.
    pub fn new(now: impl Fn() -> Tally + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// What was counted so far.
    pub(super) fn now(&self) -> Tally {
        (self.0)()
    }
}

impl fmt::Debug for Tallies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tallies")
    }
}

/// What a worker needs to know.
#[derive(Debug, Clone)]
pub struct WorkerSettings {
    /// Who the screen is.
    pub identity: Arc<Identity>,
    /// The folder of its trust, made by the pairing.
    pub trust: PathBuf,
    /// Its store.
    pub store: Store,
    /// The folder of the alerts that it was sent.
    pub alerts: PathBuf,
    /// Where to look.
    pub origin: Origin,
    /// How long to wait between two looks, if nobody calls.
    pub poll: Duration,
    /// How long to wait for the server.
    pub patience: Patience,
    /// How to fetch and what to keep.
    pub fetch: FetchSettings,
    /// How many bytes a second the check in the background reads; 0: none.
    pub scrub_bytes_per_second: u64,
    /// How long that check rests when it has read everything.
    pub scrub_rest: Duration,
    /// The zone in which days begin for the units.
    pub timezone: TimeZone,
    /// The version of the player, for the heartbeat.
    pub version: String,
    /// Whether to measure how far the server's clock is ahead.
    pub keeps_time: bool,
    /// The clock.
    pub clock: Clock,
    /// The record of what is shown, which is sent to the server; none where none is kept.
    pub proof: Option<LogKeeper>,
    /// Counts that are sent with it.
    pub tallies: Option<Tallies>,
}

impl WorkerSettings {
    /// The usual settings of a screen whose trust lies in `trust`.
    #[must_use]
    pub fn new(identity: Arc<Identity>, trust: PathBuf, store: Store) -> Self {
        Self {
            identity,
            alerts: trust.with_file_name("alerts"),
            trust,
            store,
            origin: Origin::Server,
            poll: Duration::from_secs(60),
            patience: Patience::default(),
            fetch: FetchSettings::default(),
            // A gigabyte in 17 minutes: a day reads what a screen holds, and the disk hardly notices.
            scrub_bytes_per_second: 1024 * 1024,
            scrub_rest: Duration::from_secs(24 * 60 * 60),
            timezone: TimeZone::system(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            keeps_time: false,
            clock: Clock::default(),
            proof: None,
            tallies: None,
        }
    }

    /// Where it looks.
    pub(super) fn source(&self) -> Result<Source, SourceError> {
        match &self.origin {
            Origin::Folder(root) => Ok(Source::folder(root)),
            Origin::Server => Source::http(HttpSettings {
                server: self.identity.server.clone(),
                token: Some(self.identity.token.clone()),
                ca: self.identity.ca.clone(),
                patience: self.patience,
            }),
        }
    }
}

/// An error with all that caused it, as one line for a person.
#[must_use]
pub fn sentence(error: &dyn std::error::Error) -> String {
    let mut written = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let said = error.to_string();
        // Some errors say what caused them themselves.
        if !written.contains(&said) {
            written.push_str(": ");
            written.push_str(&said);
        }
        cause = error.source();
    }
    written
}
