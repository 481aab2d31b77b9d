//! Which moment of a source is being heard.
//!
//! The wall clock from the instant at which the device took the first sample, held together with the number
//! of samples that the device has really taken: it corrects the slow drift between the two, waits where
//! samples run out, and goes on alone where they stay away. Pure: time comes in as an argument.
//!
//! Positions are seconds since the source's first sample.

use std::time::{Duration, Instant};

/// How long the picture waits for sound that does not come before it goes on without. Long enough for a
/// device to open, short enough not to look like a fault.
pub(crate) const PATIENCE: f64 = 0.4;
/// Devices take samples in bursts; how far they run ahead on average is learned for this long.
const SETTLING: f64 = 1.0;
/// Weight of one observation while learning.
const LEARNING: f64 = 0.05;
/// Weight of one observation (200 a second) in correcting drift: a time constant of 2.5 s, too slow to see.
const CORRECTING: f64 = 0.002;
/// A difference beyond this is not drift but a device that lost samples.
const JUMP: f64 = 0.15;

/// The clock of one source.
#[derive(Debug)]
pub(crate) struct Clock {
    /// When playing was asked for.
    asked: Instant,
    /// An instant and the position at it; from there the wall clock runs.
    anchor: Option<(Instant, f64)>,
    /// How much the device has taken; infinite once nothing more is waited for.
    taken: f64,
    /// How far taking runs ahead of hearing.
    lead: f64,
    /// The largest position told: it never goes back.
    told: f64,
    /// How long samples that stay away are waited for.
    patience: f64,
}

impl Clock {
    /// A clock that waits for the device since `now`.
    pub(crate) fn new(now: Instant) -> Self {
        Self {
            asked: now,
            anchor: None,
            taken: 0.0,
            lead: 0.0,
            told: 0.0,
            patience: PATIENCE,
        }
    }

    /// The position at `now`.
    pub(crate) fn position(&mut self, now: Instant) -> f64 {
        self.told = self.told.max(self.reckoned(now));
        self.told
    }

    /// How far the position has run ahead of what was taken: that much of the source is past and is to be
    /// skipped.
    pub(crate) fn missed(&mut self, now: Instant) -> f64 {
        if self.taken.is_finite() {
            (self.position(now) - self.taken).max(0.0)
        } else {
            0.0
        }
    }

    /// The device took the samples up to position `until`.
    pub(crate) fn took(&mut self, now: Instant, until: f64) {
        let before = self.taken;
        self.taken = until;
        self.patience = PATIENCE;
        let position = self.reckoned_with(now, before);
        let Some((since, _)) = self.anchor else {
            self.anchor = Some((now, before.max(self.told)));
            return;
        };
        let lead = before - position;
        let has_run_dry = lead <= 0.0;
        let running = (now - since).as_secs_f64();
        if has_run_dry || (running > SETTLING && (lead - self.lead).abs() > JUMP) {
            // The sound goes on from where the clock was held.
            self.anchor = Some((now, position));
            self.lead = lead.max(0.0);
        } else if running < SETTLING {
            self.lead += (lead - self.lead) * LEARNING;
        } else if let Some((_, offset)) = &mut self.anchor {
            *offset += (lead - self.lead) * CORRECTING;
        }
    }

    /// The samples up to the position are past without having been heard.
    pub(crate) fn skipped(&mut self, until: f64) {
        self.taken = self.taken.max(until);
    }

    /// From now on nothing is waited for: the source has ended, or there is no device.
    pub(crate) fn run_free(&mut self, now: Instant) {
        if self.taken.is_finite() {
            self.anchor = Some((now, self.position(now)));
            self.taken = f64::INFINITY;
        }
    }

    /// There is no device to wait for, until one takes samples again.
    pub(crate) fn stop_waiting(&mut self) {
        self.patience = 0.0;
    }

    fn reckoned(&self, now: Instant) -> f64 {
        self.reckoned_with(now, self.taken)
    }

    fn reckoned_with(&self, now: Instant, taken: f64) -> f64 {
        let since = |then: Instant| now.saturating_duration_since(then).as_secs_f64();
        let Some((at, offset)) = self.anchor else {
            return (since(self.asked) - self.patience).max(0.0);
        };
        let position = offset + since(at);
        let over = position - taken;
        if over <= 0.0 {
            position
        } else {
            taken.max(offset) + (over - self.patience).max(0.0)
        }
    }
}

