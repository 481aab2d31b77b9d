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
