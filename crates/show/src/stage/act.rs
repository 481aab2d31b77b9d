//! What is prepared, what is on the screen, and which items are faulty.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::{CardReason, Effect, Generation, Pace, Step, Transition, signed};
use crate::reading::page_starts;
use crate::timeline::{Slot, between};

/// An item that is being made ready, or is.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) item: Arc<str>,
    /// When it was asked for, in monotonic time.
    pub(super) asked: Duration,
    pub(super) state: Readiness,
}

#[derive(Debug, Clone)]
pub(super) enum Readiness {
    Awaited,
    Ready(Ready),
}

/// What a preparation found.
#[derive(Debug, Clone)]
pub(super) struct Ready {
    pub(super) pages: Vec<usize>,
    pub(super) length: Option<Duration>,
}

impl Prepared {
    pub(super) const fn new(item: Arc<str>, asked: Duration) -> Self {
        Self {
            item,
            asked,
            state: Readiness::Awaited,
        }
    }

    pub(super) fn ready(&mut self, pages: Vec<usize>, length: Option<Duration>) {
        self.state = Readiness::Ready(Ready { pages, length });
    }
}

/// What the screen shows when nothing covers it.
#[derive(Debug)]
pub(super) enum OnScreen {
    Card(CardReason),
    Item(Box<Playing>),
}

impl OnScreen {
    pub(super) fn generation(&self) -> Option<Generation> {
        match self {
            Self::Card(_) => None,
            Self::Item(playing) => Some(playing.generation),
        }
    }
}

/// An item on the screen.
#[derive(Debug)]
pub(super) struct Playing {
    pub(super) generation: Generation,
    pub(super) slot: Slot,
    /// The monotonic time of its beginning, which lies before the start of the program if it was joined late.
    pub(super) begun: SignedDuration,
    /// How long the clip is, where it is one.
    pub(super) clip: Option<Duration>,
    /// When each page begins, from the item's beginning.
    pub(super) starts: Vec<Duration>,
    pub(super) page: usize,
    /// The instant from which it must not be seen any more.
    pub(super) expires: Timestamp,
    /// Since when, in monotonic time, only its last good picture stands.
    pub(super) broken: Option<Duration>,
    /// How far into it it was put up.
    pub(super) joined: Duration,
    /// Whether it has been shown from its beginning without a break.
    pub(super) whole: bool,
}

impl Playing {
    pub(super) fn new(
        generation: Generation,
        slot: Slot,
        ready: Ready,
        expires: Timestamp,
        step: &Step,
    ) -> Self {
        let joined = join(&slot, step);
        let starts = page_starts(slot.length, &ready.pages);
        let passed = match step.pace {
            Pace::Alone => joined,
            Pace::InStep => between(slot.start, step.at),
        };
        let begun = signed(step.elapsed) - signed(passed);
        let whole = joined.is_zero();
        let clip = ready.length;
        let mut playing = Self {
            generation,
            slot,
            begun,
            clip,
            starts,
            page: 0,
            expires,
            broken: None,
            joined,
            whole,
        };
        playing.turn_page(step.elapsed);
        playing
    }

    pub(super) fn item(&self) -> &str {
        self.slot.item.as_deref().unwrap_or_default()
    }

    /// How far into the item a monotonic time is.
    pub(super) fn offset(&self, elapsed: Duration) -> Duration {
        Duration::try_from(signed(elapsed) - self.begun).unwrap_or(Duration::ZERO)
    }

    /// Goes to the page that `elapsed` falls on; returns whether it is another one.
    pub(super) fn turn_page(&mut self, elapsed: Duration) -> bool {
        let offset = self.offset(elapsed);
        let page = self
            .starts
            .partition_point(|&start| start <= offset)
            .saturating_sub(1);
        let turned = page != self.page;
        self.page = page;
        turned
    }

    /// The monotonic time at which the page after this one begins.
    pub(super) fn next_page(&self) -> Option<Duration> {
        let start = self.starts.get(self.page + 1)?;
        Duration::try_from(self.begun + signed(*start)).ok()
    }

    /// The monotonic time at which the clip ends by itself.
    pub(super) fn clip_ends(&self) -> Option<Duration> {
        Duration::try_from(self.begun + signed(self.clip?)).ok()
    }

    pub(super) fn show(&self, step: &Step, transition: Transition) -> Effect {
        Effect::Show {
            generation: self.generation,
            item: self.item().into(),
            page: self.page,
            from: self.offset(step.elapsed).min(self.slot.lasts()),
            length: self.slot.lasts(),
            transition,
        }
    }
}

/// Joining so little late counts as the beginning: nobody sees it, and a clip need not seek. A little more
/// than what a clip before may run over, so that its follower is not cut for that.
const ON_TIME: Duration = Duration::from_millis(600);

/// How far into the item of a slot a screen joins that puts it up now.
pub(super) fn join(slot: &Slot, step: &Step) -> Duration {
    let late = between(slot.start, step.at);
    if late <= ON_TIME {
        Duration::ZERO
    } else {
        late
    }
}

/// The items that could not be shown.
#[derive(Debug, Default)]
pub(super) struct Faults {
    /// Each with its fault as reported.
    known: BTreeMap<Arc<str>, String>,
    /// Those that must not fill in for others.
    shut_out: BTreeSet<Arc<str>>,
}

impl Faults {
    pub(super) fn has(&self, item: &str) -> bool {
        self.known.contains_key(item)
    }

    pub(super) fn shuts_out(&self, item: &str) -> bool {
        self.shut_out.contains(item)
    }

    /// Notes a fault; the report is made once while the fault stays the same.
    pub(super) fn note(&mut self, item: Arc<str>, fault: String) -> Option<Effect> {
        self.shut_out.insert(item.clone());
        let known = self.known.insert(item.clone(), fault.clone());
        (known.as_ref() != Some(&fault)).then_some(Effect::Report { item, fault })
    }

    pub(super) fn clear(&mut self, item: &str) -> Option<Effect> {
        self.shut_out.remove(item);
        self.known
            .remove_entry(item)
            .map(|(item, _)| Effect::Recovered { item })
    }

    /// Lets every item be tried again.
    pub(super) fn try_all_again(&mut self) {
        self.shut_out.clear();
    }
}
