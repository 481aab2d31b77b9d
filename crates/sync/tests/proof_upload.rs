//! What was shown reaches the server once and in order, whatever breaks in between.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[allow(dead_code, reason = "each file of tests uses its part")]
#[path = "support/log.rs"]
mod log;
#[path = "support/office.rs"]
mod office;
mod support;

use std::collections::BTreeMap;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use flate2::read::GzDecoder;
use motcua_proof::What;
use motcua_proof::tally::{FAILED, OPENED, RATED, Tally};
use motcua_sync::proof::{LogKeeper, folder};
use motcua_sync::worker::{Tallies, Worker};

use office::Archive;
use support::author::Author;
use support::screen::Screen;
use support::wait_until;

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It is answered.
    Answered,
    /// The connection closes before anything was read.
    Refused,
    /// It is read whole and forgotten.
    Unstored,
    /// It is stored, and the connection closes before the answer.
    Unanswered,
    /// It is stored, and the answer breaks off.
    HalfAnswered,
    /// 503, before storing or after.
    Busy,
    StoredBusy,
    /// A sign-in page.
    Portal,
    /// 200, and no JSON.
    Nonsense,
    /// 200 with the countersignature of something else.
    Foreign,
}

const FATES: [Fate; 10] = [
    Fate::Answered,
    Fate::Refused,
    Fate::Unstored,
    Fate::Unanswered,
    Fate::HalfAnswered,
    Fate::Busy,
    Fate::StoredBusy,
    Fate::Portal,
    Fate::Nonsense,
    Fate::Foreign,
];

#[derive(Default)]
struct State {
    archive: Archive,
    /// The chance that a request is answered as it should be.
    good: f64,
    fates: BTreeMap<String, usize>,
}

/// A server that fails by chance.
struct Chancy {
    address: String,
    state: Arc<Mutex<State>>,
}

impl Chancy {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let shared = Arc::clone(&shared);
                std::thread::spawn(move || stream.and_then(|stream| serve(&stream, &shared)));
            }
        });
        Self { address, state }
    }

    fn go_well_with(&self, chance: f64) {
        self.state.lock().unwrap().good = chance;
    }
}

