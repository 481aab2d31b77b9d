//! Queue calls on this screen: the strip, the chime and the voice.

use std::time::Duration;

use motcua_screen::{ScreenHandle, ToScreen};
use motcua_show::calls::{Call, CallBoard, CallEffect, Cover, Say, to_say};
use motcua_show::stage::Stage;
use motcua_show::{Language, Show};
use motcua_sound::{Ducking, Sound};
use tokio::sync::mpsc::UnboundedSender;

use super::Told;
use crate::calls::{self, Listening};
use crate::files::Files;
use crate::settings::Settings;
use crate::speech::{End, Source, Speech};

/// Where the calls of a show come from.
pub(super) struct Hall<'a> {
    pub(super) show: &'a Show,
    pub(super) files: &'a Files,
    /// Loudness of the screen at this hour, in percent.
    pub(super) volume: u8,
}

/// Carries out what the board of calls decides.
pub(super) struct Calls {
    board: CallBoard,
    screen: ScreenHandle,
    sound: Sound,
    speech: Speech,
    /// The voice that is heard.
    voice: Option<u64>,
    ducking: Option<Ducking>,
    cover: Cover,
    _listening: Option<Listening>,
}

impl Calls {
    /// Takes calls where the settings name a socket.
    pub(super) fn new(
        screen: ScreenHandle,
        sound: Sound,
        sender: &UnboundedSender<Told>,
        settings: &Settings,
    ) -> Self {
        let told = sender.clone();
        let tell = move |voice, end| {
            if let End::Failed(error) = end {
                tracing::warn!("a call was not heard: {error}");
            }
            drop(told.send(Told::CallSaid(voice)));
        };
        let speech = Speech::above(
            sound.clone(),
            std::env::var_os("PATH").as_deref(),
            std::sync::Arc::new(tell),
        );
        let told = sender.clone();
        let listening = settings.calls_socket.as_ref().and_then(|path| {
            calls::listen(path, move |call| drop(told.send(Told::Call(call))))
                .inspect(|_| tracing::info!(path = %path.display(), "queue calls are taken"))
                .inspect_err(|error| tracing::error!("{error}"))
                .ok()
        });
        Self {
            board: CallBoard::default(),
            screen,
            sound,
            speech,
            voice: None,
            ducking: None,
            cover: Cover::Nothing,
            _listening: listening,
        }
    }

    /// When something happens by itself, since the start.
    pub(super) fn wake_at(&self) -> Option<Duration> {
        self.board.wake_at()
    }

    pub(super) fn hear(&mut self, call: Call, now: Duration, hall: &Hall<'_>) {
        let effects = self.board.hear(call, now);
        self.carry_out(effects, hall);
    }

    pub(super) fn tick(&mut self, now: Duration, hall: &Hall<'_>) {
        let effects = self.board.tick(now);
        self.carry_out(effects, hall);
    }

    /// A voice has ended.
    pub(super) fn said(&mut self, voice: u64, now: Duration, hall: &Hall<'_>) {
        if self.voice == Some(voice) {
            self.fall_silent();
            let effects = self.board.said(now);
            self.carry_out(effects, hall);
        }
    }

    /// Takes note of what lies over the stage.
    pub(super) fn look(&mut self, stage: &Stage, now: Duration, hall: &Hall<'_>) {
        let cover = if stage.has_alert() {
            Cover::Alert
        } else if stage.has_visitor() {
            Cover::Visitor
        } else {
            Cover::Nothing
        };
        if cover != self.cover {
            self.cover = cover;
            let effects = self.board.cover(cover, now);
            self.carry_out(effects, hall);
        }
    }

    fn carry_out(&mut self, effects: Vec<CallEffect>, hall: &Hall<'_>) {
        for effect in effects {
            match effect {
                CallEffect::Show(strip) => {
                    self.screen.send(ToScreen::Calls(strip.map(Box::new)));
                }
                CallEffect::Say(call) => self.say(&call, hall),
                CallEffect::Hush => {
                    self.speech.stop();
                    self.fall_silent();
                }
            }
        }
    }

    fn fall_silent(&mut self) {
        self.voice = None;
        self.ducking = None;
    }

    fn say(&mut self, call: &Call, hall: &Hall<'_>) {
        let table = &hall.show.calls;
        let languages = table
            .languages
            .clone()
            .unwrap_or_else(|| hall.show.languages());
        let can_speak = |language| self.speech.can_speak(language);
        let parts = to_say(call, table, &languages, can_speak);
        let mut heard = vec![Source::Chime];
        heard.extend(parts.into_iter().filter_map(|part| source(part, hall)));
        self.ducking = Some(self.sound.duck());
        let volume = f32::from(hall.volume) / 100.0;
        self.voice = Some(self.speech.speak(Source::InTurn(heard), volume));
    }
}

/// Where a part of a call is heard from; none where a recording has no file.
fn source(part: Say, hall: &Hall<'_>) -> Option<Source> {
    let file = |language: Language, word| {
        let recording = hall.show.calls.recording(language, word)?;
        hall.files.path(&recording.source).ok()
    };
    match part {
        Say::Sentence(language, text) => Some(Source::Text(language, text)),
        Say::Recorded(language, words) => {
            let files = words.into_iter().map(|word| file(language, word));
            files.collect::<Option<Vec<_>>>().map(Source::Recordings)
        }
    }
}
