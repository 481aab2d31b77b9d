//! Playing clips: order, time, seeking, sound, faults.

#![allow(clippy::unwrap_used)]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use motcua_media::{Clip, ClipRequest, MediaError, Progress, still};
use support::{
    PATIENCE, count_of, counting_mp4, cut, folder, good_mp4, has_ffmpeg, make, open, play, spoil,
    with_sound,
};

#[test]
fn every_frame_comes_once_and_in_order() {
    if !has_ffmpeg() {
        return;
    }
    let folder = folder();
    let clip = open(&counting_mp4(&folder), None, Duration::ZERO);
    let (frames, end) = play(&clip);
    let counts: Vec<i64> = frames.iter().map(|frame| frame.count).collect();
    assert_eq!(counts, (0..50).collect::<Vec<_>>());
    for (index, frame) in (0_u32..).zip(&frames) {
        assert_eq!(frame.time, Duration::from_millis(40) * index);
    }
    let Progress::Ended { at } = end else {
        panic!("{end:?}")
    };
    assert_eq!(at, Duration::from_secs(2));
}

#[test]
fn late_frames_are_dropped_and_early_ones_wait() {
    if !has_ffmpeg() {
        return;
    }
    let folder = folder();
    let clip = open(&counting_mp4(&folder), None, Duration::ZERO);
    assert!(clip.wait_ready(PATIENCE));
    let first = clip.frame_at(Duration::ZERO);
    assert_eq!(count_of(&first.frame.unwrap()), 0);
    assert_eq!(first.next_due, Some(Duration::from_millis(40)));
    assert!(clip.frame_at(Duration::from_millis(39)).frame.is_none());
    // The queue refills by itself; what is asked for late skips what is past.
    std::thread::sleep(Duration::from_millis(200));
    let late = clip.frame_at(Duration::from_millis(170));
    assert_eq!((count_of(&late.frame.unwrap()), late.dropped), (4, 3));
    assert!(matches!(late.progress, Progress::Playing));
}

#[test]
fn seeking_begins_with_the_frame_of_that_moment() {
    if !has_ffmpeg() {
        return;
    }
    let folder = folder();
    let path = counting_mp4(&folder);
    for (millis, expected) in [
        (0, 0),
        (40, 1),
        (999, 24),
        (1000, 25),
        (1333, 33),
        (1999, 49),
    ] {
        let clip = open(&path, None, Duration::from_millis(millis));
        assert!(clip.wait_ready(PATIENCE));
        let frame = clip.frame_at(Duration::from_millis(millis)).frame.unwrap();
        assert_eq!(count_of(&frame), expected, "from {millis} ms");
    }
    let picture = still(&path, Duration::from_millis(1200), Some((32, 32))).unwrap();
    assert_eq!((picture.width, picture.height), (32, 32));
    let beyond = still(&path, Duration::from_secs(9), None).unwrap_err();
    assert!(matches!(beyond, MediaError::EndsEarly { .. }), "{beyond:?}");
}

#[test]
fn vp9_and_av1_play() {
    if !has_ffmpeg() {
        return;
    }
    let folder = folder();
    for (name, options) in [
        ("vp9.webm", "-c:v libvpx-vp9 -cpu-used 8"),
        ("vp8.webm", "-c:v libvpx"),
        ("av1.webm", "-c:v libsvtav1 -preset 12 -pix_fmt yuv420p"),
        ("av1.mp4", "-c:v libsvtav1 -preset 12 -pix_fmt yuv420p10le"),
    ] {
        let path = make(
            &folder,
            name,
            &format!("-f lavfi -i testsrc=s=320x180:r=25:d=1 {options}"),
        );
        let (frames, end) = play(&open(&path, None, Duration::ZERO));
        assert_eq!(frames.len(), 25, "{name}");
        assert!(matches!(end, Progress::Ended { .. }), "{name}: {end:?}");
    }
}

