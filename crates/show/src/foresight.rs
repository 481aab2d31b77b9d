//! What an author would want to know of a schedule before it plays: entries that never play, items that never
//! get their turn, hours in which only the built-in card shows, topics of the plan without air time.
//!
//! It looks at days of the timeline that plays, a bounded number of them, and only ever warns.

use std::collections::BTreeSet;

use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::coverage::Coverage;
use crate::lines::Lines;
use crate::problem::{Problem, Severity};
use crate::schedule::Only;
use crate::show::Show;
use crate::timeline::outlook::{Outlook, Seen};
use crate::timeline::{Timeline, between};

/// The days that stand for all others: every day of the week twice, and as many beginnings of a playlist.
const FORTNIGHT: i64 = 14;

/// How far ahead days are looked for on which an entry starts: 29 February comes every eight years at the
/// latest.
const FURTHEST_DAYS: usize = 366 * 8 + 1;

/// How many days an entry is looked at that does not start in the fortnight.
const STARTS: usize = 3;

/// How many days beside the fortnight are looked at, so that checking a long schedule stays quick.
const MOST_DAYS: usize = 60;

/// Warns of what will not be shown as its author may think, from `today` on. Lengths of films must be known.
#[must_use]
pub fn foresight(timeline: &Timeline, lines: &Lines, today: Date) -> Vec<Problem> {
    let look = Look {
        timeline,
        show: timeline.show(),
        lines,
        today,
    };
    look.problems()
}

struct Look<'a> {
    timeline: &'a Timeline,
    show: &'a Show,
    lines: &'a Lines,
    today: Date,
}

