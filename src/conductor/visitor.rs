//! The visitor's side of the conductor: owns the visit, has its pages typeset, and carries its effects out.
//!
//! What was typed stays in the visit and on its pages; neither log nor journal ever holds it.

mod aide;
mod services;

use std::sync::Arc;
use std::time::Duration;

use jiff::Zoned;
use jiff::civil::Date;
use motcua_screen::{ScreenHandle, ToScreen, WordsByLanguage};
use motcua_show::release::Sha256Hex;
use motcua_show::visit::{Catalogue, Count, Effect, IdleTimes, Place, Press, Visit};
use motcua_show::{Language, Show};
use motcua_sound::Sound;
use motcua_typeset::{Typesetter, Viewport};
use tokio::sync::mpsc::UnboundedSender;

use super::Told;
use crate::files::Files;
use crate::journal::{Happened, Journal};
use crate::settings::Settings;
use crate::visitor::{self, Form};

pub use aide::Aided;
use services::Services;

/// The visitor's side.
pub struct Visitor {
    screen: ScreenHandle,
    sender: UnboundedSender<Told>,
    journal: Journal,
    times: IdleTimes,
    typesetter: Typesetter,
    setting: Option<(Viewport, Arc<WordsByLanguage>)>,
    catalogue: Option<Arc<Catalogue>>,
    /// What the newest catalogue is being built of, and where its files come from.
    ordered: Option<(Arc<Show>, Files, Date)>,
    /// A touch that came before the first catalogue was there, with the procedure that it meant.
    early: Option<Option<String>>,
    visit: Option<Visit>,
    services: Services,
    form: Form,
    /// Counts openings of forms: pages of an earlier one are not shown.
    opening: u64,
    /// The place that the journal was told last.
    told: Option<&'static str>,
}

/// What a step of the visit comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// It goes on.
    Stays,
    /// The visitor is gone.
    Left,
}

impl Visitor {
    pub fn new(
        screen: ScreenHandle,
        sender: UnboundedSender<Told>,
        sound: Sound,
        settings: &Settings,
        journal: Journal,
    ) -> Self {
        let services = Services::new(sound, settings, sender.clone());
        Self {
            screen,
            sender,
            journal,
            times: settings.idle,
            typesetter: Typesetter::new(),
            setting: None,
            catalogue: None,
            ordered: None,
            early: None,
            visit: None,
            services,
            form: Form::Opening,
            opening: 0,
            told: None,
        }
    }

    /// Has the procedures of a show made ready to be looked up, unless they are.
    pub fn order(&mut self, show: &Arc<Show>, files: &Files, today: Date) {
        let is_ordered = self
            .ordered
            .as_ref()
            .is_some_and(|(ordered, _, day)| Arc::ptr_eq(ordered, show) && *day == today);
        if is_ordered {
            return;
        }
        self.ordered = Some((Arc::clone(show), files.clone(), today));
        if show.lookup.offered && !show.procedures.is_empty() {
            aide::build(Arc::clone(show), files.clone(), today, self.sender.clone());
        } else if self.visit.is_none() {
            self.catalogue = None;
            self.early = None;
            self.screen.send(ToScreen::Touchable(false));
        }
    }

    /// Takes what was done for the visitor; says whether one waits who can come in.
    pub fn aided(&mut self, aided: Aided, now: &Zoned) -> bool {
        match aided {
            Aided::Stocked { catalogue, today } => return self.stocked(catalogue, today, now),
            Aided::Form { opening, pages } if opening == self.opening => {
                self.form = pages.map_or(Form::NotThere, Form::Pages);
                self.draw(now);
            }
            Aided::Form { .. } => {}
            Aided::Printed(slip) => {
                self.step(now, |visit| visit.slip_ended(slip));
            }
            Aided::Silent(voice) => {
                if self.services.is_latest(voice) {
                    self.step(now, Visit::fell_silent);
                }
            }
        }
        false
    }

    fn stocked(&mut self, catalogue: Arc<Catalogue>, today: Date, now: &Zoned) -> bool {
        let is_newest = self
            .ordered
            .as_ref()
            .is_some_and(|(show, _, day)| Arc::ptr_eq(show, catalogue.show()) && *day == today);
        if !is_newest {
            return false;
        }
        let is_touchable = !catalogue.is_empty();
        self.screen.send(ToScreen::Touchable(is_touchable));
        self.catalogue = Some(Arc::clone(&catalogue));
        if let Some(visit) = &mut self.visit {
            visit.swap(catalogue);
            self.draw(now);
            return false;
        }
        self.early.is_some() && is_touchable
    }

    /// Lays pages out for a screen.
    pub fn lay_out_for(&mut self, touch: Viewport, words: Arc<WordsByLanguage>, now: &Zoned) {
        self.setting = Some((touch, words));
        self.draw(now);
    }

    /// The release in which a visitor could look something up now; none while nobody could, or in a folder's show.
    pub fn release(&self) -> Option<&Sha256Hex> {
        let catalogue = self.catalogue.as_ref().filter(|it| !it.is_empty())?;
        match self.ordered.as_ref()? {
            (show, Files::Release(held), _) if Arc::ptr_eq(show, catalogue.show()) => {
                Some(held.hash())
            }
            _ => None,
        }
    }

