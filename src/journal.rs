//! What happens on a screen, as JSON lines on standard output (`play --events`).

use std::io::Write as _;

use jiff::Zoned;
use serde::Serialize;

/// One thing that happened.
#[derive(Debug, Serialize)]
#[serde(tag = "event", rename_all = "lowercase")]
pub enum Happened<'a> {
    /// A page is on the display.
    Shown {
        /// The item.
        item: &'a str,
        /// The page, from 1.
        page: usize,
        /// How many pages the item has.
        pages: usize,
        /// The civil time.
        at: String,
    },
    /// The built-in card is on the display.
    Card {
        /// The civil time.
        at: String,
    },
    /// A release has taken the stage.
    Release {
        /// The unit that it was made for.
        unit: &'a str,
        /// Its number.
        number: u64,
    },
    /// The screen asks a server to take it and shows these digits.
    Code {
        /// The six digits.
        code: &'a str,
    },
    /// A server has taken the screen.
    Taken {
        /// What it is called there.
        name: &'a str,
    },
    /// An item cannot be shown.
    Problem {
        /// The item.
        item: &'a str,
        /// Why.
        fault: &'a str,
    },
    /// An alert is on the display, over everything or on the strip.
    Alert {
        /// Its id; that of an exercise of `--drill` is "drill".
        id: &'a str,
    },
    /// An alert is over, or was cancelled.
    #[serde(rename = "alert-over")]
    AlertOver {
        /// Its id.
        id: &'a str,
    },
    /// A visitor has come to a place of the lookup, or is gone ("over"). What they look for is never written.
    Visit {
        /// The place.
        place: &'a str,
    },
    /// The cycle is over.
    Ended,
}

/// The civil time as events write it.
#[must_use]
pub fn civil(now: &Zoned) -> String {
    now.strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

/// Writes events, where they are wanted.
#[derive(Debug, Clone, Copy)]
pub struct Journal {
    /// Whether they are wanted.
    pub wanted: bool,
}

impl Journal {
    /// Writes one line. A reader that is gone does not stop the screen.
    pub fn write(self, happened: &Happened<'_>) {
        if !self.wanted {
            return;
        }
        if let Ok(line) = serde_json::to_string(happened) {
            let mut out = std::io::stdout().lock();
            drop(writeln!(out, "{line}").and_then(|()| out.flush()));
        }
    }
}
