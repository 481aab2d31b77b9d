//! Reading aloud: a text through espeak-ng where that is installed, or what a person recorded.
//!
//! Owns the voice, one at a time. espeak-ng runs as a program of its own that writes a WAV into memory; from
//! there on a text is played as a recording is. Invariants: no call waits or fails; a voice that hangs or
//! dies harms nothing; every one that was begun is told to have ended, once.

use std::ffi::OsStr;
use std::fs::File;
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, Thread};
use std::time::Duration;

use motcua_media::{Clip, ClipRequest, MediaError};
use motcua_show::Language;
use motcua_sound::Sound;

use crate::child::{self, ChildError, Limits};

const PROGRAM: &str = "espeak-ng";

/// What speaking a text may take: a minute of speech is 2.6 MB and takes less than a second.
const SPEAKING: Limits = Limits {
    time: Duration::from_secs(20),
    bytes: 64 * 1024 * 1024,
};

/// Words a minute; the usual 175 is fast for who hears a thing for the first time.
const PACE: &str = "150";

/// How long a recording may take to have its first samples ready.
const PREROLL: Duration = Duration::from_secs(8);

/// How often it is looked whether the end is reached.
const LOOK: Duration = Duration::from_millis(50);

/// What is to be heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A text, spoken by espeak-ng.
    Text(Language, String),
    /// A sound file that the release carries.
    Recording(PathBuf),
    /// Sound files that the release carries, one after the other: words of one sentence.
    Recordings(Vec<PathBuf>),
    /// The chime before a call.
    Chime,
    /// One after the other. What cannot be heard is left out.
    InTurn(Vec<Source>),
    /// A sound file in memory, which an alert carries.
    Bytes(Vec<u8>),
}

/// How a voice ended.
#[derive(Debug)]
pub enum End {
    /// Heard to its end.
    Finished,
    /// Stopped, or another one took its place.
    Stopped,
    /// It could not be heard.
    Failed(SpeechError),
}

