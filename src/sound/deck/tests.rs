//! The deck by its samples.

use super::*;
use crate::source::Pulled;

/// A constant level for `frames` frames.
fn level(value: f32, mut frames: usize) -> Box<dyn Source> {
    Box::new(move |out: &mut [f32]| {
        let count = frames.min(out.len() / 2);
        out[..count * 2].fill(value);
        frames -= count;
        Pulled {
            frames: count,
            ended: frames == 0,
        }
    })
}

fn add(deck: &Deck, source: Box<dyn Source>, start: Duration, volume: f32, now: Instant) -> u64 {
    deck.add(Some(source), start, volume, Entry::AtOnce, now)
}

/// Takes blocks in real time from `now` on; returns the left channel.
fn take(deck: &Deck, now: &mut Instant, blocks: usize) -> Vec<f32> {
    let mut left = Vec::new();
    for _ in 0..blocks {
        let mut mix = [9.0; BLOCK * 2];
        deck.take(*now, *now, &mut mix);
        left.extend(mix.iter().step_by(2));
        *now += Duration::from_millis(5);
    }
    left
}

fn steepest(samples: &[f32]) -> f32 {
    samples
        .windows(2)
        .map(|pair| (pair[1] - pair[0]).abs())
        .fold(0.0, f32::max)
}

#[test]
fn nothing_begins_ends_stops_or_changes_with_a_click() {
    let deck = Deck::new(Duration::ZERO);
    let mut now = Instant::now();
    let first = add(&deck, level(0.8, BLOCK * 20), Duration::ZERO, 1.0, now);
    let mut heard = take(&deck, &mut now, 30);
    assert!(deck.with(first, |voice| voice.has_ended()).unwrap());
    let second = add(&deck, level(0.8, usize::MAX), Duration::ZERO, 1.0, now);
    heard.extend(take(&deck, &mut now, 10));
    deck.with(second, |voice| voice.set_volume(0.2, Duration::ZERO));
    heard.extend(take(&deck, &mut now, 10));
    assert!((heard.last().unwrap() - 0.16).abs() < 1e-3);
    deck.with(second, Voice::stop);
    heard.extend(take(&deck, &mut now, 10));
    assert!(heard.iter().any(|sample| *sample > 0.79));
    assert!(steepest(&heard) < 0.02, "a click of {}", steepest(&heard));
    assert_eq!(heard.last(), Some(&0.0));
    assert!(!deck.tidy());
}

#[test]
fn a_device_is_woken_with_silence() {
    let deck = Deck::new(Duration::ZERO);
    let mut now = Instant::now();
    deck.set_state(DeviceState::Open);
    let id = add(&deck, level(0.5, usize::MAX), Duration::ZERO, 1.0, now);
    assert!(
        take(&deck, &mut now, WAKING as usize)
            .iter()
            .all(|sample| *sample == 0.0)
    );
    assert_eq!(deck.position(id, now), Some(Duration::ZERO));
    assert!(take(&deck, &mut now, 2).iter().any(|sample| *sample > 0.4));
}

#[test]
fn voices_are_added_and_never_overflow() {
    let deck = Deck::new(Duration::ZERO);
    let mut now = Instant::now();
    for _ in 0..3 {
        let _ = add(&deck, level(0.25, usize::MAX), Duration::ZERO, 1.0, now);
    }
    assert!((take(&deck, &mut now, 5).last().unwrap() - 0.75).abs() < 1e-5);
    let _ = add(&deck, level(0.9, usize::MAX), Duration::ZERO, 1.0, now);
    assert!(take(&deck, &mut now, 5).iter().all(|sample| *sample <= 1.0));
}

