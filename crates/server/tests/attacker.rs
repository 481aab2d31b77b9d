//! The attacker who has the server: its disk, its database, its online keys, and an old backup with every key
//! that was ever on it. The keys that count were taken off. Whatever is served, no screen takes anything that
//! was not signed for it, and each keeps what it has.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use motcua_show::units::UnitId;
use motcua_sync::identity::{Identity, ScreenKey, screen_id as id_of};
use motcua_sync::store::Store;
use motcua_sync::tuf::metadata::{self, MetaFile, Metadata, Root, Snapshot, Targets, TopRole};
use motcua_sync::tuf::{self, KeyId, SigningKey, TargetFile, Trust, TufError};
use motcua_sync::worker::{Clock, Origin, RoundReport, WorkerSettings, sync_once};
use sqlx::Row;
use support::{Files, Office, Refused, Screen, Served, Signer, all_to, day, morning, screen_id};
use tempfile::TempDir;

/// Everything that the attacker has, and the screen that is attacked.
struct Siege {
    office: Office,
    person: Signer,
    ours: UnitId,
    theirs: UnitId,
    screen: Screen,
    player: Player,
    backup: BTreeMap<String, SigningKey>,
    held: Option<String>,
}

/// The same screen as a player has it: the worker with its store, which looks into folders.
struct Player {
    folder: TempDir,
    identity: Arc<Identity>,
}

impl Player {
    fn paired(key: ScreenKey, root: &[u8]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Trust::init(&folder.path().join("trust"), root).unwrap();
        let identity = Identity {
            screen: id_of(key.public_key()),
            name: "Sảnh".into(),
            unit: "Xã ta".into(),
            server: "http://127.0.0.1:9".into(),
            token: "secret".into(),
            ca: None,
            key,
        };
        Self {
            folder,
            identity: Arc::new(identity),
        }
    }

    /// One round with what lies in `served`.
    fn sync(&self, served: &Path, now: Timestamp) -> RoundReport {
        let store = Store::open(&self.folder.path().join("store")).unwrap();
        let trust = self.folder.path().join("trust");
        let mut settings = WorkerSettings::new(Arc::clone(&self.identity), trust, store);
        settings.origin = Origin::Folder(served.to_owned());
        settings.fetch.leave_free = 0;
        settings.clock = Clock::new(move || now);
        sync_once(&settings).unwrap()
    }

    /// What it shows: the title of its release, whose file says the same.
    fn shows(&self) -> Option<String> {
        let store = Store::open(&self.folder.path().join("store")).unwrap();
        let held = store.current()?;
        let file = held.read(&"show.toml".parse().unwrap()).unwrap();
        assert_eq!(held.release.title.as_bytes(), file);
        Some(held.release.title.clone())
    }
}

/// When it happens.
fn now() -> Timestamp {
    day(3)
}

impl Siege {
    async fn begin() -> Self {
        let office = Office::new().await;
        let repository = &office.repository;
        let province = office.unit("Tỉnh", None).await;
        let ours = office.unit("Xã ta", Some(&province)).await;
        let theirs = office.unit("Xã người", Some(&province)).await;
        let key = ScreenKey::generate().unwrap();
        let own = id_of(key.public_key());
        repository.assign(&own, &ours, "", morning()).await.unwrap();
        repository
            .assign(&screen_id("theirs"), &theirs, "", morning())
            .await
            .unwrap();
        office.push(&ours, "old", morning()).await;
        office.push(&theirs, "theirs", morning()).await;
        let mut backup = all_keys(&office);
        let person = Signer::new();
        repository.take_off(&all_to(&person), day(1)).await.unwrap();
        person.sign(&office, day(1)).await;
        // The online keys of today.
        backup.extend(all_keys(&office));
        office.push(&ours, "good", day(2)).await;
        person.sign(&office, day(2)).await;
        repository.renew(now()).await.unwrap();
        let mut screen = office.screen("ours").await;
        screen.id = own;
        assert_eq!(screen.title(&office, now()).unwrap(), "good");
        let held = screen.holds(&ours);
        let player = Player::paired(key, &office.repository.root().await.unwrap());
        let siege = Self {
            office,
            person,
            ours,
            theirs,
            screen,
            player,
            backup,
            held,
        };
        let report = siege.player.sync(siege.loot().await.path(), now());
        assert!(report.error.is_none(), "{:#?}", report.sentences());
        assert_eq!(siege.player.shows().unwrap(), "good");
        siege
    }

