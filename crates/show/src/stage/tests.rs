//! Stories: what a screen does when something happens.

use std::fmt::Write as _;

use jiff::SignedDuration;

use super::rig::{Manner, Rig, secs};
use super::*;

/// A show whose default playlist has these items, each with its seconds.
pub(super) fn show(items: &[(&str, u32)]) -> Arc<Show> {
    let mut toml = "title = \"x\"\n[[playlist]]\nname = \"loop\"\ndefault = true\n".to_owned();
    for (name, dwell) in items {
        writeln!(toml, "[[playlist.item]]\nkind = \"image\"\nname = \"{name}\"\nsource = \"x\"\ndwell = \"{dwell}s\"").unwrap();
    }
    Arc::new(toml::from_str(&toml).unwrap())
}

/// A day that begins with the first of three items.
const DAY: &str = "1970-01-01T00:00:00";

fn abc() -> Rig {
    Rig::new(show(&[("a", 10), ("b", 20), ("c", 30)]), DAY, Mode::Loop)
}

fn reports(rig: &Rig) -> Vec<&str> {
    rig.log
        .iter()
        .filter_map(|(_, effect)| match effect {
            Effect::Report { item, .. } => Some(&**item),
            _ => None,
        })
        .collect()
}

fn named(shown: &[(f64, &str)]) -> Vec<(f64, String)> {
    shown
        .iter()
        .map(|(at, item)| (*at, (*item).to_owned()))
        .collect()
}

#[test]
fn a_card_comes_first_and_then_the_timeline() {
    let mut rig = abc();
    rig.send(Event::Started);
    assert!(matches!(
        rig.log[0].1,
        Effect::ShowCard {
            reason: CardReason::Preparing
        }
    ));
    rig.run(secs(65.0));
    assert_eq!(
        rig.shown(),
        named(&[
            (0.0, "card"),
            (0.1, "a"),
            (10.0, "b"),
            (30.0, "c"),
            (60.0, "a")
        ])
    );
}

#[test]
fn a_late_start_joins_the_others() {
    let mut rig = Rig::new(
        show(&[("a", 10), ("b", 20)]),
        "1970-01-01T00:00:17",
        Mode::Loop,
    );
    rig.manners.insert(
        "b".into(),
        Manner {
            pages: vec![100; 4],
            ..Manner::good()
        },
    );
    rig.send(Event::Started);
    rig.run(secs(1.0));
    let joined = rig.log.iter().find_map(|(_, effect)| match effect {
        Effect::Show {
            page, from, length, ..
        } => Some((*page, *from, *length)),
        _ => None,
    });
    assert_eq!(joined, Some((1, secs(7.1), secs(20.0))));
    rig.run(secs(15.0));
    let pages = rig
        .log
        .iter()
        .filter(|(_, effect)| matches!(effect, Effect::ShowPage { .. }))
        .map(|(at, _)| *at);
    assert_eq!(pages.collect::<Vec<_>>(), [secs(3.0), secs(8.0)]);
}

#[test]
fn a_failing_item_is_filled_at_once_and_reported_once() {
    let mut rig = abc();
    rig.manners.insert("b".into(), Manner::failing());
    rig.send(Event::Started);
    rig.run(secs(200.0));
    assert_eq!(
        rig.shown()[..4],
        named(&[(0.0, "card"), (0.1, "a"), (10.0, "c"), (30.0, "c")])
    );
    assert_eq!(reports(&rig), ["b"]);
    rig.manners.clear();
    rig.run(secs(75.0));
    assert!(rig.shown().contains(&(250.0, "b".to_owned())));
    assert!(
        rig.log
            .contains(&(secs(270.0), Effect::Recovered { item: "b".into() }))
    );
}

#[test]
fn the_card_shows_when_nothing_can_be() {
    let mut rig = abc();
    for item in ["a", "b", "c"] {
        rig.manners.insert(item.into(), Manner::failing());
    }
    rig.send(Event::Started);
    rig.run(secs(20.0));
    assert_eq!(
        rig.stage.on_stage(),
        OnStage::Card(CardReason::NothingShowable)
    );
    assert_eq!(reports(&rig), ["a", "b", "c"]);
    assert_eq!(
        rig.shown()
            .iter()
            .filter(|(_, item)| item == "card")
            .count(),
        2
    );
    rig.manners.clear();
    rig.run(secs(31.0));
    assert!(matches!(rig.stage.on_stage(), OnStage::Item { .. }));
}

