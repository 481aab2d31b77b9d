//! One fault each: what the author reads, word for word.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::Path;

use motcua_show::{cross_check, read_show};

const SHOW: &str =
    "title = \"Phú Lợi\"\n[[playlist]]\nname = \"loop\"\ndefault = true\n[[playlist.item]]\n";
const IMAGE: &str = "kind = \"image\"\nsource = \"a.png\"\n";

/// Reads `toml` as a show and compares what is said, without "show.toml:".
#[track_caller]
fn check(toml: &str, expected: &[&str]) {
    let reading = read_show(Path::new("show.toml"), toml);
    let mut said = reading.problems;
    said.extend(
        reading
            .value
            .iter()
            .flat_map(|show| cross_check(show, &reading.lines)),
    );
    let said: Vec<String> = said
        .iter()
        .map(|problem| problem.to_string().replace("show.toml:", ""))
        .collect();
    assert_eq!(said, expected, "in\n{toml}");
}

/// Checks the keys of an item, which start in line 6.
#[track_caller]
fn check_item(keys: &str, expected: &[&str]) {
    check(&format!("{SHOW}{keys}"), expected);
}

/// Checks keys added to a picture, from line 8.
#[track_caller]
fn check_picture(keys: &str, expected: &[&str]) {
    check_item(&format!("{IMAGE}{keys}"), expected);
}

/// Checks the keys of an entry of the schedule for the playlist "loop", from line 10.
#[track_caller]
fn check_entry(keys: &str, expected: &[&str]) {
    check_picture(
        &format!("[[schedule]]\nplaylist = \"loop\"\n{keys}"),
        expected,
    );
}

/// Checks a key of the show, in line 1.
#[track_caller]
fn check_top(key: &str, expected: &[&str]) {
    check(&format!("{key}\n{SHOW}{IMAGE}"), expected);
}

/// The names of the items and the number of entries that can be used.
fn left(toml: &str) -> (Vec<String>, usize) {
    let show = read_show(Path::new("show.toml"), toml).value.unwrap();
    let items = show.playlists.iter().flat_map(|playlist| &playlist.items);
    (
        items.map(|item| item.name.clone()).collect(),
        show.schedule.len(),
    )
}

mod desk;
mod item;
mod playlist;
mod procedure;
mod schedule;
mod show;
mod syntax;
