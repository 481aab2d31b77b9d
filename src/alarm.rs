//! What an alert sounds like: the siren, then what is said.
//!
//! Owns a voice of its own, as loud while everything else is lowered. Full loudness whatever the hour's volume
//! is: who turned the screen down for the night did not mean this.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use motcua_show::alert::Alert;
use motcua_sound::{Playing, SIREN_LASTS, Siren, Sound};
use tokio::sync::mpsc::UnboundedSender;

use crate::conductor::Told;
use crate::speech::{End, Source, Speech};

/// Silence between the siren and the first word.
const PAUSE: Duration = Duration::from_millis(500);

/// How loud all of it is.
const FULL: f32 = 1.0;

/// The sound of an alert.
pub struct Alarm {
    sound: Sound,
    speech: Speech,
    siren: Option<Playing>,
    /// What is still to be said.
    to_say: VecDeque<Source>,
    /// When the siren is over.
    speak_at: Option<Instant>,
    /// The voice that is heard.
    voice: Option<u64>,
}

impl Alarm {
    /// Is silent. The end of each voice is told to the conductor.
    pub fn new(sound: Sound, sender: UnboundedSender<Told>) -> Self {
        let tell = Arc::new(move |voice, end| {
            if let End::Failed(error) = end {
                tracing::warn!("the alert is not read aloud: {error}");
            }
            drop(sender.send(Told::AlarmSilent(voice)));
        });
        Self {
            speech: Speech::above(sound.clone(), std::env::var_os("PATH").as_deref(), tell),
            sound,
            siren: None,
            to_say: VecDeque::new(),
            speak_at: None,
            voice: None,
        }
    }

    /// Sounds an alert from its beginning.
    pub fn begin(&mut self, alert: &Alert) {
        self.stop();
        self.to_say = self.to_say_of(alert);
        if alert.has_siren() {
            let siren = self
                .sound
                .play_above(Siren::default(), Duration::ZERO, FULL);
            self.siren = Some(siren);
            self.speak_at = Some(Instant::now() + SIREN_LASTS + PAUSE);
        } else {
            self.speak_next();
        }
    }

    /// Is silent at once.
    pub fn stop(&mut self) {
        self.siren = None;
        self.speak_at = None;
        self.to_say.clear();
        if self.voice.take().is_some() {
            self.speech.stop();
        }
    }

    /// When the siren is over.
    pub const fn wake_at(&self) -> Option<Instant> {
        self.speak_at
    }

    /// Begins to speak, where it is time for that.
    pub fn tick(&mut self) {
        if self.speak_at.is_some_and(|at| at <= Instant::now()) {
            self.speak_at = None;
            self.siren = None;
            self.speak_next();
        }
    }

    /// A voice has come to its end.
    pub fn voice_ended(&mut self, voice: u64) {
        if self.voice == Some(voice) {
            self.voice = None;
            self.speak_next();
        }
    }

    fn speak_next(&mut self) {
        if let Some(source) = self.to_say.pop_front() {
            self.voice = Some(self.speech.speak(source, FULL));
        }
    }

    /// What a person spoke; else the text, in the languages that this machine speaks.
    fn to_say_of(&self, alert: &Alert) -> VecDeque<Source> {
        if let Some(spoken) = &alert.spoken {
            match BASE64_STANDARD.decode(spoken) {
                Ok(bytes) => return VecDeque::from([Source::Bytes(bytes)]),
                Err(error) => {
                    tracing::warn!(id = %alert.id, "what is spoken of the alert cannot be read: {error}");
                }
            }
        }
        let said = alert
            .said()
            .filter(|said| self.speech.can_speak(said.language));
        said.map(|said| {
            let parts = [Some(said.headline), said.text, said.instruction];
            let text: Vec<&str> = parts.into_iter().flatten().collect();
            Source::Text(said.language, text.join(".\n"))
        })
        .collect()
    }
}
