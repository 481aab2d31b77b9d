//! Sockets: accepting connections, TLS, and the limits that keep a slow or hostile client from costing
//! more than its own connection.
//!
//! Every connection has a time for its first byte, for the head of each request, and for each stretch in
//! which it takes nothing of what it is sent. Screens that wait for events are most of the connections and
//! send nothing, so they are taken out of the HTTP machinery, whose buffers are most of what they cost.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use hyper::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio_rustls::TlsAcceptor;
use tower::Service as _;

use crate::hub::Events;
use crate::steady::{Preceded, Steady};

/// How long a client may take, and how many there may be.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Connections open at once; the next one is closed at once, and its client comes back later.
    pub connections: usize,
    /// From the connection to the first byte of the first request, TLS included.
    pub first_byte: Duration,
    /// From the end of one request, or the first byte, to the whole head of the next.
    pub header_read: Duration,
    /// For which a client takes nothing of an answer.
    pub write_stall: Duration,
    /// From the order to stop to the end of what is under way.
    pub farewell: Duration,
}

impl Limits {
    /// The usual times, for `connections` clients.
    #[must_use]
    pub const fn new(connections: usize) -> Self {
        Self {
            connections,
            // A phone network of the worst kind needs 3 s for a TLS handshake.
            first_byte: Duration::from_secs(10),
            // Longer than the time for which a proxy keeps its connections to us (20 s in deploy/nginx).
            header_read: Duration::from_secs(30),
            write_stall: Duration::from_secs(30),
            farewell: Duration::from_secs(10),
        }
    }
}

/// The address of the client as the socket knows it.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub IpAddr);

/// Who answers.
pub trait Answer: Send + Sync + 'static {
    /// The routes of everything.
    fn router(self: &Arc<Self>) -> axum::Router;

    /// The events for the screen that shows `authorization`, where the request may be answered without the
    /// router; none sends it there, which then says what is wrong.
    fn events(&self, authorization: &str) -> impl Future<Output = Option<Events>> + Send;
}

/// The path whose requests are answered without the router.
pub const EVENTS_PATH: &str = "/api/v1/screen/events";

/// What a connection of a screen that waits for events begins with.
const EVENTS_HEAD: &[u8] = b"GET /api/v1/screen/events HTTP/1.1\r\n";

/// The longest head of such a request; what is longer goes to the router.
const LONGEST_HEAD: usize = 4096;

/// The answer to it. The stream lasts until the connection ends, which is why no length is needed.
const EVENTS_ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\
cache-control: no-store\r\nx-accel-buffering: no\r\nconnection: close\r\n\r\n";

/// Accepts connections until `stop` says so, and returns when the last one is gone.
pub async fn accept<A: Answer>(
    listener: TcpListener,
    tls: Option<Arc<ServerConfig>>,
    answer: Arc<A>,
    limits: Limits,
    mut stop: watch::Receiver<bool>,
) {
    let places = Arc::new(Semaphore::new(limits.connections));
    let graceful = GracefulShutdown::new();
    let tls = tls.map(TlsAcceptor::from);
    let router = answer.router();
    let mut is_full = false;
    loop {
        let (stream, peer) = tokio::select! {
            accepted = next_connection(&listener) => accepted,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
            if !std::mem::replace(&mut is_full, true) {
                tracing::warn!(
                    connections = limits.connections,
                    "all connections are taken; raise max_connections or add a replica"
                );
            }
            continue;
        };
        is_full = false;
        let door = Door {
            peer: Peer(peer.ip().to_canonical()),
            answer: Arc::clone(&answer),
            router: router.clone(),
            limits,
            watcher: graceful.watcher(),
            place,
        };
        match tls.clone() {
            Some(tls) => drop(tokio::spawn(door.open_tls(tls, stream))),
            None => drop(tokio::spawn(door.open(stream))),
        }
    }
    drop(listener);
    let all = u32::try_from(limits.connections).unwrap_or(u32::MAX);
    let gone = async {
        graceful.shutdown().await;
        // Waiting screens are not watched; they hold their places until they are gone.
        let _ = places.acquire_many(all).await;
    };
    if tokio::time::timeout(limits.farewell, gone).await.is_err() {
        tracing::info!("some connections did not end in time and are cut");
    }
}

async fn next_connection(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                // Nagle's algorithm costs 40 ms for every small answer; without it nothing is lost.
                let _ = stream.set_nodelay(true);
                return (stream, peer);
            }
            // The client has gone again, or there are no file descriptors; the latter takes a while.
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
            Err(error) => {
                tracing::warn!(%error, "no connection can be accepted; raise the limit of open files");
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
    }
}

