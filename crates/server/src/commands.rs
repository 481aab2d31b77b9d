//! Commands to screens, from the order to the answer.
//!
//! A command is delivered at most once: it is claimed in the database before it is sent, so that a restart
//! which cuts its own connection is not ordered again. One that never comes back is shown as expired.

use jiff::Timestamp;
use motcua_sync::api::{Command, CommandOrder, CommandResult};
use serde::{Deserialize, Serialize};
use sqlx::Row as _;

use crate::{Change, Database, Result};

/// How long a screen has for an answer; then it is off or ill, and a late restart would be a surprise.
pub const EXPIRES_S: i64 = 120;

/// Commands that are kept a screen.
const KEPT_S: i64 = 30 * 86_400;

/// Where a command is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum CommandState {
    /// The screen is not connected yet.
    Waiting,
    /// It was sent.
    Delivered,
    /// The screen says that it did it.
    Done,
    /// The screen says that it did not.
    Refused,
    /// No answer came in time.
    Expired,
}

/// A command and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CommandReport {
    /// Its id.
    pub id: String,
    /// The screen.
    pub screen: String,
    /// What was ordered.
    #[schema(value_type = String)]
    pub command: Command,
    /// Where it is.
    pub state: CommandState,
    /// What the screen said.
    #[serde(default)]
    pub message: Option<String>,
    /// The picture that the screen sent, PNG in base64.
    #[serde(default)]
    pub picture: Option<String>,
}

/// Orders a command and tells every replica of it.
///
/// # Errors
/// When the database fails.
pub async fn order(
    database: &Database,
    screen: &str,
    order: &CommandOrder,
    now: Timestamp,
) -> Result<()> {
    let mut work = database.begin().await?;
    sqlx::query("INSERT INTO commands (id, screen, command, made_at) VALUES ($1, $2, $3, $4)")
        .bind(&order.id)
        .bind(screen)
        .bind(name_of(order.command))
        .bind(now.as_second())
        .execute(&mut *work)
        .await?;
    let change = Change::Command {
        screen: screen.to_owned(),
        id: order.id.clone(),
    };
    database.record(&mut work, &change).await?;
    database.commit(work).await
}

/// Claims what waits for a screen that is connected here, the oldest first. Nobody else gets these again.
///
/// # Errors
/// When the database fails.
pub async fn claim(database: &Database, screen: &str, now: Timestamp) -> Result<Vec<CommandOrder>> {
    let mut rows = sqlx::query(
        "UPDATE commands SET delivered_at = $1 WHERE screen = $2 AND delivered_at IS NULL AND made_at > $3 \
         RETURNING made_at, id, command",
    )
    .bind(now.as_second())
    .bind(screen)
    .bind(now.as_second() - EXPIRES_S)
    .fetch_all(database.pool())
    .await?
    .iter()
    .map(|row| Ok((row.try_get(0)?, row.try_get(1)?, command_of(row.try_get(2)?)?)))
    .collect::<Result<Vec<(i64, String, Command)>>>()?;
    rows.sort_by(|one, other| (one.0, &one.1).cmp(&(other.0, &other.1)));
    let order = |(_, id, command)| CommandOrder { id, command };
    Ok(rows.into_iter().map(order).collect())
}

/// Keeps the answer of a screen; false where it was given no such command or answered already.
///
/// # Errors
/// When the database fails.
pub async fn answer(
    database: &Database,
    screen: &str,
    id: &str,
    result: &CommandResult,
    now: Timestamp,
) -> Result<bool> {
    let mut work = database.begin().await?;
    let answered = sqlx::query(
        "UPDATE commands SET answered_at = $1, done = $2, message = $3, picture = $4 \
         WHERE id = $5 AND screen = $6 AND answered_at IS NULL",
    )
    .bind(now.as_second())
    .bind(i64::from(result.done))
    .bind(&result.message)
    .bind(result.picture.clone())
    .bind(id)
    .bind(screen)
    .execute(&mut *work)
    .await?;
    let change = Change::Answered { id: id.to_owned() };
    database.record(&mut work, &change).await?;
    database.commit(work).await?;
    Ok(answered.rows_affected() > 0)
}

/// What became of a command.
///
/// # Errors
/// When the database fails.
pub async fn get(database: &Database, id: &str, now: Timestamp) -> Result<Option<CommandReport>> {
    let row = sqlx::query(
        "SELECT screen, command, made_at, delivered_at, done, message, picture FROM commands WHERE id = $1",
    )
    .bind(id)
    .fetch_optional(database.pool())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let (made_at, delivered_at): (i64, Option<i64>) = (row.try_get(2)?, row.try_get(3)?);
    let done: Option<i64> = row.try_get(4)?;
    let state = match (done, delivered_at) {
        (Some(0), _) => CommandState::Refused,
        (Some(_), _) => CommandState::Done,
        _ if made_at + EXPIRES_S <= now.as_second() => CommandState::Expired,
        (None, Some(_)) => CommandState::Delivered,
        (None, None) => CommandState::Waiting,
    };
    Ok(Some(CommandReport {
        id: id.to_owned(),
        screen: row.try_get(0)?,
        command: command_of(row.try_get(1)?)?,
        state,
        message: row.try_get(5)?,
        picture: row.try_get(6)?,
    }))
}

/// Removes commands that nobody will ask about any more.
///
/// # Errors
/// When the database fails.
pub async fn forget(database: &Database, now: Timestamp) -> Result<()> {
    sqlx::query("DELETE FROM commands WHERE made_at < $1")
        .bind(now.as_second() - KEPT_S)
        .execute(database.pool())
        .await?;
    Ok(())
}

/// As it stands in the database, the API and on the command line.
#[must_use]
pub const fn name_of(command: Command) -> &'static str {
    match command {
        Command::Identify => "identify",
        Command::Screenshot => "screenshot",
        Command::Restart => "restart",
        Command::SyncNow => "sync-now",
    }
}

fn command_of(name: String) -> Result<Command> {
    let command =
        serde_json::from_value(name.into()).map_err(|error| sqlx::Error::Decode(error.into()))?;
    Ok(command)
}
