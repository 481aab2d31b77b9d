//! The alert over the stage: its pages in turn, and that it was seen.
//!
//! What plays goes on under it, lowered and unseen, so that the stage is where it should be when it is over.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Zoned;
use jiff::tz::TimeZone;
use motcua_proof::Ended;
use motcua_screen::{Sheet, ToScreen, Transition, WordsByLanguage};
use motcua_show::alert::{Alert, AlertId};
use motcua_show::reading;

use super::Performer;
use crate::card;
use crate::clock;
use crate::conductor::film;
use crate::conductor::wings::OnStage;
use crate::journal::Happened;

/// Tokens from here on are those of alerts; no generation comes that far.
const TOKENS: u64 = u64::MAX - 0xFFFF;

/// An alert that lies over the stage, or is about to.
pub(super) struct Raised {
    alert: Arc<Alert>,
    /// Its number among those that were raised.
    number: u64,
    /// Its pages with the time that reading each takes; none before it lies there.
    sheets: Vec<(Sheet, Duration)>,
    /// The page on the display.
    page: usize,
    turns_at: Option<Instant>,
    is_seen: bool,
    /// The zone in which its end is written.
    zone: TimeZone,
}

impl Raised {
    const fn token(&self) -> u64 {
        TOKENS + self.number % (u64::MAX - TOKENS)
    }
}

impl Performer {
    /// Has this alert ready for when the stage makes room, in place of another that lies there.
    pub fn raise_alert(&mut self, alert: Alert) {
        self.raised += 1;
        self.next_alert = Some(Raised {
            alert: Arc::new(alert),
            number: self.raised,
            sheets: Vec::new(),
            page: 0,
            turns_at: None,
            is_seen: false,
            zone: TimeZone::UTC,
        });
    }

    /// The words of pages, once the screen has said how large it is.
    pub fn words(&self) -> Option<&WordsByLanguage> {
        self.setting.as_ref().map(|setting| &*setting.words)
    }

    /// The alert that came onto the display since this was asked last.
    pub fn take_seen_alert(&mut self) -> Option<AlertId> {
        self.seen_alert.take()
    }

    /// When the alert's next page is due.
    pub fn alert_turns_at(&self) -> Option<Instant> {
        self.alert.as_ref().and_then(|raised| raised.turns_at)
    }

    /// Shows the next page of the alert, if it is due.
    pub fn turn_alert(&mut self) {
        if let Some(raised) = &mut self.alert
            && raised.turns_at.is_some_and(|at| at <= Instant::now())
        {
            raised.page = (raised.page + 1) % raised.sheets.len().max(1);
            self.put_alert();
        }
    }

    /// Puts the alert up over everything.
    pub(super) fn cover_for_alert(&mut self, now: &Zoned) {
        self.leave_wings();
        if let Some(mut raised) = self.next_alert.take() {
            raised.zone = now.time_zone().clone();
            self.end_alert();
            self.alert = Some(raised);
        }
        if self.ducking.is_none() {
            self.ducking = Some(self.sound.duck());
        }
        self.lay_out_alert();
    }

    /// Something of the stage is to be seen again.
    pub(super) fn uncover(&mut self) {
        self.end_alert();
        self.ducking = None;
    }

    /// Lays the alert's pages out for the screen as it is, and shows the first.
    pub(super) fn lay_out_alert(&mut self) {
        let (Some(setting), Some(raised)) = (&self.setting, &mut self.alert) else {
            return;
        };
        let sheets = card::alert(
            &raised.alert,
            &raised.zone,
            setting.viewport,
            &setting.words,
            &setting.palette,
        );
        raised.sheets = sheets
            .into_iter()
            .map(|(sheet, characters)| (sheet, reading::reading_time(characters)))
            .collect();
        raised.page = 0;
        self.put_alert();
    }

    /// Whether this is the token of the alert's sheets; notes that it was seen.
    pub(super) fn note_alert(&mut self, token: u64) -> bool {
        if token < TOKENS {
            return false;
        }
        if let Some(raised) = &mut self.alert
            && raised.token() == token
            && !std::mem::replace(&mut raised.is_seen, true)
        {
            self.proof.alert_shown(&raised.alert);
            let id = &raised.alert.id;
            self.journal.write(&Happened::Alert { id: id.as_str() });
            self.seen_alert = Some(id.clone());
        }
        true
    }

    fn put_alert(&mut self) {
        let Some(raised) = &mut self.alert else {
            return;
        };
        let Some((sheet, time)) = raised.sheets.get(raised.page) else {
            return;
        };
        let is_one = raised.sheets.len() < 2;
        raised.turns_at = (!is_one).then(|| Instant::now() + *time);
        let sheet = match self.on_stage.as_ref().and_then(OnStage::film) {
            Some((clip, playing)) => film::unseen(sheet.clone(), clip, playing),
            None => sheet.clone(),
        };
        self.screen.send(ToScreen::Progress {
            at: Instant::now(),
            passed: Duration::ZERO,
            length: Duration::ZERO,
        });
        self.screen.send(ToScreen::Sheet {
            token: raised.token(),
            sheet: Box::new(sheet),
            transition: Transition::Cut,
        });
    }

    fn end_alert(&mut self) {
        if let Some(raised) = self.alert.take().filter(|raised| raised.is_seen) {
            let id = raised.alert.id.as_str();
            self.journal.write(&Happened::AlertOver { id });
            if clock::machine() < raised.alert.expires {
                self.proof.will_end(Ended::Cancelled);
            }
        }
    }
}
