//! Clearing raw records away once they are older than the operator keeps them. What was added up stays, and so do
//! the heads, the countersignatures and the roots of days.

use jiff::{Timestamp, ToSpan as _};
use sqlx::Row as _;

use super::tracker::{Changes, Tracker};
use super::{Proofs, damaged};
use crate::database::Work;
use crate::error::Result;

impl Proofs {
    /// Clears raw records away that came longer ago than the settings say, as far as a root holds them; returns how
    /// many batches went. Databases use the room again by themselves.
    ///
    /// # Errors
    /// When the database fails; what went by then is gone, and the rest stays.
    pub async fn prune(&self, now: Timestamp) -> Result<u64> {
        if self.kept_days == 0 {
            return Ok(0);
        }
        let rooted: Option<i64> = sqlx::query_scalar("SELECT MAX(made_at) FROM proof_roots")
            .fetch_one(self.database.pool())
            .await?;
        let oldest = now.checked_sub((i64::from(self.kept_days) * 24).hours())?;
        let before = oldest.as_second().min(rooted.unwrap_or(i64::MIN));
        let chains = sqlx::query(
            "SELECT chain, MAX(last_seq) FROM proof_batches WHERE taken_at < $1 GROUP BY chain",
        )
        .bind(before)
        .fetch_all(self.database.pool())
        .await?;
        let mut pruned = 0;
        for row in chains {
            let (chain, through): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
            let mut work = self.database.begin().await?;
            pruned += self.prune_chain(&mut work, chain, through).await?;
            self.database.commit(work).await?;
        }
        Ok(pruned)
    }

    async fn prune_chain(&self, work: &mut Work, chain: i64, through: i64) -> Result<u64> {
        let row = sqlx::query("SELECT pruned_day, pruned_state FROM proof_chains WHERE id = $1")
            .bind(chain)
            .fetch_one(&mut **work)
            .await?;
        let day: Option<i64> = row.try_get(0)?;
        let mut tracker: Tracker = match row.try_get::<Option<String>, _>(1)? {
            Some(state) => serde_json::from_str(&state).map_err(damaged)?,
            None => Tracker::default(),
        };
        // What the roll-ups need to be made again from the first record that stays.
        let mut changes = Changes::default();
        self.replay(work, chain, through, &mut tracker, &mut changes)
            .await?;
        let day = day.max(changes.last_day());
        let state = serde_json::to_string(&tracker).map_err(damaged)?;
        let pruned = sqlx::query("DELETE FROM proof_batches WHERE chain = $1 AND last_seq <= $2")
            .bind(chain)
            .bind(through)
            .execute(&mut **work)
            .await?
            .rows_affected();
        sqlx::query(
            "UPDATE proof_chains SET pruned_seq = $1, pruned_day = $2, pruned_state = $3 WHERE id = $4",
        )
        .bind(through)
        .bind(day)
        .bind(state)
        .bind(chain)
        .execute(&mut **work)
        .await?;
        Ok(pruned)
    }
}