    /// Whether somebody is there.
    pub const fn is_here(&self) -> bool {
        self.visit.is_some()
    }

    /// Somebody touches the loop, perhaps at a procedure; says whether they can come in now.
    pub fn knocks(&mut self, code: Option<String>) -> bool {
        let Some(catalogue) = &self.catalogue else {
            // They come in as soon as it is known what can be looked up.
            self.early = Some(code);
            return false;
        };
        let is_open = !catalogue.is_empty();
        self.early = is_open.then_some(code);
        is_open
    }

    /// A touch that did not open the lookup (under an alert) opens nothing later.
    pub fn forget_knock(&mut self) {
        if self.catalogue.is_some() {
            self.early = None;
        }
    }

    /// Begins a visit.
    pub fn begin(&mut self, language: Language, elapsed: Duration, now: &Zoned) {
        let Some(catalogue) = self.catalogue.clone() else {
            return;
        };
        let code = self.early.take().flatten();
        let visit = Visit::begin(catalogue, language, code.as_deref(), self.times, elapsed);
        if let Some(code) = visit.place().code() {
            self.services.count(Count::Opened(Arc::clone(code)), now);
        }
        self.visit = Some(visit);
        self.services.look_for_printer();
        tracing::info!("a visitor uses the screen");
        self.draw(now);
    }

    /// Ends the visit from outside, as an alert does.
    pub fn end(&mut self) {
        self.early = None;
        self.form = Form::Opening;
        self.told = None;
        self.services.hush();
        if self.visit.take().is_some() {
            tracing::info!("the visit is over");
            self.journal.write(&Happened::Visit { place: "over" });
        }
    }

    /// When time has to be told to the visit, since the program started.
    pub fn wake_at(&self) -> Option<Duration> {
        self.visit.as_ref().map(Visit::wake_at)
    }

    pub fn tick(&mut self, elapsed: Duration, now: &Zoned) -> Then {
        self.step(now, |visit| visit.tick(elapsed))
    }

    pub fn touched(&mut self, elapsed: Duration, now: &Zoned) -> Then {
        self.step(now, |visit| visit.touched(elapsed))
    }

    pub fn pressed(&mut self, press: Press, elapsed: Duration, now: &Zoned) -> Then {
        self.step(now, |visit| visit.press(press, elapsed))
    }

    fn step(&mut self, now: &Zoned, step: impl FnOnce(&mut Visit) -> Vec<Effect>) -> Then {
        let Some(visit) = &mut self.visit else {
            return Then::Stays;
        };
        let before = visit.place().clone();
        let effects = step(visit);
        if *visit.place() != before {
            self.open_form();
        }
        for effect in effects {
            let (Some(visit), Some((_, words))) = (&self.visit, &self.setting) else {
                break;
            };
            match effect {
                Effect::Draw => self.draw(now),
                Effect::Leave => {
                    self.end();
                    return Then::Left;
                }
                Effect::Print(code) => self.services.print(visit, &code, words, now),
                Effect::Speak(code) => {
                    if let Some((_, files, _)) = &self.ordered {
                        self.services.speak(visit, &code, words, files);
                    }
                }
                Effect::Silence => self.services.hush(),
                Effect::Count(count) => self.services.count(count, now),
            }
        }
        Then::Stays
    }

    /// Has the pages of the form drawn that was opened.
    fn open_form(&mut self) {
        self.form = Form::Opening;
        self.opening += 1;
        let (Some(visit), Some((viewport, _)), Some((_, files, _))) =
            (&self.visit, &self.setting, &self.ordered)
        else {
            return;
        };
        let Place::Form { code, form } = visit.place() else {
            return;
        };
        let source = visit
            .procedure(code)
            .and_then(|procedure| procedure.forms.get(*form)?.path());
        match source.and_then(|source| files.path(&source).ok()) {
            Some(file) => {
                // Two pages' width of a wide screen would be too large to be read at one look.
                let width = (viewport.width - 144.0).min(1300.0) * viewport.scale;
                aide::open_form(self.opening, file, width as u32, self.sender.clone());
            }
            None => self.form = Form::NotThere,
        }
    }

    fn draw(&mut self, now: &Zoned) {
        let (Some(visit), Some((viewport, words))) = (&self.visit, &self.setting) else {
            return;
        };
        let place = if visit.countdown().is_some() {
            "countdown"
        } else {
            name_of(visit.place())
        };
        let page = visitor::draw(
            &mut self.typesetter,
            visit,
            words,
            *viewport,
            now,
            self.services.offers(visit),
            &self.form,
        );
        if let Some(page) = page {
            self.screen.send(ToScreen::Visit(Box::new(page)));
        }
        if self.told.replace(place) != Some(place) {
            self.journal.write(&Happened::Visit { place });
        }
    }
}

/// What the journal calls a place.
const fn name_of(place: &Place) -> &'static str {
    match place {
        Place::Home => "home",
        Place::Typing => "typing",
        Place::Found => "found",
        Place::Fields => "fields",
        Place::Field(_) => "field",
        Place::Event(_) => "event",
        Place::Procedure { .. } => "procedure",
        Place::Form { .. } => "form",
        Place::Receipt => "receipt",
        Place::Feedback => "feedback",
        Place::Rating => "rating",
        Place::Thanks => "thanks",
    }
}
