//! Reports of what screens have shown, against a count minute by minute; on SQLite and PostgreSQL.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use motcua_server::proofs::Proofs;
use motcua_server::reports::air_time::By;
use motcua_server::reports::posted::{State, Why};
use motcua_server::reports::{Period, Reports, Scope};
use motcua_show::release::{FileRef, Release, ReleasePath, Sha256Hex};
use motcua_show::units::UnitId;
use motcua_sync::identity::ScreenKey;
use support::played::{Player, after, shown, started, working};
use support::postgres::Postgres;
use support::{Office, morning, sha256};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_answers() {
    answers(&Office::new().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgresql_answers() {
    let Some(postgres) = Postgres::start() else {
        return;
    };
    let address = postgres.database("reports");
    answers(&Office::with(|settings| settings.database = Some(address)).await).await;
}

/// A show with these hours on working days, and these procedures.
struct Made {
    hours: [(u8, u8); 2],
    procedures: Vec<(&'static str, Option<&'static str>, Option<&'static str>)>,
}

const CODES: [&str; 4] = ["1.000001", "1.000002", "1.000003", "1.000004"];

fn first_release() -> Made {
    Made {
        hours: [(7, 11), (13, 17)],
        procedures: vec![
            (CODES[0], None, None),
            (CODES[1], Some("2026-11-25"), None),
            (CODES[2], None, Some("2026-11-26")),
        ],
    }
}

fn second_release() -> Made {
    Made {
        hours: [(8, 11), (13, 16)],
        procedures: vec![
            (CODES[0], None, None),
            (CODES[2], None, Some("2026-11-26")),
            (CODES[3], Some("2026-11-24"), Some("2026-11-28")),
        ],
    }
}

impl Made {
    fn show(&self) -> String {
        let mut text =
            "title = \"Một cửa\"\nholidays = [2026-11-27]\n\n[plan]\ntitle = \"Kế hoạch\"\n\n\
            [[plan.topic]]\nname = \"digital\"\ntitle = \"Chuyển đổi số\"\nminutes_per_day = 30\n\n\
            [[plan.topic]]\nname = \"culture\"\ntitle = \"Văn hóa công vụ\"\n\n"
                .to_owned();
        for (from, until) in self.hours {
            text += &format!(
                "[[office_hours]]\ndays = [\"mon\", \"tue\", \"wed\", \"thu\", \"fri\"]\n\
                 from = \"{from:02}:00\"\nuntil = \"{until:02}:00\"\n\n"
            );
        }
        text += "[[playlist]]\nname = \"loop\"\n\n";
        for (item, topic) in [
            ("cds", "digital"),
            ("van-hoa", "culture"),
            ("never", "digital"),
        ] {
            text += &format!(
                "[[playlist.item]]\nkind = \"announcement\"\nname = \"{item}\"\ntopic = \"{topic}\"\n\
                 title = \"Thông báo\"\nbody = \"Nội dung\"\n\n"
            );
        }
        text
    }

    /// Puts the files into the storage and publishes them; returns the SHA-256 of the release.
    async fn publish(&self, office: &Office, unit: &UnitId) -> Sha256Hex {
        let mut files: BTreeMap<ReleasePath, FileRef> = BTreeMap::new();
        let mut texts = vec![("show.toml".to_owned(), self.show())];
        for (code, effective, repealed) in &self.procedures {
            let mut text = format!(
                "code = \"{code}\"\nname = \"Thủ tục {code}\"\nfield = \"Hộ tịch\"\nsteps = \"Nộp hồ sơ.\"\n"
            );
            for (key, day) in [("effective", effective), ("repealed", repealed)] {
                if let Some(day) = day {
                    text += &format!("{key} = {day}\n");
                }
            }
            text += "decision = { number = \"163/QĐ-BTP\", date = 2026-01-20, agency = \"Bộ Tư pháp\" }\n\
                [[way]]\nhow = \"in-person\"\ntime_limit = \"3 ngày làm việc\"\nfee = \"Miễn phí\"\n\n\
                [[case]]\n[[case.paper]]\nname = \"Tờ khai\"\n";
            texts.push((format!("procedures/{code}.toml"), text));
        }
        for (path, text) in texts {
            let file = FileRef {
                sha256: sha256(text.as_bytes()),
                length: text.len() as u64,
            };
            let storage = office.repository.storage();
            storage.put(&file.sha256, text.as_bytes()).await.unwrap();
            files.insert(path.parse().unwrap(), file);
        }
        let published = office
            .repository
            .publish(unit, "Một cửa", files, morning())
            .await;
        published.unwrap();
        let release: Release = office.repository.release(unit).await.unwrap().unwrap();
        sha256(&serde_json::to_vec(&release).unwrap())
    }

    /// Whether it holds a procedure that is in force on a day.
    fn posts(&self, code: &str, day: Date) -> bool {
        let held = self.procedures.iter().find(|(held, _, _)| *held == code);
        held.is_some_and(|held| in_force(held, day))
    }

    fn is_open(&self, minute: i64) -> bool {
        let at = instant(minute).to_zoned(zone());
        let is_working_day = at.weekday().to_monday_zero_offset() < 5;
        let is_holiday = at.date() == jiff::civil::date(2026, 11, 27);
        let hour = u8::try_from(at.hour()).unwrap();
        let open = |&(from, until): &(u8, u8)| from <= hour && hour < until;
        is_working_day && !is_holiday && self.hours.iter().any(open)
    }
}

fn in_force((_, effective, repealed): &(&str, Option<&str>, Option<&str>), day: Date) -> bool {
    let day_of = |text: &str| text.parse::<Date>().unwrap();
    effective.is_none_or(|effective| day_of(effective) <= day)
        && repealed.is_none_or(|repealed| day < day_of(repealed))
}

fn zone() -> TimeZone {
    TimeZone::get("Asia/Ho_Chi_Minh").unwrap()
}

/// Minutes since the midnight before the story begins.
fn instant(minute: i64) -> Timestamp {
    let midnight: Timestamp = "2026-11-22T17:00:00Z".parse().unwrap();
    midnight.checked_add(minute.minutes()).unwrap()
}

const DAYS: i64 = 6;
const MINUTES: i64 = DAYS * 24 * 60;

/// Which of two releases worked in each minute: random stretches with pauses.
fn work_at_random(random: &mut fastrand::Rng) -> Vec<Option<usize>> {
    let mut minutes = vec![None; usize::try_from(MINUTES).unwrap()];
    let (mut at, mut release) = (0, 0);
    while at < minutes.len() {
        let length = random.usize(5..400);
        let is_working = random.u8(0..4) > 0;
        if random.u8(0..6) == 0 {
            release = 1 - release;
        }
        for minute in minutes.iter_mut().skip(at).take(length) {
            *minute = is_working.then_some(release);
        }
        at += length;
    }
    minutes
}

async fn answers(office: &Office) {
    let proofs = Proofs::open(&office.settings, &office.repository, morning())
        .await
        .unwrap();
    let reports = Reports::new(proofs.clone());
    let unit = office.unit("Phường Phú Lợi", None).await;
    let made = [first_release(), second_release()];
    let releases = [
        made[0].publish(office, &unit).await,
        made[1].publish(office, &unit).await,
    ];
    // What the reports know of releases does not end with their files.
    proofs.learn_releases().await.unwrap();
    sqlx::query("DELETE FROM targets WHERE path LIKE 'units/%'")
        .execute(proofs.database().pool())
        .await
        .unwrap();

    let mut random = fastrand::Rng::with_seed(5);
    let (mut totals, mut seen) = ((0, 0), false);
    for number in 0..4 {
        let mut player = Player::of(ScreenKey::generate().unwrap(), number + 1);
        let screen = player.head().screen.clone();
        office
            .repository
            .assign(&screen, &unit, "Sảnh", morning())
            .await
            .unwrap();
        let worked = work_at_random(&mut random);
        play(&mut player, &worked, &releases);
        for from in (0..player.lines.len()).step_by(1000) {
            let count = (player.lines.len() - from).min(1000);
            proofs
                .take(&player.batch(from, count), morning())
                .await
                .unwrap();
        }
        for _ in 0..6 {
            let from = random.i64(0..MINUTES - 60);
            let until = random.i64(from + 30..MINUTES);
            seen |= is_posted_as_counted(&reports, &screen, &made, &worked, (from, until)).await;
        }
        lacks_as_counted(&reports, &unit, office, &screen, &made, &worked).await;
        aims_as_counted(&reports, &made, &worked, &player, &mut totals).await;
        office
            .repository
            .unassign(&screen, morning())
            .await
            .unwrap();
    }
    assert!(
        seen,
        "something was posted, and something was not though the display worked"
    );
    assert!(totals.0 > 0 && totals.1 > 0, "{totals:?}");
    stands_on_the_page(&reports, &proofs, &made, &releases).await;
}

/// Records of the work of ten minutes each, and of an item at the beginning of each stretch.
fn play(player: &mut Player, worked: &[Option<usize>], releases: &[Sha256Hex; 2]) {
    player.append(instant(0), started());
    let mut at = 0;
    while at < worked.len() {
        let Some(release) = worked[at] else {
            at += 1;
            continue;
        };
        let mut until = at;
        while until < worked.len() && worked[until] == Some(release) && until - at < 10 {
            until += 1;
        }
        let from = instant(i64::try_from(at).unwrap());
        let item = [("cds", "digital", ""), ("van-hoa", "culture", "1.000003")][at % 2];
        player.show(from, shown(item.0, item.1, item.2), 30_000);
        let end = after(from, (until - at) as u64 * 60_000);
        player.append(end, working((until - at) as u64, &releases[release]));
        at = until;
    }
}

/// The release of each day: the last that worked on it, else the one before.
fn release_of_days(worked: &[Option<usize>]) -> Vec<Option<usize>> {
    let mut release = None;
    worked
        .chunks(24 * 60)
        .map(|day| {
            release = day.iter().rev().find_map(|minute| *minute).or(release);
            release
        })
        .collect()
}

fn day_of(minute: i64) -> Date {
    instant(minute).to_zoned(zone()).date()
}

async fn is_posted_as_counted(
    reports: &Reports,
    screen: &str,
    made: &[Made; 2],
    worked: &[Option<usize>],
    (from, until): (i64, i64),
) -> bool {
    let mut seen = (false, false);
    let days = release_of_days(worked);
    let period = Period {
        from: instant(from),
        until: instant(until),
    };
    for code in CODES {
        let (mut posted, mut due, mut not_held, mut known) = (0, 0, 0, None);
        // What a procedure's days are is known from the first release of the period that holds it.
        for day in from / 1440..=(until - 1) / 1440 {
            let Some(release) = days[usize::try_from(day).unwrap()] else {
                continue;
            };
            let main = &made[release];
            let held = main.procedures.iter().find(|(held, _, _)| *held == code);
            known = held.or(known);
            for minute in (day * 1440).max(from)..((day + 1) * 1440).min(until) {
                if !main.is_open(minute) {
                    continue;
                }
                let release = worked[usize::try_from(minute).unwrap()];
                let is_posted =
                    release.is_some_and(|release| made[release].posts(code, day_of(minute)));
                let is_due = known.is_some_and(|known| in_force(known, day_of(minute)));
                posted += i64::from(is_posted);
                due += i64::from(is_due);
                not_held += i64::from(is_due && !is_posted && release.is_some());
            }
        }
        seen = (seen.0 || posted > 0, seen.1 || not_held > 0);
        let answer = reports.posted(screen, code, period).await.unwrap();
        assert_eq!(answer.posted_ms, posted * 60_000, "{code} {from} {until}");
        assert_eq!(answer.due_ms, due * 60_000, "{code} {from} {until}");
        let of = |why: Why| -> i64 {
            let gaps = answer.gaps.iter().filter(|gap| gap.why == why);
            gaps.map(|gap| gap.until.as_millisecond() - gap.from.as_millisecond())
                .sum()
        };
        assert_eq!(of(Why::NotHeld), not_held * 60_000, "{code} {from} {until}");
        let whole: i64 = answer
            .posted
            .iter()
            .map(|interval| interval.until.as_millisecond() - interval.from.as_millisecond())
            .sum();
        assert_eq!(whole, answer.posted_ms, "intervals do not overlap");
        assert_eq!(answer.decision, "163/QĐ-BTP");
        if code == CODES[1] {
            assert!(answer.days_late.is_some_and(|late| late >= 0), "{answer:?}");
        }
        let sheet = answer.sheet(&zone());
        assert!(
            sheet
                .rows
                .iter()
                .all(|row| row.len() == sheet.headings.len())
        );
    }
    assert!(reports.posted(screen, "9.999999", period).await.is_err());
    seen.0 && seen.1
}

async fn lacks_as_counted(
    reports: &Reports,
    unit: &UnitId,
    office: &Office,
    screen: &str,
    made: &[Made; 2],
    worked: &[Option<usize>],
) {
    let days = release_of_days(worked);
    let period = Period {
        from: instant(0),
        until: instant(MINUTES),
    };
    let units = office.repository.units().await.unwrap();
    let scope = Scope::below(&units, unit);
    let mut expected = BTreeMap::new();
    for code in CODES {
        let (mut posted, mut due) = (0, 0);
        for minute in 0..MINUTES {
            let Some(main) = days[usize::try_from(minute / 1440).unwrap()] else {
                continue;
            };
            if made[main].is_open(minute) {
                let release = worked[usize::try_from(minute).unwrap()];
                posted += i64::from(
                    release.is_some_and(|release| made[release].posts(code, day_of(minute))),
                );
                due += i64::from(made[main].posts(code, day_of(minute)));
            }
        }
        expected.insert(code.to_owned(), (due * 60_000, posted * 60_000));
    }
    for enough_ms in [None, Some(3_600_000), Some(20 * 3_600_000)] {
        let rows = reports.lacking(&scope, period, enough_ms).await.unwrap();
        let found: BTreeMap<String, (i64, i64)> = rows
            .iter()
            .filter(|row| row.screen == screen)
            .map(|row| (row.code.clone(), (row.due_ms, row.posted_ms)))
            .collect();
        let wanted = expected
            .iter()
            .filter(|(_, (due, posted))| *posted < enough_ms.unwrap_or(*due).min(*due));
        assert_eq!(
            found,
            wanted.map(|(code, row)| (code.clone(), *row)).collect()
        );
    }
    let never = reports.never_shown(&scope, period).await.unwrap();
    let never: Vec<&str> = never
        .iter()
        .filter(|row| row.screen == screen)
        .map(|row| row.item.as_str())
        .collect();
    assert_eq!(never, ["never"]);
    let elsewhere = Scope::below(&units, &"nowhere".parse().unwrap());
    assert!(
        reports
            .lacking(&elsewhere, period, None)
            .await
            .unwrap()
            .is_empty()
    );
    assert!(
        reports
            .air_time(&elsewhere, period, By::Unit)
            .await
            .unwrap()
            .is_empty()
    );
}

async fn aims_as_counted(
    reports: &Reports,
    made: &[Made; 2],
    worked: &[Option<usize>],
    player: &Player,
    totals: &mut (i64, i64),
) {
    let period = Period {
        from: instant(0),
        until: instant(MINUTES),
    };
    let days = release_of_days(worked);
    let open_days = (0..DAYS).filter(|day| {
        let main = days[usize::try_from(*day).unwrap()];
        main.is_some_and(|main| {
            (day * 1440..(day + 1) * 1440).any(|minute| made[main].is_open(minute))
        })
    });
    let target = i64::try_from(open_days.count()).unwrap() * 30 * 60_000;
    let shown = player
        .lines
        .iter()
        .filter(|line| line.contains(r#""topic":"digital""#));
    let proved = i64::try_from(shown.count()).unwrap() * 30_000;

    // Other screens of the story are in the same tables.
    totals.0 += target;
    totals.1 += proved;
    for by in [By::Unit, By::Day, By::UnitDay] {
        let rows = reports.air_time(&Scope::all(), period, by).await.unwrap();
        let of_topic = rows.iter().filter(|row| row.topic == "digital");
        let sums = of_topic.fold((0, 0), |sums, row| {
            (sums.0 + row.target_ms.unwrap_or(0), sums.1 + row.ms)
        });
        assert_eq!(sums, *totals, "{by:?}");
        let culture = rows.iter().find(|row| row.topic == "culture").unwrap();
        assert_eq!(culture.target_ms, None, "the plan aims at nothing");
        let sheet = motcua_server::reports::air_time::sheet(&rows, by);
        assert!(
            sheet
                .rows
                .iter()
                .all(|row| row.len() == sheet.headings.len())
        );
        assert!(!sheet.xlsx().unwrap().is_empty());
    }
}

async fn stands_on_the_page(
    reports: &Reports,
    proofs: &Proofs,
    made: &[Made; 2],
    releases: &[Sha256Hex; 2],
) {
    let mut player = Player::of(ScreenKey::generate().unwrap(), 77);
    let screen = player.head().screen.clone();
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    player.append(at("2026-11-23T00:00:00Z"), started());
    player.append(at("2026-11-23T00:10:00Z"), working(10, &releases[0]));
    player.append(at("2026-11-24T00:10:00Z"), working(10, &releases[1]));
    proofs.take(&player.batch(0, 3), morning()).await.unwrap();
    let posting = async |code, now| reports.posting(&screen, code, at(now)).await.unwrap();
    let one = posting("1.000001.H51", "2026-11-24T02:00:00Z")
        .await
        .unwrap();
    assert_eq!(one.state, State::Posted);
    assert_eq!(one.since, Some(at("2026-11-23T00:00:00Z")));
    assert_eq!(one.last_seen, Some(at("2026-11-24T00:10:00Z")));
    let held = &made[1].procedures[0];
    assert_eq!(one.facts.code, held.0);
    let state = async |code, now| posting(code, now).await.map(|posting| posting.state);
    assert_eq!(
        state(CODES[0], "2026-11-29T02:00:00Z").await,
        Some(State::Unproved)
    );
    assert_eq!(
        state(CODES[1], "2026-11-24T02:00:00Z").await,
        Some(State::Gone)
    );
    assert_eq!(
        state(CODES[2], "2026-11-26T02:00:00Z").await,
        Some(State::Repealed)
    );
    assert_eq!(
        state(CODES[3], "2026-11-23T02:00:00Z").await,
        Some(State::NotYet)
    );
    assert_eq!(state("7.7", "2026-11-23T02:00:00Z").await, None);
    assert!(
        reports
            .posting("no screen", CODES[0], morning())
            .await
            .unwrap()
            .is_none()
    );
    let chains = reports.standing(&Scope::all()).await.unwrap();
    assert_eq!(chains.len(), 5);
}
