//! The rules of the schedule once more, written plainly and without thought of speed, for comparison.
//!
//! It reckons a day in seconds since 00:00, in a zone without changes of the clock, and windows in minutes.

use jiff::civil::{Date, DateTime};

use crate::item::{Content, Item};
use crate::schedule::{Entry, Weekday};
use crate::show::Show;

const DAY: i64 = 24 * 60 * 60;

/// The public holidays of 2026, with the day off for Giỗ Tổ on a Sunday, and the day after that year.
const PUBLIC_HOLIDAYS: [(i16, i8, i8); 13] = [
    (2026, 1, 1),
    (2026, 2, 16),
    (2026, 2, 17),
    (2026, 2, 18),
    (2026, 2, 19),
    (2026, 2, 20),
    (2026, 4, 26),
    (2026, 4, 27),
    (2026, 4, 30),
    (2026, 5, 1),
    (2026, 9, 1),
    (2026, 9, 2),
    (2027, 1, 1),
];

/// Whether one of the rules that random shows have starts on `day`.
fn recurs(rule: &str, first_day: Option<Date>, day: Date) -> bool {
    if let Some(interval) = rule.strip_prefix("FREQ=DAILY;INTERVAL=") {
        let since = first_day.unwrap().until(day).unwrap().get_days();
        return since >= 0 && since % interval.parse::<i32>().unwrap() == 0;
    }
    let day_of_month = rule.strip_prefix("FREQ=MONTHLY;BYMONTHDAY=").unwrap();
    day.day() == day_of_month.parse::<i8>().unwrap()
}

/// One item on air: from and until in seconds of the day, and the number of the entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OnAir {
    pub(super) item: Option<String>,
    pub(super) entry: Option<usize>,
    pub(super) from: i64,
    pub(super) until: i64,
}

/// Where an entry, or the default playlist, has come to.
#[derive(Default)]
struct Progress<'a> {
    /// The next item of the playlist itself.
    top: usize,
    /// What is left of a nested playlist that has begun, with the items that it is nested in.
    rest: Vec<Vec<&'a Item>>,
}

pub(super) struct Oracle<'a> {
    pub(super) show: &'a Show,
    pub(super) date: Date,
}

impl<'a> Oracle<'a> {
    fn civil(&self, second: i64) -> DateTime {
        let day = if second >= DAY {
            self.date.tomorrow().unwrap()
        } else {
            self.date
        };
        let second = second % DAY;
        day.at(
            (second / 3600) as i8,
            (second / 60 % 60) as i8,
            (second % 60) as i8,
            0,
        )
    }

    fn is_due_itself(&self, item: &Item, second: i64) -> bool {
        let now = self.civil(second);
        item.show_from.is_none_or(|from| from <= now)
            && item.show_until.is_none_or(|until| now < until)
            && match &item.content {
                Content::Procedure(shown) => self
                    .show
                    .procedure(&shown.code)
                    .unwrap()
                    .is_posted_on(now.date()),
                _ => true,
            }
    }

    /// Every item to be shown under `item`, each with those that it is nested in.
    fn leaves(&self, item: &'a Item) -> Vec<Vec<&'a Item>> {
        let Content::Playlist(nested) = &item.content else {
            return vec![vec![item]];
        };
        let inner = &self.show.playlist(&nested.playlist).unwrap().items;
        let under = inner.iter().flat_map(|inner| self.leaves(inner));
        under
            .map(|mut path| {
                path.push(item);
                path
            })
            .collect()
    }

    fn is_due(&self, path: &[&Item], second: i64) -> bool {
        path.iter().all(|item| self.is_due_itself(item, second))
    }

    fn holds_due(&self, playlist: &str, second: i64) -> bool {
        let items = &self.show.playlist(playlist).unwrap().items;
        items
            .iter()
            .flat_map(|item| self.leaves(item))
            .any(|path| self.is_due(&path, second))
    }

    fn starts_on(entry: &Entry, day: Date) -> bool {
        let weekday = [
            Weekday::Mon,
            Weekday::Tue,
            Weekday::Wed,
            Weekday::Thu,
            Weekday::Fri,
            Weekday::Sat,
            Weekday::Sun,
        ][day.weekday().to_monday_zero_offset() as usize];
        entry
            .days
            .as_ref()
            .is_none_or(|days| days.contains(&weekday))
            && entry
                .rrule
                .as_ref()
                .is_none_or(|rule| recurs(rule, entry.first_day, day))
            && entry.first_day.is_none_or(|first| day >= first)
            && entry.last_day.is_none_or(|last| day <= last)
            && !entry.except_days.contains(&day)
    }

    /// Whether the office is open.
    fn is_working(&self, second: i64) -> bool {
        let show = self.show;
        let day = self.date;
        let swapped_in = show.day_swaps.iter().find(|swap| swap.worked == day);
        let is_public_holiday = show.calendar.is_some()
            && PUBLIC_HOLIDAYS.contains(&(day.year(), day.month(), day.day()));
        let is_off = is_public_holiday || show.day_swaps.iter().any(|swap| swap.off == day);
        if show.holidays.contains(&day) || (swapped_in.is_none() && is_off) {
            return false;
        }
        let like = Weekday::of(swapped_in.map_or(day, |swap| swap.off));
        show.office_hours.iter().any(|hours| {
            let minute = second / 60;
            hours.days.contains(&like)
                && i64::from(hours.from.minutes) <= minute
                && minute < i64::from(hours.until.minutes)
        })
    }

    fn is_open(&self, entry: &Entry, second: i64) -> bool {
        if entry.only.is_some() && !self.is_working(second) {
            return false;
        }
        let from = entry.from.map_or(0, |time| i64::from(time.minutes) * 60);
        let until = entry.until.map_or(DAY, |time| i64::from(time.minutes) * 60);
        let today = Self::starts_on(entry, self.date);
        let yesterday = Self::starts_on(entry, self.date.yesterday().unwrap());
        if until > from {
            today && from <= second && second < until
        } else {
            (today && second >= from) || (yesterday && second < until)
        }
    }

    fn candidates(&self, second: i64) -> Vec<usize> {
        let entries = &self.show.schedule;
        let open = |&n: &usize| {
            self.is_open(&entries[n], second) && self.holds_due(&entries[n].playlist, second)
        };
        let open: Vec<usize> = (0..entries.len()).filter(open).collect();
        let highest = open.iter().map(|&n| entries[n].priority).max();
        open.into_iter()
            .filter(|&n| Some(entries[n].priority) == highest)
            .collect()
    }

    fn default(&self) -> Option<&'a str> {
        self.show
            .playlists
            .iter()
            .find(|playlist| playlist.default)
            .map(|playlist| playlist.name.as_str())
    }

