//! The server's own certificate authority and the certificate it serves with.
//!
//! The authority lies in the data folder, so that screens which pinned it stay connected for ever; the leaf
//! is made anew at every start, for the names and addresses that the machine has then. Neither expires:
//! a screen whose clock is wrong must still reach its server, and a key that lies beside the authority
//! would gain nothing from a shorter life. rustls refuses a self-signed authority as a server's own
//! certificate, which is why there are two.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use motcua_sync::file;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// What the authority is called in certificates.
const AUTHORITY_NAME: &str = "Motcua server authority";

/// What the leaf is called: another name, because OpenSSL takes a certificate that is called like its issuer
/// for one that signed itself.
const LEAF_NAME: &str = "Motcua server";

/// Why the server has no certificate.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read or written.
    #[error("{} cannot be used: {source}; give the server's user the rights to it", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// One of the authority's two files is missing.
    #[error(
        "{} is missing although its other half is there; restore it from a backup, or remove both and \
         enrol the screens again", .0.display()
    )]
    Half(PathBuf),
    /// A certificate cannot be made.
    #[error("the server's certificate cannot be made: {0}; check the names given with --name")]
    Making(#[from] rcgen::Error),
    /// A certificate or key file holds something else.
    #[error("{} holds no usable certificate or key in PEM: {source}; give another file", path.display())]
    Pem {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: rustls::pki_types::pem::Error,
    },
    /// rustls refuses the certificate.
    #[error(
        "the certificate cannot be served: {0}; give a certificate and the key that belongs to it"
    )]
    Refused(#[from] rustls::Error),
}

/// The certificate authority in the data folder.
#[derive(Debug)]
pub struct Authority {
    key: KeyPair,
    certificate_pem: String,
    certificate: CertificateDer<'static>,
}

impl Authority {
    /// Opens the authority in `folder`, or makes it where there is none.
    ///
    /// # Errors
    /// When the files cannot be read or written, or one of them is missing.
    pub fn open_or_make(folder: &Path) -> Result<Self, TlsError> {
        let (key_path, certificate_path) = (folder.join("ca.key"), folder.join("ca.pem"));
        match (key_path.exists(), certificate_path.exists()) {
            (true, true) => Self::open(&key_path, &certificate_path),
            // The key is written first, so that a certificate alone is a loss and a key alone is a start
            // that was cut short.
            (false, true) => Err(TlsError::Half(key_path)),
            (_, false) => Self::make(folder, &key_path, &certificate_path),
        }
    }

    /// The certificate in PEM, which screens and clients pin.
    #[must_use]
    pub fn pem(&self) -> &str {
        &self.certificate_pem
    }

    /// The SHA-256 of the certificate as people compare it, `AB:CD:…`.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        fingerprint(&self.certificate)
    }

    /// What serves with a leaf for `names`, which are host names and addresses.
    ///
    /// # Errors
    /// When a name cannot stand in a certificate.
    pub fn serve_as(&self, names: &BTreeSet<String>) -> Result<Arc<ServerConfig>, TlsError> {
        let parameters = authority_parameters();
        let issuer = Issuer::from_params(&parameters, &self.key);
        let key = KeyPair::generate()?;
        let names: Vec<String> = names.iter().cloned().collect();
        let mut leaf = CertificateParams::new(names)?;
        leaf.distinguished_name = rcgen::DistinguishedName::new();
        leaf.distinguished_name.push(DnType::CommonName, LEAF_NAME);
        leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        leaf.use_authority_key_identifier_extension = true;
        let certificate = leaf.signed_by(&key, &issuer)?;
        let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
        configuration(
            vec![certificate.der().clone(), self.certificate.clone()],
            key,
        )
    }

    fn open(key_path: &Path, certificate_path: &Path) -> Result<Self, TlsError> {
        let key = KeyPair::from_pem(&read(key_path)?)?;
        let certificate_pem = read(certificate_path)?;
        let certificate = CertificateDer::from_pem_slice(certificate_pem.as_bytes())
            .map_err(in_pem(certificate_path))?;
        Ok(Self {
            key,
            certificate_pem,
            certificate,
        })
    }

    fn make(folder: &Path, key_path: &Path, certificate_path: &Path) -> Result<Self, TlsError> {
        std::fs::create_dir_all(folder).map_err(in_file(folder))?;
        let key = KeyPair::generate()?;
        let certificate = authority_parameters().self_signed(&key)?;
        let made = Self {
            certificate_pem: certificate.pem(),
            certificate: certificate.der().clone(),
            key,
        };
        file::write_private(key_path, made.key.serialize_pem().as_bytes())
            .map_err(in_file(key_path))?;
        file::write(certificate_path, made.certificate_pem.as_bytes())
            .map_err(in_file(certificate_path))?;
        Ok(made)
    }
}

