//! Alerts on a screen: what is believed, what waits, what is kept, and what becomes of it.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::fs;
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use motcua_show::alert::{Alert, AlertKind, AlertSeverity, FORMAT, Incoming, Urgency};
use motcua_sync::alert::seal;
use motcua_sync::tuf::SigningKey;
use motcua_sync::worker::{Clock, FromWorker, ToWorker, Worker};

use support::author::{Author, noise};
use support::screen::Screen;
use support::server::{Fault, Server};
use support::wait_until;

/// As often as a screen may ask.
const ALWAYS: usize = 1_000_000;

/// A ward whose person on duty has a key.
struct Ward {
    author: Author,
    server: Server,
    screen: Screen,
    duty: SigningKey,
}

impl Ward {
    fn open() -> Self {
        let mut author = Author::new();
        let server = Server::start(author.path());
        let screen = Screen::paired(&mut author, &server.address);
        let duty = SigningKey::generate().unwrap();
        author.lets_alert("ward", &duty);
        author.release("ward", &[("media/a.png", noise(1, 20_000))]);
        Self {
            author,
            server,
            screen,
            duty,
        }
    }

    /// Starts the worker and waits until it listens and knows who may alert.
    fn run(&self) -> Running {
        let running = self.start();
        running.wait("the first round", |message| {
            matches!(message, FromWorker::Round(_)).then_some(())
        });
        running
    }

    /// Starts the worker and waits until it listens; what it tells meanwhile is still to be heard.
    fn start(&self) -> Running {
        // That of a worker that has ended lingers until it hears something.
        let lingering = self.server.listeners();
        let running = Running::start(&self.screen);
        let server = &self.server;
        wait_until("the screen listens", || server.listeners() > lingering);
        running
    }

    fn push(&self, alert: &Alert) {
        self.push_signed(alert, &self.duty);
    }

    fn push_signed(&self, alert: &Alert, key: &SigningKey) {
        let envelope = seal(alert, &[key]).unwrap();
        self.server
            .push(&format!("event: alert\ndata: {envelope}\n\n"));
    }

    /// What the screen said of alerts, each as the id and the outcome.
    fn answers(&self) -> Vec<(String, String)> {
        let requests = self.server.requests("/screen/alerts/");
        let read = |request: support::server::Request| {
            let body: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
            let id = request.path.rsplit('/').next().unwrap().to_owned();
            (id, body["outcome"].as_str().unwrap().to_owned())
        };
        requests.into_iter().map(read).collect()
    }

    fn has_answered(&self, id: &str, outcome: &str) {
        wait_until("the screen answers", || {
            self.answers()
                .contains(&(id.to_owned(), outcome.to_owned()))
        });
    }
}

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

    fn wait<T>(&self, what: &str, mut meant: impl FnMut(FromWorker) -> Option<T>) -> T {
        loop {
            let message = self.told.recv_timeout(Duration::from_secs(60));
            let message = message.unwrap_or_else(|_| panic!("{what} is told in time"));
            if let Some(meant) = meant(message) {
                return meant;
            }
        }
    }

    fn alert(&self) -> Incoming {
        self.wait("an alert", |message| match message {
            FromWorker::Alert(incoming) => Some(*incoming),
            _ => None,
        })
    }
}

fn alert(id: &str, counter: u64) -> Alert {
    let sent = Timestamp::now();
    Alert {
        format: FORMAT,
        id: id.parse().unwrap(),
        unit: "ward".parse().unwrap(),
        kind: AlertKind::Alert,
        sent,
        expires: sent + SignedDuration::from_mins(30),
        counter,
        severity: AlertSeverity::Severe,
        urgency: Urgency::Immediate,
        headline: "Lũ quét".into(),
        text: None,
        instruction: None,
        sender: None,
        siren: true,
        spoken: None,
        references: Vec::new(),
    }
}

#[test]
fn an_alert_comes_at_once_and_once() {
    let ward = Ward::open();
    let running = ward.run();
    let first = alert("one", 1);
    ward.push(&first);
    ward.push(&first);
    let two = alert("two", 2);
    ward.push(&two);
    assert_eq!(running.alert().alert, first);
    assert_eq!(running.alert().alert, two, "the first came once");
    ward.has_answered("two", "received");
    running.worker.tell(ToWorker::AlertShown(two.id));
    ward.has_answered("two", "shown");
    let twice = ward.answers().iter().filter(|(id, _)| id == "one").count();
    assert_eq!(twice, 1);
    running.worker.stop();
}

#[test]
fn what_is_not_believed_is_refused_and_never_told() {
    let ward = Ward::open();
    let running = ward.run();
    let stranger = SigningKey::generate().unwrap();
    ward.push(&alert("good", 5));
    ward.push_signed(&alert("forged", 6), &stranger);
    ward.push(&alert("replayed", 5));
    let mut over = alert("over", 7);
    over.sent -= SignedDuration::from_hours(2);
    over.expires = over.sent + SignedDuration::from_hours(1);
    ward.push(&over);
    let mut elsewhere = alert("elsewhere", 8);
    elsewhere.unit = "city".parse().unwrap();
    ward.push(&elsewhere);
    ward.server.push("event: alert\ndata: nonsense\n\n");
    for id in ["forged", "replayed", "over", "elsewhere"] {
        ward.has_answered(id, "refused");
    }
    ward.push(&alert("last", 9));
    assert_eq!(running.alert().alert.id.as_str(), "good");
    assert_eq!(
        running.alert().alert.id.as_str(),
        "last",
        "and nothing in between"
    );
    running.worker.stop();
}

