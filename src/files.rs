//! Where the files of a show come from: a folder that somebody works in, or a verified release.
//!
//! What belongs to a release is reached through its names alone, so that nothing that no release names
//! can be shown.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use motcua_show::release::ReleasePath;
use motcua_show::subtitles::beside;
use motcua_show::{Content, Show};
use motcua_sync::store::Held;

/// Where procedures lie beside `show.toml`.
const PROCEDURES: &str = motcua_show::procedure::FOLDER;

/// The files of one show.
#[derive(Debug, Clone)]
pub enum Files {
    /// A folder; the show's sources are relative to it.
    Folder(PathBuf),
    /// A release in the screen's store.
    Release(Arc<Held>),
}

/// Why a file of a show is not there.
#[derive(Debug, thiserror::Error)]
pub enum NoFile {
    /// A release does not name it.
    #[error("the release holds no such file; publish the show again")]
    NotInRelease,
    /// Its bytes are not those that were signed.
    #[error("its bytes on the disk are damaged; it is fetched again")]
    Damaged,
}

impl Files {
    /// The file that a show names as `source`.
    ///
    /// # Errors
    /// When a release does not name it, or its bytes are damaged. A folder is not looked into.
    pub fn path(&self, source: &Path) -> Result<PathBuf, NoFile> {
        match self {
            Self::Folder(folder) => Ok(folder.join(source)),
            Self::Release(held) => {
                let place = source
                    .to_str()
                    .and_then(|written| ReleasePath::of_source(written).ok())
                    .filter(|place| held.release.files.contains_key(place))
                    .ok_or(NoFile::NotInRelease)?;
                held.path_of(&place).ok_or(NoFile::Damaged)
            }
        }
    }

    /// Whether the file that a show names as `source` is there, whatever its bytes.
    pub fn has(&self, source: &Path) -> bool {
        match self {
            Self::Folder(folder) => folder.join(source).is_file(),
            Self::Release(_) => !matches!(self.path(source), Err(NoFile::NotInRelease)),
        }
    }

    /// The bytes of a small file of text, verified where they are a release's.
    ///
    /// # Errors
    /// When it is not there, cannot be read or is damaged.
    pub fn read(&self, name: &Path) -> io::Result<Vec<u8>> {
        match self {
            Self::Folder(folder) => std::fs::read(folder.join(name)),
            Self::Release(held) => {
                let place =
                    ReleasePath::of_source(&name.to_string_lossy()).map_err(io::Error::other)?;
                held.read(&place).map_err(io::Error::other)
            }
        }
    }

    /// The procedures' files, in order of their names.
    pub fn procedures(&self) -> Vec<PathBuf> {
        let mut names: Vec<PathBuf> = match self {
            Self::Folder(folder) => {
                let entries = std::fs::read_dir(folder.join(PROCEDURES))
                    .into_iter()
                    .flatten();
                entries
                    .filter_map(|entry| Some(Path::new(PROCEDURES).join(entry.ok()?.file_name())))
                    .collect()
            }
            Self::Release(held) => {
                let names = held
                    .release
                    .files
                    .keys()
                    .map(|place| PathBuf::from(place.as_str()));
                names
                    .filter(|name| name.parent() == Some(Path::new(PROCEDURES)))
                    .collect()
            }
        };
        names.retain(|name| {
            name.extension()
                .is_some_and(|extension| extension == "toml")
        });
        names.sort();
        names
    }

    /// When the release was signed; none for a folder.
    pub fn signed_at(&self) -> Option<Timestamp> {
        match self {
            Self::Folder(_) => None,
            Self::Release(held) => Some(held.release.signed_at),
        }
    }

    /// Whether `source` names the same bytes here and there; files of a folder may have changed.
    pub fn has_same(&self, source: &Path, other: &Self) -> bool {
        match (self, other) {
            (Self::Release(one), Self::Release(other)) => {
                let place = source
                    .to_str()
                    .and_then(|written| ReleasePath::of_source(written).ok());
                let file = |held: &Held| held.release.files.get(place.as_ref()?).cloned();
                file(one) == file(other)
            }
            _ => false,
        }
    }

    /// How a file is named in problems.
    pub fn shown(&self, name: &Path) -> PathBuf {
        match self {
            Self::Folder(folder) => folder.join(name),
            Self::Release(held) => {
                let release = &held.release;
                Path::new(&format!("release {} of {}", release.number, release.unit)).join(name)
            }
        }
    }
}

/// Whether the item of this name is the same in two shows, to its last byte.
pub fn is_same_item(
    name: &str,
    (old, old_files): (&Show, &Files),
    (new, new_files): (&Show, &Files),
) -> bool {
    let (Some(one), Some(other)) = (old.item(name), new.item(name)) else {
        return false;
    };
    let procedures_are_same = || match &one.content {
        Content::Procedure(_) | Content::Procedures(_) => old.procedures == new.procedures,
        _ => true,
    };
    let subtitles = one.content.video().into_iter().flat_map(|video| {
        let places = beside(&video.media.source, old.language).into_iter();
        places.map(|place| place.file)
    });
    let files = one.content.files().map(Path::to_owned).chain(subtitles);
    one == other
        && procedures_are_same()
        && files
            .into_iter()
            .all(|file| old_files.has_same(&file, new_files))
}
