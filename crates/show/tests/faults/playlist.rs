//! Faults of playlists.

use super::{IMAGE, SHOW, check, check_item, left};

#[test]
fn names_and_defaults() {
    check(
        &format!("{SHOW}{IMAGE}[[playlist]]\nname = \"loop\"\n[[playlist.item]]\n{IMAGE}"),
        &[r#"8: error: there are two playlists called "loop"; give one of them another name."#],
    );
    check(
        &format!("{SHOW}{IMAGE}[[playlist]]\n[[playlist.item]]\n{IMAGE}"),
        &[r#"8: error: a playlist needs `name`; add `name = "…"`."#],
    );
    check(
        &format!(
            "{SHOW}{IMAGE}[[playlist]]\nname = \"b\"\ndefault = true\n[[playlist.item]]\n{IMAGE}"
        ),
        &[
            r#"10: error: "b" is not the only playlist with `default = true`; keep it in the one that plays when no schedule entry is open."#,
        ],
    );
    check(
        &format!("{SHOW}{IMAGE}[[playlist]]\nname = \"b\""),
        &[
            r#"8: warning: the playlist "b" holds no item; add one with `[[playlist.item]]`, or delete the playlist."#,
        ],
    );
}

#[test]
fn shapes() {
    check(
        "title = \"x\"\nplaylist = 3",
        &[
            "1: error: the show has no playlist; add one with `[[playlist]]` and items with `[[playlist.item]]`.",
            "2: error: 3 stands where `[[playlist]]` belongs; write `[[playlist]]`, with both pairs of brackets.",
        ],
    );
    check(
        "title = \"x\"\n[[playlist]]\nname = \"a\"\ndefault = true\n[playlist.item]\nkind = \"image\"",
        &[
            r#"2: warning: the playlist "a" holds no item; add one with `[[playlist.item]]`, or delete the playlist."#,
            "5: error: a table stands where `[[playlist.item]]` belongs; write `[[playlist.item]]`, with both pairs of brackets.",
        ],
    );
}

#[test]
fn nesting() {
    let nested = |name: &str| format!("kind = \"playlist\"\nplaylist = \"{name}\"\n");
    check_item(
        &nested("lop"),
        &[
            r#"7: error: item "playlist-1": there is no playlist called "lop"; did you mean `loop`?"#,
        ],
    );
    check_item(
        &nested("loop"),
        &[
            r#"7: error: item "playlist-1": the playlist holds itself (loop → loop); take this item out."#,
        ],
    );
    let round = format!(
        "{SHOW}{}[[playlist]]\nname = \"b\"\n[[playlist.item]]\n{}",
        nested("b"),
        nested("loop")
    );
    check(
        &round,
        &[
            r#"12: error: item "playlist-2": the playlist holds itself (loop → b → loop); take this item out."#,
        ],
    );
    assert_eq!(left(&round).0, ["playlist-1"]);
}

#[test]
fn nesting_stays_bearable() {
    // Each playlist holds the next ten times: 10 to the 7th pictures.
    let mut toml = format!("{SHOW}kind = \"playlist\"\nplaylist = \"p0\"\n");
    for level in 0..7 {
        toml += &format!("[[playlist]]\nname = \"p{level}\"\n");
        toml += &format!(
            "[[playlist.item]]\nkind = \"playlist\"\nplaylist = \"p{}\"\n",
            level + 1
        )
        .repeat(10);
    }
    toml += &format!("[[playlist]]\nname = \"p7\"\n[[playlist.item]]\n{IMAGE}");
    let problems = motcua_show::read_show(std::path::Path::new("show.toml"), &toml).problems;
    assert!(
        problems
            .iter()
            .all(|problem| problem.fault.ends_with("comes to more than 10000 items"))
    );
    assert!(!problems.is_empty());

    let mut chain = format!("{SHOW}kind = \"playlist\"\nplaylist = \"p0\"\n");
    for level in 0..5_000 {
        chain += &format!("[[playlist]]\nname = \"p{level}\"\n[[playlist.item]]\n");
        chain += &format!("kind = \"playlist\"\nplaylist = \"p{}\"\n", level + 1);
    }
    chain += &format!("[[playlist]]\nname = \"p5000\"\n[[playlist.item]]\n{IMAGE}");
    let problems = motcua_show::read_show(std::path::Path::new("show.toml"), &chain).problems;
    assert_eq!(
        problems[0].fault,
        "the playlists are nested more than 16 deep"
    );
}
