//! The bandwidth limit: one bucket of tokens for all downloads together.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The longest sleep at once, so that a stop is heard.
const NAP: Duration = Duration::from_millis(100);

/// How much of a second may come in at once.
const BURST_SHARE: f64 = 0.25;

/// A bucket of tokens, a byte each.
pub(super) struct Throttle {
    bytes_per_second: Option<u64>,
    bucket: Mutex<Bucket>,
}

struct Bucket {
    filled: Instant,
    /// Below zero: what was taken ahead of its time.
    tokens: f64,
}

impl Throttle {
    pub(super) fn new(bytes_per_second: Option<u64>) -> Self {
        let bucket = Bucket {
            filled: Instant::now(),
            tokens: 0.0,
        };
        Self {
            bytes_per_second: bytes_per_second.filter(|rate| *rate > 0),
            bucket: Mutex::new(bucket),
        }
    }

    /// How much to read at once, so that the flow stays even.
    pub(super) fn piece(&self) -> usize {
        let even = |rate: u64| usize::try_from(rate / 8).unwrap_or(usize::MAX).max(512);
        self.bytes_per_second.map_or(usize::MAX, even)
    }

    /// Takes `bytes` tokens and waits until they are due; says how long that was.
    pub(super) fn take(&self, bytes: u64, stop: &AtomicBool) -> Duration {
        let Some(rate) = self.bytes_per_second else {
            return Duration::ZERO;
        };
        let wait = self.debt(bytes, rate as f64);
        let until = Instant::now() + wait;
        while !stop.load(Ordering::Relaxed) {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            std::thread::sleep(left.min(NAP));
        }
        wait
    }

    fn debt(&self, bytes: u64, rate: f64) -> Duration {
        let mut bucket = self.bucket.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let came = now.duration_since(bucket.filled).as_secs_f64() * rate;
        bucket.tokens = (bucket.tokens + came).min(rate * BURST_SHARE) - bytes as f64;
        bucket.filled = now;
        Duration::from_secs_f64((-bucket.tokens / rate).max(0.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_downloads_share_the_limit() {
        // Nobody sleeps: who is stopped only hears how long it would have been.
        let stop = AtomicBool::new(true);
        let throttle = Throttle::new(Some(1_000));
        throttle.take(500_000, &stop);
        let wait = throttle.take(500_000, &stop);
        assert!(
            (Duration::from_secs(900)..=Duration::from_secs(1_000)).contains(&wait),
            "{wait:?}"
        );
        assert_eq!(Throttle::new(None).take(u64::MAX, &stop), Duration::ZERO);
    }
}
