//! Faults of items.

use super::{IMAGE, SHOW, check_item, check_picture, left};

#[test]
fn keys() {
    check_picture(
        "dwel = \"12s\"",
        &[r#"8: error: item "image-1": `dwel` is not a key of an image; did you mean `dwell`?"#],
    );
    check_picture(
        "frobnicate = 1",
        &[
            r#"8: error: item "image-1": `frobnicate` is not a key of an image; its keys are `kind`, `name`, `dwell`, `topic`, `show_from`, `show_until`, `volume`, `source` and `caption`."#,
        ],
    );
    check_item(
        "kind = \"image\"",
        &[
            r#"5: error: item "image-1": an image needs `source`; add `source = "../media/picture.png"`."#,
        ],
    );
    check_item(
        "kind = \"image\"\nsource = 3",
        &[
            r#"7: error: item "image-1": `source` is 3; write the place of a file, seen from this one, such as `source = "../media/picture.png"`."#,
        ],
    );
}

#[test]
fn films() {
    let check_film = |keys: &str, expected: &str| {
        check_item(
            &format!("kind = \"video\"\nsource = \"a.mp4\"\n{keys}"),
            &[&format!("8: error: item \"video-1\": {expected}")],
        );
    };
    check_film(
        "subtitles = 3",
        r#"`subtitles` is 3; write the place of a file, or one for each language, such as `subtitles = "../media/film.vtt"`."#,
    );
    check_film(
        "subtitles = {}",
        r#"`subtitles` is empty; write the place of a file, or one for each language, such as `subtitles = "../media/film.vtt"`."#,
    );
    check_film(
        r#"subtitles = { vn = "a.vtt", vi = "b.vtt" }"#,
        r#"`vn` is not a language of `subtitles`; its languages are `vi`, `km` and `en`."#,
    );
    check_film(
        r#"second = { caption = "b" }"#,
        r#"a second film needs `source`; add `source = "../media/picture.png"`."#,
    );
    check_film(
        r#"second = "b.mp4""#,
        r#"`second` is "b.mp4"; write a table with the film that plays beside this one, such as `second = { source = "../media/other.mp4" }`."#,
    );
    check_film(
        r#"second = { source = "b.mp4", volume = 3 }"#,
        "`volume` is not a key of a second film; its keys are `source` and `caption`.",
    );
    check_picture(
        r#"subtitles = "a.vtt""#,
        &[
            r#"8: error: item "image-1": `subtitles` is not a key of an image; its keys are `kind`, `name`, `dwell`, `topic`, `show_from`, `show_until`, `volume`, `source` and `caption`."#,
        ],
    );
}

#[test]
fn kinds() {
    check_item(
        "kind = \"imgae\"",
        &[r#"6: error: item "imgae-1": "imgae" is not a kind of item; did you mean `image`?"#],
    );
    let all = "write one of `image`, `video`, `audio`, `document`, `announcement`, `procedure`, `procedures`, `question`, `guide`, `indicator` or `playlist`.";
    check_item(
        "name = \"a\"",
        &[&format!(
            r#"5: error: item "a": an item needs `kind`; {all}"#
        )],
    );
    check_item(
        "kind = \"weather\"",
        &[&format!(
            r#"6: error: item "weather-1": "weather" is not a kind of item; {all}"#
        )],
    );
    check_item(
        "kind = 3",
        &[&format!(
            r#"6: error: item "item-1": 3 is not a kind of item; {all}"#
        )],
    );
}

#[test]
fn times() {
    for written in [
        "12",
        "9999999999999",
        "\"9999999999999s\"",
        "99999999999999999999",
        "\"12\"",
        "\"0s\"",
    ] {
        check_picture(
            &format!("dwell = {written}"),
            &[&format!(
                r#"8: error: item "image-1": `dwell` is {written}; write a time from "1s" to "24h", such as `dwell = "12s"`."#
            )],
        );
    }
    for written in [
        "\"tomorrow\"",
        "2026-01-05T08:00:00+07:00",
        "\"2026-01-05T08:00Z\"",
        "08:00:00",
    ] {
        check_picture(
            &format!("show_until = {written}"),
            &[&format!(
                r#"8: error: item "image-1": `show_until` is {written}; write a day, or a day and a time of the show's zone without offset, such as `show_until = 2026-11-23T08:00:00`."#
            )],
        );
    }
    check_picture(
        "show_from = 2026-01-05\nshow_until = \"2026-01-04 08:00\"",
        &[
            r#"9: error: item "image-1": the item ends at 2026-01-04T08:00:00 before it begins at 2026-01-05T00:00:00; write a `show_until` after `show_from`."#,
        ],
    );
    check_item(
        "kind = \"announcement\"\ntitle = \"x\"\ndate = 2026-01-05T08:00:00",
        &[
            r#"8: error: item "announcement-1": `date` is 2026-01-05T08:00:00; write a day as year, month and day, such as `date = 2026-01-05`."#,
        ],
    );
}

#[test]
fn numbers() {
    for written in ["101", "-1", "\"loud\"", "50.5"] {
        check_picture(
            &format!("volume = {written}"),
            &[&format!(
                r#"8: error: item "image-1": `volume` is {written}; write a whole number from 0 to 100, such as `volume = 80`."#
            )],
        );
    }
}

#[test]
fn texts() {
    check_item(
        "kind = \"announcement\"\ntitle = \" \"",
        &[
            r#"7: error: item "announcement-1": `title` is empty; write a text in quotes, such as `title = "…"`."#,
        ],
    );
    check_picture(
        "caption = { kh = \"x\", vi = \"y\" }",
        &[
            r#"8: error: item "image-1": `kh` is not a language of `caption`; its languages are `vi`, `km` and `en`."#,
        ],
    );
    check_picture(
        "caption = { vi = \"\" }",
        &[
            r#"8: error: item "image-1": `vi` of `caption` is empty; write a text in quotes, such as `vi = "…"`."#,
        ],
    );
    check_picture(
        "caption = {}",
        &[
            r#"8: error: item "image-1": `caption` is empty; write a text in quotes or one for each language, such as `caption = "…"`."#,
        ],
    );
    check_picture(
        "caption = \"a\\u0007b\"",
        &[
            r#"8: warning: item "image-1": `caption` holds the control character U+0007, which is left out; delete it."#,
        ],
    );
    check_item(
        "kind = \"guide\"\ntitle = \"x\"\nsteps = []",
        &[
            r#"8: error: item "guide-1": the guide has no step; write at least one text into `steps`."#,
        ],
    );
    check_item(
        "kind = \"guide\"\ntitle = \"x\"\nsteps = [\"a\",\n3]",
        &[
            r#"9: error: item "guide-1": entry 2 of `steps` is 3; write a text in quotes or one for each language, such as `"…"`."#,
        ],
    );
    check_item(
        "kind = \"guide\"\ntitle = \"x\"\nsteps = \"a\"",
        &[r#"8: error: item "guide-1": `steps` is "a"; write a list, such as `steps = ["…"]`."#],
    );
}

#[test]
fn links() {
    for written in [
        "ftp://x.vn",
        "dichvucong.gov.vn",
        "https://",
        "https://a b",
        "javascript:alert(1)",
    ] {
        check_item(
            &format!("kind = \"question\"\nquestion = \"x\"\nanswer = \"y\"\nlink = \"{written}\""),
            &[&format!(
                r#"9: error: item "question-1": `link` is "{written}"; write an address that starts with https:// or http://, such as `link = "https://dichvucong.gov.vn"`."#
            )],
        );
    }
    let long = format!("https://x.vn/{}", "a".repeat(1_000));
    check_item(
        &format!("kind = \"question\"\nquestion = \"x\"\nanswer = \"y\"\nlink = \"{long}\""),
        &[
            r#"9: error: item "question-1": `link` has 1013 characters, too many for a QR code; shorten it to at most 1000."#,
        ],
    );
}

#[test]
fn indicators() {
    let indicator =
        |keys: &str| format!("kind = \"indicator\"\ntitle = \"x\"\nunit = \"điểm\"\n{keys}");
    let check = |keys: &str, expected: &str| check_item(&indicator(keys), &[expected]);
    check(
        "series = []",
        r#"9: error: item "indicator-1": the indicator has a series without values; write at least one point into each series."#,
    );
    check(
        "series = [{ points = [{ at = \"2025\", value = nan }] }]",
        r#"9: error: item "indicator-1": `value` is nan; write a number, such as `value = 87.5`."#,
    );
    check(
        "series = [{ points = [{ at = 2025, value = 1 }] }]",
        r#"9: error: item "indicator-1": `at` is 2025; write a text in quotes, such as `at = "…"`."#,
    );
    check(
        "series = [{ points = [{ at = \"2025\", value = -1.5 }] }]",
        r#"9: error: item "indicator-1": the value -1.5 cannot be drawn as a bar from zero; correct it, or write `chart = "lines"`."#,
    );
    check(
        "series = [{ name = \"a\", points = [{ at = \"1\", value = 1 }] }, { name = \"b\", points = [{ at = \"1\", value = 1 }, { at = \"2\", value = 1 }] }]",
        r#"9: error: item "indicator-1": the series have different numbers of values ([1, 2]); give each series a value for the same years or names."#,
    );
    check(
        "series = [{ points = [{ at = \"1\", value = 1 }] }, { name = \"b\", points = [{ at = \"1\", value = 1 }] }]",
        r#"9: error: item "indicator-1": several series are compared and one has no name; give each series a `name`."#,
    );
    check(
        "max = 50\nseries = [{ points = [{ at = \"2025\", value = 87 }] }]",
        r#"9: error: item "indicator-1": the axis ends at 50 below the greatest value 87; write a greater `max`, or leave it out."#,
    );
    check(
        "chart = \"line\"\nseries = [{ points = [{ at = \"2025\", value = 87 }] }]",
        r#"9: error: item "indicator-1": `chart` is "line"; did you mean `lines`?"#,
    );
}

#[test]
fn names() {
    let twice = format!("{IMAGE}name = \"a\"\n[[playlist.item]]\n{IMAGE}name = \"a\"");
    check_item(
        &twice,
        &[r#"9: error: item "a": there are two items called "a"; give one of them another name."#],
    );
    assert_eq!(left(&format!("{SHOW}{twice}")).0, ["a", "image-2"]);
    check_picture(
        "name = \"\"",
        &[
            r#"8: error: item "image-1": `name` is empty; write a text in quotes, such as `name = "…"`."#,
        ],
    );
}

#[test]
fn what_only_the_procedures_show() {
    check_item(
        "kind = \"procedure\"\ncode = \"1.001193\"",
        &[
            r#"7: error: item "procedure-1": there is no procedure with the code "1.001193"; put its file into `procedures/`, or correct the code."#,
        ],
    );
    check_item(
        "kind = \"procedures\"\nfield = \"Hộ tịch\"\nlevel = \"xã\"",
        &[
            r#"7: error: item "procedures-1": there is no procedure of the field "Hộ tịch" at the level "xã"; put the files of its procedures into `procedures/`, or correct the field."#,
        ],
    );
    let answer = "chữ ".repeat(100);
    check_item(
        &format!("kind = \"question\"\nquestion = \"x\"\nanswer = \"{answer}\"\ndwell = \"5s\""),
        &[
            r#"9: warning: item "question-1": `dwell` gives 5 s, and reading takes 31 s; write `dwell = "31s"`, shorten the text, or leave `dwell` out."#,
        ],
    );
}

#[test]
fn a_bad_item_is_left_out_and_the_others_keep_their_names() {
    let toml = format!(
        "{SHOW}kind = \"guide\"\n[[playlist.item]]\n{IMAGE}dwell = 3\n[[playlist.item]]\n{IMAGE}"
    );
    assert_eq!(left(&toml).0, ["image-2", "image-3"]);
}
