//! What is on stage now and what must be made ready for it: a pure state machine.
//!
//! It owns the decision what a screen shows: it follows the timeline, fills in for what cannot be shown, and
//! gives way to visitors and alerts. It must not know how things are decoded, drawn or timed: time comes in
//! with every event, and what must be done goes out as [`Effect`]s for the conductor to execute in order.
//!
//! Its invariant: from [`Event::Started`] on something that can be shown is on the screen, which is an item
//! that was [`Event::Ready`] and has not failed since, or the built-in card. The picture on the screen stays
//! until the next [`Effect::Show`] or [`Effect::ShowCard`].

mod act;
mod clocks;
mod once;
mod play;
#[cfg(test)]
mod rig;
mod seam;
mod signal;
#[cfg(test)]
mod tests;
mod turn;
#[cfg(test)]
mod walk;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use self::act::{Faults, OnScreen, Playing, Prepared};
use self::once::Cycle;
pub use self::signal::{
    CardReason, Effect, Event, Generation, Mode, Moment, OnStage, Pace, Takeover, Transition,
};
use self::turn::{Act, Turn};
use crate::show::Show;
use crate::timeline::{Clock, Slot, Timeline};

/// The state machine.
#[derive(Debug)]
pub struct Stage {
    timeline: Timeline,
    signed_at: Option<Timestamp>,
    /// The show that takes over at the next boundary.
    coming: Option<Coming>,
    clock: Clock,
    cover: Cover,
    /// What is on the screen, or was when it was covered, kept up to date underneath.
    screen: OnScreen,
    /// The part of the timeline that should be on the screen.
    present: Option<Turn>,
    /// What comes after it, made ready ahead of time.
    next: Option<Turn>,
    prepared: BTreeMap<Generation, Prepared>,
    last_generation: u64,
    faults: Faults,
    /// The clips that were told to follow one another.
    chained: Option<seam::Chain>,
    /// Civil less monotonic time, to notice that the clock was set.
    offset: Option<SignedDuration>,
    mode: Mode,
    pace: Pace,
    cycle: Option<Cycle>,
    finished: bool,
}

/// A show that waits for the item on the screen to be over.
#[derive(Debug)]
struct Coming {
    show: Arc<Show>,
    signed_at: Option<Timestamp>,
}

/// What lies over the stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cover {
    Nothing,
    Visitor,
    Alert,
}

/// The instant of a step, in both clocks, and the effects it has so far.
struct Step {
    at: Timestamp,
    elapsed: Duration,
    pace: Pace,
    transition: Transition,
    effects: Vec<Effect>,
}

impl Stage {
    /// A stage on which nothing is yet; the first event must be [`Event::Started`].
    ///
    /// `signed_at` is when the release that holds the show was signed; none for a show that no release holds.
    #[must_use]
    pub fn new(show: Arc<Show>, signed_at: Option<Timestamp>, mode: Mode) -> Self {
        Self {
            timeline: Timeline::new(show),
            signed_at,
            coming: None,
            clock: Clock::Believed,
            cover: Cover::Nothing,
            screen: OnScreen::Card(CardReason::Preparing),
            present: None,
            next: None,
            prepared: BTreeMap::new(),
            last_generation: 0,
            faults: Faults::default(),
            chained: None,
            offset: None,
            mode,
            pace: Pace::Alone,
            cycle: None,
            finished: false,
        }
    }

    /// The same stage on a screen that keeps in step with others.
    #[must_use]
    pub fn at_pace(mut self, pace: Pace) -> Self {
        self.pace = pace;
        self
    }

    /// The timeline that the stage follows.
    #[must_use]
    pub fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// The slot of the timeline that the stage is in; none before the start.
    #[must_use]
    pub fn slot(&self) -> Option<&Slot> {
        self.present.as_ref().map(|turn| &turn.slot)
    }

