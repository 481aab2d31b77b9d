//! The log of what was shown, on a disk that fails and a machine that is switched off.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "support/log.rs"]
mod log;
#[allow(dead_code, reason = "each file of tests uses its part")]
#[path = "support/office.rs"]
mod office;

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use motcua_proof::wire::Known;
use motcua_proof::{Boot, Line, Record, What, read_line};
use motcua_sync::identity::Identity;
use motcua_sync::proof::{Acknowledged, Located, Log, LogError, LogKeeper, LogSettings};
use tempfile::tempdir;

use log::{at, boot, fill, identity, settings, showing, verified};
use office::Archive;

/// The files of a log, oldest first.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|it| it == "jsonl"))
        .collect();
    files.sort();
    files
}

/// Opens a log. What was just closed may be held for a moment by a process that another test is starting.
fn open(settings: &LogSettings, boot: Boot) -> Log {
    loop {
        match Log::open(settings.clone(), boot.clone()) {
            Err(LogError::Taken(_)) => std::thread::sleep(Duration::from_millis(1)),
            opened => return opened.unwrap(),
        }
    }
}

/// Sends everything that waits.
fn send(log: &mut Log, archive: &mut Archive) {
    while let Some(batch) = log.next_batch(at(2)).unwrap() {
        let answer = archive.take(&batch.lines).unwrap();
        assert_eq!(log.stored(&batch, &answer).unwrap(), Acknowledged::Further);
    }
}

#[test]
fn a_chain_goes_on_over_starts_and_files() {
    let (folder, identity) = (tempdir().unwrap(), identity());
    let mut chains = Vec::new();
    for start in 0..3_u8 {
        let mut log = open(&settings(folder.path(), &identity), boot(start));
        let from = log.head().seq + 1;
        fill(&mut log, from, 2_000, 50);
        log.seal(at(3)).unwrap();
        chains.push(log.head().chain.clone());
    }
    assert!(chains.iter().all(|chain| *chain == chains[0]));
    assert!(files(folder.path()).len() > 1);
    let (proof, shown) = verified(folder.path());
    assert_eq!((shown.records, shown.sealed_through), (6_000, Some(6_000)));
    let boots: Vec<_> = records_of(&proof).into_iter().map(|it| it.boot).collect();
    assert_eq!(
        [&boots[0], &boots[1_999], &boots[2_000], &boots[5_999]],
        [&boot(0), &boot(0), &boot(1), &boot(2)]
    );
}

#[test]
fn two_players_never_record_in_one_place() {
    let (folder, identity) = (tempdir().unwrap(), identity());
    let settings = settings(folder.path(), &identity);
    let first = open(&settings, boot(1));
    let second = Log::open(settings.clone(), boot(2));
    assert!(matches!(second, Err(LogError::Taken(_))), "{second:?}");
    drop(first);
    open(&settings, boot(2));
}

#[test]
fn a_file_cut_off_at_any_byte_goes_on() {
    let (folder, identity) = (tempdir().unwrap(), identity());
    let mut log = open(&settings(folder.path(), &identity), boot(1));
    fill(&mut log, 1, 7, 3);
    drop(log);
    let file = files(folder.path()).remove(0);
    let whole = fs::read(&file).unwrap();
    let text = String::from_utf8(whole.clone()).unwrap();
    let header = text.find('\n').unwrap() + 1;
    let mut expected = 0;
    for cut in header..=whole.len() {
        let line_ends = whole[cut - 1] == b'\n';
        let line = text[..cut].lines().last().unwrap();
        if line_ends && line.starts_with("{\"hash\"") {
            expected += 1;
        }
        fs::write(&file, &whole[..cut]).unwrap();
        let mut log = open(&settings(folder.path(), &identity), boot(2));
        assert_eq!(log.head().seq, expected, "cut at {cut}");
        log.append(at(9), 1, What::Stopped).unwrap();
        log.seal(at(9)).unwrap();
        drop(log);
        let (_, shown) = verified(folder.path());
        assert_eq!(shown.sealed_through, Some(expected + 1), "cut at {cut}");
    }
    assert_eq!(expected, 7);
}

