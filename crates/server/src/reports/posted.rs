//! Was a procedure posted on a screen from one time until another?

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use motcua_show::procedure::base_code;
use serde::{Deserialize, Serialize};
use sqlx::Row as _;
use utoipa::ToSchema;

use super::sheet::{Cell, Sheet};
use super::work::{Openings, Place, Work};
use super::{Period, ReportError, Reports};
use crate::error::Result;
use crate::proofs::known::{Facts, Known};
use crate::proofs::spans::Spans;
use crate::proofs::{day_of, number_of};

/// For how long what is proved counts as present: offices that are closed over a weekend switch their machines off.
const PROVED_FOR_MS: i64 = 3 * 24 * 60 * 60 * 1000;

/// The answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Posted {
    /// The screen.
    pub screen: String,
    /// What it is called.
    pub name: String,
    /// Where it belongs.
    pub unit: String,
    /// The code of the procedure.
    pub code: String,
    /// Its name.
    pub procedure: String,
    /// The number of the decision that announced it.
    pub decision: String,
    /// The day of that decision.
    #[schema(value_type = Option<String>, format = Date)]
    pub decided: Option<Date>,
    /// The first day on which it may be posted.
    #[schema(value_type = Option<String>, format = Date)]
    pub effective: Option<Date>,
    /// The day from which it may not be shown any more.
    #[schema(value_type = Option<String>, format = Date)]
    pub repealed: Option<Date>,
    /// The SHA-256 of its file in the last release.
    pub content: String,
    /// The first day on which it was posted on this screen, at any time.
    #[schema(value_type = Option<String>, format = Date)]
    pub first_posted: Option<Date>,
    /// By how many days that is after its effective day.
    pub days_late: Option<i64>,
    /// How long it was posted within the period, in milliseconds.
    pub posted_ms: i64,
    /// How long the office was open while it was in force, in milliseconds.
    pub due_ms: i64,
    /// When it was posted.
    pub posted: Vec<Interval>,
    /// When it should have been and was not.
    pub gaps: Vec<Gap>,
    /// How often it was shown in the loop.
    pub showings: i64,
    /// For how long, in milliseconds.
    pub shown_ms: i64,
    /// How often it was shown in the loop on days on which it was repealed; always 0 on a screen that keeps to the
    /// rules.
    pub shown_repealed: i64,
}

/// When it was posted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Interval {
    /// From.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// Until.
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
    /// The unit whose release held it.
    pub unit: String,
    /// The number of that release.
    pub number: i64,
}

/// When it should have been posted and was not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Gap {
    /// From.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// Until.
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
    /// Why.
    pub why: Why,
}

/// Why something was not posted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// The display did not work, or nothing proves that it did.
    NoWork,
    /// The release on the display did not hold it.
    NotHeld,
}

impl Why {
    /// In Vietnamese.
    #[must_use]
    pub const fn vietnamese(self) -> &'static str {
        match self {
            Self::NoWork => "Màn hình không hoạt động hoặc không có bằng chứng",
            Self::NotHeld => "Bản trình chiếu không có thủ tục này",
        }
    }
}

impl Reports {
    /// When a procedure was posted on a screen.
    ///
    /// # Errors
    /// When no release that the screen has shown holds it, or the database fails.
    pub async fn posted(&self, screen: &str, code: &str, period: Period) -> Result<Posted> {
        let code = base_code(code).to_owned();
        let no_procedure = || ReportError::NoProcedure {
            screen: screen.to_owned(),
            code: code.clone(),
        };
        let place = self.place(screen).await?.ok_or_else(no_procedure)?;
        let places = [place.clone()];
        let (first, last) = period.days(self.zone());
        let works = self.work(&places, first, last).await?;
        let releases = self.releases(&works).await?;
        let work = works.into_iter().next().unwrap_or_default();

        let mut openings = Openings::default();
        let mut spans = Found::default();
        let period_span = Spans::one(period.from.as_millisecond(), period.until.as_millisecond());
        let mut facts: Option<Arc<Facts>> = None;
        for (day, release, _) in work.releases(first, last) {
            let main = releases.get(release);
            let of_day = main.and_then(|known| known.procedures.get(&code).cloned());
            facts = of_day.or(facts);
            let opening = main.and_then(|known| openings.of(known, day));
            spans.day(
                day,
                &work,
                &releases,
                &code,
                opening.as_deref(),
                facts.as_deref(),
            );
        }
        let first_posted = self.first_posted(&place, &code, &mut openings).await?;
        let facts = match facts {
            Some(facts) => facts,
            None => self
                .facts_of(&place, &code)
                .await?
                .ok_or_else(no_procedure)?,
        };
        let posted: Vec<(Spans, Arc<Known>)> = spans
            .posted
            .into_iter()
            .map(|(posted, known)| (posted.and(&period_span), known))
            .collect();
        let mut all = Spans::default();
        posted.iter().for_each(|(posted, _)| all.add(posted));
        let due = spans.due.and(&period_span);
        let (showings, shown_ms, shown_repealed) = self
            .loops(&place, &code, (first, last), facts.repealed.map(number_of))
            .await?;
        let late = facts.effective.zip(first_posted);
        Ok(Posted {
            screen: place.screen,
            name: place.name,
            unit: place.unit,
            code: facts.code.clone(),
            procedure: facts.name.clone(),
            decision: facts.decision_number().to_owned(),
            decided: facts.decision.as_ref().and_then(|decision| decision.date),
            effective: facts.effective,
            repealed: facts.repealed,
            content: facts.content.clone(),
            first_posted,
            days_late: late
                .map(|(effective, first)| (number_of(first) - number_of(effective)).max(0)),
            posted_ms: all.total_ms(),
            due_ms: due.total_ms(),
            posted: intervals(&posted),
            gaps: gaps(&due.without(&all), &spans.worked),
            showings,
            shown_ms,
            shown_repealed,
        })
    }

