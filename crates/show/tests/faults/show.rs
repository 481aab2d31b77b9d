//! Faults of the show's own keys.

use std::path::Path;

use motcua_show::{Text, read_show};

use super::{IMAGE, SHOW, check, check_picture, check_top};

#[test]
fn keys() {
    check_top(
        "hotlin = \"x\"",
        &["1: error: `hotlin` is not a key of a show; did you mean `hotline`?"],
    );
    check_top(
        "timezone = \"Asia/Hanoi\"",
        &[
            r#"1: error: `timezone` is "Asia/Hanoi"; write the IANA name of a time zone, such as `timezone = "Asia/Ho_Chi_Minh"`."#,
        ],
    );
    check_top(
        "language = \"vn\"",
        &[r#"1: error: `language` is "vn"; write one of `vi`, `km` or `en`."#],
    );
    check_top(
        "second_languages = [\"km\", \"fr\"]",
        &[r#"1: error: entry 2 of `second_languages` is "fr"; write one of `vi`, `km` or `en`."#],
    );
    check_top(
        "ticker = [\"a\", 3]",
        &[
            r#"1: error: entry 2 of `ticker` is 3; write a text in quotes or one for each language, such as `"…"`."#,
        ],
    );
    check_top(
        "screen = { diagonal_inches = 2 }",
        &[
            "1: error: no screen measures 2 inches; write the diagonal in inches, such as `diagonal_inches = 43`.",
        ],
    );
    check(
        "title = 3\n[[playlist]]\nname = \"a\"\n[[playlist.item]]\nkind = \"image\"\nsource = \"a.png\"",
        &[
            r#"1: error: `title` is 3; write a text in quotes or one for each language, such as `title = "…"`."#,
            "1: warning: no playlist ever plays, since the schedule has no usable entry and no playlist is the default; add `default = true` to a playlist.",
        ],
    );
    check(
        "",
        &[
            r#"1: error: a show needs `title`; add `title = "…"`."#,
            "1: error: the show has no playlist; add one with `[[playlist]]` and items with `[[playlist.item]]`.",
        ],
    );
}

#[test]
fn topics() {
    check_picture(
        "topic = \"onlin\"\n[plan]\ntitle = \"x\"\n[[plan.topic]]\nname = \"online\"\ntitle = \"y\"",
        &[r#"8: warning: item "image-1": the plan has no topic "onlin"; did you mean `online`?"#],
    );
    check_picture(
        "topic = \"b\"\n[plan]\ntitle = \"x\"\n[[plan.topic]]\nname = \"a\"",
        &[
            r#"8: warning: item "image-1": the plan has no topic "b"; add it with `[[plan.topic]]`."#,
            r#"11: error: a topic needs `title`; add `title = "…"`."#,
        ],
    );
}

#[test]
fn colours() {
    check_top(
        "theme = 3",
        &[
            r#"1: error: `theme` is 3; write a table of colours, such as `theme = { mode = "light" }`."#,
        ],
    );
    check_picture(
        "[theme]\nmode = \"auto\"",
        &[r#"9: error: `mode` is "auto"; write one of `light` or `dark`."#],
    );
    check_picture(
        "[theme]\naccent = \"red\"",
        &[
            r##"9: error: `accent` is "red"; write a colour as red, green and blue, such as `accent = "#A31119"`."##,
        ],
    );
    check_picture(
        "[theme]\nsurface = \"#808080\"\nframe = \"#808080\"",
        &[
            "9: warning: text on surface has a contrast of 4.1:1, and 7:1 is the least that can be read; choose a darker or lighter colour for `surface`.",
            "9: warning: muted on surface has a contrast of 2.0:1, and 7:1 is the least that can be read; choose a darker or lighter colour for `surface`.",
            "9: warning: accent on surface has a contrast of 2.0:1, and 4.5:1 is the least that can be read; choose a darker or lighter colour for `surface`.",
            "10: warning: bar text on frame has a contrast of 5.3:1, and 7:1 is the least that can be read; choose a darker or lighter colour for `frame`.",
        ],
    );
}

#[test]
fn text_comes_out_composed_and_trimmed() {
    let toml = format!("unit = \" Ca\u{302}\u{300}n Thơ \"\n{SHOW}{IMAGE}");
    let reading = read_show(Path::new("show.toml"), &toml);
    assert_eq!(reading.problems, []);
    assert_eq!(reading.value.unwrap().unit, Some(Text::from("Cần Thơ")));
}

#[test]
fn all_faults_come_at_once() {
    let toml = format!(
        "hotlin = 1\nlanguage = \"vn\"\n{SHOW}{IMAGE}dwel = 1\nvolume = 101\nshow_from = 3\n[[schedule]]\nfrom = 3"
    );
    let lines: Vec<_> = read_show(Path::new("show.toml"), &toml)
        .problems
        .iter()
        .map(|p| p.line.unwrap())
        .collect();
    assert_eq!(lines, [1, 2, 10, 11, 12, 13, 14]);
}
