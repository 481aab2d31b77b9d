//! A visitor goes, and nothing of them stays.

use std::process::Command;
use std::time::Duration;

use crate::PROGRAMS;
use crate::hand::AT;
use crate::opening::opens;
use crate::residue;
use crate::stage::{Stage, Visits, with_notice};
use crate::window::player::PLAYER;
use crate::window::programs::are_here;
use crate::window::show::{Rendered, TOLERANCE};
use crate::window::{alone, files_below};

/// Soon enough for a test, and late enough for every touch on a busy machine.
const SOON: &[(&str, &str)] = &[("MOTCUA_IDLE_S", "4"), ("MOTCUA_COUNTDOWN_S", "4")];
/// A word that nothing else in the world writes.
const WORD: [&str; 6] = ["z", "y", "q", "x", "w", "v"];

#[test]
fn a_visitor_who_is_gone_leaves_nothing_behind() {
    if !are_here("the end of a visit", PROGRAMS) {
        return;
    }
    let _alone = alone();
    let show = with_notice();
    let loops = Rendered::all(show.write(), AT, (1920, 1080));
    let mut stage = Stage::with(show.write(), SOON);
    let mut visits = Visits::new();
    opens(&mut stage, &mut visits);
    let mut hand = stage.hand();
    hand.touches("type");
    hand.types(&WORD);
    let page = hand.page();
    assert!(
        residue::places(stage.player.id(), &WORD.concat()) > 0,
        "it is looked for where it is"
    );
    visits.come_to(&mut stage.player, "countdown");
    hand.touch((960, 540));
    visits.come_to(&mut stage.player, "typing");
    assert!(
        hand.awaits(|shot| hand.is_same(shot, &page)).is_ok(),
        "the page is as it was before the countdown"
    );

    visits.come_to(&mut stage.player, "countdown");
    visits.come_to(&mut stage.player, "over");
    let (notice, still) = (loops.page(&("notice".to_owned(), 1)), loops.still());
    let shown = hand.awaits(|shot| shot.apart(notice, &still) <= TOLERANCE);
    assert!(shown.is_ok(), "the loop is back");
    let left = residue::where_found(stage.player.id(), &WORD.concat());
    assert!(
        left.is_empty(),
        "the process holds what was typed: {left:#?}"
    );

    opens(&mut stage, &mut visits);
    let mut hand = stage.hand();
    hand.touches("type");
    hand.touches_blindly("close");
    visits.come_to(&mut stage.player, "over");

    stage.player.terminate();
    assert!(stage.player.wait_for_end(Duration::from_secs(20)).success());
    let word = WORD.concat();
    assert!(
        !stage.player.said().contains(&word),
        "{}",
        stage.player.said()
    );
    assert!(
        !stage.player.log().contains(&word),
        "{}",
        stage.player.log()
    );
    for file in files_below(stage.state.path()) {
        let bytes = std::fs::read(&file).unwrap();
        assert!(
            !residue::holds(&bytes, word.as_bytes()),
            "{}",
            file.display()
        );
    }
}

#[test]
fn a_language_is_there_at_once_and_ends_with_the_visit() {
    if !are_here("the languages", PROGRAMS) {
        return;
    }
    let _alone = alone();
    let show = with_notice();
    let mut stage = Stage::of(show.write());
    let mut visits = Visits::new();
    opens(&mut stage, &mut visits);
    let mut hand = stage.hand();
    let vietnamese = hand.page();
    for language in ["language km", "language en"] {
        hand.touches(language);
        assert!(
            !hand.is_same(&hand.page(), &vietnamese),
            "{language} has words of its own"
        );
    }
    hand.touches("event birth");
    hand.touches("back");
    hand.touches_blindly("close");
    visits.come_to(&mut stage.player, "over");
    opens(&mut stage, &mut visits);
}

#[test]
fn a_rating_is_one_touch_and_is_kept_with_its_time_alone() {
    if !are_here("the rating", PROGRAMS) {
        return;
    }
    let _alone = alone();
    let show = with_notice();
    let mut stage = Stage::of(show.write());
    let mut visits = Visits::new();
    opens(&mut stage, &mut visits);
    let mut hand = stage.hand();
    hand.touches("event birth");
    hand.touches("open 1.001193");
    hand.touches("close");
    let faces = hand.targets().into_iter();
    let faces: Vec<String> = faces
        .map(|target| target.press)
        .filter(|press| press.starts_with("rate "))
        .collect();
    assert_eq!(faces.len(), 5, "{faces:?}");
    hand.touches_blindly("rate 4");
    visits.come_to(&mut stage.player, "thanks");
    visits.come_to(&mut stage.player, "over");

    stage.player.terminate();
    assert!(stage.player.wait_for_end(Duration::from_secs(20)).success());
    let mut tally = Command::new(PLAYER);
    tally
        .args(["tally", "--json", "--state"])
        .arg(stage.state.path());
    let output = tally.output().unwrap();
    let tally: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let ratings = tally["ratings"].as_array().unwrap();
    let [rating] = &ratings[..] else {
        panic!("it was rated once: {tally}")
    };
    let mut keys: Vec<_> = rating.as_object().unwrap().keys().collect();
    keys.sort();
    assert_eq!(keys, ["at", "value"], "{rating}");
    assert_eq!(rating["value"], 4);
    assert!(
        rating["at"].as_str().unwrap().starts_with("2026-11-23T08:"),
        "{rating}"
    );
    assert_eq!(tally["opened"]["2026-11-23"]["1.001193"], 1, "{tally}");
}

#[test]
fn an_alert_takes_the_screen_over_a_visitor() {
    if !are_here("the alert", PROGRAMS) {
        return;
    }
    let _alone = alone();
    let show = with_notice();
    let mut stage = Stage::with_arguments(show.write(), &["--drill", "12"]);
    let mut visits = Visits::new();
    opens(&mut stage, &mut visits);
    let mut hand = stage.hand();
    hand.touches("event birth");
    let page = hand.page();
    visits.come_to(&mut stage.player, "over");
    stage.player.wait_for(
        "the alert",
        crate::hand::PATIENCE,
        |what| matches!(what, crate::window::player::What::Alert { id } if id == "drill"),
    );
    let notice = Rendered::all(show.write(), AT, (1920, 1080));
    let notice = notice.page(&("notice".to_owned(), 1));
    let all = page.mask(stage.session.size, |_, y| (150..900).contains(&y));
    let alert = hand.awaits(|shot| shot.apart(&page, &all) > 0.2 && shot.apart(notice, &all) > 0.2);
    assert!(alert.is_ok(), "the alert is on the screen");
}
