//! The order of Vietnamese words: by letter (a ă â b c d đ e ê …), then by tone.

use unicode_normalization::UnicodeNormalization as _;

/// The letters in their order; those of other languages stand where the Latin alphabet has them.
const LETTERS: &str = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz";

/// The tones in their order: level, huyền, hỏi, ngã, sắc, nặng.
const TONES: [char; 5] = ['\u{300}', '\u{309}', '\u{303}', '\u{301}', '\u{323}'];

/// A key by which texts sort as a Vietnamese dictionary does; digits before letters.
pub(super) fn key(text: &str) -> (Vec<u32>, Vec<u8>) {
    let mut letters: Vec<u32> = Vec::new();
    let mut tones: Vec<u8> = Vec::new();
    for character in text.to_lowercase().nfd() {
        if let Some(tone) = TONES.iter().position(|&tone| tone == character) {
            if let Some(last) = tones.last_mut() {
                *last = tone as u8 + 1;
            }
            continue;
        }
        // ă, â, ê, ô, ơ, ư come apart in this form: put them together again.
        let composed = match character {
            '\u{306}' | '\u{302}' | '\u{31b}' => letters.pop().and_then(|base| {
                let base = char::from_u32(letter_of(base)?)?;
                [base, character].iter().collect::<String>().nfc().next()
            }),
            other => Some(other),
        };
        if let Some(letter) = composed {
            if letters.len() == tones.len() {
                tones.push(0);
            }
            letters.push(rank(letter));
        }
    }
    (letters, tones)
}

/// Spaces first, then digits, then letters, then everything else.
fn rank(character: char) -> u32 {
    match LETTERS.chars().position(|letter| letter == character) {
        Some(position) => FIRST_LETTER + position as u32,
        None if character == ' ' => 0,
        None if character.is_ascii_digit() => character as u32,
        None => FIRST_OTHER + character as u32,
    }
}

const FIRST_LETTER: u32 = 200;
const FIRST_OTHER: u32 = 1000;

fn letter_of(rank: u32) -> Option<u32> {
    LETTERS
        .chars()
        .nth(rank.checked_sub(FIRST_LETTER)? as usize)
        .map(u32::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_sort_as_in_a_dictionary() {
        let sorted = [
            "Cấp bản sao",
            "Cấp đổi",
            "Chứng thực",
            "Dạy nghề",
            "Đăng ký kết hôn",
            "Đăng ký khai sinh",
            "Đăng ký khai tử",
            "Đất đai",
            "Xác nhận",
        ];
        let mut words = sorted;
        words.reverse();
        words.sort_by_key(|word| key(word));
        assert_eq!(words, sorted);
        assert!(
            key("ma") < key("mà")
                && key("mà") < key("má")
                && key("má") < key("mạ")
                && key("mạ") < key("mă")
        );
        assert_eq!(key("Đăng"), key("đa\u{306}ng"));
    }
}
