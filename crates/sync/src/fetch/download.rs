//! One blob on its way: gone on with where it broke, watched for its pace, its length and its hash.

use std::io::{self, Read as _};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use motcua_show::release::FileRef;

use super::DownloadError;
use super::throttle::Throttle;
use crate::source::{Resume, Source, SourceError, blob_path};
use crate::store::{Part, Store, Unfinished};

/// How much is read at once.
const PIECE: usize = 64 * 1024;

/// How often a connection that broke is gone on with at once, if each brought something. What breaks more
/// often waits for the next round.
const CONNECTIONS: u32 = 8;

pub(super) struct Download<'a> {
    pub(super) source: &'a Source,
    pub(super) store: &'a Store,
    pub(super) file: &'a FileRef,
    pub(super) throttle: &'a Throttle,
    pub(super) stop: &'a AtomicBool,
    /// The bytes of all downloads, those held before among them.
    pub(super) bytes: &'a AtomicU64,
}

impl Download<'_> {
    pub(super) fn run(&self) -> Result<(), DownloadError> {
        let mut part = self.open()?;
        let was_held = part.held() > 0;
        self.bytes.fetch_add(part.held(), Ordering::Relaxed);
        self.pull_all(&mut part)?;
        match part.finish() {
            // What was held from an earlier round may have been the damaged part.
            Err(Unfinished::WrongHash(_)) if was_held => {
                self.bytes.fetch_sub(self.file.length, Ordering::Relaxed);
                let mut part = self.open()?;
                self.pull_all(&mut part)?;
                Ok(part.finish()?)
            }
            finished => Ok(finished?),
        }
    }

    fn open(&self) -> Result<Part, DownloadError> {
        Ok(self.store.part(&self.file.sha256, self.file.length)?)
    }

    /// Reads until the part has its length, over several connections if need be.
    fn pull_all(&self, part: &mut Part) -> Result<(), DownloadError> {
        let mut connections = 1;
        while part.held() < part.length() {
            let before = part.held();
            match self.pull(part) {
                Err(DownloadError::Source(error))
                    if error.is_passing() && part.held() > before && connections < CONNECTIONS =>
                {
                    tracing::debug!(file = %self.file.sha256, held = part.held(), %error, "going on with a file");
                    connections += 1;
                }
                pulled => pulled?,
            }
        }
        Ok(())
    }

    fn pull(&self, part: &mut Part) -> Result<(), DownloadError> {
        let resume = Resume {
            from: part.held(),
            validator: part.validator().map(str::to_owned),
        };
        let mut download = self.source.blob(&self.file.sha256, &resume)?;
        if download.starts_at == 0 && part.held() > 0 {
            self.bytes.fetch_sub(part.held(), Ordering::Relaxed);
            part.restart()?;
        } else if download.starts_at != part.held() {
            return Err(SourceError::Refused {
                place: self.place(),
                status: 206,
            }
            .into());
        }
        part.note_validator(download.validator.take());
        let mut pace = Pace::new(self.source);
        let mut piece = vec![0; self.throttle.piece().min(PIECE)];
        while !self.stop.load(Ordering::Relaxed) {
            let read = match download.body.read(&mut piece) {
                Ok(0) => return self.ended(part),
                Ok(read) => read,
                Err(cause) if cause.kind() == io::ErrorKind::Interrupted => continue,
                Err(cause) => return Err(self.read_error(cause).into()),
            };
            if part.held() + read as u64 > part.length() {
                self.bytes.fetch_sub(part.held(), Ordering::Relaxed);
                part.restart()?;
                return Err(SourceError::TooLong {
                    place: self.place(),
                    limit: part.length(),
                }
                .into());
            }
            part.append(&piece[..read])?;
            self.bytes.fetch_add(read as u64, Ordering::Relaxed);
            pace.note(read as u64, || self.place())?;
            pace.rested(self.throttle.take(read as u64, self.stop));
        }
        Err(DownloadError::Stopped)
    }

    fn ended(&self, part: &Part) -> Result<(), DownloadError> {
        if part.held() == part.length() {
            return Ok(());
        }
        let cause = io::Error::from(io::ErrorKind::UnexpectedEof);
        Err(SourceError::Broken {
            place: self.place(),
            cause,
        }
        .into())
    }

    fn read_error(&self, cause: io::Error) -> SourceError {
        match self.source {
            Source::Http(_) => SourceError::of_io(&self.place(), cause),
            Source::Folder(folder) => SourceError::Folder {
                path: folder.root().join(blob_path(&self.file.sha256)),
                cause,
            },
        }
    }

    fn place(&self) -> String {
        format!("{}: the file {}", self.source.name(), self.file.sha256)
    }
}

/// Watches that a blob comes fast enough to come at all: each piece may take its time, all of them may not.
struct Pace {
    limit: Option<(u64, Duration)>,
    since: Instant,
    bytes: u64,
}

impl Pace {
    fn new(source: &Source) -> Self {
        let limit = source
            .server()
            .map(|server| (server.patience().slowest, server.patience().pace_over));
        Self {
            limit,
            since: Instant::now(),
            bytes: 0,
        }
    }

    fn note(&mut self, read: u64, place: impl Fn() -> String) -> Result<(), SourceError> {
        let Some((slowest, over)) = self.limit else {
            return Ok(());
        };
        self.bytes += read;
        if self.since.elapsed() < over {
            return Ok(());
        }
        if (self.bytes as f64) < slowest as f64 * over.as_secs_f64() {
            return Err(SourceError::TooSlow {
                place: place(),
                bytes_per_second: slowest,
            });
        }
        self.since = Instant::now();
        self.bytes = 0;
        Ok(())
    }

    /// The time that we ourselves let pass is not the source's.
    fn rested(&mut self, waited: Duration) {
        self.since += waited;
    }
}
