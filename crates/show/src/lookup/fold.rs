//! Vietnamese text without its marks, syllable by syllable.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Small letters without accents; đ becomes d, and so does the ð (U+00F0) that stands for it in old texts,
/// because their capitals look the same. What is neither letter nor digit stays.
///
/// ```
/// assert_eq!(motcua_show::lookup::fold("Đăng ký Khai sinh"), "dang ky khai sinh");
/// ```
#[must_use]
pub fn fold(text: &str) -> String {
    text.nfd()
        .filter(|letter| !is_vietnamese_mark(*letter))
        .flat_map(char::to_lowercase)
        .map(|letter| match letter {
            'đ' | 'ð' => 'd',
            _ => letter,
        })
        .collect()
}

/// Marks of Khmer are part of its words; those of Latin letters are not.
fn is_vietnamese_mark(letter: char) -> bool {
    ('\u{0300}'..='\u{036f}').contains(&letter)
}

/// A word between spaces and punctuation; in Vietnamese a syllable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Syllable {
    pub(super) folded: String,
    /// In small letters, composed, with its accents.
    pub(super) accented: String,
    /// Where it stands, in bytes.
    pub(super) at: Range<usize>,
}

impl Syllable {
    /// Whether it was typed with an accent.
    pub(super) fn has_accent(&self) -> bool {
        self.folded != self.accented
    }
}

/// The syllables of a text, in order.
pub(super) fn syllables(text: &str) -> impl Iterator<Item = Syllable> + '_ {
    let is_part = |letter: char| letter.is_alphanumeric() || is_combining_mark(letter);
    let mut from = 0;
    std::iter::from_fn(move || {
        let rest = &text[from..];
        let begin = from + rest.find(is_part)?;
        let rest = &text[begin..];
        let end = begin + rest.find(|letter| !is_part(letter)).unwrap_or(rest.len());
        from = end;
        let word = &text[begin..end];
        Some(Syllable {
            folded: fold(word),
            accented: word.nfc().flat_map(char::to_lowercase).collect(),
            at: begin..end,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_go_and_places_stay() {
        let text = "Cấp đổi thẻ (CĂN CƯỚC)";
        let found: Vec<Syllable> = syllables(text).collect();
        let folded: Vec<&str> = found.iter().map(|found| found.folded.as_str()).collect();
        assert_eq!(folded, ["cap", "doi", "the", "can", "cuoc"]);
        assert_eq!(&text[found[4].at.clone()], "CƯỚC");
        assert_eq!(found[4].accented, "cước");
        assert!(found[1].has_accent());
    }

    #[test]
    fn letters_in_parts_are_the_same_letters() {
        let parts: String = "hộ tịch".nfd().collect();
        let read = |text| {
            syllables(text)
                .map(|found| found.accented)
                .collect::<Vec<_>>()
        };
        assert_eq!(read(&parts), read("hộ tịch"));
        assert_eq!(fold(&parts), "ho tich");
    }

    #[test]
    fn the_other_capital_that_looks_like_it_is_read_as_it() {
        assert_eq!(fold("\u{d0}ăng ký"), fold("\u{110}ăng ký"));
    }

    #[test]
    fn khmer_keeps_its_vowels() {
        let word = "សំបុត្រកំណើត";
        assert_eq!(fold(word), word);
        assert_eq!(syllables(word).count(), 1);
    }

    #[test]
    fn odd_text_has_no_syllables_or_some() {
        assert_eq!(syllables("").count(), 0);
        assert_eq!(syllables(" \u{0}\t—…").count(), 0);
        assert_eq!(syllables("\u{0301}").count(), 1);
    }
}
