//! Measures the reports: `proof_query DATABASE SCREENS DAYS TIMES`, from `benches/proof_query.py`.
//!
//! It fills the roll-ups as a year of screens would (300 screens and 365 days are worth 100 million records: 60 items
//! a loop, 8 topics, 50 units with a release a month of 300 procedures each) and asks every question many times.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::time::Instant;

use jiff::{Timestamp, ToSpan as _};
use motcua_server::proofs::{Proofs, number_of};
use motcua_server::reports::air_time::By;
use motcua_server::reports::{Period, Reports, Scope};
use motcua_server::units::NewUnit;
use motcua_server::{Database, Repository, Settings, Storage};
use motcua_show::units::UnitId;
use sqlx::AssertSqlSafe;

const UNITS: i64 = 50;
const PROCEDURES: usize = 300;
const ITEMS: i64 = 60;
const RECORDS_A_DAY: i64 = 913;

struct Bench {
    proofs: Proofs,
    reports: Reports,
    repository: Repository,
    units: Vec<UnitId>,
    screens: i64,
    days: i64,
    first: i64,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [database, screens, days, times] = arguments.as_slice() else {
        panic!("proof_query DATABASE SCREENS DAYS TIMES");
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let (screens, days) = (screens.parse().unwrap(), days.parse().unwrap());
    runtime.block_on(async {
        let bench = Bench::open(database, screens, days).await;
        let began = Instant::now();
        bench.fill().await;
        eprintln!("filled in {:.0} s", began.elapsed().as_secs_f64());
        bench.ask(times.parse().unwrap()).await;
    });
}

fn start() -> Timestamp {
    "2025-11-30T17:00:00Z".parse().unwrap()
}

impl Bench {
    async fn open(address: &str, screens: i64, days: i64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings {
            data: folder.path().to_owned(),
            database: Some(address.to_owned()),
            ..Settings::default()
        };
        let database = Database::open(&settings.database_address()).await.unwrap();
        let storage = Storage::open(&settings).unwrap();
        let repository = Repository::open(&settings, database, storage, start())
            .await
            .unwrap();
        let proofs = Proofs::open(&settings, &repository, start()).await.unwrap();
        let mut units = Vec::new();
        for number in 0..UNITS {
            let unit = NewUnit {
                name: format!("Phường {number}"),
                kind: "phường".to_owned(),
                ..NewUnit::default()
            };
            units.push(repository.add_unit(unit, start()).await.unwrap().0);
        }
        let first = number_of(proofs.day(start()));
        Self {
            reports: Reports::new(proofs.clone()),
            proofs,
            repository,
            units,
            screens,
            days,
            first,
        }
    }

    async fn run(&self, query: String) {
        let pool = self.proofs.database().pool();
        sqlx::query(AssertSqlSafe(query))
            .execute(pool)
            .await
            .unwrap();
    }

    fn release(&self, unit: i64, day: i64) -> String {
        format!("{unit:032x}{:032x}", day / 30)
    }

