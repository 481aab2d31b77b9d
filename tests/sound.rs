//! What is heard while the player plays: the sound of the clip, as loud as the screen is set, or nothing.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "window/likeness.rs"]
mod likeness;
#[path = "window/loudspeaker.rs"]
mod loudspeaker;
#[allow(dead_code, reason = "each file of tests uses its part")]
#[path = "window/mod.rs"]
mod window;

use std::time::{Duration, Instant};

use likeness::likeness;
use loudspeaker::{Loudspeaker, RATE, decode};
use window::alone;
use window::display::Display;
use window::player::{Player, What};
use window::programs::are_here;
use window::session::{Session, Wishes};
use window::show::{Rendered, Written, of_project};

/// How long the clip and the start before it may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// The day of a show begins with its first item, from its beginning.
const MIDNIGHT: &str = "2026-11-23T00:00";

/// How alike the record has to be to the clip.
const LIKENESS: f64 = 0.9;

/// A sample of silence; the server's own arithmetic leaves less.
const SILENCE: f32 = 0.001;

/// What reaches the record when the player has ended.
const REMAINDER: Duration = Duration::from_secs(1);

fn clip(kind: &str, file: &str, more: &str) -> Written {
    Written::new("title = \"Một cửa\"").medium(file).item(
        kind,
        "clip",
        &format!("source = \"{file}\"\n{more}"),
    )
}

/// How often a sound may be played until the record of it is whole: a machine that does other things too
/// leaves gaps in it that the player has no part in. A sound that the player spoils is spoilt each time.
const TRIES: usize = 3;

/// Plays a show until it sounds like `own`, if it ever does; gives what was heard and how alike it is.
fn listen_for(own: &[f32], show: &Written) -> (Vec<f32>, f64) {
    let mut best = (Vec::new(), 0.0);
    for _ in 0..TRIES {
        let heard = listen(show, &[]);
        let alike = likeness(own, &heard);
        if alike > best.1 {
            best = (heard, alike);
        }
        if best.1 >= LIKENESS {
            break;
        }
        println!("only {alike:.3} alike; played again");
    }
    best
}

/// Plays a show once; gives what was heard of it.
fn listen(show: &Written, arguments: &[&str]) -> Vec<f32> {
    let session = Session::x11(Wishes::default());
    let speaker = Loudspeaker::start();
    let environment = speaker.environment();
    let environment: Vec<(&str, &str)> = environment
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let arguments = [&["--once", "--at", MIDNIGHT], arguments].concat();
    let mut player = Player::start_with(&session, show.write(), &arguments, &environment);
    let status = player.wait_for_end(PATIENCE);
    assert!(status.success(), "{status}\n{}", player.log());
    assert!(
        player
            .events()
            .iter()
            .any(|happened| happened.what != What::Card),
        "{}",
        player.log()
    );
    std::thread::sleep(REMAINDER);
    speaker.heard()
}

fn programs_are_here(test: &str) -> bool {
    are_here(test, &["Xvfb", "pulseaudio", "parec", "ffmpeg", "setpriv"])
}

#[test]
fn what_is_heard_is_the_sound_of_the_clip() {
    if !programs_are_here("the sound") {
        return;
    }
    let _alone = alone();
    let clips = [
        ("video", "online-filing.mp4"),
        ("audio", "opening-hours.ogg"),
    ];
    let own = clips.map(|(_, file)| decode(&of_project("media").join(file)));
    let mut heard = Vec::new();
    for ((kind, file), own) in clips.iter().zip(&own) {
        let (record, alike) = listen_for(own, &clip(kind, file, ""));
        println!(
            "{file}: {alike:.3} over {:.1} s",
            own.len() as f64 / RATE as f64
        );
        assert!(alike >= LIKENESS, "{file}: {alike:.3} alike");
        heard.push(record);
    }
    // The measure tells one voice from another.
    let other = likeness(&own[1], &heard[0]);
    assert!(other < LIKENESS / 2.0, "two clips are {other:.3} alike");
}

#[test]
fn a_sound_is_as_loud_as_item_and_screen_are_set() {
    if !programs_are_here("loudness") {
        return;
    }
    let _alone = alone();
    let file = "opening-hours.ogg";
    let own = decode(&of_project("media").join(file));
    let (half, alike) = listen_for(&own, &clip("audio", file, "volume = 50"));
    assert!(alike >= LIKENESS, "{alike:.3} alike");
    let share = strength(&half, own.len()) / strength(&own, own.len());
    println!("half as loud: {share:.3}");
    assert!((0.4..0.6).contains(&share), "{share:.3} times as strong");

    let silent = listen(&clip("audio", file, ""), &["--volume", "0"]);
    let peak = silent
        .iter()
        .fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
    assert!(peak <= SILENCE, "with volume 0 there is a sample of {peak}");
}

/// The effective value of `samples`, as if all of their energy fell into `length` samples.
fn strength(samples: &[f32], length: usize) -> f64 {
    let energy: f64 = samples
        .iter()
        .map(|sample| f64::from(*sample).powi(2))
        .sum();
    f64::sqrt(energy / length as f64)
}

