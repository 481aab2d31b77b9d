//! Logs of a screen that has nothing else.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use motcua_proof::{Boot, Ended, Keys, Verified, What, verify};
use motcua_show::release::Sha256Hex;
use motcua_sync::identity::{Identity, ScreenKey, screen_id};
use motcua_sync::proof::{Happened, Log, LogSettings, Noted, USUAL_LIMIT, read};

pub fn identity() -> Arc<Identity> {
    let key = ScreenKey::generate().unwrap();
    Arc::new(Identity {
        screen: screen_id(key.public_key()),
        name: "Sảnh".into(),
        unit: "ward".into(),
        server: "http://127.0.0.1:9".into(),
        token: "secret".into(),
        ca: None,
        key,
    })
}

pub fn settings(folder: &Path, identity: &Arc<Identity>) -> LogSettings {
    LogSettings {
        folder: folder.to_owned(),
        identity: Arc::clone(identity),
        limit: USUAL_LIMIT,
    }
}

pub fn boot(number: u8) -> Boot {
    Boot::of_random([number; 8])
}

pub fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_795_400_000 + second).unwrap()
}

pub fn shown(number: u64) -> What {
    What::Shown {
        item: Some(format!("khai-sinh-{number}")),
        kind: "procedure".to_owned(),
        content: Sha256Hex::of_digest([7; 32]),
        release: Some(Sha256Hex::of_digest([8; 32])),
        playlist: Some("loop".to_owned()),
        topic: None,
        procedure: Some("1.001193".to_owned()),
    }
}

/// An item and its end, as a player notes them.
pub fn showing(number: u64) -> [Noted; 2] {
    let noted = |happened| Noted {
        at: Timestamp::now(),
        up: Duration::from_millis(number),
        happened,
    };
    [
        noted(Happened::Began {
            showing: number,
            what: shown(number),
        }),
        noted(Happened::Ended {
            showing: number,
            lasted: Duration::from_millis(12_000),
            why: Ended::Over,
        }),
    ]
}

/// Appends so many records from `from` on and seals every so often.
pub fn fill(log: &mut Log, from: u64, count: u64, seal_every: u64) {
    for number in from..from + count {
        log.append(at(1), number, shown(number)).unwrap();
        if number % seal_every == 0 {
            log.seal(at(1)).unwrap();
        }
    }
}

/// The log as one proof, which must verify.
pub fn verified(folder: &Path) -> (String, Verified) {
    let mut proof = Vec::new();
    read::export(folder, &mut proof).unwrap();
    let proof = String::from_utf8(proof).unwrap();
    let verified = verify(&proof, &Keys::default()).unwrap_or_else(|error| panic!("{error}"));
    (proof, verified)
}
