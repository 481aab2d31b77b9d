//! One running server: everything put together from the settings, started and stopped.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use motcua_sync::access;
use motcua_sync::file;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::http::App;
use crate::http::shelf::Shelf;
use crate::hub::Hub;
use crate::metrics::{Metrics, MetricsError};
use crate::proofs::Proofs;
use crate::repository::Repository;
use crate::serve::{self, Limits};
use crate::settings::Settings;
use crate::storage::Storage;
use crate::tls::{self, Authority, TlsError};
use crate::tokens::{self, NoRandomness, Secret, Token, TokenKind};
use crate::{Database, Error, jobs};

/// File descriptors beside the connections: database, blobs on their way, log.
const OTHER_FILES: u64 = 256;

/// Why a server does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The domain side failed.
    #[error(transparent)]
    Domain(#[from] Error),
    /// There is no certificate.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The numbers cannot be kept.
    #[error(transparent)]
    Metrics(#[from] MetricsError),
    /// No token can be made.
    #[error(transparent)]
    Random(#[from] NoRandomness),
    /// The address is taken or not ours.
    #[error("the server cannot listen on {address}: {source}; choose another with --listen")]
    Listen {
        /// Where it should listen.
        address: SocketAddr,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A file in the data folder cannot be written.
    #[error("{} cannot be written: {source}; give the server's user the rights to it", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

/// A server that answers.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    url: String,
    fingerprint: Option<String>,
    app: Arc<App>,
    stop: watch::Sender<bool>,
    accepting: JoinHandle<()>,
    working: Vec<JoinHandle<()>>,
}

impl Server {
    /// Starts a server; it answers when this returns.
    ///
    /// # Errors
    /// When something that it needs is missing; the sentence says what.
    pub async fn start(settings: Settings) -> Result<Self, StartError> {
        let data = settings.data.clone();
        std::fs::create_dir_all(&data).map_err(at(&data))?;
        let (tls, authority) = certificate(&settings)?;
        let database = Database::open(&settings.database_address()).await?;
        let storage = Storage::open(&settings)?;
        let repository = Repository::open(
            &settings,
            database.clone(),
            storage.clone(),
            Timestamp::now(),
        )
        .await?;
        let proofs = Proofs::open(&settings, &repository, Timestamp::now()).await?;
        first_token(&database, &data).await?;
        let listener =
            TcpListener::bind(settings.listen)
                .await
                .map_err(|source| StartError::Listen {
                    address: settings.listen,
                    source,
                })?;
        let address = listener.local_addr().map_err(|source| StartError::Listen {
            address: settings.listen,
            source,
        })?;
        let url = url(&settings, address);
        leave_word(&data, &settings, address)?;
        let limits = Limits::new(places(settings.max_connections));
        let app = Arc::new(App {
            settings,
            database,
            storage,
            repository,
            proofs,
            hub: Arc::new(Hub::default()),
            metrics: Metrics::new()?,
            shelf: Shelf::default(),
            ca: authority
                .as_ref()
                .map(|authority| authority.pem().to_owned()),
        });
        let (stop, stopped) = watch::channel(false);
        let accepting = tokio::spawn(serve::accept(
            listener,
            tls,
            Arc::clone(&app),
            limits,
            stopped,
        ));
        let working = vec![
            tokio::spawn(crate::watch::follow(Arc::clone(&app))),
            tokio::spawn(jobs::work(Arc::clone(&app))),
        ];
        Ok(Self {
            address,
            url,
            fingerprint: authority.map(|authority| authority.fingerprint()),
            app,
            stop,
            accepting,
            working,
        })
    }

    /// Where it listens, with the port that the system chose.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address under which screens reach it, such as `https://192.0.2.10:8443`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What people compare of its certificate authority, where it has its own.
    #[must_use]
    pub fn fingerprint(&self) -> Option<&str> {
        self.fingerprint.as_deref()
    }

    /// What it answers with; for tests that look behind it.
    #[must_use]
    pub const fn app(&self) -> &Arc<App> {
        &self.app
    }

    /// Stops accepting, ends what waits for events, lets the rest end, and closes the database.
    pub async fn stop(self) {
        // Nobody listens any more when the accepting task has failed.
        let _ = self.stop.send(true);
        self.app.hub.close();
        let _ = self.accepting.await;
        for task in self.working {
            task.abort();
        }
        self.app.database.close().await;
    }
}

/// The file in the data folder that says where a running server is, for the other commands.
#[must_use]
pub fn address_file(data: &Path) -> PathBuf {
    data.join(access::ADDRESS_FILE)
}

/// The file in the data folder that holds the first administrator's token.
#[must_use]
pub fn token_file(data: &Path) -> PathBuf {
    data.join(access::TOKEN_FILE)
}

/// The certificate authority in the data folder.
#[must_use]
pub fn ca_file(data: &Path) -> PathBuf {
    data.join(access::CA_FILE)
}

type Certificate = (Option<Arc<rustls::ServerConfig>>, Option<Authority>);

fn certificate(settings: &Settings) -> Result<Certificate, TlsError> {
    if settings.plain {
        return Ok((None, None));
    }
    if let (Some(certificate), Some(key)) = (&settings.certificate, &settings.certificate_key) {
        return Ok((Some(tls::serve_with(certificate, key)?), None));
    }
    let authority = Authority::open_or_make(&settings.data.join("tls"))?;
    let mut names = tls::own_names(&settings.names);
    let host = settings.address.as_deref().and_then(host_of);
    names.extend(host.map(str::to_owned));
    Ok((Some(authority.serve_as(&names)?), Some(authority)))
}

/// The host of `https://host:port`.
fn host_of(url: &str) -> Option<&str> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.split('/').next()?;
    if let Some(address) = rest.strip_prefix('[') {
        return address.split(']').next();
    }
    rest.split(':').next().filter(|host| !host.is_empty())
}

/// Makes the administrator's token where there is none yet. A file without its token (another database) is
/// replaced; one that was revoked is left, since another administrator exists.
async fn first_token(database: &Database, data: &Path) -> Result<(), StartError> {
    let tokens = tokens::list(database).await?;
    if tokens.iter().any(|token| token.kind == TokenKind::Admin) {
        return Ok(());
    }
    let secret = Secret::draw()?;
    let path = token_file(data);
    file::write_private(&path, secret.reveal().as_bytes()).map_err(at(&path))?;
    let token = Token {
        id: tokens::draw_id()?,
        name: "first administrator".to_owned(),
        kind: TokenKind::Admin,
        unit: None,
        made_at: Timestamp::now().as_second(),
    };
    Ok(tokens::add(database, &token, &secret).await?)
}

/// Where screens reach the server: as the operator says, or the address that other machines see.
fn url(settings: &Settings, address: SocketAddr) -> String {
    if let Some(given) = &settings.address {
        return given.trim_end_matches('/').to_owned();
    }
    let scheme = if settings.plain { "http" } else { "https" };
    let ip = if address.ip().is_unspecified() {
        seen_by_others().unwrap_or(IpAddr::from([127, 0, 0, 1]))
    } else {
        address.ip()
    };
    format!("{scheme}://{}", SocketAddr::new(ip, address.port()))
}

fn seen_by_others() -> Option<IpAddr> {
    let interfaces = if_addrs::get_if_addrs().ok()?;
    let mut addresses = interfaces
        .iter()
        .filter(|interface| !interface.is_loopback() && !interface.is_link_local())
        .map(if_addrs::Interface::ip);
    addresses
        .clone()
        .find(IpAddr::is_ipv4)
        .or_else(|| addresses.next())
}

/// Writes where the server listens: for the other commands on this machine, and for who waits for it.
fn leave_word(data: &Path, settings: &Settings, address: SocketAddr) -> Result<(), StartError> {
    let scheme = if settings.plain { "http" } else { "https" };
    let ip = match address.ip() {
        ip if !ip.is_unspecified() => ip,
        IpAddr::V4(_) => IpAddr::from([127, 0, 0, 1]),
        IpAddr::V6(_) => IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1]),
    };
    let local = format!("{scheme}://{}\n", SocketAddr::new(ip, address.port()));
    let path = address_file(data);
    file::write(&path, local.as_bytes()).map_err(at(&path))?;
    if let Some(path) = &settings.ready_file {
        file::write(path, local.as_bytes()).map_err(at(path))?;
    }
    Ok(())
}

