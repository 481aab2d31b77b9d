//! One round of a show, for `play --once` and its contact sheet.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::act::Playing;
use crate::timeline::{Timeline, after, between};

/// How long a round lasts in which nothing can be shown: long enough to see the card.
const CARD_ONLY: Duration = Duration::from_secs(3);

/// What is missed at most of an item that counts as shown: a slow start takes so long.
const MISSED: Duration = Duration::from_secs(2);

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
    /// The round that begins with the slot that holds `at`, or with the next where that one is joined so late
    /// that its item must come again.
    pub(super) fn new(timeline: &Timeline, at: Timestamp) -> Self {
        let joined = timeline.slot_at(at);
        let again = timeline.cycle_slots(joined.end);
        let comes_again = again.iter().any(|slot| slot.item == joined.item);
        let round = if between(joined.start, at) > MISSED && comes_again {
            again
        } else {
            timeline.cycle_slots(at)
        };
        let over = round
            .last()
            .map_or_else(|| after(at, CARD_ONLY), |slot| slot.end);
        let missing = round.into_iter().filter_map(|slot| slot.item).collect();
        Self {
            missing,
            over,
            last_ends: None,
        }
    }

    /// Notes that an item was put up; one joined in the middle does not count.
    pub(super) fn shown(&mut self, playing: &Playing) {
        if playing.joined <= MISSED {
            self.missing.remove(playing.item());
        }
    }

    /// Gives items up that cannot be shown.
    pub(super) fn forget(&mut self, faulty: impl Fn(&str) -> bool) {
        self.missing.retain(|item| !faulty(item));
    }

    /// Once nothing is missing, lets the round end with the slot that is playing, if one is.
    pub(super) fn end_with(&mut self, slot_ends: Option<Timestamp>, at: Timestamp) {
        if self.missing.is_empty() {
            self.last_ends
                .get_or_insert(slot_ends.unwrap_or_else(|| after(at, CARD_ONLY)));
        }
    }

    /// When it will be over as far as is known.
    pub(super) fn ends_at(&self) -> Timestamp {
        self.last_ends.map_or(self.over, |last| last.min(self.over))
    }
}