    /// What is on air all day.
    pub(super) fn day(&self) -> Vec<OnAir> {
        let minutes: Vec<Vec<usize>> = (0..1440)
            .map(|minute| self.candidates(minute * 60))
            .collect();
        let by_minute = |second: i64| &minutes[(second / 60) as usize];
        let entries = self.show.schedule.len();
        let mut progress: Vec<Progress> = (0..=entries).map(|n| self.beginning(n)).collect();
        let mut air: Vec<OnAir> = Vec::new();
        let mut goes_on: Option<usize> = None;
        let mut now = 0;
        while now < DAY {
            let candidates = by_minute(now);
            let mut since = now / 60;
            while since > 0 && minutes[since as usize - 1] == *candidates {
                since -= 1;
            }
            let changed = air.last().is_some_and(|last| last.from < since * 60);
            let aired = |n: usize| -> i64 {
                let part = |on: &OnAir| {
                    if on.entry == Some(n + 1) {
                        (on.until - on.from.max(since * 60)).max(0)
                    } else {
                        0
                    }
                };
                air.iter()
                    .rev()
                    .take_while(|on| on.until > since * 60)
                    .map(part)
                    .sum()
            };
            let mut player = candidates.first().copied();
            for &n in candidates {
                let best = player.unwrap();
                let share = |n: usize| i64::from(self.show.schedule[n].share);
                if aired(n) * share(best) < aired(best) * share(n) {
                    player = Some(n);
                }
            }
            if player.is_none() && self.default().is_some_and(|name| self.holds_due(name, now)) {
                player = Some(entries);
            }
            if !changed
                && goes_on
                    .is_some_and(|n| progress[n].rest.iter().any(|path| self.is_due(path, now)))
            {
                player = goes_on;
            }
            let mut until = DAY;
            let mut item = None;
            if let Some(n) = player {
                let path = self.next(n, &mut progress[n], now);
                goes_on = Some(n);
                until = until.min(now + path[0].dwell.unwrap().0.as_secs() as i64);
                until = (now..until)
                    .find(|&second| second % 60 == 0 && !self.is_due(&path, second))
                    .unwrap_or(until);
                let change = (now..until).find(|&second| by_minute(second) != candidates);
                if let Some(change) = change.filter(|&change| until > change + 60) {
                    until = change;
                }
                item = Some(path[0].name.clone());
            } else {
                let plays = |&s: &i64| {
                    !by_minute(s).is_empty()
                        || self.default().is_some_and(|name| self.holds_due(name, s))
                };
                until = (now..until).find(plays).unwrap_or(until);
            }
            let entry = player.filter(|&n| n < entries).map(|n| n + 1);
            air.push(OnAir {
                item,
                entry,
                from: now,
                until,
            });
            now = until;
        }
        air
    }

    fn items(&self, player: usize) -> &'a [Item] {
        let name = self
            .show
            .schedule
            .get(player)
            .map(|entry| entry.playlist.as_str())
            .or(self.default());
        name.map_or(&[], |name| &self.show.playlist(name).unwrap().items)
    }

    fn beginning(&self, player: usize) -> Progress<'a> {
        let day = jiff::civil::date(1970, 1, 1)
            .until(self.date)
            .unwrap()
            .get_days();
        let product = 0.618_034 * f64::from(day);
        // A part that ought to be whole may come out a hair below it in floating point.
        let top =
            ((product - product.floor()) * self.items(player).len() as f64 + 1e-7).floor() as usize;
        Progress {
            top,
            rest: Vec::new(),
        }
    }

    /// The next due item, with those it is nested in.
    fn next(&self, player: usize, progress: &mut Progress<'a>, now: i64) -> Vec<&'a Item> {
        loop {
            while !progress.rest.is_empty() {
                let path = progress.rest.remove(0);
                if self.is_due(&path, now) {
                    return path;
                }
            }
            let items = self.items(player);
            progress.rest = self.leaves(&items[progress.top % items.len()]);
            progress.top = (progress.top + 1) % items.len();
        }
    }
}
