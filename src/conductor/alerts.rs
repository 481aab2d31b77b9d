//! The alerts of this screen: what the board says is put up, heard once and taken down.
//!
//! The board decides what is active; this turns its answer into what the stage, the strip and the loudspeaker
//! are told. Also the exercise of `play --drill`, an alert that this machine makes itself.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Zoned};
use motcua_screen::{Notice, ScreenHandle, ToScreen, WordsByLanguage};
use motcua_show::alert::{
    Alert, AlertBoard, AlertId, AlertKind, AlertSeverity, FORMAT, Incoming, Now, Urgency,
};
use motcua_show::stage::Event;
use motcua_show::{Language, Text};
use motcua_sound::Sound;
use tokio::sync::mpsc::UnboundedSender;

use super::Told;
use super::performer::Performer;
use crate::alarm::Alarm;
use crate::card;
use crate::journal::{Happened, Journal};
use crate::prepare::words_in;

/// How long an exercise stays: long enough to be read twice.
const DRILL_LASTS: SignedDuration = SignedDuration::from_secs(20);

/// How much earlier than the signing of the release a clock may be and still be believed.
const DOUBT: SignedDuration = SignedDuration::from_hours(24);

/// The alerts of this screen.
pub(super) struct Alerts {
    board: AlertBoard,
    /// Since when the board's monotonic time runs.
    begun: Instant,
    /// What the stage was told to make room for.
    raised: Option<AlertId>,
    /// What stands on the strip.
    strip: Option<AlertId>,
    /// What was put on the strip and nobody was told of yet.
    seen: Vec<AlertId>,
    /// When an exercise comes.
    drill: Option<Instant>,
    alarm: Alarm,
    journal: Journal,
}

impl Alerts {
    pub(super) fn new(
        sound: Sound,
        sender: UnboundedSender<Told>,
        drill: Option<Duration>,
        begun: Instant,
        journal: Journal,
    ) -> Self {
        Self {
            board: AlertBoard::default(),
            begun,
            raised: None,
            strip: None,
            seen: Vec::new(),
            drill: drill.map(|wait| begun + wait),
            alarm: Alarm::new(sound, sender),
            journal,
        }
    }

    /// Takes an alert that was verified.
    pub(super) fn receive(&mut self, incoming: Incoming, now: &Zoned, performer: &Performer) {
        let now = self.now(now, performer);
        self.board.receive(incoming, &now);
    }

    /// Takes an alert away whose key may alert no more.
    pub(super) fn withdraw(&mut self, id: &AlertId) {
        self.board.withdraw(id);
    }

    /// A voice of the alarm has come to its end.
    pub(super) fn voice_ended(&mut self, voice: u64) {
        self.alarm.voice_ended(voice);
    }

