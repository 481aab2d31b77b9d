//! The alerts of a screen: verified, let in once, kept on the disk, told to the player.
//!
//! Owns the folder `alerts` of the screen's state, and the order of things: an alert is kept before it is told,
//! so that it survives a restart, and told before anything waits for the network. It is reached from the thread
//! of the events as from that of the worker, because an alert waits for no download.

mod answers;
mod kept;

use std::collections::VecDeque;
use std::io;
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use motcua_show::alert::{Admission, AlertId, Incoming, Ledger};
use motcua_show::units::{UnitId, Units};
use serde::{Deserialize, Serialize};

use self::answers::Answer;
use self::kept::{Folder, Kept};
use super::{Clock, FromWorker, Tell, ToWorker, WorkerSettings, sentence};
use crate::alert::{self, AlertKeys, EnvelopeError, Opened};
use crate::api::alerts::{ActiveAlerts, AlertAnswer, AlertOutcome};
use crate::source::Source;
use crate::store::Store;

/// How much earlier than the signing of its release a clock may be and still be believed.
const DOUBT: SignedDuration = SignedDuration::from_hours(24);

/// Envelopes that wait for who may alert to be looked up again.
const WAITING: usize = 8;

/// Refused alerts that are remembered, so that each is told once.
const REFUSED: usize = 64;

/// The longest answer to the poll: as many alerts as anybody sends at once.
const LONGEST_POLL: u64 = 16 * 1024 * 1024;

/// By whom a screen may be alerted, as it was verified last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Rights {
    /// The screen's unit.
    pub(super) home: UnitId,
    /// The tree of units.
    pub(super) units: Units,
    /// Which keys may alert which unit.
    pub(super) keys: AlertKeys,
}

/// The alerts of a screen.
pub(super) struct Alerts {
    folder: Folder,
    store: Store,
    clock: Clock,
    timezone: TimeZone,
    orders: Sender<ToWorker>,
    tell: Arc<Tell>,
    answers: Sender<Answer>,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    rights: Option<Rights>,
    ledger: Ledger,
    kept: Vec<Kept>,
    waiting: VecDeque<String>,
    refused: VecDeque<AlertId>,
}

impl std::fmt::Debug for Alerts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Alerts({})", self.folder.path().display())
    }
}

impl Alerts {
    /// Reads what was kept and tells what still lasts.
    pub(super) fn open(
        settings: &WorkerSettings,
        source: &Arc<Source>,
        orders: Sender<ToWorker>,
        tell: Arc<Tell>,
    ) -> io::Result<Arc<Self>> {
        let folder = Folder::new(&settings.alerts);
        let inner = Inner {
            rights: folder.rights(),
            ledger: folder.ledger(),
            ..Inner::default()
        };
        let (answers, to_send) = mpsc::channel();
        let alerts = Self {
            folder,
            store: settings.store.clone(),
            clock: settings.clock.clone(),
            timezone: settings.timezone.clone(),
            orders,
            tell,
            answers,
            inner: Mutex::new(inner),
        };
        alerts.restore(&mut alerts.inner());
        let alerts = Arc::new(alerts);
        answers::start(source.clone(), &alerts, to_send)?;
        Ok(alerts)
    }

    /// Takes an envelope that came from the server.
    pub(super) fn came(&self, envelope: &str) {
        let mut inner = self.inner();
        self.take(&mut inner, envelope, Chance::Again);
    }

    /// Asks the server for what is active; what a push missed comes so.
    pub(super) fn poll(&self, source: &Source) {
        let Some(server) = source.server() else {
            return;
        };
        let answer = match server.api("screen/alerts", LONGEST_POLL) {
            Ok(Some(answer)) => answer,
            // A server of an earlier version has none.
            Ok(None) => return,
            Err(error) => {
                tracing::debug!(%error, "the server was not asked for alerts; the next look does it");
                return;
            }
        };
        match serde_json::from_slice::<ActiveAlerts>(&answer) {
            Ok(active) => {
                for envelope in active.alerts {
                    self.came(&envelope.to_string());
                }
            }
            Err(error) => {
                tracing::warn!(%error, "what the server says of alerts cannot be read; compare the versions");
            }
        }
    }

