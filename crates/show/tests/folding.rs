//! Folding of any text, and the lookup under any question.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::sync::LazyLock;

use motcua_show::lookup::{Answer, Entry, Level, Lookup, Synonyms, Wish, fold};
use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization as _;

/// Text of Vietnamese letters, composed or in parts, with what stands between words.
fn vietnamese() -> impl Strategy<Value = String> {
    const TEXT: &str = "[a-zA-ZăâđêôơưĂÂĐÊÔƠƯáàảãạấầẩẫậắằẳẵặéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵẤẾỘỢỰỶ0-9 .,/()-]{0,80}";
    (TEXT, any::<bool>()).prop_map(|(text, is_in_parts)| {
        if is_in_parts {
            text.nfd().collect()
        } else {
            text
        }
    })
}

/// Whatever may come from a file, a scanner or a stray keyboard.
fn anything() -> impl Strategy<Value = String> {
    let stray = prop::sample::select(vec![
        '\u{0}', '\u{7}', '\n', '\u{1b}', '\u{7f}', '\u{85}', '\u{a0}', '\u{200b}', '\u{202e}',
        '\u{301}', '\u{323}', '\u{31b}', '្', 'ំ', 'ក', 'Đ', 'ư', 'ế', 'İ', 'ß', 'ǅ', '1', '.', ' ',
    ]);
    let letter = prop_oneof![2 => any::<char>(), 2 => stray, 1 => prop::char::range('a', 'z')];
    prop::collection::vec(letter, 0..120).prop_map(|letters| letters.into_iter().collect())
}

#[test]
fn each_letter_folds_once_and_for_all() {
    for letter in ('\u{0}'..=char::MAX).map(String::from) {
        let folded = fold(&letter);
        assert_eq!(fold(&folded), folded, "{letter:?}");
        assert_eq!(
            fold(&letter.nfc().collect::<String>()),
            folded,
            "{letter:?}"
        );
        assert_eq!(
            fold(&letter.nfd().collect::<String>()),
            folded,
            "{letter:?}"
        );
    }
}

#[test]
fn letters_of_vietnamese_become_those_of_the_alphabet() {
    let letters = "ăâđêôơưáàảãạấầẩẫậắằẳẵặéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ";
    for letter in letters.chars() {
        let folded = fold(&letter.to_string());
        assert!(
            matches!(folded.as_bytes(), [b'a'..=b'z']),
            "{letter}: {folded}"
        );
        assert_eq!(fold(&letter.to_uppercase().to_string()), folded, "{letter}");
    }
}

