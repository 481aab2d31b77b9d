//! Sends what the screen recorded to its server: in the background, in order, until the server has it.
//!
//! A thread of its own, so that no release waits for it. It reads the log through its keeper only; where the server
//! is, the server says. Whatever breaks at whatever moment, the same records are sent again, and the server knows
//! them by their hashes.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use motcua_proof::tally::{Tally, TallyLine};
use motcua_proof::wire::{NotFollowing, Stored, Whereabouts};

use super::backoff::{Backoff, jittered};
use super::{WorkerSettings, sentence, settings::Tallies};
use crate::file;
use crate::proof::{Acknowledged, Located, LogKeeper};
use crate::source::{Source, SourceError};

/// How long records wait at most while the server is there.
const PERIOD: Duration = Duration::from_secs(60);

/// How often the server may refuse records that follow what it says it has, before another chain begins.
const REFUSALS: u32 = 3;

/// The most counts that go with one batch: a batch has room for them.
const COUNTS: usize = 500;

/// Where the counts are noted that the server has.
const SENT_TALLY: &str = "tally.json";

/// What the thread is told.
pub(super) enum ToUploader {
    /// Much waits.
    Look,
    /// End.
    Stop,
}

/// Why the server does not have everything.
#[derive(Debug, thiserror::Error)]
enum UploadError {
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error(
        "{0} answers to the record of what is shown with what is no answer; update the player or the server"
    )]
    Unreadable(String),
    #[error(
        "{0} does not take the record of what is shown any further; look into the log of the server"
    )]
    Stuck(String),
    #[error("{server} does not take the record of what is shown: {said}")]
    Refused { server: String, said: String },
}

/// Starts the thread, where a log is kept and there is a server.
pub(super) fn start(
    source: Arc<Source>,
    settings: &WorkerSettings,
) -> io::Result<Option<Sender<ToUploader>>> {
    let (Some(log), Some(_)) = (settings.proof.clone(), source.server()) else {
        return Ok(None);
    };
    let (orders, inbox) = mpsc::channel();
    let many = orders.clone();
    log.watch(move || drop(many.send(ToUploader::Look)));
    let sent = log.folder().join(SENT_TALLY);
    let uploader = Uploader {
        source,
        known_tally: std::fs::read(&sent)
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default(),
        sent,
        log,
        tallies: settings.tallies.clone(),
        period: settings.poll.min(PERIOD),
        is_located: false,
        refusals: 0,
        fault: None,
    };
    std::thread::Builder::new()
        .name("sync-proofs".into())
        .spawn(move || uploader.run(&inbox))?;
    Ok(Some(orders))
}

struct Uploader {
    source: Arc<Source>,
    log: LogKeeper,
    tallies: Option<Tallies>,
    /// The counts that the server has, and where that is noted.
    known_tally: Tally,
    sent: PathBuf,
    period: Duration,
    /// Whether it is known where the server is.
    is_located: bool,
    refusals: u32,
    /// What was complained of last.
    fault: Option<String>,
}

impl Uploader {
    fn run(mut self, inbox: &Receiver<ToUploader>) {
        let longest = self.period.max(Duration::from_secs(1)).saturating_mul(10);
        let mut backoff = Backoff::new(Duration::from_secs(2).min(self.period), longest);
        let mut wait = jittered(Duration::from_secs(1).min(self.period));
        let mut is_failing = false;
        loop {
            match inbox.recv_timeout(wait) {
                // A server that fails is not asked the more for it.
                Ok(ToUploader::Look) if is_failing => continue,
                Ok(ToUploader::Look) | Err(RecvTimeoutError::Timeout) => {}
                Ok(ToUploader::Stop) | Err(RecvTimeoutError::Disconnected) => return,
            }
            let outcome = self.send_all();
            is_failing = outcome.is_err();
            wait = if is_failing {
                backoff.fail()
            } else {
                backoff.succeed();
                jittered(self.period)
            };
            self.note(outcome);
        }
    }

    fn send_all(&mut self) -> Result<(), UploadError> {
        let sent = self.send_until_none_waits();
        // After whatever went wrong, the server says where it is.
        self.is_located &= sent.is_ok();
        sent
    }

