//! Asking a decoder process about files.
//!
//! Invariant: an answer comes within its limit or the process is ended; whatever a file does to the process, the
//! caller gets an answer or a typed error, and the next file a fresh process.

use std::fs::File;
use std::os::fd::AsFd as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::clip::{Clip, ClipRequest};
use crate::error::MediaError;
use crate::info::{Kind, MediaInfo};
use crate::memory::Memory;
use crate::picture::{Picture, Rgb};
use crate::process::Process;
use crate::verified::Verified;
use crate::wire::{Ask, Fitting, Loudness, MOST_CUES, RawCue, Received, Tell, WireError};

/// How long an answer, or a sign of life of longer work, may take on a slow machine.
const PATIENCE: Duration = Duration::from_secs(20);
/// Processor time for a question: four times [`PATIENCE`] on two cores would be a loop.
const SECONDS: u64 = 80;
/// Processor time for decoding a file to its end: a film of an hour takes some minutes.
const SECONDS_TO_JUDGE: u64 = 4 * 3600;

/// A decoder process, which answers questions about one file after the other.
///
/// Questions wait for the answer: not for the UI thread. A process that a file has brought down is replaced
/// for the next one.
#[derive(Debug, Default)]
pub struct Decoder {
    process: Option<Process>,
}

impl Decoder {
    /// A decoder whose process is started when it is first asked.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Says what the file at `path` is by its content.
    ///
    /// # Errors
    /// Everything that keeps it from being shown and can be told from its header.
    pub fn probe(&mut self, path: &Path) -> Result<MediaInfo, MediaError> {
        match self.ask(path, Ask::Probe, SECONDS)? {
            Tell::Probed(info) => Ok(info),
            _ => self.lies(),
        }
    }

    /// The same, for an item that needs a file of one kind.
    ///
    /// # Errors
    /// Those of [`Self::probe`], and [`MediaError::WrongKind`].
    pub fn probe_as(&mut self, path: &Path, kind: Kind) -> Result<MediaInfo, MediaError> {
        let info = self.probe(path)?;
        if info.kind() == kind {
            Ok(info)
        } else {
            Err(MediaError::WrongKind {
                expected: kind,
                found: info.kind(),
            })
        }
    }

    /// Decodes everything in the file at `path`, which is to be of `kind`.
    ///
    /// # Errors
    /// What keeps it from being shown at all.
    pub fn verify(&mut self, path: &Path, kind: Kind) -> Result<Verified, MediaError> {
        match self.ask(path, Ask::Verify(kind), SECONDS_TO_JUDGE)? {
            Tell::Verified(info, problems) => Ok(Verified { info, problems }),
            _ => self.lies(),
        }
    }

    /// Decodes the sound of the file at `path`, which is to be of `kind`, to its end and measures it. `None`
    /// where there is no sound, or nothing in it that would count as heard (below -70 LUFS).
    ///
    /// # Errors
    /// The file cannot be read, or there is no decoder for its sound. What breaks half way is measured up to
    /// there.
    pub fn loudness(&mut self, path: &Path, kind: Kind) -> Result<Option<Loudness>, MediaError> {
        match self.ask(path, Ask::Loudness(kind), SECONDS_TO_JUDGE)? {
            Tell::Measured(loudness) => Ok(loudness),
            _ => self.lies(),
        }
    }

    /// Loads a JPEG, PNG or WebP by its content, turned as its EXIF orientation says, what is transparent laid
    /// over `ground`.
    ///
    /// # Errors
    /// Every fault that keeps the picture from being shown whole, also a missing end.
    pub fn picture(
        &mut self,
        path: &Path,
        ground: Rgb,
        fitting: Fitting,
    ) -> Result<Picture, MediaError> {
        let sized = self.ask(path, Ask::Picture(ground, fitting), SECONDS)?;
        self.pixels(&sized)
    }

    /// Draws page `index` (from 0) of the PDF at `path` on white paper at the largest size that fits
    /// `width` × `height` pixels.
    ///
    /// # Errors
    /// Unreadable, of another kind, damaged, encrypted, without pages, or without this page.
    pub fn page(
        &mut self,
        path: &Path,
        index: usize,
        width: u32,
        height: u32,
    ) -> Result<Picture, MediaError> {
        let sized = self.ask(path, Ask::Page(index, width, height), SECONDS)?;
        self.pixels(&sized)
    }

    /// The subtitles inside the film at `path`, in the order of the file; empty where it has none. Of several
    /// streams the first is read whose language is one of `preferred` (codes as the file has them, such as
    /// "vie"), else the first of all.
    ///
    /// # Errors
    /// The file cannot be opened as a film.
    pub fn subtitles(
        &mut self,
        path: &Path,
        preferred: &[&str],
    ) -> Result<Vec<RawCue>, MediaError> {
        let preferred = preferred.iter().map(|code| (*code).to_owned()).collect();
        let mut answer = self.ask(path, Ask::Subtitles(preferred), SECONDS)?;
        let mut cues = Vec::new();
        loop {
            match answer {
                Tell::Cues(last) if last.is_empty() => return Ok(cues),
                Tell::Cues(more) if cues.len() < MOST_CUES => cues.extend(more),
                _ => return self.lies(),
            }
            answer = self.answer()?;
        }
    }

    /// Opens the clip at `path`; from here on the process is the clip's.
    ///
    /// # Errors
    /// Those of [`Clip::open`].
    pub fn clip(mut self, path: &Path, request: ClipRequest) -> Result<Clip, MediaError> {
        let opened = match self.ask(path, Ask::Play(request.wanted()), SECONDS)? {
            Tell::Opened(opened) => opened,
            _ => return self.lies(),
        };
        match self.process.take() {
            Some(process) => Clip::begin(process, opened, request),
            None => Err(MediaError::DecoderLies),
        }
    }

