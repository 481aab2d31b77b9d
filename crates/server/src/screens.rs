//! The screens that were taken: who they are, and how they were when they last told.
//!
//! Where a screen belongs is not decided here: that is signed, by [`crate::repository`].

use jiff::Timestamp;
use motcua_sync::api::Heartbeat;
use serde::{Deserialize, Serialize};
use sqlx::Row as _;
use sqlx::any::AnyRow;

use crate::database::Work;
use crate::tokens::Secret;
use crate::{Change, Database, Result};

/// A screen in the list of an operator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Screen {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// The id of its unit.
    pub unit: String,
    /// When it was taken, seconds since 1970.
    pub accepted_at: i64,
    /// Whether it is connected to the replica that was asked.
    pub is_connected: bool,
    /// When it last told how it is, seconds since 1970.
    #[serde(default)]
    pub heartbeat_at: Option<i64>,
    /// How it was then.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub heartbeat: Option<Heartbeat>,
}

/// A screen as it proves itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Its id.
    pub id: String,
    /// Its public key in base64.
    pub public_key: String,
}

/// The screen that shows this token, if it is one.
///
/// # Errors
/// When the database fails.
pub async fn find(database: &Database, secret: &Secret) -> Result<Option<Known>> {
    let row = sqlx::query("SELECT id, public_key FROM screens WHERE token_sha256 = $1")
        .bind(secret.sha256())
        .fetch_optional(database.pool())
        .await?;
    row.map(|row| {
        Ok(Known {
            id: row.try_get(0)?,
            public_key: row.try_get(1)?,
        })
    })
    .transpose()
}

/// Takes a screen, or gives one that was taken before another token.
///
/// # Errors
/// When the database fails.
pub async fn take(
    work: &mut Work,
    screen: &Known,
    token_sha256: &str,
    now: Timestamp,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO screens (id, public_key, token_sha256, accepted_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (id) DO UPDATE SET token_sha256 = excluded.token_sha256, accepted_at = excluded.accepted_at",
    )
    .bind(&screen.id)
    .bind(&screen.public_key)
    .bind(token_sha256)
    .bind(now.as_second())
    .execute(&mut **work)
    .await?;
    Ok(())
}

/// Forgets a screen and its token; false where there is none of this id. From then on it can read nothing.
///
/// # Errors
/// When the database fails.
pub async fn revoke(database: &Database, screen: &str) -> Result<bool> {
    let mut work = database.begin().await?;
    let gone = sqlx::query("DELETE FROM screens WHERE id = $1")
        .bind(screen)
        .execute(&mut *work)
        .await?;
    let change = Change::Revoked {
        screen: screen.to_owned(),
    };
    database.record(&mut work, &change).await?;
    database.commit(work).await?;
    Ok(gone.rows_affected() > 0)
}

/// Keeps how a screen is.
///
/// # Errors
/// When the database fails.
pub async fn note(
    database: &Database,
    screen: &str,
    heartbeat: &Heartbeat,
    now: Timestamp,
) -> Result<()> {
    let text =
        serde_json::to_string(heartbeat).map_err(|error| sqlx::Error::Encode(error.into()))?;
    sqlx::query("UPDATE screens SET heartbeat = $1, heartbeat_at = $2 WHERE id = $3")
        .bind(text)
        .bind(now.as_second())
        .bind(screen)
        .execute(database.pool())
        .await?;
    Ok(())
}

/// The ids of all screens.
///
/// # Errors
/// When the database fails.
pub async fn ids(database: &Database) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar("SELECT id FROM screens")
        .fetch_all(database.pool())
        .await?)
}

/// What a list holds; a screen whose assignment waits for signatures from outside has one all the same.
const COLUMNS: &str = "SELECT s.id, COALESCE(a.name, ''), COALESCE(a.unit, ''), s.accepted_at, s.heartbeat_at, \
     s.heartbeat FROM screens s LEFT JOIN assignments a ON a.screen = s.id";

/// All screens, by unit and name.
///
/// # Errors
/// When the database fails.
pub async fn list(database: &Database) -> Result<Vec<Screen>> {
    let query = format!("{COLUMNS} ORDER BY a.unit, a.name, s.id");
    sqlx::query(sqlx::AssertSqlSafe(query))
        .fetch_all(database.pool())
        .await?
        .iter()
        .map(read)
        .collect()
}

/// The screen of this id.
///
/// # Errors
/// When the database fails.
pub async fn get(database: &Database, screen: &str) -> Result<Option<Screen>> {
    let query = format!("{COLUMNS} WHERE s.id = $1");
    let row = sqlx::query(sqlx::AssertSqlSafe(query))
        .bind(screen)
        .fetch_optional(database.pool())
        .await?;
    row.as_ref().map(read).transpose()
}

fn read(row: &AnyRow) -> Result<Screen> {
    let heartbeat: Option<String> = row.try_get(5)?;
    Ok(Screen {
        id: row.try_get(0)?,
        name: row.try_get(1)?,
        unit: row.try_get(2)?,
        accepted_at: row.try_get(3)?,
        is_connected: false,
        heartbeat_at: row.try_get(4)?,
        // One of a later version that cannot be read is as good as none.
        heartbeat: heartbeat.and_then(|text| serde_json::from_str(&text).ok()),
    })
}
