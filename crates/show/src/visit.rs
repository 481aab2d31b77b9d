//! A visitor at the screen: where they are, what they typed and ticked, and when they are gone.
//!
//! A pure state machine: presses and time come in, what must be done goes out as [`Effect`]s. It knows no
//! page's layout and no word that a page says. Invariant: nothing of a visit outlives it; what is told to
//! others about it is a [`Count`], which says nothing about who it was.

mod asking;
pub mod catalogue;
pub mod events;
mod idle;
pub mod keyboard;
mod papers;
mod place;
mod press;
mod swap;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::lookup::{Answer, Level};
use crate::procedure::Procedure;
use crate::text::Language;

pub use catalogue::Catalogue;
pub use events::LifeEvent;
use idle::Idle;
pub use idle::IdleTimes;
use keyboard::{Key, Keyboard, Layout, Method};
pub use papers::{Checklist, Missing};
pub use place::{Place, QrKind, Section};
pub use press::{Count, Effect, Press, Satisfaction, Size, Slip};

/// How long the thanks for a rating stay.
const THANKS: Duration = Duration::from_secs(3);
/// Places that Back leads through: whoever goes on for ever does not fill the memory.
const MOST_PLACES: usize = 64;

/// What a visitor chose for themselves; it ends with the visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// The language of the interface.
    pub language: Language,
    /// The size of text.
    pub size: Size,
    /// Whether it is drawn in the strongest contrast.
    pub has_high_contrast: bool,
    /// Whether everything to be touched stands in the lower part of the screen.
    pub is_lowered: bool,
}

/// One visit.
#[derive(Debug)]
pub struct Visit {
    catalogue: Arc<Catalogue>,
    /// Where the visitor came through; the last is where they are. Never empty.
    places: Vec<Place>,
    options: Options,
    keyboard: Keyboard,
    receipt: Keyboard,
    level: Option<Level>,
    answer: Answer,
    checklists: BTreeMap<Arc<str>, Checklist>,
    /// Procedures that were open while a release took them away.
    withdrawn: BTreeMap<Arc<str>, Arc<Catalogue>>,
    idle: Idle,
    /// Whether something was looked up, so that there is something to rate.
    has_used: bool,
    /// Whether the present question led to a procedure.
    has_found: bool,
    /// Whether the visitor has said how it was, which is asked once.
    has_rated: bool,
    is_speaking: bool,
    slip: Slip,
    thanked_at: Option<Duration>,
}

impl Visit {
    /// Begins a visit at `now`, time since the program started; `open` is the procedure that was touched in the
    /// loop.
    #[must_use]
    pub fn begin(
        catalogue: Arc<Catalogue>,
        language: Language,
        open: Option<&str>,
        times: IdleTimes,
        now: Duration,
    ) -> Self {
        let mut visit = Self {
            catalogue,
            places: vec![Place::Home],
            options: Options {
                language,
                size: Size::Normal,
                has_high_contrast: false,
                is_lowered: false,
            },
            keyboard: Keyboard::new(Layout::Vietnamese(Method::Accented)),
            receipt: Keyboard::new(Layout::Numbers),
            level: None,
            answer: Answer::default(),
            checklists: BTreeMap::new(),
            withdrawn: BTreeMap::new(),
            idle: Idle::new(times, now),
            has_used: false,
            has_found: false,
            has_rated: false,
            is_speaking: false,
            slip: Slip::None,
            thanked_at: None,
        };
        if let Some(code) = open.and_then(|code| visit.catalogue.code(code)) {
            visit.open(code, &mut Vec::new());
        }
        visit
    }

    /// What there is to be looked up.
    #[must_use]
    pub fn catalogue(&self) -> &Arc<Catalogue> {
        &self.catalogue
    }

    /// Where the visitor is.
    #[must_use]
    pub fn place(&self) -> &Place {
        self.places.last().unwrap_or(&Place::Home)
    }

    /// What the visitor chose for themselves.
    #[must_use]
    pub const fn options(&self) -> Options {
        self.options
    }

    /// The keyboard of the place, with what was typed on it; none where nothing is typed.
    #[must_use]
    pub fn keyboard(&self) -> Option<&Keyboard> {
        match self.place() {
            Place::Typing => Some(&self.keyboard),
            Place::Receipt => Some(&self.receipt),
            _ => None,
        }
    }

    /// What was asked.
    #[must_use]
    pub fn question(&self) -> &str {
        self.keyboard.text()
    }

    /// What answers the question.
    #[must_use]
    pub const fn answer(&self) -> &Answer {
        &self.answer
    }

    /// The level to which lists are narrowed.
    #[must_use]
    pub const fn level(&self) -> Option<Level> {
        self.level
    }