#[test]
fn a_preparation_that_hangs_is_given_up_a_second_after_its_start() {
    let mut rig = abc();
    rig.patience = secs(1.2);
    rig.manners.insert(
        "c".into(),
        Manner {
            answers_after: None,
            ..Manner::good()
        },
    );
    rig.send(Event::Started);
    rig.run(secs(40.0));
    assert_eq!(rig.shown()[3..], named(&[(31.1, "a")]));
    assert_eq!(reports(&rig), ["c"]);
}

#[test]
fn a_clip_that_ends_early_is_followed_by_the_next_item() {
    let mut rig = abc();
    rig.manners.insert(
        "c".into(),
        Manner {
            length: Some(secs(12.0)),
            ..Manner::good()
        },
    );
    rig.manners.insert(
        "b".into(),
        Manner {
            length: Some(secs(18.0)),
            ..Manner::good()
        },
    );
    rig.send(Event::Started);
    rig.run(secs(65.0));
    let expected = [
        (10.0, "b"),
        (30.0, "c"),
        (42.1, "a"),
        (52.1, "b"),
        (60.0, "a"),
    ];
    let shown = rig.shown()[2..].to_vec();
    // The second of the two that fill in is made ready ahead of time, so nothing is late but the first.
    assert_eq!(shown, named(&expected));
}

#[test]
fn a_clip_that_breaks_is_replaced_and_reported_once() {
    let mut rig = abc();
    rig.manners.insert(
        "b".into(),
        Manner {
            breaks_after: Some(secs(5.0)),
            ..Manner::good()
        },
    );
    rig.send(Event::Started);
    rig.run(secs(150.0));
    assert_eq!(
        rig.shown()[2..5],
        named(&[(10.0, "b"), (15.1, "c"), (30.0, "c")])
    );
    assert_eq!(reports(&rig), ["b"]);
}

#[test]
fn a_visitor_is_not_interrupted_and_the_screen_rejoins() {
    let mut rig = abc();
    rig.send(Event::Started);
    rig.run(secs(5.0));
    rig.send(Event::Touched);
    rig.run(secs(30.0));
    assert_eq!(rig.shown().len(), 2);
    rig.send(Event::VisitorLeft);
    let (_, last) = rig
        .log
        .iter()
        .rfind(|(_, effect)| matches!(effect, Effect::Show { .. }))
        .unwrap();
    assert!(
        matches!(last, Effect::Show { item, from, .. } if &**item == "c" && *from == secs(5.0)),
        "{last:?}"
    );
}

#[test]
fn a_clip_that_ends_under_a_visitor_is_not_brought_back() {
    let mut rig = abc();
    rig.manners.insert(
        "c".into(),
        Manner {
            length: Some(secs(12.0)),
            ..Manner::good()
        },
    );
    rig.send(Event::Started);
    rig.run(secs(35.0));
    rig.send(Event::Touched);
    rig.run(secs(10.0));
    rig.send(Event::VisitorLeft);
    assert!(matches!(
        rig.stage.on_stage(),
        OnStage::Item { item: "a", .. }
    ));
}

#[test]
fn an_alert_interrupts_a_visitor_and_gives_the_screen_to_the_timeline() {
    let mut rig = abc();
    rig.send(Event::Started);
    rig.run(secs(5.0));
    rig.send(Event::Touched);
    rig.send(Event::AlertRaised);
    assert!(
        rig.log
            .iter()
            .any(|(_, effect)| *effect == Effect::ShowAlert)
    );
    rig.send(Event::VisitorLeft);
    rig.send(Event::Touched);
    rig.run(secs(10.0));
    rig.send(Event::AlertCleared);
    assert_eq!(rig.shown()[2..], named(&[(15.0, "b")]));
}

#[test]
fn a_clock_that_jumps_is_followed_at_once() {
    let mut rig = abc();
    rig.send(Event::Started);
    rig.run(secs(5.0));
    rig.jump(SignedDuration::from_secs(10));
    rig.send(Event::ClockChanged);
    rig.run(secs(1.0));
    assert_eq!(rig.shown().last().unwrap(), &(5.1, "b".to_owned()));
    rig.jump(SignedDuration::from_secs(4));
    rig.send(Event::Tick);
    let (_, last) = rig
        .log
        .iter()
        .rfind(|(_, effect)| matches!(effect, Effect::Show { .. }))
        .unwrap();
    assert!(
        matches!(last, Effect::Show { from, .. } if *from == secs(10.0)),
        "{last:?}"
    );
}

