//! A release comes while somebody stands at the screen.

use crate::PROGRAMS;
use crate::hand::Hand;
use crate::office::Office;
use crate::opening::HEADER;
use crate::stage::{HEAD, Visits, bare_programs, procedure, with_procedures};
use crate::window::alone;
use crate::window::player::What;
use crate::window::programs::are_here;
use crate::window::show::Written;

const BIRTH: &str = "procedures/1.001193.toml";

/// A release whose only page is called `name`, with `birth` as the registration of a birth.
fn release(name: &str, birth: Option<&str>) -> Written {
    let keys =
        format!("title = \"{name}\"\nbody = \"Mời ông bà đến quầy số 2.\"\ndwell = \"600s\"");
    let show = with_procedures(Written::new(HEAD)).item("announcement", name, &keys);
    match birth {
        Some(birth) => show.file(BIRTH, birth.as_bytes()),
        None => {
            std::fs::remove_file(show.write().join(BIRTH)).unwrap();
            show
        }
    }
}

#[test]
fn a_release_changes_the_page_of_a_visitor_and_never_takes_it_away() {
    if !are_here("the release under a visitor", PROGRAMS) {
        return;
    }
    let _alone = alone();
    let programs = bare_programs();
    let mut office =
        Office::open_with((1920, 1080), &[("PATH", programs.path().to_str().unwrap())]);
    let birth = procedure("1.001193.toml");
    let dearer = birth.replace("Miễn lệ phí", "8.000 đồng");
    assert_ne!(birth, dearer);
    let first = release("first", Some(&birth));
    let (second, third) = (release("second", Some(&dearer)), release("third", None));
    office.push(&first);
    office.wait_for_item("first");

    let mut visits = Visits::new();
    let mut hand = Hand::at(&office.session, first.write()).at_this_time();
    hand.touch(HEADER);
    visits.come_to(&mut office.player, "home");
    hand.begins_at("home");
    hand.touches("event birth");
    hand.touches("open 1.001193");
    let before = hand.page();

    office.push(&second);
    hand.hears_of(second.write());
    assert!(!hand.is_same(&hand.page(), &before), "the fee is another");
    hand.sees_page();

    office.push(&third);
    let dearer = hand.page();
    hand.hears_of(third.write());
    assert!(
        !hand.is_same(&hand.page(), &dearer),
        "it says that it was changed"
    );
    hand.sees_page();
    let shown = office.player.events().iter();
    let items: Vec<_> = shown
        .filter(|it| matches!(it.what, What::Shown { .. }))
        .collect();
    assert!(
        items
            .iter()
            .all(|it| matches!(&it.what, What::Shown { item, .. } if item == "first")),
        "the loop waits: {items:?}"
    );

    hand.touches("close");
    hand.touches_blindly("close");
    visits.come_to(&mut office.player, "over");
    office.wait_for_item("third");
}
