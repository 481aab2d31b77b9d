//! Films as they are seen on a real window: every frame once and in order, from clip to clip without anything
//! between, and whatever a file does to its decoder, a screen that goes on.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "video/counter.rs"]
mod counter;
#[path = "video/damage.rs"]
mod damage;
#[allow(dead_code, reason = "each file of tests uses its part")]
#[path = "window/mod.rs"]
mod window;

use std::time::{Duration, Instant};

use counter::{Seen, numbered, orders};
use window::display::{Display, GROUND};
use window::player::{Player, What};
use window::programs::are_here;
use window::session::{Session, Wishes};
use window::show::Written;
use window::{alone, await_some};

/// A day on which a show of two items begins with its first, from its beginning.
const MIDNIGHT: &str = "2027-02-01T00:00";
const HEAD: &str = "title = \"Một cửa\"\nhotline = \"0299 3623 333\"";
/// How long anything here may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
const PROGRAMS: [&str; 3] = ["Xvfb", "ffmpeg", "setpriv"];

/// How often films are watched until every frame is seen: a machine that does other things too may be late
/// for one, which is no fault of the player's. What the player does wrong it does each time.
const TRIES: usize = 3;

#[test]
fn every_frame_is_seen_once_and_the_loop_has_no_seam() {
    if !are_here("frame-exact films", &PROGRAMS) {
        return;
    }
    let _alone = alone();
    let show =
        Written::new(HEAD)
            .file("a.mp4", &numbered(0..60))
            .item("video", "a", "source = \"a.mp4\"");
    let expected: Vec<u16> = (0..60).chain(0..60).chain(0..30).collect();
    assert_seen(&show, &expected);
}

#[test]
fn one_film_follows_the_other_without_anything_between() {
    if !are_here("films that follow each other", &PROGRAMS) {
        return;
    }
    let _alone = alone();
    let show = Written::new(HEAD)
        .file("a.mp4", &numbered(0..45))
        .file("b.mp4", &numbered(1000..1045))
        .item("video", "a", "source = \"a.mp4\"")
        .item("video", "b", "source = \"b.mp4\"");
    let expected: Vec<u16> = (0..45)
        .chain(1000..1045)
        .chain(0..45)
        .chain(1000..1020)
        .collect();
    assert_seen(&show, &expected);
}

/// Watches a show until its films have been seen as `expected`.
fn assert_seen(show: &Written, expected: &[u16]) {
    let mut last = Vec::new();
    for _ in 0..TRIES {
        let session = Session::x11(Wishes::default());
        let display = Display::of(&session);
        let _player = Player::start(&session, show.write(), &["--at", MIDNIGHT]);
        last = counter::watch(&display, expected.len(), PATIENCE);
        let is_as_expected = |(seen, expected): (&Seen, &u16)| *seen == Seen::Number(*expected);
        if last.iter().zip(expected).all(is_as_expected) {
            return;
        }
    }
    panic!("seen: {last:?}");
}

#[test]
fn a_decoder_that_goes_wrong_costs_its_item_alone() {
    if !are_here("decoders that go wrong", &PROGRAMS) {
        return;
    }
    let _alone = alone();
    let good = numbered(0..45);
    let told = |order: &str| orders(good.clone(), order);
    let wrong = ["crash", "hang", "loop", "bomb", "flood", "lie"];
    let mut show = Written::new(HEAD).medium("counters.webp").item(
        "image",
        "picture",
        "dwell = \"3s\"\nsource = \"counters.webp\"",
    );
    for word in wrong {
        show = show
            .file(&format!("{word}.mp4"), &told(&format!("{word}@900")))
            .item("video", word, &format!("source = \"{word}.mp4\""));
    }
    show = show.file("reach.mp4", &told("reach-out@900")).item(
        "video",
        "reach-out",
        "source = \"reach.mp4\"",
    );
    let session = Session::x11(Wishes::default());
    let display = Display::of(&session);
    let mut player = Player::start(&session, show.write(), &["--at", MIDNIGHT]);
    player.wait_for("the first item", PATIENCE, |what| {
        matches!(what, What::Shown { .. })
    });
    let begun = Instant::now();
    // Two rounds, so that what is told once could be told again.
    while begun.elapsed() < Duration::from_secs(50) {
        display.shot().assert_is_something(begun.elapsed());
        assert!(player.ended().is_none(), "the player has ended");
        std::thread::sleep(Duration::from_millis(150));
    }
    let happened: Vec<What> = player
        .events()
        .iter()
        .map(|happened| happened.what.clone())
        .collect();
    for word in wrong {
        let told = happened
            .iter()
            .filter(|what| matches!(what, What::Problem { item } if item == word));
        assert_eq!(told.count(), 1, "{word}: {happened:?}");
    }
    let is_faulty = |item: &str| {
        let problem = What::Problem {
            item: item.to_owned(),
        };
        happened.contains(&problem)
    };
    assert!(
        !is_faulty("reach-out") && !is_faulty("picture"),
        "{happened:?}"
    );
    let lines = player.log();
    for word in wrong {
        let line = format!("item \"{word}\" is passed over");
        assert_eq!(lines.matches(&line).count(), 1, "{line}:\n{lines}");
    }
}

