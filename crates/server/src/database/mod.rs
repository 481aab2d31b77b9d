//! The database: SQLite in one file, or PostgreSQL shared by replicas, behind one type.
//!
//! Queries are written once, in the SQL that both understand, with `$1` for arguments; where the two differ
//! (locks, notifications) the difference lives in this module. Instants are whole seconds since 1970, truth
//! values are 0 and 1, because both databases agree on integers alone.

mod changes;

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::{Any, AnyPool, Executor, Transaction};
use tokio::sync::{Notify, broadcast};

pub use changes::Change;

use crate::error::Result;

/// A transaction on either database. Dropped without [`Database::commit`] it leaves nothing.
pub type Work = Transaction<'static, Any>;

/// Which SQL the database speaks where the two differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// One file, one process at a time in charge.
    Sqlite,
    /// Shared by replicas.
    Postgres,
}

/// How long a connection waits for one that writes. Publishing holds the lock for milliseconds; more means
/// that something hangs, and the caller should hear of it.
const BUSY: Duration = Duration::from_secs(10);

/// Changes that a listener can be late by before it must look at everything.
const CHANGES_HELD: usize = 1024;

/// A handle on the database; clones share it.
#[derive(Clone, Debug)]
pub struct Database {
    pool: AnyPool,
    dialect: Dialect,
    address: Arc<str>,
    changed: Arc<Notify>,
    changes: broadcast::Sender<Change>,
}

impl Database {
    /// Opens the database at `address` (`sqlite:FILE` or `postgres://…`), brings its tables up to date and
    /// starts to listen for changes. Runs inside a tokio runtime.
    ///
    /// # Errors
    /// When the database cannot be reached, or its tables are of a later version.
    pub async fn open(address: &str) -> Result<Self> {
        sqlx::any::install_default_drivers();
        let (dialect, url) = match address.strip_prefix("sqlite:") {
            Some(file) => (Dialect::Sqlite, sqlite_url(file)),
            None => (Dialect::Postgres, address.to_owned()),
        };
        let pool = AnyPoolOptions::new()
            .max_connections(match dialect {
                // Readers run beside the one writer; more of them gain nothing on one file.
                Dialect::Sqlite => 6,
                Dialect::Postgres => 16,
            })
            .acquire_timeout(BUSY)
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    if dialect == Dialect::Sqlite {
                        // FULL: a release that was announced must survive a power cut.
                        connection
                            .execute("PRAGMA busy_timeout=10000; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON")
                            .await?;
                    }
                    Ok(())
                })
            })
            .connect_with(AnyConnectOptions::from_str(&url)?)
            .await?;
        match dialect {
            Dialect::Sqlite => sqlx::migrate!("migrations/sqlite").run(&pool).await?,
            Dialect::Postgres => sqlx::migrate!("migrations/postgres").run(&pool).await?,
        }
        let database = Self {
            pool,
            dialect,
            address: address.into(),
            changed: Arc::new(Notify::new()),
            changes: broadcast::Sender::new(CHANGES_HELD),
        };
        changes::listen(&database).await?;
        Ok(database)
    }

    /// Which SQL the database speaks.
    #[must_use]
    pub const fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The pool, for queries that need no transaction.
    #[must_use]
    pub const fn pool(&self) -> &AnyPool {
        &self.pool
    }

    /// Begins a transaction that writes. On SQLite it holds the one writer's place from the start, so that
    /// it never fails halfway for another's sake.
    ///
    /// # Errors
    /// When the database cannot be reached or stays locked.
    pub async fn begin(&self) -> Result<Work> {
        Ok(match self.dialect {
            Dialect::Sqlite => self.pool.begin_with("BEGIN IMMEDIATE").await?,
            Dialect::Postgres => self.pool.begin().await?,
        })
    }

    /// Begins a transaction that holds the publishing lock: of all replicas, one at a time.
    ///
    /// # Errors
    /// When the database cannot be reached or stays locked.
    pub async fn publishing(&self) -> Result<Work> {
        let mut work = self.begin().await?;
        if self.dialect == Dialect::Postgres {
            sqlx::query("SELECT generation FROM publishing WHERE id = 1 FOR UPDATE")
                .fetch_one(&mut *work)
                .await?;
        }
        Ok(work)
    }

    /// Commits, and wakes who listens for changes in this process.
    ///
    /// # Errors
    /// When the database refuses; then nothing of the transaction is there.
    pub async fn commit(&self, work: Work) -> Result<()> {
        work.commit().await?;
        self.changed.notify_one();
        Ok(())
    }

    /// Adds `change` to a transaction; every replica hears of it once that is committed.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn record(&self, work: &mut Work, change: &Change) -> Result<()> {
        changes::record(self.dialect, work, change).await
    }

    /// What changes from here on, in all replicas. A receiver that lags must look at everything.
    #[must_use]
    pub fn changes(&self) -> broadcast::Receiver<Change> {
        self.changes.subscribe()
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// The reason why it does not.
    pub async fn check(&self) -> Result<()> {
        self.pool.execute("SELECT 1").await?;
        Ok(())
    }

    /// Closes all connections and ends the listening.
    pub async fn close(&self) {
        self.pool.close().await;
        self.changed.notify_one();
    }
}

/// The URL of a file: what a URL would read as something else is escaped, and the file is made if missing.
fn sqlite_url(file: &str) -> String {
    let escaped = file
        .replace('%', "%25")
        .replace('?', "%3f")
        .replace('#', "%23");
    format!("sqlite:{escaped}?mode=rwc")
}
