//! Carries the stage's effects out: what is prepared, what is on the screen, what is heard.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Zoned;
use motcua_screen::{FromScreen, ScreenHandle, Transition};
use motcua_show::Show;
use motcua_show::alert::AlertId;
use motcua_show::stage::{Effect, Event, Generation, Pace};
use motcua_sound::{Ducking, Sound};
use motcua_typeset::{Closed, Enrolment};
use tokio::sync::mpsc::UnboundedSender;

use super::Told;
use super::proof::Recorder;
use super::token::generation_of;
use super::wings::{Following, OnStage, Waiting, Wanted};
use crate::files::Files;
use crate::journal::{Happened, Journal};
use crate::loudness::Evened;
use crate::prepare::Setting;
use crate::volume::Volumes;

mod alert;
mod cards;
mod heard;
mod record;
mod scene;
mod shows;

use alert::Raised;

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
    /// How much louder or quieter its clips are played to be equally loud.
    evened: Evened,
    volumes: Volumes,
    /// Loudness of the screen at this hour, in percent.
    volume: u8,
    journal: Journal,
    proof: Recorder,
    wings: HashMap<Generation, Waiting>,
    on_stage: Option<OnStage>,
    /// The clip that is heard as soon as the one on the stage ends.
    following: Option<Following>,
    /// Held while an alert lies over what plays.
    ducking: Option<Ducking>,
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
    /// What the card says of the office's hours.
    closed: Option<Closed>,
    /// Whether the card is on the display, with nothing over it.
    is_card_up: bool,
    /// Whether clips keep in step with those of other screens.
    pace: Pace,
    /// The alert that lies over the stage.
    alert: Option<Raised>,
    /// The alert that will lie there once the stage has made room.
    next_alert: Option<Raised>,
    /// How many alerts were raised.
    raised: u64,
    /// The alert that has just been seen on the display.
    seen_alert: Option<AlertId>,
    /// The address under which the server says what it can prove of a posting.
    inspection: Option<String>,
    /// Whether clips need not be scaled before they come to the screen.
    screen_scales_films: bool,
}

impl Performer {
    pub fn new(
        screen: ScreenHandle,
        answers: UnboundedSender<Told>,
        sound: Sound,
        (show, files): (Arc<Show>, Files),
        (volumes, pace): (Volumes, Pace),
        journal: Journal,
    ) -> Self {
        Self {
            screen,
            answers,
            sound,
            evened: Evened::of(&show, &files),
            show,
            files,
            coming: None,
            setting: None,
            volume: volumes.usual(),
            volumes,
            journal,
            proof: Recorder::new(),
            wings: HashMap::new(),
            on_stage: None,
            following: None,
            ducking: None,
            faults: BTreeMap::new(),
            partial: BTreeMap::new(),
            enrolment: None,
            shown: None,
            has_begun: false,
            closed: None,
            is_card_up: false,
            pace,
            alert: None,
            next_alert: None,
            raised: 0,
            seen_alert: None,
            inspection: None,
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

    /// What is recorded of what the display confirms.
    pub const fn proof(&mut self) -> &mut Recorder {
        &mut self.proof
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

    /// Takes what screen and preparing threads tell; what the stage must know comes back.
    pub fn told(&mut self, told: Told, now: &Zoned) -> Option<Event> {
        match told {
            Told::Backstage(answer) => self.answered(answer),
            Told::Screen(FromScreen::Shown { token }) => {
                self.write_shown(token, now);
                None
            }
            Told::Screen(FromScreen::FilmEnded { token }) => {
                self.end_sound(generation_of(token));
                Some(Event::Ended {
                    generation: generation_of(token),
                })
            }
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
            | Told::Aided(_)
            | Told::Call(_)
            | Told::CallSaid(_)
            | Told::AlarmSilent(_) => None,
        }
    }

    /// Carries out one effect; says when the performance was over, if it is.
    pub fn carry_out(
        &mut self,
        effect: Effect,
        now: &Zoned,
        wake: &mut Option<Duration>,
    ) -> Option<Zoned> {
        if matches!(
            effect,
            Effect::Show { .. } | Effect::ShowLookup | Effect::ShowAlert
        ) {
            self.is_card_up = false;
        }
        match effect {
            Effect::Adopt => self.adopt(),
            Effect::Prepare {
                generation,
                item,
                from,
                day,
            } => self.prepare(generation, &item, from, day),
            Effect::Show {
                generation,
                page,
                from,
                length,
                transition,
                ..
            } => {
                self.uncover();
                let wanted = Wanted {
                    page,
                    from,
                    asked: Instant::now(),
                    length: Some(length),
                    transition: match transition {
                        motcua_show::stage::Transition::Cut => Transition::Cut,
                        motcua_show::stage::Transition::Fade => Transition::Fade,
                    },
                };
                self.want(generation, wanted, now);
            }
            Effect::ShowPage { generation, page } => {
                let wanted = Wanted {
                    page,
                    from: Duration::ZERO,
                    asked: Instant::now(),
                    length: None,
                    transition: Transition::Fade,
                };
                self.want(generation, wanted, now);
            }
            Effect::ShowCard { reason } => {
                self.proof.uncovered();
                self.uncover();
                self.show_card(&format!("{reason:?}"), now);
            }
            Effect::ShowLookup => self.cover_for_visitor(),
            Effect::ShowAlert => self.cover_for_alert(now),
            Effect::Follow { after, generation } => self.follow(after, generation),
            Effect::Unfollow { generation } => self.unfollow(generation),
            Effect::Release { generation } => self.release(generation),
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
}
