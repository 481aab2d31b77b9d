//! The thread that decodes sound.

use super::shared::Shared;
use super::showing::EARLY;
use crate::error::MediaError;
use crate::info::Kind;
use crate::inside::sound_decoder::SoundDecoder;
use crate::inside::time::duration;
use crate::wire::{Lane, SOUND_BLOCK};

/// Samples of a block: left and right.
const BLOCK: usize = SOUND_BLOCK * 2;

/// Decodes the sound track.
pub(super) fn run(shared: &Shared, mut decoder: SoundDecoder) {
    let mut samples = Vec::new();
    loop {
        let Some(packet) = shared.next_packet(Lane::Sounds) else {
            return;
        };
        decoder.decode(packet.as_ref(), &mut samples);
        let is_over = packet.is_none() || decoder.is_hopeless();
        // Whole blocks; what is left at the end is the last one.
        let whole = samples.len() / BLOCK * BLOCK;
        let ready = if is_over { samples.len() } else { whole };
        for block in samples[..ready].chunks(BLOCK) {
            if !shared.push_samples(block) {
                return;
            }
        }
        samples.drain(..ready);
        if is_over {
            break;
        }
    }
    let at = duration(decoder.end());
    let promised = shared.promised.sound.or(shared
        .promised
        .whole
        .filter(|_| shared.promised.video.is_none()));
    let error = if decoder.is_hopeless() {
        Some(MediaError::BreaksAt {
            kind: Kind::Sound,
            at,
        })
    } else {
        promised
            .filter(|promised| at + EARLY < *promised)
            .map(|promised| MediaError::EndsEarly {
                kind: Kind::Sound,
                at,
                promised,
            })
    };
    shared.finish(Lane::Sounds, at, error);
}
