//! A small HTTP server that serves a repository and breaks in every way that a test asks for.

use std::collections::HashMap;
use std::io::{self, BufRead as _, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use motcua_sync::store::sha256;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// What goes wrong with an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// A status in place of the file.
    Status(u16),
    /// The connection is closed before a byte of the answer.
    HangUp,
    /// Nothing comes after so many bytes of the body, and the connection stays open.
    Stall(usize),
    /// The connection closes after so many bytes of the body.
    Truncate(usize),
    /// One bit of this byte is flipped.
    Flip(usize),
    /// The body never ends.
    Endless,
    /// So many bytes come every few milliseconds.
    Trickle(usize),
    /// A sign-in page with status 200.
    Portal,
    /// A redirect to a sign-in page.
    PortalRedirect,
    /// The reader is sent to another server, as to an object store.
    Elsewhere(String),
    /// A validator that differs each time, as after a change on the server; ranges are ignored with it.
    OtherValidator,
    /// The file goes out in gzip, though it was asked for plainly or not.
    Gzip(Vec<u8>),
}

/// A request that came.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: String,
    pub path: String,
    pub headers: HashMap<String, String>,
    pub body: Vec<u8>,
}

struct Rule {
    path: String,
    fault: Fault,
    times: usize,
}

#[derive(Default)]
struct State {
    root: PathBuf,
    rules: Mutex<Vec<Rule>>,
    requests: Mutex<Vec<Request>>,
    listeners: Mutex<Vec<Sender<String>>>,
    /// Bytes of bodies that went out.
    sent: Mutex<usize>,
    stop: AtomicBool,
}

pub struct Server {
    pub address: String,
    state: Arc<State>,
}

impl Server {
    pub fn start(root: &Path) -> Self {
        Self::start_with(root, None)
    }

    /// With TLS, by this certificate.
    pub fn start_tls(root: &Path, tls: Arc<ServerConfig>) -> Self {
        Self::start_with(root, Some(tls))
    }

    fn start_with(root: &Path, tls: Option<Arc<ServerConfig>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let address = match tls {
            Some(_) => format!("https://localhost:{port}"),
            None => format!("http://127.0.0.1:{port}"),
        };
        let state = Arc::new(State {
            root: root.to_owned(),
            ..State::default()
        });
        let shared = state.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if shared.stop.load(Ordering::Relaxed) {
                    return;
                }
                let (shared, tls) = (shared.clone(), tls.clone());
                // A connection that breaks is what many a test is about.
                std::thread::spawn(move || stream.and_then(|stream| serve(stream, tls, &shared)));
            }
        });
        Self { address, state }
    }

    /// Lets the next `times` requests whose path contains `path` go wrong.
    pub fn break_it(&self, path: &str, fault: Fault, times: usize) {
        let rule = Rule {
            path: path.to_owned(),
            fault,
            times,
        };
        self.state.rules.lock().unwrap().push(rule);
    }

    pub fn mend(&self) {
        self.state.rules.lock().unwrap().clear();
    }

    /// The requests whose path contains `path`, oldest first.
    pub fn requests(&self, path: &str) -> Vec<Request> {
        let requests = self.state.requests.lock().unwrap();
        requests
            .iter()
            .filter(|request| request.path.contains(path))
            .cloned()
            .collect()
    }

    /// The bytes of bodies that went out since the last time this was asked.
    pub fn take_sent(&self) -> usize {
        std::mem::take(&mut self.state.sent.lock().unwrap())
    }

    /// Sends an event to every screen that listens.
    pub fn push(&self, event: &str) {
        let mut listeners = self.state.listeners.lock().unwrap();
        listeners.retain(|listener| listener.send(event.to_owned()).is_ok());
    }

    pub fn listeners(&self) -> usize {
        self.state.listeners.lock().unwrap().len()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.state.stop.store(true, Ordering::Relaxed);
        self.state.listeners.lock().unwrap().clear();
        // Wakes the thread that accepts, so that the port is free again.
        let address = self.address.rsplit(':').next().unwrap_or_default();
        let _ = TcpStream::connect(format!("127.0.0.1:{address}"));
    }
}

