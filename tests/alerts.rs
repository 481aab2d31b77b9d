//! Alerts from the command line to the glass: a server, a screen that it has taken, and the person on duty.
//!
//! What is asserted is what is on the screen and in which order; how long it took is printed.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "link/office.rs"]
#[allow(dead_code, reason = "each file of tests uses its part")]
mod office;
#[path = "link/server.rs"]
#[allow(dead_code, reason = "each file of tests uses its part")]
mod server;
#[allow(dead_code, reason = "each file of tests uses its part")]
#[path = "window/mod.rs"]
mod window;

use std::path::PathBuf;
use std::time::Duration;

use office::{Office, PATIENCE, UNIT};
use window::player::{Player, What};
use window::programs::are_here;
use window::show::Written;
use window::{alone, await_some};

/// The share of a page that an alert changes at least.
const APART: f64 = 0.5;

/// An office whose person on duty has a key.
struct OnDuty {
    office: Office,
    key: PathBuf,
}

impl OnDuty {
    fn open() -> Self {
        Self::of(Office::open())
    }

    fn of(office: Office) -> Self {
        let folder = office.server.folder().join("keys");
        let folder_name = folder.to_str().unwrap();
        let said = office
            .server
            .player_does(&["keys", "new", "duty", "--folder", folder_name]);
        assert!(said.contains("public"), "{said}");
        let public = folder.join("duty.pub");
        let public = public.to_str().unwrap();
        let adding = ["keys", "alert", "add", "--unit", UNIT, public];
        let said = office.server.does(&adding);
        assert!(said.contains("may alert phuong-phu-loi"), "{said}");
        Self {
            office,
            key: folder.join("duty.key"),
        }
    }

    /// `motcua alert` with these arguments; its id and what it said.
    fn alerts(&self, more: &[&str]) -> (String, String) {
        let key = self.key.to_str().unwrap();
        let arguments = [&["alert", "--unit", UNIT, "--key", key], more].concat();
        let said = self.office.server.player_does(&arguments);
        let id = said.split_whitespace().next().unwrap().to_owned();
        (id, said)
    }

    /// Sends an alert and waits until the server has heard that it is on the screen.
    fn alerts_and_waits(&mut self, more: &[&str]) -> String {
        let (id, said) = self.alerts(&[more, &["--wait", "120"]].concat());
        println!("{}", said.trim());
        assert!(said.contains("shown on 1 of 1 screen"), "{said}");
        self.is_shown(&id);
        id
    }

    /// What the server says of the unit's alerts.
    fn list(&self) -> String {
        let arguments = ["alert", "--unit", UNIT, "--list"];
        self.office.server.player_does(&arguments)
    }

    fn is_shown(&mut self, id: &str) {
        let is_it = |what: &What| matches!(what, What::Alert { id: shown } if shown == id);
        self.office.player.wait_for(id, PATIENCE, is_it);
    }

    fn is_over(&mut self, id: &str) {
        let is_it = |what: &What| matches!(what, What::AlertOver { id: over } if over == id);
        self.office.player.wait_for(id, PATIENCE, is_it);
    }

    /// How often an alert came onto the screen since the player was started.
    fn times(&mut self, id: &str) -> usize {
        let events = self.office.player.events().iter();
        let shown = |what: &What| matches!(what, What::Alert { id: shown } if shown == id);
        events.filter(|happened| shown(&happened.what)).count()
    }

    fn stop_player(&mut self) {
        self.office.player.terminate();
        self.office.player.wait_for_end(PATIENCE);
    }

    fn start_player(&mut self) {
        let office = &mut self.office;
        office.player = Player::tied(&office.session, office.server.address(), &office.state);
    }

    /// Waits until an item is on the screen again.
    fn plays_again(&mut self, from: usize, name: &str) {
        await_some("the stage goes on", PATIENCE, || {
            let events = self.office.player.events()[from..].iter();
            let is_it = |what: &What| matches!(what, What::Shown { item, .. } if item == name);
            events
                .map(|happened| &happened.what)
                .find(|what| is_it(what))
                .map(|_| ())
        });
    }
}

fn film() -> Written {
    Written::new("title = \"Một cửa\"")
        .medium("online-filing.mp4")
        .item("video", "film", "source = \"online-filing.mp4\"")
}

