//! The inside of a decoder process: everything that interprets the bytes of a file.
//!
//! Owns libav, the picture decoders and the PDF interpreter. Must not know the player beyond its socket. Its
//! invariant: before the first byte of a file is read the process is shut in ([`shut_in`]), so a decoder that
//! a file has taken over can spoil the picture of that file and nothing else.

mod colours;
mod container;
mod damage;
mod document;
mod jpeg;
mod loudness;
#[cfg(debug_assertions)]
mod misbehave;
mod opened;
mod picture;
mod picture_decoder;
mod playing;
mod probe;
mod raw;
mod scale;
mod serve;
mod showing;
mod shut_in;
mod slots;
mod sound_decoder;
mod source;
mod subtitles;
mod time;
mod tone;
mod verify;

pub(crate) use container::OVERHANG;
pub use serve::serve;
