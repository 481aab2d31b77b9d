//! A person's access to a server: its address, a token, and requests with answers in sentences.
//!
//! Commands that run beside a server find all three in its data folder; elsewhere they are named.

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use ureq::http::{Method, Request, Response, StatusCode};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, AsSendBody, Body, SendBody};

use crate::api::Refusal;
use crate::source::{HttpSettings, Patience};

/// Where a server writes its address in its data folder.
pub const ADDRESS_FILE: &str = "address";

/// Where it keeps the certificate authority that it made.
pub const CA_FILE: &str = "tls/ca.pem";

/// Where it keeps the first administrator's token.
pub const TOKEN_FILE: &str = "admin.token";

/// Where Debian keeps the authorities of the machine.
const MACHINE_AUTHORITIES: &str = "/etc/ssl/certs/ca-certificates.crt";

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(15);

/// How long the beginning of an answer may take: accepting a screen waits for half a minute, publishing to a
/// large province takes a moment.
const ANSWER: Duration = Duration::from_secs(120);

/// The longest answer; bundles and exports hold every release's document.
const LONGEST_ANSWER: u64 = 256 * 1024 * 1024;

/// What was named of a server.
#[derive(Debug, Clone, Default)]
pub struct Named {
    /// Its address.
    pub server: Option<String>,
    /// The token.
    pub token: Option<String>,
    /// The file with the only certificate authority that may vouch for it.
    pub ca: Option<PathBuf>,
    /// The data folder of a server on this machine, for what is not named.
    pub data: PathBuf,
}

/// A server and who speaks to it.
pub struct Access {
    agent: Agent,
    server: String,
    token: String,
    ca: Option<String>,
}

impl std::fmt::Debug for Access {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The token never gets into a log.
        write!(f, "Access({})", self.server)
    }
}

/// Why a server did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// No server was named and none is here.
    #[error(
        "no server was found in {}; start one with `motcua-server run`, or name one with --server or --data",
        .0.display()
    )]
    NoServer(PathBuf),
    /// No token was named and none is here.
    #[error("the server wants a token; name one with --token or in MOTCUA_TOKEN ({} cannot be read)", .0.display())]
    NoToken(PathBuf),
    /// The certificate authority cannot be used.
    #[error("{} holds no certificate in PEM; name the tls/ca.pem of the server with --ca", .0.display())]
    BadAuthority(PathBuf),
    /// It cannot be reached.
    #[error("{server} cannot be reached: {cause}{}", hint(.cause))]
    Unreachable {
        /// The server.
        server: String,
        /// Why.
        cause: Box<ureq::Error>,
    },
    /// It says no.
    #[error("{sentence}")]
    Refused {
        /// The status.
        status: StatusCode,
        /// Its sentence.
        sentence: String,
    },
    /// The answer broke off.
    #[error("the answer of {server} broke off: {cause}; try again")]
    Broken {
        /// The server.
        server: String,
        /// Why.
        cause: io::Error,
    },
    /// What came back is not of a server of Motcua.
    #[error(
        "{0} does not answer as a server of Motcua does; compare the address and `motcua-server --version`"
    )]
    Foreign(String),
    /// What was to be sent cannot be written as JSON.
    #[error("the request cannot be written: {0}")]
    Request(#[from] serde_json::Error),
}

impl AccessError {
    /// Whether the server says that there is no such thing.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Refused { status, .. } if *status == StatusCode::NOT_FOUND)
    }
}

/// The one mistake that everybody makes once.
fn hint(cause: &ureq::Error) -> &'static str {
    if cause.to_string().to_lowercase().contains("certificate") {
        "; name its certificate authority, the tls/ca.pem in its data folder, with --ca"
    } else {
        ""
    }
}

impl Access {
    /// Access as it was named; nothing is sent yet.
    ///
    /// # Errors
    /// When there is no server or token, or the certificate authority cannot be used.
    pub fn new(named: &Named) -> Result<Self, AccessError> {
        let data = &named.data;
        let server = named
            .server
            .clone()
            .or_else(|| line(&data.join(ADDRESS_FILE)))
            .ok_or_else(|| AccessError::NoServer(data.clone()))?;
        let token = named
            .token
            .clone()
            .or_else(|| line(&data.join(TOKEN_FILE)))
            .ok_or_else(|| AccessError::NoToken(data.join(TOKEN_FILE)))?;
        let ca = authority(named)?;
        let roots = match &ca {
            Some(pem) => certificates(pem.as_bytes()),
            None => certificates(&std::fs::read(MACHINE_AUTHORITIES).unwrap_or_default()),
        };
        let tls = TlsConfig::builder()
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .root_certs(RootCerts::from(roots))
            .build();
        let agent = Agent::config_builder()
            .tls_config(tls)
            .http_status_as_error(false)
            .user_agent(concat!("motcua/", env!("CARGO_PKG_VERSION")))
            .timeout_connect(Some(CONNECT))
            .timeout_recv_response(Some(ANSWER))
            .build()
            .into();
        Ok(Self {
            agent,
            server: server.trim_end_matches('/').to_owned(),
            token: token.trim().to_owned(),
            ca,
        })
    }