    /// Everything that the server ever signed, as files; current ones under their names.
    async fn loot(&self) -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        let pool = self.office.repository.database().pool();
        let metadata = "SELECT role, version, bytes FROM metadata ORDER BY version";
        for row in sqlx::query(metadata).fetch_all(pool).await.unwrap() {
            let (role, version): (String, i64) = (row.get(0), row.get(1));
            let bytes: Vec<u8> = row.get(2);
            write(
                folder.path(),
                &format!("metadata/{version}.{role}.json"),
                &bytes,
            );
            write(folder.path(), &format!("metadata/{role}.json"), &bytes);
        }
        for row in sqlx::query("SELECT path, bytes FROM targets")
            .fetch_all(pool)
            .await
            .unwrap()
        {
            let (name, bytes): (String, Vec<u8>) = (row.get(0), row.get(1));
            let place = TargetFile::of(&bytes).location(&name, true).unwrap();
            write(folder.path(), &format!("targets/{place}"), &bytes);
        }
        copy(
            &self.office.settings.data.join("blobs"),
            &folder.path().join("blobs"),
        );
        folder
    }

    /// A snapshot of the attacker's making and a timestamp over it, signed with the online keys.
    fn forge(&self, folder: &Path, change: impl FnOnce(&mut Snapshot)) {
        let mut snapshot: Snapshot = current(folder, "snapshot");
        (snapshot.version, snapshot.expires) = (self.seen("snapshot") + 1, day(300));
        change(&mut snapshot);
        let bytes = tuf::sign_metadata(&snapshot, &[&self.backup["snapshot"]]).unwrap();
        write(
            folder,
            &format!("metadata/{}.snapshot.json", snapshot.version),
            &bytes,
        );
        let file = MetaFile::of(snapshot.version, &bytes);
        let timestamp = metadata::Timestamp::new(self.seen("timestamp") + 1, day(300), file);
        let bytes = tuf::sign_metadata(&timestamp, &[&self.backup["timestamp"]]).unwrap();
        write(folder, "metadata/timestamp.json", &bytes);
    }

    /// The version of a role that the screen has seen; a lower one would be refused for that alone.
    fn seen(&self, role: &str) -> u64 {
        self.screen.trusted()[role]
    }

    /// The screen is served this. It may take the lie that nothing is new, and nothing else.
    fn serve(&mut self, folder: &Path, attack: &str) -> Result<Option<String>, Refused> {
        let looked = self.screen.look(&Files(folder), now());
        if let Ok(title) = &looked {
            assert_eq!(title.as_deref(), Some("good"), "{attack}");
        }
        assert_eq!(self.screen.holds(&self.ours), self.held, "{attack}");
        let report = self.player.sync(folder, now());
        assert_eq!(
            report.error.is_some(),
            looked.is_err(),
            "{attack}: {:#?}",
            report.sentences()
        );
        assert_eq!(self.player.shows().unwrap(), "good", "{attack}");
        looked
    }

    /// The same, where it must notice.
    fn refused(&mut self, folder: &Path, attack: &str) -> TufError {
        match self.serve(folder, attack) {
            Err(Refused::Metadata(error)) => error,
            other => panic!("{attack}: {other:?}"),
        }
    }
}

fn all_keys(office: &Office) -> BTreeMap<String, SigningKey> {
    let keys = office.repository.keys();
    let find = |(role, id): (String, KeyId)| {
        let key = keys.find(&role, &id).unwrap().unwrap();
        (role, key)
    };
    keys.list().unwrap().into_iter().map(find).collect()
}

fn write(folder: &Path, place: &str, bytes: &[u8]) {
    let path = folder.join(place);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (from, to) = {
            let entry = entry.unwrap();
            (entry.path(), to.join(entry.file_name()))
        };
        if from.is_dir() {
            copy(&from, &to);
        } else {
            fs::copy(from, to).unwrap();
        }
    }
}

