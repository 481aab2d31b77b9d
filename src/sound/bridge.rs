//! Going on without a step from where another sound ended.
//!
//! Two sounds that meet sample to sample rarely meet at the same level, and a step is heard as a click. The
//! second one starts where the first would have gone on, and is let go to its own level.

use crate::source::SOUND_CHANNELS;
use crate::voice::BLOCK;

/// A step from one sample to the next that nobody hears (-46 dB).
const UNHEARD_STEP: f32 = 0.005;

/// A left and a right sample.
pub(crate) type Pair = [f32; SOUND_CHANNELS];

/// What is added to a voice's first frames, so that it goes on without a step from where another one ended.
pub(crate) struct Bridge {
    from: Option<Pair>,
    step: Pair,
    left: usize,
}

impl Bridge {
    /// Leads on from the last two frames of the sound before.
    pub(crate) fn from(tail: [Pair; 2]) -> Self {
        // Where a smooth sound would go on.
        let next = [0, 1].map(|side| 2.0 * tail[1][side] - tail[0][side]);
        Self {
            from: Some(next),
            step: [0.0; SOUND_CHANNELS],
            left: BLOCK,
        }
    }

    /// Adds to a frame what is left of the step; says whether more is to come.
    pub(crate) fn add_to(&mut self, frame: &mut [f32]) -> bool {
        if let Some(from) = self.from.take() {
            self.step = [0, 1].map(|side| from[side] - frame[side]);
            if self.step.iter().all(|step| step.abs() < UNHEARD_STEP) {
                return false;
            }
        }
        let share = self.left as f32 / BLOCK as f32;
        for (sample, step) in frame.iter_mut().zip(self.step) {
            *sample += step * share;
        }
        self.left -= 1;
        self.left > 0
    }
}
