//! What screen and server say to each other about proofs, as JSON; the proofs themselves are JSON Lines.

use motcua_show::release::Sha256Hex;
use serde::{Deserialize, Serialize};

use crate::chain::Head;
use crate::record::ChainId;

/// The most records of a batch.
pub const MOST_RECORDS: usize = 1_000;

/// The most bytes of a batch, as it is before it is packed.
pub const MOST_BYTES: usize = 1024 * 1024;

/// Up to where the server holds a chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// The chain.
    pub chain: ChainId,
    /// The last record that it has durably stored; 0 before the first.
    pub seq: u64,
    /// Its hash.
    pub hash: Sha256Hex,
}

impl Known {
    /// Whether the chain had come here.
    #[must_use]
    pub fn is(&self, head: &Head) -> bool {
        (&self.chain, self.seq, &self.hash) == (&head.chain, head.seq, &head.hash)
    }
}

impl From<&Head> for Known {
    fn from(head: &Head) -> Self {
        Self {
            chain: head.chain.clone(),
            seq: head.seq,
            hash: head.hash.clone(),
        }
    }
}

/// `POST screen/proofs`, answered with 200.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stored {
    /// The server has durably stored every record up to this one.
    pub through: u64,
    /// Its countersignature as a line of a proof, without the end of line.
    pub countersign: String,
}

/// `POST screen/proofs`, answered with 409: the records do not follow what the server holds of the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotFollowing {
    /// A sentence that says so.
    pub error: String,
    /// Up to where it holds the chain; none where it holds nothing of it.
    pub known: Option<Known>,
}

/// `GET screen/proofs?chain=ID`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Whereabouts {
    /// Up to where it holds the chain; none where it holds nothing of it.
    pub known: Option<Known>,
}
