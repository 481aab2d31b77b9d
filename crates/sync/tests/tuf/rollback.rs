//! Versions never go back, unless a root says that they were pushed up by a thief.

use motcua_sync::tuf::TufError;
use motcua_sync::tuf::metadata::{Snapshot, TopRole};

use crate::repository::{Repository, Screen, in_days, new_key};

fn rolled_back(result: Result<impl std::fmt::Debug, TufError>, role: &str) {
    assert!(
        matches!(result, Err(TufError::Rollback { role: ref of, .. }) if of == role),
        "{role}: {result:?}"
    );
}

#[test]
fn a_timestamp_does_not_go_back() {
    let mut repository = Repository::new();
    repository.publish(&["timestamp"]);
    let screen = Screen::fresh(&repository);
    repository.timestamp.version = 0;
    repository.publish(&["timestamp"]);
    rolled_back(screen.refresh(&repository), "timestamp");
    assert_eq!(screen.versions(), [1, 2, 1, 1]);
    assert_eq!(repository.asked(), ["2.root.json", "timestamp.json"]);
}

#[test]
fn a_snapshot_does_not_go_back() {
    for with_hashes in [false, true] {
        let mut repository = Repository::new();
        repository.with_hashes = with_hashes;
        repository.publish(&["snapshot", "timestamp"]);
        let screen = Screen::fresh(&repository);
        repository.snapshot.version = 0;
        repository.publish(&["snapshot", "timestamp"]);
        rolled_back(screen.refresh(&repository), "snapshot");
        assert_eq!(screen.versions(), [1, 2, 2, 1]);
        assert_eq!(repository.asked(), ["2.root.json", "timestamp.json"]);
    }
}

#[test]
fn targets_do_not_go_back() {
    for with_hashes in [false, true] {
        let mut repository = Repository::new();
        repository.with_hashes = with_hashes;
        repository.publish(&["targets", "snapshot", "timestamp"]);
        let screen = Screen::fresh(&repository);
        repository.targets.get_mut("targets").unwrap().version = 0;
        repository.publish(&["targets", "snapshot", "timestamp"]);
        rolled_back(screen.refresh(&repository), "targets");
        assert_eq!(screen.versions(), [1, 3, 2, 2]);
    }
}

#[test]
fn a_delegated_role_does_not_go_back_even_if_it_was_never_read() {
    let mut repository = Repository::new();
    repository.delegate("targets", "unit-a", &["units/a/*"], true);
    repository.publish_all();
    repository.publish_all();
    let screen = Screen::fresh(&repository);
    repository.targets.get_mut("unit-a").unwrap().version = 0;
    repository.publish(&["unit-a", "snapshot", "timestamp"]);
    rolled_back(screen.refresh(&repository), "unit-a");
}

#[test]
fn a_role_that_was_listed_stays_listed() {
    let mut repository = Repository::new();
    repository.delegate("targets", "unit-a", &["units/a/*"], true);
    repository.publish_all();
    let screen = Screen::fresh(&repository);
    repository.snapshot.meta.remove("unit-a.json");
    repository.publish(&["snapshot", "timestamp"]);
    let refused = screen.refresh(&repository);
    assert!(matches!(refused, Err(TufError::RoleRemoved { ref role }) if role == "unit-a"));
    assert_eq!(screen.versions()[2], 2);
}

#[test]
fn a_server_restored_from_an_old_copy_is_refused_until_it_catches_up() {
    let mut repository = Repository::new();
    let old = repository.files.clone();
    repository.publish_all();
    let screen = Screen::fresh(&repository);
    let new = std::mem::replace(&mut repository.files, old);
    rolled_back(screen.refresh(&repository), "timestamp");
    repository.files = new;
    screen.refresh(&repository).unwrap();
}

