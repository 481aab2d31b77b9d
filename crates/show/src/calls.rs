//! Queue calls: which number is asked to which counter, as the strip over the stage shows it and a voice says it.
//!
//! It owns what a call may be, the order in which calls are announced and how long they are seen. Tickets and their
//! order are the queue system's. It must not know sockets, sounds or windows: what is to be done goes out as
//! [`CallEffect`]s, and time comes in as the monotonic time since any fixed instant.

mod board;
mod spoken;

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::text::Language;

pub use board::{CallBoard, CallEffect, Cover, Strip};
pub use spoken::{Say, Word, sentence, to_say};

/// The longest number of a ticket and the longest name of a counter, in characters: what the strip shows large.
const LONGEST_NUMBER: usize = 6;
const LONGEST_COUNTER: usize = 12;

/// Somebody with a ticket is asked to a counter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Call {
    number: String,
    counter: String,
}

/// A call as it comes in.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    number: String,
    counter: String,
}

/// A call that cannot be announced.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The number is nothing that a ticket says.
    #[error(
        "the number {0:?} cannot be called; it has 1 to {LONGEST_NUMBER} letters A-Z and digits, such as \"A015\""
    )]
    Number(String),
    /// The counter is none that can be shown.
    #[error(
        "the counter {0:?} cannot be shown; it has 1 to {LONGEST_COUNTER} letters, digits and spaces, such as \"3\""
    )]
    Counter(String),
    /// The line is no call.
    #[error(
        "{0:?} is no call; write number and counter, such as \"A015 3\" or {{\"number\": \"A015\", \"counter\": \"3\"}}"
    )]
    Line(String),
}

impl Call {
    /// A call of a ticket's number to a counter. Small letters count as large ones.
    ///
    /// # Errors
    /// When one of them is empty, too long, or holds other signs: whoever reaches the socket can show numbers, and
    /// no messages.
    pub fn new(number: &str, counter: &str) -> Result<Self, CallError> {
        let number = number.trim().to_uppercase();
        let is_number = (1..=LONGEST_NUMBER).contains(&number.len())
            && number.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !is_number {
            return Err(CallError::Number(number));
        }
        let counter = counter.split_whitespace().collect::<Vec<_>>().join(" ");
        let is_counter = (1..=LONGEST_COUNTER).contains(&counter.chars().count())
            && counter
                .chars()
                .all(|sign| sign.is_alphanumeric() || sign == ' ');
        if !is_counter {
            return Err(CallError::Counter(counter));
        }
        Ok(Self { number, counter })
    }

    /// Reads a line: `A015 3`, or JSON with `number` and `counter`.
    ///
    /// # Errors
    /// When it is no call.
    pub fn read(line: &str) -> Result<Self, CallError> {
        let line = line.trim();
        if line.starts_with('{') {
            let written: Result<Written, _> = serde_json::from_str(line);
            let Written { number, counter } =
                written.map_err(|_| CallError::Line(line.to_owned()))?;
            return Self::new(&number, &counter);
        }
        let (number, counter) = line
            .split_once(char::is_whitespace)
            .ok_or_else(|| CallError::Line(line.to_owned()))?;
        Self::new(number, counter)
    }

    /// The number of the ticket, in capital letters and digits.
    #[must_use]
    pub fn number(&self) -> &str {
        &self.number
    }

    /// The counter: a number, or a name.
    #[must_use]
    pub fn counter(&self) -> &str {
        &self.counter
    }
}

impl TryFrom<Written> for Call {
    type Error = CallError;

    fn try_from(Written { number, counter }: Written) -> Result<Self, CallError> {
        Self::new(&number, &counter)
    }
}

impl From<Call> for Written {
    fn from(Call { number, counter }: Call) -> Self {
        Self { number, counter }
    }
}

