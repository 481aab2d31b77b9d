//! What a record says.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use motcua_show::release::Sha256Hex;
use motcua_show::units::UnitId;
use serde::{Deserialize, Serialize};

/// Digits of a [`ChainId`] and of a [`Boot`].
const DIGITS: usize = 16;

/// One thing that happened on a screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Its place in the chain, from 1, over all starts of the player.
    pub seq: u64,
    /// The start of the player that it belongs to.
    pub boot: Boot,
    /// By the machine's clock.
    pub at: Timestamp,
    /// Since the player was started, in milliseconds, by a clock that cannot be set.
    pub up_ms: u64,
    /// What happened.
    #[serde(flatten)]
    pub what: What,
}

/// What happened.
///
/// A reader that does not know a kind takes it for [`What::Unknown`]; the chain holds it all the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum What {
    /// The player was started. What was on the screen before has ended at an unknown moment.
    Started {
        /// The version of the player.
        version: String,
    },
    /// The player was told to end.
    Stopped,
    /// A release has taken the stage.
    Release {
        /// The unit that it was made for.
        unit: UnitId,
        /// Its number within the unit.
        number: u64,
        /// The SHA-256 of its document.
        sha256: Sha256Hex,
    },
    /// The first frame of something is on the display.
    Shown {
        /// The item's name; none for the built-in card.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        item: Option<String>,
        /// The item's kind as shows write it, or "card".
        kind: String,
        /// The SHA-256 over what the item says and the files that it shows.
        content: Sha256Hex,
        /// The SHA-256 of the release's document; none for the built-in card without one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        release: Option<Sha256Hex>,
        /// The playlist that the schedule names.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        playlist: Option<String>,
        /// The topic of the communication plan.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        topic: Option<String>,
        /// The code of the procedure that it posts.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        procedure: Option<String>,
    },
    /// Something that was shown is not on the display any more.
    Ended {
        /// The place in the chain of the record that says it was shown.
        of: u64,
        /// How long it was on the display, in milliseconds, by a clock that cannot be set.
        shown_ms: u64,
        /// Why it ended.
        why: Ended,
    },
    /// The display worked, and the lookup could be opened on it, all the time up to this record.
    Working {
        /// For how long, in milliseconds.
        for_ms: u64,
        /// The release in which a visitor could look procedures up.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        release: Option<Sha256Hex>,
    },
    /// An alert is on the display; it ends by [`What::Ended`] as anything shown does.
    Alert {
        /// Its id.
        id: String,
        /// The SHA-256 over what it says.
        content: Sha256Hex,
    },
    /// The machine's clock was set.
    Clock {
        /// What it would have shown.
        from: Timestamp,
        /// What it shows.
        to: Timestamp,
    },
    /// There was no room: these records were given up unsent. The next record's hash follows the last of them.
    Lost {
        /// The first.
        from: u64,
        /// The last.
        through: u64,
    },
    /// A kind that this version does not know.
    #[serde(other)]
    Unknown,
}

/// Why something is not shown any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ended {
    /// Its time was over, or the schedule went on to something else.
    Over,
    /// Another release took the stage.
    Release,
    /// A visitor touched the screen.
    Visitor,
    /// An alert came.
    Alert,
    /// The alert itself was cancelled.
    Cancelled,
    /// It could not be shown any longer.
    Fault,
    /// The machine's clock was set.
    Clock,
    /// The player was told to end.
    Stopped,
    /// A reason that this version does not know.
    #[serde(other)]
    Unknown,
}

/// A random name of 16 hexadecimal digits.
macro_rules! random_name {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// From eight random bytes.
            #[must_use]
            pub fn of_random(bytes: [u8; DIGITS / 2]) -> Self {
                Self(hex::encode(bytes))
            }

            /// Its digits.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = BadName;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
                if text.len() == DIGITS && text.bytes().all(is_digit) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(BadName { what: $what, text: text.to_owned() })
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = BadName;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

/// A text that names no start of a player and no chain.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not the name of a {what}; it has {DIGITS} digits of 0-9 and a-f")]
pub struct BadName {
    what: &'static str,
    text: String,
}

random_name!(
    /// One start of the player.
    Boot,
    "start of a player"
);
random_name!(
    /// One chain of a screen. A screen begins another when its own was lost or the server holds a different one.
    ChainId,
    "chain"
);
