//! The trust folder after power cuts, flipped bits and disks that cannot be written.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;

use motcua_sync::tuf::metadata::TopRole;
use motcua_sync::tuf::{FetchError, MetadataSource, Repair, Trust, TufError};

use crate::repository::{Copy, Repository, Screen, memory_folder, new_key, now};

type Files = BTreeMap<String, Vec<u8>>;

const TARGET: &str = "units/a/release.json";
const FLOORS: [&str; 2] = ["floor-0", "floor-1"];

/// A screen at the second publication, and the first one for replaying.
struct Story {
    repository: Repository,
    old: Copy,
    screen: Screen,
    files: Files,
}

impl Story {
    fn new() -> Self {
        let mut repository = Repository::new();
        repository.delegate("targets", "unit-a", &["units/a/*"], true);
        repository.add_target("unit-a", TARGET, b"1");
        repository.publish_all();
        let old = Copy(repository.files.clone());
        repository.add_target("unit-a", TARGET, b"2");
        repository.publish_all();
        let screen = Screen::new(&repository);
        screen.find(&repository, TARGET).unwrap().unwrap();
        let files = screen.files();
        Self {
            repository,
            old,
            screen,
            files,
        }
    }

    /// The state as it was, but with this content in one file.
    fn with(&self, name: &str, content: Option<&[u8]>) {
        let mut files = self.files.clone();
        files.remove(name);
        files.extend(content.map(|content| (name.to_owned(), content.to_vec())));
        self.screen.restore(&files);
    }

    /// Whatever was damaged: nothing older is believed, and the next round makes it whole.
    fn check(&self, what: &str) {
        let good = self.trust(what).floors().clone();
        assert_eq!(good["unit-a"], 2, "{what}");
        let refused = self.screen.refresh(&self.old);
        assert!(
            matches!(refused, Err(TufError::Rollback { .. })),
            "{what}: {refused:?}"
        );
        let found = self.screen.find(&self.repository, TARGET).unwrap();
        assert!(found.unwrap().matches(b"2"), "{what}");
        assert_eq!(self.screen.versions(), [1, 3, 3, 3], "{what}");
        let files = self.screen.files();
        for (name, bytes) in &self.files {
            // A line end less, or a digit of a signature in another case, damages nothing.
            let same =
                files[name].eq_ignore_ascii_case(bytes) || files[name] == bytes.trim_ascii_end();
            let exact = FLOORS.contains(&name.as_str()) || name == "root.json";
            assert!(
                files[name] == *bytes || (same && !exact),
                "{name} after: {what}"
            );
        }
        assert_eq!(files.len(), self.files.len(), "{what}");
    }

    fn trust(&self, what: &str) -> Trust {
        Trust::open(self.screen.folder.path()).unwrap_or_else(|error| panic!("{what}: {error}"))
    }
}

/// Every place in a file with `MOTCUA_LONG`, else a few dozen, and both ends.
fn places(length: usize) -> Vec<usize> {
    let step = if std::env::var_os("MOTCUA_LONG").is_some() {
        1
    } else {
        length / 24 + 1
    };
    let mut places: Vec<usize> = (0..length).step_by(step).collect();
    places.push(length - 1);
    places
}

#[test]
fn a_file_torn_anywhere_costs_no_protection() {
    let story = Story::new();
    for (name, bytes) in &story.files {
        story.with(name, None);
        story.check(&format!("{name} is gone"));
        for end in places(bytes.len()) {
            story.with(name, Some(&bytes[..end]));
            story.check(&format!("{name} ends at {end}"));
        }
    }
}

#[test]
fn a_bit_flipped_anywhere_costs_no_protection() {
    let story = Story::new();
    for (name, bytes) in &story.files {
        for place in places(bytes.len()) {
            let mut flipped = bytes.clone();
            flipped[place] ^= 1 << (place % 8);
            story.with(name, Some(&flipped));
            story.check(&format!("{name} has a flipped bit at {place}"));
        }
    }
}

#[test]
fn blocks_of_zeros_and_files_of_others_cost_no_protection() {
    let story = Story::new();
    for (name, bytes) in &story.files {
        for other in story.files.values().filter(|other| *other != bytes) {
            story.with(name, Some(other));
            story.check(&format!("{name} holds another file"));
        }
        story.with(name, Some(&vec![0; bytes.len()]));
        story.check(&format!("{name} is zeros"));
    }
}

#[test]
fn a_repair_is_reported() {
    let story = Story::new();
    assert_eq!(story.trust("whole").repairs(), []);
    for (name, repair) in [
        ("floor-0", Repair::Floor("floor-0")),
        ("floor-1", Repair::Floor("floor-1")),
        ("root.json", Repair::Root),
    ] {
        story.with(name, Some(b"damaged"));
        let trust = story.trust(name);
        assert_eq!(trust.repairs(), [repair]);
        assert!(trust.repairs()[0].to_string().contains(name));
        assert!(story.screen.files() == story.files, "{name} is whole again");
    }
}

#[test]
fn a_copy_that_is_only_from_before_is_no_fault() {
    let mut story = Story::new();
    story.repository.publish(&["timestamp"]);
    story
        .repository
        .set_keys(TopRole::Root, story.repository.signers["root"].clone(), 1);
    story.repository.publish(&["root"]);
    story.screen.refresh(&story.repository).unwrap();
    let mut files = story.screen.files();
    for before in ["floor-1", "root.json"] {
        files.insert(before.to_owned(), story.files[before].clone());
    }
    story.screen.restore(&files);
    let trust = story.trust("cut short");
    assert_eq!(trust.repairs(), []);
    assert_eq!(trust.root().version, 2);
    assert_eq!(story.screen.versions()[0], 2);
}