/// Raises the limit of open files for this many connections, and returns how many fit.
fn places(wanted: usize) -> usize {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let needed = (wanted as u64).saturating_add(OTHER_FILES);
    let allowed = limit.maximum.map_or(needed, |maximum| maximum.min(needed));
    if limit.current.is_some_and(|current| current < allowed) {
        let raised = Rlimit {
            current: Some(allowed),
            maximum: limit.maximum,
        };
        if let Err(error) = setrlimit(Resource::Nofile, raised) {
            tracing::warn!(%error, "the limit of open files stays as it is");
        }
    }
    let current = getrlimit(Resource::Nofile).current.unwrap_or(needed);
    let fitting = usize::try_from(current.saturating_sub(OTHER_FILES)).unwrap_or(wanted);
    if fitting < wanted {
        tracing::warn!(
            "only {fitting} of {wanted} connections fit the limit of open files; raise it (LimitNOFILE in the unit)"
        );
    }
    wanted.min(fitting.max(1))
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> StartError {
    let path = path.to_owned();
    move |source| StartError::File { path, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_found_in_addresses() {
        for (url, host) in [
            ("https://motcua.example:8443", Some("motcua.example")),
            ("https://[2001:db8::1]:8443/x", Some("2001:db8::1")),
            ("192.0.2.1", Some("192.0.2.1")),
            ("https://", None),
        ] {
            assert_eq!(host_of(url), host, "{url}");
        }
    }
}