/// How an office calls.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CallTable {
    /// The languages in which a call is spoken, in this order; without it those of the show. One that nothing speaks
    /// and nobody has recorded is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub languages: Option<Vec<Language>>,
    /// What a person recorded, word by word.
    #[serde(rename = "recording", skip_serializing_if = "Vec::is_empty")]
    pub recordings: Vec<CallRecording>,
}

/// A word of a call, recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CallRecording {
    /// The language.
    pub language: Language,
    /// What is said: "invite" ("Mời số"), "counter" ("đến quầy"), a digit or a letter.
    #[schemars(with = "String", extend("pattern" = "^(invite|counter|[0-9A-Z])$"))]
    pub word: Word,
    /// The file of sound, relative to the show's folder.
    #[schemars(with = "String")]
    pub source: PathBuf,
}

impl CallTable {
    /// The recording of a word.
    #[must_use]
    pub fn recording(&self, language: Language, word: Word) -> Option<&CallRecording> {
        self.recordings
            .iter()
            .find(|recording| recording.language == language && recording.word == word)
    }

    /// The words without which no call can be said from recordings in a language; none where nothing is recorded in it.
    #[must_use]
    pub fn missing(&self, language: Language) -> Vec<Word> {
        let is_recorded = self
            .recordings
            .iter()
            .any(|recording| recording.language == language);
        let needed = [Word::Invite, Word::Counter]
            .into_iter()
            .chain(('0'..='9').map(Word::Sign));
        needed
            .filter(|&word| is_recorded && self.recording(language, word).is_none())
            .collect()
    }
}

/// A word that cannot be recorded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no word of a call; write \"invite\", \"counter\", a digit, or a capital letter")]
pub struct WordError(pub String);

impl FromStr for Word {
    type Err = WordError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut signs = text.chars();
        match (text, signs.next(), signs.next()) {
            ("invite", ..) => Ok(Self::Invite),
            ("counter", ..) => Ok(Self::Counter),
            (_, Some(sign), None) if sign.is_ascii_digit() || sign.is_ascii_uppercase() => {
                Ok(Self::Sign(sign))
            }
            _ => Err(WordError(text.to_owned())),
        }
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invite => f.write_str("invite"),
            Self::Counter => f.write_str("counter"),
            Self::Sign(sign) => write!(f, "{sign}"),
        }
    }
}

impl Serialize for Word {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_read_as_words_or_as_json() {
        let call = Call::new("A015", "3").unwrap();
        assert_eq!(Call::read(" a015 3 "), Ok(call.clone()));
        assert_eq!(
            Call::read(r#"{"number":"A015","counter":"3"}"#),
            Ok(call.clone())
        );
        assert_eq!(Call::read("7 Tiếp nhận").unwrap().counter(), "Tiếp nhận");
    }

    #[test]
    fn nothing_but_numbers_and_counters_can_be_shown() {
        assert!(matches!(Call::read(""), Err(CallError::Line(_))));
        assert!(matches!(Call::read("A015"), Err(CallError::Line(_))));
        assert!(matches!(Call::read("{}"), Err(CallError::Line(_))));
        assert!(matches!(Call::read("1234567 1"), Err(CallError::Number(_))));
        assert!(matches!(Call::read("A-1 1"), Err(CallError::Number(_))));
        assert!(matches!(
            Call::read("A1 http://example.org"),
            Err(CallError::Counter(_))
        ));
        assert!(matches!(
            Call::read("A1 một hai ba bốn năm"),
            Err(CallError::Counter(_))
        ));
    }

    #[test]
    fn what_is_not_recorded_is_named() {
        let mut table = CallTable::default();
        assert!(table.missing(Language::Km).is_empty());
        for word in [
            "invite", "counter", "0", "1", "2", "4", "5", "6", "7", "8", "9",
        ] {
            table.recordings.push(CallRecording {
                language: Language::Km,
                word: word.parse().unwrap(),
                source: PathBuf::from(word),
            });
        }
        assert_eq!(table.missing(Language::Km), [Word::Sign('3')]);
        assert!("ten".parse::<Word>().is_err());
    }
}
