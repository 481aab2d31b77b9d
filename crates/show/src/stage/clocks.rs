//! The two clocks: the monotonic one that timers go by, and the civil one that the timeline goes by and that
//! may be set or be wrong.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::act::OnScreen;
use super::once::Cycle;
use super::{Cover, Stage, Step, Transition, signed};
use crate::timeline::{Clock, believed, between};

/// A civil clock that moves this much against the monotonic one was set, and did not only drift.
const JUMP: SignedDuration = SignedDuration::from_secs(1);

/// The longest time between two looks at the clock, so that a jump that nobody reports is noticed.
const LOOK_AT_LEAST: Duration = Duration::from_secs(60);

impl Stage {
    /// Goes by the time-less part of the show while the clock is plainly wrong.
    pub(super) fn doubt_clock(&mut self, step: &Step) {
        let clock = match self.signed_at {
            Some(signed_at) if !believed(step.at, self.signed_at) => {
                Clock::NotBelieved { signed_at }
            }
            _ => Clock::Believed,
        };
        if clock != self.clock {
            self.clock = clock;
            self.follow(self.timeline.show().clone());
        }
    }

    /// Joins the timeline where it is after the clock was set.
    pub(super) fn notice_clock(&mut self, step: &mut Step) {
        let civil = step.at.duration_since(Timestamp::UNIX_EPOCH);
        let offset = civil - signed(step.elapsed);
        let jump = self
            .offset
            .map_or(SignedDuration::ZERO, |before| offset - before);
        self.offset = Some(offset);
        if jump.abs() <= JUMP {
            return;
        }
        step.transition = Transition::Cut;
        self.next = None;
        self.cycle = None;
        let stays = self
            .present
            .take_if(|turn| turn.slot.holds(step.at) && turn.is_own());
        self.present = stays;
        if let (Some(turn), OnScreen::Item(playing)) = (&self.present, &mut self.screen)
            && turn.generation() == Some(playing.generation)
        {
            playing.begun = signed(step.elapsed) - step.at.duration_since(playing.slot.start);
            playing.whole = false;
            playing.turn_page(step.elapsed);
            if self.cover == Cover::Nothing {
                step.effects.push(playing.show(step, step.transition));
            }
        }
    }

    /// When the stage must be asked again, always later than now.
    pub(super) fn wake(&self, step: &Step) -> Duration {
        let civil = self
            .turn_instants(step)
            .into_iter()
            .chain(self.cycle.as_ref().map(Cycle::ends_at));
        let civil = civil
            .filter(|&at| at > step.at)
            .map(|at| between(step.at, at));
        let monotonic = self
            .deadlines(step)
            .into_iter()
            .filter_map(|at| at.checked_sub(step.elapsed));
        let soonest = civil
            .chain(monotonic)
            .filter(|wait| !wait.is_zero())
            .min()
            .unwrap_or(LOOK_AT_LEAST);
        step.elapsed + soonest.min(LOOK_AT_LEAST)
    }
}
