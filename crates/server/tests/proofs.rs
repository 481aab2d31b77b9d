//! Proofs of play as the server keeps them: one suite, run on SQLite and PostgreSQL.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use motcua_proof::{Keys, Line, What, read_line, verify};
use motcua_server::proofs::batch::Batch;
use motcua_server::proofs::intake::Answer;
use motcua_server::proofs::spans::Spans;
use motcua_server::proofs::{Proofs, number_of};
use motcua_sync::identity::ScreenKey;
use sqlx::{Row as _, any::AnyRow};
use support::played::{Player, after, shown, started, working};
use support::postgres::Postgres;
use support::{Office, day, morning, sha256};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_keeps_proofs() {
    keeps_the_contract(|| async { Office::new().await }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgresql_keeps_proofs() {
    let Some(postgres) = Postgres::start() else {
        return;
    };
    let number = std::cell::Cell::new(0);
    keeps_the_contract(|| {
        number.set(number.get() + 1);
        let address = postgres.database(&format!("proofs_{}", number.get()));
        async { Office::with(|settings| settings.database = Some(address)).await }
    })
    .await;
}

async fn keeps_the_contract<F: Future<Output = Office>>(office: impl Fn() -> F) {
    takes_what_follows_and_says_so(&office().await).await;
    takes_in_whatever_order_it_comes(&office().await).await;
    shows_another_past_to_people(&office().await).await;
    closes_each_day_once(&office().await).await;
    clears_away_what_is_old(&office().await).await;
}

async fn proofs(office: &Office) -> Proofs {
    Proofs::open(&office.settings, &office.repository, morning())
        .await
        .unwrap()
}

fn taken(answer: Answer) -> (u64, String) {
    match answer {
        Answer::Taken {
            through,
            countersign,
        } => (through, countersign),
        Answer::Unfitting { why, known } => panic!("{why}: {known:?}"),
    }
}

/// Whether it was refused, and what is known of the chain.
fn refused(answer: Answer) -> Option<u64> {
    match answer {
        Answer::Unfitting { known, .. } => known.map(|head| head.seq),
        Answer::Taken { through, .. } => panic!("it was taken through {through}"),
    }
}

/// A player that has shown things for a while.
fn busy(records: usize) -> Player {
    let mut player = Player::new();
    let release = sha256(b"release");
    player.append(morning(), started());
    let mut at = morning();
    while player.lines.len() < records {
        at = player.show(at, shown("khai-sinh", "cds", "1.001193.H51"), 12_000);
        player.append(at, working(1, &release));
    }
    player
}

async fn takes_what_follows_and_says_so(office: &Office) {
    let (proofs, player) = (proofs(office).await, busy(40));
    let keys = Keys {
        server: Some(proofs.key().clone()),
    };
    let take = async |from, count| {
        let answer = proofs.take(&player.batch(from, count), morning()).await;
        answer.unwrap()
    };
    assert_eq!(refused(take(5, 5).await), None, "records are missing");
    let (through, countersign) = taken(take(0, 10).await);
    assert_eq!(through, 10);
    let whole = player.body(0, 10) + &countersign + "\n";
    let verified = verify(&whole, &keys).unwrap();
    assert_eq!(verified.countersigned, Some((10, morning())));

    let tables = dump(&proofs).await;
    assert_eq!(taken(take(0, 10).await), (10, countersign), "once more");
    assert_eq!(taken(take(2, 5).await).0, 7, "a part of what is known");
    assert_eq!(dump(&proofs).await, tables, "nothing counts twice");
    assert_eq!(refused(take(12, 5).await), Some(10));
    assert_eq!(taken(take(4, 16).await).0, 20, "some of it is known");
    assert_eq!(taken(take(20, 19).await).0, 39);
    let known = proofs.known(&player.head().screen, &player.head().chain);
    assert_eq!(known.await.unwrap(), Some(player.heads[39].clone()));
    assert_ne!(dump(&proofs).await, tables);

    // Nothing of it is taken once a byte is another.
    let body = player.body(39, 1);
    for place in (0..body.len()).step_by(7) {
        let mut bytes = body.clone().into_bytes();
        bytes[place] ^= 1;
        assert!(
            Batch::read(&bytes, false, &player.known()).is_err(),
            "byte {place}"
        );
    }
    let other = Player::new();
    assert!(Batch::read(body.as_bytes(), false, &other.known()).is_err());
    assert!(Batch::read(&body.as_bytes()[..body.len() - 1], false, &player.known()).is_err());
    bombs_are_given_up(&player);
    hands_out_what_anybody_can_check(&proofs, &player, &keys).await;
}

fn bombs_are_given_up(player: &Player) {
    use std::io::Write as _;
    let pack = |bytes: &[u8]| {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        packer.write_all(bytes).unwrap();
        packer.finish().unwrap()
    };
    let packed = pack(player.body(0, 5).as_bytes());
    let read = Batch::read(&packed, true, &player.known()).unwrap();
    assert_eq!(read.records.len(), 5);
    let bomb = pack(&vec![b' '; 64 << 20]);
    assert!(bomb.len() < 1 << 20);
    let error = Batch::read(&bomb, true, &player.known()).unwrap_err();
    assert!(error.to_string().contains("1 MiB"), "{error}");
    assert!(Batch::read(b"\x1f\x8b nonsense", true, &player.known()).is_err());
    let many = busy(1002);
    let error = Batch::read(many.body(0, 1001).as_bytes(), false, &many.known()).unwrap_err();
    assert!(error.to_string().contains("1,000"), "{error}");
}

async fn hands_out_what_anybody_can_check(proofs: &Proofs, player: &Player, keys: &Keys) {
    let days = (proofs.day(morning()), proofs.day(day(1)));
    let root = proofs.close_day(day(1)).await.unwrap().unwrap();
    assert_eq!((root.day, root.chains), (days.0, 1));
    let segments = proofs.segments(&player.head().screen, days.0, days.1);
    let segments = segments.await.unwrap();
    assert_eq!(segments.len(), 1);
    let proof = export(proofs, &segments[0]).await;
    let verified = verify(&proof, keys).unwrap();
    assert_eq!((verified.records, verified.head.seq), (39, 39));
    assert_eq!(verified.days.len(), 1);
    assert_eq!(verified.days[0].root, root.root);
    // Byte for byte what the screen wrote.
    let records = proof.lines().filter(|line| line.starts_with(r#"{"hash""#));
    assert!(records.eq(player.lines[..39].iter().map(String::as_str)));
    let paper = root.paper();
    let digits: String = paper.split_whitespace().collect();
    assert!(digits.contains(root.root.as_str()), "{paper}");
    assert!(
        paper.lines().all(|line| line.chars().count() <= 60),
        "{paper}"
    );

    // Whoever changes the database is found out.
    sqlx::query("UPDATE proof_batches SET before_hash = $1 WHERE first_seq = 1")
        .bind("0".repeat(64))
        .execute(proofs.database().pool())
        .await
        .unwrap();
    let (to, mut from) = tokio::sync::mpsc::channel(64);
    let error = proofs.export(&segments[0], &to).await.unwrap_err();
    assert!(error.to_string().contains("damaged"), "{error}");
    drop(to);
    assert!(from.recv().await.is_none());
}

async fn export(proofs: &Proofs, segment: &motcua_server::proofs::export::Segment) -> String {
    let (to, mut from) = tokio::sync::mpsc::channel(4);
    let (proofs, segment) = (proofs.clone(), segment.clone());
    let sending = tokio::spawn(async move { proofs.export(&segment, &to).await });
    let mut proof = String::new();
    while let Some(lines) = from.recv().await {
        proof.push_str(&lines);
    }
    sending.await.unwrap().unwrap();
    proof
}

/// Several screens at random: repeats, overlaps, batches too early, lost records, and two replicas.
async fn takes_in_whatever_order_it_comes(office: &Office) {
    let replica = office.replica().await;
    let servers = [proofs(office).await, proofs(&replica).await];
    let mut random = fastrand::Rng::with_seed(11);
    let mut players: Vec<Player> = (0..3).map(|_| at_random(&mut random)).collect();
    // What each server must hold: the places of the records that were taken.
    let mut held: Vec<(usize, BTreeSet<usize>)> = vec![(0, BTreeSet::new()); players.len()];
    for _ in 0..150 {
        let who = random.usize(0..players.len());
        let server = &servers[random.usize(0..2)];
        let length = players[who].lines.len();
        let (known, taken_records) = &mut held[who];
        let mut from = random.usize(known.saturating_sub(30)..(*known + 4).min(length));
        let mut count = random.usize(1..=(length - from).min(60));
        if let Some((first, through)) = gap_after(&players[who], *known).filter(|_| random.bool()) {
            // Up to what was given up, or on from there.
            (from, count) = match first - *known {
                0 => (through, 1),
                left => (*known, left),
            };
        }
        let batch = players[who].batch(from, count);
        let answer = server.take(&batch, morning()).await.unwrap();
        let lost = match batch.records[0].record.what {
            What::Lost {
                from: first,
                through,
            } => Some((first - 1, through)),
            _ => None,
        };
        let follows = from <= *known || lost == Some((*known as u64, from as u64));
        // Of records that were given up nobody can say whether these are they.
        let is_held = from + count >= *known || taken_records.contains(&(from + count - 1));
        if !follows || !is_held {
            refused(answer);
            continue;
        }
        let (through, line) = taken(answer);
        assert_eq!(through as usize, from + count);
        let Ok(Line::Countersign(stood)) = read_line(&line) else {
            panic!("{line}");
        };
        assert_eq!(stood.statement.head, players[who].heads[from + count]);
        stood.check(servers[0].key()).unwrap();
        let new = (*known).max(from)..(from + count).max(*known);
        taken_records.extend(new);
        *known = (*known).max(from + count);
    }
    assert!(
        held.iter().all(|(known, _)| *known > 100),
        "{:?}",
        held[0].0
    );
    assert!(
        held.iter().any(|(known, taken)| taken.len() < *known),
        "a gap was taken"
    );

    let counted = shown_rows(&servers[0]).await;
    let mut expected = BTreeMap::new();
    for (player, (_, taken)) in players.iter_mut().zip(&held) {
        let lines: Vec<&str> = taken
            .iter()
            .map(|place| player.lines[*place].as_str())
            .collect();
        by_force(&player.head().screen, &lines, &mut expected);
    }
    same(&counted, &expected);
    let spans = working_rows(&servers[0]).await;
    let mut expected = BTreeMap::new();
    for (player, (_, taken)) in players.iter().zip(&held) {
        let lines: Vec<&str> = taken
            .iter()
            .map(|place| player.lines[*place].as_str())
            .collect();
        worked_by_force(&player.head().screen, &lines, &mut expected);
    }
    same(&spans, &expected);

    // Made again from the raw records they are the same.
    let before = dump(&servers[0]).await;
    rebuild(&servers[1]).await;
    assert_eq!(dump(&servers[0]).await, before);
    replica.repository.database().close().await;
}

/// Both are the same; the first difference is shown alone.
fn same<K: Ord + std::fmt::Debug, V: PartialEq + std::fmt::Debug>(
    found: &BTreeMap<K, V>,
    expected: &BTreeMap<K, V>,
) {
    for key in found.keys().chain(expected.keys()) {
        assert_eq!(found.get(key), expected.get(key), "{key:?}");
    }
}

/// The next records that were given up: how many come before the first of them, and before what says so.
fn gap_after(player: &Player, known: usize) -> Option<(usize, usize)> {
    let records = player.lines.iter().enumerate();
    let gaps = records.filter_map(|(place, line)| match read_line(line) {
        Ok(Line::Record { record, .. }) => match record.what {
            What::Lost { from, .. } => Some((usize::try_from(from).unwrap() - 1, place)),
            _ => None,
        },
        _ => None,
    });
    let mut gaps = gaps.filter(|(first, _)| known <= *first);
    gaps.find(|(first, _)| *first < known + 60)
}

async fn rebuild(proofs: &Proofs) {
    let mut after = 0;
    while let Some(rebuilt) = proofs.rebuild_next(after).await.unwrap() {
        after = rebuilt.number;
    }
}

/// A player with a past of some hundred records: crashes, jumps of the clock, midnights, lost records.
fn at_random(random: &mut fastrand::Rng) -> Player {
    let mut player = Player::of(ScreenKey::generate().unwrap(), random.u8(1..));
    let releases = [sha256(b"one"), sha256(b"two")];
    player.append(morning(), started());
    let mut at = after(morning(), random.u64(0..60_000_000));
    while player.lines.len() < 260 {
        let item = format!("item {}", random.u8(0..5));
        let topic = ["", "cds", "hgt"][random.usize(0..3)];
        let length = random.u64(0..2_000_000);
        match random.u8(0..12) {
            0 => {
                player.boot = motcua_proof::Boot::of_random([random.u8(..); 8]);
                player.append(at, started());
                at = after(at, random.u64(0..3_000_000));
            }
            1 => {
                // A crash: it is on the display, and then nothing is heard of it.
                player.append(at, shown(&item, topic, ""));
                at = after(at, length);
            }
            2 => {
                at = after(at, random.u64(0..20_000_000));
            }
            3 => {
                // The next one is there before the first is said to be gone.
                let of = player.append(at, shown(&item, topic, "1.001193"));
                let next = player.append(after(at, length), shown("next", topic, ""));
                let why = motcua_proof::Ended::Over;
                player.append(
                    after(at, length),
                    What::Ended {
                        of,
                        shown_ms: length,
                        why,
                    },
                );
                at = after(at, length + 500);
                player.append(
                    at,
                    What::Ended {
                        of: next,
                        shown_ms: 500,
                        why,
                    },
                );
            }
            4 if random.bool() => {
                let from = player.head().seq + 1;
                for _ in 0..random.u8(1..5) {
                    at = player.show(at, shown(&item, topic, ""), length);
                }
                let through = player.head().seq;
                player.append(at, What::Lost { from, through });
            }
            5..=7 => {
                at = after(at, 600_000);
                player.append(at, working(10, &releases[random.usize(0..2)]));
            }
            _ => at = player.show(at, shown(&item, topic, ""), length),
        }
    }
    player
}

type Key = (String, String, String, i64);

fn zone() -> TimeZone {
    TimeZone::get("Asia/Ho_Chi_Minh").unwrap()
}

fn day_of(at: Timestamp) -> i64 {
    number_of(at.to_zoned(zone()).date())
}

fn milliseconds(at: Timestamp) -> i64 {
    at.as_millisecond()
}

/// When days begin, by adding days to the first one's midnight: Vietnam has no summer time.
fn midnight(day: i64) -> i64 {
    (day * 24 - 7) * 3_600_000
}

/// What was shown, looked up for each showing among all records: slow, and written from the rules.
fn by_force(screen: &str, lines: &[&str], rows: &mut BTreeMap<Key, [i64; 4]>) {
    let records: Vec<motcua_proof::Record> = lines
        .iter()
        .map(|line| match read_line(line) {
            Ok(Line::Record { record, .. }) => record,
            other => panic!("{other:?}"),
        })
        .collect();
    for (place, record) in records.iter().enumerate() {
        let What::Shown { item, topic, .. } = &record.what else {
            continue;
        };
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let key = |day| (screen.to_owned(), text(item), text(topic), day);
        rows.entry(key(day_of(record.at))).or_default()[0] += 1;
        let (mut later, mut shown_after) = (records[place + 1..].iter(), 0);
        let end = later.find(|next| {
            let is_break = matches!(
                next.what,
                What::Started { .. } | What::Stopped | What::Lost { .. }
            );
            shown_after += u8::from(matches!(next.what, What::Shown { .. }));
            let is_own = matches!(next.what, What::Ended { of, .. } if of == record.seq);
            is_own || is_break || next.boot != record.boot || shown_after == 2
        });
        let Some(end) = end else { continue };
        match end.what {
            What::Ended { shown_ms, .. } if end.boot == record.boot => {
                let from = milliseconds(record.at);
                let until = from + i64::try_from(shown_ms).unwrap();
                let first = day_of(record.at);
                for day in first..first + 40 {
                    let ms = until.min(midnight(day + 1)) - from.max(midnight(day));
                    if ms > 0 {
                        rows.entry(key(day)).or_default()[1] += ms;
                    }
                }
            }
            _ => {
                let row = rows.entry(key(day_of(record.at))).or_default();
                row[2] += 1;
                row[3] += (milliseconds(end.at) - milliseconds(record.at)).max(0);
            }
        }
    }
}

fn worked_by_force(
    screen: &str,
    lines: &[&str],
    rows: &mut BTreeMap<(String, i64, String), Spans>,
) {
    for line in lines {
        let Ok(Line::Record { record, .. }) = read_line(line) else {
            panic!("{line}");
        };
        let What::Working {
            for_ms,
            release: Some(release),
        } = record.what
        else {
            continue;
        };
        let until = milliseconds(record.at);
        let from = until - i64::try_from(for_ms).unwrap();
        for day in day_of(record.at) - 1..=day_of(record.at) {
            let span = Spans::one(from.max(midnight(day)), until.min(midnight(day + 1)));
            if !span.is_empty() {
                let key = (screen.to_owned(), day, release.to_string());
                rows.entry(key).or_default().add(&span);
            }
        }
    }
}

async fn shown_rows(proofs: &Proofs) -> BTreeMap<Key, [i64; 4]> {
    let rows = sqlx::query(
        "SELECT c.screen, s.item, s.topic, r.day, CAST(SUM(r.showings) AS BIGINT), CAST(SUM(r.ms) AS BIGINT),
         CAST(SUM(r.unknown) AS BIGINT), CAST(SUM(r.unknown_ms) AS BIGINT) FROM proof_shown r
         JOIN proof_chains c ON c.id = r.chain JOIN proof_subjects s ON s.id = r.subject
         GROUP BY c.screen, s.item, s.topic, r.day",
    );
    let rows = rows.fetch_all(proofs.database().pool()).await.unwrap();
    let read = |row: &AnyRow| {
        let key = (row.get(0), row.get(1), row.get(2), row.get(3));
        (key, [row.get(4), row.get(5), row.get(6), row.get(7)])
    };
    rows.iter().map(read).collect()
}

async fn working_rows(proofs: &Proofs) -> BTreeMap<(String, i64, String), Spans> {
    let rows = sqlx::query(
        "SELECT c.screen, w.day, w.release, w.spans FROM proof_working w JOIN proof_chains c ON c.id = w.chain",
    );
    let rows = rows.fetch_all(proofs.database().pool()).await.unwrap();
    let read = |row: &AnyRow| {
        let spans: String = row.get(3);
        let key = (row.get(0), row.get(1), row.get(2));
        (key, Spans::read(&spans).unwrap())
    };
    rows.iter().map(read).collect()
}

/// Every row of the roll-ups.
async fn dump(proofs: &Proofs) -> Vec<String> {
    let mut rows = Vec::new();
    for (table, columns) in [
        (
            "proof_shown",
            "chain, subject, day, showings, ms, unknown, unknown_ms",
        ),
        ("proof_seen", "chain, subject, first_day, last_day"),
        (
            "proof_air",
            "chain, day, topic, unit, showings, ms, unknown, unknown_ms",
        ),
        (
            "proof_working",
            "chain, day, release, unit, first_ms, last_ms, spans",
        ),
        ("proof_chains", "id, seq, hash, state"),
    ] {
        let query = format!("SELECT {columns} FROM {table}");
        let found = sqlx::query(sqlx::AssertSqlSafe(query))
            .fetch_all(proofs.database().pool())
            .await
            .unwrap();
        for row in found {
            let cells: Vec<String> = (0..row.len())
                .map(|cell| match row.try_get::<i64, _>(cell) {
                    Ok(number) => number.to_string(),
                    Err(_) => row.get::<String, _>(cell),
                })
                .collect();
            rows.push(format!("{table} {}", cells.join("|")));
        }
    }
    rows.sort();
    rows
}

async fn shows_another_past_to_people(office: &Office) {
    let proofs = proofs(office).await;
    let mut player = busy(20);
    let answer = proofs.take(&player.batch(0, 20), morning()).await;
    taken(answer.unwrap());
    let tables = dump(&proofs).await;

    // Somebody who has the key writes other records from the eleventh on.
    let mut forger = Player::of(ScreenKey::generate().unwrap(), 1);
    std::mem::swap(&mut forger.key, &mut player.key);
    forger.lines = player.lines[..10].to_vec();
    forger.heads = player.heads[..=10].to_vec();
    forger.chain = motcua_proof::Chain::from(player.heads[10].clone());
    forger.boot = player.boot.clone();
    while forger.lines.len() < 30 {
        forger.append(morning(), shown("nothing", "", ""));
    }
    for (from, count) in [(0, 30), (5, 10), (20, 10), (10, 10)] {
        let answer = proofs.take(&forger.batch(from, count), morning()).await;
        assert_eq!(refused(answer.unwrap()), Some(20), "{from} {count}");
    }
    assert_eq!(dump(&proofs).await, tables);
    let forks: Vec<i64> = sqlx::query_scalar("SELECT seq FROM proof_forks ORDER BY seq")
        .fetch_all(proofs.database().pool())
        .await
        .unwrap();
    assert_eq!(forks, [15, 20], "each other past is written down once");
    let times: i64 = sqlx::query_scalar("SELECT times FROM proof_forks WHERE seq = 20")
        .fetch_one(proofs.database().pool())
        .await
        .unwrap();
    assert_eq!(times, 3);
    std::mem::swap(&mut forger.key, &mut player.key);

    // It begins another chain; nobody begins one after the other.
    let mut refused = 0;
    for number in 0..30 {
        let mut next = Player::of(ScreenKey::generate().unwrap(), 100 + number);
        std::mem::swap(&mut next.key, &mut player.key);
        next.chain = motcua_proof::Chain::new(
            &player.head().screen,
            motcua_proof::ChainId::of_random([100 + number; 8]),
        );
        next.heads = vec![next.head().clone()];
        next.append(morning(), started());
        refused += u8::from(proofs.take(&next.batch(0, 1), morning()).await.is_err());
        std::mem::swap(&mut next.key, &mut player.key);
    }
    assert_eq!(refused, 11, "twenty a day, and one was there");
}

async fn closes_each_day_once(office: &Office) {
    let replica = office.replica().await;
    let servers = [proofs(office).await, proofs(&replica).await];
    assert_eq!(servers[0].key(), servers[1].key());
    assert_eq!(
        servers[0].close_day(day(1)).await.unwrap(),
        None,
        "there is nothing"
    );
    let players: Vec<Player> = (0..5).map(|_| busy(6)).collect();
    for player in &players {
        taken(
            servers[0]
                .take(&player.batch(0, 3), morning())
                .await
                .unwrap(),
        );
    }
    let mut roots = Vec::new();
    for days in 1..4 {
        let (one, two) = tokio::join!(
            servers[0].close_day(day(days)),
            servers[1].close_day(day(days))
        );
        let made: Vec<_> = [one.unwrap(), two.unwrap()].into_iter().flatten().collect();
        assert_eq!(made.len(), 1, "of two replicas one makes it");
        assert_eq!(servers[0].close_day(day(days)).await.unwrap(), None);
        let read = servers[1].root(Some(made[0].day)).await.unwrap();
        assert_eq!(read.as_ref(), Some(&made[0]));
        roots.extend(made);
        let late = &players[usize::try_from(days).unwrap()];
        taken(servers[0].take(&late.batch(3, 3), day(days)).await.unwrap());
    }
    for pair in roots.windows(2) {
        assert_eq!(pair[1].before.as_ref(), Some(&pair[0].root));
        assert_ne!(pair[1].root, pair[0].root);
    }
    assert_eq!(servers[0].root(None).await.unwrap().as_ref(), roots.last());
    replica.repository.database().close().await;
}

async fn clears_away_what_is_old(office: &Office) {
    let proofs = proofs(office).await;
    let player = busy(60);
    let years = |years: i64| morning().checked_add((years * 366 * 24).hours()).unwrap();
    taken(proofs.take(&player.batch(0, 20), morning()).await.unwrap());
    assert_eq!(
        proofs.prune(years(6)).await.unwrap(),
        0,
        "no root holds them"
    );
    taken(proofs.take(&player.batch(20, 20), years(5)).await.unwrap());
    proofs.close_day(years(6)).await.unwrap().unwrap();
    assert_eq!(proofs.prune(years(4)).await.unwrap(), 0, "they are young");
    let before = dump(&proofs).await;
    assert_eq!(proofs.prune(years(6)).await.unwrap(), 1);
    assert_eq!(proofs.prune(years(6)).await.unwrap(), 0);
    rebuild(&proofs).await;
    assert_eq!(dump(&proofs).await, before, "what was added up stays");

    taken(proofs.take(&player.batch(40, 20), years(6)).await.unwrap());
    let answer = proofs.take(&player.batch(5, 3), years(6)).await.unwrap();
    assert_eq!(refused(answer), Some(60), "nobody can tell any more");
    let days = (proofs.day(morning()), proofs.day(years(6)));
    let segments = proofs.segments(&player.head().screen, days.0, days.1);
    let segments = segments.await.unwrap();
    assert_eq!((segments.len(), segments[0].first), (1, 21));
    let keys = Keys {
        server: Some(proofs.key().clone()),
    };
    let verified = verify(&export(&proofs, &segments[0]).await, &keys).unwrap();
    assert_eq!(verified.records, 40);
}