#[test]
fn ten_thousand_characters_are_folded() {
    for (letter, expected) in [
        ("ế", "e"),
        ("\u{301}", ""),
        ("\u{0}", "\u{0}"),
        ("្", "្"),
        ("Đ", "d"),
    ] {
        assert!(
            fold(&letter.repeat(10_000)) == expected.repeat(10_000),
            "{letter:?}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn folded_text_stays(text in prop_oneof![anything(), vietnamese()]) {
        let folded = fold(&text);
        assert_eq!(fold(&folded), folded);
    }

    #[test]
    fn composed_or_in_parts_is_the_same(text in prop_oneof![anything(), vietnamese()]) {
        let folded = fold(&text);
        assert_eq!(fold(&text.nfc().collect::<String>()), folded);
        assert_eq!(fold(&text.nfd().collect::<String>()), folded);
    }

    #[test]
    fn vietnamese_never_grows(text in vietnamese()) {
        let folded = fold(&text);
        assert!(folded.is_ascii(), "{folded}");
        assert_eq!(folded.len(), text.nfc().count());
    }

    #[test]
    fn capitals_are_small_letters(text in vietnamese()) {
        assert_eq!(fold(&text.to_uppercase()), fold(&text));
        assert_eq!(fold(&text.to_lowercase()), fold(&text));
    }

    #[test]
    fn khmer_stays(text in "[\u{1780}-\u{17a2}\u{17a5}-\u{17b3}\u{17b6}-\u{17d2}\u{17e0}-\u{17e9} ។ៗ]{0,80}") {
        assert_eq!(fold(&text), text);
    }
}

/// Names in every state in which they come: composed, in parts, with odd characters, empty, very long.
fn names() -> Vec<String> {
    let mut names: Vec<String> = [
        "Thủ tục đăng ký khai sinh",
        "Đăng ký tạm trú",
        "Cấp đổi thẻ căn cước (thực hiện tại cấp tỉnh)",
        "Giải quyết hưởng chế độ tử tuất — “trợ cấp”",
        "ចុះបញ្ជីកំណើត",
        "\u{0}Cấp\u{a0}lại\tsổ\u{200b}đỏ İSTANBUL ﬁ ß",
        "",
        "…",
    ]
    .map(str::to_owned)
    .to_vec();
    names.push("Chứng thực bản sao từ bản chính".nfd().collect());
    names.push("Cấp giấy phép xây dựng nhà ở riêng lẻ ".repeat(30));
    names
}

static NAMES: LazyLock<Vec<String>> = LazyLock::new(names);
static LOOKUP: LazyLock<Lookup> = LazyLock::new(|| lookup(&NAMES));

fn lookup(names: &[String]) -> Lookup {
    let entries = names.iter().enumerate().map(|(place, name)| Entry {
        code: ["1.001193", "2.000815.000.00.00.H51", "", "đ"][place % 4],
        name,
        field: ["Hộ tịch", ""][place % 2],
        levels: &[],
        is_received_here: place % 3 == 0,
    });
    Lookup::build(entries, Synonyms::shipped().unwrap())
}

fn assert_sound(answer: &Answer, names: &[String], wish: Wish) {
    assert!(answer.hits.len() <= wish.limit);
    let mut entries: Vec<usize> = answer.hits.iter().map(|hit| hit.entry).collect();
    entries.sort_unstable();
    entries.dedup();
    assert_eq!(entries.len(), answer.hits.len(), "an entry stands twice");
    for hit in &answer.hits {
        assert!(hit.score.is_finite());
        let mut after = 0;
        for mark in &hit.marks {
            assert!(mark.start >= after && mark.start < mark.end, "{mark:?}");
            assert!(names[hit.entry].get(mark.clone()).is_some(), "{mark:?}");
            after = mark.end;
        }
    }
}

/// Words that find something, among words that nobody knows.
fn question() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "khai sinh",
        "KHAI SINH",
        "khaisinh",
        "dang ky",
        "đăng ký",
        "ddawng kys",
        "d9a8ng",
        "sổ đỏ",
        "tạm tr",
        "1.001193",
        "1.0",
        "2.000815.000.00.00.H51",
        "1.",
        "cccd",
        "cần gì",
        "ចុះ",
        "İ",
        "ﬁ",
        "e\u{301}",
        "?",
    ]);
    let word = prop_oneof![3 => known.prop_map(str::to_owned), 1 => anything(), 1 => vietnamese()];
    prop::collection::vec(word, 0..6).prop_map(|words| words.join(" "))
}

fn wish() -> impl Strategy<Value = Wish> {
    let level = || {
        prop::sample::select(vec![
            Level::Ministry,
            Level::Province,
            Level::Commune,
            Level::Other,
        ])
    };
    (level(), prop::option::weighted(0.2, level()), 0_usize..12)
        .prop_map(|(near, only, limit)| Wish { near, only, limit })
}

/// What the tests below look at is there, "đăng" too, which folds to the same as the idle word "đang".
#[test]
fn known_words_are_found_and_marked() {
    let answer = LOOKUP.find("đăng ký khai sinh", Wish::default());
    assert_sound(&answer, &NAMES, Wish::default());
    let marks = &answer.hits[0].marks;
    let marked: Vec<&str> = marks.iter().map(|mark| &NAMES[0][mark.clone()]).collect();
    assert_eq!(
        (answer.hits[0].entry, marked.join(" ").as_str()),
        (0, "đăng ký khai sinh")
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn any_question_has_one_sound_answer(question in question(), wish in wish()) {
        let answer = LOOKUP.find(&question, wish);
        assert_sound(&answer, &NAMES, wish);
        assert_eq!(LOOKUP.find(&question, wish), answer);
    }

    #[test]
    fn ten_thousand_characters_have_an_answer(part in "\\PC{1,12}", wish in wish()) {
        let question: String = part.chars().cycle().take(10_000).collect();
        assert_sound(&LOOKUP.find(&question, wish), &NAMES, wish);
    }
}

proptest! {
    // Each case reads the table of synonyms.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(96) })]

    #[test]
    fn any_names_can_be_looked_up(
        names in prop::collection::vec(prop_oneof![anything(), vietnamese()], 0..8),
        question in question(),
    ) {
        let wish = Wish::default();
        let answer = lookup(&names).find(&question, wish);
        assert_sound(&answer, &names, wish);
        assert_eq!(lookup(&names).find(&question, wish), answer);
    }
}