fn serve(stream: &TcpStream, state: &Mutex<State>) -> io::Result<()> {
    let mut reader = BufReader::new(stream);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let mut length = 0;
        let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
        let is_post = line.starts_with("POST");
        loop {
            let mut header = String::new();
            reader.read_line(&mut header)?;
            let header = header.trim_end().to_ascii_lowercase();
            if header.is_empty() {
                break;
            }
            if let Some(value) = header.strip_prefix("content-length: ") {
                length = value.parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        if !path.starts_with("/api/v1/screen/proofs") {
            write(stream, 404, "text/plain", b"")?;
            continue;
        }
        if !answer(stream, (&path, is_post), &body, state)? {
            return Ok(());
        }
    }
}

/// Answers, or not; says whether the connection goes on.
fn answer(
    stream: &TcpStream,
    (path, is_post): (&str, bool),
    body: &[u8],
    state: &Mutex<State>,
) -> io::Result<bool> {
    let mut state = state.lock().unwrap();
    let fate = if fastrand::f64() < state.good {
        Fate::Answered
    } else {
        FATES[fastrand::usize(..FATES.len())]
    };
    *state.fates.entry(format!("{fate:?}")).or_default() += 1;
    match fate {
        Fate::Refused | Fate::Unstored => return Ok(false),
        Fate::Busy => return write(stream, 503, "text/plain", b"").map(|()| true),
        Fate::Portal => {
            let page = b"<!DOCTYPE html><html>Sign in</html>";
            return write(stream, 200, "text/html", page).map(|()| true);
        }
        _ => {}
    }
    let (status, mut said) = if is_post {
        let mut lines = String::new();
        GzDecoder::new(body).read_to_string(&mut lines).unwrap();
        match state.archive.take(&lines) {
            Ok(stored) => (200, serde_json::to_value(stored).unwrap()),
            Err(refused) => (409, serde_json::to_value(refused).unwrap()),
        }
    } else {
        let chain = path.split_once("?chain=").unwrap().1.parse().unwrap();
        let at = state.archive.whereabouts(&chain);
        (200, serde_json::to_value(at).unwrap())
    };
    if fate == Fate::Foreign && is_post && status == 200 {
        said["countersign"] = "{\"countersign\":1}".into();
    }
    let said = said.to_string();
    match fate {
        Fate::Unanswered => return Ok(false),
        Fate::HalfAnswered => {
            let mut stream = stream;
            let half = &said.as_bytes()[..said.len() / 2];
            write!(
                stream,
                "HTTP/1.1 {status} x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
                said.len()
            )?;
            stream.write_all(half)?;
            return Ok(false);
        }
        Fate::StoredBusy => return write(stream, 503, "text/plain", b"").map(|()| true),
        Fate::Nonsense => return write(stream, 200, "application/json", b"[]").map(|()| true),
        _ => {}
    }
    write(stream, status, "application/json", said.as_bytes()).map(|()| true)
}

fn write(mut stream: &TcpStream, status: u16, kind: &str, body: &[u8]) -> io::Result<()> {
    let head = format!(
        "HTTP/1.1 {status} x\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(&[head.as_bytes(), body].concat())
}

/// A screen of this server.
fn screen_of(server: &Chancy) -> (Author, Screen) {
    let mut author = Author::new();
    let mut screen = Screen::paired(&mut author, &server.address);
    screen.settings.poll = Duration::from_millis(20);
    (author, screen)
}

/// Its log.
fn keep(screen: &mut Screen) -> LogKeeper {
    let settings = log::settings(&folder(screen.folder.path()), &screen.settings.identity);
    let keeper = LogKeeper::start(settings).unwrap();
    wait_until("the log is taken over", || keeper.chain().is_some());
    screen.settings.proof = Some(keeper.clone());
    keeper
}

/// The names of what was shown, in order.
fn names(said: &[What]) -> Vec<String> {
    let names = said.iter().filter_map(|what| match what {
        What::Shown { item, .. } => item.clone(),
        _ => None,
    });
    names.collect()
}

fn expected(count: u64) -> Vec<String> {
    (0..count)
        .map(|number| format!("khai-sinh-{number}"))
        .collect()
}

fn note(keeper: &LogKeeper, numbers: std::ops::Range<u64>) {
    for noted in numbers.flat_map(log::showing) {
        keeper.note(noted);
    }
}

#[test]
fn no_outage_loses_or_doubles_a_record() {
    for round in 0..6 {
        fastrand::seed(round);
        let server = Chancy::start();
        let (_author, mut screen) = screen_of(&server);
        server.go_well_with(0.2);
        let mut count = 0;
        // The player is started again now and then.
        for _ in 0..3 {
            let keeper = keep(&mut screen);
            let worker = Worker::start(screen.settings.clone(), drop).unwrap();
            for _ in 0..5 {
                let more = fastrand::u64(1..400);
                note(&keeper, count..count + more);
                count += more;
                keeper.settle(Duration::from_secs(30));
                std::thread::sleep(Duration::from_millis(fastrand::u64(1..120)));
            }
            worker.stop();
            screen.settings.proof = None;
        }
        let keeper = keep(&mut screen);
        let worker = Worker::start(screen.settings.clone(), drop).unwrap();
        server.go_well_with(1.0);
        wait_until("the server has everything", || {
            server.state.lock().unwrap().archive.said().len() as u64 >= 2 * count
        });
        worker.stop();
        drop(keeper);
        let state = server.state.lock().unwrap();
        assert_eq!(
            names(&state.archive.said()),
            expected(count),
            "round {round}"
        );
        assert_eq!(state.archive.order.len(), 1, "the chain was never given up");
        assert!(state.fates.len() > 5, "{:?}", state.fates);
    }
}

#[test]
fn a_server_that_lost_some_records_gets_them_again_and_one_with_another_chain_a_new_one() {
    let server = Chancy::start();
    server.go_well_with(1.0);
    let (_author, mut screen) = screen_of(&server);
    let keeper = keep(&mut screen);
    let worker = Worker::start(screen.settings.clone(), drop).unwrap();
    let has = |count: usize| {
        wait_until("the server has everything", || {
            server.state.lock().unwrap().archive.said().len() == count
        });
    };
    note(&keeper, 0..100);
    has(200);
    // It was set back to a backup.
    let chain = {
        let mut state = server.state.lock().unwrap();
        let chain = state.archive.order[0].clone();
        state
            .archive
            .chains
            .get_mut(&chain)
            .unwrap()
            .records
            .truncate(50);
        chain
    };
    note(&keeper, 100..120);
    has(240);
    assert_eq!(server.state.lock().unwrap().archive.order.len(), 1);

    // What it holds under the name of the chain is not what the screen wrote.
    {
        let mut state = server.state.lock().unwrap();
        let held = state.archive.chains.get_mut(&chain).unwrap();
        held.records.last_mut().unwrap().2.hash =
            motcua_show::release::Sha256Hex::of_digest([9; 32]);
    }
    note(&keeper, 120..121);
    keeper.settle(Duration::from_secs(10));
    wait_until("another chain began", || {
        keeper.chain() != Some(chain.clone())
    });
    note(&keeper, 121..130);
    wait_until("the other chain comes up", || {
        let state = server.state.lock().unwrap();
        let archive = &state.archive;
        archive.order.len() == 2 && archive.chains[&archive.order[1]].records.len() == 18
    });
    worker.stop();
}

#[test]
fn counts_travel_along_until_the_server_has_them() {
    let server = Chancy::start();
    server.go_well_with(0.5);
    let (_author, mut screen) = screen_of(&server);
    let counts = Arc::new(Mutex::new(Tally::default()));
    let shared = Arc::clone(&counts);
    screen.settings.tallies = Some(Tallies::new(move || shared.lock().unwrap().clone()));
    let keeper = keep(&mut screen);
    let worker = Worker::start(screen.settings.clone(), drop).unwrap();
    let day = jiff::civil::date(2026, 11, 23);
    for number in 0..40 {
        {
            let mut counts = counts.lock().unwrap();
            counts.add(day, FAILED, "ca vet", 1);
            counts.add(day, OPENED, "1.001193", 1);
            counts.add(day, RATED, "5", 2);
        }
        note(&keeper, number..number + 1);
        keeper.settle(Duration::from_secs(10));
    }
    server.go_well_with(1.0);
    note(&keeper, 40..41);
    let all = counts.lock().unwrap().clone();
    wait_until("the server has the counts", || {
        server.state.lock().unwrap().archive.tally == all
    });
    worker.stop();
}
