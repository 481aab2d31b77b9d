//! Why the store could not do something, in sentences for an operator.

use std::io;
use std::path::{Path, PathBuf};

use motcua_show::release::Sha256Hex;

/// Why the store could not do something. What was held before is held still.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The disk has no room for it.
    #[error("the disk is full while {path} is written; make room where the store lies")]
    Full {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        cause: io::Error,
    },
    /// The disk cannot be read or written.
    #[error("{path} cannot be read or written ({cause}); check the disk and who owns the folder")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        cause: io::Error,
    },
    /// A blob of the release is not held.
    #[error("the release names the file {0}, which is not held; it is fetched in the next round")]
    NotWhole(Sha256Hex),
}

impl StoreError {
    pub(super) fn of_io(path: &Path, cause: io::Error) -> Self {
        let path = path.to_owned();
        if matches!(
            cause.kind(),
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
        ) {
            Self::Full { path, cause }
        } else {
            Self::Io { path, cause }
        }
    }

    /// Whether the disk is full.
    #[must_use]
    pub fn is_full(&self) -> bool {
        matches!(self, Self::Full { .. })
    }
}
