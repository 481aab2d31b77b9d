//! What the machine can do for a visitor besides showing: printing, reading aloud, counting.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Zoned;
use motcua_screen::WordsByLanguage;
use motcua_show::Language;
use motcua_show::takeaway;
use motcua_show::visit::{Count, Place, Slip, Visit};
use motcua_sound::Sound;
use motcua_typeset::touch::Offers;
use tokio::sync::mpsc::UnboundedSender;

use super::super::Told;
use super::aide::Aided;
use crate::files::Files;
use crate::printing::{Outcome, Press};
use crate::settings::Settings;
use crate::speech::{End, Source, Speech};
use crate::tally::{Counted, Tally};
use crate::visitor::{slip, spoken_language, takeaway_words};

/// The services of this machine.
pub(super) struct Services {
    sender: UnboundedSender<Told>,
    press: Option<Press>,
    has_printer: Arc<AtomicBool>,
    speech: Speech,
    /// The voice that is heard.
    voice: Option<u64>,
    volume: f32,
    tally: Tally,
}

impl Services {
    pub(super) fn new(sound: Sound, settings: &Settings, sender: UnboundedSender<Told>) -> Self {
        let press = settings.printer.clone().and_then(|printer| {
            Press::new(printer)
                .inspect_err(|error| tracing::warn!("no slip can be printed: {error}"))
                .ok()
        });
        let told = sender.clone();
        let tell = Arc::new(move |voice, end| {
            if let End::Failed(error) = end {
                tracing::warn!("reading aloud failed: {error}");
            }
            drop(told.send(Told::Aided(Aided::Silent(voice))));
        });
        Self {
            sender,
            press,
            has_printer: Arc::default(),
            speech: Speech::new(sound, std::env::var_os("PATH").as_deref(), tell),
            voice: None,
            volume: f32::from(settings.volumes.usual()) / 100.0,
            tally: Tally::keep(&settings.state),
        }
    }

    /// Looks whether the printer is there, which may take a second over a network.
    pub(super) fn look_for_printer(&self) {
        let Some(printer) = self.press.as_ref().map(|press| press.printer().clone()) else {
            return;
        };
        let has_printer = Arc::clone(&self.has_printer);
        let look = move || has_printer.store(printer.is_there(), Ordering::Release);
        drop(
            std::thread::Builder::new()
                .name("printer".into())
                .spawn(look),
        );
    }

    /// What can be done with the open procedure.
    pub(super) fn offers(&self, visit: &Visit) -> Offers {
        let Place::Procedure { code, .. } = visit.place() else {
            return Offers::default();
        };
        let language = visit.options().language;
        let table = &visit.catalogue().show().lookup;
        let has_recording = [Some(language), spoken_language(language)]
            .into_iter()
            .flatten()
            .any(|language| table.recording(code, language).is_some());
        let has_voice =
            spoken_language(language).is_some_and(|language| self.speech.can_speak(language));
        Offers {
            can_print: self.has_printer.load(Ordering::Acquire),
            can_listen: has_recording || has_voice,
        }
    }

    pub(super) fn print(&self, visit: &Visit, code: &str, words: &WordsByLanguage, now: &Zoned) {
        let words = words.get(&visit.options().language);
        let slip = words.and_then(|words| slip::of(visit, code, words, now));
        let sender = self.sender.clone();
        let tell = move |outcome| {
            let slip = match outcome {
                Outcome::Printed => Slip::Printed,
                Outcome::NotThere => {
                    tracing::warn!("the printer is not there; check its cable and its power");
                    Slip::Failed
                }
                Outcome::Refused { why } => {
                    tracing::warn!("a slip was not printed: {why}");
                    Slip::Failed
                }
            };
            drop(sender.send(Told::Aided(Aided::Printed(slip))));
        };
        match (&self.press, slip) {
            (Some(press), Some(slip)) => {
                let tell: crate::printing::Told = Arc::new(tell);
                press.print(&slip, &tell);
            }
            _ => tell(Outcome::NotThere),
        }
    }

    /// Reads the procedure aloud: as a person recorded it, else as the machine speaks it.
    pub(super) fn speak(
        &mut self,
        visit: &Visit,
        code: &str,
        words: &WordsByLanguage,
        files: &Files,
    ) {
        let language = visit.options().language;
        let table = &visit.catalogue().show().lookup;
        let recording = table
            .recording(code, language)
            .or_else(|| table.recording(code, spoken_language(language)?))
            .and_then(|recording| files.path(&recording.source).ok())
            .map(Source::Recording);
        let text = || {
            let procedure = visit.procedure(code)?;
            let words = takeaway_words(words.get(&Language::Vi)?);
            let text = takeaway::spoken_text(procedure, &words);
            Some(Source::Text(Language::Vi, text))
        };
        match recording.or_else(text) {
            Some(source) => self.voice = Some(self.speech.speak(source, self.volume)),
            None => drop(self.sender.send(Told::Aided(Aided::Silent(u64::MAX)))),
        }
    }

    /// Whether this voice is the one that was begun last.
    pub(super) fn is_latest(&self, voice: u64) -> bool {
        self.voice.is_none_or(|latest| latest == voice)
    }

    pub(super) fn hush(&mut self) {
        self.voice = None;
        self.speech.stop();
    }

    pub(super) fn count(&self, count: Count, now: &Zoned) {
        let on = now.date();
        self.tally.count(match count {
            Count::Failed(query) => Counted::Failed { query, on },
            Count::Abandoned(query) => Counted::Abandoned { query, on },
            Count::Opened(code) => Counted::Opened {
                code: code.to_string(),
                on,
            },
            Count::Rated(satisfaction) => Counted::Rated {
                value: satisfaction.step(),
                at: now.datetime(),
            },
        });
    }
}
