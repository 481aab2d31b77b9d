//! Following the timeline: what should be on the screen, what fills in, and what comes next.

use std::time::Duration;

use jiff::Timestamp;

use super::act::{OnScreen, Playing, Readiness, join};
use super::{CardReason, Effect, Generation, Stage, Step, signed};
use crate::timeline::{Reason, Slot, after, between};

/// How long before its time an item is made ready: a slow disk and a long document take seconds.
const AHEAD: Duration = Duration::from_secs(15);

/// How long an item may take to become ready, and how late it may come; the later of the two counts. One that
/// was asked for ahead of time has a second, one asked for at the start of the program has ten.
const PATIENCE: Duration = Duration::from_secs(10);
const LATE: Duration = Duration::from_secs(1);

/// A rest of a slot that is not worth another item: nobody reads anything in it.
const SCRAP: Duration = Duration::from_secs(3);

/// How long the last good picture of a broken item stands while something else is made ready.
const BROKEN_STANDS: Duration = Duration::from_secs(1);

/// A clip that ends so soon after its beginning is broken; it would end again and again in one slot.
const TOO_SHORT: Duration = Duration::from_secs(1);

/// When a slot in which nothing can be shown is tried again.
const TRY_AGAIN: Duration = Duration::from_secs(60);

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
    Play { play: Slot, generation: Option<Generation> },
    /// Leave on the screen what is there: the rest of the slot is a scrap.
    Hold,
    /// Show the card; `until` is when to try again.
    Nothing { reason: CardReason, until: Timestamp },
}

impl Turn {
    fn new(slot: Slot) -> Self {
        let nothing = |reason, slot: &Slot| Act::Nothing { reason, until: slot.end };
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
    fn starts(&self) -> Timestamp {
        match &self.act {
            Act::Play { play, .. } => play.start,
            Act::Hold | Act::Nothing { .. } => self.slot.start,
        }
    }

    fn ends(&self) -> Timestamp {
        match &self.act {
            Act::Play { play, .. } => play.end,
            Act::Hold => self.slot.end,
            Act::Nothing { until, .. } => *until,
        }
    }
}

impl Act {
    const fn play(play: Slot) -> Self {
        Self::Play { play, generation: None }
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
            if turn.slot.holds(step.at) && step.at < turn.ends() {
                self.present = Some(turn);
                return;
            }
            self.played_out(&turn, step);
            if turn.slot.holds(step.at) {
                self.present = self.take_next(&turn.slot, step.at).or_else(|| Some(self.carry_on(turn, step)));
                return;
            }
        }
        let slot = self.timeline.slot_at(step.at);
        self.present = Some(self.take_next(&slot, step.at).unwrap_or_else(|| Turn::new(slot)));
    }

    /// What was made ready ahead of time, if it is for this slot and this instant.
    fn take_next(&mut self, slot: &Slot, at: Timestamp) -> Option<Turn> {
        let next = self.next.take_if(|next| next.slot == *slot && next.starts() <= at)?;
        (at < next.ends()).then_some(next)
    }

    /// Goes on within a slot after an act that is over.
    fn carry_on(&self, turn: Turn, step: &Step) -> Turn {
        match &turn.act {
            Act::Play { play, .. } => {
                let act = self.fill(&turn.slot, play, step.at, SCRAP);
                Turn { slot: turn.slot, act }
            }
            // Nothing could be shown for a while: perhaps the slot's own item can be by now.
            Act::Nothing { .. } | Act::Hold => {
                let play = turn.slot.rest_from(step.at);
                Turn { act: Act::play(play), slot: turn.slot }
            }
        }
    }

    /// What fills a slot from `at` on, after `last`; a rest of at most `scrap` is left as it is.
    fn fill(&self, slot: &Slot, last: &Slot, at: Timestamp, scrap: Duration) -> Act {
        let rest = between(at, slot.end);
        if rest <= scrap {
            return Act::Hold;
        }
        match self.timeline.fill_after(slot, last, at, &|item| self.faults.has(item)) {
            Some(play) => Act::play(play),
            None => Act::Nothing {
                reason: CardReason::NothingShowable,
                until: after(at, TRY_AGAIN).min(slot.end),
            },
        }
    }

