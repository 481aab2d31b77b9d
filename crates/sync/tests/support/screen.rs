//! A paired screen without a display.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use motcua_show::release::{FileRef, Release};
use motcua_sync::fetch::FetchSettings;
use motcua_sync::identity::{Identity, ScreenKey, screen_id};
use motcua_sync::source::Patience;
use motcua_sync::store::{Held, Store, sha256};
use motcua_sync::tuf::Trust;
use motcua_sync::worker::{Origin, RoundReport, WorkerSettings, sync_once};
use tempfile::TempDir;

use super::author::Author;

pub struct Screen {
    pub folder: TempDir,
    pub settings: WorkerSettings,
}

/// Short enough for a test to wait for, long enough for a busy machine to keep.
pub fn impatience() -> Patience {
    Patience {
        connect: Duration::from_secs(5),
        answer: Duration::from_secs(4),
        read: Duration::from_secs(4),
        document: Duration::from_secs(5),
        slowest: 0,
        pace_over: Duration::from_secs(60),
    }
}

/// How a test fetches: the disk of the machine that it runs on is not the question.
pub fn fetch_settings() -> FetchSettings {
    FetchSettings {
        leave_free: 0,
        ..FetchSettings::default()
    }
}

impl Screen {
    /// A screen of the author's ward, paired with the server at this address.
    pub fn paired(author: &mut Author, server: &str) -> Self {
        Self::paired_at(author, server, "ward", tempfile::tempdir().unwrap())
    }

    pub fn paired_at(author: &mut Author, server: &str, unit: &str, folder: TempDir) -> Self {
        let key = ScreenKey::generate().unwrap();
        let screen = screen_id(key.public_key());
        author.assign(&screen, unit);
        let trust = folder.path().join("trust");
        Trust::init(&trust, &author.root()).unwrap();
        let identity = Identity {
            screen,
            name: "Sảnh".into(),
            unit: unit.into(),
            server: server.to_owned(),
            token: "secret".into(),
            ca: None,
            key,
        };
        let store = Store::open(&folder.path().join("store")).unwrap();
        let mut settings = WorkerSettings::new(Arc::new(identity), trust, store);
        settings.patience = impatience();
        settings.fetch = fetch_settings();
        settings.poll = Duration::from_secs(3600);
        settings.scrub_bytes_per_second = 0;
        Self { folder, settings }
    }

    /// A screen that looks into the author's folder.
    pub fn of_folder(author: &mut Author) -> Self {
        let mut screen = Self::paired(author, "http://127.0.0.1:9");
        screen.look_into(author.path().to_owned());
        screen
    }

    pub fn look_into(&mut self, folder: PathBuf) {
        self.settings.origin = Origin::Folder(folder);
    }

    pub fn store(&self) -> &Store {
        &self.settings.store
    }

    /// One round.
    pub fn sync(&self) -> RoundReport {
        sync_once(&self.settings).unwrap()
    }

    /// One round that must come out well.
    pub fn sync_well(&self) -> RoundReport {
        let report = self.sync();
        assert!(report.error.is_none(), "{:#?}", report.sentences());
        report
    }

    /// What it shows: the number of its release, which must be whole.
    pub fn shows(&self) -> u64 {
        let held = self.store().current().expect("a release is current");
        assert_whole(&held);
        held.release.number
    }

    /// Turns the machine off and on.
    pub fn restart(&mut self) {
        self.settings.store = Store::open(&self.folder.path().join("store")).unwrap();
    }

    /// The blob of these bytes on its disk.
    pub fn blob(&self, bytes: &[u8]) -> PathBuf {
        self.store()
            .root()
            .join(motcua_sync::source::blob_path(&sha256(bytes)))
    }
}

/// Every file of a release is there and is what was signed.
pub fn assert_whole(held: &Held) {
    for path in held.release.files.keys() {
        held.read(path)
            .unwrap_or_else(|error| panic!("release {}: {error}", held.release.number));
    }
}

pub fn length_of(release: &Release, path: &str) -> FileRef {
    release.files[&path.parse().unwrap()].clone()
}