/// Seconds as a `Duration`; positions are never negative.
pub(crate) fn duration(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or(Duration::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(actual: f64, expected: f64) {
        assert!(
            (actual - expected).abs() < 0.002,
            "{actual} instead of {expected}"
        );
    }

    /// A device that takes 43 ms every 43 ms of its own time, which runs at `speed`.
    fn play(
        clock: &mut Clock,
        from: Instant,
        taken: &mut f64,
        seconds: f64,
        speed: f64,
    ) -> Instant {
        let period = 2048.0 / 48_000.0;
        let mut now = from;
        let mut elapsed = 0.0;
        while elapsed < seconds {
            for _ in 0..8 {
                *taken += period / 8.0;
                clock.took(now, *taken);
            }
            elapsed += period / speed;
            now = from + Duration::from_secs_f64(elapsed);
        }
        now
    }

    #[test]
    fn it_waits_for_the_device_and_then_follows_the_wall() {
        let start = Instant::now();
        let mut clock = Clock::new(start);
        let begun = start + Duration::from_millis(120);
        close(clock.position(begun), 0.0);
        let mut taken = 0.0;
        let now = play(&mut clock, begun, &mut taken, 3.0, 1.0);
        close(clock.position(now), (now - begun).as_secs_f64());
    }

    #[test]
    fn it_follows_a_device_that_runs_fast() {
        let start = Instant::now();
        let mut clock = Clock::new(start);
        let mut taken = 0.0;
        let now = play(&mut clock, start, &mut taken, 120.0, 1.001);
        // After two minutes the device is 120 ms ahead of the wall, and the clock with it.
        let ahead = clock.position(now) - (now - start).as_secs_f64();
        assert!((0.105..0.13).contains(&ahead), "{ahead}");
    }

    #[test]
    fn without_a_device_the_wall_takes_over() {
        let start = Instant::now();
        let mut clock = Clock::new(start);
        close(clock.position(start + Duration::from_millis(300)), 0.0);
        close(clock.position(start + Duration::from_millis(1400)), 1.0);
    }

    #[test]
    fn without_any_device_the_wall_runs_at_once() {
        let start = Instant::now();
        let mut clock = Clock::new(start);
        clock.stop_waiting();
        let now = start + Duration::from_millis(250);
        close(clock.position(now), 0.25);
        close(clock.missed(now), 0.25);
        clock.skipped(0.25);
        close(clock.missed(now), 0.0);
    }

    #[test]
    fn a_stall_holds_it_and_then_lets_it_go() {
        let start = Instant::now();
        let mut clock = Clock::new(start);
        let mut taken = 0.0;
        let now = play(&mut clock, start, &mut taken, 2.0, 1.0);
        let stalled = clock.position(now + Duration::from_millis(300));
        close(stalled, taken);
        let later = clock.position(now + Duration::from_millis(1500));
        assert!(later > taken + 0.9, "{later} after {taken}");
        // The device is back: what was missed is skipped, and it goes on without going back.
        let back = now + Duration::from_millis(1500);
        let missed = clock.missed(back);
        close(missed, later - taken);
        taken += missed;
        clock.skipped(taken);
        let now = play(&mut clock, back, &mut taken, 2.0, 1.0);
        let position = clock.position(now);
        close(position, later + (now - back).as_secs_f64());
    }

    #[test]
    fn it_never_goes_back() {
        let start = Instant::now();
        let mut clock = Clock::new(start);
        let mut last = 0.0;
        let mut taken = 0.0;
        let mut now = start;
        for step in 0..2000_u64 {
            // Irregular bursts, gaps and stalls.
            now += Duration::from_millis(step * 7919 % 97 + if step % 100 == 0 { 700 } else { 0 });
            let missed = clock.missed(now);
            taken += missed;
            clock.skipped(taken);
            if step % 3 != 0 {
                taken += (step * 104_729 % 60) as f64 / 1000.0;
                clock.took(now, taken);
            }
            let position = clock.position(now);
            assert!(position >= last && position.is_finite());
            last = position;
        }
    }

    #[test]
    fn free_running_is_the_wall_clock() {
        let start = Instant::now();
        let mut clock = Clock::new(start);
        clock.run_free(start);
        close(clock.position(start + Duration::from_secs(5)), 5.0);
        assert_eq!(
            clock.missed(start + Duration::from_secs(5)).to_bits(),
            0.0_f64.to_bits()
        );
    }
}
