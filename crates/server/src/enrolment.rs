//! How a screen is taken: it asks, an operator types the digits that it shows, it confirms.
//!
//! Everything lies in the database, because the screen and the operator may talk to different replicas. The
//! server cannot know which of the waiting screens shows the digits: it answers all of them, and only the
//! right one can open its answer and confirm. Of one attempt at most one screen is taken.

use std::net::IpAddr;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use jiff::Timestamp;
use motcua_show::units::UnitId;
use motcua_sync::api::{Acceptance, Confirmation, EnrolmentRequest, EnrolmentState, Offered};
use motcua_sync::identity::screen_id;
use motcua_sync::pairing::{self, Code};
use sqlx::Row as _;

use crate::database::Work;
use crate::screens::{self, Known};
use crate::tokens::{self, NoRandomness, Secret};
use crate::{Change, Database, Result, limits};

/// How long a request is kept; a screen that nobody takes asks anew.
pub const EXPIRES_S: i64 = 600;

/// Requests that wait at once. More are somebody who wants to fill the table.
const PENDING: i64 = 64;

/// Requests that wait at once from one address, so that one office cannot keep the others out.
const PENDING_EACH: i64 = 24;

/// Bytes of a public key, and of a message of the key exchange at most.
const KEY_BYTES: usize = 32;
const LONGEST_PAKE: usize = 128;

/// Why a screen cannot ask.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// The request is not what the protocol sends.
    #[error("the request is damaged; update the player")]
    Malformed,
    /// Too many wait.
    #[error("too many screens wait to be taken; accept some of them, or wait ten minutes")]
    Full,
    /// No id can be drawn.
    #[error(transparent)]
    Random(#[from] NoRandomness),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] crate::Error),
}

impl From<sqlx::Error> for AskError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error.into())
    }
}

/// Keeps the request of a screen and returns its id.
///
/// # Errors
/// When the request is damaged, too many wait, or the database fails.
pub async fn ask(
    database: &Database,
    request: &EnrolmentRequest,
    address: IpAddr,
    now: Timestamp,
) -> Result<String, AskError> {
    let decoded = |text: &str| {
        BASE64_STANDARD
            .decode(text)
            .map_err(|_| AskError::Malformed)
    };
    let pake = decoded(&request.pake)?;
    if decoded(&request.public_key)?.len() != KEY_BYTES
        || pake.is_empty()
        || pake.len() > LONGEST_PAKE
    {
        return Err(AskError::Malformed);
    }
    let (id, address) = (tokens::draw_id()?, limits::counted_as(address));
    // The lock makes the count and the insertion one step.
    let mut work = database.publishing().await?;
    forget(&mut work, now).await?;
    // Who asks again has given up what it asked before; only that screen knows its key.
    sqlx::query("DELETE FROM enrolments WHERE public_key = $1 AND state <> 'accepted'")
        .bind(&request.public_key)
        .execute(&mut *work)
        .await?;
    let waiting = sqlx::query(
        "SELECT COUNT(*), COALESCE(SUM(CASE WHEN address = $1 THEN 1 ELSE 0 END), 0) FROM enrolments \
         WHERE state <> 'accepted'",
    )
    .bind(&address)
    .fetch_one(&mut *work)
    .await?;
    let (all, of_address): (i64, i64) = (waiting.try_get(0)?, waiting.try_get(1)?);
    if all >= PENDING || of_address >= PENDING_EACH {
        return Err(AskError::Full);
    }
    sqlx::query(
        "INSERT INTO enrolments (id, address, made_at, public_key, pake, state) VALUES ($1, $2, $3, $4, $5, 'waiting')",
    )
    .bind(&id)
    .bind(address)
    .bind(now.as_second())
    .bind(&request.public_key)
    .bind(&request.pake)
    .execute(&mut *work)
    .await?;
    database.commit(work).await?;
    Ok(id)
}

