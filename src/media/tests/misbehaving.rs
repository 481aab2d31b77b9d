//! Decoders that do what malicious files make them do: the file is lost, and nothing else.
//!
//! The decoder of the tests obeys the end of a file (`inside/misbehave.rs`).

#![allow(clippy::unwrap_used)]

mod support;

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use image::{Rgb, RgbImage};
use motcua_media::{Decoder, Fitting, Kind, MediaError, Progress};
use support::{PATIENCE, folder, good_mp4, has_ffmpeg, open, two_page_pdf, with_sound};
use tempfile::TempDir;

/// A good film whose decoder is told what to do.
fn film(folder: &TempDir, order: &str) -> PathBuf {
    let path = good_mp4(folder);
    append(&path, order);
    path
}

fn append(path: &Path, order: &str) {
    let order = format!("motcua-misbehave:{order}");
    let mut file = OpenOptions::new().append(true).open(path).unwrap();
    // A box of its own where it is an MP4.
    let length = u32::try_from(order.len() + 8).unwrap();
    file.write_all(&length.to_be_bytes()).unwrap();
    file.write_all(b"free").unwrap();
    file.write_all(order.as_bytes()).unwrap();
}

/// Plays in real time until the clip is over.
fn play(path: &Path) -> (usize, Progress) {
    let clip = with_sound(path, Duration::ZERO);
    let mut sound = clip.take_sound().unwrap();
    let begun = Instant::now();
    let mut frames = 0;
    let mut samples = [0.0; 960];
    loop {
        let choice = clip.frame_at(begun.elapsed());
        frames += usize::from(choice.frame.is_some());
        sound.pull(&mut samples);
        match choice.progress {
            Progress::Playing => std::thread::sleep(Duration::from_millis(5)),
            over => return (frames, over),
        }
        assert!(begun.elapsed() < PATIENCE, "it neither ends nor fails");
    }
}

#[test]
fn whatever_it_does_in_the_middle_costs_the_film_alone() {
    if !has_ffmpeg() {
        return;
    }
    let check = |order: &str, is_it: fn(&MediaError) -> bool| {
        let folder = folder();
        let (frames, over) = play(&film(&folder, order));
        let Progress::Failed { error, .. } = over else {
            panic!("{order}: {over:?}");
        };
        assert!(is_it(&error), "{order}: {error}");
        assert!(frames > 3, "{order}: {frames} frames");
    };
    let ended = |error: &MediaError| matches!(error, MediaError::DecoderEnded { .. });
    check("crash@700", ended);
    check("bomb@700", ended);
    check("lie@700", |error| matches!(error, MediaError::DecoderLies));
    let hangs = |error: &MediaError| matches!(error, MediaError::DecoderHangs { .. });
    check("hang@700", hangs);
    check("loop@700", hangs);
    check("flood@700", |error| {
        matches!(error, MediaError::DecoderLies)
    });
}

#[test]
fn one_that_stands_still_is_ended() {
    if !has_ffmpeg() {
        return;
    }
    let folder = folder();
    let path = film(&folder, "");
    let clip = open(&path, None, Duration::ZERO);
    assert!(clip.wait_ready(PATIENCE));
    // Stopped from outside, all its threads at once, as in a deadlock.
    let process = clip.process_id();
    signal(process, "STOP");
    let begun = Instant::now();
    let error = loop {
        match clip.frame_at(begun.elapsed()).progress {
            Progress::Failed { error, .. } => break error,
            _ => std::thread::sleep(Duration::from_millis(5)),
        }
        assert!(begun.elapsed() < PATIENCE, "it is not given up");
    };
    assert!(matches!(error, MediaError::DecoderHangs { .. }), "{error}");
    is_gone(process);
}

#[test]
fn ended_by_force_at_any_moment_it_takes_nothing_with_it() {
    if !has_ffmpeg() {
        return;
    }
    let folder = folder();
    let path = good_mp4(&folder);
    for wait in [0, 1, 3, 10, 30, 100, 300, 700] {
        let clip = with_sound(&path, Duration::ZERO);
        std::thread::sleep(Duration::from_millis(wait));
        let process = clip.process_id();
        if process != 0 {
            signal(process, "KILL");
        }
        let begun = Instant::now();
        loop {
            let choice = clip.frame_at(begun.elapsed() * 8);
            if !matches!(choice.progress, Progress::Playing) {
                break;
            }
            assert!(begun.elapsed() < PATIENCE);
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

#[test]
fn it_can_reach_nothing() {
    if !has_ffmpeg() {
        return;
    }
    let folder = folder();
    // It tries everything, and ends itself if anything worked.
    let (frames, over) = play(&film(&folder, "reach-out@200"));
    assert!(matches!(over, Progress::Ended { .. }), "{over:?}");
    assert!(frames > 50, "{frames}");
    assert!(!Path::new("/tmp/motcua-was-here").exists());
}

#[test]
fn a_question_survives_its_decoder_too() {
    let folder = folder();
    let picture = folder.path().join("a.png");
    let document = folder.path().join("a.pdf");
    let mut decoder = Decoder::new();
    for order in ["crash", "bomb", "lie", "flood", "reach-out"] {
        RgbImage::from_pixel(30, 20, Rgb([9, 8, 7]))
            .save(&picture)
            .unwrap();
        two_page_pdf(&document, "");
        append(&picture, order);
        append(&document, order);
        let is_harmless = order == "reach-out";
        let ground = [255; 3];
        let drawn = decoder.picture(&picture, ground, Fitting::Whole);
        assert_eq!(drawn.is_ok(), is_harmless, "{order}: {:?}", drawn.err());
        let drawn = decoder.page(&document, 0, 50, 50);
        assert_eq!(drawn.is_ok(), is_harmless, "{order}: {:?}", drawn.err());
        let verified = decoder.verify(&picture, Kind::Picture);
        assert_eq!(
            verified.is_ok(),
            is_harmless,
            "{order}: {:?}",
            verified.err()
        );
    }
    // The next file is answered as if nothing had been.
    RgbImage::from_pixel(30, 20, Rgb([9, 8, 7]))
        .save(&picture)
        .unwrap();
    let drawn = decoder.picture(&picture, [0; 3], Fitting::Whole).unwrap();
    assert_eq!(drawn.rgb, [9, 8, 7].repeat(600));
}

fn signal(process: u32, name: &str) {
    let sent = std::process::Command::new("kill")
        .args([format!("-{name}"), process.to_string()])
        .status();
    assert!(sent.unwrap().success());
}

fn is_gone(process: u32) {
    let begun = Instant::now();
    while Path::new(&format!("/proc/{process}")).exists() {
        assert!(begun.elapsed() < PATIENCE, "the process is still there");
        std::thread::sleep(Duration::from_millis(5));
    }
}
