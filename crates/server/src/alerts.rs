//! Alerts on their way: kept, relayed, and what became of them on each screen.
//!
//! What comes in here was opened with the keys that screens know. The envelope is relayed as it came; a screen
//! believes nothing but that. Alerts have numbers in the order in which they are committed, and a screen is
//! always handed all that are active for it, so that none overtakes another: its counters would refuse the
//! earlier one.

use jiff::Timestamp;
use motcua_show::alert::{Alert, AlertId, AlertKind};
use motcua_show::units::{UnitId, Units};
use motcua_sync::alert::{self, EnvelopeError, Opened};
use motcua_sync::api::alerts::{AlertAnswer, AlertReport};
use sqlx::Row as _;
use sqlx::any::AnyRow;

use crate::error::ErrorKind;
use crate::units::is_within;
use crate::{Change, Database, Result};

/// Alerts that one unit may have at a time: more are a mistake, and every screen keeps them all.
const MOST_ACTIVE: i64 = 32;

/// How long alerts are kept after their end, in seconds; the list tells what became of them.
const KEPT_S: i64 = 366 * 86_400;

/// Why an alert is not relayed.
#[derive(Debug, thiserror::Error)]
pub enum AlertRefused {
    /// Screens would not believe it.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// It was sent to another unit than it is for.
    #[error("the alert is for the unit {found}, and was sent to {unit}; send it there")]
    OtherUnit {
        /// Where it was sent.
        unit: UnitId,
        /// What it is for.
        found: UnitId,
    },
    /// It is over.
    #[error(
        "the alert {id} was over at {expires}; look at the clock of the machine that signed it"
    )]
    Over {
        /// The alert.
        id: AlertId,
        /// When it was over.
        expires: Timestamp,
    },
    /// It was sent before.
    #[error("the alert {0} was sent already; `motcua alert --list` shows what became of it")]
    Known(AlertId),
    /// Screens would take it for an old one.
    #[error(
        "the alert {id} has the counter {found}, and its key has counted to {last} already; sign it anew, on a machine whose clock is right"
    )]
    Counter {
        /// The alert.
        id: AlertId,
        /// Its counter.
        found: u64,
        /// What the key has counted to.
        last: u64,
    },
    /// Too many at once.
    #[error("the unit {0} has {MOST_ACTIVE} active alerts; cancel some of them first")]
    TooMany(UnitId),
}

impl AlertRefused {
    /// Which answer this deserves.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::Envelope(_) | Self::OtherUnit { .. } | Self::Over { .. } => ErrorKind::Refused,
            Self::Known(_) | Self::Counter { .. } | Self::TooMany(_) => ErrorKind::Conflict,
        }
    }
}

/// An alert that is active.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Active {
    /// Its place in the order in which alerts were sent.
    pub number: i64,
    /// Its area.
    pub unit: UnitId,
    /// The envelope, one line.
    pub envelope: String,
}

