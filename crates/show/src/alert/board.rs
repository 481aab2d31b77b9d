//! Which of the alerts that were let in is on the screen now: a pure state machine.
//!
//! It owns when an alert is over and which of several counts. Time comes in with every question, in both
//! clocks. Its rules:
//! - An alert lasts from its reception for its own length by the monotonic clock, whatever the civil one does,
//!   and no longer than to its end by a civil clock that is believed. A clock that is not believed ends none.
//! - It is on the board once, and its siren is heard once, however often it comes and the clock jumps.
//! - A cancel ends what it refers to, also what comes after it; so does an update, which takes its place.
//! - Who may alert a smaller area cannot end an alert of who may alert a larger one.
//! - Of several the worst is shown, then the most urgent, then the newest.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use super::{Alert, AlertId, AlertKind, Appearance};

/// An instant in both clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// Since some moment before the board was made; never goes back.
    pub monotonic: Duration,
    /// What the machine's clock says; none while it is not believed.
    pub civil: Option<Timestamp>,
}

/// An alert that was let in, as it comes to the board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming {
    /// The alert.
    pub alert: Alert,
    /// How far up the unit lies whose right was used: 0 is the screen's own.
    pub rank: usize,
    /// How long ago it was received, for one that comes back after a restart.
    pub age: Duration,
    /// Whether its siren was heard.
    pub is_heard: bool,
}

/// The alerts of a screen.
#[derive(Debug, Clone, Default)]
pub struct AlertBoard {
    entries: BTreeMap<AlertId, Entry>,
    /// What was ended: by whose rank, and until when that must be remembered.
    ended: BTreeMap<AlertId, (usize, Duration)>,
    received: u64,
}

#[derive(Debug, Clone)]
struct Entry {
    alert: Alert,
    rank: usize,
    /// When it is over by the monotonic clock.
    ends: Duration,
    /// In which order it came.
    order: u64,
    is_heard: bool,
}

impl Entry {
    fn is_active(&self, now: &Now) -> bool {
        now.monotonic < self.ends && now.civil.is_none_or(|civil| civil < self.alert.expires)
    }

    /// The monotonic time at which it is over if no clock jumps.
    fn over_at(&self, now: &Now) -> Duration {
        let by_civil = now.civil.map(|civil| {
            let left = self.alert.expires.duration_since(civil);
            now.monotonic
                .saturating_add(Duration::try_from(left).unwrap_or_default())
        });
        by_civil.map_or(self.ends, |at| at.min(self.ends))
    }
}

impl AlertBoard {
    /// Takes an alert that was let in; says whether the board changed.
    pub fn receive(&mut self, incoming: Incoming, now: &Now) -> bool {
        self.tidy(now);
        let Incoming {
            alert,
            rank,
            age,
            is_heard,
        } = incoming;
        if self.entries.contains_key(&alert.id) {
            return false;
        }
        let ends = (now.monotonic + alert.length()).saturating_sub(age);
        let mut changed = false;
        if matches!(alert.kind, AlertKind::Cancel | AlertKind::Update) {
            for id in &alert.references {
                changed |= self.end(id, rank, now);
            }
        }
        let is_ended = self.ended.get(&alert.id).is_some_and(|(by, _)| *by >= rank);
        if alert.kind == AlertKind::Cancel || is_ended {
            return changed;
        }
        self.received += 1;
        let entry = Entry {
            ends,
            rank,
            order: self.received,
            is_heard,
            alert,
        };
        if !entry.is_active(now) {
            return changed;
        }
        self.entries.insert(entry.alert.id.clone(), entry);
        true
    }

    /// Takes an alert away whose key may alert no more; says whether the board changed.
    pub fn withdraw(&mut self, id: &AlertId) -> bool {
        self.entries.remove(id).is_some()
    }

    /// What is active, the one that counts first.
    #[must_use]
    pub fn active(&self, now: &Now) -> Vec<&Alert> {
        let mut active: Vec<&Entry> = self
            .entries
            .values()
            .filter(|entry| entry.is_active(now))
            .collect();
        active.sort_by_key(|entry| {
            let alert = &entry.alert;
            Reverse((alert.severity, alert.urgency, alert.sent, entry.order))
        });
        active.into_iter().map(|entry| &entry.alert).collect()
    }

    /// The alert that covers the screen.
    #[must_use]
    pub fn page(&self, now: &Now) -> Option<&Alert> {
        self.first(Appearance::Page, now)
    }

    /// The alert that stands on the strip.
    #[must_use]
    pub fn strip(&self, now: &Now) -> Option<&Alert> {
        self.first(Appearance::Strip, now)
    }

    fn first(&self, appearance: Appearance, now: &Now) -> Option<&Alert> {
        self.active(now)
            .into_iter()
            .find(|alert| alert.severity.appearance() == appearance)
    }

    /// The monotonic time at which something is over, if no clock jumps before.
    #[must_use]
    pub fn next_change(&self, now: &Now) -> Option<Duration> {
        self.entries
            .values()
            .filter(|entry| entry.is_active(now))
            .map(|entry| entry.over_at(now))
            .min()
    }

    /// Says whether an alert is to be heard, which it is once.
    pub fn hear(&mut self, id: &AlertId) -> bool {
        self.entries
            .get_mut(id)
            .is_some_and(|entry| !std::mem::replace(&mut entry.is_heard, true))
    }

    /// Ends an alert for whoever is not below it; also one that comes later.
    fn end(&mut self, id: &AlertId, rank: usize, now: &Now) -> bool {
        let until = now.monotonic + Duration::from_secs(super::LONGEST.as_secs().unsigned_abs());
        let ended = self.ended.entry(id.clone()).or_insert((rank, until));
        *ended = (ended.0.max(rank), ended.1.max(until));
        match self.entries.get(id) {
            Some(entry) if entry.rank <= rank => self.entries.remove(id).is_some(),
            _ => false,
        }
    }

    /// Drops what no clock can bring back.
    fn tidy(&mut self, now: &Now) {
        self.entries.retain(|_, entry| now.monotonic < entry.ends);
        self.ended.retain(|_, (_, until)| now.monotonic < *until);
    }
}
