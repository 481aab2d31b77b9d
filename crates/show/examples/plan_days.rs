//! Plans days of a large show and prints as JSON what that costs; `benches/schedule.py` calls it.
//!
//! The show has 2,000 items in 50 playlists and 300 entries: hours that overlap, days of the week, seasons,
//! rules of RFC 5545, working hours, priorities and shares.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fmt::Write as _;
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::ToSpan as _;
use jiff::civil::date;
use motcua_show::Show;
use motcua_show::timeline::Timeline;
use serde_json::json;

const PLAYLISTS: usize = 50;
const ITEMS: usize = 2_000;
const ENTRIES: usize = 300;

fn main() {
    let show: Arc<Show> = Arc::new(toml::from_str(&large_show()).unwrap());
    let items: usize = show
        .playlists
        .iter()
        .map(|playlist| playlist.items.len())
        .sum();
    assert_eq!((items, show.schedule.len()), (ITEMS, ENTRIES));
    let begun = Instant::now();
    let timeline = Timeline::new(Arc::clone(&show));
    let made_ready = begun.elapsed();
    let midnight = |day: jiff::civil::Date| {
        let at = day.to_zoned(timeline.zone().clone()).unwrap();
        at.timestamp()
    };

    let first = date(2026, 1, 1);
    let begun = Instant::now();
    black_box(timeline.slot_at(midnight(first)));
    let first_day = begun.elapsed();
    let mut days = Vec::new();
    for day in first.series(1.day()).skip(1).take(364) {
        let at = midnight(day);
        let begun = Instant::now();
        black_box(timeline.slot_at(at));
        days.push(begun.elapsed());
    }

    // What is next, at random instants of a day that is planned.
    let mut random = fastrand::Rng::with_seed(1);
    let day = midnight(date(2026, 11, 23));
    black_box(timeline.slot_at(day));
    let mut lookups = Vec::new();
    for _ in 0..100_000 {
        let at = day + Duration::from_millis(random.u64(..86_300_000));
        let begun = Instant::now();
        let slot = timeline.slot_at(at);
        black_box(timeline.next(&slot));
        lookups.push(begun.elapsed());
    }

    // A year slot by slot, as a screen lives through it.
    let timeline = Timeline::new(show);
    let mut slots = 0_u64;
    let mut memory = Vec::new();
    let end = midnight(date(2027, 1, 1));
    let mut slot = timeline.slot_at(midnight(first));
    let mut month = 0;
    while slot.start < end {
        let now = slot.start.to_zoned(timeline.zone().clone()).month();
        if now != month {
            month = now;
            memory.push(resident_kib());
        }
        slots += 1;
        slot = timeline.next(&slot);
    }
    memory.push(resident_kib());

    let report = json!({
        "items": ITEMS,
        "entries": ENTRIES,
        "made_ready_ms": ms(made_ready),
        "first_day_ms": ms(first_day),
        "day_ms": spread(&mut days, 1e3),
        "next_change_us": spread(&mut lookups, 1e6),
        "slots_a_year": slots,
        "resident_kib_by_month": memory,
    });
    println!("{report}");
}

fn large_show() -> String {
    let mut random = fastrand::Rng::with_seed(6);
    let mut toml = String::from(
        "title = \"x\"\ncalendar = \"vn-office\"\n\
         [[office_hours]]\ndays = [\"mon\", \"tue\", \"wed\", \"thu\", \"fri\"]\nfrom = \"07:00\"\nuntil = \"11:00\"\n\
         [[office_hours]]\ndays = [\"mon\", \"tue\", \"wed\", \"thu\", \"fri\"]\nfrom = \"13:00\"\nuntil = \"17:00\"\n",
    );
    for list in 0..PLAYLISTS {
        writeln!(
            toml,
            "[[playlist]]\nname = \"{list}\"\ndefault = {}",
            list == 0
        )
        .unwrap();
        for item in 0..ITEMS / PLAYLISTS {
            let dwell = random.u32(8..=40);
            writeln!(
                toml,
                "[[playlist.item]]\nkind = \"image\"\nname = \"{list}.{item}\"\nsource = \"x.png\"\ndwell = \"{dwell}s\""
            )
            .unwrap();
            if random.u8(..10) == 0 {
                let (month, day) = (random.u8(1..=12), random.u8(1..=28));
                writeln!(
                    toml,
                    "show_from = \"2026-{month:02}-{day:02}T{:02}:30:00\"",
                    random.u8(..24)
                )
                .unwrap();
            }
        }
    }
    const RULES: [&str; 4] = [
        "FREQ=MONTHLY;BYDAY=1MO",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH",
        "FREQ=DAILY;INTERVAL=3",
        "FREQ=YEARLY;BYMONTH=9;BYMONTHDAY=2",
    ];
    for _ in 0..ENTRIES {
        let from = random.u32(..23 * 4) * 15;
        let until = (from + 15 + random.u32(..6 * 4) * 15) % 1440;
        writeln!(
            toml,
            "[[schedule]]\nplaylist = \"{}\"\nfrom = \"{:02}:{:02}\"\nuntil = \"{:02}:{:02}\"\npriority = {}\nshare = {}",
            random.usize(..PLAYLISTS),
            from / 60,
            from % 60,
            until / 60,
            until % 60,
            random.u8(..4),
            random.u8(1..=4)
        )
        .unwrap();
        match random.u8(..8) {
            0 | 1 => toml.push_str("days = [\"mon\", \"wed\", \"fri\"]\n"),
            2 => toml.push_str("only = \"working-hours\"\n"),
            3 => writeln!(toml, "rrule = \"{}\"", random.choice(RULES).unwrap()).unwrap(),
            4 => toml.push_str("first_day = \"2026-03-01\"\nlast_day = \"2026-10-31\"\n"),
            _ => {}
        }
    }
    toml
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// Median, the 95th and 99th percentile, and the most.
fn spread(times: &mut [Duration], unit: f64) -> serde_json::Value {
    times.sort_unstable();
    let at = |part: usize| times[(times.len() - 1) * part / 100].as_secs_f64() * unit;
    json!({ "median": at(50), "p95": at(95), "p99": at(99), "most": at(100) })
}

/// Memory of this process, in KiB.
fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS:"))
        .unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
