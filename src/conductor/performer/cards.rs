//! What stands over the stage or in its place: the built-in card, how an enrolment stands, an alert.

use std::time::{Duration, Instant};

use jiff::Zoned;
use motcua_screen::{ToScreen, Transition};
use motcua_typeset::Enrolment;

use super::{ALERT, Performer};
use crate::card;
use crate::conductor::film;
use crate::conductor::wings::OnStage;

impl Performer {
    /// Shows how the enrolment stands in the place of the card; none ends that.
    pub fn enrol(&mut self, enrolment: Option<Enrolment>) {
        if self.enrolment == enrolment {
            return;
        }
        self.enrolment = enrolment;
        if self.on_stage.is_none() {
            self.show_builtin();
        }
    }

    /// Lets what plays under a visitor fall silent; nothing of it comes up by itself.
    pub(super) fn cover_for_visitor(&mut self) {
        self.on_stage = None;
        self.leave_wings();
    }

    /// Puts an alert up. What plays goes on under it, lowered, until it ends.
    pub(super) fn cover_for_alert(&mut self) {
        self.leave_wings();
        self.is_alert = true;
        self.ducking = Some(self.sound.duck());
        self.show_alert();
    }

    /// Something of the stage is to be seen again.
    pub(super) fn uncover(&mut self) {
        self.is_alert = false;
        self.ducking = None;
    }

    fn leave_wings(&mut self) {
        for waiting in self.wings.values_mut() {
            waiting.wanted = None;
        }
    }

    /// Puts the alert up over everything.
    pub(super) fn show_alert(&mut self) {
        let Some(setting) = &self.setting else {
            return;
        };
        let language = setting.show.language;
        let sheet = card::drill(language, setting.viewport, &setting.words, &setting.palette);
        let sheet = match self.on_stage.as_ref().and_then(OnStage::film) {
            Some((clip, playing)) => film::unseen(sheet, clip, playing),
            None => sheet,
        };
        self.screen.send(ToScreen::Progress {
            at: Instant::now(),
            passed: Duration::ZERO,
            length: Duration::ZERO,
        });
        self.screen.send(ToScreen::Sheet {
            token: ALERT,
            sheet: Box::new(sheet),
            transition: Transition::Cut,
        });
    }

    /// Brings what the card says of the office's hours up to date, also while it is up.
    pub fn keep_hours(&mut self, now: &Zoned) {
        let closed = card::closed(&self.show, now.datetime());
        if std::mem::replace(&mut self.closed, closed) == closed || !self.is_card_up {
            return;
        }
        self.show_builtin();
    }

    pub(super) fn show_card(&mut self, reason: &str, now: &Zoned) {
        self.on_stage = None;
        self.closed = card::closed(&self.show, now.datetime());
        self.is_card_up = true;
        if self.setting.is_none() {
            return;
        }
        tracing::info!(reason, "the built-in card is on the screen");
        // Otherwise it is what the screen opened with.
        if self.has_begun || self.enrolment.is_some() {
            self.show_builtin();
        }
    }

    /// Puts up the card, or the enrolment in its place.
    pub(super) fn show_builtin(&mut self) {
        let Some(setting) = &self.setting else {
            return;
        };
        let sheet = match &self.enrolment {
            Some(enrolment) => card::enrolment(
                enrolment,
                setting.show.language,
                setting.viewport,
                &setting.words,
                &setting.palette,
            ),
            None => card::sheet(
                &self.show,
                setting.viewport,
                &setting.words,
                &setting.palette,
                self.closed,
            ),
        };
        self.has_begun = true;
        self.screen.send(ToScreen::Progress {
            at: Instant::now(),
            passed: Duration::ZERO,
            length: Duration::ZERO,
        });
        self.screen.send(ToScreen::Sheet {
            token: 0,
            sheet: Box::new(sheet),
            transition: Transition::Fade,
        });
    }
}
