//! What changed, told to every replica: a row per change, written in the transaction of the change itself.
//!
//! The rows are the truth and their numbers have no gap (the counter's row is locked until the commit, so a
//! later number is never seen before an earlier one). PostgreSQL's NOTIFY and the notice within the process
//! only say that it is time to read them; a missed notice delays by at most one poll.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use sqlx::postgres::PgListener;
use sqlx::{AnyPool, Row};

use super::{Database, Dialect, Work};
use crate::error::Result;

/// Something of which screens, or the other replicas, must hear.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Change {
    /// A release of this unit became current; the screens below it should look.
    Release {
        /// The unit.
        unit: String,
    },
    /// The tree of units changed; every screen should look.
    Units,
    /// This screen was assigned to a unit, or to another one, and should look.
    Assigned {
        /// The screen.
        screen: String,
    },
    /// This screen is no longer ours and must be cut off.
    Revoked {
        /// The screen.
        screen: String,
    },
    /// There is an alert for this unit; the screens at and below it must have it at once.
    Alert {
        /// The unit.
        unit: String,
        /// The alert.
        id: String,
    },
    /// There is a command for this screen.
    Command {
        /// The screen.
        screen: String,
        /// The command.
        id: String,
    },
    /// A command was answered, or an enrolment moved on: whoever waits for it should look.
    Answered {
        /// The command or the enrolment.
        id: String,
    },
}

/// The channel of PostgreSQL's NOTIFY.
const CHANNEL: &str = "motcua_changes";

/// How often the rows are read without a notice. On SQLite another process on the same file is the only one
/// that could have written without one.
const POLL: Duration = Duration::from_secs(1);

/// Rows kept for replicas that were cut off; one that was away for longer looks at everything anyway.
const KEPT: i64 = 10_000;

/// Writes the row of `change`.
pub(super) async fn record(dialect: Dialect, work: &mut Work, change: &Change) -> Result<()> {
    let number: i64 =
        sqlx::query("UPDATE change_counter SET number = number + 1 WHERE id = 1 RETURNING number")
            .fetch_one(&mut **work)
            .await?
            .try_get(0)?;
    let text = serde_json::to_string(change).map_err(|error| sqlx::Error::Encode(error.into()))?;
    sqlx::query("INSERT INTO changes (number, change) VALUES ($1, $2)")
        .bind(number)
        .bind(text)
        .execute(&mut **work)
        .await?;
    sqlx::query("DELETE FROM changes WHERE number <= $1")
        .bind(number - KEPT)
        .execute(&mut **work)
        .await?;
    if dialect == Dialect::Postgres {
        sqlx::query("SELECT pg_notify($1, '')")
            .bind(CHANNEL)
            .execute(&mut **work)
            .await?;
    }
    Ok(())
}

/// Starts the task that reads the rows and passes them on, from the last one there is at this moment.
pub(super) async fn listen(database: &Database) -> Result<()> {
    let mut last = newest(&database.pool).await?;
    let database = database.clone();
    let mut notices = match database.dialect {
        Dialect::Sqlite => None,
        Dialect::Postgres => Some(notices(&database.address).await?),
    };
    tokio::spawn(async move {
        let mut reachable = true;
        while !database.pool.is_closed() {
            match pass_on(&database, last).await {
                Ok(number) => {
                    last = number;
                    if !std::mem::replace(&mut reachable, true) {
                        tracing::info!("the database answers again");
                    }
                }
                Err(error) => {
                    if std::mem::replace(&mut reachable, false) && !database.pool.is_closed() {
                        tracing::error!(%error, "changes cannot be read; screens hear of pushes late");
                    }
                }
            }
            wait(&database, notices.as_mut()).await;
        }
    });
    Ok(())
}

async fn notices(address: &str) -> Result<PgListener> {
    let mut listener = PgListener::connect(address).await?;
    listener.listen(CHANNEL).await?;
    Ok(listener)
}

/// Returns at a notice from this process or the database, and at the latest after a poll's time.
async fn wait(database: &Database, notices: Option<&mut PgListener>) {
    let notified = async {
        match notices {
            // A listener that lost its connection makes another one; meanwhile the poll goes on.
            Some(listener) => match listener.try_recv().await {
                Ok(_) => {}
                Err(_) => std::future::pending().await,
            },
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = database.changed.notified() => {}
        () = notified => {}
        () = tokio::time::sleep(POLL) => {}
    }
}

async fn newest(pool: &AnyPool) -> Result<i64> {
    Ok(
        sqlx::query("SELECT number FROM change_counter WHERE id = 1")
            .fetch_one(pool)
            .await?
            .try_get(0)?,
    )
}

/// Passes on every change after `last`; returns the number of the last one passed on.
async fn pass_on(database: &Database, mut last: i64) -> Result<i64> {
    let rows = sqlx::query("SELECT number, change FROM changes WHERE number > $1 ORDER BY number")
        .bind(last)
        .fetch_all(&database.pool)
        .await?;
    for row in rows {
        last = row.try_get(0)?;
        let text: String = row.try_get(1)?;
        match serde_json::from_str(&text) {
            // Nobody listening is normal: a command line that only publishes.
            Ok(change) => drop(database.changes.send(change)),
            Err(error) => {
                tracing::warn!(%error, number = last, "a change of another version is skipped");
            }
        }
    }
    Ok(last)
}
