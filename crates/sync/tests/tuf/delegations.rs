//! The order in which delegated roles are visited, and which of them may speak for a target.

use motcua_sync::tuf::metadata::{DelegatedRole, RoleKeys};
use motcua_sync::tuf::{Key, TufError};
use ring::digest::{SHA256, digest};

use crate::repository::{Repository, Screen, new_key, now};

/// Delegator, role, paths, terminating.
type Edge = (&'static str, &'static str, &'static [&'static str], bool);

const ANY: &[&str] = &["*"];
const PY: &[&str] = &["*.py"];

fn repository(edges: &[Edge]) -> Repository {
    let mut repository = Repository::new();
    for (delegator, role, paths, terminating) in edges {
        repository.delegate(delegator, role, paths, *terminating);
    }
    repository
}

/// The delegated roles that are read in a search for `target`.
fn visited(repository: &Repository, target: &str) -> Vec<String> {
    let screen = Screen::fresh(repository);
    let mut trust = screen.open();
    let _ = trust.find(repository, target, now()).unwrap();
    let asked = repository.asked();
    asked
        .iter()
        .map(|file| file.trim_start_matches("1.").replace(".json", ""))
        .collect()
}

#[test]
fn roles_are_visited_in_pre_order() {
    let cases: &[(&str, &[Edge], &[&str])] = &[
        ("one", &[("targets", "A", ANY, false)], &["A"]),
        (
            "two",
            &[("targets", "A", ANY, false), ("targets", "B", ANY, false)],
            &["A", "B"],
        ),
        (
            "two levels",
            &[
                ("targets", "A", ANY, false),
                ("targets", "B", ANY, false),
                ("B", "C", ANY, false),
            ],
            &["A", "B", "C"],
        ),
        (
            "depth before breadth",
            &[
                ("targets", "A", ANY, false),
                ("targets", "B", ANY, false),
                ("A", "C", ANY, false),
                ("A", "D", ANY, false),
            ],
            &["A", "C", "D", "B"],
        ),
        (
            "three levels",
            &[
                ("targets", "A", ANY, false),
                ("targets", "B", ANY, false),
                ("A", "C", ANY, false),
                ("C", "D", ANY, false),
            ],
            &["A", "C", "D", "B"],
        ),
        (
            "terminating",
            &[
                ("targets", "A", ANY, false),
                ("targets", "B", ANY, false),
                ("A", "C", ANY, true),
                ("A", "D", ANY, false),
            ],
            &["A", "C"],
        ),
        (
            "terminating, with children",
            &[
                ("targets", "A", ANY, false),
                ("targets", "B", ANY, false),
                ("A", "C", ANY, true),
                ("C", "D", ANY, false),
            ],
            &["A", "C", "D"],
        ),
        (
            "paths that do not match",
            &[
                ("targets", "A", PY, false),
                ("targets", "B", ANY, false),
                ("A", "C", ANY, false),
            ],
            &["B"],
        ),
        (
            "paths that do not match, deeper",
            &[
                ("targets", "A", ANY, false),
                ("targets", "B", ANY, false),
                ("A", "C", PY, false),
                ("C", "D", ANY, false),
            ],
            &["A", "B"],
        ),
        (
            "a cycle",
            &[
                ("targets", "A", ANY, false),
                ("targets", "B", ANY, false),
                ("B", "C", ANY, false),
                ("C", "D", ANY, false),
                ("D", "B", ANY, false),
            ],
            &["A", "B", "C", "D"],
        ),
        (
            "a role of two",
            &[
                ("targets", "A", ANY, false),
                ("targets", "B", ANY, false),
                ("B", "C", ANY, false),
                ("A", "C", ANY, false),
            ],
            &["A", "C", "B"],
        ),
        (
            "a role of two with different paths",
            &[
                ("targets", "A", ANY, false),
                ("targets", "B", ANY, false),
                ("B", "C", ANY, false),
                ("A", "C", PY, false),
            ],
            &["A", "B", "C"],
        ),
    ];
    for (name, edges, expected) in cases {
        let mut repository = repository(edges);
        repository.publish_all();
        // The helper names files by version 1; the top-level targets are at 2 by then.
        assert_eq!(visited(&repository, "missing"), *expected, "{name}");
    }
}

