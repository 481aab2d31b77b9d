//! What a refresh reads, believes and keeps when all is well, and when a file is not.

use motcua_sync::tuf::metadata::{MetaFile, TopRole};
use motcua_sync::tuf::{FetchError, MetadataSource, Refreshed, Trust, TufError};

use crate::repository::{Repository, Screen, memory_folder, new_key, now};

#[test]
fn a_first_refresh_asks_for_each_role_once_in_order() {
    let repository = Repository::new();
    let screen = Screen::new(&repository);
    assert_eq!(screen.refresh(&repository).unwrap(), Refreshed::Changed);
    let expected = [
        "2.root.json",
        "timestamp.json",
        "1.snapshot.json",
        "1.targets.json",
    ];
    assert_eq!(repository.asked(), expected);
    assert_eq!(screen.versions(), [1, 1, 1, 1]);
}

#[test]
fn a_second_refresh_asks_only_for_what_may_be_newer() {
    let repository = Repository::new();
    let screen = Screen::fresh(&repository);
    let before = screen.files();
    assert_eq!(screen.refresh(&repository).unwrap(), Refreshed::Unchanged);
    assert_eq!(repository.asked(), ["2.root.json", "timestamp.json"]);
    assert!(screen.files() == before, "a steady state writes nothing");
}

#[test]
fn metadata_is_kept_byte_for_byte_as_it_came() {
    let mut repository = Repository::new();
    for file in ["timestamp.json", "1.snapshot.json", "1.targets.json"] {
        repository
            .files
            .get_mut(file)
            .unwrap()
            .extend_from_slice(b"  \n ");
    }
    let screen = Screen::fresh(&repository);
    for role in ["timestamp", "snapshot", "targets"] {
        let kept = &screen.files()[&format!("{role}.json")];
        assert_eq!(
            kept,
            &repository.files[&Repository::file(role, 1)],
            "{role}"
        );
    }
}

#[test]
fn a_root_that_is_not_metadata_is_never_trusted() {
    let repository = Repository::new();
    let good = String::from_utf8(repository.files["1.root.json"].clone()).unwrap();
    let bad = [
        String::new(),
        "<html>Please log in</html>".to_owned(),
        good.replace("\"version\":1,", ""),
        good.replace("\"version\":1,", "\"version\":2,"),
        good.replace("\"_type\":\"root\"", "\"_type\":\"targets\""),
        good.replace("\"spec_version\":\"1.", "\"spec_version\":\"2."),
        good.replace("\"sig\":\"", "\"sig\":\"00"),
        good.replace("\"threshold\":1", "\"threshold\":0"),
    ];
    for root in bad {
        let folder = memory_folder();
        assert!(
            Trust::init(folder.path(), root.as_bytes()).is_err(),
            "{root}"
        );
        assert!(matches!(
            Trust::open(folder.path()),
            Err(TufError::Unreadable { .. })
        ));
    }
}

#[test]
fn a_trust_is_never_replaced_in_place() {
    let (repository, stranger) = (Repository::new(), Repository::new());
    let screen = Screen::fresh(&repository);
    let before = screen.files();
    let again = Trust::init(screen.folder.path(), &stranger.files["1.root.json"]);
    assert!(matches!(again, Err(TufError::AlreadyInitialised { .. })));
    assert!(screen.files() == before);
}

#[test]
fn the_repository_of_a_stranger_is_refused() {
    let (repository, mut stranger) = (Repository::new(), Repository::new());
    let screen = Screen::fresh(&repository);
    for _ in 0..5 {
        stranger.publish_all();
    }
    let refused = screen.refresh(&stranger);
    assert!(
        matches!(refused, Err(TufError::TooFewSignatures { ref role, .. })
        if role == "timestamp")
    );
    stranger.publish(&["root"]);
    let refused = screen.refresh(&stranger);
    assert!(matches!(refused, Err(TufError::TooFewSignatures { ref role, .. }) if role == "root"));
    assert_eq!(screen.versions(), [1, 1, 1, 1]);
}

/// The role, and what is kept when its new version carries no valid signature.
#[test]
fn each_role_must_be_signed_and_those_before_it_are_kept() {
    let cases = [
        ("root", [1, 0, 0, 0]),
        ("timestamp", [2, 0, 0, 0]),
        ("snapshot", [2, 2, 0, 0]),
        ("targets", [2, 2, 2, 0]),
    ];
    for (role, kept) in cases {
        let mut repository = Repository::new();
        repository.signers.insert(role.to_owned(), vec![new_key()]);
        repository.publish(&["root", "targets", "snapshot", "timestamp"]);
        let screen = Screen::new(&repository);
        let refused = screen.refresh(&repository);
        assert!(
            matches!(refused, Err(TufError::TooFewSignatures { role: ref of, .. })
            if of == role),
            "{role}: {refused:?}"
        );
        assert_eq!(screen.versions(), kept, "{role}");
    }
}

