//! Taking proofs in: what follows is kept and countersigned, what does not is refused and, where it shows another
//! past, written down.

use std::collections::BTreeMap;

use jiff::Timestamp;
use motcua_proof::{Chain, ChainId, Countersigned, Head, What};
use motcua_show::release::Sha256Hex;
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row as _};

use super::batch::{Batch, Taken};
use super::raw::{self, Row};
use super::rows::{self, Homes};
use super::tracker::{Changes, Tracker, day_at};
use super::{ProofError, Proofs, damaged, tally};
use crate::database::{Dialect, Work};
use crate::error::{Error, Result};
use crate::limits::{self, Limit};
use crate::repository::tables::{signed, unsigned};

/// Chains that a screen may begin. A healthy one begins a chain a year; one with a bad disk after every start.
const CHAINS: Limit = Limit {
    what: "chain",
    window_s: 24 * 3600,
    most: 20,
};

/// Other pasts that are written down of one chain.
const MOST_FORKS: i64 = 20;

/// What became of a proof that a screen sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Everything through `through` is kept.
    Taken {
        /// The last record that is kept.
        through: u64,
        /// The line by which the server says so.
        countersign: String,
    },
    /// It does not follow what is kept.
    Unfitting {
        /// Why, for a person.
        why: String,
        /// What is kept of the chain.
        known: Option<Head>,
    },
}

/// What is kept of a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Kept {
    /// Its number in the tables.
    pub id: i64,
    /// What it has come to.
    pub head: Head,
    /// What the roll-ups need to go on.
    pub tracker: Tracker,
    /// The line of the last countersignature.
    pub countersign: Option<String>,
}

/// How a batch stands to what is kept.
enum Standing {
    /// Its records from this place on are those that are not kept yet.
    Follows(usize),
    /// All of it is kept.
    Known,
    /// The record at this place has another hash.
    Fork(u64),
    /// Records are missing between the two.
    Apart,
    /// It ends before what is kept does; the batch that holds its end must say.
    Within,
}

