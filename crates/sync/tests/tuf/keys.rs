//! Thresholds, key types and what counts as a signature.

use std::collections::BTreeMap;
use std::rc::Rc;

use motcua_sync::tuf::metadata::{RoleKeys, TopRole};
use motcua_sync::tuf::{
    Key, KeyError, KeyId, KeyVal, SigningKey, TufError, add_signature, sign_metadata, signers,
};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::Value;

use crate::repository::{Repository, Screen, new_key};

fn change(repository: &mut Repository, file: &str, change: impl FnOnce(&mut Value)) {
    let mut envelope: Value = serde_json::from_slice(&repository.files[file]).unwrap();
    change(&mut envelope);
    repository
        .files
        .insert(file.to_owned(), serde_json::to_vec(&envelope).unwrap());
}

#[test]
fn fewer_signatures_than_the_threshold_are_too_few() {
    let mut repository = Repository::new();
    let keys: Vec<Rc<SigningKey>> = (0..3).map(|_| new_key()).collect();
    repository.set_keys(TopRole::Snapshot, keys.clone(), 3);
    repository.publish(&["root", "targets", "snapshot", "timestamp"]);
    let screen = Screen::fresh(&repository);
    repository
        .signers
        .insert("snapshot".to_owned(), keys[..2].to_vec());
    repository.publish(&["targets", "snapshot", "timestamp"]);
    let refused = screen.refresh(&repository);
    assert!(matches!(
        refused,
        Err(TufError::TooFewSignatures {
            valid: 2,
            threshold: 3,
            ..
        })
    ));
    assert_eq!(screen.versions()[2], 2);
}

#[test]
fn a_threshold_above_the_number_of_keys_is_never_reached() {
    let mut repository = Repository::new();
    repository.set_keys(TopRole::Snapshot, (0..5).map(|_| new_key()).collect(), 6);
    repository.publish(&["root", "snapshot", "timestamp"]);
    let screen = Screen::new(&repository);
    let refused = screen.refresh(&repository);
    assert!(matches!(
        refused,
        Err(TufError::TooFewSignatures {
            valid: 5,
            threshold: 6,
            ..
        })
    ));
    assert_eq!(screen.versions(), [2, 2, 0, 0]);
}

#[test]
fn one_key_listed_many_times_counts_once() {
    let mut repository = Repository::new();
    let key = new_key();
    repository.set_keys(TopRole::Snapshot, vec![key.clone()], 6);
    let role = repository.root.roles.get_mut("snapshot").unwrap();
    role.keyids = vec![key.id(); 9];
    // The same key once more, under another name.
    let alias = KeyId::from("alias".to_owned());
    role.keyids.push(alias.clone());
    repository.root.keys.insert(alias, key.public());
    repository.publish(&["root", "snapshot", "timestamp"]);
    change(&mut repository, "2.snapshot.json", |envelope| {
        let mut again = envelope["signatures"][0].clone();
        again["keyid"] = "alias".into();
        envelope["signatures"].as_array_mut().unwrap().push(again);
    });
    let refused = Screen::new(&repository).refresh(&repository);
    assert!(
        matches!(
            refused,
            Err(TufError::TooFewSignatures {
                valid: 1,
                threshold: 6,
                ..
            })
        ),
        "{refused:?}"
    );
}

#[test]
fn two_signatures_of_one_key_are_refused() {
    let mut repository = Repository::new();
    change(&mut repository, "1.snapshot.json", |envelope| {
        let again = envelope["signatures"][0].clone();
        envelope["signatures"].as_array_mut().unwrap().push(again);
    });
    let screen = Screen::new(&repository);
    assert!(matches!(
        screen.refresh(&repository),
        Err(TufError::Malformed { .. })
    ));
    assert_eq!(screen.versions(), [1, 1, 0, 0]);
}

#[test]
fn a_bad_signature_beside_enough_good_ones_harms_nothing() {
    for bad in ["", "zz", "00", &"ab".repeat(64)] {
        let mut repository = Repository::new();
        let keys = vec![new_key(), new_key()];
        let spoilt = keys[0].id();
        repository.set_keys(TopRole::Timestamp, keys, 1);
        repository.publish(&["root", "timestamp"]);
        change(&mut repository, "timestamp.json", |envelope| {
            let signatures = envelope["signatures"].as_array_mut().unwrap();
            let of = signatures
                .iter_mut()
                .find(|one| one["keyid"] == spoilt.as_str())
                .unwrap();
            of["sig"] = bad.into();
        });
        Screen::new(&repository).refresh(&repository).unwrap();
    }
}

