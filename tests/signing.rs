//! Releases that are signed away from the server, by two persons, who see what they sign.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "link/server.rs"]
#[allow(dead_code, reason = "each file of tests uses its part")]
mod server;
#[allow(dead_code, reason = "each file of tests uses its part")]
#[path = "window/mod.rs"]
mod window;

use std::path::{Path, PathBuf};

use server::Server;
use window::show::Written;

const UNIT: &str = "Phường Phú Lợi";

/// A server whose keys lie with two persons.
struct Ministry {
    server: Server,
}

impl Ministry {
    fn found() -> Self {
        let server = Server::start();
        server.does(&["units", "add", UNIT, "--kind", "phường"]);
        let ministry = Self { server };
        ministry.push("before", "Trước khi chuyển khóa");
        ministry
    }

    fn file(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.server.folder().join(name)
    }

    fn push(&self, item: &str, title: &str) -> String {
        let keys = format!("title = \"{title}\"\nbody = \"Nội dung.\"");
        let show = Written::new("title = \"Một cửa\"").item("announcement", item, &keys);
        let folder = show.write().to_str().unwrap();
        self.server.player_does(&["push", folder, "--unit", UNIT])
    }

    /// Two persons make keys; those of the server that matter are given up.
    fn take_keys_off(&self) {
        let keys = self.file("keys");
        for name in ["chair", "approver"] {
            self.server
                .player_does(&["keys", "new", name, "--folder", &keys]);
        }
        let both = format!("2:{keys}/chair.pub,{keys}/approver.pub");
        let one = format!("{keys}/chair.pub");
        let roles = self.file("roles.json");
        let arguments = [
            "keys",
            "roles",
            "--root",
            &both,
            "--targets",
            &one,
            "--screens",
            &one,
            "--units",
            &both,
            "--out",
            &roles,
        ];
        self.server.player_does(&arguments);
        self.server.does(&["keys", "take-off", &roles]);
        self.sign_everything("first.json");
    }

    fn sign_everything(&self, bundle: &str) {
        self.export(bundle);
        self.sign(bundle, "chair");
        self.sign(bundle, "approver");
        self.import(bundle);
    }

    fn export(&self, bundle: &str) {
        self.server.does(&["export-unsigned", &self.file(bundle)]);
    }

    fn import(&self, bundle: &str) -> String {
        self.server.does(&["import-signed", &self.file(bundle)])
    }

    fn sign(&self, bundle: &str, who: &str) -> String {
        let key = self.file(&format!("keys/{who}.key"));
        let pages = self.file("pages");
        let bundle = self.file(bundle);
        self.server
            .player_does(&["sign", &bundle, "--key", &key, "--draw", &pages, "--yes"])
    }

    /// What a stick would carry to a screen.
    fn published(&self, title: &str) -> bool {
        let stick = self.path("stick");
        drop(std::fs::remove_dir_all(&stick));
        self.server
            .does(&["export", "--usb", stick.to_str().unwrap(), "--valid", "60d"]);
        holds(&stick, title)
    }
}

/// Whether a file of a show below `folder` has these words.
fn holds(folder: &Path, words: &str) -> bool {
    std::fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return holds(&path, words);
        }
        std::fs::read(&path).is_ok_and(|bytes| String::from_utf8_lossy(&bytes).contains(words))
    })
}

#[test]
fn two_persons_see_and_sign_what_screens_will_show() {
    let ministry = Ministry::found();
    assert!(ministry.published("Trước khi chuyển khóa"));
    ministry.take_keys_off();
    assert!(
        ministry.published("Trước khi chuyển khóa"),
        "what was published stays"
    );

    let said = ministry.push("after", "Cần hai người ký");
    assert!(said.contains("waits for its signatures"), "{said}");
    assert!(!ministry.published("Cần hai người ký"));

    ministry.export("second.json");
    let first = ministry.sign("second.json", "chair");
    assert!(
        first.contains("unit-phuong-phu-loi") && first.contains("0 of 2 signatures"),
        "{first}"
    );
    assert!(
        first.contains("~ show.toml"),
        "the difference is shown: {first}"
    );
    assert!(first.contains("1 new or changed items"), "{first}");
    assert!(
        first.contains("has to be signed by one more person"),
        "{first}"
    );
    let drawn = ministry.path("pages/phuong-phu-loi");
    let pages: Vec<_> = std::fs::read_dir(&drawn).unwrap().collect();
    assert_eq!(
        pages.len(),
        1,
        "the page of the one new item, in {}",
        drawn.display()
    );

    // One signature is not enough, and the same person twice is still one.
    ministry.import("second.json");
    assert!(!ministry.published("Cần hai người ký"));
    let key = ministry.file("keys/chair.key");
    let again = ministry.server.player_tries(&[
        "sign",
        &ministry.file("second.json"),
        "--key",
        &key,
        "--yes",
    ]);
    assert_eq!(again.status.code(), Some(1));

    ministry.sign("second.json", "approver");
    ministry.import("second.json");
    assert!(ministry.published("Cần hai người ký"));
}

#[test]
fn a_bundle_that_was_changed_on_the_way_is_not_signed() {
    let ministry = Ministry::found();
    ministry.take_keys_off();
    ministry.push("after", "Nội dung thật");
    ministry.export("bundle.json");
    let bundle = ministry.path("bundle.json");
    let text = std::fs::read_to_string(&bundle).unwrap();
    let changed = text.replace("Một cửa", "Giả mạo");
    assert_ne!(text, changed, "the release's document names the show");
    std::fs::write(&bundle, changed).unwrap();
    let key = ministry.file("keys/chair.key");
    let output =
        ministry
            .server
            .player_tries(&["sign", bundle.to_str().unwrap(), "--key", &key, "--yes"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("do not sign it"), "{said}");
}
