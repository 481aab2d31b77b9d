//! A screen that asks to be taken, and somebody who answers in the server's place.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use motcua_sync::api::{Acceptance, EnrolmentRequest, EnrolmentState};
use motcua_sync::enrolment::{Enrolling, EnrolmentError, enrol, identity, trust_folder};
use motcua_sync::pairing::{Code, answer};

/// Answers every screen at once with the digits that it guesses.
struct Guesser {
    address: String,
    guesses: Arc<AtomicU32>,
}

impl Guesser {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let guesses = Arc::new(AtomicU32::new(0));
        let asked: Arc<Mutex<Option<EnrolmentRequest>>> = Arc::default();
        let counted = Arc::clone(&guesses);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                serve(stream, &asked, &counted);
            }
        });
        Self { address, guesses }
    }
}

fn serve(mut stream: TcpStream, asked: &Mutex<Option<EnrolmentRequest>>, guesses: &AtomicU32) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut head = String::new();
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 || line == "\r\n" {
            break;
        }
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        head.push_str(&line);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let said = if head.starts_with("POST") {
        *asked.lock().unwrap() = Some(serde_json::from_slice(&body).unwrap());
        r#"{"id":"x","expires_in_s":600}"#.to_owned()
    } else {
        let guess = guesses.fetch_add(1, Ordering::SeqCst);
        let code = Code::read(&format!("{guess:06}")).unwrap();
        let request = asked.lock().unwrap().clone().unwrap();
        let (offer, _) = answer(&code, &request, &acceptance()).unwrap();
        serde_json::to_string(&EnrolmentState::Offered { offer }).unwrap()
    };
    let head =
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length:";
    drop(write!(stream, "{head} {}\r\n\r\n{said}", said.len()));
}

fn acceptance() -> Acceptance {
    Acceptance {
        screen: "s".into(),
        token: "t".into(),
        name: "n".into(),
        unit: "u".into(),
        root: String::new(),
        ca: None,
    }
}

/// Who poses as the server may guess now and then, not as fast as the line goes.
#[test]
fn nobody_grinds_through_the_digits() {
    let guesser = Guesser::start();
    let folder = tempfile::tempdir().unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    let ending = Arc::clone(&stop);
    std::thread::spawn(move || {
        std::thread::sleep(Duration::from_secs(5));
        ending.store(true, Ordering::SeqCst);
    });
    let mut shown = Vec::new();
    let outcome = enrol(&guesser.address, folder.path(), &stop, &mut |said| {
        if let Enrolling::Code(code) = said {
            shown.push(code);
        }
    });
    assert!(
        matches!(outcome, Err(EnrolmentError::Stopped)),
        "{outcome:?}"
    );
    let guesses = guesser.guesses.load(Ordering::SeqCst);
    // At once, after two seconds, after four more: a slow machine makes it fewer, none makes it more.
    assert!(
        (1..=2).contains(&guesses),
        "{guesses} guesses in five seconds"
    );
    assert!(!shown.is_empty() && shown.windows(2).all(|pair| pair[0] == pair[1]));
    assert!(identity(folder.path()).unwrap().is_none());
    assert!(!trust_folder(folder.path()).exists());
}
