//! A file with its picture decoder, from which both playing and judging start.

use std::time::Duration;

use crate::clip::ClipInfo;
use crate::error::MediaError;
use crate::inside::container::{Container, Stop};
use crate::inside::picture_decoder::{PictureDecoder, Purpose};
use crate::inside::showing::Showing;
use crate::inside::source::Source;
use crate::inside::time::duration;

/// An open video or sound file.
pub(crate) struct Opened {
    pub(crate) container: Container,
    pub(crate) pictures: Option<PictureDecoder>,
    /// How to show its pictures, without a fit.
    pub(crate) showing: Showing,
    pub(crate) info: ClipInfo,
}

impl Opened {
    /// Opens the file and its picture decoder and gathers the facts.
    pub(crate) fn open(source: &Source, purpose: Purpose) -> Result<Self, MediaError> {
        let container = Container::open(source, Stop::default())?;
        Self::begin(container, source, purpose)
    }

    /// Opens the picture decoder of the file at `source` that was opened as `container`, of which nothing was
    /// read yet.
    pub(crate) fn begin(
        container: Container,
        source: &Source,
        purpose: Purpose,
    ) -> Result<Self, MediaError> {
        let pictures = match &container.video {
            Some(track) => Some(PictureDecoder::open(
                track,
                container.clock(track),
                purpose,
            )?),
            None => None,
        };
        let quarter_turns = container
            .video
            .as_ref()
            .map_or(0, |track| track.quarter_turns);
        let pixel_aspect = pictures
            .as_ref()
            .map_or((1, 1), PictureDecoder::pixel_aspect);
        let showing = Showing {
            fit: None,
            pixel_aspect,
            quarter_turns,
        };
        let length = match container.length() {
            Some(promised) => promised,
            None => Container::open(source, Stop::clone(&container.stop))?.measure(),
        };
        let codec = container.video.as_ref().or(container.sound.as_ref());
        let info = ClipInfo {
            size: pictures
                .as_ref()
                .map(|pictures| showing.upright(pictures.size())),
            frame_size: pictures
                .as_ref()
                .map(|pictures| showing.target(pictures.size())),
            duration: length,
            lying_duration: container.said.filter(|_| container.promised.is_none()),
            has_sound: container.sound.is_some(),
            frame_interval: pictures
                .as_ref()
                .map_or(Duration::ZERO, |pictures| duration(pictures.interval())),
            codec: codec.map(|track| track.codec.clone()).unwrap_or_default(),
        };
        Ok(Self {
            container,
            pictures,
            showing,
            info,
        })
    }
}
