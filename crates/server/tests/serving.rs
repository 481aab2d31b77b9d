//! Sockets and processes: clients that are slow, silent or too many, TLS, and the binary from start to stop.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod api_support;

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use api_support::{Caller, Listening, SOON, start};
use axum::routing::get;
use motcua_server::Database;
use motcua_server::hub::{Events, Hub};
use motcua_server::screens::{self, Known};
use motcua_server::serve::{Answer, Limits, accept};
use motcua_server::server::ca_file;
use motcua_server::tls::{Authority, own_names};
use motcua_server::tokens::Secret;
use serde_json::json;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};

/// Answers `/` at once and `/slow` when it is told to; knows one screen.
#[derive(Default)]
struct Small {
    hub: Arc<Hub>,
    asked: Arc<Notify>,
    go_on: Arc<Notify>,
}

impl Answer for Small {
    fn router(self: &Arc<Self>) -> axum::Router {
        let (asked, go_on) = (Arc::clone(&self.asked), Arc::clone(&self.go_on));
        let slow = async move || {
            asked.notify_one();
            go_on.notified().await;
            "slow"
        };
        axum::Router::new()
            .route("/", get(|| async { "quick" }))
            .route("/slow", get(slow))
    }

    async fn events(&self, authorization: &str) -> Option<Events> {
        (authorization == "Bearer screen").then(|| self.hub.connect("screen"))
    }
}

struct Serving {
    address: SocketAddr,
    small: Arc<Small>,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

/// Times that a test can wait for.
fn short(connections: usize) -> Limits {
    Limits {
        connections,
        first_byte: Duration::from_millis(300),
        header_read: Duration::from_millis(300),
        write_stall: Duration::from_millis(300),
        farewell: SOON,
    }
}

async fn serve(limits: Limits) -> Serving {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = watch::channel(false);
    let small = Arc::new(Small::default());
    let task = tokio::spawn(accept(listener, None, Arc::clone(&small), limits, stopped));
    Serving {
        address,
        small,
        stop,
        task,
    }
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(SOON)).unwrap();
    stream
}

/// Everything that comes until the server ends the connection.
fn until_the_end(mut stream: TcpStream) -> String {
    let mut text = Vec::new();
    match stream.read_to_end(&mut text) {
        Ok(_) => {}
        Err(error) => assert_eq!(
            error.kind(),
            ErrorKind::ConnectionReset,
            "the connection stays open"
        ),
    }
    String::from_utf8(text).unwrap()
}

