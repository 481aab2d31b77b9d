//! The worker that runs: what wakes it, what it tells, what it answers.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::fs;
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use motcua_sync::api::{Command, CommandOrder, CommandResult, Heartbeat};
use motcua_sync::store::Held;
use motcua_sync::worker::{FromWorker, Outcome, ToWorker, Worker};
use ring::signature::{ED25519, UnparsedPublicKey};

use support::author::{Author, noise};
use support::screen::{Screen, assert_whole};
use support::server::{Fault, Server};
use support::wait_until;

/// As often as a screen may ask.
const ALWAYS: usize = 1_000_000;

/// A worker that runs, and what it tells.
struct Running {
    worker: Worker,
    told: Receiver<FromWorker>,
}

impl Running {
    fn start(screen: &Screen) -> Self {
        let (tell, told) = mpsc::channel();
        let worker = Worker::start(screen.settings.clone(), move |message| {
            drop(tell.send(message))
        })
        .unwrap();
        Self { worker, told }
    }

    /// Waits for the next message that is meant.
    fn wait<T>(&self, mut meant: impl FnMut(FromWorker) -> Option<T>) -> T {
        loop {
            let message = self
                .told
                .recv_timeout(Duration::from_secs(60))
                .expect("the worker tells in time");
            if let Some(meant) = meant(message) {
                return meant;
            }
        }
    }

    fn release(&self) -> u64 {
        self.wait(|message| match message {
            FromWorker::Release(held) => {
                assert_whole(&held);
                Some(held.release.number)
            }
            _ => None,
        })
    }

    fn outcome(&self) -> Outcome {
        self.wait(|message| match message {
            FromWorker::Round(report) => Some(report.outcome),
            _ => None,
        })
    }
}

/// A server, and a screen that shows release 1 from it.
fn served() -> (Author, Server, Screen) {
    let mut author = Author::new();
    let server = Server::start(author.path());
    let screen = Screen::paired(&mut author, &server.address);
    author.release("ward", &[("media/a.png", noise(1, 20_000))]);
    screen.sync_well();
    (author, server, screen)
}

#[test]
fn a_push_wakes_the_worker_at_once() {
    let (mut author, server, screen) = served();
    let running = Running::start(&screen);
    assert_eq!(running.outcome(), Outcome::UpToDate);
    wait_until("the screen listens", || server.listeners() == 1);
    // The poll is an hour away.
    author.release("ward", &[("media/b.png", noise(2, 20_000))]);
    server.push("event: look\n\n");
    assert_eq!(running.release(), 2);
    running.worker.stop();
}

#[test]
fn without_pushes_the_poll_finds_it() {
    let (mut author, server, mut screen) = served();
    server.break_it("/events", Fault::Status(503), ALWAYS);
    screen.settings.poll = Duration::from_millis(50);
    let running = Running::start(&screen);
    assert_eq!(running.outcome(), Outcome::UpToDate);
    author.release("ward", &[("media/b.png", noise(2, 20_000))]);
    assert_eq!(running.release(), 2);
    running.worker.stop();
}

#[test]
fn the_server_goes_away_and_comes_back() {
    let (mut author, server, mut screen) = served();
    screen.settings.poll = Duration::from_millis(100);
    server.break_it("/", Fault::HangUp, ALWAYS);
    let held = screen.store().current().unwrap();
    let running = Running::start(&screen);
    assert_eq!(running.outcome(), Outcome::Failed);
    assert_eq!(running.outcome(), Outcome::Failed);
    assert_whole(&held);
    author.release("ward", &[("media/b.png", noise(2, 20_000))]);
    server.mend();
    assert_eq!(running.release(), 2);
    running.worker.stop();
}

#[test]
fn a_revoked_screen_says_so_and_shows_what_it_has() {
    let (mut author, server, screen) = served();
    author.release("ward", &[("media/b.png", noise(2, 20_000))]);
    server.break_it("/repository/targets", Fault::Status(401), ALWAYS);
    let error = screen.sync().error.unwrap();
    assert!(error.is_not_allowed(), "{error}");
    assert_eq!(screen.shows(), 1);
}

#[test]
fn the_heartbeat_says_how_the_screen_is_and_is_signed() {
    let (_author, server, screen) = served();
    let running = Running::start(&screen);
    let graphics = "software: this machine has no graphics card";
    running.worker.tell(ToWorker::Graphics(graphics.into()));
    running.worker.tell(ToWorker::Showing {
        item: Some("a.png".into()),
        problems: vec!["Too hot.".into()],
    });
    running.worker.tell(ToWorker::Look);
    let beat = || {
        let beats = server.requests("screen/heartbeat");
        beats
            .into_iter()
            .find(|beat| String::from_utf8_lossy(&beat.body).contains("Too hot."))
    };
    wait_until("the heartbeat says what is on screen", || beat().is_some());
    let request = beat().unwrap();
    let heartbeat: Heartbeat = serde_json::from_slice(&request.body).unwrap();
    assert_eq!(heartbeat.item.as_deref(), Some("a.png"));
    assert_eq!(heartbeat.graphics.as_deref(), Some(graphics));
    assert_eq!(
        heartbeat.release,
        Some(Held::reference(&screen.store().current().unwrap()))
    );
    assert!(heartbeat.free_bytes.unwrap() > 0);
    assert!(heartbeat.clock_offset_ms.unwrap().abs() < 60_000);
    assert!(
        heartbeat.trusted.contains_key("timestamp"),
        "{:?}",
        heartbeat.trusted
    );
    assert_eq!(request.headers["authorization"], "Bearer secret");
    let signature = BASE64_STANDARD
        .decode(&request.headers["x-motcua-signature"])
        .unwrap();
    let key = UnparsedPublicKey::new(&ED25519, screen.settings.identity.key.public_key());
    key.verify(&request.body, &signature).unwrap();
    running.worker.stop();
}

