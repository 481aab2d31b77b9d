//! A repository in memory that can be made to misbehave, and a screen that reads it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::rc::Rc;

use jiff::{SignedDuration, Timestamp as Instant};
use motcua_sync::tuf::metadata::{
    DelegatedRole, MetaFile, Metadata, RoleKeys, Root, Snapshot, Targets, Timestamp, TopRole,
};
use motcua_sync::tuf::{
    FetchError, Key, MetadataSource, Refreshed, SigningKey, TargetFile, Trust, TufError,
    sign_metadata,
};
use tempfile::TempDir;

/// When these stories take place.
pub fn now() -> Instant {
    "2026-01-05T07:00:00Z".parse().unwrap()
}

pub fn in_days(days: i64) -> Instant {
    now() + SignedDuration::from_hours(24 * days)
}

pub fn new_key() -> Rc<SigningKey> {
    Rc::new(SigningKey::generate().unwrap())
}

pub struct Repository {
    pub root: Root,
    pub timestamp: Timestamp,
    pub snapshot: Snapshot,
    pub targets: BTreeMap<String, Targets>,
    /// Who signs each role when it is published.
    pub signers: BTreeMap<String, Vec<Rc<SigningKey>>>,
    /// Whether the snapshot and the timestamp name lengths and hashes.
    pub with_hashes: bool,
    pub files: BTreeMap<String, Vec<u8>>,
    pub requests: RefCell<Vec<String>>,
}

impl Repository {
    /// Version 1 of everything.
    pub fn new() -> Self {
        let expires = in_days(30);
        let mut repository = Self {
            root: Root::new(0, expires),
            timestamp: Timestamp::new(0, expires, meta(0)),
            snapshot: Snapshot::new(0, expires),
            targets: BTreeMap::from([("targets".to_owned(), Targets::new(0, expires))]),
            signers: BTreeMap::new(),
            with_hashes: false,
            files: BTreeMap::new(),
            requests: RefCell::default(),
        };
        for role in TopRole::ALL {
            repository.set_keys(role, vec![new_key()], 1);
        }
        repository.publish(&["root", "targets", "snapshot", "timestamp"]);
        repository
    }

    /// Names `keys` in the root and signs with them.
    pub fn set_keys(&mut self, role: TopRole, keys: Vec<Rc<SigningKey>>, threshold: u32) {
        let public: Vec<Key> = keys.iter().map(|key| key.public()).collect();
        self.root = self.root.clone().with_role(role, &public, threshold);
        self.signers.insert(role.name().to_owned(), keys);
    }

    pub fn rotate(&mut self, role: TopRole) {
        self.set_keys(role, vec![new_key()], 1);
    }

    /// Hands `paths` to a role with a key of its own.
    pub fn delegate(&mut self, delegator: &str, role: &str, paths: &[&str], terminating: bool) {
        let key = self
            .signers
            .get(role)
            .map_or_else(new_key, |keys| keys[0].clone());
        let public = key.public();
        let mut delegated = DelegatedRole::new(role, RoleKeys::new([&public], 1), paths);
        delegated.terminating = terminating;
        self.add_delegation(delegator, delegated, &public);
        self.signers.insert(role.to_owned(), vec![key]);
    }

    pub fn add_delegation(&mut self, delegator: &str, role: DelegatedRole, key: &Key) {
        let name = role.name.clone();
        let targets = self.targets[delegator]
            .clone()
            .with_delegation(role, std::slice::from_ref(key));
        self.targets.insert(delegator.to_owned(), targets);
        self.targets
            .entry(name)
            .or_insert_with(|| Targets::new(0, in_days(30)));
    }

    pub fn add_target(&mut self, role: &str, name: &str, content: &[u8]) -> TargetFile {
        let file = TargetFile::of(content);
        let targets = self.targets[role].clone().with_target(name, file.clone());
        self.targets.insert(role.to_owned(), targets);
        file
    }

    /// Publishes the next version of these roles, in this order.
    pub fn publish(&mut self, roles: &[&str]) {
        for &role in roles {
            match role {
                "root" => self.root.version += 1,
                "timestamp" => self.timestamp.version += 1,
                "snapshot" => self.snapshot.version += 1,
                other => self.targets.get_mut(other).unwrap().version += 1,
            }
            self.publish_as_it_is(role);
        }
    }

    /// Everything but the root.
    pub fn publish_all(&mut self) {
        let roles: Vec<String> = self.targets.keys().cloned().collect();
        let roles = roles
            .iter()
            .map(String::as_str)
            .chain(["snapshot", "timestamp"]);
        self.publish(&roles.collect::<Vec<_>>());
    }

