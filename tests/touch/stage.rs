//! A screen that a visitor comes to: a display, a player on it, and the show that it plays.

use std::path::{Path, PathBuf};

use crate::hand::{AT, Hand, PATIENCE};
use crate::window::player::{Player, What};
use crate::window::session::{Session, Wishes};
use crate::window::show::{Written, of_project};

/// What every show here begins with: what it needs to be looked up as the sample show is.
pub const HEAD: &str = r#"
title = "Trung tâm Phục vụ hành chính công"
unit = "Phường Phú Lợi, thành phố Cần Thơ"
second_languages = ["km", "en"]
hotline = "0299 3623 333"
feedback = "37 Nguyễn Văn Thêm"
"#;

/// Its lookup.
const LOOKUP: &str = r#"
[lookup]
received_here = ["1.001193", "1.000894", "1.000656"]
most_asked = ["2.000815", "1.001193", "2.000635"]
counter = { vi = "quầy số 1", en = "counter 1" }
"#;

/// A show with the procedures of the sample show and no item.
pub fn office_show() -> Written {
    with_procedures(Written::new(&format!("{HEAD}{LOOKUP}")))
}

/// The same with one page that names no procedure.
pub fn with_notice() -> Written {
    office_show().item(
        "announcement",
        "notice",
        "title = \"Trung tâm mở cửa lúc 07:00\"\nbody = \"Mời ông bà đến quầy số 1.\"\ndwell = \"600s\"",
    )
}

/// Puts the procedures of the sample show beside a show.
pub fn with_procedures(show: Written) -> Written {
    let folder = of_project("playlists/one-stop/procedures");
    let entries = std::fs::read_dir(folder).unwrap();
    entries.fold(show.medium("birth-form.pdf"), |show, entry| {
        let file = entry.unwrap().path();
        let name = file.file_name().unwrap().to_str().unwrap();
        show.file(&format!("procedures/{name}"), procedure(name).as_bytes())
    })
}

/// A procedure of the sample show as it stands in another folder: its form lies beside the show there.
pub fn procedure(file: &str) -> String {
    let sample = of_project("playlists/one-stop/procedures").join(file);
    let text = std::fs::read_to_string(sample).unwrap();
    text.replace("../../../media/", "../")
}

/// The screen.
pub struct Stage {
    pub session: Session,
    pub player: Player,
    pub show: PathBuf,
    pub state: tempfile::TempDir,
    /// Programs that the player finds: none that reads aloud, whatever this machine has.
    _programs: tempfile::TempDir,
}

impl Stage {
    /// A player that plays `show`.
    pub fn of(show: &Path) -> Self {
        Self::start(show, &[], &[])
    }

    /// The same with settings.
    pub fn with(show: &Path, settings: &[(&str, &str)]) -> Self {
        Self::start(show, &[], settings)
    }

    /// The same with more arguments.
    pub fn with_arguments(show: &Path, arguments: &[&str]) -> Self {
        Self::start(show, arguments, &[])
    }

    fn start(show: &Path, arguments: &[&str], settings: &[(&str, &str)]) -> Self {
        let session = Session::x11(Wishes::default());
        let state = tempfile::tempdir().unwrap();
        let programs = bare_programs();
        let own = [
            ("PATH", programs.path().to_str().unwrap()),
            ("MOTCUA_STATE", state.path().to_str().unwrap()),
        ];
        let environment = [&own, settings].concat();
        let arguments = [&["--at", AT], arguments].concat();
        let mut player = Player::start_with(&session, show, &arguments, &environment);
        player.wait_for("a page is shown", PATIENCE, |what| what.page().is_some());
        Self {
            session,
            player,
            show: show.to_owned(),
            state,
            _programs: programs,
        }
    }

    /// A hand at this screen.
    pub fn hand(&self) -> Hand {
        Hand::at(&self.session, &self.show)
    }
}

/// A folder with nothing but the program that the player is started with.
pub fn bare_programs() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let setpriv = std::env::split_paths(&path)
        .map(|folder| folder.join("setpriv"))
        .find(|file| file.is_file())
        .expect("setpriv is there");
    std::os::unix::fs::symlink(setpriv, folder.path().join("setpriv")).unwrap();
    folder
}

/// What was heard of visits.
pub struct Visits {
    /// How many events were looked at.
    looked_at: usize,
}

impl Visits {
    /// From the beginning.
    pub const fn new() -> Self {
        Self { looked_at: 0 }
    }

    /// Waits until a visitor comes to `place` after what was heard before.
    pub fn come_to(&mut self, player: &mut Player, place: &str) {
        let from = self.looked_at;
        let log = player.log();
        let found = crate::window::await_some(
            &format!("the visit comes to {place}\n{log}"),
            PATIENCE,
            || {
                player.events()[from..].iter().position(
                |happened| matches!(&happened.what, What::Visit { place: found } if found == place),
            )
            },
        );
        self.looked_at = from + found + 1;
    }

    /// The places that were come to since.
    pub fn since(&self, player: &mut Player) -> Vec<String> {
        let events = player.events()[self.looked_at..].iter();
        events
            .filter_map(|happened| match &happened.what {
                What::Visit { place } => Some(place.clone()),
                _ => None,
            })
            .collect()
    }
}
