//! Where a repository is read from: a server, or a folder such as a USB stick.
//!
//! A source is not trusted. It hands out bytes with a limit on their number and a bound on the time; what
//! they are worth is decided by whoever asked for them.

mod agent;
mod error;
mod folder;
mod http;
mod reply;

use std::io::Read;
use std::path::{Path, PathBuf};

use motcua_show::release::Sha256Hex;

pub use error::SourceError;
pub use folder::FolderSource;
pub use http::{HttpSettings, HttpSource, Patience};

use crate::tuf::{FetchError, MetadataSource};

/// The longest target that is read: the tree of units, an assignment or a release.
pub const LONGEST_TARGET: u64 = 8 * 1024 * 1024;

/// Where a repository is read from.
#[derive(Debug)]
pub enum Source {
    /// A server, over HTTP or HTTPS.
    Http(Box<HttpSource>),
    /// A folder that holds a published repository, such as a USB stick.
    Folder(FolderSource),
}

/// Where to go on with a blob that is already held in part.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Resume {
    /// The bytes that are held, from the beginning; 0 for none.
    pub from: u64,
    /// What the source called the blob when those bytes came (an ETag), if it said.
    pub validator: Option<String>,
}

/// A blob on its way.
pub struct Download {
    /// Which byte of the blob comes first: what was asked for, or 0.
    pub starts_at: u64,
    /// What the source calls this blob, to be given back when going on with it.
    pub validator: Option<String>,
    /// The bytes. Untrusted: neither their number nor their content has been checked.
    pub body: Box<dyn Read + Send>,
}

impl Source {
    /// The repository in a folder.
    #[must_use]
    pub fn folder(root: &Path) -> Self {
        Self::Folder(FolderSource::new(root.to_owned()))
    }

    /// The repository of a server.
    ///
    /// # Errors
    /// When the address or the certificate authority cannot be used.
    pub fn http(settings: HttpSettings) -> Result<Self, SourceError> {
        Ok(Self::Http(Box::new(HttpSource::new(settings)?)))
    }

    /// Reads a place written by a person: `file:/media/stick` is a folder, anything else a path.
    #[must_use]
    pub fn folder_of(written: &str) -> PathBuf {
        let path = written.strip_prefix("file:").unwrap_or(written);
        // `file:///media/stick` is the same place in the long form.
        PathBuf::from(path.strip_prefix("//").unwrap_or(path))
    }

    /// A metadata file such as `timestamp.json`; none where there is no such file.
    ///
    /// # Errors
    /// When the source cannot be read, or the file is longer than `max` bytes.
    pub fn metadata(&self, file: &str, max: u64) -> Result<Option<Vec<u8>>, SourceError> {
        self.document("metadata", file, max)
    }

    /// A target by its path below `targets/`, the hash in front of its name; none where there is no such file.
    ///
    /// # Errors
    /// When the source cannot be read, or the target is longer than `max` bytes.
    pub fn target(&self, path: &str, max: u64) -> Result<Option<Vec<u8>>, SourceError> {
        self.document("targets", path, max.min(LONGEST_TARGET))
    }

    /// The blob of a hash, from where `resume` says if the source still has the same one.
    ///
    /// # Errors
    /// When the source cannot be read or has no such blob.
    pub fn blob(&self, hash: &Sha256Hex, resume: &Resume) -> Result<Download, SourceError> {
        match self {
            Self::Http(http) => http.blob(hash, resume),
            Self::Folder(folder) => folder.blob(hash, resume),
        }
    }

    /// What to call it in a message.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Http(http) => http.server().to_owned(),
            Self::Folder(folder) => folder.root().display().to_string(),
        }
    }

    /// The server behind it, if it is one.
    #[must_use]
    pub fn server(&self) -> Option<&HttpSource> {
        match self {
            Self::Http(http) => Some(http),
            Self::Folder(_) => None,
        }
    }

    fn document(&self, kind: &str, path: &str, max: u64) -> Result<Option<Vec<u8>>, SourceError> {
        match self {
            Self::Http(http) => http.document(kind, path, max),
            Self::Folder(folder) => folder.document(kind, path, max),
        }
    }
}

impl MetadataSource for Source {
    fn fetch(&self, file: &str, max: u64) -> Result<Option<Vec<u8>>, FetchError> {
        self.metadata(file, max).map_err(|error| match error {
            SourceError::TooLong { limit, .. } => FetchError::TooLong { max: limit },
            error => FetchError::Transport(Box::new(error)),
        })
    }
}

/// Where the blob of a hash lies, below the root of a repository and of a store alike.
#[must_use]
pub fn blob_path(hash: &Sha256Hex) -> String {
    let digits = hash.as_str();
    format!("blobs/sha256/{}/{digits}", &digits[..2])
}
