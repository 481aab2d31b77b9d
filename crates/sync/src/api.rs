//! What player and server say to each other over HTTP, as JSON.
//!
//! Bytes are written in base64 (standard alphabet, with padding). Everything lies below `/api/v1`.

pub mod alerts;

use std::collections::BTreeMap;

use jiff::Timestamp;
use motcua_show::release::{FileRef, ReleasePath, Sha256Hex};
use motcua_show::units::{Unit, UnitId};
use serde::{Deserialize, Serialize};

/// Every answer that is not a success.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// A sentence that says what is wrong and what to do.
    pub error: String,
}

/// `GET time`: what the server's clock says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Time {
    /// The time.
    pub now: Timestamp,
}

/// `POST enrolments`: a screen asks to be taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolmentRequest {
    /// The screen's ed25519 public key, 32 bytes.
    pub public_key: String,
    /// Its message of the key exchange.
    pub pake: String,
}

/// The answer to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolment {
    /// What to ask for from then on.
    pub id: String,
    /// How long it is kept, in seconds.
    pub expires_in_s: u64,
}

/// `GET enrolments/{id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub enum EnrolmentState {
    /// Nobody has entered a code.
    Waiting,
    /// A code was entered, which may be this screen's.
    Offered {
        /// The server's side of the pairing.
        offer: Offered,
    },
    /// The server has taken the screen.
    Accepted,
    /// It was kept too long; ask anew.
    Expired,
}

/// The server's side of the pairing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offered {
    /// Its message of the key exchange.
    pub pake: String,
    /// The [`Acceptance`], which only who knows the code can open.
    pub sealed: String,
}

/// `POST enrolments/{id}/confirm`: the screen could open it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmation {
    /// Proves that the screen knows the code.
    pub confirmation: String,
    /// The confirmation signed with the screen's key.
    pub signature: String,
}

/// What a screen gets when it is taken; sealed by the pairing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acceptance {
    /// The screen's id.
    pub screen: String,
    /// What it shows the server from then on.
    pub token: String,
    /// What it is called.
    pub name: String,
    /// The name of its unit.
    pub unit: String,
    /// The root metadata that the screen trusts, in base64.
    pub root: String,
    /// The certificate authority of the server, as PEM; none where the machine's own authorities count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca: Option<String>,
}

/// `POST screens/accept`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accept {
    /// The six digits that the screen shows.
    pub code: String,
    /// Id or name of its unit.
    pub unit: String,
    /// What it shall be called.
    #[serde(default)]
    pub name: Option<String>,
}

/// `POST screen/heartbeat`: how a screen is. Its signature stands in `X-Motcua-Signature`: ed25519 over the body.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Heartbeat {
    /// The version of the player.
    pub version: String,
    /// Unit, number and hash of the release that is current.
    #[serde(default)]
    pub release: Option<ReleaseRef>,
    /// The item on the display.
    #[serde(default)]
    pub item: Option<String>,
    /// What is wrong, as sentences.
    #[serde(default)]
    pub problems: Vec<String>,
    /// Bytes that are free where the store lies.
    #[serde(default)]
    pub free_bytes: Option<u64>,
    /// The screen's clock less the server's, in milliseconds.
    #[serde(default)]
    pub clock_offset_ms: Option<i64>,
    /// Whether that clock is plainly wrong, more than a day before the release was signed: only what has no
    /// window plays.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub clock_is_doubted: bool,
    /// The download under way.
    #[serde(default)]
    pub progress: Option<Progress>,
    /// How pictures are composed, and why so. Not told before the window is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub graphics: Option<String>,
    /// The versions of the metadata that the screen trusts, by role: the server may not go below them.
    #[serde(default)]
    pub trusted: BTreeMap<String, u64>,
}

/// Which release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseRef {
    /// The unit that it was made for.
    pub unit: UnitId,
    /// Its number.
    pub number: u64,
    /// The SHA-256 of its document.
    pub sha256: Sha256Hex,
}

/// How far a download is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Bytes that are there.
    pub bytes: u64,
    /// Bytes of the whole release that were missing at its beginning.
    pub of_bytes: u64,
    /// Files that are there.
    pub files: u64,
    /// Files that were missing at its beginning.
    pub of_files: u64,
}

/// What a screen can be told to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Command {
    /// Show its own name and code large for a while.
    Identify,
    /// Send a picture of what it shows.
    Screenshot,
    /// Start the player again.
    Restart,
    /// Look for a release.
    SyncNow,
}

/// A command on its way to a screen (`event: command`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandOrder {
    /// What its result is sent under.
    pub id: String,
    /// What to do.
    pub command: Command,
}

/// `POST screen/commands/{id}`: what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandResult {
    /// Whether it was done.
    pub done: bool,
    /// A sentence.
    pub message: String,
    /// The screenshot, PNG in base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
}

/// `POST blobs/missing`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// The blobs of a release.
    pub blobs: Vec<FileRef>,
}

/// The answer to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// Those that the server lacks.
    pub missing: Vec<Sha256Hex>,
}

/// `POST units/{id}/releases`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publish {
    /// The title of the show.
    pub title: String,
    /// Its files.
    pub files: BTreeMap<ReleasePath, FileRef>,
}

/// The answer to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// The number of the release.
    pub number: u64,
    /// Whether screens get it.
    pub state: PublishedState,
    /// How many screens it reaches.
    pub screens: u64,
}

/// Whether screens get a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PublishedState {
    /// It is signed and current.
    Current,
    /// It waits for signatures made off the server.
    Unsigned,
}

/// `GET units/{id}/release`: what is published for a unit itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitRelease {
    /// The number of the release.
    pub number: u64,
    /// When it was signed.
    pub signed_at: Timestamp,
    /// The title of the show.
    pub title: String,
    /// Its files.
    pub files: BTreeMap<ReleasePath, FileRef>,
}

/// `GET units`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitList {
    /// The units, in the order in which they were made.
    pub units: Vec<Unit>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heartbeats_of_other_versions_are_read() {
        let older = r#"{"version": "0.1.0", "problems": ["Too hot."]}"#;
        let heartbeat: Heartbeat = serde_json::from_str(older).unwrap();
        assert_eq!((heartbeat.graphics, heartbeat.problems.len()), (None, 1));
        let newer = r#"{"version": "0.9.0", "graphics": "software: x", "humidity": 3}"#;
        let heartbeat: Heartbeat = serde_json::from_str(newer).unwrap();
        assert_eq!(heartbeat.graphics.as_deref(), Some("software: x"));
        let silent = serde_json::to_string(&Heartbeat::default()).unwrap();
        assert!(
            !silent.contains("graphics") && !silent.contains("clock_is_doubted"),
            "{silent}"
        );
        let doubted = r#"{"version": "0.1.0", "clock_is_doubted": true}"#;
        let heartbeat: Heartbeat = serde_json::from_str(doubted).unwrap();
        assert!(heartbeat.clock_is_doubted);
    }
}