    fn send_until_none_waits(&mut self) -> Result<(), UploadError> {
        let source = Arc::clone(&self.source);
        let Some(server) = source.server() else {
            return Ok(());
        };
        let name = || server.server().to_owned();
        if !self.is_located && !self.locate()? {
            return Ok(());
        }
        while let Some(batch) = self.log.next_batch() {
            let tally = self.tally();
            let lines = with_tally(&batch.lines, &tally);
            let packed = packed(&lines).map_err(|cause| SourceError::of_io(&name(), cause))?;
            let reply = server.send_packed("screen/proofs", "application/x-ndjson", &packed)?;
            if reply.status == 409 {
                let said: NotFollowing = serde_json::from_slice(&reply.body)
                    .map_err(|_| UploadError::Unreadable(name()))?;
                self.refused(said, name())?;
                continue;
            }
            let answer: Stored =
                serde_json::from_slice(&reply.body).map_err(|_| UploadError::Unreadable(name()))?;
            match self.log.stored(batch, answer) {
                Some(Acknowledged::Further) => self.refusals = 0,
                Some(Acknowledged::NoFurther | Acknowledged::NotOurs) => {
                    return Err(UploadError::Stuck(name()));
                }
                // The log cannot be used for the moment, and its keeper says why.
                None => return Ok(()),
            }
            self.note_tally(tally);
        }
        Ok(())
    }

    /// Asks the server where it is; says whether the log can go on.
    fn locate(&mut self) -> Result<bool, UploadError> {
        let (Some(server), Some(chain)) = (self.source.server(), self.log.chain()) else {
            return Ok(false);
        };
        let body = server.ask(&format!("screen/proofs?chain={chain}"))?;
        let at: Whereabouts = serde_json::from_slice(&body)
            .map_err(|_| UploadError::Unreadable(server.server().to_owned()))?;
        match self.log.locate(at.known) {
            None => return Ok(false),
            Some(Located::Here) => {}
            Some(Located::Forked) => self.begin_anew(),
        }
        self.is_located = true;
        Ok(true)
    }

    /// The server does not take what follows: it is somewhere else, or holds another chain of this name.
    fn refused(&mut self, said: NotFollowing, server: String) -> Result<(), UploadError> {
        self.refusals += 1;
        match self.log.locate(said.known) {
            None => return Ok(()),
            Some(Located::Here) if self.refusals < REFUSALS => {}
            Some(Located::Here | Located::Forked) => {
                self.refusals = 0;
                self.begin_anew();
            }
        }
        if self.refusals > 1 {
            let said = said.error;
            return Err(UploadError::Refused { server, said });
        }
        Ok(())
    }

    fn begin_anew(&self) {
        tracing::error!(
            "the server holds another record of this screen under the same name; the screen's own is set aside and a \
             new chain begins"
        );
        self.log.begin_anew();
    }

    /// Counts that the server does not have.
    fn tally(&self) -> Tally {
        let tallies = self.tallies.as_ref();
        tallies.map_or_else(Tally::default, |tallies| {
            tallies.now().beyond(&self.known_tally, COUNTS)
        })
    }

    fn note_tally(&mut self, sent: Tally) {
        if sent.is_empty() {
            return;
        }
        self.known_tally.take(&sent);
        if let Some(tallies) = &self.tallies {
            self.known_tally.keep_days_of(&tallies.now());
        }
        // What could not be noted is sent again after the next start, which changes nothing.
        if let Ok(bytes) = serde_json::to_vec(&self.known_tally) {
            let _ = file::write_private(&self.sent, &bytes);
        }
    }

    /// Complains once of the same fault.
    fn note(&mut self, outcome: Result<(), UploadError>) {
        let fault = outcome.err().map(|error| sentence(&error));
        match &fault {
            Some(fault) if self.fault.as_ref() != Some(fault) => {
                tracing::warn!("what was shown is not sent for now: {fault}");
            }
            None if self.fault.is_some() => tracing::info!("what was shown is sent again"),
            _ => {}
        }
        self.fault = fault;
    }
}

fn with_tally(lines: &str, tally: &Tally) -> String {
    let line = (!tally.is_empty())
        .then(|| TallyLine {
            tally: tally.clone(),
        })
        .and_then(|line| serde_json::to_string(&line).ok());
    line.map_or_else(|| lines.to_owned(), |line| format!("{lines}{line}\n"))
}

fn packed(lines: &str) -> io::Result<Vec<u8>> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(lines.as_bytes())?;
    packer.finish()
}
