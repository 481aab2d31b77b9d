//! The keyboard on the screen under any keys, and with the syllables of real procedures.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::Path;

use motcua_show::lookup::fold;
use motcua_show::visit::keyboard::{Key, Keyboard, LIMIT, Layout, Method, Tone};
use proptest::prelude::*;
use unicode_normalization::{UnicodeNormalization as _, is_nfc};
use unicode_segmentation::UnicodeSegmentation as _;

const LAYOUTS: [Layout; 6] = [
    Layout::Vietnamese(Method::Accented),
    Layout::Vietnamese(Method::Telex),
    Layout::Vietnamese(Method::Vni),
    Layout::Vietnamese(Method::Plain),
    Layout::Khmer,
    Layout::Numbers,
];

/// One thing that a visitor does.
#[derive(Debug, Clone, Copy)]
enum Act {
    /// Presses a key that is shown, by its place.
    Shown(usize),
    /// A key that may not be shown: a finger was faster than the screen.
    Any(Key),
    /// A real keyboard.
    Typed(char),
}

fn any_key() -> impl Strategy<Value = Key> {
    prop::sample::select(vec![
        Key::Tone(Tone::Acute),
        Key::Tone(Tone::Grave),
        Key::Tone(Tone::Hook),
        Key::Tone(Tone::Tilde),
        Key::Tone(Tone::Dot),
        Key::Tone(Tone::None),
        Key::Shift,
        Key::Erase,
        Key::Erase,
        Key::Erase,
        Key::Clear,
        Key::Space,
        Key::Method,
        Key::Khmer,
        Key::Letters,
        Key::Numbers,
        Key::Search,
        Key::Text(""),
        Key::Text(" a\u{0} "),
        Key::Text("ơ"),
        Key::Text("េះ"),
    ])
}

/// Letters that compose, and what has nothing to do with a keyboard.
fn any_character() -> impl Strategy<Value = char> {
    let near = "aeiouydnghtcqwfsrxjz0123456789AEOUDWăâđêôơưẾặ \u{301}\u{323}\u{31b}ក្ំ\u{200b}\u{7}";
    prop_oneof![
        6 => prop::sample::select(near.chars().collect::<Vec<char>>()),
        1 => any::<char>(),
    ]
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        3 => any::<usize>().prop_map(Act::Shown),
        2 => any_key().prop_map(Act::Any),
        4 => any_character().prop_map(Act::Typed),
    ];
    prop::collection::vec(act, 0..120)
}

fn carry_out(keyboard: &mut Keyboard, act: Act) {
    match act {
        Act::Shown(place) => {
            let caps = keyboard.rows().concat();
            keyboard.press(caps[place % caps.len()].key);
        }
        Act::Any(key) => keyboard.press(key),
        Act::Typed(character) => keyboard.type_character(character),
    }
}

/// What one Erase takes: a grapheme, of Khmer one character; a space by itself.
fn last_as_seen(text: &str) -> &str {
    let word = text.rsplit(' ').next().unwrap();
    match word.chars().next_back() {
        None => &text[text.len().saturating_sub(1)..],
        Some(khmer @ '\u{1780}'..='\u{17ff}') => &word[word.len() - khmer.len_utf8()..],
        Some(_) => word.graphemes(true).next_back().unwrap(),
    }
}

fn assert_sound(keyboard: &Keyboard) {
    let (text, letters) = (keyboard.text(), keyboard.letters());
    assert!(is_nfc(text), "{text:?}");
    assert!(text.chars().count() <= LIMIT);
    assert!(!text.starts_with(' ') && !text.contains("  "), "{text:?}");
    assert!(!text.contains(char::is_control), "{text:?}");
    assert_eq!(keyboard.is_empty(), text.is_empty());
    assert_eq!(text.is_empty(), letters.is_empty(), "{text:?} {letters:?}");
    let spaces = |text: &str| text.matches(' ').count();
    assert_eq!(spaces(text), spaces(letters), "{text:?} {letters:?}");
}

