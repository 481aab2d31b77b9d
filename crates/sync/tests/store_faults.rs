//! The store on a disk that rots: what opens is the last good release or an earlier one, and never a lie.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::fs;
use std::path::Path;

use motcua_show::release::ReleasePath;
use motcua_sync::store::{Checked, ReadError, Scrub, Store, StoreError};
use motcua_sync::worker::{Did, Outcome};

use support::author::{Author, noise};
use support::screen::Screen;

fn path(written: &str) -> ReleasePath {
    written.parse().unwrap()
}

/// A screen that had release 1 on display and has taken release 2 since.
fn with_two_releases() -> (Author, Screen) {
    let mut author = Author::new();
    let screen = Screen::of_folder(&mut author);
    author.release(
        "ward",
        &[
            ("media/a.png", noise(1, 20_000)),
            ("media/same.png", noise(9, 20_000)),
        ],
    );
    screen.sync_well();
    screen
        .store()
        .played(screen.store().current().unwrap().hash())
        .unwrap();
    author.release(
        "ward",
        &[
            ("media/b.png", noise(2, 20_000)),
            ("media/same.png", noise(9, 20_000)),
        ],
    );
    screen.sync_well();
    (author, screen)
}

fn flip(file: &Path) {
    let mut bytes = fs::read(file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(file, bytes).unwrap();
}

#[test]
fn a_store_that_never_had_a_release_has_none() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("new")).unwrap();
    assert!(store.current().is_none());
}

#[test]
fn nothing_lies_there_but_hashes() {
    let (_author, screen) = with_two_releases();
    let mut folders = vec![screen.store().root().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            } else {
                let is_own = ["current", "previous", "lock"].contains(&name.as_str());
                let is_hash =
                    name.len() == 64 && name.bytes().all(|digit| digit.is_ascii_hexdigit());
                assert!(is_own || is_hash, "{name}");
            }
        }
    }
}

#[test]
fn an_unreadable_pointer_leads_to_an_earlier_release_and_the_next_round_repairs() {
    type Damage = fn(&Path);
    let damages: [(&str, Damage); 4] = [
        ("empty", |pointer| fs::write(pointer, "").unwrap()),
        ("gone", |pointer| fs::remove_file(pointer).unwrap()),
        ("nonsense", |pointer| {
            fs::write(pointer, [0xff; 65]).unwrap()
        }),
        ("of nothing", |pointer| {
            fs::write(pointer, "0".repeat(64)).unwrap()
        }),
    ];
    for (what, damage) in damages {
        let (_author, mut screen) = with_two_releases();
        damage(&screen.store().root().join("current"));
        screen.restart();
        assert_eq!(screen.shows(), 1, "{what}: the one before");
        assert_eq!(screen.sync_well().outcome, Outcome::Switched);
        assert_eq!(screen.shows(), 2, "{what}");
    }
}

#[test]
fn a_damaged_release_document_leads_to_an_earlier_release() {
    let (_author, mut screen) = with_two_releases();
    let hash = screen.store().current().unwrap().hash().clone();
    flip(&screen.store().root().join("releases").join(hash.as_str()));
    screen.restart();
    assert_eq!(screen.shows(), 1);
    screen.sync_well();
    assert_eq!(screen.shows(), 2);
}

#[test]
fn without_any_pointer_the_latest_whole_release_is_found() {
    let (_author, mut screen) = with_two_releases();
    let root = screen.store().root().to_owned();
    fs::remove_file(root.join("current")).unwrap();
    fs::write(root.join("previous"), "?").unwrap();
    screen.restart();
    assert_eq!(screen.shows(), 2);

    fs::remove_file(screen.blob(&noise(2, 20_000))).unwrap();
    fs::write(root.join("current"), "?").unwrap();
    screen.restart();
    assert_eq!(
        screen.shows(),
        1,
        "one that is whole comes before a later one that is not"
    );
}

#[test]
fn with_everything_gone_the_store_opens_empty_and_fills_again() {
    let (_author, mut screen) = with_two_releases();
    fs::remove_dir_all(screen.store().root()).unwrap();
    screen.restart();
    assert!(screen.store().current().is_none());
    screen.sync_well();
    assert_eq!(screen.shows(), 2);
}

#[test]
fn a_missing_file_is_off_screen_until_it_was_fetched_again() {
    let (_author, mut screen) = with_two_releases();
    fs::remove_file(screen.blob(&noise(2, 20_000))).unwrap();
    screen.restart();
    let held = screen.store().current().unwrap();
    assert_eq!(held.release.number, 2);
    assert_eq!(held.damaged(), [path("media/b.png")]);
    assert!(held.path_of(&path("media/b.png")).is_none());
    assert!(held.path_of(&path("media/same.png")).is_some());

    let report = screen.sync_well();
    assert!(
        report.did.contains(&Did::Repaired { files: 1 }),
        "{:?}",
        report.did
    );
    assert!(
        held.damaged().is_empty(),
        "whoever holds the release sees it at once"
    );
    assert_eq!(screen.shows(), 2);
}

