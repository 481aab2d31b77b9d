//! Random shows against the oracle.

use std::fmt::Write as _;

use jiff::ToSpan as _;
use jiff::civil::{Date, date};

use super::oracle::{OnAir, Oracle};
use super::tests::timeline;
use super::{Timeline, between};
use jiff::Timestamp;

/// A small xorshift; the seed makes a failure repeatable.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(0x9E37_79B9_7F4A_7C15_u64.wrapping_mul(seed))
    }

    pub(crate) fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % sides
    }

    pub(crate) fn one_in(&mut self, sides: u64) -> bool {
        self.roll(sides) == 0
    }

    fn clock(&mut self) -> String {
        let step = [15, 60, 1][self.roll(3) as usize];
        let minute = self.roll(1440 / step + 1) * step;
        format!("{:02}:{:02}", minute / 60, minute % 60)
    }
}

fn random_show(dice: &mut Dice, day: Date) -> String {
    let lists = 1 + dice.roll(4);
    let (mut toml, mut entries) = (String::new(), String::new());
    let default = dice.roll(lists * 2);
    for list in 0..lists {
        writeln!(
            toml,
            "[[playlist]]\nname = \"{list}\"\ndefault = {}",
            default == list
        )
        .unwrap();
        for item in 0..=dice.roll(5) {
            writeln!(
                toml,
                "[[playlist.item]]\nname = \"{list}.{item}\"\ndwell = \"{}s\"",
                12 + dice.roll(40) * 23
            )
            .unwrap();
            match dice.roll(8) {
                0 if list + 1 < lists => writeln!(
                    toml,
                    "kind = \"playlist\"\nplaylist = \"{}\"",
                    list + 1 + dice.roll(lists - list - 1)
                ),
                1 => writeln!(toml, "kind = \"procedure\"\ncode = \"1.{}\"", dice.roll(3)),
                _ => writeln!(toml, "kind = \"image\"\nsource = \"x\""),
            }
            .unwrap();
            for key in ["show_from", "show_until"] {
                if dice.one_in(6) {
                    writeln!(
                        toml,
                        "{key} = \"{day}T{:02}:{:02}:00\"",
                        dice.roll(24),
                        dice.roll(60)
                    )
                    .unwrap();
                }
            }
        }
    }
    for _ in 0..dice.roll(5) {
        writeln!(
            entries,
            "[[schedule]]\nplaylist = \"{}\"\nshare = {}\npriority = {}",
            dice.roll(lists),
            1 + dice.roll(3),
            dice.roll(2)
        )
        .unwrap();
        for key in ["from", "until"] {
            if !dice.one_in(3) {
                writeln!(entries, "{key} = \"{}\"", dice.clock()).unwrap();
            }
        }
        if dice.one_in(3) {
            entries.push_str("only = \"working-hours\"\n");
        }
        match dice.roll(8) {
            0 => writeln!(entries, "days = [\"mon\", \"thu\", \"sun\"]"),
            1 => writeln!(entries, "first_day = \"{day}\""),
            2 => writeln!(entries, "last_day = \"{day}\""),
            3 => writeln!(entries, "except_days = [\"{day}\"]"),
            4 => {
                let first = day.checked_sub((dice.roll(40) as i64).days()).unwrap();
                let interval = 1 + dice.roll(5);
                writeln!(
                    entries,
                    "first_day = \"{first}\"\nrrule = \"FREQ=DAILY;INTERVAL={interval}\""
                )
            }
            5 => writeln!(entries, "rrule = \"FREQ=MONTHLY;BYMONTHDAY={}\"", day.day()),
            _ => Ok(()),
        }
        .unwrap();
    }
    toml.insert_str(0, &random_office(dice, day));
    let (next, keys) = (
        day.tomorrow().unwrap(),
        "code = \"1\"\nname = \"P\"\nfield = \"F\"",
    );
    write!(
        entries,
        "[procedures.\"1.0\"]\n{keys}\nrepealed = \"{next}\"\n[procedures.\"1.1\"]\n{keys}\neffective = \"{next}\"\n[procedures.\"1.2\"]\n{keys}\n"
    )
    .unwrap();
    toml + &entries
}

/// Hours, closed days and swaps around `day`; the keys stand before the first table.
fn random_office(dice: &mut Dice, day: Date) -> String {
    let mut keys = String::new();
    if dice.one_in(2) {
        keys.push_str("calendar = \"vn-office\"\n");
    }
    if dice.one_in(5) {
        writeln!(keys, "holidays = [\"{day}\"]").unwrap();
    }
    for _ in 0..dice.roll(4) {
        let days = [
            "\"mon\", \"tue\", \"wed\"",
            "\"thu\", \"fri\"",
            "\"sat\"",
            "\"sun\", \"mon\"",
        ];
        let (from, until) = (dice.clock(), dice.clock());
        if from < until {
            let days = days[dice.roll(4) as usize];
            writeln!(
                keys,
                "[[office_hours]]\ndays = [{days}]\nfrom = \"{from}\"\nuntil = \"{until}\""
            )
            .unwrap();
        }
    }
    if dice.one_in(4) {
        let other = day.checked_add((1 + dice.roll(6) as i64).days()).unwrap();
        let (off, worked) = if dice.one_in(2) {
            (day, other)
        } else {
            (other, day)
        };
        writeln!(keys, "[[day_swap]]\noff = \"{off}\"\nworked = \"{worked}\"").unwrap();
    }
    keys
}

fn as_on_air(timeline: &Timeline, day: Date) -> Vec<OnAir> {
    let start = day.to_zoned(timeline.zone().clone()).unwrap().timestamp();
    let end = day
        .tomorrow()
        .unwrap()
        .to_zoned(timeline.zone().clone())
        .unwrap()
        .timestamp();
    let seconds = |at: Timestamp| between(start, at).as_secs() as i64;
    let slots = timeline.slots(start).take_while(|slot| slot.start < end);
    slots
        .map(|slot| OnAir {
            item: slot.item.as_deref().map(str::to_owned),
            entry: slot.entry,
            from: seconds(slot.start),
            until: seconds(slot.end),
        })
        .collect()
}

#[test]
fn random_shows_play_as_the_rules_say() {
    let cases = if std::env::var_os("MOTCUA_LONG").is_some() {
        10_000
    } else {
        1_000
    };
    for seed in 1..=cases {
        let mut dice = Dice::new(seed);
        let day = date(2026, 1, 1)
            .checked_add(jiff::Span::new().days(dice.roll(365) as i64))
            .unwrap();
        let toml = random_show(&mut dice, day);
        let timeline = timeline(&toml);
        for date in [day, day.tomorrow().unwrap()] {
            let expected = Oracle {
                show: timeline.show(),
                date,
            }
            .day();
            let found = as_on_air(&timeline, date);
            if let Some(place) = expected.iter().zip(&found).position(|(a, b)| a != b) {
                panic!(
                    "seed {seed}, {date}, slot {place}: {:?} instead of {:?}\n{toml}",
                    found[place], expected[place]
                );
            }
            assert_eq!(expected.len(), found.len(), "seed {seed}");
        }
    }
}
