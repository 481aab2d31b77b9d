//! `motcua simulate`: what plays when and why, and what it sums up to.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::path::Path;

use jiff::Timestamp;
use serde_json::Value;
use support::{SAMPLE, Said, motcua, run};
use tempfile::TempDir;

/// An office with one entry that cannot be read, one that shares the morning, and a campaign over both.
const SHOW: &str = r#"
title = "x"
calendar = "vn-office"

[plan]
title = "Plan"
[[plan.topic]]
name = "reform"
title = "Reform"
minutes_per_day = 100

[[office_hours]]
days = ["mon", "tue", "wed", "thu", "fri"]
from = "07:00"
until = "11:00"

[[decision]]
number = "12/QĐ-UBND"
codes = ["1.000894"]

[[playlist]]
name = "a"
[[playlist.item]]
kind = "announcement"
name = "a1"
title = "A"
dwell = "20s"
topic = "reform"

[[playlist]]
name = "b"
[[playlist.item]]
kind = "announcement"
name = "b1"
title = "B"
dwell = "30s"

[[schedule]]
playlist = "nobody"

[[schedule]]
playlist = "a"
only = "working-hours"
share = 2

[[schedule]]
playlist = "b"
from = "07:00"
until = "12:00"

[[schedule]]
playlist = "b"
from = "09:00"
until = "09:30"
priority = 7
"#;

fn simulate(show: &str, arguments: &str) -> Said {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("show.toml"), show).unwrap();
    of_folder(folder.path(), arguments)
}

fn of_folder(folder: &Path, arguments: &str) -> Said {
    let mut command = motcua();
    command
        .arg("simulate")
        .arg(folder)
        .args(arguments.split_whitespace());
    Said::of(&command.output().unwrap())
}

fn lines(said: &Said) -> Vec<Value> {
    assert_eq!(said.status, 0, "{}", said.err);
    said.out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn instant(line: &Value, key: &str) -> Timestamp {
    line[key].as_str().unwrap().parse().unwrap()
}

#[test]
fn each_line_of_json_says_what_plays_and_why() {
    let said = simulate(
        SHOW,
        "--from 2026-11-23T06:00 --until 2026-11-24T06:00 --json",
    );
    let lines = lines(&said);
    let keys: Vec<&String> = lines[0].as_object().unwrap().keys().collect();
    assert_eq!(keys[..5], ["start", "end", "item", "playlist", "entry"]);
    // Nothing but whole, adjoining stretches from the beginning to the end.
    assert_eq!(lines[0]["start"], "2026-11-23T06:00:00+07:00");
    assert_eq!(lines.last().unwrap()["end"], "2026-11-24T06:00:00+07:00");
    for pair in lines.windows(2) {
        assert_eq!(pair[0]["end"], pair[1]["start"]);
        assert!(instant(&pair[0], "start") < instant(&pair[0], "end"));
    }
    assert_eq!(lines[0]["item"], Value::Null);
    assert_eq!(
        (&lines[0]["playlist"], &lines[0]["entry"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(lines[0]["reason"], "nothing-scheduled");
    let at = |time: &str| {
        let at: Timestamp = format!("2026-11-23T{time}+07:00").parse().unwrap();
        lines
            .iter()
            .find(|line| instant(line, "start") <= at && at < instant(line, "end"))
            .unwrap()
    };
    // The entry that names no playlist counts where entries are numbered.
    let shared = at("08:00:00");
    assert_eq!(
        (&shared["entry"], &shared["share"], &shared["of_shares"]),
        (&2.into(), &2.into(), &3.into())
    );
    let campaign = at("09:10:00");
    assert_eq!(
        (&campaign["entry"], &campaign["priority"]),
        (&4.into(), &7.into())
    );
    assert_eq!(
        (&at("11:30:00")["entry"], &at("11:30:00")["of_shares"]),
        (&3.into(), &1.into())
    );
    assert_eq!(at("12:30:00")["item"], Value::Null);
}

#[test]
fn the_same_days_come_out_whenever_they_are_asked_for() {
    let whole = lines(&simulate(
        SHOW,
        "--from 2026-11-23T00:00 --until 2026-11-26T00:00 --json",
    ));
    let day = lines(&simulate(
        SHOW,
        "--from 2026-11-24T00:00 --until 2026-11-25T00:00 --json",
    ));
    let begin = instant(&day[0], "start");
    let place = whole
        .iter()
        .position(|line| instant(line, "start") == begin)
        .unwrap();
    assert_eq!(whole[place..place + day.len()], day);
}

#[test]
fn coverage_sums_up_to_the_whole_and_meets_the_plan() {
    let said = simulate(
        SHOW,
        "--from 2026-11-23T00:00 --until 2026-11-30T00:00 --coverage --json",
    );
    let sums = &lines(&said)[0];
    let minutes = |what: &str| -> f64 {
        let all = sums[what].as_array().unwrap().iter();
        all.map(|one| one["minutes"].as_f64().unwrap()).sum()
    };
    let card = sums["card_minutes"].as_f64().unwrap();
    let week = 7.0 * 24.0 * 60.0;
    assert!((minutes("items") + card - week).abs() < 0.01);
    assert!((minutes("playlists") + card - week).abs() < 0.01);
    assert_eq!(sums["opening_days"], 5);
    let reform = &sums["topics"][0];
    // Two thirds of the 210 minutes outside the campaign.
    let daily = reform["minutes_per_opening_day"].as_f64().unwrap();
    assert!((daily - 140.0).abs() < 2.0, "{reform}");
    assert_eq!(
        (&reform["target"], &reform["missing"]),
        (&100.into(), &0.0.into())
    );
    assert_eq!(sums["lacking"][0]["code"], "1.000894");
}

#[test]
fn people_get_tables() {
    let said = simulate(SHOW, "--from 2026-11-23T08:59 --until 2026-11-23T09:01");
    assert!(
        said.out.starts_with("Monday 2026-11-23 (UTC+07:00)\n"),
        "{}",
        said.out
    );
    assert!(
        said.out.contains("entry 2, priority 0, share 2 of 3"),
        "{}",
        said.out
    );
    assert!(said.out.contains("entry 4, priority 7\n"), "{}", said.out);
    let said = simulate(
        SHOW,
        "--from 2026-11-23T00:00 --until 2026-11-24T00:00 --coverage",
    );
    for word in [
        "1 opening day",
        "(built-in card)",
        "reform",
        "target",
        "The decision 12/QĐ-UBND announces 1.000894",
    ] {
        assert!(
            said.out.contains(word),
            "{word} is missing in\n{}",
            said.out
        );
    }
}

#[test]
fn mistakes_are_named() {
    let said = simulate(SHOW, "--from 2026-11-23T08:00 --until 2026-11-23T08:00");
    assert_eq!((said.status, said.out.as_str()), (1, ""));
    assert!(
        said.err.contains("`--until` is not later than `--from`"),
        "{}",
        said.err
    );
    let said = of_folder(Path::new("nowhere"), "--json");
    assert_eq!(said.status, 1);
    assert_eq!(run("simulate x --from yesterday").status, 2);
}

#[test]
fn films_are_as_long_as_they_are() {
    let said = run(&format!(
        "simulate {SAMPLE} --from 2026-11-23T07:00 --until 2026-11-23T11:00 --json"
    ));
    let lines = lines(&said);
    let film = lines
        .iter()
        .find(|line| line["item"] == "online-filing-film")
        .unwrap();
    let lasts = instant(film, "start")
        .duration_until(instant(film, "end"))
        .as_secs();
    // A film without a known length would count half a minute.
    assert!((15..30).contains(&lasts), "{film}");
}