impl Proofs {
    /// What is kept of a chain of a screen.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn known(&self, screen: &str, chain: &ChainId) -> Result<Option<Head>> {
        let query = format!("{KEPT} WHERE screen = $1 AND chain = $2");
        let row = sqlx::query(AssertSqlSafe(query))
            .bind(screen)
            .bind(chain.as_str())
            .fetch_optional(self.database.pool())
            .await?;
        Ok(row.map(|row| kept(&row)).transpose()?.map(|kept| kept.head))
    }

    /// Takes a proof that was read and verified.
    ///
    /// # Errors
    /// When the database fails, or the screen begins too many chains.
    pub async fn take(&self, batch: &Batch, now: Timestamp) -> Result<Answer> {
        // The roll-ups' subjects are numbered before the chain is locked. What of the batch is kept already adds
        // no subject that is not known.
        let mut all = Changes::default();
        let mut tracker = Tracker::default();
        for taken in &batch.records {
            tracker.follow(&taken.record, &self.zone, &mut all);
        }
        let mut numbers = self.number_subjects(&all).await?;

        let (screen, chain) = (&batch.after.screen, &batch.after.chain);
        let mut work = self.database.begin().await?;
        let known = self.lock(&mut work, screen, chain).await?;
        let head = known.as_ref().map_or_else(
            || Chain::new(screen, chain.clone()).head().clone(),
            |kept| kept.head.clone(),
        );
        let standing = standing(batch, &head);
        let from = match standing {
            Standing::Follows(from) => from,
            Standing::Known | Standing::Within => {
                let Some(kept) = known else {
                    return Err(sqlx::Error::RowNotFound.into());
                };
                tally::keep(&mut work, screen, &batch.tally).await?;
                self.database.commit(work).await?;
                return self.again(batch, kept, now).await;
            }
            Standing::Fork(seq) => {
                drop(work);
                return self.fork(batch, known, seq, now).await;
            }
            Standing::Apart => {
                let why = format!(
                    "records {} to {} are missing; send them, or a record that says they are lost",
                    head.seq + 1,
                    batch.after.seq
                );
                let known = known.map(|kept| kept.head);
                return Ok(Answer::Unfitting { why, known });
            }
        };
        let kept = match known {
            Some(kept) => kept,
            None => self.begin_chain(&mut work, batch, now).await?,
        };
        let mut changes = Changes::default();
        let mut tracker = kept.tracker;
        for taken in &batch.records[from..] {
            tracker.follow(&taken.record, &self.zone, &mut changes);
        }
        // What was on the display before this batch may get its end by it.
        if changes
            .shown
            .keys()
            .any(|(subject, _)| !numbers.contains_key(subject))
        {
            for (subject, _) in changes.shown.keys() {
                if let Some(number) = self.remembered(subject) {
                    numbers.insert(subject.clone(), number);
                } else if !numbers.contains_key(subject) {
                    let number = self.number_of_known(&mut work, subject).await?;
                    numbers.insert(subject.clone(), number);
                }
            }
        }
        let homes = self.homes(&mut work, screen).await?;
        rows::apply(&mut work, kept.id, &changes, &numbers, &homes).await?;
        let countersign = self
            .keep(&mut work, kept.id, &head, batch, from, now)
            .await?;
        let state = serde_json::to_string(&tracker).map_err(damaged)?;
        let end = batch.head();
        sqlx::query(
            "UPDATE proof_chains SET seq = $1, hash = $2, taken_at = $3, countersign = $4, state = $5 WHERE id = $6",
        )
        .bind(signed(end.seq))
        .bind(end.hash.as_str())
        .bind(now.as_second())
        .bind(countersign.as_str())
        .bind(state)
        .bind(kept.id)
        .execute(&mut *work)
        .await?;
        tally::keep(&mut work, screen, &batch.tally).await?;
        self.database.commit(work).await?;
        Ok(Answer::Taken {
            through: end.seq,
            countersign,
        })
    }

    /// The chain as it is kept, held against other uploads until the transaction ends.
    pub(super) async fn lock(
        &self,
        work: &mut Work,
        screen: &str,
        chain: &ChainId,
    ) -> Result<Option<Kept>> {
        let lock = match self.database.dialect() {
            Dialect::Sqlite => "",
            Dialect::Postgres => " FOR UPDATE",
        };
        let query = format!("{KEPT} WHERE screen = $1 AND chain = $2{lock}");
        let row = sqlx::query(AssertSqlSafe(query))
            .bind(screen)
            .bind(chain.as_str())
            .fetch_optional(&mut **work)
            .await?;
        row.as_ref().map(kept).transpose()
    }

    async fn begin_chain(&self, work: &mut Work, batch: &Batch, now: Timestamp) -> Result<Kept> {
        let (screen, chain) = (&batch.after.screen, &batch.after.chain);
        if !limits::count(&mut **work, CHAINS, screen, now.as_second()).await? {
            return Err(ProofError::Chains(CHAINS.most).into());
        }
        let beginning = Chain::new(screen, chain.clone()).head().clone();
        let state = serde_json::to_string(&Tracker::default()).map_err(damaged)?;
        // Where another upload of the same chain was faster, the database refuses and the screen asks again.
        sqlx::query(
            "INSERT INTO proof_chains (screen, chain, public_key, seq, hash, begun_at, taken_at, state)
             VALUES ($1, $2, $3, 0, $4, $5, $5, $6)",
        )
        .bind(screen.as_str())
        .bind(chain.as_str())
        .bind(batch.key.to_string())
        .bind(beginning.hash.as_str())
        .bind(now.as_second())
        .bind(state)
        .execute(&mut **work)
        .await?;
        let kept = self.lock(work, screen, chain).await?;
        kept.ok_or_else(|| sqlx::Error::RowNotFound.into())
    }

    /// Keeps the raw records from `from` on; returns the countersignature for the last of them.
    async fn keep(
        &self,
        work: &mut Work,
        chain: i64,
        known: &Head,
        batch: &Batch,
        from: usize,
        now: Timestamp,
    ) -> Result<String> {
        let new = &batch.records[from..];
        let before = match from {
            0 => &batch.after,
            _ => known,
        };
        if before.seq > known.seq {
            sqlx::query(
                "INSERT INTO proof_gaps (chain, from_seq, through_seq, noted_at) VALUES ($1, $2, $3, $4)",
            )
            .bind(chain)
            .bind(signed(known.seq + 1))
            .bind(signed(before.seq))
            .bind(now.as_second())
            .execute(&mut **work)
            .await?;
        }
        let end = batch.head();
        let statement = Countersigned {
            head: end.clone(),
            at: now,
        };
        let countersign = self.signed(&statement)?;
        let seals = batch.seals.iter().filter(|(seq, _)| *seq > before.seq);
        let seals: Vec<(u64, String)> = seals.cloned().collect();
        let lines = raw::pack(new, &seals).map_err(ProofError::Packing)?;
        let days = |pick: fn(i64, i64) -> i64| {
            let days = new.iter().map(|taken| self.day_of_record(taken));
            days.reduce(pick).unwrap_or_default()
        };
        sqlx::query(
            "INSERT INTO proof_batches (chain, first_seq, last_seq, before_hash, hash, taken_at, first_day,
             last_day, countersign, lines) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        )
        .bind(chain)
        .bind(signed(before.seq + 1))
        .bind(signed(end.seq))
        .bind(before.hash.as_str())
        .bind(end.hash.as_str())
        .bind(now.as_second())
        .bind(days(i64::min))
        .bind(days(i64::max))
        .bind(countersign.as_str())
        .bind(lines)
        .execute(&mut **work)
        .await?;
        Ok(countersign)
    }

    fn day_of_record(&self, taken: &Taken) -> i64 {
        day_at(taken.record.at.as_millisecond(), &self.zone)
    }

    /// The answer for records that are kept already; they must be the same ones.
    async fn again(&self, batch: &Batch, kept: Kept, now: Timestamp) -> Result<Answer> {
        let head = batch.head();
        if head == kept.head
            && let Some(countersign) = kept.countersign
        {
            let through = head.seq;
            return Ok(Answer::Taken {
                through,
                countersign,
            });
        }
        match self.hash_at(&kept, head.seq).await? {
            Some(hash) if hash == head.hash => {
                let statement = Countersigned { head, at: now };
                Ok(Answer::Taken {
                    through: statement.head.seq,
                    countersign: self.signed(&statement)?,
                })
            }
            Some(_) => self.fork(batch, Some(kept), head.seq, now).await,
            None => Ok(Answer::Unfitting {
                why: format!("records as old as {} are not kept any more", head.seq),
                known: Some(kept.head),
            }),
        }
    }

    /// The hash that a chain had at a record, where its batch is still kept.
    async fn hash_at(&self, kept: &Kept, seq: u64) -> Result<Option<Sha256Hex>> {
        let row = sqlx::query(AssertSqlSafe(format!(
            "{BATCH} WHERE b.chain = $1 AND b.first_seq <= $2 AND b.last_seq >= $2"
        )))
        .bind(kept.id)
        .bind(signed(seq))
        .fetch_optional(self.database.pool())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let row = batch_row(&row)?;
        let (_, hashes) = row.proof().map_err(Error::from)?;
        let place = usize::try_from(seq - row.before.seq - 1).unwrap_or(usize::MAX);
        Ok(hashes.get(place).cloned())
    }

    /// Writes another past of a chain down, and refuses it.
    async fn fork(
        &self,
        batch: &Batch,
        kept: Option<Kept>,
        seq: u64,
        now: Timestamp,
    ) -> Result<Answer> {
        if let (Some(kept), Some(offered)) = (&kept, batch.hash_at(seq)) {
            self.note_fork(kept.id, seq, offered, now).await?;
            tracing::error!(
                screen = batch.after.screen,
                chain = %batch.after.chain,
                seq,
                "the screen {} offers another past of its chain from record {seq} on",
                batch.after.screen
            );
        }
        Ok(Answer::Unfitting {
            why: format!("record {seq} is another one than the server holds; begin a new chain"),
            known: kept.map(|kept| kept.head),
        })
    }

    async fn note_fork(
        &self,
        chain: i64,
        seq: u64,
        hash: &Sha256Hex,
        now: Timestamp,
    ) -> Result<()> {
        let mut work = self.database.begin().await?;
        let known = sqlx::query(
            "UPDATE proof_forks SET last_at = $1, times = times + 1 WHERE chain = $2 AND seq = $3 AND hash = $4",
        )
        .bind(now.as_second())
        .bind(chain)
        .bind(signed(seq))
        .bind(hash.as_str())
        .execute(&mut *work)
        .await?
        .rows_affected();
        let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM proof_forks WHERE chain = $1")
            .bind(chain)
            .fetch_one(&mut *work)
            .await?;
        if known == 0 && count < MOST_FORKS {
            sqlx::query(
                "INSERT INTO proof_forks (chain, seq, hash, first_at, last_at, times) VALUES ($1, $2, $3, $4, $4, 1)
                 ON CONFLICT (chain, seq, hash) DO NOTHING",
            )
            .bind(chain)
            .bind(signed(seq))
            .bind(hash.as_str())
            .bind(now.as_second())
            .execute(&mut *work)
            .await?;
        }
        self.database.commit(work).await
    }

    pub(super) async fn number_of_known(
        &self,
        work: &mut Work,
        subject: &super::tracker::Subject,
    ) -> Result<i64> {
        Ok(sqlx::query_scalar(
            "SELECT id FROM proof_subjects WHERE item = $1 AND kind = $2 AND content = $3
             AND topic = $4 AND procedure = $5",
        )
        .bind(subject.item.clone())
        .bind(subject.kind.clone())
        .bind(subject.content.clone())
        .bind(subject.topic.clone())
        .bind(subject.procedure.clone())
        .fetch_one(&mut **work)
        .await?)
    }

    /// Where a screen belongs at this moment.
    async fn homes(&self, work: &mut Work, screen: &str) -> Result<Homes> {
        let unit: Option<String> =
            sqlx::query_scalar("SELECT unit FROM assignments WHERE screen = $1")
                .bind(screen)
                .fetch_optional(&mut **work)
                .await?;
        Ok(Homes {
            known: BTreeMap::new(),
            present: unit.unwrap_or_default(),
        })
    }
}

