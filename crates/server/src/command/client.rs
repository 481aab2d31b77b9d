//! The HTTP client of the commands: finds the server, shows the token, and turns refusals into sentences.

use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use motcua_sync::api::Refusal;
use serde::Serialize;
use serde::de::DeserializeOwned;
use ureq::http::{Method, Request, Response};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, Body};

use super::Target;
use crate::server::{address_file, ca_file, token_file};

/// Where Debian keeps the authorities of the machine.
const MACHINE_AUTHORITIES: &str = "/etc/ssl/certs/ca-certificates.crt";

/// Accepting a screen waits for half a minute.
const ANSWER: Duration = Duration::from_secs(60);

/// The longest answer; bundles and exports hold every release's document.
const LONGEST_ANSWER: u64 = 256 << 20;

/// A running server and who speaks to it.
#[derive(Debug)]
pub(super) struct Client {
    agent: Agent,
    server: String,
    token: String,
}

impl Client {
    pub(super) fn new(target: &Target) -> anyhow::Result<Self> {
        let server = match &target.server {
            Some(server) => server.trim_end_matches('/').to_owned(),
            None => read_line(&address_file(&target.data)).with_context(|| {
                format!(
                    "no server was found in {}; start one with `motcua-server run`, or name one with --server or --data",
                    target.data.display()
                )
            })?,
        };
        let token = match &target.token {
            Some(token) => token.trim().to_owned(),
            None => read_line(&token_file(&target.data))
                .context("no token was found; give one with --token or in MOTCUA_TOKEN")?,
        };
        let authorities = authorities(target, &server)?;
        let tls = TlsConfig::builder()
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .root_certs(RootCerts::Specific(Arc::new(authorities)))
            .build();
        let agent = Agent::config_builder()
            .tls_config(tls)
            .http_status_as_error(false)
            .timeout_connect(Some(Duration::from_secs(10)))
            .timeout_recv_response(Some(ANSWER))
            .build()
            .new_agent();
        Ok(Self {
            agent,
            server,
            token,
        })
    }

    pub(super) fn get<T: DeserializeOwned>(&self, path: &str) -> anyhow::Result<T> {
        self.ask(Method::GET, path, None::<&()>)
    }

    pub(super) fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> anyhow::Result<T> {
        self.ask(Method::POST, path, Some(body))
    }

    pub(super) fn patch<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> anyhow::Result<T> {
        self.ask(Method::PATCH, path, Some(body))
    }

    pub(super) fn delete<T: DeserializeOwned>(&self, path: &str) -> anyhow::Result<T> {
        self.ask(Method::DELETE, path, None::<&()>)
    }

    /// The bytes of an answer, to be read as they come.
    pub(super) fn bytes(&self, path: &str) -> anyhow::Result<Response<Body>> {
        let request = self.request(Method::GET, path).body(())?;
        self.checked(self.agent.run(request))
    }

    /// An answer without content counts as `null`.
    fn ask<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> anyhow::Result<T> {
        let request = self.request(method, path);
        let answer = match body {
            Some(body) => self.agent.run(request.body(serde_json::to_vec(body)?)?),
            None => self.agent.run(request.body(())?),
        };
        let mut text = String::new();
        self.checked(answer)?
            .into_body()
            .into_with_config()
            .limit(LONGEST_ANSWER)
            .reader()
            .read_to_string(&mut text)
            .with_context(|| format!("the answer of {} broke off; try again", self.server))?;
        let text = if text.is_empty() { "null" } else { &text };
        serde_json::from_str(text).with_context(|| {
            format!("{} is no Motcua server of this version; compare the address and `motcua-server --version`", self.server)
        })
    }

    fn request(&self, method: Method, path: &str) -> ureq::http::request::Builder {
        Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.server))
            .header("authorization", format!("Bearer {}", self.token))
            .header("content-type", "application/json")
    }

    fn checked(
        &self,
        answer: Result<Response<Body>, ureq::Error>,
    ) -> anyhow::Result<Response<Body>> {
        let mut answer = answer.with_context(|| {
            format!("{} cannot be reached; see that the server runs and that address and authority are right", self.server)
        })?;
        let status = answer.status();
        if status.is_success() {
            return Ok(answer);
        }
        let text = answer.body_mut().read_to_string().unwrap_or_default();
        match serde_json::from_str::<Refusal>(&text) {
            Ok(refusal) => bail!("{}", refusal.error),
            Err(_) => bail!(
                "{} answers with {status}; see that it is a Motcua server",
                self.server
            ),
        }
    }
}

/// A part of a path: what is not plain is escaped.
pub(super) fn escaped(part: &str) -> String {
    use std::fmt::Write as _;
    let mut written = String::with_capacity(part.len());
    for byte in part.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            written.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(written, "%{byte:02X}");
        }
    }
    written
}

/// Who may vouch for the server: the authority that was named, else that of the server in the data folder if
/// it is this one, else the machine's.
fn authorities(target: &Target, server: &str) -> anyhow::Result<Vec<Certificate<'static>>> {
    if server.starts_with("http://") {
        return Ok(Vec::new());
    }
    let own = ca_file(&target.data);
    let path = match &target.ca {
        Some(path) => path.clone(),
        None if target.server.is_none() && own.exists() => own,
        None => {
            std::env::var_os("SSL_CERT_FILE").map_or_else(|| MACHINE_AUTHORITIES.into(), Into::into)
        }
    };
    let pem = std::fs::read(&path).with_context(|| {
        format!(
            "{} cannot be read; give the server's authority with --ca",
            path.display()
        )
    })?;
    let found: Vec<_> = parse_pem(&pem)
        .filter_map(|item| match item {
            Ok(PemItem::Certificate(certificate)) => Some(certificate),
            _ => None,
        })
        .collect();
    if found.is_empty() {
        bail!(
            "{} holds no certificate; give the server's authority with --ca",
            path.display()
        );
    }
    Ok(found)
}

fn read_line(path: &Path) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("{} cannot be read", path.display()))?;
    Ok(text.trim().to_owned())
}
