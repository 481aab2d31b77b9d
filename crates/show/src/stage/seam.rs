//! From one clip to the next: a clip is let play to its own end, and what comes next starts there.
//!
//! A clip that starts a moment late, because a device opens or a slot before it ran over, ends that much
//! after its slot; and a file is seldom as long as its header says to the frame. What is seen and heard is a
//! cut last syllable, or a picture that stands. So the stage leaves the timeline by [`GRACE`] at most, in
//! either direction, and only between the end of a clip and what follows it.

use std::time::Duration;

use jiff::Timestamp;

use super::act::{OnScreen, Playing, Readiness};
use super::turn::{Act, Turn};
use super::{Effect, Generation, Pace, Stage, Step, Transition, signed};
use crate::timeline::{Slot, after, between};

/// How far a clip's end may lie from the end of its slot, earlier or later, to be the hand-over. Screens side
/// by side that differ by more are seen to differ.
pub(super) const GRACE: Duration = Duration::from_millis(500);

/// Two clips of which the second follows the first without a gap.
pub(super) type Chain = (Generation, Generation);

impl Stage {
    /// Whether `turn` goes on at the instant of the step.
    pub(super) fn is_turn_on(&self, turn: &Turn, step: &Step) -> bool {
        let is_in_its_time = turn.slot.holds(step.at) || starts_soon(turn, step.at);
        (is_in_its_time && step.at < turn.ends()) || self.finishes(turn, step)
    }

    /// Whether the time of `turn` is over, but its clip is about to come to its own end.
    pub(super) fn finishes(&self, turn: &Turn, step: &Step) -> bool {
        let Some(playing) = self.clip_of(turn) else {
            return false;
        };
        let Act::Play { play, .. } = &turn.act else {
            return false;
        };
        let is_whole = playing
            .clip
            .is_some_and(|clip| clip.abs_diff(play.lasts()) <= GRACE);
        let late = between(play.end, step.at);
        let may = step.pace == Pace::Alone;
        may && is_whole && play.end <= step.at && late < GRACE && step.at < playing.expires
    }

    /// Takes what comes next from the end of a clip on, if that is there a moment early and it is ready.
    pub(super) fn take_early(&mut self, turn: &Turn, step: &Step) -> Option<Turn> {
        let next = self.next.as_ref()?;
        let is_held = matches!(turn.act, Act::Hold) && turn.slot.holds(step.at);
        let is_next = next.slot.start == turn.slot.end && between(step.at, next.starts()) <= GRACE;
        let ended = match &self.screen {
            OnScreen::Item(playing) => playing.clip.is_some() && playing.broken.is_none(),
            OnScreen::Card(_) => false,
        };
        let is_alone = step.pace == Pace::Alone;
        let may = is_alone
            && is_held
            && is_next
            && ended
            && !self.is_covered()
            && self.may_follow(next, step.at);
        self.next.take_if(|_| may)
    }

    /// Takes what is to fill in after a clip that fills in and has come to its end.
    pub(super) fn take_filling(&mut self, turn: &Turn, step: &Step) -> Option<Turn> {
        self.next.take_if(|next| {
            next.slot == turn.slot
                && (between(step.at, next.starts()) <= GRACE
                    && between(next.starts(), step.at) <= GRACE)
        })
    }

    /// How an item follows what is on the screen: a clip that came to its end is cut to the next one.
    pub(super) fn transition(&self, playing: &Playing, step: &Step) -> Transition {
        let ends = match &self.screen {
            OnScreen::Item(last) if last.broken.is_none() => last.clip_ends(),
            _ => None,
        };
        let is_at_end = ends.is_some_and(|ends| ends.abs_diff(step.elapsed) <= 2 * GRACE);
        if playing.clip.is_some() && is_at_end {
            Transition::Cut
        } else {
            step.transition
        }
    }

    /// Tells of two clips that will meet at the end of the first, and when that changes.
    pub(super) fn tell_chain(&mut self, step: &mut Step) {
        let chain = self.chain(step);
        if chain == self.chained {
            return;
        }
        if let Some((_, generation)) = std::mem::replace(&mut self.chained, chain)
            && (self.screen.generation() != Some(generation) || self.is_covered())
        {
            step.effects.push(Effect::Unfollow { generation });
        }
        if let Some((first, generation)) = chain {
            step.effects.push(Effect::Follow {
                after: first,
                generation,
            });
        }
    }

    /// The clip on the screen and the one that will follow at its end, as far as is known.
    fn chain(&self, step: &Step) -> Option<Chain> {
        if step.pace == Pace::InStep {
            return None;
        }
        let present = self.present.as_ref()?;
        let playing = self.clip_of(present)?;
        let next = self.next.as_ref()?;
        let generation = next.generation()?;
        let Readiness::Ready(ready) = &self.prepared.get(&generation)?.state else {
            return None;
        };
        let is_clip = ready.length.is_some();
        let left = signed(playing.clip_ends()?) - signed(step.elapsed);
        let ends = step.at.checked_add(left).ok()?;
        let apart = ends.duration_since(next.starts()).abs();
        let is_chain = is_clip
            && apart <= signed(GRACE)
            && ends < playing.expires
            && self.may_follow(next, ends);
        is_chain.then_some((playing.generation, generation))
    }

    /// The clip of `turn`, if that is what is seen and it is sound.
    fn clip_of(&self, turn: &Turn) -> Option<&Playing> {
        let OnScreen::Item(playing) = &self.screen else {
            return None;
        };
        let is_seen = turn.generation() == Some(playing.generation) && !self.is_covered();
        (is_seen && playing.clip.is_some() && playing.broken.is_none()).then_some(playing)
    }

    /// Whether `next` is ready, may be seen from `at` on, and the round is not over before it.
    fn may_follow(&self, next: &Turn, at: Timestamp) -> bool {
        let Act::Play { play, .. } = &next.act else {
            return false;
        };
        let is_ready = next
            .generation()
            .and_then(|generation| self.prepared.get(&generation))
            .is_some_and(|prepared| matches!(prepared.state, Readiness::Ready(_)));
        let ends_first = self
            .cycle
            .as_ref()
            .is_some_and(|cycle| cycle.ends_at() <= next.starts());
        is_ready && !ends_first && self.coming.is_none() && self.is_due(play, at)
    }

    fn is_due(&self, play: &Slot, at: Timestamp) -> bool {
        self.timeline.is_due(play, at)
    }
}

/// Whether a turn was begun a moment before its time.
fn starts_soon(turn: &Turn, at: Timestamp) -> bool {
    at < turn.slot.start && between(at, turn.slot.start) <= GRACE
}

/// The instant at which a turn whose clip is let finish is over at the latest.
pub(super) fn over_at_last(turn: &Turn) -> Timestamp {
    after(turn.ends(), GRACE)
}
