//! The clock behind devices of every kind.

use super::*;

/// How far the device of these tests is ahead of what is heard.
const LEAD: Duration = Duration::from_millis(85);

fn close(actual: f64, expected: f64) {
    assert!(
        (actual - expected).abs() < 0.002,
        "{actual} instead of {expected}"
    );
}

/// A device that takes 43 ms every 43 ms of its own time, which runs at `speed`, since `from`.
fn play(clock: &mut Clock, from: Instant, taken: &mut f64, seconds: f64, speed: f64) -> Instant {
    let period = 2048.0 / 48_000.0;
    let mut now = from;
    let mut elapsed = 0.0;
    while elapsed < seconds {
        for block in 0..8 {
            *taken += period / 8.0;
            let into = duration(period / 8.0 / speed * f64::from(block));
            clock.took(now, now + LEAD + into, *taken);
        }
        elapsed += period / speed;
        now = from + Duration::from_secs_f64(elapsed);
    }
    now
}

#[test]
fn it_stands_until_the_first_sample_is_heard_and_then_follows() {
    let start = Instant::now();
    let mut clock = Clock::new(start);
    let begun = start + Duration::from_millis(120);
    close(clock.position(begun), 0.0);
    let mut taken = 0.0;
    play(&mut clock, begun, &mut taken, 0.02, 1.0);
    close(clock.position(begun + LEAD), 0.0);
    let now = play(&mut clock, begun + duration(taken), &mut taken, 3.0, 1.0);
    close(clock.position(now), (now - begun - LEAD).as_secs_f64());
}

#[test]
fn it_follows_a_device_that_runs_fast() {
    let start = Instant::now();
    let mut clock = Clock::new(start);
    let mut taken = 0.0;
    let now = play(&mut clock, start, &mut taken, 120.0, 1.001);
    // After two minutes the device is 120 ms ahead of the wall, and the clock with it.
    let ahead = clock.position(now) - (now - start - LEAD).as_secs_f64();
    assert!((0.115..0.125).contains(&ahead), "{ahead}");
}

#[test]
fn it_waits_for_another_source_to_end() {
    let start = Instant::now();
    let mut clock = Clock::waiting();
    let later = start + Duration::from_secs(20);
    close(clock.position(later), 0.0);
    close(clock.missed(later, later + LEAD), 0.0);
    clock.took(later, later + LEAD, 0.005);
    close(clock.position(later + LEAD), 0.0);
    close(
        clock.position(later + LEAD + Duration::from_millis(5)),
        0.005,
    );
}

#[test]
fn without_a_device_the_wall_takes_over() {
    let start = Instant::now();
    let mut clock = Clock::new(start);
    close(clock.position(start + Duration::from_millis(200)), 0.0);
    close(clock.position(start + Duration::from_millis(1250)), 1.0);
}

#[test]
fn without_any_device_the_wall_runs_at_once() {
    let start = Instant::now();
    let mut clock = Clock::new(start);
    clock.stop_waiting();
    let now = start + Duration::from_millis(250);
    close(clock.position(now), 0.25);
    close(clock.missed(now, now), 0.25);
    clock.skipped(0.25);
    close(clock.missed(now, now), 0.0);
    let then = clock.instant_of(0.1, now);
    close((then - start).as_secs_f64(), 0.1);
}

#[test]
fn a_device_that_is_far_ahead_costs_nothing_of_the_beginning() {
    let start = Instant::now();
    let mut clock = Clock::new(start);
    let heard = start + Duration::from_secs(1);
    close(clock.missed(start, heard), 0.0);
    clock.took(start, heard, 0.005);
    close(clock.position(heard), 0.0);
}

#[test]
fn a_stall_holds_it_and_then_lets_it_go() {
    let start = Instant::now();
    let mut clock = Clock::new(start);
    let mut taken = 0.0;
    let now = play(&mut clock, start, &mut taken, 2.0, 1.0);
    let stalled = clock.position(now + LEAD + Duration::from_millis(300));
    close(stalled, taken);
    // The device is back: what was missed is skipped, and it goes on without going back.
    let back = now + LEAD + Duration::from_millis(1500);
    let later = clock.position(back);
    assert!(later > taken + 0.9, "{later} after {taken}");
    let missed = clock.missed(back, back + LEAD);
    close(missed, later - taken + LEAD.as_secs_f64());
    taken += missed;
    clock.skipped(taken);
    let now = play(&mut clock, back, &mut taken, 2.0, 1.0);
    let position = clock.position(now);
    close(position, later + (now - back).as_secs_f64());
}

#[test]
fn a_gap_between_two_blocks_is_waited_for_where_it_is_heard() {
    let start = Instant::now();
    let mut clock = Clock::new(start);
    clock.took(start, start + LEAD, 0.1);
    // Nothing came for 200 ms; the next block is taken well before the gap is heard to its end.
    let gap = Duration::from_millis(200);
    let second = start + LEAD + Duration::from_millis(100) + gap;
    clock.took(start + gap, second, 0.2);
    close(
        clock.position(start + LEAD + Duration::from_millis(60)),
        0.06,
    );
    close(clock.position(second), 0.1);
    close(clock.position(second + Duration::from_millis(50)), 0.15);
}

#[test]
fn it_never_goes_back() {
    let start = Instant::now();
    let mut clock = Clock::new(start);
    let mut last = 0.0;
    let mut taken = 0.0;
    let mut now = start;
    for step in 0..2000_u64 {
        // Irregular bursts, gaps and stalls, and a device that does not know how far ahead it is.
        now += Duration::from_millis(step * 7919 % 97 + if step % 100 == 0 { 700 } else { 0 });
        let heard = now + Duration::from_millis(step * 6007 % 150);
        let missed = clock.missed(now, heard);
        taken += missed;
        clock.skipped(taken);
        if step % 3 != 0 {
            taken += (step * 104_729 % 60) as f64 / 1000.0;
            clock.took(now, heard, taken);
        }
        let position = clock.position(now);
        assert!(position >= last && position.is_finite());
        last = position;
    }
    assert!(clock.runs.len() < 20, "{} runs", clock.runs.len());
}

#[test]
fn free_running_is_the_wall_clock() {
    let start = Instant::now();
    let mut clock = Clock::new(start);
    clock.run_free(start);
    let later = start + Duration::from_secs(5);
    close(clock.position(later), 5.0);
    close(clock.missed(later, later), 0.0);
}

#[test]
fn by_the_wall_the_device_follows() {
    let start = Instant::now();
    let mut clock = Clock::by_wall(start);
    let opened = start + Duration::from_millis(150);
    close(clock.position(start), 0.0);
    close(clock.position(opened), 0.15);
    // The device opens late: what it missed is skipped.
    let missed = clock.missed(opened, opened + LEAD);
    close(missed, 0.15 + LEAD.as_secs_f64());
    clock.skipped(missed);
    close(clock.missed(opened, opened + LEAD), 0.0);
    // It takes a second of samples in 990 ms: it is ahead by the rest.
    clock.took(opened, opened + LEAD, missed + 1.0);
    let later = opened + Duration::from_millis(990);
    close(clock.ahead(later + LEAD), 0.01);
    close(clock.position(later), 1.14);
    // It stalls, and the position does not.
    let much_later = later + Duration::from_secs(3);
    close(clock.position(much_later), 4.14);
    close(clock.missed(much_later, much_later), 4.14 - missed - 1.0);
}