#[test]
fn what_a_power_cut_leaves_at_the_end_is_cut_off() {
    let (folder, identity) = (tempdir().unwrap(), identity());
    let mut log = open(&settings(folder.path(), &identity), boot(1));
    fill(&mut log, 1, 6, 3);
    drop(log);
    let file = files(folder.path()).remove(0);
    let whole = fs::read(&file).unwrap();
    fastrand::seed(7);
    for round in 0..300 {
        let mut torn = whole.clone();
        match round % 4 {
            // Pages that were never written, the file being longer already.
            0 => torn.extend(vec![0; fastrand::usize(1..5000)]),
            1 => {
                let from = fastrand::usize(600..torn.len());
                let to = fastrand::usize(from..torn.len());
                torn[from..=to].fill(0);
            }
            2 => torn.extend((0..fastrand::usize(1..300)).map(|_| fastrand::u8(..))),
            _ => {
                let place = fastrand::usize(600..torn.len());
                torn[place] ^= 1 << fastrand::u8(..8);
            }
        }
        fs::write(&file, &torn).unwrap();
        let mut log = open(&settings(folder.path(), &identity), boot(2));
        assert!(log.head().seq <= 6);
        log.append(at(9), 1, What::Stopped).unwrap();
        log.seal(at(9)).unwrap();
        let head = log.head().clone();
        drop(log);
        let (_, shown) = verified(folder.path());
        assert_eq!(shown.head, head, "round {round}");
        assert_eq!(
            files(folder.path()),
            std::slice::from_ref(&file),
            "round {round}"
        );
    }
}

#[test]
fn a_file_whose_beginning_is_gone_is_set_aside() {
    let (folder, identity) = (tempdir().unwrap(), identity());
    let mut log = open(&settings(folder.path(), &identity), boot(1));
    fill(&mut log, 1, 6, 3);
    let chain = log.head().chain.clone();
    drop(log);
    let file = files(folder.path()).remove(0);
    let mut bytes = fs::read(&file).unwrap();
    bytes[20..60].fill(0);
    fs::write(&file, &bytes).unwrap();
    let mut log = open(&settings(folder.path(), &identity), boot(2));
    assert_ne!(log.head().chain, chain);
    fill(&mut log, 1, 3, 3);
    let (_, shown) = verified(folder.path());
    assert_eq!(shown.records, 3);
    let aside = folder.path().join("aside-0000000001/0000000001.jsonl");
    assert_eq!(fs::read(aside).unwrap(), bytes, "nothing is thrown away");
}

#[test]
fn a_screen_that_was_paired_anew_begins_a_chain() {
    let folder = tempdir().unwrap();
    let mut log = open(&settings(folder.path(), &identity()), boot(1));
    fill(&mut log, 1, 6, 3);
    drop(log);
    let again = identity();
    let log = open(&settings(folder.path(), &again), boot(1));
    assert_eq!(
        (log.head().seq, log.head().screen.as_str()),
        (0, again.screen.as_str())
    );
}

#[test]
fn batches_carry_every_record_once_and_in_order() {
    let (folder, identity) = (tempdir().unwrap(), identity());
    let mut archive = Archive::default();
    let mut log = open(&settings(folder.path(), &identity), boot(1));
    fill(&mut log, 1, 5_500, 40);
    log.seal(at(1)).unwrap();
    log.append(at(1), 1, What::Stopped).unwrap();
    send(&mut log, &mut archive);
    assert_eq!(log.waiting(), 0);
    assert_eq!(archive.said().len(), 5_500, "what is not sealed stays");
    log.seal(at(2)).unwrap();
    send(&mut log, &mut archive);
    let said = archive.said();
    assert_eq!(said.len(), 5_501);
    assert!((1..=5_500).all(|number| said[number as usize - 1] == log::shown(number)));
    // The countersignatures lie where each file verifies by itself, and the whole does.
    let (_, shown) = verified(folder.path());
    assert_eq!(shown.countersigned.map(|(seq, _)| seq), Some(5_501));
    assert_eq!(shown.server, Some(archive.public_key()));
    drop(log);
    let mut log = open(&settings(folder.path(), &identity), boot(2));
    assert_eq!(log.waiting(), 0);
    assert!(log.next_batch(at(3)).unwrap().is_none());
    fill(&mut log, 5_502, 10, 10);
    log.seal(at(3)).unwrap();
    send(&mut log, &mut archive);
    assert_eq!(archive.said().len(), 5_511);
}