    /// Fetches the picture that was announced.
    fn pixels(&mut self, sized: &Tell) -> Result<Picture, MediaError> {
        let Tell::Sized(width, height) = *sized else {
            return self.lies();
        };
        let bytes = width as usize * height as usize * 3;
        let memory = Memory::new(bytes)?;
        let process = self.process()?;
        if process
            .socket
            .send_with(&Ask::Canvas, memory.descriptor())
            .is_err()
        {
            return Err(self.fault());
        }
        match self.answer()? {
            Tell::Drawn => {}
            _ => return self.lies(),
        }
        let mut rgb = vec![0; bytes];
        if memory.read(0, &mut rgb) {
            Ok(Picture { width, height, rgb })
        } else {
            self.lies()
        }
    }

    fn process(&mut self) -> Result<&Process, MediaError> {
        let process = match self.process.take() {
            Some(process) => process,
            None => Process::start()?,
        };
        Ok(self.process.insert(process))
    }

    fn ask(&mut self, path: &Path, ask: Ask, seconds: u64) -> Result<Tell, MediaError> {
        let file = File::open(path)?;
        if file.metadata()?.is_dir() {
            return Err(std::io::Error::from(std::io::ErrorKind::IsADirectory).into());
        }
        let process = self.process()?;
        process.allow_seconds(seconds);
        match process.socket.send_with(&ask, file.as_fd()) {
            Ok(()) => self.answer(),
            Err(_) => Err(self.fault()),
        }
    }

    /// Waits for the answer; signs of life begin the waiting anew.
    fn answer(&mut self) -> Result<Tell, MediaError> {
        loop {
            let Some(process) = &self.process else {
                return Err(MediaError::DecoderLies);
            };
            if !can_be_received(process, PATIENCE) {
                self.process = None;
                return Err(MediaError::DecoderHangs { limit: PATIENCE });
            }
            let received: Result<Received<Tell>, WireError> = process.socket.receive();
            match received.map(|received| received.message) {
                Ok(Tell::Going) => {}
                Ok(Tell::Refused(error)) => return Err(error),
                Ok(tell) if tell.is_sound(0) => return Ok(tell),
                Ok(_) | Err(WireError::Garbled) => return self.lies(),
                Err(_) => return Err(self.fault()),
            }
        }
    }

    fn fault(&mut self) -> MediaError {
        match self.process.take() {
            Some(mut process) => process.fault(),
            None => MediaError::DecoderLies,
        }
    }

    fn lies<T>(&mut self) -> Result<T, MediaError> {
        self.process = None;
        Err(MediaError::DecoderLies)
    }
}

/// Waits until a message, or the end, can be received.
fn can_be_received(process: &Process, limit: Duration) -> bool {
    let until = Instant::now() + limit;
    loop {
        let left = until.saturating_duration_since(Instant::now());
        let mut events = [PollFd::from_borrowed_fd(
            process.socket.as_descriptor(),
            PollFlags::IN,
        )];
        let timeout = Timespec::try_from(left).ok();
        match poll(&mut events, timeout.as_ref()) {
            Ok(0) => return false,
            Ok(_) => return true,
            Err(rustix::io::Errno::INTR) => {}
            // Receiving says what is wrong.
            Err(_) => return true,
        }
    }
}

/// Says what the file at `path` is by its content.
///
/// # Errors
/// Those of [`Decoder::probe`].
pub fn probe(path: &Path) -> Result<MediaInfo, MediaError> {
    Decoder::new().probe(path)
}

/// The same, for an item that needs a file of one kind.
///
/// # Errors
/// Those of [`Decoder::probe_as`].
pub fn probe_as(path: &Path, kind: Kind) -> Result<MediaInfo, MediaError> {
    Decoder::new().probe_as(path, kind)
}

/// Decodes everything in the file at `path`, which is to be of `kind`.
///
/// # Errors
/// Those of [`Decoder::verify`].
pub fn verify(path: &Path, kind: Kind) -> Result<Verified, MediaError> {
    Decoder::new().verify(path, kind)
}

/// How loud the file at `path` is; see [`Decoder::loudness`].
///
/// # Errors
/// Those of [`Decoder::loudness`].
pub fn loudness(path: &Path, kind: Kind) -> Result<Option<Loudness>, MediaError> {
    Decoder::new().loudness(path, kind)
}

/// Loads the picture at `path` in its own size; see [`Decoder::picture`].
///
/// # Errors
/// Those of [`Decoder::picture`].
pub fn load_picture(path: &Path, ground: Rgb) -> Result<Picture, MediaError> {
    Decoder::new().picture(path, ground, Fitting::Whole)
}

/// Draws one page of the PDF at `path`; see [`Decoder::page`].
///
/// # Errors
/// Those of [`Decoder::page`].
pub fn document_page(
    path: &Path,
    index: usize,
    width: u32,
    height: u32,
) -> Result<Picture, MediaError> {
    Decoder::new().page(path, index, width, height)
}

/// The subtitles inside the film at `path`; see [`Decoder::subtitles`].
///
/// # Errors
/// Those of [`Decoder::subtitles`].
pub fn subtitles(path: &Path, preferred: &[&str]) -> Result<Vec<RawCue>, MediaError> {
    Decoder::new().subtitles(path, preferred)
}

/// The error for a thread that could not be started.
pub(crate) fn no_thread(error: std::io::Error) -> MediaError {
    MediaError::NoThread {
        source: Arc::new(error),
    }
}
