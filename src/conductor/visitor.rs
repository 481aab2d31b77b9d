//! The visitor's side of the conductor: owns the visit, has its pages typeset, and carries its effects out.
//!
//! What was typed stays in the visit and on its pages; neither log nor journal ever holds it.

use std::sync::Arc;
use std::time::Duration;

use jiff::Zoned;
use jiff::civil::Date;
use motcua_screen::{Palette, ScreenHandle, ToScreen, VisitPage, WordsByLanguage};
use motcua_show::visit::{Catalogue, Effect, IdleTimes, Place, Press, Visit};
use motcua_show::{Language, Show};
use motcua_typeset::touch::{Offers, Scene, WorkedOut, panels};
use motcua_typeset::{Typesetter, Viewport};
use tokio::sync::mpsc::UnboundedSender;

use super::Told;
use super::stock::{self, Stock};
use crate::files::Files;
use crate::journal::{Happened, Journal};

/// The visitor's side.
pub struct Visitor {
    screen: ScreenHandle,
    sender: UnboundedSender<Told>,
    journal: Journal,
    times: IdleTimes,
    typesetter: Typesetter,
    setting: Option<(Viewport, Arc<WordsByLanguage>)>,
    catalogue: Option<Arc<Catalogue>>,
    /// What the newest catalogue is being built of.
    ordered: Option<(Arc<Show>, Date)>,
    /// A touch that came before the first catalogue was there, with the procedure that it meant.
    early: Option<Option<String>>,
    visit: Option<Visit>,
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
        times: IdleTimes,
        journal: Journal,
    ) -> Self {
        Self {
            screen,
            sender,
            journal,
            times,
            typesetter: Typesetter::new(),
            setting: None,
            catalogue: None,
            ordered: None,
            early: None,
            visit: None,
        }
    }

    /// Has the procedures of a show made ready to be looked up, unless they are.
    pub fn order(&mut self, show: &Arc<Show>, files: &Files, today: Date) {
        let is_ordered = self
            .ordered
            .as_ref()
            .is_some_and(|(ordered, day)| Arc::ptr_eq(ordered, show) && *day == today);
        if !is_ordered {
            self.ordered = Some((Arc::clone(show), today));
            stock::build(Arc::clone(show), files.clone(), today, self.sender.clone());
        }
    }

    /// Takes a catalogue that was built; says whether a visitor waits for it.
    pub fn stocked(&mut self, stock: Stock, now: &Zoned) -> bool {
        let Stock { catalogue, today } = stock;
        let is_newest = self.ordered.as_ref().is_some_and(|(show, day)| {
            Arc::ptr_eq(show, catalogue.show()) && *day == today
        });
        if !is_newest {
            return false;
        }
        let is_touchable = !catalogue.is_empty();
        self.screen.send(ToScreen::Touchable(is_touchable));
        self.catalogue = Some(Arc::clone(&catalogue));
        if let Some(visit) = &mut self.visit {
            visit.swap(catalogue);
            self.draw(now);
        }
        self.early.is_some() && is_touchable
    }

    /// Lays pages out for a screen.
    pub fn lay_out_for(&mut self, touch: Viewport, words: Arc<WordsByLanguage>, now: &Zoned) {
        self.setting = Some((touch, words));
        self.draw(now);
    }

    /// Whether somebody is there.
    pub const fn is_here(&self) -> bool {
        self.visit.is_some()
    }

    /// Somebody touches the loop; says whether they can come in.
    pub fn knocks(&mut self, code: Option<String>) -> bool {
        match &self.catalogue {
            Some(catalogue) => {
                self.early = Some(code);
                !catalogue.is_empty()
            }
            None => {
                self.early = Some(code);
                false
            }
        }
    }

    /// Begins a visit.
    pub fn begin(&mut self, language: Language, elapsed: Duration, now: &Zoned) {
        let Some(catalogue) = self.catalogue.clone() else {
            return;
        };
        let code = self.early.take().flatten();
        let visit = Visit::begin(catalogue, language, code.as_deref(), self.times, elapsed);
        self.visit = Some(visit);
        tracing::info!("a visitor uses the screen");
        self.draw(now);
    }

    /// Ends the visit from outside, as an alert does.
    pub fn end(&mut self) {
        self.early = None;
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
        let effects = step(visit);
        for effect in effects {
            match effect {
                Effect::Draw => self.draw(now),
                Effect::Leave => {
                    self.end();
                    return Then::Left;
                }
                Effect::Print(_) | Effect::Speak(_) | Effect::Silence | Effect::Count(_) => {}
            }
        }
        Then::Stays
    }

    fn draw(&mut self, now: &Zoned) {
        let (Some(visit), Some((viewport, words))) = (&self.visit, &self.setting) else {
            return;
        };
        self.journal.write(&Happened::Visit {
            place: name_of(visit.place()),
        });
        let page = draw(
            &mut self.typesetter,
            visit,
            words,
            *viewport,
            now,
            Offers::default(),
        );
        if let Some(page) = page {
            self.screen.send(ToScreen::Visit(Box::new(page)));
        }
    }
}

/// A page of a visit, ready to draw; none without words in its language.
pub fn draw(
    typesetter: &mut Typesetter,
    visit: &Visit,
    words: &WordsByLanguage,
    viewport: Viewport,
    now: &Zoned,
    offers: Offers,
) -> Option<VisitPage> {
    let options = visit.options();
    let palette = if options.has_high_contrast {
        Palette::STRONGEST
    } else {
        visit.catalogue().show().theme.palette()
    };
    let scene = Scene {
        visit,
        words: words.get(&options.language)?,
        viewport,
        now: now.datetime(),
        offers,
        worked_out: &worked_out(visit),
    };
    let panels = panels(typesetter, &scene);
    Some(VisitPage::new(panels, viewport, palette))
}

/// What is worked out about the open page.
fn worked_out(_visit: &Visit) -> WorkedOut {
    WorkedOut::default()
}

/// What the journal calls a place.
const fn name_of(place: &Place) -> &'static str {
    match place {
        Place::Home => "home",
        Place::Typing => "typing",
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
