//! The thread that decodes sound, and the end at which its samples come out.

use std::fmt;
use std::sync::Arc;

use crate::clip::shared::Shared;
use crate::clip::showing::EARLY;
use crate::clip::state::Lane;
use crate::error::MediaError;
use crate::info::Kind;
use crate::sound_decoder::{SOUND_CHANNELS, SoundDecoder};
use crate::time::duration;

/// Decodes the sound track.
pub(super) fn run(shared: &Shared, mut decoder: SoundDecoder) {
    let mut samples = Vec::new();
    loop {
        let Some(packet) = shared.next_packet(Lane::Sounds) else {
            return;
        };
        samples.clear();
        decoder.decode(packet.as_ref(), &mut samples);
        if !samples.is_empty() && !shared.push_samples(&samples) {
            return;
        }
        if packet.is_none() || decoder.is_hopeless() {
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

/// What one pull gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pulled {
    /// Real frames (left and right sample) at the front of the buffer; the rest is silence.
    pub frames: usize,
    /// Nothing will come any more.
    pub ended: bool,
}

/// The sound of a clip, to be pulled by the sound device. Dropping it lets the clip go on without.
pub struct ClipSound {
    shared: Arc<Shared>,
}

impl fmt::Debug for ClipSound {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("ClipSound").finish_non_exhaustive()
    }
}

impl ClipSound {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    /// Fills `out` with interleaved stereo at 48 kHz, with silence where decoding is behind. Never blocks.
    pub fn pull(&mut self, out: &mut [f32]) -> Pulled {
        let (samples, is_last) = self.shared.pull(out);
        out[samples..].fill(0.0);
        Pulled {
            frames: samples / SOUND_CHANNELS,
            ended: is_last || self.shared.is_stopped(),
        }
    }
}

impl Drop for ClipSound {
    fn drop(&mut self) {
        self.shared.leave_sound();
    }
}