    /// What is on the screen, or comes back to it after a visitor or an alert.
    #[must_use]
    pub fn on_stage(&self) -> OnStage<'_> {
        match &self.screen {
            OnScreen::Card(reason) => OnStage::Card(*reason),
            OnScreen::Item(playing) => OnStage::Item {
                generation: playing.generation,
                item: playing.item(),
            },
        }
    }

    /// Whether the clock is plainly wrong, so that only what has no window plays.
    #[must_use]
    pub const fn doubts_clock(&self) -> bool {
        matches!(self.clock, Clock::NotBelieved { .. })
    }

    /// Whether a visitor uses the screen.
    #[must_use]
    pub fn has_visitor(&self) -> bool {
        self.cover == Cover::Visitor
    }

    /// Whether an alert lies over everything.
    #[must_use]
    pub fn has_alert(&self) -> bool {
        self.cover == Cover::Alert
    }

    /// Takes one event and says what to do. Each answer sets the wake time anew.
    pub fn step(&mut self, now: &Moment, event: Event) -> Vec<Effect> {
        if self.finished {
            return Vec::new();
        }
        let at = now.civil.timestamp();
        let mut step = Step {
            at,
            elapsed: now.monotonic,
            pace: self.pace,
            transition: Transition::Fade,
            effects: Vec::new(),
        };
        self.notice_clock(&mut step);
        if self.is_covered() {
            self.end_unseen(&mut step);
        }
        let uncovered = self.take(event, &mut step);
        self.doubt_clock(&step);
        if self.is_over(&step) {
            self.finished = true;
            step.effects.push(Effect::Finished);
            return step.effects;
        }
        self.settle(&mut step);
        if uncovered {
            self.uncover(&mut step);
        }
        self.tell_chain(&mut step);
        self.release_unused(&mut step);
        self.count_cycle(&step);
        step.effects.push(Effect::WakeAt(self.wake(&step)));
        step.effects
    }

    /// Applies an event; returns whether the stage was uncovered by it.
    fn take(&mut self, event: Event, step: &mut Step) -> bool {
        match event {
            Event::Started => step.effects.push(Effect::ShowCard {
                reason: CardReason::Preparing,
            }),
            Event::Ready {
                generation,
                pages,
                length,
            } => {
                if let Some(prepared) = self.prepared.get_mut(&generation) {
                    prepared.ready(pages, length);
                }
            }
            Event::Failed { generation, fault } | Event::PlaybackFailed { generation, fault } => {
                self.failed(generation, fault, step);
            }
            Event::Ended { generation } => self.ended(generation, step),
            Event::Tick | Event::ClockChanged => {}
            Event::ShowChanged {
                show,
                signed_at,
                takeover,
            } => {
                self.coming = Some(Coming { show, signed_at });
                let boundary = self.present.is_none() || matches!(self.screen, OnScreen::Card(_));
                if takeover == Takeover::AtOnce || boundary {
                    self.adopt(step);
                }
            }
            Event::Touched => {
                if self.cover == Cover::Nothing {
                    self.cover = Cover::Visitor;
                    self.interrupt();
                    step.effects.push(Effect::ShowLookup);
                }
            }
            Event::AlertRaised => {
                self.cover = Cover::Alert;
                self.interrupt();
                step.effects.push(Effect::ShowAlert);
            }
            Event::VisitorLeft => return self.lift(Cover::Visitor),
            Event::AlertCleared => return self.lift(Cover::Alert),
        }
        false
    }

    fn lift(&mut self, cover: Cover) -> bool {
        let lifted = self.cover == cover;
        if lifted {
            self.cover = Cover::Nothing;
        }
        lifted
    }

    /// An item that is covered has not been shown whole.
    fn interrupt(&mut self) {
        if let OnScreen::Item(playing) = &mut self.screen {
            playing.whole = false;
        }
    }

    fn is_covered(&self) -> bool {
        self.cover != Cover::Nothing
    }

    /// Goes over to the show that is coming; says whether one was.
    fn adopt(&mut self, step: &mut Step) -> bool {
        let Some(Coming { show, signed_at }) = self.coming.take() else {
            return false;
        };
        self.signed_at = signed_at;
        self.faults = Faults::default();
        self.follow(show);
        step.effects.push(Effect::Adopt);
        true
    }

    /// Follows another show, or the same by a clock taken for something else.
    fn follow(&mut self, show: Arc<Show>) {
        self.timeline = Timeline::on_clock(show, self.clock);
        self.present = None;
        self.next = None;
        self.cycle = None;
    }

    /// Brings back what is on stage after a visitor or an alert.
    fn uncover(&self, step: &mut Step) {
        let shown =
            |effect: &Effect| matches!(effect, Effect::Show { .. } | Effect::ShowCard { .. });
        if !step.effects.iter().any(shown) {
            step.transition = Transition::Cut;
            let effect = match &self.screen {
                OnScreen::Card(reason) => Effect::ShowCard { reason: *reason },
                OnScreen::Item(playing) => playing.show(step, step.transition),
            };
            step.effects.push(effect);
        }
    }

    fn put_card(&mut self, reason: CardReason, step: &mut Step) {
        if matches!(self.screen, OnScreen::Card(shown) if shown == reason) {
            return;
        }
        self.screen = OnScreen::Card(reason);
        if !self.is_covered() {
            step.effects.push(Effect::ShowCard { reason });
        }
    }

    fn put_item(&mut self, mut playing: Playing, step: &mut Step) {
        if self.is_covered() {
            playing.whole = false;
        } else {
            let transition = self.transition(&playing, step);
            step.effects.push(playing.show(step, transition));
        }
        self.screen = OnScreen::Item(Box::new(playing));
    }

    /// Allots a generation to an act and has its item made ready.
    fn prepare(&mut self, act: &Slot, step: &mut Step) -> Option<Generation> {
        let item = act.item.clone()?;
        self.last_generation += 1;
        let generation = Generation(self.last_generation);
        let from = act::join(act, step);
        let shown_at = act.start.max(step.at);
        let day = shown_at.to_zoned(self.timeline.zone().clone()).date();
        self.prepared
            .insert(generation, Prepared::new(item.clone(), step.elapsed));
        step.effects.push(Effect::Prepare {
            generation,
            item,
            from,
            day,
        });
        Some(generation)
    }

    /// Drops what is neither on the screen nor about to be.
    fn release_unused(&mut self, step: &mut Step) {
        let turns = self
            .present
            .iter()
            .chain(&self.next)
            .filter_map(Turn::generation);
        let used: Vec<_> = turns.chain(self.screen.generation()).collect();
        self.prepared.retain(|generation, _| {
            let keep = used.contains(generation);
            if !keep {
                step.effects.push(Effect::Release {
                    generation: *generation,
                });
            }
            keep
        });
    }

    /// Whether everything in the cycle has been shown; a visitor may stay longer.
    fn is_over(&self, step: &Step) -> bool {
        !self.is_covered()
            && self
                .cycle
                .as_ref()
                .is_some_and(|cycle| step.at >= cycle.ends_at())
            && !self
                .present
                .as_ref()
                .is_some_and(|turn| self.finishes(turn, step))
    }

    /// Notes what is on the screen in the cycle, which begins with the first step.
    fn count_cycle(&mut self, step: &Step) {
        if self.mode == Mode::Loop {
            return;
        }
        let covered = self.is_covered();
        let cycle = self
            .cycle
            .get_or_insert_with(|| Cycle::new(&self.timeline, step.at));
        if let OnScreen::Item(playing) = &self.screen
            && !covered
        {
            cycle.shown(playing);
        }
        cycle.forget(|item| self.faults.has(item));
        let turn = self
            .present
            .as_ref()
            .filter(|turn| !matches!(turn.act, Act::Nothing { .. }));
        cycle.end_with(turn.map(|turn| turn.slot.end), step.at);
    }
}

/// A duration as one that may be negative; no screen runs for longer than it can hold.
fn signed(time: Duration) -> SignedDuration {
    SignedDuration::try_from(time).unwrap_or(SignedDuration::MAX)
}
