//! Root rotation in all combinations of keys, thresholds and signatures.

use std::rc::Rc;

use motcua_sync::tuf::metadata::TopRole;
use motcua_sync::tuf::{FetchError, Key, MetadataSource, SigningKey, TufError};

use crate::repository::{Repository, Screen, new_key};

/// Keys that the root names, its threshold, and the keys that sign it.
type Step = (&'static [usize], u32, &'static [usize]);

/// Publishes roots from 1 on; says which version the screen ends with and whether it is happy.
fn rotate(name: &str, steps: &[Step], fails: bool) {
    let keys: Vec<Rc<SigningKey>> = (0..10).map(|_| new_key()).collect();
    let mut repository = Repository::new();
    repository.root.version = 0;
    for (named, threshold, signing) in steps {
        let public: Vec<Key> = named.iter().map(|&key| keys[key].public()).collect();
        repository.root = repository
            .root
            .clone()
            .with_role(TopRole::Root, &public, *threshold);
        let signing = signing.iter().map(|&key| keys[key].clone()).collect();
        repository.signers.insert("root".to_owned(), signing);
        repository.publish(&["root"]);
    }
    repository.publish_all();
    let screen = Screen::new(&repository);
    let last = steps.len() as u64;
    let result = screen.refresh(&repository);
    assert_eq!(result.is_err(), fails, "{name}: {result:?}");
    assert_eq!(
        screen.versions()[0],
        if fails { last - 1 } else { last },
        "{name}"
    );
    let kept = &repository.files[&format!("{}.root.json", screen.versions()[0])];
    assert_eq!(screen.open().root_bytes(), kept, "{name}");
}

#[test]
fn roots_that_follow_each_other_are_taken() {
    let all = &[0, 1, 2, 3, 4];
    let cases: &[(&str, &[Step])] = &[
        (
            "1 of 1, new key",
            &[(&[1], 1, &[1]), (&[2], 1, &[2, 1]), (&[2], 1, &[2])],
        ),
        (
            "1 of 1, signatures of strangers",
            &[
                (&[1], 1, &[3, 1, 4]),
                (&[2], 1, &[3, 2, 1, 4]),
                (&[2], 1, &[3, 2, 4]),
            ],
        ),
        (
            "3 of 5, different signers",
            &[
                (all, 3, &[0, 2, 4]),
                (all, 3, &[0, 4, 1]),
                (all, 3, &[0, 1, 3]),
            ],
        ),
        (
            "3 of 5, one new key",
            &[(all, 3, &[0, 2, 4]), (&[0, 1, 3, 4, 5], 3, &[0, 4, 1])],
        ),
        (
            "3 of 5, one new key with a step between",
            &[
                (all, 3, &[0, 2, 4]),
                (&[0, 1, 3, 4, 5], 3, &[0, 2, 4, 5]),
                (&[0, 1, 3, 4, 5], 3, &[0, 4, 5]),
            ],
        ),
        (
            "3 of 5, all keys new",
            &[
                (all, 3, &[0, 2, 4]),
                (&[5, 6, 7, 8, 9], 3, &[0, 2, 4, 5, 6, 7]),
                (&[5, 6, 7, 8, 9], 3, &[5, 6, 7]),
            ],
        ),
        (
            "threshold up, 1 to 2 of 3",
            &[(&[1, 2, 3], 1, &[1]), (&[1, 2, 3], 2, &[1, 2])],
        ),
        (
            "threshold down, 2 to 1 of 3",
            &[
                (&[1, 2, 3], 2, &[1, 2]),
                (&[1, 2, 3], 1, &[1, 2]),
                (&[1, 2, 3], 1, &[1]),
            ],
        ),
        (
            "threshold and key, 1 of 1 to 2 of 2",
            &[(&[1], 1, &[1]), (&[1, 2], 2, &[1, 2])],
        ),
    ];
    for (name, steps) in cases {
        rotate(name, steps, false);
    }
}