    /// How often, and for how long, a procedure was shown in the loop; and how often though it was repealed.
    async fn loops(
        &self,
        place: &Place,
        code: &str,
        days: (i64, i64),
        repealed: Option<i64>,
    ) -> Result<(i64, i64, i64)> {
        let mut loops = (0, 0, 0);
        for chain in &place.chains {
            let rows = sqlx::query(
                "SELECT r.day, r.showings, r.ms FROM proof_subjects s JOIN proof_shown r
                 ON r.subject = s.id AND r.chain = $1 AND r.day >= $2 AND r.day <= $3 WHERE s.procedure = $4",
            )
            .bind(*chain)
            .bind(days.0)
            .bind(days.1)
            .bind(code)
            .fetch_all(self.proofs.database().pool())
            .await?;
            for row in rows {
                let (day, showings, ms): (i64, i64, i64) =
                    (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
                loops.0 += showings;
                loops.1 += ms;
                if repealed.is_some_and(|repealed| repealed <= day) {
                    loops.2 += showings;
                }
            }
        }
        Ok(loops)
    }

    /// The first day on which a procedure was posted on a screen.
    async fn first_posted(
        &self,
        place: &Place,
        code: &str,
        openings: &mut Openings,
    ) -> Result<Option<Date>> {
        for (day, release, spans) in self.holding(place, code).await? {
            let Some(known) = self.proofs.release(&release).await? else {
                continue;
            };
            let is_due = known
                .procedures
                .get(code)
                .is_some_and(|facts| facts.is_posted_on(day_of(day)));
            let is_open = openings
                .of(&known, day)
                .is_none_or(|open| !open.and(&spans).is_empty());
            if is_due && is_open {
                return Ok(Some(day_of(day)));
            }
        }
        Ok(None)
    }

    /// The days on which the display worked with a release that held the procedure, the first first.
    async fn holding(&self, place: &Place, code: &str) -> Result<Vec<(i64, String, Spans)>> {
        let mut holding = Vec::new();
        for chain in &place.chains {
            let rows = sqlx::query("SELECT DISTINCT release FROM proof_working WHERE chain = $1")
                .bind(*chain)
                .fetch_all(self.proofs.database().pool())
                .await?;
            for row in rows {
                let release: String = row.try_get(0)?;
                let known = self.proofs.release(&release).await?;
                if !known.is_some_and(|known| known.procedures.contains_key(code)) {
                    continue;
                }
                let rows = sqlx::query(
                    "SELECT day, spans FROM proof_working WHERE chain = $1 AND release = $2 ORDER BY day",
                )
                .bind(*chain)
                .bind(release.as_str())
                .fetch_all(self.proofs.database().pool())
                .await?;
                for row in rows {
                    let spans: String = row.try_get(1)?;
                    let spans = Spans::read(&spans).map_err(crate::proofs::damaged)?;
                    holding.push((row.try_get(0)?, release.clone(), spans));
                }
            }
        }
        holding.sort_by_key(|(day, _, _)| *day);
        Ok(holding)
    }

    /// What the last release that held a procedure said of it.
    async fn facts_of(&self, place: &Place, code: &str) -> Result<Option<Arc<Facts>>> {
        let holding = self.holding(place, code).await?;
        let Some((_, release, _)) = holding.last() else {
            return Ok(None);
        };
        let known = self.proofs.release(release).await?;
        Ok(known.and_then(|known| known.procedures.get(code).cloned()))
    }
}

/// What is found out day by day.
#[derive(Default)]
struct Found {
    /// When it was posted, by release.
    posted: Vec<(Spans, Arc<Known>)>,
    /// When it should have been.
    due: Spans,
    /// When the display worked at all.
    worked: Spans,
}

impl Found {
    fn day(
        &mut self,
        day: i64,
        work: &Work,
        releases: &std::collections::BTreeMap<String, Arc<Known>>,
        code: &str,
        opening: Option<&Spans>,
        facts: Option<&Facts>,
    ) {
        let mut worked_on_day = Spans::default();
        for worked in work.days.get(&day).into_iter().flatten() {
            worked_on_day.add(&worked.spans);
            let Some(known) = releases.get(&worked.release) else {
                continue;
            };
            let held = known.procedures.get(code);
            if !held.is_some_and(|facts| facts.is_posted_on(day_of(day))) {
                continue;
            }
            let open = opening.map_or_else(|| worked.spans.clone(), |open| open.and(&worked.spans));
            match self
                .posted
                .last_mut()
                .filter(|(_, last)| last.sha256 == known.sha256)
            {
                Some((posted, _)) => posted.add(&open),
                None => self.posted.push((open, known.clone())),
            }
        }
        // Before the first release that holds it nothing says on which days it is in force.
        if facts.is_some_and(|facts| facts.is_posted_on(day_of(day))) {
            self.due.add(opening.unwrap_or(&worked_on_day));
        }
        self.worked.add(&worked_on_day);
    }
}

fn instant(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or_default()
}

fn intervals(posted: &[(Spans, Arc<Known>)]) -> Vec<Interval> {
    let mut intervals: Vec<Interval> = Vec::new();
    for (spans, known) in posted {
        intervals.extend(spans.list().iter().map(|&(from, until)| Interval {
            from: instant(from),
            until: instant(until),
            unit: known.unit.clone(),
            number: known.number,
        }));
    }
    intervals.sort_by_key(|interval| interval.from);
    intervals
}

fn gaps(missing: &Spans, worked: &Spans) -> Vec<Gap> {
    let parts = [
        (missing.and(worked), Why::NotHeld),
        (missing.without(worked), Why::NoWork),
    ];
    let gaps: BTreeSet<(i64, i64, Why)> = parts
        .iter()
        .flat_map(|(spans, why)| {
            spans
                .list()
                .iter()
                .map(|&(from, until)| (from, until, *why))
        })
        .collect();
    gaps.into_iter()
        .map(|(from, until, why)| Gap {
            from: instant(from),
            until: instant(until),
            why,
        })
        .collect()
}

impl Posted {
    /// The answer as a table: one row an interval or gap.
    #[must_use]
    pub fn sheet(&self, zone: &jiff::tz::TimeZone) -> Sheet {
        let head = |from, until, state: &str| {
            vec![
                Cell::text(&self.unit),
                Cell::text(if self.name.is_empty() {
                    &self.screen
                } else {
                    &self.name
                }),
                Cell::text(&self.code),
                Cell::text(&self.procedure),
                Cell::text(&self.decision),
                Cell::day(self.effective),
                Cell::day(self.repealed),
                Cell::time(from, zone),
                Cell::time(until, zone),
                Cell::Minutes(until.as_millisecond() - from.as_millisecond()),
                Cell::text(state),
            ]
        };
        let mut rows: Vec<(Timestamp, Vec<Cell>)> = Vec::new();
        for interval in &self.posted {
            let mut row = head(interval.from, interval.until, "Có niêm yết");
            row.push(Cell::text(format!(
                "{} số {}",
                interval.unit, interval.number
            )));
            rows.push((interval.from, row));
        }
        for gap in &self.gaps {
            let mut row = head(gap.from, gap.until, gap.why.vietnamese());
            row.push(Cell::Nothing);
            rows.push((gap.from, row));
        }
        rows.sort_by_key(|(from, _)| *from);
        Sheet {
            title: "Niêm yết thủ tục",
            headings: vec![
                "Đơn vị",
                "Màn hình",
                "Mã thủ tục",
                "Tên thủ tục",
                "Quyết định công bố",
                "Ngày có hiệu lực",
                "Ngày bãi bỏ",
                "Từ lúc",
                "Đến lúc",
                "Số phút",
                "Tình trạng",
                "Bản trình chiếu",
            ],
            rows: rows.into_iter().map(|(_, row)| row).collect(),
        }
    }
}

/// How a procedure stands on a screen at a moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Posting {
    /// What the screen is called.
    pub name: String,
    /// Where it belongs.
    pub unit: String,
    /// What the last release that held the procedure says of it.
    pub facts: Arc<Facts>,
    /// How it stands.
    pub state: State,
    /// Since when it is posted with this very content.
    pub since: Option<Timestamp>,
    /// When the display last worked with a release that holds it.
    pub last_seen: Option<Timestamp>,
}

