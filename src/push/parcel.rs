//! The files of a show with their hashes, by the places that they get in a release.

use std::collections::BTreeMap;
use std::fmt;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use motcua_show::release::{FileRef, ReleasePath, Sha256Hex};
use motcua_show::{Problem, Severity, Show};
use ring::digest::{Context, SHA256};

use crate::files::Files;
use crate::{loading, loudness, subtitles};

/// How much of a file is read at once.
const CHUNK: usize = 256 * 1024;

/// A show, ready to be sent.
pub struct Parcel {
    /// Its title.
    pub title: String,
    files: BTreeMap<ReleasePath, (FileRef, PathBuf)>,
}

/// What packing comes to.
pub enum Packed {
    /// Everything is there.
    Parcel(Parcel),
    /// Something cannot be packed.
    Problems(Vec<Problem>),
}

/// What another release would change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A file comes in.
    New(ReleasePath, u64),
    /// A file gets other bytes.
    Other(ReleasePath, u64),
    /// A file goes.
    Gone(ReleasePath),
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = indicatif::BinaryBytes;
        match self {
            Self::New(place, length) => write!(f, "+ {place} ({})", size(*length)),
            Self::Other(place, length) => write!(f, "~ {place} ({})", size(*length)),
            Self::Gone(place) => write!(f, "- {place}"),
        }
    }
}

impl Parcel {
    /// The files as a release names them.
    pub fn file_refs(&self) -> BTreeMap<ReleasePath, FileRef> {
        let files = self.files.iter();
        files
            .map(|(place, (file, _))| (place.clone(), file.clone()))
            .collect()
    }

    /// The blobs, each once, and where their bytes lie.
    pub fn blobs(&self) -> impl Iterator<Item = (&FileRef, &PathBuf)> {
        let blobs: BTreeMap<_, _> = self
            .files
            .values()
            .map(|(file, path)| (&file.sha256, (file, path)))
            .collect();
        blobs.into_values()
    }

    /// What is other than in `before`, by place.
    pub fn changes_since(&self, before: Option<&BTreeMap<ReleasePath, FileRef>>) -> Vec<Change> {
        let none = BTreeMap::new();
        let before = before.unwrap_or(&none);
        let mut changes: Vec<Change> = Vec::new();
        for (place, (file, _)) in &self.files {
            match before.get(place) {
                None => changes.push(Change::New(place.clone(), file.length)),
                Some(old) if old != file => changes.push(Change::Other(place.clone(), file.length)),
                Some(_) => {}
            }
        }
        let gone = before
            .keys()
            .filter(|place| !self.files.contains_key(*place));
        changes.extend(gone.cloned().map(Change::Gone));
        changes
    }
}

/// Collects and hashes the files of the show at `path`. `progress` gets the bytes of all files and gives
/// what is called with the bytes that were read.
///
/// # Errors
/// When a file cannot be read.
pub fn pack<P: FnMut(u64)>(
    path: &Path,
    progress: &mut dyn FnMut(u64) -> P,
) -> anyhow::Result<Packed> {
    let loaded = loading::read(path);
    let Some(show) = &loaded.show else {
        return Ok(Packed::Problems(loaded.problems));
    };
    let mut places: BTreeMap<ReleasePath, PathBuf> = BTreeMap::new();
    let mut problems = Vec::new();
    let show_file = if path.is_dir() {
        path.join("show.toml")
    } else {
        path.to_owned()
    };
    places.insert(ReleasePath::show(), show_file);
    for source in sources(show, &loaded.files) {
        let local = loaded.files.path(&source)?;
        let problem = |fault: String, remedy: &str| Problem {
            severity: Severity::Error,
            file: loaded.lines.file().to_owned(),
            line: None,
            item: None,
            fault,
            remedy: remedy.to_owned(),
        };
        match ReleasePath::of_source(&source.to_string_lossy()) {
            Err(error) => problems.push(problem(
                error.to_string(),
                "give the file a shorter, plain name",
            )),
            Ok(place) => {
                let other = places.insert(place.clone(), local.clone());
                if let Some(other) = other.filter(|other| !is_same_file(other, &local)) {
                    problems.push(problem(
                        format!(
                            "{} and {} would both be {place} in the release",
                            other.display(),
                            local.display()
                        ),
                        "give one of them another name",
                    ));
                }
            }
        }
    }
    if !problems.is_empty() {
        return Ok(Packed::Problems(problems));
    }
    let measured = loaded.files.path(Path::new(loudness::FILE))?;
    if measured.is_file() {
        places.insert(
            ReleasePath::of_source(loudness::FILE).context("the measurements have no place")?,
            measured,
        );
    }
    let whole = places
        .values()
        .filter_map(|path| Some(std::fs::metadata(path).ok()?.len()))
        .sum();
    let mut read = progress(whole);
    let mut files = BTreeMap::new();
    for (place, path) in places {
        let file = hashed(&path, &mut read)
            .with_context(|| format!("{} cannot be read", path.display()))?;
        files.insert(place, (file, path));
    }
    let title = show.title.best(show.language).to_owned();
    Ok(Packed::Parcel(Parcel { title, files }))
}

/// Every file that the show names, as it names it, and what belongs to it without being named.
fn sources(show: &Show, files: &Files) -> Vec<PathBuf> {
    show.sources()
        .chain(files.procedures())
        .chain(subtitles::files_of(show, files))
        .collect()
}

fn is_same_file(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

/// Reads a file to its end for its hash and its length.
///
/// # Errors
/// When it cannot be read.
pub fn hashed(path: &Path, read: &mut impl FnMut(u64)) -> std::io::Result<FileRef> {
    let mut file = std::fs::File::open(path)?;
    let mut context = Context::new(&SHA256);
    let mut buffer = vec![0; CHUNK];
    let mut length = 0;
    loop {
        let count = file.read(&mut buffer)?;
        if count == 0 {
            break;
        }
        context.update(&buffer[..count]);
        length += count as u64;
        read(count as u64);
    }
    let mut digest = [0; 32];
    digest.copy_from_slice(context.finish().as_ref());
    Ok(FileRef {
        sha256: Sha256Hex::of_digest(digest),
        length,
    })
}
