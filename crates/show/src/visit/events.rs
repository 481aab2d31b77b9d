//! The events of a life for which people come to an office.

use std::sync::OnceLock;

use serde::Deserialize;

use crate::lookup::fold;
use crate::procedure::Procedure;

/// The table that comes with the player.
const SHIPPED: &str = include_str!("events.toml");

/// One event, such as the birth of a child.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LifeEvent {
    /// The key of its words: "birth".
    pub key: String,
    /// What the names of its procedures hold, the commonest first.
    phrases: Vec<String>,
    /// What the names of others hold that have such a phrase too.
    #[serde(default)]
    without: Vec<String>,
    /// What the names of cases of few hold, the same for every event.
    #[serde(skip)]
    rare: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    rare: Vec<String>,
    event: Vec<LifeEvent>,
}

/// Every event, in the order in which they are offered.
pub fn shipped() -> &'static [LifeEvent] {
    static EVENTS: OnceLock<Vec<LifeEvent>> = OnceLock::new();
    EVENTS.get_or_init(|| {
        // A test reads the table, so that it can be read.
        let Ok(mut table) = toml::from_str::<Table>(SHIPPED) else {
            return Vec::new();
        };
        for event in &mut table.event {
            event.rare.clone_from(&table.rare);
        }
        table.event
    })
}

impl LifeEvent {
    /// How near to the event a procedure is, 0 the nearest; none where it does not belong there.
    #[must_use]
    pub fn rank(&self, procedure: &Procedure) -> Option<usize> {
        let name = words(&procedure.name);
        let has = |phrase: &String| name.contains(&words(phrase));
        if self.without.iter().any(has) {
            return None;
        }
        let rank = self.phrases.iter().position(has)?;
        let is_rare = self.rare.iter().any(has);
        Some(if is_rare {
            self.phrases.len() + rank
        } else {
            rank
        })
    }
}

/// The folded words of a text with one space around each, so that a phrase matches whole words.
fn words(text: &str) -> String {
    let folded = fold(text);
    let mut joined = String::with_capacity(folded.len() + 2);
    for word in folded.split(|letter: char| !letter.is_alphanumeric()) {
        if !word.is_empty() {
            joined.push(' ');
            joined.push_str(word);
        }
    }
    joined.push(' ');
    joined
}
