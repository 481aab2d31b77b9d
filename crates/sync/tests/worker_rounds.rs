//! What a screen takes and what it refuses.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::fs;
use std::path::Path;

use jiff::{Timestamp, ToSpan as _};
use motcua_sync::tuf::TufError;
use motcua_sync::worker::{Clock, Did, Outcome, RoundError};

use support::author::{Author, noise};
use support::screen::Screen;
use support::server::Server;

/// A screen that shows release 1 of its ward from the author's folder.
fn showing_one() -> (Author, Screen) {
    let mut author = Author::new();
    let screen = Screen::of_folder(&mut author);
    author.release("ward", &[("media/a.png", noise(1, 20_000))]);
    screen.sync_well();
    (author, screen)
}

#[test]
fn the_show_of_the_nearest_unit_counts() {
    let mut author = Author::new();
    let screen = Screen::of_folder(&mut author);
    assert_eq!(screen.sync_well().outcome, Outcome::NothingForScreen);
    author.release("city", &[("media/city.png", noise(1, 100))]);
    screen.sync_well();
    assert_eq!(
        screen.store().current().unwrap().release.unit.as_str(),
        "city"
    );
    author.release("ward", &[("media/ward.png", noise(2, 100))]);
    screen.sync_well();
    assert_eq!(
        screen.store().current().unwrap().release.unit.as_str(),
        "ward"
    );
    author.release("city", &[("media/city.png", noise(3, 100))]);
    assert_eq!(
        screen.sync_well().outcome,
        Outcome::UpToDate,
        "the ward's own is nearer"
    );
}

#[test]
fn a_screen_that_is_given_to_another_unit_follows() {
    let (mut author, screen) = showing_one();
    author.release("city", &[("media/city.png", noise(2, 100))]);
    author.assign(&screen.settings.identity.screen, "city");
    assert_eq!(screen.sync_well().outcome, Outcome::Switched);
    assert_eq!(
        screen.store().current().unwrap().release.unit.as_str(),
        "city"
    );
}

#[test]
fn a_screen_without_a_unit_keeps_what_it_shows() {
    let (mut author, screen) = showing_one();
    author.assign(&screen.settings.identity.screen, "nowhere");
    let report = screen.sync_well();
    assert_eq!(report.outcome, Outcome::NothingForScreen);
    assert!(
        report
            .sentences()
            .iter()
            .any(|said| said.contains("nowhere")),
        "{:?}",
        report.sentences()
    );
    assert_eq!(screen.shows(), 1);
}

#[test]
fn replayed_metadata_and_a_server_restored_from_an_old_copy_are_refused() {
    let (mut author, screen) = showing_one();
    let old = author.copy();
    author.release("ward", &[("media/b.png", noise(2, 20_000))]);
    screen.sync_well();
    assert_eq!(screen.shows(), 2);
    author.restore(&old);
    let error = screen.sync().error.unwrap();
    assert!(
        matches!(
            error,
            RoundError::Stranger {
                cause: TufError::Rollback { .. },
                ..
            }
        ),
        "{error}"
    );
    assert_eq!(screen.shows(), 2);

    author.release("ward", &[("media/c.png", noise(3, 20_000))]);
    screen.sync_well();
    assert_eq!(screen.shows(), 3, "the author published beyond it");
}

#[test]
fn a_server_restored_from_an_old_copy_is_named_as_such() {
    let mut author = Author::new();
    let server = Server::start(author.path());
    let screen = Screen::paired(&mut author, &server.address);
    author.release("ward", &[("media/a.png", noise(1, 20_000))]);
    let old = author.copy();
    author.release("ward", &[("media/b.png", noise(2, 20_000))]);
    screen.sync_well();
    author.restore(&old);
    let report = screen.sync();
    assert!(matches!(
        report.error,
        Some(RoundError::Trust(TufError::Rollback { .. }))
    ));
    assert!(
        report.trusted.values().max() > Some(&1),
        "the heartbeat says what is trusted: {:?}",
        report.trusted
    );
    assert_eq!(screen.shows(), 2);
}

