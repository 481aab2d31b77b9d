//! The root of each day: one hash for what all chains had come to, which fits a sheet of paper.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use motcua_proof::{Head, Line, PublicKey, RootStatement, inclusion, read_line, root_of};
use motcua_show::release::Sha256Hex;
use serde::{Deserialize, Serialize};
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::{Proofs, damaged, day_of, number_of};
use crate::error::Result;
use crate::repository::tables::unsigned;

/// The root of a day as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Root {
    /// The day.
    #[schema(value_type = String, format = Date)]
    pub day: Date,
    /// How many chains are in it.
    pub chains: u64,
    /// The root.
    #[schema(value_type = String)]
    pub root: Sha256Hex,
    /// The root before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub before: Option<Sha256Hex>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// The fingerprint of the key that signed it.
    pub fingerprint: String,
    /// The signed line.
    pub line: String,
}

impl Root {
    /// The root as a text that fits a sheet of paper, in Vietnamese; digits in groups that can be read aloud.
    #[must_use]
    pub fn paper(&self) -> String {
        let mut paper = String::new();
        let mut line = |text: String| {
            // Writing to a string does not fail.
            let _ = writeln!(paper, "{text}");
        };
        line("MOTCUA · GỐC BẰNG CHỨNG PHÁT SÓNG TRONG NGÀY".to_owned());
        line(format!("Ngày: {}", self.day.strftime("%d/%m/%Y")));
        line(format!("Số chuỗi: {}", self.chains));
        line("Gốc (SHA-256):".to_owned());
        line(grouped(self.root.as_str()));
        if let Some(before) = &self.before {
            line("Gốc của ngày trước:".to_owned());
            line(grouped(before.as_str()));
        }
        line(format!("Lập lúc: {}", self.at));
        line("Dấu vân tay khóa máy chủ:".to_owned());
        line(grouped(&self.fingerprint));
        paper
    }
}

/// Digits in groups of 8, four to a line.
fn grouped(digits: &str) -> String {
    let groups: Vec<String> = digits
        .as_bytes()
        .chunks(8)
        .map(|group| String::from_utf8_lossy(group).into_owned())
        .collect();
    let lines: Vec<String> = groups.chunks(4).map(|line| line.join(" ")).collect();
    lines
        .iter()
        .map(|line| format!("  {line}"))
        .collect::<Vec<_>>()
        .join("\n")
}

impl Proofs {
    /// Makes the root of the day before `now` where there is none yet; of several replicas one makes it. Returns it
    /// where it was made.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn close_day(&self, now: Timestamp) -> Result<Option<Root>> {
        let day = self.day(now.checked_sub(24.hours())?);
        let number = number_of(day);
        let last: Option<i64> = sqlx::query_scalar("SELECT MAX(day) FROM proof_roots")
            .fetch_one(self.database.pool())
            .await?;
        if last.is_some_and(|last| last >= number) {
            return Ok(None);
        }
        let mut work = self.database.publishing().await?;
        let row = sqlx::query("SELECT day, root FROM proof_roots ORDER BY day DESC LIMIT 1")
            .fetch_optional(&mut *work)
            .await?;
        let before: Option<(i64, String)> = match row {
            Some(row) => Some((row.try_get(0)?, row.try_get(1)?)),
            None => None,
        };
        if before.as_ref().is_some_and(|(last, _)| *last >= number) {
            return Ok(None);
        }
        let rows = sqlx::query(
            "SELECT screen, chain, seq, hash FROM proof_chains WHERE seq > 0 ORDER BY screen, chain",
        )
        .fetch_all(&mut *work)
        .await?;
        let mut heads: Vec<Head> = rows.iter().map(head).collect::<Result<_>>()?;
        if heads.is_empty() {
            return Ok(None);
        }
        // Databases order texts each in their own way; the tree wants one.
        heads.sort_by(|one, two| {
            (&one.screen, one.chain.as_str()).cmp(&(&two.screen, two.chain.as_str()))
        });
        let before = before.map(|(_, root)| root.parse()).transpose();
        let statement = RootStatement {
            day,
            chains: heads.len() as u64,
            root: root_of(&heads),
            before: before.map_err(damaged)?,
            at: now,
        };
        let line = self.signed(&statement)?;
        sqlx::query(
            "INSERT INTO proof_roots (day, root, line, chains, made_at, heads) VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(number)
        .bind(statement.root.as_str())
        .bind(line.as_str())
        .bind(i64::try_from(statement.chains).unwrap_or(i64::MAX))
        .bind(now.as_second())
        .bind(pack(&heads).map_err(damaged)?)
        .execute(&mut *work)
        .await?;
        self.database.commit(work).await?;
        tracing::info!(%day, chains = statement.chains, root = %statement.root, "the root of {day} was made");
        Ok(Some(kept(statement, line, &self.public)))
    }

