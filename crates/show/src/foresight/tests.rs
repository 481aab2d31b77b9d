//! One schedule for each thing that is foreseen, and those that are in order.

use std::path::Path;
use std::sync::Arc;

use jiff::civil::date;

use super::*;

const OFFICE: &str = "title = \"x\"\n[[office_hours]]\ndays = [\"mon\", \"tue\", \"wed\", \"thu\", \"fri\"]\n\
                      from = \"07:00\"\nuntil = \"11:00\"\n[plan]\ntitle = \"P\"\n";
const LOOP: &str = "[[playlist]]\nname = \"loop\"\n[[playlist.item]]\nkind = \"image\"\nname = \"a\"\nsource = \"a.png\"\n\
                    dwell = \"10s\"\n";
const DEFAULT: &str = "[[playlist]]\nname = \"usual\"\ndefault = true\n[[playlist.item]]\nkind = \"image\"\nname = \"u\"\n\
                       source = \"u.png\"\ndwell = \"10s\"\n";

/// What is foreseen on Monday, 23 November 2026, as "line: fault".
fn foreseen(toml: &str) -> Vec<String> {
    let reading = crate::read_show(Path::new("show.toml"), toml);
    assert_eq!(reading.problems, []);
    let timeline = Timeline::new(Arc::new(reading.value.unwrap()));
    foresight(&timeline, &reading.lines, date(2026, 11, 23))
        .into_iter()
        .map(|problem| {
            assert!(!problem.remedy.is_empty());
            let item = problem
                .item
                .map(|item| format!("{item}: "))
                .unwrap_or_default();
            format!("{}: {item}{}", problem.line.unwrap_or(0), problem.fault)
        })
        .collect()
}

/// The faults of a show with a default playlist and these entries of `loop`.
fn of_entries(entries: &str) -> Vec<String> {
    foreseen(&format!("{OFFICE}{LOOP}{DEFAULT}{entries}"))
}

#[track_caller]
fn check(entries: &str, wanted: &[&str]) {
    let found = of_entries(entries);
    assert_eq!(found.len(), wanted.len(), "{found:#?}");
    for (found, wanted) in found.iter().zip(wanted) {
        assert!(found.contains(wanted), "{found}\nis not\n{wanted}");
    }
}

const PLAIN: &str = "[[schedule]]\nplaylist = \"loop\"\nfrom = \"07:00\"\nuntil = \"12:00\"\n";

#[test]
fn a_sound_schedule_is_passed_in_silence() {
    check(PLAIN, &[]);
    // Once a year, on 29 February, in a season to come, and after hours.
    check(
        "[[schedule]]\nplaylist = \"loop\"\nrrule = \"FREQ=YEARLY;BYMONTH=9;BYMONTHDAY=2\"\n",
        &[],
    );
    check(
        "[[schedule]]\nplaylist = \"loop\"\nrrule = \"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29\"\n",
        &[],
    );
    check(
        "[[schedule]]\nplaylist = \"loop\"\nfirst_day = 2027-06-01\nlast_day = 2027-06-30\n",
        &[],
    );
    check(
        "[[schedule]]\nplaylist = \"loop\"\nfrom = \"17:00\"\nuntil = \"07:00\"\n",
        &[],
    );
    check(&format!("{PLAIN}only = \"working-hours\"\n"), &[]);
}

#[test]
fn entries_without_a_day() {
    check(
        "[[schedule]]\nplaylist = \"loop\"\nlast_day = 2026-11-22\n",
        &["entry 1 of the schedule never plays: its last day was 2026-11-22"],
    );
    check(
        "[[schedule]]\nplaylist = \"loop\"\nrrule = \"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\"\n",
        &["there is no day on which it starts"],
    );
    check(
        "[[schedule]]\nplaylist = \"loop\"\ndays = [\"mon\"]\nfirst_day = 2026-12-01\nlast_day = 2026-12-05\n",
        &["there is no day on which it starts"],
    );
}

