//! The one file that a decoder may read: an open descriptor.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt as _;
use std::sync::Arc;

use crate::error::MediaError;
use crate::sniff::{HEAD, Looks, looks};

/// An open file, read from any number of places at once.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    file: Arc<File>,
    bytes: u64,
}

impl Source {
    /// Takes the descriptor that the player opened.
    pub(crate) fn new(descriptor: OwnedFd) -> io::Result<Self> {
        // The standard library asks by name, which is denied here.
        let bytes = rustix::fs::fstat(&descriptor)?.st_size;
        Ok(Self {
            file: Arc::new(File::from(descriptor)),
            bytes: u64::try_from(bytes).unwrap_or(0),
        })
    }

    /// Its length.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// What its first bytes look like.
    pub(crate) fn looks(&self) -> Result<Looks, MediaError> {
        let mut head = Vec::with_capacity(HEAD);
        self.reader().take(HEAD as u64).read_to_end(&mut head)?;
        if head.is_empty() {
            return Err(MediaError::Empty);
        }
        Ok(looks(&head))
    }

    /// All of it.
    pub(crate) fn whole(&self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.reader().read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// A reader of its own, at the beginning.
    pub(crate) fn reader(&self) -> Reader {
        Reader {
            source: self.clone(),
            at: 0,
        }
    }
}

/// Reads a [`Source`] without moving any other reader.
#[derive(Debug)]
pub(crate) struct Reader {
    source: Source,
    at: u64,
}

impl Read for Reader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.source.file.read_at(into, self.at)?;
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Reader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let to = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => self.source.bytes.checked_add_signed(by),
        };
        self.at = to.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}
