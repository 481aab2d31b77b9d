//! A level that goes where it is sent in a given time, so that nothing changes with a click.

use std::time::Duration;

use crate::source::SOUND_RATE;

/// The level.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ramp {
    level: f32,
    target: f32,
    step: f32,
}

impl Ramp {
    /// A level that stays.
    pub(crate) const fn at(level: f32) -> Self {
        Self {
            level,
            target: level,
            step: 0.0,
        }
    }

    /// Goes to `target`, and is there after `time`.
    pub(crate) fn go(&mut self, target: f32, time: Duration) {
        let frames = (time.as_secs_f32() * SOUND_RATE as f32).max(1.0);
        self.target = target;
        // A little more, so that rounding does not leave it short of its target.
        self.step = (target - self.level).abs() / frames * 1.000_1;
    }

    /// Is at its target at once.
    pub(crate) fn arrive(&mut self) {
        self.level = self.target;
    }

    pub(crate) const fn level(&self) -> f32 {
        self.level
    }

    /// The level one frame later.
    pub(crate) fn next(&mut self) -> f32 {
        self.level += (self.target - self.level).clamp(-self.step, self.step);
        self.level
    }
}
