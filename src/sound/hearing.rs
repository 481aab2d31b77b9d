//! When the samples that a device takes will be heard.
//!
//! Each callback tells once how far the device is ahead of what is heard. One such answer may be wrong by
//! tens of milliseconds: before the stream runs, behind a sound server that interpolates, on a busy machine.
//! So the middle one of the last few counts, and what it says is approached slowly, as both clocks drift
//! slowly. Pure: times come in as seconds.

use std::time::Duration;

/// How many answers are looked at together: about 0.4 s of them.
const RECENT: usize = 9;
/// Share of the difference that one answer corrects: a time constant under a second, and too little in one
/// step to be seen.
const CORRECTING: f64 = 0.05;
/// A difference beyond this is not drift: the device has dropped samples, or waited.
const JUMP: f64 = 0.04;
/// A device that claims to be further ahead than this does not tell the truth.
const LONGEST_LEAD: Duration = Duration::from_secs(3);
/// How long the average lead of a device that does not tell it is learned, in seconds.
const SETTLING: f64 = 1.0;

/// The relation between the samples of one stream and the instants at which they are heard.
#[derive(Debug, Default)]
pub(crate) struct Hearing {
    /// The instant at which the stream's first sample would have been heard, in seconds.
    origin: Option<f64>,
    /// What the last answers said about it, the latest at the end.
    recent: Vec<f64>,
    /// Whether the device tells anything.
    is_told: bool,
    /// Learned about a device that does not: how far it takes samples ahead, and from how many answers.
    ahead: f64,
    learned_from: u32,
}

impl Hearing {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// When the sample `at` seconds into the stream will be heard, which the device takes at `now`, saying
    /// that it will be heard `lead` later.
    pub(crate) fn heard(&mut self, now: f64, at: f64, lead: Option<Duration>) -> f64 {
        // Nothing is heard before it is taken: the device has waited, and what it said before is void.
        if self.origin.is_some_and(|origin| origin + at + JUMP < now) {
            self.recent.clear();
            self.origin = None;
        }
        // A stream that does not run, or a device that does not know, says zero.
        let lead = lead.filter(|lead| !lead.is_zero() && *lead <= LONGEST_LEAD);
        self.is_told |= lead.is_some();
        let answer = match lead {
            Some(lead) => Some(now + lead.as_secs_f64() - at),
            None if self.is_told => None,
            None => self.guess(now, at),
        };
        if let Some(answer) = answer {
            self.learn(answer);
        }
        let origin = *self.origin.get_or_insert(now - at);
        origin + at
    }

    fn learn(&mut self, answer: f64) {
        if self.recent.len() == RECENT {
            self.recent.remove(0);
        }
        self.recent.push(answer);
        let mut sorted = self.recent.clone();
        sorted.sort_by(f64::total_cmp);
        let middle = sorted[sorted.len() / 2];
        let origin = self.origin.get_or_insert(middle);
        let apart = middle - *origin;
        if self.recent.len() < RECENT || apart.abs() > JUMP {
            *origin = middle;
        } else {
            *origin += apart * CORRECTING;
        }
    }

    /// What a device that tells nothing would have said: it is taken to sound as soon as it takes the first
    /// samples, and to run ahead of that by as much as it does on average in the beginning.
    fn guess(&mut self, now: f64, at: f64) -> Option<f64> {
        let origin = self.origin?;
        if at < SETTLING {
            self.learned_from += 1;
            let ahead = origin + at - now;
            self.ahead += (ahead - self.ahead) / f64::from(self.learned_from);
            return None;
        }
        Some(now + self.ahead - at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PERIOD: f64 = 2048.0 / 48_000.0;

    fn close(actual: f64, expected: f64, within: f64) {
        assert!(
            (actual - expected).abs() < within,
            "{actual} instead of {expected}"
        );
    }

    fn lead(seconds: f64) -> Option<Duration> {
        Some(Duration::from_secs_f64(seconds))
    }

    /// Callbacks of a device that is 85 ms ahead and runs at `speed`; `lie` is added to what it says.
    fn run(
        hearing: &mut Hearing,
        callbacks: std::ops::Range<u32>,
        speed: f64,
        lie: impl Fn(u32) -> f64,
    ) -> f64 {
        let mut apart: f64 = 0.0;
        for callback in callbacks {
            let at = f64::from(callback) * PERIOD;
            let truth = 10.0 + at / speed;
            let heard = hearing.heard(truth - 0.085, at, lead(0.085 + lie(callback)));
            apart = apart.max((heard - truth).abs());
        }
        apart
    }

    #[test]
    fn a_device_that_waits_is_believed_at_once() {
        for lead in [lead(0.057), lead(0.0)] {
            let mut hearing = Hearing::new();
            for block in 0..3 {
                let at = f64::from(block) * PERIOD;
                hearing.heard(0.003, at, lead);
            }
            for block in 3..60 {
                let at = f64::from(block) * PERIOD;
                let now = 1.519 + at - 3.0 * PERIOD;
                let heard = hearing.heard(now, at, lead);
                let truth = now + lead.map_or(0.0, |lead| lead.as_secs_f64());
                close(heard, truth, 0.01);
            }
        }
    }

    #[test]
    fn it_believes_what_the_device_says() {
        let mut hearing = Hearing::new();
        close(run(&mut hearing, 0..100, 1.0, |_| 0.0), 0.0, 1e-9);
    }

    #[test]
    fn it_follows_a_device_that_runs_fast() {
        let mut hearing = Hearing::new();
        let apart = run(&mut hearing, 0..3000, 1.001, |_| 0.0);
        assert!(apart < 0.003, "{apart}");
    }

    #[test]
    fn wrong_answers_in_between_do_not_move_it() {
        let mut hearing = Hearing::new();
        run(&mut hearing, 0..9, 1.0, |_| 0.0);
        let apart = run(&mut hearing, 9..500, 1.0, |callback| match callback % 4 {
            0 => 0.3,
            2 => -0.02,
            _ => 0.0,
        });
        assert!(apart < 0.002, "{apart}");
    }

    #[test]
    fn what_is_said_before_the_stream_runs_is_forgotten() {
        let mut hearing = Hearing::new();
        for callback in 0..3 {
            hearing.heard(10.0, f64::from(callback) * PERIOD, lead(0.5));
        }
        run(&mut hearing, 3..8, 1.0, |_| 0.0);
        let apart = run(&mut hearing, 8..100, 1.0, |_| 0.0);
        assert!(apart < 1e-6, "{apart}");
    }

    #[test]
    fn a_device_that_dropped_samples_is_followed_at_once() {
        let mut hearing = Hearing::new();
        run(&mut hearing, 0..50, 1.0, |_| 0.0);
        run(&mut hearing, 50..56, 1.0, |_| 0.2);
        let at = 56.0 * PERIOD;
        let heard = hearing.heard(10.0 + at - 0.085, at, lead(0.285));
        close(heard, 10.2 + at, 1e-6);
    }

    #[test]
    fn without_answers_the_first_sample_is_heard_when_it_is_taken() {
        for silence in [None, Some(Duration::ZERO), Some(Duration::from_secs(3600))] {
            let mut hearing = Hearing::new();
            // Two periods are taken ahead at once; from there on one in its time, 0.1 % too fast.
            for callback in 0..2000_u32 {
                let at = f64::from(callback) * PERIOD;
                let truth = 10.0 + at / 1.001;
                let now = (truth - PERIOD).max(10.0);
                close(hearing.heard(now, at, silence), truth, 0.005);
            }
        }
    }
}