#[test]
fn a_server_that_is_elsewhere_is_gone_on_from() {
    let (folder, identity) = (tempdir().unwrap(), identity());
    let mut archive = Archive::default();
    let mut log = open(&settings(folder.path(), &identity), boot(1));
    fill(&mut log, 1, 3_000, 3_000);
    let first = log.next_batch(at(1)).unwrap().unwrap();
    let chain = log.head().chain.clone();

    // It stored the batch, but its answer never came.
    archive.take(&first.lines).unwrap();
    let known = archive.known(&chain);
    assert_eq!(log.locate(known.clone(), at(1)).unwrap(), Located::Here);
    assert_eq!(log.next_batch(at(1)).unwrap().unwrap().after, first.head);

    // It was set back to a backup that knows nothing.
    assert_eq!(log.locate(None, at(1)).unwrap(), Located::Here);
    assert_eq!(log.next_batch(at(1)).unwrap().unwrap().after.seq, 0);

    // It holds something else under the name of this chain, or more than there is.
    let known = known.unwrap();
    let other = Known {
        hash: motcua_show::release::Sha256Hex::of_digest([9; 32]),
        ..known.clone()
    };
    assert_eq!(log.locate(Some(other), at(1)).unwrap(), Located::Forked);
    let beyond = Known {
        seq: 9_999,
        ..known
    };
    assert_eq!(log.locate(Some(beyond), at(1)).unwrap(), Located::Forked);
    log.begin_anew().unwrap();
    assert_ne!(log.head().chain, chain);
    fill(&mut log, 1, 10, 10);
    send(&mut log, &mut archive);
    assert_eq!(archive.order.len(), 2);
}

#[test]
fn an_answer_that_is_not_about_this_chain_acknowledges_nothing() {
    let (folder, identity) = (tempdir().unwrap(), identity());
    let mut log = open(&settings(folder.path(), &identity), boot(1));
    fill(&mut log, 1, 10, 5);
    let batch = log.next_batch(at(1)).unwrap().unwrap();
    let good = Archive::default().take(&batch.lines).unwrap();
    let tampered = good.countersign.replace("2026", "2025");
    for (through, countersign) in [
        (9, good.countersign.clone()),
        (11, good.countersign.clone()),
        (10, tampered),
        (10, "nonsense".to_owned()),
    ] {
        let answer = motcua_proof::wire::Stored {
            through,
            countersign,
        };
        let outcome = log.stored(&batch, &answer).unwrap();
        assert_eq!(outcome, Acknowledged::NotOurs, "{answer:?}");
        assert_eq!(log.waiting(), 10);
    }
    assert_eq!(log.stored(&batch, &good).unwrap(), Acknowledged::Further);
    assert_eq!(log.stored(&batch, &good).unwrap(), Acknowledged::NoFurther);
    verified(folder.path());
}

#[test]
fn what_the_server_has_makes_room_first() {
    const LIMIT: u64 = 4 * 1024 * 1024;
    let (folder, identity) = (tempdir().unwrap(), identity());
    let mut archive = Archive::default();
    let mut settings = settings(folder.path(), &identity);
    settings.limit = LIMIT;
    let mut log = open(&settings, boot(1));
    for round in 0..20 {
        fill(&mut log, 1_000 * round + 1, 1_000, 500);
        log.seal(at(1)).unwrap();
        send(&mut log, &mut archive);
        let bytes: u64 = files(folder.path())
            .iter()
            .map(|file| file.metadata().unwrap().len())
            .sum();
        assert!(bytes < LIMIT + 1_200_000, "{bytes}");
    }
    let chain = &archive.chains[&log.head().chain];
    assert_eq!((chain.records.len(), chain.gaps.len()), (20_000, 0));
    assert!(files(folder.path()).len() >= 4, "what fits is kept");
    verified(folder.path());
}

