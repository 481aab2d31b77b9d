//! What the releases held: the show's text and the facts of its procedures, kept for as long as proofs are.
//!
//! Releases are forgotten and their files cleared away after a few weeks; a proof of last year still names them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, PoisonError};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use motcua_show::procedure::{Decision, FOLDER, Procedure, base_code};
use motcua_show::release::{FileRef, Release};
use motcua_show::schedule::{ClockTime, Weekday};
use motcua_show::units::UnitId;
use motcua_show::{Show, read_procedure, read_show};
use serde::{Deserialize, Serialize};
use sqlx::{AssertSqlSafe, Row as _};

use super::spans::Spans;
use super::{Proofs, damaged};
use crate::error::{Error, Result};
use crate::repository::{release_target, tables};
use crate::storage::StorageError;

/// Releases that are remembered; a province's of a year.
const MOST_REMEMBERED: usize = 500;

/// The longest file of a show or procedure that is read.
const LONGEST_FILE: u64 = 4 << 20;

/// What a release held.
#[derive(Debug)]
pub struct Known {
    /// The SHA-256 of its document.
    pub sha256: String,
    /// The unit that it was made for.
    pub unit: String,
    /// Its number within the unit.
    pub number: i64,
    /// Its title.
    pub title: String,
    /// The show, without its procedures; none where its text cannot be read.
    pub show: Option<Show>,
    /// Its procedures by base code.
    pub procedures: BTreeMap<String, Arc<Facts>>,
    zone: TimeZone,
}

/// What one file says of a procedure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// The code as it is written.
    pub code: String,
    /// The official name.
    pub name: String,
    /// The decision that announced it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
    /// The first day on which it may be posted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective: Option<Date>,
    /// The day from which it may not be shown any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repealed: Option<Date>,
    /// The SHA-256 of the file.
    pub content: String,
}

impl Facts {
    /// Whether it may be posted on `day`.
    #[must_use]
    pub fn is_posted_on(&self, day: Date) -> bool {
        self.effective.is_none_or(|effective| effective <= day)
            && self.repealed.is_none_or(|repealed| day < repealed)
    }

    /// The decision in words, such as "163/QĐ-BTP"; empty where none is known.
    #[must_use]
    pub fn decision_number(&self) -> &str {
        self.decision
            .as_ref()
            .map_or("", |decision| decision.number.as_str())
    }

    fn of(procedure: Procedure, content: &str) -> Self {
        Self {
            code: procedure.code,
            name: procedure.name,
            decision: procedure.decision,
            effective: procedure.effective,
            repealed: procedure.repealed,
            content: content.to_owned(),
        }
    }
}

impl Known {
    /// When the office of the show is open on a day; none where the show names no hours.
    #[must_use]
    pub fn opening(&self, day: Date) -> Option<Spans> {
        let show = self.show.as_ref()?;
        if show.office_hours.is_empty() {
            return None;
        }
        let mut open = Spans::default();
        for (from, until) in sessions(show, day) {
            let from = self.instant(day, from);
            let until = self.instant(day, until);
            if let (Some(from), Some(until)) = (from, until) {
                open.add(&Spans::one(from, until));
            }
        }
        Some(open)
    }

    /// Whether the office is open at all on a day; one without hours counts as open on every day.
    #[must_use]
    pub fn is_open_on(&self, day: Date) -> bool {
        self.opening(day).is_none_or(|open| !open.is_empty())
    }

    /// The topics of the plan with their target in milliseconds an opening day.
    pub fn targets(&self) -> impl Iterator<Item = (&str, Option<i64>)> {
        let plan = self.show.as_ref().and_then(|show| show.plan.as_ref());
        let topics = plan.map(|plan| plan.topics.as_slice()).unwrap_or_default();
        topics.iter().map(|topic| {
            let target = topic
                .minutes_per_day
                .map(|minutes| i64::from(minutes) * 60_000);
            (topic.name.as_str(), target)
        })
    }

