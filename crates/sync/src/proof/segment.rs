//! One file of the log: a header, then records, seals and countersignatures as they came.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use motcua_proof::{Head, Line, What, read_line};

use super::LogError;

/// How large a file becomes, about.
pub(super) const SIZE: u64 = 1024 * 1024;

const EXTENSION: &str = "jsonl";

/// The longest header that is read; ours have 400 bytes.
const LONGEST_HEADER: u64 = 64 * 1024;

/// A file of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Segment {
    /// Counts up over the whole life of the log.
    pub(super) number: u64,
    /// Where the chain had come to before its first record.
    pub(super) after: Head,
    /// Where its first record says that what lies before it was given up: from which record on.
    pub(super) gave_up_from: Option<u64>,
    /// How long it is.
    pub(super) bytes: u64,
}

impl Segment {
    /// The last record before it that there is.
    pub(super) fn follows(&self) -> u64 {
        self.gave_up_from
            .map_or(self.after.seq, |from| from.saturating_sub(1))
    }

    pub(super) fn path(&self, folder: &Path) -> PathBuf {
        path_of(folder, self.number)
    }

    /// Reads the first line of a file of the log.
    pub(super) fn look_at(folder: &Path, number: u64) -> Result<Self, LogError> {
        use io::Read as _;
        let path = path_of(folder, number);
        let file = File::open(&path).map_err(LogError::io(&path))?;
        let bytes = file.metadata().map_err(LogError::io(&path))?.len();
        let mut lines = BufReader::new(file.take(LONGEST_HEADER));
        let (mut line, mut second) = (String::new(), Vec::new());
        let read = lines
            .read_line(&mut line)
            .and_then(|_| lines.read_until(b'\n', &mut second));
        let damaged = |fault: String| LogError::Damaged {
            path: path.clone(),
            fault,
        };
        read.map_err(|error| damaged(error.to_string()))?;
        let header = line
            .strip_suffix('\n')
            .ok_or_else(|| damaged("its first line is cut off".to_owned()))?;
        match read_line(header).map_err(|error| damaged(error.to_string()))? {
            Line::Header(header) => Ok(Self {
                number,
                after: header.after,
                gave_up_from: gave_up_from(&second),
                bytes,
            }),
            _ => Err(damaged("it does not begin with whose it is".to_owned())),
        }
    }
}

/// From which record on this line says that records were given up.
fn gave_up_from(line: &[u8]) -> Option<u64> {
    let line = std::str::from_utf8(line).ok()?.strip_suffix('\n')?;
    match read_line(line).ok()? {
        Line::Record { record, .. } => match record.what {
            What::Lost { from, .. } => Some(from),
            _ => None,
        },
        _ => None,
    }
}

pub(super) fn path_of(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("{number:010}.{EXTENSION}"))
}

/// The numbers of the files in a folder, oldest first.
pub(super) fn numbers(folder: &Path) -> io::Result<Vec<u64>> {
    let mut numbers = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let name = entry?.file_name();
        let number: Option<u64> = name
            .to_str()
            .and_then(|name| name.strip_suffix(EXTENSION)?.strip_suffix('.'))
            .and_then(|digits| digits.parse().ok());
        numbers.extend(number);
    }
    numbers.sort_unstable();
    Ok(numbers)
}

/// A file that lines are appended to. What could not be written whole is taken back before the next line.
#[derive(Debug)]
pub(super) struct Appending {
    path: PathBuf,
    file: Option<File>,
    /// How long it is up to its last whole line.
    pub(super) bytes: u64,
}

impl Appending {
    /// Goes on after so many bytes; what is longer is cut off.
    pub(super) fn open(path: PathBuf, bytes: u64) -> io::Result<Self> {
        let mut appending = Self {
            path,
            file: None,
            bytes,
        };
        appending.ready()?;
        Ok(appending)
    }

    /// Appends a line.
    pub(super) fn line(&mut self, line: &str) -> io::Result<()> {
        let mut bytes = Vec::with_capacity(line.len() + 1);
        bytes.extend_from_slice(line.as_bytes());
        bytes.push(b'\n');
        let written = self.ready()?.write_all(&bytes);
        if written.is_err() {
            // Whatever got there is cut off when it is opened again.
            self.file = None;
            written?;
        }
        self.bytes += bytes.len() as u64;
        Ok(())
    }

    /// Makes what was appended last.
    pub(super) fn sync(&mut self) -> io::Result<()> {
        let synced = self.ready()?.sync_data();
        if synced.is_err() {
            self.file = None;
        }
        synced
    }

    fn ready(&mut self) -> io::Result<&mut File> {
        if self.file.is_none() {
            let mut file = OpenOptions::new()
                .write(true)
                .mode(0o600)
                .open(&self.path)?;
            file.set_len(self.bytes)?;
            file.seek(SeekFrom::Start(self.bytes))?;
            self.file = Some(file);
        }
        self.file
            .as_mut()
            .ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}
