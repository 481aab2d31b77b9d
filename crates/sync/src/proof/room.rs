//! Keeps the log within its bound: first goes what the server has, oldest first; then what was set aside; and only
//! then what nobody else has.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::segment::Segment;

/// How names of what was set aside begin.
pub(super) const ASIDE: &str = "aside-";

/// What was set aside, oldest first, with its bytes.
pub(super) fn set_aside(folder: &Path) -> io::Result<Vec<(PathBuf, u64)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry
            .file_name()
            .to_str()
            .is_some_and(|name| name.starts_with(ASIDE))
        {
            let path = entry.path();
            found.push((entry.metadata()?.modified()?, bytes_of(&path)?, path));
        }
    }
    found.sort();
    Ok(found
        .into_iter()
        .map(|(_, bytes, path)| (path, bytes))
        .collect())
}

fn bytes_of(path: &Path) -> io::Result<u64> {
    let metadata = fs::metadata(path)?;
    if !metadata.is_dir() {
        return Ok(metadata.len());
    }
    let mut bytes = 0;
    for entry in fs::read_dir(path)? {
        bytes += entry?.metadata()?.len();
    }
    Ok(bytes)
}

/// Removes what was set aside.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        fs::remove_dir_all(path)
    } else {
        fs::remove_file(path)
    }
}

/// How many of the files, oldest first, hold nothing but what the server has. The last one is never among them.
pub(super) fn sent(segments: &[Segment], acknowledged: u64) -> usize {
    segments
        .iter()
        .skip(1)
        .take_while(|next| next.after.seq <= acknowledged)
        .count()
}

/// Of files that the server lacks all, how many to keep: the older half of their bytes. The others are given up.
///
/// A record that says what was lost can only follow the last one that was: so what is given up always reaches up to
/// the present, and what stays is the beginning.
pub(super) fn kept(segments: &[Segment]) -> usize {
    let whole: u64 = segments.iter().map(|segment| segment.bytes).sum();
    let mut kept = 0;
    let within = |segment: &&Segment| {
        kept += segment.bytes;
        kept <= whole / 2
    };
    segments.iter().take_while(within).count()
}

#[cfg(test)]
mod tests {
    use motcua_proof::{Chain, ChainId, Head};

    use super::*;

    fn segments(afters: &[u64]) -> Vec<Segment> {
        let head = Chain::new("screen", ChainId::of_random([1; 8]))
            .head()
            .clone();
        let of = |(number, seq): (usize, &u64)| Segment {
            number: number as u64,
            after: Head {
                seq: *seq,
                ..head.clone()
            },
            gave_up_from: None,
            bytes: 100,
        };
        afters.iter().enumerate().map(of).collect()
    }

    #[test]
    fn the_last_file_and_what_is_unsent_are_never_taken_for_sent() {
        let four = segments(&[0, 10, 20, 30]);
        for (acknowledged, files) in [(0, 0), (9, 0), (10, 1), (29, 2), (30, 3), (99, 3)] {
            assert_eq!(sent(&four, acknowledged), files, "{acknowledged}");
        }
    }

    #[test]
    fn the_older_half_stays() {
        for (files, stay) in [(1, 0), (2, 1), (3, 1), (4, 2), (7, 3)] {
            let afters: Vec<u64> = (0..files).collect();
            assert_eq!(kept(&segments(&afters)), stay, "{files}");
        }
    }
}
