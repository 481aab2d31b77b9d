//! Tokens: what people, programs and screens show to the server, and what it lets them do.
//!
//! A token is 256 random bits. The database holds its SHA-256 only: who reads the database can act as nobody.

use std::fmt;
use std::str::FromStr;

use motcua_show::units::UnitId;
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom as _, SystemRandom};
use serde::{Deserialize, Serialize};
use sqlx::Row as _;

use crate::{Database, Result};

/// What the holder of a token may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum TokenKind {
    /// Everything, tokens and keys among it.
    Admin,
    /// Units and screens.
    Operator,
    /// Publishing for a unit and those below it.
    Author,
    /// Reading what screens have shown, and nothing else.
    Auditor,
    /// Having alerts relayed to a unit and those below it; a key that may alert has signed them.
    Alert,
}

/// A text that names no kind of token.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is no kind of token; there are admin, operator, author, auditor and alert")]
pub struct NoKind(String);

impl TokenKind {
    /// As it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Operator => "operator",
            Self::Author => "author",
            Self::Auditor => "auditor",
            Self::Alert => "alert",
        }
    }
}

impl fmt::Display for TokenKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for TokenKind {
    type Err = NoKind;

    fn from_str(written: &str) -> Result<Self, NoKind> {
        [
            Self::Admin,
            Self::Operator,
            Self::Author,
            Self::Auditor,
            Self::Alert,
        ]
        .into_iter()
        .find(|kind| kind.as_str() == written)
        .ok_or_else(|| NoKind(written.chars().take(40).collect()))
    }
}

/// What is known of a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Token {
    /// What it is revoked by.
    pub id: String,
    /// Whose it is, in words.
    pub name: String,
    /// What it allows.
    pub kind: TokenKind,
    /// For which unit and those below it; everywhere without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub unit: Option<UnitId>,
    /// When it was made, seconds since 1970.
    pub made_at: i64,
}

/// A token that was just made or is shown by a client; it never gets into a log.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// The machine gave no random numbers.
#[derive(Debug, thiserror::Error)]
#[error("the system gives no random numbers, so no token can be made; look at the system's log")]
pub struct NoRandomness;

impl Secret {
    /// Draws a token.
    ///
    /// # Errors
    /// When the machine gives no random numbers.
    pub fn draw() -> std::result::Result<Self, NoRandomness> {
        // Hexadecimal, because a token that begins with `-` is taken for an option on a command line.
        random::<32>().map(|bytes| Self(hex::encode(bytes)))
    }

    /// What a client showed.
    #[must_use]
    pub fn shown(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The token itself.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What the database holds of it.
    #[must_use]
    pub fn sha256(&self) -> String {
        hex::encode(digest(&SHA256, self.0.as_bytes()))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// A random id of 16 hexadecimal digits.
///
/// # Errors
/// When the machine gives no random numbers.
pub fn draw_id() -> std::result::Result<String, NoRandomness> {
    random::<8>().map(hex::encode)
}

/// Adds a token.
///
/// # Errors
/// When the database fails.
pub async fn add(database: &Database, token: &Token, secret: &Secret) -> Result<()> {
    sqlx::query("INSERT INTO tokens (id, name, kind, unit, sha256, made_at) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(&token.id)
        .bind(&token.name)
        .bind(token.kind.as_str())
        .bind(token.unit.as_ref().map(|unit| unit.as_str().to_owned()))
        .bind(secret.sha256())
        .bind(token.made_at)
        .execute(database.pool())
        .await?;
    Ok(())
}

/// The token that a client shows, if it is one.
///
/// # Errors
/// When the database fails.
pub async fn find(database: &Database, secret: &Secret) -> Result<Option<Token>> {
    let row = sqlx::query("SELECT id, name, kind, unit, made_at FROM tokens WHERE sha256 = $1")
        .bind(secret.sha256())
        .fetch_optional(database.pool())
        .await?;
    row.map(|row| read(&row)).transpose()
}

/// All tokens, the oldest first.
///
/// # Errors
/// When the database fails.
pub async fn list(database: &Database) -> Result<Vec<Token>> {
    sqlx::query("SELECT id, name, kind, unit, made_at FROM tokens ORDER BY made_at, id")
        .fetch_all(database.pool())
        .await?
        .iter()
        .map(read)
        .collect()
}

/// Removes a token; false where there is none of this id.
///
/// # Errors
/// When the database fails.
pub async fn revoke(database: &Database, id: &str) -> Result<bool> {
    let gone = sqlx::query("DELETE FROM tokens WHERE id = $1")
        .bind(id)
        .execute(database.pool())
        .await?;
    Ok(gone.rows_affected() > 0)
}

fn read(row: &sqlx::any::AnyRow) -> Result<Token> {
    let kind: String = row.try_get(2)?;
    let unit: Option<String> = row.try_get(3)?;
    Ok(Token {
        id: row.try_get(0)?,
        name: row.try_get(1)?,
        kind: kind.parse().map_err(damaged)?,
        unit: unit.map(|unit| unit.parse().map_err(damaged)).transpose()?,
        made_at: row.try_get(4)?,
    })
}

/// A row that this version cannot have written.
fn damaged(error: impl std::error::Error + Send + Sync + 'static) -> sqlx::Error {
    sqlx::Error::Decode(error.into())
}

fn random<const LENGTH: usize>() -> std::result::Result<[u8; LENGTH], NoRandomness> {
    let mut bytes = [0; LENGTH];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| NoRandomness)?;
    Ok(bytes)
}
