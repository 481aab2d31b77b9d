//! The chain: each record's hash covers all records before it.

use jiff::Timestamp;
use motcua_show::release::Sha256Hex;
use ring::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};

use crate::record::{Boot, ChainId, Record, What};

/// Keeps hashes of this format apart from all others.
const RECORD: &[u8] = b"motcua proof record 1\n";
const BEGINNING: &[u8] = b"motcua proof chain 1\n";

/// Where a chain has come to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The screen's id.
    pub screen: String,
    /// The chain.
    pub chain: ChainId,
    /// The last record; 0 before the first.
    pub seq: u64,
    /// Its hash.
    pub hash: Sha256Hex,
}

/// A chain that records are appended to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    head: Head,
}

impl Chain {
    /// A chain without records.
    #[must_use]
    pub fn new(screen: &str, chain: ChainId) -> Self {
        let hash = beginning(screen, &chain);
        let screen = screen.to_owned();
        Self {
            head: Head {
                screen,
                chain,
                seq: 0,
                hash,
            },
        }
    }

    /// Goes on where a chain has come to.
    #[must_use]
    pub const fn from(head: Head) -> Self {
        Self { head }
    }

    /// Where it has come to.
    #[must_use]
    pub const fn head(&self) -> &Head {
        &self.head
    }

    /// Appends what happened; returns its line, without the end of line.
    ///
    /// # Errors
    /// When it cannot be written as JSON, which no record of this crate causes.
    pub fn append(
        &mut self,
        boot: &Boot,
        at: Timestamp,
        up_ms: u64,
        what: What,
    ) -> Result<String, serde_json::Error> {
        let record = Record {
            seq: self.head.seq + 1,
            boot: boot.clone(),
            at,
            up_ms,
            what,
        };
        let written = serde_json::to_string(&record)?;
        self.take(record.seq, &written);
        Ok(format!(
            r#"{{"hash":"{}","record":{written}}}"#,
            self.head.hash
        ))
    }

    /// The hash that the chain has once the record with these bytes follows.
    #[must_use]
    pub fn next_hash(&self, record: &str) -> Sha256Hex {
        let mut context = Context::new(&SHA256);
        context.update(RECORD);
        context.update(self.head.hash.as_str().as_bytes());
        context.update(record.as_bytes());
        finish(context)
    }

    /// Lets the record with these bytes follow.
    pub(crate) fn take(&mut self, seq: u64, record: &str) {
        self.head.hash = self.next_hash(record);
        self.head.seq = seq;
    }
}

/// The hash before the first record: another screen's or chain's records never fit.
fn beginning(screen: &str, chain: &ChainId) -> Sha256Hex {
    let mut context = Context::new(&SHA256);
    context.update(BEGINNING);
    context.update(screen.as_bytes());
    context.update(b"\n");
    context.update(chain.as_str().as_bytes());
    finish(context)
}

pub(crate) fn finish(context: Context) -> Sha256Hex {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(context.finish().as_ref());
    Sha256Hex::of_digest(bytes)
}
