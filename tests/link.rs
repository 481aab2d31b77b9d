//! A screen and its server, both as programs: how it is taken, what it shows, and what nobody can make it show.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "link/office.rs"]
mod office;
#[path = "link/server.rs"]
mod server;
#[allow(dead_code, reason = "each file of tests uses its part")]
#[path = "window/mod.rs"]
mod window;

use office::{Office, PATIENCE, UNIT};
use server::Server;
use window::picture::Picture;
use window::player::{Player, What};
use window::programs::are_here;
use window::show::{Written, of_project};
use window::{alone, await_some, files_below};

/// The share of a page that two pages differ in at least, and one page never.
const APART: f64 = 0.01;

fn announcement(name: &str, title: &str) -> Written {
    let keys = format!("title = \"{title}\"\nbody = \"Mời ông bà đến quầy số 2.\"\ndwell = \"4s\"");
    Written::new("title = \"Một cửa\"").item("announcement", name, &keys)
}

#[test]
fn a_screen_follows_what_is_pushed_and_outlives_its_server() {
    if !are_here("the screen and its server", &["Xvfb", "setpriv"]) {
        return;
    }
    let _alone = alone();
    let mut office = Office::open();

    let said = office.push(&announcement("first", "Sáng nay làm việc bình thường"));
    assert!(
        said.contains("release 1") && said.contains("1 screen takes it"),
        "{said}"
    );
    office.wait_for_release(1);
    office.wait_for_item("first");
    let first = office.settled();

    let again = office.push(&announcement("first", "Sáng nay làm việc bình thường"));
    assert!(again.contains("already"), "{again}");
    office.push(&announcement("second", "Chiều nay nghỉ họp"));
    office.wait_for_item("second");
    let page = first.mask((1280, 720), |_, y| (150..560).contains(&y));
    let second = office.settled();
    let apart = first.apart(&second, &page);
    let kept = || (first.keep("first.png"), second.keep("second.png"));
    assert!(apart > APART, "{apart} of the page differs: {:?}", kept());

    // The server is gone, and so is the player for a moment: what was taken plays without anybody.
    office.server.stop();
    office.player.terminate();
    assert!(office.player.wait_for_end(PATIENCE).success());
    office.player = Player::tied(&office.session, office.server.address(), &office.state);
    office.wait_for_item("second");
    office.appears();

    office.server.run();
    office.push(&announcement("third", "Ngày mai làm việc lại"));
    office.wait_for_item("third");
    office.shot();
}

