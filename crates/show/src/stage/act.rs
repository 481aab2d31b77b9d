//! What is prepared, what is on the screen, and which items are faulty.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::{CardReason, Effect, Generation, Step, signed};
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
    Ready { pages: Vec<usize>, length: Option<Duration> },
}

impl Prepared {
    pub(super) const fn new(item: Arc<str>, asked: Duration) -> Self {
        Self { item, asked, state: Readiness::Awaited }
    }

    pub(super) fn ready(&mut self, pages: Vec<usize>, length: Option<Duration>) {
        self.state = Readiness::Ready { pages, length };
    }
}

/// What the screen shows when nothing covers it.
#[derive(Debug)]
pub(super) enum OnScreen {
    Card(CardReason),
    Item(Playing),
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
    pub(super) fn new(generation: Generation, slot: Slot, pages: &[usize], expires: Timestamp, step: &Step) -> Self {
        let joined = join(&slot, step);
        let starts = page_starts(slot.length, pages);
        let begun = signed(step.elapsed) - signed(joined);
        let whole = joined.is_zero();
        let mut playing = Self { generation, slot, begun, starts, page: 0, expires, broken: None, joined, whole };
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
        let page = self.starts.partition_point(|&start| start <= offset).saturating_sub(1);
        let turned = page != self.page;
        self.page = page;
        turned
    }

    /// The monotonic time at which the page after this one begins.
    pub(super) fn next_page(&self) -> Option<Duration> {
        let start = self.starts.get(self.page + 1)?;
        Duration::try_from(self.begun + signed(*start)).ok()
    }

    pub(super) fn show(&self, step: &Step) -> Effect {
        Effect::Show {
            generation: self.generation,
            item: self.item().into(),
            page: self.page,
            from: self.offset(step.elapsed),
            length: self.slot.lasts(),
            transition: step.transition,
        }
    }
}

/// Joining so little late counts as the beginning: nobody sees it, and a clip need not seek.
const ON_TIME: Duration = Duration::from_millis(500);

/// How far into the item of a slot a screen joins that puts it up now.
pub(super) fn join(slot: &Slot, step: &Step) -> Duration {
    let late = between(slot.start, step.at);
    if late <= ON_TIME { Duration::ZERO } else { late }
}

/// The items that could not be shown, each with its fault as reported.
#[derive(Debug, Default)]
pub(super) struct Faults(BTreeMap<Arc<str>, String>);

impl Faults {
    pub(super) fn has(&self, item: &str) -> bool {
        self.0.contains_key(item)
    }

    /// Notes a fault; the report is made once while the fault stays the same.
    pub(super) fn note(&mut self, item: Arc<str>, fault: String) -> Option<Effect> {
        let known = self.0.insert(item.clone(), fault.clone());
        (known.as_ref() != Some(&fault)).then_some(Effect::Report { item, fault })
    }

    pub(super) fn clear(&mut self, item: &str) -> Option<Effect> {
        self.0.remove_entry(item).map(|(item, _)| Effect::Recovered { item })
    }
}