#[test]
fn metadata_of_two_moments_is_not_mixed() {
    let (mut author, screen) = showing_one();
    let old = author.copy();
    author.release("ward", &[("media/b.png", noise(2, 20_000))]);
    // The newest files under the names of older ones, and the other way round.
    let metadata = author.path().join("metadata");
    let latest = |role: &str| {
        let mut names: Vec<u64> = fs::read_dir(&metadata)
            .unwrap()
            .filter_map(|entry| {
                entry
                    .unwrap()
                    .file_name()
                    .into_string()
                    .ok()?
                    .strip_suffix(role)?
                    .parse()
                    .ok()
            })
            .collect();
        names.sort_unstable();
        format!("{}{role}", names.last().unwrap())
    };
    for role in [".snapshot.json", ".targets.json", ".unit-ward.json"] {
        let name = latest(role);
        let kept = fs::read(metadata.join(&name)).unwrap();
        let older = old.path().join("metadata");
        let (number, _) = name.split_once('.').unwrap();
        let before = format!("{}{role}", number.parse::<u64>().unwrap() - 1);
        fs::copy(older.join(before), metadata.join(&name)).unwrap();
        assert!(screen.sync().error.is_some(), "{role}");
        assert_eq!(screen.shows(), 1, "{role}");
        fs::write(metadata.join(&name), kept).unwrap();
    }
    screen.sync_well();
    assert_eq!(screen.shows(), 2);
}

#[test]
fn expired_metadata_stops_updates_and_blanks_nothing() {
    let (mut author, mut screen) = showing_one();
    author.release("ward", &[("media/b.png", noise(2, 20_000))]);
    let late = author.expires + 1.hours();
    screen.settings.clock = Clock::new(move || late);
    let error = screen.sync().error.unwrap();
    assert!(error.is_expired(), "{error}");
    assert_eq!(screen.shows(), 1);

    fs::remove_file(screen.blob(&noise(1, 20_000))).unwrap();
    screen.restart();
    let report = screen.sync();
    assert!(
        report.did.contains(&Did::Repaired { files: 1 }),
        "what is on screen is mended even then"
    );
    assert_eq!(screen.shows(), 1);

    screen.settings.clock = Clock::default();
    screen.sync_well();
    assert_eq!(
        screen.shows(),
        2,
        "a clock that was far ahead once locks nobody out"
    );
}

#[test]
fn a_clock_before_the_last_release_is_not_believed() {
    let mut author = Author::new();
    author.signs_at = Timestamp::now();
    let mut screen = Screen::of_folder(&mut author);
    author.release("ward", &[]);
    screen.sync_well();
    // The metadata runs out after the release was signed, and the machine wakes up in 1970.
    author.expires = author.signs_at - 1.minutes();
    author.release("ward", &[]);
    screen.settings.clock = Clock::new(|| Timestamp::UNIX_EPOCH);
    let error = screen.sync().error.unwrap();
    assert!(error.is_expired(), "{error}");
    author.expires = author.signs_at + 240.hours();
    author.publish();
    screen.sync_well();
    assert_eq!(screen.shows(), 2);
}

#[test]
fn a_strangers_folder_is_refused_with_a_sentence() {
    let (_author, mut screen) = showing_one();
    let mut stranger = Author::new();
    stranger.assign(&screen.settings.identity.screen, "ward");
    for _ in 0..9 {
        stranger.release("ward", &[("media/evil.png", noise(6, 100))]);
    }
    screen.look_into(stranger.path().to_owned());
    let problem = screen.sync().problem().unwrap();
    assert!(
        problem.contains("does not hold what this screen may show"),
        "{problem}"
    );
    assert_eq!(screen.shows(), 1);
    screen.look_into(Path::new("/no/such/stick").to_owned());
    let problem = screen.sync().problem().unwrap();
    assert!(problem.contains("/no/such/stick"), "{problem}");
    assert_eq!(screen.shows(), 1);
}

#[test]
fn a_stick_of_the_own_server_is_taken_and_a_changed_one_is_not() {
    let (mut author, mut screen) = showing_one();
    author.release("ward", &[("media/b.png", noise(2, 20_000))]);
    let stick = author.copy();
    let blob = stick.path().join(
        author
            .blob(&noise(2, 20_000))
            .strip_prefix(author.path())
            .unwrap(),
    );
    let mut bytes = fs::read(&blob).unwrap();
    bytes[5] ^= 1;
    fs::write(&blob, &bytes).unwrap();
    screen.look_into(stick.path().to_owned());
    assert!(screen.sync().error.is_some());
    assert_eq!(screen.shows(), 1);
    bytes[5] ^= 1;
    fs::write(&blob, &bytes).unwrap();
    screen.sync_well();
    assert_eq!(screen.shows(), 2);
}

#[test]
fn a_pipe_on_a_stick_keeps_nobody_waiting() {
    let (mut author, screen) = showing_one();
    let film = noise(2, 20_000);
    author.release("ward", &[("film.mp4", film.clone())]);
    let blob = author.blob(&film);
    fs::remove_file(&blob).unwrap();
    let made = std::process::Command::new("mkfifo").arg(&blob).status();
    assert!(made.unwrap().success());
    assert!(screen.sync().error.is_some());
    assert_eq!(screen.shows(), 1);
}
