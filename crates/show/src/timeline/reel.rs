//! A playlist with its nested playlists laid out in the order in which they play.
//!
//! A reel knows when each of its items is due; it knows nothing of entries, windows and shares.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

use super::Clock;
use crate::item::{Content, Item};
use crate::playlist::Playlist;
use crate::show::Show;

/// How deep playlists may be nested. A circle of playlists ends here; people nest two or three deep.
const DEEPEST: usize = 16;

/// How many items a playlist may come to with everything nested in it, so that playlists that double each
/// other do not fill the memory.
const MOST: usize = 20_000;

/// Nothing plays for less, so that a clip of no length cannot stall the timeline.
const SHORTEST: Duration = Duration::from_secs(1);

/// One item that is itself shown.
#[derive(Debug)]
pub(super) struct Leaf {
    pub(super) item: Arc<str>,
    pub(super) length: Duration,
    /// The place in the playlist of the item that it is, or that it is nested in.
    top: usize,
    /// Due from this instant on (inclusive), as are all items that it is nested in.
    pub(super) from: Timestamp,
    /// Due until this instant (exclusive).
    pub(super) until: Timestamp,
}

impl Leaf {
    pub(super) fn is_due(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.until
    }
}

/// A playlist laid out.
#[derive(Debug)]
pub(super) struct Reel {
    pub(super) playlist: Arc<str>,
    pub(super) leaves: Vec<Leaf>,
    /// The number of items in the playlist itself, a nested playlist counting as one.
    items: usize,
}

impl Reel {
    /// The next item that is due, from `place` on and round; none if nothing is due.
    pub(super) fn next_due(&self, place: usize, at: Timestamp) -> Option<usize> {
        let count = self.leaves.len();
        (0..count)
            .map(|step| (place + step) % count)
            .find(|&place| self.leaves[place].is_due(at))
    }

    pub(super) fn holds_due(&self, at: Timestamp) -> bool {
        self.leaves.iter().any(|leaf| leaf.is_due(at))
    }

    /// The instants at which an item becomes due or stops being due.
    pub(super) fn edges(&self) -> impl Iterator<Item = Timestamp> + '_ {
        self.leaves.iter().flat_map(|leaf| [leaf.from, leaf.until])
    }

    /// The place one past the last item of the nested playlist that holds `place`; for an item that is not
    /// nested, one past itself.
    pub(super) fn end_of_whole(&self, place: usize) -> usize {
        let top = self.leaves[place].top;
        place
            + self.leaves[place..]
                .iter()
                .take_while(|leaf| leaf.top == top)
                .count()
    }

    /// Where the day begins: at item floor(frac(0.618034 d) n) of n, reckoned in whole numbers so that every
    /// machine agrees.
    pub(super) fn first_place(&self, day: Date) -> usize {
        let since_epoch = i64::from(
            jiff::civil::date(1970, 1, 1)
                .until(day)
                .map_or(0, |span| span.get_days()),
        );
        let millionths = (618_034 * since_epoch).rem_euclid(1_000_000);
        let first = usize::try_from(millionths).unwrap_or(0) * self.items / 1_000_000;
        self.leaves
            .iter()
            .position(|leaf| leaf.top >= first)
            .unwrap_or(0)
    }
}

/// What laying out needs to know.
pub(super) struct Layout<'a> {
    pub(super) show: &'a Show,
    pub(super) zone: &'a TimeZone,
    pub(super) clock: Clock,
    pub(super) length: &'a dyn Fn(&Show, &Item) -> Duration,
}

impl Layout<'_> {
    /// Lays out a playlist.
    pub(super) fn reel(&self, playlist: &Playlist) -> Reel {
        let mut leaves = Vec::new();
        for (top, item) in playlist.items.iter().enumerate() {
            self.unfold(item, top, (Timestamp::MIN, Timestamp::MAX), 0, &mut leaves);
        }
        Reel {
            playlist: playlist.name.as_str().into(),
            leaves,
            items: playlist.items.len(),
        }
    }

    fn unfold(
        &self,
        item: &Item,
        top: usize,
        outer: (Timestamp, Timestamp),
        depth: usize,
        leaves: &mut Vec<Leaf>,
    ) {
        let own = self.due(item);
        let (from, until) = (outer.0.max(own.0), outer.1.min(own.1));
        if depth > DEEPEST || leaves.len() >= MOST || from >= until {
            return;
        }
        if let Content::Playlist(nested) = &item.content {
            let inner = self.show.playlist(&nested.playlist);
            for item in inner.into_iter().flat_map(|playlist| &playlist.items) {
                self.unfold(item, top, (from, until), depth + 1, leaves);
            }
            return;
        }
        let length = (self.length)(self.show, item).max(SHORTEST);
        leaves.push(Leaf {
            item: item.name.as_str().into(),
            length,
            top,
            from,
            until,
        });
    }

    /// The instants between which an item is due by its own keys and those of its procedure.
    fn due(&self, item: &Item) -> (Timestamp, Timestamp) {
        let procedure = match &item.content {
            Content::Procedure(shown) => self.show.procedure(&shown.code),
            _ => None,
        };
        let (effective, repealed) =
            procedure.map_or((None, None), |found| (found.effective, found.repealed));
        match self.clock {
            Clock::Believed => {
                let from = item.show_from.into_iter().chain(effective.map(midnight));
                let until = item.show_until.into_iter().chain(repealed.map(midnight));
                (
                    from.map(|at| instant(at, self.zone))
                        .max()
                        .unwrap_or(Timestamp::MIN),
                    until
                        .map(|at| instant(at, self.zone))
                        .min()
                        .unwrap_or(Timestamp::MAX),
                )
            }
            Clock::NotBelieved { signed_at } => {
                // The true day is about that of the signature or later: what is in effect then stays so, and
                // nobody knows whether a repeal has come.
                let in_effect =
                    effective.is_none_or(|day| instant(midnight(day), self.zone) <= signed_at);
                let windowed =
                    item.show_from.is_some() || item.show_until.is_some() || repealed.is_some();
                if windowed || !in_effect {
                    (Timestamp::MAX, Timestamp::MIN)
                } else {
                    (Timestamp::MIN, Timestamp::MAX)
                }
            }
        }
    }
}

fn midnight(day: Date) -> DateTime {
    day.to_datetime(Time::midnight())
}

/// The instant of a civil time; one that a change of the clock skips or repeats follows jiff's `compatible`
/// rule, and one beyond what can be reckoned is the first or last instant.
pub(crate) fn instant(at: DateTime, zone: &TimeZone) -> Timestamp {
    let edge = if at.year() > 0 {
        Timestamp::MAX
    } else {
        Timestamp::MIN
    };
    zone.to_timestamp(at).unwrap_or(edge)
}
