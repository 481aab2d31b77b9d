//! Metadata that was just read from the database, kept for a second.
//!
//! A fleet polls the same few files. Every change clears the shelf before any screen hears of it; the second
//! bounds what a replica serves that was cut off from the changes.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::body::Bytes;

/// How long a file is served without asking.
const FRESH: Duration = Duration::from_secs(1);

/// Files kept at once; a fleet in one state asks for fewer.
const ROOM: usize = 64;

/// The files.
#[derive(Debug, Default)]
pub struct Shelf(Mutex<Files>);

#[derive(Debug, Default)]
struct Files {
    /// Counts how often the shelf was cleared, so that what was read before that is not put on it after.
    cleared: u64,
    held: HashMap<String, (Instant, Bytes)>,
}

/// The right to put a file there that was asked for and not found.
#[derive(Debug, Clone, Copy)]
pub struct Gap(u64);

impl Shelf {
    /// A file, or the gap that it would fill.
    ///
    /// # Errors
    /// The gap, when the file is not there.
    pub fn get(&self, file: &str) -> Result<Bytes, Gap> {
        let files = self.files();
        match files.held.get(file) {
            Some((since, bytes)) if since.elapsed() < FRESH => Ok(bytes.clone()),
            _ => Err(Gap(files.cleared)),
        }
    }

    /// Fills a gap, unless everything changed meanwhile.
    pub fn put(&self, gap: Gap, file: &str, bytes: &Bytes) {
        let mut files = self.files();
        if files.cleared != gap.0 {
            return;
        }
        if files.held.len() >= ROOM {
            files.held.clear();
        }
        files
            .held
            .insert(file.to_owned(), (Instant::now(), bytes.clone()));
    }

    /// Takes everything off.
    pub fn clear(&self) {
        let mut files = self.files();
        files.cleared += 1;
        files.held.clear();
    }

    fn files(&self) -> MutexGuard<'_, Files> {
        // Whatever a panic left is a valid shelf.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_before_a_change_is_not_kept_after_it() {
        let shelf = Shelf::default();
        let file = Bytes::from_static(b"1");
        let gap = shelf.get("timestamp.json").unwrap_err();
        shelf.clear();
        shelf.put(gap, "timestamp.json", &file);
        let gap = shelf.get("timestamp.json").unwrap_err();
        shelf.put(gap, "timestamp.json", &file);
        assert_eq!(shelf.get("timestamp.json").unwrap(), file);
    }
}