fn serve(stream: TcpStream, tls: Option<Arc<ServerConfig>>, state: &State) -> io::Result<()> {
    stream.set_nodelay(true)?;
    match tls {
        None => answer_all(stream, state),
        Some(tls) => {
            let connection = ServerConnection::new(tls).map_err(io::Error::other)?;
            answer_all(StreamOwned::new(connection, stream), state)
        }
    }
}

fn answer_all(stream: impl Read + Write, state: &State) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    while let Some(request) = read_request(&mut stream)? {
        if state.stop.load(Ordering::Relaxed) {
            return Ok(());
        }
        state.requests.lock().unwrap().push(request.clone());
        if !answer(stream.get_mut(), &request, state)? {
            return Ok(());
        }
    }
    Ok(())
}

fn read_request(stream: &mut BufReader<impl Read>) -> io::Result<Option<Request>> {
    let mut line = String::new();
    if stream.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split_whitespace().map(str::to_owned);
    let (Some(method), Some(path)) = (words.next(), words.next()) else {
        return Ok(None);
    };
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers
        .get("content-length")
        .and_then(|length| length.parse().ok())
        .unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    Ok(Some(Request {
        method,
        path,
        headers,
        body,
    }))
}

fn fault_for(state: &State, path: &str) -> Option<Fault> {
    let mut rules = state.rules.lock().unwrap();
    let rule = rules
        .iter_mut()
        .find(|rule| rule.times > 0 && path.contains(&rule.path))?;
    rule.times -= 1;
    Some(rule.fault.clone())
}

/// Answers; says whether the connection may go on.
fn answer(stream: &mut impl Write, request: &Request, state: &State) -> io::Result<bool> {
    let fault = fault_for(state, &request.path);
    match &fault {
        Some(Fault::HangUp) => return Ok(false),
        Some(Fault::Status(status)) => return head(stream, *status, &[], Some(0)).map(|()| true),
        Some(Fault::Portal) => {
            let page = b"<!DOCTYPE html><html><body>Sign in to the network</body></html>";
            head(
                stream,
                200,
                &[("Content-Type", "text/html; charset=utf-8")],
                Some(page.len()),
            )?;
            return stream.write_all(page).map(|()| true);
        }
        Some(Fault::PortalRedirect) => {
            let elsewhere = [("Location", "http://127.0.0.1:9/sign-in")];
            return head(stream, 302, &elsewhere, Some(0)).map(|()| true);
        }
        Some(Fault::Elsewhere(server)) => {
            let location = format!("{server}{}", request.path);
            return head(stream, 307, &[("Location", &location)], Some(0)).map(|()| true);
        }
        _ => {}
    }
    if request.path == "/api/v1/screen/events" {
        return events(stream, state).map(|()| false);
    }
    if request.method == "POST" {
        return head(stream, 204, &[], None).map(|()| true);
    }
    let Some(path) = request.path.strip_prefix("/repository/") else {
        return head(stream, 404, &[], Some(0)).map(|()| true);
    };
    match std::fs::read(state.root.join(path)) {
        Ok(bytes) => file(stream, request, &bytes, fault, state),
        Err(_) => head(stream, 404, &[], Some(0)).map(|()| true),
    }
}