/// Keeps an alert that was opened, and tells every replica of it.
///
/// # Errors
/// When screens would refuse it, it was sent before, or the database fails.
pub async fn send(
    database: &Database,
    opened: &Opened,
    envelope: &str,
    units: &Units,
    now: Timestamp,
) -> Result<()> {
    let alert = &opened.alert;
    if alert.expires <= now {
        return Err(AlertRefused::Over {
            id: alert.id.clone(),
            expires: alert.expires,
        }
        .into());
    }
    let mut work = database.begin().await?;
    let number: i64 =
        sqlx::query("UPDATE alert_counter SET number = number + 1 WHERE id = 1 RETURNING number")
            .fetch_one(&mut *work)
            .await?
            .try_get(0)?;
    let known: i64 = sqlx::query("SELECT COUNT(*) FROM alerts WHERE id = $1")
        .bind(alert.id.as_str())
        .fetch_one(&mut *work)
        .await?
        .try_get(0)?;
    if known > 0 {
        return Err(AlertRefused::Known(alert.id.clone()).into());
    }
    for key in &opened.keys {
        let last = sqlx::query("SELECT counter FROM alert_floors WHERE keyid = $1")
            .bind(key.as_str())
            .fetch_optional(&mut *work)
            .await?;
        let last: i64 = last.map_or(Ok(-1), |row| row.try_get(0))?;
        if i64::try_from(alert.counter).unwrap_or(i64::MAX) <= last {
            return Err(AlertRefused::Counter {
                id: alert.id.clone(),
                found: alert.counter,
                last: last.unsigned_abs(),
            }
            .into());
        }
        sqlx::query(
            "INSERT INTO alert_floors (keyid, counter) VALUES ($1, $2)
             ON CONFLICT (keyid) DO UPDATE SET counter = excluded.counter",
        )
        .bind(key.as_str())
        .bind(i64::try_from(alert.counter).unwrap_or(i64::MAX))
        .execute(&mut *work)
        .await?;
    }
    let active: i64 = sqlx::query(
        "SELECT COUNT(*) FROM alerts WHERE unit = $1 AND expires > $2 AND ended_by IS NULL",
    )
    .bind(alert.unit.as_str())
    .bind(now.as_second())
    .fetch_one(&mut *work)
    .await?
    .try_get(0)?;
    if active >= MOST_ACTIVE && alert.kind != AlertKind::Cancel {
        return Err(AlertRefused::TooMany(alert.unit.clone()).into());
    }
    sqlx::query(
        "INSERT INTO alerts (number, id, unit, right_of, expires, received_ms, envelope) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(number)
    .bind(alert.id.as_str())
    .bind(alert.unit.as_str())
    .bind(opened.right_of.as_str())
    .bind(alert.expires.as_second())
    .bind(now.as_millisecond())
    .bind(envelope)
    .execute(&mut *work)
    .await?;
    end_referenced(&mut work, opened, units).await?;
    let change = Change::Alert {
        unit: alert.unit.to_string(),
        id: alert.id.to_string(),
    };
    database.record(&mut work, &change).await?;
    database.commit(work).await
}

/// Notes what a cancel or update ends, as screens decide it: not what a larger area's right has sent.
async fn end_referenced(
    work: &mut crate::database::Work,
    opened: &Opened,
    units: &Units,
) -> Result<()> {
    let alert = &opened.alert;
    if !matches!(alert.kind, AlertKind::Cancel | AlertKind::Update) {
        return Ok(());
    }
    for id in &alert.references {
        let row = sqlx::query("SELECT right_of FROM alerts WHERE id = $1")
            .bind(id.as_str())
            .fetch_optional(&mut **work)
            .await?;
        let Some(row) = row else { continue };
        let right_of: String = row.try_get(0)?;
        let may = right_of
            .parse()
            .is_ok_and(|unit| is_within(units, &unit, &opened.right_of));
        if may {
            sqlx::query("UPDATE alerts SET ended_by = $1 WHERE id = $2 AND ended_by IS NULL")
                .bind(alert.id.as_str())
                .bind(id.as_str())
                .execute(&mut **work)
                .await?;
        }
    }
    Ok(())
}

/// What is active, in the order in which it was sent. Cancels are active, too: whoever missed one must hear it.
///
/// # Errors
/// When the database fails.
pub async fn active(database: &Database, now: Timestamp) -> Result<Vec<Active>> {
    sqlx::query(
        "SELECT number, unit, envelope FROM alerts WHERE expires > $1 AND ended_by IS NULL ORDER BY number",
    )
    .bind(now.as_second())
    .fetch_all(database.pool())
    .await?
    .iter()
    .map(|row| {
        let unit: String = row.try_get(1)?;
        Ok(Active {
            number: row.try_get(0)?,
            unit: unit.parse().map_err(damaged)?,
            envelope: row.try_get(2)?,
        })
    })
    .collect()
}

/// The unit of an alert.
///
/// # Errors
/// When the database fails.
pub async fn unit_of(database: &Database, id: &AlertId) -> Result<Option<UnitId>> {
    let row = sqlx::query("SELECT unit FROM alerts WHERE id = $1")
        .bind(id.as_str())
        .fetch_optional(database.pool())
        .await?;
    let Some(row) = row else { return Ok(None) };
    let unit: String = row.try_get(0)?;
    Ok(Some(unit.parse().map_err(damaged)?))
}

/// Keeps what a screen says became of an alert. What was shown stays so.
///
/// # Errors
/// When the database fails.
pub async fn answer(
    database: &Database,
    screen: &str,
    id: &AlertId,
    answer: &AlertAnswer,
    now: Timestamp,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO alert_outcomes (alert, screen, outcome, why, at_ms) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (alert, screen) DO UPDATE
         SET outcome = excluded.outcome, why = excluded.why, at_ms = excluded.at_ms
         WHERE alert_outcomes.outcome <> 'shown'",
    )
    .bind(id.as_str())
    .bind(screen)
    .bind(answer.outcome.name())
    .bind(answer.why.as_ref().map(|why| why.chars().take(400).collect::<String>()))
    .bind(now.as_millisecond())
    .execute(database.pool())
    .await?;
    Ok(())
}

