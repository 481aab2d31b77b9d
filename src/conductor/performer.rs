//! Carries the stage's effects out: what is prepared, what is on the screen, what is heard.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Zoned;
use motcua_screen::{FrameText, FromScreen, ScreenHandle, ToScreen, Transition, WordsByLanguage};
use motcua_show::Show;
use motcua_show::stage::{Effect, Event, Generation, Takeover};
use motcua_sound::Sound;
use motcua_typeset::{Enrolment, Viewport};
use tokio::sync::mpsc::UnboundedSender;

use super::Told;
use super::backstage::{self, Answer, Job};
use super::film;
use super::token::{generation_of, page_of, token_of};
use super::wings::{CLOSE_ENOUGH, OnStage, Waiting, Wanted};
use crate::card;
use crate::files::Files;
use crate::journal::{Happened, Journal, civil};
use crate::prepare::Setting;

/// The token of an alert's sheet; no generation comes that far.
const ALERT: u64 = u64::MAX;

/// Executes effects; decides nothing.
pub struct Performer {
    screen: ScreenHandle,
    answers: UnboundedSender<Told>,
    sound: Sound,
    show: Arc<Show>,
    files: Files,
    /// The show that the stage goes over to, and where its files come from.
    coming: Option<(Arc<Show>, Files)>,
    setting: Option<Arc<Setting>>,
    volume: u8,
    journal: Journal,
    wings: HashMap<Generation, Waiting>,
    on_stage: Option<OnStage>,
    /// Items that cannot be shown, with the reason.
    faults: BTreeMap<Arc<str>, String>,
    /// Items of which a part cannot be shown, with the reason.
    partial: BTreeMap<Arc<str>, String>,
    /// What stands in the place of the card while no server has taken the screen.
    enrolment: Option<Enrolment>,
    /// The item on the display.
    shown: Option<Arc<str>>,
    /// Whether anything followed the card that the screen opened with.
    has_begun: bool,
    /// Whether an alert lies over the stage.
    is_alert: bool,
    /// Whether clips need not be scaled before they come to the screen.
    screen_scales_films: bool,
}

impl Performer {
    pub fn new(
        screen: ScreenHandle,
        answers: UnboundedSender<Told>,
        sound: Sound,
        (show, files): (Arc<Show>, Files),
        volume: u8,
        journal: Journal,
    ) -> Self {
        Self {
            screen,
            answers,
            sound,
            show,
            files,
            coming: None,
            setting: None,
            volume,
            journal,
            wings: HashMap::new(),
            on_stage: None,
            faults: BTreeMap::new(),
            partial: BTreeMap::new(),
            enrolment: None,
            shown: None,
            has_begun: false,
            is_alert: false,
            screen_scales_films: false,
        }
    }

    /// The show that is performed.
    pub const fn show(&self) -> &Arc<Show> {
        &self.show
    }

    /// Where its files come from.
    pub const fn files(&self) -> &Files {
        &self.files
    }

    /// The item on the display; none for the card.
    pub fn shown(&self) -> Option<&str> {
        self.shown.as_deref()
    }

    /// Items that cannot be shown, as sentences.
    pub fn problems(&self) -> Vec<String> {
        let faults = self.faults.iter();
        let partial = self.partial.iter();
        faults
            .map(|(item, fault)| format!("item {item:?} is passed over: {fault}"))
            .chain(partial.map(|(item, fault)| format!("item {item:?} is shown in part: {fault}")))
            .collect()
    }

    /// Keeps the show that the stage will go over to.
    pub fn expect(&mut self, show: Arc<Show>, files: Files) {
        self.coming = Some((show, files));
    }

    /// Whether a show waits to take over.
    pub const fn is_expecting(&self) -> bool {
        self.coming.is_some()
    }

    /// Has the show that waits, else the present one, take over at once.
    pub fn take_over_again(&mut self) -> Event {
        let present = || (Arc::clone(&self.show), self.files.clone());
        let (show, files) = self.coming.take().unwrap_or_else(present);
        let signed_at = files.signed_at();
        self.expect(Arc::clone(&show), files);
        Event::ShowChanged {
            show,
            signed_at,
            takeover: Takeover::AtOnce,
        }
    }

    fn adopt(&mut self) {
        let Some((show, files)) = self.coming.take() else {
            return;
        };
        self.faults.clear();
        self.partial.clear();
        (self.show, self.files) = (show, files);
        if let Files::Release(held) = &self.files {
            let release = held.reference();
            tracing::info!(
                unit = %release.unit, number = release.number,
                "release {} of {} takes the stage", release.number, release.unit
            );
            self.journal.write(&Happened::Release {
                unit: release.unit.as_str(),
                number: release.number,
            });
        }
        if let Some(setting) = self.setting.take() {
            self.lay_out_for(setting.viewport, Arc::clone(&setting.words));
        }
    }

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