#[test]
fn positions_start_where_the_media_starts_and_allow_for_latency() {
    let deck = Deck::new(Duration::from_millis(30));
    let mut now = Instant::now();
    let id = add(
        &deck,
        level(0.1, usize::MAX),
        Duration::from_secs(7),
        1.0,
        now,
    );
    assert_eq!(deck.position(id, now), Some(Duration::from_secs(7)));
    take(&deck, &mut now, 200);
    let position = deck.position(id, now).unwrap().as_secs_f64();
    assert!((position - 7.97).abs() < 0.006, "{position}");
}

#[test]
fn without_a_device_sources_are_used_up_in_time() {
    let deck = Deck::new(Duration::ZERO);
    let start = Instant::now();
    deck.set_state(DeviceState::Missing);
    let id = add(&deck, level(0.5, 48_000), Duration::ZERO, 1.0, start);
    for step in 1..=12 {
        deck.pass_unheard(start + Duration::from_millis(100 * step));
    }
    assert!(deck.with(id, |voice| voice.has_ended()).unwrap());
    let position = deck
        .position(id, start + Duration::from_millis(1500))
        .unwrap();
    assert!(
        position.abs_diff(Duration::from_millis(1500)) < Duration::from_millis(2),
        "{position:?}"
    );
}

#[test]
fn a_starving_source_holds_the_clock() {
    let deck = Deck::new(Duration::ZERO);
    let mut now = Instant::now();
    let mut left = BLOCK * 100;
    let source = move |out: &mut [f32]| {
        let count = left.min(out.len() / 2);
        left -= count;
        Pulled {
            frames: count,
            ended: false,
        }
    };
    let id = add(&deck, Box::new(source), Duration::ZERO, 1.0, now);
    take(&deck, &mut now, 160);
    let position = deck.position(id, now).unwrap();
    assert!(
        position.abs_diff(Duration::from_millis(500)) < Duration::from_millis(2),
        "{position:?}"
    );
    take(&deck, &mut now, 100);
    let position = deck.position(id, now).unwrap();
    assert!(position > Duration::from_millis(850), "{position:?}");
}

#[test]
fn forgotten_voices_fade_and_go() {
    let deck = Deck::new(Duration::ZERO);
    let mut now = Instant::now();
    let id = add(&deck, level(0.5, usize::MAX), Duration::ZERO, 1.0, now);
    let mut heard = take(&deck, &mut now, 5);
    deck.forget(id, now);
    heard.extend(take(&deck, &mut now, 5));
    assert!(steepest(&heard) < 0.02);
    assert_eq!(deck.position(id, now), None);
    assert!(!deck.tidy());
}

/// Frames that count up from `first`, a thousandth each, so that a lost or repeated one shows.
fn counting(first: usize, frames: usize) -> Box<dyn Source> {
    let mut at = 0;
    Box::new(move |out: &mut [f32]| {
        let count = (frames - at).min(out.len() / 2);
        for (index, frame) in out.chunks_exact_mut(2).take(count).enumerate() {
            frame.fill((first + at + index) as f32 / 10_000.0);
        }
        at += count;
        Pulled {
            frames: count,
            ended: at == frames,
        }
    })
}

fn follow(deck: &Deck, source: Option<Box<dyn Source>>, first: u64, now: Instant) -> u64 {
    deck.add(source, Duration::ZERO, 1.0, Entry::After(first), now)
}

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// How many frames count on by one, from `first` on, after the softness of the beginning.
fn counted(heard: &[f32], from: usize, until: usize) {
    for (index, sample) in heard.iter().enumerate().take(until).skip(from) {
        let expected = index as f32 / 10_000.0;
        assert!(
            (sample - expected).abs() < 1e-6,
            "frame {index} is {sample} instead of {expected}"
        );
    }
}