#[test]
fn a_file_must_hold_the_version_that_its_name_says() {
    let cases = [
        ("root", [1, 0, 0, 0]),
        ("snapshot", [1, 1, 0, 0]),
        ("targets", [1, 1, 1, 0]),
    ];
    for (role, kept) in cases {
        let mut repository = Repository::new();
        repository.publish(&[role, role]);
        // The first root is what the screen was given; its own version is never in doubt.
        let named = if role == "root" { 2 } else { 1 };
        let newer = repository.files[&Repository::file(role, named + 1)].clone();
        repository
            .files
            .insert(Repository::file(role, named), newer);
        let screen = Screen::new(&repository);
        let refused = screen.refresh(&repository);
        assert!(
            matches!(refused, Err(TufError::WrongVersion { .. })),
            "{role}: {refused:?}"
        );
        assert_eq!(screen.versions(), kept, "{role}");
    }
}

#[test]
fn a_timestamp_changed_without_a_new_version_is_not_taken() {
    let mut repository = Repository::new();
    let screen = Screen::fresh(&repository);
    let before = screen.files();
    repository.publish(&["snapshot"]);
    repository.publish_as_it_is("timestamp");
    assert_eq!(screen.refresh(&repository).unwrap(), Refreshed::Unchanged);
    assert!(screen.files() == before);
}

#[test]
fn named_hashes_and_lengths_are_checked() {
    let mut repository = Repository::new();
    repository.with_hashes = true;
    repository.publish(&["targets", "snapshot", "timestamp"]);
    let screen = Screen::fresh(&repository);
    assert_eq!(screen.versions(), [1, 2, 2, 2]);

    repository.publish(&["targets", "snapshot", "timestamp"]);
    repository
        .files
        .get_mut("3.targets.json")
        .unwrap()
        .insert(0, b' ');
    assert!(screen.refresh(&repository).is_err());
    assert_eq!(screen.versions(), [1, 3, 3, 2]);

    repository.publish(&["targets", "snapshot", "timestamp"]);
    let snapshot = repository.files.get_mut("4.snapshot.json").unwrap();
    *snapshot.last_mut().unwrap() = b' ';
    let refused = screen.refresh(&repository);
    assert!(matches!(refused, Err(TufError::WrongBytes { ref role }) if role == "snapshot"));
    assert_eq!(screen.versions(), [1, 4, 3, 2]);
}

#[test]
fn a_named_file_that_is_missing_is_an_error() {
    for (role, kept) in [
        ("timestamp", [1, 1, 1, 1]),
        ("snapshot", [1, 2, 1, 1]),
        ("targets", [1, 2, 2, 1]),
    ] {
        let mut repository = Repository::new();
        let screen = Screen::fresh(&repository);
        repository.publish(&["targets", "snapshot", "timestamp"]);
        repository.files.remove(&Repository::file(role, 2));
        let refused = screen.refresh(&repository);
        assert!(matches!(refused, Err(TufError::Missing { .. })), "{role}");
        assert_eq!(screen.versions(), kept, "{role}");
    }
}

#[test]
fn a_snapshot_cannot_stand_in_for_a_timestamp() {
    let mut repository = Repository::new();
    let both = new_key();
    repository.set_keys(TopRole::Timestamp, vec![both.clone()], 1);
    repository.set_keys(TopRole::Snapshot, vec![both], 1);
    let file = MetaFile {
        version: 1,
        length: None,
        hashes: None,
    };
    repository.snapshot = repository.snapshot.clone().with_role("snapshot", file);
    repository.publish(&["root", "snapshot"]);
    let snapshot = repository.files["2.snapshot.json"].clone();
    repository
        .files
        .insert("timestamp.json".to_owned(), snapshot);
    let screen = Screen::new(&repository);
    let refused = screen.refresh(&repository);
    assert!(
        matches!(refused, Err(TufError::Malformed { .. })),
        "{refused:?}"
    );
    assert_eq!(screen.versions(), [2, 0, 0, 0]);
}

