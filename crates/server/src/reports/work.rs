//! When displays worked and with which release: what the reports about posting begin with.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use sqlx::{AssertSqlSafe, Row as _};

use super::{Reports, Scope};
use crate::error::{Error, Result};
use crate::proofs::known::Known;
use crate::proofs::spans::Spans;
use crate::proofs::{damaged, day_of};

/// A screen that has sent proofs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// Its id.
    pub screen: String,
    /// What it is called.
    pub name: String,
    /// Where it belongs.
    pub unit: String,
    /// The numbers of its chains.
    pub chains: Vec<i64>,
}

/// The display worked with a release on a day.
#[derive(Debug, Clone)]
pub(super) struct Worked {
    pub release: String,
    pub unit: String,
    pub spans: Spans,
}

/// When the display of a screen worked.
#[derive(Debug, Clone, Default)]
pub(super) struct Work {
    /// By day; on each in the order in which the releases ended.
    pub days: BTreeMap<i64, Vec<Worked>>,
    /// The release of the last day before them, and the unit.
    pub before: Option<(String, String)>,
}

/// The hours in which offices are open, each worked out once.
#[derive(Debug, Default)]
pub(super) struct Openings(HashMap<(String, i64), Option<Arc<Spans>>>);

impl Openings {
    /// When the office of a release is open on a day; none where it names no hours.
    pub(super) fn of(&mut self, release: &Known, day: i64) -> Option<Arc<Spans>> {
        let key = (release.sha256.clone(), day);
        let open = self.0.entry(key);
        let open = open.or_insert_with(|| release.opening(day_of(day)).map(Arc::new));
        open.clone()
    }
}

impl Work {
    /// The release on each day from `first` through `last`: the last that worked on it, else the one before. Days
    /// before the screen's first proof have none.
    pub(super) fn releases(&self, first: i64, last: i64) -> Vec<(i64, &str, &str)> {
        let mut present = self
            .before
            .as_ref()
            .map(|(release, unit)| (release.as_str(), unit.as_str()));
        let mut releases = Vec::new();
        for day in first..=last {
            if let Some(worked) = self.days.get(&day).and_then(|worked| worked.last()) {
                present = Some((&worked.release, &worked.unit));
            }
            releases.extend(present.map(|(release, unit)| (day, release, unit)));
        }
        releases
    }

    /// Every release in it.
    pub(super) fn hashes(&self) -> impl Iterator<Item = String> {
        let before = self.before.iter().map(|(release, _)| release.clone());
        let worked = self.days.values().flatten();
        before.chain(worked.map(|worked| worked.release.clone()))
    }
}

impl Reports {
    /// The screens of a scope that have sent proofs, by unit and name.
    pub(super) async fn places(&self, scope: &Scope) -> Result<Vec<Place>> {
        let rows = sqlx::query(
            "SELECT c.id, c.screen, COALESCE(a.name, ''), COALESCE(a.unit, '') FROM proof_chains c
             LEFT JOIN assignments a ON a.screen = c.screen ORDER BY c.id",
        )
        .fetch_all(self.proofs.database().pool())
        .await?;
        let mut places: BTreeMap<String, Place> = BTreeMap::new();
        for row in rows {
            let screen: String = row.try_get(1)?;
            let (name, unit) = (row.try_get(2)?, row.try_get(3)?);
            let place = places.entry(screen.clone()).or_insert_with(|| Place {
                screen,
                name,
                unit,
                chains: Vec::new(),
            });
            place.chains.push(row.try_get(0)?);
        }
        let mut places: Vec<Place> = places.into_values().collect();
        places.retain(|place| scope.has(&place.unit));
        places.sort_by(|one, two| {
            (&one.unit, &one.name, &one.screen).cmp(&(&two.unit, &two.name, &two.screen))
        });
        Ok(places)
    }

    /// When the displays of these screens worked from one day through another.
    pub(super) async fn work(&self, places: &[Place], first: i64, last: i64) -> Result<Vec<Work>> {
        let mut of_chain: HashMap<i64, usize> = HashMap::new();
        for (number, place) in places.iter().enumerate() {
            of_chain.extend(place.chains.iter().map(|chain| (*chain, number)));
        }
        let mut works = vec![Work::default(); places.len()];
        for rows in self.worked_rows(&of_chain, first, last).await? {
            let (chain, day, worked) = rows;
            if let Some(&number) = of_chain.get(&chain) {
                works[number].days.entry(day).or_default().push(worked);
            }
        }
        for work in &mut works {
            for worked in work.days.values_mut() {
                worked.sort_by_key(|worked| worked.spans.bounds().map(|(_, last)| last));
            }
        }
        for (number, place) in places.iter().enumerate() {
            works[number].before = self.before(&place.chains, first).await?;
        }
        Ok(works)
    }

    async fn worked_rows(
        &self,
        of_chain: &HashMap<i64, usize>,
        first: i64,
        last: i64,
    ) -> Result<Vec<(i64, i64, Worked)>> {
        // For a few chains by the index, for all of them in one go.
        const FEW: usize = 50;
        let columns = "SELECT chain, day, release, unit, spans FROM proof_working WHERE";
        let mut found = Vec::new();
        let pool = self.proofs.database().pool();
        if of_chain.len() <= FEW {
            for chain in of_chain.keys() {
                let query = format!("{columns} chain = $1 AND day >= $2 AND day <= $3");
                let rows = sqlx::query(AssertSqlSafe(query))
                    .bind(*chain)
                    .bind(first)
                    .bind(last);
                found.extend(rows.fetch_all(pool).await?);
            }
        } else {
            let query = format!("{columns} day >= $1 AND day <= $2");
            let rows = sqlx::query(AssertSqlSafe(query)).bind(first).bind(last);
            found = rows.fetch_all(pool).await?;
        }
        let read = |row: &sqlx::any::AnyRow| {
            let spans: String = row.try_get(4)?;
            let worked = Worked {
                release: row.try_get(2)?,
                unit: row.try_get(3)?,
                spans: Spans::read(&spans).map_err(damaged)?,
            };
            Ok::<_, Error>((row.try_get(0)?, row.try_get(1)?, worked))
        };
        found.iter().map(read).collect()
    }

    async fn before(&self, chains: &[i64], first: i64) -> Result<Option<(String, String)>> {
        let mut latest: Option<(i64, String, String)> = None;
        for chain in chains {
            let row = sqlx::query(
                "SELECT last_ms, release, unit FROM proof_working WHERE chain = $1 AND day < $2
                 ORDER BY day DESC, last_ms DESC LIMIT 1",
            )
            .bind(*chain)
            .bind(first)
            .fetch_optional(self.proofs.database().pool())
            .await?;
            if let Some(row) = row {
                latest = latest.max(Some((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?)));
            }
        }
        Ok(latest.map(|(_, release, unit)| (release, unit)))
    }

    /// What the releases of these held.
    pub(super) async fn releases(&self, works: &[Work]) -> Result<BTreeMap<String, Arc<Known>>> {
        self.proofs.learn_releases().await?;
        self.proofs
            .releases_of(works.iter().flat_map(Work::hashes))
            .await
    }
}
