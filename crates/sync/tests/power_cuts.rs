//! The disk fills up, the process is killed, the power goes: what opens then is the last good release or the
//! new one, whole, and the next round repairs.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use motcua_sync::fetch::{DownloadError, FetchSettings};
use motcua_sync::identity::Identity;
use motcua_sync::source::blob_path;
use motcua_sync::store::{Store, sha256};
use motcua_sync::worker::{Origin, Outcome, RoundError, WorkerSettings, sync_once};

use support::author::{Author, noise};
use support::disk::{Ext4, Tmpfs, may_mount};
use support::screen::{Screen, assert_whole, fetch_settings};
use support::server::{Fault, Server};
use support::wait_until;

/// Where a child finds its screen and the author's folder.
const CHILD: &str = "MOTCUA_TEST_CHILD";

/// What a child leaves in its screen's folder when it has done a round.
const READY: &str = "ready";

#[test]
fn the_disk_fills_up_during_a_download() {
    if !may_mount() {
        return;
    }
    let disk = Tmpfs::new(8 * 1024).unwrap();
    let mut author = Author::new();
    let server = Server::start(author.path());
    let folder = tempfile::tempdir_in(disk.path()).unwrap();
    let mut screen = Screen::paired_at(&mut author, &server.address, "ward", folder);
    author.release("ward", &[("a.mp4", noise(1, 2_000_000))]);
    screen.sync_well();

    let film = noise(2, 3_000_000);
    author.release("ward", &[("b.mp4", film.clone())]);
    server.break_it(&blob_path(&sha256(&film)), Fault::Trickle(16 * 1024), 1);
    let part = screen.blob(&film).with_extension("part");
    let report = std::thread::scope(|scope| {
        let round = scope.spawn(|| screen.sync());
        wait_until("the film begins to come", || {
            part.metadata().is_ok_and(|part| part.len() > 0)
        });
        disk.fill_but(0);
        round.join().unwrap()
    });
    let error = report.error.expect("there is no room");
    assert!(
        matches!(&error, RoundError::Fetch(DownloadError::Store(error)) if error.is_full()),
        "{error}"
    );
    assert_eq!(screen.shows(), 1);

    let report = screen.sync();
    assert!(report.error.is_some(), "the disk is full still");
    screen.restart();
    assert_eq!(screen.shows(), 1);

    disk.make_room();
    server.mend();
    screen.sync_well();
    assert_eq!(screen.shows(), 2);
}

#[test]
fn a_release_that_does_not_fit_is_refused_with_the_numbers() {
    if !may_mount() {
        return;
    }
    let disk = Tmpfs::new(8 * 1024).unwrap();
    let mut author = Author::new();
    let folder = tempfile::tempdir_in(disk.path()).unwrap();
    let mut screen = Screen::paired_at(&mut author, "http://127.0.0.1:9", "ward", folder);
    screen.look_into(author.path().to_owned());
    author.release("ward", &[("a.mp4", noise(1, 4_000_000))]);
    screen.sync_well();
    author.release("ward", &[("b.mp4", noise(2, 6_000_000))]);
    let problem = screen.sync().problem().unwrap();
    assert!(problem.contains("needs 6000"), "{problem}");
    assert_eq!(screen.shows(), 1);
    author.release("ward", &[("b.mp4", noise(3, 3_000_000))]);
    screen.sync_well();
    assert_eq!(screen.shows(), 3);
}

/// With every number of free pages from none on, so that each write of a round is once the one that fails.
#[test]
fn the_disk_is_full_at_each_step_of_the_switch() {
    if !may_mount() {
        return;
    }
    let disk = Tmpfs::new(8 * 1024).unwrap();
    let mut author = Author::new();
    let folder = tempfile::tempdir_in(disk.path()).unwrap();
    let mut screen = Screen::paired_at(&mut author, "http://127.0.0.1:9", "ward", folder);
    screen.look_into(author.path().to_owned());
    let files = [("a.mp4", noise(1, 1_000_000))];
    author.release("ward", &files);
    screen.sync_well();
    let mut failures = 0;
    for number in 2..6 {
        author.release("ward", &files);
        let mut free = 0;
        loop {
            disk.fill_but(free * 4);
            let report = screen.sync();
            disk.make_room();
            screen.restart();
            let shown = screen.shows();
            if report.outcome == Outcome::Switched {
                assert_eq!(shown, number);
                break;
            }
            assert!(report.problem().is_some());
            assert!(
                shown == number - 1 || shown == number,
                "{shown} with {free} pages free"
            );
            failures += 1;
            if shown == number {
                break;
            }
            free += 1;
            assert!(free < 64, "{:?}", report.problem());
        }
        screen.sync_well();
        assert_eq!(screen.shows(), number);
    }
    assert!(failures > 8, "the disk was full {failures} times");
}

