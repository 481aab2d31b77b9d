//! The rows of the Khmer letters.
//!
//! They are the standard keyboard of Cambodia (NiDA, as in X11's `kh`), key by key. A touch screen has no
//! third level under AltGr, so what stands there takes the places of signs that nobody searches with
//! (! " % ( ) = ? ៕), and three keys beside the space.

use super::rows::{between, sign};
use super::{Cap, Key};

/// What carries a sign that stands on or under another letter.
const CARRIER: char = '\u{25cc}';

/// The letters, row by row, without Shift and with it.
const LETTERS: [[&str; 2]; 5] = [
    ["១ ២ ៣ ៤ ៥ ៦ ៧ ៨ ៩ ០ ឥ ឲ", "ឦ ៗ ◌៑ ៛ ឨ ◌៍ ◌័ ◌៏ ឩ ◌ៈ ◌៌ ◌៎"],
    ["ឆ ◌ឹ ◌េ រ ត យ ◌ុ ◌ិ ◌ោ ផ ◌ៀ ឪ", "ឈ ◌ឺ ◌ែ ឬ ទ ◌ួ ◌ូ ◌ី ◌ៅ ភ ◌ឿ ឧ"],
    ["◌ា ស ដ ថ ង ហ ◌្ ក ល ◌ើ ◌់ ឮ", "◌ាំ ◌ៃ ឌ ធ អ ◌ះ ញ គ ឡ ◌ោះ ◌៉ ឭ"],
    ["ឋ ខ ច វ ប ន ម ◌ុំ ។ ◌៊", "ឍ ឃ ជ ◌េះ ព ណ ◌ំ ◌ុះ ឝ ឞ"],
    ["ឯ ឱ ឫ", "ឰ ឳ ៖"],
];

/// The rows, without Shift or with it.
pub(super) fn rows(is_shifted: bool) -> Vec<Vec<Cap>> {
    let [digits, upper, middle, lower, beside_space] =
        LETTERS.map(|row| caps(row[usize::from(is_shifted)]));
    let mut last = vec![sign(Key::Letters, 1.5), sign(Key::Numbers, 1.5)];
    last.extend(beside_space);
    last.extend([sign(Key::Space, 4.0), sign(Key::Search, 2.0)]);
    vec![
        digits,
        upper,
        middle,
        between(Key::Shift, lower, Key::Erase, 1.0),
        last,
    ]
}

fn caps(letters: &'static str) -> Vec<Cap> {
    let cap = |label: &'static str| Cap {
        key: Key::Text(label.trim_start_matches(CARRIER)),
        label,
        width: 1.0,
    };
    letters.split(' ').map(cap).collect()
}
