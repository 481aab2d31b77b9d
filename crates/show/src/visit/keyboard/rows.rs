//! The rows of the Latin letters and of the digits.
//!
//! Every row is twelve letter keys of the accented layout wide. Erase and Search stay at the right edge in
//! every layout, because a hand finds them there.

use super::{Cap, Key, Method, Tone};

/// The letters of each way of typing, row by row, small and capital.
type Letters = [[&'static str; 2]; 3];

const ACCENTED: Letters = [
    ["qwertyuiopơư", "QWERTYUIOPƠƯ"],
    ["asdfghjklăâê", "ASDFGHJKLĂÂÊ"],
    ["zxcvbnmđô", "ZXCVBNMĐÔ"],
];
const LATIN: Letters = [
    ["qwertyuiop", "QWERTYUIOP"],
    ["asdfghjkl", "ASDFGHJKL"],
    ["zxcvbnm", "ZXCVBNM"],
];

/// The tones in the order in which schools teach them, with the signs that people draw for them.
const TONES: [(Tone, &str); 5] = [
    (Tone::Acute, "´"),
    (Tone::Grave, "`"),
    (Tone::Hook, "?"),
    (Tone::Tilde, "~"),
    (Tone::Dot, "."),
];

/// The rows of a way of typing Vietnamese.
pub(super) fn vietnamese(method: Method, is_shifted: bool) -> Vec<Vec<Cap>> {
    let level = usize::from(is_shifted);
    let table = match method {
        Method::Accented => ACCENTED,
        Method::Telex | Method::Vni | Method::Plain => LATIN,
    };
    let [upper, middle, lower] = table.map(|row| row[level]);
    let mut rows = Vec::with_capacity(5);
    if method == Method::Vni {
        rows.push(filling("1234567890", 12.0));
    }
    rows.push(filling(upper, 12.0));
    rows.push(filling(middle, 12.0));
    let edge = if method == Method::Accented { 1.5 } else { 1.8 };
    rows.push(between(
        Key::Shift,
        filling(lower, 12.0 - 2.0 * edge),
        Key::Erase,
        edge,
    ));
    rows.push(if method == Method::Accented {
        let mut row = vec![
            sign(Key::Method, 1.2),
            sign(Key::Numbers, 1.0),
            sign(Key::Khmer, 1.0),
        ];
        row.extend(TONES.map(|(tone, label)| Cap {
            key: Key::Tone(tone),
            label,
            width: 1.0,
        }));
        row.extend([sign(Key::Space, 2.0), sign(Key::Search, 1.8)]);
        row
    } else {
        vec![
            // Wide enough for the name of a way of typing in Khmer.
            sign(Key::Method, 2.1),
            sign(Key::Numbers, 1.2),
            sign(Key::Khmer, 1.2),
            sign(Key::Space, 5.5),
            sign(Key::Search, 2.0),
        ]
    });
    rows
}

/// The digits as on a telephone, and the signs of codes and addresses.
pub(super) fn numbers() -> Vec<Vec<Cap>> {
    let row = |digits, signs| {
        let mut row = filling(digits, 7.5);
        row.extend(filling(signs, 4.5));
        row
    };
    let mut rows = vec![row("123", ".,"), row("456", "/-"), filling("789", 7.5)];
    rows[2].push(sign(Key::Erase, 4.5));
    let mut last = vec![sign(Key::Letters, 2.5)];
    last.extend(filling("0", 2.5));
    last.extend([sign(Key::Space, 5.0), sign(Key::Search, 2.0)]);
    rows.push(last);
    rows
}

/// A key whose label is the screen's business.
pub(super) fn sign(key: Key, width: f32) -> Cap {
    Cap {
        key,
        label: "",
        width,
    }
}

/// Keys between one at the left edge and one at the right, both so wide.
pub(super) fn between(left: Key, keys: Vec<Cap>, right: Key, edge: f32) -> Vec<Cap> {
    let mut row = vec![sign(left, edge)];
    row.extend(keys);
    row.push(sign(right, edge));
    row
}

/// A key for each letter, all of one width, together so wide.
fn filling(letters: &'static str, width: f32) -> Vec<Cap> {
    let width = width / letters.chars().count() as f32;
    letters
        .char_indices()
        .map(|(at, letter)| {
            let label = &letters[at..at + letter.len_utf8()];
            Cap {
                key: Key::Text(label),
                label,
                width,
            }
        })
        .collect()
}
