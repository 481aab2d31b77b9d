//! The thread that decodes pictures.

use std::time::Duration;

use super::shared::Shared;
use crate::error::MediaError;
use crate::info::Kind;
use crate::inside::picture_decoder::PictureDecoder;
use crate::inside::scale::Scaler;
use crate::inside::time::{duration, from_duration};
use crate::wire::Lane;

/// A track that ends this much before its promised end was cut off; less is rounding.
pub(crate) const EARLY: Duration = Duration::from_secs(1);

/// Decodes the pictures from media time `from` on.
pub(super) fn run(
    shared: &Shared,
    mut decoder: PictureDecoder,
    mut scaler: Scaler,
    from: Duration,
) {
    let wanted_from = from_duration(from);
    loop {
        let Some(packet) = shared.next_packet(Lane::Pictures) else {
            return;
        };
        decoder.feed(packet.as_ref());
        while let Some(decoded) = decoder.next() {
            // Frames before the wanted one are only there to decode it.
            if decoded.until <= wanted_from {
                continue;
            }
            match scaler.frame(decoded) {
                Ok(Some(placed)) if shared.push_frame(&placed) => {}
                Ok(_) => return,
                // It counts as a frame that never was: the one before stands.
                Err(_) => {}
            }
        }
        if packet.is_none() || decoder.is_hopeless() {
            break;
        }
    }
    let at = duration(decoder.damage().good_until()).max(from);
    let promised = shared.promised.video.or(shared
        .promised
        .whole
        .filter(|_| shared.promised.sound.is_none()));
    let error = if decoder.is_hopeless() {
        Some(MediaError::BreaksAt {
            kind: Kind::Video,
            at,
        })
    } else {
        promised
            .filter(|promised| at + EARLY < *promised)
            .map(|promised| MediaError::EndsEarly {
                kind: Kind::Video,
                at,
                promised,
            })
    };
    shared.finish(Lane::Pictures, at, error);
}
