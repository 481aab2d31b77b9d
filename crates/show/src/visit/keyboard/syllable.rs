//! The tone of a Vietnamese syllable and the letter that carries it.
//!
//! The crate `vi` says which letter that is, in the old style ("hóa", "thủy"): in the 2,642 full records of
//! the national database open syllables with oa, oe and uy are written so 15,752 times, and in the new
//! style ("hoá", "thuỷ") 1,095 times.

use unicode_normalization::UnicodeNormalization as _;
use vi::editing::get_tone_mark_placement;
use vi::processor::AccentStyle;
use vi::util::is_vowel;
use vi::validation::is_valid_syllable;
use zeroize::Zeroizing;

use super::Tone;

/// How tones are placed.
pub(super) const STYLE: AccentStyle = AccentStyle::Old;

impl Tone {
    /// Its combining character.
    fn mark(self) -> Option<char> {
        match self {
            Self::Acute => Some('\u{301}'),
            Self::Grave => Some('\u{300}'),
            Self::Hook => Some('\u{309}'),
            Self::Tilde => Some('\u{303}'),
            Self::Dot => Some('\u{323}'),
            Self::None => None,
        }
    }
}

/// Whether this is a tone's combining character.
pub(super) fn is_mark(letter: char) -> bool {
    matches!(
        letter,
        '\u{301}' | '\u{300}' | '\u{309}' | '\u{303}' | '\u{323}'
    )
}

/// Whether it is one of the Latin letters that Vietnamese people type, w, f, j and z included.
pub(super) fn is_letter(letter: char) -> bool {
    letter.is_ascii_alphabetic() || matches!(letter, 'đ' | 'Đ') || is_vowel(letter)
}

/// The text without tones; ă â đ ê ô ơ ư stay.
pub(super) fn without_tone(text: &str) -> Zeroizing<String> {
    let bare = text.nfd().filter(|letter| !is_mark(*letter));
    Zeroizing::new(bare.nfc().collect())
}

/// The word with the tone on its last syllable, without it where it has that tone already; none where it has
/// no vowel. A word is letters only ([`is_letter`]).
pub(super) fn toned(word: &str, tone: Tone) -> Option<Zeroizing<String>> {
    let (before, last) = word.split_at(last_syllable(word)?);
    let mark = tone.mark().filter(|mark| mark_of(last) != Some(*mark));
    let mut toned = Zeroizing::new(before.to_owned());
    toned.push_str(&carrying(last, mark));
    Some(toned)
}

/// The syllable with its tone on the letter that carries it, which changes as letters come: "hóa", "hoán".
/// What is no Vietnamese syllable stays as it is.
pub(super) fn settled(syllable: &str) -> Zeroizing<String> {
    match mark_of(syllable) {
        Some(mark) if is_valid_syllable(&small(syllable)) && syllable.contains(is_vowel) => {
            carrying(syllable, Some(mark))
        }
        _ => Zeroizing::new(syllable.to_owned()),
    }
}

fn mark_of(syllable: &str) -> Option<char> {
    syllable.nfd().find(|letter| is_mark(*letter))
}

/// Where the last syllable begins, in bytes: the consonants before the last vowels. None without a vowel.
fn last_syllable(word: &str) -> Option<usize> {
    let vowels_end = word.char_indices().rfind(|(_, letter)| is_vowel(*letter))?;
    let head = &word[..vowels_end.0];
    let consonants = head.trim_end_matches(is_vowel);
    let before = consonants.trim_end_matches(|letter| !is_vowel(letter));
    Some(before.len())
}

/// A syllable that has a vowel, with this tone and no other.
fn carrying(syllable: &str, mark: Option<char>) -> Zeroizing<String> {
    let bare = without_tone(syllable);
    let Some(mark) = mark else { return bare };
    // `vi` knows that ê, ơ and â carry the tone wherever they stand; so do ă and ô.
    let known = Zeroizing::new(small(&bare).replace(['ă', 'ô'], "â"));
    let carrier = get_tone_mark_placement(&known, &STYLE);
    let toned = bare.chars().enumerate().flat_map(|(place, letter)| {
        std::iter::once(letter).chain((place == carrier).then_some(mark))
    });
    Zeroizing::new(toned.nfc().collect())
}

/// In small letters, one for each.
fn small(text: &str) -> Zeroizing<String> {
    let small = |letter: char| letter.to_lowercase().next().unwrap_or(letter);
    Zeroizing::new(text.chars().map(small).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tone_stands_on_the_letter_that_carries_it() {
        for (bare, tone, expected) in [
            ("hoa", Tone::Acute, "hóa"),
            ("hoan", Tone::Grave, "hoàn"),
            ("thuy", Tone::Hook, "thủy"),
            ("quy", Tone::Acute, "quý"),
            ("gia", Tone::Acute, "giá"),
            ("gi", Tone::Grave, "gì"),
            ("giây", Tone::Acute, "giấy"),
            ("huê", Tone::Acute, "huế"),
            ("HUÊ", Tone::Acute, "HUẾ"),
            ("nguyên", Tone::Tilde, "nguyễn"),
            ("được", Tone::None, "đươc"),
            ("đươc", Tone::Dot, "được"),
            ("muôn", Tone::Acute, "muốn"),
            ("muô", Tone::Acute, "muố"),
            ("hoăc", Tone::Dot, "hoặc"),
            ("mưa", Tone::Tilde, "mữa"),
            ("ia", Tone::Hook, "ỉa"),
            ("dangky", Tone::Acute, "dangký"),
            ("khaisinh", Tone::Dot, "khaisịnh"),
            ("w", Tone::Acute, ""),
            ("", Tone::Acute, ""),
        ] {
            let found = toned(bare, tone);
            assert_eq!(
                found.as_deref().map_or("", String::as_str),
                expected,
                "{bare}"
            );
        }
    }

    #[test]
    fn the_same_tone_goes_and_another_takes_its_place() {
        assert_eq!(toned("hoàn", Tone::Grave).unwrap().as_str(), "hoan");
        assert_eq!(toned("hoàn", Tone::Dot).unwrap().as_str(), "hoạn");
    }

    #[test]
    fn the_tone_moves_as_letters_come() {
        for (typed, expected) in [
            ("hóan", "hoán"),
            ("hoá", "hóa"),
            ("thủyê", "thuyể"),
            ("HÓAN", "HOÁN"),
            ("tãx", "tãx"),
            ("xyz", "xyz"),
        ] {
            assert_eq!(settled(typed).as_str(), expected);
        }
    }
}