#[test]
fn a_new_show_takes_over_when_it_is_ready() {
    let mut rig = abc();
    rig.send(Event::Started);
    rig.run(secs(5.0));
    rig.send(Event::ShowChanged {
        show: show(&[("d", 30)]),
        signed_at: None,
        takeover: Takeover::AtOnce,
    });
    assert!(matches!(
        rig.stage.on_stage(),
        OnStage::Item { item: "a", .. }
    ));
    rig.run(secs(1.0));
    assert!(matches!(
        rig.stage.on_stage(),
        OnStage::Item { item: "d", .. }
    ));
    rig.send(Event::ShowChanged {
        show: show(&[]),
        signed_at: None,
        takeover: Takeover::AtOnce,
    });
    assert!(matches!(rig.stage.on_stage(), OnStage::Card(_)));
}

#[test]
fn a_new_release_waits_for_the_item_on_the_screen() {
    let mut rig = abc();
    rig.send(Event::Started);
    rig.run(secs(5.0));
    let next = show(&[("d", 30)]);
    rig.send(Event::ShowChanged {
        show: Arc::clone(&next),
        signed_at: None,
        takeover: Takeover::AtBoundary,
    });
    rig.run(secs(4.0));
    assert!(matches!(
        rig.stage.on_stage(),
        OnStage::Item { item: "a", .. }
    ));
    let adopted = |rig: &Rig| rig.log.iter().any(|(_, effect)| *effect == Effect::Adopt);
    assert!(!adopted(&rig));
    rig.run(secs(2.0));
    assert!(adopted(&rig));
    assert!(matches!(
        rig.stage.on_stage(),
        OnStage::Item { item: "d", .. }
    ));
    assert!(Arc::ptr_eq(rig.stage.timeline().show(), &next));
}

#[test]
fn where_nothing_is_on_the_screen_a_new_release_does_not_wait() {
    let mut rig = Rig::new(show(&[]), DAY, Mode::Loop);
    rig.send(Event::Started);
    rig.run(secs(5.0));
    rig.send(Event::ShowChanged {
        show: show(&[("d", 30)]),
        signed_at: None,
        takeover: Takeover::AtBoundary,
    });
    rig.run(secs(1.0));
    assert!(matches!(
        rig.stage.on_stage(),
        OnStage::Item { item: "d", .. }
    ));
}

#[test]
fn a_clock_before_the_signature_plays_what_has_no_window() {
    let mut toml = "title = \"x\"\n".to_owned();
    for (name, until) in [
        ("timed", "show_until = \"2100-01-01T00:00:00\""),
        ("always", ""),
    ] {
        let item = "kind = \"image\"\nsource = \"x\"\ndwell = \"10s\"";
        write!(toml, "[[playlist]]\nname = \"{name}\"\n[[playlist.item]]\nname = \"{name}\"\n{item}\n{until}\n").unwrap();
    }
    toml +=
        "[[schedule]]\nplaylist = \"timed\"\npriority = 1\n[[schedule]]\nplaylist = \"always\"\n";
    let mut rig = Rig::new(Arc::new(toml::from_str(&toml).unwrap()), DAY, Mode::Loop);
    rig.send(Event::Started);
    rig.run(secs(1.0));
    assert!(matches!(
        rig.stage.on_stage(),
        OnStage::Item { item: "timed", .. }
    ));
    let show = rig.stage.timeline().show().clone();
    rig.send(Event::ShowChanged {
        show,
        signed_at: Some("2026-11-23T00:00:00Z".parse().unwrap()),
        takeover: Takeover::AtOnce,
    });
    rig.run(secs(1.0));
    assert!(matches!(
        rig.stage.on_stage(),
        OnStage::Item { item: "always", .. }
    ));
    assert!(rig.stage.doubts_clock());
    // The clock is set right: what has windows plays at once.
    rig.jump(SignedDuration::from_hours(24 * 365 * 60));
    rig.send(Event::ClockChanged);
    rig.run(secs(1.0));
    assert!(!rig.stage.doubts_clock());
    assert!(matches!(
        rig.stage.on_stage(),
        OnStage::Item { item: "timed", .. }
    ));
}

