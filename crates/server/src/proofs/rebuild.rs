//! Making the roll-ups again from the raw records, for a changed time zone, a later version that counts otherwise,
//! or an auditor who wants to see that both agree.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sqlx::{AssertSqlSafe, Row as _};

use super::Proofs;
use super::damaged;
use super::intake::{BATCH, batch_row};
use super::raw::Kept;
use super::rows::{self, Homes};
use super::tracker::{Changes, Tracker};
use crate::database::{Dialect, Work};
use crate::error::Result;

/// Batches that are read at once: some tens of megabytes at the most.
const BATCHES_AT_ONCE: i64 = 200;

/// A chain whose roll-ups were made again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Rebuilt {
    /// Its number; the next one is asked for by it.
    pub number: i64,
    /// Its screen.
    pub screen: String,
    /// Records that were counted.
    pub records: u64,
}

impl Proofs {
    /// Makes the roll-ups of the chain after the one of this number again; none where that was the last. Days of
    /// which raw records were cleared away stay as they are.
    ///
    /// One chain at a time, so that screens go on sending meanwhile.
    ///
    /// # Errors
    /// When the database fails, or kept records are damaged.
    pub async fn rebuild_next(&self, after: i64) -> Result<Option<Rebuilt>> {
        let row =
            sqlx::query("SELECT id, screen FROM proof_chains WHERE id > $1 ORDER BY id LIMIT 1")
                .bind(after)
                .fetch_optional(self.database.pool())
                .await?;
        let Some(row) = row else { return Ok(None) };
        let number = row.try_get(0)?;
        let mut work = self.database.begin().await?;
        let records = self.rebuild_chain(&mut work, number).await?;
        self.database.commit(work).await?;
        Ok(Some(Rebuilt {
            number,
            screen: row.try_get(1)?,
            records,
        }))
    }

    async fn rebuild_chain(&self, work: &mut Work, chain: i64) -> Result<u64> {
        let lock = match self.database.dialect() {
            Dialect::Sqlite => "",
            Dialect::Postgres => " FOR UPDATE",
        };
        let row = sqlx::query(AssertSqlSafe(format!(
            "SELECT screen, pruned_day, pruned_state FROM proof_chains WHERE id = $1{lock}"
        )))
        .bind(chain)
        .fetch_one(&mut **work)
        .await?;
        let screen: String = row.try_get(0)?;
        let pruned_day = row.try_get::<Option<i64>, _>(1)?.unwrap_or(i64::MIN);
        let mut tracker: Tracker = match row.try_get::<Option<String>, _>(2)? {
            Some(state) => serde_json::from_str(&state).map_err(damaged)?,
            None => Tracker::default(),
        };
        let mut changes = Changes::default();
        let records = self
            .replay(work, chain, i64::MAX, &mut tracker, &mut changes)
            .await?;
        changes.shown.retain(|(_, day), _| *day > pruned_day);
        changes.working.retain(|(day, _), _| *day > pruned_day);

        let homes = Homes {
            known: units_by_day(work, chain).await?,
            present: unit_of(work, &screen).await?,
        };
        for table in ["proof_shown", "proof_air", "proof_working"] {
            let query = format!("DELETE FROM {table} WHERE chain = $1 AND day > $2");
            sqlx::query(AssertSqlSafe(query))
                .bind(chain)
                .bind(pruned_day)
                .execute(&mut **work)
                .await?;
        }
        let mut numbers = BTreeMap::new();
        for (subject, _) in changes.shown.keys() {
            if !numbers.contains_key(subject) {
                let number = self.number_of_known(work, subject).await?;
                numbers.insert(subject.clone(), number);
            }
        }
        rows::apply(work, chain, &changes, &numbers, &homes).await?;
        sqlx::query("DELETE FROM proof_seen WHERE chain = $1")
            .bind(chain)
            .execute(&mut **work)
            .await?;
        sqlx::query(
            "INSERT INTO proof_seen (chain, subject, first_day, last_day)
             SELECT chain, subject, MIN(day), MAX(day) FROM proof_shown WHERE chain = $1 GROUP BY chain, subject",
        )
        .bind(chain)
        .execute(&mut **work)
        .await?;
        let state = serde_json::to_string(&tracker).map_err(damaged)?;
        sqlx::query("UPDATE proof_chains SET state = $1 WHERE id = $2")
            .bind(state)
            .bind(chain)
            .execute(&mut **work)
            .await?;
        Ok(records)
    }

    /// Follows the kept records of a chain through `through`; returns how many there are.
    pub(super) async fn replay(
        &self,
        work: &mut Work,
        chain: i64,
        through: i64,
        tracker: &mut Tracker,
        changes: &mut Changes,
    ) -> Result<u64> {
        let (mut after, mut records) = (-1_i64, 0);
        loop {
            let query = format!(
                "{BATCH} WHERE b.chain = $1 AND b.first_seq > $2 AND b.last_seq <= $3
                 ORDER BY b.first_seq LIMIT {BATCHES_AT_ONCE}"
            );
            let rows = sqlx::query(AssertSqlSafe(query))
                .bind(chain)
                .bind(after)
                .bind(through)
                .fetch_all(&mut **work)
                .await?;
            if rows.is_empty() {
                return Ok(records);
            }
            for row in &rows {
                let batch = batch_row(row)?;
                after = crate::repository::tables::signed(batch.before.seq + 1);
                for kept in batch.unpack()? {
                    let Kept::Record(written) = kept else {
                        continue;
                    };
                    let record = serde_json::from_str(&written).map_err(damaged)?;
                    tracker.follow(&record, &self.zone, changes);
                    records += 1;
                }
            }
        }
    }
}

/// The unit that was written down for each day of a chain.
async fn units_by_day(work: &mut Work, chain: i64) -> Result<BTreeMap<i64, String>> {
    let mut units = BTreeMap::new();
    for table in ["proof_air", "proof_working"] {
        let query = format!("SELECT day, unit FROM {table} WHERE chain = $1");
        let rows = sqlx::query(AssertSqlSafe(query))
            .bind(chain)
            .fetch_all(&mut **work)
            .await?;
        for row in rows {
            units.insert(row.try_get(0)?, row.try_get(1)?);
        }
    }
    Ok(units)
}

async fn unit_of(work: &mut Work, screen: &str) -> Result<String> {
    let unit: Option<String> = sqlx::query_scalar("SELECT unit FROM assignments WHERE screen = $1")
        .bind(screen)
        .fetch_optional(&mut **work)
        .await?;
    Ok(unit.unwrap_or_default())
}
