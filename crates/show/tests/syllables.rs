//! The syllables of the names of real procedures, typed with the keyboard on the screen.
//!
//! The names are not part of the project: where they are absent these tests are skipped.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::Path;

use motcua_show::lookup::fold;
use motcua_show::visit::keyboard::{Keyboard, Layout, Method};
use unicode_normalization::UnicodeNormalization as _;

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
    let end = vowels
        .find(|letter| !is_vowel(letter))
        .unwrap_or(vowels.len());
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
        assert!(
            std::env::var_os("CI").is_none(),
            "{} is needed",
            path.display()
        );
        eprintln!("skipped: there is no {}", path.display());
        return None;
    };
    let mut text = String::new();
    flate2::read::GzDecoder::new(file)
        .read_to_string(&mut text)
        .unwrap();
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
        eprintln!(
            "{method:?}: {} of {} wrong: {wrong:?}",
            wrong.len(),
            syllables.len()
        );
        assert!(right >= floor, "{method:?}: {right}");
    }
}

/// Syllables with ươ come out also when one key gives both letters their horns, as most people type it.
#[test]
fn one_key_gives_two_letters_their_horns() {
    let Some(syllables) = real_syllables() else {
        return;
    };
    for syllable in &syllables {
        for (method, long, short) in [(Method::Telex, "uwow", "uow"), (Method::Vni, "u7o7", "uo7")]
        {
            let mut keyboard = Keyboard::new(Layout::Vietnamese(method));
            let keys = keys_of(syllable, method);
            if !keys.contains(long) {
                continue;
            }
            let keys = keys.replace(long, short);
            keys.chars().for_each(|key| tap(&mut keyboard, key));
            assert_eq!(apart(keyboard.text()), apart(syllable), "{keys}");
        }
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