#[test]
fn what_follows_comes_directly_after_the_last_sample() {
    for frames in [BLOCK * 4, BLOCK * 4 + 1, BLOCK * 5 - 1, BLOCK * 4 + 100] {
        let deck = Deck::new(Duration::ZERO);
        let mut now = Instant::now();
        let first = add(&deck, counting(0, frames), Duration::ZERO, 1.0, now);
        let second = follow(&deck, Some(counting(frames, 3000)), first, now);
        let start = now;
        let heard = take(&deck, &mut now, 12);
        counted(&heard, BLOCK, 12 * BLOCK);
        assert!(deck.with(first, |voice| voice.has_ended()).unwrap());
        // It is at its start until its first sample is heard, and goes on from there.
        let position = deck.position(second, now).unwrap().as_secs_f64();
        let expected = (now - start).as_secs_f64() - frames as f64 / 48_000.0;
        assert!((position - expected).abs() < 1e-4, "{position}");
    }
}

#[test]
fn what_follows_stands_at_its_start_until_it_is_heard() {
    let deck = Deck::new(Duration::ZERO);
    let now = Instant::now();
    let lead = millis(85);
    let first = add(&deck, level(0.1, BLOCK * 10), Duration::ZERO, 1.0, now);
    let second = deck.add(
        Some(level(0.1, usize::MAX)),
        Duration::from_secs(3),
        1.0,
        Entry::After(first),
        now,
    );
    for block in 0..14 {
        let taken = now + millis(5 * block);
        deck.take(taken, taken + lead, &mut [0.0; BLOCK * 2]);
    }
    let seam = now + lead + millis(50);
    let at = |instant| deck.position(second, instant).unwrap();
    assert_eq!(at(seam - millis(1)), Duration::from_secs(3));
    assert!(at(seam + millis(10)).abs_diff(Duration::from_millis(3010)) < Duration::from_micros(9));
}

#[test]
fn a_set_end_cuts_what_is_longer_where_it_is_set() {
    let deck = Deck::new(Duration::ZERO);
    let mut now = Instant::now();
    let start = Duration::from_secs(2);
    let first = add(&deck, counting(0, 40_000), start, 1.0, now);
    // Not a whole number of blocks.
    deck.with(first, |voice| voice.end_at(start + millis(23)));
    let frames = 48 * 23;
    let _second = follow(&deck, Some(counting(frames, 3000)), first, now);
    counted(&take(&deck, &mut now, 12), BLOCK, 12 * BLOCK);
}

#[test]
fn a_set_end_is_filled_up_with_silence() {
    let deck = Deck::new(Duration::ZERO);
    let mut now = Instant::now();
    let first = add(&deck, level(0.5, BLOCK * 2), Duration::ZERO, 1.0, now);
    deck.with(first, |voice| voice.end_at(millis(22)));
    let _second = follow(&deck, Some(level(0.7, 3000)), first, now);
    let heard = take(&deck, &mut now, 12);
    let seam = 48 * 22;
    assert!(heard[BLOCK * 2..seam].iter().all(|sample| *sample == 0.0));
    assert!(
        heard[seam + BLOCK..seam + BLOCK * 2]
            .iter()
            .all(|sample| (*sample - 0.7).abs() < 1e-6)
    );
    assert!(steepest(&heard) < 0.02, "a click of {}", steepest(&heard));
}

#[test]
fn a_cut_without_anything_after_it_does_not_click() {
    for end in [0, 3, 22, 23] {
        let deck = Deck::new(Duration::ZERO);
        let mut now = Instant::now();
        let id = add(&deck, level(0.8, usize::MAX), Duration::ZERO, 1.0, now);
        let mut heard = take(&deck, &mut now, 2);
        deck.with(id, |voice| voice.end_at(millis(end)));
        heard.extend(take(&deck, &mut now, 10));
        assert!(steepest(&heard) < 0.02, "a click of {}", steepest(&heard));
        assert_eq!(heard.last(), Some(&0.0));
        assert!(deck.with(id, |voice| voice.has_ended()).unwrap());
        assert!(!deck.tidy());
    }
}