    /// The root of a day, or the last one there is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn root(&self, day: Option<Date>) -> Result<Option<Root>> {
        let row = match day {
            Some(day) => {
                sqlx::query("SELECT line FROM proof_roots WHERE day = $1")
                    .bind(number_of(day))
                    .fetch_optional(self.database.pool())
                    .await?
            }
            None => {
                sqlx::query("SELECT line FROM proof_roots ORDER BY day DESC LIMIT 1")
                    .fetch_optional(self.database.pool())
                    .await?
            }
        };
        let Some(row) = row else { return Ok(None) };
        let line: String = row.try_get(0)?;
        match read_line(&line) {
            Ok(Line::Root(stood)) => Ok(Some(kept(stood.statement, line, &stood.key))),
            Ok(_) => Err(sqlx::Error::RowNotFound.into()),
            Err(error) => Err(damaged(error).into()),
        }
    }

    /// The lines of the roots that hold a chain, with the paths to them: those made from `from` on (seconds since
    /// 1970), where the chain had come to a record between `first` and `last`.
    pub(super) async fn inclusions(
        &self,
        head: &Head,
        from: i64,
        first: u64,
        last: u64,
    ) -> Result<Vec<String>> {
        let days: Vec<i64> =
            sqlx::query_scalar("SELECT day FROM proof_roots WHERE made_at >= $1 ORDER BY day")
                .bind(from)
                .fetch_all(self.database.pool())
                .await?;
        let mut lines = Vec::new();
        for day in days {
            let row = sqlx::query("SELECT line, heads FROM proof_roots WHERE day = $1")
                .bind(day)
                .fetch_one(self.database.pool())
                .await?;
            let line: String = row.try_get(0)?;
            let heads = unpack(&row.try_get::<Vec<u8>, _>(1)?)?;
            let ours = |one: &Head| one.screen == head.screen && one.chain == head.chain;
            let Some(place) = heads.iter().position(ours) else {
                continue;
            };
            let seq = heads[place].seq;
            if seq > last {
                break;
            }
            if seq < first {
                continue;
            }
            if let Some(included) = inclusion(day_of(day), &heads, place) {
                lines.push(line);
                lines.push(included.line().map_err(damaged)?);
            }
        }
        Ok(lines)
    }
}

fn kept(statement: RootStatement, line: String, key: &PublicKey) -> Root {
    Root {
        day: statement.day,
        chains: statement.chains,
        root: statement.root,
        before: statement.before,
        at: statement.at,
        fingerprint: key.fingerprint(),
        line,
    }
}

fn head(row: &AnyRow) -> Result<Head> {
    let (chain, hash): (String, String) = (row.try_get(1)?, row.try_get(3)?);
    Ok(Head {
        screen: row.try_get(0)?,
        chain: chain.parse().map_err(damaged)?,
        seq: unsigned(row.try_get(2)?),
        hash: hash.parse().map_err(damaged)?,
    })
}

fn pack(heads: &[Head]) -> std::io::Result<Vec<u8>> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    for Head {
        screen,
        chain,
        seq,
        hash,
    } in heads
    {
        writeln!(packer, "{screen} {chain} {seq} {hash}")?;
    }
    packer.finish()
}

fn unpack(bytes: &[u8]) -> Result<Vec<Head>> {
    let mut text = String::new();
    GzDecoder::new(bytes)
        .read_to_string(&mut text)
        .map_err(damaged)?;
    let read = |line: &str| {
        let mut parts = line.split(' ');
        let (screen, chain) = (parts.next()?, parts.next()?);
        let (seq, hash) = (parts.next()?, parts.next()?);
        Some(Head {
            screen: screen.to_owned(),
            chain: chain.parse().ok()?,
            seq: seq.parse().ok()?,
            hash: hash.parse().ok()?,
        })
    };
    let heads: Option<Vec<Head>> = text.lines().map(read).collect();
    heads.ok_or_else(|| sqlx::Error::RowNotFound.into())
}
