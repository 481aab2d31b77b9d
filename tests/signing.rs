//! Releases that are signed away from the server, by two persons, who see what they sign.
//!
//! And bundles of a server that was taken over: each would have a screen show what nobody approved.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "link/server.rs"]
#[allow(dead_code, reason = "each file of tests uses its part")]
mod server;
#[allow(dead_code, reason = "each file of tests uses its part")]
#[path = "window/mod.rs"]
mod window;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use motcua_sync::bundle::{Bundle, Entry, FORMAT, Signers};
use motcua_sync::tuf::metadata::{DelegatedRole, RoleKeys, Targets};
use motcua_sync::tuf::{self, SigningKey, TargetFile};
use server::Server;
use window::player::{PLAYER, without_settings};
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
        self.push_of("Một cửa", item, title)
    }

    fn push_of(&self, office: &str, item: &str, title: &str) -> String {
        let keys = format!("title = \"{title}\"\nbody = \"Nội dung.\"");
        let show = Written::new(&format!("title = \"{office}\"")).item("announcement", item, &keys);
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

    // Another title stands above every page, and so every page is drawn.
    ministry.push_of("Phường khác", "after", "Cần hai người ký");
    ministry.export("third.json");
    let said = ministry.sign("third.json", "chair");
    assert!(said.contains("every page is drawn: title"), "{said}");
    assert!(said.contains("1 new or changed items"), "{said}");
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

const RELEASE: &str = "units/a/release.json";

/// A person with a key, who is brought bundles and has no server.
struct Desk {
    folder: tempfile::TempDir,
    key: SigningKey,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = SigningKey::generate().unwrap();
        std::fs::write(folder.path().join("chair.key"), key.to_pem().unwrap()).unwrap();
        Self { folder, key }
    }

    fn entry(&self, role: &str, targets: &Targets) -> Entry {
        let metadata = tuf::sign_metadata(targets, &[]).unwrap();
        Entry {
            role: role.to_owned(),
            version: targets.version,
            metadata: String::from_utf8(metadata).unwrap(),
            published: None,
            documents: BTreeMap::new(),
            published_documents: BTreeMap::new(),
            signers: vec![Signers {
                threshold: 1,
                keys: vec![self.key.public()],
            }],
        }
    }

    fn release(&self, version: u64, number: u64) -> Entry {
        let document = release(number);
        let targets = Targets::new(version, "2030-01-01T00:00:00Z".parse().unwrap())
            .with_target(RELEASE, TargetFile::of(document.as_bytes()));
        let mut entry = self.entry("unit-a", &targets);
        entry.documents.insert(RELEASE.to_owned(), document);
        entry
    }

    fn tries(&self, entry: Entry, more: &[&str]) -> Output {
        let bundle = Bundle {
            format: FORMAT,
            made_at: "2026-01-01T00:00:00Z".parse().unwrap(),
            entries: vec![entry],
        };
        let path = self.folder.path().join("bundle.json");
        std::fs::write(&path, bundle.to_bytes().unwrap()).unwrap();
        let mut command = Command::new(PLAYER);
        without_settings(&mut command);
        command
            .arg("sign")
            .arg(&path)
            .args(["--yes", "--key"])
            .arg(self.folder.path().join("chair.key"))
            .arg("--data")
            .arg(self.folder.path().join("no-server"))
            .args(more)
            .output()
            .unwrap()
    }

    fn signs(&self, entry: Entry, more: &[&str]) -> String {
        let output = self.tries(entry, &[&["--without-pages"], more].concat());
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{error}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// It has to be refused; why comes back.
    fn refuses(&self, entry: Entry) -> String {
        let output = self.tries(entry, &["--without-pages"]);
        assert_eq!(output.status.code(), Some(1));
        let bundle = std::fs::read(self.folder.path().join("bundle.json")).unwrap();
        let bundle: Bundle = serde_json::from_slice(&bundle).unwrap();
        let entry = &bundle.entries[0];
        let signed = entry.signed_by(&entry.signers[0]).unwrap();
        assert!(signed.is_empty(), "nothing is signed");
        String::from_utf8(output.stderr).unwrap()
    }
}

/// The document of a release, signed on the day of its number.
fn release(number: u64) -> String {
    format!(
        "{{\"format\":1,\"unit\":\"a\",\"number\":{number},\"signed_at\":\"2026-01-{number:02}T00:00:00Z\",\
         \"title\":\"Số {number}\",\"files\":{{\"show.toml\":{{\"sha256\":\"{}\",\"length\":1}}}}}}",
        "0".repeat(64)
    )
}

#[test]
fn published_that_the_attacker_signed_himself_hides_nothing() {
    let desk = Desk::new();
    let attacker = SigningKey::generate().unwrap();
    let mut entry = desk.release(9, 7);
    let forged: Targets = tuf::read(entry.metadata.as_bytes()).unwrap();
    let forged = tuf::sign_metadata(&forged, &[&attacker]).unwrap();
    entry.published = Some(String::from_utf8(forged).unwrap());
    entry.signers.push(Signers {
        threshold: 1,
        keys: vec![attacker.public()],
    });
    let said = desk.signs(entry.clone(), &[]);
    assert!(said.contains("everything below counts as new"), "{said}");
    assert!(said.contains("release 7 of a: Số 7"), "{said}");
    assert!(said.contains("+ show.toml"), "{said}");

    entry.documents.clear();
    let said = desk.refuses(entry);
    assert!(said.contains("do not sign it"), "{said}");
}

#[test]
fn an_old_release_under_a_new_version_is_refused() {
    let desk = Desk::new();
    let first = desk.release(5, 7);
    let published = tuf::add_signature(first.metadata.as_bytes(), &desk.key).unwrap();
    desk.signs(first.clone(), &[]);
    desk.signs(first, &[]); // the same once more changes nothing

    let mut old = desk.release(6, 3);
    old.published = Some(String::from_utf8(published).unwrap());
    old.published_documents
        .insert(RELEASE.to_owned(), release(7));
    let said = desk.refuses(old.clone());
    assert!(
        said.contains("release 7") && said.contains("--again"),
        "{said}"
    );
    let said = desk.refuses(desk.release(5, 8));
    assert!(said.contains("another version 5"), "{said}");

    let said = desk.signs(old, &["--again"]);
    assert!(said.contains("release 3 of a: Số 3"), "{said}");
    assert!(said.contains("older than release 7"), "{said}");
    desk.refuses(desk.release(7, 6));
}

#[test]
fn a_renewal_says_which_release_it_is_of() {
    let desk = Desk::new();
    let first = desk.release(5, 7);
    let published = tuf::add_signature(first.metadata.as_bytes(), &desk.key).unwrap();
    desk.signs(first, &[]);
    let mut renewed = desk.release(6, 7);
    renewed.published = Some(String::from_utf8(published).unwrap());
    let said = desk.signs(renewed, &[]);
    assert!(said.contains("valid until 2030-01-01"), "{said}");
    assert!(
        said.contains("release 7 of a") && said.contains("as before"),
        "{said}"
    );
}

#[test]
fn roles_that_reach_further_are_pointed_out() {
    let desk = Desk::new();
    let keys = [desk.key.public()];
    let tree = |version, paths: &[&str]| {
        let role = DelegatedRole::new("unit-a", RoleKeys::new(&keys, 1), paths);
        Targets::new(version, "2030-01-01T00:00:00Z".parse().unwrap()).with_delegation(role, &keys)
    };
    let published = tuf::sign_metadata(&tree(1, &["units/a/*"]), &[&desk.key]).unwrap();
    let mut entry = desk.entry("targets", &tree(2, &["units/*", "screens/*"]));
    entry.published = Some(String::from_utf8(published).unwrap());
    let said = desk.signs(entry, &[]);
    assert!(said.contains("~ unit-a is signed by 1 of"), "{said}");
    assert!(said.contains("for units/*, screens/* (it"), "{said}");
    assert!(said.contains("! unit-a would be believed"), "{said}");

    // Another key under the id of one that is known.
    let mut swapped = tree(3, &["units/a/*"]);
    let attacker = SigningKey::generate().unwrap().public();
    let delegations = swapped.delegations.as_mut().unwrap();
    delegations.keys.insert(desk.key.id(), attacker);
    let said = desk.refuses(desk.entry("targets", &swapped));
    assert!(said.contains("another key"), "{said}");
}

#[test]
fn pages_that_cannot_be_seen_are_not_signed_by_accident() {
    let desk = Desk::new();
    let output = desk.tries(desk.release(1, 1), &[]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("--without-pages"), "{said}");
    let said = desk.signs(desk.release(1, 1), &[]);
    assert!(said.contains("no page was drawn"), "{said}");
}