#[test]
fn an_alert_covers_a_film_is_cancelled_and_comes_once() {
    if !are_here("the alert", &["Xvfb", "setpriv"]) {
        return;
    }
    let _alone = alone();
    let mut duty = OnDuty::open();
    duty.office.push_folder(film().write());
    duty.office.wait_for_item("film");
    let before = duty.office.shot();
    let whole = before.mask((1280, 720), |_, _| true);

    let id = duty.alerts_and_waits(&[
        "--text",
        "Nước sông lên nhanh",
        "--language-text",
        "en=The river is rising fast",
        "--instruction",
        "Rời khỏi bờ sông, theo hướng dẫn của cán bộ.",
        "--sender",
        "UBND phường Phú Lợi",
    ]);
    let shot = await_some("the alert is on the glass", PATIENCE, || {
        let shot = duty.office.shot();
        (shot.apart(&before, &whole) > APART).then_some(shot)
    });

    // It comes with every poll, and more than one passes.
    let polls = duty.office.player.log().matches("the alert").count();
    std::thread::sleep(Duration::from_secs(12));
    assert_eq!(duty.times(&id), 1, "{polls}");
    let still = duty.office.shot();
    assert!(still.apart(&shot, &whole) < 0.2, "it is still there");

    // What is worse covers it, and what is not does not.
    let worse = duty.alerts_and_waits(&["--text", "Vỡ đê", "--severity", "extreme"]);
    duty.alerts(&["--text", "Mưa to", "--severity", "moderate"]);
    let from = duty.office.player.events().len();
    duty.alerts(&["--cancel", &worse]);
    duty.is_over(&worse);
    await_some("the first is back", PATIENCE, || {
        (duty.times(&id) == 2).then_some(())
    });
    duty.alerts(&["--cancel", &id]);
    await_some("the third has its turn", PATIENCE, || {
        let alerts = duty.office.player.events()[from..].iter();
        let shown = alerts.filter(|happened| matches!(happened.what, What::Alert { .. }));
        (shown.count() == 2).then_some(())
    });

    // One that ends by itself, and the film goes on.
    let list = duty.list();
    let third = list
        .lines()
        .find(|line| line.contains("Mưa to"))
        .and_then(|line| line.split_whitespace().next())
        .unwrap()
        .to_owned();
    let from = duty.office.player.events().len();
    duty.alerts(&["--cancel", &third]);
    duty.plays_again(from, "film");
    let from = duty.office.player.events().len();
    let short = duty.alerts_and_waits(&["--text", "Hết giờ", "--for", "15s", "--no-siren"]);
    duty.is_over(&short);
    duty.plays_again(from, "film");
    duty.office.shot();
}

#[test]
fn an_alert_finds_a_screen_that_was_off_and_outlives_the_network() {
    if !are_here("the late alert", &["Xvfb", "setpriv"]) {
        return;
    }
    let _alone = alone();
    let mut duty = OnDuty::open();
    duty.office.push_folder(film().write());
    duty.office.wait_for_item("film");
    // The key was named after the screen was taken: it knows of it by now.
    let first = duty.alerts_and_waits(&["--text", "Thử", "--exercise"]);
    duty.alerts(&["--cancel", &first]);
    duty.is_over(&first);

    duty.stop_player();
    let (gone, _) = duty.alerts(&["--text", "Đã qua", "--for", "10s"]);
    let (late, said) = duty.alerts(&["--text", "Bão", "--for", "2h"]);
    assert!(said.contains("1 screen"), "{said}");
    std::thread::sleep(Duration::from_secs(11));
    duty.start_player();
    duty.is_shown(&late);
    assert_eq!((duty.times(&gone), duty.times(&first)), (0, 0));

    // Nobody is left to ask, and the player starts anew.
    duty.stop_player();
    duty.office.server.stop();
    duty.start_player();
    duty.is_shown(&late);
    assert_eq!(duty.times(&late), 1);
    duty.office.shot();

    // The server is back, and with it the word that it is over.
    duty.office.server.run();
    duty.alerts(&["--cancel", &late]);
    duty.is_over(&late);
    duty.plays_again(0, "film");
}

#[test]
fn an_alert_waits_for_no_download() {
    if !are_here("the alert during a download", &["Xvfb", "setpriv"]) {
        return;
    }
    let _alone = alone();
    let slow = [("MOTCUA_DOWNLOAD_KB_PER_S", "16")];
    let mut duty = OnDuty::of(Office::open_with((1280, 720), &slow));
    let push = film();
    duty.office.push_folder(push.write());
    await_some("it is fetching", PATIENCE, || {
        duty.office
            .player
            .log()
            .contains("fetching files")
            .then_some(())
    });
    duty.alerts_and_waits(&["--text", "Cháy", "--severity", "extreme"]);
    let events = duty.office.player.events().iter();
    let is_release = |what: &What| matches!(what, What::Release { .. });
    assert!(
        !events.map(|happened| &happened.what).any(is_release),
        "the download was still under way"
    );
}

#[test]
fn what_is_forged_or_mistaken_is_told() {
    if !are_here("the mistakes", &["Xvfb", "setpriv"]) {
        return;
    }
    let _alone = alone();
    let duty = OnDuty::open();
    let refused = |arguments: &[&str], why: &str| {
        let output = duty.office.server.player_tries(arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            !output.status.success() && said.contains(why),
            "{arguments:?}: {said}"
        );
    };
    let folder = duty.office.server.folder();
    let (other, key) = (folder.join("other"), duty.key.to_str().unwrap());
    let making = [
        "keys",
        "new",
        "stranger",
        "--folder",
        other.to_str().unwrap(),
    ];
    duty.office.server.player_does(&making);
    let stranger = other.join("stranger.key");
    let stranger = stranger.to_str().unwrap();
    let text = ["--text", "Giả"];
    refused(
        &[&["alert", "--unit", UNIT, "--key", stranger], &text[..]].concat(),
        "keys alert add",
    );
    refused(
        &[&["alert", "--unit", "Phường khác", "--key", key], &text[..]].concat(),
        "no unit",
    );
    refused(
        &[
            "alert", "--unit", UNIT, "--key", key, "--text", "x", "--for", "25h",
        ],
        "24h",
    );
    refused(
        &[
            "alert",
            "--unit",
            UNIT,
            "--key",
            key,
            "--text",
            "x",
            "--severity",
            "minor",
            "--siren",
        ],
        "siren",
    );
    let cap = folder.join("wrong.xml");
    std::fs::write(&cap, "<alert/>").unwrap();
    refused(
        &["alert", "--key", key, "--cap", cap.to_str().unwrap()],
        "CAP 1.2",
    );
}
