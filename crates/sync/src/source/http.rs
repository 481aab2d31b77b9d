//! A repository on a server, and the rest of what a screen says to that server.
//!
//! Every request has a bound on each of its steps. Redirects are not followed, because whoever sits in
//! between could send one; the one exception is a blob, whose hash is checked and for which the token stays
//! behind.

use std::io::Read;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use motcua_show::release::Sha256Hex;
use ureq::http::{Response, StatusCode, header};
use ureq::{Agent, Body};

use super::agent::{agent, roots};
use super::reply::{begins_as_page, check_status, header_of, range_start, read_limited};
use super::{Download, Resume, SourceError, blob_path};

/// The longest answer of the API that is read.
const LONGEST_ANSWER: u64 = 64 * 1024;

/// How to reach a server.
#[derive(Clone)]
pub struct HttpSettings {
    /// Its address, such as `https://motcua.example:8443`.
    pub server: String,
    /// What the screen shows it; none for what is public.
    pub token: Option<String>,
    /// The only certificate authority that may vouch for it, as PEM; none: those of the machine.
    pub ca: Option<String>,
    /// How long to wait.
    pub patience: Patience,
}

/// How long to wait for a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For its name, and then for the connection with TLS.
    pub connect: Duration,
    /// For the request to go out, and for the answer to begin.
    pub answer: Duration,
    /// For each next piece of an answer.
    pub read: Duration,
    /// For a whole document, and for what is sent. A blob has none: its pace is watched instead.
    pub document: Duration,
    /// The slowest pace of a blob, in bytes a second over `pace_over`.
    pub slowest: u64,
    /// Over how long the pace of a blob is measured.
    pub pace_over: Duration,
}

impl Default for Patience {
    /// For offices whose line is a mobile one.
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(15),
            answer: Duration::from_secs(30),
            read: Duration::from_secs(30),
            document: Duration::from_secs(120),
            slowest: 256,
            pace_over: Duration::from_secs(60),
        }
    }
}

/// A server.
pub struct HttpSource {
    settings: HttpSettings,
    agent: Agent,
    /// For where a server sends a blob's reader: it trusts the machine's authorities too, as the hash decides.
    elsewhere: Agent,
    clock: Mutex<Option<ClockReading>>,
}

/// What the API answered.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

/// The two clocks at one moment.
#[derive(Debug, Clone, Copy)]
struct ClockReading {
    server: Timestamp,
    machine: Timestamp,
}

impl std::fmt::Debug for HttpSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The token never gets into a log.
        write!(f, "HttpSource({})", self.settings.server)
    }
}

impl HttpSource {
    /// The server of these settings; nothing is sent yet.
    ///
    /// # Errors
    /// When the address or the certificate authority cannot be used.
    pub fn new(mut settings: HttpSettings) -> Result<Self, SourceError> {
        let server = settings.server.trim_end_matches('/').to_owned();
        let is_address = server.parse::<ureq::http::Uri>().is_ok_and(|uri| {
            matches!(uri.scheme_str(), Some("http" | "https"))
                && uri.host().is_some()
                && uri.query().is_none()
        });
        if !is_address {
            return Err(SourceError::BadAddress(settings.server));
        }
        settings.server = server;
        let (own, any) = roots(&settings)?;
        let elsewhere = agent(&settings.patience, any);
        let agent = agent(&settings.patience, own);
        Ok(Self {
            settings,
            agent,
            elsewhere,
            clock: Mutex::new(None),
        })
    }

    /// Its address, without a slash at the end.
    #[must_use]
    pub fn server(&self) -> &str {
        &self.settings.server
    }

    /// How long it is waited for.
    #[must_use]
    pub fn patience(&self) -> &Patience {
        &self.settings.patience
    }

    /// This machine's clock less the server's at its latest answer, in milliseconds. The server says whole
    /// seconds, so it is good to a second.
    #[must_use]
    pub fn clock_offset_ms(&self) -> Option<i64> {
        let reading = *self.clock.lock().unwrap_or_else(PoisonError::into_inner);
        reading.map(|clocks| clocks.machine.as_millisecond() - clocks.server.as_millisecond())
    }