fn standing(batch: &Batch, known: &Head) -> Standing {
    let (after, end) = (batch.after.seq, batch.head().seq);
    if after > known.seq {
        let gap = (known.seq + 1, after);
        let first = batch.records.first().map(|taken| &taken.record.what);
        return match first {
            Some(What::Lost { from, through }) if (*from, *through) == gap => Standing::Follows(0),
            _ => Standing::Apart,
        };
    }
    if end < known.seq {
        return Standing::Within;
    }
    match batch.hash_at(known.seq) {
        Some(hash) if *hash == known.hash && end == known.seq => Standing::Known,
        Some(hash) if *hash == known.hash => {
            Standing::Follows(usize::try_from(known.seq - after).unwrap_or(usize::MAX))
        }
        _ => Standing::Fork(known.seq),
    }
}

const KEPT: &str = "SELECT id, screen, chain, seq, hash, state, countersign FROM proof_chains";

/// A batch with its chain, for [`batch_row`].
pub(super) const BATCH: &str = "SELECT b.chain, c.screen, c.chain, b.first_seq, b.last_seq, b.before_hash, b.hash, \
     b.taken_at, b.countersign, b.lines FROM proof_batches b JOIN proof_chains c ON c.id = b.chain";

fn kept(row: &AnyRow) -> Result<Kept> {
    let (chain, hash): (String, String) = (row.try_get(2)?, row.try_get(4)?);
    let state: String = row.try_get(5)?;
    Ok(Kept {
        id: row.try_get(0)?,
        head: Head {
            screen: row.try_get(1)?,
            chain: chain.parse().map_err(damaged)?,
            seq: unsigned(row.try_get(3)?),
            hash: hash.parse().map_err(damaged)?,
        },
        tracker: serde_json::from_str(&state).map_err(damaged)?,
        countersign: row.try_get(6)?,
    })
}

pub(super) fn batch_row(row: &AnyRow) -> Result<Row> {
    let chain: String = row.try_get(2)?;
    let (before, hash): (String, String) = (row.try_get(5)?, row.try_get(6)?);
    let before = Head {
        screen: row.try_get(1)?,
        chain: chain.parse().map_err(damaged)?,
        seq: unsigned(row.try_get::<i64, _>(3)? - 1),
        hash: before.parse().map_err(damaged)?,
    };
    Ok(Row {
        chain: row.try_get(0)?,
        head: Head {
            seq: unsigned(row.try_get(4)?),
            hash: hash.parse().map_err(damaged)?,
            ..before.clone()
        },
        before,
        taken_at: row.try_get(7)?,
        countersign: row.try_get(8)?,
        lines: row.try_get(9)?,
    })
}
