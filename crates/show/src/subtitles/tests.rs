//! Tests of reading subtitles.

use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::text::Language;

fn read(text: &str) -> ReadCues {
    read_cues(Path::new("clip.vtt"), text.as_bytes())
}

/// The cues as `from-until text` in milliseconds.
fn shown(read: &ReadCues) -> Vec<String> {
    let cues = read.cues.iter();
    cues.map(|cue| {
        format!(
            "{}-{} {}",
            cue.from.as_millis(),
            cue.until.as_millis(),
            cue.text
        )
    })
    .collect()
}

#[test]
fn whole_files_are_read() {
    for (what, text, expected) in [
        (
            "WebVTT",
            "WEBVTT - phim\n\nNOTE một ghi chú\ndòng hai\n\nSTYLE\n::cue { color: red }\n\nREGION\nid:a\n\n\
             1\n00:01.000 --> 00:04.500 position:10% line:0 align:left\nXin chào\nbà con\n\n\
             00:00:05.000 --> 00:00:06.000\n<v Chị Lan>Mời <i>ông bà</i></v>\n",
            vec![
                "1000-4500 Xin chào\nbà con",
                "5000-6000 Chị Lan: Mời ông bà",
            ],
        ),
        (
            "SubRip with BOM and CRLF",
            "\u{feff}1\r\n00:00:01,000 --> 00:00:02,000\r\n{\\an8}<font color=\"red\">Một</font>\r\n\r\n\
             2\r\n00:00:03,5 --> 00:00:04.25 X1:1 X2:2\r\nHai\r\n",
            vec!["1000-2000 Một", "3500-4250 Hai"],
        ),
        (
            "the empty line between cues forgotten",
            "1\n00:00:01,000 --> 00:00:02,000\nMột\n2\n00:00:03,000 --> 00:00:04,000\nHai",
            vec!["1000-2000 Một", "3000-4000 Hai"],
        ),
        (
            "out of order, overlapping, over 99 hours",
            "WEBVTT\n\n100:00:00.000 --> 100:00:01.000\nxa\n\n00:02.000 --> 00:09.000\nhai\n\n\
             00:01.000 --> 00:03.000\nmột\n",
            vec!["1000-3000 một", "2000-9000 hai", "360000000-360001000 xa"],
        ),
        (
            "old line ends, no text, entities, composed letters",
            "WEBVTT\r\r00:01.000-->00:02.000\ra &lt;b&gt; &amp; &#7841; u\u{31b}\r\r00:03.000 --> 00:04.000\r\r",
            vec!["1000-2000 a <b> & ạ ư"],
        ),
    ] {
        let read = read(text);
        assert_eq!(read.problems, [], "{what}");
        assert_eq!(shown(&read), expected, "{what}");
    }
}

#[test]
fn a_bad_cue_is_named_and_the_rest_is_kept() {
    for (bad, line, fault) in [
        (
            "00:00:xx --> 00:00:02.000\nMột",
            3,
            "\"00:00:xx\" is no time",
        ),
        (
            "00:75:00.000 --> 01:00:02.000\nMột",
            3,
            "\"00:75:00.000\" is no time",
        ),
        ("00:01.000 -->\nMột", 3, "\"\" is no time"),
        (
            "00:04.000 --> 00:02.000\nMột",
            3,
            "does not end after it begins",
        ),
        ("7\nMột", 3, "has no times"),
        (
            "Một\nhai\n00:01.000 --> 00:02.000\nBa",
            3,
            "stands above its times",
        ),
        ("1:2:3:4.000 --> 00:02.000\nMột", 3, "is no time"),
        (
            "99999999999999999999:00:00.000 --> 00:02.000\nMột",
            3,
            "is no time",
        ),
    ] {
        let read = read(&format!(
            "WEBVTT\n\n{bad}\n\n00:10.000 --> 00:12.000\nCòn lại\n"
        ));
        assert_eq!(read.cues.last().unwrap().text, "Còn lại", "{bad}");
        let problem = &read.problems[0];
        assert_eq!(problem.line, Some(line), "{bad}");
        assert!(problem.fault.contains(fault), "{bad}: {problem}");
        assert!(!problem.remedy.is_empty());
    }
}

#[test]
fn other_encodings_get_a_remedy() {
    let utf16: Vec<u8> = "WEBVTT\n\nA"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let with_mark = [b"\xFF\xFE".as_slice(), &utf16].concat();
    // "Xin chào" in windows-1258, where the grave accent is a byte of its own.
    let windows = b"1\n00:00:01,000 --> 00:00:02,000\nXin ch\xe0o\n";
    for (bytes, line) in [(utf16, 1), (with_mark, 1), (windows.to_vec(), 3)] {
        let read = read_cues(Path::new("clip.srt"), &bytes);
        assert!(read.cues.is_empty());
        assert_eq!(
            read.problems[0].to_string(),
            format!(
                "clip.srt:{line}: error: the subtitles are not text in UTF-8; choose the encoding UTF-8 when \
                 saving the file."
            )
        );
    }
}

