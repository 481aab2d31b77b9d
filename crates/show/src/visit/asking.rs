//! What a visitor asks: keys become a question, a question an answer, and one that led nowhere a count.

use zeroize::Zeroizing;

use super::keyboard::Keyboard;
use super::{Count, Effect, Place, Visit};
use crate::lookup::{Answer, Wish};

/// Results that are offered: more are not read by anybody who stands.
pub(super) const MOST_RESULTS: usize = 30;

impl Visit {
    /// The question is dropped; it is counted where it led nowhere.
    pub(super) fn give_up(&mut self, effects: &mut Vec<Effect>) {
        let question = self.keyboard.text().trim();
        if !question.is_empty() && !self.has_found {
            let question = crate::lookup::fold(question);
            let is_failed = self.answer.is_a_guess || self.answer.hits.is_empty();
            effects.push(Effect::Count(if is_failed {
                Count::Failed(question)
            } else {
                Count::Abandoned(question)
            }));
        }
        self.keyboard.clear();
        self.answer = Answer::default();
        self.has_found = false;
    }

    pub(super) fn key(&mut self, press: impl FnOnce(&mut Keyboard)) {
        match self.places.last() {
            Some(Place::Typing) => {
                let before = Zeroizing::new(self.keyboard.text().to_owned());
                press(&mut self.keyboard);
                if *before != self.keyboard.text() {
                    self.has_used = true;
                    self.has_found = false;
                }
                self.ask();
            }
            Some(Place::Receipt) => {
                press(&mut self.receipt);
                self.has_used |= !self.receipt.is_empty();
            }
            _ => {}
        }
    }

    /// Looks up what is typed. Where Telex made something else of the letters, they are read as they are too:
    /// "tax" is no "tã".
    pub(super) fn ask(&mut self) {
        let question = self.keyboard.text();
        if question.trim().is_empty() {
            self.answer = Answer::default();
            return;
        }
        let wish = Wish {
            only: self.level,
            limit: MOST_RESULTS,
            ..Wish::default()
        };
        let lookup = self.catalogue.lookup();
        self.answer = lookup.find(question, wish);
        let letters = self.keyboard.letters();
        if crate::lookup::fold(letters) == crate::lookup::fold(question) {
            return;
        }
        let raw = lookup.find(letters, wish);
        if raw.is_a_guess || raw.hits.is_empty() {
            return;
        }
        if self.answer.is_a_guess || self.answer.hits.is_empty() {
            self.answer = raw;
            return;
        }
        for hit in raw.hits {
            if self.answer.hits.iter().all(|own| own.entry != hit.entry) {
                self.answer.hits.push(hit);
            }
        }
        self.answer.hits.truncate(MOST_RESULTS);
    }
}
