use std::time::{Duration, SystemTime};

use super::*;
use crate::store::Blob;

const ROOMY: Limits = Limits {
    size_limit: 1_000,
    leave_free: 100,
};

fn hash(name: u8) -> Sha256Hex {
    Sha256Hex::of_digest([name; 32])
}

fn release(files: &[(u8, u64)]) -> Release {
    let file = |(name, length): &(u8, u64)| {
        (
            format!("f{name}").parse().unwrap(),
            FileRef {
                sha256: hash(*name),
                length: *length,
            },
        )
    };
    Release {
        format: 1,
        unit: "ward".parse().unwrap(),
        number: 1,
        signed_at: jiff::Timestamp::UNIX_EPOCH,
        title: String::new(),
        files: files.iter().map(file).collect(),
    }
}

/// Blobs of a length each, which came in the order given.
fn holding(blobs: &[(u8, u64)], free_bytes: u64) -> Inventory {
    let blob = |(at, (name, length)): (u64, &(u8, u64))| {
        (
            hash(*name),
            Blob {
                length: *length,
                came: SystemTime::UNIX_EPOCH + Duration::from_secs(at),
            },
        )
    };
    Inventory {
        blobs: (0..).zip(blobs).map(blob).collect(),
        free_bytes,
        ..Inventory::default()
    }
}

/// `-1` removes the blob 1, `+1` fetches it.
fn check(have: &Inventory, want: &[(u8, u64)], limits: Limits, expected: &[&str]) {
    let steps = plan(have, Some(&release(want)), limits).unwrap();
    let name = |sha256: &Sha256Hex| u8::from_str_radix(&sha256.as_str()[..2], 16).unwrap();
    let written: Vec<String> = steps
        .iter()
        .map(|step| match step {
            Step::Remove(hash) => format!("-{}", name(hash)),
            Step::Fetch(file) => format!("+{}", name(&file.sha256)),
        })
        .collect();
    assert_eq!(written, expected);
}

#[test]
fn what_is_held_is_not_fetched() {
    check(
        &holding(&[(1, 10)], 5_000),
        &[(1, 10), (2, 20), (3, 30)],
        ROOMY,
        &["+3", "+2"],
    );
    check(&holding(&[(1, 10)], 5_000), &[(1, 10)], ROOMY, &[]);
}

#[test]
fn a_blob_of_the_wrong_length_is_fetched() {
    check(&holding(&[(1, 9)], 5_000), &[(1, 10)], ROOMY, &["+1"]);
}

#[test]
fn what_was_begun_comes_first_and_strange_parts_go() {
    let mut have = holding(&[], 5_000);
    have.parts = [(hash(2), 5), (hash(9), 5)].into();
    check(&have, &[(1, 100), (2, 20)], ROOMY, &["-9", "+2", "+1"]);
}

#[test]
fn spare_blobs_go_only_for_room_and_the_oldest_first() {
    let spare = [(7, 300), (8, 300), (9, 300)];
    check(&holding(&spare, 5_000), &[(1, 100)], ROOMY, &["+1"]);
    check(&holding(&spare, 5_000), &[(1, 101)], ROOMY, &["-7", "+1"]);
    check(
        &holding(&spare, 500),
        &[(1, 800)],
        Limits {
            size_limit: 5_000,
            leave_free: 100,
        },
        &["-7", "-8", "+1"],
    );
}

#[test]
fn what_is_needed_stays_whatever_comes() {
    let mut have = holding(&[(1, 500), (2, 400)], 5_000);
    have.needed = [hash(1), hash(2)].into();
    let refused = plan(&have, Some(&release(&[(3, 200)])), ROOMY).unwrap_err();
    assert_eq!((refused.needed, refused.room), (200, 100));
    have.needed.remove(&hash(2));
    check(&have, &[(3, 200)], ROOMY, &["-2", "+3"]);
}

#[test]
fn a_part_counts_for_the_room() {
    let mut have = holding(&[], 150);
    have.parts = [(hash(1), 60)].into();
    check(&have, &[(1, 110)], ROOMY, &["+1"]);
    assert!(plan(&have, Some(&release(&[(1, 111)])), ROOMY).is_err());
}

#[test]
fn without_anything_to_fetch_the_limits_are_kept() {
    let mut have = holding(&[(1, 500), (2, 400), (3, 300)], 50);
    have.needed = [hash(1)].into();
    have.parts = [(hash(9), 5)].into();
    let steps = plan(&have, None, ROOMY).unwrap();
    assert_eq!(
        steps,
        [Step::Remove(hash(2))],
        "a part may be one of the next release"
    );
    have.needed = [hash(1), hash(2), hash(3)].into();
    assert_eq!(
        plan(&have, None, ROOMY).unwrap(),
        [],
        "nothing may go, and that is no error"
    );
}