/// Why nothing is heard.
#[derive(Debug, thiserror::Error)]
pub enum SpeechError {
    /// Nothing here speaks that language.
    #[error(
        "nothing on this machine speaks {0}; install espeak-ng, which has vi and en, or record it"
    )]
    NoVoice(Language),
    /// espeak-ng failed.
    #[error(transparent)]
    Voice(#[from] ChildError),
    /// The sound cannot be played.
    #[error("{file} cannot be heard: {source}")]
    Sound {
        /// The file.
        file: String,
        /// What is wrong with it.
        #[source]
        source: MediaError,
    },
    /// There is no sound in it, or it does not begin.
    #[error("{0} gave no sound; check the file")]
    Silent(String),
    /// The machine gives no memory.
    #[error("there is no memory for what is read aloud: {0}")]
    NoMemory(#[source] std::io::Error),
    /// The machine gives no thread.
    #[error("reading aloud cannot be started: {0}")]
    NoThread(#[source] std::io::Error),
}

/// Told once for each voice how it ended, from a thread of its own. The number is the one that
/// [`Speech::speak`] gave.
pub type Told = Arc<dyn Fn(u64, End) + Send + Sync>;

/// Reads aloud, one voice at a time.
pub struct Speech {
    sound: Sound,
    /// Whether it is as loud while everything else is lowered.
    is_above: bool,
    espeak: Option<PathBuf>,
    limits: Limits,
    tell: Told,
    voice: Option<(Arc<AtomicBool>, Option<Thread>)>,
    next: u64,
}

impl Speech {
    /// Looks for espeak-ng on `path` (the variable PATH), once.
    #[must_use]
    pub fn new(sound: Sound, path: Option<&OsStr>, tell: Told) -> Self {
        let espeak = path.and_then(|path| {
            // A relative folder would be another one after the next change of folder.
            std::env::split_paths(path)
                .filter(|folder| folder.is_absolute())
                .map(|folder| folder.join(PROGRAM))
                .find(|program| is_program(program))
        });
        Self {
            sound,
            is_above: false,
            espeak,
            limits: SPEAKING,
            tell,
            voice: None,
            next: 0,
        }
    }

    /// As [`Self::new`], for voices that are heard above what is ducked.
    #[must_use]
    pub fn above(sound: Sound, path: Option<&OsStr>, tell: Told) -> Self {
        let mut speech = Self::new(sound, path, tell);
        speech.is_above = true;
        speech
    }

    /// Whether a text in `language` can be spoken. espeak-ng has no Khmer.
    #[must_use]
    pub fn can_speak(&self, language: Language) -> bool {
        self.espeak.is_some() && voice_of(language).is_some()
    }

    /// Stops what is heard and begins `source`, at `volume` (0.0 to 1.0). Returns the number of this voice.
    pub fn speak(&mut self, source: Source, volume: f32) -> u64 {
        self.stop();
        let number = self.next;
        self.next += 1;
        let is_stopped = Arc::new(AtomicBool::new(false));
        let speaker = Speaker {
            sound: self.sound.clone(),
            is_above: self.is_above,
            espeak: self.espeak.clone(),
            limits: self.limits,
            is_stopped: Arc::clone(&is_stopped),
            volume,
        };
        // So that the first word is not waited for twice.
        self.sound.prepare();
        let tell = Arc::clone(&self.tell);
        let begun = thread::Builder::new()
            .name("speech".to_owned())
            .spawn(move || tell(number, speaker.say(source).unwrap_or_else(End::Failed)));
        match begun {
            Ok(handle) => self.voice = Some((is_stopped, Some(handle.thread().clone()))),
            Err(error) => (self.tell)(number, End::Failed(SpeechError::NoThread(error))),
        }
        number
    }

    /// Stops what is heard, at once.
    pub fn stop(&mut self) {
        if let Some((is_stopped, thread)) = self.voice.take() {
            is_stopped.store(true, Ordering::Release);
            if let Some(thread) = thread {
                thread.unpark();
            }
        }
    }
}

impl Drop for Speech {
    fn drop(&mut self) {
        self.stop();
    }
}

/// One voice, on its thread.
struct Speaker {
    sound: Sound,
    is_above: bool,
    espeak: Option<PathBuf>,
    limits: Limits,
    is_stopped: Arc<AtomicBool>,
    volume: f32,
}

impl Speaker {
    fn say(&self, source: Source) -> Result<End, SpeechError> {
        match source {
            Source::Recording(path) => self.play(&path, &path.display().to_string()),
            Source::Recordings(paths) => {
                for path in paths {
                    if let End::Stopped = self.play(&path, &path.display().to_string())? {
                        return Ok(End::Stopped);
                    }
                }
                Ok(End::Finished)
            }
            Source::Chime => Ok(self.hear(motcua_sound::chime())),
            Source::InTurn(sources) => self.say_in_turn(sources),
            Source::Bytes(bytes) => {
                let held = child::held(&bytes).map_err(SpeechError::NoMemory)?;
                self.play(&in_memory(&held), "what the alert says")
            }
            Source::Text(language, text) => {
                let spoken = match self.spoken(language, &text) {
                    Err(SpeechError::Voice(ChildError::Stopped(_))) => return Ok(End::Stopped),
                    spoken => spoken?,
                };
                self.play(&in_memory(&spoken), "what espeak-ng said")
            }
        }
    }

    /// Says one after the other; what failed is told at the end, when the others were heard.
    fn say_in_turn(&self, sources: Vec<Source>) -> Result<End, SpeechError> {
        let mut end = Ok(End::Finished);
        for source in sources {
            match self.say(source) {
                Ok(End::Stopped) => return Ok(End::Stopped),
                Ok(_) => {}
                Err(error) => end = Err(error),
            }
        }
        end
    }

    fn spoken(&self, language: Language, text: &str) -> Result<File, SpeechError> {
        let (Some(espeak), Some(voice)) = (&self.espeak, voice_of(language)) else {
            return Err(SpeechError::NoVoice(language));
        };
        let mut command = Command::new(espeak);
        command.args(["-v", voice, "-s", PACE, "--stdin", "--stdout"]);
        // Through standard input: what a visitor hears does not belong into a list of processes.
        Ok(child::run(
            &mut command,
            text.as_bytes(),
            self.limits,
            &|| self.is_stopped(),
        )?)
    }

    fn play(&self, path: &Path, name: &str) -> Result<End, SpeechError> {
        let sound = |source| SpeechError::Sound {
            file: name.to_owned(),
            source,
        };
        let request = ClipRequest {
            with_sound: true,
            ..ClipRequest::default()
        };
        let clip = Clip::open(path, request).map_err(sound)?;
        let is_ready = clip.wait_ready(PREROLL);
        let Some(mut samples) = clip.take_sound().filter(|_| is_ready) else {
            return Err(SpeechError::Silent(name.to_owned()));
        };
        let source = move |out: &mut [f32]| {
            let pulled = samples.pull(out);
            motcua_sound::Pulled {
                frames: pulled.frames,
                ended: pulled.ended,
            }
        };
        Ok(self.hear(source))
    }

    /// Plays a source to its end, or until it is stopped.
    fn hear(&self, source: impl motcua_sound::Source) -> End {
        let playing = if self.is_above {
            self.sound.play_above(source, Duration::ZERO, self.volume)
        } else {
            self.sound.play(source, Duration::ZERO, self.volume)
        };
        while !self.is_stopped() {
            if playing.has_ended() {
                return End::Finished;
            }
            thread::park_timeout(LOOK);
        }
        End::Stopped
    }

    fn is_stopped(&self) -> bool {
        self.is_stopped.load(Ordering::Acquire)
    }
}

/// A file in memory has no other name.
fn in_memory(file: &File) -> PathBuf {
    PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()))
}

const fn voice_of(language: Language) -> Option<&'static str> {
    match language {
        Language::Vi => Some("vi"),
        Language::En => Some("en"),
        Language::Km => None,
    }
}

fn is_program(path: &Path) -> bool {
    path.metadata()
        .is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests;
