//! Faults of the schedule.

use super::{IMAGE, SHOW, check_entry, check_picture, left};

#[test]
fn days() {
    check_entry(
        "days = [\"monday\"]",
        &[r#"10: error: entry 1 of `days` is "monday"; did you mean `mon`?"#],
    );
    check_entry(
        "days = [\"x\"]",
        &[
            r#"10: error: entry 1 of `days` is "x"; write one of `mon`, `tue`, `wed`, `thu`, `fri`, `sat` or `sun`."#,
        ],
    );
    check_entry(
        "days = []",
        &[
            "10: error: `days` names no day, so the entry never starts; name a day, or leave `days` out.",
        ],
    );
    check_entry(
        "first_day = 2026-02-01\nlast_day = 2026-01-01",
        &[
            "11: error: the last day 2026-01-01 lies before the first day 2026-02-01; write a `last_day` that is not earlier than `first_day`.",
        ],
    );
    check_entry(
        "except_days = [\"2026-02-30\"]",
        &[
            r#"10: error: entry 1 of `except_days` is "2026-02-30"; write a day as year, month and day, such as `2026-01-05`."#,
        ],
    );
}

#[test]
fn hours() {
    for written in ["\"25:00\"", "7", "\"7h\"", "07:00:30"] {
        check_entry(
            &format!("from = {written}"),
            &[&format!(
                r#"10: error: `from` is {written}; write a time of day from "00:00" to "24:00", such as `from = "07:00"`."#
            )],
        );
    }
    check_entry("from = 07:00:00\nuntil = 11:30:00", &[]);
    check_entry("from = \"22:00\"\nuntil = \"02:00\"", &[]);
    for same in [
        "from = \"07:00\"\nuntil = \"07:00\"",
        "priority = 1\nuntil = \"00:00\"",
    ] {
        check_entry(
            same,
            &[
                "11: error: the entry ends when it starts, which may mean never or the whole day; write another `until`, or leave out `from` and `until` for the whole day.",
            ],
        );
    }
    check_entry(
        "from = \"24:00\"",
        &[
            r#"10: error: the entry starts at 24:00, where the day has ended; write `from = "00:00"`."#,
        ],
    );
}

#[test]
fn rules() {
    check_entry(
        "days = [\"mon\"]\nrrule = \"FREQ=DAILY\"",
        &["11: error: the entry has both `days` and `rrule`; keep one of them."],
    );
    for rule in ["FREQ=HOURLY", "FREQ=DAILY;BYHOUR=3"] {
        check_entry(
            &format!("rrule = \"{rule}\""),
            &[&format!(
                r#"10: error: the rule "{rule}" repeats within a day; use DAILY, WEEKLY, MONTHLY or YEARLY, and `from` and `until` for the hours."#
            )],
        );
    }
    for rule in [
        "every day",
        "FREQ=DAILY;BYDAY=XX",
        "FREQ=MONTHLY;BYMONTH=13",
    ] {
        check_entry(
            &format!("rrule = \"{rule}\""),
            &[&format!(
                r#"10: error: the rule "{rule}" cannot be read; write one rule of RFC 5545, such as `rrule = "FREQ=MONTHLY;BYDAY=1MO"`."#
            )],
        );
    }
}

#[test]
fn settings() {
    check_entry(
        "share = 0",
        &["10: error: `share` is 0; write a whole number from 1 to 1000, such as `share = 2`."],
    );
    check_entry(
        "priority = \"high\"",
        &[r#"10: error: `priority` is "high"; write a whole number, such as `priority = 10`."#],
    );
    check_entry(
        "form = \"07:00\"",
        &["10: error: `form` is not a key of a schedule entry; did you mean `from`?"],
    );
}

#[test]
fn playlists() {
    check_picture(
        "[[schedule]]\nplaylist = \"lopp\"",
        &[
            r#"9: error: the schedule names the playlist "lopp", which does not exist; did you mean `loop`?"#,
        ],
    );
    check_picture(
        "[[schedule]]\nplaylist = \"x\"",
        &[
            r#"9: error: the schedule names the playlist "x", which does not exist; the playlists are `loop`."#,
        ],
    );
    check_picture(
        "[[schedule]]\ndays = [\"mon\"]",
        &[r#"8: error: a schedule entry needs `playlist`; add `playlist = "…"`."#],
    );
}

#[test]
fn an_entry_with_unclear_times_is_left_out_and_one_with_a_bad_setting_stays() {
    let entries = |keys: &str| {
        left(&format!(
            "{SHOW}{IMAGE}[[schedule]]\nplaylist = \"loop\"\n{keys}"
        ))
        .1
    };
    assert_eq!(entries("from = \"25:00\""), 0);
    assert_eq!(entries("share = 0"), 1);
}
