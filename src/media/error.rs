//! What can be wrong with a media file, each as one whole sentence with its remedy.
//!
//! The sentences do not name the file: the caller knows which file of which item it asked about and
//! puts that in front.

use std::borrow::Cow;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::info::Kind;

/// A fault of a media file. Cheap to clone, so that one finding can go to the log and to the screen.
#[derive(Debug, Clone, Error, Serialize, Deserialize)]
#[non_exhaustive]
pub enum MediaError {
    /// The file cannot be opened or read.
    #[error(
        "the file cannot be read ({source}); check that it exists and that this user may read it"
    )]
    Unreadable {
        /// What the operating system said.
        #[source]
        #[serde(with = "crate::wire::fault::io")]
        source: Arc<io::Error>,
    },
    /// The file has no bytes.
    #[error("the file is empty (0 bytes); copy it again from where it came")]
    Empty,
    /// The content is of no kind that is known.
    #[error(
        "the content is neither a picture (JPEG, PNG, WebP), a video (MP4, WebM), a sound file nor a PDF; \
         save it as one of these"
    )]
    Unknown,
    /// The content is recognised, and is of a kind that a screen does not show.
    #[error("the content is {what}, which a screen does not show; save it as {instead}")]
    Unsupported {
        /// What it is, with its article: "a GIF picture".
        #[serde(deserialize_with = "crate::wire::fault::plain_cow")]
        what: Cow<'static, str>,
        /// What to save it as.
        #[serde(deserialize_with = "crate::wire::fault::plain_cow")]
        instead: Cow<'static, str>,
    },
    /// A good file, but not of the kind that the item needs.
    #[error(
        "the content is a {found}, but a {expected} is needed here; name a {expected} as the source or \
         change the kind of the item"
    )]
    WrongKind {
        /// What the item needs.
        expected: Kind,
        /// What the file holds.
        found: Kind,
    },
    /// The name says one format and the content is another.
    #[error(
        "the name ends in .{extension}, but the content is {actual}; rename the file so that people and \
         other programs are not misled"
    )]
    LyingExtension {
        /// The extension in lower case, without the dot.
        #[serde(deserialize_with = "crate::wire::fault::plain")]
        extension: String,
        /// The real format, with its article.
        #[serde(deserialize_with = "crate::wire::fault::plain_cow")]
        actual: Cow<'static, str>,
    },
    /// A picture or video with more pixels than are decoded.
    #[error(
        "the {kind} is {width} × {height} pixels, more than the {limit_megapixels} megapixels a screen can \
         take; save it at 3840 × 2160 or smaller"
    )]
    TooLarge {
        /// Picture or video.
        kind: Kind,
        /// Width in pixels as the header says.
        width: u32,
        /// Height in pixels as the header says.
        height: u32,
        /// The limit in millions of pixels.
        limit_megapixels: u32,
    },
    /// A picture whose pixels, though within the limit, take too much memory (16 bits a channel).
    #[error(
        "the picture would take {megabytes} MB of memory once decoded, more than the {limit_megabytes} MB \
         allowed; save it with 8 bits a channel and at 3840 × 2160 or smaller"
    )]
    TooMuchMemory {
        /// What it would take.
        megabytes: u64,
        /// What is allowed.
        limit_megabytes: u64,
    },
    /// A file with more bytes than are read into memory at once.
    #[error(
        "the {kind} has {megabytes} MB, more than the {limit_megabytes} MB allowed; save it smaller"
    )]
    TooHeavy {
        /// Picture or document.
        kind: Kind,
        /// Its size on disk.
        megabytes: u64,
        /// What is allowed.
        limit_megabytes: u64,
    },
    /// The file ends before its content does.
    #[error("the {kind} is cut off: its end is missing; copy the whole file again")]
    Truncated {
        /// What it was to be.
        kind: Kind,
    },
    /// The picture's data cannot be decoded.
    #[error("the picture is damaged ({source}); save it again from the original")]
    BrokenPicture {
        /// What the decoder said.
        #[source]
        #[serde(with = "crate::wire::fault::any")]
        source: Arc<dyn std::error::Error + Send + Sync>,
    },
    /// The document cannot be read.
    #[error("the PDF is damaged and cannot be read; print it to PDF again from the original")]
    BrokenDocument,
    /// The document asks for a password or uses an unknown protection.
    #[error("the PDF is encrypted; save it without a password and without restrictions")]
    Encrypted,
    /// The document has no pages.
    #[error("the PDF has no pages; print it to PDF again from the original")]
    NoPages,
    /// A page beyond the end of the document was asked for.
    #[error("page {page} was asked for, but the PDF has {pages} pages; name a page that exists")]
    NoSuchPage {
        /// The page asked for, counted from 1.
        page: usize,
        /// How many there are.
        pages: usize,
    },
    /// The file begins like a video or sound file, but its structure cannot be read.
    #[error(
        "the file begins like {what}, but cannot be read any further ({source}): it is cut off or damaged; \
         copy it again or export it again"
    )]
    BrokenContainer {
        /// What it begins like, with its article: "an MP4 video".
        #[serde(deserialize_with = "crate::wire::fault::plain_cow")]
        what: Cow<'static, str>,
        /// What libav said.
        #[source]
        #[serde(with = "crate::wire::fault::libav")]
        source: ffmpeg_next::Error,
    },
    /// The file holds neither picture nor sound.
    #[error(
        "the file holds neither moving pictures nor sound; export it again with at least one of them"
    )]
    NoStreams,
    /// There is no decoder for the stream.
    #[error(
        "the codec \"{codec}\" cannot be decoded here ({source}); export the file as H.264 with AAC (MP4), or \
         VP9 or AV1 with Opus (WebM)"
    )]
    NoDecoder {
        /// libav's name of the codec.
        #[serde(deserialize_with = "crate::wire::fault::plain")]
        codec: String,
        /// What libav said.
        #[source]
        #[serde(with = "crate::wire::fault::libav")]
        source: ffmpeg_next::Error,
    },
    /// From this moment on nothing more can be decoded.
    #[error("the {kind} is damaged: from second {seconds} on it cannot be decoded; export it again",
        seconds = seconds(*.at))]
    BreaksAt {
        /// Video or sound.
        kind: Kind,
        /// Media time up to which it plays.
        at: Duration,
    },
    /// The content ends well before the length that the header promises.
    #[error("the {kind} is cut off: it ends at second {at} of {promised}; copy the whole file again",
        at = seconds(*.at), promised = seconds(*.promised))]
    EndsEarly {
        /// Video or sound.
        kind: Kind,
        /// Media time up to which it plays.
        at: Duration,
        /// The length that the header promises.
        promised: Duration,
    },
    /// Short damaged stretches that playing passes over.
    #[error("the {kind} has {stretches} damaged places, the first at second {at}; export it again",
        at = seconds(*.first_at))]
    Damaged {
        /// Video or sound.
        kind: Kind,
        /// How many separate stretches there are.
        stretches: usize,
        /// Media time of the first.
        first_at: Duration,
    },
    /// The picture plays and its sound does not.
    #[error("the sound of the video is damaged: from second {at} on it is silent; export it again",
        at = seconds(*.at))]
    SoundBreaksAt {
        /// Media time up to which the sound plays.
        at: Duration,
    },
    /// The header's length is not believable; the content was measured instead.
    #[error(
        "the file says that it lasts {said}, which cannot be; its content lasts {measured} seconds, which is \
         used instead; export it again", said = spoken(*.said), measured = seconds(*.measured)
    )]
    LyingDuration {
        /// What the header says.
        said: Duration,
        /// What its packets add up to.
        measured: Duration,
    },
    /// No process can be started for it.
    #[error(
        "no process can be started to decode the file ({source}); free memory or restart the machine"
    )]
    NoDecoderProcess {
        /// What the operating system said.
        #[source]
        #[serde(with = "crate::wire::fault::io")]
        source: Arc<io::Error>,
    },
    /// Its process came to an end that it was not meant to come to.
    #[error(
        "the process that decodes the file ended {how}, as damaged or malicious files make it; export it again \
         from the original"
    )]
    DecoderEnded {
        /// How, as an adverbial: "by itself", "by signal 11".
        #[serde(deserialize_with = "crate::wire::fault::plain_cow")]
        how: Cow<'static, str>,
    },
    /// Its process gives nothing any more.
    #[error(
        "the process that decodes the file has given nothing for {limit} s and was ended, as damaged or \
         malicious files make it; export it again from the original", limit = seconds(*.limit)
    )]
    DecoderHangs {
        /// The time it had.
        limit: Duration,
    },
    /// Its process said what cannot be.
    #[error(
        "the process that decodes the file answered what cannot be and was ended, as malicious files make \
         it; export it again from the original"
    )]
    DecoderLies,
    /// The decoder's threads could not be started.
    #[error(
        "the machine has no room for another decoder ({source}); close other programs or restart it"
    )]
    NoThread {
        /// What the operating system said.
        #[source]
        #[serde(with = "crate::wire::fault::io")]
        source: Arc<io::Error>,
    },
}

impl MediaError {
    /// The media time at which it breaks, where the fault is about a moment.
    #[must_use]
    pub fn at(&self) -> Option<Duration> {
        match self {
            Self::BreaksAt { at, .. } | Self::EndsEarly { at, .. } | Self::SoundBreaksAt { at } => {
                Some(*at)
            }
            Self::Damaged { first_at, .. } => Some(*first_at),
            _ => None,
        }
    }
}

impl From<io::Error> for MediaError {
    fn from(source: io::Error) -> Self {
        Self::Unreadable {
            source: Arc::new(source),
        }
    }
}

/// Seconds with one decimal, as the sentences give them.
fn seconds(duration: Duration) -> String {
    format!("{:.1}", duration.as_secs_f64())
}

/// A length that may be absurd, in the largest unit that still says something.
fn spoken(duration: Duration) -> String {
    const HOUR: u64 = 3600;
    const YEAR: u64 = 365 * 24 * HOUR;
    match duration.as_secs() {
        secs if secs >= 2 * YEAR => format!("{} years", secs / YEAR),
        secs if secs >= 2 * HOUR => format!("{} hours", secs / HOUR),
        secs => format!("{secs} seconds"),
    }
}
