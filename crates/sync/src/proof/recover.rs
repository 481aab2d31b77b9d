//! What a machine that was switched off left of a file of the log.

use std::path::Path;

use motcua_proof::{Head, Keys, Line, PublicKey, Verifier, read_line};

use super::LogError;

/// What is right of a file, from its beginning.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Recovered {
    /// What the chain had come to before the file.
    pub(super) after: Head,
    /// What the chain has come to.
    pub(super) head: Head,
    /// Up to which record it is sealed; none where no seal stands.
    pub(super) sealed: Option<u64>,
    /// How many bytes of it are right; the rest is a torn end.
    pub(super) bytes: u64,
    /// The torn end.
    pub(super) torn: Vec<u8>,
    /// Whether a seal by the screen stands in the torn end.
    pub(super) is_seal_torn: bool,
}

/// Checks a file from its beginning.
///
/// Disks write pages in any order: behind what is missing after a power cut even a seal may stand, whose
/// writing was never over. So whatever comes after the first break is a torn end.
///
/// # Errors
/// When the file cannot be read, or even its beginning cannot.
pub(super) fn recover(path: &Path, key: &PublicKey) -> Result<Recovered, LogError> {
    let bytes = std::fs::read(path).map_err(LogError::io(path))?;
    let mut verifier = Verifier::new(Keys::default());
    let (mut right, mut after) = (0, None);
    let mut fault = None;
    while let Some(length) = bytes[right..].iter().position(|byte| *byte == b'\n') {
        let line = match std::str::from_utf8(&bytes[right..right + length]) {
            Ok(line) => line,
            Err(error) => {
                fault = Some(error.to_string());
                break;
            }
        };
        match verifier.take(line) {
            Ok(_) => {
                after = after.or_else(|| verifier.head().cloned());
            }
            Err(error) => {
                fault = Some(error.to_string());
                break;
            }
        }
        right += length + 1;
    }
    let damaged = |fault: String| LogError::Damaged {
        path: path.to_owned(),
        fault,
    };
    let fault = fault.unwrap_or_else(|| "its last line is not complete".to_owned());
    let (Some(after), Some(head)) = (after, verifier.head().cloned()) else {
        return Err(damaged(fault));
    };
    let mut torn = bytes[right..].split(|byte| *byte == b'\n');
    Ok(Recovered {
        after,
        head,
        sealed: verifier.sealed_through(),
        bytes: right as u64,
        is_seal_torn: torn.any(|line| is_sealed_by(line, key)),
        torn: bytes[right..].to_owned(),
    })
}

/// Whether these bytes are a seal by `key`, of whatever state.
fn is_sealed_by(line: &[u8], key: &PublicKey) -> bool {
    let read = std::str::from_utf8(line)
        .ok()
        .and_then(|line| read_line(line).ok());
    matches!(read, Some(Line::Seal(seal)) if seal.check(key).is_ok())
}
