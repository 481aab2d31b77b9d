//! The alerts on the disk: one file each, the counters, and by whom the screen may be alerted.
//!
//! What cannot be read is named and passed over; what cannot be written is named, and the alert is shown all
//! the same. Envelopes are kept as they came and verified again when they are read.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Instant;

use jiff::Timestamp;
use motcua_show::alert::{Alert, AlertId, Ledger};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::Rights;
use crate::alert::{self, Opened};
use crate::file;

/// An alert that was let in.
pub(super) struct Kept {
    pub(super) envelope: String,
    pub(super) alert: Alert,
    pub(super) rank: usize,
    /// When it came, by the machine's clock.
    pub(super) received: Timestamp,
    /// The same by the monotonic one.
    pub(super) since: Instant,
    /// Whether it was on the display.
    pub(super) is_heard: bool,
}

impl Kept {
    pub(super) fn new(envelope: &str, opened: Opened, received: Timestamp) -> Self {
        Self {
            envelope: envelope.to_owned(),
            rank: opened.rank,
            alert: opened.alert,
            received,
            since: Instant::now(),
            is_heard: false,
        }
    }

    pub(super) fn id(&self) -> &AlertId {
        &self.alert.id
    }
}

/// An alert as it lies on the disk.
#[derive(Serialize, Deserialize)]
struct Record {
    received: Timestamp,
    shown: bool,
    envelope: String,
}

/// The folder.
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new(path: &Path) -> Self {
        Self(path.to_owned())
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// By whom the screen may be alerted, as it was known last.
    pub(super) fn rights(&self) -> Option<Rights> {
        self.read(&self.0.join("rights.json"))
    }

    pub(super) fn keep_rights(&self, rights: &Rights) {
        self.write(&self.0.join("rights.json"), rights);
    }

    pub(super) fn ledger(&self) -> Ledger {
        self.read(&self.0.join("counters.json")).unwrap_or_default()
    }

    pub(super) fn keep_ledger(&self, ledger: &Ledger) {
        self.write(&self.0.join("counters.json"), ledger);
    }

    /// What was kept, in the order in which it came.
    pub(super) fn kept(&self) -> Vec<Kept> {
        let entries = match std::fs::read_dir(self.envelopes()) {
            Ok(entries) => entries,
            // Nothing was ever kept.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Vec::new(),
            Err(error) => {
                tracing::error!(
                    "the alerts in {} cannot be read: {error}; give the player the rights to the folder",
                    self.envelopes().display()
                );
                return Vec::new();
            }
        };
        let files = entries.filter_map(|entry| Some(entry.ok()?.path()));
        let files = files.filter(|path| path.extension().is_some_and(|kind| kind == "json"));
        let mut kept: Vec<Kept> = files.filter_map(|path| self.read_one(&path)).collect();
        kept.sort_by_key(|kept| (kept.received, kept.alert.counter));
        kept
    }

    fn read_one(&self, path: &Path) -> Option<Kept> {
        let record: Record = self.read(path)?;
        let alert = alert::peek(record.envelope.as_bytes())
            .inspect_err(|error| tracing::warn!("{} is passed over: {error}", path.display()))
            .ok()?;
        Some(Kept {
            alert,
            rank: 0,
            received: record.received,
            since: Instant::now(),
            is_heard: record.shown,
            envelope: record.envelope,
        })
    }

    pub(super) fn keep(&self, kept: &Kept) {
        let record = Record {
            received: kept.received,
            shown: kept.is_heard,
            envelope: kept.envelope.clone(),
        };
        self.write(&self.envelope(kept.id()), &record);
    }

    pub(super) fn remove(&self, id: &AlertId) {
        let path = self.envelope(id);
        if let Err(error) = std::fs::remove_file(&path)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!("{} stays on the disk: {error}", path.display());
        }
    }

    fn envelopes(&self) -> PathBuf {
        self.0.join("kept")
    }

    /// An id is letters, digits and `-`.
    fn envelope(&self, id: &AlertId) -> PathBuf {
        self.envelopes().join(format!("{id}.json"))
    }

    fn read<T: DeserializeOwned>(&self, path: &Path) -> Option<T> {
        let read = std::fs::read(path).and_then(|bytes| Ok(serde_json::from_slice(&bytes)?));
        match read {
            Ok(read) => Some(read),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => {
                tracing::warn!("{} is passed over: {error}", path.display());
                None
            }
        }
    }

    fn write(&self, path: &Path, value: &impl Serialize) {
        let folder = path.parent().unwrap_or(&self.0);
        let written = std::fs::create_dir_all(folder)
            .and_then(|()| Ok(serde_json::to_vec(value)?))
            .and_then(|bytes| file::write(path, &bytes));
        if let Err(error) = written {
            tracing::error!(
                "{} cannot be written: {error}; make room on the disk, or an alert is gone after a restart",
                path.display()
            );
        }
    }
}
