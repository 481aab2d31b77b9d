//! What was typed, as it is seen and letter by letter.
//!
//! Both texts hold the same words, parted by the same spaces, signs and digits; between those, a stretch of
//! letters is composed anew with each key. Whether Telex may go on with a stretch is seen by composing what
//! it was typed with: where that is not what is seen, because a tone key or another way of typing had its
//! share, letters are added as they are. So nothing but the two texts has to be kept, and wiped.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation as _;
use zeroize::{Zeroize as _, Zeroizing};

use super::compose::{composed, is_key, spelled};
use super::syllable::{is_letter, settled, toned, without_tone};
use super::{LIMIT, Method, Tone};

/// Each letter that is seen takes at most three keys: itself, its accent, a tone.
const LETTERS_LIMIT: usize = 3 * LIMIT;

/// A `char` has at most so many bytes in UTF-8.
const CHAR_BYTES: usize = 4;

/// Both have from the beginning all the room that they may need, because growing would leave a copy behind.
pub(super) struct Typed {
    text: Zeroizing<String>,
    letters: Zeroizing<String>,
}

impl Typed {
    pub(super) fn new() -> Self {
        Self {
            text: Zeroizing::new(String::with_capacity(LIMIT * CHAR_BYTES)),
            letters: Zeroizing::new(String::with_capacity(LETTERS_LIMIT * CHAR_BYTES)),
        }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn letters(&self) -> &str {
        &self.letters
    }

    pub(super) fn clear(&mut self) {
        self.text.zeroize();
        self.letters.zeroize();
    }

    /// Whether a key with more than one letter fits as a whole.
    pub(super) fn has_room_for(&self, key: &str) -> bool {
        let length = key.chars().count();
        length <= 1 || self.text.chars().count() + length <= LIMIT
    }

    pub(super) fn space(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with(' ') {
            self.end_with((self.text.len(), " "), (self.letters.len(), " "));
        }
    }

    /// Adds a character that is neither a space nor a control character; composes where there is a way to.
    /// An accent without a letter is nothing.
    pub(super) fn write(&mut self, letter: char, method: Option<Method>) {
        if let Some(method) = method.filter(|method| is_key(*method, letter))
            && self.compose(letter, method)
        {
            return;
        }
        if tail(&self.text, is_of_word) == self.text.len() && is_mark_of_another(letter) {
            return;
        }
        let (from, seen): (usize, Zeroizing<String>) = if is_letter(letter) {
            let from = tail(&self.text, is_letter);
            (from, settled(&with(&self.text[from..], letter)))
        } else {
            // A sign may belong to the letter before it and has to be composed with it.
            let from = tail(&self.text, is_of_word);
            let word = with(&self.text[from..], letter);
            (from, Zeroizing::new(word.nfc().collect()))
        };
        let raw = with("", letter);
        self.end_with((from, &seen), (self.letters.len(), &raw));
    }

    /// Gives the last word's last syllable a tone; nothing where the text ends with no such word.
    pub(super) fn tone(&mut self, tone: Tone) {
        let from = tail(&self.text, is_letter);
        if let Some(seen) = toned(&self.text[from..], tone) {
            self.end_with((from, &seen), (self.letters.len(), ""));
        }
    }

    /// Takes away the last letter as it is seen, with all its accents; of Khmer one character, as keyboards
    /// for Khmer do, so that a wrong sign does not cost the whole cluster.
    pub(super) fn erase(&mut self, method: Method) {
        let word = &self.text[tail(&self.text, is_of_word)..];
        let gone = Zeroizing::new(match word.chars().next_back() {
            Some(letter) if is_khmer(letter) => letter.to_string(),
            Some(_) => word
                .graphemes(true)
                .next_back()
                .unwrap_or_default()
                .to_owned(),
            None if self.text.is_empty() => return,
            None => " ".to_owned(),
        });
        let end = self.text.len() - gone.len();
        let (from, raw) = self.letters_before(end, &gone, method);
        self.replace((end, ""), (from, &raw));
    }

    /// What the letters are to end with, and from where, once the text ends at `end`.
    fn letters_before(&self, end: usize, gone: &str, method: Method) -> (usize, Zeroizing<String>) {
        let is_part = |letter| is_stretch(method, letter);
        let seen = tail(&self.text, is_part);
        let typed = tail(&self.letters, is_part);
        let raw = &self.letters[typed..];
        if seen < end && self.goes_on(method) {
            let left = settled(&self.text[seen..end]);
            let is_left = |raw: &str| composed(method, raw).is_some_and(|made| made == left);
            let shorter = (0..raw.len()).rev().map(|length| &raw[..length]);
            if let Some(raw) = shorter.into_iter().find(|raw| is_left(raw)) {
                return (typed, Zeroizing::new(raw.to_owned()));
            }
            let raw = spelled(method, &left);
            if is_left(&raw) {
                return (typed, raw);
            }
        }
        let word = tail(&self.text, is_of_word);
        let typed = tail(&self.letters, is_of_word);
        if gone == " " {
            (self.letters.len() - 1, Zeroizing::default())
        } else if word >= end {
            (typed, Zeroizing::default())
        } else if let Some(rest) = self.letters[typed..].strip_suffix(without_tone(gone).as_str()) {
            (typed + rest.len(), Zeroizing::default())
        } else {
            (typed, without_tone(&self.text[word..end]))
        }
    }

    /// Adds a letter to the stretch at the end; whether it could.
    fn compose(&mut self, letter: char, method: Method) -> bool {
        if !self.goes_on(method) {
            return false;
        }
        let is_part = |letter| is_stretch(method, letter);
        let seen = tail(&self.text, is_part);
        let typed = tail(&self.letters, is_part);
        let raw = with(&self.letters[typed..], letter);
        let Some(made) = composed(method, &raw) else {
            return false;
        };
        self.end_with((seen, &made), (typed, &raw));
        true
    }

    /// Whether what is seen at the end is what this way of typing makes of its letters.
    fn goes_on(&self, method: Method) -> bool {
        let is_part = |letter| is_stretch(method, letter);
        let seen = &self.text[tail(&self.text, is_part)..];
        let raw = &self.letters[tail(&self.letters, is_part)..];
        composed(method, raw).is_some_and(|made| made == settled(seen))
    }

    /// Ends the text and the letters in another way, each from a byte on; nothing where there is no room.
    fn end_with(&mut self, (seen_from, seen): (usize, &str), (raw_from, raw): (usize, &str)) {
        let length = |kept: &str, end: &str| kept.chars().count() + end.chars().count();
        if length(&self.text[..seen_from], seen) > LIMIT
            || length(&self.letters[..raw_from], raw) > LETTERS_LIMIT
        {
            return;
        }
        self.replace((seen_from, seen), (raw_from, raw));
    }

    fn replace(&mut self, (seen_from, seen): (usize, &str), (raw_from, raw): (usize, &str)) {
        self.text.truncate(seen_from);
        self.text.push_str(seen);
        self.letters.truncate(raw_from);
        self.letters.push_str(raw);
    }
}

/// Whether it belongs to a stretch that is composed; VNI takes digits too.
fn is_stretch(method: Method, letter: char) -> bool {
    is_letter(letter) || (method == Method::Vni && letter.is_ascii_digit())
}

fn is_of_word(letter: char) -> bool {
    letter != ' '
}

/// Whether it is an accent on the letter before it; signs of Khmer have keys of their own and stand alone.
fn is_mark_of_another(letter: char) -> bool {
    is_combining_mark(letter) && !is_khmer(letter)
}

fn is_khmer(letter: char) -> bool {
    matches!(letter, '\u{1780}'..='\u{17ff}')
}

/// Where the last stretch of such characters begins, in bytes; the end where there is none.
fn tail(text: &str, is_part: impl Fn(char) -> bool) -> usize {
    text.trim_end_matches(is_part).len()
}

/// The text and a letter, with no copy left behind.
fn with(text: &str, letter: char) -> Zeroizing<String> {
    let mut longer = Zeroizing::new(String::with_capacity(text.len() + CHAR_BYTES));
    longer.push_str(text);
    longer.push(letter);
    longer
}
