//! Measures taking in a day's backlog: `proof_upload DATABASE SCREENS RECORDS`, from `benches/proof_upload.py`.
//!
//! The bodies are made before the clock runs. Then one after the other is unpacked, verified, kept, countersigned and
//! added up, as a request is, in one thread: what a second takes in is what one core takes in.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::io::Write as _;
use std::time::Instant;

use jiff::{Timestamp, ToSpan as _};
use motcua_proof::{Boot, Chain, ChainId, Ended, Header, PublicKey, Sealed, Statement as _, What};
use motcua_server::proofs::Proofs;
use motcua_server::proofs::batch::{Batch, MOST_RECORDS};
use motcua_server::proofs::intake::Answer;
use motcua_server::screens::Known;
use motcua_server::{Database, Repository, Settings, Storage};
use motcua_show::release::Sha256Hex;
use motcua_sync::identity::ScreenKey;

/// Items of the loop, each shown for 12 s.
const ITEMS: usize = 60;
const DWELL_MS: u64 = 12_000;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [database, screens, records] = arguments.as_slice() else {
        panic!("proof_upload DATABASE SCREENS RECORDS");
    };
    let (screens, records) = (screens.parse().unwrap(), records.parse().unwrap());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(measure(database, screens, records));
}

async fn measure(address: &str, screens: u64, records: usize) {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings {
        data: folder.path().to_owned(),
        database: Some(address.to_owned()),
        ..Settings::default()
    };
    let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
    let database = Database::open(&settings.database_address()).await.unwrap();
    let storage = Storage::open(&settings).unwrap();
    let repository = Repository::open(&settings, database, storage, now)
        .await
        .unwrap();
    let proofs = Proofs::open(&settings, &repository, now).await.unwrap();

    let (mut rows, mut bytes, mut took) = (0, 0, std::time::Duration::ZERO);
    let mut longest = std::time::Duration::ZERO;
    for _ in 0..screens {
        // Only one screen's bodies are held at a time; making them does not count.
        let (screen, bodies) = backlog(records);
        for body in bodies {
            let began = Instant::now();
            let batch = Batch::read(&body, true, &screen).unwrap();
            let answer = proofs.take(&batch, now).await.unwrap();
            let lasted = began.elapsed();
            assert!(matches!(answer, Answer::Taken { .. }));
            took += lasted;
            longest = longest.max(lasted);
            rows += batch.records.len();
            bytes += body.len();
        }
    }
    let kept = "SELECT CAST(SUM(LENGTH(lines)) AS BIGINT) FROM proof_batches";
    let kept: i64 = sqlx::query_scalar(kept)
        .fetch_one(proofs.database().pool())
        .await
        .unwrap();
    let seconds = took.as_secs_f64();
    let answer = serde_json::json!({
        "screens": screens,
        "rows": rows,
        "seconds": seconds,
        "rows_per_second": rows as f64 / seconds,
        "longest_batch_ms": longest.as_secs_f64() * 1000.0,
        "sent_bytes_per_row": bytes as f64 / rows as f64,
        "kept_bytes_per_row": kept as f64 / rows as f64,
    });
    println!("{answer}");
}

/// What a screen sends after a day without the server.
fn backlog(records: usize) -> (Known, Vec<Vec<u8>>) {
    let key = ScreenKey::generate().unwrap();
    let public = PublicKey::of_bytes(key.public_key());
    let screen = Known {
        id: public.fingerprint(),
        public_key: public.to_string(),
    };
    let boot = Boot::of_random([7; 8]);
    let mut chain = Chain::new(&screen.id, ChainId::of_random([3; 8]));
    let mut at: Timestamp = "2026-11-23T00:00:00Z".parse().unwrap();
    let release = Sha256Hex::of_digest([9; 32]);
    let (mut bodies, mut lines, mut header) = (Vec::new(), Vec::new(), chain.head().clone());
    let mut made = 0;
    while made < records {
        let item = made / 2 % ITEMS;
        let what = match made % 2 {
            0 => What::Shown {
                item: Some(format!("item-{item}")),
                kind: "announcement".to_owned(),
                content: Sha256Hex::of_digest([u8::try_from(item).unwrap(); 32]),
                release: Some(release.clone()),
                playlist: Some("opening-hours".to_owned()),
                topic: Some(format!("topic-{}", item % 8)),
                procedure: item.is_multiple_of(3).then(|| format!("1.{item:06}")),
            },
            _ => {
                at = at
                    .checked_add(i64::try_from(DWELL_MS).unwrap().milliseconds())
                    .unwrap();
                What::Ended {
                    of: chain.head().seq,
                    shown_ms: DWELL_MS,
                    why: Ended::Over,
                }
            }
        };
        lines.push(chain.append(&boot, at, 0, what).unwrap());
        if made % 100 == 99 {
            let for_ms = 600_000;
            let what = What::Working {
                for_ms,
                release: Some(release.clone()),
            };
            lines.push(chain.append(&boot, at, 0, what).unwrap());
        }
        made += 1;
        if lines.len() >= MOST_RECORDS - 2 || made == records {
            let mut body = Header::new(header, public.clone()).line().unwrap() + "\n";
            body += &(lines.join("\n") + "\n");
            let sealed = Sealed {
                head: chain.head().clone(),
                at,
            };
            body += &(sealed.line(&public, |bytes| key.sign(bytes)).unwrap() + "\n");
            let mut packer =
                flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
            packer.write_all(body.as_bytes()).unwrap();
            bodies.push(packer.finish().unwrap());
            lines.clear();
            header = chain.head().clone();
        }
    }
    (screen, bodies)
}
