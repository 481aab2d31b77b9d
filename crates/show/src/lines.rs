//! Where in its file each thing of a show stands, so that a problem found later names the line.
//!
//! Kept beside the [`Show`](crate::Show), never in it: a show that travels has no lines.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::problem::{Problem, Severity};

/// The lines of one file, from 1.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lines {
    pub(crate) file: PathBuf,
    pub(crate) items: BTreeMap<String, ItemLines>,
    pub(crate) playlists: BTreeMap<String, usize>,
    pub(crate) keys: BTreeMap<String, usize>,
    pub(crate) entries: Vec<EntryPlace>,
    pub(crate) lookup: LookupLines,
    pub(crate) call_recordings: Vec<usize>,
    pub(crate) ways: Vec<WayLines>,
}

/// The lines of a way to file, each else that where it starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WayLines {
    pub(crate) time_limit: usize,
    pub(crate) fee: usize,
}

/// The lines of what the lookup lists, in the order of its lists.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct LookupLines {
    pub(crate) received_here: Vec<usize>,
    pub(crate) most_asked: Vec<usize>,
    pub(crate) recordings: Vec<usize>,
    pub(crate) synonyms: Option<usize>,
}

/// The lines of one item.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct ItemLines {
    pub(crate) start: usize,
    pub(crate) keys: BTreeMap<String, usize>,
}

/// Where an entry of the schedule stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntryPlace {
    /// Its number in the file from 1, counting also the entries that were left out.
    pub number: usize,
    /// The line where it starts.
    pub line: usize,
}

impl Lines {
    /// The file that was read.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// The line where an item starts.
    #[must_use]
    pub fn item(&self, item: &str) -> Option<usize> {
        self.items.get(item).map(|lines| lines.start)
    }

    /// The line of a key of an item, else the line where the item starts.
    #[must_use]
    pub fn key(&self, item: &str, key: &str) -> Option<usize> {
        let lines = self.items.get(item)?;
        Some(lines.keys.get(key).copied().unwrap_or(lines.start))
    }

    /// The line where a playlist starts.
    #[must_use]
    pub fn playlist(&self, playlist: &str) -> Option<usize> {
        self.playlists.get(playlist).copied()
    }

    /// The line of a key of the show itself, such as `emblem`, or of a procedure.
    #[must_use]
    pub fn show_key(&self, key: &str) -> Option<usize> {
        self.keys.get(key).copied()
    }

    /// The line that names the table of everyday words.
    #[must_use]
    pub fn synonyms(&self) -> Option<usize> {
        self.lookup.synonyms
    }

    /// The line where the recording at `index` of the lookup starts.
    #[must_use]
    pub fn recording(&self, index: usize) -> Option<usize> {
        self.lookup.recordings.get(index).copied()
    }

    /// The line where the recording at `index` of the queue calls starts.
    #[must_use]
    pub fn call_recording(&self, index: usize) -> Option<usize> {
        self.call_recordings.get(index).copied()
    }

    /// Where the entry at `index` of [`Show::schedule`](crate::Show::schedule) stands.
    #[must_use]
    pub fn entry(&self, index: usize) -> Option<EntryPlace> {
        self.entries.get(index).copied()
    }

    /// A problem with one key of an item.
    #[must_use]
    pub fn problem(
        &self,
        severity: Severity,
        item: &str,
        key: &str,
        fault: String,
        remedy: String,
    ) -> Problem {
        Problem {
            severity,
            file: self.file.clone(),
            line: self.key(item, key),
            item: Some(item.to_owned()),
            fault,
            remedy,
        }
    }
}