/// What serves with a certificate of the operator's own; the leaf stands first in the file, the chain after.
///
/// # Errors
/// When a file cannot be read, or the key belongs to another certificate.
pub fn serve_with(certificate: &Path, key: &Path) -> Result<Arc<ServerConfig>, TlsError> {
    let chain = CertificateDer::pem_slice_iter(read(certificate)?.as_bytes())
        .collect::<Result<Vec<_>, _>>()
        .map_err(in_pem(certificate))?;
    let key = PrivateKeyDer::from_pem_slice(read(key)?.as_bytes()).map_err(in_pem(key))?;
    configuration(chain, key)
}

/// Every name and address under which this machine may be called, and those given as `more`.
#[must_use]
pub fn own_names(more: &[String]) -> BTreeSet<String> {
    let mut names: BTreeSet<String> = ["localhost", "127.0.0.1", "::1"].map(str::to_owned).into();
    names.extend(host_name());
    for interface in if_addrs::get_if_addrs().unwrap_or_default() {
        // Addresses of one link mean nothing without the link's name, which no client has.
        if !interface.is_link_local() {
            names.insert(interface.ip().to_string());
        }
    }
    names.extend(more.iter().cloned());
    names
}

/// What this machine is called.
#[must_use]
pub fn host_name() -> Option<String> {
    let written = std::fs::read_to_string("/proc/sys/kernel/hostname").ok()?;
    let name = written.trim();
    // A name with other characters cannot stand in a certificate.
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    (!name.is_empty() && name.chars().all(is_plain)).then(|| name.to_owned())
}

/// The SHA-256 of a certificate as people compare it, `AB:CD:…`.
#[must_use]
pub fn fingerprint(certificate: &CertificateDer<'_>) -> String {
    ring::digest::digest(&ring::digest::SHA256, certificate)
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02X}"))
        .collect::<Vec<_>>()
        .join(":")
}

/// The same at every start, so that a leaf names the issuer which the pinned certificate is.
fn authority_parameters() -> CertificateParams {
    let mut parameters = CertificateParams::default();
    parameters.distinguished_name = rcgen::DistinguishedName::new();
    parameters
        .distinguished_name
        .push(DnType::CommonName, AUTHORITY_NAME);
    parameters.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    parameters
}

fn configuration(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> Result<Arc<ServerConfig>, TlsError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut configuration = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    configuration.alpn_protocols = vec![b"http/1.1".to_vec()];
    // Stateless tickets: a fleet that comes back after a restart of the network resumes, and a server
    // keeps no memory for those that do not.
    configuration.ticketer = rustls::crypto::ring::Ticketer::new()?;
    configuration.send_tls13_tickets = 1;
    Ok(Arc::new(configuration))
}

fn read(path: &Path) -> Result<String, TlsError> {
    std::fs::read_to_string(path).map_err(in_file(path))
}

fn in_file(path: &Path) -> impl FnOnce(io::Error) -> TlsError {
    let path = path.to_owned();
    move |source| TlsError::File { path, source }
}

fn in_pem(path: &Path) -> impl FnOnce(rustls::pki_types::pem::Error) -> TlsError {
    let path = path.to_owned();
    move |source| TlsError::Pem { path, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_authority_outlives_restarts() {
        let folder = tempfile::tempdir().unwrap();
        let made = Authority::open_or_make(folder.path()).unwrap();
        let opened = Authority::open_or_make(folder.path()).unwrap();
        assert_eq!(made.fingerprint(), opened.fingerprint());
        opened.serve_as(&own_names(&[])).unwrap();
        std::fs::remove_file(folder.path().join("ca.key")).unwrap();
        assert!(matches!(
            Authority::open_or_make(folder.path()),
            Err(TlsError::Half(_))
        ));
    }

    #[test]
    fn the_key_is_for_the_owner_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        Authority::open_or_make(folder.path()).unwrap();
        let mode = folder.path().join("ca.key").metadata().unwrap();
        assert_eq!(mode.permissions().mode() & 0o777, 0o600);
    }
}
