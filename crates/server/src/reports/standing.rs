//! How the chains stand: what each has come to, and what an auditor should ask about.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use sqlx::Row as _;
use utoipa::ToSchema;

use super::sheet::{Cell, Sheet};
use super::{Reports, Scope};
use crate::error::Result;
use crate::repository::tables::unsigned;

/// A chain of a screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Standing {
    /// Where the screen belongs.
    pub unit: String,
    /// The screen.
    pub screen: String,
    /// What it is called.
    pub name: String,
    /// The chain.
    pub chain: String,
    /// The last record.
    pub seq: u64,
    /// Its hash.
    pub hash: String,
    /// When the first record came.
    #[schema(value_type = String, format = DateTime)]
    pub begun_at: Timestamp,
    /// When the last one came.
    #[schema(value_type = String, format = DateTime)]
    pub taken_at: Timestamp,
    /// Records that the screen gave up, from and through.
    pub gaps: Vec<(u64, u64)>,
    /// Other pasts that were offered for the chain.
    pub forks: Vec<Fork>,
}

/// Another past that was offered for a chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Fork {
    /// The record that is another one.
    pub seq: u64,
    /// The hash that was offered.
    pub hash: String,
    /// When it was offered first.
    #[schema(value_type = String, format = DateTime)]
    pub first_at: Timestamp,
    /// When it was offered last.
    #[schema(value_type = String, format = DateTime)]
    pub last_at: Timestamp,
    /// How often.
    pub times: i64,
}

impl Reports {
    /// All chains of a scope, by unit and screen.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn standing(&self, scope: &Scope) -> Result<Vec<Standing>> {
        let pool = self.proofs.database().pool();
        let mut chains = Vec::new();
        for place in self.places(scope).await? {
            for chain in place.chains {
                let row = sqlx::query(
                    "SELECT chain, seq, hash, begun_at, taken_at FROM proof_chains WHERE id = $1",
                )
                .bind(chain)
                .fetch_one(pool)
                .await?;
                chains.push(Standing {
                    unit: place.unit.clone(),
                    screen: place.screen.clone(),
                    name: place.name.clone(),
                    chain: row.try_get(0)?,
                    seq: unsigned(row.try_get(1)?),
                    hash: row.try_get(2)?,
                    begun_at: instant(row.try_get(3)?),
                    taken_at: instant(row.try_get(4)?),
                    gaps: self.gaps(chain).await?,
                    forks: self.forks(chain).await?,
                });
            }
        }
        Ok(chains)
    }

    async fn gaps(&self, chain: i64) -> Result<Vec<(u64, u64)>> {
        let rows = sqlx::query(
            "SELECT from_seq, through_seq FROM proof_gaps WHERE chain = $1 ORDER BY from_seq",
        )
        .bind(chain)
        .fetch_all(self.proofs.database().pool())
        .await?;
        rows.iter()
            .map(|row| Ok((unsigned(row.try_get(0)?), unsigned(row.try_get(1)?))))
            .collect()
    }

    async fn forks(&self, chain: i64) -> Result<Vec<Fork>> {
        let rows = sqlx::query(
            "SELECT seq, hash, first_at, last_at, times FROM proof_forks WHERE chain = $1 ORDER BY first_at, seq",
        )
        .bind(chain)
        .fetch_all(self.proofs.database().pool())
        .await?;
        rows.iter()
            .map(|row| {
                Ok(Fork {
                    seq: unsigned(row.try_get(0)?),
                    hash: row.try_get(1)?,
                    first_at: instant(row.try_get(2)?),
                    last_at: instant(row.try_get(3)?),
                    times: row.try_get(4)?,
                })
            })
            .collect()
    }
}

fn instant(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap_or_default()
}

/// The answer as a table.
#[must_use]
pub fn sheet(rows: &[Standing], zone: &TimeZone) -> Sheet {
    let row = |chain: &Standing| {
        let lost: u64 = chain
            .gaps
            .iter()
            .map(|(from, through)| through - from + 1)
            .sum();
        vec![
            Cell::text(&chain.unit),
            Cell::text(&chain.screen),
            Cell::text(&chain.name),
            Cell::text(&chain.chain),
            Cell::Number(i64::try_from(chain.seq).unwrap_or(i64::MAX)),
            Cell::text(&chain.hash),
            Cell::time(chain.begun_at, zone),
            Cell::time(chain.taken_at, zone),
            Cell::Number(i64::try_from(lost).unwrap_or(i64::MAX)),
            Cell::Number(i64::try_from(chain.forks.len()).unwrap_or(i64::MAX)),
        ]
    };
    Sheet {
        title: "Chuỗi bằng chứng",
        headings: vec![
            "Đơn vị",
            "Màn hình",
            "Tên màn hình",
            "Chuỗi",
            "Bản ghi cuối",
            "Mã băm",
            "Bắt đầu",
            "Nhận lần cuối",
            "Bản ghi bị mất",
            "Số lần rẽ nhánh",
        ],
        rows: rows.iter().map(row).collect(),
    }
}
