//! What stands on a slip, in the language of the visitor; the JSON that `motcua slip` reads.

use serde::{Deserialize, Serialize};

use super::USUAL_DOTS;

/// A slip. Empty texts and lists are left out of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slip {
    /// Dots across the paper.
    #[serde(default = "usual_dots")]
    pub dots: u32,
    /// The name of the office.
    #[serde(default)]
    pub office: String,
    /// The unit that it belongs to.
    #[serde(default)]
    pub unit: String,
    /// What the slip is about: the name of the procedure.
    #[serde(default)]
    pub headline: String,
    /// Its code, such as "Mã 1.001193".
    #[serde(default)]
    pub code: String,
    /// Where to go with it: "Mời đến" and "Quầy số 2".
    #[serde(default)]
    pub counter: Option<Fact>,
    /// Time limit, fee and the like.
    #[serde(default)]
    pub facts: Vec<Fact>,
    /// Over the papers: "Giấy tờ mang theo".
    #[serde(default)]
    pub papers_head: String,
    /// The papers, by case.
    #[serde(default)]
    pub cases: Vec<Case>,
    /// QR codes.
    #[serde(default)]
    pub codes: Vec<Code>,
    /// Sentences at the end, such as the hotline.
    #[serde(default)]
    pub notes: Vec<String>,
    /// When it was printed, as a sentence.
    #[serde(default)]
    pub date: String,
}

const fn usual_dots() -> u32 {
    USUAL_DOTS
}

/// A fact with its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// "Thời hạn".
    pub label: String,
    /// "3 ngày làm việc".
    pub value: String,
}

/// The papers of one case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// When it applies; empty where there is only one.
    #[serde(default)]
    pub title: String,
    /// The papers, each with a box to tick.
    pub papers: Vec<Paper>,
}

/// A paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paper {
    /// What it is.
    pub name: String,
    /// How many of it: "1 bản chính".
    #[serde(default)]
    pub counts: String,
    /// Whether the visitor ticked it on the screen.
    #[serde(default)]
    pub is_ticked: bool,
}

/// A QR code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// What it holds.
    pub content: String,
    /// What it is for.
    #[serde(default)]
    pub caption: String,
}
