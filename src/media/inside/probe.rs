//! What a file is, from its header: milliseconds, cheap enough for every item of a show.

use crate::error::MediaError;
use crate::info::{DocumentInfo, Kind, MediaInfo, SoundInfo, VideoInfo};
use crate::inside::container::Container;
use crate::inside::document::Document;
use crate::inside::opened::Opened;
use crate::inside::picture::probe_picture;
use crate::inside::picture_decoder::Purpose;
use crate::inside::source::Source;
use crate::sniff::Looks;

/// Says what the file is by its content.
///
/// # Errors
/// Everything that keeps it from being shown and can be told from its header.
pub(crate) fn probe(source: &Source) -> Result<MediaInfo, MediaError> {
    look_at(source).map(|(info, _)| info)
}

/// Says what the file is by its content; of a video or sound file also with the container, of which nothing
/// was read yet.
///
/// # Errors
/// Those of [`probe`].
pub(crate) fn look_at(source: &Source) -> Result<(MediaInfo, Option<Container>), MediaError> {
    let info = match source.looks()? {
        Looks::Picture(format) => MediaInfo::Picture(probe_picture(source, format)?),
        Looks::Document => {
            let document = Document::open(source)?;
            MediaInfo::Document(DocumentInfo {
                pages: document.pages(),
                size: document.size(),
            })
        }
        Looks::Refused { what, instead } => {
            return Err(MediaError::Unsupported {
                what: what.into(),
                instead: instead.into(),
            });
        }
        Looks::Stream(_) | Looks::Unclear => {
            let opened = Opened::open(source, Purpose::Judging)?;
            return Ok((stream_info(&opened), Some(opened.container)));
        }
    };
    Ok((info, None))
}

/// The same, for an item that needs a file of one kind.
///
/// # Errors
/// Those of [`probe`], and [`MediaError::WrongKind`].
pub(crate) fn probe_as(source: &Source, kind: Kind) -> Result<MediaInfo, MediaError> {
    let info = probe(source)?;
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
