//! What the worker says to the server: how the screen is, and what became of commands.

use base64::prelude::{BASE64_STANDARD, Engine as _};

use crate::api::{CommandResult, Heartbeat};
use crate::identity::Identity;
use crate::source::{HttpSource, SourceError};

/// Tells how the screen is, signed with its key.
pub(super) fn beat(
    server: &HttpSource,
    identity: &Identity,
    heartbeat: &Heartbeat,
) -> Result<(), SourceError> {
    let body = json(heartbeat);
    let signature = BASE64_STANDARD.encode(identity.key.sign(&body));
    server.post("screen/heartbeat", &body, Some(&signature))
}

/// Tells what became of a command.
pub(super) fn answer(
    server: &HttpSource,
    id: &str,
    result: &CommandResult,
) -> Result<(), SourceError> {
    // The id is the server's own; what would change the address is not one.
    if id.is_empty()
        || !id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    {
        return Err(SourceError::BadName(id.to_owned()));
    }
    server.post(&format!("screen/commands/{id}"), &json(result), None)
}

/// Plain structs of strings and numbers, which serde_json always writes.
fn json(value: &impl serde::Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}