    /// An item that was on the screen from its beginning to its end is sound.
    fn played_out(&mut self, turn: &Turn, step: &mut Step) {
        if let OnScreen::Item(playing) = &self.screen
            && playing.whole
            && playing.broken.is_none()
            && turn.generation() == Some(playing.generation)
        {
            let item = playing.item().to_owned();
            step.effects.extend(self.faults.clear(&item));
        }
    }

    /// Puts the present act on the screen, or asks for it; returns whether the act changed and must be looked
    /// at again.
    fn play_present(&mut self, step: &mut Step) -> bool {
        let Some(Turn { act: Act::Play { play, generation }, slot }) = &self.present else { return false };
        let (play, slot) = (play.clone(), slot.clone());
        let Some(generation) = *generation else {
            let asked_for = self.prepare(&play, step);
            self.present = Some(Turn { slot, act: Act::Play { play, generation: asked_for } });
            return false;
        };
        if self.screen.generation() == Some(generation) {
            return false;
        }
        match self.prepared.get(&generation).map(|prepared| prepared.state.clone()) {
            Some(Readiness::Awaited) => self.give_up_late(generation, step),
            Some(Readiness::Ready { pages, length }) => {
                let turn = self.begin(Turn { slot, act: Act::Play { play, generation: Some(generation) } }, step);
                let Act::Play { play, .. } = &turn.act else { return false };
                if length.is_some_and(|length| join(play, step) >= length) {
                    let act = self.fill(&turn.slot, play, step.at, SCRAP);
                    self.present = Some(Turn { slot: turn.slot, act });
                    return true;
                }
                let playing = Playing::new(generation, play.clone(), &pages, self.timeline.expires(play), step);
                self.present = Some(turn);
                self.put_item(playing, step);
                false
            }
            None => false,
        }
    }

    /// What fills in has no place of its own in the timeline: it begins when it is seen.
    fn begin(&self, mut turn: Turn, step: &Step) -> Turn {
        let is_own = turn.is_own();
        if let Act::Play { play, .. } = &mut turn.act
            && !is_own
        {
            play.start = step.at;
            play.end = after(step.at, play.length).min(turn.slot.end).min(self.timeline.expires(play));
        }
        turn
    }

    fn give_up_late(&mut self, generation: Generation, step: &mut Step) -> bool {
        let is_late = step.elapsed >= self.deadline(step);
        if is_late {
            self.failed(generation, "it did not get ready in time".to_owned(), step);
        }
        is_late
    }

    /// The monotonic time at which the present item is given up if it is not ready.
    fn deadline(&self, step: &Step) -> Duration {
        let Some(turn) = &self.present else { return Duration::MAX };
        let Some(prepared) = turn.generation().and_then(|generation| self.prepared.get(&generation)) else {
            return Duration::MAX;
        };
        let start = signed(step.elapsed) - step.at.duration_since(turn.starts());
        let late = Duration::try_from(start + signed(LATE)).unwrap_or(Duration::ZERO);
        late.max(prepared.asked + PATIENCE)
    }

    /// A preparation or a clip broke: its item is faulty, and something fills in at once.
    pub(super) fn failed(&mut self, generation: Generation, fault: String, step: &mut Step) {
        let Some(prepared) = self.prepared.get(&generation) else { return };
        let item = prepared.item.clone();
        step.effects.extend(self.faults.note(item, fault));
        if let OnScreen::Item(playing) = &mut self.screen
            && playing.generation == generation
        {
            playing.broken = Some(step.elapsed);
        }
        if let Some(turn) = self.present.take_if(|turn| turn.generation() == Some(generation)) {
            self.present = Some(self.instead(turn, step.at));
        }
        if let Some(turn) = self.next.take_if(|turn| turn.generation() == Some(generation)) {
            let at = turn.starts();
            let turn = self.instead(turn, at);
            self.next = Some(turn);
            self.prepare_next(step);
        }
    }

