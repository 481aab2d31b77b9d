//! Following the timeline: what should be on the screen, what fills in, and what comes next.

use std::time::Duration;

use jiff::Timestamp;

use super::act::{OnScreen, Readiness};
use super::play::BROKEN_STANDS;
use super::seam::over_at_last;
use super::{CardReason, Generation, Stage, Step};
use crate::timeline::{Reason, Slot, after, between};

/// How long before its time an item is made ready: a slow disk and a long document take seconds.
const AHEAD: Duration = Duration::from_secs(15);

/// A rest of a slot that is not worth another item: nobody reads anything in it.
pub(super) const SCRAP: Duration = Duration::from_secs(3);

/// When everything is tried again where nothing can be shown.
const TRY_AGAIN: Duration = Duration::from_secs(20);

/// A slot of the timeline, and what the screen makes of it from some instant on.
#[derive(Debug)]
pub(super) struct Turn {
    pub(super) slot: Slot,
    pub(super) act: Act,
}

/// What to do with a slot, or the rest of it.
#[derive(Debug)]
pub(super) enum Act {
    /// Show the slot's own item, or one that fills in for it; `generation` once it is asked for.
    Play {
        play: Slot,
        generation: Option<Generation>,
    },
    /// Leave on the screen what is there: the rest of the slot is a scrap.
    Hold,
    /// Show the card; `until` is when to try again.
    Nothing {
        reason: CardReason,
        until: Timestamp,
    },
}

impl Turn {
    fn new(slot: Slot) -> Self {
        let nothing = |reason, slot: &Slot| Act::Nothing {
            reason,
            until: slot.end,
        };
        let act = match slot.reason {
            Reason::NothingScheduled => nothing(CardReason::NothingScheduled, &slot),
            Reason::NothingDue => nothing(CardReason::NothingDue, &slot),
            Reason::Scheduled | Reason::Default => Act::play(slot.clone()),
        };
        Self { slot, act }
    }

    pub(super) const fn generation(&self) -> Option<Generation> {
        match self.act {
            Act::Play { generation, .. } => generation,
            Act::Hold | Act::Nothing { .. } => None,
        }
    }

    /// Whether it plays the slot's own item.
    pub(super) fn is_own(&self) -> bool {
        matches!(&self.act, Act::Play { play, .. } if *play == self.slot)
    }

    /// When the act begins and ends.
    pub(super) fn starts(&self) -> Timestamp {
        match &self.act {
            Act::Play { play, .. } => play.start,
            Act::Hold | Act::Nothing { .. } => self.slot.start,
        }
    }

    pub(super) fn ends(&self) -> Timestamp {
        match &self.act {
            Act::Play { play, .. } => play.end,
            Act::Hold => self.slot.end,
            Act::Nothing { until, .. } => *until,
        }
    }
}

impl Act {
    const fn play(play: Slot) -> Self {
        Self::Play {
            play,
            generation: None,
        }
    }
}

impl Stage {
    /// Brings the stage to where the timeline is, as far as what is ready allows.
    pub(super) fn settle(&mut self, step: &mut Step) {
        self.find_turn(step);
        // Each round gives one item up, so it ends with the playlist; the bound is for safety alone.
        for _ in 0..1_000 {
            if !self.play_present(step) {
                break;
            }
        }
        self.clear_screen(step);
        self.turn_pages(step);
        self.look_ahead(step);
    }

    /// Finds the turn that the instant falls in.
    fn find_turn(&mut self, step: &mut Step) {
        let present = self.present.take();
        if let Some(turn) = present {
            if let Some(next) = self.take_early(&turn, step) {
                self.present = Some(next);
                return;
            }
            if self.is_turn_on(&turn, step) {
                self.present = Some(turn);
                return;
            }
            self.played_out(&turn, step);
            if !self.adopt(step) && turn.slot.holds(step.at) {
                self.present = self
                    .take_next(&turn.slot, step.at)
                    .or_else(|| Some(self.carry_on(turn, step)));
                return;
            }
        }
        let slot = self.timeline.slot_at(step.at);
        self.present = Some(
            self.take_next(&slot, step.at)
                .unwrap_or_else(|| Turn::new(slot)),
        );
    }

    /// What was made ready ahead of time, if it is for this slot and this instant.
    fn take_next(&mut self, slot: &Slot, at: Timestamp) -> Option<Turn> {
        let next = self
            .next
            .take_if(|next| next.slot == *slot && next.starts() <= at)?;
        (at < next.ends()).then_some(next)
    }

