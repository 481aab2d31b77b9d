//! A random walk of an attacker who has every file ever published and, at times, the online
//! keys, on a screen whose disk fails now and then. Whatever it does: what the screen finds was
//! signed for it, and never goes back.

use std::collections::BTreeMap;
use std::fs;
use std::rc::Rc;

use fastrand::Rng;
use motcua_sync::tuf::metadata::{MetaFile, Snapshot, Timestamp, TopRole};
use motcua_sync::tuf::{SigningKey, TargetFile, TufError, sign_metadata};

use crate::repository::{Copy, Repository, Screen, in_days, now};

const UNITS: [(&str, &str); 2] = [
    ("unit-a", "units/a/release.json"),
    ("unit-b", "units/b/release.json"),
];

struct Walk {
    random: Rng,
    repository: Repository,
    screen: Screen,
    /// Every file that was ever served, with all its contents.
    stale: BTreeMap<String, Vec<Vec<u8>>>,
    /// The timestamp's and the snapshot's key, while they are stolen.
    stolen: Option<[Rc<SigningKey>; 2]>,
    /// The highest release of each unit that the screen has found.
    shown: [u64; 2],
    published: [u64; 2],
    attacks_refused: u32,
}

impl Walk {
    fn new(seed: u64) -> Self {
        let mut repository = Repository::new();
        for (unit, target) in UNITS {
            let paths = format!("{}*", target.trim_end_matches("release.json"));
            repository.delegate("targets", unit, &[&paths], true);
        }
        let mut walk = Self {
            random: Rng::with_seed(seed),
            screen: Screen::new(&repository),
            repository,
            stale: BTreeMap::new(),
            stolen: None,
            shown: [0; 2],
            published: [0; 2],
            attacks_refused: 0,
        };
        walk.publish();
        walk
    }

    fn step(&mut self) {
        match self.random.u32(..100) {
            0..15 => self.publish(),
            15..20 => self.rotate(),
            20..25 => self.steal(),
            25..40 => self.damage(),
            40..60 => drop(self.look(&Copy(self.repository.files.clone()))),
            _ => self.attack(),
        }
    }

    /// Each unit may publish a release; its number is its content.
    fn publish(&mut self) {
        for (index, (unit, target)) in UNITS.iter().enumerate() {
            if self.random.bool() || self.published[index] == 0 {
                self.published[index] += 1;
                let content = self.published[index].to_string();
                self.repository.add_target(unit, target, content.as_bytes());
            }
        }
        self.repository.publish_all();
        self.remember();
    }

    fn rotate(&mut self) {
        self.repository.rotate(TopRole::Timestamp);
        self.repository.rotate(TopRole::Snapshot);
        self.repository.publish(&["root"]);
        self.repository.publish_all();
        self.stolen = None;
        self.remember();
    }

    /// The thief comes when the screen knows the keys: before that the specification lets the
    /// holder of brand-new keys begin where it likes.
    fn steal(&mut self) {
        if self.look(&Copy(self.repository.files.clone())).is_ok() {
            let key = |role: &str| self.repository.signers[role][0].clone();
            self.stolen = Some([key("timestamp"), key("snapshot")]);
        }
    }

    fn remember(&mut self) {
        for (name, bytes) in &self.repository.files {
            let contents = self.stale.entry(name.clone()).or_default();
            if !contents.contains(bytes) {
                contents.push(bytes.clone());
            }
        }
    }

    /// One file of the trust folder is torn, flipped or lost.
    fn damage(&mut self) {
        let mut files: Vec<_> = self.screen.files().into_iter().collect();
        let (name, mut bytes) = files.swap_remove(self.random.usize(..files.len()));
        let path = self.screen.path(&name);
        match self.random.u32(..3) {
            0 => fs::remove_file(path).unwrap(),
            1 => fs::write(path, &bytes[..self.random.usize(..bytes.len())]).unwrap(),
            _ => {
                let place = self.random.usize(..bytes.len());
                bytes[place] ^= 1 << self.random.u32(..8);
                fs::write(path, bytes).unwrap();
            }
        }
        // One fault at a time: the next start repairs it.
        drop(self.screen.open());
    }

