//! The player under a Wayland compositor: over the whole screen, as `motcua render` draws it, and the
//! display stays awake.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[allow(dead_code, reason = "each file of tests uses its part")]
#[path = "window/mod.rs"]
mod window;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use window::alone;
use window::display::GROUND;
use window::film::{FRAMES_PER_SECOND, Film};
use window::picture::Picture;
use window::player::Player;
use window::programs::are_here;
use window::session::Session;
use window::show::{Rendered, TOLERANCE, Written, of_project};

const AT: &str = "2026-11-23T08:00";

/// How long the round of three items may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// A cross-fade takes 400 ms, and grim copies the screen a while after it was asked.
const SETTLED: Duration = Duration::from_millis(1000);

/// The share of a film's pixels that may not be found in the decoded frame.
const FILM_TOLERANCE: f64 = 0.06;

/// The share in which the nearest picture may be apart from the one frame that `render` draws: it need not be
/// among them, and things may fly by at that moment.
const RENDERED_TOLERANCE: f64 = 0.2;

fn show() -> Written {
    Written::new("title = \"Trung tâm Phục vụ hành chính công\"\nhotline = \"0299 3623 333\"")
        .medium("counters.webp")
        .medium("online-filing.mp4")
        .item(
            "announcement",
            "words",
            "dwell = \"4s\"\ntitle = \"Mời ông bà\"\nbody = \"Quầy số 1\"",
        )
        .item(
            "image",
            "picture",
            "dwell = \"4s\"\nsource = \"counters.webp\"",
        )
        .item(
            "video",
            "film",
            "dwell = \"8s\"\nsource = \"online-filing.mp4\"",
        )
}

#[test]
fn a_round_covers_the_screen_and_looks_as_it_is_rendered() {
    if !are_here(
        "the Wayland window",
        &["sway", "swaymsg", "grim", "ffmpeg", "setpriv"],
    ) {
        return;
    }
    let _alone = alone();
    let show = show();
    let session = Session::wayland();
    let rendered = Rendered::all(show.write(), AT, session.size);
    let film = Film::decode(&of_project("media/online-filing.mp4"), session.size);
    assert!(
        picture(&session).share_of(GROUND) > 0.999,
        "the ground is there"
    );
    assert!(
        !is_kept_awake(&session),
        "nothing keeps a bare session awake"
    );

    let mut player = Player::start(&session, show.write(), &["--once", "--at", AT]);
    let begun = Instant::now();
    let (still, coarse) = (rendered.still(), rendered.still_coarse());
    let mut recognised: BTreeSet<String> = BTreeSet::new();
    let mut frames: Vec<usize> = Vec::new();
    let (mut nearest, mut is_up) = (1.0_f64, false);
    loop {
        let page = player.on_screen();
        let shot = picture(&session);
        if player.ended().is_some() {
            break;
        }
        assert!(
            begun.elapsed() < PATIENCE,
            "the round does not end\n{}",
            player.log()
        );
        is_up |= shot.share_of(GROUND) < 0.999;
        if !is_up {
            continue;
        }
        if shot.share_of(GROUND) > 0.0 && player.is_over() {
            break;
        }
        shot.assert_is_something(begun.elapsed());
        let Some((page, since)) = page.filter(|(page, since)| {
            *since + SETTLED < Instant::now()
                && player.on_screen().is_some_and(|(now, _)| now == *page)
        }) else {
            continue;
        };
        if !is_kept_awake(&session) {
            assert!(player.is_over(), "the display is kept awake");
            break;
        }
        if page.0 == "film" {
            let ahead = (since.elapsed().as_secs_f64() * FRAMES_PER_SECOND as f64) as usize
                + FRAMES_PER_SECOND;
            // Many frames are equal to others: the film does not run back.
            let last = frames.last().copied().unwrap_or(0);
            let (frame, missing) = film.find(&shot.coarser(), last..ahead, &coarse);
            let page = rendered.page(&page).coarser();
            let room = film.unexplained(&page, &coarse);
            assert!(
                missing <= FILM_TOLERANCE + room,
                "no frame of the film: {}",
                shot.keep("wayland-film.png")
            );
            nearest = nearest.min(shot.coarser().apart(&page, &coarse));
            frames.push(frame);
        } else {
            let apart = shot.apart(rendered.page(&page), &still);
            assert!(
                apart <= TOLERANCE,
                "{page:?} is {apart} apart from render's: {}",
                shot.keep("wayland.png")
            );
            assert_eq!(rendered.nearest(&shot, &still).0, &page);
        }
        recognised.insert(page.0);
    }
    let status = player.wait_for_end(PATIENCE);
    assert!(status.success(), "{status}\n{}", player.log());
    assert_eq!(
        recognised.iter().map(String::as_str).collect::<Vec<_>>(),
        ["film", "picture", "words"]
    );
    println!(
        "{} pictures of the film, {:.2} % from what render draws of it",
        frames.len(),
        nearest * 100.0
    );
    assert!(
        nearest <= RENDERED_TOLERANCE,
        "the film never looks as it is rendered: {nearest}"
    );
    let distinct: BTreeSet<usize> = frames.iter().copied().collect();
    assert!(distinct.len() >= 3, "the film goes on: {frames:?}");
    assert!(
        !is_kept_awake(&session),
        "the display may sleep again without the player"
    );
}

/// What is to be seen.
fn picture(session: &Session) -> Picture {
    let grim = session
        .command("grim")
        .args(["-t", "ppm", "-"])
        .output()
        .unwrap();
    assert!(
        grim.status.success(),
        "grim: {}",
        String::from_utf8_lossy(&grim.stderr)
    );
    Picture::of_ppm(&grim.stdout)
}

/// Whether a window over the whole screen keeps the compositor from becoming idle.
fn is_kept_awake(session: &Session) -> bool {
    let output = session
        .command("swaymsg")
        .args(["-t", "get_tree"])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "swaymsg: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let tree: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    keeps_awake(&tree)
}

fn keeps_awake(node: &serde_json::Value) -> bool {
    let awake = node["inhibit_idle"] == true && node["fullscreen_mode"] == 1;
    let nodes = ["nodes", "floating_nodes"]
        .into_iter()
        .filter_map(|kind| node[kind].as_array());
    awake || nodes.flatten().any(keeps_awake)
}
