//! How long to wait after failures: longer each time, and never all screens at once.

use std::time::Duration;

/// Waits that grow.
#[derive(Debug)]
pub(super) struct Backoff {
    first: Duration,
    longest: Duration,
    failures: u32,
}

impl Backoff {
    pub(super) fn new(first: Duration, longest: Duration) -> Self {
        Self {
            first: first.min(longest),
            longest,
            failures: 0,
        }
    }

    /// How long to wait after one more failure: half of it is chance.
    pub(super) fn fail(&mut self) -> Duration {
        let doubled = self.first.saturating_mul(1 << self.failures.min(16));
        self.failures = self.failures.saturating_add(1);
        doubled
            .min(self.longest)
            .mul_f64(0.5 + fastrand::f64() / 2.0)
    }

    pub(super) fn succeed(&mut self) {
        self.failures = 0;
    }
}

/// A wait of about `usual`, so that screens that started together do not ask together for ever.
pub(super) fn jittered(usual: Duration) -> Duration {
    usual.mul_f64(0.8 + fastrand::f64() * 0.4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_the_longest_and_begin_anew() {
        let second = Duration::from_secs(1);
        let mut backoff = Backoff::new(second, second * 8);
        for whole in [1, 2, 4, 8, 8, 8] {
            let wait = backoff.fail();
            assert!(
                (second * whole / 2..=second * whole).contains(&wait),
                "{wait:?}"
            );
        }
        backoff.succeed();
        assert!(backoff.fail() <= second);
        for _ in 0..100 {
            let wait = jittered(second);
            assert!(
                (second * 4 / 5..=second * 6 / 5).contains(&wait),
                "{wait:?}"
            );
        }
    }
}
