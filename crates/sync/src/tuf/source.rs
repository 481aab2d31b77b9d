//! Where metadata is read from: a web server, a folder, a stick, or memory in tests.

use std::error::Error;
use std::io;

/// Why a source could not give a file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// Endless or swollen data.
    #[error("it is longer than the {max} bytes that it may have")]
    TooLong {
        /// The limit in bytes.
        max: u64,
    },
    /// An answer that is neither the file nor "not there".
    #[error("the server answered with status {status}")]
    Status {
        /// HTTP status code.
        status: u16,
    },
    /// The disk or the connection failed.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// Whatever else the transport says.
    #[error(transparent)]
    Transport(Box<dyn Error + Send + Sync>),
}

/// A place that holds the files of a repository's `metadata/` folder.
pub trait MetadataSource {
    /// The bytes of `file`, or `None` where there is no such file.
    ///
    /// `file` is a single name such as `timestamp.json` or `3.unit-phu-loi.json`, with the
    /// role's part percent-encoded: it holds no `/` and may stand in an address or a path as
    /// it is.
    ///
    /// # Errors
    /// When the file is longer than `max` bytes (at most `max + 1` may be read to know) or the
    /// source fails.
    fn fetch(&self, file: &str, max: u64) -> Result<Option<Vec<u8>>, FetchError>;
}
