//! Shares of the air time, over any hour.

use std::fmt::Write as _;

use super::super::random::Dice;
use super::super::*;
use super::{at, timeline};

/// Entries that are always open, with random shares and items.
fn random_shares(dice: &mut Dice, entries: u64) -> (String, Vec<u64>, u64) {
    let (mut toml, mut shares, mut longest) = (String::new(), Vec::new(), 0);
    let mut rules = String::new();
    for entry in 0..entries {
        writeln!(toml, "[[playlist]]\nname = \"{entry}\"").unwrap();
        for item in 0..=dice.roll(4) {
            let dwell = 3 + dice.roll(180);
            longest = longest.max(dwell);
            writeln!(toml, "[[playlist.item]]\nkind = \"image\"\nname = \"{entry}.{item}\"\nsource = \"x\"\ndwell = \"{dwell}s\"").unwrap();
        }
        shares.push(1 + dice.roll(6));
        writeln!(
            rules,
            "[[schedule]]\nplaylist = \"{entry}\"\nshare = {}",
            shares[entry as usize]
        )
        .unwrap();
    }
    (toml + &rules, shares, longest)
}

/// The most by which the air time of an entry differs from its share, over every hour that begins at a boundary
/// of a day, in seconds.
fn worst(timeline: &Timeline, shares: &[u64]) -> f64 {
    let (begin, end) = (
        at(timeline, "2026-11-23T00:00"),
        at(timeline, "2026-11-24T00:00"),
    );
    let slots: Vec<Slot> = timeline
        .slots(begin)
        .take_while(|slot| slot.start < end)
        .collect();
    let seconds = |at: Timestamp| between(begin, at).as_secs();
    // How long each entry had been on air by each boundary.
    let mut aired = vec![vec![0_u64; shares.len()]];
    for slot in &slots {
        let mut now = aired.last().unwrap().clone();
        now[slot.entry.unwrap() - 1] += slot.lasts().as_secs();
        aired.push(now);
    }
    let until = |second: u64, entry: usize| {
        let place = slots.partition_point(|slot| seconds(slot.end) <= second);
        let begun = slots
            .get(place)
            .filter(|slot| slot.entry == Some(entry + 1));
        aired[place][entry] + begun.map_or(0, |slot| second - seconds(slot.start))
    };
    let all: u64 = shares.iter().sum();
    let mut worst: f64 = 0.0;
    for slot in slots
        .iter()
        .take_while(|slot| seconds(slot.start) + 3600 <= 86_400)
    {
        let from = seconds(slot.start);
        for (entry, &share) in shares.iter().enumerate() {
            let aired = until(from + 3600, entry) - until(from, entry);
            let due = 3600.0 * share as f64 / all as f64;
            worst = worst.max((aired as f64 - due).abs());
        }
    }
    worst
}

#[test]
fn two_entries_keep_their_shares_within_one_item_over_any_hour() {
    for seed in 1..=150 {
        let mut dice = Dice::new(seed);
        let (toml, shares, longest) = random_shares(&mut dice, 2);
        let worst = worst(&timeline(&toml), &shares);
        assert!(
            worst <= longest as f64 + 1e-6,
            "seed {seed}: {worst} s, {shares:?}\n{toml}"
        );
    }
}

#[test]
fn more_entries_keep_their_shares_within_an_item_of_each_other_entry() {
    // An entry that is short of time waits at most for one item of each other one.
    for seed in 1..=150 {
        let mut dice = Dice::new(seed);
        let entries = 3 + dice.roll(3);
        let (toml, shares, longest) = random_shares(&mut dice, entries);
        let worst = worst(&timeline(&toml), &shares);
        let most = longest as f64 * (entries - 1) as f64;
        assert!(
            worst <= most + 1e-6,
            "seed {seed}: {worst} s, {shares:?}\n{toml}"
        );
    }
}