#[test]
fn files_of_different_publications_do_not_mix() {
    let mut repository = Repository::new();
    repository.delegate("targets", "unit-a", &["units/a/*"], true);
    repository.add_target("unit-a", "units/a/release.json", b"1");
    repository.publish_all();
    let old = repository.files.clone();
    repository.add_target("unit-a", "units/a/release.json", b"2");
    repository.publish_all();
    for file in ["snapshot", "targets", "unit-a"] {
        let from = old.keys().rfind(|name| name.contains(file)).unwrap();
        let to = repository
            .files
            .keys()
            .rfind(|name| name.contains(file))
            .unwrap()
            .clone();
        let right = repository
            .files
            .insert(to.clone(), old[from].clone())
            .unwrap();
        let refused = Screen::new(&repository).find(&repository, "units/a/release.json");
        assert!(
            matches!(refused, Err(TufError::WrongVersion { .. })),
            "{file}: {refused:?}"
        );
        repository.files.insert(to, right);
    }
}

#[test]
fn a_timestamp_pushed_up_by_a_thief_is_forgotten_with_its_key() {
    let mut repository = Repository::new();
    repository.timestamp.version = 99;
    repository.publish(&["timestamp"]);
    let screen = Screen::fresh(&repository);
    repository.rotate(TopRole::Timestamp);
    repository.timestamp.version = 0;
    repository.publish(&["root", "timestamp"]);
    screen.refresh(&repository).unwrap();
    assert_eq!(screen.versions(), [2, 1, 1, 1]);
}

#[test]
fn a_snapshot_pushed_up_by_a_thief_is_forgotten_with_the_keys() {
    let mut repository = Repository::new();
    repository.snapshot.version = 99;
    repository.publish(&["snapshot", "timestamp"]);
    let screen = Screen::fresh(&repository);
    assert_eq!(screen.versions()[2], 100);
    repository.rotate(TopRole::Snapshot);
    repository.rotate(TopRole::Timestamp);
    repository.snapshot.version = 0;
    repository.publish(&["root", "targets", "snapshot", "timestamp"]);
    screen.refresh(&repository).unwrap();
    assert_eq!(screen.versions(), [2, 3, 1, 2]);
}

#[test]
fn targets_pushed_up_and_roles_put_in_by_a_thief_are_forgotten_with_the_snapshot_key() {
    let mut repository = Repository::new();
    repository.delegate("targets", "unit-x", &["units/x/*"], true);
    repository.targets.get_mut("targets").unwrap().version = 99;
    repository.publish_all();
    let screen = Screen::fresh(&repository);
    assert_eq!(screen.versions()[3], 100);
    repository.rotate(TopRole::Snapshot);
    repository.targets.get_mut("targets").unwrap().version = 0;
    repository.snapshot.meta.remove("unit-x.json");
    repository.publish(&["root", "targets", "snapshot", "timestamp"]);
    screen.refresh(&repository).unwrap();
    assert_eq!(screen.versions(), [2, 3, 3, 1]);
}

#[test]
fn a_timestamp_that_promised_a_snapshot_that_never_came_is_recovered() {
    let mut repository = Repository::new();
    let screen = Screen::fresh(&repository);
    let snapshot = Snapshot::new(1, in_days(30));
    repository.snapshot.version = 999_999;
    repository.publish(&["snapshot", "timestamp"]);
    repository.files.remove("1000000.snapshot.json");
    assert!(matches!(
        screen.refresh(&repository),
        Err(TufError::Missing { .. })
    ));
    repository.rotate(TopRole::Timestamp);
    repository.snapshot.version = snapshot.version;
    repository.publish(&["root", "snapshot", "timestamp"]);
    screen.refresh(&repository).unwrap();
    assert_eq!(screen.versions()[2], 2);
}

#[test]
fn another_timestamp_key_beside_the_old_one_forgets_nothing() {
    let mut repository = Repository::new();
    repository.publish_all();
    let screen = Screen::fresh(&repository);
    let old = repository.signers["timestamp"][0].clone();
    repository.set_keys(TopRole::Timestamp, vec![old, new_key()], 2);
    repository.timestamp.version = 0;
    repository.publish(&["root", "timestamp"]);
    rolled_back(screen.refresh(&repository), "timestamp");
}

#[test]
fn the_loss_of_the_timestamp_key_alone_does_not_let_targets_go_back() {
    let mut repository = Repository::new();
    repository.publish_all();
    let screen = Screen::fresh(&repository);
    repository.rotate(TopRole::Timestamp);
    repository.targets.get_mut("targets").unwrap().version = 0;
    repository.publish(&["root", "targets", "snapshot", "timestamp"]);
    rolled_back(screen.refresh(&repository), "targets");
}