/// One connection before it is known what it wants.
struct Door<A> {
    peer: Peer,
    answer: Arc<A>,
    router: axum::Router,
    limits: Limits,
    watcher: hyper_util::server::graceful::Watcher,
    place: OwnedSemaphorePermit,
}

/// What a connection begins with.
enum Beginning {
    /// A screen that waits for events, and what it shows.
    Events(Events),
    /// Anything else, and the bytes that were read of it.
    Other(Vec<u8>),
}

impl<A: Answer> Door<A> {
    async fn open_tls(self, tls: TlsAcceptor, stream: TcpStream) {
        let shaken = tokio::time::timeout(self.limits.first_byte, tls.accept(stream)).await;
        // Scanners, and screens that pinned another authority, end here; they are told by TLS itself.
        if let Ok(Ok(stream)) = shaken {
            self.open(stream).await;
        }
    }

    async fn open<S: AsyncRead + AsyncWrite + Send + Unpin + 'static>(self, stream: S) {
        let mut stream = Steady::new(stream, self.limits.write_stall);
        let begun = tokio::time::timeout(self.limits.first_byte, self.begin(&mut stream)).await;
        // Each goes on in a task of its own size: this one is as large as the largest of them.
        match begun {
            Ok(Ok(Beginning::Events(events))) => {
                tokio::spawn(send_events(stream, events, self.place));
            }
            Ok(Ok(Beginning::Other(read))) if !read.is_empty() => {
                tokio::spawn(self.converse(Preceded::new(read, stream)));
            }
            _ => {}
        }
    }

    async fn begin<S: AsyncRead + Unpin>(&self, stream: &mut S) -> io::Result<Beginning> {
        let mut read = Vec::with_capacity(512);
        loop {
            let seen = read.len();
            if stream.read_buf(&mut read).await? == 0 {
                return Ok(Beginning::Other(read));
            }
            let compared = read.len().min(EVENTS_HEAD.len());
            if read[..compared] != EVENTS_HEAD[..compared] || read.len() > LONGEST_HEAD {
                return Ok(Beginning::Other(read));
            }
            if read[seen.saturating_sub(3)..]
                .windows(4)
                .any(|end| end == b"\r\n\r\n")
            {
                break;
            }
        }
        let events = match authorization(&read) {
            Some(authorization) => self.answer.events(authorization).await,
            None => None,
        };
        Ok(events.map_or(Beginning::Other(read), Beginning::Events))
    }

    async fn converse<S: AsyncRead + AsyncWrite + Send + Unpin + 'static>(self, stream: S) {
        let Self {
            peer,
            router,
            limits,
            watcher,
            place,
            ..
        } = self;
        let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(peer);
            router.clone().call(request)
        });
        let connection = hyper::server::conn::http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.header_read)
            .serve_connection(TokioIo::new(stream), service);
        // What breaks a connection is the client's affair; requests are counted where they are answered.
        let _ = watcher.watch(connection).await;
        drop(place);
    }
}

/// What a request shows, if it is whole, ends with its head and is not chunked or long.
fn authorization(head: &[u8]) -> Option<&str> {
    let mut headers = [httparse::EMPTY_HEADER; 32];
    let mut request = httparse::Request::new(&mut headers);
    let length = match request.parse(head) {
        Ok(httparse::Status::Complete(length)) => length,
        _ => return None,
    };
    let has_body = request.headers.iter().any(|header| {
        header.name.eq_ignore_ascii_case("content-length")
            || header.name.eq_ignore_ascii_case("transfer-encoding")
    });
    if length != head.len() || has_body {
        return None;
    }
    let mut shown = request
        .headers
        .iter()
        .filter(|header| header.name.eq_ignore_ascii_case("authorization"));
    match (shown.next(), shown.next()) {
        (Some(header), None) => std::str::from_utf8(header.value).ok(),
        _ => None,
    }
}

/// Sends a waiting screen its events until either side ends.
async fn send_events<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    mut events: Events,
    place: OwnedSemaphorePermit,
) {
    if stream.write_all(EVENTS_ANSWER).await.is_err() {
        return;
    }
    let mut ignored = [0; 16];
    loop {
        let sent = tokio::select! {
            next = events.next() => match next {
                Some(bytes) => async {
                    stream.write_all(&bytes).await?;
                    stream.flush().await
                }.await,
                None => break,
            },
            read = stream.read(&mut ignored) => match read {
                Ok(0) | Err(_) => break,
                Ok(_) => Ok(()),
            },
        };
        if sent.is_err() {
            break;
        }
    }
    let _ = stream.shutdown().await;
    drop(place);
}