/// What became of an alert; `screens` is how many it is for.
///
/// # Errors
/// When the database fails.
pub async fn report(
    database: &Database,
    id: &AlertId,
    screens: impl Fn(&UnitId) -> u64,
) -> Result<Option<AlertReport>> {
    let row = sqlx::query("SELECT id, received_ms, envelope, ended_by FROM alerts WHERE id = $1")
        .bind(id.as_str())
        .fetch_optional(database.pool())
        .await?;
    match row {
        Some(row) => Ok(Some(read(database, &row, &screens).await?)),
        None => Ok(None),
    }
}

/// The alerts of a unit itself, the newest first.
///
/// # Errors
/// When the database fails.
pub async fn list(
    database: &Database,
    unit: &UnitId,
    screens: impl Fn(&UnitId) -> u64,
) -> Result<Vec<AlertReport>> {
    let rows = sqlx::query(
        "SELECT id, received_ms, envelope, ended_by FROM alerts WHERE unit = $1 ORDER BY number DESC LIMIT 50",
    )
    .bind(unit.as_str())
    .fetch_all(database.pool())
    .await?;
    let mut reports = Vec::with_capacity(rows.len());
    for row in &rows {
        reports.push(read(database, row, &screens).await?);
    }
    Ok(reports)
}

/// Removes alerts that nobody will ask about any more. The counters of keys stay for ever.
///
/// # Errors
/// When the database fails.
pub async fn forget(database: &Database, now: Timestamp) -> Result<()> {
    let before = now.as_second() - KEPT_S;
    for query in [
        "DELETE FROM alert_outcomes WHERE alert IN (SELECT id FROM alerts WHERE expires < $1)",
        "DELETE FROM alerts WHERE expires < $1",
    ] {
        sqlx::query(query)
            .bind(before)
            .execute(database.pool())
            .await?;
    }
    Ok(())
}

async fn read(
    database: &Database,
    row: &AnyRow,
    screens: &impl Fn(&UnitId) -> u64,
) -> Result<AlertReport> {
    let (id, received_ms, envelope): (String, i64, String) =
        (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
    let ended_by: Option<String> = row.try_get(3)?;
    let alert: Alert = alert::peek(envelope.as_bytes()).map_err(damaged)?;
    let outcomes = sqlx::query(
        "SELECT outcome, COUNT(*), MIN(at_ms), MAX(at_ms), MIN(why) FROM alert_outcomes \
         WHERE alert = $1 GROUP BY outcome",
    )
    .bind(&id)
    .fetch_all(database.pool())
    .await?;
    let mut report = AlertReport {
        screens: screens(&alert.unit),
        id: alert.id,
        unit: alert.unit,
        kind: alert.kind,
        severity: alert.severity,
        headline: alert.headline,
        sent: alert.sent,
        expires: alert.expires,
        ended_by: ended_by.map(|id| id.parse().map_err(damaged)).transpose()?,
        received: 0,
        shown: 0,
        refused: 0,
        why: None,
        first_shown_ms: None,
        last_shown_ms: None,
    };
    for row in outcomes {
        let (outcome, number): (String, i64) = (row.try_get(0)?, row.try_get(1)?);
        let number = number.unsigned_abs();
        match outcome.as_str() {
            "refused" => (report.refused, report.why) = (number, row.try_get(4)?),
            "shown" => {
                let (first, last): (i64, i64) = (row.try_get(2)?, row.try_get(3)?);
                report.shown = number;
                // What is shown was received.
                report.received += number;
                report.first_shown_ms = Some(first - received_ms);
                report.last_shown_ms = Some(last - received_ms);
            }
            _ => report.received += number,
        }
    }
    Ok(report)
}

/// A row that this version cannot have written.
fn damaged(error: impl std::error::Error + Send + Sync + 'static) -> sqlx::Error {
    sqlx::Error::Decode(error.into())
}
