//! Why a log cannot be kept, in sentences for an operator.

use std::io;
use std::path::PathBuf;

use crate::identity::BadKey;

/// Why a log cannot be kept.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The disk refuses.
    #[error(
        "{path}: what is shown cannot be recorded: {source}; see that the disk is in order and has room"
    )]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// Another player has it.
    #[error("{0}: another player of this screen records there already; end one of the two")]
    Taken(PathBuf),
    /// A file of it is damaged.
    #[error("{path} is damaged: {fault}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong, as a clause.
        fault: String,
    },
    /// The machine gives no random numbers.
    #[error(transparent)]
    Random(#[from] BadKey),
    /// A record cannot be written as JSON, which none does.
    #[error("a record cannot be written: {0}")]
    Json(#[from] serde_json::Error),
}

impl LogError {
    /// For what was done to `path`.
    pub(super) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }

    /// Whether the disk has no room.
    pub(super) fn is_full_disk(&self) -> bool {
        let kinds = [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded];
        matches!(self, Self::Io { source, .. } if kinds.contains(&source.kind()))
    }
}
