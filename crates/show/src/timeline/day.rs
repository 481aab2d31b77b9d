//! One civil day of the timeline, computed from its 00:00.
//!
//! First the day is cut into spans in which the candidates stay the same; then slots are laid from the
//! start of the day to its end, each decided by the span in which it starts.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::{Date, Time};

use super::program::Program;
use super::reel::instant;
use super::slot::{Place, Reason, Slot, after, between};

/// How far an item may run past the instant at which the candidates change, so that one that is all but
/// over is not cut.
const GRACE: Duration = Duration::from_secs(60);

/// The slots of one day.
#[derive(Debug)]
pub(super) struct Day {
    pub(super) date: Date,
    pub(super) start: Timestamp,
    pub(super) end: Timestamp,
    pub(super) slots: Vec<Slot>,
    spans: Vec<Span>,
}

/// A stretch in which the candidates stay the same.
#[derive(Debug)]
struct Span {
    start: Timestamp,
    /// The entries of the highest priority that are open and hold a due item, in file order.
    candidates: Vec<usize>,
    /// Whether the default playlist holds an item that is due.
    default_is_due: bool,
    /// What the card says, should it show.
    card: Reason,
    /// Since when the candidates have been these.
    since: Timestamp,
    /// When they are others; the end of the day if they stay.
    changes: Timestamp,
}

impl Day {
    pub(super) fn compute(program: &Program, date: Date) -> Self {
        let start = instant(date.to_datetime(Time::midnight()), &program.zone);
        let end = date.tomorrow().map_or(Timestamp::MAX, |next| {
            instant(next.to_datetime(Time::midnight()), &program.zone)
        });
        let spans = spans(program, date, start, end);
        let slots = Run::new(program, date, &spans, end).slots();
        Self {
            date,
            start,
            end,
            slots,
            spans,
        }
    }

    pub(super) fn slot_at(&self, at: Timestamp) -> Option<&Slot> {
        let after = self.slots.partition_point(|slot| slot.start <= at);
        self.slots.get(after.checked_sub(1)?)
    }

    /// The candidates at an instant, in file order.
    pub(super) fn candidates(&self, at: Timestamp) -> &[usize] {
        let after = self.spans.partition_point(|span| span.start <= at);
        after
            .checked_sub(1)
            .map_or(&[], |span| &self.spans[span].candidates)
    }
}

impl Day {
    /// When each stretch begins in which the candidates and what is due stay the same, with the candidates.
    pub(super) fn spans(&self) -> impl Iterator<Item = (Timestamp, &[usize])> {
        self.spans
            .iter()
            .map(|span| (span.start, span.candidates.as_slice()))
    }
}

fn spans(program: &Program, date: Date, start: Timestamp, end: Timestamp) -> Vec<Span> {
    let windows = program.windows(date);
    let mut edges: Vec<Timestamp> = windows
        .iter()
        .flatten()
        .flat_map(|&(from, until)| [from, until])
        .collect();
    edges.extend(program.reels.iter().flat_map(|reel| reel.edges()));
    edges.retain(|&edge| start < edge && edge < end);
    edges.push(start);
    edges.sort_unstable();
    edges.dedup();

    let mut spans: Vec<Span> = edges
        .into_iter()
        .map(|at| span(program, &windows, at, end))
        .collect();
    let mut since = start;
    for index in 1..spans.len() {
        if spans[index].candidates != spans[index - 1].candidates {
            since = spans[index].start;
        }
        spans[index].since = since;
    }
    for index in (1..spans.len()).rev() {
        let same = spans[index].candidates == spans[index - 1].candidates;
        spans[index - 1].changes = if same {
            spans[index].changes
        } else {
            spans[index].start
        };
    }
    spans
}

fn span(
    program: &Program,
    windows: &[Vec<(Timestamp, Timestamp)>],
    at: Timestamp,
    end: Timestamp,
) -> Span {
    let is_open = |&entry: &usize| {
        windows[entry]
            .iter()
            .any(|&(from, until)| from <= at && at < until)
    };
    let open: Vec<usize> = (0..program.rules.len()).filter(is_open).collect();
    let mut candidates: Vec<usize> = open
        .iter()
        .copied()
        .filter(|&entry| {
            program
                .reel_of(entry)
                .is_some_and(|reel| reel.holds_due(at))
        })
        .collect();
    let highest = candidates
        .iter()
        .map(|&entry| program.rules[entry].priority())
        .max();
    candidates.retain(|&entry| Some(program.rules[entry].priority()) == highest);
    let card = if open.is_empty() && program.default.is_none() {
        Reason::NothingScheduled
    } else {
        Reason::NothingDue
    };
    let default_is_due = program
        .default
        .is_some_and(|reel| program.reels[reel].holds_due(at));
    Span {
        start: at,
        candidates,
        default_is_due,
        card,
        since: at,
        changes: end,
    }
}

