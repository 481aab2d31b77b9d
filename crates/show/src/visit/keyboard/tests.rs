use super::*;

/// Presses a key for each letter: `´ ` ? ~ .` after an underscore are tones, `<` erases, `^` is Shift.
fn typed(layout: Layout, keys: &str) -> Keyboard {
    let mut keyboard = Keyboard::new(layout);
    press(&mut keyboard, keys);
    keyboard
}

fn press(keyboard: &mut Keyboard, keys: &str) {
    let mut keys = keys.chars();
    while let Some(key) = keys.next() {
        match key {
            '<' => keyboard.press(Key::Erase),
            '^' => keyboard.press(Key::Shift),
            '_' => keyboard.press(Key::Tone(match keys.next().unwrap() {
                '´' => Tone::Acute,
                '`' => Tone::Grave,
                '?' => Tone::Hook,
                '~' => Tone::Tilde,
                '.' => Tone::Dot,
                _ => Tone::None,
            })),
            letter => keyboard.type_character(letter),
        }
    }
}

const ACCENTED: Layout = Layout::Vietnamese(Method::Accented);
const TELEX: Layout = Layout::Vietnamese(Method::Telex);
const VNI: Layout = Layout::Vietnamese(Method::Vni);
const PLAIN: Layout = Layout::Vietnamese(Method::Plain);

#[test]
fn keys_become_text_and_their_letters_are_kept() {
    for (layout, keys, text, letters) in [
        (ACCENTED, "khai sinh", "khai sinh", "khai sinh"),
        (ACCENTED, "đăng ky_´", "đăng ký", "đăng ky"),
        (ACCENTED, "hoa_`n", "hoàn", "hoan"),
        (ACCENTED, "hoa_`_`", "hoa", "hoa"),
        (ACCENTED, "hoa_`_.", "họa", "hoa"),
        (ACCENTED, "hoa_`_-", "hoa", "hoa"),
        (ACCENTED, "_´", "", ""),
        (ACCENTED, "h_´", "h", "h"),
        (ACCENTED, "ky _´", "ky ", "ky "),
        (ACCENTED, "ky1_´", "ky1", "ky1"),
        (ACCENTED, "tax", "tax", "tax"),
        (TELEX, "tax", "tã", "tax"),
        (
            TELEX,
            "khai sinh tieengs",
            "khai sinh tiếng",
            "khai sinh tieengs",
        ),
        (TELEX, "1.001193.H51", "1.001193.H51", "1.001193.H51"),
        (TELEX, "ky_´s", "kýs", "kys"),
        (TELEX, "ăs", "ăs", "ăs"),
        (VNI, "d9a8ng ky1 15", "đăng ký 15", "d9a8ng ky1 15"),
        (PLAIN, "tax", "tax", "tax"),
        (Layout::Khmer, "ក្ក", "ក្ក", "ក្ក"),
        (Layout::Numbers, "1.004", "1.004", "1.004"),
        (ACCENTED, "  a   b ", "a b ", "a b "),
        (ACCENTED, "a\u{0}\n\u{7f}\u{200d}\u{feff}b", "ab", "ab"),
        (ACCENTED, "a\u{301}", "á", "a\u{301}"),
        (ACCENTED, "\u{301}a \u{323}", "a ", "a "),
        (ACCENTED, "^đ^aa", "ĐAa", "ĐAa"),
        (TELEX, "^ddang", "Đang", "Ddang"),
    ] {
        let keyboard = typed(layout, keys);
        assert_eq!(
            (keyboard.text(), keyboard.letters()),
            (text, letters),
            "{keys}"
        );
    }
}

#[test]
fn erase_takes_the_last_letter_as_it_is_seen() {
    for (layout, keys, text, letters) in [
        (TELEX, "aw<", "", ""),
        (TELEX, "baw<", "b", "b"),
        (TELEX, "tax<", "t", "t"),
        (TELEX, "taxi<", "tã", "tax"),
        (TELEX, "vieetj<", "việ", "vieej"),
        (TELEX, "vieetj<n", "viện", "vieejn"),
        (TELEX, "dduowcj<", "đượ", "dduwowj"),
        (TELEX, "hoanf<", "hoà", "hoaf"),
        (TELEX, "hoanf<<", "ho", "ho"),
        (TELEX, "tax-<", "tã", "tax"),
        (TELEX, "tax <", "tã", "tax"),
        (TELEX, "tax <n", "tãn", "taxn"),
        (VNI, "vie65t<", "việ", "vie65"),
        (ACCENTED, "ky_´<", "k", "k"),
        (ACCENTED, "đăng<<<", "đ", "đ"),
        (ACCENTED, "a <<", "", ""),
        (ACCENTED, "<", "", ""),
        (ACCENTED, "e\u{301}\u{302}<", "", ""),
        (Layout::Khmer, "ក្ក<", "ក្", "ក្"),
        (Layout::Khmer, "ក្ក<<<", "", ""),
        (Layout::Khmer, "ក ា\u{301}<", "ក ", "ក "),
    ] {
        let keyboard = typed(layout, keys);
        assert_eq!(
            (keyboard.text(), keyboard.letters()),
            (text, letters),
            "{keys}"
        );
    }
}

