//! From the loop into the lookup.

use crate::PROGRAMS;
use crate::hand::{Hand, Target, link};
use crate::stage::{Stage, Visits, office_show, with_notice};
use crate::window::alone;
use crate::window::programs::are_here;
use crate::window::show::Written;

/// A place of the loop where no procedure is named: the title of the office.
pub const HEADER: (i32, i32) = (400, 60);

/// Opens the lookup from the loop.
pub fn opens(stage: &mut Stage, visits: &mut Visits) {
    let hand = stage.hand();
    hand.touch(HEADER);
    visits.come_to(&mut stage.player, "home");
    stage.hand().sees_page();
}

#[test]
fn a_touch_on_the_loop_opens_the_lookup_with_back_and_close_in_their_places() {
    if !are_here("the touch on the loop", PROGRAMS) {
        return;
    }
    let _alone = alone();
    let show = with_notice();
    let mut stage = Stage::of(show.write());
    let mut visits = Visits::new();
    opens(&mut stage, &mut visits);

    let mut hand = stage.hand();
    let bar = |hand: &Hand| ["back", "close"].map(|press| hand.target(press).at);
    let places = bar(&hand);
    for press in [
        "type",
        "back",
        "fields",
        "back",
        "event birth",
        "open 1.001193",
        "section steps",
        "back",
        "back",
        "feedback",
    ] {
        hand.touches(press);
        assert_eq!(bar(&hand), places, "back and close after {press}");
    }
    // Back from the first page is the end, where a visitor who used it is asked how it was.
    hand.touches("back");
    hand.touches("back");
    hand.touches_blindly("close");
    visits.come_to(&mut stage.player, "over");
}

#[test]
fn a_touch_on_a_boards_row_or_a_posted_procedure_opens_that_procedure() {
    if !are_here("the touch on a row", PROGRAMS) {
        return;
    }
    let _alone = alone();
    let board = "field = \"Hộ tịch\"\nlevel = \"xã\"\ndwell = \"600s\"";
    let rows = |item: &str, show: &Written| {
        let link = link(show.write(), item, "2.000635", (1920, 1080));
        assert!(link.at[3] < 400, "it is a row: {link:?}");
        link
    };
    let show = office_show().item("procedures", "civil-status-board", board);
    let row = rows("civil-status-board", &show);
    opens_from(&show, &row, "2.000635");

    let show = office_show().item("procedure", "birth-registration", "code = \"1.001193\"");
    let page = link(show.write(), "birth-registration", "1.001193", (1920, 1080));
    opens_from(&show, &page, "1.001193");
}

fn opens_from(show: &Written, target: &Target, code: &str) {
    let mut stage = Stage::of(show.write());
    stage.hand().touch(target.middle());
    Visits::new().come_to(&mut stage.player, "procedure");
    let mut hand = stage.hand();
    hand.begins_at(&format!("open {code}"));
    hand.sees_page();
}