fn assert_drawn(keyboard: &Keyboard) {
    let rows = keyboard.rows();
    assert!((3..=5).contains(&rows.len()));
    for row in &rows {
        let width: f32 = row.iter().map(|cap| cap.width).sum();
        assert!((width - 12.0).abs() < 1e-4, "{width} {row:?}");
        assert!(row.iter().all(|cap| cap.width >= 1.0), "{row:?}");
    }
    let mut keys = BTreeSet::new();
    for cap in rows.concat() {
        assert!(keys.insert(format!("{:?}", cap.key)), "{cap:?} stands twice");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn nothing_breaks_it(layout in prop::sample::select(&LAYOUTS[..]), acts in acts()) {
        let mut keyboard = Keyboard::new(layout);
        for act in acts {
            carry_out(&mut keyboard, act);
            assert_sound(&keyboard);
            assert_drawn(&keyboard);
        }
    }

    #[test]
    fn erase_takes_what_was_seen_last(
        layout in prop::sample::select(&LAYOUTS[..]),
        acts in acts(),
    ) {
        let mut keyboard = Keyboard::new(layout);
        acts.into_iter().for_each(|act| carry_out(&mut keyboard, act));
        while !keyboard.is_empty() {
            let before = keyboard.text().to_owned();
            let left = before.strip_suffix(last_as_seen(&before)).unwrap();
            keyboard.press(Key::Erase);
            assert_eq!(keyboard.text(), left);
            assert_sound(&keyboard);
        }
    }

    #[test]
    fn erasing_as_often_as_letters_were_seen_empties_it(
        layout in prop::sample::select(&LAYOUTS[..4]),
        keys in "[a-zA-Z0-9ăâđêôơư ]{0,60}",
    ) {
        let mut keyboard = Keyboard::new(layout);
        keys.chars().for_each(|key| keyboard.type_character(key));
        for _ in 0..keyboard.text().graphemes(true).count() {
            assert!(!keyboard.is_empty());
            keyboard.press(Key::Erase);
        }
        assert!(keyboard.is_empty(), "{:?}", keyboard.text());
    }

    #[test]
    fn without_erasing_no_letter_is_lost(
        layout in prop::sample::select(&LAYOUTS[..4]),
        keys in "[a-zA-Z0-9ăâđêôơư.,/-]{1,8}( [a-z0-9]{1,9}){0,8}",
    ) {
        let mut keyboard = Keyboard::new(layout);
        keys.chars().for_each(|key| keyboard.type_character(key));
        assert_eq!(keyboard.letters(), keys);
    }

    #[test]
    fn far_beyond_the_limit_it_stays_within(
        layout in prop::sample::select(&LAYOUTS[..]),
        keys in prop::collection::vec(any_character(), 700),
    ) {
        let mut keyboard = Keyboard::new(layout);
        keys.into_iter().for_each(|key| keyboard.type_character(key));
        assert_sound(&keyboard);
    }
}

#[test]
fn every_key_that_is_shown_does_what_it_says() {
    for layout in LAYOUTS {
        for is_shifted in [false, true] {
            let keyboard = || {
                let mut keyboard = Keyboard::new(layout);
                if is_shifted {
                    keyboard.press(Key::Shift);
                }
                keyboard
            };
            assert_drawn(&keyboard());
            for cap in keyboard().rows().concat() {
                let mut keyboard = keyboard();
                keyboard.press(cap.key);
                if let Key::Text(text) = cap.key {
                    assert_eq!(keyboard.letters(), text);
                    let seen = match (layout, text) {
                        (Layout::Vietnamese(Method::Telex), "w") => "ư",
                        (Layout::Vietnamese(Method::Telex), "W") => "Ư",
                        _ => text,
                    };
                    assert_eq!(keyboard.text(), seen);
                    assert_eq!(cap.label.trim_start_matches('\u{25cc}'), text);
                }
            }
        }
    }
}

/// Presses the key that is shown with this label.
fn tap(keyboard: &mut Keyboard, label: char) {
    let caps = keyboard.rows().concat();
    let shows = |text: &str| text.chars().eq([label]);
    let cap = caps.iter().find(|cap| shows(cap.label));
    keyboard.press(cap.unwrap_or_else(|| panic!("no key for {label}")).key);
}

/// The tones: their combining character, and their keys.
const TONES: [(char, char, char, char); 5] = [
    ('\u{301}', '´', 's', '1'),
    ('\u{300}', '`', 'f', '2'),
    ('\u{309}', '?', 'r', '3'),
    ('\u{303}', '~', 'x', '4'),
    ('\u{323}', '.', 'j', '5'),
];

/// The keys of a syllable, the tone last.
fn keys_of(syllable: &str, method: Method) -> String {
    let mut keys = String::new();
    let mut tone = None;
    for letter in syllable.chars() {
        let parts: Vec<char> = letter.nfd().collect();
        let found = TONES.iter().find(|(mark, ..)| parts.contains(mark));
        tone = tone.or(found);
        let bare: String = letter
            .nfd()
            .filter(|part| TONES.iter().all(|(mark, ..)| mark != part))
            .nfc()
            .collect();
        keys.push_str(match (method, bare.as_str()) {
            (Method::Telex, "ă") => "aw",
            (Method::Telex, "â") => "aa",
            (Method::Telex, "đ") => "dd",
            (Method::Telex, "ê") => "ee",
            (Method::Telex, "ô") => "oo",
            (Method::Telex, "ơ") => "ow",
            (Method::Telex, "ư") => "uw",
            (Method::Vni, "ă") => "a8",
            (Method::Vni, "â") => "a6",
            (Method::Vni, "đ") => "d9",
            (Method::Vni, "ê") => "e6",
            (Method::Vni, "ô") => "o6",
            (Method::Vni, "ơ") => "o7",
            (Method::Vni, "ư") => "u7",
            (_, bare) => bare,
        });
    }
    keys.extend(tone.map(|(_, accented, telex, vni)| match method {
        Method::Telex => *telex,
        Method::Vni => *vni,
        Method::Accented | Method::Plain => *accented,
    }));
    keys
}

/// Letters and tone, wherever the tone stands: the data has both "hóa" and "hoá".
fn apart(syllable: &str) -> (String, Vec<char>) {
    let is_tone = |part: &char| TONES.iter().any(|(mark, ..)| mark == part);
    (
        syllable.nfd().filter(|part| !is_tone(part)).collect(),
        syllable.nfd().filter(is_tone).collect(),
    )
}

/// Whether it is built as Vietnamese syllables are: other words in names are "online", "logistics".
fn is_syllable(word: &str) -> bool {
    const BEGINNINGS: &str = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph q qu r s t th tr v x";
    const ENDS: &str = "c ch m n ng nh p t";
    let is_vowel = |letter: char| {
        let base = letter.nfd().next().unwrap();
        "aeiouy".contains(base)
    };
    let Some(begin) = word.find(is_vowel) else {
        return false;
    };
    let vowels = &word[begin..];
    let end = vowels.find(|letter| !is_vowel(letter)).unwrap_or(vowels.len());
    let among = |list: &str, part: &str| part.is_empty() || list.split(' ').any(|one| one == part);
    among(BEGINNINGS, &word[..begin])
        && among(ENDS, &vowels[end..])
        && vowels[..end].chars().count() <= 3
        && apart(word).1.len() <= 1
}

/// The syllables of the real names, in small letters; none where the data is absent.
fn real_syllables() -> Option<BTreeSet<String>> {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/procedure-names.json.gz");
    let Ok(file) = std::fs::File::open(&path) else {
        assert!(std::env::var_os("CI").is_none(), "{} is needed", path.display());
        eprintln!("skipped: there is no {}", path.display());
        return None;
    };
    let mut text = String::new();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).unwrap();
    let names: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    let names = names.iter().map(|name| name["name"].as_str().unwrap());
    let small = names.map(|name| name.nfc().collect::<String>().to_lowercase());
    let words = small.flat_map(|name| {
        let words = name.split(|letter: char| !letter.is_alphanumeric());
        words.map(str::to_owned).collect::<Vec<String>>()
    });
    Some(words.filter(|word| is_syllable(word)).collect())
}