#[test]
fn another_way_of_typing_leaves_what_is_there() {
    let mut keyboard = typed(TELEX, "tax");
    keyboard.press(Key::Method);
    assert_eq!(keyboard.layout(), VNI);
    press(&mut keyboard, "i ky1");
    assert_eq!(
        (keyboard.text(), keyboard.letters()),
        ("tãi ký", "taxi ky1")
    );
    keyboard.press(Key::Method);
    keyboard.press(Key::Method);
    assert_eq!(keyboard.layout(), ACCENTED);
    keyboard.press(Key::Tone(Tone::Dot));
    assert_eq!(keyboard.text(), "tãi kỵ");
}

#[test]
fn digits_of_the_numbers_stay_digits() {
    let mut keyboard = typed(VNI, "ky");
    keyboard.press(Key::Numbers);
    keyboard.press(Key::Text("1"));
    keyboard.press(Key::Letters);
    assert_eq!((keyboard.text(), keyboard.layout()), ("ky1", VNI));
    press(&mut keyboard, "a2");
    assert_eq!(keyboard.text(), "ky1a2");
}

#[test]
fn letters_come_back_after_numbers() {
    let mut keyboard = Keyboard::new(TELEX);
    for (key, layout) in [
        (Key::Khmer, Layout::Khmer),
        (Key::Numbers, Layout::Numbers),
        (Key::Numbers, Layout::Numbers),
        (Key::Method, Layout::Numbers),
        (Key::Letters, Layout::Khmer),
        (Key::Letters, TELEX),
        (Key::Letters, TELEX),
        (Key::Search, TELEX),
    ] {
        keyboard.press(key);
        assert_eq!(keyboard.layout(), layout, "{key:?}");
    }
    let mut keyboard = Keyboard::new(Layout::Numbers);
    keyboard.press(Key::Letters);
    assert_eq!(keyboard.layout(), ACCENTED);
}

#[test]
fn shift_holds_for_one_letter() {
    let mut keyboard = Keyboard::new(Layout::Khmer);
    keyboard.press(Key::Shift);
    assert!(keyboard.is_shifted());
    let second = keyboard.rows()[1][0].key;
    assert_eq!(second, Key::Text("ឈ"));
    keyboard.press(second);
    assert_eq!(keyboard.rows()[1][0].label, "ឆ");
    keyboard.press(Key::Shift);
    keyboard.press(Key::Shift);
    assert!(!keyboard.is_shifted());
    keyboard.press(Key::Letters);
    keyboard.press(Key::Shift);
    keyboard.press(Key::Text("đ"));
    keyboard.press(Key::Text("đ"));
    assert_eq!(keyboard.text(), "ឈĐđ");
}

#[test]
fn beyond_the_limit_nothing_changes() {
    let mut keyboard = typed(ACCENTED, &"a".repeat(LIMIT - 1));
    keyboard.press(Key::Khmer);
    let before = keyboard.text().to_owned();
    keyboard.press(Key::Text("ុំ"));
    assert_eq!(keyboard.text(), before);
    keyboard.press(Key::Text("ក"));
    let full = keyboard.text().to_owned();
    assert_eq!(full.chars().count(), LIMIT);
    for key in [Key::Text("ខ"), Key::Space, Key::Text("ុំ")] {
        keyboard.press(key);
        assert_eq!(keyboard.text(), full);
    }
    keyboard.press(Key::Erase);
    assert_eq!(keyboard.text(), before);
    keyboard.press(Key::Clear);
    assert!(keyboard.is_empty() && keyboard.letters().is_empty());
    let telex = typed(TELEX, &"tafs".repeat(1000));
    assert!(telex.letters().chars().count() <= 3 * LIMIT);
}

#[test]
fn every_khmer_letter_can_be_reached() {
    let mut keyboard = Keyboard::new(Layout::Khmer);
    let mut reached = String::new();
    for _ in 0..2 {
        for cap in keyboard.rows().concat() {
            if let Key::Text(text) = cap.key {
                reached.push_str(text);
                assert_eq!(cap.label.trim_start_matches('\u{25cc}'), text);
            }
        }
        keyboard.press(Key::Shift);
    }
    // U+17A3 and U+17A4 are deprecated; U+17B4 and U+17B5 cannot be seen.
    let letters = ('\u{1780}'..='\u{17a2}')
        .chain('\u{17a5}'..='\u{17b3}')
        .chain('\u{17b6}'..='\u{17d2}')
        .chain('\u{17e0}'..='\u{17e9}')
        .chain(['។', 'ៗ', '៛', '៖']);
    for letter in letters {
        assert!(reached.contains(letter), "{letter:?}");
    }
}

#[test]
fn what_was_typed_is_in_no_log() {
    let shown = format!("{:?}", typed(ACCENTED, "bimat"));
    assert!(!shown.contains("bimat"), "{shown}");
}
