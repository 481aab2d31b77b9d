//! Which item plays when: a function of the show and the civil time alone.
//!
//! It owns the rules of the schedule. It must not know what a screen can show, what is on it, or what time
//! it is: screens side by side that ask about the same instant get the same answer, on any machine.

pub mod recurrence;

mod day;
#[cfg(test)]
mod oracle;
pub mod outlook;
mod program;
#[cfg(test)]
pub(crate) mod random;
mod reel;
mod rule;
mod slot;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use self::day::Day;
use self::program::Program;
pub(crate) use self::reel::instant;
use self::slot::Place;
pub use self::slot::{Reason, Slot};
pub(crate) use self::slot::{after, between};
use crate::item::Item;
use crate::office::Office;
use crate::reading::item_length;
use crate::show::Show;

/// How far before the signature of its release a clock may be and still be believed.
const DOUBT: Duration = Duration::from_secs(24 * 60 * 60);

/// How many computed days are kept: the one on air, the next for preparation, and one looked at besides.
const DAYS_KEPT: usize = 3;

/// How far ahead [`Timeline::due_after`] and [`Timeline::cycle`] look, in days and time.
const DAYS_AHEAD: usize = 32;
const CYCLE_AT_MOST: Duration = Duration::from_secs(24 * 60 * 60);

/// Whether a clock that shows `now` is believed by a screen whose release was signed at `signed_at`: it is,
/// unless it is more than 24 hours before the signature. A show without a signature says nothing against it.
#[must_use]
pub fn believed(now: Timestamp, signed_at: Option<Timestamp>) -> bool {
    signed_at.is_none_or(|signed_at| between(now, signed_at) <= DOUBT)
}

/// What a timeline takes the clock for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// It is right.
    Believed,
    /// It is plainly wrong, see [`believed`]: only what has no time window plays, which is the entries that
    /// say nothing about when they are open, the default playlist, and in them the items without
    /// `show_from`, `show_until` or a repeal.
    NotBelieved {
        /// When the release was signed; procedures in effect by then play.
        signed_at: Timestamp,
    },
}

/// The timeline of a show.
///
/// It keeps the days computed last, so that asking again is cheap.
#[derive(Debug)]
pub struct Timeline {
    show: Arc<Show>,
    program: Program,
    days: Mutex<Vec<Arc<Day>>>,
}

impl Timeline {
    /// The timeline of a show by a clock that is right, each item as long as
    /// [`item_length`] says.
    #[must_use]
    pub fn new(show: Arc<Show>) -> Self {
        Self::on_clock(show, Clock::Believed)
    }

    /// The timeline of a show by a clock that is right or not.
    #[must_use]
    pub fn on_clock(show: Arc<Show>, clock: Clock) -> Self {
        Self::with_lengths(show, clock, item_length)
    }

    /// The timeline of a show whose items are as long as `length` says, at least a second each.
    #[must_use]
    pub fn with_lengths(
        show: Arc<Show>,
        clock: Clock,
        length: impl Fn(&Show, &Item) -> Duration,
    ) -> Self {
        let program = Program::new(&show, clock, &length);
        Self {
            show,
            program,
            days: Mutex::default(),
        }
    }

    /// The show.
    #[must_use]
    pub fn show(&self) -> &Arc<Show> {
        &self.show
    }

    /// The zone in which the show's civil times are meant.
    #[must_use]
    pub fn zone(&self) -> &TimeZone {
        &self.program.zone
    }

    /// The office whose hours the schedule goes by.
    #[must_use]
    pub fn office(&self) -> &Office {
        &self.program.office
    }

