//! Playing through whatever device this machine has, or none: time goes on and ends either way.

#![allow(clippy::unwrap_used)]

use std::f32::consts::TAU;
use std::time::{Duration, Instant};

use motcua_sound::{Pulled, Sound, SoundSettings};

/// A tone of 440 Hz.
fn tone(seconds: f64) -> impl FnMut(&mut [f32]) -> Pulled + Send + 'static {
    let total = (seconds * 48_000.0) as usize;
    let mut at = 0;
    move |out| {
        let frames = (total - at).min(out.len() / 2);
        for (index, frame) in out.chunks_exact_mut(2).take(frames).enumerate() {
            frame.fill(0.5 * ((at + index) as f32 * 440.0 / 48_000.0 * TAU).sin());
        }
        at += frames;
        Pulled {
            frames,
            ended: at == total,
        }
    }
}

#[test]
fn time_goes_on_with_and_without_a_device() {
    let sound = Sound::open(SoundSettings::default());
    sound.prepare();
    let start = Duration::from_secs(10);
    let asked = Instant::now();
    let playing = sound.play(tone(1.0), start, 1.0);
    assert!(asked.elapsed() < Duration::from_millis(20));
    let mut last = start;
    while !playing.has_ended() {
        let position = playing.position();
        assert!(position >= last, "{position:?} after {last:?}");
        // The wall clock is never more than the patience and a device's start behind.
        assert!(position <= start + asked.elapsed());
        last = position;
        assert!(
            asked.elapsed() < Duration::from_secs(5),
            "{:?}: it does not end",
            sound.device()
        );
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(last > start + Duration::from_millis(700), "{last:?}");
    // A second one directly after it, stopped half way.
    let next = sound.play(tone(1.0), Duration::ZERO, 0.5);
    std::thread::sleep(Duration::from_millis(500));
    next.stop();
    std::thread::sleep(Duration::from_millis(200));
    assert!(
        next.position() > Duration::from_millis(300),
        "{:?}",
        next.position()
    );
    assert!(!next.has_ended());
}

#[test]
fn a_silent_clip_has_the_wall_clock() {
    let start = Duration::from_secs(3);
    let before = Instant::now();
    let playing = Sound::open(SoundSettings::default()).silent(start);
    std::thread::sleep(Duration::from_millis(50));
    let position = playing.position();
    assert!(position >= start + Duration::from_millis(50) && position <= start + before.elapsed());
    assert!(!playing.has_ended());
}
