//! The end of a clip at which its samples come out.

use std::fmt;
use std::sync::Arc;

use super::SOUND_CHANNELS;
use super::shared::Shared;

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