#[test]
fn without_a_sound_device_the_film_goes_on() {
    if !are_here("the film without a device", &["Xvfb", "setpriv"]) {
        return;
    }
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let alsa = folder.path().join("asound.conf");
    std::fs::write(
        &alsa,
        "pcm.!default { type hw card 99 }\nctl.!default { type hw card 99 }\n",
    )
    .unwrap();
    let show = clip("video", "online-filing.mp4", "");
    let session = Session::x11(Wishes::default());
    let display = Display::of(&session);
    let still = Rendered::card(show.write(), MIDNIGHT, session.size).still();
    let environment = [
        ("ALSA_CONFIG_PATH", alsa.to_str().unwrap()),
        ("PULSE_SERVER", "unix:/nonexistent"),
    ];
    let mut player = Player::start_with(
        &session,
        show.write(),
        &["--once", "--at", MIDNIGHT],
        &environment,
    );
    player.wait_for("the film is shown", PATIENCE, |what| {
        matches!(what, What::Shown { .. })
    });
    let begun = Instant::now();
    let (mut before, mut moves) = (display.shot(), 0);
    while moves < 10 {
        std::thread::sleep(Duration::from_millis(200));
        let shot = display.shot();
        moves += usize::from(shot.apart(&before, &still) > 0.0);
        before = shot;
        assert!(
            begun.elapsed() < PATIENCE,
            "the film stands still\n{}",
            player.log()
        );
    }
    let status = player.wait_for_end(PATIENCE);
    assert!(status.success(), "{status}\n{}", player.log());
    assert_eq!(
        player.log().matches("no sound device").count(),
        1,
        "it says so once\n{}",
        player.log()
    );
}

/// Seconds of pictures of the clips that follow one another, a whole number of the tone's periods.
const TONE_LASTS: usize = 4;

/// The tone's periods in a second.
const TONE: f64 = 440.0;

/// A clip whose pictures move and whose sound is a steady tone that goes on a little longer than they do.
fn tone() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tone.mp4");
    let made = window::session::bound("ffmpeg")
        .args(["-v", "error", "-nostdin", "-f", "lavfi", "-i"])
        .arg(format!("testsrc2=s=640x360:r=30:d={TONE_LASTS}"))
        .args(["-f", "lavfi", "-i"])
        .arg(format!("sine=f={TONE}:sample_rate=48000:d={TONE_LASTS}.3"))
        .args(["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt"])
        .args(["yuv420p", "-c:a", "aac", "-b:a", "192k"])
        .arg(&file)
        .status()
        .expect("ffmpeg can be started");
    assert!(made.success(), "{made}");
    std::fs::read(file).unwrap()
}

/// Plays clips of the tone, `names` one after the other and for ever, until `count` have been put up; gives
/// what is heard of it.
fn listen_to_tones(names: &[&str], count: usize) -> Vec<f32> {
    let tone = tone();
    let mut show = Written::new("title = \"Một cửa\"");
    for name in names {
        let file = format!("{name}.mp4");
        show = show
            .file(&file, &tone)
            .item("video", name, &format!("source = \"{file}\""));
    }
    let session = Session::x11(Wishes::default());
    let speaker = Loudspeaker::start();
    let environment = speaker.environment();
    let environment: Vec<(&str, &str)> = environment
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let mut player = Player::start_with(&session, show.write(), &["--at", MIDNIGHT], &environment);
    window::await_some("the clips are played", PATIENCE, || {
        let shown = player.events().iter();
        let shown = shown.filter(|happened| happened.what != What::Card).count();
        (shown > count).then_some(())
    });
    let heard = speaker.heard();
    player.terminate();
    player.wait_for_end(PATIENCE);
    println!("{}", player.log());
    heard
}

/// The steadiness of the tone in a record: the weakest 10 ms against the usual ones, and the largest step
/// against the tone's height. The beginning, where it comes up, is left out.
fn steadiness(record: &[f32]) -> (f64, f64, usize) {
    let begins = record.iter().position(|sample| sample.abs() > 0.02);
    let settled = RATE / 5;
    let tone = &record[begins.map_or(record.len(), |at| (at + settled).min(record.len()))..];
    let windows: Vec<f64> = tone
        .chunks_exact(RATE / 100)
        .map(|window| strength(window, window.len()))
        .collect();
    let mut sorted = windows.clone();
    sorted.sort_by(f64::total_cmp);
    let usual = sorted.get(sorted.len() / 2).copied().unwrap_or(0.0);
    let weakest = sorted.first().copied().unwrap_or(0.0) / usual.max(1e-9);
    // Each sample of a steady tone follows from the two before it; what does not is a click.
    let turn = 2.0 * f64::cos(std::f64::consts::TAU * TONE / RATE as f64);
    let steps: Vec<f64> = tone
        .windows(3)
        .map(|three| {
            let [a, b, c] = [0, 1, 2].map(|index: usize| f64::from(three[index]));
            (c - (turn * b - a)).abs() / (usual * f64::sqrt(2.0)).max(1e-9)
        })
        .collect();
    let mut last = 0;
    for (index, step) in steps.iter().enumerate().filter(|(_, step)| **step > 0.05) {
        if index > last + RATE / 10 {
            let at = (index + settled) as f64 / RATE as f64;
            println!("a step of {step:.3} {at:.4} s after the beginning");
        }
        last = index;
    }
    let click = steps.into_iter().fold(0.0, f64::max);
    (weakest, click, tone.len())
}

#[test]
fn one_clip_follows_another_and_itself_without_gap_or_click() {
    if !programs_are_here("the hand-over") {
        return;
    }
    let _alone = alone();
    for names in [&["one", "two"][..], &["one"][..]] {
        let mut best = (0.0, f64::MAX);
        for _ in 0..TRIES {
            let heard = listen_to_tones(names, 3);
            let (weakest, click, length) = steadiness(&heard);
            println!("{names:?}: weakest {weakest:.3}, largest step {click:.3}");
            assert!(
                length > 2 * TONE_LASTS * RATE,
                "{length} samples were heard"
            );
            best = (weakest, click);
            if weakest > 0.95 && click < 0.05 {
                break;
            }
        }
        let (weakest, click) = best;
        assert!(weakest > 0.95, "{names:?}: a gap, down to {weakest:.3}");
        assert!(click < 0.05, "{names:?}: a click of {click:.3}");
    }
}