#[test]
fn a_flipped_bit_is_found_when_the_file_is_read() {
    let (_author, mut screen) = with_two_releases();
    flip(&screen.blob(&noise(2, 20_000)));
    let held = screen.store().current().unwrap();
    assert!(matches!(
        held.read(&path("media/b.png")),
        Err(ReadError::Damaged { .. })
    ));
    assert!(held.path_of(&path("media/b.png")).is_none());
    assert!(matches!(
        held.read(&path("media/other.png")),
        Err(ReadError::NotInRelease { .. })
    ));
    screen.restart();
    let held = screen.store().current().unwrap();
    assert!(
        held.path_of(&path("media/b.png")).is_none(),
        "it is not taken for good after a restart"
    );
    screen.sync_well();
    assert_eq!(screen.shows(), 2);
}

#[test]
fn the_slow_check_finds_a_flipped_bit() {
    let (_author, screen) = with_two_releases();
    let store = screen.store().clone();
    let mut scrub = Scrub::new(store.clone());
    while scrub.slice(7_000) != Checked::All {}
    assert!(store.current().unwrap().damaged().is_empty());

    flip(&screen.blob(&noise(9, 20_000)));
    let mut found = Vec::new();
    loop {
        match scrub.slice(7_000) {
            Checked::Good => {}
            Checked::Damaged(hash) => found.push(hash),
            Checked::All => break,
        }
    }
    assert_eq!(found.len(), 1);
    let held = store.current().unwrap();
    assert_eq!(held.files_of(&found[0]), [path("media/same.png")]);
    assert!(held.path_of(&path("media/same.png")).is_none());
    screen.sync_well();
    assert_eq!(screen.shows(), 2);
}

#[test]
fn a_release_that_lacks_a_file_does_not_become_current() {
    let (mut author, screen) = with_two_releases();
    let release = author.release("ward", &[("media/new.png", noise(3, 100))]);
    let document = serde_json::to_vec(&release).unwrap();
    let error = screen.store().switch(&document, release).unwrap_err();
    assert!(matches!(error, StoreError::NotWhole(_)), "{error}");
    assert_eq!(screen.shows(), 2);
}

#[test]
fn the_release_before_stays_until_the_new_one_was_on_screen() {
    let (mut author, mut screen) = with_two_releases();
    let first = screen.blob(&noise(1, 20_000));
    // Room for two releases and a half.
    screen.settings.fetch.size_limit = 90_000;
    author.release("ward", &[("media/c.png", noise(3, 40_000))]);
    assert!(
        screen.sync().error.is_some(),
        "release 1 may be needed still, 2 is current"
    );
    assert!(first.exists());

    screen
        .store()
        .played(screen.store().current().unwrap().hash())
        .unwrap();
    screen.sync_well();
    assert_eq!(screen.shows(), 3);
    assert!(!first.exists(), "what came first went first");
    let mut before = fs::read_to_string(screen.store().root().join("previous")).unwrap();
    before.truncate(64);
    assert!(screen.store().root().join("releases").join(before).exists());
}

#[test]
fn what_somebody_holds_is_not_collected() {
    let (mut author, mut screen) = with_two_releases();
    let held = screen.store().current().unwrap();
    screen.store().played(held.hash()).unwrap();
    author.release("ward", &[("media/c.png", noise(3, 40_000))]);
    screen.sync_well();
    screen
        .store()
        .played(screen.store().current().unwrap().hash())
        .unwrap();
    screen.settings.fetch.size_limit = 90_000;
    author.release("ward", &[("media/d.png", noise(4, 40_000))]);
    assert!(
        screen.sync().error.is_some(),
        "the player shows release 2 still"
    );
    held.read(&path("media/b.png")).unwrap();

    drop(held);
    screen.sync_well();
    assert_eq!(screen.shows(), 4);
}

#[test]
fn a_second_process_waits_its_turn() {
    let (_author, screen) = with_two_releases();
    let lock = screen.store().lock().unwrap().unwrap();
    let problem = screen.sync().problem().unwrap();
    assert!(problem.contains("another motcua"), "{problem}");
    drop(lock);
    screen.sync_well();
}

#[test]
fn what_another_process_took_is_seen() {
    let (mut author, screen) = with_two_releases();
    let watcher = Store::open(screen.store().root()).unwrap();
    author.release("ward", &[]);
    screen.sync_well();
    watcher.reload();
    assert_eq!(watcher.current().unwrap().release.number, 3);
}

#[test]
fn files_below_a_folder_are_listed() {
    let (mut author, screen) = with_two_releases();
    let one = |name| (name, b"x".to_vec());
    author.release(
        "ward",
        &[
            one("procedures/1.toml"),
            one("procedures/a/2.toml"),
            one("procedures-old/3.toml"),
        ],
    );
    screen.sync_well();
    let held = screen.store().current().unwrap();
    let below: Vec<&str> = held
        .files_below("procedures/")
        .map(ReleasePath::as_str)
        .collect();
    assert_eq!(below, ["procedures/1.toml", "procedures/a/2.toml"]);
    assert_eq!(held.files_below("").count(), 4);
}
