//! When a visitor counts as gone.

use std::time::Duration;

/// How long nobody may touch anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IdleTimes {
    /// Until the countdown begins.
    pub patience: Duration,
    /// How long the countdown takes.
    pub countdown: Duration,
}

impl Default for IdleTimes {
    fn default() -> Self {
        Self {
            patience: Duration::from_secs(60),
            countdown: Duration::from_secs(15),
        }
    }
}

/// The time since the last touch.
#[derive(Debug)]
pub(super) struct Idle {
    times: IdleTimes,
    stirred: Duration,
    countdown: Option<u64>,
}

impl Idle {
    pub(super) const fn new(times: IdleTimes, now: Duration) -> Self {
        Self {
            times,
            stirred: now,
            countdown: None,
        }
    }

    pub(super) const fn countdown(&self) -> Option<u64> {
        self.countdown
    }

    /// Somebody is there; says whether the countdown was stopped.
    pub(super) fn stir(&mut self, now: Duration) -> bool {
        self.stirred = now;
        self.countdown.take().is_some()
    }

    /// Says whether the visitor is gone.
    pub(super) fn tick(&mut self, now: Duration) -> bool {
        let silent = now.saturating_sub(self.stirred);
        let Some(counted) = silent.checked_sub(self.times.patience) else {
            self.countdown = None;
            return false;
        };
        let left = self.times.countdown.saturating_sub(counted);
        self.countdown = Some(left.as_millis().div_ceil(1000) as u64);
        left.is_zero()
    }

    pub(super) fn wake_at(&self) -> Duration {
        let begins = self.stirred + self.times.patience;
        match self.countdown {
            None => begins,
            // The instant at which one second less is left.
            Some(left) => {
                let ends = begins + self.times.countdown;
                ends.saturating_sub(Duration::from_secs(left.saturating_sub(1)))
            }
        }
    }
}
