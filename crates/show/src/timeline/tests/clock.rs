//! Changes of the clock, leap days and midnight: tables worked out by hand from the zones' rules.

use jiff::civil::{Date, date};

use super::super::*;
use super::{at, playlists, timeline};

/// When an entry with these hours, which starts on `day` alone, is on air: from and until in universal time.
fn on_air(zone: &str, day: &str, from: &str, until: &str) -> Option<(String, String)> {
    let entry = format!(
        "[[schedule]]\nplaylist = \"loop\"\nfrom = \"{from}\"\nuntil = \"{until}\"\nfirst_day = \"{day}\"\nlast_day = \"{day}\"\n"
    );
    let zone = format!("timezone = \"{zone}\"\n");
    let timeline = timeline(&(zone + &playlists(&[("loop", &[60])]) + &entry));
    let begin = at(&timeline, &format!("{day}T00:00"));
    let end = after(begin, Duration::from_secs(50 * 3600));
    let slots = timeline.slots(begin).take_while(|slot| slot.start < end);
    let on: Vec<Slot> = slots.filter(|slot| slot.item.is_some()).collect();
    for pair in on.windows(2) {
        assert_eq!(pair[0].end, pair[1].start, "a gap on {day}");
    }
    Some((on.first()?.start.to_string(), on.last()?.end.to_string()))
}

#[track_caller]
fn check(zone: &str, day: &str, (from, until): (&str, &str), expected: Option<(&str, &str)>) {
    let minute = |time: &str| format!("{time}:00Z");
    let expected = expected.map(|(from, until)| (minute(from), minute(until)));
    assert_eq!(
        on_air(zone, day, from, until),
        expected,
        "{zone} {day} {from}-{until}"
    );
}

#[test]
fn berlin() {
    const ZONE: &str = "Europe/Berlin";
    // 29 March 2026: 02:00 is followed by 03:00, at 01:00 universal time.
    for (hours, expected) in [
        (
            ("00:00", "24:00"),
            Some(("2026-03-28T23:00", "2026-03-29T22:00")),
        ),
        (
            ("01:00", "04:00"),
            Some(("2026-03-29T00:00", "2026-03-29T02:00")),
        ),
        (
            ("01:30", "02:30"),
            Some(("2026-03-29T00:30", "2026-03-29T01:30")),
        ),
        (
            ("02:30", "04:00"),
            Some(("2026-03-29T01:30", "2026-03-29T02:00")),
        ),
        // 02:15 becomes 03:15, when the window is over.
        (("02:15", "03:00"), None),
        (("02:00", "03:00"), None),
    ] {
        check(ZONE, "2026-03-29", hours, expected);
    }
    check(
        ZONE,
        "2026-03-28",
        ("22:00", "02:30"),
        Some(("2026-03-28T21:00", "2026-03-29T01:30")),
    );
    // 25 October 2026: 03:00 is followed by 02:00, at 01:00 universal time.
    for (hours, expected) in [
        (
            ("00:00", "24:00"),
            Some(("2026-10-24T22:00", "2026-10-25T23:00")),
        ),
        (
            ("01:00", "04:00"),
            Some(("2026-10-24T23:00", "2026-10-25T03:00")),
        ),
        (
            ("01:30", "02:30"),
            Some(("2026-10-24T23:30", "2026-10-25T00:30")),
        ),
        (
            ("02:30", "04:00"),
            Some(("2026-10-25T00:30", "2026-10-25T03:00")),
        ),
        (
            ("02:15", "03:00"),
            Some(("2026-10-25T00:15", "2026-10-25T02:00")),
        ),
    ] {
        check(ZONE, "2026-10-25", hours, expected);
    }
    check(
        ZONE,
        "2026-10-24",
        ("22:00", "02:30"),
        Some(("2026-10-24T20:00", "2026-10-25T00:30")),
    );
}

#[test]
fn new_york() {
    const ZONE: &str = "America/New_York";
    // 8 March 2026: 02:00 is followed by 03:00, at 07:00 universal time.
    for (hours, expected) in [
        (
            ("00:00", "24:00"),
            Some(("2026-03-08T05:00", "2026-03-09T04:00")),
        ),
        (
            ("01:00", "04:00"),
            Some(("2026-03-08T06:00", "2026-03-08T08:00")),
        ),
        (
            ("01:30", "02:30"),
            Some(("2026-03-08T06:30", "2026-03-08T07:30")),
        ),
        (
            ("02:30", "04:00"),
            Some(("2026-03-08T07:30", "2026-03-08T08:00")),
        ),
        (("02:15", "03:00"), None),
    ] {
        check(ZONE, "2026-03-08", hours, expected);
    }
    check(
        ZONE,
        "2026-03-07",
        ("22:00", "02:30"),
        Some(("2026-03-08T03:00", "2026-03-08T07:30")),
    );
    // 1 November 2026: 02:00 is followed by 01:00, at 06:00 universal time.
    for (hours, expected) in [
        (
            ("00:00", "24:00"),
            Some(("2026-11-01T04:00", "2026-11-02T05:00")),
        ),
        (
            ("00:30", "03:00"),
            Some(("2026-11-01T04:30", "2026-11-01T08:00")),
        ),
        (
            ("01:30", "03:00"),
            Some(("2026-11-01T05:30", "2026-11-01T08:00")),
        ),
        // Of an hour that comes twice the first counts.
        (
            ("01:30", "01:45"),
            Some(("2026-11-01T05:30", "2026-11-01T05:45")),
        ),
    ] {
        check(ZONE, "2026-11-01", hours, expected);
    }
    check(
        ZONE,
        "2026-10-31",
        ("22:00", "01:30"),
        Some(("2026-11-01T02:00", "2026-11-01T05:30")),
    );
}

