//! What the server is known to hold, kept so that it lasts.

use std::io;
use std::path::Path;

use motcua_proof::PublicKey;
use motcua_proof::wire::Known;
use serde::{Deserialize, Serialize};

use crate::file;

const FILE: &str = "acknowledged.json";

/// What the server has acknowledged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Pointer {
    /// The last record that it holds.
    pub(super) known: Known,
    /// The key that it countersigned with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) server: Option<PublicKey>,
}

impl Pointer {
    /// Reads it; none where nothing was ever acknowledged, or it cannot be read: then the server is asked.
    pub(super) fn read(folder: &Path) -> Option<Self> {
        let bytes = std::fs::read(folder.join(FILE)).ok()?;
        serde_json::from_slice(&bytes)
            .inspect_err(|error| tracing::warn!(%error, "{FILE} is damaged; the server is asked what it holds"))
            .ok()
    }

    pub(super) fn write(&self, folder: &Path) -> io::Result<()> {
        let bytes = serde_json::to_vec(self)?;
        file::write_private(&folder.join(FILE), &bytes)
    }

    pub(super) fn remove(folder: &Path) {
        // One that is left is of another chain and does not count.
        let _ = std::fs::remove_file(folder.join(FILE));
    }
}
