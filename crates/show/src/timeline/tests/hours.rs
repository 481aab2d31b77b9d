//! Entries that keep to the hours of the office.

use super::super::*;
use super::{plan, playlists, timeline};

const OFFICE: &str = "holidays = [\"2026-11-25\"]\ncalendar = \"vn-office\"\n\
    [[office_hours]]\ndays = [\"mon\", \"tue\", \"wed\", \"thu\", \"fri\"]\nfrom = \"07:00\"\nuntil = \"11:00\"\n\
    [[office_hours]]\ndays = [\"mon\", \"tue\", \"wed\", \"thu\", \"fri\"]\nfrom = \"13:00\"\nuntil = \"17:00\"\n\
    [[office_hours]]\ndays = [\"sat\"]\nfrom = \"07:30\"\nuntil = \"11:00\"\n";

/// When `loop` goes on and off the air in a stretch of days, as "11-23 07:00 on".
fn changes(entry: &str, from: &str, until: &str) -> Vec<String> {
    let entry = format!("[[schedule]]\nplaylist = \"loop\"\nonly = \"working-hours\"\n{entry}");
    let timeline = timeline(&(OFFICE.to_owned() + &playlists(&[("loop", &[1800])]) + &entry));
    let zone = timeline.zone().clone();
    let (from, until) = (super::at(&timeline, from), super::at(&timeline, until));
    let mut was_on = false;
    let mut changes = Vec::new();
    for slot in timeline.slots(from).take_while(|slot| slot.start < until) {
        let is_on = slot.item.is_some();
        if is_on != was_on {
            let at = slot
                .start
                .to_zoned(zone.clone())
                .strftime("%m-%d %H:%M")
                .to_string();
            changes.push(format!("{at} {}", if is_on { "on" } else { "off" }));
        }
        was_on = is_on;
    }
    changes
}

#[test]
fn windows_are_cut_to_the_sessions() {
    assert_eq!(
        changes("", "2026-11-23T00:00", "2026-11-24T00:00"),
        [
            "11-23 07:00 on",
            "11-23 11:00 off",
            "11-23 13:00 on",
            "11-23 17:00 off"
        ]
    );
    assert_eq!(
        changes(
            "from = \"10:00\"\nuntil = \"14:00\"\n",
            "2026-11-23T00:00",
            "2026-11-24T00:00"
        ),
        [
            "11-23 10:00 on",
            "11-23 11:00 off",
            "11-23 13:00 on",
            "11-23 14:00 off"
        ]
    );
    // Past midnight: the window of Monday evening reaches into the morning of Tuesday.
    assert_eq!(
        changes(
            "days = [\"mon\"]\nfrom = \"16:00\"\nuntil = \"08:00\"\n",
            "2026-11-23T00:00",
            "2026-11-25T00:00"
        ),
        [
            "11-23 16:00 on",
            "11-23 17:00 off",
            "11-24 07:00 on",
            "11-24 08:00 off"
        ]
    );
}

#[test]
fn closed_days_and_holidays_stay_off_the_air() {
    // Wednesday is listed as closed, Saturday has a morning, Sunday nothing.
    assert_eq!(
        changes(
            "until = \"12:00\"\n",
            "2026-11-25T00:00",
            "2026-11-30T00:00"
        ),
        [
            "11-26 07:00 on",
            "11-26 11:00 off",
            "11-27 07:00 on",
            "11-27 11:00 off",
            "11-28 07:30 on",
            "11-28 11:00 off"
        ]
    );
    // Tết 2026: from Monday, 16 to Friday, 20 February; the next day is a Saturday.
    assert_eq!(
        changes(
            "until = \"12:00\"\n",
            "2026-02-14T12:00",
            "2026-02-22T00:00"
        ),
        ["02-21 07:30 on", "02-21 11:00 off"]
    );
}

#[test]
fn between_the_sessions_others_play() {
    let entries = "[[schedule]]\nplaylist = \"loop\"\nonly = \"working-hours\"\npriority = 2\n[[schedule]]\nplaylist = \"noon\"\nfrom = \"09:00\"\nuntil = \"18:00\"\n";
    let lists = playlists(&[("loop", &[3600]), ("noon", &[3600]), ("default", &[3600])]);
    let timeline = timeline(&(OFFICE.to_owned() + &lists + entries));
    let day = plan(&timeline, "2026-11-23T06:00", "2026-11-23T19:00");
    let items: Vec<&str> = day.iter().map(|line| &line[..14]).collect();
    assert!(
        items.contains(&"11:00:00 noon0") && items.contains(&"13:00:00 loop0"),
        "{day:?}"
    );
    assert!(
        items.contains(&"17:00:00 noon0") && items.contains(&"18:00:00 defau"),
        "{day:?}"
    );
}

#[test]
fn without_hours_such_an_entry_never_opens() {
    let entry = "[[schedule]]\nplaylist = \"loop\"\nonly = \"working-hours\"\n";
    let timeline = timeline(&(playlists(&[("loop", &[600])]) + entry));
    let from = super::at(&timeline, "2026-11-23T00:00");
    assert_eq!(timeline.due_after(from), None);
}

#[test]
fn a_clock_that_is_not_believed_opens_no_office() {
    let entry = "[[schedule]]\nplaylist = \"loop\"\nonly = \"working-hours\"\n";
    let lists = playlists(&[("loop", &[600]), ("default", &[600])]);
    let show = timeline(&(OFFICE.to_owned() + &lists + entry))
        .show()
        .clone();
    let signed_at = "2026-11-24T03:00:00Z".parse().unwrap();
    let timeline = Timeline::on_clock(show, Clock::NotBelieved { signed_at });
    let slot = timeline.slot_at("2026-11-20T02:00:00Z".parse().unwrap());
    assert_eq!(slot.item.as_deref(), Some("default0"));
}
