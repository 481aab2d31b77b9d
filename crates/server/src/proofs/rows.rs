//! The rows of the roll-ups: what records add, added to the tables.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::any::AnyArguments;
use sqlx::query::Query;
use sqlx::{Any, AssertSqlSafe, Row as _};

use super::spans::Spans;
use super::tracker::{Changes, Counted, Subject};
use super::{Proofs, damaged};
use crate::Result;
use crate::database::Work;

/// Rows of one statement. Only these numbers, so that there are few statements to prepare.
const ROWS_AT_ONCE: [usize; 3] = [40, 8, 1];

type Asked<'q> = Query<'q, Any, AnyArguments>;

impl Proofs {
    /// The numbers of all that was shown; what was never shown before gets one. Outside of the transaction that
    /// needs them: they are facts that harm nobody, and two uploads that bring the same ones must not wait for each
    /// other's end.
    pub(super) async fn number_subjects(
        &self,
        changes: &Changes,
    ) -> Result<BTreeMap<Subject, i64>> {
        let subjects: BTreeSet<&Subject> =
            changes.shown.keys().map(|(subject, _)| subject).collect();
        let mut numbers = BTreeMap::new();
        let mut others = Vec::new();
        for subject in subjects {
            match self.remembered(subject) {
                Some(number) => drop(numbers.insert(subject.clone(), number)),
                None => others.push(subject.clone()),
            }
        }
        if others.is_empty() {
            return Ok(numbers);
        }
        let mut work = self.database.begin().await?;
        let head = "INSERT INTO proof_subjects (item, kind, content, topic, procedure)";
        let tail = "ON CONFLICT (item, kind, content, topic, procedure) DO NOTHING";
        insert(&mut work, head, tail, 5, &others, |query, subject| {
            query
                .bind(subject.item.clone())
                .bind(subject.kind.clone())
                .bind(subject.content.clone())
                .bind(subject.topic.clone())
                .bind(subject.procedure.clone())
        })
        .await?;
        for subject in others {
            let number: i64 = sqlx::query_scalar(
                "SELECT id FROM proof_subjects WHERE item = $1 AND kind = $2 AND content = $3
                 AND topic = $4 AND procedure = $5",
            )
            .bind(subject.item.clone())
            .bind(subject.kind.clone())
            .bind(subject.content.clone())
            .bind(subject.topic.clone())
            .bind(subject.procedure.clone())
            .fetch_one(&mut *work)
            .await?;
            numbers.insert(subject, number);
        }
        self.database.commit(work).await?;
        for (subject, number) in &numbers {
            self.remember(subject.clone(), *number);
        }
        Ok(numbers)
    }
}

/// Where the screen belonged on each day.
pub(super) struct Homes {
    /// What was written down when the day's first record came.
    pub known: BTreeMap<i64, String>,
    /// Where it belongs at this moment.
    pub present: String,
}

impl Homes {
    fn of(&self, day: i64) -> &str {
        self.known.get(&day).unwrap_or(&self.present)
    }
}

/// Adds what the records of a chain add to the tables.
pub(super) async fn apply(
    work: &mut Work,
    chain: i64,
    changes: &Changes,
    numbers: &BTreeMap<Subject, i64>,
    homes: &Homes,
) -> Result<()> {
    let number = |subject: &Subject| numbers.get(subject).copied().unwrap_or_default();
    let shown: Vec<(i64, i64, Counted)> = changes
        .shown
        .iter()
        .map(|((subject, day), counted)| (number(subject), *day, *counted))
        .collect();
    insert(
        work,
        "INSERT INTO proof_shown (chain, subject, day, showings, ms, unknown, unknown_ms)",
        "ON CONFLICT (chain, subject, day) DO UPDATE SET showings = proof_shown.showings + excluded.showings,
         ms = proof_shown.ms + excluded.ms, unknown = proof_shown.unknown + excluded.unknown,
         unknown_ms = proof_shown.unknown_ms + excluded.unknown_ms",
        7,
        &shown,
        |query, (subject, day, counted)| count(query.bind(chain).bind(*subject).bind(*day), counted),
    )
    .await?;
    seen(work, chain, &shown).await?;
    air(work, chain, changes, homes).await?;
    working(work, chain, changes, homes).await
}

