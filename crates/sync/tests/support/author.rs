//! An author with all keys, who publishes a repository into a folder.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::{Timestamp, ToSpan as _};
use motcua_show::release::{FileRef, Release};
use motcua_show::units::{Assignment, Unit, Units};
use motcua_sync::alert::{self, AlertKeys};
use motcua_sync::bundle::Signers;
use motcua_sync::source::blob_path;
use motcua_sync::store::sha256;
use motcua_sync::tuf::metadata::{
    self, DelegatedRole, MetaFile, RoleKeys, Root, Snapshot, TargetFile, Targets, TopRole,
};
use motcua_sync::tuf::{SigningKey, sign_metadata};
use tempfile::TempDir;

/// What a signed role holds: targets by name.
type Named = BTreeMap<String, Vec<u8>>;

pub struct Author {
    pub folder: TempDir,
    key: SigningKey,
    units: Vec<Unit>,
    /// The targets of each role.
    roles: BTreeMap<String, Named>,
    version: u64,
    pub expires: Timestamp,
    releases: u64,
    /// When its releases say that they were signed.
    pub signs_at: Timestamp,
    /// Which keys may alert which unit.
    pub alert_keys: AlertKeys,
}

impl Author {
    /// An author whose province `city` has the ward `ward`.
    pub fn new() -> Self {
        let mut author = Self {
            folder: tempfile::tempdir().unwrap(),
            key: SigningKey::generate().unwrap(),
            units: vec![unit("city", None), unit("ward", Some("city"))],
            roles: BTreeMap::new(),
            version: 0,
            expires: Timestamp::now() + 240.hours(),
            releases: 0,
            signs_at: Timestamp::now() - 1.hours(),
            alert_keys: AlertKeys::default(),
        };
        for folder in ["metadata", "targets", "blobs"] {
            fs::create_dir_all(author.folder.path().join(folder)).unwrap();
        }
        author.write("metadata/1.root.json", &author.root());
        author.publish();
        author
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The root that its screens are paired with.
    pub fn root(&self) -> Vec<u8> {
        let keys = [self.key.public()];
        // A fixed day, so that the same root comes out each time.
        let mut root = Root::new(1, "2099-01-01T00:00:00Z".parse().unwrap());
        for role in TopRole::ALL {
            root = root.with_role(role, &keys, 1);
        }
        sign_metadata(&root, &[&self.key]).unwrap()
    }

    /// Gives a screen to a unit.
    pub fn assign(&mut self, screen: &str, to: &str) {
        let assignment = Assignment {
            format: 1,
            screen: screen.to_owned(),
            unit: to.parse().unwrap(),
            name: "Sảnh".into(),
        };
        self.put(
            "screens",
            &format!("screens/{screen}.json"),
            serde_json::to_vec(&assignment).unwrap(),
        );
        self.publish();
    }

    /// Publishes a show of these files for a unit.
    pub fn release(&mut self, to: &str, files: &[(&str, Vec<u8>)]) -> Release {
        self.releases += 1;
        let mut release = Release {
            format: 1,
            unit: to.parse().unwrap(),
            number: self.releases,
            signed_at: self.signs_at,
            title: format!("show {}", self.releases),
            files: BTreeMap::new(),
        };
        let show = (
            "show.toml",
            format!("title = \"show {}\"", self.releases).into_bytes(),
        );
        for (path, bytes) in files.iter().chain([&show]) {
            let hash = sha256(bytes);
            self.write(&blob_path(&hash), bytes);
            let file = FileRef {
                sha256: hash,
                length: bytes.len() as u64,
            };
            release.files.insert(path.parse().unwrap(), file);
        }
        let document = serde_json::to_vec(&release).unwrap();
        self.put(
            &format!("unit-{to}"),
            &format!("units/{to}/release.json"),
            document,
        );
        self.publish();
        release
    }

    /// Lets a key alert a unit, and nobody else.
    pub fn lets_alert(&mut self, unit: &str, key: &SigningKey) {
        let signers = Signers {
            threshold: 1,
            keys: vec![key.public()],
        };
        self.alert_keys.units = [(unit.parse().unwrap(), signers)].into();
        self.publish();
    }

    /// Signs everything anew, as the next version.
    pub fn publish(&mut self) {
        self.version += 1;
        let version = self.version;
        let mut snapshot = Snapshot::new(version, self.expires);
        for role in self.roles.keys().cloned().collect::<Vec<_>>() {
            let targets = self.named(Targets::new(version, self.expires), &self.roles[&role]);
            let bytes = self.sign(&format!("{version}.{role}.json"), &targets);
            snapshot = snapshot.with_role(&role, MetaFile::of(version, &bytes));
        }
        let bytes = self.sign(&format!("{version}.targets.json"), &self.top());
        snapshot = snapshot.with_role("targets", MetaFile::of(version, &bytes));
        let bytes = self.sign(&format!("{version}.snapshot.json"), &snapshot);
        let named = MetaFile::of(version, &bytes);
        self.sign(
            "timestamp.json",
            &metadata::Timestamp::new(version, self.expires, named),
        );
    }

    /// A copy of the repository as it is now, as an attacker or a backup keeps it.
    pub fn copy(&self) -> TempDir {
        let copy = tempfile::tempdir().unwrap();
        copy_all(self.path(), copy.path());
        copy
    }

    /// Puts such a copy in the place of the repository.
    pub fn restore(&self, copy: &TempDir) {
        for entry in fs::read_dir(self.path()).unwrap() {
            fs::remove_dir_all(entry.unwrap().path()).unwrap();
        }
        copy_all(copy.path(), self.path());
    }

    /// Which of four sets of files comes next.
    pub fn turn(&self) -> u64 {
        self.releases % 4
    }

    pub fn blob(&self, bytes: &[u8]) -> PathBuf {
        self.path().join(blob_path(&sha256(bytes)))
    }

    /// The top-level targets: the tree, and who signs for what.
    fn top(&self) -> Targets {
        let units = Units {
            format: 1,
            units: self.units.clone(),
        };
        let mut tree =
            Named::from([("units.json".to_owned(), serde_json::to_vec(&units).unwrap())]);
        if !self.alert_keys.units.is_empty() {
            let keys = serde_json::to_vec(&self.alert_keys).unwrap();
            tree.insert(alert::TARGET.to_owned(), keys);
        }
        let mut top = self.named(Targets::new(self.version, self.expires), &tree);
        let key = self.key.public();
        let keys = || RoleKeys::new([&key], 1);
        let one = std::slice::from_ref(&key);
        top = top.with_delegation(DelegatedRole::new("screens", keys(), &["screens/*"]), one);
        for unit in &self.units {
            let pattern = format!("units/{}/*", unit.id);
            let role = DelegatedRole::new(&format!("unit-{}", unit.id), keys(), &[&pattern]);
            top = top.with_delegation(role, one);
        }
        top
    }

    fn named(&self, mut targets: Targets, named: &Named) -> Targets {
        for (name, bytes) in named {
            let file = TargetFile::of(bytes);
            let location = file.location(name, true).unwrap();
            self.write(&format!("targets/{location}"), bytes);
            targets = targets.with_target(name, file);
        }
        targets
    }

    fn put(&mut self, role: &str, name: &str, bytes: Vec<u8>) {
        self.roles
            .entry(role.to_owned())
            .or_default()
            .insert(name.to_owned(), bytes);
    }

    fn sign(&self, file: &str, metadata: &impl serde::Serialize) -> Vec<u8> {
        let bytes = sign_metadata(metadata, &[&self.key]).unwrap();
        self.write(&format!("metadata/{file}"), &bytes);
        bytes
    }

    fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        // Renamed into place, for whoever reads while the author publishes.
        let temporary = path.with_extension("writing");
        fs::write(&temporary, bytes).unwrap();
        fs::rename(&temporary, &path).unwrap();
    }
}

fn unit(id: &str, parent: Option<&str>) -> Unit {
    Unit {
        id: id.parse().unwrap(),
        name: id.to_uppercase(),
        kind: "phường".into(),
        parent: parent.map(|parent| parent.parse().unwrap()),
        first_day: None,
        last_day: None,
        successor: None,
    }
}

pub fn copy_all(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_all(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// Bytes that compress badly and are the same for the same seed.
pub fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut bytes = vec![0; length];
    random.fill(&mut bytes);
    bytes
}
