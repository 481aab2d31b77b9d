//! A repository in a folder: the same files as on a server, on a disk or a USB stick.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use motcua_show::release::Sha256Hex;

use super::reply::read_limited;
use super::{Download, Resume, SourceError, blob_path};

/// A repository in a folder.
#[derive(Debug)]
pub struct FolderSource {
    root: PathBuf,
}

impl FolderSource {
    /// The repository below `root`, which need not be there yet.
    #[must_use]
    pub fn new(root: PathBuf) -> Self {
        Self { root }
    }

    /// The folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    pub(super) fn document(
        &self,
        kind: &str,
        path: &str,
        max: u64,
    ) -> Result<Option<Vec<u8>>, SourceError> {
        let is_below =
            path.split('/').all(|part| !matches!(part, "" | "." | "..")) && !path.contains('\0');
        if !is_below {
            return Err(SourceError::BadName(path.to_owned()));
        }
        // A stick that was pulled out is no repository in which a file is missing.
        let folder = self.root.join(kind);
        folder.metadata().map_err(|cause| SourceError::Folder {
            path: folder.clone(),
            cause,
        })?;
        let path = folder.join(path);
        let file = match open(&path) {
            Ok(file) => file,
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(cause) => return Err(SourceError::Folder { path, cause }),
        };
        let place = path.display().to_string();
        let bytes = read_limited(file, &place, max).map_err(|error| match error {
            SourceError::Broken { cause, .. } => SourceError::Folder { path, cause },
            error => error,
        })?;
        Ok(Some(bytes))
    }

    pub(super) fn blob(&self, hash: &Sha256Hex, resume: &Resume) -> Result<Download, SourceError> {
        let path = self.root.join(blob_path(hash));
        let open_there = || {
            let mut file = open(&path)?;
            // A file is named by what it hashes to, so the part that is held is a part of this one.
            file.seek(SeekFrom::Start(resume.from))?;
            Ok(file)
        };
        let file: File = open_there().map_err(|cause: io::Error| match cause.kind() {
            io::ErrorKind::NotFound => SourceError::Missing {
                place: path.display().to_string(),
            },
            _ => SourceError::Folder {
                path: path.clone(),
                cause,
            },
        })?;
        let body: Box<dyn Read + Send> = Box::new(file);
        Ok(Download {
            starts_at: resume.from,
            validator: None,
            body,
        })
    }
}

/// Opens a file. What is none, such as a pipe that somebody put on a stick, would keep its reader for ever.
fn open(path: &Path) -> io::Result<File> {
    if path.metadata()?.is_file() {
        File::open(path)
    } else {
        Err(io::Error::from(io::ErrorKind::InvalidInput))
    }
}
