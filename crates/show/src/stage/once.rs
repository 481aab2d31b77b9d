//! One round of a show, for `play --once` and its contact sheet.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::act::Playing;
use crate::timeline::{Slot, Timeline, after};

/// How long a round lasts in which nothing can be shown: long enough to see the card.
const CARD_ONLY: Duration = Duration::from_secs(3);

/// The items of a round that are still to be shown.
#[derive(Debug)]
pub(super) struct Cycle {
    missing: BTreeSet<Arc<str>>,
    /// When the timeline has played them all, whatever became of them.
    over: Timestamp,
    /// When the last one's slot ends; known once nothing is missing.
    last_ends: Option<Timestamp>,
}

impl Cycle {
    /// The round that begins with the slot that holds `at`.
    pub(super) fn new(timeline: &Timeline, at: Timestamp) -> Self {
        // An item joined late counts from its next turn, where it has one in time.
        let joined = timeline.slot_at(at);
        let begin = if joined.start < at && joined.item.is_some() { joined.end } else { at };
        let same_rules = timeline.cycle(begin);
        let from = if timeline.cycle(at).iter().all(|item| same_rules.contains(item)) { begin } else { at };
        let round: Vec<Slot> = timeline.cycle_slots(from);
        let over = round.last().map_or_else(|| after(at, CARD_ONLY), |slot| slot.end);
        let missing = round.into_iter().filter_map(|slot| slot.item).collect();
        Self { missing, over, last_ends: None }
    }

    /// Notes that an item was put up; one joined in the middle does not count.
    pub(super) fn shown(&mut self, playing: &Playing) {
        if playing.whole {
            self.missing.remove(playing.item());
        }
    }

    /// Gives items up that cannot be shown.
    pub(super) fn forget(&mut self, faulty: impl Fn(&str) -> bool) {
        self.missing.retain(|item| !faulty(item));
    }

    /// Whether the round is over; `slot_ends` is the end of the slot that is playing, if one is.
    pub(super) fn is_over(&mut self, at: Timestamp, slot_ends: Option<Timestamp>) -> bool {
        if self.missing.is_empty() && self.last_ends.is_none() {
            self.last_ends = Some(slot_ends.unwrap_or_else(|| after(at, CARD_ONLY)));
        }
        self.ends_at().is_some_and(|end| at >= end)
    }

    /// When it will be over as far as is known.
    pub(super) fn ends_at(&self) -> Option<Timestamp> {
        Some(self.last_ends.map_or(self.over, |last| last.min(self.over)))
    }
}