    /// What a topic is called.
    #[must_use]
    pub fn topic_title(&self, name: &str) -> Option<String> {
        let show = self.show.as_ref()?;
        let topic = show
            .plan
            .as_ref()?
            .topics
            .iter()
            .find(|topic| topic.name == name)?;
        Some(topic.title.best(show.language).to_owned())
    }

    fn instant(&self, day: Date, time: ClockTime) -> Option<i64> {
        let civil = match time.time() {
            Some(time) => day.to_datetime(time),
            None => day.tomorrow().ok()?.at(0, 0, 0, 0),
        };
        let zoned = civil.to_zoned(self.zone.clone()).ok()?;
        Some(zoned.timestamp().as_millisecond())
    }
}

/// The sessions of the office on a day.
fn sessions(show: &Show, day: Date) -> Vec<(ClockTime, ClockTime)> {
    if show.holidays.contains(&day) {
        return Vec::new();
    }
    let weekday = Weekday::of(day);
    let open = show
        .office_hours
        .iter()
        .filter(|hours| hours.days.contains(&weekday));
    open.map(|hours| (hours.from, hours.until)).collect()
}

impl Proofs {
    /// Reads and keeps what every release held that is not kept yet. To be called before files are cleared away.
    ///
    /// A release whose files cannot be read any more is passed over with a line in the log.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn learn_releases(&self) -> Result<()> {
        let rows = sqlx::query(
            "SELECT r.unit, r.sha256 FROM releases r WHERE r.state <> 'unsigned'
             AND NOT EXISTS (SELECT 1 FROM proof_releases k WHERE k.sha256 = r.sha256)",
        )
        .fetch_all(self.database.pool())
        .await?;
        for row in rows {
            let (unit, sha256): (String, String) = (row.try_get(0)?, row.try_get(1)?);
            let unit: UnitId = unit.parse().map_err(damaged)?;
            let document =
                tables::document(self.database.pool(), &release_target(&unit), &sha256).await?;
            let Some(document) = document else { continue };
            match self.learn(&Release::read(&document)?, &sha256).await {
                Ok(()) => {}
                Err(Error::Storage(StorageError::Missing(hash))) => {
                    tracing::warn!(%unit, %hash, "a release of {unit} lacks a file, so reports know nothing of it");
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    async fn learn(&self, release: &Release, sha256: &str) -> Result<()> {
        let mut show = Vec::new();
        let mut procedures: Vec<(&str, Facts)> = Vec::new();
        for (path, file) in &release.files {
            let place = path.as_str();
            if place == "show.toml" {
                show = self.file(file).await?;
            } else if is_procedure(place) {
                let facts = match self.facts(file.sha256.as_str()).await? {
                    Some(facts) => Some(facts),
                    None => {
                        let text = String::from_utf8_lossy(&self.file(file).await?).into_owned();
                        let read = read_procedure(Path::new(place), &text).value;
                        read.map(|read| Facts::of(read, file.sha256.as_str()))
                    }
                };
                procedures.extend(facts.map(|facts| (file.sha256.as_str(), facts)));
            }
        }
        let mut work = self.database.begin().await?;
        for (hash, facts) in &procedures {
            let text = serde_json::to_string(facts).map_err(damaged)?;
            sqlx::query(
                "INSERT INTO proof_procedures (sha256, code, facts) VALUES ($1, $2, $3)
                 ON CONFLICT (sha256) DO NOTHING",
            )
            .bind(*hash)
            .bind(base_code(&facts.code).to_owned())
            .bind(text)
            .execute(&mut *work)
            .await?;
        }
        let hashes: Vec<&str> = procedures.iter().map(|(hash, _)| *hash).collect();
        sqlx::query(
            "INSERT INTO proof_releases (sha256, unit, number, signed_at, title, show, procedures)
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (sha256) DO NOTHING",
        )
        .bind(sha256)
        .bind(release.unit.to_string())
        .bind(tables::signed(release.number))
        .bind(release.signed_at.as_second())
        .bind(release.title.clone())
        .bind(show)
        .bind(serde_json::to_string(&hashes).map_err(damaged)?)
        .execute(&mut *work)
        .await?;
        self.database.commit(work).await
    }

    async fn file(&self, file: &FileRef) -> Result<Vec<u8>> {
        // What is longer is no text that a person wrote.
        if file.length > LONGEST_FILE {
            return Ok(Vec::new());
        }
        let found = self.storage.get(&file.sha256, None).await?;
        Ok(found.bytes().await.map_err(StorageError::from)?.to_vec())
    }

    async fn facts(&self, sha256: &str) -> Result<Option<Facts>> {
        let facts: Option<String> =
            sqlx::query_scalar("SELECT facts FROM proof_procedures WHERE sha256 = $1")
                .bind(sha256)
                .fetch_optional(self.database.pool())
                .await?;
        let read = |facts: String| serde_json::from_str(&facts);
        Ok(facts.map(read).transpose().map_err(damaged)?)
    }

    /// What a release held; none where the server never had it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn release(&self, sha256: &str) -> Result<Option<Arc<Known>>> {
        if let Some(known) = self.remembered_release(sha256) {
            return Ok(Some(known));
        }
        let row = sqlx::query(
            "SELECT unit, number, title, show, procedures FROM proof_releases WHERE sha256 = $1",
        )
        .bind(sha256)
        .fetch_optional(self.database.pool())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let show: Vec<u8> = row.try_get(3)?;
        let hashes: String = row.try_get(4)?;
        let hashes: Vec<String> = serde_json::from_str(&hashes).map_err(damaged)?;
        let text = String::from_utf8_lossy(&show).into_owned();
        let show = read_show(Path::new("show.toml"), &text).value;
        let zone = show.as_ref().map(|show| TimeZone::get(&show.timezone));
        let known = Arc::new(Known {
            sha256: sha256.to_owned(),
            unit: row.try_get(0)?,
            number: row.try_get(1)?,
            title: row.try_get(2)?,
            procedures: self.procedures(&hashes).await?,
            show,
            zone: zone
                .and_then(std::result::Result::ok)
                .unwrap_or_else(|| self.zone.clone()),
        });
        let mut releases = self.releases.lock().unwrap_or_else(PoisonError::into_inner);
        if releases.len() >= MOST_REMEMBERED {
            releases.clear();
        }
        releases.insert(sha256.to_owned(), known.clone());
        Ok(Some(known))
    }

    /// What all of these releases held, as far as the server had them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn releases_of(
        &self,
        hashes: impl IntoIterator<Item = String>,
    ) -> Result<BTreeMap<String, Arc<Known>>> {
        let hashes: BTreeSet<String> = hashes.into_iter().collect();
        let mut releases = BTreeMap::new();
        for hash in hashes {
            if let Some(known) = self.release(&hash).await? {
                releases.insert(hash, known);
            }
        }
        Ok(releases)
    }

    async fn procedures(&self, hashes: &[String]) -> Result<BTreeMap<String, Arc<Facts>>> {
        let mut procedures = BTreeMap::new();
        // As many questions as a statement may have arguments, with room.
        for hashes in hashes.chunks(500) {
            let places: Vec<String> = (1..=hashes.len()).map(|n| format!("${n}")).collect();
            let query = format!(
                "SELECT facts FROM proof_procedures WHERE sha256 IN ({})",
                places.join(", ")
            );
            let mut query = sqlx::query_scalar(AssertSqlSafe(query));
            for hash in hashes {
                query = query.bind(hash.clone());
            }
            let rows: Vec<String> = query.fetch_all(self.database.pool()).await?;
            for facts in rows {
                let facts: Facts = serde_json::from_str(&facts).map_err(damaged)?;
                procedures.insert(base_code(&facts.code).to_owned(), Arc::new(facts));
            }
        }
        Ok(procedures)
    }

    fn remembered_release(&self, sha256: &str) -> Option<Arc<Known>> {
        let releases = self.releases.lock().unwrap_or_else(PoisonError::into_inner);
        releases.get(sha256).cloned()
    }
}

fn is_procedure(place: &str) -> bool {
    let file = place
        .strip_prefix(FOLDER)
        .and_then(|rest| rest.strip_prefix('/'));
    file.is_some_and(|file| !file.contains('/') && file.ends_with(".toml"))
}
