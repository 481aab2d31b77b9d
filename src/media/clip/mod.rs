//! Playing clips: video and sound files, decoded ahead of time on threads of their own.
//!
//! Three threads a clip: one reads packets, one decodes pictures, one decodes sound. They meet in
//! [`state`], whose queues are bounded. Invariants: neither sound nor picture ever waits for the other;
//! what the UI thread and the sound device call never blocks; a dropped clip's threads end by themselves.

mod reading;
mod shared;
mod showing;
mod sounding;
mod state;

use std::fmt;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crate::container::{Container, Stop};
use crate::error::MediaError;
use crate::frame::Frame;
use crate::picture_decoder::{PictureDecoder, Purpose};
use crate::scale::{Scaler, Showing};
use crate::sound_decoder::SoundDecoder;
use crate::time::duration;
use shared::{Promised, Setup, Shared};
use state::{Lane, State};

pub use crate::sound_decoder::{SOUND_CHANNELS, SOUND_RATE};
pub(crate) use showing::EARLY;
pub use sounding::{ClipSound, Pulled};

/// Called from a decoder thread when there is something to look at again. Must be quick: post an event.
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
#[derive(Debug, Clone, PartialEq, Eq)]
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

/// A clip being played. Dropping it stops its threads, without waiting for them.
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
    /// Opens the file, finds its decoders and starts decoding ahead. Reads the header: not for the UI
    /// thread.
    ///
    /// # Errors
    /// The file cannot be read, is of another kind, or there is no decoder for it.
    pub fn open(path: &Path, request: ClipRequest) -> Result<Self, MediaError> {
        let stop = Stop::default();
        let mut opened = Opened::open(path, &stop, Purpose::Showing)?;
        let showing = Showing {
            fit: request.fit,
            ..opened.showing
        };
        let mut info = opened.info;
        info.frame_size = opened
            .pictures
            .as_ref()
            .map(|pictures| showing.target(pictures.size()));
        if !request.from.is_zero() {
            opened.container.seek(request.from);
        }
        let sound = opened
            .container
            .sound
            .take_if(|_| request.with_sound || opened.pictures.is_none());
        let sounds = match &sound {
            Some(track) => Some(SoundDecoder::open(
                track,
                opened.container.clock(track),
                request.from,
            )?),
            None => None,
        };
        let promised = Promised {
            whole: opened.container.promised,
            video: opened
                .container
                .video
                .as_ref()
                .and_then(|track| track.promised),
            sound: sound.as_ref().and_then(|track| track.promised),
        };
        opened.container.sound = sound;
        let state = State::new(info.duration, |lane| match lane {
            Lane::Pictures => opened.pictures.is_some(),
            Lane::Sounds => sounds.is_some(),
        });
        let shared = Arc::new(Shared::new(Setup {
            stop,
            notify: request.notify,
            state,
            promised,
        }));
        // The handle exists before the threads, so that a failure to start one of them stops the others.
        let clip = Self { shared, info };
        if let Some(decoder) = opened.pictures {
            clip.spawn("clip-pictures", move |shared| {
                // libav's scaler stays on the thread that made it.
                showing::run(&shared, decoder, Scaler::new(showing), request.from);
            })?;
        }
        if let Some(decoder) = sounds {
            clip.spawn("clip-sound", move |shared| sounding::run(&shared, decoder))?;
        }
        let container = opened.container;
        clip.spawn("clip-reading", move |shared| {
            reading::run(&shared, container)
        })?;
        Ok(clip)
    }

    fn spawn(
        &self,
        name: &str,
        work: impl FnOnce(Arc<Shared>) + Send + 'static,
    ) -> Result<(), MediaError> {
        let shared = Arc::clone(&self.shared);
        thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || work(shared))
            .map(drop)
            .map_err(|error: io::Error| MediaError::NoThread {
                source: Arc::new(error),
            })
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
}

impl Drop for Clip {
    fn drop(&mut self) {
        self.shared.stop();
    }
}

/// A file with its picture decoder, from which both playing and judging start.
pub(crate) struct Opened {
    pub(crate) container: Container,
    pub(crate) pictures: Option<PictureDecoder>,
    /// How to show its pictures, without a fit.
    pub(crate) showing: Showing,
    pub(crate) info: ClipInfo,
}

impl Opened {
    /// Opens the file and its picture decoder and gathers the facts.
    pub(crate) fn open(path: &Path, stop: &Stop, purpose: Purpose) -> Result<Self, MediaError> {
        let container = Container::open(path, Stop::clone(stop))?;
        let pictures = match &container.video {
            Some(track) => Some(PictureDecoder::open(
                track,
                container.clock(track),
                purpose,
            )?),
            None => None,
        };
        let quarter_turns = container
            .video
            .as_ref()
            .map_or(0, |track| track.quarter_turns);
        let pixel_aspect = pictures
            .as_ref()
            .map_or((1, 1), PictureDecoder::pixel_aspect);
        let showing = Showing {
            fit: None,
            pixel_aspect,
            quarter_turns,
        };
        let length = match container.length() {
            Some(promised) => promised,
            None => Container::open(path, Stop::clone(stop))?.measure(),
        };
        let codec = container.video.as_ref().or(container.sound.as_ref());
        let info = ClipInfo {
            size: pictures
                .as_ref()
                .map(|pictures| showing.upright(pictures.size())),
            frame_size: pictures
                .as_ref()
                .map(|pictures| showing.target(pictures.size())),
            duration: length,
            lying_duration: container.said.filter(|_| container.promised.is_none()),
            has_sound: container.sound.is_some(),
            frame_interval: pictures
                .as_ref()
                .map_or(Duration::ZERO, |pictures| duration(pictures.interval())),
            codec: codec.map(|track| track.codec.clone()).unwrap_or_default(),
        };
        Ok(Self {
            container,
            pictures,
            showing,
            info,
        })
    }
}
