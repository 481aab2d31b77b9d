//! Faults of the TOML itself.

use std::path::Path;

use motcua_show::read_show;

/// Reads text that is not TOML: nothing else can be said of it.
#[track_caller]
fn check(toml: &str, expected: &str) {
    let reading = read_show(Path::new("show.toml"), toml);
    let said: Vec<String> = reading.problems.iter().map(ToString::to_string).collect();
    assert_eq!(said, [format!("show.toml:{expected}")]);
    assert_eq!(reading.value, None);
}

#[test]
fn grammar() {
    check(
        "title = \"a\nlanguage = \"vi\"",
        "1: error: a text has no closing quote; end it with the quote that starts it.",
    );
    check(
        "hotline = \"1\"\ntitle",
        "2: error: a key has no value; write `key = value`, or delete the line.",
    );
    check(
        "title = \n",
        "1: error: there is no value after `=`; write one, or delete the line.",
    );
    check(
        "[[playlist]\n",
        "1: error: a heading has not all its brackets; write it as in `[[playlist]]` or `[theme]`.",
    );
    check(
        "ticker = [\"a\"",
        "1: error: a list is not closed; end it with `]`.",
    );
    check(
        "screen = { a = 1",
        "1: error: a table is not closed; end it with `}`.",
    );
    check(
        "day = 2026-13-01",
        "1: error: `2026-13-01` is no day or time; write it as in 2026-01-05 or 2026-11-23T08:00:00.",
    );
    check(
        "dwell = 12s",
        "1: error: `12s` stands without quotes; put it in straight quotes, as in `\"…\"`.",
    );
    check(
        "title = “x”",
        "1: error: the quotes of “x” are not straight; write straight quotes, as in `\"…\"`.",
    );
    check(
        "source = \"a\\q\"",
        "1: error: a text holds a `\\` that starts no known sign; write `\\\\` for it, or `/` in the place of a file.",
    );
    check(
        "title = 'a\u{7}'",
        "1: error: a text holds a control character; delete it.",
    );
    check(
        "tên = 1",
        "1: error: a key is no plain word; write keys with the letters a to z, digits, `-` and `_` only.",
    );
    check(
        "a = 1 b = 2",
        "1: error: more than one thing stands on the line; give each key a line of its own.",
    );
    check(
        "a = 01",
        "1: error: a number starts with 0; delete the 0, or put the value in straight quotes.",
    );
}

#[test]
fn a_key_given_twice_does_not_hide_the_rest() {
    let toml = format!(
        "hotline = \"1\"\nhotline = \"2\"\n{}{}",
        super::SHOW,
        super::IMAGE
    );
    super::check(
        &toml,
        &["2: error: `hotline` is given twice; keep one of them."],
    );
    assert_eq!(super::left(&toml).0, ["image-1"]);
}

#[test]
fn a_file_cut_anywhere_is_reported_and_never_panics() {
    let whole = include_str!("../full/show.toml");
    for (end, _) in whole.char_indices().step_by(11) {
        let reading = read_show(Path::new("show.toml"), &whole[..end]);
        assert!(reading.value.is_some() || !reading.problems.is_empty());
    }
}
