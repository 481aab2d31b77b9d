//! The sound of clips: pitch, length, loudness, and the moment it belongs to.

#![allow(clippy::unwrap_used)]

mod support;

use std::time::{Duration, Instant};

use motcua_media::{Clip, Kind, Progress, SOUND_RATE, loudness};
use support::{PATIENCE, folder, has_ffmpeg, make, with_sound};

/// Pulls a clip's sound to its end; the left channel.
fn pull_all(clip: &Clip) -> Vec<f32> {
    let mut sound = clip.take_sound().unwrap();
    let limit = Instant::now() + Duration::from_secs(30);
    let mut left = Vec::new();
    loop {
        let mut out = [9.0; 480];
        let pulled = sound.pull(&mut out);
        assert!(out[pulled.frames * 2..].iter().all(|sample| *sample == 0.0));
        left.extend(out[..pulled.frames * 2].iter().step_by(2));
        if pulled.ended {
            return left;
        }
        assert!(Instant::now() < limit, "the sound does not end");
        if pulled.frames == 0 {
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

/// Frequency by zero crossings, and the loudest sample, of the middle of the sound.
fn tone(samples: &[f32]) -> (f64, f32) {
    let middle = &samples[samples.len() / 4..samples.len() * 3 / 4];
    let crossings = middle
        .windows(2)
        .filter(|pair| pair[0] < 0.0 && pair[1] >= 0.0)
        .count();
    let peak = middle
        .iter()
        .fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
    (
        crossings as f64 * f64::from(SOUND_RATE) / middle.len() as f64,
        peak,
    )
}

/// Both channels as loud as the one that the generator gives.
const STEREO: &str = "-af pan=stereo|c0=c0|c1=c0";

#[test]
fn sound_has_its_pitch_its_length_and_its_loudness() {
    if !has_ffmpeg() {
        return;
    }
    let folder = folder();
    for (name, options) in [
        ("stereo.wav", STEREO),
        ("mono.wav", "-ac 1"),
        ("slow.wav", "-ac 1 -ar 8000"),
        ("bare.m4a", "-ac 1 -c:a aac"),
        ("a.ogg", "-ac 1 -c:a libopus -b:a 128k"),
        ("a.mp3", "-ac 1 -ar 44100"),
        ("surround.flac", "-ac 6"),
    ] {
        let path = make(
            &folder,
            name,
            &format!("-f lavfi -i sine=440:d=2:r=48000 {options}"),
        );
        let samples = pull_all(&with_sound(&path, Duration::ZERO));
        let (frequency, peak) = tone(&samples);
        assert!((frequency - 440.0).abs() < 2.0, "{name}: {frequency} Hz");
        let seconds = samples.len() as f64 / f64::from(SOUND_RATE);
        assert!((seconds - 2.0).abs() < 0.06, "{name}: {seconds} s");
        // The generator's sine has an amplitude of 1/8.
        if name != "surround.flac" {
            assert!((peak - 0.125).abs() < 0.02, "{name}: {peak}");
        }
    }
}

#[test]
fn sound_starts_at_the_moment_asked_for() {
    if !has_ffmpeg() {
        return;
    }
    let folder = folder();
    // Silence, and from 1.5 s on a tone.
    let path = make(
        &folder,
        "late.mp4",
        "-f lavfi -i testsrc=s=64x64:d=3 -f lavfi -i sine=440:d=3:r=48000 -af volume=0:enable='lt(t,1.5)' \
         -c:v libx264 -c:a aac",
    );
    for from in [0.0, 0.7, 1.2] {
        let samples = pull_all(&with_sound(&path, Duration::from_secs_f64(from)));
        let onset = samples
            .iter()
            .position(|sample| sample.abs() > 0.03)
            .unwrap();
        let at = from + onset as f64 / f64::from(SOUND_RATE);
        assert!(
            (at - 1.5).abs() < 0.03,
            "from {from}: the tone begins at {at}"
        );
    }
}

#[test]
fn sound_that_begins_late_is_preceded_by_silence() {
    if !has_ffmpeg() {
        return;
    }
    let folder = folder();
    let path = make(
        &folder,
        "offset.mkv",
        "-f lavfi -i testsrc=s=64x64:d=3 -itsoffset 1 -f lavfi -i sine=440:d=1:r=48000 -c:v libx264 -c:a flac",
    );
    let samples = pull_all(&with_sound(&path, Duration::ZERO));
    let onset = samples
        .iter()
        .position(|sample| sample.abs() > 0.01)
        .unwrap();
    assert!(
        (onset as f64 / f64::from(SOUND_RATE) - 1.0).abs() < 0.02,
        "{onset}"
    );
    assert!(
        samples.len().abs_diff(2 * SOUND_RATE as usize) < 2500,
        "{}",
        samples.len()
    );
}

#[test]
fn a_sound_file_plays_to_its_end() {
    if !has_ffmpeg() {
        return;
    }
    let folder = folder();
    let path = make(&folder, "a.mp3", "-f lavfi -i sine=440:d=2");
    let clip = with_sound(&path, Duration::ZERO);
    assert_eq!((clip.info().size, clip.info().has_sound), (None, true));
    assert!(clip.wait_ready(PATIENCE));
    let samples = pull_all(&clip);
    let choice = clip.frame_at(Duration::from_secs(1));
    assert!(
        choice.frame.is_none() && matches!(choice.progress, Progress::Playing),
        "{choice:?}"
    );
    let end = Duration::from_secs_f64(samples.len() as f64 / f64::from(SOUND_RATE));
    let choice = clip.frame_at(end + Duration::from_millis(1));
    assert!(
        matches!(choice.progress, Progress::Ended { .. }),
        "{choice:?}"
    );
}

#[test]
fn a_clip_ends_with_its_pictures_unless_its_sound_goes_on() {
    if !has_ffmpeg() {
        return;
    }
    let folder = folder();
    for (sound, ends) in [(1.6, 2.0), (2.03, 2.0), (2.45, 2.0), (2.7, 2.7), (2.9, 2.9)] {
        for (name, codec) in [("a.mp4", "aac"), ("a.mov", "pcm_s16le")] {
            let path = make(
                &folder,
                name,
                &format!(
                    "-f lavfi -i testsrc=s=320x180:r=25:d=2 -f lavfi -i sine=d={sound}:sample_rate=48000 \
                     -c:v libx264 -preset ultrafast -c:a {codec}"
                ),
            );
            let ends = Duration::from_secs_f64(ends);
            let clip = with_sound(&path, Duration::ZERO);
            let close = |time: Duration| time.abs_diff(ends) < Duration::from_millis(50);
            let info = clip.info().duration;
            assert!(close(info), "{name}, {sound} s of sound: {info:?}");
            // The device takes the sound while the pictures are shown.
            let mut samples = clip.take_sound().unwrap();
            let heard = std::thread::spawn(move || {
                let mut out = [0.0; 4800];
                while !samples.pull(&mut out).ended {
                    std::thread::sleep(Duration::from_millis(1));
                }
                samples
            });
            let (frames, at) = watch(&clip);
            assert_eq!(frames, 50, "{name}");
            assert!(close(at), "{name}, {sound} s of sound ends at {at:?}");
            if ends < Duration::from_millis(2100) {
                assert_eq!(at, Duration::from_secs(2), "{name}, {sound} s of sound");
                assert_eq!(info, at, "{name}, {sound} s of sound");
            }
            drop(heard.join().unwrap());
        }
    }
}

/// Plays the pictures as fast as they come, and waits where only the sound goes on. Returns how many there
/// were, and when the clip ended.
fn watch(clip: &Clip) -> (usize, Duration) {
    let limit = Instant::now() + PATIENCE;
    let (mut frames, mut position) = (0, Duration::ZERO);
    while Instant::now() < limit {
        let choice = clip.frame_at(position);
        frames += usize::from(choice.frame.is_some());
        match (choice.progress, choice.next_due) {
            (Progress::Ended { at }, _) => return (frames, at),
            (Progress::Playing, Some(due)) if due < position + Duration::from_secs(1) => {
                position = due;
            }
            (Progress::Playing, _) => std::thread::sleep(Duration::from_millis(2)),
            (failed, _) => panic!("{failed:?}"),
        }
    }
    panic!("the clip does not end; {frames} frames came");
}

#[test]
fn loudness_is_what_the_standard_says() {
    if !has_ffmpeg() {
        return;
    }
    let folder = folder();
    let measured = |name: &str, arguments: &str, kind| {
        let path = make(&folder, name, arguments);
        loudness(&path, kind).unwrap()
    };
    // EBU Tech 3341, case 1: a stereo sine of 1 kHz at -23 dBFS a channel is -23 LUFS.
    let sine = "-f lavfi -i aevalsrc=0.07079*sin(2*PI*1000*t)|0.07079*sin(2*PI*1000*t):s=48000:d=8";
    let picture = "-f lavfi -i testsrc=s=320x180:r=25:d=8";
    for (name, arguments, kind) in [
        ("a.wav", sine.to_owned(), Kind::Sound),
        (
            "a.mp4",
            format!("{picture} {sine} -c:a aac -b:a 192k"),
            Kind::Video,
        ),
    ] {
        let loudness = measured(name, &arguments, kind).unwrap();
        let (lufs, peak) = (loudness.integrated_lufs, loudness.true_peak_db);
        assert!((lufs + 23.0).abs() < 0.2, "{name}: {lufs}");
        // A lossy codec overshoots.
        assert!((-23.1..-22.0).contains(&peak), "{name}: {peak}");
    }
    // One channel is played on both sides, and is as loud.
    let mono = "-f lavfi -i aevalsrc=0.07079*sin(2*PI*1000*t):s=44100:d=8";
    let loudness = measured("mono.wav", mono, Kind::Sound).unwrap();
    assert!(
        (loudness.integrated_lufs + 23.0).abs() < 0.2,
        "{loudness:?}"
    );
    assert_eq!(
        measured("silent.wav", "-f lavfi -i anullsrc=d=2", Kind::Sound),
        None
    );
    assert_eq!(measured("dumb.mp4", picture, Kind::Video), None);
}
