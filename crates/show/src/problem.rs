//! What is wrong with a show, said so that its author can mend it.

use std::fmt;
use std::path::PathBuf;

use serde::Serialize;

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Something is left open or was put right; the show plays whole.
    Note,
    /// Something is worth a look; the show plays whole.
    Warning,
    /// Something cannot be shown.
    Error,
}

/// One problem: where, of which item, what, and the remedy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// How bad it is.
    pub severity: Severity,
    /// The file that holds the fault.
    pub file: PathBuf,
    /// The line in it, from 1; none for a fault of the whole file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// The item that cannot be shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// What is wrong, as a clause.
    pub fault: String,
    /// What to do about it, as a clause.
    pub remedy: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        let severity = match self.severity {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        };
        write!(f, ": {severity}: ")?;
        if let Some(item) = &self.item {
            write!(f, "item {item:?}: ")?;
        }
        // A remedy that asks ("did you mean …?") has its full stop already.
        let stop = if self.remedy.ends_with('?') { "" } else { "." };
        write!(f, "{}; {}{stop}", self.fault, self.remedy)
    }
}
