//! The table of everyday words: what people say, and what procedures are called.

use serde::Deserialize;

use super::fold::syllables;
use super::phrases::Phrases;

/// The table that comes with the player.
const SHIPPED: &str = include_str!("synonyms.toml");

/// Everyday words and abbreviations, words that belong to a question and not to its matter, and special
/// cases, which nobody means who does not say so.
#[derive(Debug, Clone, Default)]
pub struct Synonyms {
    pub(super) meant: Phrases<Vec<Vec<String>>>,
    pub(super) idle: Phrases<()>,
    pub(super) special: Vec<Vec<String>>,
}

/// A table that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the table of synonyms cannot be read: {0}")]
pub struct SynonymsError(#[from] toml::de::Error);

impl SynonymsError {
    /// What is wrong, on one line and without the place.
    #[must_use]
    pub fn fault(&self) -> String {
        self.0
            .message()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// The line, from 1, of `written`, the table that could not be read.
    #[must_use]
    pub fn line(&self, written: &str) -> Option<usize> {
        let before = written.as_bytes().get(..self.0.span()?.start)?;
        Some(before.iter().filter(|&&byte| byte == b'\n').count() + 1)
    }
}

/// A table as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    /// Words of a question that say nothing of its matter.
    #[serde(default)]
    stop: Vec<String>,
    /// Words that mark a special case in the name of a procedure.
    #[serde(default)]
    special: Vec<String>,
    #[serde(default)]
    synonym: Vec<WrittenSynonym>,
}

/// What people say, and what it is called.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenSynonym {
    says: Vec<String>,
    /// The likeliest first.
    means: Vec<String>,
}

impl Synonyms {
    /// The table that comes with the player.
    ///
    /// # Errors
    /// Never, unless the program was built with a table that cannot be read, which a test rules out.
    pub fn shipped() -> Result<Self, SynonymsError> {
        Self::default().and(SHIPPED)
    }

    /// This table and another, written as TOML, which goes before it where both know the same words.
    ///
    /// # Errors
    /// When it is not such a table; the message names the line.
    pub fn and(mut self, written: &str) -> Result<Self, SynonymsError> {
        let written: Written = toml::from_str(written)?;
        for phrase in &written.stop {
            self.idle.entry(phrase);
        }
        for phrase in &written.special {
            let read = read(phrase);
            if !read.is_empty() && !self.special.contains(&read) {
                self.special.push(read);
            }
        }
        for synonym in written.synonym {
            let means: Vec<Vec<String>> = synonym.means.iter().map(|means| read(means)).collect();
            for says in &synonym.says {
                if let Some(known) = self.meant.entry(says) {
                    known.clone_from(&means);
                }
            }
        }
        Ok(self)
    }
}

fn read(phrase: &str) -> Vec<String> {
    syllables(phrase).map(|found| found.folded).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_table_can_be_read_and_an_offices_goes_before_it() {
        let said = ["so".to_owned(), "do".to_owned()];
        let shipped = Synonyms::shipped().unwrap();
        assert!(shipped.meant.first(&said).is_some());
        let own = shipped
            .and("[[synonym]]\nsays = [\"sổ đỏ\"]\nmeans = [\"giấy của chúng tôi\"]\n")
            .unwrap();
        let (_, means) = own.meant.first(&said).unwrap();
        assert_eq!(means[0].join(" "), "giay cua chung toi");
    }

    #[test]
    fn a_wrong_table_is_named_with_its_line() {
        let error = Synonyms::default()
            .and("\n[[synonym]]\nsay = []")
            .unwrap_err();
        assert!(error.to_string().contains("line 3"), "{error}");
    }
}