    async fn fill(&self) {
        for item in 0..ITEMS {
            let procedure = if item % 3 == 0 {
                format!("1.{item:06}")
            } else {
                String::new()
            };
            self.run(format!(
                "INSERT INTO proof_subjects (id, item, kind, content, topic, procedure)
                 VALUES ({}, 'item-{item}', 'announcement', '{item}', 'topic-{}', '{procedure}')",
                item + 1,
                item % 8
            ))
            .await;
        }
        self.fill_releases().await;
        let (first, last) = (self.first, self.first + self.days - 1);
        let days = format!(
            "WITH RECURSIVE days(d) AS (SELECT CAST({first} AS BIGINT) UNION ALL SELECT d + 1 FROM days WHERE d < {last})"
        );
        // A loop of a day that takes 10 hours: each showing 12 s.
        let showings = RECORDS_A_DAY / 2 / ITEMS;
        for screen in 1..=self.screens {
            let unit = &self.units[usize::try_from(screen % UNITS).unwrap()];
            let id = format!("{screen:032x}");
            self.run(format!(
                "INSERT INTO assignments (screen, unit, name) VALUES ('{id}', '{unit}', 'Màn hình {screen}')"
            ))
            .await;
            self.run(format!(
                "INSERT INTO proof_chains (id, screen, chain, public_key, seq, hash, begun_at, taken_at, state)
                 VALUES ({screen}, '{id}', '{screen:016x}', '', 1, '{:064x}', 0, 0, '{{}}')",
                0
            ))
            .await;
            self.run(format!(
                "{days} INSERT INTO proof_shown (chain, subject, day, showings, ms, unknown, unknown_ms)
                 SELECT {screen}, s.id, d, {showings}, {}, 0, 0 FROM proof_subjects s, days WHERE s.id > 1",
                showings * 12_000
            ))
            .await;
            self.run(format!(
                "INSERT INTO proof_seen (chain, subject, first_day, last_day)
                 SELECT {screen}, id, {first}, {last} FROM proof_subjects WHERE id > 1"
            ))
            .await;
            self.run(format!(
                "{days} INSERT INTO proof_air (day, chain, topic, unit, showings, ms, unknown, unknown_ms)
                 SELECT d, {screen}, t.topic, '{unit}', {}, {}, 0, 0
                 FROM (SELECT DISTINCT topic FROM proof_subjects) t, days",
                showings * ITEMS / 8,
                showings * ITEMS / 8 * 12_000
            ))
            .await;
            for day in 0..self.days {
                self.fill_work(screen, unit, day).await;
            }
        }
        // The tables are as large as they become, and so are their statistics.
        self.run("ANALYZE".to_owned()).await;
    }

    async fn fill_work(&self, screen: i64, unit: &UnitId, day: i64) {
        let midnight = start()
            .checked_add((day * 24).hours())
            .unwrap()
            .as_millisecond();
        // Five to seven spans a day: mornings and afternoons with short interruptions.
        let spans: Vec<(i64, i64)> = (0..5)
            .map(|part| {
                let from = midnight + (6 * 60 + part * 150 + (screen + day + part) % 17) * 60_000;
                (from, from + (120 + (screen * day) % 23) * 60_000)
            })
            .collect();
        let text: Vec<String> = spans
            .iter()
            .map(|(from, until)| format!("{from}-{until}"))
            .collect();
        let release = self.release(screen % UNITS, day);
        self.run(format!(
            "INSERT INTO proof_working (chain, day, release, unit, first_ms, last_ms, spans)
             VALUES ({screen}, {}, '{release}', '{unit}', {}, {}, '{}')",
            self.first + day,
            spans[0].0,
            spans[4].1,
            text.join(" ")
        ))
        .await;
    }

    async fn fill_releases(&self) {
        let mut hashes = Vec::new();
        for number in 0..PROCEDURES {
            let hash = format!("{number:064x}");
            let facts = serde_json::json!({
                "code": format!("1.{number:06}"), "name": format!("Thủ tục số {number}"), "content": hash,
                "effective": if number % 10 == 0 { Some("2026-03-01") } else { None },
                "decision": {"number": "163/QĐ-BTP"},
            });
            self.run(format!(
                "INSERT INTO proof_procedures (sha256, code, facts) VALUES ('{hash}', '1.{number:06}', '{facts}')"
            ))
            .await;
            hashes.push(hash);
        }
        let procedures = serde_json::to_string(&hashes).unwrap();
        let mut show = "title = \"Một cửa\"\n[plan]\ntitle = \"Kế hoạch\"\n".to_owned();
        for topic in 0..8 {
            show += &format!(
                "[[plan.topic]]\nname = \"topic-{topic}\"\ntitle = \"Chủ đề\"\nminutes_per_day = 30\n"
            );
        }
        for (from, until) in [("07:00", "11:00"), ("13:00", "17:00")] {
            show += &format!(
                "[[office_hours]]\ndays = [\"mon\", \"tue\", \"wed\", \"thu\", \"fri\"]\nfrom = \"{from}\"\nuntil = \"{until}\"\n"
            );
        }
        show += "[[playlist]]\nname = \"loop\"\n";
        for item in 0..ITEMS {
            show += &format!(
                "[[playlist.item]]\nkind = \"announcement\"\nname = \"item-{item}\"\ntopic = \"topic-{}\"\n\
                 title = \"Thông báo\"\nbody = \"Nội dung\"\n",
                item % 8
            );
        }
        for unit in 0..UNITS {
            for day in (0..self.days).step_by(30) {
                sqlx::query(
                    "INSERT INTO proof_releases (sha256, unit, number, signed_at, title, show, procedures)
                     VALUES ($1, $2, $3, 0, 'Một cửa', $4, $5)",
                )
                .bind(self.release(unit, day))
                .bind(self.units[usize::try_from(unit).unwrap()].to_string())
                .bind(day / 30 + 1)
                .bind(show.clone().into_bytes())
                .bind(procedures.clone())
                .execute(self.proofs.database().pool())
                .await
                .unwrap();
            }
        }
    }

