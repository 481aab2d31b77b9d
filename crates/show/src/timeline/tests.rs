//! The timeline against its rules, by examples.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use jiff::civil::{Date, date};

use super::*;

mod clock;
mod hours;
mod shares;

pub(super) fn timeline(toml: &str) -> Timeline {
    Timeline::new(Arc::new(
        toml::from_str(&format!("title = \"x\"\n{toml}")).unwrap(),
    ))
}

/// Playlists whose items are pictures with a `dwell` in seconds, named by the playlist and their number.
fn playlists(lists: &[(&str, &[u32])]) -> String {
    let mut toml = String::new();
    for (name, dwells) in lists {
        writeln!(
            toml,
            "[[playlist]]\nname = \"{name}\"\ndefault = {}",
            *name == "default"
        )
        .unwrap();
        for (number, dwell) in dwells.iter().enumerate() {
            writeln!(toml, "[[playlist.item]]\nkind = \"image\"\nname = \"{name}{number}\"\nsource = \"x.png\"\ndwell = \"{dwell}s\"")
                .unwrap();
        }
    }
    toml
}

fn at(timeline: &Timeline, civil: &str) -> Timestamp {
    timeline
        .zone()
        .to_timestamp(civil.parse().unwrap())
        .unwrap()
}

/// The slots that start from one civil time to before another, as "07:00:00 loop0".
fn plan(timeline: &Timeline, from: &str, until: &str) -> Vec<String> {
    let until = at(timeline, until);
    timeline
        .slots(at(timeline, from))
        .take_while(|slot| slot.start < until)
        .map(|slot| {
            let start = slot.start.to_zoned(timeline.zone().clone()).time();
            format!("{start} {}", slot.item.as_deref().unwrap_or("card"))
        })
        .collect()
}

/// Air time by item in a stretch of civil time.
fn air(timeline: &Timeline, from: &str, until: &str) -> BTreeMap<String, Duration> {
    let (from, until) = (at(timeline, from), at(timeline, until));
    let mut air = BTreeMap::new();
    for slot in timeline.slots(from).take_while(|slot| slot.start < until) {
        let item = slot.item.as_deref().unwrap_or("card").to_owned();
        *air.entry(item).or_default() += between(slot.start.max(from), slot.end.min(until));
    }
    air
}

#[test]
fn outside_its_window_the_default_plays_and_without_one_the_card() {
    let entry = "[[schedule]]\nplaylist = \"loop\"\nfrom = \"07:00\"\nuntil = \"11:30\"\n";
    let timeline_of = |lists: &[(&str, &[u32])]| timeline(&(playlists(lists) + entry));
    let with = timeline_of(&[("loop", &[1800]), ("default", &[3600])]);
    assert_eq!(
        plan(&with, "2026-11-23T06:00", "2026-11-23T07:30"),
        ["06:00:00 default0", "07:00:00 loop0"]
    );
    assert_eq!(
        with.slot_at(at(&with, "2026-11-23T06:00")).reason,
        Reason::Default
    );
    assert_eq!(
        with.slot_at(at(&with, "2026-11-23T11:30")).item.as_deref(),
        Some("default0")
    );
    let without = timeline_of(&[("loop", &[1800])]);
    assert_eq!(
        plan(&without, "2026-11-23T00:00", "2026-11-23T07:30"),
        ["00:00:00 card", "07:00:00 loop0"]
    );
    assert_eq!(
        without.slot_at(at(&without, "2026-11-23T12:00")).reason,
        Reason::NothingScheduled
    );
    assert_eq!(
        without
            .due_after(at(&without, "2026-11-23T12:00"))
            .unwrap()
            .start,
        at(&without, "2026-11-24T07:00")
    );
}

