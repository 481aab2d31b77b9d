//! What can go wrong on the domain side, and of which kind it is for whoever answers a request.

use std::path::PathBuf;

use motcua_show::release::{ReleaseError, Sha256Hex};
use motcua_show::units::UnitId;
use motcua_sync::bundle::BundleError;
use motcua_sync::tuf::{KeyError, MalformedError};

use crate::alerts::AlertRefused;
use crate::proofs::ProofError;
use crate::reports::ReportError;
use crate::storage::StorageError;
use crate::units::UnitError;

/// The result of everything on the domain side.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Which answer an error deserves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// What was named does not exist.
    Missing,
    /// The request itself is wrong; the same request will always fail.
    Refused,
    /// The request was right, but not for what the server has at this moment.
    Conflict,
    /// The server or something that it needs has failed; a person may have to act.
    Failed,
}

/// Why something on the domain side did not happen.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database refused or could not be reached.
    #[error("the database failed: {0}; look at its address (DATABASE_URL) and at its log")]
    Database(#[from] sqlx::Error),
    /// The tables could not be brought up to date.
    #[error(
        "the tables of the database could not be brought up to date: {0}; restore the database, or start the version of the server that wrote it"
    )]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// The place of the blobs refused or could not be reached.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// A proof of play is not taken, or cannot be handed out.
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// A report cannot be made.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// A unit is not there or cannot be as wanted.
    #[error(transparent)]
    Unit(#[from] UnitError),
    /// A private key cannot be used.
    #[error("the key {} cannot be used: {source}; put the right file back", path.display())]
    Key {
        /// The file.
        path: PathBuf,
        /// The reason.
        #[source]
        source: KeyError,
    },
    /// Metadata in the database, or made by the server, is none.
    #[error("the metadata of {role} cannot be read: {source}; restore the database from its copy")]
    Metadata {
        /// The role.
        role: String,
        /// What is wrong.
        #[source]
        source: MalformedError,
    },
    /// The keys of snapshot and timestamp must always be here.
    #[error("the server lacks the key of {role} in {}; copy the folder of the keys from the machine that has it", folder.display())]
    NoKey {
        /// The role.
        role: String,
        /// Where keys lie.
        folder: PathBuf,
    },
    /// Publishing this would leave screens with something that they cannot verify.
    #[error(
        "{role} cannot be published like this, because the signatures of {unverified} would no longer count; sign both and import them together"
    )]
    Torn {
        /// What was to be published.
        role: String,
        /// What would no longer be verified.
        unverified: String,
    },
    /// A release names what is not in the storage.
    #[error("the storage lacks {} of the release's files, for example {}; upload them and publish again", .0.len(), .0.first().map_or("", Sha256Hex::as_str))]
    LacksBlobs(Vec<Sha256Hex>),
    /// A release that no screen could read.
    #[error(transparent)]
    Release(#[from] ReleaseError),
    /// A text that cannot be a title or name.
    #[error(
        "{0:?} cannot be the name of a show or a screen; it has no control characters and at most 200 bytes"
    )]
    Name(String),
    /// No screen of this id is assigned.
    #[error("there is no screen {0}; `motcua-server screens list` shows them")]
    UnknownScreen(String),
    /// A text that cannot be a screen's id.
    #[error("{0:?} is not the id of a screen; it has 32 digits of 0-9 and a-f")]
    NotAScreen(String),
    /// The keys are on their way off the server.
    #[error(
        "the keys are being taken off the server, so nothing else can be signed; import the signed bundle first, or cancel with `motcua-server keys take-off --cancel`"
    )]
    TakingOff,
    /// Keys that could never sign.
    #[error(
        "the keys for {role} cannot be used: {keys} different keys are named and {threshold} must sign; name at least as many keys as must sign, and at least one"
    )]
    Signers {
        /// The role.
        role: String,
        /// How many different keys are named.
        keys: usize,
        /// How many must sign.
        threshold: u32,
    },
    /// A bundle that cannot be used.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// The server has prepared something else since the bundle was written.
    #[error(
        "the bundle is older than what waits for signatures of {0}; export again, and sign that"
    )]
    Stale(String),
    /// A key that may not alert the unit anyway.
    #[error("no key {key} may alert {unit}; `motcua-server keys alert list` shows those that may")]
    UnknownAlertKey {
        /// The unit.
        unit: UnitId,
        /// The key.
        key: String,
    },
    /// An alert that is not relayed.
    #[error(transparent)]
    Alert(#[from] AlertRefused),
    /// A unit that ended.
    #[error("the unit {0} is not published and has no release")]
    NoRelease(UnitId),
    /// An instant beyond what can be written.
    #[error(
        "the clock of the server, or a wanted validity, lies beyond all calendars: {0}; set the clock"
    )]
    Clock(#[from] jiff::Error),
    /// A file of the server could not be read or written.
    #[error("{} could not be {what}: {source}; look at its rights and at the free space", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What was tried: "read", "written".
        what: &'static str,
        /// The reason of the system.
        #[source]
        source: std::io::Error,
    },
    /// The file of the settings holds something else than settings.
    #[error("{} holds a wrong setting: {source}; correct the file, or move it away to use the defaults", path.display())]
    Settings {
        /// The file.
        path: PathBuf,
        /// Where and what.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// The settings name a zone that does not exist.
    #[error(
        "the setting `timezone` names {name:?}, which is not a time zone: {source}; write for example \"Asia/Ho_Chi_Minh\""
    )]
    TimeZone {
        /// As it is written.
        name: String,
        /// The reason.
        #[source]
        source: jiff::Error,
    },
}

impl Error {
    /// Which answer this error deserves.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Storage(error) => error.kind(),
            Self::Unit(error) => error.kind(),
            Self::Proof(error) => error.kind(),
            Self::Report(error) => error.kind(),
            Self::Alert(error) => error.kind(),
            Self::UnknownScreen(_) | Self::NoRelease(_) | Self::UnknownAlertKey { .. } => {
                ErrorKind::Missing
            }
            Self::Release(_)
            | Self::Name(_)
            | Self::NotAScreen(_)
            | Self::Signers { .. }
            | Self::Bundle(_) => ErrorKind::Refused,
            Self::LacksBlobs(_) | Self::TakingOff | Self::Stale(_) | Self::Torn { .. } => {
                ErrorKind::Conflict
            }
            Self::Database(_)
            | Self::Key { .. }
            | Self::Metadata { .. }
            | Self::NoKey { .. }
            | Self::Clock(_)
            | Self::Migration(_)
            | Self::File { .. }
            | Self::Settings { .. }
            | Self::TimeZone { .. } => ErrorKind::Failed,
        }
    }
}