#[test]
fn two_sounds_that_do_not_fit_together_meet_without_a_click() {
    let deck = Deck::new(Duration::ZERO);
    let mut now = Instant::now();
    let first = add(&deck, level(0.8, BLOCK * 4 + 77), Duration::ZERO, 1.0, now);
    let _second = follow(&deck, Some(level(-0.6, 3000)), first, now);
    let heard = take(&deck, &mut now, 10);
    assert!(steepest(&heard) < 0.02, "a click of {}", steepest(&heard));
}

#[test]
fn what_follows_one_that_is_stopped_waits_to_be_begun() {
    for stop in [true, false] {
        let deck = Deck::new(Duration::ZERO);
        let mut now = Instant::now();
        let first = add(&deck, level(0.5, BLOCK * 20), Duration::ZERO, 1.0, now);
        let second = follow(&deck, Some(level(0.25, usize::MAX)), first, now);
        take(&deck, &mut now, 4);
        if stop {
            deck.with(first, Voice::stop);
        } else {
            deck.forget(first, now);
        }
        let heard = take(&deck, &mut now, 30);
        assert_eq!(heard.last(), Some(&0.0));
        assert_eq!(deck.position(second, now), Some(Duration::ZERO));
        deck.with(second, |voice| voice.begin(now));
        let heard = take(&deck, &mut now, 4);
        assert!((heard.last().unwrap() - 0.25).abs() < 1e-6);
    }
}

#[test]
fn a_follower_that_is_dropped_never_sounds() {
    let deck = Deck::new(Duration::ZERO);
    let mut now = Instant::now();
    let first = add(&deck, level(0.5, BLOCK * 4), Duration::ZERO, 1.0, now);
    let second = follow(&deck, Some(level(0.25, usize::MAX)), first, now);
    take(&deck, &mut now, 2);
    deck.forget(second, now);
    let heard = take(&deck, &mut now, 6);
    assert_eq!(heard.last(), Some(&0.0));
    assert!(!deck.tidy());
}

#[test]
fn what_follows_something_silent_begins_with_its_set_end() {
    let deck = Deck::new(Duration::ZERO);
    let mut now = Instant::now();
    let first = deck.add(None, Duration::ZERO, 0.0, Entry::AtOnce, now);
    deck.with(first, |voice| voice.end_at(millis(22)));
    let _second = follow(&deck, Some(level(0.5, usize::MAX)), first, now);
    let heard = take(&deck, &mut now, 12);
    let silent = heard.iter().take_while(|sample| **sample == 0.0).count();
    assert!(silent.abs_diff(22 * 48) <= 1, "{silent} frames of silence");
    // Without a device nobody asks for blocks, and a clock follows a clock all the same.
    let deck = Deck::new(Duration::ZERO);
    let first = deck.add(None, Duration::ZERO, 0.0, Entry::AtOnce, now);
    deck.with(first, |voice| voice.end_at(millis(100)));
    let second = follow(&deck, None, first, now);
    assert_eq!(
        deck.position(second, now + millis(90)),
        Some(Duration::ZERO)
    );
    let position = deck.position(second, now + millis(350)).unwrap();
    assert!(position.abs_diff(millis(250)) < millis(1), "{position:?}");
    // One that is dropped before its end is not followed.
    let third = follow(&deck, None, second, now);
    deck.with(second, |voice| voice.end_at(millis(1000)));
    deck.forget(second, now + millis(500));
    assert_eq!(
        deck.position(third, now + Duration::from_secs(9)),
        Some(Duration::ZERO)
    );
}

#[test]
fn something_silent_follows_what_was_heard() {
    let deck = Deck::new(Duration::ZERO);
    let mut now = Instant::now();
    let first = add(&deck, level(0.5, BLOCK * 4), Duration::ZERO, 1.0, now);
    let second = follow(&deck, None, first, now);
    let start = now;
    take(&deck, &mut now, 6);
    assert!(!deck.tidy(), "it needs no device");
    let position = deck.position(second, start + millis(520)).unwrap();
    assert!(position.abs_diff(millis(500)) < millis(1), "{position:?}");
}