    pub(super) fn document(
        &self,
        kind: &str,
        path: &str,
        max: u64,
    ) -> Result<Option<Vec<u8>>, SourceError> {
        let place = format!(
            "{}/repository/{kind}/{}",
            self.settings.server,
            escaped(path)
        );
        let mut response = self.get(&place, Some(self.settings.patience.document), &[])?;
        if response.status() == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        check_status(&place, &response)?;
        let bytes = read_limited(response.body_mut().as_reader(), &place, max)?;
        if begins_as_page(&bytes) {
            return Err(SourceError::CaptivePortal { place });
        }
        Ok(Some(bytes))
    }

    /// Reads a document of the API; none where the server has no such thing.
    pub(crate) fn api(&self, path: &str, max: u64) -> Result<Option<Vec<u8>>, SourceError> {
        let place = format!("{}/api/v1/{path}", self.settings.server);
        let mut response = self.get(&place, Some(self.settings.patience.document), &[])?;
        if response.status() == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        check_status(&place, &response)?;
        let bytes = read_limited(response.body_mut().as_reader(), &place, max)?;
        if begins_as_page(&bytes) {
            return Err(SourceError::CaptivePortal { place });
        }
        Ok(Some(bytes))
    }

    pub(super) fn blob(&self, hash: &Sha256Hex, resume: &Resume) -> Result<Download, SourceError> {
        let place = format!("{}/repository/{}", self.settings.server, blob_path(hash));
        let mut headers = vec![("accept-encoding", "identity".to_owned())];
        if resume.from > 0 {
            let validator = resume
                .validator
                .clone()
                .unwrap_or_else(|| format!("\"{hash}\""));
            headers.push(("range", format!("bytes={}-", resume.from)));
            headers.push(("if-range", validator));
        }
        let mut response = self.get(&place, None, &headers)?;
        if response.status() == StatusCode::TEMPORARY_REDIRECT {
            response = self.follow(&place, &response, &headers)?;
        }
        if response.status() == StatusCode::RANGE_NOT_SATISFIABLE && resume.from > 0 {
            return self.blob(hash, &Resume::default());
        }
        if response.status() == StatusCode::NOT_FOUND {
            return Err(SourceError::Missing { place });
        }
        check_status(&place, &response)?;
        let starts_at = if response.status() == StatusCode::PARTIAL_CONTENT {
            range_start(&response).ok_or(SourceError::Refused { place, status: 206 })?
        } else {
            0
        };
        Ok(Download {
            starts_at,
            validator: header_of(&response, header::ETAG)
                .filter(|tag| !tag.starts_with("W/"))
                .map(str::to_owned),
            body: Box::new(response.into_body().into_reader()),
        })
    }

    /// Where the server lets an object store hand out its blobs, it sends the reader there.
    fn follow(
        &self,
        place: &str,
        response: &Response<Body>,
        headers: &[(&str, String)],
    ) -> Result<Response<Body>, SourceError> {
        let target = header_of(response, header::LOCATION).unwrap_or_default();
        if !(target.starts_with("https://") || target.starts_with("http://")) {
            return Err(SourceError::Refused {
                place: place.to_owned(),
                status: 307,
            });
        }
        let mut request = self.elsewhere.get(target);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        request
            .call()
            .map_err(|cause| SourceError::of_request(place, cause))
    }

    /// Sends JSON to a path of the API, with the signature where one is given; the answer's body is dropped.
    pub(crate) fn post(
        &self,
        path: &str,
        body: &[u8],
        signature: Option<&str>,
    ) -> Result<(), SourceError> {
        let place = format!("{}/api/v1/{path}", self.settings.server);
        let mut request = self
            .agent
            .post(&place)
            .config()
            .timeout_per_call(Some(self.settings.patience.document))
            .build()
            .content_type("application/json");
        if let Some(token) = &self.settings.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if let Some(signature) = signature {
            request = request.header("x-motcua-signature", signature);
        }
        let mut response = request
            .send(body)
            .map_err(|cause| SourceError::of_request(&place, cause))?;
        self.note_clock(&response);
        check_status(&place, &response)?;
        answer_of(&mut response, &place).map(drop)
    }

