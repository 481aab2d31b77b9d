//! The settings of the server: what `server.toml` in the data folder, the environment and the command
//! line say. Without any of them the server runs; every value has a default with its reason.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::error::{Error, Result};

/// Everything that an operator can decide about a server.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The folder in which everything lies that has no other place: database, keys, blobs, certificates.
    pub data: PathBuf,
    /// `postgres://…`, or `sqlite:FILE`; without it the file `motcua.sqlite` in the data folder.
    pub database: Option<String>,
    /// `s3://bucket/prefix`, or a folder; without it the folder `blobs` in the data folder.
    pub storage: Option<String>,
    /// Options of the S3 client by the names of their environment variables (`AWS_…`).
    #[serde(skip)]
    pub s3: Vec<(String, String)>,
    /// The folder of the signing keys, `keys` in the data folder without it. Replicas share it.
    pub keys: Option<PathBuf>,
    /// Where to listen.
    pub listen: SocketAddr,
    /// Without TLS, for a proxy in front that ends it.
    pub plain: bool,
    /// The address under which screens reach the server, when it differs from `listen`.
    pub address: Option<String>,
    /// Further names in the certificate that the server makes for itself.
    pub names: Vec<String>,
    /// The operator's own certificate chain (PEM), instead of the one that the server makes.
    pub certificate: Option<PathBuf>,
    /// Its private key (PEM).
    pub certificate_key: Option<PathBuf>,
    /// Where to write the address once the server listens.
    #[serde(skip)]
    pub ready_file: Option<PathBuf>,
    /// The internal location of a proxy that serves blobs from the folder (`X-Accel-Redirect`).
    pub accel_redirect: Option<String>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<std::net::IpAddr>,
    /// Connections open at once; one screen holds one.
    pub max_connections: usize,
    /// The zone whose days decide which units exist.
    pub timezone: String,
    /// How long each kind of metadata is valid.
    pub valid: Validity,
    /// Releases of a unit whose blobs are kept.
    pub releases_kept: u32,
    /// Days for which the raw records of proofs are kept; 0 keeps them for ever.
    pub proofs_kept_days: u32,
    /// The longest body of one blob, in bytes.
    pub max_blob_bytes: u64,
}

/// Days for which signed metadata is valid.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Validity {
    /// A server that is down, or held back by somebody, may be unnoticed for this long.
    pub timestamp_days: u32,
    /// As the timestamp, but it is signed less often.
    pub snapshot_days: u32,
    /// The tree, the screens and the releases of units.
    pub targets_days: u32,
    /// The root, which people sign by hand.
    pub root_days: u32,
}

impl Default for Validity {
    fn default() -> Self {
        Self {
            timestamp_days: 7,
            snapshot_days: 30,
            targets_days: 365,
            root_days: 5 * 365,
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            data: PathBuf::from("motcua-data"),
            database: None,
            storage: None,
            s3: Vec::new(),
            keys: None,
            listen: SocketAddr::from(([0, 0, 0, 0], 8443)),
            plain: false,
            address: None,
            names: Vec::new(),
            certificate: None,
            certificate_key: None,
            ready_file: None,
            accel_redirect: None,
            trusted_proxies: Vec::new(),
            // What one process holds with the usual limit of files, and room for the database.
            max_connections: 19_000,
            timezone: "Asia/Ho_Chi_Minh".to_owned(),
            valid: Validity::default(),
            // Enough to go back to last week's show without uploading anything.
            releases_kept: 5,
            // Five years: a communication plan is looked back on for as long.
            proofs_kept_days: 5 * 365 + 2,
            // Two hours of video at 4 Mbit/s fit.
            max_blob_bytes: 4 << 30,
        }
    }
}

impl Settings {
    /// The settings of a server whose data lies in `data`: its `server.toml` when there is one, and over it
    /// `DATABASE_URL`, `MOTCUA_STORAGE` and `AWS_*` of the environment.
    ///
    /// # Errors
    /// When `server.toml` cannot be read or holds something else than settings.
    pub fn read(
        data: &Path,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self> {
        let file = data.join("server.toml");
        let mut settings: Self = match std::fs::read_to_string(&file) {
            Ok(text) => toml::from_str(&text).map_err(|source| Error::Settings {
                path: file,
                source: Box::new(source),
            })?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Self::default(),
            Err(source) => {
                return Err(Error::File {
                    path: file,
                    what: "read",
                    source,
                });
            }
        };
        settings.data = data.to_owned();
        for (name, value) in environment {
            match name.as_str() {
                "DATABASE_URL" => settings.database = Some(value),
                "MOTCUA_STORAGE" => settings.storage = Some(value),
                _ if name.starts_with("AWS_") => settings.s3.push((name, value)),
                _ => {}
            }
        }
        settings.time_zone()?;
        Ok(settings)
    }

    /// The address of the database.
    #[must_use]
    pub fn database_address(&self) -> String {
        self.database
            .clone()
            .unwrap_or_else(|| format!("sqlite:{}", self.data.join("motcua.sqlite").display()))
    }

    /// The address of the storage.
    #[must_use]
    pub fn storage_address(&self) -> String {
        self.storage
            .clone()
            .unwrap_or_else(|| self.data.join("blobs").display().to_string())
    }

    /// The folder of the signing keys.
    #[must_use]
    pub fn keys_folder(&self) -> PathBuf {
        self.keys.clone().unwrap_or_else(|| self.data.join("keys"))
    }

    /// The zone whose days decide which units exist.
    ///
    /// # Errors
    /// When no zone of that name exists.
    pub fn time_zone(&self) -> Result<jiff::tz::TimeZone> {
        jiff::tz::TimeZone::get(&self.timezone).map_err(|source| Error::TimeZone {
            name: self.timezone.clone(),
            source,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, environment: &[(&str, &str)]) -> Result<Settings> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("server.toml"), text).unwrap();
        let environment = environment
            .iter()
            .map(|(name, value)| ((*name).into(), (*value).into()));
        Settings::read(folder.path(), environment)
    }

    #[test]
    fn nothing_needs_to_be_set() {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings::read(folder.path(), []).unwrap();
        let file = folder.path().join("motcua.sqlite");
        assert_eq!(
            settings.database_address(),
            format!("sqlite:{}", file.display())
        );
        assert_eq!(settings.keys_folder(), folder.path().join("keys"));
    }

    #[test]
    fn the_environment_stands_above_the_file() {
        let text =
            "database = \"postgres://a/b\"\nstorage = \"s3://bucket\"\n[valid]\ntimestamp_days = 3";
        let environment = [
            ("DATABASE_URL", "postgres://c/d"),
            ("AWS_REGION", "x"),
            ("HOME", "y"),
        ];
        let settings = read(text, &environment).unwrap();
        assert_eq!(settings.database_address(), "postgres://c/d");
        assert_eq!(settings.storage_address(), "s3://bucket");
        assert_eq!(settings.s3, [("AWS_REGION".to_owned(), "x".to_owned())]);
        assert_eq!(
            (settings.valid.timestamp_days, settings.valid.snapshot_days),
            (3, 30)
        );
    }

    #[test]
    fn what_is_no_setting_is_refused_with_its_place() {
        let error = read("databse = 1", &[]).unwrap_err().to_string();
        assert!(
            error.contains("server.toml") && error.contains("databse"),
            "{error}"
        );
        let error = read("timezone = \"Asia/Nowhere\"", &[])
            .unwrap_err()
            .to_string();
        assert!(error.contains("Asia/Nowhere"), "{error}");
    }
}
