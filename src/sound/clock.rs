//! Which moment of a source is being heard.
//!
//! The device says of each block when it will be heard; between and after them the wall clock runs. Where
//! samples run out the clock waits, and where they stay away it goes on alone. Pure: time comes in as an
//! argument.
//!
//! Positions are seconds since the source's first sample.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

#[cfg(test)]
mod tests;

/// How long the picture waits for a device that takes nothing yet before it goes on without. Long enough for
/// one to open; a clip that begins half a second late no longer ends with its slot.
const OPENING: f64 = 0.25;
/// How long it waits for sound that stays away later: too short to look like a fault.
const PATIENCE: f64 = 0.4;
/// Blocks whose instants fit together so closely belong to one run; more is a gap or a jump of the device.
const SMOOTH: f64 = 0.01;

/// The clock of one source.
#[derive(Debug)]
pub(crate) struct Clock {
    /// When playing was asked for; `None` while it waits for another source to end.
    asked: Option<Instant>,
    /// What the device has taken and not yet done with, oldest first.
    runs: VecDeque<Run>,
    /// How much the device has taken.
    taken: f64,
    /// Nothing more is waited for.
    is_free: bool,
    /// The wall decides, and the device has to follow.
    is_wall: bool,
    /// The largest position told: it never goes back.
    told: f64,
    /// How long samples that stay away are waited for.
    patience: f64,
}

/// Samples that are heard one after the other without a gap.
#[derive(Debug)]
struct Run {
    /// When the first of them is heard.
    heard: Instant,
    from: f64,
    until: f64,
}

impl Clock {
    /// A clock that waits for the device since `now`.
    pub(crate) fn new(now: Instant) -> Self {
        Self {
            asked: Some(now),
            ..Self::waiting()
        }
    }

    /// A clock that stands until something is taken, however long that takes.
    pub(crate) const fn waiting() -> Self {
        Self {
            asked: None,
            runs: VecDeque::new(),
            taken: 0.0,
            is_free: false,
            is_wall: false,
            told: 0.0,
            patience: OPENING,
        }
    }

    /// A clock that is at 0 at `origin`, whatever the device does.
    pub(crate) fn by_wall(origin: Instant) -> Self {
        let mut clock = Self::new(origin);
        clock.run_from(origin, 0.0);
        clock.is_wall = true;
        clock
    }

    /// How much more of the source was taken than a sample that is heard at `heard` may have before it. Only where
    /// the wall decides.
    pub(crate) fn ahead(&self, heard: Instant) -> f64 {
        if self.is_wall {
            (self.taken - self.reckoned(heard)).max(0.0)
        } else {
            0.0
        }
    }

    /// Waits for the device from `now` on, if it did not already.
    pub(crate) fn begin(&mut self, now: Instant) {
        self.asked.get_or_insert(now);
    }

    /// The position at `now`.
    pub(crate) fn position(&mut self, now: Instant) -> f64 {
        self.told = self.told.max(self.reckoned(now));
        self.told
    }

    /// When `position`, which is not ahead of the one at `now`, was reached.
    pub(crate) fn instant_of(&self, position: f64, now: Instant) -> Instant {
        now.checked_sub(duration(self.reckoned(now) - position))
            .unwrap_or(now)
    }

    /// How much of the source lies before what a sample that is heard at `heard` has to be: it is past and is
    /// to be skipped.
    pub(crate) fn missed(&self, now: Instant, heard: Instant) -> f64 {
        let is_under_way = !self.runs.is_empty() || self.reckoned(now) > 0.0;
        if self.is_wall {
            (self.reckoned(heard) - self.taken).max(0.0)
        } else if self.is_free || !is_under_way {
            0.0
        } else {
            (self.reckoned(heard).max(self.told) - self.taken).max(0.0)
        }
    }

    /// The device took the samples up to position `until`; the first of them will be heard at `heard`.
    pub(crate) fn took(&mut self, now: Instant, heard: Instant, until: f64) {
        let from = self.taken;
        self.taken = until;
        if self.is_wall {
            return;
        }
        self.patience = PATIENCE;
        while self.runs.get(1).is_some_and(|next| next.heard <= now) {
            self.runs.pop_front();
        }
        if let Some(last) = self.runs.back_mut() {
            let apart = seconds(last.heard, heard) - (from - last.from);
            if last.until >= from && apart.abs() < SMOOTH {
                last.heard = later(last.heard, apart);
                last.until = until;
                return;
            }
        }
        self.runs.push_back(Run { heard, from, until });
    }

    /// The samples up to the position are past without having been heard.
    pub(crate) fn skipped(&mut self, until: f64) {
        self.taken = self.taken.max(until);
    }

    /// From now on nothing is waited for: the source has ended, or there is no device.
    pub(crate) fn run_free(&mut self, now: Instant) {
        if self.runs.is_empty() {
            let from = self.position(now);
            self.run_from(now, from);
        }
        self.is_free = true;
    }

    /// Runs by the wall alone, from `from` at `now` on.
    pub(crate) fn run_from(&mut self, now: Instant, from: f64) {
        self.begin(now);
        self.runs = VecDeque::from([Run {
            heard: now,
            from,
            until: from,
        }]);
        self.is_free = true;
    }

    /// There is no device to wait for, until one takes samples again.
    pub(crate) fn stop_waiting(&mut self) {
        self.patience = 0.0;
    }

    fn reckoned(&self, now: Instant) -> f64 {
        let begun = self.runs.partition_point(|run| run.heard <= now);
        let next = self.runs.get(begun);
        let Some(run) = begun.checked_sub(1).and_then(|last| self.runs.get(last)) else {
            let waited = self.asked.map_or(0.0, |asked| seconds(asked, now));
            let free = (waited - self.patience).max(0.0);
            return next.map_or(free, |next| free.min(next.from));
        };
        let position = run.from + seconds(run.heard, now);
        let over = position - run.until;
        if over <= 0.0 || (self.is_free && next.is_none()) {
            return position;
        }
        let free = run.until + (over - self.patience).max(0.0);
        next.map_or(free, |next| free.min(next.from))
    }
}

/// Seconds from `start` to `end`, negative where that is earlier.
fn seconds(start: Instant, end: Instant) -> f64 {
    match end.checked_duration_since(start) {
        Some(time) => time.as_secs_f64(),
        None => -start.duration_since(end).as_secs_f64(),
    }
}

/// The instant `seconds` after `instant`, or before it where they are negative.
fn later(instant: Instant, seconds: f64) -> Instant {
    if seconds >= 0.0 {
        instant + duration(seconds)
    } else {
        instant.checked_sub(duration(-seconds)).unwrap_or(instant)
    }
}

/// Seconds as a `Duration`; positions are never negative.
pub(crate) fn duration(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or(Duration::ZERO)
}
