//! On which days a rule of RFC 5545 starts: the same as python-dateutil says.
//!
//! `MOTCUA_PYTHON` names an interpreter that has python-dateutil. Without it this says so and passes, except
//! under `CI`.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use motcua_show::timeline::recurrence::Recurrence;
use serde_json::json;

/// The days on which rules are compared: leap years, a year with 53 weeks (2026), and ones without.
const FROM: Date = date(2023, 1, 1);
const UNTIL: Date = date(2030, 12, 31);

/// Rules as people and calendars write them, and the corners of the RFC.
const RULES: &[&str] = &[
    "FREQ=DAILY",
    "FREQ=DAILY;INTERVAL=3",
    "FREQ=DAILY;INTERVAL=10;COUNT=40",
    "FREQ=DAILY;UNTIL=20250301",
    "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR",
    "FREQ=DAILY;BYMONTH=1,7;BYDAY=SA",
    "FREQ=DAILY;BYMONTHDAY=1,15,-1",
    "FREQ=DAILY;INTERVAL=2;BYMONTH=2",
    "FREQ=WEEKLY",
    "FREQ=WEEKLY;BYDAY=TU,TH",
    "FREQ=WEEKLY;INTERVAL=2",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE,FR",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=MO",
    "FREQ=WEEKLY;INTERVAL=5;BYDAY=SA,SU;WKST=TH",
    "FREQ=WEEKLY;BYMONTH=12",
    "FREQ=WEEKLY;COUNT=17;BYDAY=FR",
    "FREQ=WEEKLY;BYDAY=MO;UNTIL=20260601",
    "FREQ=MONTHLY",
    "FREQ=MONTHLY;BYDAY=1MO",
    "FREQ=MONTHLY;BYDAY=-1FR",
    "FREQ=MONTHLY;BYDAY=2TU,4TU",
    "FREQ=MONTHLY;BYDAY=5SA",
    "FREQ=MONTHLY;BYDAY=-2MO",
    "FREQ=MONTHLY;BYDAY=TU",
    "FREQ=MONTHLY;BYMONTHDAY=15",
    "FREQ=MONTHLY;BYMONTHDAY=-1",
    "FREQ=MONTHLY;BYMONTHDAY=29",
    "FREQ=MONTHLY;BYMONTHDAY=30",
    "FREQ=MONTHLY;BYMONTHDAY=31",
    "FREQ=MONTHLY;BYMONTHDAY=-31",
    "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
    "FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13",
    "FREQ=MONTHLY;INTERVAL=18;BYMONTHDAY=10,11,12",
    "FREQ=MONTHLY;INTERVAL=2;BYDAY=TU",
    "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
    "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1",
    "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2",
    "FREQ=MONTHLY;BYDAY=TU,WE,TH;BYSETPOS=3",
    "FREQ=MONTHLY;BYMONTH=1,3;BYDAY=1TU,-1TH",
    "FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1",
    "FREQ=MONTHLY;COUNT=30;BYDAY=3WE",
    "FREQ=YEARLY",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1",
    "FREQ=YEARLY;BYMONTH=9;BYMONTHDAY=2",
    "FREQ=YEARLY;BYMONTH=6,7",
    "FREQ=YEARLY;BYMONTH=11;BYDAY=4TH",
    "FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
    "FREQ=YEARLY;BYMONTH=1;BYDAY=MO",
    "FREQ=YEARLY;BYDAY=20MO",
    "FREQ=YEARLY;BYDAY=-1MO",
    "FREQ=YEARLY;BYDAY=53WE",
    "FREQ=YEARLY;BYYEARDAY=1,100,200",
    "FREQ=YEARLY;BYYEARDAY=366",
    "FREQ=YEARLY;BYYEARDAY=-366",
    "FREQ=YEARLY;BYYEARDAY=-1",
    "FREQ=YEARLY;INTERVAL=3;BYYEARDAY=1,100,200",
    "FREQ=YEARLY;BYWEEKNO=20",
    "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO",
    "FREQ=YEARLY;BYWEEKNO=1;BYDAY=TH",
    "FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO",
    "FREQ=YEARLY;BYWEEKNO=-1;BYDAY=FR",
    "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
    "FREQ=YEARLY;BYMONTH=1;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1",
    "FREQ=YEARLY;COUNT=5;BYMONTH=5;BYMONTHDAY=1",
];

/// The first days that each of them is tried with.
const FIRST_DAYS: [Date; 3] = [date(1970, 1, 1), date(2024, 2, 29), date(2023, 10, 31)];

struct Case {
    rule: String,
    first_day: Date,
}