#[test]
fn without_a_device_one_follows_the_other_in_time() {
    let deck = Deck::new(Duration::ZERO);
    let start = Instant::now();
    deck.set_state(DeviceState::Missing);
    let first = add(&deck, level(0.5, 24_000), Duration::ZERO, 1.0, start);
    let second = follow(&deck, Some(level(0.5, 96_000)), first, start);
    for step in 1..=12 {
        deck.pass_unheard(start + millis(97 * step));
    }
    let position = deck.position(second, start + millis(1200)).unwrap();
    assert!(position.abs_diff(millis(700)) < millis(6), "{position:?}");
}

#[test]
fn ducking_lowers_what_plays_but_not_what_is_above_it() {
    let deck = Deck::new(Duration::ZERO);
    let mut now = Instant::now();
    deck.set_state(DeviceState::Open);
    let low = add(&deck, level(0.5, usize::MAX), Duration::ZERO, 1.0, now);
    take(&deck, &mut now, WAKING as usize + 4);
    deck.duck();
    deck.duck();
    let mut heard = take(&deck, &mut now, 40);
    assert!((heard.last().unwrap() - 0.05).abs() < 1e-4);
    let settled = heard.iter().position(|sample| *sample < 0.0501).unwrap();
    assert!(settled.abs_diff(48 * 150) < 20, "{settled}");
    let voice = deck.add(
        Some(level(0.4, usize::MAX)),
        Duration::ZERO,
        1.0,
        Entry::Above,
        now,
    );
    heard.extend(take(&deck, &mut now, 10));
    assert!((heard.last().unwrap() - 0.45).abs() < 1e-4);
    deck.forget(voice, now);
    deck.unduck();
    heard.extend(take(&deck, &mut now, 40));
    assert!(
        (heard.last().unwrap() - 0.05).abs() < 1e-4,
        "one still ducks"
    );
    deck.unduck();
    heard.extend(take(&deck, &mut now, 110));
    assert!((heard.last().unwrap() - 0.5).abs() < 1e-4);
    assert!(steepest(&heard) < 0.02, "a click of {}", steepest(&heard));
    assert!(deck.position(low, now).is_some());
}

#[test]
fn a_volume_goes_over_in_the_time_that_it_is_given_and_may_be_above_one() {
    let deck = Deck::new(Duration::ZERO);
    let mut now = Instant::now();
    let id = add(&deck, level(0.2, usize::MAX), Duration::ZERO, 2.0, now);
    assert!((take(&deck, &mut now, 4).last().unwrap() - 0.4).abs() < 1e-5);
    deck.with(id, |voice| voice.set_volume(0.5, millis(1000)));
    let heard = take(&deck, &mut now, 100);
    assert!((heard.last().unwrap() - 0.25).abs() < 1e-3);
    assert!((take(&deck, &mut now, 110).last().unwrap() - 0.1).abs() < 1e-4);
}

#[test]
fn what_does_not_follow_waits_and_may_follow_another_one() {
    let deck = Deck::new(Duration::ZERO);
    let mut now = Instant::now();
    let first = add(&deck, level(0.5, BLOCK * 4), Duration::ZERO, 1.0, now);
    let second = follow(&deck, Some(level(0.25, usize::MAX)), first, now);
    take(&deck, &mut now, 2);
    assert!(deck.with(second, Voice::hold).unwrap());
    assert_eq!(take(&deck, &mut now, 6).last(), Some(&0.0));
    let third = add(&deck, level(0.5, BLOCK * 4), Duration::ZERO, 1.0, now);
    deck.follow(second, third, now);
    assert!((take(&deck, &mut now, 6).last().unwrap() - 0.25).abs() < 1e-6);
    assert!(!deck.with(second, Voice::hold).unwrap(), "it plays");
}