/// How a procedure stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The last release on the screen holds it, and it is in force.
    Posted,
    /// The same, but nothing was heard of the display for days.
    Unproved,
    /// It is not in force yet.
    NotYet,
    /// It is repealed.
    Repealed,
    /// The last release on the screen does not hold it.
    Gone,
}

impl Reports {
    /// How a procedure stands on a screen; none where the screen never held it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn posting(
        &self,
        screen: &str,
        code: &str,
        now: Timestamp,
    ) -> Result<Option<Posting>> {
        let Some(place) = self.place(screen).await? else {
            return Ok(None);
        };
        self.proofs.learn_releases().await?;
        let code = base_code(code);
        let holding = self.holding(&place, code).await?;
        let last = holding
            .iter()
            .max_by_key(|(_, _, spans)| spans.bounds().map(|(_, last)| last));
        let Some((_, last, _)) = last else {
            return Ok(None);
        };
        let known = self.proofs.release(last).await?;
        let Some(facts) = known.and_then(|known| known.procedures.get(code).cloned()) else {
            return Ok(None);
        };
        let today = self.proofs.day(now);
        // A screen whose clock is ahead has not worked tomorrow.
        let (mut since, mut seen): (Option<i64>, Option<i64>) = (None, None);
        for (day, release, spans) in &holding {
            let known = self.proofs.release(release).await?;
            let same = known.and_then(|known| known.procedures.get(code).cloned());
            let is_same = same.is_some_and(|same| same.content == facts.content);
            let Some((first, last)) = spans.bounds() else {
                continue;
            };
            if is_same && facts.is_posted_on(day_of(*day)) {
                since = Some(since.map_or(first, |since| since.min(first)));
            }
            seen = seen.max(Some(last.min(now.as_millisecond())));
        }
        let is_gone = self
            .newest_release(&place)
            .await?
            .is_some_and(|newest| newest != *last);
        let state = if facts.repealed.is_some_and(|repealed| repealed <= today) {
            State::Repealed
        } else if is_gone {
            State::Gone
        } else if facts.effective.is_some_and(|effective| today < effective) {
            State::NotYet
        } else if seen.is_none_or(|seen| now.as_millisecond() - seen > PROVED_FOR_MS) {
            State::Unproved
        } else {
            State::Posted
        };
        Ok(Some(Posting {
            name: place.name,
            unit: place.unit,
            facts,
            state,
            since: since.map(instant),
            last_seen: seen.map(instant),
        }))
    }

    /// One screen, without looking at all others.
    async fn place(&self, screen: &str) -> Result<Option<Place>> {
        let rows = sqlx::query(
            "SELECT c.id, COALESCE(a.name, ''), COALESCE(a.unit, '') FROM proof_chains c
             LEFT JOIN assignments a ON a.screen = c.screen WHERE c.screen = $1 ORDER BY c.id",
        )
        .bind(screen)
        .fetch_all(self.proofs.database().pool())
        .await?;
        let Some(row) = rows.first() else {
            return Ok(None);
        };
        let chains = rows.iter().map(|row| row.try_get(0));
        Ok(Some(Place {
            screen: screen.to_owned(),
            name: row.try_get(1)?,
            unit: row.try_get(2)?,
            chains: chains.collect::<std::result::Result<_, _>>()?,
        }))
    }

    /// The release with which the display of a screen worked last.
    async fn newest_release(&self, place: &Place) -> Result<Option<String>> {
        let mut newest: Option<(i64, String)> = None;
        for chain in &place.chains {
            let row = sqlx::query(
                "SELECT last_ms, release FROM proof_working WHERE chain = $1 ORDER BY day DESC, last_ms DESC LIMIT 1",
            )
            .bind(*chain)
            .fetch_optional(self.proofs.database().pool())
            .await?;
            if let Some(row) = row {
                newest = newest.max(Some((row.try_get(0)?, row.try_get(1)?)));
            }
        }
        Ok(newest.map(|(_, release)| release))
    }
}
