//! Watches a show with faulty items: every picture in peace is one of a good item.

use std::time::{Duration, Instant};

use crate::window::display::Display;
use crate::window::film::Film;
use crate::window::picture::{Mask, Picture};
use crate::window::player::Player;
use crate::window::show::{PageOf, Rendered, TOLERANCE};

/// Long enough for every slot of the spoilt show to come twice.
pub const LENGTH: Duration = Duration::from_secs(50);

/// After a change of pages: the cross-fade of 400 ms, and a good item in a faulty one's place within a second.
const SETTLED: Duration = Duration::from_millis(1000);

/// A change of pages may be heard of so much after it can be seen.
const LATE: Duration = Duration::from_millis(500);

/// The share of a film's pixels that may not be found in the decoded frame.
const FILM_TOLERANCE: f64 = 0.06;

/// Watches for a while; gives how much of it showed good items in peace.
pub fn watch(display: &Display, player: &mut Player, rendered: &Rendered, film: &Film) -> Duration {
    let (still, coarse) = (rendered.still(), rendered.still_coarse());
    let begun = Instant::now();
    let (mut before, mut looked_at) = (begun, Duration::ZERO);
    let mut waiting: Option<(Instant, PageOf, Picture)> = None;
    while begun.elapsed() < LENGTH {
        std::thread::sleep(LATE);
        let from = Instant::now();
        // A picture counts when no change was heard of until a while after it.
        if let Some((since, page, picture)) = waiting.take()
            && player.on_screen().is_some_and(|(_, now)| now <= since)
        {
            judge(&page, &picture, rendered, film, &still, &coarse);
            looked_at += from - before;
        }
        before = from;
        let picture = display.shot();
        picture.assert_is_something(begun.elapsed());
        if let Some((page, since)) = player.on_screen()
            && since + SETTLED < from
        {
            waiting = Some((since, page, picture));
        }
    }
    looked_at
}

fn judge(
    page: &PageOf,
    picture: &Picture,
    rendered: &Rendered,
    film: &Film,
    still: &Mask,
    coarse: &Mask,
) {
    assert!(
        ["words", "picture", "half-garbage"].contains(&page.0.as_str()),
        "{page:?} is on the screen"
    );
    if page.0 == "half-garbage" {
        let (_, missing) = film.find(&picture.coarser(), 0..usize::MAX, coarse);
        assert!(
            missing <= FILM_TOLERANCE,
            "garbage of a film is shown: {}",
            picture.keep("garbage.png")
        );
    } else {
        let apart = picture.apart(rendered.page(page), still);
        assert!(
            apart <= TOLERANCE,
            "{page:?} is {apart} apart from render's: {}",
            picture.keep("faults.png")
        );
    }
}