#[test]
fn unknown_fields_are_part_of_what_was_signed() {
    let mut repository = Repository::new();
    let mut signed = serde_json::to_value(&repository.timestamp).unwrap();
    signed["x-note"] = serde_json::json!({"z": [1, null], "ä": "ö\n"});
    let key = repository.signers["timestamp"][0].clone();
    let bytes = motcua_sync::tuf::sign_metadata(&signed, &[&key]).unwrap();
    repository
        .files
        .insert("timestamp.json".to_owned(), bytes.clone());
    assert_eq!(Screen::fresh(&repository).versions(), [1, 1, 1, 1]);

    let changed = String::from_utf8(bytes)
        .unwrap()
        .replace("[1,null]", "[2,null]");
    repository
        .files
        .insert("timestamp.json".to_owned(), changed.into_bytes());
    let refused = Screen::new(&repository).refresh(&repository);
    assert!(matches!(refused, Err(TufError::TooFewSignatures { .. })));
}

#[test]
fn a_repository_without_consistent_snapshots_can_be_read() {
    let mut repository = Repository::new();
    repository.root.consistent_snapshot = false;
    repository.publish(&["root"]);
    for role in ["snapshot", "targets"] {
        let bytes = repository.files.remove(&Repository::file(role, 1)).unwrap();
        repository.files.insert(format!("{role}.json"), bytes);
    }
    let screen = Screen::new(&repository);
    screen.refresh(&repository).unwrap();
    assert_eq!(screen.versions(), [2, 1, 1, 1]);
}

/// A captive portal answers everything with a page.
struct Portal;

impl MetadataSource for Portal {
    fn fetch(&self, _: &str, _: u64) -> Result<Option<Vec<u8>>, FetchError> {
        Ok(Some(b"<!doctype html><title>Wi-Fi</title>".to_vec()))
    }
}

/// An endless answer, as a source must report it.
struct Endless {
    repository: Repository,
    role: &'static str,
}

impl MetadataSource for Endless {
    fn fetch(&self, file: &str, max: u64) -> Result<Option<Vec<u8>>, FetchError> {
        if file.contains(self.role) {
            assert!(max <= 16 * 1024 * 1024, "a limit that bounds memory");
            return Err(FetchError::TooLong { max });
        }
        self.repository.fetch(file, max)
    }
}

#[test]
fn a_captive_portal_changes_nothing() {
    let screen = Screen::fresh(&Repository::new());
    let before = screen.files();
    assert!(matches!(
        screen.refresh(&Portal),
        Err(TufError::Malformed { .. })
    ));
    assert!(screen.files() == before);
}

#[test]
fn endless_data_is_cut_off_at_a_limit() {
    for role in ["root", "timestamp", "snapshot", "targets"] {
        let screen = Screen::new(&Repository::new());
        let repository = Repository::new();
        let refused = screen.refresh(&Endless { repository, role });
        assert!(refused.is_err(), "{role}");
    }
    let mut repository = Repository::new();
    repository.with_hashes = true;
    repository.publish(&["targets", "snapshot", "timestamp"]);
    repository
        .files
        .get_mut("2.targets.json")
        .unwrap()
        .extend_from_slice(&[b' '; 4096]);
    let refused = Screen::new(&repository).refresh(&repository);
    assert!(matches!(
        refused,
        Err(TufError::Fetch {
            source: FetchError::TooLong { .. },
            ..
        })
    ));
}

#[test]
fn nothing_is_found_before_the_first_refresh() {
    let repository = Repository::new();
    let mut trust = Screen::new(&repository).open();
    let found = trust.find(&repository, "units.json", now());
    assert!(matches!(found, Err(TufError::NotRefreshed { .. })));
    assert_eq!(trust.known("units.json"), None);
    assert_eq!(repository.asked(), [""; 0]);
}

#[test]
fn nothing_is_searched_in_parts_that_do_not_belong_together() {
    for role in ["snapshot", "targets"] {
        let mut repository = Repository::new();
        let file = repository.add_target("targets", "units.json", b"1");
        repository.publish_all();
        let screen = Screen::fresh(&repository);
        repository.add_target("targets", "units.json", b"2");
        repository.publish_all();
        repository.files.remove(&Repository::file(role, 3));
        assert!(screen.refresh(&repository).is_err());
        let mut trust = screen.open();
        let found = trust.find(&repository, "units.json", now());
        assert!(
            matches!(found, Err(TufError::NotRefreshed { role: ref of }) if of == role),
            "{found:?}"
        );
        assert_eq!(
            trust.known("units.json"),
            Some(file),
            "a screen goes on with this"
        );
    }
}