#[test]
fn an_item_leaves_the_screen_when_it_is_not_due_any_more() {
    let toml = "title = \"x\"\n[[playlist]]\nname = \"loop\"\ndefault = true\n\
                [[playlist.item]]\nkind = \"image\"\nname = \"old\"\nsource = \"x\"\ndwell = \"60s\"\nshow_until = \"1970-01-01T00:00:20\"\n\
                [[playlist.item]]\nkind = \"image\"\nname = \"slow\"\nsource = \"x\"\ndwell = \"60s\"\nshow_from = \"1970-01-01T00:00:10\"\n";
    let mut rig = Rig::new(Arc::new(toml::from_str(toml).unwrap()), DAY, Mode::Loop);
    rig.patience = secs(11.0);
    rig.manners.insert(
        "slow".into(),
        Manner {
            answers_after: Some(secs(15.5)),
            ..Manner::good()
        },
    );
    rig.send(Event::Started);
    rig.run(secs(30.0));
    assert_eq!(rig.shown()[1..3], named(&[(0.1, "old"), (20.0, "card")]));
}

#[test]
fn what_is_made_ready_before_midnight_is_for_the_day_after() {
    let mut rig = Rig::new(
        show(&[("a", 50), ("b", 50)]),
        "2026-11-23T23:59:35",
        Mode::Loop,
    );
    rig.send(Event::Started);
    rig.run(secs(60.0));
    let prepared: Vec<String> = rig
        .log
        .iter()
        .filter_map(|(at, effect)| match effect {
            Effect::Prepare { day, .. } => Some(format!("{} {day}", at.as_secs())),
            _ => None,
        })
        .collect();
    // Midnight is 25 s after the start, and the next item is made ready 15 s ahead.
    assert_eq!(prepared[0], "0 2026-11-23");
    assert!(
        prepared.contains(&"10 2026-11-24".to_owned()),
        "{prepared:?}"
    );
}

#[test]
fn once_ends_after_each_item() {
    let mut rig = Rig::new(show(&[("a", 10), ("b", 20), ("c", 30)]), DAY, Mode::Once);
    rig.manners.insert("b".into(), Manner::failing());
    rig.send(Event::Started);
    rig.run(secs(500.0));
    assert!(rig.finished());
    assert_eq!(rig.log.last().unwrap(), &(secs(30.0), Effect::Finished));
    let mut rig = Rig::new(
        show(&[("a", 10), ("b", 20), ("c", 30)]),
        "1970-01-01T00:00:05",
        Mode::Once,
    );
    rig.send(Event::Started);
    rig.run(secs(500.0));
    assert_eq!(rig.log.last().unwrap(), &(secs(65.0), Effect::Finished));
    assert_eq!(
        rig.shown()[1..],
        named(&[(0.1, "a"), (5.0, "b"), (25.0, "c"), (55.0, "a")])
    );
}

#[test]
fn once_ends_soon_when_nothing_can_be_shown() {
    for items in [&[][..], &[("a", 3600)][..]] {
        let mut rig = Rig::new(show(items), DAY, Mode::Once);
        rig.manners.insert("a".into(), Manner::failing());
        rig.send(Event::Started);
        rig.run(secs(20.0));
        assert!(rig.finished(), "{items:?}");
    }
}

/// A rig of two clips of 10 and 20 s, after `length` seconds of the first and 20 of the second.
fn clips(length: f64, lag: f64) -> Rig {
    let mut rig = Rig::new(show(&[("a", 10), ("b", 20)]), DAY, Mode::Loop);
    let mut first = Manner::clip(length);
    first.lag = secs(lag);
    rig.manners.insert("a".into(), first);
    rig.manners.insert("b".into(), Manner::clip(20.0));
    rig.send(Event::Started);
    rig
}

/// When what was put up, and how, to the millisecond.
fn cues(rig: &Rig) -> Vec<(u128, &str, Transition)> {
    let cues = rig.log.iter().filter_map(|(at, effect)| match effect {
        Effect::Show {
            item, transition, ..
        } => Some((at.as_millis(), &**item, *transition)),
        _ => None,
    });
    cues.collect()
}

#[test]
fn a_clip_that_started_late_is_let_finish() {
    // It is ready 0.1 s late, and the device takes 0.2 s more.
    let mut rig = clips(10.0, 0.2);
    rig.run(secs(31.0));
    assert_eq!(
        cues(&rig),
        [
            (100, "a", Transition::Fade),
            (10_300, "b", Transition::Cut),
            (30_300, "a", Transition::Cut)
        ]
    );
}

