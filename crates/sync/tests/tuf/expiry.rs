//! Freeze attacks and lying clocks.

use motcua_sync::tuf::TufError;

use crate::repository::{Repository, Screen, in_days, now};

fn expired(result: Result<impl std::fmt::Debug, TufError>, role: &str) {
    assert!(
        matches!(result, Err(TufError::Expired { role: ref of, .. }) if of == role),
        "{role}: {result:?}"
    );
}

#[test]
fn an_expired_root_is_kept_but_nothing_after_it_is_read() {
    let mut repository = Repository::new();
    let screen = Screen::fresh(&repository);
    repository.root.expires = in_days(-1);
    repository.publish(&["root", "targets", "snapshot", "timestamp"]);
    expired(screen.refresh(&repository), "root");
    assert_eq!(screen.versions(), [2, 1, 1, 1]);
}

#[test]
fn an_expired_timestamp_is_not_kept() {
    let mut repository = Repository::new();
    let screen = Screen::fresh(&repository);
    repository.timestamp.expires = in_days(-5);
    repository.publish(&["timestamp"]);
    expired(screen.refresh(&repository), "timestamp");
    assert_eq!(screen.versions(), [1, 1, 1, 1]);
}

#[test]
fn an_expired_snapshot_is_not_kept() {
    let mut repository = Repository::new();
    let screen = Screen::fresh(&repository);
    repository.snapshot.expires = in_days(-5);
    repository.publish(&["snapshot", "timestamp"]);
    expired(screen.refresh(&repository), "snapshot");
    assert_eq!(screen.versions(), [1, 2, 1, 1]);
}

#[test]
fn expired_targets_are_not_kept() {
    let mut repository = Repository::new();
    let screen = Screen::fresh(&repository);
    repository.targets.get_mut("targets").unwrap().expires = in_days(-5);
    repository.publish(&["targets", "snapshot", "timestamp"]);
    expired(screen.refresh(&repository), "targets");
    assert_eq!(screen.versions(), [1, 2, 2, 1]);
}

#[test]
fn an_expired_delegated_role_is_not_kept() {
    let mut repository = Repository::new();
    repository.delegate("targets", "unit-a", &["units/a/*"], true);
    repository.add_target("unit-a", "units/a/release.json", b"{}");
    repository.targets.get_mut("unit-a").unwrap().expires = in_days(-1);
    repository.publish_all();
    let screen = Screen::new(&repository);
    expired(screen.find(&repository, "units/a/release.json"), "unit-a");
    assert!(!screen.path("unit-a.json").exists());
}

#[test]
fn metadata_expires_at_the_instant_that_it_says() {
    let repository = Repository::new();
    let screen = Screen::new(&repository);
    expired(screen.refresh_at(&repository, in_days(30)), "root");
    let before = in_days(30) - jiff::SignedDuration::from_secs(1);
    screen.refresh_at(&repository, before).unwrap();
}

#[test]
fn a_screen_whose_root_expired_comes_back_with_the_next_one() {
    let mut repository = Repository::new();
    repository.root.expires = in_days(7);
    repository.publish(&["root"]);
    let screen = Screen::fresh(&repository);
    repository.root.expires = in_days(21);
    repository.publish(&["root"]);
    screen.refresh_at(&repository, in_days(18)).unwrap();
    assert_eq!(screen.versions()[0], 3);
}

#[test]
fn a_screen_whose_timestamp_expired_comes_back_with_the_next_one() {
    let mut repository = Repository::new();
    repository.timestamp.expires = in_days(7);
    repository.publish(&["timestamp"]);
    let screen = Screen::fresh(&repository);
    expired(screen.refresh_at(&repository, in_days(18)), "timestamp");
    repository.timestamp.expires = in_days(21);
    repository.publish(&["targets", "snapshot", "timestamp"]);
    screen.refresh_at(&repository, in_days(18)).unwrap();
    assert_eq!(screen.versions(), [1, 3, 2, 2]);
}

#[test]
fn what_expired_is_still_known() {
    let mut repository = Repository::new();
    repository.delegate("targets", "unit-a", &["units/a/*"], true);
    let release = repository.add_target("unit-a", "units/a/release.json", b"{}");
    repository.publish_all();
    let screen = Screen::new(&repository);
    screen.find(&repository, "units/a/release.json").unwrap();
    expired(screen.refresh_at(&repository, in_days(900)), "root");
    assert_eq!(screen.open().known("units/a/release.json"), Some(release));
}

#[test]
fn a_clock_far_ahead_once_and_right_again_locks_nobody_out() {
    let mut repository = Repository::new();
    let screen = Screen::fresh(&repository);
    let before = screen.files();
    for years in [1, 30, 1000] {
        expired(screen.refresh_at(&repository, in_days(365 * years)), "root");
    }
    assert!(screen.files() == before, "nothing of the clock is kept");
    repository.publish_all();
    screen.refresh_at(&repository, now()).unwrap();
    assert_eq!(screen.versions(), [1, 2, 2, 2]);
}

#[test]
fn a_clock_far_behind_believes_nothing_older() {
    let mut repository = Repository::new();
    let old = repository.files.clone();
    repository.publish_all();
    let screen = Screen::fresh(&repository);
    repository.files = old;
    let refused = screen.refresh_at(&repository, in_days(-9000));
    assert!(matches!(refused, Err(TufError::Rollback { .. })));
}
