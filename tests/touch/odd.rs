//! What nobody means: palms, haste, nonsense, and shows that offer nothing.

use std::time::Duration;

use crate::PROGRAMS;
use crate::hand::{AT, rendered};
use crate::opening::{HEADER, opens};
use crate::stage::{HEAD, Stage, Visits, with_notice, with_procedures};
use crate::window::alone;
use crate::window::picture::Picture;
use crate::window::programs::are_here;
use crate::window::show::{Rendered, TOLERANCE, Written};

/// Long enough for what a touch would bring about on a busy machine; that nothing comes is all that is asked.
const A_WHILE: Duration = Duration::from_secs(2);

#[test]
fn haste_opens_one_procedure_and_a_drag_opens_none() {
    if !are_here("haste", PROGRAMS) {
        return;
    }
    let _alone = alone();
    let show = with_notice();
    let mut stage = Stage::of(show.write());
    let mut visits = Visits::new();
    opens(&mut stage, &mut visits);
    let mut hand = stage.hand();
    hand.touches("event birth");
    visits.come_to(&mut stage.player, "event");

    let row = hand.target("open 1.001193");
    let (x, y) = row.middle();
    hand.drag((x, y), (x, y - 150));
    hand.drag((x, y - 150), (x, y + 50));
    std::thread::sleep(A_WHILE);
    let places = visits.since(&mut stage.player);
    assert!(places.is_empty(), "{places:?}");
    hand.touches("home");
    hand.touches("event birth");
    visits.come_to(&mut stage.player, "event");
    hand.touch_twice((x, y));
    visits.come_to(&mut stage.player, "procedure");
    hand.begins_at("event birth; open 1.001193");
    hand.sees_page();
    // One place was come to: one step leads back.
    hand.touches("back");
    visits.come_to(&mut stage.player, "event");
    hand.touches("home");
    hand.touches("close");
    hand.touches_blindly("close");
    visits.come_to(&mut stage.player, "over");
    stage.player.terminate();
    assert!(stage.player.wait_for_end(Duration::from_secs(20)).success());
    let tally = std::fs::read_to_string(stage.state.path().join("tally.json")).unwrap();
    let tally: serde_json::Value = serde_json::from_str(&tally).unwrap();
    assert_eq!(tally["opened"]["2026-11-23"]["1.001193"], 1, "{tally}");
}

#[test]
fn a_show_that_offers_no_lookup_invites_nobody_and_a_touch_does_nothing() {
    if !are_here("the show without a lookup", PROGRAMS) {
        return;
    }
    let _alone = alone();
    let notice = |show: Written| {
        let keys =
            "title = \"Trung tâm mở cửa lúc 07:00\"\nbody = \"Mời ông bà.\"\ndwell = \"600s\"";
        show.item("announcement", "notice", keys)
    };
    let without = notice(Written::new(HEAD));
    let not_offered = Written::new(&format!("{HEAD}\n[lookup]\noffered = false\n"));
    let not_offered = notice(with_procedures(not_offered));
    let inviting = notice(with_procedures(Written::new(HEAD)));

    // The lower bar says nothing there but the invitation.
    let bar = |stage: &Stage| {
        let shot = stage.hand().settled();
        shot.mask(stage.session.size, |x, y| {
            x < 700 && (985..1075).contains(&y)
        })
    };
    let stage = Stage::of(inviting.write());
    let blank = Stage::of(without.write());
    let (mask, hand) = (bar(&stage), stage.hand());
    let plain = blank.hand().settled();
    let invited = hand.awaits(|shot| shot.apart(&plain, &mask) > 0.02);
    assert!(invited.is_ok(), "a show with procedures invites");
    drop((stage, blank));

    for show in [without, not_offered] {
        let mut stage = Stage::of(show.write());
        let loops = Rendered::all(show.write(), AT, (1920, 1080));
        let hand = stage.hand();
        let shot = hand.settled();
        assert!(
            shot.apart(&plain, &mask) < TOLERANCE,
            "{}",
            shot.keep("invited.png")
        );
        for place in [HEADER, (960, 540), (200, 1030)] {
            hand.touch(place);
        }
        hand.types_on_a_keyboard("khai sinh");
        std::thread::sleep(A_WHILE);
        let page = loops.page(&("notice".to_owned(), 1));
        let after = hand.display.shot();
        assert!(
            after.apart(page, &loops.still()) <= TOLERANCE,
            "{}",
            after.keep("touched.png")
        );
        assert!(
            Visits::new().since(&mut stage.player).is_empty(),
            "nobody came in"
        );
    }
}

#[test]
fn nonsense_is_answered_and_keys_that_write_nothing_do_nothing() {
    if !are_here("nonsense", PROGRAMS) {
        return;
    }
    let _alone = alone();
    let show = with_notice();
    let mut stage = Stage::of(show.write());
    opens(&mut stage, &mut Visits::new());
    let mut hand = stage.hand();
    // On a keyboard of the machine.
    hand.presses_on_a_keyboard(&["Tab", "Delete", "F5", "Left", "BackSpace"]);
    hand.sees_page();
    hand.touches("type");
    for key in ["keys search", "keys erase", "keys space", "keys erase"] {
        hand.touches(key);
    }
    // What nobody ever asked is answered by what comes nearest, or by words.
    hand.types(&["q", "q", "q", "x", "x", "z"]);
    hand.touches("keys search");
    hand.touches("home");
    hand.types_on_a_keyboard("khai sinh");
    hand.continues("type khai sinh");
    hand.sees_page();
    hand.presses_on_a_keyboard(&["Escape"]);
    hand.continues("back");
    hand.sees_page();
}

#[test]
fn what_is_typed_is_bounded_and_without_control_characters() {
    if !are_here("what is typed", &["setpriv"]) {
        return;
    }
    let show = with_notice();
    let folder = show.write();
    let typed = |text: &str| -> Picture {
        let presses = format!("bare; type; type {text}");
        rendered(folder, &["--touch", &presses], (1920, 1080), Some(AT))
    };
    let all = |picture: &Picture| picture.mask((1920, 1080), |_, _| true);
    let check = |one: &str, other: &str| {
        let (one, other) = (typed(one), typed(other));
        assert_eq!(
            one.apart(&other, &all(&one)),
            0.0,
            "{}",
            one.keep("typed.png")
        );
    };
    check(&"giay".repeat(2_500), &"giay".repeat(50));
    check("kh\u{7}ai \u{1b}sinh\u{9d}", "khai sinh");
    let (one, other) = (typed("khai sinh"), typed("khai"));
    assert!(one.apart(&other, &all(&one)) > 0.0, "what is typed is seen");
}
