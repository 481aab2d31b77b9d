//! What recording costs on this machine's disk, as one line of JSON; `./dev bench proof append` runs it.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use motcua_proof::{Boot, What};
use motcua_show::release::Sha256Hex;
use motcua_sync::identity::{Identity, ScreenKey, screen_id};
use motcua_sync::proof::{Happened, Log, LogKeeper, LogSettings, Noted};

/// Records that are appended without a seal between them.
const APPENDED: u32 = 100_000;
/// Pairs of records with a seal each, as a screen writes them.
const SEALED: u32 = 500;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args()
        .nth(1)
        .ok_or("name a folder on the disk to measure")?;
    let folder = Path::new(&folder).join(format!("proof-bench-{}", std::process::id()));
    let measured = measure(&folder);
    std::fs::remove_dir_all(&folder)?;
    println!("{}", measured?);
    Ok(())
}

fn measure(folder: &Path) -> Result<String, Box<dyn Error>> {
    let key = ScreenKey::generate()?;
    let settings = LogSettings {
        folder: folder.to_owned(),
        identity: Arc::new(Identity {
            screen: screen_id(key.public_key()),
            name: "bench".to_owned(),
            unit: "bench".to_owned(),
            server: "http://127.0.0.1:9".to_owned(),
            token: String::new(),
            ca: None,
            key,
        }),
        limit: 1 << 30,
    };
    let mut log = Log::open(settings.clone(), Boot::of_random([1; 8]))?;
    let begun = Instant::now();
    for number in 0..APPENDED {
        log.append(Timestamp::now(), number.into(), shown(number))?;
    }
    let append_us = micros(begun.elapsed(), APPENDED);
    log.seal(Timestamp::now())?;
    let mut seals = Vec::new();
    for number in 0..SEALED {
        log.append(Timestamp::now(), number.into(), shown(number))?;
        log.append(Timestamp::now(), number.into(), shown(number))?;
        let begun = Instant::now();
        log.seal(Timestamp::now())?;
        seals.push(begun.elapsed());
    }
    seals.sort_unstable();
    let begun = Instant::now();
    let batch = log.next_batch(Timestamp::now())?.ok_or("nothing to send")?;
    let batch_ms = begun.elapsed().as_secs_f64() * 1e3;
    drop(log);
    let bytes: u64 = std::fs::read_dir(folder)?
        .filter_map(|entry| entry.ok()?.metadata().ok())
        .map(|file| file.len())
        .sum();
    let begun = Instant::now();
    let log = Log::open(settings.clone(), Boot::of_random([2; 8]))?;
    let open_ms = begun.elapsed().as_secs_f64() * 1e3;
    drop(log);
    let keeper = LogKeeper::start(settings)?;
    let begun = Instant::now();
    for number in 0..SEALED {
        keeper.note(Noted {
            at: Timestamp::now(),
            up: Duration::ZERO,
            happened: Happened::Else(shown(number)),
        });
    }
    let note_us = micros(begun.elapsed(), SEALED);
    keeper.settle(Duration::from_secs(60));
    let median_ms = seals[seals.len() / 2].as_secs_f64() * 1e3;
    let worst_ms = seals[seals.len() * 99 / 100].as_secs_f64() * 1e3;
    Ok(format!(
        "{{\"append_us\":{append_us:.2},\"seal_ms\":{median_ms:.2},\"seal_p99_ms\":{worst_ms:.2},\"note_us\":{note_us:.2},\
         \"open_ms\":{open_ms:.1},\"batch_ms\":{batch_ms:.1},\"batch_records\":{},\"bytes\":{bytes}}}",
        batch.records
    ))
}

fn micros(took: Duration, count: u32) -> f64 {
    took.as_secs_f64() * 1e6 / f64::from(count)
}

fn shown(number: u32) -> What {
    What::Shown {
        item: Some(format!("khai-sinh-{number}")),
        kind: "procedure".to_owned(),
        content: Sha256Hex::of_digest([7; 32]),
        release: Some(Sha256Hex::of_digest([8; 32])),
        playlist: Some("opening-hours".to_owned()),
        topic: Some("online-services".to_owned()),
        procedure: Some("1.001193".to_owned()),
    }
}
