//! Queue calls: what is seen and heard when a number is called.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[allow(dead_code, reason = "each file of tests uses its part")]
#[path = "window/loudspeaker.rs"]
mod loudspeaker;
#[allow(dead_code, reason = "each file of tests uses its part")]
#[path = "window/mod.rs"]
mod window;

use std::f32::consts::TAU;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use loudspeaker::{Loudspeaker, RATE};
use window::display::Display;
use window::player::{PLAYER, Player, What, without_settings};
use window::session::{Session, Wishes};
use window::show::Written;
use window::{alone, await_some};

const PATIENCE: Duration = Duration::from_secs(60);
const MIDNIGHT: &str = "2026-11-23T00:00";

/// A tone that neither the chime nor a voice has much of, in hertz.
const TONE: f32 = 3000.0;
/// The tone of a recorded word.
const WORD: f32 = 1900.0;

/// Calls a number; gives what was said about it, and whether it was taken.
fn call(socket: &Path, number: &str, counter: &str) -> (bool, String) {
    let mut command = Command::new(PLAYER);
    without_settings(&mut command);
    command
        .args(["call", number, counter, "--calls-socket"])
        .arg(socket);
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.success(), said)
}

/// Whether the strip is to be seen: its accent, where the header was.
fn has_strip(display: &Display) -> bool {
    let pixel = display.part(4, 4, 1, 1);
    pixel[2] > 120 && pixel[1] < 60 && pixel[0] < 60
}

fn wait_until(what: &str, display: &Display, wanted: bool) {
    await_some(what, PATIENCE, || {
        (has_strip(display) == wanted).then_some(())
    });
}

/// Seconds of a tone as a WAV file.
fn tone(pitch: f32, seconds: f32) -> Vec<u8> {
    let frames = (seconds * 48_000.0) as usize;
    let samples = (0..frames).flat_map(|frame| {
        let sample = 0.4 * (TAU * pitch * frame as f32 / 48_000.0).sin();
        ((sample * f32::from(i16::MAX)) as i16).to_le_bytes()
    });
    let data: Vec<u8> = samples.collect();
    let length = u32::try_from(data.len()).unwrap();
    let mut file = Vec::new();
    file.extend(b"RIFF");
    file.extend((36 + length).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16_u32.to_le_bytes());
    file.extend(1_u16.to_le_bytes());
    file.extend(1_u16.to_le_bytes());
    file.extend(48_000_u32.to_le_bytes());
    file.extend(96_000_u32.to_le_bytes());
    file.extend(2_u16.to_le_bytes());
    file.extend(16_u16.to_le_bytes());
    file.extend(b"data");
    file.extend(length.to_le_bytes());
    file.extend(data);
    file
}

/// How much of a tone is in each tenth of a second of a record.
fn loudness_of(pitch: f32, record: &[f32]) -> Vec<f32> {
    let tenth = RATE / 10;
    let of_tone = |samples: &[f32]| {
        let (mut sine, mut cosine) = (0.0, 0.0);
        for (index, sample) in samples.iter().enumerate() {
            let angle = TAU * pitch * index as f32 / RATE as f32;
            sine += sample * angle.sin();
            cosine += sample * angle.cos();
        }
        sine.hypot(cosine) / samples.len() as f32
    };
    record.chunks_exact(tenth).map(of_tone).collect()
}

#[test]
fn a_call_is_seen_over_everything_but_an_alert_and_nonsense_is_refused() {
    let _alone = alone();
    let session = Session::x11(Wishes::default());
    let display = Display::of(&session);
    let show = Written::new("title = \"Một cửa\"").item(
        "announcement",
        "one",
        "title = \"Một\"\ndwell = \"10m\"",
    );
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("calls");
    let more = [
        "--at",
        MIDNIGHT,
        "--drill",
        "12",
        "--calls-socket",
        socket.to_str().unwrap(),
    ];
    let mut player = Player::start(&session, show.write(), &more);
    player.wait_for("the page", PATIENCE, |what| {
        matches!(what, What::Shown { .. })
    });
    wait_until("no strip before a call", &display, false);
    let (is_taken, said) = call(&socket, "A-1", "3");
    assert!(
        !is_taken && said.contains("\"A-1\" cannot be called"),
        "{said}"
    );
    assert!(!has_strip(&display));
    let (is_taken, said) = call(&socket, "a015", "3");
    assert!(is_taken, "{said}");
    wait_until("the strip", &display, true);
    player.wait_for("the exercise", PATIENCE, |what| {
        matches!(what, What::Alert { .. })
    });
    wait_until("no strip over an alert", &display, false);
    assert!(call(&socket, "A016", "4").0);
    // Both were to be announced: the one that the alert cut off, or the one that came under it.
    wait_until("the strip after the alert", &display, true);
    player.terminate();
    player.wait_for_end(PATIENCE);
    assert!(!socket.exists(), "the socket is left behind");
    let (is_taken, said) = call(&socket, "A017", "1");
    assert!(
        !is_taken && said.contains("no player takes queue calls"),
        "{said}"
    );
}

#[test]
fn a_call_is_heard_from_recordings_while_what_plays_is_lowered() {
    let _alone = alone();
    if !window::programs::are_here("hearing a call", &["pulseaudio", "parec"]) {
        return;
    }
    let session = Session::x11(Wishes::default());
    let words = [
        "invite", "counter", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9",
    ];
    let recordings: String = words
        .iter()
        .map(|word| {
            format!(
                "[[calls.recording]]\nlanguage = \"km\"\nword = \"{word}\"\nsource = \"word.wav\"\n"
            )
        })
        .collect();
    let head = format!("title = \"Một cửa\"\n[calls]\nlanguages = [\"km\"]\n{recordings}");
    let show = Written::new(&head)
        .file("tone.wav", &tone(TONE, 40.0))
        .file("word.wav", &tone(WORD, 0.5))
        .item(
            "audio",
            "tone",
            "source = \"tone.wav\"\ncaption = \"Âm thanh\"",
        );
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("calls");
    let speaker = Loudspeaker::start();
    let environment = speaker.environment();
    let environment: Vec<(&str, &str)> = environment
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let more = ["--at", MIDNIGHT, "--calls-socket", socket.to_str().unwrap()];
    let mut player = Player::start_with(&session, show.write(), &more, &environment);
    player.wait_for("the page", PATIENCE, |what| {
        matches!(what, What::Shown { .. })
    });
    std::thread::sleep(Duration::from_secs(3));
    assert!(call(&socket, "15", "3").0);
    std::thread::sleep(Duration::from_secs(8));
    let record = speaker.heard();
    let before = loudness_of(TONE, &record);
    let full = before.iter().fold(0.0_f32, |most, level| most.max(*level));
    assert!(full > 0.05, "the tone is not heard: {full}");
    let spoken = loudness_of(WORD, &record);
    let is_spoken = |index: &usize| spoken[*index] > full / 4.0;
    let heard: Vec<usize> = (0..spoken.len()).filter(is_spoken).collect();
    // Five words of half a second: invite, 1, 5, counter, 3.
    assert!(
        (22..=32).contains(&heard.len()),
        "{} tenths of words",
        heard.len()
    );
    for &index in &heard {
        let left = before[index] / full;
        assert!(
            left < 0.2,
            "under a word the tone is at {left} of its level"
        );
    }
    let last = *heard.last().unwrap();
    let after = before[last + 10..]
        .iter()
        .fold(0.0_f32, |most, level| most.max(*level));
    assert!(
        after > full * 0.8,
        "the tone does not come back: {after} of {full}"
    );
}