/// Where a request is.
///
/// # Errors
/// When the database fails.
pub async fn state(database: &Database, id: &str, now: Timestamp) -> Result<EnrolmentState> {
    let row = sqlx::query("SELECT state, offer, made_at FROM enrolments WHERE id = $1")
        .bind(id)
        .fetch_optional(database.pool())
        .await?;
    let Some(row) = row else {
        return Ok(EnrolmentState::Expired);
    };
    let (state, offer, made_at): (String, Option<String>, i64) =
        (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
    let offer = offer.and_then(|offer| serde_json::from_str::<Offered>(&offer).ok());
    Ok(match (state.as_str(), offer) {
        ("accepted", _) => EnrolmentState::Accepted,
        _ if made_at + EXPIRES_S <= now.as_second() => EnrolmentState::Expired,
        ("offered", Some(offer)) => EnrolmentState::Offered { offer },
        _ => EnrolmentState::Waiting,
    })
}

/// What an operator's attempt gives to the screen that it finds.
#[derive(Debug, Clone)]
pub struct Giving {
    /// The unit.
    pub unit: UnitId,
    /// The unit's name.
    pub unit_name: String,
    /// What the screen shall be called; named after its id without one.
    pub name: Option<String>,
    /// The root metadata that it shall trust.
    pub root: Vec<u8>,
    /// The server's certificate authority, where it is its own.
    pub ca: Option<String>,
}

/// An operator's attempt to take the screen that shows some digits.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// What its confirmation is announced under.
    pub id: String,
    /// How many screens were answered.
    pub answered: usize,
}

/// Answers every waiting request with the digits that an operator typed.
///
/// # Errors
/// When the database fails or the system has no random numbers.
pub async fn offer(
    database: &Database,
    code: &Code,
    giving: &Giving,
    now: Timestamp,
) -> Result<Attempt, AskError> {
    let id = tokens::draw_id()?;
    let mut work = database.publishing().await?;
    let waiting = sqlx::query(
        "SELECT id, public_key, pake FROM enrolments WHERE state = 'waiting' AND made_at > $1",
    )
    .bind(now.as_second() - EXPIRES_S)
    .fetch_all(&mut *work)
    .await?;
    let mut answered = 0;
    for row in waiting {
        let enrolment: String = row.try_get(0)?;
        let request = EnrolmentRequest {
            public_key: row.try_get(1)?,
            pake: row.try_get(2)?,
        };
        let Some(offer) = answer_one(code, &request, giving)? else {
            continue;
        };
        sqlx::query(
            "UPDATE enrolments SET state = 'offered', acceptance = $1, offer = $2, expected = $3, \
             token_sha256 = $4, unit = $5, name = $6 WHERE id = $7",
        )
        .bind(&id)
        .bind(offer.offered)
        .bind(offer.expected)
        .bind(offer.token_sha256)
        .bind(giving.unit.as_str())
        .bind(offer.name)
        .bind(enrolment)
        .execute(&mut *work)
        .await?;
        answered += 1;
    }
    database.commit(work).await?;
    Ok(Attempt { id, answered })
}

struct Offer {
    offered: String,
    expected: String,
    token_sha256: String,
    name: String,
}

/// The answer to one request; none to a damaged one, which can only come from a stranger.
fn answer_one(
    code: &Code,
    request: &EnrolmentRequest,
    giving: &Giving,
) -> Result<Option<Offer>, AskError> {
    let Ok(public_key) = BASE64_STANDARD.decode(&request.public_key) else {
        return Ok(None);
    };
    let screen = screen_id(&public_key);
    let token = Secret::draw()?;
    let name = giving
        .name
        .clone()
        .unwrap_or_else(|| screen.chars().take(6).collect());
    let acceptance = Acceptance {
        screen,
        token: token.reveal().to_owned(),
        name: name.clone(),
        unit: giving.unit_name.clone(),
        root: BASE64_STANDARD.encode(&giving.root),
        ca: giving.ca.clone(),
    };
    let Ok((offered, expected)) = pairing::answer(code, request, &acceptance) else {
        return Ok(None);
    };
    Ok(Some(Offer {
        offered: serde_json::to_string(&offered)
            .map_err(|error| sqlx::Error::Encode(error.into()))?,
        expected: BASE64_STANDARD.encode(expected),
        token_sha256: token.sha256(),
        name,
    }))
}

/// A screen that has proved that it shows the digits.
#[derive(Debug, Clone)]
pub struct Taken {
    /// The screen.
    pub screen: String,
    /// Its unit.
    pub unit: UnitId,
    /// Its name.
    pub name: String,
    /// The operator's attempt.
    pub attempt: String,
    /// Whether it was taken before: it confirms again when the answer to it was lost.
    pub is_finished: bool,
}

