//! A conductor made for tests: it executes effects on a clock of its own, answers as items are told to
//! behave, and checks after every step what must always hold.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::*;

pub(super) fn secs(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

/// How an item behaves.
#[derive(Debug, Clone)]
pub(super) struct Manner {
    /// When the preparation is answered; never without it.
    pub(super) answers_after: Option<Duration>,
    pub(super) fails: bool,
    pub(super) pages: Vec<usize>,
    pub(super) length: Option<Duration>,
    /// How much later than after its length it ends: the device takes its time.
    pub(super) lag: Duration,
    pub(super) breaks_after: Option<Duration>,
}

impl Manner {
    pub(super) fn good() -> Self {
        Self {
            answers_after: Some(secs(0.1)),
            fails: false,
            pages: vec![100],
            length: None,
            lag: Duration::ZERO,
            breaks_after: None,
        }
    }

    /// A clip of so many seconds.
    pub(super) fn clip(seconds: f64) -> Self {
        Self {
            length: Some(secs(seconds)),
            ..Self::good()
        }
    }

    pub(super) fn failing() -> Self {
        Self {
            fails: true,
            ..Self::good()
        }
    }
}

pub(super) struct Rig {
    pub(super) stage: Stage,
    pub(super) elapsed: Duration,
    /// The civil time at the start of the program.
    pub(super) civil: Timestamp,
    pub(super) manners: BTreeMap<String, Manner>,
    pub(super) log: Vec<(Duration, Effect)>,
    pub(super) wake: Option<Duration>,
    pub(super) cover: Cover,
    pub(super) up: Option<(Generation, Arc<str>)>,
    /// The clips of which the second is to follow the first.
    pub(super) chain: Option<(Generation, Generation)>,
    answers: BTreeMap<(Duration, u64), Event>,
    sent: u64,
    prepared: BTreeMap<Generation, Arc<str>>,
    /// How the item behaved when it was prepared.
    prepared_as: BTreeMap<Generation, Manner>,
    ready: BTreeSet<Generation>,
    broken: BTreeMap<Generation, Duration>,
    /// Since when the screen is behind the timeline.
    behind: Option<Duration>,
    /// How long the screen may be behind, when nothing hangs.
    pub(super) patience: Duration,
}

impl Rig {
    pub(super) fn new(show: Arc<Show>, civil: &str, mode: Mode) -> Self {
        let stage = Stage::new(show, None, mode);
        let civil = stage
            .timeline()
            .zone()
            .to_timestamp(civil.parse().unwrap())
            .unwrap();
        Self {
            stage,
            elapsed: Duration::ZERO,
            civil,
            manners: BTreeMap::new(),
            log: Vec::new(),
            wake: None,
            cover: Cover::Nothing,
            up: None,
            chain: None,
            answers: BTreeMap::new(),
            sent: 0,
            prepared: BTreeMap::new(),
            prepared_as: BTreeMap::new(),
            ready: BTreeSet::new(),
            broken: BTreeMap::new(),
            behind: None,
            patience: secs(1.0),
        }
    }

    pub(super) fn now(&self) -> Moment {
        let civil = crate::timeline::after(self.civil, self.elapsed);
        Moment {
            monotonic: self.elapsed,
            civil: civil.to_zoned(TimeZone::UTC),
        }
    }

    pub(super) fn jump(&mut self, by: SignedDuration) {
        self.civil = self.civil.checked_add(by).unwrap();
    }

    /// The computer sleeps: nothing is delivered, and the civil clock goes on.
    pub(super) fn sleep(&mut self, time: Duration) {
        self.elapsed += time;
        self.behind = None;
        self.send(Event::Tick);
    }

    /// Runs for a time, and answers and wakes as they come.
    pub(super) fn run(&mut self, time: Duration) {
        let end = self.elapsed + time;
        while !self.finished() {
            let answer = self.answers.first_key_value().map(|((at, _), _)| *at);
            let next = answer.into_iter().chain(self.wake).min().unwrap_or(end);
            if next > end {
                break;
            }
            self.elapsed = self.elapsed.max(next);
            let event = match self
                .answers
                .first_entry()
                .filter(|entry| entry.key().0 <= next)
            {
                Some(entry) => entry.remove(),
                None => Event::Tick,
            };
            self.send(event);
        }
        self.elapsed = self.elapsed.max(end);
    }

    pub(super) fn finished(&self) -> bool {
        self.stage.finished
    }

    pub(super) fn send(&mut self, event: Event) {
        let told = format!("{:?} {event:?}", self.elapsed);
        let is_stale = match &event {
            Event::Ready { generation, .. }
            | Event::Failed { generation, .. }
            | Event::PlaybackFailed { generation, .. }
            | Event::Ended { generation } => !self.prepared.contains_key(generation),
            _ => false,
        };
        if is_stale {
            // What time alone brings about is not the answer's doing.
            let effects = self.stage.step(&self.now(), Event::Tick);
            self.execute(effects, &Event::Tick, &told);
        }
        match &event {
            Event::Ready { generation, .. } => drop(self.ready.insert(*generation)),
            Event::Failed { generation, .. } | Event::PlaybackFailed { generation, .. } => {
                self.broken.entry(*generation).or_insert(self.elapsed);
            }
            _ => {}
        }
        let effects = self.stage.step(&self.now(), event.clone());
        if is_stale && !self.finished() {
            assert!(
                matches!(effects[..], [Effect::WakeAt(_)]),
                "{told}: {effects:?}"
            );
        }
        self.execute(effects, &event, &told);
        self.check(&told);
    }

    fn execute(&mut self, effects: Vec<Effect>, event: &Event, told: &str) {
        let uncovers = matches!(
            (self.cover, event),
            (Cover::Visitor, Event::VisitorLeft) | (Cover::Alert, Event::AlertCleared)
        );
        if uncovers {
            self.cover = Cover::Nothing;
            let shows = effects
                .iter()
                .filter(|e| matches!(e, Effect::Show { .. } | Effect::ShowCard { .. }));
            assert!(
                shows.count() > 0 || self.finished(),
                "{told}: nothing is given back"
            );
        }
        let wakes = effects
            .iter()
            .filter(|effect| matches!(effect, Effect::WakeAt(_)))
            .count();
        assert_eq!(wakes, usize::from(!self.finished()), "{told}: {effects:?}");
        for effect in effects {
            self.execute_one(&effect, told);
            self.log.push((self.elapsed, effect));
        }
    }

    fn execute_one(&mut self, effect: &Effect, told: &str) {
        let touches_screen = matches!(
            effect,
            Effect::Show { .. } | Effect::ShowPage { .. } | Effect::ShowCard { .. }
        );
        assert!(
            !touches_screen || self.cover == Cover::Nothing,
            "{told}: {effect:?} interrupts {:?}",
            self.cover
        );
        match effect {
            Effect::Prepare {
                generation, item, ..
            } => {
                assert!(
                    self.prepared
                        .last_key_value()
                        .is_none_or(|(last, _)| last < generation),
                    "{told}"
                );
                self.prepared.insert(*generation, item.clone());
                self.answer(*generation, item);
            }
            Effect::Show {
                generation,
                item,
                page,
                from,
                length,
                ..
            } => {
                assert_eq!(
                    self.prepared.get(generation),
                    Some(item),
                    "{told}: {effect:?}"
                );
                assert!(self.ready.contains(generation), "{told}: {effect:?}");
                let manner = self.prepared_as[generation].clone();
                assert!(*page < manner.pages.len().max(1), "{told}: {effect:?}");
                assert!(from <= length, "{told}: {effect:?}");
                let follows = self.chain.take_if(|(_, next)| next == generation);
                assert!(
                    follows.is_none() || follows.map(|(first, _)| first) == self.showing(),
                    "{told}: {effect:?} follows something else"
                );
                self.up = Some((*generation, item.clone()));
                self.play(*generation, &manner, *from);
            }
            Effect::ShowPage { generation, page } => {
                assert_eq!(
                    self.up.as_ref().unwrap().0,
                    *generation,
                    "{told}: {effect:?}"
                );
                assert!(
                    *page < self.prepared_as[generation].pages.len(),
                    "{told}: {effect:?}"
                );
            }
            Effect::Follow { after, generation } => {
                assert_eq!(self.chain, None, "{told}: {effect:?}");
                assert_eq!(Some(*after), self.showing(), "{told}: {effect:?}");
                assert!(self.ready.contains(generation), "{told}: {effect:?}");
                for clip in [after, generation] {
                    let length = self.prepared_as[clip].length;
                    assert!(length.is_some(), "{told}: {effect:?} is not a clip");
                }
                self.chain = Some((*after, *generation));
            }
            Effect::Unfollow { generation } => {
                let undone = self.chain.take().map(|(_, next)| next);
                assert_eq!(undone, Some(*generation), "{told}: {effect:?}");
            }
            Effect::ShowCard { .. } => self.up = None,
            Effect::ShowLookup => self.cover = Cover::Visitor,
            Effect::ShowAlert => self.cover = Cover::Alert,
            Effect::Release { generation } => {
                assert!(
                    self.prepared.remove(generation).is_some(),
                    "{told}: {effect:?}"
                );
                let chained = self
                    .chain
                    .is_some_and(|(first, next)| first == *generation || next == *generation);
                assert!(!chained, "{told}: {effect:?} while chained");
                let up = self.up.as_ref().map(|(up, _)| *up);
                assert!(
                    up != Some(*generation) || self.cover != Cover::Nothing,
                    "{told}: {effect:?} while up"
                );
            }
            Effect::WakeAt(at) => {
                assert!(*at > self.elapsed, "{told}: {effect:?}");
                self.wake = Some(*at);
            }
            Effect::Report { .. } | Effect::Recovered { .. } | Effect::Adopt => {}
            Effect::Finished => self.wake = None,
        }
    }

    fn showing(&self) -> Option<Generation> {
        self.up.as_ref().map(|(up, _)| *up)
    }

    fn manner(&self, item: &str) -> Manner {
        self.manners.get(item).cloned().unwrap_or_else(Manner::good)
    }

    fn later(&mut self, after: Duration, event: Event) {
        self.sent += 1;
        self.answers
            .insert((self.elapsed + after, self.sent), event);
    }

    fn answer(&mut self, generation: Generation, item: &str) {
        let manner = self.manner(item);
        self.prepared_as.insert(generation, manner.clone());
        let Some(after) = manner.answers_after else {
            return;
        };
        let event = if manner.fails {
            Event::Failed {
                generation,
                fault: "it is torn".into(),
            }
        } else {
            Event::Ready {
                generation,
                pages: manner.pages,
                length: manner.length,
            }
        };
        self.later(after, event);
    }

    fn play(&mut self, generation: Generation, manner: &Manner, from: Duration) {
        if let Some(length) = manner.length {
            let wait = length.saturating_sub(from) + manner.lag;
            self.later(wait, Event::Ended { generation });
        }
        if let Some(breaks) = manner.breaks_after {
            self.later(
                breaks,
                Event::PlaybackFailed {
                    generation,
                    fault: "it is garbage".into(),
                },
            );
        }
    }

    /// What must hold after every step.
    fn check(&mut self, told: &str) {
        assert!(self.prepared.len() <= 3, "{told}: {:?}", self.prepared);
        if self.finished() {
            return;
        }
        if self.cover == Cover::Nothing {
            let on = self.stage.screen.generation();
            assert_eq!(
                on,
                self.up.as_ref().map(|(up, _)| *up),
                "{told}: the stage believes another thing is up"
            );
        }
        if let Some(generation) = self.stage.screen.generation() {
            assert!(
                self.ready.contains(&generation),
                "{told}: {generation:?} was never ready"
            );
            let stood = self
                .broken
                .get(&generation)
                .map_or(Duration::ZERO, |since| self.elapsed - *since);
            assert!(stood < secs(1.001), "{told}: broken for {stood:?}");
            let OnScreen::Item(playing) = &self.stage.screen else {
                unreachable!()
            };
            assert!(
                self.now().civil.timestamp() < playing.expires,
                "{told}: shown when not due any more"
            );
        }
        let wanted = self.stage.present.as_ref().unwrap().generation();
        let is_behind = wanted.is_some() && wanted != self.stage.screen.generation();
        let since = is_behind.then(|| *self.behind.get_or_insert(self.elapsed));
        self.behind = since;
        let lag = since.map_or(Duration::ZERO, |since| self.elapsed - since);
        assert!(lag <= self.patience, "{told}: behind for {lag:?}");
        self.check_place(told);
        if let Some((first, _)) = self.chain {
            assert_eq!(
                Some(first),
                self.showing(),
                "{told}: chained to what is gone"
            );
            assert_eq!(self.cover, Cover::Nothing, "{told}: chained under a cover");
        }
    }

    /// The stage is where the timeline is, but that clips meet up to half a second earlier or later, and that
    /// a clock that is set back by so little does not bring back what was before.
    fn check_place(&self, told: &str) {
        let now = self.now().civil.timestamp();
        let slot = self.stage.slot().unwrap();
        let there = |at: Timestamp| *slot == self.stage.timeline.slot_at(at);
        let by = SignedDuration::try_from(seam::GRACE).unwrap();
        let is_near = [by, -by]
            .into_iter()
            .any(|by| there(now.checked_add(by).unwrap()));
        assert!(there(now) || is_near, "{told} at {now}: in {slot:?}");
    }

    /// What was put up, as seconds and the item.
    pub(super) fn shown(&self) -> Vec<(f64, String)> {
        let up = self.log.iter().filter_map(|(at, effect)| match effect {
            Effect::Show { item, .. } => Some((at.as_secs_f64(), item.to_string())),
            Effect::ShowCard { .. } => Some((at.as_secs_f64(), "card".to_owned())),
            _ => None,
        });
        up.map(|(at, item)| ((at * 10.0).round() / 10.0, item))
            .collect()
    }
}
