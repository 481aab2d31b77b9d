//! What stands in the place of the stage: the built-in card, how an enrolment stands.

use std::time::{Duration, Instant};

use jiff::Zoned;
use motcua_screen::{ToScreen, Transition};
use motcua_typeset::Enrolment;

use super::Performer;
use crate::card;

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

    pub(super) fn leave_wings(&mut self) {
        for waiting in self.wings.values_mut() {
            waiting.wanted = None;
        }
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
