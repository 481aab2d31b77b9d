//! Air time by topic of the communication plan: what the plan aims at against what the chains prove.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sqlx::{AssertSqlSafe, Row as _};
use utoipa::ToSchema;

use super::sheet::{Cell, Sheet};
use super::{Period, Reports, Scope};
use crate::error::Result;
use crate::proofs::day_of;

/// How the rows are put together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// One row a unit and topic.
    #[default]
    Unit,
    /// One row a day and topic.
    Day,
    /// One row a unit, day and topic.
    UnitDay,
}

/// The air time of a topic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AirTime {
    /// The unit, where rows are by unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The day, where rows are by day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub day: Option<Date>,
    /// The topic's name.
    pub topic: String,
    /// What it is about, where the plan says so.
    pub title: String,
    /// What the plan aims at on all screens and opening days together, in milliseconds; none where it says nothing.
    pub target_ms: Option<i64>,
    /// What is proved, in milliseconds.
    pub ms: i64,
    /// How often items of the topic were shown.
    pub showings: i64,
    /// Of these, how often the end is not known.
    pub unknown: i64,
    /// How long those can have been at the most, in milliseconds; not part of what is proved.
    pub unknown_ms: i64,
}

type Key = (Option<String>, Option<i64>, String);

impl By {
    fn key(self, unit: &str, day: i64, topic: &str) -> Key {
        let unit = (self != Self::Day).then(|| unit.to_owned());
        let day = (self != Self::Unit).then_some(day);
        (unit, day, topic.to_owned())
    }
}

impl Reports {
    /// The air time of each topic within whole days.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn air_time(&self, scope: &Scope, period: Period, by: By) -> Result<Vec<AirTime>> {
        let (first, last) = period.days(self.zone());
        let mut rows: BTreeMap<Key, AirTime> = BTreeMap::new();
        self.proved(scope, (first, last), by, &mut rows).await?;
        self.aimed_at(scope, (first, last), by, &mut rows).await?;
        Ok(rows.into_values().collect())
    }

    async fn proved(
        &self,
        scope: &Scope,
        (first, last): (i64, i64),
        by: By,
        rows: &mut BTreeMap<Key, AirTime>,
    ) -> Result<()> {
        // Every unit by itself, because only some of them may belong to the scope.
        let columns = match by {
            By::Unit => "unit, topic",
            By::Day if scope.units.is_none() => "day, topic",
            By::Day | By::UnitDay => "unit, day, topic",
        };
        let has_unit = columns.starts_with("unit");
        let query =
            format!(
            "SELECT topic, {unit}, {day}, CAST(SUM(showings) AS BIGINT), CAST(SUM(ms) AS BIGINT),
             CAST(SUM(unknown) AS BIGINT), CAST(SUM(unknown_ms) AS BIGINT) FROM proof_air
             WHERE day >= $1 AND day <= $2 GROUP BY {columns}",
            unit = if has_unit { "unit" } else { "''" },
            day = if columns.contains("day") { "day" } else { "CAST(0 AS BIGINT)" },
        );
        let found = sqlx::query(AssertSqlSafe(query))
            .bind(first)
            .bind(last)
            .fetch_all(self.proofs.database().pool())
            .await?;
        for row in found {
            let (topic, unit): (String, String) = (row.try_get(0)?, row.try_get(1)?);
            if !scope.has(&unit) && has_unit {
                continue;
            }
            let air = air(rows, by.key(&unit, row.try_get(2)?, &topic));
            air.showings += row.try_get::<i64, _>(3)?;
            air.ms += row.try_get::<i64, _>(4)?;
            air.unknown += row.try_get::<i64, _>(5)?;
            air.unknown_ms += row.try_get::<i64, _>(6)?;
        }
        Ok(())
    }

    /// The target of each opening day from the plan in the release that was on the screen then, working or not.
    async fn aimed_at(
        &self,
        scope: &Scope,
        (first, last): (i64, i64),
        by: By,
        rows: &mut BTreeMap<Key, AirTime>,
    ) -> Result<()> {
        let places = self.places(&Scope::all()).await?;
        let works = self.work(&places, first, last).await?;
        let releases = self.releases(&works).await?;
        let mut open: BTreeMap<(&str, i64), bool> = BTreeMap::new();
        for work in &works {
            for (day, hash, unit) in work.releases(first, last) {
                let Some(release) = releases.get(hash).filter(|_| scope.has(unit)) else {
                    continue;
                };
                let key = (release.sha256.as_str(), day);
                if !*open
                    .entry(key)
                    .or_insert_with(|| release.is_open_on(day_of(day)))
                {
                    continue;
                }
                for (topic, target_ms) in release.targets() {
                    let air = air(rows, by.key(unit, day, topic));
                    if let Some(target_ms) = target_ms {
                        *air.target_ms.get_or_insert(0) += target_ms;
                    }
                    if air.title.is_empty() {
                        air.title = release.topic_title(topic).unwrap_or_default();
                    }
                }
            }
        }
        Ok(())
    }
}

fn air(rows: &mut BTreeMap<Key, AirTime>, key: Key) -> &mut AirTime {
    let (unit, day, topic) = key.clone();
    rows.entry(key).or_insert_with(|| AirTime {
        unit,
        day: day.map(day_of),
        topic,
        title: String::new(),
        target_ms: None,
        ms: 0,
        showings: 0,
        unknown: 0,
        unknown_ms: 0,
    })
}

/// The answer as a table.
#[must_use]
pub fn sheet(rows: &[AirTime], by: By) -> Sheet {
    let mut headings = Vec::new();
    if by != By::Day {
        headings.push("Đơn vị");
    }
    if by != By::Unit {
        headings.push("Ngày");
    }
    headings.extend([
        "Chủ đề",
        "Nội dung chủ đề",
        "Chỉ tiêu (phút)",
        "Đã phát (phút)",
        "Tỷ lệ (%)",
        "Số lần phát",
        "Số lần không rõ thời lượng",
        "Thời lượng không rõ, nhiều nhất (phút)",
    ]);
    let row = |air: &AirTime| {
        let mut row = Vec::new();
        row.extend(air.unit.as_ref().map(Cell::text));
        row.extend(air.day.map(Cell::Day));
        let target = air.target_ms.filter(|target| *target > 0);
        row.extend([
            Cell::text(&air.topic),
            Cell::text(&air.title),
            target.map_or(Cell::Nothing, Cell::Minutes),
            Cell::Minutes(air.ms),
            target.map_or(Cell::Nothing, |target| Cell::Number(air.ms * 100 / target)),
            Cell::Number(air.showings),
            Cell::Number(air.unknown),
            Cell::Minutes(air.unknown_ms),
        ]);
        row
    };
    Sheet {
        title: "Thời lượng theo chủ đề",
        headings,
        rows: rows.iter().map(row).collect(),
    }
}
