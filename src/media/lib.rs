//! Decoding of pictures, documents, video and sound.
//!
//! Owns everything that turns a file into pixels or samples, and the verdict on whether a file can be
//! shown at all. Must not know the window, the show format or the sound device: it hands out RGB
//! pictures, frames that paint themselves into a buffer, and interleaved samples.
//!
//! Invariants: a file is judged by its content, never by its name; sizes are checked before memory is
//! taken; nothing here panics or hangs on a hostile file; libav prints nothing.
//!
//! Every call reads files or decodes and belongs off the UI thread, except those of [`Clip`] and
//! [`Frame`] that say otherwise.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod backdrop;
mod clip;
mod colour;
mod container;
mod damage;
mod document;
mod error;
mod fit;
mod frame;
mod info;
mod jpeg;
mod loudness;
mod paint;
mod picture;
mod picture_decoder;
mod probe;
mod raw;
mod resize;
mod scale;
mod sniff;
mod sound_decoder;
mod still;
mod time;
mod verify;

pub use backdrop::fit_over_backdrop;
pub use clip::{
    Clip, ClipInfo, ClipRequest, ClipSound, FrameChoice, Notify, Progress, Pulled, SOUND_CHANNELS,
    SOUND_RATE,
};
pub use document::{Document, document_page};
pub use error::MediaError;
pub use fit::{contain, contained_size};
pub use frame::{Frame, PixelRect};
pub use info::{DocumentInfo, Kind, MediaInfo, PictureFormat, PictureInfo, SoundInfo, VideoInfo};
pub use loudness::{Loudness, loudness};
pub use picture::{Picture, Rgb, load_picture};
pub use probe::{extension_lies, probe, probe_as};
pub use still::still;
pub use verify::{Verified, verify};
