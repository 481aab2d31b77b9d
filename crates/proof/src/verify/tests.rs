use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair as _};

use super::*;
use crate::line::Statement as _;
use crate::record::{Boot, ChainId, Ended};
use crate::root::{inclusion, root_of};

struct Signer {
    pair: Ed25519KeyPair,
    key: PublicKey,
}

impl Signer {
    fn new() -> Self {
        let pkcs8 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        let pair = Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).unwrap();
        let key = PublicKey::of_bytes(pair.public_key().as_ref());
        Self { pair, key }
    }

    fn sign(&self, bytes: &[u8]) -> Vec<u8> {
        self.pair.sign(bytes).as_ref().to_vec()
    }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_795_400_000 + second).unwrap()
}

fn shown(number: u64) -> What {
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

/// A proof of a few records, sealed, countersigned and in the root of a day.
fn proof(screen: &Signer, server: &Signer) -> String {
    let boot = Boot::of_random([1; 8]);
    let mut chain = Chain::new(&screen.key.fingerprint(), ChainId::of_random([2; 8]));
    let mut lines = vec![
        Header::new(chain.head().clone(), screen.key.clone())
            .line()
            .unwrap(),
    ];
    let started = What::Started {
        version: "0.1.0".to_owned(),
    };
    lines.push(chain.append(&boot, at(0), 0, started).unwrap());
    for number in 0..3 {
        let second = 12 * i64::try_from(number).unwrap();
        lines.push(chain.append(&boot, at(second), 5, shown(number)).unwrap());
        let ended = What::Ended {
            of: chain.head().seq,
            shown_ms: 12_000,
            why: Ended::Over,
        };
        lines.push(chain.append(&boot, at(second + 12), 9, ended).unwrap());
    }
    let head = chain.head().clone();
    let sealed = Sealed {
        head: head.clone(),
        at: at(40),
    };
    lines.push(
        sealed
            .line(&screen.key, |bytes| screen.sign(bytes))
            .unwrap(),
    );
    let countersigned = Countersigned {
        head: head.clone(),
        at: at(41),
    };
    let line = countersigned.line(&server.key, |bytes| server.sign(bytes));
    lines.push(line.unwrap());
    let other = Chain::new("another", ChainId::of_random([3; 8]));
    let heads = [other.head().clone(), head];
    let day = jiff::civil::date(2026, 11, 23);
    let root = RootStatement {
        day,
        chains: 2,
        root: root_of(&heads),
        before: None,
        at: at(50_000),
    };
    lines.push(root.line(&server.key, |bytes| server.sign(bytes)).unwrap());
    lines.push(inclusion(day, &heads, 1).unwrap().line().unwrap());
    lines.join("\n") + "\n"
}

#[test]
fn a_whole_proof_is_verified() {
    let (screen, server) = (Signer::new(), Signer::new());
    let keys = Keys {
        server: Some(server.key.clone()),
    };
    let verified = verify(&proof(&screen, &server), &keys).unwrap();
    assert_eq!((verified.records, verified.head.seq), (7, 7));
    assert_eq!(verified.sealed_through, Some(7));
    assert_eq!(verified.countersigned, Some((7, at(41))));
    assert_eq!(verified.days.len(), 1);
    assert_eq!(verified.times, Some((at(0), at(36))));
}

#[test]
fn a_change_of_any_byte_is_detected() {
    let (screen, server) = (Signer::new(), Signer::new());
    let keys = Keys {
        server: Some(server.key.clone()),
    };
    let proof = proof(&screen, &server);
    for place in 0..proof.len() {
        for change in [1_u8, 2, 4, 8, 16, 32, 64] {
            let mut bytes = proof.clone().into_bytes();
            bytes[place] ^= change;
            let Ok(changed) = String::from_utf8(bytes) else {
                continue;
            };
            let line = proof[..place].matches('\n').count() + 1;
            let broken = verify(&changed, &keys)
                .expect_err(&format!("byte {place}, line {line}: {changed}"));
            // A line of a record names itself; of what is signed nothing later can be blamed either.
            let found = usize::try_from(broken.line).unwrap();
            assert!(
                found >= line.min(2),
                "byte {place} of line {line}: {broken}"
            );
            if (2..=8).contains(&line) && proof.as_bytes()[place] != b'\n' {
                assert_eq!(found, line, "byte {place}: {broken}");
            }
        }
    }
}

#[test]
fn lines_that_are_lost_moved_repeated_or_added_are_detected() {
    let (screen, server) = (Signer::new(), Signer::new());
    let keys = Keys {
        server: Some(server.key.clone()),
    };
    let proof = proof(&screen, &server);
    let lines: Vec<&str> = proof.lines().collect();
    let check = |lines: &[&str]| verify(&(lines.join("\n") + "\n"), &keys);
    assert!(check(&lines).is_ok());
    for place in 0..8 {
        let mut fewer = lines.clone();
        fewer.remove(place);
        // Without its last record the chain ends before what was signed.
        assert!(check(&fewer).is_err(), "without line {}", place + 1);
        let mut swapped = lines.clone();
        swapped.swap(place, place + 1);
        assert!(
            check(&swapped).is_err(),
            "lines {} and next swapped",
            place + 1
        );
        let mut twice = lines.clone();
        twice.insert(place, lines[place]);
        assert!(check(&twice).is_err(), "line {} twice", place + 1);
    }
    assert!(verify("", &keys).is_err());
    for length in 1..proof.len() {
        let cut = &proof[..length];
        if !cut.ends_with('\n') {
            assert!(verify(cut, &keys).is_err(), "cut at {length}");
        }
    }
}

#[test]
fn another_screens_or_servers_signature_does_not_count() {
    let (screen, server, stranger) = (Signer::new(), Signer::new(), Signer::new());
    let keys = Keys {
        server: Some(server.key.clone()),
    };
    assert!(verify(&proof(&screen, &stranger), &keys).is_err());
    let ours = proof(&screen, &server);
    let theirs = proof(&stranger, &server);
    // The stranger's records under the screen's name.
    let header = ours.lines().next().unwrap();
    let rest: Vec<&str> = theirs.lines().skip(1).collect();
    assert!(verify(&format!("{header}\n{}\n", rest.join("\n")), &keys).is_err());
}

#[test]
fn a_kind_of_a_later_version_is_held_by_the_chain() {
    let screen = Signer::new();
    let mut chain = Chain::new(&screen.key.fingerprint(), ChainId::of_random([2; 8]));
    let header = Header::new(chain.head().clone(), screen.key.clone());
    let written = r#"{"seq":1,"boot":"0101010101010101","at":"2026-11-23T01:00:00Z","up_ms":3,"what":"smelled","of":"rain"}"#;
    let hash = chain.next_hash(written);
    let line = format!(r#"{{"hash":"{hash}","record":{written}}}"#);
    let proof = format!("{}\n{line}\n", header.line().unwrap());
    let verified = verify(&proof, &Keys::default()).unwrap();
    assert_eq!(verified.records, 1);
    chain.take(1, written);
    assert_eq!(verified.head, *chain.head());
    assert!(verify(&proof.replace("rain", "snow"), &Keys::default()).is_err());
}