/// Laying the slots of a day.
struct Run<'a> {
    program: &'a Program,
    spans: &'a [Span],
    end: Timestamp,
    /// The place that each entry has come to, and after the entries the default playlist.
    places: Vec<usize>,
    /// Air time of each entry since the candidates last changed.
    air: Vec<Duration>,
    air_since: Timestamp,
    /// Who is playing a nested playlist, and the place at which that ends.
    whole: Option<(usize, usize)>,
}

impl<'a> Run<'a> {
    fn new(program: &'a Program, date: Date, spans: &'a [Span], end: Timestamp) -> Self {
        let reels = (0..program.rules.len())
            .map(|entry| program.reel_of(entry))
            .chain([program.default_reel()]);
        Self {
            program,
            spans,
            end,
            places: reels
                .map(|reel| reel.map_or(0, |reel| reel.first_place(date)))
                .collect(),
            air: vec![Duration::ZERO; program.rules.len()],
            air_since: spans.first().map_or(end, |span| span.start),
            whole: None,
        }
    }

    fn slots(mut self) -> Vec<Slot> {
        let mut slots: Vec<Slot> = Vec::new();
        let mut at = self.spans.first().map_or(self.end, |span| span.start);
        let mut last_player = None;
        let mut index = 0;
        while at < self.end {
            while self
                .spans
                .get(index + 1)
                .is_some_and(|next| next.start <= at)
            {
                index += 1;
            }
            let span = &self.spans[index];
            if span.since != self.air_since {
                self.count_anew(span.since, last_player, slots.last());
            }
            let played = self
                .player(span, at)
                .and_then(|player| Some((player, self.play(player, span, at)?)));
            last_player = played.as_ref().map(|(player, _)| *player);
            let slot = played.map_or_else(|| self.card(index, at), |(_, slot)| slot);
            at = slot.end;
            slots.push(slot);
        }
        slots
    }

    /// Air time counts from the last change of the candidates, within the item then running too.
    fn count_anew(&mut self, since: Timestamp, last_player: Option<usize>, last: Option<&Slot>) {
        self.air.fill(Duration::ZERO);
        self.air_since = since;
        self.whole = None;
        if let (Some(player), Some(last)) = (last_player, last)
            && let Some(air) = self.air.get_mut(player)
        {
            *air = between(last.start.max(since), last.end);
        }
    }

    /// Who plays at this boundary: an entry by its index, or the default playlist by the index after them.
    fn player(&mut self, span: &Span, at: Timestamp) -> Option<usize> {
        if let Some((player, end)) = self.whole {
            let place = self.places[player];
            let reel = self.program.reel_of(player);
            if reel.is_some_and(|reel| reel.leaves[place..end].iter().any(|leaf| leaf.is_due(at))) {
                return Some(player);
            }
            self.whole = None;
        }
        // `min_by` keeps the first of equals, which is the first in the file.
        let per_share = |entry: usize, other: usize| {
            let scaled = |entry: usize, by: usize| {
                self.air[entry].as_nanos() * u128::from(self.program.rules[by].share())
            };
            scaled(entry, other).cmp(&scaled(other, entry))
        };
        let least = span
            .candidates
            .iter()
            .copied()
            .min_by(|&a, &b| per_share(a, b));
        least.or_else(|| span.default_is_due.then_some(self.program.rules.len()))
    }

    fn play(&mut self, player: usize, span: &Span, at: Timestamp) -> Option<Slot> {
        let reel_index = self.program.reel_index(player)?;
        let reel = &self.program.reels[reel_index];
        let place = reel.next_due(self.places[player], at)?;
        let leaf = &reel.leaves[place];
        self.places[player] = place + 1;
        if self.whole.is_none_or(|(_, end)| place >= end) {
            self.whole = Some((player, reel.end_of_whole(place)));
        }
        let mut end = after(at, leaf.length).min(self.end).min(leaf.until);
        if end > after(span.changes, GRACE) {
            end = span.changes;
        }
        let scheduled = player < self.program.rules.len();
        if scheduled {
            self.air[player] += between(at, end);
        }
        Some(Slot {
            item: Some(leaf.item.clone()),
            playlist: Some(reel.playlist.clone()),
            entry: scheduled.then_some(player + 1),
            start: at,
            end,
            length: leaf.length,
            reason: if scheduled {
                Reason::Scheduled
            } else {
                Reason::Default
            },
            place: Some(Place {
                reel: reel_index,
                leaf: place,
            }),
        })
    }

    /// The card, until something can play.
    fn card(&self, index: usize, at: Timestamp) -> Slot {
        let plays = |span: &&Span| !span.candidates.is_empty() || span.default_is_due;
        let end = self.spans[index + 1..]
            .iter()
            .find(plays)
            .map_or(self.end, |span| span.start);
        Slot {
            item: None,
            playlist: None,
            entry: None,
            start: at,
            end,
            length: Duration::ZERO,
            reason: self.spans[index].card,
            place: None,
        }
    }
}
