//! The central server, as an author's command reaches it.

use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use motcua_show::release::Sha256Hex;
use motcua_sync::api::Refusal;
use serde::Serialize;
use serde::de::DeserializeOwned;
use ureq::http::{Response, StatusCode};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, Body, SendBody};

/// How long an answer may be waited for; publishing to a large province takes a moment.
const PATIENCE: Duration = Duration::from_secs(120);

/// How long the server may leave a connection unanswered.
const CONNECT: Duration = Duration::from_secs(15);

/// The longest document that is read.
const LONGEST_ANSWER: u64 = 64 * 1024 * 1024;

/// A server and the right to use it.
pub struct Server {
    address: String,
    token: Option<String>,
    agent: Agent,
}

/// Why the server did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The file with the certificate authority cannot be used.
    #[error("{0} holds no certificate in PEM; name the ca.pem of the server")]
    Authority(PathBuf),
    /// The file with the token cannot be read.
    #[error("the token's file {file} cannot be read: {source}")]
    TokenFile {
        /// The file.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It cannot be reached.
    #[error("{server} cannot be reached: {source}{}", hint(.source))]
    Unreachable {
        /// The server.
        server: String,
        /// Why.
        source: Box<ureq::Error>,
    },
    /// It says no.
    #[error("{server} says: {sentence}")]
    Refused {
        /// The server.
        server: String,
        /// The status.
        status: StatusCode,
        /// Its sentence.
        sentence: String,
    },
    /// What came back is not of a server of Motcua.
    #[error("{0} does not answer as a server of Motcua does; check its address")]
    Foreign(String),
}

/// The one mistake that everybody makes once.
fn hint(error: &ureq::Error) -> &'static str {
    if error.to_string().contains("certificate") {
        "; name its certificate authority with --ca, which lies in the server's folder"
    } else {
        ""
    }
}

impl Server {
    /// The server at `address`; nothing is sent yet. `ca` is its certificate authority, without it the
    /// machine's own count.
    ///
    /// # Errors
    /// When the certificate authority cannot be read.
    pub fn new(
        address: &str,
        token: Option<String>,
        ca: Option<&PathBuf>,
    ) -> Result<Self, ServerError> {
        let roots = match ca {
            Some(file) => own_roots(file)?,
            None => machine_roots(),
        };
        let tls = TlsConfig::builder()
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .root_certs(roots)
            .build();
        let agent = Agent::config_builder()
            .tls_config(tls)
            .http_status_as_error(false)
            .user_agent(concat!("motcua/", env!("CARGO_PKG_VERSION")))
            .timeout_connect(Some(CONNECT))
            .timeout_recv_response(Some(PATIENCE))
            .build()
            .into();
        Ok(Self {
            address: address.trim_end_matches('/').to_owned(),
            token,
            agent,
        })
    }

    /// Reads a document of the API; none where there is none.
    ///
    /// # Errors
    /// When it cannot be reached or says no.
    pub fn get<T: DeserializeOwned>(&self, path: &str) -> Result<Option<T>, ServerError> {
        let sent = self.with_token(self.agent.get(self.place(path))).call();
        let mut response = self.answered(sent)?;
        if response.status() == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        self.check(&mut response)?;
        self.read(response).map(Some)
    }

    /// Sends a document to the API.
    ///
    /// # Errors
    /// When it cannot be reached or says no.
    pub fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, ServerError> {
        let sent = self
            .with_token(self.agent.post(self.place(path)))
            .send_json(body);
        let mut response = self.answered(sent)?;
        self.check(&mut response)?;
        self.read(response)
    }

    /// Sends a blob.
    ///
    /// # Errors
    /// When it cannot be reached or says no.
    pub fn put_blob(
        &self,
        hash: &Sha256Hex,
        length: u64,
        bytes: &mut dyn Read,
    ) -> Result<(), ServerError> {
        let request = self
            .with_token(self.agent.put(self.place(&format!("api/v1/blobs/{hash}"))))
            .header("content-length", length)
            .content_type("application/octet-stream");
        let mut response = self.answered(request.send(SendBody::from_reader(bytes)))?;
        self.check(&mut response)
    }

    fn place(&self, path: &str) -> String {
        format!("{}/{path}", self.address)
    }

    fn with_token<B>(&self, request: ureq::RequestBuilder<B>) -> ureq::RequestBuilder<B> {
        match &self.token {
            Some(token) => request.header("authorization", format!("Bearer {token}")),
            None => request,
        }
    }

    fn answered(
        &self,
        sent: Result<Response<Body>, ureq::Error>,
    ) -> Result<Response<Body>, ServerError> {
        sent.map_err(|source| ServerError::Unreachable {
            server: self.address.clone(),
            source: Box::new(source),
        })
    }

    fn check(&self, response: &mut Response<Body>) -> Result<(), ServerError> {
        let status = response.status();
        if status.is_success() {
            return Ok(());
        }
        match response.body_mut().read_json::<Refusal>() {
            Ok(refusal) => Err(ServerError::Refused {
                server: self.address.clone(),
                status,
                sentence: refusal.error,
            }),
            Err(_) => Err(ServerError::Foreign(self.address.clone())),
        }
    }

    fn read<T: DeserializeOwned>(&self, mut response: Response<Body>) -> Result<T, ServerError> {
        response
            .body_mut()
            .with_config()
            .limit(LONGEST_ANSWER)
            .read_json()
            .map_err(|_| ServerError::Foreign(self.address.clone()))
    }
}

fn own_roots(file: &PathBuf) -> Result<RootCerts, ServerError> {
    let bytes = std::fs::read(file).map_err(|_| ServerError::Authority(file.clone()))?;
    let certificates: Vec<Certificate<'static>> = certificates(&bytes);
    if certificates.is_empty() {
        return Err(ServerError::Authority(file.clone()));
    }
    Ok(RootCerts::from(certificates))
}

/// Those of the machine; without any no server of the open network can be reached, which says so itself.
fn machine_roots() -> RootCerts {
    let bytes = std::fs::read("/etc/ssl/certs/ca-certificates.crt").unwrap_or_default();
    RootCerts::from(certificates(&bytes))
}

fn certificates(pem: &[u8]) -> Vec<Certificate<'static>> {
    parse_pem(pem)
        .filter_map(|item| match item {
            Ok(PemItem::Certificate(certificate)) => Some(certificate),
            _ => None,
        })
        .collect()
}

/// A name as one segment of a path.
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