#[test]
fn entries_that_lie_outside_the_hours_that_they_keep_to() {
    let night = "[[schedule]]\nplaylist = \"loop\"\nfrom = \"18:00\"\nuntil = \"20:00\"\nonly = \"working-hours\"\n";
    check(night, &["all of it lies outside the hours of the office"]);
    let without = format!("title = \"x\"\n{LOOP}{DEFAULT}{night}");
    assert!(foreseen(&without)[0].contains("has no `[[office_hours]]`"));
}

#[test]
fn entries_that_are_always_beaten() {
    let beaten = format!("{PLAIN}[[schedule]]\nplaylist = \"usual\"\npriority = 1\n");
    check(
        &beaten,
        &["entry 1 of the schedule never plays: on the 14 days looked at, entry 2"],
    );
    // A campaign that ends after half a year beats it only until then.
    check(&format!("{beaten}last_day = 2027-05-31\n"), &[]);
    check(&format!("{beaten}until = \"11:59\"\n"), &[]);
}

#[test]
fn entries_with_nothing_to_show() {
    let over = LOOP.replace("dwell", "show_until = 2026-11-01\ndwell");
    let found = foreseen(&format!("{OFFICE}{over}{DEFAULT}{PLAIN}"));
    assert!(
        found[0].contains("nothing in the playlist \"loop\""),
        "{found:?}"
    );
    let later = LOOP.replace("dwell", "show_from = 2027-11-01\ndwell");
    assert_eq!(
        foreseen(&format!("{OFFICE}{later}{DEFAULT}{PLAIN}")),
        [""; 0]
    );
    let season = format!("{PLAIN}last_day = 2026-12-31\n");
    let found = foreseen(&format!("{OFFICE}{later}{DEFAULT}{season}"));
    assert!(
        found[0].contains("nothing in the playlist \"loop\""),
        "{found:?}"
    );
}

#[test]
fn items_whose_turn_never_comes() {
    // Two hours a day for three items of an hour and a half: whatever the day begins with, one is cut.
    let item = |name: &str, dwell| {
        format!(
            "[[playlist.item]]\nkind = \"image\"\nname = \"{name}\"\nsource = \"a.png\"\ndwell = \"{dwell}\"\n"
        )
    };
    let nested = "[[playlist]]\nname = \"outer\"\n[[playlist.item]]\nkind = \"playlist\"\nname = \"n\"\nplaylist = \"loop\"\n";
    let show = format!(
        "{OFFICE}[[playlist]]\nname = \"loop\"\n{}{}{}{nested}{DEFAULT}[[schedule]]\nplaylist = \"outer\"\nfrom = \"07:00\"\nuntil = \"08:00\"\n",
        item("first", "30m"),
        item("second", "40m"),
        item("third", "10s"),
    );
    let found = foreseen(&show);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].contains("third: its turn never comes on the 14 days"),
        "{found:?}"
    );
}

#[test]
fn hours_of_the_office_with_the_card_alone() {
    let until_ten = PLAIN.replace("12:00", "10:00");
    let found = foreseen(&format!("{OFFICE}{LOOP}{until_ten}"));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].contains("on 2026-11-23 from 10:00 to 11:00, and on 9 more of 14 days"),
        "{found:?}"
    );
    assert_eq!(foreseen(&format!("{OFFICE}{LOOP}{PLAIN}")), [""; 0]);
}

#[test]
fn topics_with_a_target_and_no_air_time() {
    let topic = "[[plan.topic]]\nname = \"t\"\ntitle = \"T\"\nminutes_per_day = 20\n";
    let found = foreseen(&format!("{OFFICE}{topic}{LOOP}{PLAIN}"));
    assert!(
        found[0].contains("the topic \"t\" of the plan has no air time"),
        "{found:?}"
    );
    let served = LOOP.replace("dwell", "topic = \"t\"\ndwell");
    assert_eq!(
        foreseen(&format!("{OFFICE}{topic}{served}{PLAIN}")),
        [""; 0]
    );
    // Shown at night only: `simulate --coverage` says how little that is worth.
    let night = PLAIN.replace("07:00", "20:00").replace("12:00", "21:00");
    let found = foreseen(&format!("{OFFICE}{topic}{served}{DEFAULT}{night}"));
    assert_eq!(found, [""; 0]);
}
