//! What the reception point offers beside the loop: the visitor's lookup, and procedures read aloud.
//!
//! Procedures are named by code and matched on its base, so that a list serves every province.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::procedure::base_code;
use crate::text::{Language, Text};

/// The visitor's lookup by touch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LookupTable {
    /// Whether visitors are invited to look procedures up.
    pub offered: bool,
    /// The codes that this reception point receives; they come first among equals.
    pub received_here: Vec<String>,
    /// The codes that are asked for most, in the order in which they are offered.
    pub most_asked: Vec<String>,
    /// A table of everyday words, relative to the show's folder, that goes before the one that comes
    /// with the player.
    #[schemars(with = "Option<String>")]
    pub synonyms: Option<PathBuf>,
    /// Where a visitor without a telephone asks, such as "quầy số 1".
    pub counter: Option<Text>,
    /// Procedures read aloud by a person.
    #[serde(rename = "recording")]
    pub recordings: Vec<Recording>,
}

impl Default for LookupTable {
    fn default() -> Self {
        Self {
            offered: true,
            received_here: Vec::new(),
            most_asked: Vec::new(),
            synonyms: None,
            counter: None,
            recordings: Vec::new(),
        }
    }
}

impl LookupTable {
    /// Whether this reception point receives the procedure with this code.
    #[must_use]
    pub fn receives(&self, code: &str) -> bool {
        let base = base_code(code);
        self.received_here
            .iter()
            .any(|received| base_code(received) == base)
    }

    /// The recording of the procedure with this code in this language.
    #[must_use]
    pub fn recording(&self, code: &str, language: Language) -> Option<&Recording> {
        let base = base_code(code);
        self.recordings
            .iter()
            .find(|recording| base_code(&recording.code) == base && recording.language == language)
    }
}

/// A procedure read aloud by a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Recording {
    /// The code of the procedure.
    pub code: String,
    /// The language in which it is read.
    #[serde(default)]
    pub language: Language,
    /// The file of sound, relative to the show's folder.
    #[schemars(with = "String")]
    pub source: PathBuf,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_match_on_their_base() {
        let table = LookupTable {
            received_here: vec!["1.001193.H51".into()],
            recordings: vec![Recording {
                code: "1.001193".into(),
                language: Language::Km,
                source: "a.opus".into(),
            }],
            ..LookupTable::default()
        };
        assert!(table.receives("1.001193.000.00.00.H51"));
        assert!(!table.receives("1.001194"));
        assert!(table.recording("1.001193.H17", Language::Km).is_some());
        assert!(table.recording("1.001193", Language::Vi).is_none());
    }
}
