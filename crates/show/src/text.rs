//! Text by language, and the little markup that text may carry.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

/// A language that a screen can show. Vietnamese comes first everywhere.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Vietnamese.
    #[default]
    Vi,
    /// Khmer.
    Km,
    /// English.
    En,
}

impl Language {
    /// Every language, in the order in which screens offer them.
    pub const ALL: [Self; 3] = [Self::Vi, Self::Km, Self::En];

    /// The ISO 639-1 code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Vi => "vi",
            Self::Km => "km",
            Self::En => "en",
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl std::str::FromStr for Language {
    type Err = UnknownLanguage;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|language| language.code() == code)
            .ok_or_else(|| UnknownLanguage(code.to_owned()))
    }
}

/// A language code that no screen can show.
#[derive(Debug, thiserror::Error)]
#[error("the language {0:?} is not known; write \"vi\", \"km\" or \"en\"")]
pub struct UnknownLanguage(pub String);

/// A text, the same for every language or one per language.
///
/// In TOML either a string, or a table such as `{ vi = "…", km = "…", en = "…" }`. Inside, `**…**`
/// is bold and a blank line starts a paragraph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Text {
    /// One text, written in the language of the show.
    Plain(String),
    /// One text for each language named.
    ByLanguage(BTreeMap<Language, String>),
}

impl Text {
    /// The text in `language` if the author wrote one in it.
    ///
    /// A plain text counts as written in `show_language`.
    #[must_use]
    pub fn written_in(&self, language: Language, show_language: Language) -> Option<&str> {
        match self {
            Self::Plain(text) => (language == show_language).then_some(text.as_str()),
            Self::ByLanguage(texts) => texts.get(&language).map(String::as_str),
        }
    }

    /// The text in `language`, else in Vietnamese, else in whichever language there is.
    #[must_use]
    pub fn best(&self, language: Language) -> &str {
        match self {
            Self::Plain(text) => text,
            Self::ByLanguage(texts) => texts
                .get(&language)
                .or_else(|| texts.get(&Language::Vi))
                .or_else(|| texts.values().next())
                .map_or("", String::as_str),
        }
    }
}

impl Default for Text {
    fn default() -> Self {
        Self::Plain(String::new())
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::Plain(text.to_owned())
    }
}

/// A stretch of text in one weight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The characters, without the markup.
    pub text: String,
    /// Whether the author marked it bold.
    pub bold: bool,
}

/// Splits one paragraph at its `**` marks. An unclosed mark stays as written.
#[must_use]
pub fn spans(paragraph: &str) -> Vec<Span> {
    let parts: Vec<&str> = paragraph.split("**").collect();
    if parts.len().is_multiple_of(2) {
        return vec![Span {
            text: paragraph.to_owned(),
            bold: false,
        }];
    }
    parts
        .into_iter()
        .enumerate()
        .filter(|(_, part)| !part.is_empty())
        .map(|(index, part)| Span {
            text: part.to_owned(),
            bold: index % 2 == 1,
        })
        .collect()
}

/// The longest address whose QR code a telephone still reads from a screen: beyond it the squares
/// become smaller than a millimetre in a code of 150 mm.
pub(crate) const LONGEST_LINK: usize = 1_000;

/// A text as it is shown: in Unicode NFC, trimmed, without control characters; and the first of those.
pub(crate) fn tidy(written: &str) -> (String, Option<char>) {
    let lines = written.replace("\r\n", "\n").replace('\t', " ");
    let control = lines.chars().find(|&c| is_control(c));
    let shown: String = lines.chars().filter(|&c| !is_control(c)).nfc().collect();
    (shown.trim().to_owned(), control)
}

/// Control characters, and those that turn the direction of what follows them.
pub(crate) fn is_control(c: char) -> bool {
    (c.is_control() && c != '\n') || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bold_marks_split_a_paragraph() {
        let found: Vec<_> = spans("lệ phí **10.000 đồng**.")
            .into_iter()
            .map(|s| (s.text, s.bold))
            .collect();
        assert_eq!(
            found,
            [
                ("lệ phí ".into(), false),
                ("10.000 đồng".into(), true),
                (".".into(), false)
            ]
        );
        assert_eq!(spans("2 ** 3").len(), 1);
    }

    #[test]
    fn a_text_falls_back_to_vietnamese() {
        let text =
            Text::ByLanguage([(Language::Vi, "một".into()), (Language::En, "one".into())].into());
        assert_eq!(text.best(Language::Km), "một");
        assert_eq!(text.best(Language::En), "one");
        assert_eq!(text.written_in(Language::Km, Language::Vi), None);
        assert_eq!(
            Text::from("một").written_in(Language::Vi, Language::Vi),
            Some("một")
        );
    }
}