#[test]
fn slots_follow_each_other_through_every_change_of_the_clock() {
    // In Cairo and Beirut the clock changes at midnight, on Lord Howe by half an hour, in Casablanca around
    // Ramadan; in Apia a whole day was left out.
    let zones = [
        ("Europe/Berlin", 2026),
        ("America/New_York", 2026),
        ("Africa/Cairo", 2026),
        ("Asia/Beirut", 2026),
        ("Australia/Lord_Howe", 2026),
        ("Africa/Casablanca", 2026),
        ("Pacific/Apia", 2011),
        ("Asia/Ho_Chi_Minh", 2026),
    ];
    let entries = "[[schedule]]\nplaylist = \"a\"\nfrom = \"23:30\"\nuntil = \"02:10\"\n[[schedule]]\nplaylist = \"b\"\nuntil = \"00:40\"\n";
    for (zone, year) in zones {
        let lists = playlists(&[("a", &[700, 1300]), ("b", &[900]), ("default", &[1700])]);
        let timeline = timeline(&format!("timezone = \"{zone}\"\n{lists}{entries}"));
        let begin = at(&timeline, &format!("{year}-01-01T00:00"));
        let end = at(&timeline, &format!("{}-01-01T00:00", year + 1));
        let mut instant = begin;
        for slot in timeline.slots(begin).take_while(|slot| slot.start < end) {
            assert_eq!(slot.start, instant, "{zone}");
            assert!(slot.start < slot.end, "{zone} {}", slot.start);
            // Whoever asks in the middle hears the same.
            let middle = after(slot.start, between(slot.start, slot.end) / 2);
            assert_eq!(timeline.slot_at(middle), slot, "{zone}");
            instant = slot.end;
        }
        assert_eq!(instant, end, "{zone}");
    }
}

#[test]
fn the_29th_of_february() {
    let rule = "[[schedule]]\nplaylist = \"loop\"\nrrule = \"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29\"\nfrom = \"22:00\"\nuntil = \"02:00\"\n";
    let timeline = timeline(&(playlists(&[("loop", &[600])]) + rule));
    let plays = |civil: &str| timeline.slot_at(at(&timeline, civil)).item.is_some();
    let days: Vec<Date> = date(2024, 1, 1)
        .series(jiff::Span::new().days(1))
        .take_while(|day| day.year() < 2033)
        .filter(|day| plays(&format!("{day}T23:00")))
        .collect();
    assert_eq!(
        days,
        [date(2024, 2, 29), date(2028, 2, 29), date(2032, 2, 29)]
    );
    assert!(plays("2028-03-01T01:59") && !plays("2028-03-01T02:00"));
    assert!(!plays("2027-03-01T01:00"));
}

#[test]
fn a_season_that_ends_on_a_leap_day() {
    let entry = "[[schedule]]\nplaylist = \"loop\"\nfirst_day = \"2028-02-28\"\nlast_day = \"2028-02-29\"\nfrom = \"23:00\"\nuntil = \"01:00\"\n";
    let timeline = timeline(&(playlists(&[("loop", &[600])]) + entry));
    let plays = |civil: &str| timeline.slot_at(at(&timeline, civil)).item.is_some();
    assert!(plays("2028-02-29T00:30") && plays("2028-03-01T00:30"));
    assert!(!plays("2028-02-28T00:30") && !plays("2028-03-01T23:30"));
}

#[test]
fn another_zone_moves_every_window() {
    let entry = "[[schedule]]\nplaylist = \"loop\"\nfrom = \"08:00\"\nuntil = \"09:00\"\n";
    let begins = |zone: &str| {
        let timeline = timeline(&format!(
            "timezone = \"{zone}\"\n{}{entry}",
            playlists(&[("loop", &[600])])
        ));
        let from: Timestamp = "2026-11-22T17:00:00Z".parse().unwrap();
        timeline.due_after(from).unwrap().start.to_string()
    };
    assert_eq!(begins("Asia/Ho_Chi_Minh"), "2026-11-23T01:00:00Z");
    assert_eq!(begins("Europe/Berlin"), "2026-11-23T07:00:00Z");
}