#[test]
fn rules_start_on_the_days_of_python_dateutil() {
    let Some(python) = python() else { return };
    let mut cases: Vec<Case> = Vec::new();
    for rule in RULES {
        cases.extend(FIRST_DAYS.map(|first_day| Case {
            rule: (*rule).to_owned(),
            first_day,
        }));
    }
    let count = if std::env::var_os("MOTCUA_LONG").is_some() {
        4_000
    } else {
        400
    };
    let mut random = fastrand::Rng::with_seed(5545);
    cases.extend((0..count).map(|_| random_case(&mut random)));
    let theirs = theirs(&python, &cases);
    let mut wrong = Vec::new();
    for (Case { rule, first_day }, theirs) in cases.iter().zip(theirs) {
        let ours = Recurrence::new(rule, Some(*first_day)).map_or_else(
            |error| vec![error.to_string()],
            |recurrence| {
                let days = FROM.series(1.day()).take_while(|&day| day <= UNTIL);
                days.filter(|&day| recurrence.starts_on(day))
                    .map(|day| day.to_string())
                    .collect()
            },
        );
        if ours != theirs {
            let place = ours.iter().zip(&theirs).position(|(a, b)| a != b);
            let place = place.unwrap_or(ours.len().min(theirs.len()));
            wrong.push(format!(
                "{rule} from {first_day}: {} days and not {}; day {place} is {:?} and not {:?}",
                ours.len(),
                theirs.len(),
                ours.get(place),
                theirs.get(place)
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {} rules differ:\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
}

fn random_case(random: &mut fastrand::Rng) -> Case {
    let frequency = random
        .choice(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"])
        .unwrap();
    let mut rule = format!("FREQ={frequency}");
    if random.bool() {
        rule += &format!(";INTERVAL={}", random.u32(1..=6));
    }
    let list =
        |random: &mut fastrand::Rng, most: usize, one: &dyn Fn(&mut fastrand::Rng) -> String| {
            let values: Vec<String> = (0..random.usize(1..=most)).map(|_| one(random)).collect();
            values.join(",")
        };
    const DAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
    let weekday = |random: &mut fastrand::Rng| DAYS[random.usize(..7)].to_owned();
    let mut has_part = false;
    if random.u8(..3) == 0 {
        rule += &format!(
            ";BYMONTH={}",
            list(random, 3, &|random| random.u32(1..=12).to_string())
        );
        has_part = true;
    }
    if random.u8(..3) == 0 && frequency != "WEEKLY" {
        let signed = |random: &mut fastrand::Rng| {
            let day = random.i32(1..=31);
            if random.u8(..3) == 0 { -day } else { day }.to_string()
        };
        rule += &format!(";BYMONTHDAY={}", list(random, 4, &signed));
        has_part = true;
    } else if random.bool() {
        let with_place = |random: &mut fastrand::Rng| {
            // The crate refuses a fifth weekday from the end.
            let place = random.i32(-4..=5);
            let place = if place == 0 {
                String::new()
            } else {
                place.to_string()
            };
            format!("{place}{}", weekday(random))
        };
        let days = if frequency == "MONTHLY" && random.bool() {
            list(random, 3, &with_place)
        } else {
            list(random, 4, &weekday)
        };
        rule += &format!(";BYDAY={days}");
        has_part = true;
    }
    if has_part && frequency == "MONTHLY" && random.u8(..3) == 0 {
        rule += &format!(";BYSETPOS={}", [1, 2, -1, -2][random.usize(..4)]);
    }
    match random.u8(..6) {
        0 => rule += &format!(";COUNT={}", random.u32(1..60)),
        1 => rule += &format!(";UNTIL={}0{}15", random.u32(2023..=2030), random.u32(1..=9)),
        _ => {}
    }
    if random.u8(..4) == 0 {
        rule += &format!(";WKST={}", weekday(random));
    }
    let first_day = date(2015, 1, 1)
        .checked_add(random.i64(0..4_000).days())
        .unwrap();
    Case { rule, first_day }
}

fn python() -> Option<PathBuf> {
    let python = std::env::var_os("MOTCUA_PYTHON").map(PathBuf::from);
    if python.is_none() {
        assert!(
            std::env::var_os("CI").is_none(),
            "MOTCUA_PYTHON must name an interpreter that has python-dateutil"
        );
        println!("skipped: MOTCUA_PYTHON names no interpreter that has python-dateutil");
    }
    python
}

/// The days that python-dateutil gives for each case.
fn theirs(python: &Path, cases: &[Case]) -> Vec<Vec<String>> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dateutil/days.py");
    let mut child = Command::new(python)
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let asked: String = cases
        .iter()
        .map(|case| {
            let asked = json!({
                "rule": case.rule, "first_day": case.first_day.to_string(),
                "from": FROM.to_string(), "until": UNTIL.to_string(),
            });
            format!("{asked}\n")
        })
        .collect();
    let mut stdin = child.stdin.take().unwrap();
    // It answers while it reads, so that both sides must go on at once.
    let writing = std::thread::spawn(move || stdin.write_all(asked.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writing.join().unwrap().unwrap();
    assert!(output.status.success(), "days.py failed");
    let text = String::from_utf8(output.stdout).unwrap();
    let days: Vec<Vec<String>> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(days.len(), cases.len());
    days
}