#[test]
fn a_clip_is_let_finish_for_half_a_second_at_most() {
    let mut rig = clips(10.0, 3.0);
    rig.run(secs(11.0));
    assert_eq!(
        cues(&rig),
        [(100, "a", Transition::Fade), (10_500, "b", Transition::Cut)]
    );
    // One that is longer than its slot was meant to be cut.
    let mut rig = clips(12.0, 0.0);
    rig.run(secs(11.0));
    assert_eq!(
        cues(&rig),
        [
            (100, "a", Transition::Fade),
            (10_000, "b", Transition::Fade)
        ]
    );
}

#[test]
fn what_comes_next_does_not_wait_for_the_rest_of_a_slot() {
    let mut rig = clips(9.5, 0.0);
    rig.run(secs(31.0));
    assert_eq!(
        cues(&rig),
        [
            (100, "a", Transition::Fade),
            (9_600, "b", Transition::Cut),
            (29_600, "a", Transition::Cut)
        ]
    );
    // Half a second is the most; the last picture stands for the rest of a longer one.
    let mut rig = clips(9.3, 0.0);
    rig.run(secs(11.0));
    assert_eq!(cues(&rig)[1].0, 10_000);
}

#[test]
fn a_picture_after_a_clip_fades_in() {
    let mut rig = clips(9.7, 0.0);
    rig.manners.insert("b".into(), Manner::good());
    rig.run(secs(11.0));
    assert_eq!(
        cues(&rig),
        [(100, "a", Transition::Fade), (9_800, "b", Transition::Fade)]
    );
    assert!(follows(&rig).is_empty());
}

/// What was said of clips that follow one another.
fn follows(rig: &Rig) -> Vec<(u128, Effect)> {
    let said = rig
        .log
        .iter()
        .filter(|(_, effect)| matches!(effect, Effect::Follow { .. } | Effect::Unfollow { .. }));
    said.map(|(at, effect)| (at.as_millis(), effect.clone()))
        .collect()
}

#[test]
fn a_single_clip_follows_itself_for_ever() {
    let mut rig = Rig::new(show(&[("a", 20)]), DAY, Mode::Loop);
    rig.manners.insert("a".into(), Manner::clip(20.0));
    rig.send(Event::Started);
    rig.run(secs(20.0 * 50.0 + 1.0));
    let cues = cues(&rig);
    assert_eq!(cues.len(), 51);
    for (index, (at, _, transition)) in cues.iter().enumerate().skip(1) {
        assert_eq!(*at, 20_000 * index as u128 + 100);
        assert_eq!(*transition, Transition::Cut);
    }
    // Each was told ahead of time, as soon as the next was ready, and none was taken back.
    let said = follows(&rig);
    assert_eq!(said.len(), 50);
    for (index, (at, effect)) in said.iter().enumerate() {
        assert!(matches!(effect, Effect::Follow { .. }), "{effect:?}");
        assert!(*at <= 20_000 * index as u128 + 5_200, "{at}");
    }
}

#[test]
fn a_loop_that_is_a_little_off_comes_back_to_the_timeline() {
    for length in [9.97, 10.03] {
        let mut rig = Rig::new(show(&[("a", 10)]), DAY, Mode::Loop);
        rig.manners.insert("a".into(), Manner::clip(length));
        rig.send(Event::Started);
        rig.run(secs(1000.0));
        // The rig checks that it is never further away than half a second.
        let count = cues(&rig).len();
        assert!((99..=102).contains(&count), "{length}: {count}");
    }
}

#[test]
fn a_chain_is_undone_where_the_stage_changes_its_mind() {
    let undone = |event: fn(&Rig) -> Event| {
        let mut rig = clips(10.0, 0.0);
        rig.run(secs(5.0));
        assert!(rig.chain.is_some());
        let event = event(&rig);
        rig.send(event);
        let is_undone = rig.chain.is_none();
        let said = follows(&rig);
        is_undone && matches!(said.last(), Some((5_000, Effect::Unfollow { .. })))
    };
    assert!(undone(|_| Event::Touched));
    assert!(undone(|_| Event::AlertRaised));
    assert!(undone(|_| Event::ShowChanged {
        show: show(&[("d", 30)]),
        signed_at: None,
        takeover: Takeover::AtBoundary,
    }));
    assert!(undone(|rig| Event::PlaybackFailed {
        generation: rig.chain.unwrap().0,
        fault: "it is garbage".into(),
    }));
    assert!(undone(|rig| Event::Failed {
        generation: rig.chain.unwrap().1,
        fault: "it is torn".into(),
    }));
    assert!(!undone(|_| Event::Tick));
}