    fn period(&self, from: i64, days: i64) -> Period {
        let at = |day: i64| start().checked_add((day * 24).hours()).unwrap();
        Period {
            from: at(from),
            until: at(from + days),
        }
    }

    async fn ask(&self, times: usize) {
        let units = self.repository.units().await.unwrap();
        let month = self.days.min(30);
        let mut random = fastrand::Rng::with_seed(3);
        for question in [
            "posted-month",
            "posted-year",
            "air-time-unit-month",
            "air-time-all-year",
            "air-time-all-year-by-day",
            "lacking-unit-month",
            "lacking-all-year",
            "never-shown-all-month",
            "never-shown-all-year",
            "page",
        ] {
            let mut took = Vec::new();
            let mut rows = 0;
            for _ in 0..times {
                let screen = format!("{:032x}", random.i64(1..=self.screens));
                let code = format!("1.{:06}", random.usize(0..PROCEDURES));
                let unit = &self.units[random.usize(0..self.units.len())];
                let below = Scope::below(&units, unit);
                let some = self.period(random.i64(0..=self.days - month), month);
                let all = self.period(0, self.days);
                let (reports, everything) = (&self.reports, Scope::all());
                let began = Instant::now();
                rows = match question {
                    "posted-month" => reports
                        .posted(&screen, &code, some)
                        .await
                        .unwrap()
                        .posted
                        .len(),
                    "posted-year" => reports
                        .posted(&screen, &code, all)
                        .await
                        .unwrap()
                        .posted
                        .len(),
                    "air-time-unit-month" => reports
                        .air_time(&below, some, By::Unit)
                        .await
                        .unwrap()
                        .len(),
                    "air-time-all-year" => reports
                        .air_time(&everything, all, By::Unit)
                        .await
                        .unwrap()
                        .len(),
                    "air-time-all-year-by-day" => reports
                        .air_time(&everything, all, By::Day)
                        .await
                        .unwrap()
                        .len(),
                    "lacking-unit-month" => {
                        reports.lacking(&below, some, None).await.unwrap().len()
                    }
                    "lacking-all-year" => reports
                        .lacking(&everything, all, Some(3_600_000))
                        .await
                        .unwrap()
                        .len(),
                    "never-shown-all-month" => {
                        reports.never_shown(&everything, some).await.unwrap().len()
                    }
                    "never-shown-all-year" => {
                        reports.never_shown(&everything, all).await.unwrap().len()
                    }
                    _ => {
                        let at = all.until;
                        usize::from(reports.posting(&screen, &code, at).await.unwrap().is_some())
                    }
                };
                took.push(began.elapsed().as_secs_f64() * 1000.0);
            }
            took.sort_by(f64::total_cmp);
            let at = |part: usize| took[(took.len() * part / 100).min(took.len() - 1)];
            let answer = serde_json::json!({
                "question": question, "p50_ms": at(50), "p95_ms": at(95), "rows": rows,
            });
            println!("{answer}");
        }
    }
}
