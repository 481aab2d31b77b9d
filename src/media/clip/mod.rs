//! Playing clips: video and sound files, decoded ahead of time in a process of their own.
//!
//! A thread a clip listens to its process ([`following`]) and fills the queues ([`mailbox`]) that the UI thread
//! and the sound device empty. Invariants: neither sound nor picture ever waits for the other; what the UI
//! thread and the sound device call never blocks; a dropped clip's thread and process end by themselves.

mod following;
mod mailbox;
mod shared;
mod sound;

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::decoder::{Decoder, no_thread};
use crate::error::MediaError;
use crate::frame::Frame;
use crate::memory::Memory;
use crate::process::Process;
use crate::wire::{Ask, FRAME_SLOTS, Opened, SOUND_BYTES, Wanted};
use shared::Shared;

pub use mailbox::Cue;
pub use sound::{ClipSound, Pulled};

/// Samples a second of everything handed out.
pub const SOUND_RATE: u32 = 48_000;
/// Channels of everything handed out: left, right.
pub const SOUND_CHANNELS: usize = 2;

/// Memory of its own that a codec's process may take beside its frames: libraries, packets, tables.
const MEMORY_BASE: u64 = 192 << 20;
/// Frames that a codec keeps in memory of its own at most, where it cannot use the shared slots or they are
/// scaled: references, and those that its threads are at.
const OWN_FRAMES: u64 = 32;
const MEMORY_MOST: u64 = 1 << 30;
/// Processor time that playing may take, for each second of the clip. More than two cores give in that time
/// is no playing.
const SECONDS_PER_SECOND: u64 = 4;
const SECONDS_BASE: u64 = 60;

/// Called from a clip's thread when there is something to look at again. Must be quick: post an event.
pub type Notify = Arc<dyn Fn() + Send + Sync>;

/// What is wanted of a clip.
#[derive(Clone, Default)]
pub struct ClipRequest {
    /// The rectangle, in pixels, that the frames are scaled to fit, their shape kept; `None` keeps their
    /// size.
    pub fit: Option<(u32, u32)>,
    /// Media time of the first frame and the first sample.
    pub from: Duration,
    /// Whether the sound track, if there is one, is decoded.
    pub with_sound: bool,
    /// Told when the clip became ready, got a frame after it had none, ended or failed.
    pub notify: Option<Notify>,
}

impl ClipRequest {
    pub(crate) fn wanted(&self) -> Wanted {
        Wanted {
            fit: self.fit,
            from: self.from,
            with_sound: self.with_sound,
        }
    }
}

impl fmt::Debug for ClipRequest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("ClipRequest")
            .field("fit", &self.fit)
            .field("from", &self.from)
            .field("with_sound", &self.with_sound)
            .finish_non_exhaustive()
    }
}

/// The facts of a clip.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClipInfo {
    /// Size as shown, pixels: after pixel aspect and rotation, before fitting. `None` for sound alone.
    pub size: Option<(u32, u32)>,
    /// Size of the frames handed out, after fitting.
    pub frame_size: Option<(u32, u32)>,
    /// Length; measured where the header is not believable.
    pub duration: Duration,
    /// What the header said, where that is not believable.
    pub lying_duration: Option<Duration>,
    /// Whether there is a sound track.
    pub has_sound: bool,
    /// Nominal time from frame to frame; zero for sound alone.
    pub frame_interval: Duration,
    /// libav's name of the picture codec, or of the sound codec where there is no picture.
    #[serde(deserialize_with = "crate::wire::fault::plain")]
    pub codec: String,
}

/// What is to be seen at a moment.
#[derive(Debug)]
pub struct FrameChoice {
    /// A frame newer than the last one handed out; `None`: go on showing that one. The first frame is handed
    /// out at once, whatever the position.
    pub frame: Option<Frame>,
    /// Media time at which to ask again; `None`: nothing is queued and [`ClipRequest::notify`] will come.
    pub next_due: Option<Duration>,
    /// Frames that were too late and were skipped.
    pub dropped: u32,
    /// How the clip is doing.
    pub progress: Progress,
}

