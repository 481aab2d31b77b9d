//! The thin command by which a conformance suite drives this client.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp as Instant;

use super::error::TufError;
use super::http::HttpMetadata;
use super::metadata::TargetFile;
use super::quote;
use super::source::{FetchError, MetadataSource};
use super::trust::Trust;
use crate::file;

/// The command holds a target in memory while it checks it.
const LONGEST_TARGET: u64 = 256 * 1024 * 1024;
/// Longer names than file systems take are replaced by their hash.
const LONGEST_NAME: usize = 200;

/// What is to be done with the trust in a folder.
#[derive(Debug, Clone)]
pub enum Action {
    /// Trust a repository by the root in this file.
    Init {
        /// The file.
        trusted_root: PathBuf,
    },
    /// Bring the metadata up to date.
    Refresh {
        /// Address of the repository's metadata folder.
        metadata_url: String,
    },
    /// Bring the metadata up to date, then read targets until one fails.
    Download {
        /// Address of the repository's metadata folder.
        metadata_url: String,
        /// Names of the targets, in this order.
        target_names: Vec<String>,
        /// Address of the repository's targets folder.
        target_base_url: String,
        /// Folder in which the targets are put, under their percent-encoded names.
        target_dir: PathBuf,
    },
}

/// Why the command failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CommandError {
    /// The metadata could not be trusted.
    #[error(transparent)]
    Tuf(#[from] TufError),
    /// Nobody who may name the target does.
    #[error("the repository names no target `{target}`")]
    NoTarget {
        /// The name.
        target: String,
    },
    /// The target could not be read.
    #[error("the target {location} could not be read")]
    Fetch {
        /// Its address below the targets folder.
        location: String,
        /// What the source said.
        #[source]
        source: FetchError,
    },
    /// The target is not what the metadata names.
    #[error("the target {location} is missing or not the file that the metadata names")]
    WrongTarget {
        /// Its address below the targets folder.
        location: String,
    },
    /// The disk failed.
    #[error("{} could not be read or written", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

/// Does it.
///
/// # Errors
/// When it could not be done whole.
pub fn run(metadata_dir: &Path, action: &Action, now: Instant) -> Result<(), CommandError> {
    match action {
        Action::Init { trusted_root } => {
            let root = fs::read(trusted_root).map_err(|source| CommandError::File {
                path: trusted_root.clone(),
                source,
            })?;
            Trust::init(metadata_dir, &root)?;
        }
        Action::Refresh { metadata_url } => {
            Trust::open(metadata_dir)?.refresh(&HttpMetadata::new(metadata_url), now)?;
        }
        Action::Download {
            metadata_url,
            target_names,
            target_base_url,
            target_dir,
        } => {
            let mut trust = Trust::open(metadata_dir)?;
            let source = HttpMetadata::new(metadata_url);
            trust.refresh(&source, now)?;
            let targets = HttpMetadata::new(target_base_url);
            for name in target_names {
                let target = name.clone();
                let named = trust.find(&source, name, now)?;
                let named = named.ok_or(CommandError::NoTarget { target })?;
                let consistent = trust.root().consistent_snapshot;
                download(&targets, name, &named, consistent, target_dir)?;
            }
        }
    }
    Ok(())
}

fn download(
    source: &HttpMetadata,
    name: &str,
    named: &TargetFile,
    consistent_snapshot: bool,
    target_dir: &Path,
) -> Result<(), CommandError> {
    let path = target_dir.join(local_name(name));
    if fs::read(&path).is_ok_and(|bytes| named.matches(&bytes)) {
        return Ok(());
    }
    let location =
        named
            .location(name, consistent_snapshot)
            .ok_or_else(|| TufError::UnsafeTarget {
                target: name.to_owned(),
            })?;
    let bytes = source
        .fetch(&quote::path(&location), named.length.min(LONGEST_TARGET))
        .map_err(|source| CommandError::Fetch {
            location: location.clone(),
            source,
        })?
        .filter(|bytes| named.matches(bytes))
        .ok_or(CommandError::WrongTarget { location })?;
    file::write(&path, &bytes).map_err(|source| CommandError::File { path, source })
}

fn local_name(target: &str) -> String {
    let name = quote::name(target);
    if name.len() <= LONGEST_NAME {
        return name;
    }
    hex::encode(ring::digest::digest(
        &ring::digest::SHA256,
        target.as_bytes(),
    ))
}
