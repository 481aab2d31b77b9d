//! Proof of play as the server keeps it: what screens say they have shown, verified, countersigned and added up.
//!
//! It owns the chains of all screens, the server's key for countersignatures, the roots of days and the roll-ups
//! that reports read; it knows no HTTP. Invariants: nothing is kept that does not follow, by hash and signature, from
//! what is kept already; whatever was answered as taken is on the disk; the roll-ups are a function of the raw
//! records and can be made again from them.
//!
//! # Where the raw records lie
//!
//! In the database, gzip, a row a batch, and not in the object store: the head of a chain, its records and the
//! roll-ups must change together or not at all, and a screen sends small batches often, which an object store counts
//! and bills as files. The hashes of the records are left out, since they follow from the hash before the batch; they
//! are made again, and compared with the head, when a proof is handed out.

pub mod batch;
pub mod export;
pub mod intake;
pub mod known;
pub mod raw;
pub mod rebuild;
pub mod retention;
pub mod roots;
mod rows;
pub mod spans;
pub mod tally;
pub mod tracker;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use motcua_proof::{Break, PublicKey, Statement};
use motcua_sync::tuf::{KeyId, SigningKey};
use sqlx::Row as _;

use crate::error::{Error, ErrorKind, Result};
use crate::keys::Keys;
use crate::repository::Repository;
use crate::{Database, Settings, Storage};
use tracker::Subject;

/// The name of the key's file, and its folder in that of the keys: `keys take-off` clears its own folder of what
/// signs no release, and these keys stay on the server.
const KEY: &str = "proof";

/// Subjects whose number is remembered; more than a province shows in a month.
const MOST_REMEMBERED: usize = 100_000;

/// What the server keeps of proofs of play; clones share it.
#[derive(Clone, Debug)]
pub struct Proofs {
    database: Database,
    storage: Storage,
    key: Arc<SigningKey>,
    public: PublicKey,
    zone: TimeZone,
    kept_days: u32,
    subjects: Arc<Mutex<HashMap<Subject, i64>>>,
    releases: Arc<Mutex<HashMap<String, Arc<known::Known>>>>,
}

/// Why a proof is not taken, or not handed out.
#[derive(Debug, thiserror::Error)]
pub enum ProofError {
    /// There is too much of it.
    #[error("the proof has more than {0}; send it in several")]
    TooLong(&'static str),
    /// It is not gzip, or no text.
    #[error("the proof cannot be unpacked: {0}; send it again")]
    Packing(std::io::Error),
    /// It breaks.
    #[error("the proof breaks: {0}")]
    Broken(#[from] Break),
    /// It has lines that a screen does not send.
    #[error("line {0} of the proof is neither a record nor a seal; a screen sends nothing else")]
    Foreign(usize),
    /// It is another screen's.
    #[error("the proof is of the screen {0}, and another one sends it")]
    OtherScreen(String),
    /// Its end is not signed.
    #[error("the proof does not end with the screen's seal for its last record")]
    Unsealed,
    /// There is nothing in it.
    #[error("the proof holds no record")]
    Empty,
    /// The tally cannot be read.
    #[error("the tally cannot be read: {0}")]
    Tally(String),
    /// Too many chains were begun.
    #[error("the screen began more than {0} chains within a day; look at its disk and its clock")]
    Chains(i64),
    /// What is kept was changed behind the server's back.
    #[error(
        "the records of the screen {screen} from {from} on are damaged in the database: {why}; restore it from a copy"
    )]
    Damaged {
        /// The screen.
        screen: String,
        /// The first record of the batch.
        from: u64,
        /// What is wrong.
        why: String,
    },
    /// Nothing is kept of a chain, or not of the days asked for.
    #[error("there are no records of {0} in these days")]
    Nothing(String),
}

impl ProofError {
    /// Which answer this error deserves.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::Damaged { .. } => ErrorKind::Failed,
            Self::Nothing(_) => ErrorKind::Missing,
            Self::Chains(_) => ErrorKind::Conflict,
            _ => ErrorKind::Refused,
        }
    }
}