/// How a clip is doing.
#[derive(Debug, Clone)]
pub enum Progress {
    /// More is to come.
    Playing,
    /// Played to its end.
    Ended {
        /// Media time of the end.
        at: Duration,
    },
    /// Cannot go on. The last frame stays good to look at.
    Failed {
        /// Media time up to which it played.
        at: Duration,
        /// What is wrong with the file.
        error: MediaError,
    },
}

/// A clip being played. Dropping it ends its process, without waiting for it.
pub struct Clip {
    shared: Arc<Shared>,
    info: ClipInfo,
}

impl fmt::Debug for Clip {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Clip")
            .field("info", &self.info)
            .finish_non_exhaustive()
    }
}

impl Clip {
    /// Opens the file, finds its decoders and starts decoding ahead. Waits for the process that reads the
    /// header: not for the UI thread.
    ///
    /// # Errors
    /// The file cannot be read, is of another kind, or there is no decoder for it.
    pub fn open(path: &Path, request: ClipRequest) -> Result<Self, MediaError> {
        Decoder::new().clip(path, request)
    }

    /// Gives the process its memory and follows it.
    pub(crate) fn begin(
        process: Process,
        opened: Opened,
        request: ClipRequest,
    ) -> Result<Self, MediaError> {
        limit(&process, &opened);
        let bytes = SOUND_BYTES + usize::from(FRAME_SLOTS) * opened.slot_bytes;
        let memory = Arc::new(Memory::new(bytes)?);
        let granted = Ask::Memory(opened.slot_bytes);
        let socket = Arc::clone(&process.socket);
        if socket.send_with(&granted, memory.descriptor()).is_err() {
            let mut process = process;
            return Err(process.fault());
        }
        let shared = Arc::new(Shared::new(socket, memory, &opened, request));
        // The handle exists before the thread, so that a failure to start it ends the process.
        let clip = Self {
            shared: Arc::clone(&shared),
            info: opened.info,
        };
        thread::Builder::new()
            .name("clip".to_owned())
            .spawn(move || following::run(process, &shared))
            .map_err(no_thread)?;
        Ok(clip)
    }

    /// The facts of the clip.
    #[must_use]
    pub fn info(&self) -> &ClipInfo {
        &self.info
    }

    /// Whether it can start without a stutter: enough is decoded, or there is no more to come. For the UI
    /// thread.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.shared.lock().is_ready()
    }

    /// Waits for [`Self::is_ready`] for at most `limit` and returns it. Not for the UI thread.
    #[must_use]
    pub fn wait_ready(&self, limit: Duration) -> bool {
        self.shared.wait_ready(limit)
    }

    /// The frame for media time `position`: the newest whose time has come. For the UI thread.
    #[must_use]
    pub fn frame_at(&self, position: Duration) -> FrameChoice {
        self.shared.frame_at(position)
    }

    /// The sound, once; `None` for a clip that has none, or of which none was wanted.
    #[must_use]
    pub fn take_sound(&self) -> Option<ClipSound> {
        let is_free = self.shared.lock().take_sound();
        is_free.then(|| ClipSound::new(Arc::clone(&self.shared)))
    }

    /// The texts of the film's own subtitle track that have been read so far.
    #[must_use]
    pub fn cues(&self) -> Vec<Cue> {
        self.shared.lock().cues().to_vec()
    }

    /// The number of the process that decodes it, for tests that end it.
    #[must_use]
    pub fn process_id(&self) -> u32 {
        self.shared.process_id()
    }
}

impl Drop for Clip {
    fn drop(&mut self) {
        self.shared.stop();
    }
}

/// Limits the process to what playing this clip can take.
fn limit(process: &Process, opened: &Opened) {
    let frames = OWN_FRAMES * 2 * opened.slot_bytes as u64;
    let (width, height) = opened.info.size.unwrap_or((0, 0));
    let decoded = OWN_FRAMES * 2 * u64::from(width) * u64::from(height);
    process.allow_memory((MEMORY_BASE + frames.max(decoded)).min(MEMORY_MOST));
    process.allow_seconds(SECONDS_BASE + SECONDS_PER_SECOND * opened.info.duration.as_secs());
}
