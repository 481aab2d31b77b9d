//! Items: made ready ahead of time, put on the screen when they are wanted and ready.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Zoned;
use jiff::civil::Date;
use motcua_screen::{Sheet, ToScreen, Transition};
use motcua_show::stage::{Event, Generation};
use motcua_typeset::Viewport;

use super::Performer;
use crate::conductor::backstage::{self, Answer, Job};
use crate::conductor::film;
use crate::conductor::token::token_of;
use crate::conductor::wings::{CLOSE_ENOUGH, OnStage, Waiting, Wanted};
use crate::prepare::Prepared;

impl Performer {
    pub(super) fn prepare(
        &mut self,
        generation: Generation,
        name: &Arc<str>,
        from: Duration,
        day: Date,
    ) {
        let (Some(setting), Some(item)) = (&self.setting, self.show.item(name)) else {
            return;
        };
        let (sheets, wanted) = (HashMap::new(), None);
        self.wings.insert(
            generation,
            Waiting {
                item: Arc::clone(name),
                from,
                prepared: None,
                sheets,
                wanted,
                held: None,
                is_spent: false,
            },
        );
        let screen = self.screen.clone();
        let job = Job {
            generation,
            setting: Arc::clone(setting),
            item: item.clone(),
            today: day,
            from,
            notify: Arc::new(move || screen.send(ToScreen::FilmReady)),
        };
        backstage::make_ready(job, self.answers.clone());
    }

    pub(super) fn answered(&mut self, answer: Answer) -> Option<Event> {
        match answer {
            Answer::Ready {
                generation,
                prepared,
                first,
            } => {
                self.note_partial(generation, prepared.fault.clone());
                let waiting = self.wings.get_mut(&generation)?;
                let pages = prepared.weights();
                let length = prepared.clip().map(|clip| clip.info().duration);
                waiting.prepared = Some(*prepared);
                waiting.sheets.extend(first.map(|sheet| (0, *sheet)));
                if waiting.wanted.is_some() {
                    // It was on stage before and was opened again to be continued elsewhere in it.
                    self.perform(generation);
                    return None;
                }
                if waiting
                    .prepared
                    .as_ref()
                    .is_some_and(|prepared| prepared.clip().is_some())
                {
                    self.sound.prepare();
                }
                Some(Event::Ready {
                    generation,
                    pages,
                    length,
                })
            }
            Answer::Page {
                generation,
                page,
                sheet,
            } => {
                self.wings.get_mut(&generation)?.sheets.insert(page, *sheet);
                self.perform(generation);
                None
            }
            Answer::Failed { generation, fault } => {
                self.wings.get(&generation)?;
                Some(Event::Failed { generation, fault })
            }
        }
    }

    /// Notes what is to be on the screen, and puts it there at once if it is ready.
    pub(super) fn want(&mut self, generation: Generation, wanted: Wanted, now: &Zoned) {
        let is_on_stage = self
            .on_stage
            .as_ref()
            .is_some_and(|on_stage| on_stage.generation == generation);
        let Some(waiting) = self.wings.get_mut(&generation) else {
            return;
        };
        let plays = waiting
            .prepared
            .as_ref()
            .is_some_and(|prepared| prepared.clip().is_some());
        let elsewhere = waiting.is_spent || waiting.from.abs_diff(wanted.from) > CLOSE_ENOUGH;
        let goes_on = is_on_stage
            && self
                .on_stage
                .as_ref()
                .is_some_and(|on| on.is_at(wanted.from));
        waiting.wanted = Some(wanted);
        if plays && wanted.length.is_some() && (elsewhere || is_on_stage) && !goes_on {
            let item = Arc::clone(&waiting.item);
            self.prepare(generation, &item, wanted.from, now.date());
            if let Some(waiting) = self.wings.get_mut(&generation) {
                waiting.wanted = Some(wanted);
            }
            return;
        }
        self.perform(generation);
    }

    /// Puts the wanted page on the screen if it is ready, else has it made.
    pub(super) fn perform(&mut self, generation: Generation) {
        let (Some(setting), Some(waiting)) =
            (self.setting.clone(), self.wings.get_mut(&generation))
        else {
            return;
        };
        let (Some(wanted), Some(prepared)) = (waiting.wanted, waiting.prepared.clone()) else {
            return;
        };
        let Some(sheet) = waiting.sheets.remove(&wanted.page) else {
            backstage::make_page(
                generation,
                wanted.page,
                setting,
                prepared,
                self.answers.clone(),
            );
            return;
        };
        waiting.wanted = None;
        let next = wanted.page + 1;
        // The card that the screen opens with has nothing to say that a fade would have to ease away.
        let begins = !std::mem::replace(&mut self.has_begun, true);
        let transition = if begins {
            Transition::Cut
        } else {
            wanted.transition
        };
        let sheet = self.raise(generation, wanted, &prepared, sheet, setting.viewport);
        self.screen.send(ToScreen::Sheet {
            token: token_of(generation, wanted.page),
            sheet: Box::new(sheet),
            transition,
        });
        if let Some(length) = wanted.length {
            self.screen.send(ToScreen::Progress {
                at: wanted.asked,
                passed: wanted.from,
                length,
            });
        }
        if next < prepared.pages.len() {
            backstage::make_page(generation, next, setting, prepared, self.answers.clone());
        }
    }

    /// Lets the clip of a page that comes up play, if it has one, and puts it on its sheet.
    fn raise(
        &mut self,
        generation: Generation,
        wanted: Wanted,
        prepared: &Prepared,
        sheet: Sheet,
        viewport: Viewport,
    ) -> Sheet {
        let on_stage = self.on_stage.take();
        let Some(clip) = prepared.clip() else {
            self.on_stage = Some(OnStage::still(generation));
            return sheet;
        };
        let same = on_stage.filter(|on_stage| on_stage.plays(clip));
        let on_stage = match (same, wanted.length) {
            (Some(same), _) => same,
            (None, Some(_)) => self.start(generation, clip, wanted),
            // Another page of a clip that was covered: it comes up again with its next `Show`.
            (None, None) => return sheet,
        };
        let sheet = match on_stage.film() {
            Some((clip, playing)) => film::with_film(sheet, prepared, clip, playing, viewport),
            None => sheet,
        };
        self.on_stage = Some(on_stage);
        sheet
    }

    /// Forgets a preparation; what plays of it falls silent.
    pub(super) fn release(&mut self, generation: Generation) {
        self.unfollow(generation);
        self.proof.forget(generation);
        self.wings.remove(&generation);
        let released = self
            .on_stage
            .take_if(|on_stage| on_stage.generation == generation);
        if let Some((_, playing)) = released.as_ref().and_then(OnStage::film) {
            playing.stop();
        }
    }
}