    /// The hours in which the office is open on the days from `first` to `last`, in order.
    pub fn open_hours(
        &self,
        first: Date,
        last: Date,
    ) -> impl Iterator<Item = (Timestamp, Timestamp)> + '_ {
        let days = first.series(1.day()).take_while(move |&day| day <= last);
        days.flat_map(|day| self.program.open_hours(day))
    }

    /// The entries that share the air time at an instant, by their place in the schedule.
    #[must_use]
    pub fn candidates(&self, at: Timestamp) -> Vec<usize> {
        self.day_at(at).candidates(at).to_vec()
    }

    /// The slot that holds `at`.
    #[must_use]
    pub fn slot_at(&self, at: Timestamp) -> Slot {
        let day = self.day_at(at);
        let slot = day.slot_at(at).filter(|slot| slot.holds(at)).cloned();
        slot.unwrap_or_else(|| unreckoned(at))
    }

    /// The slot after `slot`.
    #[must_use]
    pub fn next(&self, slot: &Slot) -> Slot {
        self.slot_at(slot.end)
    }

    /// The slots from the one that holds `from` on, without end.
    pub fn slots(&self, from: Timestamp) -> impl Iterator<Item = Slot> + '_ {
        std::iter::successors(Some(self.slot_at(from)), |slot| Some(self.next(slot)))
    }

    /// The first slot with an item that starts after `at`, within the next 32 days.
    #[must_use]
    pub fn due_after(&self, at: Timestamp) -> Option<Slot> {
        let last = after(at, CYCLE_AT_MOST * DAYS_AHEAD as u32);
        let soon = self.slots(at).take_while(|slot| slot.start < last);
        soon.filter(|slot| slot.start > at)
            .find(|slot| slot.item.is_some())
    }

    /// Each item that the candidates at `at` play before they change, once, in the order in which it plays;
    /// at most those of the next 24 hours. Empty while the built-in card shows.
    #[must_use]
    pub fn cycle(&self, at: Timestamp) -> Vec<Arc<str>> {
        self.cycle_slots(at)
            .into_iter()
            .filter_map(|slot| slot.item)
            .collect()
    }

    /// The slot in which each item of the [`Self::cycle`] first plays.
    pub(crate) fn cycle_slots(&self, at: Timestamp) -> Vec<Slot> {
        let candidates = self.day_at(at).candidates(at).to_vec();
        let wanted = self.items_of(&candidates, at);
        let mut seen = BTreeSet::new();
        let mut first = Vec::new();
        for slot in self.slots(at) {
            let same =
                slot.start <= at || self.day_at(slot.start).candidates(slot.start) == candidates;
            if !same || between(at, slot.start) >= CYCLE_AT_MOST || wanted.is_subset(&seen) {
                break;
            }
            if let Some(item) = &slot.item
                && seen.insert(item.clone())
            {
                first.push(slot);
            }
        }
        first
    }

    /// The items that are due among those of the candidates, or of the default playlist without any.
    fn items_of(&self, candidates: &[usize], at: Timestamp) -> BTreeSet<Arc<str>> {
        let fallback = [self.program.rules.len()];
        let players = if candidates.is_empty() {
            &fallback
        } else {
            candidates
        };
        let reels = players
            .iter()
            .filter_map(|&player| self.program.reel_of(player));
        reels
            .flat_map(|reel| &reel.leaves)
            .filter(|leaf| leaf.is_due(at))
            .map(|leaf| leaf.item.clone())
            .collect()
    }

    /// What fills the rest of `slot` from `at` on where its item cannot be shown: the next item of its
    /// playlist that is due and not `unshowable`; where there is none, one of the other candidates', else of
    /// the default playlist. It never runs past the end of `slot`: the timeline does not move.
    #[must_use]
    pub fn fill(
        &self,
        slot: &Slot,
        at: Timestamp,
        unshowable: &dyn Fn(&str) -> bool,
    ) -> Option<Slot> {
        self.fill_after(slot, slot, at, unshowable)
    }

    /// The same, going on after what filled the slot `last`.
    pub(crate) fn fill_after(
        &self,
        slot: &Slot,
        last: &Slot,
        at: Timestamp,
        unshowable: &dyn Fn(&str) -> bool,
    ) -> Option<Slot> {
        let own = slot.place?;
        let last = last
            .place
            .filter(|last| last.reel == own.reel)
            .unwrap_or(own);
        let day = self.day_at(slot.start);
        let others = day
            .candidates(at)
            .iter()
            .copied()
            .chain([self.program.rules.len()]);
        let others = others.filter_map(|player| {
            Some((self.program.reel_index(player)?, 0, self.entry_of(player)))
        });
        let places = std::iter::once((last.reel, last.leaf + 1, slot.entry)).chain(others);
        places.into_iter().find_map(|(reel, from, entry)| {
            let leaf = self.showable_from(reel, from, at, unshowable)?;
            Some(self.part_of(slot, at, Place { reel, leaf }, entry))
        })
    }

    /// The number of an entry in the file; none for the default playlist, which comes after them.
    fn entry_of(&self, player: usize) -> Option<usize> {
        (player < self.program.rules.len()).then_some(player + 1)
    }

    fn showable_from(
        &self,
        reel: usize,
        from: usize,
        at: Timestamp,
        unshowable: &dyn Fn(&str) -> bool,
    ) -> Option<usize> {
        let leaves = &self.program.reels[reel].leaves;
        let mut round = (0..leaves.len()).map(|step| (from + step) % leaves.len());
        round.find(|&place| leaves[place].is_due(at) && !unshowable(&leaves[place].item))
    }

    /// The rest of `slot` from `at` on, as far as another item fills it.
    fn part_of(&self, slot: &Slot, at: Timestamp, place: Place, entry: Option<usize>) -> Slot {
        let reel = &self.program.reels[place.reel];
        let leaf = &reel.leaves[place.leaf];
        Slot {
            item: Some(leaf.item.clone()),
            playlist: Some(reel.playlist.clone()),
            entry,
            start: at,
            end: after(at, leaf.length).min(slot.end).min(leaf.until),
            length: leaf.length,
            reason: if entry.is_some() {
                Reason::Scheduled
            } else {
                Reason::Default
            },
            place: Some(place),
        }
    }

    /// The instant from which the item of `slot` must not be seen any more.
    pub(crate) fn expires(&self, slot: &Slot) -> Timestamp {
        slot.place.map_or(Timestamp::MAX, |place| {
            self.program.reels[place.reel].leaves[place.leaf].until
        })
    }

    /// Whether the item of `slot` may be seen at `at`.
    pub(crate) fn is_due(&self, slot: &Slot, at: Timestamp) -> bool {
        slot.place
            .and_then(|place| self.program.reels.get(place.reel)?.leaves.get(place.leaf))
            .is_none_or(|leaf| leaf.is_due(at))
    }

    fn day_at(&self, at: Timestamp) -> Arc<Day> {
        let date = at.to_zoned(self.program.zone.clone()).date();
        let day = self.day(date);
        // Where a change of the clock repeats the hour before midnight, the day of an instant and the day
        // that holds it differ.
        let other = if at < day.start {
            date.yesterday()
        } else if at >= day.end {
            date.tomorrow()
        } else {
            return day;
        };
        other.map_or(day, |date| self.day(date))
    }

    fn day(&self, date: Date) -> Arc<Day> {
        let mut days = self.days.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = days.iter().position(|day| day.date == date) {
            let day = days.remove(place);
            days.push(day);
        } else {
            if days.len() >= DAYS_KEPT {
                days.remove(0);
            }
            days.push(Arc::new(Day::compute(&self.program, date)));
        }
        days.last()
            .map_or_else(|| Arc::new(Day::compute(&self.program, date)), Arc::clone)
    }
}

/// A card for an instant at the very end of reckoning.
fn unreckoned(at: Timestamp) -> Slot {
    Slot {
        item: None,
        playlist: None,
        entry: None,
        start: at,
        end: Timestamp::MAX,
        length: Duration::ZERO,
        reason: Reason::NothingScheduled,
        place: None,
    }
}
