//! Random walks: whatever is pressed, whoever waits and whatever is released, a visitor is somewhere that can be
//! drawn, can get out, and leaves nothing behind.

use std::time::Duration;

use super::asking::MOST_RESULTS;
use super::keyboard::{Key, LIMIT, Tone};
use super::rig::{OFFICE, Rig, procedures};
use super::*;
use crate::timeline::random::Dice;

fn random_code(dice: &mut Dice) -> Arc<str> {
    OFFICE[dice.roll(OFFICE.len() as u64) as usize].0.into()
}

fn random_press(dice: &mut Dice) -> Press {
    let number = dice.roll(6) as usize;
    match dice.roll(40) {
        0..=2 => Press::Back,
        3 => Press::Home,
        4 => Press::Close,
        5 => Press::Stay,
        6 => Press::Type,
        7 => Press::Event(number * 2),
        8 => Press::Fields,
        9 => Press::Field(OFFICE[number].2.into()),
        10 => Press::OfLevel([None, Some(Level::Commune), Some(Level::Other)][number / 2]),
        11..=15 => Press::Open(random_code(dice)),
        16 => Press::Section(Section::ALL[number.min(4)]),
        17 | 18 => Press::Paper(number),
        19 => Press::Form(number),
        20 => Press::Qr(if dice.one_in(2) {
            QrKind::Text
        } else {
            QrKind::Online
        }),
        21 => Press::Print,
        22 => Press::Listen,
        23 => Press::Receipt,
        24 => Press::Feedback,
        25 => Press::Language([Language::Vi, Language::Km, Language::En][number / 2]),
        26 => Press::Larger,
        27 => Press::Contrast,
        28 => Press::Lower,
        29 => Press::Rate(Satisfaction::ALL[number.min(4)]),
        30..=32 => Press::Character(['k', 's', '\u{1b}', '1', 'ế', '\n'][number]),
        33 => Press::Key(
            [
                Key::Method,
                Key::Khmer,
                Key::Letters,
                Key::Numbers,
                Key::Shift,
                Key::Search,
            ][number],
        ),
        34 => Press::Key(
            [
                Key::Clear,
                Key::Erase,
                Key::Space,
                Key::Erase,
                Key::Space,
                Key::Erase,
            ][number],
        ),
        35 => Press::Key(Key::Tone([Tone::Acute, Tone::Dot][number / 3])),
        _ => Press::Key(Key::Text(["kh", "sinh", "ta", "đ", "ក", "7"][number])),
    }
}

fn check(rig: &Rig, what: &str) {
    let visit = &rig.visit;
    assert!(!visit.places.is_empty(), "{what}: nowhere");
    assert!(visit.places.len() <= MOST_PLACES, "{what}: too many places");
    for code in visit.places.iter().filter_map(Place::code) {
        assert!(
            visit.procedure(code).is_some(),
            "{what}: {code} cannot be drawn"
        );
    }
    for code in visit.withdrawn.keys() {
        assert!(
            visit.catalogue.procedure(code).is_none(),
            "{what}: {code} is there"
        );
        let is_open = visit.places.iter().any(|place| place.code() == Some(code));
        assert!(is_open, "{what}: {code} is kept for nobody");
    }
    let begins_with = &visit.places[0];
    assert!(
        matches!(begins_with, Place::Home | Place::Thanks),
        "{what}: {begins_with:?}"
    );
    let is_thanked = *visit.place() == Place::Thanks;
    assert_eq!(visit.thanked_at.is_some(), is_thanked, "{what}: thanks");
    assert!(visit.wake_at() > rig.now, "{what}: it never sleeps");
    assert!(
        visit.answer.hits.len() <= MOST_RESULTS,
        "{what}: too many results"
    );
    assert!(
        visit.question().chars().count() <= LIMIT,
        "{what}: too long a question"
    );
    for hit in &visit.answer.hits {
        assert!(
            visit.catalogue.at(hit.entry).is_some(),
            "{what}: a result of an old release"
        );
        assert!(
            visit.catalogue.is_of(hit.entry, visit.level),
            "{what}: another level"
        );
    }
    assert!(
        !visit.is_speaking || matches!(visit.place(), Place::Procedure { .. }),
        "{what}: a voice"
    );
    let is_receipt_open = visit.places.contains(&Place::Receipt);
    assert!(
        is_receipt_open || visit.receipt.is_empty(),
        "{what}: a receipt is kept"
    );
    let is_asking = visit.places.contains(&Place::Typing);
    assert!(
        is_asking || visit.question().is_empty(),
        "{what}: a question is kept"
    );
    let speaks = rig
        .done
        .iter()
        .filter(|done| matches!(done, Effect::Speak(_)))
        .count();
    let hushes = rig
        .done
        .iter()
        .filter(|done| **done == Effect::Silence)
        .count();
    assert_eq!(
        speaks - hushes,
        usize::from(visit.is_speaking),
        "{what}: voices"
    );
    let leaves = rig
        .done
        .iter()
        .filter(|done| **done == Effect::Leave)
        .count();
    assert_eq!(leaves, 0, "{what}: over, and not the last");
}

/// Whatever happened, Back and Close lead out.
fn check_exits(rig: &mut Rig, what: &str) {
    rig.touch();
    for press in [Press::Close, Press::Close] {
        if !rig.is_over() {
            rig.press(press);
        }
    }
    assert!(rig.is_over(), "{what}: Close does not close");
    let visit = &rig.visit;
    assert_eq!(visit.places, [Place::Home], "{what}");
    assert!(
        visit.keyboard.is_empty() && visit.receipt.is_empty(),
        "{what}"
    );
    assert!(
        visit.checklists.is_empty() && visit.withdrawn.is_empty(),
        "{what}"
    );
}

#[test]
fn a_visitor_is_always_somewhere_and_leaves_nothing() {
    let walks = if std::env::var_os("MOTCUA_LONG").is_some() {
        4_000
    } else {
        100
    };
    for seed in 1..=walks {
        let mut dice = Dice::new(seed);
        let mut rig = Rig::new();
        for step in 0..150 {
            let what = match dice.roll(20) {
                0 => {
                    let seconds = dice.roll(20_000) as f64 / 1000.0;
                    rig.wait(seconds);
                    format!("wait {seconds}")
                }
                1 => {
                    rig.now = rig.visit.wake_at() + Duration::from_millis(dice.roll(2_000));
                    rig.wait(0.0);
                    "woken".to_owned()
                }
                2 => {
                    let mut kept = procedures();
                    kept.retain(|_| !dice.one_in(4));
                    for procedure in &mut kept {
                        if dice.one_in(4) {
                            procedure.cases.clear();
                        }
                    }
                    rig.swap(kept);
                    "swap".to_owned()
                }
                3 => {
                    rig.touch();
                    "touch".to_owned()
                }
                4 => {
                    rig.visit.fell_silent();
                    rig.done
                        .retain(|done| !matches!(done, Effect::Speak(_) | Effect::Silence));
                    rig.visit.slip_ended(Slip::Printed);
                    "aided".to_owned()
                }
                _ => {
                    let press = random_press(&mut dice);
                    let what = format!("{press:?}");
                    rig.press(press);
                    what
                }
            };
            if rig.is_over() {
                break;
            }
            check(&rig, &format!("seed {seed}, step {step}, {what}"));
        }
        if !rig.is_over() {
            check_exits(&mut rig, &format!("seed {seed}"));
        }
    }
}