    /// The same access for reading a repository.
    #[must_use]
    pub fn http_settings(&self) -> HttpSettings {
        HttpSettings {
            server: self.server.clone(),
            token: Some(self.token.clone()),
            ca: self.ca.clone(),
            patience: Patience::default(),
        }
    }

    /// Its address, without a slash at the end.
    #[must_use]
    pub fn server(&self) -> &str {
        &self.server
    }

    /// Reads a document, such as that at `/api/v1/units`.
    ///
    /// # Errors
    /// When the server cannot be reached or says no.
    pub fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, AccessError> {
        self.ask(Method::GET, path, None::<&()>)
    }

    /// Sends a document.
    ///
    /// # Errors
    /// When the server cannot be reached or says no.
    pub fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, AccessError> {
        self.ask(Method::POST, path, Some(body))
    }

    /// Changes a document.
    ///
    /// # Errors
    /// When the server cannot be reached or says no.
    pub fn patch<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, AccessError> {
        self.ask(Method::PATCH, path, Some(body))
    }

    /// Removes what is there.
    ///
    /// # Errors
    /// When the server cannot be reached or says no.
    pub fn delete<T: DeserializeOwned>(&self, path: &str) -> Result<T, AccessError> {
        self.ask(Method::DELETE, path, None::<&()>)
    }

    /// The bytes of an answer, to be read as they come.
    ///
    /// # Errors
    /// When the server cannot be reached or says no.
    pub fn bytes(&self, path: &str) -> Result<impl Read + use<>, AccessError> {
        let request = self
            .request(Method::GET, path)
            .header("accept-encoding", "identity");
        let response = self.send(request, SendBody::none())?;
        Ok(response.into_body().into_reader())
    }

    /// Sends `length` bytes as they are read.
    ///
    /// # Errors
    /// When the server cannot be reached or says no.
    pub fn put(&self, path: &str, length: u64, bytes: &mut dyn Read) -> Result<(), AccessError> {
        let request = self
            .request(Method::PUT, path)
            .header("content-type", "application/octet-stream")
            .header("content-length", length);
        self.send(request, SendBody::from_reader(bytes)).map(drop)
    }

    /// An answer without content counts as `null`.
    fn ask<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> Result<T, AccessError> {
        let request = self
            .request(method, path)
            .header("content-type", "application/json");
        let response = match body {
            Some(body) => self.send(request, serde_json::to_vec(body)?),
            None => self.send(request, SendBody::none()),
        }?;
        let mut text = Vec::new();
        response
            .into_body()
            .into_with_config()
            .limit(LONGEST_ANSWER)
            .reader()
            .read_to_end(&mut text)
            .map_err(|cause| AccessError::Broken {
                server: self.server.clone(),
                cause,
            })?;
        let text = if text.is_empty() {
            b"null"
        } else {
            text.as_slice()
        };
        serde_json::from_slice(text).map_err(|_| AccessError::Foreign(self.server.clone()))
    }

    fn request(&self, method: Method, path: &str) -> ureq::http::request::Builder {
        Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.server))
            .header("authorization", format!("Bearer {}", self.token))
    }

    fn send(
        &self,
        request: ureq::http::request::Builder,
        body: impl AsSendBody,
    ) -> Result<Response<Body>, AccessError> {
        let unreachable = |cause: ureq::Error| AccessError::Unreachable {
            server: self.server.clone(),
            cause: Box::new(cause),
        };
        let request = request
            .body(body)
            .map_err(|error| unreachable(error.into()))?;
        let mut response = self.agent.run(request).map_err(unreachable)?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        match response.body_mut().read_json::<Refusal>() {
            Ok(refusal) => Err(AccessError::Refused {
                status,
                sentence: refusal.error,
            }),
            Err(_) => Err(AccessError::Foreign(self.server.clone())),
        }
    }
}

/// A name as one segment of a path.
#[must_use]
pub fn segment(name: &str) -> String {
    use std::fmt::Write as _;
    let mut written = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            written.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(written, "%{byte:02X}");
        }
    }
    written
}

fn line(file: &Path) -> Option<String> {
    let text = std::fs::read_to_string(file).ok()?;
    Some(text.trim().to_owned()).filter(|line| !line.is_empty())
}

/// The authority that was named; else that in the data folder, if the server is the one there; else none, so
/// that those of the machine count.
fn authority(named: &Named) -> Result<Option<String>, AccessError> {
    let here = named.data.join(CA_FILE);
    let is_here = named.server.is_none() || named.server == line(&named.data.join(ADDRESS_FILE));
    let file = match &named.ca {
        Some(file) => file.clone(),
        None if is_here && here.exists() => here,
        None => return Ok(None),
    };
    match std::fs::read_to_string(&file) {
        Ok(pem) if !certificates(pem.as_bytes()).is_empty() => Ok(Some(pem)),
        _ => Err(AccessError::BadAuthority(file)),
    }
}

fn certificates(pem: &[u8]) -> Vec<Certificate<'static>> {
    parse_pem(pem)
        .filter_map(|item| match item {
            Ok(PemItem::Certificate(certificate)) => Some(certificate),
            _ => None,
        })
        .collect()
}