#[test]
fn markup_becomes_plain_text() {
    for (raw, plain) in [
        ("<b>Đậm</b> <c.yellow.bg_blue>màu</c>", "Đậm màu"),
        (
            "<v.loud Ông Ba>Chào</v>\n<v Bà Tư>Chào ông",
            "Ông Ba: Chào\nBà Tư: Chào ông",
        ),
        ("<v Ba &amp; Tư>Chào", "Ba & Tư: Chào"),
        ("<v Ông Ba>Chào <v Bà Tư>Chào", "Ông Ba: Chào\nBà Tư: Chào"),
        ("<00:00:02.000>từng <00:00:03.000>chữ", "từng chữ"),
        ("một<br/>hai\\Nba\\hbốn", "một\nhai\nba bốn"),
        ("2 < 3 và <Ông Ba> cười", "2 < 3 và <Ông Ba> cười"),
        ("{\\an8}{\\pos(1,2)}trên {ngoặc}", "trên {ngoặc}"),
        ("không đóng <i và {\\an8", "không đóng <i và {\\an8"),
        (
            "A &amp;amp; B &khong; &#xFFFFFFFF; &",
            "A &amp; B &khong; &#xFFFFFFFF; &",
        ),
        ("  khoảng\u{7} trắng  \n\n \n cuối ", "khoảng trắng\ncuối"),
        ("<ruby>漢<rt>hán</rt></ruby>", "漢hán"),
        ("tiếng&nbsp;Việt&lrm;", "tiếng\u{a0}Việt"),
    ] {
        assert_eq!(plain_text(raw), plain, "{raw:?}");
    }
}

#[test]
fn nothing_grows_without_bound() {
    let many: String = (0..MOST_CUES + 70)
        .map(|number| {
            format!(
                "00:{:02}:{:02}.000 --> 01:00:00.000\nx\n\n",
                number / 60 % 60,
                number % 60
            )
        })
        .collect();
    let read_many = read(&format!("WEBVTT\n\n{many}"));
    assert_eq!(read_many.cues.len(), MOST_CUES);
    assert_eq!(read_many.problems.len(), 51);
    assert!(read_many.problems[50].fault.contains("20 more faults"));
    let long = read(&format!(
        "WEBVTT\n\n00:01.000 --> 00:02.000\n{}\n",
        "ộ".repeat(5_000)
    ));
    assert_eq!(long.cues[0].text.chars().count(), LONGEST_CUE + 1);
    assert!(long.problems[0].fault.contains("600 characters"));
    assert!(read("").problems[0].fault.contains("no cue"));
}

#[test]
fn streams_give_the_same_cues() {
    let seconds = Duration::from_secs;
    let cues = from_stream([
        (seconds(4), seconds(5), "<i>hai</i>".to_owned()),
        (seconds(1), seconds(2), "một\r\n".to_owned()),
        (seconds(3), seconds(3), "không bao giờ".to_owned()),
        (seconds(6), seconds(7), " ".to_owned()),
    ]);
    let texts: Vec<_> = cues.iter().map(|cue| cue.text.as_str()).collect();
    assert_eq!(texts, ["một", "hai"]);
}

#[test]
fn subtitles_are_looked_for_beside_the_film() {
    let places = beside(Path::new("../media/phim.1080p.mp4"), Language::Vi);
    let names: Vec<_> = places
        .iter()
        .map(|place| {
            place
                .file
                .to_str()
                .unwrap()
                .trim_start_matches("../media/phim.1080p.")
        })
        .collect();
    assert_eq!(
        names,
        [
            "vi.vtt", "vi.srt", "vtt", "srt", "km.vtt", "km.srt", "en.vtt", "en.srt"
        ]
    );
    assert_eq!(
        beside(Path::new("a.mp4"), Language::En)[0].file,
        Path::new("a.en.vtt")
    );
}

/// Pieces of which hostile files are made.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("WEBVTT".to_owned()),
        Just("\n".to_owned()),
        Just("\r".to_owned()),
        Just(" --> ".to_owned()),
        Just("00:00:01.000".to_owned()),
        Just("<v ".to_owned()),
        Just("{\\".to_owned()),
        Just("&#".to_owned()),
        Just("NOTE".to_owned()),
        "[0-9:.,]{0,12}",
        "\\PC{0,12}",
    ]
}

proptest! {
    #[test]
    fn no_file_breaks_the_reading(pieces in prop::collection::vec(piece(), 0..60)) {
        let text = pieces.concat();
        let read = read(&text);
        for cue in &read.cues {
            prop_assert!(cue.from < cue.until);
            prop_assert!(!cue.text.is_empty());
            prop_assert!(!cue.text.contains("\n\n"));
        }
        let lines = text.replace("\r\n", "\n").replace('\r', "\n").lines().count().max(1);
        prop_assert!(read.problems.iter().all(|problem| problem.line.is_none_or(|line| (1..=lines).contains(&line))));
        prop_assert!(read.cues.is_sorted_by_key(|cue| cue.from));
    }

    #[test]
    fn no_bytes_break_the_reading(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let read = read_cues(Path::new("x.srt"), &bytes);
        prop_assert!(!read.cues.is_empty() || !read.problems.is_empty());
    }
}
