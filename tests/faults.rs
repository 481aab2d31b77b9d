//! What a visitor sees when something is wrong: good content, else the built-in card; never a black screen and
//! never an error text. What the operator reads: each fault once.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "window/spoilt.rs"]
mod spoilt;
#[path = "window/vigil.rs"]
mod vigil;
#[allow(dead_code, reason = "each file of tests uses its part")]
#[path = "window/mod.rs"]
mod window;

use std::path::Path;
use std::time::{Duration, Instant};

use window::display::Display;
use window::film::Film;
use window::player::{Player, What};
use window::programs::are_here;
use window::session::{Session, Wishes};
use window::show::{Rendered, TOLERANCE, Written, card};
use window::{alone, await_some};

const AT: &str = "2026-11-23T08:00";

/// How long a player may take to show something on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// After a change of pages: the cross-fade of 400 ms, and a good item in a faulty one's place within a second.
const SETTLED: Duration = Duration::from_millis(1000);

/// A good item follows within a second on a machine with nothing else to do.
const FILLED: Duration = Duration::from_secs(3);

/// The share of a film's pixels that may not be found in the decoded frame.
const FILM_TOLERANCE: f64 = 0.06;

const HEAD: &str = "title = \"Trung tâm Phục vụ hành chính công\"\nhotline = \"0299 3623 333\"";

/// The items that cannot be shown, or not to their end.
const FAULTY: [&str; 5] = ["missing", "truncated", "huge", "half-garbage", "text"];

#[test]
fn faulty_items_are_filled_by_good_ones_and_reported_once() {
    if !are_here("faulty items", &["Xvfb", "ffmpeg", "setpriv"]) {
        return;
    }
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let intact = folder.path().join("intact.mp4");
    spoilt::short_film(&intact);
    let still = |name: &str, source: &str| {
        format!("dwell = \"3s\"\nsource = \"{source}\"\ncaption = \"{name}\"")
    };
    let show = Written::new(HEAD)
        .medium("counters.webp")
        .file("truncated.jpg", &spoilt::truncated_picture())
        .file("huge.png", &spoilt::huge_picture())
        .file("half.mp4", &spoilt::second_half_garbage(&intact))
        .file("text.mp4", "Đây không phải là phim.\n".as_bytes())
        .item(
            "announcement",
            "words",
            "dwell = \"3s\"\ntitle = \"Mời ông bà\"\nbody = \"Quầy số 1\"",
        )
        .item("image", "missing", &still("missing", "missing.png"))
        .item("image", "truncated", &still("truncated", "truncated.jpg"))
        .item(
            "image",
            "picture",
            "dwell = \"3s\"\nsource = \"counters.webp\"",
        )
        .item("image", "huge", &still("huge", "huge.png"))
        .item("video", "half-garbage", "source = \"half.mp4\"")
        .item("video", "text", "dwell = \"3s\"\nsource = \"text.mp4\"");
    let session = Session::x11(Wishes::default());
    let rendered = Rendered::all(show.write(), AT, session.size);
    let film = Film::decode(&intact, session.size);
    let display = Display::of(&session);
    let mut player = Player::start(&session, show.write(), &["--at", AT]);
    player.wait_for("a good item is shown", PATIENCE, |what| {
        matches!(what, What::Shown { .. })
    });
    let looked_at = vigil::watch(&display, &mut player, &rendered, &film);
    // Half of the time goes to cross-fades and what is kept clear of them.
    assert!(
        looked_at >= vigil::LENGTH / 4,
        "only {looked_at:?} could be looked at"
    );

    let broke = player.wait_for("the film breaks", PATIENCE, |what| {
        is_problem(what, "half-garbage")
    });
    let mut after = player
        .events()
        .iter()
        .filter(|happened| happened.at >= broke.at);
    let next = after
        .find(|happened| happened.what.page().is_some())
        .expect("something follows");
    let gap = next.at - broke.at;
    assert!(gap < FILLED, "a film that breaks is followed after {gap:?}");

    for name in FAULTY {
        let log = player.log();
        let reports = log
            .lines()
            .filter(|line| line.contains(&format!("item \"{name}\" is passed over")))
            .count();
        assert_eq!(reports, 1, "the log names {name} once\n{log}");
        let problems = player
            .events()
            .iter()
            .filter(|happened| is_problem(&happened.what, name))
            .count();
        assert_eq!(problems, 1, "{name} is one event\n{log}");
    }
}

fn is_problem(what: &What, name: &str) -> bool {
    matches!(what, What::Problem { item } if item == name)
}

#[test]
fn without_anything_to_show_the_card_shows() {
    if !are_here("the card", &["Xvfb", "setpriv"]) {
        return;
    }
    let _alone = alone();
    let session = Session::x11(Wishes::default());
    let display = Display::of(&session);
    let empty = Written::new(HEAD);
    let rendered = Rendered::card(empty.write(), AT, session.size);
    let still = rendered.still();
    for (what, other) in [
        (
            "title",
            Written::new("title = \"Khác\"\nhotline = \"0299 3623 333\""),
        ),
        (
            "hotline",
            Written::new("title = \"Trung tâm Phục vụ hành chính công\"\nhotline = \"1900 0000\""),
        ),
    ] {
        let other = Rendered::card(other.write(), AT, session.size);
        assert!(
            other.page(&card()).apart(rendered.page(&card()), &still) > TOLERANCE,
            "the card says the {what}"
        );
    }
    shows_the_card(&session, &display, empty.write(), &rendered, "");

    let all_faulty = Written::new(HEAD).item("image", "missing", "source = \"missing.png\"");
    let rendered = Rendered::card(all_faulty.write(), AT, session.size);
    shows_the_card(
        &session,
        &display,
        all_faulty.write(),
        &rendered,
        "item \"missing\" is passed over",
    );

    // What the machine shows that has no show.
    let rendered = Rendered::card(
        Written::new("title = \"Bộ phận Một cửa\"").write(),
        AT,
        session.size,
    );
    let folder = tempfile::tempdir().unwrap();
    shows_the_card(&session, &display, folder.path(), &rendered, "show.toml");
    std::fs::write(folder.path().join("show.toml"), "title = \n[[playlist").unwrap();
    shows_the_card(&session, &display, folder.path(), &rendered, "show.toml:1");
    std::fs::write(folder.path().join("show.toml"), [0xFF, 0xFE, 0x00]).unwrap();
    shows_the_card(&session, &display, folder.path(), &rendered, "UTF-8");
}