#[test]
fn commands_are_passed_on_once_and_their_results_sent_until_they_are_taken() {
    let (_author, server, screen) = served();
    let running = Running::start(&screen);
    wait_until("the screen listens", || server.listeners() == 1);
    server.break_it("/screen/commands/", Fault::Status(503), 1);
    let push = |id: &str, command| {
        let order = CommandOrder {
            id: id.into(),
            command,
        };
        server.push(&format!(
            "event: command\ndata: {}\n\n",
            serde_json::to_string(&order).unwrap()
        ));
    };
    push("c-1", Command::Identify);
    push("c-1", Command::Identify);
    push("c-2", Command::Restart);
    push("c-3", Command::SyncNow);
    let mut told = Vec::new();
    while told.len() < 2 {
        told.push(running.wait(|message| match message {
            FromWorker::Command(order) => Some(order),
            _ => None,
        }));
        if told.len() == 1 {
            let result = CommandResult {
                done: true,
                message: "Shown.".into(),
                picture: None,
            };
            running.worker.tell(ToWorker::CommandDone {
                id: "c-1".into(),
                result,
            });
        }
    }
    assert_eq!([told[0].id.as_str(), told[1].id.as_str()], ["c-1", "c-2"]);
    let answers = |id: &str| server.requests(&format!("/screen/commands/{id}"));
    assert!(
        !answers("c-2").is_empty(),
        "a restart is answered before it is done"
    );
    wait_until("all are answered", || {
        !answers("c-1").is_empty() && !answers("c-3").is_empty()
    });
    let result: CommandResult = serde_json::from_slice(&answers("c-3")[0].body).unwrap();
    assert!(
        result.done && result.message.contains("release 1"),
        "{result:?}"
    );
    running.worker.stop();
}

#[test]
fn a_forged_command_shows_nothing() {
    let (mut author, server, screen) = served();
    let running = Running::start(&screen);
    assert_eq!(running.outcome(), Outcome::UpToDate);
    wait_until("the screen listens", || server.listeners() == 1);
    // Whoever holds the server can say whatever he likes.
    for data in [
        r#"{"id": "f-1", "command": "play", "show": "/tmp/evil"}"#,
        r#"{"id": "f-2", "command": {"show": {"text": "hacked"}}}"#,
        r#"{"id": "../../f-3", "command": "screenshot", "path": "/etc/passwd"}"#,
        r#"{"command": "identify"}"#,
        "not even JSON",
    ] {
        server.push(&format!("event: command\ndata: {data}\n\n"));
    }
    for event in ["release", "show", "adopt"] {
        let release = r#"{"unit": "ward", "number": 99, "title": "hacked"}"#;
        server.push(&format!("event: {event}\ndata: {release}\n\n"));
    }
    server.push(
        "event: command\ndata: {\"id\": \"f-4\", \"command\": \"identify\", \"text\": \"hacked\"}\n\n",
    );
    let mut orders = Vec::new();
    let told = |message| match message {
        FromWorker::Command(order) => {
            let is_last = order.id == "f-4";
            orders.push(order);
            is_last.then_some(())
        }
        FromWorker::Release(held) => panic!("release {}", held.release.number),
        _ => None,
    };
    running.wait(told);
    assert!(
        orders
            .iter()
            .all(|order| order.command == Command::Identify || order.command == Command::Screenshot),
        "{orders:?}"
    );
    assert!(
        orders.iter().all(|order| order.id.starts_with("f-")),
        "{orders:?}"
    );
    assert_eq!(screen.shows(), 1);
    author.release("ward", &[("media/b.png", noise(2, 20_000))]);
    server.push("event: look\n\n");
    assert_eq!(running.release(), 2);
    running.worker.stop();
}

#[test]
fn damage_is_told_and_mended() {
    let (_author, server, mut screen) = served();
    let blob = screen.blob(&noise(1, 20_000));
    fs::remove_file(&blob).unwrap();
    screen.restart();
    server.break_it("/blobs/", Fault::HangUp, 1);
    let running = Running::start(&screen);
    let damaged = running.wait(|message| match message {
        FromWorker::Damaged(files) => Some(files),
        _ => None,
    });
    assert_eq!(damaged, ["media/a.png".parse().unwrap()]);
    let repaired = running.wait(|message| match message {
        FromWorker::Repaired(files) => Some(files),
        _ => None,
    });
    assert_eq!(repaired, damaged);
    assert!(blob.exists());
    assert_eq!(screen.shows(), 1);
    running.worker.stop();
}

#[test]
fn a_worker_ends_in_the_middle_of_a_download() {
    let (mut author, server, screen) = served();
    author.release("ward", &[("film.mp4", noise(2, 500_000))]);
    server.break_it("/blobs/", Fault::Trickle(500), ALWAYS);
    let running = Running::start(&screen);
    let progress = running.wait(|message| match message {
        FromWorker::Progress(progress) if progress.bytes > 0 => Some(progress),
        _ => None,
    });
    assert!(
        progress.bytes < progress.of_bytes && progress.of_files == 2,
        "{progress:?}"
    );
    running.worker.stop();
    assert_eq!(screen.shows(), 1);
    server.mend();
    screen.sync_well();
    assert_eq!(screen.shows(), 2);
}
