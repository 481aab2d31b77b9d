//! What player and decoder process say to each other.
//!
//! Owns the two closed sets of messages, their form on the socket and the bounds of every number in them.
//! Invariant: what comes from a decoder has been checked against those bounds before anybody sees it: a size
//! or an index that could lead out of shared memory, or a text that could spoil a log, does not get through.

mod bounds;
pub(crate) mod fault;
mod socket;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::error::MediaError;
use crate::info::{Kind, MediaInfo};
use crate::picture::Rgb;

pub(crate) use bounds::{
    FRAME_SLOTS, LONGEST_CUE, MOST_CUES, SOUND_BLOCK, SOUND_BLOCKS, SOUND_BYTES,
};
pub(crate) use socket::{Received, Socket, WireError};

/// How a picture is to come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fitting {
    /// In its own size.
    Whole,
    /// Scaled to the largest size that fits this width and height, its shape kept.
    Contain(u32, u32),
    /// The same, over a soft backdrop of itself that fills the rest.
    OverBackdrop(u32, u32),
}

/// What of a clip is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Wanted {
    pub(crate) fit: Option<(u32, u32)>,
    pub(crate) from: Duration,
    pub(crate) with_sound: bool,
}

/// What a decoder is asked for. Those about a file carry its descriptor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Ask {
    /// What the file is. Answer: [`Tell::Probed`].
    Probe,
    /// Everything that is wrong with it. Answer: [`Tell::Going`] about once a second, then [`Tell::Verified`].
    Verify(Kind),
    /// How loud its sound is. Answer: [`Tell::Going`], then [`Tell::Measured`].
    Loudness(Kind),
    /// A still picture, what is transparent laid over the colour. Answer: [`Tell::Sized`].
    Picture(Rgb, Fitting),
    /// A page of a document, from 0, at the largest size that fits. Answer: [`Tell::Sized`].
    Page(usize, u32, u32),
    /// Carries the memory for the picture of the last [`Tell::Sized`]. Answer: [`Tell::Drawn`].
    Canvas,
    /// The texts inside a film, in one of these languages if there are any. Answer: [`Tell::Cues`], the last of
    /// them empty.
    Subtitles(Vec<String>),
    /// Play a clip. Answer: [`Tell::Opened`].
    Play(Wanted),
    /// Carries the memory for frames and sound, in slots of this many bytes; decoding begins.
    Memory(usize),
    /// A frame's slot may be written to again.
    Free(u8),
    /// So many blocks of sound may be written to again.
    FreeSound(u8),
    /// Nobody listens to the sound.
    LeaveSound,
}

/// Which track of a clip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Lane {
    Pictures,
    Sounds,
}

/// A frame in its slot.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct FramePlace {
    pub(crate) slot: u8,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) layout: crate::frame::Layout,
    pub(crate) colours: crate::colour::Colours,
    pub(crate) time: Duration,
    /// Where each plane begins in the slot, and from row to row; bytes.
    pub(crate) planes: [(usize, usize); 3],
}

/// The facts of a clip, and what playing it takes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Opened {
    pub(crate) info: crate::clip::ClipInfo,
    /// Bytes that one frame takes at most; 0 without pictures.
    pub(crate) slot_bytes: usize,
    /// Whether there is sound that will come.
    pub(crate) has_sound: bool,
}

/// When a text appears and when it goes, from the start of the media, and the text with its markup.
pub type RawCue = (Duration, Duration, String);

/// The loudness of a whole clip.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Loudness {
    /// Integrated loudness in LUFS (EBU R128), of the two channels as they are played.
    pub integrated_lufs: f64,
    /// The highest peak between samples too (ITU-R BS.1770), in dB below full scale; positive above it.
    pub true_peak_db: f64,
}

/// What a decoder answers.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Tell {
    /// What was asked for cannot be had.
    Refused(MediaError),
    Probed(MediaInfo),
    /// It is still at work.
    Going,
    Verified(MediaInfo, Vec<MediaError>),
    /// None for silence.
    Measured(Option<Loudness>),
    /// The size of the picture that is ready, pixels.
    Sized(u32, u32),
    /// The picture is in its memory.
    Drawn,
    Opened(Opened),
    Frame(FramePlace),
    /// A block of sound with so many frames, in the next block of the ring.
    Sound(u32),
    /// The sound lies further behind in the file than can be read ahead.
    SoundIsLate,
    /// Some texts of a film; none after the last.
    Cues(Vec<RawCue>),
    /// A track is decoded up to here and no further.
    Finished(Lane, Duration, Option<MediaError>),
}
