//! The connections to a server: their time-outs, and who may vouch for it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ureq::Agent;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

use super::{HttpSettings, Patience, SourceError};

/// Where Debian keeps the authorities that the machine itself trusts.
const MACHINE_AUTHORITIES: &str = "/etc/ssl/certs/ca-certificates.crt";

/// Certificate authorities.
pub(super) type Roots = Arc<Vec<Certificate<'static>>>;

/// Connections that trust these authorities. A redirect is an answer like any other.
pub(super) fn agent(patience: &Patience, roots: Roots) -> Agent {
    let tls = TlsConfig::builder()
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .root_certs(RootCerts::Specific(roots))
        .build();
    Agent::config_builder()
        .tls_config(tls)
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .user_agent(concat!("motcua/", env!("CARGO_PKG_VERSION")))
        .timeout_resolve(Some(patience.connect))
        .timeout_connect(Some(patience.connect))
        .timeout_send_request(Some(patience.answer))
        .timeout_send_body(Some(patience.document))
        .timeout_recv_response(Some(patience.answer))
        .timeout_per_read(Some(patience.read))
        .timeout_per_write(Some(patience.answer))
        .build()
        .new_agent()
}

/// Who may vouch for the server, and who for where it sends a blob's reader.
pub(super) fn roots(settings: &HttpSettings) -> Result<(Roots, Roots), SourceError> {
    let is_plain = settings.server.starts_with("http://");
    let path = std::env::var_os("SSL_CERT_FILE")
        .map_or_else(|| PathBuf::from(MACHINE_AUTHORITIES), PathBuf::from);
    let Some(ca) = &settings.ca else {
        return match machine_roots(&path) {
            Ok(roots) => Ok((roots.clone(), roots)),
            Err(_) if is_plain => Ok((Arc::default(), Arc::default())),
            Err(cause) => Err(SourceError::NoAuthorities {
                server: settings.server.clone(),
                path,
                cause,
            }),
        };
    };
    let own = certificates(ca.as_bytes());
    if own.is_empty() {
        return Err(SourceError::BadAuthority {
            server: settings.server.clone(),
        });
    }
    let mut any = own.clone();
    any.extend(
        machine_roots(&path)
            .iter()
            .flat_map(|roots| roots.iter().cloned()),
    );
    Ok((Arc::new(own), Arc::new(any)))
}

fn machine_roots(path: &Path) -> std::io::Result<Roots> {
    std::fs::read(path).map(|pem| Arc::new(certificates(&pem)))
}

fn certificates(pem: &[u8]) -> Vec<Certificate<'static>> {
    let certificate = |item| match item {
        Ok(PemItem::Certificate(certificate)) => Some(certificate),
        _ => None,
    };
    parse_pem(pem).filter_map(certificate).collect()
}