/// Checks the confirmation of a screen; none where it proves nothing, or the attempt took another one.
/// Nothing is changed: the screen is taken by [`finish`], once its assignment is signed.
///
/// # Errors
/// When the database fails.
pub async fn confirm(
    database: &Database,
    id: &str,
    confirmation: &Confirmation,
    now: Timestamp,
) -> Result<Option<Taken>> {
    let row = sqlx::query(
        "SELECT public_key, expected, unit, name, acceptance, state FROM enrolments WHERE id = $1 \
         AND state IN ('offered', 'accepted') AND made_at > $2 AND NOT EXISTS (SELECT 1 FROM enrolments other \
         WHERE other.acceptance = enrolments.acceptance AND other.state = 'accepted' AND other.id <> $1)",
    )
    .bind(id)
    .bind(now.as_second() - EXPIRES_S)
    .fetch_optional(database.pool())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let decoded = |column: usize| -> Result<Vec<u8>> {
        let text: String = row.try_get(column)?;
        Ok(BASE64_STANDARD
            .decode(text)
            .map_err(|error| sqlx::Error::Decode(error.into()))?)
    };
    let (public_key, expected) = (decoded(0)?, decoded(1)?);
    if !pairing::is_confirmed(&expected, &public_key, confirmation) {
        return Ok(None);
    }
    let (unit, state): (String, String) = (row.try_get(2)?, row.try_get(5)?);
    Ok(Some(Taken {
        screen: screen_id(&public_key),
        unit: unit.parse().map_err(|_| sqlx::Error::RowNotFound)?,
        name: row.try_get(3)?,
        attempt: row.try_get(4)?,
        is_finished: state == "accepted",
    }))
}

/// Takes the screen of a confirmed request, once; false where the attempt took another one in the meantime.
///
/// # Errors
/// When the database fails.
pub async fn finish(database: &Database, id: &str, taken: &Taken, now: Timestamp) -> Result<bool> {
    let mut work = database.publishing().await?;
    let row = sqlx::query(
        "UPDATE enrolments SET state = 'accepted' WHERE id = $1 AND state = 'offered' AND NOT EXISTS \
         (SELECT 1 FROM enrolments WHERE acceptance = $2 AND state = 'accepted') RETURNING public_key, token_sha256",
    )
    .bind(id)
    .bind(&taken.attempt)
    .fetch_optional(&mut *work)
    .await?;
    let Some(row) = row else {
        // The same confirmation may have come twice at once.
        let is_finished =
            sqlx::query("SELECT 1 FROM enrolments WHERE id = $1 AND state = 'accepted'")
                .bind(id)
                .fetch_optional(&mut *work)
                .await?;
        return Ok(is_finished.is_some());
    };
    let (public_key, token_sha256): (String, String) = (row.try_get(0)?, row.try_get(1)?);
    let screen = Known {
        id: taken.screen.clone(),
        public_key,
    };
    screens::take(&mut work, &screen, &token_sha256, now).await?;
    let change = Change::Answered {
        id: taken.attempt.clone(),
    };
    database.record(&mut work, &change).await?;
    database.commit(work).await?;
    Ok(true)
}

/// The screen that an attempt took, if it did by now.
///
/// # Errors
/// When the database fails.
pub async fn taken_by(database: &Database, attempt: &Attempt) -> Result<Option<String>> {
    let row = sqlx::query(
        "SELECT public_key FROM enrolments WHERE acceptance = $1 AND state = 'accepted'",
    )
    .bind(&attempt.id)
    .fetch_optional(database.pool())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let public_key: String = row.try_get(0)?;
    Ok(BASE64_STANDARD
        .decode(public_key)
        .ok()
        .map(|key| screen_id(&key)))
}

/// Removes requests that are over; accepted ones stay for a while so that their screens can read so.
async fn forget(work: &mut Work, now: Timestamp) -> Result<()> {
    sqlx::query("DELETE FROM enrolments WHERE made_at <= $1")
        .bind(now.as_second() - EXPIRES_S)
        .execute(&mut **work)
        .await?;
    Ok(())
}