/// Asks for a path on a connection that stays open; returns the last line.
fn ask(stream: &mut TcpStream, path: &str) -> String {
    write!(stream, "GET {path} HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
    let mut text = String::new();
    let mut buffer = [0; 1024];
    while !text.ends_with("quick") && !text.ends_with("slow") {
        let length = stream.read(&mut buffer).unwrap();
        assert_ne!(length, 0, "the connection ended: {text}");
        text.push_str(std::str::from_utf8(&buffer[..length]).unwrap());
    }
    text.lines().last().unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_says_nothing_is_sent_away() {
    let serving = serve(short(10)).await;
    assert_eq!(until_the_end(connect(serving.address)), "");
    let mut half = connect(serving.address);
    half.write_all(b"GET / HTTP/1.1\r\nhost:").unwrap();
    assert!(!until_the_end(half).contains("quick"));
    let mut half = connect(serving.address);
    half.write_all(b"GET /api/v1/screen/events HTTP/1.1\r\nauthorization: Bear")
        .unwrap();
    assert!(!until_the_end(half).contains("200"));
    let mut idle = connect(serving.address);
    assert_eq!(ask(&mut idle, "/"), "quick");
    assert_eq!(
        until_the_end(idle),
        "",
        "a connection is not kept for nothing"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_dribbles_a_request_is_sent_away() {
    let serving = serve(short(10)).await;
    let mut stream = connect(serving.address);
    let head = "GET / HTTP/1.1\r\nhost: x\r\nx-pad: "
        .bytes()
        .chain(std::iter::repeat(b'a'));
    let deadline = Instant::now() + SOON;
    for byte in head {
        // A byte now and then does not prolong the time for the head.
        if stream.write_all(&[byte]).is_err() {
            return;
        }
        assert!(Instant::now() < deadline, "the server still listens");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_connection_too_many_is_closed_and_later_welcome() {
    let limits = Limits {
        header_read: SOON,
        ..short(2)
    };
    let serving = serve(limits).await;
    let (mut one, mut other) = (connect(serving.address), connect(serving.address));
    assert_eq!(ask(&mut one, "/"), "quick");
    assert_eq!(ask(&mut other, "/"), "quick");
    assert_eq!(until_the_end(connect(serving.address)), "");
    drop(one);
    let deadline = Instant::now() + SOON;
    loop {
        let mut next = connect(serving.address);
        let _ = next.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        if until_the_end(next).ends_with("quick") {
            break;
        }
        assert!(Instant::now() < deadline, "the place was not given back");
    }
    assert_eq!(ask(&mut other, "/"), "quick", "who was in stays in");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_begun_ends_before_the_server_does() {
    let serving = serve(Limits {
        header_read: SOON,
        ..short(10)
    })
    .await;
    let mut waiting = connect(serving.address);
    waiting
        .write_all(b"GET /api/v1/screen/events HTTP/1.1\r\nauthorization: Bearer screen\r\n\r\n")
        .unwrap();
    let address = serving.address;
    let slow = std::thread::spawn(move || ask(&mut connect(address), "/slow"));
    serving.small.asked.notified().await;
    serving.stop.send(true).unwrap();
    let deadline = Instant::now() + SOON;
    while TcpStream::connect(serving.address).is_ok() {
        assert!(
            Instant::now() < deadline,
            "new connections are still accepted"
        );
    }
    serving.small.hub.close();
    assert!(until_the_end(waiting).contains("event: look"));
    serving.small.go_on.notify_one();
    assert_eq!(slow.join().unwrap(), "slow");
    tokio::time::timeout(SOON, serving.task)
        .await
        .unwrap()
        .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_come_on_a_connection_that_was_used_before() {
    let running = start(|_| {}).await;
    let admin = running.admin();
    let ward = admin.unit("Phường A", None);
    let screen = api_support::enrol(&admin, &ward);
    let mut stream = connect(running.server.address());
    write!(stream, "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
    let mut buffer = [0; 2048];
    let length = stream.read(&mut buffer).unwrap();
    assert!(buffer[..length].starts_with(b"HTTP/1.1 200"));
    let token = &screen.acceptance.token;
    write!(
        stream,
        "GET /api/v1/screen/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\r\n"
    )
    .unwrap();
    let mut text = String::new();
    while !text.contains("event: look") {
        let length = stream.read(&mut buffer).unwrap();
        assert_ne!(length, 0, "{text}");
        text.push_str(std::str::from_utf8(&buffer[..length]).unwrap());
    }
    assert!(text.contains("text/event-stream"), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_have_an_end() {
    let running = start(|_| {}).await;
    // Hardly longer: whoever sends much more sees the connection end before the answer.
    let long = json!({"name": "x".repeat(4 << 20), "kind": "phường"});
    let (status, refusal) =
        running
            .admin()
            .call(ureq::http::Method::POST, "/api/v1/units", Some(long));
    assert_eq!(status, 413, "{refusal}");
}

fn over_tls(base: &str, authority: &str) -> Result<u16, ureq::Error> {
    let roots: Vec<_> = parse_pem(authority.as_bytes())
        .map(|item| match item.unwrap() {
            PemItem::Certificate(certificate) => certificate,
            _ => panic!("a certificate is expected"),
        })
        .collect();
    let tls = TlsConfig::builder()
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .root_certs(RootCerts::Specific(Arc::new(roots)))
        .build();
    let agent = ureq::Agent::config_builder()
        .tls_config(tls)
        .build()
        .new_agent();
    let answer = agent.get(format!("{base}/healthz")).call()?;
    Ok(answer.status().as_u16())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_proves_itself_with_its_own_authority() {
    let running = start(|settings| settings.plain = false).await;
    let authority = std::fs::read_to_string(ca_file(running.folder.path())).unwrap();
    let port = running.server.address().port();
    for host in ["127.0.0.1", "localhost"] {
        assert_eq!(
            over_tls(&format!("https://{host}:{port}"), &authority).unwrap(),
            200,
            "{host}"
        );
    }
    let folder = tempfile::tempdir().unwrap();
    let stranger = Authority::open_or_make(folder.path()).unwrap();
    stranger.serve_as(&own_names(&[])).unwrap();
    assert!(over_tls(&format!("https://127.0.0.1:{port}"), stranger.pem()).is_err());
    assert_eq!(running.server.fingerprint().unwrap().len(), 32 * 3 - 1);
}

/// The binary as a process; it is killed when dropped.
struct Process {
    child: Child,
    folder: TempDir,
    base: String,
}

fn binary() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_motcua-server"));
    for (name, _) in
        std::env::vars().filter(|(name, _)| name.starts_with("MOTCUA_") || name == "DATABASE_URL")
    {
        command.env_remove(name);
    }
    command
}

impl Process {
    fn start(arguments: &[&str]) -> Self {
        Self::logging(arguments, Stdio::inherit())
    }

    fn logging(arguments: &[&str], log: Stdio) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ready = folder.path().join("ready");
        let child = binary()
            .args(["run", "--listen", "127.0.0.1:0", "--data"])
            .arg(folder.path().join("data"))
            .arg("--ready-file")
            .arg(&ready)
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let deadline = Instant::now() + SOON;
        let base = loop {
            match std::fs::read_to_string(&ready) {
                Ok(base) if base.ends_with('\n') => break base.trim().to_owned(),
                _ => assert!(Instant::now() < deadline, "the server does not get ready"),
            }
            std::thread::sleep(Duration::from_millis(20));
        };
        Self {
            child,
            folder,
            base,
        }
    }

    fn data(&self) -> std::path::PathBuf {
        self.folder.path().join("data")
    }

    fn command(&self, arguments: &[&str]) -> Output {
        binary()
            .args(arguments)
            .arg("--data")
            .arg(self.data())
            .output()
            .unwrap()
    }

    /// What a command prints; it must succeed.
    fn says(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments);
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &pid])
                .status()
                .unwrap()
                .success()
        );
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_binary_serves_from_nothing_and_its_commands_reach_it() {
    let mut process = Process::start(&[]);
    assert!(
        process.base.starts_with("https://127.0.0.1:"),
        "{}",
        process.base
    );
    let added = process.says(&["units", "add", "Thành phố Cần Thơ", "--kind", "thành phố"]);
    assert!(added.contains("thanh-pho-can-tho"), "{added}");
    process.says(&[
        "units",
        "add",
        "Phường Phú Lợi",
        "--kind",
        "phường",
        "--parent",
        "Thành phố Cần Thơ",
    ]);
    process.says(&[
        "units",
        "change",
        "phuong-phu-loi",
        "--last-day",
        "2030-06-30",
        "--successor",
        "thanh-pho-can-tho",
    ]);
    let list = process.says(&["units", "list"]);
    assert!(
        list.contains(
            "  phuong-phu-loi  Phường Phú Lợi (phường), until 2030-06-30, then thanh-pho-can-tho"
        ),
        "{list}"
    );
    let token = process.says(&["tokens", "new", "Lan", "--unit", "Phường Phú Lợi"]);
    assert!(
        process
            .says(&["tokens", "list"])
            .contains("author  phuong-phu-loi  Lan")
    );
    assert!(
        process
            .says(&["screens", "list"])
            .contains("no screens yet")
    );

    let refused = process.command(&["tokens", "list", "--token", token.trim()]);
    assert_eq!(refused.status.code(), Some(1));
    let sentence = String::from_utf8(refused.stderr).unwrap();
    assert!(sentence.contains("administrator's token"), "{sentence}");
    assert_eq!(process.command(&["units", "remove"]).status.code(), Some(2));

    let stick = process.folder.path().join("stick");
    process.says(&["export", "--usb", stick.to_str().unwrap(), "--valid", "60d"]);
    assert!(stick.join("metadata/timestamp.json").exists());
    process.says(&["keys", "take-off", "--cancel"]);
    process.says(&["keys", "discard", "unit-phuong-phu-loi"]);
    let bundle = process.folder.path().join("bundle.json");
    assert!(
        process
            .says(&["export-unsigned", bundle.to_str().unwrap()])
            .contains("Nothing waits")
    );
    process.says(&["import-signed", bundle.to_str().unwrap()]);

    process.signal("-TERM");
    assert!(process.child.wait().unwrap().success(), "it stops in order");
    let mut said = String::new();
    process
        .child
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut said)
        .unwrap();
    for part in [
        "motcua play --server https://",
        "screens accept CODE",
        "SHA-256 ",
    ] {
        assert!(said.contains(part), "{said}");
    }
    let gone = process.command(&["units", "list"]);
    assert_eq!(gone.status.code(), Some(1));
}

#[test]
fn the_log_is_one_object_a_line_for_programs() {
    let mut process = Process::logging(&["--log-format", "json", "--plain"], Stdio::piped());
    process.signal("-INT");
    assert!(process.child.wait().unwrap().success());
    let mut log = String::new();
    process
        .child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut log)
        .unwrap();
    let lines: Vec<serde_json::Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).expect(line))
        .collect();
    assert!(
        lines
            .iter()
            .any(|line| line["fields"]["message"] == "stopping"),
        "{log}"
    );
}

/// Resident memory of a process in KiB.
fn resident(pid: u32) -> i64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// Takes so many screens without the pairing, and returns their tokens.
async fn take(data: &Path, number: usize) -> Vec<String> {
    let address = format!("sqlite:{}", data.join("motcua.sqlite").display());
    let database = Database::open(&address).await.unwrap();
    let mut work = database.begin().await.unwrap();
    let mut tokens = Vec::new();
    for number in 0..number {
        let token = Secret::draw().unwrap();
        let screen = Known {
            id: format!("{number:032x}"),
            public_key: String::new(),
        };
        screens::take(&mut work, &screen, &token.sha256(), jiff::Timestamp::now())
            .await
            .unwrap();
        tokens.push(token.reveal().to_owned());
    }
    database.commit(work).await.unwrap();
    database.close().await;
    tokens
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_waiting_screen_costs_little() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    const SCREENS: usize = 2000;
    // The aim is 10 KiB over plain HTTP.
    const MOST_KIB: f64 = 10.0;
    let limit = getrlimit(Resource::Nofile);
    setrlimit(
        Resource::Nofile,
        Rlimit {
            current: limit.maximum,
            maximum: limit.maximum,
        },
    )
    .unwrap();
    let process = Process::start(&["--plain"]);
    let tokens = take(&process.data(), SCREENS + 100).await;
    // What the first ones cost is for all: threads, buffers of the database.
    let listen = |tokens: &[String]| -> Vec<Listening> {
        tokens
            .iter()
            .map(|token| {
                let mut listening = Listening::open(&process.base, token);
                assert_eq!(listening.next().unwrap().0, "look");
                listening
            })
            .collect()
    };
    let _first = listen(&tokens[SCREENS..]);
    let before = resident(process.child.id());
    let _waiting = listen(&tokens[..SCREENS]);
    let after = resident(process.child.id());
    #[expect(clippy::cast_precision_loss, reason = "kibibytes of one process")]
    let each = (after - before) as f64 / SCREENS as f64;
    println!(
        "{SCREENS} waiting screens cost {each:.2} KiB each ({before} KiB before, {after} KiB after)"
    );
    let metrics = Caller::new(&process.base, None)
        .send(ureq::http::Method::GET, "/metrics", &[], Vec::new())
        .body_mut()
        .read_to_string()
        .unwrap();
    assert!(metrics.contains(&format!("motcua_screens_connected {}", SCREENS + 100)));
    assert!(each < MOST_KIB, "a waiting screen costs {each:.2} KiB");
}