#[test]
fn a_target_is_found_where_every_delegation_on_the_way_covers_it() {
    let mut repository = repository(&[
        ("targets", "A", &["*.doc", "*.md", "foo-?.tgz"], false),
        ("targets", "B", &["releases/*/*"], false),
        ("B", "C", &["releases/x/*"], false),
        ("B", "D", &["releases/y/*.zip"], false),
    ]);
    for (role, target) in [
        ("targets", "file"),
        ("A", "README.md"),
        ("A", "releases/README.md"),
        ("A", "foo-1.tgz"),
        ("A", "foo-alpha.tgz"),
        ("C", "releases/x/x_v1"),
        ("D", "releases/y/y_v1.zip"),
        ("D", "releases/z/z_v1.zip"),
    ] {
        repository.add_target(role, target, target.as_bytes());
    }
    repository.publish_all();
    let cases: &[(&str, bool, &[&str])] = &[
        ("file", true, &[]),
        ("README.md", true, &["A"]),
        ("README.MD", false, &[]),
        ("releases/README.md", false, &[]),
        ("foo-1.tgz", true, &["A"]),
        ("foo-alpha.tgz", false, &[]),
        ("releases/x/x_v1", true, &["B", "C"]),
        ("releases/y/y_v1.zip", true, &["B", "D"]),
        ("releases/z/z_v1.zip", false, &["B"]),
    ];
    for (target, found, expected) in cases {
        assert_eq!(visited(&repository, target), *expected, "{target}");
        let file = Screen::new(&repository).find(&repository, target).unwrap();
        assert_eq!(file.is_some(), *found, "{target}");
    }
}

#[test]
fn the_first_role_that_names_a_target_has_the_word() {
    let mut repository = repository(&[("targets", "A", ANY, false), ("targets", "B", ANY, false)]);
    let first = repository.add_target("A", "file", b"of A");
    repository.add_target("B", "file", b"of B");
    repository.publish_all();
    assert_eq!(
        Screen::new(&repository).find(&repository, "file").unwrap(),
        Some(first)
    );
}

#[test]
fn one_unit_cannot_speak_for_another() {
    let mut repository = repository(&[
        ("targets", "unit-a", &["units/a/*"], true),
        ("targets", "unit-b", &["units/b/*"], true),
    ]);
    repository.add_target("unit-b", "units/a/release.json", b"forged");
    repository.publish_all();
    let screen = Screen::new(&repository);
    assert_eq!(
        screen.find(&repository, "units/a/release.json").unwrap(),
        None
    );

    // Nor with its own key in place of the other's.
    let stolen = repository.signers["unit-b"].clone();
    repository.signers.insert("unit-a".to_owned(), stolen);
    repository.publish_all();
    let refused = screen.find(&repository, "units/a/release.json");
    assert!(
        matches!(refused, Err(TufError::TooFewSignatures { ref role, .. })
        if role == "unit-a")
    );
}

#[test]
fn a_role_that_the_snapshot_does_not_list_is_not_even_read() {
    let mut repository = repository(&[("targets", "unit-a", &["units/a/*"], true)]);
    repository.publish(&["targets", "snapshot", "timestamp"]);
    assert_eq!(visited(&repository, "units/a/release.json"), [""; 0]);
}

#[test]
fn hash_prefixes_share_targets_out() {
    let mut repository = Repository::new();
    let target = "screens/abc.json";
    let hash = hex::encode(digest(&SHA256, target.as_bytes()));
    let (mine, others): (Vec<String>, Vec<String>) = (0..16)
        .map(|digit| format!("{digit:x}"))
        .partition(|digit| hash.starts_with(digit));
    for (name, prefixes) in [("bin-others", others), ("bin-mine", mine)] {
        let key = new_key();
        let mut role = DelegatedRole::new(name, RoleKeys::new([&key.public()], 1), &[]);
        role.paths = None;
        role.path_hash_prefixes = Some(prefixes);
        repository.add_delegation("targets", role, &key.public());
        repository.signers.insert(name.to_owned(), vec![key]);
    }
    repository.add_target("bin-others", target, b"wrong");
    let right = repository.add_target("bin-mine", target, b"right");
    repository.publish_all();
    assert_eq!(visited(&repository, target), ["bin-mine"]);
    assert_eq!(
        Screen::new(&repository).find(&repository, target).unwrap(),
        Some(right)
    );
}

