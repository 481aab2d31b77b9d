//! Random walks: whatever happens, something that can be shown is on the screen. The rig checks after every
//! step; the walk only makes things happen.

use std::fmt::Write as _;

use jiff::SignedDuration;

use super::rig::{Manner, Rig, secs};
use super::*;
use crate::timeline::random::Dice;

fn random_show(dice: &mut Dice) -> Arc<Show> {
    let mut toml = "title = \"x\"\n".to_owned();
    let lists = 1 + dice.roll(3);
    for list in 0..lists {
        writeln!(
            toml,
            "[[playlist]]\nname = \"{list}\"\ndefault = {}",
            list == 0 && !dice.one_in(4)
        )
        .unwrap();
        for _ in 0..dice.roll(5) {
            let (name, dwell) = (dice.roll(8), 2 + dice.roll(40));
            writeln!(toml, "[[playlist.item]]\nkind = \"image\"\nname = \"{name}\"\nsource = \"x\"\ndwell = \"{dwell}s\"").unwrap();
            if dice.one_in(8) {
                writeln!(
                    toml,
                    "show_until = \"2026-11-23T08:{:02}:{:02}\"",
                    dice.roll(60),
                    dice.roll(60)
                )
                .unwrap();
            }
        }
    }
    for _ in 0..dice.roll(4) {
        let (list, priority) = (dice.roll(lists), dice.roll(2));
        let (from, until) = (dice.roll(50), dice.roll(50));
        writeln!(toml, "[[schedule]]\nplaylist = \"{list}\"\npriority = {priority}\nfrom = \"08:{from:02}\"\nuntil = \"08:{until:02}\"").unwrap();
    }
    Arc::new(toml::from_str(&toml).unwrap())
}

/// How an item behaves for a while. Where nothing hangs, at most eight faulty items answer within a second.
fn random_manner(dice: &mut Dice, hangs: bool) -> Manner {
    let mut manner = Manner::good();
    manner.answers_after = Some(Duration::from_millis(1 + dice.roll(100)));
    manner.pages = vec![50; dice.roll(5) as usize];
    match dice.roll(9) {
        0 => manner.fails = true,
        1 => manner.length = Some(Duration::from_millis(200 + dice.roll(30_000))),
        5 => {
            // As long as its slot, more or less.
            let about = (2 + dice.roll(40)) * 1_000 + dice.roll(1_200);
            manner.length = Some(Duration::from_millis(about.saturating_sub(600)));
            manner.lag = Duration::from_millis(dice.roll(700));
        }
        2 => manner.breaks_after = Some(Duration::from_millis(dice.roll(20_000))),
        3 if hangs => manner.answers_after = None,
        4 if hangs => manner.answers_after = Some(Duration::from_millis(dice.roll(20_000))),
        _ => {}
    }
    manner
}

fn happen(rig: &mut Rig, dice: &mut Dice, hangs: bool) {
    let generation = Generation(rig.stage.last_generation.saturating_sub(dice.roll(6)));
    match dice.roll(24) {
        0 => rig.send(Event::Touched),
        1 | 2 => rig.send(Event::VisitorLeft),
        3 => rig.send(Event::AlertRaised),
        4 | 5 => rig.send(Event::AlertCleared),
        6 => {
            let signed_at = [
                None,
                Some("2026-11-23T00:00:00Z"),
                Some("2026-12-23T00:00:00Z"),
            ][dice.roll(3) as usize];
            let signed_at = signed_at.map(|at| at.parse().unwrap());
            rig.send(Event::ShowChanged {
                show: random_show(dice),
                signed_at,
                takeover: if dice.one_in(2) {
                    Takeover::AtOnce
                } else {
                    Takeover::AtBoundary
                },
            });
        }
        7 => {
            let by = [500, 3_000, 40_000, 600_000, 86_400_000 * 30][dice.roll(5) as usize];
            let by = SignedDuration::from_millis(dice.roll(by) as i64);
            rig.jump(if dice.one_in(2) { by } else { -by });
            rig.send(if dice.one_in(2) {
                Event::ClockChanged
            } else {
                Event::Tick
            });
        }
        8 => rig.send(Event::Ended { generation }),
        9 => rig.send(Event::PlaybackFailed {
            generation,
            fault: "it is garbage".into(),
        }),
        10 => rig.send(Event::Failed {
            generation,
            fault: "it is torn".into(),
        }),
        11 => rig.send(Event::Tick),
        12 => drop(
            rig.manners
                .insert(dice.roll(8).to_string(), random_manner(dice, hangs)),
        ),
        13 => rig.sleep(Duration::from_millis(dice.roll(90_000))),
        _ => rig.run(Duration::from_millis(dice.roll(20_000))),
    }
}

/// Makes every item a clip as long as it is on the screen, to some hundred milliseconds.
fn fit_clips(rig: &mut Rig, dice: &mut Dice) {
    let now = rig.now().civil.timestamp();
    let slots: Vec<_> = rig.stage.timeline().slots(now).take(30).collect();
    for slot in slots {
        let Some(item) = slot.item else {
            continue;
        };
        let about = slot.length.as_secs_f64() + 0.4 - dice.roll(700) as f64 / 1000.0;
        let mut manner = Manner::clip(about);
        manner.lag = Duration::from_millis(dice.roll(200));
        rig.manners.insert(item.to_string(), manner);
    }
}

#[test]
fn something_showable_is_always_on_stage() {
    let (seeds, events) = if std::env::var_os("MOTCUA_LONG").is_some() {
        (1_000, 1_000)
    } else {
        (50, 500)
    };
    for seed in 1..=seeds {
        let mut dice = Dice::new(seed);
        let hangs = dice.one_in(2);
        let mode = if dice.one_in(8) {
            Mode::Once
        } else {
            Mode::Loop
        };
        let mut rig = Rig::new(random_show(&mut dice), "2026-11-23T08:00:00", mode);
        for item in 0..8 {
            rig.manners
                .insert(item.to_string(), random_manner(&mut dice, hangs));
        }
        if dice.one_in(3) {
            fit_clips(&mut rig, &mut dice);
        }
        rig.send(Event::Started);
        rig.patience = if hangs { Duration::MAX } else { secs(1.0) };
        for _ in 0..events {
            happen(&mut rig, &mut dice, hangs);
            if rig.finished() {
                break;
            }
        }
        println!("seed {seed}: {} effects", rig.log.len());
    }
}
