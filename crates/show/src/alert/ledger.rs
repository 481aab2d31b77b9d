//! What is let in: the counters of the keys, and the alerts that are known.
//!
//! It owns the rule that nothing is shown a second time because somebody sent it again: a counter never goes
//! back. It must not know keys or signatures; who signed comes in as names that were verified.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Alert, AlertError, AlertId};

/// The highest counter of each key, and the alerts that are remembered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    counters: BTreeMap<String, u64>,
    #[serde(skip)]
    known: BTreeSet<AlertId>,
}

/// How an alert was let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// It comes for the first time.
    New,
    /// It was let in before.
    Known,
}

/// Why an alert is not let in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It cannot be an alert.
    #[error(transparent)]
    Unfit(#[from] AlertError),
    /// It is over.
    #[error("the alert {id} was over at {expires}")]
    Expired {
        /// The alert.
        id: AlertId,
        /// When it was over.
        expires: Timestamp,
    },
    /// The key has sent something later.
    #[error(
        "the alert {id} has the counter {found}, and its key has counted to {last}; it is an old one sent again, or the counter beside the key was lost: sign it anew"
    )]
    Replayed {
        /// The alert.
        id: AlertId,
        /// Its counter.
        found: u64,
        /// The highest that was let in.
        last: u64,
    },
    /// Nobody signed it.
    #[error("the alert {0} is signed by nobody")]
    Unsigned(AlertId),
}

impl Ledger {
    /// Lets an alert in that these keys signed, and counts it. `now` is none while the clock is not believed:
    /// then nothing counts as over.
    ///
    /// # Errors
    /// When it is unfit, over, or its counter lies not above that of each key.
    pub fn admit(
        &mut self,
        alert: &Alert,
        keys: &[&str],
        now: Option<Timestamp>,
    ) -> Result<Admission, Refusal> {
        alert.check()?;
        if keys.is_empty() {
            return Err(Refusal::Unsigned(alert.id.clone()));
        }
        if self.known.contains(&alert.id) {
            return Ok(Admission::Known);
        }
        if now.is_some_and(|now| alert.expires <= now) {
            return Err(Refusal::Expired {
                id: alert.id.clone(),
                expires: alert.expires,
            });
        }
        let last = keys.iter().filter_map(|key| self.counters.get(*key)).max();
        if let Some(&last) = last.filter(|last| alert.counter <= **last) {
            return Err(Refusal::Replayed {
                id: alert.id.clone(),
                found: alert.counter,
                last,
            });
        }
        self.remember(alert, keys);
        Ok(Admission::New)
    }

    /// Takes an alert that was let in before, as it was kept.
    pub fn remember(&mut self, alert: &Alert, keys: &[&str]) {
        for key in keys {
            let counter = self.counters.entry((*key).to_owned()).or_default();
            *counter = alert.counter.max(*counter);
        }
        self.known.insert(alert.id.clone());
    }

    /// Forgets that an alert is known; its counter stays.
    pub fn forget(&mut self, id: &AlertId) {
        self.known.remove(id);
    }

    /// The highest counter of a key.
    #[must_use]
    pub fn counter(&self, key: &str) -> Option<u64> {
        self.counters.get(key).copied()
    }
}
