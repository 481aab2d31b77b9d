//! Decoding of pictures, documents, video and sound.
//!
//! Owns everything that turns a file into pixels or samples, and the verdict on whether a file can be
//! shown at all. Must not know the window, the show format or the sound device: it hands out RGB
//! pictures, frames that paint themselves into a buffer, and interleaved samples.
//!
//! It has two sides. [`serve`] is the inside: a process of its own, shut in before it reads the first byte of a
//! file. All else is the outside: it starts such processes, asks them, and takes nothing that they say on trust.
//!
//! Invariants: no file is interpreted outside such a process; a file is judged by its content, never by its
//! name; sizes are checked before memory is taken; nothing here panics or hangs on a hostile file.
//!
//! Every call waits for a process and belongs off the UI thread, except those of [`Clip`] and [`Frame`] that
//! say otherwise.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod backdrop;
mod clip;
mod colour;
mod decoder;
mod error;
mod fit;
mod frame;
mod info;
mod inside;
mod memory;
mod naming;
mod paint;
mod picture;
mod process;
mod resize;
mod sniff;
mod still;
mod verified;
mod wire;

pub use backdrop::fit_over_backdrop;
pub use clip::{
    Clip, ClipInfo, ClipRequest, ClipSound, FrameChoice, Notify, Progress, Pulled, SOUND_CHANNELS,
    SOUND_RATE,
};
pub use decoder::{
    Decoder, document_page, load_picture, loudness, probe, probe_as, subtitles, verify,
};
pub use error::MediaError;
pub use fit::{contain, contained_size};
pub use frame::{Frame, Layout, PixelRect, Plane};
pub use info::{DocumentInfo, Kind, MediaInfo, PictureFormat, PictureInfo, SoundInfo, VideoInfo};
pub use inside::serve;
pub use naming::extension_lies;
pub use picture::{Picture, Rgb};
pub use process::start_ahead;
pub use still::still;
pub use verified::Verified;
pub use wire::{Fitting, Loudness, RawCue};