    /// Goes on within a slot after an act that is over.
    fn carry_on(&mut self, turn: Turn, step: &Step) -> Turn {
        match &turn.act {
            Act::Play { play, .. } => {
                let act = self.fill(&turn.slot, play, step.at, SCRAP);
                Turn {
                    slot: turn.slot,
                    act,
                }
            }
            // Nothing could be shown for a while: perhaps something can be by now.
            Act::Nothing { .. } | Act::Hold => {
                self.faults.try_all_again();
                let play = turn.slot.rest_from(step.at);
                Turn {
                    act: Act::play(play),
                    slot: turn.slot,
                }
            }
        }
    }

    /// What fills a slot from `at` on, after `last`; a rest of at most `scrap` is left as it is.
    pub(super) fn fill(&self, slot: &Slot, last: &Slot, at: Timestamp, scrap: Duration) -> Act {
        let rest = between(at, slot.end);
        if rest <= scrap {
            return Act::Hold;
        }
        match self
            .timeline
            .fill_after(slot, last, at, &|item| self.faults.shuts_out(item))
        {
            Some(play) => Act::play(play),
            None => Act::Nothing {
                reason: CardReason::NothingShowable,
                until: after(at, TRY_AGAIN).min(slot.end),
            },
        }
    }

    /// An item that was on the screen from its beginning to its end is sound.
    pub(super) fn played_out(&mut self, turn: &Turn, step: &mut Step) {
        if let OnScreen::Item(playing) = &self.screen
            && playing.whole
            && playing.broken.is_none()
            && turn.generation() == Some(playing.generation)
        {
            let item = playing.item().to_owned();
            step.effects.extend(self.faults.clear(&item));
        }
    }

    /// Makes ready what comes next, once the present is on the screen and its end is near.
    fn look_ahead(&mut self, step: &mut Step) {
        if self.coming.is_some() {
            // What comes next is another show's.
            self.next = None;
            return;
        }
        let Some((slot, at)) = self.next_start() else {
            return;
        };
        if between(step.at, at) > AHEAD {
            self.next = None;
            return;
        }
        if self.next.as_ref().is_some_and(|next| next.starts() == at) {
            return;
        }
        let turn = match &self.present {
            Some(Turn {
                act: Act::Play { play, .. },
                ..
            }) if at < slot.end => {
                let act = self.fill(&slot, play, at, SCRAP);
                Turn { slot, act }
            }
            _ => Turn::new(self.timeline.next(&slot)),
        };
        self.next = Some(turn);
        self.prepare_next(step);
    }

    pub(super) fn prepare_next(&mut self, step: &mut Step) {
        let Some(Turn {
            act: Act::Play {
                play,
                generation: None,
            },
            ..
        }) = &self.next
        else {
            return;
        };
        let play = play.clone();
        let asked_for = self.prepare(&play, step);
        if let Some(Turn {
            act: Act::Play { generation, .. },
            ..
        }) = &mut self.next
        {
            *generation = asked_for;
        }
    }

    /// When the act after the present one starts, and the present slot; none while the present is awaited.
    fn next_start(&self) -> Option<(Slot, Timestamp)> {
        let turn = self.present.as_ref()?;
        let is_on = turn.generation().is_some() && turn.generation() == self.screen.generation();
        let at = match &turn.act {
            Act::Play { .. } if !is_on => return None,
            Act::Play { play, .. } if between(play.end, turn.slot.end) > SCRAP => play.end,
            Act::Play { .. } | Act::Hold | Act::Nothing { .. } => turn.slot.end,
        };
        Some((turn.slot.clone(), at))
    }

    /// The civil instants at which the stage has something to do.
    pub(super) fn turn_instants(&self, step: &Step) -> Vec<Timestamp> {
        let mut instants = Vec::new();
        if let Some(turn) = &self.present {
            instants.extend([turn.ends(), turn.slot.end, over_at_last(turn)]);
        }
        if let Some((_, at)) = self.next_start() {
            let ahead = between(step.at, at).saturating_sub(AHEAD);
            instants.push(after(step.at, ahead));
        }
        if let OnScreen::Item(playing) = &self.screen {
            instants.push(playing.expires);
        }
        instants
    }

    /// The monotonic times at which the stage has something to do.
    pub(super) fn deadlines(&self, step: &Step) -> Vec<Duration> {
        let mut times = Vec::new();
        let awaits = |prepared: &super::Prepared| matches!(prepared.state, Readiness::Awaited);
        let asked_for = self.present.as_ref().and_then(Turn::generation);
        if asked_for
            .and_then(|generation| self.prepared.get(&generation))
            .is_some_and(awaits)
        {
            times.push(self.deadline(step));
        }
        if let OnScreen::Item(playing) = &self.screen {
            times.extend(playing.broken.map(|since| since + BROKEN_STANDS));
            times.extend(playing.next_page());
            times.extend(playing.clip_ends().filter(|_| self.is_covered()));
        }
        times
    }
}