    /// The procedure of this code, also where a release took it away while it was open.
    #[must_use]
    pub fn procedure(&self, code: &str) -> Option<&Procedure> {
        self.catalogue.procedure(code).or_else(|| {
            self.withdrawn
                .get(code)
                .and_then(|catalogue| catalogue.procedure(code))
        })
    }

    /// Whether a release has taken the procedure away since it was opened.
    #[must_use]
    pub fn is_withdrawn(&self, code: &str) -> bool {
        self.withdrawn.contains_key(code)
    }

    /// What was ticked of a procedure's papers.
    #[must_use]
    pub fn checklist(&self, code: &str) -> Checklist {
        self.checklists.get(code).cloned().unwrap_or_default()
    }

    /// Whether a procedure is being read aloud.
    #[must_use]
    pub const fn is_speaking(&self) -> bool {
        self.is_speaking
    }

    /// What became of the slip of the open procedure.
    #[must_use]
    pub const fn slip(&self) -> Slip {
        self.slip
    }

    /// A slip was printed, or was not.
    pub fn slip_ended(&mut self, slip: Slip) -> Vec<Effect> {
        if self.slip != Slip::Printing {
            return Vec::new();
        }
        self.slip = slip;
        vec![Effect::Draw]
    }

    /// Seconds until the visit ends for want of touches, while they are counted.
    #[must_use]
    pub const fn countdown(&self) -> Option<u64> {
        self.idle.countdown()
    }

    /// When [`Visit::tick`] must be called next.
    #[must_use]
    pub fn wake_at(&self) -> Duration {
        let idle = self.idle.wake_at();
        self.thanked_at.map_or(idle, |at| idle.min(at + THANKS))
    }

    /// Time has passed.
    pub fn tick(&mut self, now: Duration) -> Vec<Effect> {
        if self.thanked_at.is_some_and(|at| now >= at + THANKS) {
            return self.leave();
        }
        let before = self.countdown();
        if self.idle.tick(now) {
            return self.leave();
        }
        if self.countdown() == before {
            Vec::new()
        } else {
            vec![Effect::Draw]
        }
    }

    /// The screen was touched where nothing is to be pressed; somebody is there.
    pub fn touched(&mut self, now: Duration) -> Vec<Effect> {
        if self.idle.stir(now) {
            vec![Effect::Draw]
        } else {
            Vec::new()
        }
    }

    /// Reading aloud has come to its end.
    pub fn fell_silent(&mut self) -> Vec<Effect> {
        if std::mem::take(&mut self.is_speaking) {
            vec![Effect::Draw]
        } else {
            Vec::new()
        }
    }

    /// Something was pressed.
    pub fn press(&mut self, press: Press, now: Duration) -> Vec<Effect> {
        if self.idle.stir(now) {
            // The touch that stops the countdown does nothing else: it was aimed at the countdown.
            return vec![Effect::Draw];
        }
        let mut effects = vec![Effect::Draw];
        match press {
            Press::Stay => {}
            Press::Back => return self.back(effects),
            Press::Home => self.go_home(&mut effects),
            Press::Close => return self.close(effects),
            Press::Type if matches!(self.place(), Place::Found) => return self.back(effects),
            Press::Type => self.go(Place::Typing, &mut effects),
            Press::Key(Key::Search) => {
                if matches!(self.place(), Place::Typing) && !self.question().trim().is_empty() {
                    self.go(Place::Found, &mut effects);
                }
            }
            Press::Key(key) => self.key(|keyboard| keyboard.press(key)),
            Press::Character(character) => {
                // Somebody who types on a keyboard of the machine means the search.
                if matches!(self.place(), Place::Found) {
                    self.places.pop();
                } else if self.keyboard().is_none() {
                    self.go(Place::Typing, &mut effects);
                }
                self.key(|keyboard| keyboard.type_character(character));
            }
            Press::Event(event) => self.go(Place::Event(event), &mut effects),
            Press::Fields => self.go(Place::Fields, &mut effects),
            Press::Field(field) => self.go(Place::Field(field), &mut effects),
            Press::OfLevel(level) => {
                self.level = level;
                self.ask();
            }
            Press::Open(code) => self.open(code, &mut effects),
            Press::Section(section) => self.change_procedure(|_, shown| *shown = section),
            Press::Qr(kind) => self.change_procedure_qr(kind),
            Press::Paper(paper) => {
                if let Place::Procedure { code, .. } = self.place() {
                    let code = Arc::clone(code);
                    self.checklists.entry(code).or_default().turn(paper);
                }
            }
            Press::Form(form) => {
                if let Place::Procedure { code, .. } = self.place() {
                    let place = Place::Form {
                        code: Arc::clone(code),
                        form,
                    };
                    self.go(place, &mut effects);
                }
            }
            Press::Print => {
                if let Place::Procedure { code, .. } = self.place()
                    && self.slip != Slip::Printing
                {
                    effects.push(Effect::Print(Arc::clone(code)));
                    self.slip = Slip::Printing;
                }
            }
            Press::Listen => self.listen(&mut effects),
            Press::Receipt => self.go(Place::Receipt, &mut effects),
            Press::Feedback => self.go(Place::Feedback, &mut effects),
            Press::Language(language) => {
                self.hush(&mut effects);
                self.options.language = language;
            }
            Press::Larger => self.options.size = self.options.size.next(),
            Press::Contrast => self.options.has_high_contrast ^= true,
            Press::Lower => self.options.is_lowered ^= true,
            Press::Rate(satisfaction) => {
                if matches!(self.place(), Place::Rating) {
                    effects.push(Effect::Count(Count::Rated(satisfaction)));
                    self.places = vec![Place::Thanks];
                    self.withdrawn.clear();
                    self.has_rated = true;
                    self.thanked_at = Some(now);
                }
            }
        }
        effects
    }

