//! Handing proofs out: the records as they came, with what the server said about them, so that anybody can check
//! them offline.
//!
//! A proof holds records that follow each other. Where records were lost, or the screen began another chain, another
//! proof begins; [`Segment`] names one of them.

use jiff::civil::Date;
use motcua_proof::{ChainId, Head, Header, PublicKey};
use serde::{Deserialize, Serialize};
use sqlx::{AssertSqlSafe, Row as _};
use tokio::sync::mpsc::Sender;

use super::intake::{BATCH, batch_row};
use super::{ProofError, Proofs, damaged, number_of};
use crate::error::{Error, Result};
use crate::repository::tables::{signed, unsigned};

/// Records that follow each other, in whole batches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Segment {
    /// The screen.
    pub screen: String,
    /// The chain.
    #[schema(value_type = String)]
    pub chain: ChainId,
    /// The first record.
    pub first: u64,
    /// The last.
    pub last: u64,
}

impl Proofs {
    /// What can be handed out of a screen from one day through another, by its own clock.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn segments(&self, screen: &str, from: Date, until: Date) -> Result<Vec<Segment>> {
        let rows = sqlx::query(
            "SELECT c.chain, b.first_seq, b.last_seq, b.before_hash, b.hash FROM proof_batches b
             JOIN proof_chains c ON c.id = b.chain
             WHERE c.screen = $1 AND b.last_day >= $2 AND b.first_day <= $3
             ORDER BY c.begun_at, c.id, b.first_seq",
        )
        .bind(screen)
        .bind(number_of(from))
        .bind(number_of(until))
        .fetch_all(self.database.pool())
        .await?;
        let mut segments: Vec<Segment> = Vec::new();
        let mut come_to = String::new();
        for row in rows {
            let (chain, before): (String, String) = (row.try_get(0)?, row.try_get(3)?);
            let first = unsigned(row.try_get(1)?);
            let last = unsigned(row.try_get(2)?);
            let chain: ChainId = chain.parse().map_err(damaged)?;
            let follows = |segment: &&mut Segment| {
                segment.chain == chain && segment.last + 1 == first && come_to == before
            };
            match segments.last_mut().filter(follows) {
                Some(segment) => segment.last = last,
                None => segments.push(Segment {
                    screen: screen.to_owned(),
                    chain,
                    first,
                    last,
                }),
            }
            come_to = row.try_get(4)?;
        }
        Ok(segments)
    }

    /// Sends the lines of a proof, each with its end, a batch at a time: records and seals, countersignatures, and
    /// at the end the roots of days with the paths to them.
    ///
    /// # Errors
    /// When nothing is kept of it, the database fails, or what is kept was changed.
    pub async fn export(&self, segment: &Segment, to: &Sender<String>) -> Result<()> {
        let nothing = || ProofError::Nothing(segment.screen.clone());
        let row =
            sqlx::query("SELECT id, public_key FROM proof_chains WHERE screen = $1 AND chain = $2")
                .bind(segment.screen.as_str())
                .bind(segment.chain.as_str())
                .fetch_optional(self.database.pool())
                .await?
                .ok_or_else(nothing)?;
        let (chain, key): (i64, String) = (row.try_get(0)?, row.try_get(1)?);
        let key: PublicKey =
            serde_json::from_value(serde_json::Value::String(key)).map_err(damaged)?;
        let mut come_to: Option<Head> = None;
        let mut first_taken_at = i64::MAX;
        let mut next = segment.first;
        while next <= segment.last {
            let query = format!("{BATCH} WHERE b.chain = $1 AND b.first_seq = $2");
            let row = sqlx::query(AssertSqlSafe(query))
                .bind(chain)
                .bind(signed(next))
                .fetch_optional(self.database.pool())
                .await?
                .ok_or_else(nothing)?;
            let batch = batch_row(&row)?;
            let mut text = String::new();
            match &come_to {
                None => {
                    let header = Header::new(batch.before.clone(), key.clone());
                    text.push_str(&header.line().map_err(damaged)?);
                    text.push('\n');
                }
                // A batch that does not follow the one before it begins another proof.
                Some(head) if *head != batch.before => return Err(nothing().into()),
                Some(_) => {}
            }
            let (lines, _) = batch.proof().map_err(Error::from)?;
            for line in lines.iter().chain([&batch.countersign]) {
                text.push_str(line);
                text.push('\n');
            }
            first_taken_at = first_taken_at.min(batch.taken_at);
            next = batch.head.seq + 1;
            come_to = Some(batch.head);
            if to.send(text).await.is_err() {
                // Nobody reads any more.
                return Ok(());
            }
        }
        let head = come_to.ok_or_else(nothing)?;
        let lines = self
            .inclusions(&head, first_taken_at, segment.first - 1, head.seq)
            .await?;
        for line in lines {
            if to.send(line + "\n").await.is_err() {
                return Ok(());
            }
        }
        Ok(())
    }
}
