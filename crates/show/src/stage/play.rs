//! Putting what is ready on the screen, and taking off it what broke, ended or must not be seen any more.

use std::time::Duration;

use jiff::Timestamp;

use super::act::{OnScreen, Playing, Readiness, join};
use super::turn::{Act, SCRAP, Turn};
use super::{CardReason, Effect, Generation, Stage, Step, signed};
use crate::timeline::after;

/// How long an item may take to become ready, and how late it may come; the later of the two counts. One that
/// was asked for ahead of time has a second, one asked for at the start of the program has ten.
const PATIENCE: Duration = Duration::from_secs(10);
const LATE: Duration = Duration::from_secs(1);

/// How long the last good picture of a broken item stands while something else is made ready.
pub(super) const BROKEN_STANDS: Duration = Duration::from_secs(1);

/// A clip that ends so soon after its beginning is broken; it would end again and again in one slot.
const TOO_SHORT: Duration = Duration::from_secs(1);

impl Stage {
    /// Puts the present act on the screen, or asks for it; returns whether the act changed and must be looked
    /// at again.
    pub(super) fn play_present(&mut self, step: &mut Step) -> bool {
        let Some(Turn {
            act: Act::Play { play, generation },
            slot,
        }) = &self.present
        else {
            return false;
        };
        let (play, slot) = (play.clone(), slot.clone());
        let Some(generation) = *generation else {
            let asked_for = self.prepare(&play, step);
            self.present = Some(Turn {
                slot,
                act: Act::Play {
                    play,
                    generation: asked_for,
                },
            });
            return false;
        };
        if self.screen.generation() == Some(generation) {
            return false;
        }
        match self
            .prepared
            .get(&generation)
            .map(|prepared| prepared.state.clone())
        {
            Some(Readiness::Awaited) => self.give_up_late(generation, step),
            Some(Readiness::Ready(ready)) => {
                let turn = self.begin(
                    Turn {
                        slot,
                        act: Act::Play {
                            play,
                            generation: Some(generation),
                        },
                    },
                    step,
                );
                let Act::Play { play, .. } = &turn.act else {
                    return false;
                };
                if ready
                    .length
                    .is_some_and(|length| join(play, step) >= length)
                {
                    let act = self.fill(&turn.slot, play, step.at, SCRAP);
                    self.present = Some(Turn {
                        slot: turn.slot,
                        act,
                    });
                    return true;
                }
                let playing = Playing::new(
                    generation,
                    play.clone(),
                    ready,
                    self.timeline.expires(play),
                    step,
                );
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
            play.end = after(step.at, play.length)
                .min(turn.slot.end)
                .min(self.timeline.expires(play));
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
    pub(super) fn deadline(&self, step: &Step) -> Duration {
        let Some(turn) = &self.present else {
            return Duration::MAX;
        };
        let Some(prepared) = turn
            .generation()
            .and_then(|generation| self.prepared.get(&generation))
        else {
            return Duration::MAX;
        };
        let start = signed(step.elapsed) - step.at.duration_since(turn.starts());
        let late = Duration::try_from(start + signed(LATE)).unwrap_or(Duration::ZERO);
        late.max(prepared.asked + PATIENCE)
    }

    /// A preparation or a clip broke: its item is faulty, and something fills in at once.
    pub(super) fn failed(&mut self, generation: Generation, fault: String, step: &mut Step) {
        let Some(prepared) = self.prepared.get(&generation) else {
            return;
        };
        let item = prepared.item.clone();
        step.effects.extend(self.faults.note(item, fault));
        if let OnScreen::Item(playing) = &mut self.screen
            && playing.generation == generation
        {
            playing.broken.get_or_insert(step.elapsed);
        }
        if let Some(turn) = self
            .present
            .take_if(|turn| turn.generation() == Some(generation))
        {
            self.present = Some(self.instead(turn, step.at));
        }
        if let Some(turn) = self
            .next
            .take_if(|turn| turn.generation() == Some(generation))
        {
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
        Turn {
            slot: turn.slot,
            act,
        }
    }

    /// A clip came to its end before its slot did.
    pub(super) fn ended(&mut self, generation: Generation, step: &mut Step) {
        let OnScreen::Item(playing) = &self.screen else {
            return;
        };
        if playing.generation != generation || playing.broken.is_some() {
            return;
        }
        if playing.whole && playing.offset(step.elapsed) < TOO_SHORT {
            self.failed(generation, "it ended as soon as it began".to_owned(), step);
            return;
        }
        if let Some(turn) = self
            .present
            .take_if(|turn| turn.generation() == Some(generation))
        {
            self.played_out(&turn, step);
            if let Some(next) = self.take_filling(&turn, step) {
                self.present = Some(next);
                return;
            }
            let act = match &turn.act {
                Act::Play { play, .. } => self.fill(&turn.slot, play, step.at, SCRAP),
                Act::Hold | Act::Nothing { .. } => Act::Hold,
            };
            self.present = Some(Turn {
                slot: turn.slot,
                act,
            });
        }
    }

    /// A clip under a visitor or an alert does not run; its end is reckoned.
    pub(super) fn end_unseen(&mut self, step: &mut Step) {
        if let OnScreen::Item(playing) = &self.screen
            && playing
                .clip
                .is_some_and(|clip| playing.offset(step.elapsed) >= clip)
        {
            self.ended(playing.generation, step);
        }
    }

    /// Takes off the screen what must not stay there, where nothing has come in its place.
    pub(super) fn clear_screen(&mut self, step: &mut Step) {
        if let Some(Turn {
            act: Act::Nothing { reason, .. },
            ..
        }) = self.present
        {
            self.put_card(reason, step);
        }
        let OnScreen::Item(playing) = &self.screen else {
            return;
        };
        let stood = playing
            .broken
            .map(|since| step.elapsed.saturating_sub(since));
        if step.at >= playing.expires || stood.is_some_and(|stood| stood >= BROKEN_STANDS) {
            self.put_card(CardReason::Preparing, step);
        }
    }

    pub(super) fn turn_pages(&mut self, step: &mut Step) {
        let covered = self.is_covered();
        let OnScreen::Item(playing) = &mut self.screen else {
            return;
        };
        let is_present = self
            .present
            .as_ref()
            .is_some_and(|turn| turn.generation() == Some(playing.generation));
        if is_present && playing.broken.is_none() && playing.turn_page(step.elapsed) && !covered {
            step.effects.push(Effect::ShowPage {
                generation: playing.generation,
                page: playing.page,
            });
        }
    }
}