    /// Notes by whom this screen may be alerted, and looks again at what waited for that.
    pub(super) fn set_rights(&self, rights: Rights) {
        let mut inner = self.inner();
        let is_first = inner.rights.is_none();
        if inner.rights.as_ref() != Some(&rights) {
            self.folder.keep_rights(&rights);
            inner.rights = Some(rights);
            inner.refused.clear();
            if is_first {
                self.restore(&mut inner);
            } else {
                self.review(&mut inner);
            }
        }
        for envelope in std::mem::take(&mut inner.waiting) {
            self.take(&mut inner, &envelope, Chance::Last);
        }
    }

    /// An alert is on the display. Never waits: it is noted on the thread of the answers.
    pub(super) fn shown(&self, id: AlertId) {
        self.say(id, AlertOutcome::Shown, None);
    }

    /// Notes that an alert was on the display; says whether that is new.
    fn note_shown(&self, id: &AlertId) -> bool {
        let mut inner = self.inner();
        let kept = inner.kept.iter_mut().find(|kept| kept.id() == id);
        let Some(kept) = kept.filter(|kept| !kept.is_heard) else {
            return false;
        };
        kept.is_heard = true;
        self.folder.keep(kept);
        true
    }

    /// Has the server told what became of an alert. A thread that is gone tells nobody, as at shutdown.
    fn say(&self, id: AlertId, outcome: AlertOutcome, why: Option<String>) {
        let answer = AlertAnswer { outcome, why };
        drop(self.answers.send(Answer { id, answer }));
    }

    fn take(&self, inner: &mut Inner, envelope: &str, chance: Chance) {
        let now = self.now();
        // The server sends it with every poll while it lasts.
        if alert::peek(envelope.as_bytes()).is_ok_and(|alert| inner.refused.contains(&alert.id)) {
            return;
        }
        let opened = match self.open_envelope(inner, envelope) {
            Ok(Some(opened)) => opened,
            Ok(None) => return self.wait(inner, envelope),
            Err(error) if chance == Chance::Again && is_about_rights(&error) => {
                return self.wait(inner, envelope);
            }
            Err(error) => return self.refuse(inner, envelope, &error),
        };
        let keys: Vec<&str> = opened.keys.iter().map(crate::tuf::KeyId::as_str).collect();
        match inner.ledger.admit(&opened.alert, &keys, now) {
            Ok(Admission::Known) => {}
            Ok(Admission::New) => self.let_in(inner, envelope, opened),
            Err(error) => self.refuse(inner, envelope, &error),
        }
    }

    fn let_in(&self, inner: &mut Inner, envelope: &str, opened: Opened) {
        self.forget_old(inner);
        let kept = Kept::new(envelope, opened, self.clock.now());
        // Where the disk is full it is shown all the same.
        self.folder.keep(&kept);
        self.folder.keep_ledger(&inner.ledger);
        let alert = &kept.alert;
        tracing::info!(id = %alert.id, unit = %alert.unit, "the alert {} for {} came", alert.id, alert.unit);
        self.say(alert.id.clone(), AlertOutcome::Received, None);
        self.tell_of(&kept, Duration::ZERO);
        inner.kept.push(kept);
    }

    fn tell_of(&self, kept: &Kept, age: Duration) {
        (self.tell)(FromWorker::Alert(Box::new(Incoming {
            alert: kept.alert.clone(),
            rank: kept.rank,
            age,
            is_heard: kept.is_heard,
        })));
    }

    /// Takes up what was kept before the start, once it is known who may alert.
    fn restore(&self, inner: &mut Inner) {
        let Some(rights) = inner.rights.clone() else {
            return;
        };
        let now = self.now();
        for mut kept in self.folder.kept() {
            let age = now.map_or(SignedDuration::ZERO, |now| {
                now.duration_since(kept.received)
            });
            let age = Duration::try_from(age).unwrap_or_default();
            let is_over =
                age >= kept.alert.length() || now.is_some_and(|now| kept.alert.expires <= now);
            match self.opened(&rights, &kept.envelope) {
                Ok(opened) if !is_over => {
                    let keys: Vec<&str> =
                        opened.keys.iter().map(crate::tuf::KeyId::as_str).collect();
                    inner.ledger.remember(&opened.alert, &keys);
                    kept.rank = opened.rank;
                    kept.since = Instant::now().checked_sub(age).unwrap_or(kept.since);
                    self.tell_of(&kept, age);
                    inner.kept.push(kept);
                }
                Ok(_) => self.folder.remove(kept.id()),
                Err(error) => {
                    tracing::warn!(id = %kept.id(), "an alert that was kept is dropped: {}", sentence(&error));
                    self.folder.remove(kept.id());
                }
            }
        }
    }