    /// Lays pages out for a screen; also gives it the frame with the show's emblem.
    pub fn lay_out_for(&mut self, viewport: Viewport, words: Arc<WordsByLanguage>) {
        let palette = self.show.theme.palette();
        let emblem = self.show.emblem.as_ref().and_then(|emblem| {
            let side = (80.0 * viewport.scale) as u32;
            self.files
                .path(emblem)
                .map_err(|error| error.to_string())
                .and_then(|path| {
                    motcua_media::load_picture(&path, palette.surface.rgb)
                        .map_err(|error| error.to_string())
                })
                .inspect_err(|error| {
                    tracing::warn!("the emblem {} is left out: {error}", emblem.display())
                })
                .ok()
                .map(|picture| motcua_media::contain(&picture, side, side))
        });
        let frame = FrameText::of(&self.show, emblem);
        self.screen.send(ToScreen::Frame(
            Box::new(frame),
            self.show.language,
            Box::new(palette),
        ));
        self.setting = Some(Arc::new(Setting {
            show: Arc::clone(&self.show),
            files: self.files.clone(),
            viewport,
            words,
            palette,
            languages: self.show.languages(),
            screen_scales_films: self.screen_scales_films,
        }));
        if self.enrolment.is_some() {
            self.show_builtin();
        }
        if self.is_alert {
            self.show_alert();
        }
    }

    /// Notes whether the screen stretches films by itself; clips that are open already stay as they are.
    pub fn note_scaling(&mut self, screen_scales_films: bool) {
        self.screen_scales_films = screen_scales_films;
        self.setting = self.setting.take().map(|setting| {
            Arc::new(Setting {
                screen_scales_films,
                ..Setting::clone(&setting)
            })
        });
    }

    /// Takes what screen and preparing threads tell; what the stage must know comes back.
    pub fn told(&mut self, told: Told, now: &Zoned) -> Option<Event> {
        match told {
            Told::Backstage(answer) => self.answered(answer),
            Told::Screen(FromScreen::Shown { token }) => {
                self.write_shown(token, now);
                None
            }
            Told::Screen(FromScreen::FilmEnded { token }) => Some(Event::Ended {
                generation: generation_of(token),
            }),
            Told::Screen(FromScreen::FilmFailed { token, error }) => Some(Event::PlaybackFailed {
                generation: generation_of(token),
                fault: error.to_string(),
            }),
            Told::Screen(FromScreen::OneFilmFailed { token, error }) => {
                self.note_partial(generation_of(token), Some(error.to_string()));
                None
            }
            // The other messages are the conductor's own.
            Told::Screen(
                FromScreen::Touched { .. }
                | FromScreen::Pressed(_)
                | FromScreen::Graphics(_)
                | FromScreen::Sized { .. }
                | FromScreen::Closed
                | FromScreen::Picture { .. },
            )
            | Told::Link(_)
            | Told::Aided(_) => None,
        }
    }

    /// Carries out one effect; says when the performance was over, if it is.
    pub fn carry_out(
        &mut self,
        effect: Effect,
        now: &Zoned,
        wake: &mut Option<Duration>,
    ) -> Option<Zoned> {
        match effect {
            Effect::Adopt => self.adopt(),
            Effect::Prepare {
                generation,
                item,
                from,
            } => self.prepare(generation, &item, from, now),
            Effect::Show {
                generation,
                page,
                from,
                length,
                transition,
                ..
            } => {
                self.is_alert = false;
                let transition = match transition {
                    motcua_show::stage::Transition::Cut => Transition::Cut,
                    motcua_show::stage::Transition::Fade => Transition::Fade,
                };
                let asked = Instant::now();
                self.want(
                    generation,
                    Wanted {
                        page,
                        from,
                        asked,
                        length: Some(length),
                        transition,
                    },
                    now,
                );
            }
            Effect::ShowPage { generation, page } => {
                let transition = Transition::Fade;
                let asked = Instant::now();
                self.want(
                    generation,
                    Wanted {
                        page,
                        from: Duration::ZERO,
                        asked,
                        length: None,
                        transition,
                    },
                    now,
                );
            }
            Effect::ShowCard { reason } => {
                self.is_alert = false;
                self.show_card(&format!("{reason:?}"));
            }
            Effect::ShowLookup => self.cover(),
            Effect::ShowAlert => {
                self.cover();
                self.is_alert = true;
                self.show_alert();
            }
            Effect::Release { generation } => {
                self.wings.remove(&generation);
                if self
                    .on_stage
                    .as_ref()
                    .is_some_and(|on_stage| on_stage.generation == generation)
                {
                    self.on_stage = None;
                }
            }
            Effect::WakeAt(at) => *wake = Some(at),
            Effect::Report { item, fault } => {
                tracing::warn!(item = &*item, "item {item:?} is passed over: {fault}");
                self.faults.insert(Arc::clone(&item), fault.clone());
                self.journal.write(&Happened::Problem {
                    item: &item,
                    fault: &fault,
                });
            }
            Effect::Recovered { item } => {
                tracing::info!(item = &*item, "item {item:?} is shown again");
                self.faults.remove(&item);
            }
            Effect::Finished => return Some(now.clone()),
        }
        None
    }