/// How many of the real syllables come out as they are written, the style of the tone's place aside; the
/// others are named. The floors are what was measured: all 1,325, but for "boong" in Telex, where a third o
/// is needed.
#[test]
fn real_syllables_come_out_as_they_are_written() {
    let Some(syllables) = real_syllables() else {
        return;
    };
    assert!(syllables.len() > 1000, "{}", syllables.len());
    for (method, floor) in [
        (Method::Accented, 1.0),
        (Method::Telex, 0.999),
        (Method::Vni, 1.0),
    ] {
        let mut wrong = Vec::new();
        for syllable in &syllables {
            let mut keyboard = Keyboard::new(Layout::Vietnamese(method));
            let keys = keys_of(syllable, method);
            keys.chars().for_each(|key| tap(&mut keyboard, key));
            if apart(keyboard.text()) != apart(syllable) {
                wrong.push(format!("{syllable} ({keys}: {})", keyboard.text()));
            }
            if method == Method::Accented {
                assert_eq!(fold(keyboard.text()), fold(syllable));
            }
        }
        let right = (syllables.len() - wrong.len()) as f64 / syllables.len() as f64;
        eprintln!("{method:?}: {} of {} wrong: {wrong:?}", wrong.len(), syllables.len());
        assert!(right >= floor, "{method:?}: {right}");
    }
}

/// Those who press the tone's key right after its letter, before the end of the syllable, get the same.
#[test]
fn the_tone_may_come_before_the_end() {
    let Some(syllables) = real_syllables() else {
        return;
    };
    for syllable in &syllables {
        let mut late = Keyboard::new(Layout::Vietnamese(Method::Accented));
        keys_of(syllable, Method::Accented)
            .chars()
            .for_each(|key| tap(&mut late, key));
        let mut early = Keyboard::new(Layout::Vietnamese(Method::Accented));
        for letter in syllable.chars() {
            keys_of(&letter.to_string(), Method::Accented)
                .chars()
                .for_each(|key| tap(&mut early, key));
        }
        assert_eq!(early.text(), late.text());
    }
}