    /// Drops what may not be said any more.
    fn review(&self, inner: &mut Inner) {
        let Some(rights) = &inner.rights else {
            return;
        };
        let ledger = &mut inner.ledger;
        inner.kept.retain(|kept| {
            let Err(error) = self.opened(rights, &kept.envelope) else {
                return true;
            };
            tracing::warn!(id = %kept.id(), "the alert {} is taken away: {}", kept.id(), sentence(&error));
            self.folder.remove(kept.id());
            ledger.forget(kept.id());
            (self.tell)(FromWorker::AlertWithdrawn(kept.id().clone()));
            false
        });
    }

    fn forget_old(&self, inner: &mut Inner) {
        let now = self.now();
        let ledger = &mut inner.ledger;
        inner.kept.retain(|kept| {
            let by_civil = now.is_some_and(|now| kept.alert.expires <= now);
            let is_over = by_civil || kept.since.elapsed() >= kept.alert.length();
            if is_over {
                self.folder.remove(kept.id());
                ledger.forget(kept.id());
            }
            !is_over
        });
    }

    /// None while it is not known who may alert.
    fn open_envelope(
        &self,
        inner: &Inner,
        envelope: &str,
    ) -> Result<Option<Opened>, EnvelopeError> {
        match &inner.rights {
            Some(rights) => self.opened(rights, envelope).map(Some),
            None => alert::peek(envelope.as_bytes()).map(|_| None),
        }
    }

    fn opened(&self, rights: &Rights, envelope: &str) -> Result<Opened, EnvelopeError> {
        let day = self.clock.now().to_zoned(self.timezone.clone()).date();
        let Rights { home, units, keys } = rights;
        alert::open(envelope.as_bytes(), keys, units, home, day)
    }

    /// Puts an envelope aside and has the worker look who may alert.
    fn wait(&self, inner: &mut Inner, envelope: &str) {
        if inner.waiting.iter().any(|waiting| waiting == envelope) {
            return;
        }
        inner.waiting.push_back(envelope.to_owned());
        if inner.waiting.len() > WAITING {
            inner.waiting.pop_front();
        }
        // A worker that has ended hears nothing, which is normal at shutdown.
        drop(self.orders.send(ToWorker::Look));
    }

    fn refuse(&self, inner: &mut Inner, envelope: &str, error: &dyn std::error::Error) {
        let why = sentence(error);
        let Ok(alert) = alert::peek(envelope.as_bytes()) else {
            tracing::warn!("an alert is refused: {why}");
            return;
        };
        tracing::warn!(id = %alert.id, "an alert is refused: {why}");
        self.say(alert.id.clone(), AlertOutcome::Refused, Some(why));
        inner.refused.push_back(alert.id);
        if inner.refused.len() > REFUSED {
            inner.refused.pop_front();
        }
    }

    /// The machine's clock, while it is believed.
    fn now(&self) -> Option<Timestamp> {
        let now = self.clock.now();
        let signed = self.store.current().map(|held| held.release.signed_at);
        let is_wrong = signed.is_some_and(|signed| signed.duration_since(now) > DOUBT);
        (!is_wrong).then_some(now)
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        // What a panic left is whole alerts, each kept or not.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether an envelope that is not believed may be looked at again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Chance {
    Again,
    Last,
}

/// Whether a look at the server may make a difference.
const fn is_about_rights(error: &EnvelopeError) -> bool {
    matches!(
        error,
        EnvelopeError::NotAllowed { .. } | EnvelopeError::OtherArea { .. }
    )
}