    /// Lets what plays under a visitor or an alert fall silent; nothing of it comes up by itself.
    fn cover(&mut self) {
        self.on_stage = None;
        for waiting in self.wings.values_mut() {
            waiting.wanted = None;
        }
    }

    /// Puts the alert up over everything.
    fn show_alert(&mut self) {
        let Some(setting) = &self.setting else {
            return;
        };
        let language = setting.show.language;
        let sheet = card::drill(language, setting.viewport, &setting.words, &setting.palette);
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

    fn prepare(&mut self, generation: Generation, name: &Arc<str>, from: Duration, now: &Zoned) {
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
            },
        );
        let screen = self.screen.clone();
        let job = Job {
            generation,
            setting: Arc::clone(setting),
            item: item.clone(),
            today: now.date(),
            from,
            notify: Arc::new(move || screen.send(ToScreen::FilmReady)),
        };
        backstage::make_ready(job, self.answers.clone());
    }

    fn answered(&mut self, answer: Answer) -> Option<Event> {
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

    /// Notes what of an item cannot be shown while the rest is; none where all of it can.
    fn note_partial(&mut self, generation: Generation, fault: Option<String>) {
        let Some(item) = self.wings.get(&generation).map(|waiting| &waiting.item) else {
            return;
        };
        let Some(fault) = fault else {
            self.partial.remove(item);
            return;
        };
        tracing::warn!(item = &**item, "item {item:?} is shown in part: {fault}");
        self.journal.write(&Happened::Problem {
            item,
            fault: &fault,
        });
        self.partial.insert(Arc::clone(item), fault);
    }

    /// Notes what is to be on the screen, and puts it there at once if it is ready.
    fn want(&mut self, generation: Generation, wanted: Wanted, now: &Zoned) {
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
        let elsewhere = waiting.from.abs_diff(wanted.from) > CLOSE_ENOUGH;
        waiting.wanted = Some(wanted);
        if plays && wanted.length.is_some() && (elsewhere || is_on_stage) {
            let item = Arc::clone(&waiting.item);
            self.prepare(generation, &item, wanted.from, now);
            if let Some(waiting) = self.wings.get_mut(&generation) {
                waiting.wanted = Some(wanted);
            }
            return;
        }
        self.perform(generation);
    }

    /// Puts the wanted page on the screen if it is ready, else has it made.
    fn perform(&mut self, generation: Generation) {
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
        let volume = self.volume_of(&generation);
        let sheet = match (prepared.clip(), wanted.length) {
            (Some(clip), Some(_)) => {
                let playing = Arc::new(film::play(&self.sound, clip, wanted.from, volume));
                self.on_stage = Some(OnStage {
                    generation,
                    playing: Some(Arc::clone(&playing)),
                });
                film::with_film(sheet, &prepared, clip, playing, setting.viewport)
            }
            (Some(clip), None) => {
                let playing = self
                    .on_stage
                    .as_ref()
                    .and_then(|on_stage| on_stage.playing.clone());
                match playing {
                    Some(playing) => {
                        film::with_film(sheet, &prepared, clip, playing, setting.viewport)
                    }
                    None => sheet,
                }
            }
            (None, _) => {
                self.on_stage = Some(OnStage {
                    generation,
                    playing: None,
                });
                sheet
            }
        };
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

    /// Loudness of an item, 0 to 1.
    fn volume_of(&self, generation: &Generation) -> f32 {
        let item = self
            .wings
            .get(generation)
            .and_then(|waiting| self.show.item(&waiting.item));
        let own = item.and_then(|item| item.volume).unwrap_or(100);
        f32::from(own) / 100.0 * f32::from(self.volume) / 100.0
    }

    fn show_card(&mut self, reason: &str) {
        self.on_stage = None;
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
    fn show_builtin(&mut self) {
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

    fn write_shown(&mut self, token: u64, now: &Zoned) {
        let at = civil(now);
        self.shown = self
            .wings
            .get(&generation_of(token))
            .filter(|_| token != 0)
            .map(|waiting| Arc::clone(&waiting.item));
        if token == ALERT {
            self.journal.write(&Happened::Alert);
            return;
        }
        if token == 0 {
            self.journal.write(&Happened::Card { at });
            return;
        }
        if let Some(waiting) = self.wings.get(&generation_of(token)) {
            let pages = waiting
                .prepared
                .as_ref()
                .map_or(1, |prepared| prepared.pages.len());
            self.journal.write(&Happened::Shown {
                item: &waiting.item,
                page: page_of(token) + 1,
                pages,
                at,
            });
        }
    }
}
