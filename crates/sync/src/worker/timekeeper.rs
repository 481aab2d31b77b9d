//! How far the server's clock is ahead of this machine's, for screens that keep in step.
//!
//! A thread of its own that asks the server for the time. Of several answers the one that came back soonest counts, as
//! in RFC 5905, 10: what it took on the way bounds how wrong it can be. Pure but for the asking: [`estimate`] takes
//! readings.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use super::{FromWorker, Tell};
use crate::source::{Source, SourceError};

/// Questions a round. A line that is busy now and then has a free moment among so many.
const QUESTIONS: usize = 8;
/// How long between two of them.
const BETWEEN: Duration = Duration::from_millis(250);
/// How long between two rounds: a quartz goes wrong by 3 ms meanwhile at most.
const ROUND: Duration = Duration::from_secs(60);
/// A change below this is noise.
const LEAST: SignedDuration = SignedDuration::from_millis(2);
/// A clock that is more than this off is not corrected here: it was set wrongly, and the heartbeat says so.
const MOST: SignedDuration = SignedDuration::from_hours(1);
/// An answer that took longer says too little.
const SLOWEST: Duration = Duration::from_secs(1);

/// One answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading {
    /// By this machine's clock, when the question went out.
    pub(super) asked: Timestamp,
    /// How long until the answer was there, by a clock that cannot be set.
    pub(super) took: Duration,
    /// What the server's clock said.
    pub(super) server: Timestamp,
}

/// How far a clock is ahead, and by how much that can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Estimate {
    pub(super) ahead: SignedDuration,
    pub(super) error: Duration,
}

/// The best estimate from readings; none where all of them took too long.
pub(super) fn estimate(readings: &[Reading]) -> Option<Estimate> {
    let best = readings
        .iter()
        .filter(|reading| reading.took <= SLOWEST)
        .min_by_key(|reading| reading.took)?;
    let half = best.took / 2;
    let middle = best
        .asked
        .checked_add(SignedDuration::try_from(half).ok()?)
        .ok()?;
    Some(Estimate {
        ahead: best.server.duration_since(middle),
        error: half,
    })
}

/// What to go by after an estimate: it, unless the difference is within its error or below what can be seen.
pub(super) fn settle(before: Option<SignedDuration>, estimate: Estimate) -> Option<SignedDuration> {
    let Estimate { ahead, error } = estimate;
    if ahead.abs() > MOST {
        return None;
    }
    let least = SignedDuration::try_from(error / 2)
        .unwrap_or(LEAST)
        .max(LEAST);
    match before {
        Some(before) if (ahead - before).abs() < least => None,
        _ => Some(ahead),
    }
}

/// Starts the thread. It ends soon after `stop`.
pub(super) fn start(source: Arc<Source>, tell: Arc<Tell>, stop: Arc<AtomicBool>) -> io::Result<()> {
    let run = move || {
        let mut ahead = None;
        while !stop.load(Ordering::Relaxed) {
            match ask(&source, &stop) {
                Ok(readings) => {
                    let settled = estimate(&readings).and_then(|found| settle(ahead, found));
                    if let Some(settled) = settled {
                        tracing::info!(
                            ahead_ms = settled.as_millis(),
                            "the server's clock is followed"
                        );
                        ahead = Some(settled);
                        tell(FromWorker::ServerAhead(settled));
                    }
                }
                Err(error) => tracing::debug!(%error, "the server does not say what time it is"),
            }
            nap(ROUND, &stop);
        }
    };
    std::thread::Builder::new()
        .name("sync-time".into())
        .spawn(run)
        .map(drop)
}

fn ask(source: &Source, stop: &AtomicBool) -> Result<Vec<Reading>, SourceError> {
    let Some(server) = source.server() else {
        return Ok(Vec::new());
    };
    // The first opens the connection, which the others find open.
    server.time()?;
    let mut readings = Vec::with_capacity(QUESTIONS);
    for _ in 0..QUESTIONS {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let (asked, since) = (Timestamp::now(), Instant::now());
        let time = server.time()?;
        readings.push(Reading {
            asked,
            took: since.elapsed(),
            server: time,
        });
        nap(BETWEEN, stop);
    }
    Ok(readings)
}

/// Sleeps in pieces, so that a worker that ended does not leave a thread behind for long.
fn nap(wait: Duration, stop: &AtomicBool) {
    let until = Instant::now() + wait;
    while !stop.load(Ordering::Relaxed) {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return;
        }
        std::thread::sleep(left.min(Duration::from_millis(200)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(ms: i64) -> SignedDuration {
        SignedDuration::from_millis(ms)
    }

    /// A reading of a clock that is `ahead` over a line that takes `there` and `back`, in milliseconds.
    fn reading(ahead: i64, there: u64, back: u64) -> Reading {
        let asked = Timestamp::from_second(1_795_400_000).unwrap();
        let answered = asked + Duration::from_millis(there);
        Reading {
            asked,
            took: Duration::from_millis(there + back),
            server: answered + ms(ahead),
        }
    }

    #[test]
    fn the_quickest_answer_counts_and_is_wrong_by_half_its_way_at_most() {
        let mut random = fastrand::Rng::with_seed(7);
        for _ in 0..1000 {
            let ahead = random.i64(-2000..2000);
            let readings: Vec<Reading> = (0..QUESTIONS)
                .map(|_| reading(ahead, random.u64(1..300), random.u64(1..300)))
                .collect();
            let found = estimate(&readings).unwrap();
            let wrong = (found.ahead - ms(ahead)).abs();
            assert!(wrong <= SignedDuration::try_from(found.error).unwrap());
            assert!(readings.iter().all(|one| one.took >= found.error * 2));
        }
        assert_eq!(estimate(&[reading(0, 900, 900)]), None);
        assert_eq!(estimate(&[]), None);
    }

    #[test]
    fn noise_is_not_followed_and_a_clock_that_is_plainly_wrong_is_not_corrected() {
        let found = |ahead, error| Estimate {
            ahead: ms(ahead),
            error: Duration::from_millis(error),
        };
        assert_eq!(settle(None, found(1, 1)), Some(ms(1)));
        assert_eq!(settle(Some(ms(50)), found(51, 1)), None);
        assert_eq!(settle(Some(ms(50)), found(55, 20)), None);
        assert_eq!(settle(Some(ms(50)), found(55, 1)), Some(ms(55)));
        assert_eq!(settle(None, found(4_000_000, 1)), None);
    }
}
