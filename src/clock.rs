//! The one owner of time: the machine's clock, or one that was set forward or back.

use std::time::Instant;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};

/// What the machine's clock shows, whatever the civil clock was set to.
#[must_use]
pub fn machine() -> Timestamp {
    Timestamp::now()
}

/// The civil clock of a show's zone.
#[derive(Debug, Clone)]
pub struct Clock {
    zone: TimeZone,
    set: Option<(Instant, Timestamp)>,
    /// What the server's clock is ahead of the machine's, where screens keep in step by it.
    ahead: SignedDuration,
}

impl Clock {
    /// A clock in `zone`. With `at` it starts there and goes on by itself; otherwise it is the machine's.
    #[must_use]
    pub fn new(zone: TimeZone, at: Option<DateTime>) -> Self {
        let set = at
            .and_then(|at| at.to_zoned(zone.clone()).ok())
            .map(|at| (Instant::now(), at.timestamp()));
        Self {
            zone,
            set,
            ahead: SignedDuration::ZERO,
        }
    }

    /// Goes on in another zone.
    pub fn move_to(&mut self, zone: TimeZone) {
        self.zone = zone;
    }

    /// Goes by a clock that is so much ahead of the machine's.
    pub fn correct(&mut self, ahead: SignedDuration) {
        self.ahead = ahead;
    }

    /// The present civil time.
    #[must_use]
    pub fn now(&self) -> Zoned {
        let now = match self.set {
            Some((begun, from)) => {
                SignedDuration::try_from(begun.elapsed()).map_or(from, |passed| from + passed)
            }
            None => Timestamp::now(),
        };
        // At the ends of reckoning nothing is shown that depends on milliseconds.
        let now = now.checked_add(self.ahead).unwrap_or(now);
        now.to_zoned(self.zone.clone())
    }
}
