//! The keyboard on the screen under any keys.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;

use motcua_show::visit::keyboard::{Key, Keyboard, LIMIT, Layout, Method, Tone};
use proptest::prelude::*;
use unicode_normalization::is_nfc;
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
        assert!(
            keys.insert(format!("{:?}", cap.key)),
            "{cap:?} stands twice"
        );
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