impl Look<'_> {
    fn problems(&self) -> Vec<Problem> {
        let fortnight: Vec<Date> = self
            .today
            .series(1.day())
            .take(FORTNIGHT as usize)
            .collect();
        let days = self.days(&fortnight);
        let outlook = self.timeline.outlook(&days);
        let mut problems: Vec<Problem> = (0..self.show.schedule.len())
            .filter_map(|entry| self.entry(entry, &outlook.entries[entry], days.len()))
            .collect();
        let plays_at_all = !outlook.played.is_empty();
        problems.extend(self.starved(&outlook, days.len()));
        if plays_at_all {
            problems.extend(self.card_in_hours(&fortnight));
            problems.extend(self.silent_topics(&fortnight));
        }
        problems
    }

    /// The fortnight, the days on which an entry's season begins or ended the day before, and days on which
    /// entries start that are still missing.
    fn days(&self, fortnight: &[Date]) -> Vec<Date> {
        let mut days: BTreeSet<Date> = fortnight.iter().copied().collect();
        let most = days.len() + MOST_DAYS;
        let furthest = self.today.checked_add(3.years()).unwrap_or(self.today);
        for entry in &self.show.schedule {
            let after = entry.last_day.and_then(|day| day.tomorrow().ok());
            let edges = entry.first_day.into_iter().chain(after);
            let ahead = edges.filter(|&day| self.today <= day && day <= furthest);
            days.extend(ahead.take(most.saturating_sub(days.len())));
        }
        for entry in 0..self.show.schedule.len() {
            let starts = self
                .timeline
                .starts_of(entry, self.today, STARTS, FURTHEST_DAYS);
            if !starts.iter().any(|day| days.contains(day)) {
                days.extend(starts.into_iter().take(most.saturating_sub(days.len())));
            }
        }
        days.into_iter().collect()
    }

    /// Why an entry never plays.
    fn entry(&self, entry: usize, seen: &Seen, days: usize) -> Option<Problem> {
        let of = &self.show.schedule[entry];
        let playlist = self.show.playlist(&of.playlist)?;
        if seen.plays || playlist.items.is_empty() {
            return None;
        }
        let starts = self.timeline.starts_of(entry, self.today, 1, FURTHEST_DAYS);
        let never = |why: String, remedy: &str| {
            let number = self
                .lines
                .entry(entry)
                .map_or(entry + 1, |place| place.number);
            let fault = format!("entry {number} of the schedule never plays: {why}");
            let line = self.lines.entry(entry).map(|place| place.line);
            Some(self.warning(line, fault, remedy))
        };
        let Some(&first) = starts.first() else {
            return match of.last_day {
                Some(last) if last < self.today => never(
                    format!("its last day was {last}"),
                    "write a later `last_day`, or delete the entry",
                ),
                _ => never(
                    "there is no day on which it starts".to_owned(),
                    "see whether `days`, `rrule`, `except_days`, `first_day` and `last_day` fit together",
                ),
            };
        };
        if !seen.starts {
            // Too many days to look at all of them: nothing is known of this one.
            return None;
        }
        if !seen.is_open && of.only == Some(Only::WorkingHours) {
            return if self.timeline.office().has_hours() {
                never(
                    "all of it lies outside the hours of the office".to_owned(),
                    "change `from`, `until` or `days`, or leave `only` out",
                )
            } else {
                never(
                    "it keeps to working hours, and the show has no `[[office_hours]]`".to_owned(),
                    "add `[[office_hours]]`, or leave `only` out",
                )
            };
        }
        if !seen.has_due {
            let name = &of.playlist;
            return if self.timeline.can_be_due_from(entry, first) {
                None
            } else {
                never(
                    format!("nothing in the playlist {name:?} is to be shown while it is open"),
                    "see `show_from` and `show_until` of its items, and `effective` and `repealed` of its procedures",
                )
            };
        }
        let by = seen.beaten_by.filter(|_| !seen.is_candidate)?;
        let winner = self.lines.entry(by).map_or(by + 1, |place| place.number);
        let looked = if days == 1 { "day" } else { "days" };
        never(
            format!(
                "on the {days} {looked} looked at, entry {winner} with a higher priority is open whenever it is"
            ),
            "give it the same `priority`, or other hours",
        )
    }

    /// Items that are due while their playlist plays and whose turn never comes.
    fn starved(&self, outlook: &Outlook, days: usize) -> Vec<Problem> {
        outlook
            .awaited
            .difference(&outlook.played)
            .map(|item| Problem {
                severity: Severity::Warning,
                file: self.lines.file().to_owned(),
                line: self.lines.item(item),
                item: Some(item.to_string()),
                fault: format!(
                    "its turn never comes on the {days} days looked at, since the air time of its playlist is over before"
                ),
                remedy: "give its playlist more time, shorten the items before it, or move it forward"
                    .to_owned(),
            })
            .collect()
    }

    /// Hours of the office in which only the card shows.
    fn card_in_hours(&self, fortnight: &[Date]) -> Option<Problem> {
        let mut first = None;
        let mut days = BTreeSet::new();
        for &day in fortnight {
            for (opens, closes) in self.timeline.open_hours(day, day) {
                let slots = self.timeline.slots(opens);
                let empty = slots
                    .take_while(|slot| slot.start < closes)
                    .filter(|slot| slot.item.is_none());
                for slot in empty {
                    let gap = (slot.start.max(opens), slot.end.min(closes));
                    if between(gap.0, gap.1).is_zero() {
                        continue;
                    }
                    first.get_or_insert(gap);
                    days.insert(day);
                }
            }
        }
        let (from, until) = first?;
        let civil = |at: jiff::Timestamp| at.to_zoned(self.timeline.zone().clone());
        let more = match days.len() {
            1 => String::new(),
            count => format!(", and on {} more of {FORTNIGHT} days", count - 1),
        };
        let fault = format!(
            "while the office is open only the built-in card shows, on {} from {} to {}{more}",
            civil(from).strftime("%Y-%m-%d"),
            civil(from).strftime("%H:%M"),
            civil(until).strftime("%H:%M"),
        );
        let line = self
            .lines
            .entry(0)
            .map(|place| place.line)
            .or_else(|| self.lines.show_key("office_hours"));
        Some(self.warning(
            line,
            fault,
            "add `default = true` to a playlist, or an entry for these hours",
        ))
    }

    /// Topics with a target that no item with air time serves.
    fn silent_topics(&self, fortnight: &[Date]) -> Vec<Problem> {
        let topics = self.show.plan.iter().flat_map(|plan| &plan.topics);
        let wanted: Vec<_> = topics
            .filter(|topic| topic.minutes_per_day.is_some_and(|minutes| minutes > 0))
            .collect();
        let (Some(&first), false) = (fortnight.first(), wanted.is_empty()) else {
            return Vec::new();
        };
        let start = |day: Date| {
            let zoned = day.to_zoned(self.timeline.zone().clone());
            zoned.map_or(jiff::Timestamp::MAX, |at| at.timestamp())
        };
        let until = first
            .checked_add(FORTNIGHT.days())
            .map_or(jiff::Timestamp::MAX, start);
        let coverage = Coverage::planned(self.timeline, start(first), until);
        let is_silent = |name: &str| {
            coverage
                .topics
                .get(name)
                .is_none_or(|air| air.whole.is_zero())
        };
        wanted
            .into_iter()
            .filter(|topic| is_silent(&topic.name))
            .map(|topic| {
                let fault = format!(
                    "the topic {:?} of the plan has no air time in the {FORTNIGHT} days from {first}, and is to have {} minutes a day",
                    topic.name,
                    topic.minutes_per_day.unwrap_or_default()
                );
                let remedy = format!(
                    "write `topic = {:?}` in the items that serve it, and let them play",
                    topic.name
                );
                self.warning(self.lines.show_key("plan"), fault, &remedy)
            })
            .collect()
    }

    fn warning(&self, line: Option<usize>, fault: String, remedy: &str) -> Problem {
        Problem {
            severity: Severity::Warning,
            file: self.lines.file().to_owned(),
            line,
            item: None,
            fault,
            remedy: remedy.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests;