#[test]
fn what_nobody_has_is_given_up_last_and_the_chain_says_so() {
    const LIMIT: u64 = 4 * 1024 * 1024;
    let (folder, identity) = (tempdir().unwrap(), identity());
    let mut archive = Archive::default();
    let mut settings = settings(folder.path(), &identity);
    settings.limit = LIMIT;
    let mut log = open(&settings, boot(1));
    fill(&mut log, 1, 700, 100);
    log.seal(at(1)).unwrap();
    send(&mut log, &mut archive);
    // Then the server is away for long, and the player is started again now and then.
    for round in 0..30 {
        let from = log.head().seq + 1;
        fill(&mut log, from, 1_000, 1_000_000);
        let bytes: u64 = files(folder.path())
            .iter()
            .map(|file| file.metadata().unwrap().len())
            .sum();
        assert!(bytes < LIMIT + 1_200_000, "{bytes}");
        if round % 7 == 0 {
            drop(log);
            log = open(&settings, boot(2));
            log.seal(at(1)).unwrap();
        }
    }
    log.seal(at(1)).unwrap();
    let head = log.head().clone();
    assert!(!lost_of(folder.path()).is_empty());
    let chain = head.chain.clone();
    assert_eq!(
        log.locate(archive.known(&chain), at(1)).unwrap(),
        Located::Here
    );
    send(&mut log, &mut archive);
    assert_eq!(archive.order.len(), 1, "the chain is the same");
    let held = &archive.chains[&chain];
    assert!(
        !held.gaps.is_empty() && held.gaps[0].0 > 701,
        "{:?}",
        held.gaps
    );
    let is_lost = |seq: &u64| {
        held.gaps
            .iter()
            .any(|(from, to)| (from..=to).contains(&seq))
    };
    let seqs: Vec<u64> = held.records.iter().map(|(_, it, _)| it.seq).collect();
    let kept: Vec<u64> = (1..=head.seq).filter(|seq| !is_lost(seq)).collect();
    assert!(kept.len() > 5_000, "{} records are kept", kept.len());
    assert_eq!(seqs, kept, "every other record is there once");
    assert_eq!(archive.known(&chain).unwrap().seq, head.seq);
}

fn lost_of(folder: &Path) -> Vec<u64> {
    let mut lost = Vec::new();
    motcua_sync::proof::read::each_line(folder, |_, line| {
        if let Line::Record { record, .. } = line
            && matches!(record.what, What::Lost { .. })
        {
            lost.push(record.seq);
        }
        Ok(())
    })
    .unwrap();
    lost
}

/// What a child process appends until it is killed: see below.
const CHILD: &str = "MOTCUA_PROOF_CHILD";

#[test]
fn child_appends() {
    let Some(folder) = std::env::var_os(CHILD) else {
        return;
    };
    let folder = PathBuf::from(folder);
    let identity = Identity::load(&folder).unwrap().unwrap();
    let settings = settings(&folder.join("proof"), &std::sync::Arc::new(identity));
    let keeper = LogKeeper::start(settings).unwrap();
    for number in 0.. {
        showing(number)
            .into_iter()
            .for_each(|noted| keeper.note(noted));
        if number % 20 == 19 {
            keeper.settle(Duration::from_secs(10));
            println!("settled {number}");
        }
    }
}

#[test]
fn a_player_killed_at_any_moment_leaves_a_chain() {
    let folder = tempdir().unwrap();
    identity().save(folder.path()).unwrap();
    let identity = std::sync::Arc::new(Identity::load(folder.path()).unwrap().unwrap());
    let log = folder.path().join("proof");
    let mut settled_in_all = 0;
    let mut chain = None;
    for round in 0..25 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child_appends", "--nocapture"])
            .env(CHILD, folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // Killed some lines and some random time later.
        let mut settled = 0;
        let wanted = fastrand::usize(1..15);
        for _ in 0..wanted {
            let line = lines
                .by_ref()
                .map(Result::unwrap)
                .find(|it| it.starts_with("settled"));
            let number: u64 = line.unwrap()["settled ".len()..].parse().unwrap();
            settled = 2 * (number + 1);
        }
        std::thread::sleep(Duration::from_micros(fastrand::u64(0..3_000)));
        child.kill().unwrap();
        child.wait().unwrap();
        settled_in_all += settled;

        let mut opened = open(&settings(&log, &identity), boot(round));
        assert!(
            opened.head().seq >= settled_in_all,
            "{} of {settled_in_all}",
            opened.head().seq
        );
        opened.seal(at(1)).unwrap();
        settled_in_all = opened.head().seq;
        let same = chain.get_or_insert(opened.head().chain.clone()).clone();
        assert_eq!(opened.head().chain, same, "the chain goes on");
        drop(opened);
        let (_, shown) = verified(&log);
        assert_eq!(shown.sealed_through, Some(settled_in_all));
    }
}

/// The records of a proof.
pub fn records_of(proof: &str) -> Vec<Record> {
    let lines = proof.lines().map(|line| read_line(line).unwrap());
    lines
        .filter_map(|line| match line {
            Line::Record { record, .. } => Some(record),
            _ => None,
        })
        .collect()
}