#[test]
fn a_key_of_an_unknown_kind_only_fails_to_sign() {
    let mut repository = Repository::new();
    let strange = Key {
        keytype: "sphincs".to_owned(),
        scheme: "sphincs-shake-128s".to_owned(),
        keyval: KeyVal {
            public: "00".repeat(32),
        },
    };
    let known = repository.signers["timestamp"][0].public();
    repository.root = repository
        .root
        .clone()
        .with_role(TopRole::Timestamp, &[known, strange], 1);
    repository.publish(&["root"]);
    change(&mut repository, "2.root.json", |_| {});
    Screen::new(&repository).refresh(&repository).unwrap();
}

#[test]
fn an_ecdsa_key_signs_in_every_spelling() {
    let random = SystemRandom::new();
    let algorithm = &ECDSA_P256_SHA256_ASN1_SIGNING;
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random).unwrap();
    let signature = hex::encode(pair.sign(&random, b"message").unwrap());
    let point = pair.public_key().as_ref();
    // SubjectPublicKeyInfo of a P-256 key (RFC 5480): all but the point is always the same.
    let mut der = hex::decode("3059301306072a8648ce3d020106082a8648ce3d030107034200").unwrap();
    der.extend_from_slice(point);
    let ending = spki::der::pem::LineEnding::LF;
    let pem = spki::der::pem::encode_string("PUBLIC KEY", ending, &der).unwrap();
    for keytype in ["ecdsa", "ecdsa-sha2-nistp256"] {
        for public in [pem.clone(), hex::encode(point)] {
            let key = Key {
                keytype: keytype.to_owned(),
                scheme: "ecdsa-sha2-nistp256".to_owned(),
                keyval: KeyVal { public },
            };
            assert!(key.verifies(b"message", &signature));
            assert!(!key.verifies(b"massage", &signature));
            assert!(!key.verifies(b"message", ""));
        }
    }
}

#[test]
fn a_private_key_survives_its_text_form() {
    let key = SigningKey::generate().unwrap();
    let pem = key.to_pem().unwrap();
    assert!(pem.starts_with("-----BEGIN PRIVATE KEY-----\n"));
    let again = SigningKey::from_pem(&pem).unwrap();
    assert_eq!(again.public(), key.public());
    assert_eq!(again.id().as_str().len(), 64);
    assert!(key.public().verifies(b"x", &again.sign(b"x").sig));
    for bad in [
        "",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
    ] {
        assert_eq!(SigningKey::from_pem(bad).unwrap_err(), KeyError::NotAKey);
    }
    assert!(!format!("{key:?}").contains(pem.lines().nth(1).unwrap()));
}

#[test]
fn a_private_key_of_the_standard_is_read_and_written_alike() {
    // RFC 8410, section 10.3 and 10.1.
    let pem = "-----BEGIN PRIVATE KEY-----\n\
        MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n\
        -----END PRIVATE KEY-----\n";
    let key = SigningKey::from_pem(pem).unwrap();
    let public = "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1";
    assert_eq!(key.public().keyval.public, public);
    assert_eq!(key.to_pem().unwrap(), pem);
}

#[test]
fn signing_gives_the_same_bytes_in_every_order() {
    let repository = Repository::new();
    let (one, two) = (new_key(), new_key());
    let both = sign_metadata(&repository.snapshot, &[&one, &two]).unwrap();
    assert_eq!(
        both,
        sign_metadata(&repository.snapshot, &[&two, &one]).unwrap()
    );
    let first = sign_metadata(&repository.snapshot, &[&two]).unwrap();
    assert_eq!(both, add_signature(&first, &one).unwrap());
    assert_eq!(
        both,
        add_signature(&both, &two).unwrap(),
        "signing twice changes nothing"
    );
    assert!(add_signature(b"{}", &one).is_err());
}

#[test]
fn two_person_approval_says_who_has_signed() {
    let repository = Repository::new();
    let (one, two) = (new_key(), new_key());
    let keys: BTreeMap<KeyId, Key> = [&one, &two]
        .into_iter()
        .map(|key| (key.id(), key.public()))
        .collect();
    let role = RoleKeys::new(keys.values(), 2);
    let first = sign_metadata(&repository.targets["targets"], &[&one, &new_key()]).unwrap();
    assert_eq!(signers(&first, &role, &keys).unwrap(), [one.id()]);
    let both = add_signature(&first, &two).unwrap();
    assert_eq!(signers(&both, &role, &keys).unwrap().len(), 2);
}