    fn go(&mut self, place: Place, effects: &mut Vec<Effect>) {
        self.hush(effects);
        self.slip = Slip::None;
        self.stop_thanking();
        if *self.place() != place {
            self.places.push(place);
        }
        if self.places.len() > MOST_PLACES {
            // The first is the first page, to which Back leads in the end.
            self.places.remove(1);
            self.forget_withdrawn();
        }
    }

    fn back(&mut self, mut effects: Vec<Effect>) -> Vec<Effect> {
        self.hush(&mut effects);
        self.slip = Slip::None;
        match self.place() {
            Place::Home => return self.close(effects),
            Place::Typing => self.give_up(&mut effects),
            Place::Receipt => self.receipt.clear(),
            _ => {}
        }
        self.places.pop();
        self.stop_thanking();
        self.forget_withdrawn();
        effects
    }

    /// Whoever goes on after the thanks stays; below the thanks there is nothing but the first page.
    fn stop_thanking(&mut self) {
        if self.thanked_at.take().is_some() {
            self.places = vec![Place::Home];
        } else if self.places.is_empty() {
            self.places.push(Place::Home);
        }
    }

    fn go_home(&mut self, effects: &mut Vec<Effect>) {
        self.hush(effects);
        self.give_up(effects);
        self.receipt.clear();
        self.withdrawn.clear();
        self.level = None;
        self.thanked_at = None;
        self.places = vec![Place::Home];
    }

    /// The visitor is done: asks how it was where there was something, and leaves where it was asked.
    fn close(&mut self, mut effects: Vec<Effect>) -> Vec<Effect> {
        self.hush(&mut effects);
        let is_asked = matches!(self.place(), Place::Rating);
        if !self.has_used || self.has_rated || is_asked {
            effects.extend(self.leave());
            return effects;
        }
        self.give_up(&mut effects);
        self.receipt.clear();
        self.places.push(Place::Rating);
        effects
    }

    fn leave(&mut self) -> Vec<Effect> {
        let mut effects = Vec::new();
        self.hush(&mut effects);
        self.give_up(&mut effects);
        self.receipt.clear();
        self.checklists.clear();
        self.withdrawn.clear();
        self.level = None;
        self.thanked_at = None;
        self.places = vec![Place::Home];
        effects.push(Effect::Leave);
        effects
    }

    fn open(&mut self, code: Arc<str>, effects: &mut Vec<Effect>) {
        let Some(procedure) = self.procedure(&code) else {
            return;
        };
        let qr = QrKind::first_of(procedure);
        if matches!(self.place(), Place::Typing | Place::Found) {
            self.has_found = true;
        }
        self.has_used = true;
        effects.push(Effect::Count(Count::Opened(Arc::clone(&code))));
        let section = Section::Papers;
        self.go(Place::Procedure { code, section, qr }, effects);
    }

    fn change_procedure(&mut self, change: impl FnOnce(&str, &mut Section)) {
        if let Some(Place::Procedure { code, section, .. }) = self.places.last_mut() {
            change(code, section);
        }
    }

    fn change_procedure_qr(&mut self, kind: QrKind) {
        if let Some(Place::Procedure { qr, .. }) = self.places.last_mut() {
            *qr = kind;
        }
    }

    fn listen(&mut self, effects: &mut Vec<Effect>) {
        if self.is_speaking {
            self.hush(effects);
        } else if let Place::Procedure { code, .. } = self.place() {
            effects.push(Effect::Speak(Arc::clone(code)));
            self.is_speaking = true;
        }
    }

    fn hush(&mut self, effects: &mut Vec<Effect>) {
        if std::mem::take(&mut self.is_speaking) {
            effects.push(Effect::Silence);
        }
    }
}

#[cfg(test)]
mod rig;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod walk;