#[test]
fn frames_fit_and_stand_upright() {
    if !has_ffmpeg() {
        return;
    }
    let folder = folder();
    let check = |path: &std::path::Path, fit, size, frame_size| {
        let clip = open(path, fit, Duration::ZERO);
        assert_eq!(
            (clip.info().size, clip.info().frame_size),
            (Some(size), Some(frame_size))
        );
        assert!(clip.wait_ready(PATIENCE));
        let frame = clip.frame_at(Duration::ZERO).frame.unwrap();
        assert_eq!((frame.width(), frame.height()), frame_size);
        frame.to_picture()
    };
    let wide = good_mp4(&folder);
    check(&wide, Some((1280, 720)), (320, 180), (1280, 720));
    check(&wide, Some((200, 200)), (320, 180), (200, 112));
    check(&wide, Some((320, 180)), (320, 180), (320, 180));
    let odd = make(
        &folder,
        "odd.webm",
        "-f lavfi -i testsrc=s=321x181:d=0.2 -c:v libvpx-vp9 -cpu-used 8",
    );
    check(&odd, None, (321, 181), (321, 181));
    check(&odd, Some((1000, 1000)), (321, 181), (1000, 564));
    let anamorphic = make(
        &folder,
        "sar.mp4",
        "-f lavfi -i testsrc=s=352x288:d=0.2 -vf setsar=16/11 -c:v libx264 -pix_fmt yuv420p",
    );
    check(&anamorphic, None, (512, 288), (512, 288));

    // Left half white, right half black; a quarter turn clockwise brings the white to the top.
    let lying = make(
        &folder,
        "lying.mp4",
        "-f lavfi -i color=black:s=64x32:d=0.4 -vf drawbox=w=32:h=32:color=white:t=fill -c:v libx264 \
         -pix_fmt yuv420p",
    );
    let turned = make(
        &folder,
        "turned.mp4",
        &format!("-i {} -c copy -metadata:s:v rotate=270", lying.display()),
    );
    let picture = check(&turned, None, (32, 64), (32, 64));
    let grey = |y: usize| picture.rgb[3 * (y * 32 + 16)];
    assert!(grey(8) > 200 && grey(56) < 50, "{} {}", grey(8), grey(56));
}

#[test]
fn sound_that_nobody_takes_holds_nothing_up() {
    if !has_ffmpeg() {
        return;
    }
    let folder = folder();
    let path = good_mp4(&folder);
    let (frames, end) = play(&with_sound(&path, Duration::ZERO));
    assert_eq!(frames.len(), 100);
    assert!(matches!(end, Progress::Ended { .. }), "{end:?}");
    // Taken and dropped is the same.
    let clip = with_sound(&path, Duration::ZERO);
    drop(clip.take_sound());
    assert_eq!(play(&clip).0.len(), 100);
    assert!(clip.take_sound().is_none());
}

#[test]
fn it_tells_when_it_is_ready() {
    if !has_ffmpeg() {
        return;
    }
    let folder = folder();
    let told = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&told);
    let notify: motcua_media::Notify = Arc::new(move || {
        counter.fetch_add(1, Ordering::Relaxed);
    });
    let request = ClipRequest {
        with_sound: true,
        notify: Some(notify),
        ..ClipRequest::default()
    };
    let clip = Clip::open(&good_mp4(&folder), request).unwrap();
    assert!(clip.wait_ready(PATIENCE));
    let limit = Instant::now() + PATIENCE;
    while told.load(Ordering::Relaxed) == 0 && Instant::now() < limit {
        std::thread::sleep(Duration::from_millis(1));
    }
    assert!(told.load(Ordering::Relaxed) > 0);
    // Prerolled: 200 ms of sound are there at once.
    let mut out = [0.0; 2 * 9600];
    assert_eq!(clip.take_sound().unwrap().pull(&mut out).frames, 9600);
}

#[test]
fn a_damaged_clip_plays_what_is_good_and_then_fails() {
    if !has_ffmpeg() {
        return;
    }
    let folder = folder();
    let path = good_mp4(&folder);
    spoil(&path, 0.55, 1.0);
    let (frames, end) = play(&open(&path, None, Duration::ZERO));
    let Progress::Failed {
        at,
        error: MediaError::BreaksAt { .. },
    } = end
    else {
        panic!("{end:?}")
    };
    assert!((1.4..3.0).contains(&at.as_secs_f64()), "{at:?}");
    assert!(frames.len() > 35 && frames.len() < 80, "{}", frames.len());

    let path = good_mp4(&folder);
    cut(&path, 0.6);
    let (_, end) = play(&open(&path, None, Duration::ZERO));
    assert!(
        matches!(
            end,
            Progress::Failed {
                error: MediaError::EndsEarly { .. },
                ..
            }
        ),
        "{end:?}"
    );

    // Small damage is passed over.
    let path = good_mp4(&folder);
    spoil(&path, 0.55, 0.57);
    let (frames, end) = play(&open(&path, None, Duration::ZERO));
    assert!(matches!(end, Progress::Ended { .. }), "{end:?}");
    assert!(frames.len() > 70, "{}", frames.len());
}

#[test]
fn noise_never_panics_or_hangs() {
    if !has_ffmpeg() {
        return;
    }
    let folder = folder();
    let path = make(
        &folder,
        "a.mp4",
        "-f lavfi -i testsrc2=s=160x120:r=25:d=2 -f lavfi -i sine=440:d=2 -c:v libx264 -c:a aac \
         -pix_fmt yuv420p -movflags +faststart",
    );
    let whole = std::fs::read(&path).unwrap();
    for step in 0..20 {
        std::fs::write(&path, &whole).unwrap();
        let from = f64::from(step) / 20.0;
        spoil(&path, from, from + 0.01);
        if let Ok(clip) = Clip::open(
            &path,
            ClipRequest {
                with_sound: true,
                ..ClipRequest::default()
            },
        ) {
            let _ = play(&clip);
        }
    }
}
