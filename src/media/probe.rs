//! What a file is, from its header: milliseconds, cheap enough for every item of a show.

use std::path::Path;

use crate::clip::Opened;
use crate::container::Stop;
use crate::document::Document;
use crate::error::MediaError;
use crate::info::{DocumentInfo, Kind, MediaInfo, PictureFormat, SoundInfo, VideoInfo};
use crate::picture::probe_picture;
use crate::picture_decoder::Purpose;
use crate::sniff::{Looks, sniff};

/// Says what the file at `path` is by its content.
///
/// # Errors
/// Everything that keeps it from being shown and can be told from its header.
pub fn probe(path: &Path) -> Result<MediaInfo, MediaError> {
    match sniff(path)? {
        Looks::Picture(format) => probe_picture(path, format).map(MediaInfo::Picture),
        Looks::Document => {
            let document = Document::open(path)?;
            Ok(MediaInfo::Document(DocumentInfo {
                pages: document.pages(),
                size: document.size(),
            }))
        }
        Looks::Refused { what, instead } => Err(MediaError::Unsupported { what, instead }),
        Looks::Stream(_) | Looks::Unclear => Ok(stream_info(&Opened::open(
            path,
            &Stop::default(),
            Purpose::Judging,
        )?)),
    }
}

/// The same, for an item that needs a file of one kind.
///
/// # Errors
/// Those of [`probe`], and [`MediaError::WrongKind`].
pub fn probe_as(path: &Path, kind: Kind) -> Result<MediaInfo, MediaError> {
    let info = probe(path)?;
    if info.kind() == kind {
        Ok(info)
    } else {
        Err(MediaError::WrongKind {
            expected: kind,
            found: info.kind(),
        })
    }
}

/// The facts of an opened video or sound file.
pub(crate) fn stream_info(opened: &Opened) -> MediaInfo {
    let info = &opened.info;
    match info.size {
        Some((width, height)) => MediaInfo::Video(VideoInfo {
            width,
            height,
            duration: info.duration,
            frame_interval: info.frame_interval,
            has_sound: info.has_sound,
            codec: info.codec.clone(),
        }),
        None => MediaInfo::Sound(SoundInfo {
            duration: info.duration,
            codec: info.codec.clone(),
        }),
    }
}

/// Whether the name of the file says another format than its content. Such a file is shown all the same;
/// the name misleads people.
#[must_use]
pub fn extension_lies(path: &Path, info: &MediaInfo) -> Option<MediaError> {
    let extension = path.extension()?.to_str()?.to_ascii_lowercase();
    let fits = match info {
        MediaInfo::Picture(picture) => match picture.format {
            PictureFormat::Jpeg => matches!(&*extension, "jpg" | "jpeg" | "jpe" | "jfif"),
            PictureFormat::Png => matches!(&*extension, "png" | "apng"),
            PictureFormat::WebP => extension == "webp",
        },
        MediaInfo::Document(_) => extension == "pdf",
        // Containers carry so many extensions that only a name of another kind is a lie.
        MediaInfo::Video(_) => !IS_STILL.contains(&&*extension) && !IS_SOUND.contains(&&*extension),
        MediaInfo::Sound(_) => !IS_STILL.contains(&&*extension),
    };
    if fits {
        return None;
    }
    let actual = sniff(path)
        .ok()
        .and_then(Looks::name)
        .unwrap_or("a sound file");
    Some(MediaError::LyingExtension { extension, actual })
}

const IS_STILL: [&str; 11] = [
    "jpg", "jpeg", "png", "webp", "gif", "bmp", "tif", "tiff", "pdf", "doc", "docx",
];
const IS_SOUND: [&str; 6] = ["mp3", "wav", "flac", "aac", "m4a", "opus"];