#[test]
fn a_paired_screen_plays_nothing_that_was_not_signed_for_it() {
    if !are_here("the paired screen", &["Xvfb", "setpriv"]) {
        return;
    }
    let _alone = alone();
    let mut office = Office::open();
    office.push(&announcement("signed", "Đã ký"));
    office.wait_for_item("signed");
    office.player.terminate();
    office.player.wait_for_end(PATIENCE);
    let state = office.state.to_str().unwrap().to_owned();
    let refused = |arguments: &[&str], why: &str| {
        let output = office.server.player_tries(arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned()
            + &String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
        assert!(said.contains(why), "{arguments:?}: {said}");
    };

    let own = of_project("playlists/one-stop");
    refused(
        &["play", own.to_str().unwrap(), "--state", &state],
        "plays only what is signed",
    );
    refused(
        &["play", "--server", "https://127.0.0.1:1", "--state", &state],
        "belongs to",
    );

    // A stick of its own server is welcome; one of a stranger is not.
    let stick = office.server.folder().join("stick");
    let stick = stick.to_str().unwrap();
    office.push(&announcement("carried", "Mang bằng thẻ nhớ"));
    office
        .server
        .does(&["export", "--usb", stick, "--valid", "60d"]);
    let stranger = Server::start();
    stranger.does(&["units", "add", UNIT, "--kind", "phường"]);
    let show = announcement("forged", "Giả mạo");
    stranger.player_does(&["push", show.write().to_str().unwrap(), "--unit", UNIT]);
    let foreign = office.server.folder().join("foreign");
    let foreign = foreign.to_str().unwrap();
    stranger.does(&["export", "--usb", foreign, "--valid", "60d"]);
    refused(
        &["sync", "--once", "--from", foreign, "--state", &state],
        "does not hold what this screen may show",
    );
    refused(
        &[
            "sync",
            "--once",
            "--from",
            own.to_str().unwrap(),
            "--state",
            &state,
        ],
        "",
    );

    office.server.stop();
    let said = office
        .server
        .player_does(&["sync", "--once", "--from", stick, "--state", &state]);
    assert!(said.contains("release 2"), "{said}");
    office.player = Player::tied(&office.session, office.server.address(), &office.state);
    office.wait_for_item("carried");
    office.player.terminate();
    office.player.wait_for_end(PATIENCE);

    // A screen that has lost who it is has not become one that belongs to nobody: it plays what it holds.
    std::fs::remove_file(office.state.join("identity.json")).unwrap();
    let output = office
        .server
        .player_tries(&["play", own.to_str().unwrap(), "--state", &state]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        !output.status.success() && said.contains("not its identity"),
        "{said}"
    );
    office.player = Player::tied(&office.session, office.server.address(), &office.state);
    office.wait_for_item("carried");
    office.appears();
}

#[test]
fn a_show_whose_bytes_rot_is_mended_and_comes_back() {
    if !are_here("the damaged store", &["Xvfb", "setpriv"]) {
        return;
    }
    let _alone = alone();
    let mut office = Office::open();
    office.push(&announcement("whole", "Nguyên vẹn"));
    office.wait_for_item("whole");
    office.player.terminate();
    office.player.wait_for_end(PATIENCE);
    let blobs = files_below(&office.state.join("store/blobs"));
    assert_eq!(blobs.len(), 1, "the show is one file: {blobs:?}");
    let mut bytes = std::fs::read(&blobs[0]).unwrap();
    bytes[40] ^= 1;
    std::fs::write(&blobs[0], bytes).unwrap();

    office.player = Player::tied(&office.session, office.server.address(), &office.state);
    office.wait_for_item("whole");
    office.appears();
}

#[test]
fn an_operator_sees_and_steers_a_screen_from_the_desk() {
    if !are_here("the commands", &["Xvfb", "setpriv"]) {
        return;
    }
    let _alone = alone();
    let mut office = Office::open();
    office.push(&announcement("steered", "Xem từ xa"));
    office.wait_for_item("steered");
    office.settled();
    await_some("the heartbeat", PATIENCE, || {
        office.shows("release 1").then_some(())
    });

    let picture = office.server.folder().join("shot.png");
    let arguments = [
        "screens",
        "command",
        "Sảnh",
        "screenshot",
        "--out",
        picture.to_str().unwrap(),
    ];
    office.server.does(&arguments);
    let (sent, seen) = (Picture::read(&picture), office.shot());
    let mask = seen.mask((1280, 720), |_, y| (150..560).contains(&y));
    assert!(
        sent.apart(&seen, &mask) < APART,
        "the picture is not what is on the screen"
    );

    office
        .server
        .does(&["screens", "command", "Sảnh", "identify"]);
    await_some("its name is on the screen", PATIENCE, || {
        let plate = seen.mask((1280, 720), |x, y| {
            (100..900).contains(&x) && (440..600).contains(&y)
        });
        (office.shot().apart(&seen, &plate) > APART).then_some(())
    });

    let said = office
        .server
        .does(&["screens", "command", "Sảnh", "sync-now"]);
    assert!(said.contains("release 1"), "{said}");

    let before = office.player.events().len();
    office
        .server
        .does(&["screens", "command", "Sảnh", "restart"]);
    await_some("the player started again", PATIENCE, || {
        let again = office.player.events()[before..].iter();
        again
            .map(|happened| &happened.what)
            .find(|what| **what == What::Taken)
            .map(|_| ())
    });
    assert!(office.player.ended().is_none(), "it is the same process");
    await_some("it shows its release again", PATIENCE, || {
        let again = office.player.events()[before..].iter();
        let is_shown = |what: &What| matches!(what, What::Shown { .. });
        again
            .map(|happened| &happened.what)
            .find(|what| is_shown(what))
            .map(|_| ())
    });
    office.appears();

    office.server.does(&["screens", "revoke", "Sảnh"]);
    office.push(&announcement("secret", "Chỉ cho màn hình khác"));
    await_some("it says that it was cut off", PATIENCE, || {
        office.player.log().contains("revoked").then_some(())
    });
    office.shot();
}