#[test]
fn unusual_role_names_are_encoded_in_addresses_and_on_disk() {
    for (role, encoded) in [
        ("?", "%3F"),
        ("#", "%23"),
        ("/delegated", "%2Fdelegated"),
        ("../delegated", "..%2Fdelegated"),
        ("phường", "ph%C6%B0%E1%BB%9Dng"),
    ] {
        let mut repository = repository(&[("targets", role, ANY, false)]);
        repository.publish_all();
        let bytes = repository.files.remove(&Repository::file(role, 1)).unwrap();
        repository
            .files
            .insert(format!("1.{encoded}.json"), bytes.clone());
        let screen = Screen::new(&repository);
        assert_eq!(screen.find(&repository, "missing").unwrap(), None, "{role}");
        assert_eq!(
            repository.asked().last().unwrap(),
            &format!("1.{encoded}.json")
        );
        assert_eq!(screen.files()[&format!("{encoded}.json")], bytes);
    }
}

#[test]
fn a_delegation_cannot_take_the_name_of_a_top_level_role() {
    for role in ["root", "timestamp", "snapshot", "targets", ""] {
        let mut repository = Repository::new();
        let key = new_key();
        let delegated = DelegatedRole::new(role, RoleKeys::new([&key.public()], 1), ANY);
        let targets = repository.targets["targets"].clone();
        let targets = targets.with_delegation(delegated, &[key.public()]);
        repository.targets.insert("targets".to_owned(), targets);
        repository.publish(&["targets", "snapshot", "timestamp"]);
        let refused = Screen::new(&repository).refresh(&repository);
        assert!(matches!(refused, Err(TufError::Malformed { .. })), "{role}");
    }
}

#[test]
fn a_kept_role_is_verified_against_the_delegator_of_this_search() {
    let mut repository = repository(&[
        ("targets", "parent-a", &["team-a/*"], false),
        ("targets", "parent-b", &["team-b/*"], false),
        ("parent-a", "release", &["team-a/*"], false),
    ]);
    // The other parent names another key for the same role.
    let key: Key = new_key().public();
    let role = DelegatedRole::new("release", RoleKeys::new([&key], 1), &["team-b/*"]);
    repository.add_delegation("parent-b", role, &key);
    repository.add_target("release", "team-a/file", b"A");
    repository.add_target("release", "team-b/file", b"B");
    repository.publish_all();
    let screen = Screen::fresh(&repository);
    let mut trust = screen.open();
    assert!(
        trust
            .find(&repository, "team-a/file", now())
            .unwrap()
            .is_some()
    );
    let refused = trust.find(&repository, "team-b/file", now());
    assert!(
        matches!(refused, Err(TufError::TooFewSignatures { ref role, .. })
        if role == "release")
    );
    assert_eq!(trust.known("team-b/file"), None);
}

#[test]
fn a_graph_without_end_is_cut_off() {
    let mut repository = Repository::new();
    let names: Vec<String> = (0..100).map(|number| format!("role-{number}")).collect();
    let mut delegator = "targets";
    for name in &names {
        repository.delegate(delegator, name, ANY, false);
        delegator = name;
    }
    repository.publish_all();
    let refused = Screen::new(&repository).find(&repository, "missing");
    assert!(matches!(refused, Err(TufError::TooManyRoles { .. })));
    assert!(repository.asked().len() < 80);
}

#[test]
fn a_role_already_here_is_not_read_again_until_its_version_moves() {
    let mut repository = repository(&[("targets", "unit-a", &["units/a/*"], true)]);
    repository.add_target("unit-a", "units/a/release.json", b"1");
    repository.publish_all();
    let screen = Screen::new(&repository);
    screen.find(&repository, "units/a/release.json").unwrap();
    repository.asked();
    screen.find(&repository, "units/a/release.json").unwrap();
    assert_eq!(repository.asked(), ["2.root.json", "timestamp.json"]);
    let newer = repository.add_target("unit-a", "units/a/release.json", b"2");
    repository.publish(&["unit-a", "snapshot", "timestamp"]);
    assert_eq!(
        screen.find(&repository, "units/a/release.json").unwrap(),
        Some(newer.clone())
    );
    assert_eq!(repository.asked().last().unwrap(), "2.unit-a.json");
    assert_eq!(screen.open().known("units/a/release.json"), Some(newer));
}