#[test]
fn an_alert_waits_for_no_download() {
    let mut ward = Ward::open();
    ward.screen.sync_well();
    ward.author
        .release("ward", &[("media/b.png", noise(2, 400_000))]);
    // The whole of it takes as long as anybody waits for anything here.
    ward.screen.settings.fetch.bytes_per_second = Some(4_000);
    let running = Running::start(&ward.screen);
    running.wait("the download", |message| {
        matches!(message, FromWorker::Progress(_)).then_some(())
    });
    wait_until("the screen listens", || ward.server.listeners() == 1);
    ward.push(&alert("now", 1));
    let mut has_release = false;
    let id = running.wait("the alert", |message| match message {
        FromWorker::Alert(incoming) => Some(incoming.alert.id),
        FromWorker::Release(_) => {
            has_release = true;
            None
        }
        _ => None,
    });
    assert_eq!((id.as_str(), has_release), ("now", false));
    running.worker.tell(ToWorker::AlertShown(id));
    ward.has_answered("now", "shown");
    drop(running);
}

#[test]
fn a_restart_without_a_network_brings_it_back() {
    let mut ward = Ward::open();
    let running = ward.run();
    ward.push(&alert("kept", 3));
    let told = running.alert();
    assert!(!told.is_heard && told.age == Duration::ZERO);
    running
        .worker
        .tell(ToWorker::AlertShown(told.alert.id.clone()));
    ward.has_answered("kept", "shown");
    running.worker.stop();

    ward.server.break_it("/", Fault::HangUp, ALWAYS);
    ward.screen.restart();
    let running = Running::start(&ward.screen);
    let again = running.alert();
    assert_eq!((again.alert, again.is_heard), (told.alert.clone(), true));
    running.worker.stop();

    // Its counter is remembered, too.
    ward.server.mend();
    ward.screen.restart();
    let running = ward.start();
    assert_eq!(running.alert().alert, told.alert);
    ward.push(&alert("older", 2));
    ward.has_answered("older", "refused");
    running.worker.stop();

    // What lies on the disk is no reason to believe it.
    let kept = ward.screen.settings.alerts.join("kept/kept.json");
    let changed = fs::read_to_string(&kept)
        .unwrap()
        .replace("Lũ quét", "Hết lũ");
    fs::write(&kept, changed).unwrap();
    ward.screen.restart();
    let running = ward.start();
    ward.push(&alert("next", 4));
    assert_eq!(
        running.alert().alert.id.as_str(),
        "next",
        "the other is not told"
    );
    running.worker.stop();
}

#[test]
fn what_is_over_is_not_brought_back() {
    let mut ward = Ward::open();
    let running = ward.run();
    ward.push(&alert("short", 1));
    running.alert();
    running.worker.stop();
    ward.screen.restart();
    ward.screen.settings.clock = Clock::new(|| Timestamp::now() + SignedDuration::from_mins(31));
    let running = ward.start();
    let mut next = alert("next", 2);
    next.expires += SignedDuration::from_hours(1);
    ward.push(&next);
    assert_eq!(running.alert().alert.id.as_str(), "next");
    running.worker.stop();
}

#[test]
fn a_clock_that_is_plainly_wrong_ends_nothing() {
    let mut ward = Ward::open();
    ward.screen.sync_well();
    let mut past = alert("blind", 1);
    past.sent -= SignedDuration::from_hours(3);
    past.expires = past.sent + SignedDuration::from_hours(1);
    ward.screen.settings.clock = Clock::new(|| Timestamp::from_second(0).unwrap());
    let running = ward.run();
    ward.push(&past);
    assert_eq!(running.alert().alert.id.as_str(), "blind");
    running.worker.stop();
}

#[test]
fn a_key_that_was_named_a_moment_ago_counts_and_one_that_was_removed_does_not() {
    let mut ward = Ward::open();
    let running = ward.run();
    let new = SigningKey::generate().unwrap();
    ward.push(&alert("by-the-old", 1));
    assert_eq!(running.alert().alert.id.as_str(), "by-the-old");
    ward.author.lets_alert("ward", &new);
    // Nobody told the screen to look: the alert itself makes it.
    ward.push_signed(&alert("by-the-new", 1), &new);
    let gone = running.wait("the end of the old one", |message| match message {
        FromWorker::AlertWithdrawn(id) => Some(id),
        _ => None,
    });
    assert_eq!(gone.as_str(), "by-the-old");
    assert_eq!(running.alert().alert.id.as_str(), "by-the-new");
    running.worker.stop();
}
