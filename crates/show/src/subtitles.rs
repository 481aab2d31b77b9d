//! Subtitles: what is said in a film, written, each line with its time.
//!
//! Reads WebVTT and SubRip, whichever a file turns out to hold. Owns what a cue is and how its text becomes
//! plain; knows neither page nor film. Invariant: reading never stops at a fault, every cue that is whole is
//! kept, and no file, however made, yields more than [`MOST_CUES`].

mod cues;
mod files;
mod markup;
mod time;

use std::time::Duration;

pub use cues::{LARGEST_FILE, MOST_CUES, ReadCues, not_readable, read_cues};
pub use files::{Beside, SubtitleFiles, beside};
pub use markup::plain_text;

/// What is written over a film for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cue {
    /// When it appears, from the start of the film.
    pub from: Duration,
    /// When it goes, from the start of the film; later than `from`.
    pub until: Duration,
    /// The text, plain, with the line breaks of its author.
    pub text: String,
}

/// The most characters of one cue; more could not be read in any time that a cue has.
pub const LONGEST_CUE: usize = 600;

/// The cues of a stream inside a film, from their times and their text with its markup. What is empty or
/// has no length is left out, and so is everything beyond [`MOST_CUES`].
#[must_use]
pub fn from_stream(cues: impl IntoIterator<Item = (Duration, Duration, String)>) -> Vec<Cue> {
    let mut read: Vec<Cue> = cues
        .into_iter()
        .filter(|(from, until, _)| from < until)
        .map(|(from, until, raw)| Cue {
            from,
            until,
            text: cut(plain_text(&raw)),
        })
        .filter(|cue| !cue.text.is_empty())
        .take(MOST_CUES)
        .collect();
    read.sort_by_key(|cue| cue.from);
    read
}

/// The first [`LONGEST_CUE`] characters.
fn cut(text: String) -> String {
    match text.char_indices().nth(LONGEST_CUE) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text,
    }
}

#[cfg(test)]
mod tests;
