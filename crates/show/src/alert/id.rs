//! What an alert is referred to by.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The longest id.
const LONGEST_ID: usize = 64;

/// What an alert is referred to by: 1 to 64 of a-z, A-Z, 0-9 and `-`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AlertId(String);

/// A text that cannot be the id of an alert.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} cannot be the id of an alert; it has 1 to {LONGEST_ID} letters, digits and -")]
pub struct BadAlertId(String);

impl AlertId {
    /// The id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AlertId {
    type Err = BadAlertId;

    fn from_str(written: &str) -> Result<Self, BadAlertId> {
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if (1..=LONGEST_ID).contains(&written.len()) && written.bytes().all(is_allowed) {
            Ok(Self(written.to_owned()))
        } else {
            Err(BadAlertId(written.chars().take(LONGEST_ID).collect()))
        }
    }
}

impl TryFrom<String> for AlertId {
    type Error = BadAlertId;

    fn try_from(written: String) -> Result<Self, BadAlertId> {
        written.parse()
    }
}

impl From<AlertId> for String {
    fn from(id: AlertId) -> Self {
        id.0
    }
}

impl fmt::Display for AlertId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
