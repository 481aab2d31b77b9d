use std::sync::Arc;

use motcua_proof::{Boot, What};
use motcua_sync::identity::{Identity, ScreenKey, screen_id};
use motcua_sync::proof::{Log, LogSettings, USUAL_LIMIT};
use tempfile::TempDir;

use super::*;

/// A file of some records, sealed but for the last.
fn exported() -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let key = ScreenKey::generate().unwrap();
    let identity = Identity {
        screen: screen_id(key.public_key()),
        name: "Sảnh".into(),
        unit: "ward".into(),
        server: "http://127.0.0.1:9".into(),
        token: "secret".into(),
        ca: None,
        key,
    };
    let settings = LogSettings {
        folder: folder.path().join("proof"),
        identity: Arc::new(identity),
        limit: USUAL_LIMIT,
    };
    let mut log = Log::open(settings, Boot::of_random([1; 8])).unwrap();
    let at = "2026-11-23T01:00:00Z".parse().unwrap();
    for up in 0..5 {
        let version = "0.1.0".to_owned();
        log.append(at, up, What::Started { version }).unwrap();
    }
    log.seal(at).unwrap();
    log.append(at, 9, What::Stopped).unwrap();
    let out = folder.path().join("out.jsonl");
    export(&folder.path().join("proof"), &out).unwrap();
    let text = std::fs::read_to_string(out).unwrap();
    (folder, text)
}

fn checked(text: &[u8]) -> Result<Verified, Break> {
    check(&mut &*text, Keys::default()).unwrap()
}

#[test]
fn a_whole_file_says_what_it_shows_and_warns_of_its_tail() {
    let (_folder, text) = exported();
    let said = said::verified(&checked(text.as_bytes()).unwrap());
    for part in [
        "records         6 (1 to 6), 2026-11-23T01:00:00Z to 2026-11-23T01:00:00Z",
        "sealed          through record 5",
        "countersigned   nothing",
        "the last 1 records are not sealed",
    ] {
        assert!(said.contains(part), "{said}");
    }
}

#[test]
fn the_first_break_is_named() {
    let (_folder, text) = exported();
    let forged = text.replacen("0.1.0", "0.1.1", 1);
    let broken = checked(forged.as_bytes()).unwrap_err();
    assert_eq!((broken.line, broken.seq), (2, Some(1)));
    let said = said::broken(Path::new("a.jsonl"), &broken);
    assert!(said.starts_with("a.jsonl: line 2, record 1: "), "{said}");
    let cut = checked(&text.as_bytes()[..text.len() - 1]).unwrap_err();
    assert!(matches!(cut.broken, Broken::CutOff), "{cut}");
    assert!(checked(b"").is_err());
    assert!(checked(b"\xff\n").is_err());
}

#[test]
fn a_key_is_read_as_it_is_or_from_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let key = PublicKey::of_bytes(&[7; KEY]);
    let file = folder.path().join("server.pub");
    std::fs::write(&file, format!("{key}\n")).unwrap();
    assert_eq!(key_of(&key.to_string()).unwrap(), key);
    assert_eq!(key_of(file.to_str().unwrap()).unwrap(), key);
    assert!(
        key_of("nonsense")
            .unwrap_err()
            .to_string()
            .contains("neither")
    );
}