#[test]
fn a_window_past_midnight_belongs_to_the_day_on_which_it_starts() {
    let night = "[[schedule]]\nplaylist = \"loop\"\ndays = [\"fri\"]\nfrom = \"22:00\"\nuntil = \"02:00\"\n";
    let timeline = timeline(&(playlists(&[("loop", &[3600])]) + night));
    // 27 November 2026 is a Friday.
    let friday = plan(&timeline, "2026-11-27T20:00", "2026-11-28T03:00");
    assert_eq!(
        friday,
        [
            "00:00:00 card",
            "22:00:00 loop0",
            "23:00:00 loop0",
            "00:00:00 loop0",
            "01:00:00 loop0",
            "02:00:00 card"
        ]
    );
    assert_eq!(
        plan(&timeline, "2026-11-27T00:00", "2026-11-27T22:00"),
        ["00:00:00 card"]
    );
}

#[test]
fn shares_of_air_time_are_kept_within_one_item() {
    let shared = "[[schedule]]\nplaylist = \"a\"\nshare = 2\n[[schedule]]\nplaylist = \"b\"\n";
    let timeline = timeline(&(playlists(&[("a", &[20, 35]), ("b", &[15, 10, 30])]) + shared));
    let air = air(&timeline, "2026-11-23T09:00", "2026-11-23T10:00");
    let total = |list: &str| {
        air.iter()
            .filter(|(item, _)| item.starts_with(list))
            .map(|(_, time)| *time)
            .sum::<Duration>()
    };
    let off = total("a").as_secs_f64() - 2.0 / 3.0 * 3600.0;
    assert!(off.abs() <= 35.0, "{off} s off");
}

#[test]
fn the_highest_priority_wins_alone_and_the_loop_keeps_its_place() {
    let entries = "[[schedule]]\nplaylist = \"loop\"\n[[schedule]]\nplaylist = \"urgent\"\npriority = 5\n\
                   from = \"08:00\"\nuntil = \"08:02\"\n";
    let timeline = timeline(&(playlists(&[("loop", &[50, 50, 50]), ("urgent", &[60])]) + entries));
    let plan = plan(&timeline, "2026-11-23T07:58:20", "2026-11-23T08:05");
    let order: Vec<_> = plan.iter().map(|line| &line[9..]).collect();
    // The item running at 08:00 ends less than 60 s later; then both minutes are the urgent one's.
    let first = order.iter().position(|item| *item == "urgent0").unwrap();
    let next = |item: &str| format!("loop{}", (item[4..].parse::<usize>().unwrap() + 1) % 3);
    let resumed = order[first..]
        .iter()
        .find(|item| item.starts_with("loop"))
        .unwrap();
    assert_eq!(**resumed, next(order[first - 1]), "{plan:?}");
    assert!(plan[first].starts_with("08:00:"), "{plan:?}");
}

#[test]
fn an_item_is_cut_where_it_would_run_more_than_a_minute_past() {
    let entries = "[[schedule]]\nplaylist = \"a\"\nuntil = \"08:00\"\n[[schedule]]\nplaylist = \"b\"\nfrom = \"08:00\"\n";
    let of = |dwell| timeline(&(playlists(&[("a", &[dwell]), ("b", &[7200])]) + entries));
    // Four items from 00:00 on end 60 s and 64 s past 08:00.
    assert!(
        plan(&of(7215), "2026-11-23T07:59", "2026-11-23T08:30").contains(&"08:01:00 b0".to_owned())
    );
    assert!(
        plan(&of(7216), "2026-11-23T07:59", "2026-11-23T08:30").contains(&"08:00:00 b0".to_owned())
    );
}

#[test]
fn the_first_monday_of_the_month() {
    let entry = "[[schedule]]\nplaylist = \"loop\"\nrrule = \"FREQ=MONTHLY;BYDAY=1MO\"\nfirst_day = \"2026-01-01\"\n";
    let timeline = timeline(&(playlists(&[("loop", &[600])]) + entry));
    let plays = |day: Date| {
        timeline
            .slot_at(at(&timeline, &format!("{day}T12:00")))
            .item
            .is_some()
    };
    let days: Vec<_> = date(2026, 1, 1)
        .series(jiff::Span::new().days(1))
        .take(365)
        .filter(|&day| plays(day))
        .collect();
    assert_eq!(days.len(), 12);
    assert_eq!((days[0], days[11]), (date(2026, 1, 5), date(2026, 12, 7)));
}