    fn instead(&self, turn: Turn, at: Timestamp) -> Turn {
        let act = match &turn.act {
            Act::Play { play, .. } => self.fill(&turn.slot, play, at, Duration::ZERO),
            Act::Hold | Act::Nothing { .. } => return turn,
        };
        Turn { slot: turn.slot, act }
    }

    /// A clip came to its end before its slot did.
    pub(super) fn ended(&mut self, generation: Generation, step: &mut Step) {
        let OnScreen::Item(playing) = &self.screen else { return };
        if playing.generation != generation || playing.broken.is_some() {
            return;
        }
        if playing.whole && playing.offset(step.elapsed) < TOO_SHORT {
            self.failed(generation, "it ended as soon as it began".to_owned(), step);
            return;
        }
        if let Some(turn) = self.present.take_if(|turn| turn.generation() == Some(generation)) {
            self.played_out(&turn, step);
            let act = match &turn.act {
                Act::Play { play, .. } => self.fill(&turn.slot, play, step.at, SCRAP),
                Act::Hold | Act::Nothing { .. } => Act::Hold,
            };
            self.present = Some(Turn { slot: turn.slot, act });
        }
    }

    /// Takes off the screen what must not stay there, where nothing has come in its place.
    fn clear_screen(&mut self, step: &mut Step) {
        if let Some(Turn { act: Act::Nothing { reason, .. }, .. }) = self.present {
            self.put_card(reason, step);
        }
        let OnScreen::Item(playing) = &self.screen else { return };
        let stood = playing.broken.map(|since| step.elapsed.saturating_sub(since));
        if step.at >= playing.expires || stood.is_some_and(|stood| stood >= BROKEN_STANDS) {
            self.put_card(CardReason::Preparing, step);
        }
    }

    fn turn_pages(&mut self, step: &mut Step) {
        let covered = self.is_covered();
        let OnScreen::Item(playing) = &mut self.screen else { return };
        let is_present = self.present.as_ref().is_some_and(|turn| turn.generation() == Some(playing.generation));
        if is_present && playing.broken.is_none() && playing.turn_page(step.elapsed) && !covered {
            step.effects.push(Effect::ShowPage { generation: playing.generation, page: playing.page });
        }
    }

    /// Makes ready what comes next, once the present is on the screen and its end is near.
    fn look_ahead(&mut self, step: &mut Step) {
        let Some((slot, at)) = self.next_start() else { return };
        if between(step.at, at) > AHEAD {
            self.next = None;
            return;
        }
        if self.next.as_ref().is_some_and(|next| next.starts() == at) {
            return;
        }
        let turn = match &self.present {
            Some(Turn { act: Act::Play { play, .. }, .. }) if at < slot.end => {
                let act = self.fill(&slot, play, at, SCRAP);
                Turn { slot, act }
            }
            _ => Turn::new(self.timeline.next(&slot)),
        };
        self.next = Some(turn);
        self.prepare_next(step);
    }

    fn prepare_next(&mut self, step: &mut Step) {
        let Some(Turn { act: Act::Play { play, generation: None }, .. }) = &self.next else { return };
        let play = play.clone();
        let asked_for = self.prepare(&play, step);
        if let Some(Turn { act: Act::Play { generation, .. }, .. }) = &mut self.next {
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
            instants.extend([turn.ends(), turn.slot.end]);
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
        if asked_for.and_then(|generation| self.prepared.get(&generation)).is_some_and(awaits) {
            times.push(self.deadline(step));
        }
        if let OnScreen::Item(playing) = &self.screen {
            times.extend(playing.broken.map(|since| since + BROKEN_STANDS));
            times.extend(playing.next_page());
        }
        times
    }
}
