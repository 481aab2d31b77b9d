//! Procedures that were not posted for long enough.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::sheet::{Cell, Sheet};
use super::work::{Openings, Place, Work};
use super::{Period, Reports, Scope};
use crate::error::Result;
use crate::proofs::known::{Facts, Known};
use crate::proofs::number_of;

/// A procedure that was not posted for long enough on a screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Lacking {
    /// Where the screen belongs.
    pub unit: String,
    /// The screen.
    pub screen: String,
    /// What it is called.
    pub name: String,
    /// The code of the procedure.
    pub code: String,
    /// Its name.
    pub procedure: String,
    /// The number of the decision that announced it.
    pub decision: String,
    /// The first day on which it may be posted.
    #[schema(value_type = Option<String>, format = Date)]
    pub effective: Option<Date>,
    /// How long the office was open while it was in force, in milliseconds.
    pub due_ms: i64,
    /// For how much of that it was posted, in milliseconds.
    pub posted_ms: i64,
}

/// What a release was good for on each day of the period, as sums from its beginning.
struct Sums {
    due: Vec<i64>,
    posted: Vec<i64>,
}

impl Sums {
    fn new(days: usize) -> Self {
        Self {
            due: vec![0; days + 1],
            posted: vec![0; days + 1],
        }
    }

    fn add_up(&mut self) {
        for list in [&mut self.due, &mut self.posted] {
            for place in 1..list.len() {
                list[place] += list[place - 1];
            }
        }
    }
}

impl Reports {
    /// The procedures that were posted for less than `enough_ms` while offices were open; without it, for less than
    /// all of that time. A procedure that was due for less than `enough_ms` is named only where it was not posted for
    /// all of it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lacking(
        &self,
        scope: &Scope,
        period: Period,
        enough_ms: Option<i64>,
    ) -> Result<Vec<Lacking>> {
        let (first, last) = period.days(self.zone());
        let places = self.places(scope).await?;
        let works = self.work(&places, first, last).await?;
        let releases = self.releases(&works).await?;
        let mut openings = Openings::default();
        let mut lacking = Vec::new();
        for (place, work) in places.iter().zip(&works) {
            let procedures = of_screen(work, &releases, (first, last), &mut openings);
            for (facts, due_ms, posted_ms) in procedures.into_values() {
                let wanted = enough_ms.unwrap_or(due_ms).min(due_ms);
                if posted_ms < wanted {
                    lacking.push(row(place, &facts, due_ms, posted_ms));
                }
            }
        }
        Ok(lacking)
    }
}

/// For how long each procedure was due and posted on a screen, with what was said of it last.
fn of_screen(
    work: &Work,
    releases: &BTreeMap<String, Arc<Known>>,
    (first, last): (i64, i64),
    openings: &mut Openings,
) -> BTreeMap<String, (Arc<Facts>, i64, i64)> {
    let days = usize::try_from(last - first + 1).unwrap_or(0);
    let mut sums: BTreeMap<&str, Sums> = BTreeMap::new();
    // In the order in which they were on the screen, so that the last says what a procedure is called.
    let mut order: Vec<&str> = Vec::new();
    for (day, main, _) in work.releases(first, last) {
        let place = usize::try_from(day - first).unwrap_or(0) + 1;
        let Some(main_known) = releases.get(main) else {
            continue;
        };
        let opening = openings.of(main_known, day);
        let mut worked_ms = 0;
        let mut on_day = BTreeSet::from([main]);
        for worked in work.days.get(&day).into_iter().flatten() {
            let open = opening
                .as_ref()
                .map_or_else(|| worked.spans.clone(), |open| open.and(&worked.spans));
            worked_ms += worked.spans.total_ms();
            let sum = sums
                .entry(&worked.release)
                .or_insert_with(|| Sums::new(days));
            sum.posted[place] += open.total_ms();
            on_day.insert(&worked.release);
        }
        let due_ms = opening.map_or(worked_ms, |open| open.total_ms());
        let sum = sums.entry(main).or_insert_with(|| Sums::new(days));
        sum.due[place] += due_ms;
        for release in on_day {
            order.retain(|known| *known != release);
            order.push(release);
        }
        // The main one is what the day ended with.
        order.retain(|known| *known != main);
        order.push(main);
    }
    let mut procedures = BTreeMap::new();
    for release in order {
        let (Some(known), Some(sum)) = (releases.get(release), sums.get_mut(release)) else {
            continue;
        };
        sum.add_up();
        for (code, facts) in &known.procedures {
            let (due, posted) = within(sum, facts, first, days);
            let entry = procedures
                .entry(code.clone())
                .or_insert_with(|| (facts.clone(), 0, 0));
            entry.0 = facts.clone();
            entry.1 += due;
            entry.2 += posted;
        }
    }
    procedures
}

/// The sums of the days on which a procedure is in force.
fn within(sums: &Sums, facts: &Facts, first: i64, days: usize) -> (i64, i64) {
    let place = |day: Option<Date>, without: usize| {
        let place = day.map(|day| number_of(day) - first);
        place.map_or(without, |place| {
            usize::try_from(place.max(0)).unwrap_or(0).min(days)
        })
    };
    let (from, until) = (place(facts.effective, 0), place(facts.repealed, days));
    if until <= from {
        return (0, 0);
    }
    (
        sums.due[until] - sums.due[from],
        sums.posted[until] - sums.posted[from],
    )
}

fn row(place: &Place, facts: &Facts, due_ms: i64, posted_ms: i64) -> Lacking {
    Lacking {
        unit: place.unit.clone(),
        screen: place.screen.clone(),
        name: place.name.clone(),
        code: facts.code.clone(),
        procedure: facts.name.clone(),
        decision: facts.decision_number().to_owned(),
        effective: facts.effective,
        due_ms,
        posted_ms,
    }
}

/// The answer as a table.
#[must_use]
pub fn sheet(rows: &[Lacking]) -> Sheet {
    let row = |lacking: &Lacking| {
        vec![
            Cell::text(&lacking.unit),
            Cell::text(&lacking.screen),
            Cell::text(&lacking.name),
            Cell::text(&lacking.code),
            Cell::text(&lacking.procedure),
            Cell::text(&lacking.decision),
            Cell::day(lacking.effective),
            Cell::Minutes(lacking.due_ms),
            Cell::Minutes(lacking.posted_ms),
            Cell::Minutes(lacking.due_ms - lacking.posted_ms),
        ]
    };
    Sheet {
        title: "Thủ tục niêm yết chưa đủ",
        headings: vec![
            "Đơn vị",
            "Màn hình",
            "Tên màn hình",
            "Mã thủ tục",
            "Tên thủ tục",
            "Quyết định công bố",
            "Ngày có hiệu lực",
            "Phải niêm yết (phút)",
            "Đã niêm yết (phút)",
            "Còn thiếu (phút)",
        ],
        rows: rows.iter().map(row).collect(),
    }
}