#[test]
fn changes_of_the_clock_follow_the_compatible_rule() {
    let night = "timezone = \"Europe/Berlin\"\n";
    let entry = "[[schedule]]\nplaylist = \"loop\"\nfrom = \"02:15\"\nuntil = \"03:00\"\n";
    let timeline = timeline(&(night.to_owned() + &playlists(&[("loop", &[300])]) + entry));
    let window = |day: Date| {
        let start = day.to_zoned(timeline.zone().clone()).unwrap().timestamp();
        let first = timeline
            .slots(start)
            .find(|slot| slot.item.is_some())
            .unwrap();
        let end = timeline
            .slots(first.start)
            .find(|slot| slot.item.is_none())
            .unwrap();
        (first.start.to_string(), end.start.to_string())
    };
    // 02:15 does not exist on 29 March: it is 03:15 summer time, and the window would end at 03:00, before it
    // starts. So it plays first on the day after.
    assert_eq!(window(date(2026, 3, 29)).0, "2026-03-30T00:15:00Z");
    // 02:15 comes twice on 25 October and counts the first time; the window lasts 1 h 45 min.
    assert_eq!(
        window(date(2026, 10, 25)),
        ("2026-10-25T00:15:00Z".into(), "2026-10-25T02:00:00Z".into())
    );
    for (day, hours) in [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25)] {
        let start = day.to_zoned(timeline.zone().clone()).unwrap().timestamp();
        let end = day
            .tomorrow()
            .unwrap()
            .to_zoned(timeline.zone().clone())
            .unwrap()
            .timestamp();
        assert_eq!(between(start, end), Duration::from_secs(hours * 3600));
        assert!(timeline.slots(start).any(|slot| slot.start == end));
    }
}

#[test]
fn items_end_exactly_when_they_are_not_due_any_more() {
    let toml = playlists(&[("default", &[600])])
        + "show_until = \"2026-11-23T08:03:30\"\n[[playlist.item]]\nkind = \"procedure\"\nname = \"p\"\ncode = \"1.001.H51\"\n\
           dwell = \"7m\"\n[procedures.\"1.001\"]\ncode = \"1.001\"\nname = \"P\"\nfield = \"F\"\nrepealed = \"2026-11-24\"\n";
    let timeline = timeline(&toml);
    let plan = plan(&timeline, "2026-11-23T07:50", "2026-11-24T01:00");
    assert!(plan.contains(&"08:03:30 p".to_owned()), "{plan:?}");
    assert_eq!(plan.last().unwrap(), "00:00:00 card");
    let card = timeline.slot_at(at(&timeline, "2026-11-24T00:00"));
    assert_eq!(card.reason, Reason::NothingDue);
}

#[test]
fn nested_playlists_are_played_whole_and_circles_end() {
    let toml = playlists(&[("b", &[10]), ("a", &[10, 10])])
        + "[[playlist]]\nname = \"outer\"\n[[playlist.item]]\nkind = \"playlist\"\nname = \"n\"\nplaylist = \"a\"\n\
           [[playlist.item]]\nkind = \"playlist\"\nname = \"self\"\nplaylist = \"outer\"\n\
           [[schedule]]\nplaylist = \"outer\"\n[[schedule]]\nplaylist = \"b\"\nshare = 1\n";
    let timeline = timeline(&toml);
    let plan: Vec<_> = plan(&timeline, "2026-11-23T10:00", "2026-11-23T11:00")
        .iter()
        .map(|line| line[9..].to_owned())
        .collect();
    let whole = plan
        .windows(2)
        .filter(|pair| pair[0] == "a0")
        .all(|pair| pair[1] == "a1");
    assert!(whole, "{plan:?}");
    let slot = timeline
        .slots(at(&timeline, "2026-11-23T10:00"))
        .find(|slot| slot.item.as_deref() == Some("a1"))
        .unwrap();
    assert_eq!(
        (slot.playlist.as_deref(), slot.entry),
        (Some("outer"), Some(1))
    );
}

