//! A show made ready for computing days.
//!
//! It joins entries to the playlists that they name; it decides nothing about time.

use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase, offset};

use super::Clock;
use super::reel::{Layout, Reel};
use super::rule::{Rule, Window, on};
use crate::item::Item;
use crate::office::Office;
use crate::show::Show;

/// The show made ready for computing days.
#[derive(Debug)]
pub(super) struct Program {
    pub(super) zone: TimeZone,
    pub(super) office: Office,
    pub(super) reels: Vec<Reel>,
    /// The entries in file order.
    pub(super) rules: Vec<Rule>,
    /// The reel of each entry; none where its playlist does not exist or the clock keeps it shut.
    pub(super) reel_of: Vec<Option<usize>>,
    /// The reel of the default playlist.
    pub(super) default: Option<usize>,
}

impl Program {
    pub(super) fn new(
        show: &Show,
        clock: Clock,
        length: &dyn Fn(&Show, &Item) -> Duration,
    ) -> Self {
        let zone = zone_of(show);
        let layout = Layout {
            show,
            zone: &zone,
            clock,
            length,
        };
        let reels: Vec<Reel> = show
            .playlists
            .iter()
            .map(|playlist| layout.reel(playlist))
            .collect();
        let rules: Vec<Rule> = show.schedule.iter().map(Rule::new).collect();
        let reel_of = show.schedule.iter().zip(&rules).map(|(entry, rule)| {
            let may_open = clock == Clock::Believed || rule.is_always_open();
            show.playlists
                .iter()
                .position(|playlist| playlist.name == entry.playlist && may_open)
        });
        let reel_of = reel_of.collect();
        let default = show.playlists.iter().position(|playlist| playlist.default);
        Self {
            zone,
            office: Office::of(show),
            reels,
            rules,
            reel_of,
            default,
        }
    }

    /// The reel of an entry, or past the entries that of the default playlist.
    pub(super) fn reel_index(&self, player: usize) -> Option<usize> {
        self.reel_of.get(player).copied().unwrap_or(self.default)
    }

    pub(super) fn reel_of(&self, player: usize) -> Option<&Reel> {
        self.reel_index(player).map(|reel| &self.reels[reel])
    }

    /// The hours in which the office is open on a day.
    pub(super) fn open_hours(&self, date: Date) -> Vec<Window> {
        let sessions = self.office.sessions(date).into_iter();
        sessions
            .map(|session| {
                let from = on(date, session.from, &self.zone);
                (from, on(date, session.until, &self.zone))
            })
            .filter(|(from, until)| from < until)
            .collect()
    }

    /// The windows of each entry that can reach into a day.
    pub(super) fn windows(&self, date: Date) -> Vec<Vec<Window>> {
        let wants_hours = self.rules.iter().any(Rule::is_cut_to_hours);
        let beside = [date.yesterday(), Ok(date), date.tomorrow()];
        let beside = beside.into_iter().flatten().filter(|_| wants_hours);
        let hours: Vec<Window> = beside.flat_map(|day| self.open_hours(day)).collect();
        let windows = self
            .rules
            .iter()
            .map(|rule| rule.windows(date, &self.zone, &hours));
        windows.collect()
    }

    pub(super) fn default_reel(&self) -> Option<&Reel> {
        self.default.map(|reel| &self.reels[reel])
    }
}

/// The zone of a show from the database that is built in, so that every machine reckons alike. `check` names
/// a zone that does not exist; such a show plays by the time of Việt Nam, which has no other.
fn zone_of(show: &Show) -> TimeZone {
    TimeZoneDatabase::bundled()
        .get(&show.timezone)
        .unwrap_or_else(|_| TimeZone::fixed(offset(7)))
}
