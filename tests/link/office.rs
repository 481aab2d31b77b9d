//! An office for tests: a display, a server, and a screen that it has taken.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::server::Server;
use crate::window::await_some;
use crate::window::display::Display;
use crate::window::picture::Picture;
use crate::window::player::{Player, What};
use crate::window::session::{Session, Wishes};
use crate::window::show::Written;

pub const PATIENCE: Duration = Duration::from_secs(120);
pub const UNIT: &str = "Phường Phú Lợi";

/// A display, a server and a screen that it has taken.
pub struct Office {
    pub session: Session,
    pub server: Server,
    pub state: PathBuf,
    pub player: Player,
}

impl Office {
    /// Has a screen taken that follows no settings.
    pub fn open() -> Self {
        Self::open_with((1280, 720), &[])
    }

    /// Has a screen of this size taken that runs with these variables of the environment.
    pub fn open_with(size: (u32, u32), environment: &[(&str, &str)]) -> Self {
        let session = Session::x11(Wishes {
            size: Some(size),
            ..Wishes::default()
        });
        let server = Server::start();
        let added = server.does(&["units", "add", UNIT, "--kind", "phường"]);
        assert!(added.contains("phuong-phu-loi"), "{added}");
        let state = server.folder().join("screen");
        let mut player = Player::tied_with(&session, server.address(), &state, environment);
        let shown = player.wait_for("its code", PATIENCE, |what| {
            matches!(what, What::Code { .. })
        });
        let What::Code { code } = shown.what else {
            unreachable!()
        };
        player.wait_for("the code's page", PATIENCE, |what| *what == What::Card);
        let mut office = Self {
            session,
            server,
            state,
            player,
        };
        office.appears();
        let accepting = ["screens", "accept", &code, "--unit", UNIT, "--name", "Sảnh"];
        office.server.does(&accepting);
        let is_taken = |what: &What| *what == What::Taken;
        office.player.wait_for("the pairing", PATIENCE, is_taken);
        office
    }

    /// Makes a show the release of the unit; what `push` says comes back.
    pub fn push(&self, show: &Written) -> String {
        self.push_folder(show.write())
    }

    /// The same with the folder of a show.
    pub fn push_folder(&self, show: &Path) -> String {
        let arguments = ["push", show.to_str().unwrap(), "--unit", UNIT];
        self.server.player_does(&arguments)
    }

    /// Waits until an item is on the screen.
    pub fn wait_for_item(&mut self, name: &str) {
        let is_it = |what: &What| matches!(what, What::Shown { item, .. } if item == name);
        self.player.wait_for(name, PATIENCE, is_it);
    }

    /// Waits until a release has taken the stage.
    pub fn wait_for_release(&mut self, number: u64) {
        let is_it = |what: &What| *what == What::Release { number };
        self.player.wait_for("the release", PATIENCE, is_it);
    }

    /// What is on the screen.
    pub fn shot(&self) -> Picture {
        let shot = Display::of(&self.session).shot();
        shot.assert_is_something(Duration::ZERO);
        shot
    }

    /// What is on the screen once no cross-fade is under way.
    pub fn settled(&self) -> Picture {
        let mut before = self.shot();
        let page = before.mask(self.session.size, |_, y| (150..560).contains(&y));
        await_some("the picture stands still", PATIENCE, || {
            std::thread::sleep(Duration::from_millis(300));
            let shot = std::mem::replace(&mut before, self.shot());
            (shot.apart(&before, &page) == 0.0).then_some(shot)
        })
    }

    /// Waits until what the player handed over is on the glass.
    pub fn appears(&self) {
        let display = Display::of(&self.session);
        await_some("the player's window is there", PATIENCE, || {
            let shot = display.shot();
            (shot.black() < 0.5 && !shot.shows_ground()).then_some(())
        });
        self.shot();
    }

    /// Whether the list of screens holds this.
    pub fn shows(&self, name: &str) -> bool {
        let arguments = ["screens", "list"];
        self.server.does(&arguments).contains(name)
    }
}