#[test]
fn roots_that_do_not_follow_are_refused() {
    let all = &[0, 1, 2, 3, 4];
    let cases: &[(&str, &[Step])] = &[
        (
            "not signed by the old key",
            &[(&[1], 1, &[1]), (&[2], 1, &[2, 3, 4])],
        ),
        (
            "not signed by the new key",
            &[(&[1], 1, &[1]), (&[2], 1, &[1, 3, 4])],
        ),
        (
            "not by 3 new",
            &[(all, 3, &[0, 2, 4]), (&[0, 1, 3, 4, 5], 3, &[0, 2, 4])],
        ),
        (
            "not by 3 old",
            &[(all, 3, &[0, 2, 4]), (&[0, 1, 3, 4, 5], 3, &[0, 4, 5])],
        ),
        (
            "new threshold missed",
            &[(&[1, 2, 3], 1, &[1]), (&[1, 2, 3], 2, &[2])],
        ),
        (
            "old threshold missed",
            &[(&[1, 2, 3], 2, &[1, 2]), (&[1, 2, 3], 1, &[1])],
        ),
    ];
    for (name, steps) in cases {
        rotate(name, steps, true);
    }
}

#[test]
fn the_other_roles_keys_are_those_of_the_root() {
    let all = &[0, 1, 3, 4, 5];
    let cases: &[(&str, Step, bool)] = &[
        ("new key", (&[2], 1, &[2]), true),
        ("signatures of strangers", (&[1], 1, &[3, 1, 4]), true),
        ("not the new key", (&[2], 1, &[1, 3, 4]), false),
        ("3 of 5, one stranger", (all, 3, &[0, 2, 4]), false),
        ("3 of 5, two", (all, 3, &[0, 4]), false),
        ("3 of 5, first", (all, 3, &[0, 1, 3]), true),
        ("3 of 5, last", (all, 3, &[3, 4, 5]), true),
    ];
    for role in [TopRole::Timestamp, TopRole::Snapshot, TopRole::Targets] {
        for (name, (named, threshold, signing), taken) in cases {
            let keys: Vec<Rc<SigningKey>> = (0..6).map(|_| new_key()).collect();
            let mut repository = Repository::new();
            let screen = Screen::fresh(&repository);
            let named = named.iter().map(|&key| keys[key].clone()).collect();
            repository.set_keys(role, named, *threshold);
            let signing = signing.iter().map(|&key| keys[key].clone()).collect();
            repository.signers.insert(role.name().to_owned(), signing);
            repository.publish(&["root", "targets", "snapshot", "timestamp"]);
            let result = screen.refresh(&repository);
            assert_eq!(
                result.is_ok(),
                *taken,
                "{name} of {}: {result:?}",
                role.name()
            );
        }
    }
}

#[test]
fn what_a_new_root_does_not_vouch_for_is_not_used_any_longer() {
    for role in [TopRole::Targets, TopRole::Snapshot, TopRole::Timestamp] {
        let mut repository = Repository::new();
        let screen = Screen::fresh(&repository);
        let old = repository.signers[role.name()][0].clone();
        repository.set_keys(role, vec![new_key(), old], 2);
        repository.publish(&["root"]);
        let refused = screen.refresh(&repository);
        assert!(
            matches!(refused, Err(TufError::TooFewSignatures { role: ref of, .. })
                if of == role.name()),
            "{refused:?}"
        );
        assert_eq!(screen.open().root().version, 2);
    }
}

#[test]
fn many_missed_roots_are_followed_one_by_one() {
    let mut repository = Repository::new();
    for _ in 0..20 {
        let old = repository.signers["root"][0].clone();
        let new = new_key();
        repository.set_keys(TopRole::Root, vec![new.clone()], 1);
        repository.signers.insert("root".to_owned(), vec![new, old]);
        repository.publish(&["root"]);
    }
    let screen = Screen::new(&repository);
    screen.refresh(&repository).unwrap();
    assert_eq!(screen.versions()[0], 21);
}

/// Offers one root after the other for ever.
struct Endless(Repository);

impl MetadataSource for Endless {
    fn fetch(&self, file: &str, max: u64) -> Result<Option<Vec<u8>>, FetchError> {
        let Some(version) = file.strip_suffix(".root.json") else {
            return self.0.fetch(file, max);
        };
        let mut root = self.0.root.clone();
        root.version = version.parse().unwrap();
        let key = &self.0.signers["root"][0];
        Ok(Some(
            motcua_sync::tuf::sign_metadata(&root, &[key]).unwrap(),
        ))
    }
}

#[test]
fn an_endless_chain_of_roots_is_cut_off() {
    let screen_of = Repository::new();
    let screen = Screen::new(&screen_of);
    let refused = screen.refresh(&Endless(screen_of));
    assert!(
        matches!(refused, Err(TufError::TooManyRoots { .. })),
        "{refused:?}"
    );
}
