//! What is sent to the server at once.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;

use jiff::Timestamp;
use motcua_proof::wire::{Known, MOST_BYTES, MOST_RECORDS};
use motcua_proof::{Head, Header, Keys, PublicKey, Sealed, Statement as _, Verifier};

use super::LogError;
use super::segment::Segment;
use crate::identity::Identity;

/// Room that is left in a batch for its header, its seal and the counts that go with it.
const ROOM_BESIDE: usize = 192 * 1024;

/// A proof of some records, as the server takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// The records that follow this head.
    pub after: Head,
    /// What the chain comes to with them.
    pub head: Head,
    /// How many there are.
    pub records: usize,
    /// The lines: header, records, seal.
    pub lines: String,
}

/// Reads the records of a file, up to `through`, each with its line and what the chain comes to with it; `each` says
/// whether to go on.
pub(super) fn read_records(
    folder: &Path,
    segment: &Segment,
    through: u64,
    mut each: impl FnMut(&str, &Head) -> bool,
) -> Result<(), LogError> {
    let path = segment.path(folder);
    let file = File::open(&path).map_err(LogError::io(&path))?;
    let mut verifier = Verifier::new(Keys::default());
    for line in BufReader::new(file).lines() {
        let line = line.map_err(LogError::io(&path))?;
        let read = verifier.take(&line).map_err(|error| LogError::Damaged {
            path: path.clone(),
            fault: error.to_string(),
        })?;
        let Some(head) = verifier.head() else {
            continue;
        };
        if read.is_some() && !each(&line, head) {
            return Ok(());
        }
        // What comes after that may be half written.
        if head.seq >= through {
            return Ok(());
        }
    }
    Ok(())
}

/// The batch that follows what the server has, of records up to `through`; none where it has all of them.
pub(super) fn after(
    folder: &Path,
    segments: &[Segment],
    identity: &Identity,
    known: &Known,
    (through, now): (u64, Timestamp),
) -> Result<Option<Batch>, LogError> {
    let first = segments
        .iter()
        .rposition(|segment| segment.after.seq <= known.seq)
        .unwrap_or(0);
    let mut batch: Option<Batch> = None;
    for (place, segment) in segments.iter().enumerate().skip(first) {
        if let Some(batch) = &batch
            && batch.head != segment.after
        {
            // What was given up lies between them.
            break;
        }
        let mut is_full = false;
        let mut before = segment.after.clone();
        if segment.after.seq >= through {
            break;
        }
        let next = segments.get(place + 1);
        let end = next.map_or(through, |next| next.after.seq.min(through));
        read_records(folder, segment, end, |line, head| {
            let after = std::mem::replace(&mut before, head.clone());
            if head.seq <= known.seq {
                return true;
            }
            let batch = batch.get_or_insert_with(|| Batch {
                head: after.clone(),
                after,
                records: 0,
                lines: String::new(),
            });
            let room = MOST_BYTES - ROOM_BESIDE;
            if batch.records >= MOST_RECORDS || batch.lines.len() + line.len() > room {
                is_full = true;
                return false;
            }
            batch.lines.push_str(line);
            batch.lines.push('\n');
            batch.head = head.clone();
            batch.records += 1;
            true
        })?;
        if is_full {
            break;
        }
    }
    let Some(mut batch) = batch.filter(|batch| batch.records > 0) else {
        return Ok(None);
    };
    let key = PublicKey::of_bytes(identity.key.public_key());
    let header = Header::new(batch.after.clone(), key.clone()).line()?;
    let sealed = Sealed {
        head: batch.head.clone(),
        at: now,
    };
    let seal = sealed.line(&key, |bytes| identity.key.sign(bytes))?;
    batch.lines = format!("{header}\n{}{seal}\n", batch.lines);
    Ok(Some(batch))
}