fn file(
    stream: &mut impl Write,
    request: &Request,
    bytes: &[u8],
    fault: Option<Fault>,
    state: &State,
) -> io::Result<bool> {
    if let Some(Fault::Gzip(packed)) = &fault {
        head(
            stream,
            200,
            &[("Content-Encoding", "gzip")],
            Some(packed.len()),
        )?;
        return stream.write_all(packed).map(|()| true);
    }
    let mut tag = format!("\"{}\"", sha256(bytes));
    if fault == Some(Fault::OtherValidator) {
        tag = format!("\"{}\"", fastrand::u64(..));
    }
    let from = range(request, &tag)
        .filter(|from| *from < bytes.len())
        .unwrap_or(0);
    let content_range = format!(
        "bytes {from}-{}/{}",
        bytes.len().saturating_sub(1),
        bytes.len()
    );
    let mut headers = vec![
        ("ETag", tag.as_str()),
        ("Content-Type", "application/octet-stream"),
    ];
    if from > 0 {
        headers.push(("Content-Range", &content_range));
    }
    let mut body = bytes[from..].to_vec();
    let length = if fault == Some(Fault::Endless) {
        None
    } else {
        Some(body.len())
    };
    head(stream, if from > 0 { 206 } else { 200 }, &headers, length)?;
    send(stream, &mut body, fault, state)
}

fn send(
    stream: &mut impl Write,
    body: &mut [u8],
    fault: Option<Fault>,
    state: &State,
) -> io::Result<bool> {
    let write = |stream: &mut dyn Write, bytes: &[u8]| {
        *state.sent.lock().unwrap() += bytes.len();
        stream.write_all(bytes).and_then(|()| stream.flush())
    };
    match fault {
        Some(Fault::Stall(after)) => {
            write(stream, &body[..after.min(body.len())])?;
            while !state.stop.load(Ordering::Relaxed) {
                std::thread::sleep(Duration::from_millis(50));
            }
            Ok(false)
        }
        Some(Fault::Truncate(after)) => {
            write(stream, &body[..after.min(body.len())]).map(|()| false)
        }
        Some(Fault::Endless) => loop {
            write(stream, body)?;
            write(stream, &[0; 4096])?;
        },
        Some(Fault::Trickle(piece)) => {
            for piece in body.chunks(piece) {
                write(stream, piece)?;
                std::thread::sleep(Duration::from_millis(20));
            }
            Ok(true)
        }
        Some(Fault::Flip(at)) => {
            let at = at.min(body.len() - 1);
            body[at] ^= 0x10;
            write(stream, body).map(|()| true)
        }
        _ => write(stream, body).map(|()| true),
    }
}

fn events(stream: &mut impl Write, state: &State) -> io::Result<()> {
    let (push, pushed) = mpsc::channel::<String>();
    head(stream, 200, &[("Content-Type", "text/event-stream")], None)?;
    stream.write_all(b": hello\n\n")?;
    stream.flush()?;
    state.listeners.lock().unwrap().push(push);
    for event in pushed {
        stream.write_all(event.as_bytes())?;
        stream.flush()?;
    }
    Ok(())
}

/// The first byte of `Range: bytes=N-`, where `If-Range` names what is served.
fn range(request: &Request, tag: &str) -> Option<usize> {
    let range = request.headers.get("range")?;
    if request
        .headers
        .get("if-range")
        .is_some_and(|named| named != tag)
    {
        return None;
    }
    range
        .strip_prefix("bytes=")?
        .strip_suffix('-')?
        .parse()
        .ok()
}

fn head(
    stream: &mut impl Write,
    status: u16,
    headers: &[(&str, &str)],
    length: Option<usize>,
) -> io::Result<()> {
    let date = jiff::fmt::rfc2822::DateTimePrinter::new()
        .timestamp_to_rfc9110_string(&jiff::Timestamp::now())
        .map_err(io::Error::other)?;
    let mut text = format!("HTTP/1.1 {status} X\r\nDate: {date}\r\n");
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    match length {
        Some(length) => text.push_str(&format!("Content-Length: {length}\r\n\r\n")),
        None if status == 204 => text.push_str("\r\n"),
        None => text.push_str("Connection: close\r\n\r\n"),
    }
    stream.write_all(text.as_bytes())?;
    stream.flush()
}