impl Proofs {
    /// Opens what is kept. The first time it makes the key for countersignatures.
    ///
    /// # Errors
    /// When the database fails, or the key cannot be made or is elsewhere.
    pub async fn open(
        settings: &Settings,
        repository: &Repository,
        now: Timestamp,
    ) -> Result<Self> {
        let database = repository.database().clone();
        let folder = settings.keys_folder().join(KEY);
        let key = own_key(&database, &Keys::open(&folder)?, folder, now).await?;
        let bytes = hex::decode(&key.public().keyval.public).unwrap_or_default();
        Ok(Self {
            database,
            storage: repository.storage().clone(),
            key: Arc::new(key),
            public: PublicKey::of_bytes(&bytes),
            zone: settings.time_zone()?,
            kept_days: settings.proofs_kept_days,
            subjects: Arc::default(),
            releases: Arc::default(),
        })
    }

    /// The key that countersigns.
    #[must_use]
    pub const fn key(&self) -> &PublicKey {
        &self.public
    }

    /// The zone whose days are counted.
    #[must_use]
    pub const fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The database.
    #[must_use]
    pub const fn database(&self) -> &Database {
        &self.database
    }

    /// The day in the server's zone.
    #[must_use]
    pub fn day(&self, at: Timestamp) -> Date {
        at.to_zoned(self.zone.clone()).date()
    }

    /// A statement as a line, signed by the server.
    fn signed<T: Statement>(&self, statement: &T) -> Result<String> {
        let sign = |bytes: &[u8]| hex::decode(self.key.sign(bytes).sig).unwrap_or_default();
        let line = statement.line(&self.public, sign);
        Ok(line.map_err(|error| sqlx::Error::Encode(error.into()))?)
    }

    fn remembered(&self, subject: &Subject) -> Option<i64> {
        let subjects = self.subjects.lock().unwrap_or_else(PoisonError::into_inner);
        subjects.get(subject).copied()
    }

    fn remember(&self, subject: Subject, number: i64) {
        let mut subjects = self.subjects.lock().unwrap_or_else(PoisonError::into_inner);
        if subjects.len() >= MOST_REMEMBERED {
            subjects.clear();
        }
        subjects.insert(subject, number);
    }
}

/// The key that signs; made under the lock of publishing, so that of several replicas one makes it.
async fn own_key(
    database: &Database,
    keys: &Keys,
    folder: PathBuf,
    now: Timestamp,
) -> Result<SigningKey> {
    let mut work = database.publishing().await?;
    let row = sqlx::query("SELECT id FROM proof_keys ORDER BY made_at DESC, id LIMIT 1")
        .fetch_optional(&mut *work)
        .await?;
    let id = match row {
        Some(row) => KeyId::from(row.try_get::<String, _>(0)?),
        None => {
            let key = keys.make(KEY)?;
            sqlx::query("INSERT INTO proof_keys (id, public_key, made_at) VALUES ($1, $2, $3)")
                .bind(key.id().as_str())
                .bind(key.keyval.public.clone())
                .bind(now.as_second())
                .execute(&mut *work)
                .await?;
            key.id()
        }
    };
    let key = keys.find(KEY, &id)?.ok_or_else(|| Error::NoKey {
        role: KEY.to_owned(),
        folder,
    })?;
    database.commit(work).await?;
    Ok(key)
}

/// The number of a day in the tables.
#[must_use]
pub fn number_of(day: Date) -> i64 {
    let since = Date::constant(1970, 1, 1).until(day);
    since.map_or(0, |span| i64::from(span.get_days()))
}

/// The day of a number in the tables.
#[must_use]
pub fn day_of(number: i64) -> Date {
    let span = jiff::Span::new().try_days(number);
    let day = span.and_then(|span| Date::constant(1970, 1, 1).checked_add(span));
    day.unwrap_or(Date::MAX)
}

/// A row that this version cannot have written.
pub(crate) fn damaged(error: impl std::error::Error + Send + Sync + 'static) -> sqlx::Error {
    sqlx::Error::Decode(error.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_numbered_from_1970() {
        for (day, number) in [
            ("1970-01-01", 0),
            ("1969-12-31", -1),
            ("2026-11-23", 20_780),
        ] {
            let day: Date = day.parse().unwrap();
            assert_eq!((number_of(day), day_of(number)), (number, day));
        }
    }
}
