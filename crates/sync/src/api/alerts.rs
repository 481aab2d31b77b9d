//! Alerts over HTTP. The envelope itself is that of [`crate::alert`].

use jiff::Timestamp;
use motcua_show::Text;
use motcua_show::alert::{AlertId, AlertKind, AlertSeverity};
use motcua_show::units::UnitId;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::PublishedState;
use crate::tuf::{Key, KeyId};

/// The answer to `POST units/{id}/alerts`, whose body is an envelope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentAlert {
    /// The alert.
    pub id: AlertId,
    /// How many screens it is for.
    pub screens: u64,
}

/// The answer to `GET screen/alerts`: what is active for this screen, in the order in which it was sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActiveAlerts {
    /// Envelopes.
    pub alerts: Vec<Value>,
}

/// What became of an alert on one screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AlertOutcome {
    /// The screen does not believe it.
    Refused,
    /// The screen has it.
    Received,
    /// It is on the display.
    Shown,
}

impl AlertOutcome {
    /// As it is written.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Received => "received",
            Self::Shown => "shown",
        }
    }
}

/// `POST screen/alerts/{id}`: a screen says what became of an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertAnswer {
    /// What.
    pub outcome: AlertOutcome,
    /// Why, where it was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// An alert and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertReport {
    /// The alert.
    pub id: AlertId,
    /// Its area.
    pub unit: UnitId,
    /// What it is.
    pub kind: AlertKind,
    /// How bad it is.
    pub severity: AlertSeverity,
    /// What it says.
    pub headline: Text,
    /// When it was signed.
    pub sent: Timestamp,
    /// When it is over.
    pub expires: Timestamp,
    /// The alert that ended it before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_by: Option<AlertId>,
    /// How many screens it is for, by now.
    pub screens: u64,
    /// How many of them have it.
    pub received: u64,
    /// On how many of them it was seen on the display.
    pub shown: u64,
    /// How many refused it.
    pub refused: u64,
    /// Why, by the first that did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// Milliseconds from its reception here to the first display, by the server's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_shown_ms: Option<i64>,
    /// And to the latest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_shown_ms: Option<i64>,
}

/// The answer to `GET units/{id}/alerts`: the newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertList {
    /// The alerts.
    pub alerts: Vec<AlertReport>,
}

/// `POST units/{id}/alert-keys`: a key may alert a unit and those below it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddAlertKey {
    /// The public key.
    pub key: Key,
    /// How many keys of the unit must sign from now on; as many as before without it, at first one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<u32>,
}

/// The answer to it, and to the removal of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangedAlertKeys {
    /// The id of the key.
    pub key: KeyId,
    /// The unit.
    pub unit: UnitId,
    /// Whether screens know it, or signatures made off the server are waited for.
    pub state: PublishedState,
}

/// The answer to `GET alert-keys`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertKeyList {
    /// Who may alert whom, as it is wanted.
    pub keys: crate::alert::AlertKeys,
    /// Whether screens know it so.
    pub state: PublishedState,
}