fn current<T: Metadata>(folder: &Path, role: &str) -> T {
    tuf::read(&fs::read(folder.join(format!("metadata/{role}.json"))).unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replayed_metadata_changes_nothing() {
    let mut siege = Siege::begin().await;
    let timestamps: Vec<u64> =
        (1..=current::<metadata::Timestamp>(siege.loot().await.path(), "timestamp").version)
            .collect();
    for version in timestamps {
        let folder = siege.loot().await;
        let old = folder
            .path()
            .join(format!("metadata/{version}.timestamp.json"));
        let Ok(bytes) = fs::read(old) else { continue };
        write(folder.path(), "metadata/timestamp.json", &bytes);
        // The last one is what the screen has; every other one is older.
        let _ = siege.serve(folder.path(), "an old timestamp");
    }
    // Fresh signatures over an old state.
    let folder = siege.loot().await;
    let unit = format!("unit-{}", siege.ours);
    siege.forge(folder.path(), |snapshot| {
        let file = snapshot.meta.get_mut(&format!("{unit}.json")).unwrap();
        file.version -= 1;
    });
    let error = siege.refused(folder.path(), "an old release under a fresh snapshot");
    assert!(matches!(error, TufError::Rollback { .. }), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mixed_and_missing_metadata_is_refused() {
    let mut siege = Siege::begin().await;
    for role in ["targets", "screens"] {
        let folder = siege.loot().await;
        siege.forge(folder.path(), |snapshot| {
            snapshot
                .meta
                .get_mut(&format!("{role}.json"))
                .unwrap()
                .version -= 1;
        });
        siege.refused(folder.path(), role);
    }
    let folder = siege.loot().await;
    let own = format!("unit-{}.json", siege.ours);
    siege.forge(folder.path(), |snapshot| drop(snapshot.meta.remove(&own)));
    siege.refused(folder.path(), "a release that vanished");

    // Another unit's release under the name of ours.
    let folder = siege.loot().await;
    let theirs = fs::read(
        folder
            .path()
            .join(format!("metadata/unit-{}.json", siege.theirs)),
    )
    .unwrap();
    let next = format!("metadata/9.unit-{}.json", siege.ours);
    write(folder.path(), &next, &theirs);
    siege.forge(folder.path(), |snapshot| {
        snapshot.meta.get_mut(&own).unwrap().version = 9
    });
    siege.refused(folder.path(), "another unit's release");

    // Documents exchanged behind signed metadata.
    let folder = siege.loot().await;
    let root = siege.office.repository.root().await.unwrap();
    let mut fresh = Screen::new("ours", &root);
    fresh.id.clone_from(&siege.screen.id);
    let player = Player {
        folder: tempfile::tempdir().unwrap(),
        identity: Arc::clone(&siege.player.identity),
    };
    Trust::init(&player.folder.path().join("trust"), &root).unwrap();
    let fresh = std::mem::replace(&mut siege.screen, fresh);
    for unit in [&siege.ours, &siege.theirs] {
        for entry in fs::read_dir(folder.path().join(format!("targets/units/{unit}"))).unwrap() {
            fs::write(entry.unwrap().path(), b"{}").unwrap();
        }
    }
    let looked = siege.screen.look(&Files(folder.path()), now());
    assert!(matches!(looked, Err(Refused::Document(_))), "{looked:?}");
    assert!(player.sync(folder.path(), now()).error.is_some());
    assert_eq!(
        player.shows(),
        None,
        "nothing rather than what is not signed"
    );
    siege.screen = fresh;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_screen_is_not_moved_to_another_unit() {
    let mut siege = Siege::begin().await;
    // In the database, by the server's own program: it waits for a signature that never comes.
    let repository = siege.office.repository.clone();
    repository
        .assign(&siege.screen.id, &siege.theirs, "", now())
        .await
        .unwrap();
    siege.office.push(&siege.ours, "evil", now()).await;
    repository.renew(day(4)).await.unwrap();
    let folder = siege.loot().await;
    assert_eq!(
        siege
            .serve(folder.path(), "the server's own program")
            .unwrap()
            .unwrap(),
        "good"
    );

    // Forged, with the keys of the server and with those of the backup.
    for key in ["snapshot", "screens", "targets", "root"] {
        for ahead in [1, 9] {
            let folder = siege.loot().await;
            let mut screens: Targets = current(folder.path(), "screens");
            screens.version = siege.seen("screens") + ahead;
            let theirs = screens.targets[&format!("screens/{}.json", screen_id("theirs"))].clone();
            screens
                .targets
                .insert(format!("screens/{}.json", siege.screen.id), theirs);
            let bytes = tuf::sign_metadata(&screens, &[&siege.backup[key]]).unwrap();
            write(
                folder.path(),
                &format!("metadata/{}.screens.json", screens.version),
                &bytes,
            );
            siege.forge(folder.path(), |snapshot| {
                snapshot.meta.get_mut("screens.json").unwrap().version = screens.version;
            });
            let error = siege.refused(folder.path(), key);
            assert!(
                matches!(error, TufError::TooFewSignatures { .. }),
                "{key}: {error}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_root_is_refused() {
    let mut siege = Siege::begin().await;
    let attacker = SigningKey::generate().unwrap();
    for keys in [
        vec!["root"],
        vec!["root", "targets", "snapshot", "timestamp"],
        vec![],
    ] {
        // As the next one, and in the place of the one that took the keys off.
        for version in [2, 3] {
            let folder = siege.loot().await;
            let mut root: Root = current(folder.path(), "root");
            root.version = version;
            for role in TopRole::ALL {
                root = root.with_role(role, &[attacker.public()], 1);
            }
            let mut signers: Vec<&SigningKey> =
                keys.iter().map(|key| &siege.backup[*key]).collect();
            signers.push(&attacker);
            let bytes = tuf::sign_metadata(&root, &signers).unwrap();
            write(
                folder.path(),
                &format!("metadata/{version}.root.json"),
                &bytes,
            );
            let looked = siege.serve(folder.path(), "a new root");
            assert!(looked.is_err() || version == 2, "{keys:?}");
        }
    }
    assert_eq!(siege.screen.trust.versions()["root"], 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forged_releases_are_refused_and_the_honest_one_still_comes() {
    let mut siege = Siege::begin().await;
    let unit = format!("unit-{}", siege.ours);
    for key in [unit.as_str(), "targets", "snapshot", "root"] {
        let folder = siege.loot().await;
        let mut release: Targets = current(folder.path(), &unit);
        release.version = siege.seen(&unit) + 1;
        let name = format!("units/{}/release.json", siege.ours);
        release.targets.insert(name, TargetFile::of(b"{}"));
        let bytes = tuf::sign_metadata(&release, &[&siege.backup[key]]).unwrap();
        write(
            folder.path(),
            &format!("metadata/{}.{unit}.json", release.version),
            &bytes,
        );
        siege.forge(folder.path(), |snapshot| {
            snapshot
                .meta
                .get_mut(&format!("{unit}.json"))
                .unwrap()
                .version = release.version;
        });
        let error = siege.refused(folder.path(), key);
        assert!(
            matches!(error, TufError::TooFewSignatures { .. }),
            "{key}: {error}"
        );
    }
    // All that is left is to hold the screen back; it notices when what it is served expires.
    let folder = siege.loot().await;
    siege.forge(folder.path(), |_| {});
    let late = siege
        .screen
        .look(&Files(folder.path()), day(301))
        .unwrap_err();
    assert!(
        matches!(late, Refused::Metadata(TufError::Expired { .. })),
        "{late}"
    );
    assert_eq!(siege.screen.holds(&siege.ours), siege.held);

    // Forged snapshots have used up numbers; the screen's heartbeat tells, and the honest server passes them.
    let repository = siege.office.repository.clone();
    let trusted = siege.screen.trusted();
    repository
        .note_floors(&siege.screen.id, &trusted, None, day(4))
        .await
        .unwrap();
    siege.office.push(&siege.ours, "honest", day(4)).await;
    siege.person.sign(&siege.office, day(4)).await;
    assert_eq!(siege.screen.title(&siege.office, day(4)).unwrap(), "honest");
    let report = siege.player.sync(siege.loot().await.path(), day(4));
    assert!(report.error.is_none(), "{:#?}", report.sentences());
    assert_eq!(siege.player.shows().unwrap(), "honest");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn versions_driven_up_are_forgotten_with_the_keys_that_did_it() {
    let mut siege = Siege::begin().await;
    let folder = siege.loot().await;
    siege.forge(folder.path(), |snapshot| {
        for file in snapshot.meta.values_mut() {
            file.version = 1 << 40;
        }
    });
    siege.refused(folder.path(), "versions that nobody reaches");
    let repository = siege.office.repository.clone();
    let trusted = siege.screen.trusted();
    repository
        .note_floors(&siege.screen.id, &trusted, None, day(4))
        .await
        .unwrap();
    siege.person.sign(&siege.office, day(4)).await;
    assert!(
        siege.screen.look(&Served(&repository), day(4)).is_err(),
        "held back for now"
    );

    // The operator exchanges the keys, and with them those that the attacker has.
    repository
        .take_off(&all_to(&siege.person), day(4))
        .await
        .unwrap();
    siege.person.sign(&siege.office, day(4)).await;
    siege.office.push(&siege.ours, "after", day(4)).await;
    siege.person.sign(&siege.office, day(4)).await;
    assert_eq!(siege.screen.title(&siege.office, day(4)).unwrap(), "after");

    let folder = siege.loot().await;
    let report = siege.player.sync(folder.path(), day(4));
    assert!(report.error.is_none(), "{:#?}", report.sentences());
    assert_eq!(siege.player.shows().unwrap(), "after");
    siege.held = siege.screen.holds(&siege.ours);
    siege.forge(folder.path(), |_| {});
    let error = siege
        .screen
        .look(&Files(folder.path()), day(4))
        .unwrap_err();
    assert!(
        matches!(error, Refused::Metadata(TufError::TooFewSignatures { .. })),
        "{error}"
    );
}