/// Plays `show` and waits for its card, with the clock; it stays, and the log says `named` once.
fn shows_the_card(
    session: &Session,
    display: &Display,
    show: &Path,
    rendered: &Rendered,
    named: &str,
) {
    println!("{named:?}");
    let mut player = Player::start(session, show, &["--at", AT]);
    player.wait_for("the card is shown", PATIENCE, |what| *what == What::Card);
    // It is the same minute as in what was rendered, so that the clock is compared too.
    let all_but_bar = rendered.all_but_bar();
    let page = rendered.page(&card());
    let begun = Instant::now();
    while display.shot().apart(page, &all_but_bar) > TOLERANCE {
        let shot = || display.shot().keep("card.png");
        assert!(
            begun.elapsed() < Duration::from_secs(30),
            "the card is not shown: {}\n{}",
            shot(),
            player.log()
        );
        std::thread::sleep(Duration::from_millis(100));
    }
    std::thread::sleep(Duration::from_secs(3));
    let shot = display.shot();
    let apart = shot.apart(page, &rendered.still());
    assert!(
        apart <= TOLERANCE,
        "the card does not stay: {}",
        shot.keep("card.png")
    );
    assert!(player.ended().is_none(), "the player stays");
    let log = player.log();
    if !named.is_empty() {
        assert_eq!(
            log.lines().filter(|line| line.contains(named)).count(),
            1,
            "{named:?} is there once\n{log}"
        );
    }
}

#[test]
fn a_wrong_setting_is_named_on_the_screen_and_in_the_log() {
    if !are_here("settings", &["Xvfb", "setpriv"]) {
        return;
    }
    let _alone = alone();
    let session = Session::x11(Wishes::default());
    let display = Display::of(&session);
    let page = Written::new(HEAD).item(
        "announcement",
        "words",
        "dwell = \"600s\"\ntitle = \"Mời ông bà\"",
    );
    let film = Written::new(HEAD).medium("one-visit.webm").item(
        "video",
        "film",
        "source = \"one-visit.webm\"",
    );
    let rendered = Rendered::all(page.write(), AT, session.size);
    let (still, words) = (rendered.still(), rendered.page(&("words".to_owned(), 1)));

    let [unknown, too_loud, no_number] = [
        ("volum", "volum = 3"),
        ("volume", "volume = 300"),
        ("screen", "screen = \"left\""),
    ]
    .map(|(key, line)| {
        let (mut player, _folder) = start_with_settings(&session, page.write(), line);
        let seen = await_some("a plate is shown", PATIENCE, || {
            let shot = display.shot();
            let apart = shot.apart(words, &still);
            (shows(&mut player, "words") && (0.02..0.3).contains(&apart)).then_some(shot)
        });
        let log = player.log();
        let named = log
            .lines()
            .filter(|line| line.contains(&format!("`{key}`")))
            .count();
        assert_eq!(named, 1, "{key} is named once\n{log}");
        if key == "screen" {
            await_some("the plate goes by itself", PATIENCE, || {
                (display.shot().apart(words, &still) <= TOLERANCE).then_some(())
            });
        }
        player.terminate();
        player.wait_for_end(PATIENCE);
        seen
    });
    let plate = unknown.differing(words, &still);
    assert!(
        too_loud.apart(&unknown, &plate) > 0.0,
        "the plate names the setting"
    );
    assert!(
        no_number.apart(&too_loud, &plate) > 0.0,
        "the plate names the setting"
    );

    let (mut player, _folder) = start_with_settings(&session, film.write(), "volum = 3");
    await_some("the film is shown", PATIENCE, || {
        shows(&mut player, "film").then_some(())
    });
    std::thread::sleep(SETTLED);
    for _ in 0..10 {
        std::thread::sleep(Duration::from_millis(200));
        let shot = display.shot();
        assert!(
            shot.apart(&unknown, &plate) <= FILM_TOLERANCE,
            "the plate lies over a film: {}",
            shot.keep("plate.png")
        );
    }
}

fn start_with_settings(
    session: &Session,
    show: &Path,
    settings: &str,
) -> (Player, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("motcua.toml");
    std::fs::write(&file, format!("{settings}\n")).unwrap();
    let environment = [("MOTCUA_CONFIG", file.to_str().unwrap())];
    (
        Player::start_with(session, show, &["--at", AT], &environment),
        folder,
    )
}

/// Whether the player has been showing `item` for a while.
fn shows(player: &mut Player, item: &str) -> bool {
    player
        .on_screen()
        .is_some_and(|(page, since)| page.0 == item && since.elapsed() > SETTLED)
}
