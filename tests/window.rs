//! The player in a real window on an X display: what a visitor sees is what `motcua render` draws, at every
//! moment, and nothing else.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "window/cycle.rs"]
mod cycle;
#[allow(dead_code, reason = "each file of tests uses its part")]
#[path = "window/mod.rs"]
mod window;

use std::time::{Duration, Instant};

use window::display::{Display, GROUND, Place};
use window::picture::{Mask, Picture};
use window::player::{Player, What};
use window::programs::are_here;
use window::session::{Session, Wishes};
use window::show::{Rendered, TOLERANCE, Written, card, of_project};
use window::{alone, await_some};

/// How long a player may take to show something on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A page that stays.
fn one_page() -> Written {
    Written::new("title = \"Trung tâm Phục vụ hành chính công\"\nhotline = \"0299 3623 333\"").item(
        "announcement",
        "open",
        "dwell = \"600s\"\ntitle = \"Trung tâm mở cửa lúc 07:00\"\nbody = \"Mời ông bà đến **quầy số 1**.\"",
    )
}

#[test]
fn a_cycle_of_the_sample_show_looks_as_it_is_rendered() {
    if are_here("the cycle", &["Xvfb", "ffmpeg", "setpriv"]) {
        let _alone = alone();
        cycle::watch(&of_project("playlists/one-stop"), "2026-11-23T08:00");
    }
}

#[test]
fn the_first_picture_is_a_designed_one_and_covers_the_screen() {
    let bare = Wishes::default();
    let managed = Wishes {
        manager: Some("openbox"),
        ..bare
    };
    let upright = Wishes {
        size: Some((1080, 1920)),
        ..bare
    };
    if !are_here(
        "the first picture",
        &["Xvfb", "openbox", "xdotool", "setpriv"],
    ) {
        return;
    }
    let _alone = alone();
    let show = one_page();
    for wishes in [bare, managed, upright] {
        println!("{wishes:?}");
        let session = Session::x11(wishes);
        let rendered = Rendered::all(show.write(), "2026-11-23T08:00", session.size);
        look_at_the_start(&session, &show, &rendered);
    }
}

fn look_at_the_start(session: &Session, show: &Written, rendered: &Rendered) {
    let display = Display::of(session);
    assert!(
        display.shot().share_of(GROUND) > 0.999,
        "the ground is there"
    );
    assert!(display.has_pointer(), "a bare display has a pointer");
    let mut player = Player::start(session, show.write(), &["--at", "2026-11-23T08:00"]);
    let begun = Instant::now();
    let first = loop {
        let shot = display.shot();
        if shot.share_of(GROUND) < 0.999 {
            break shot;
        }
        assert!(
            begun.elapsed() < PATIENCE,
            "nothing is shown\n{}",
            player.log()
        );
    };
    let still = rendered.still();
    let (card, page) = (
        rendered.page(&card()),
        rendered.page(&("open".to_owned(), 1)),
    );
    assert!(
        first.is_between(card, page, &still),
        "the first picture is neither the card nor the page nor between: {}",
        first.keep("first.png")
    );
    player.wait_for("the page is shown", PATIENCE, |what| {
        matches!(what, What::Shown { .. })
    });
    await_page(&display, page, &still, "page.png");

    let (width, height) = session.size;
    let all = Place {
        x: 0,
        y: 0,
        width,
        height,
        border: 0,
    };
    assert_eq!(
        display.windows().last(),
        Some(&all),
        "the window covers the screen and has no border"
    );
    assert_eq!(
        display.shot().share_of(GROUND),
        0.0,
        "the whole screen is covered"
    );
    for (x, y) in [(width / 2, height / 2), (0, 0), (width - 1, height - 1)] {
        display.move_pointer(x as i16, y as i16);
        await_some("the pointer is hidden", PATIENCE, || {
            (!display.has_pointer()).then_some(())
        });
    }
}

/// Waits until the screen shows `page`.
fn await_page(display: &Display, page: &Picture, still: &Mask, name: &str) {
    let begun = Instant::now();
    loop {
        let shot = display.shot();
        if shot.apart(page, still) <= TOLERANCE {
            return;
        }
        assert!(
            begun.elapsed() < PATIENCE,
            "the page is not shown: {}",
            shot.keep(name)
        );
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn the_display_does_not_blank_while_the_player_runs() {
    if !are_here("blanking", &["Xvfb", "setpriv"]) {
        return;
    }
    let _alone = alone();
    let session = Session::x11(Wishes::default());
    let display = Display::of(&session);
    display.blank_after(2);
    await_some("the display blanks by itself", PATIENCE, || {
        display.is_blank().then_some(())
    });

    display.blank_after(2);
    let show = one_page();
    let mut player = Player::start(&session, show.write(), &[]);
    player.wait_for("the page is shown", PATIENCE, |what| {
        matches!(what, What::Shown { .. })
    });
    // The saver may have come while the player was starting; from here on it may not.
    display.blank_after(2);
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(6) {
        assert!(
            !display.is_blank(),
            "the display has blanked after {:?}",
            begun.elapsed()
        );
        std::thread::sleep(Duration::from_millis(100));
    }
    drop(player);
    display.blank_after(2);
    await_some(
        "the display blanks again without the player",
        PATIENCE,
        || display.is_blank().then_some(()),
    );
}

#[test]
fn a_signal_ends_the_player_in_order() {
    if !are_here("the end", &["Xvfb", "setpriv"]) {
        return;
    }
    let _alone = alone();
    let session = Session::x11(Wishes::default());
    let film = Written::new("title = \"Một cửa\"")
        .medium("one-visit.webm")
        .item("video", "film", "source = \"one-visit.webm\"");
    for show in [one_page(), film] {
        let mut player = Player::start(&session, show.write(), &["--at", "2026-11-23T00:00"]);
        player.wait_for("the page is shown", PATIENCE, |what| {
            matches!(what, What::Shown { .. })
        });
        player.terminate();
        // It takes a second on a machine with nothing else to do.
        let status = player.wait_for_end(Duration::from_secs(5));
        assert!(status.success(), "{status}\n{}", player.log());
    }
}
