//! What the timeline answers: a stretch of time and what it is for.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

/// A stretch of the timeline: one item, or the built-in card.
///
/// Slots follow each other without a gap: the next one starts where this one ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// The item, by name; none stands for the built-in card.
    pub item: Option<Arc<str>>,
    /// The playlist that the entry or `default` names, however deep the item is nested in it.
    pub playlist: Option<Arc<str>>,
    /// The number of the schedule entry in the file, from 1; none for the default playlist and the card.
    pub entry: Option<usize>,
    /// When it starts.
    pub start: Timestamp,
    /// When it ends; not part of it.
    pub end: Timestamp,
    /// The item's own length, which is more than `end - start` where the item is cut; zero for the card.
    pub length: Duration,
    /// Why this plays.
    pub reason: Reason,
    /// Where the item lies; none for the card.
    pub(super) place: Option<Place>,
}

impl Slot {
    /// How long it lasts.
    #[must_use]
    pub fn lasts(&self) -> Duration {
        between(self.start, self.end)
    }

    /// The part of it from `at` on.
    #[must_use]
    pub fn rest_from(&self, at: Timestamp) -> Self {
        Self {
            start: at,
            ..self.clone()
        }
    }

    /// Whether `at` lies in it.
    #[must_use]
    pub fn holds(&self, at: Timestamp) -> bool {
        self.start <= at && at < self.end
    }
}

/// Why a slot plays what it plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// An entry of the schedule is open.
    Scheduled,
    /// No entry plays, so the default playlist does.
    Default,
    /// No entry is open and there is no default playlist: the built-in card.
    NothingScheduled,
    /// Entries are open, or there is a default playlist, but none of their items is due: the built-in card.
    NothingDue,
}

/// Where an item lies: which reel, and the place in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) reel: usize,
    pub(super) leaf: usize,
}

/// The time from `start` to `end`; zero if `end` is not later.
pub(crate) fn between(start: Timestamp, end: Timestamp) -> Duration {
    Duration::try_from(start.duration_until(end)).unwrap_or(Duration::ZERO)
}

/// The instant that is `time` after `start`, or the last one that can be reckoned.
pub(crate) fn after(start: Timestamp, time: Duration) -> Timestamp {
    start.checked_add(time).unwrap_or(Timestamp::MAX)
}
