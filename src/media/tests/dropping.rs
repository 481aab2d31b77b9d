//! A dropped clip leaves nothing running. By itself in its program, because it counts threads.

#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::time::{Duration, Instant};

use motcua_media::{Clip, ClipRequest};
use support::{folder, good_mp4, has_ffmpeg};

fn clip_threads() -> usize {
    fs::read_dir("/proc/self/task")
        .unwrap()
        .filter_map(|entry| fs::read_to_string(entry.ok()?.path().join("comm")).ok())
        .filter(|name| name.starts_with("clip-"))
        .count()
}

#[test]
fn dropping_a_clip_ends_its_threads_promptly() {
    if !has_ffmpeg() {
        return;
    }
    let folder = folder();
    let path = good_mp4(&folder);
    for wait in [0, 1, 5, 300] {
        let request = ClipRequest {
            fit: Some((1920, 1080)),
            with_sound: true,
            ..ClipRequest::default()
        };
        let clip = Clip::open(&path, request).unwrap();
        let sound = clip.take_sound();
        std::thread::sleep(Duration::from_millis(wait));
        let before = Instant::now();
        drop(clip);
        assert!(
            before.elapsed() < Duration::from_millis(20),
            "dropping took {:?}",
            before.elapsed()
        );
        let limit = Instant::now() + Duration::from_millis(1000);
        while clip_threads() > 0 {
            assert!(
                Instant::now() < limit,
                "{} threads still run",
                clip_threads()
            );
            std::thread::sleep(Duration::from_millis(2));
        }
        // The sound outlives the clip and says that it is over.
        let mut out = [0.0; 2 * 48_000 * 3];
        assert!(sound.unwrap().pull(&mut out).ended);
    }
}
