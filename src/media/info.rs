//! What a media file is: its kind and the facts that laying out and scheduling need.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The four kinds of media file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// A still picture.
    Picture,
    /// Moving pictures, with or without sound.
    Video,
    /// Sound alone.
    Sound,
    /// A PDF.
    Document,
}

impl fmt::Display for Kind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Picture => "picture",
            Self::Video => "video",
            Self::Sound => "sound file",
            Self::Document => "document",
        })
    }
}

/// The picture formats that are decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum PictureFormat {
    /// JPEG.
    Jpeg,
    /// PNG; of an animated one the first picture.
    Png,
    /// WebP; of an animated one the first picture.
    WebP,
}

/// A still picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PictureInfo {
    /// The format of the content.
    pub format: PictureFormat,
    /// Width in pixels as shown, after the EXIF orientation.
    pub width: u32,
    /// Height in pixels as shown, after the EXIF orientation.
    pub height: u32,
}

/// A video.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VideoInfo {
    /// Width in pixels as shown, after pixel aspect and rotation.
    pub width: u32,
    /// Height in pixels as shown, after pixel aspect and rotation.
    pub height: u32,
    /// Length; measured where the header is not believable.
    pub duration: Duration,
    /// Nominal time from frame to frame.
    pub frame_interval: Duration,
    /// Whether there is a sound track.
    pub has_sound: bool,
    /// libav's name of the picture codec, such as "h264".
    #[serde(deserialize_with = "crate::wire::fault::plain")]
    pub codec: String,
}

/// A sound file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SoundInfo {
    /// Length; measured where the header is not believable.
    pub duration: Duration,
    /// libav's name of the codec, such as "aac".
    #[serde(deserialize_with = "crate::wire::fault::plain")]
    pub codec: String,
}

/// A PDF.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentInfo {
    /// Number of pages, at least one.
    pub pages: usize,
    /// Width and height of the first page in points of 1/72 inch, at least 1 each.
    pub size: (u32, u32),
}

/// What a file is by its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum MediaInfo {
    /// A still picture.
    Picture(PictureInfo),
    /// Moving pictures.
    Video(VideoInfo),
    /// Sound alone.
    Sound(SoundInfo),
    /// A PDF.
    Document(DocumentInfo),
}

impl MediaInfo {
    /// The kind, without the facts.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::Picture(_) => Kind::Picture,
            Self::Video(_) => Kind::Video,
            Self::Sound(_) => Kind::Sound,
            Self::Document(_) => Kind::Document,
        }
    }

    /// How long it plays; `None` for what does not move.
    #[must_use]
    pub fn duration(&self) -> Option<Duration> {
        match self {
            Self::Video(video) => Some(video.duration),
            Self::Sound(sound) => Some(sound.duration),
            Self::Picture(_) | Self::Document(_) => None,
        }
    }
}