#[test]
fn a_chain_comes_back_after_a_visitor() {
    let mut rig = clips(10.0, 0.0);
    rig.run(secs(5.0));
    rig.send(Event::Touched);
    rig.run(secs(2.0));
    assert_eq!(rig.chain, None);
    rig.send(Event::VisitorLeft);
    assert!(rig.chain.is_some());
}

#[test]
fn an_item_is_not_seen_before_it_is_due() {
    let toml = "title = \"x\"\n[[playlist]]\nname = \"loop\"\ndefault = true\n\
                [[playlist.item]]\nkind = \"image\"\nname = \"a\"\nsource = \"x\"\ndwell = \"10s\"\nshow_until = \"1970-01-01T00:00:10\"\n\
                [[playlist.item]]\nkind = \"image\"\nname = \"b\"\nsource = \"x\"\ndwell = \"10s\"\nshow_from = \"1970-01-01T00:00:10\"\n";
    let mut rig = Rig::new(Arc::new(toml::from_str(toml).unwrap()), DAY, Mode::Loop);
    for item in ["a", "b"] {
        rig.manners.insert(item.into(), Manner::clip(9.7));
    }
    rig.send(Event::Started);
    rig.run(secs(12.0));
    assert_eq!(cues(&rig)[1].0, 10_000);
}

#[test]
fn once_lets_the_last_clip_finish_and_shows_nothing_twice() {
    for (length, lag, ends) in [(10.0, 0.2, 30_300), (9.7, 0.0, 30_000)] {
        let mut rig = Rig::new(show(&[("a", 20), ("b", 10)]), DAY, Mode::Once);
        let mut last = Manner::clip(length);
        last.lag = secs(lag);
        rig.manners.insert("a".into(), Manner::clip(20.0));
        rig.manners.insert("b".into(), last);
        rig.send(Event::Started);
        rig.run(secs(60.0));
        let (at, last) = rig.log.last().unwrap();
        assert_eq!((at.as_millis(), last), (ends, &Effect::Finished));
        assert_eq!(cues(&rig).len(), 2);
    }
}

#[test]
fn in_step_a_clip_starts_and_ends_with_its_slot_whatever_its_device_does() {
    let shown = |pace| {
        let mut rig = abc();
        rig.stage = Stage::new(rig.stage.timeline().show().clone(), None, Mode::Loop).at_pace(pace);
        let late = Manner {
            lag: secs(0.3),
            ..Manner::clip(10.0)
        };
        rig.manners.insert("a".into(), late);
        rig.manners.insert("b".into(), Manner::clip(20.0));
        rig.send(Event::Started);
        rig.run(secs(35.0));
        let chained = |(_, effect): &(Duration, Effect)| matches!(effect, Effect::Follow { .. });
        (rig.shown(), rig.log.iter().any(chained))
    };
    let (alone, is_chained) = shown(Pace::Alone);
    assert!(is_chained);
    assert_ne!(alone[2].0, 10.0, "{alone:?}");
    let (in_step, is_chained) = shown(Pace::InStep);
    assert!(
        !is_chained,
        "the sound of one clip decides when the next begins"
    );
    let wanted = named(&[(0.0, "card"), (0.1, "a"), (10.0, "b"), (30.0, "c")]);
    assert_eq!(in_step, wanted);
}

#[test]
fn in_step_what_comes_up_late_is_joined_where_the_others_are() {
    let from = |pace| {
        let mut rig = abc();
        rig.stage = Stage::new(rig.stage.timeline().show().clone(), None, Mode::Loop).at_pace(pace);
        rig.send(Event::Started);
        rig.run(secs(1.0));
        rig.log.iter().find_map(|(_, effect)| match effect {
            Effect::Show { from, .. } => Some(*from),
            _ => None,
        })
    };
    assert_eq!(from(Pace::Alone), Some(Duration::ZERO));
    assert_eq!(from(Pace::InStep), Some(secs(0.1)));
}