#[test]
fn decoders_ended_by_force_at_any_moment_are_replaced() {
    if !are_here("decoders ended by force", &PROGRAMS) {
        return;
    }
    let _alone = alone();
    let show = Written::new(HEAD)
        .medium("counters.webp")
        .file("a.mp4", &numbered(0..45))
        .item("video", "a", "source = \"a.mp4\"")
        .item(
            "image",
            "picture",
            "dwell = \"3s\"\nsource = \"counters.webp\"",
        );
    let session = Session::x11(Wishes::default());
    let display = Display::of(&session);
    let mut player = Player::start(&session, show.write(), &["--at", MIDNIGHT]);
    player.wait_for("the film", PATIENCE, |what| {
        matches!(what, What::Shown { .. })
    });
    let begun = Instant::now();
    let mut ended = 0;
    let mut waits = fastrand::Rng::with_seed(20_261_123);
    while begun.elapsed() < Duration::from_secs(25) {
        std::thread::sleep(Duration::from_millis(waits.u64(50..900)));
        for process in children(player.id()) {
            signal("KILL", process);
            ended += 1;
        }
        display.shot().assert_is_something(begun.elapsed());
        assert!(player.ended().is_none(), "the player has ended");
    }
    assert!(ended >= 5, "{ended} decoders were ended");
    // Left alone, it plays the film again; an item that failed is tried again within some rounds.
    await_some("the film is seen again", PATIENCE, || {
        matches!(counter::look(&display), Seen::Number(_)).then_some(())
    });
    player.terminate();
    player.wait_for_end(PATIENCE);
}

#[test]
fn no_damaged_file_ends_the_player_or_blackens_the_screen() {
    if !are_here("damaged files", &PROGRAMS) {
        return;
    }
    let _alone = alone();
    let number = if std::env::var_os("MOTCUA_LONG").is_some() {
        2000
    } else {
        100
    };
    let mut show = Written::new(HEAD);
    for (index, file) in damage::files(number).into_iter().enumerate() {
        if index % 20 == 0 {
            let words = "dwell = \"3s\"\ntitle = \"Mời ông bà\"";
            show = show.item("announcement", &format!("words-{index}"), words);
        }
        show = show.file(&file.name, &file.bytes);
        show = show.item(
            file.kind,
            &format!("damaged-{index}"),
            &format!("source = \"{}\"{}", file.name, file.dwell),
        );
    }
    let session = Session::x11(Wishes::default());
    let display = Display::of(&session);
    let arguments = ["--at", MIDNIGHT, "--once"];
    let mut player = Player::start(&session, show.write(), &arguments);
    player.wait_for("the first page", PATIENCE * 4, |what| what.page().is_some());
    let begun = Instant::now();
    let longest = Duration::from_secs(120) + Duration::from_secs(4) * number as u32;
    while !player.is_over() {
        // Damaged films have all colours, also that of the ground.
        let picture = display.shot();
        let is_good = picture.black() < 0.9 && picture.share_of(GROUND) < 0.5;
        assert!(is_good, "{}", picture.keep("damaged.png"));
        assert!(
            begun.elapsed() < longest,
            "it takes longer than {longest:?}"
        );
    }
    assert!(player.wait_for_end(PATIENCE).success());
    let shown =
        |what: &What| matches!(what, What::Shown { item, .. } if item.starts_with("damaged"));
    let shown = player
        .events()
        .iter()
        .filter(|happened| shown(&happened.what))
        .count();
    // Most damage leaves something to be seen.
    assert!(shown * 4 > number, "{shown} of {number} were shown");
}

/// The decoders of a player.
fn children(player: u32) -> Vec<u32> {
    let tasks = std::fs::read_dir(format!("/proc/{player}/task"));
    let tasks = tasks.into_iter().flatten().flatten();
    tasks
        .filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok())
        .flat_map(|children| {
            let numbers: Vec<u32> = children
                .split_whitespace()
                .filter_map(|number| number.parse().ok())
                .collect();
            numbers
        })
        .collect()
}

fn signal(name: &str, process: u32) {
    let number = process.to_string();
    // One that has ended by itself is no fault.
    let _ = std::process::Command::new("kill")
        .args([&format!("-{name}"), &number])
        .stderr(std::process::Stdio::null())
        .status();
}