    /// Signs a role without counting its version up.
    pub fn publish_as_it_is(&mut self, role: &str) {
        let (version, bytes) = match role {
            "root" => self.signed(role, &self.root),
            "timestamp" => self.signed(role, &self.timestamp),
            "snapshot" => self.signed(role, &self.snapshot),
            other => self.signed(role, &self.targets[other]),
        };
        let named = if self.with_hashes {
            MetaFile::of(version, &bytes)
        } else {
            meta(version)
        };
        match role {
            "root" | "timestamp" => {}
            "snapshot" => {
                let timestamp = &self.timestamp;
                self.timestamp = Timestamp::new(timestamp.version, timestamp.expires, named);
            }
            other => self.snapshot = self.snapshot.clone().with_role(other, named),
        }
        self.files.insert(Self::file(role, version), bytes);
    }

    fn signed<T: Metadata>(&self, role: &str, metadata: &T) -> (u64, Vec<u8>) {
        let keys: Vec<&SigningKey> = self.signers[role].iter().map(Rc::as_ref).collect();
        (metadata.version(), sign_metadata(metadata, &keys).unwrap())
    }

    /// The name of a file of a role that needs no encoding.
    pub fn file(role: &str, version: u64) -> String {
        match role {
            "timestamp" => "timestamp.json".to_owned(),
            role => format!("{version}.{role}.json"),
        }
    }

    /// What was asked for since the last time.
    pub fn asked(&self) -> Vec<String> {
        self.requests.take()
    }
}

impl MetadataSource for Repository {
    fn fetch(&self, file: &str, max: u64) -> Result<Option<Vec<u8>>, FetchError> {
        self.requests.borrow_mut().push(file.to_owned());
        Copy(self.files.clone()).fetch(file, max)
    }
}

/// The files of a repository at one moment, or whatever an attacker makes of them.
pub struct Copy(pub BTreeMap<String, Vec<u8>>);

impl MetadataSource for Copy {
    fn fetch(&self, file: &str, max: u64) -> Result<Option<Vec<u8>>, FetchError> {
        match self.0.get(file) {
            Some(bytes) if bytes.len() as u64 > max => Err(FetchError::TooLong { max }),
            found => Ok(found.cloned()),
        }
    }
}

fn meta(version: u64) -> MetaFile {
    MetaFile {
        version,
        length: None,
        hashes: None,
    }
}

/// A folder in memory where there is one: the fsyncs of a disk would take most of the time, and
/// nothing here depends on them.
pub fn memory_folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() {
        TempDir::new_in(memory)
    } else {
        TempDir::new()
    }
    .unwrap()
}

/// A screen that is started anew for everything it does.
pub struct Screen {
    pub folder: TempDir,
}

impl Screen {
    /// Trusts the repository's first root.
    pub fn new(repository: &Repository) -> Self {
        let folder = memory_folder();
        Trust::init(folder.path(), &repository.files["1.root.json"]).unwrap();
        Self { folder }
    }

    /// One that is up to date.
    pub fn fresh(repository: &Repository) -> Self {
        let screen = Self::new(repository);
        screen.refresh(repository).unwrap();
        repository.asked();
        screen
    }

    pub fn open(&self) -> Trust {
        Trust::open(self.folder.path()).unwrap()
    }

    pub fn refresh(&self, source: &dyn MetadataSource) -> Result<Refreshed, TufError> {
        self.refresh_at(source, now())
    }

    pub fn refresh_at(
        &self,
        source: &dyn MetadataSource,
        now: Instant,
    ) -> Result<Refreshed, TufError> {
        self.open().refresh(source, now)
    }

    pub fn find(
        &self,
        source: &dyn MetadataSource,
        target: &str,
    ) -> Result<Option<TargetFile>, TufError> {
        let mut trust = self.open();
        trust.refresh(source, now())?;
        trust.find(source, target, now())
    }

    /// Versions of the raw metadata on disk: root, timestamp, snapshot, targets; 0 for none.
    pub fn versions(&self) -> [u64; 4] {
        TopRole::ALL.map(|role| version_of(&self.path(&format!("{}.json", role.name()))))
    }

    pub fn path(&self, file: &str) -> std::path::PathBuf {
        self.folder.path().join(file)
    }

    /// All files of the folder.
    pub fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let entries = fs::read_dir(self.folder.path())
            .unwrap()
            .map(Result::unwrap);
        entries
            .map(|entry| {
                (
                    entry.file_name().into_string().unwrap(),
                    fs::read(entry.path()).unwrap(),
                )
            })
            .collect()
    }

    /// Makes the folder hold exactly these files.
    pub fn restore(&self, files: &BTreeMap<String, Vec<u8>>) {
        for entry in fs::read_dir(self.folder.path())
            .unwrap()
            .map(Result::unwrap)
        {
            fs::remove_file(entry.path()).unwrap();
        }
        for (name, bytes) in files {
            fs::write(self.path(name), bytes).unwrap();
        }
    }
}

fn version_of(path: &Path) -> u64 {
    let Ok(bytes) = fs::read(path) else { return 0 };
    let value: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    value["signed"]["version"].as_u64().unwrap()
}
