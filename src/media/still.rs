//! One frame of a video, for thumbnails and for drawing a show without a display.

use std::path::Path;
use std::time::Duration;

use crate::clip::{Clip, ClipRequest, Progress};
use crate::error::MediaError;
use crate::info::Kind;
use crate::picture::Picture;

/// Slow machines take a second for a frame of 4K AV1 far from a key frame; nothing good takes this long.
const PATIENCE: Duration = Duration::from_secs(20);

/// The frame of the video at `path` that is seen at media time `at`, fitted into `fit` pixels if given.
///
/// # Errors
/// Those of [`Clip::open`], a video that is damaged there, or that ends before.
pub fn still(path: &Path, at: Duration, fit: Option<(u32, u32)>) -> Result<Picture, MediaError> {
    let clip = Clip::open(
        path,
        ClipRequest {
            fit,
            from: at,
            ..ClipRequest::default()
        },
    )?;
    if clip.info().size.is_none() {
        return Err(MediaError::WrongKind {
            expected: Kind::Video,
            found: Kind::Sound,
        });
    }
    let is_ready = clip.wait_ready(PATIENCE);
    let choice = clip.frame_at(at);
    match (choice.frame, choice.progress) {
        (Some(frame), _) => Ok(frame.to_picture()),
        (None, Progress::Failed { error, .. }) => Err(error),
        (None, Progress::Ended { at: end }) => Err(MediaError::EndsEarly {
            kind: Kind::Video,
            at: end,
            promised: at,
        }),
        (None, Progress::Playing) => {
            tracing::debug!(is_ready, "no frame was decoded in time");
            Err(MediaError::BreaksAt {
                kind: Kind::Video,
                at,
            })
        }
    }
}
