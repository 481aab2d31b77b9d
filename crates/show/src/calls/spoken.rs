//! A call as a voice says it.

use super::{Call, CallTable};
use crate::text::Language;

/// A word that calls are put together from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Word {
    /// "Mời số".
    #[default]
    Invite,
    /// "Đến quầy".
    Counter,
    /// A digit, or a capital letter.
    Sign(char),
}

/// How a call is said in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Say {
    /// From recordings, one after the other.
    Recorded(Language, Vec<Word>),
    /// By a machine's voice.
    Sentence(Language, String),
}

const VIETNAMESE: [&str; 10] = [
    "không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín",
];
const ENGLISH: [&str; 10] = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
];

/// What is said for a call, in the order in which it is said. A language is said from recordings where every word of
/// the call is recorded, else by a voice where `can_speak` it, else not at all.
#[must_use]
pub fn to_say(
    call: &Call,
    table: &CallTable,
    languages: &[Language],
    can_speak: impl Fn(Language) -> bool,
) -> Vec<Say> {
    let words = words(call);
    let recorded = |language| {
        let words = words.as_ref()?;
        let is_whole = words
            .iter()
            .all(|&word| table.recording(language, word).is_some());
        is_whole.then(|| Say::Recorded(language, words.clone()))
    };
    let spoken = |language| {
        can_speak(language)
            .then(|| sentence(call, language))?
            .map(|text| Say::Sentence(language, text))
    };
    languages
        .iter()
        .filter_map(|&language| recorded(language).or_else(|| spoken(language)))
        .collect()
}

/// The call as a sentence. The number is read sign by sign, as it stands on the ticket, and leading zeros with it. None in
/// Khmer, which no machine's voice speaks.
#[must_use]
pub fn sentence(call: &Call, language: Language) -> Option<String> {
    let (names, invite, to) = match language {
        Language::Vi => (VIETNAMESE, "Mời số", "đến quầy"),
        Language::En => (ENGLISH, "Number", "please go to counter"),
        Language::Km => return None,
    };
    let name = |sign: char| {
        let digit = sign
            .to_digit(10)
            .and_then(|digit| usize::try_from(digit).ok());
        digit
            .and_then(|digit| names.get(digit))
            .map_or_else(|| sign.to_string(), |name| (*name).to_owned())
    };
    let number: Vec<String> = call.number().chars().map(name).collect();
    // A comma after each sign makes the voice set them apart.
    Some(format!(
        "{invite} {}, {to} {}.",
        number.join(", "),
        call.counter()
    ))
}

/// The call in words that can be recorded; none where the counter has a name.
fn words(call: &Call) -> Option<Vec<Word>> {
    let is_number = call.counter().bytes().all(|byte| byte.is_ascii_digit());
    let signs = |text: &str| text.chars().map(Word::Sign).collect::<Vec<_>>();
    is_number.then(|| {
        [
            vec![Word::Invite],
            signs(call.number()),
            vec![Word::Counter],
            signs(call.counter()),
        ]
        .concat()
    })
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::calls::CallRecording;

    fn call() -> Call {
        Call::new("A05", "12").unwrap()
    }

    #[test]
    fn a_number_is_read_sign_by_sign() {
        let sentence = |language| sentence(&call(), language);
        assert_eq!(
            sentence(Language::Vi).unwrap(),
            "Mời số A, không, năm, đến quầy 12."
        );
        assert_eq!(
            sentence(Language::En).unwrap(),
            "Number A, zero, five, please go to counter 12."
        );
        assert_eq!(sentence(Language::Km), None);
    }

    #[test]
    fn what_is_recorded_goes_before_a_voice_and_what_nobody_says_is_left_out() {
        let languages = [Language::Vi, Language::Km, Language::En];
        let can_speak = |language| language == Language::Vi;
        let mut table = CallTable::default();
        let said = to_say(&call(), &table, &languages, can_speak);
        let in_vietnamese = Say::Sentence(Language::Vi, sentence(&call(), Language::Vi).unwrap());
        assert_eq!(said, std::slice::from_ref(&in_vietnamese));
        for word in ["invite", "counter", "A", "0", "1", "2", "5"] {
            table.recordings.push(CallRecording {
                language: Language::Km,
                word: word.parse().unwrap(),
                source: PathBuf::from(word),
            });
        }
        let said = to_say(&call(), &table, &languages, can_speak);
        let words = "A05".chars().map(Word::Sign);
        let words = [Word::Invite].into_iter().chain(words);
        let words = words.chain([Word::Counter, Word::Sign('1'), Word::Sign('2')]);
        assert_eq!(
            said,
            [in_vietnamese, Say::Recorded(Language::Km, words.collect())]
        );
        // A sign that is not recorded is not left out of a number.
        let other = Call::new("A07", "12").unwrap();
        assert_eq!(to_say(&other, &table, &languages, can_speak).len(), 1);
        let named = Call::new("A05", "Một").unwrap();
        assert_eq!(to_say(&named, &table, &languages, can_speak).len(), 1);
    }
}