    /// When something of this is due.
    pub(super) fn wake_at(&self, now: &Zoned, performer: &Performer) -> Option<Instant> {
        let now = self.now(now, performer);
        let change = self.board.next_change(&now).map(|at| self.begun + at);
        [
            change,
            self.drill,
            self.alarm.wake_at(),
            performer.alert_turns_at(),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// Does what is due; what the stage must know comes back.
    pub(super) fn settle(
        &mut self,
        now: &Zoned,
        performer: &mut Performer,
        screen: &ScreenHandle,
    ) -> Option<Event> {
        self.begin_drill(now, performer);
        self.alarm.tick();
        performer.turn_alert();
        let at = self.now(now, performer);
        self.settle_strip(&at, screen, performer);
        let page = self.board.page(&at).cloned();
        let id = page.as_ref().map(|alert| alert.id.clone());
        if id == self.raised {
            return None;
        }
        self.raised = id;
        let Some(alert) = page else {
            self.alarm.stop();
            tracing::info!("no alert lies over the stage any more");
            return Some(Event::AlertCleared);
        };
        tracing::info!(id = %alert.id, "the alert {} lies over everything", alert.id);
        self.alarm.stop();
        if self.board.hear(&alert.id) {
            self.alarm.begin(&alert);
        }
        performer.raise_alert(alert);
        Some(Event::AlertRaised)
    }

    /// Puts the strip up again after another plate stood in its place.
    pub(super) fn show_strip(&mut self) {
        self.strip = None;
    }

    /// The alerts that came onto the strip since this was asked last.
    pub(super) fn take_seen(&mut self) -> Vec<AlertId> {
        std::mem::take(&mut self.seen)
    }

    fn settle_strip(&mut self, at: &Now, screen: &ScreenHandle, performer: &Performer) {
        let Some(words) = performer.words() else {
            return;
        };
        let strip = self.board.strip(at);
        if strip.map(|alert| &alert.id) == self.strip.as_ref() {
            return;
        }
        let plate = strip.map(|alert| Notice::Alert(card::strip(alert, words)));
        let id = strip.map(|alert| alert.id.clone());
        screen.send(ToScreen::Notice(plate));
        match &id {
            // The plate is up with the next frame.
            Some(id) if self.board.hear(id) => {
                self.journal.write(&Happened::Alert { id: id.as_str() });
                self.seen.push(id.clone());
            }
            Some(_) => {}
            None => {
                if let Some(id) = &self.strip {
                    self.journal.write(&Happened::AlertOver { id: id.as_str() });
                }
            }
        }
        self.strip = id;
    }

    fn begin_drill(&mut self, now: &Zoned, performer: &Performer) {
        let is_due = self.drill.is_some_and(|at| at <= Instant::now());
        let Some(words) = performer.words().filter(|_| is_due) else {
            return;
        };
        self.drill = None;
        let languages = performer.show().languages();
        if let Some(alert) = exercise(words, &languages, now) {
            let incoming = Incoming {
                alert,
                rank: 0,
                age: Duration::ZERO,
                is_heard: true,
            };
            self.receive(incoming, now, performer);
        }
    }

    fn now(&self, now: &Zoned, performer: &Performer) -> Now {
        let civil = now.timestamp();
        let signed = performer.files().signed_at();
        let is_wrong = signed.is_some_and(|signed| signed.duration_since(civil) > DOUBT);
        Now {
            monotonic: self.begun.elapsed(),
            civil: (!is_wrong).then_some(civil),
        }
    }
}

/// An alert that says that it is none, so that an office sees what an alert does to its screen.
fn exercise(words: &WordsByLanguage, languages: &[Language], now: &Zoned) -> Option<Alert> {
    let headline = languages
        .iter()
        .map(|&language| (language, words_in(words, language).drill_title.clone()));
    let sent = now.timestamp();
    Some(Alert {
        format: FORMAT,
        id: "drill".parse().ok()?,
        unit: "here".parse().ok()?,
        kind: AlertKind::Exercise,
        sent,
        expires: sent.checked_add(DRILL_LASTS).ok()?,
        counter: 1,
        severity: AlertSeverity::Moderate,
        urgency: Urgency::Unknown,
        headline: Text::ByLanguage(headline.collect()),
        text: None,
        instruction: None,
        sender: None,
        siren: false,
        spoken: None,
        references: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use motcua_show::alert::Appearance;

    use super::*;

    #[test]
    fn an_exercise_says_so_and_covers_the_stage() {
        let words = motcua_typeset::Words::from_fn(str::to_owned);
        let words = [(Language::Vi, words)].into_iter().collect();
        let now = "2026-11-24T10:00[Asia/Ho_Chi_Minh]".parse().unwrap();
        let alert = exercise(&words, &[Language::Vi], &now).unwrap();
        assert_eq!(alert.check(), Ok(()));
        assert_eq!(alert.severity.appearance(), Appearance::Page);
        assert!(!alert.has_siren());
        assert_eq!(alert.said().next().unwrap().headline, "drill_title");
    }
}
