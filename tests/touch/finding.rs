//! A visitor finds a procedure, sees what to bring, and takes it along.

use crate::PROGRAMS;
use crate::hand::{Hand, rendered};
use crate::opening::opens;
use crate::stage::{Stage, Visits, with_notice};
use crate::window::alone;
use crate::window::programs::are_here;

/// The page of the registration of a birth on the national portal, as its file names it.
const ONLINE: &str =
    "https://dichvucong.gov.vn/thu-tuc-hanh-chinh/019d2bfd-3fe0-70ac-b9d6-5e9e20d6eef7";

#[test]
fn what_is_typed_in_telex_finds_its_procedure() {
    if !are_here("typing in Telex", PROGRAMS) {
        return;
    }
    let _alone = alone();
    let show = with_notice();
    let mut stage = Stage::of(show.write());
    opens(&mut stage, &mut Visits::new());
    let mut hand = stage.hand();
    hand.touches("type");
    hand.touches("keys method");
    let mut keys: Vec<String> = "giaays khai sinh".chars().map(String::from).collect();
    keys.iter_mut()
        .filter(|key| *key == " ")
        .for_each(|key| *key = "space".to_owned());
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    hand.types(&keys);

    // The same page as if it had been typed with its accents.
    let accented = ["--touch", "bare; type; keys method; type giấy khai sinh"];
    let accented = rendered(
        &stage.show,
        &accented,
        stage.session.size,
        Some(crate::hand::AT),
    );
    assert!(
        hand.is_same(&hand.display.shot(), &accented),
        "the field reads otherwise"
    );
    let results = hand
        .targets()
        .into_iter()
        .filter(|target| target.part == "main");
    let codes: Vec<String> = results
        .filter_map(|target| Some(target.press.strip_prefix("open ")?.to_owned()))
        .collect();
    assert_eq!(
        codes.first().map(String::as_str),
        Some("1.001193"),
        "{codes:?}"
    );
    hand.touches("open 1.001193");
}

#[test]
fn a_common_procedure_is_three_touches_away() {
    if !are_here("three touches", PROGRAMS) {
        return;
    }
    let _alone = alone();
    let show = with_notice();
    let mut stage = Stage::of(show.write());
    let mut visits = Visits::new();
    opens(&mut stage, &mut visits);
    let mut hand = stage.hand();
    hand.touches("Sinh con");
    hand.touches("Đăng ký khai sinh");
    visits.come_to(&mut stage.player, "procedure");
}

#[test]
fn papers_are_ticked_until_all_are_there_and_codes_hold_what_they_say() {
    if !are_here("the checklist", PROGRAMS) {
        return;
    }
    let _alone = alone();
    let show = with_notice();
    let mut stage = Stage::of(show.write());
    opens(&mut stage, &mut Visits::new());
    let mut hand = stage.hand();
    hand.touches("event birth");
    hand.touches("open 1.001193");
    assert_eq!(hand.codes(), [ONLINE]);

    let papers = |hand: &Hand| -> Vec<String> {
        let targets = hand.targets().into_iter();
        let ticks = targets.filter(|target| target.press.starts_with("tick "));
        ticks.map(|target| target.press).collect()
    };
    let all = papers(&hand);
    assert!(all.len() > 4, "{all:?}");
    // Each moves the list on, which the finger that scrolls does not tick.
    for paper in &all {
        hand.scrolls_to(paper);
        hand.ticks(paper);
    }
    let first = hand.target("tick 0");
    while hand.scrolled() > 0 {
        hand.scrolls(&first, -hand.scrolled().min(400));
    }
    hand.sees_page();

    hand.touches("Mã mang về");
    let [text] = &hand.codes()[..] else {
        panic!("there is one code: {:?}", hand.codes())
    };
    assert!(
        text.contains("khai sinh") || text.contains("KHAI SINH"),
        "{text}"
    );
    for holds in [
        "1.001193",
        "Giấy chứng sinh",
        "Miễn lệ phí",
        "Trong ngày làm việc",
    ] {
        assert!(text.contains(holds), "{holds:?} is not in {text:?}");
    }
}