#[test]
fn a_state_that_cannot_be_read_is_a_fault_and_never_a_first_run() {
    let story = Story::new();
    let root = story.repository.files["1.root.json"].clone();
    for damage in [
        None,
        Some(&b""[..]),
        Some(b"{}"),
        Some(&story.files["floor-0"][..200]),
    ] {
        let mut files = story.files.clone();
        for slot in FLOORS {
            files.remove(slot);
            files.extend(damage.map(|damage| (slot.to_owned(), damage.to_vec())));
        }
        story.screen.restore(&files);
        let folder = story.screen.folder.path();
        assert!(matches!(
            Trust::open(folder),
            Err(TufError::Unreadable { .. })
        ));
        assert!(matches!(
            Trust::init(folder, &root),
            Err(TufError::AlreadyInitialised { .. })
        ));
        assert!(story.screen.files() == files, "nothing was touched");
    }
}

/// Keeps what the folder holds whenever the client asks for a file.
struct Watcher<'a> {
    story: &'a Story,
    seen: RefCell<Vec<Files>>,
}

impl MetadataSource for Watcher<'_> {
    fn fetch(&self, file: &str, max: u64) -> Result<Option<Vec<u8>>, FetchError> {
        self.seen.borrow_mut().push(self.story.screen.files());
        self.story.repository.fetch(file, max)
    }
}

/// A refresh that is cut short between any two files, in any order that a disk may keep them.
#[test]
fn every_mixture_of_files_before_and_after_a_refresh_goes_on() {
    let only_timestamp: fn(&mut Repository) = |it| it.publish(&["timestamp"]);
    let everything: fn(&mut Repository) = |it| {
        it.add_target("unit-a", TARGET, b"3");
        it.publish_all();
    };
    let new_keys: fn(&mut Repository) = |it| {
        it.rotate(TopRole::Timestamp);
        it.rotate(TopRole::Snapshot);
        it.publish(&["root"]);
        it.publish_all();
    };
    let other_root: fn(&mut Repository) = |it| {
        let both = vec![it.signers["root"][0].clone(), new_key()];
        it.set_keys(TopRole::Root, both, 1);
        it.publish(&["root"]);
    };
    for change in [only_timestamp, everything, new_keys, other_root] {
        let mut story = Story::new();
        let before = story.files.clone();
        change(&mut story.repository);
        let watcher = Watcher {
            story: &story,
            seen: RefCell::default(),
        };
        story.screen.find(&watcher, TARGET).unwrap();
        let mut states = watcher.seen.take();
        let after = story.screen.files();
        states.extend(mixtures(&before, &after));
        for state in states {
            story.screen.restore(&state);
            let refused = story.screen.refresh(&story.old);
            assert!(
                refused.is_err(),
                "an older publication was believed: {:?}",
                state.keys()
            );
            story
                .screen
                .find(&story.repository, TARGET)
                .unwrap()
                .unwrap();
            assert_eq!(
                story.screen.versions()[1],
                story.repository.timestamp.version
            );
        }
    }
}

/// All ways to take each file from one state or the other.
fn mixtures(before: &Files, after: &Files) -> Vec<Files> {
    let changed: Vec<&String> = after
        .keys()
        .filter(|name| before.get(*name) != after.get(*name))
        .collect();
    let mixture = |chosen: u32| {
        let mut files = before.clone();
        for (index, name) in changed.iter().enumerate() {
            if chosen & (1 << index) != 0 {
                files.insert((*name).clone(), after[*name].clone());
            }
        }
        files
    };
    (0..1 << changed.len()).map(mixture).collect()
}

#[test]
fn an_enrolment_cut_short_can_be_opened_or_begun_again() {
    let repository = Repository::new();
    let root = &repository.files["1.root.json"];
    let whole = Screen::new(&repository).files();
    let folder = memory_folder();
    // In the order in which they are written.
    for (written, name) in ["floor-0", "floor-1", "root.json"].iter().enumerate() {
        let opened = Trust::open(folder.path());
        assert_eq!(opened.is_ok(), written > 0, "{opened:?}");
        if written == 0 {
            fs::write(folder.path().join("floor-0.1.new"), &whole[*name][..50]).unwrap();
            Trust::init(folder.path(), root).unwrap();
            for entry in fs::read_dir(folder.path()).unwrap() {
                fs::remove_file(entry.unwrap().path()).unwrap();
            }
        }
        fs::write(folder.path().join(name), &whole[*name]).unwrap();
    }
    assert_eq!(Trust::open(folder.path()).unwrap().repairs(), []);
}

#[test]
fn what_a_write_left_half_done_is_swept_up() {
    let story = Story::new();
    fs::write(story.screen.path("timestamp.json.77-0a.new"), b"{\"signa").unwrap();
    story.check("a leftover");
}

#[test]
fn a_disk_that_cannot_be_written_leaves_the_trust_as_it_was() {
    let mut story = Story::new();
    let mut trust = story.screen.open();
    story.repository.publish_all();
    fs::remove_file(story.screen.path("floor-0")).unwrap();
    fs::create_dir(story.screen.path("floor-0")).unwrap();
    let floors = trust.floors().clone();
    let failed = trust.refresh(&story.repository, now());
    assert!(matches!(failed, Err(TufError::File { .. })), "{failed:?}");
    assert_eq!(trust.floors(), &floors);
    assert_eq!(
        story.screen.versions(),
        [1, 3, 3, 3],
        "the floor is written first"
    );
    assert!(trust.known(TARGET).is_some(), "the screen goes on");
    drop(trust);
    let again = story.screen.open();
    assert_eq!((again.floors(), again.repairs()), (&floors, &[][..]));
    fs::remove_dir(story.screen.path("floor-0")).unwrap();
    story.screen.refresh(&story.repository).unwrap();
}
