//! What becomes of every entry and item over some days: which play, and what keeps the others from it.
//!
//! It looks at the days of the timeline that plays; which days are worth a look is the caller's to say.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::Timeline;
use super::day::Day;

/// What was seen of one entry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// It has a window, not yet cut to working hours.
    pub starts: bool,
    /// It is open.
    pub is_open: bool,
    /// It is open and holds a due item.
    pub has_due: bool,
    /// It has the highest priority among such, so that air time is shared with it.
    pub is_candidate: bool,
    /// One of its items plays.
    pub plays: bool,
    /// The entry that kept it from being a candidate last, by its place in the schedule.
    pub beaten_by: Option<usize>,
}

/// What was seen over some days.
#[derive(Debug, Clone, Default)]
pub struct Outlook {
    /// Of each entry, in file order.
    pub entries: Vec<Seen>,
    /// Items that play.
    pub played: BTreeSet<Arc<str>>,
    /// Items that were due while their playlist had air time, whether they play or not.
    pub awaited: BTreeSet<Arc<str>>,
}

impl Timeline {
    /// What becomes of entries and items on these days.
    #[must_use]
    pub fn outlook(&self, days: &[Date]) -> Outlook {
        let mut outlook = Outlook {
            entries: vec![Seen::default(); self.program.rules.len()],
            ..Outlook::default()
        };
        for &date in days {
            self.look_at(&Day::compute(&self.program, date), &mut outlook);
        }
        outlook
    }

    fn look_at(&self, day: &Day, outlook: &mut Outlook) {
        let windows = self.program.windows(day.date);
        for (entry, seen) in outlook.entries.iter_mut().enumerate() {
            seen.starts |= self.program.rules[entry].starts_on(day.date);
        }
        for (at, candidates) in day.spans() {
            for (entry, seen) in outlook.entries.iter_mut().enumerate() {
                let mut open = windows[entry].iter();
                if !open.any(|&(from, until)| from <= at && at < until) {
                    continue;
                }
                seen.is_open = true;
                let reel = self.program.reel_of(entry);
                if !reel.is_some_and(|reel| reel.holds_due(at)) {
                    continue;
                }
                seen.has_due = true;
                if candidates.contains(&entry) {
                    seen.is_candidate = true;
                } else {
                    seen.beaten_by = candidates.first().copied();
                }
            }
        }
        for slot in &day.slots {
            let (Some(item), Some(place)) = (&slot.item, slot.place) else {
                continue;
            };
            if let Some(seen) = slot
                .entry
                .and_then(|entry| outlook.entries.get_mut(entry - 1))
            {
                seen.plays = true;
            }
            outlook.played.insert(item.clone());
            let reel = &self.program.reels[place.reel];
            let due = reel.leaves.iter().filter(|leaf| leaf.is_due(slot.start));
            outlook.awaited.extend(due.map(|leaf| leaf.item.clone()));
        }
    }

    /// The first days from `from` on that an entry starts on, at most `count` of them, looking `within` so many
    /// days ahead. Nothing is cut to working hours here.
    #[must_use]
    pub fn starts_of(&self, entry: usize, from: Date, count: usize, within: usize) -> Vec<Date> {
        let Some(rule) = self.program.rules.get(entry) else {
            return Vec::new();
        };
        let days = from.series(1.day()).take(within);
        days.filter(|&day| rule.starts_on(day))
            .take(count)
            .collect()
    }

    /// Whether an item of an entry's playlist can be due at or after the start of `day`.
    #[must_use]
    pub fn can_be_due_from(&self, entry: usize, day: Date) -> bool {
        let Ok(start) = day.to_zoned(self.program.zone.clone()) else {
            return false;
        };
        let last = self
            .program
            .rules
            .get(entry)
            .and_then(super::rule::Rule::ends);
        self.program.reel_of(entry).is_some_and(|reel| {
            let mut leaves = reel.leaves.iter();
            leaves.any(|leaf| {
                leaf.until > start.timestamp()
                    && last.is_none_or(|last| {
                        leaf.from.to_zoned(self.program.zone.clone()).date() <= last
                    })
            })
        })
    }
}
