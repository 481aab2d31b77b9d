//! The log as others read it while the player goes on: each record, or all of it as one proof.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Write};
use std::path::Path;

use motcua_proof::{Line, LineError, read_line};

use super::LogError;
use super::segment::{Segment, numbers};

/// What was written out of a log.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Written {
    /// How many records.
    pub records: u64,
    /// The first of them.
    pub first: u64,
    /// How many records before it lie on the disk, too, on the other side of a gap.
    pub before_gap: u64,
}

/// Reads every line of a log, oldest first, but those of headers; a last one that is being written is left out.
///
/// # Errors
/// When the log or a line of it cannot be read, or `each` fails.
pub fn each_line(
    folder: &Path,
    mut each: impl FnMut(&str, Line) -> io::Result<()>,
) -> Result<(), LogError> {
    for segment in segments(folder)? {
        lines_of(folder, &segment, &mut each)?;
    }
    Ok(())
}

/// Writes a log as one proof: that of the records behind the last gap, where there is one.
///
/// # Errors
/// When the log cannot be read, is empty, or `out` fails.
pub fn export(folder: &Path, out: &mut impl Write) -> Result<Written, LogError> {
    let segments = segments(folder)?;
    let missing = || LogError::io(folder)(io::ErrorKind::NotFound.into());
    let mut written = Written::default();
    let mut begins = 0;
    // What a file comes to is known once it was read.
    for (place, segment) in segments.iter().enumerate() {
        let mut seq = segment.after.seq;
        lines_of(folder, segment, &mut |_, line| {
            if let Line::Record { record, .. } = line {
                seq = record.seq;
            }
            Ok(())
        })?;
        let records = seq - segment.after.seq;
        written.records += records;
        let next = segments.get(place + 1);
        if next.is_some_and(|next| next.after.seq != seq || next.after.chain != segment.after.chain)
        {
            begins = place + 1;
            written.before_gap += std::mem::take(&mut written.records);
        }
    }
    let first = segments.get(begins).ok_or_else(missing)?;
    written.first = first.after.seq + 1;
    let path = first.path(folder);
    let mut header = String::new();
    BufReader::new(File::open(&path).map_err(LogError::io(&path))?)
        .read_line(&mut header)
        .map_err(LogError::io(&path))?;
    out.write_all(header.as_bytes())
        .map_err(LogError::io(&path))?;
    for segment in &segments[begins..] {
        lines_of(folder, segment, &mut |line, _| writeln!(out, "{line}"))?;
    }
    Ok(written)
}

fn segments(folder: &Path) -> Result<Vec<Segment>, LogError> {
    let numbers = numbers(folder).map_err(LogError::io(folder))?;
    numbers
        .into_iter()
        .map(|number| Segment::look_at(folder, number))
        .collect()
}

fn lines_of(
    folder: &Path,
    segment: &Segment,
    each: &mut impl FnMut(&str, Line) -> io::Result<()>,
) -> Result<(), LogError> {
    let path = segment.path(folder);
    let mut lines = BufReader::new(File::open(&path).map_err(LogError::io(&path))?);
    let mut line = Vec::new();
    loop {
        line.clear();
        lines
            .read_until(b'\n', &mut line)
            .map_err(LogError::io(&path))?;
        if line.pop() != Some(b'\n') {
            return Ok(());
        }
        let damaged = |fault: String| LogError::Damaged {
            path: path.clone(),
            fault,
        };
        let text = std::str::from_utf8(&line).map_err(|error| damaged(error.to_string()))?;
        match read_line(text).map_err(|error: LineError| damaged(error.to_string()))? {
            Line::Header(_) => {}
            read => each(text, read).map_err(LogError::io(&path))?,
        }
    }
}