#[test]
fn the_process_is_killed_at_any_moment() {
    let mut author = Author::new();
    let mut screen = Screen::of_folder(&mut author);
    screen.settings.fetch = tight();
    screen.settings.identity.save(screen.folder.path()).unwrap();
    let mut release = publish(&mut author);
    screen.sync_well();
    let mut taken = 0;
    for _ in 0..times(25, 500) {
        let mut child = child(screen.folder.path(), author.path());
        let before = release;
        await_first_round(&screen);
        for _ in 0..fastrand::u32(1..4) {
            release = publish(&mut author);
            std::thread::sleep(Duration::from_millis(fastrand::u64(0..80)));
        }
        // SIGKILL: nothing of it runs any more.
        child.kill().unwrap();
        child.wait().unwrap();
        screen.restart();
        let shown = screen.shows();
        assert!(
            (before..=release).contains(&shown),
            "{shown} of {before}..={release}"
        );
        taken += u32::from(shown > before);
        screen.sync_well();
        assert_eq!(screen.shows(), release);
    }
    assert!(
        taken > 0,
        "the child never took a release before it was killed"
    );
}

#[test]
fn the_power_is_cut_at_any_moment() {
    if !may_mount() {
        return;
    }
    let disk = Ext4::new(16);
    let mut author = Author::new();
    let folder = tempfile::tempdir_in(disk.path()).unwrap();
    let name = folder.path().file_name().unwrap().to_owned();
    let mut screen = Screen::paired_at(&mut author, "http://127.0.0.1:9", "ward", folder);
    screen.look_into(author.path().to_owned());
    screen.settings.fetch = tight();
    screen.settings.identity.save(screen.folder.path()).unwrap();
    publish(&mut author);
    screen.sync_well();
    let mut shown_before = 1;
    let child = Killed(child(screen.folder.path(), author.path()));
    for _ in 0..times(50, 1000) {
        let latest = publish(&mut author);
        std::thread::sleep(Duration::from_millis(fastrand::u64(0..60)));
        child.signal("-STOP");
        let cut = disk.cut_power();
        child.signal("-CONT");

        let settings = settings_in(&cut.path().join(&name), author.path());
        let held = settings.store.current().expect("a release is current");
        assert_whole(&held);
        let shown = held.release.number;
        assert!(
            (shown_before..=latest).contains(&shown),
            "{shown} of {shown_before}..={latest}"
        );
        shown_before = shown;

        let report = sync_once(&settings).unwrap();
        assert!(report.error.is_none(), "{:#?}", report.sentences());
        let held = settings.store.current().unwrap();
        assert_whole(&held);
        assert_eq!(held.release.number, latest);
    }
    assert!(shown_before > 1, "the child never took a release");
}

/// Not a test of its own: what a child of the two above does until it is killed.
#[test]
fn child_that_does_rounds() {
    let Some(folders) = std::env::var_os(CHILD) else {
        return;
    };
    let folders = folders.into_string().unwrap();
    let (screen, author) = folders.split_once('|').unwrap();
    let settings = settings_in(Path::new(screen), Path::new(author));
    loop {
        let _ = sync_once(&settings);
        let _ = std::fs::write(Path::new(screen).join(READY), "");
        if let Some(held) = settings.store.current() {
            let _ = settings.store.played(held.hash());
        }
    }
}

/// A child that is gone at the end, also of a test that failed.
struct Killed(Child);

impl Killed {
    fn signal(&self, signal: &str) {
        let pid = self.0.id().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &pid])
                .status()
                .unwrap()
                .success()
        );
        if signal == "-STOP" {
            let state = format!("/proc/{pid}/stat");
            wait_until("the child stands still", || {
                std::fs::read_to_string(&state)
                    .unwrap()
                    .rsplit(") ")
                    .next()
                    .unwrap()
                    .starts_with('T')
            });
        }
    }
}

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn child(screen: &Path, author: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child_that_does_rounds", "--nocapture"])
        .env(CHILD, format!("{}|{}", screen.display(), author.display()))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// However busy the machine is, the child is killed at work and not before it begins.
fn await_first_round(screen: &Screen) {
    let ready = screen.folder.path().join(READY);
    wait_until("the child is at work", || ready.exists());
    std::fs::remove_file(ready).unwrap();
}

fn settings_in(screen: &Path, author: &Path) -> WorkerSettings {
    let identity = Identity::load(screen).unwrap().unwrap();
    let store = Store::open(&screen.join("store")).unwrap();
    let mut settings = WorkerSettings::new(Arc::new(identity), screen.join("trust"), store);
    settings.origin = Origin::Folder(author.to_owned());
    settings.fetch = tight();
    settings
}

/// Room for the release that counts, the one before and the next, so that each round fetches and removes.
fn tight() -> FetchSettings {
    FetchSettings {
        size_limit: 320_000,
        ..fetch_settings()
    }
}

/// The next release: one of four sets of files in turn.
fn publish(author: &mut Author) -> u64 {
    let turn = author.turn();
    let files = [
        ("a.png", noise(100 + turn, 30_000)),
        ("b.png", noise(200 + turn, 40_000)),
        ("c.mp4", noise(300 + turn, 30_000)),
    ];
    author.release("ward", &files).number
}

fn times(usual: u32, long: u32) -> u32 {
    if std::env::var_os("MOTCUA_LONG").is_some_and(|long| long == "1") {
        long
    } else {
        usual
    }
}