    fn attack(&mut self) {
        let mut files = self.repository.files.clone();
        for _ in 0..self.random.u32(1..4) {
            let names: Vec<String> = self.stale.keys().cloned().collect();
            let name = names[self.random.usize(..names.len())].clone();
            let from = names[self.random.usize(..names.len())].clone();
            let contents = &self.stale[if self.random.bool() { &name } else { &from }];
            let content = contents[self.random.usize(..contents.len())].clone();
            match self.random.u32(..4) {
                0 => drop(files.remove(&name)),
                1 => drop(files.insert("timestamp.json".to_owned(), {
                    let timestamps = &self.stale["timestamp.json"];
                    timestamps[self.random.usize(..timestamps.len())].clone()
                })),
                _ => drop(files.insert(name, content)),
            }
        }
        if let Some([timestamp, snapshot]) = self.stolen.clone() {
            self.forge(&mut files, &timestamp, &snapshot);
        }
        if self.look(&Copy(files)).is_err() {
            self.attacks_refused += 1;
        }
    }

    /// Any versions of any roles, signed with the online keys.
    fn forge(
        &mut self,
        files: &mut BTreeMap<String, Vec<u8>>,
        timestamp_key: &SigningKey,
        snapshot_key: &SigningKey,
    ) {
        let near = |random: &mut Rng, version: u64| random.u64(1..version + 3);
        let random = &mut self.random;
        let mut snapshot =
            Snapshot::new(near(random, self.repository.snapshot.version), in_days(9));
        for (role, targets) in &self.repository.targets {
            if random.u32(..10) > 0 {
                // Mostly the right version, so that some forgeries get far.
                let version = if random.bool() {
                    targets.version
                } else {
                    near(random, targets.version)
                };
                let file = MetaFile {
                    version,
                    length: None,
                    hashes: None,
                };
                snapshot = snapshot.with_role(role, file);
            }
        }
        let version = near(random, self.repository.timestamp.version);
        let named = MetaFile {
            version: snapshot.version,
            length: None,
            hashes: None,
        };
        let timestamp = Timestamp::new(version, in_days(9), named);
        let bytes = sign_metadata(&snapshot, &[snapshot_key]).unwrap();
        files.insert(Repository::file("snapshot", snapshot.version), bytes);
        let bytes = sign_metadata(&timestamp, &[timestamp_key]).unwrap();
        files.insert("timestamp.json".to_owned(), bytes);
    }

    /// The screen starts, refreshes and searches; then the invariants hold.
    fn look(&mut self, source: &Copy) -> Result<(), TufError> {
        let mut trust = self.screen.open();
        let refreshed = trust.refresh(source, now()).map(drop);
        for (index, (_, target)) in UNITS.iter().enumerate() {
            let found = refreshed.is_ok().then(|| trust.find(source, target, now()));
            for file in [found.and_then(Result::ok).flatten(), trust.known(target)] {
                self.found(index, file);
            }
        }
        refreshed
    }

    fn found(&mut self, index: usize, file: Option<TargetFile>) {
        let Some(file) = file else { return };
        let number = (1..=self.published[index])
            .find(|number| file.matches(number.to_string().as_bytes()))
            .expect("only what the unit signed is ever found");
        assert!(
            number >= self.shown[index],
            "{number} after {}",
            self.shown[index]
        );
        self.shown[index] = number;
    }
}

#[test]
fn whatever_an_attacker_with_the_online_keys_does_nothing_goes_back() {
    let walks = if std::env::var_os("MOTCUA_LONG").is_some() {
        200
    } else {
        25
    };
    let mut refused = 0;
    for seed in 0..walks {
        let mut walk = Walk::new(seed);
        for _ in 0..60 {
            walk.step();
        }
        refused += walk.attacks_refused;
        // However far the thief pushed the versions: new keys bring the screen back.
        walk.rotate();
        walk.publish();
        walk.look(&Copy(walk.repository.files.clone())).unwrap();
        assert_eq!(walk.shown, walk.published, "walk {seed}");
    }
    assert!(refused > 0, "the attacks did nothing");
}
