//! Whether a file's name fits its content.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use crate::error::MediaError;
use crate::info::{MediaInfo, PictureFormat};
use crate::sniff::{HEAD, looks};

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
    let actual = head(path)
        .and_then(|head| looks(&head).name())
        .unwrap_or("a sound file")
        .into();
    Some(MediaError::LyingExtension { extension, actual })
}

const IS_STILL: [&str; 11] = [
    "jpg", "jpeg", "png", "webp", "gif", "bmp", "tif", "tiff", "pdf", "doc", "docx",
];
const IS_SOUND: [&str; 6] = ["mp3", "wav", "flac", "aac", "m4a", "opus"];

fn head(path: &Path) -> Option<Vec<u8>> {
    let mut head = Vec::with_capacity(HEAD);
    let file = File::open(path).ok()?;
    file.take(HEAD as u64).read_to_end(&mut head).ok()?;
    Some(head)
}