async fn seen(work: &mut Work, chain: i64, shown: &[(i64, i64, Counted)]) -> Result<()> {
    let mut seen: BTreeMap<i64, (i64, i64)> = BTreeMap::new();
    for &(subject, day, _) in shown {
        let days = seen.entry(subject).or_insert((day, day));
        *days = (days.0.min(day), days.1.max(day));
    }
    let seen: Vec<_> = seen.into_iter().collect();
    insert(
        work,
        "INSERT INTO proof_seen (chain, subject, first_day, last_day)",
        "ON CONFLICT (chain, subject) DO UPDATE SET
         first_day = CASE WHEN excluded.first_day < proof_seen.first_day THEN excluded.first_day ELSE proof_seen.first_day END,
         last_day = CASE WHEN excluded.last_day > proof_seen.last_day THEN excluded.last_day ELSE proof_seen.last_day END
         WHERE excluded.first_day < proof_seen.first_day OR excluded.last_day > proof_seen.last_day",
        4,
        &seen,
        |query, (subject, (first, last))| query.bind(chain).bind(*subject).bind(*first).bind(*last),
    )
    .await
}

async fn air(work: &mut Work, chain: i64, changes: &Changes, homes: &Homes) -> Result<()> {
    let mut air: BTreeMap<(i64, &str), Counted> = BTreeMap::new();
    for ((subject, day), counted) in &changes.shown {
        if !subject.topic.is_empty() {
            air.entry((*day, &subject.topic)).or_default().add(counted);
        }
    }
    let air: Vec<_> = air.into_iter().collect();
    insert(
        work,
        "INSERT INTO proof_air (day, chain, topic, unit, showings, ms, unknown, unknown_ms)",
        "ON CONFLICT (day, chain, topic) DO UPDATE SET showings = proof_air.showings + excluded.showings,
         ms = proof_air.ms + excluded.ms, unknown = proof_air.unknown + excluded.unknown,
         unknown_ms = proof_air.unknown_ms + excluded.unknown_ms",
        8,
        &air,
        |query, ((day, topic), counted)| {
            let query = query.bind(*day).bind(chain).bind((*topic).to_owned());
            count(query.bind(homes.of(*day).to_owned()), counted)
        },
    )
    .await
}

async fn working(work: &mut Work, chain: i64, changes: &Changes, homes: &Homes) -> Result<()> {
    for ((day, release), added) in &changes.working {
        let row = sqlx::query(
            "SELECT spans FROM proof_working WHERE chain = $1 AND day = $2 AND release = $3",
        )
        .bind(chain)
        .bind(*day)
        .bind(release.as_str())
        .fetch_optional(&mut **work)
        .await?;
        let mut spans = match row {
            Some(row) => Spans::read(&row.try_get::<String, _>(0)?).map_err(damaged)?,
            None => Spans::default(),
        };
        spans.add(added);
        let Some((first, last)) = spans.bounds() else {
            continue;
        };
        sqlx::query(
            "INSERT INTO proof_working (chain, day, release, unit, first_ms, last_ms, spans)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (chain, day, release) DO UPDATE SET first_ms = excluded.first_ms,
             last_ms = excluded.last_ms, spans = excluded.spans",
        )
        .bind(chain)
        .bind(*day)
        .bind(release.as_str())
        .bind(homes.of(*day).to_owned())
        .bind(first)
        .bind(last)
        .bind(spans.to_string())
        .execute(&mut **work)
        .await?;
    }
    Ok(())
}

fn count<'q>(query: Asked<'q>, counted: &Counted) -> Asked<'q> {
    query
        .bind(counted.showings)
        .bind(counted.ms)
        .bind(counted.unknown)
        .bind(counted.unknown_ms)
}

/// Inserts rows of `columns` values, many with each statement.
pub(super) async fn insert<T>(
    work: &mut Work,
    head: &str,
    tail: &str,
    columns: usize,
    rows: &[T],
    bind: impl for<'q> Fn(Asked<'q>, &T) -> Asked<'q>,
) -> Result<()> {
    let mut rest = rows;
    while !rest.is_empty() {
        let fits = |size: &&usize| **size <= rest.len();
        let size = ROWS_AT_ONCE.iter().find(fits).copied().unwrap_or(1);
        let (now, later) = rest.split_at(size);
        let values: Vec<String> = (0..size)
            .map(|row| {
                let places: Vec<String> = (1..=columns)
                    .map(|column| format!("${}", row * columns + column))
                    .collect();
                format!("({})", places.join(", "))
            })
            .collect();
        let statement = format!("{head} VALUES {} {tail}", values.join(", "));
        let mut query = sqlx::query(AssertSqlSafe(statement));
        for row in now {
            query = bind(query, row);
        }
        query.execute(&mut **work).await?;
        rest = later;
    }
    Ok(())
}