#[test]
fn what_cannot_be_shown_is_filled_within_its_slot() {
    let timeline = timeline(&playlists(&[("default", &[30, 40, 50])]));
    let slot = timeline
        .slots(at(&timeline, "2026-11-23T10:00"))
        .find(|slot| slot.item.as_deref() == Some("default0"))
        .unwrap();
    let fill = timeline
        .fill(&slot, slot.start, &|item| item != "default2")
        .unwrap();
    assert_eq!(
        (fill.item.as_deref(), fill.start, fill.end),
        (Some("default2"), slot.start, slot.end)
    );
    let next = timeline
        .fill_after(&slot, &fill, slot.start, &|item| item == "default0")
        .unwrap();
    assert_eq!(next.item.as_deref(), Some("default1"));
    assert_eq!(timeline.fill(&slot, slot.start, &|_| true), None);
}

#[test]
fn a_clock_before_the_signature_is_not_believed_and_timeless_content_plays() {
    let signed_at: Timestamp = "2026-11-23T00:00:00Z".parse().unwrap();
    let day = Duration::from_secs(24 * 60 * 60);
    assert!(believed(signed_at - day, Some(signed_at)));
    assert!(!believed(
        signed_at - day - Duration::from_secs(1),
        Some(signed_at)
    ));
    assert!(believed(Timestamp::UNIX_EPOCH, None));

    let toml = playlists(&[("timed", &[10]), ("always", &[10, 10])])
        + "show_from = \"2020-01-01T00:00:00\"\n[[schedule]]\nplaylist = \"timed\"\npriority = 1\nfrom = \"00:00\"\n\
           [[schedule]]\nplaylist = \"always\"\n";
    let show = timeline(&toml).show().clone();
    let timeline = Timeline::on_clock(show, Clock::NotBelieved { signed_at });
    assert_eq!(timeline.cycle(Timestamp::UNIX_EPOCH), ["always0".into()]);
}

#[test]
fn a_cycle_names_each_item_once_in_the_order_of_play() {
    let entries = "[[schedule]]\nplaylist = \"a\"\n[[schedule]]\nplaylist = \"b\"\nshare = 3\n";
    let timeline =
        timeline(&(playlists(&[("a", &[10, 10]), ("b", &[10, 20, 10]), ("c", &[9])]) + entries));
    let from = at(&timeline, "2026-11-23T10:00:05");
    let cycle = timeline.cycle(from);
    assert_eq!(cycle.len(), 5, "{cycle:?}");
    let mut played: Vec<_> = timeline
        .slots(from)
        .take(50)
        .filter_map(|slot| slot.item)
        .collect();
    let mut seen = BTreeSet::new();
    played.retain(|item| seen.insert(item.clone()));
    assert_eq!(cycle, played);
}

#[test]
fn a_long_day_is_computed_in_milliseconds() {
    let entries = "[[schedule]]\nplaylist = \"a\"\n[[schedule]]\nplaylist = \"b\"\nshare = 3\n";
    let timeline = timeline(&(playlists(&[("a", &[8; 200]), ("b", &[9; 300])]) + entries));
    let begun = Instant::now();
    let slot = timeline.slot_at(at(&timeline, "2026-11-23T20:00"));
    let cold = begun.elapsed();
    assert!(slot.item.is_some());
    let begun = Instant::now();
    for _ in 0..1000 {
        assert!(
            timeline
                .slot_at(at(&timeline, "2026-11-23T20:00"))
                .item
                .is_some()
        );
    }
    let warm = begun.elapsed() / 1000;
    println!("first {cold:?}, then {warm:?}");
    assert!(
        cold < Duration::from_millis(500) && warm < Duration::from_millis(5),
        "{cold:?} {warm:?}"
    );
}