    /// Asks the API for a short answer in JSON.
    pub(crate) fn ask(&self, path: &str) -> Result<Vec<u8>, SourceError> {
        let place = format!("{}/api/v1/{path}", self.settings.server);
        let mut response = self.get(&place, Some(self.settings.patience.document), &[])?;
        check_status(&place, &response)?;
        answer_of(&mut response, &place)
    }

    /// Sends what gzip has packed to a path of the API. An answer of 409 says why it does not fit and is none of
    /// the errors.
    pub(crate) fn send_packed(
        &self,
        path: &str,
        kind: &str,
        packed: &[u8],
    ) -> Result<Reply, SourceError> {
        let place = format!("{}/api/v1/{path}", self.settings.server);
        let mut request = self
            .agent
            .post(&place)
            .config()
            .timeout_per_call(Some(self.settings.patience.document))
            .build()
            .content_type(kind)
            .header("content-encoding", "gzip");
        if let Some(token) = &self.settings.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let mut response = request
            .send(packed)
            .map_err(|cause| SourceError::of_request(&place, cause))?;
        self.note_clock(&response);
        if response.status() != StatusCode::CONFLICT {
            check_status(&place, &response)?;
        }
        Ok(Reply {
            status: response.status().as_u16(),
            body: answer_of(&mut response, &place)?,
        })
    }

    /// What the server's clock says, to the nanosecond that it knows.
    pub(crate) fn time(&self) -> Result<Timestamp, SourceError> {
        let place = format!("{}/api/v1/time", self.settings.server);
        let mut response = self.get(&place, Some(self.settings.patience.answer), &[])?;
        check_status(&place, &response)?;
        let answer = read_limited(response.body_mut().as_reader(), &place, LONGEST_ANSWER)?;
        let time: Result<crate::api::Time, _> = serde_json::from_slice(&answer);
        time.map(|time| time.now)
            .map_err(|_| SourceError::CaptivePortal { place })
    }

    /// Opens a stream of events of the API, of which each piece may take `silence` to come.
    pub(crate) fn events(
        &self,
        path: &str,
        silence: Duration,
    ) -> Result<impl Read + use<>, SourceError> {
        let place = format!("{}/api/v1/{path}", self.settings.server);
        let mut request = self
            .agent
            .get(&place)
            .config()
            .timeout_per_read(Some(silence))
            .build()
            .header("accept", "text/event-stream")
            .header("accept-encoding", "identity");
        if let Some(token) = &self.settings.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let response = request
            .call()
            .map_err(|cause| SourceError::of_request(&place, cause))?;
        self.note_clock(&response);
        check_status(&place, &response)?;
        if response.body().mime_type() != Some("text/event-stream") {
            return Err(SourceError::CaptivePortal { place });
        }
        Ok(response.into_body().into_reader())
    }

    fn get(
        &self,
        place: &str,
        whole: Option<Duration>,
        headers: &[(&str, String)],
    ) -> Result<Response<Body>, SourceError> {
        let mut request = self
            .agent
            .get(place)
            .config()
            .timeout_per_call(whole)
            .build();
        if let Some(token) = &self.settings.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let response = request
            .call()
            .map_err(|cause| SourceError::of_request(place, cause))?;
        self.note_clock(&response);
        Ok(response)
    }

    fn note_clock(&self, response: &Response<Body>) {
        let written = header_of(response, header::DATE);
        let server = written.and_then(|date| jiff::fmt::rfc2822::parse(date).ok());
        if let Some(server) = server {
            let reading = ClockReading {
                server: server.timestamp(),
                machine: Timestamp::now(),
            };
            *self.clock.lock().unwrap_or_else(PoisonError::into_inner) = Some(reading);
        }
    }
}

/// A short answer of the API, whole.
fn answer_of(response: &mut Response<Body>, place: &str) -> Result<Vec<u8>, SourceError> {
    let answer = read_limited(response.body_mut().as_reader(), place, LONGEST_ANSWER)?;
    if begins_as_page(&answer) {
        return Err(SourceError::CaptivePortal {
            place: place.to_owned(),
        });
    }
    Ok(answer)
}

/// The path for a URL. `%` stays: names of metadata files are escaped already.
fn escaped(path: &str) -> String {
    use std::fmt::Write as _;
    let mut written = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/%".contains(&byte) {
            written.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(written, "%{byte:02X}");
        }
    }
    written
}
