use std::sync::mpsc::{Receiver, channel};
use std::time::Instant;

use motcua_sound::SoundSettings;

use super::*;

const PATIENCE: Duration = Duration::from_secs(60);

/// A folder with an espeak-ng of its own.
struct Voice {
    folder: tempfile::TempDir,
}

impl Voice {
    fn new(script: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        // Written by another program: one that this process has open for writing cannot be started.
        let written = Command::new("sh")
            .args([
                "-c",
                "printf '%s\\n' '#!/bin/sh' \"$1\" > \"$2\" && chmod 755 \"$2\"",
                "sh",
                script,
            ])
            .arg(folder.path().join(PROGRAM))
            .status()
            .unwrap();
        assert!(written.success());
        Self { folder }
    }

    /// One that says seconds of a tone, and writes down what it was told.
    fn tone(seconds: usize) -> Self {
        let voice = Self::new("cd \"${0%/*}\"; echo \"$@\" > told; cat > text; cat tone.wav");
        std::fs::write(voice.folder.path().join("tone.wav"), wav(seconds)).unwrap();
        voice
    }

    fn written(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(name)).unwrap()
    }

    fn speech(&self) -> (Speech, Receiver<(u64, End)>) {
        speech(Some(self.folder.path().as_os_str()))
    }
}

fn speech(path: Option<&OsStr>) -> (Speech, Receiver<(u64, End)>) {
    let (tell, told) = channel();
    let tell: Told = Arc::new(move |number, end| drop(tell.send((number, end))));
    (
        Speech::new(Sound::open(SoundSettings::default()), path, tell),
        told,
    )
}

/// A WAV as espeak-ng writes it into a pipe: 22,050 samples a second, its length not known beforehand.
fn wav(seconds: usize) -> Vec<u8> {
    let mut wav = b"RIFF\x24\xf0\xff\x7fWAVEfmt \x10\0\0\0\x01\0\x01\0\x22\x56\0\0\x44\xac\0\0\x02\0\x10\0data\0\xf0\xff\x7f".to_vec();
    for sample in 0..seconds * 22_050 {
        let level = ((sample as f32 / 8.0).sin() * 8000.0) as i16;
        wav.extend(level.to_le_bytes());
    }
    wav
}

fn text(text: &str) -> Source {
    Source::Text(Language::Vi, text.to_owned())
}

#[test]
fn there_is_a_voice_where_espeak_is() {
    let (none, _told) = speech(Some(OsStr::new("/nonexistent:relative")));
    assert!(
        Language::ALL
            .iter()
            .all(|&language| !none.can_speak(language))
    );
    let voice = Voice::tone(1);
    let (some, _told) = voice.speech();
    assert!(some.can_speak(Language::Vi) && some.can_speak(Language::En));
    assert!(!some.can_speak(Language::Km));
    std::fs::set_permissions(
        voice.folder.path().join(PROGRAM),
        std::fs::Permissions::from_mode(0o644),
    )
    .unwrap();
    assert!(!voice.speech().0.can_speak(Language::Vi));
}

#[test]
fn a_text_is_spoken_to_its_end() {
    let voice = Voice::tone(1);
    let (mut speech, told) = voice.speech();
    let begun = Instant::now();
    let number = speech.speak(text("Đăng ký khai sinh"), 0.0);
    let (ended, end) = told.recv_timeout(PATIENCE).unwrap();
    assert!(matches!(end, End::Finished), "{end:?}");
    assert_eq!(ended, number);
    // A second of sound was let through, not an empty one.
    assert!(begun.elapsed() >= Duration::from_millis(700));
    assert_eq!(voice.written("text"), "Đăng ký khai sinh");
    assert_eq!(
        voice.written("told").trim(),
        "-v vi -s 150 --stdin --stdout"
    );
}

#[test]
fn a_recording_is_heard_without_espeak() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("nghe.wav");
    std::fs::write(&file, wav(1)).unwrap();
    let (mut speech, told) = speech(None);
    speech.speak(Source::Recording(file), 0.0);
    let (_, end) = told.recv_timeout(PATIENCE).unwrap();
    assert!(matches!(end, End::Finished), "{end:?}");
    speech.speak(Source::Recording(folder.path().join("none.ogg")), 0.0);
    let (_, end) = told.recv_timeout(PATIENCE).unwrap();
    assert!(
        matches!(end, End::Failed(SpeechError::Sound { .. })),
        "{end:?}"
    );
}

#[test]
fn one_voice_at_a_time_and_none_after_stop() {
    let voice = Voice::tone(120);
    let (mut speech, told) = voice.speech();
    let first = speech.speak(text("một"), 0.0);
    let second = speech.speak(text("hai"), 0.0);
    let (number, end) = told.recv_timeout(PATIENCE).unwrap();
    assert!(
        number == first && matches!(end, End::Stopped),
        "{number} {end:?}"
    );
    speech.stop();
    let (number, end) = told.recv_timeout(PATIENCE).unwrap();
    assert!(
        number == second && matches!(end, End::Stopped),
        "{number} {end:?}"
    );
    drop(speech);
    assert!(told.recv_timeout(PATIENCE).is_err(), "told twice");
}

#[test]
fn a_voice_that_hangs_dies_or_babbles_harms_nothing() {
    for (script, expected) in [
        ("sleep 30", "did not end within"),
        ("kill -9 $$", "signal: 9"),
        ("exit 0", "cannot be heard"),
        ("echo no wav", "cannot be heard"),
        ("while :; do echo yes; done", "wrote more than"),
    ] {
        let voice = Voice::new(script);
        let (mut speech, told) = voice.speech();
        speech.limits = Limits {
            time: Duration::from_secs(3),
            bytes: 100_000,
        };
        speech.speak(text("một"), 0.0);
        let (_, end) = told.recv_timeout(PATIENCE).unwrap();
        let End::Failed(error) = end else {
            panic!("{script}: {end:?}")
        };
        assert!(error.to_string().contains(expected), "{script}: {error}");
    }
    let voice = Voice::new("sleep 30");
    let (mut speech, told) = voice.speech();
    speech.speak(text("một"), 0.0);
    speech.stop();
    assert!(matches!(
        told.recv_timeout(PATIENCE).unwrap().1,
        End::Stopped
    ));
}

#[test]
fn khmer_has_no_voice() {
    let (mut speech, told) = Voice::tone(1).speech();
    speech.speak(Source::Text(Language::Km, "ស្តាប់".into()), 0.0);
    let (_, end) = told.recv_timeout(PATIENCE).unwrap();
    assert!(
        matches!(end, End::Failed(SpeechError::NoVoice(Language::Km))),
        "{end:?}"
    );
}

#[test]
fn the_real_espeak_is_understood() {
    let path = std::env::var_os("PATH");
    let (mut speech, told) = speech(path.as_deref());
    if !speech.can_speak(Language::Vi) {
        assert!(
            std::env::var_os("CI").is_none(),
            "espeak-ng is not installed"
        );
        println!("skipped: espeak-ng is not installed");
        return;
    }
    speech.speak(text("Một cửa."), 0.0);
    let (_, end) = told.recv_timeout(PATIENCE).unwrap();
    assert!(matches!(end, End::Finished), "{end:?}");
}
