//! Bundles as a server writes them, and as somebody would who has taken it over.

use serde_json::{Value, json};

use super::*;
use crate::tuf::metadata::{DelegatedRole, TopRole};

const RELEASE: &str = "units/a/release.json";

fn expires() -> Timestamp {
    "2030-01-01T00:00:00Z".parse().unwrap()
}

fn key() -> SigningKey {
    SigningKey::generate().unwrap()
}

fn text(metadata: &impl Serialize, keys: &[&SigningKey]) -> String {
    String::from_utf8(tuf::sign_metadata(metadata, keys).unwrap()).unwrap()
}

fn release(version: u64, document: &str) -> Targets {
    Targets::new(version, expires()).with_target(RELEASE, TargetFile::of(document.as_bytes()))
}

fn entry(role: &str, metadata: String, version: u64, key: &SigningKey) -> Entry {
    Entry {
        role: role.to_owned(),
        version,
        metadata,
        published: None,
        documents: BTreeMap::new(),
        published_documents: BTreeMap::new(),
        signers: vec![Signers {
            threshold: 1,
            keys: vec![key.public()],
        }],
    }
}

fn unit(key: &SigningKey, shown: &str) -> Entry {
    let mut entry = entry("unit-a", text(&release(2, "two"), &[]), 2, key);
    entry.documents.insert(RELEASE.to_owned(), shown.to_owned());
    entry
}

fn read(entries: Vec<Entry>) -> Result<Bundle, BundleError> {
    let bundle = Bundle {
        format: FORMAT,
        made_at: "2026-01-01T00:00:00Z".parse().unwrap(),
        entries,
    };
    Bundle::read(&bundle.to_bytes().unwrap())
}

#[test]
fn only_the_keys_that_count_sign() {
    let (key, other) = (key(), key());
    let mut read = read(vec![unit(&key, "two")]).unwrap();
    let digest = read.entries[0].digest().unwrap();
    assert!(read.sign(&other).unwrap().is_empty());
    assert_eq!(read.sign(&key).unwrap(), ["unit-a"]);
    let entry = &read.entries[0];
    assert_eq!(entry.signed_by(&entry.signers[0]).unwrap(), [key.id()]);
    assert_eq!(
        entry.digest().unwrap(),
        digest,
        "a signature changes nothing"
    );
    assert_eq!(entry.expires().unwrap(), expires());
}

#[test]
fn a_bundle_that_shows_something_else_or_nothing_is_refused() {
    let key = key();
    let other = read(vec![unit(&key, "three")]);
    assert!(matches!(other, Err(BundleError::Document { .. })));
    let mut hidden = unit(&key, "two");
    hidden.documents.clear();
    let refused = read(vec![hidden.clone()]);
    assert!(matches!(refused, Err(BundleError::Document { .. })));

    // That the same is published already is said by whoever hides it.
    let attacker = SigningKey::generate().unwrap();
    hidden.published = Some(text(&release(1, "two"), &[&attacker, &key]));
    hidden.signers.push(Signers {
        threshold: 1,
        keys: vec![attacker.public()],
    });
    assert!(matches!(
        read(vec![hidden]),
        Err(BundleError::Document { .. })
    ));
}

#[test]
fn published_counts_only_where_the_key_that_signs_has_signed_it() {
    let (key, attacker) = (key(), key());
    let mut entry = unit(&key, "two");
    entry.published = Some(text(&release(1, "one"), &[&attacker]));
    entry.signers.push(Signers {
        threshold: 1,
        keys: vec![attacker.public()],
    });
    assert_eq!(entry.published_by(&key.public()), None);
    entry.published = Some(text(&release(1, "one"), &[&key]));
    assert!(entry.published_by(&key.public()).is_some());

    // Signed by it, but for another unit.
    let other =
        Targets::new(1, expires()).with_target("units/b/release.json", TargetFile::of(b"one"));
    entry.published = Some(text(&other, &[&key]));
    assert_eq!(entry.published_by(&key.public()), None);
}

#[test]
fn an_entry_that_nobody_has_to_sign_is_refused() {
    let key = key();
    for signers in [
        vec![],
        vec![Signers {
            threshold: 0,
            keys: vec![key.public()],
        }],
        vec![Signers {
            threshold: 1,
            keys: vec![],
        }],
    ] {
        let entry = Entry {
            signers,
            ..unit(&key, "two")
        };
        assert!(matches!(
            read(vec![entry]),
            Err(BundleError::NoSigners { .. })
        ));
    }
}

#[test]
fn metadata_of_another_version_or_role_is_refused() {
    let key = key();
    let entry = Entry {
        version: 3,
        ..unit(&key, "two")
    };
    assert!(matches!(
        read(vec![entry]),
        Err(BundleError::Version { said: 3, .. })
    ));
    for role in [
        "unit-b",
        "unit-",
        "unit-../a",
        "targets",
        "screens",
        "snapshot",
    ] {
        let entry = Entry {
            role: role.to_owned(),
            ..unit(&key, "two")
        };
        let refused = read(vec![entry]);
        assert!(matches!(refused, Err(BundleError::Role { .. })), "{role}");
    }
    let twice = read(vec![unit(&key, "two"), unit(&key, "two")]);
    assert!(matches!(twice, Err(BundleError::Role { .. })));

    // A unit that would hand its names on.
    let keys = [key.public()];
    let role = DelegatedRole::new("mine", RoleKeys::new(&keys, 1), &["units/a/*"]);
    let delegating = text(&release(2, "two").with_delegation(role, &keys), &[]);
    let entry = Entry {
        metadata: delegating,
        ..unit(&key, "two")
    };
    assert!(matches!(read(vec![entry]), Err(BundleError::Role { .. })));
}

#[test]
fn another_key_under_a_known_id_is_refused() {
    let (key, attacker) = (key(), key());
    let keys = [key.public()];
    let mut root = Root::new(2, expires());
    for role in TopRole::ALL {
        root = root.with_role(role, &keys, 1);
    }
    assert!(read(vec![entry("root", text(&root, &[]), 2, &key)]).is_ok());
    root.keys.insert(key.id(), attacker.public());
    let swapped = read(vec![entry("root", text(&root, &[]), 2, &key)]);
    assert!(matches!(swapped, Err(BundleError::Key { .. })));

    let role = DelegatedRole::new("unit-a", RoleKeys::new(&keys, 1), &["units/a/*"]);
    let mut tree = Targets::new(2, expires()).with_delegation(role, &keys);
    assert!(read(vec![entry("targets", text(&tree, &[]), 2, &key)]).is_ok());
    let delegations = tree.delegations.as_mut().unwrap();
    delegations.keys.insert(key.id(), attacker.public());
    let swapped = read(vec![entry("targets", text(&tree, &[]), 2, &key)]);
    assert!(matches!(swapped, Err(BundleError::Key { .. })));
}

#[test]
fn fields_that_cannot_be_shown_are_not_signed() {
    let key = key();
    let mut signed = serde_json::to_value(release(2, "two")).unwrap();
    signed["surprise"] = json!(true);
    let entry = Entry {
        metadata: json!({"signatures": [], "signed": signed}).to_string(),
        ..unit(&key, "two")
    };
    assert!(matches!(
        read(vec![entry]),
        Err(BundleError::Unknown { .. })
    ));
    let plain: Value = serde_json::to_value(release(2, "two")).unwrap();
    let entry = Entry {
        metadata: json!({"signatures": [], "signed": plain}).to_string(),
        ..unit(&key, "two")
    };
    assert!(read(vec![entry]).is_ok());
}
