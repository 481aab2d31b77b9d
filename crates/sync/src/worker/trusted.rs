//! Reads the signed documents of a repository: each is checked against what the trusted metadata names.

use std::collections::BTreeSet;

use jiff::Timestamp;
use motcua_show::release::Sha256Hex;
use serde::de::DeserializeOwned;

use super::RoundError;
use crate::source::{LONGEST_TARGET, Source, SourceError};
use crate::store::Store;
use crate::tuf::{TargetFile, Trust};

/// The signed documents as they are at `now`.
pub(super) struct Trusted<'a> {
    pub(super) trust: Trust,
    pub(super) source: &'a Source,
    pub(super) store: &'a Store,
    pub(super) now: Timestamp,
    /// Those that were asked for, by their hashes.
    pub(super) asked: BTreeSet<Sha256Hex>,
}

/// A signed document.
pub(super) struct Document {
    pub(super) hash: Sha256Hex,
    pub(super) bytes: Vec<u8>,
}

impl Trusted<'_> {
    /// A target, from the store where it is kept; none where nobody who may names it.
    pub(super) fn target(&mut self, target: &str) -> Result<Option<Document>, RoundError> {
        let Some(file) = self.trust.find(self.source, target, self.now)? else {
            return Ok(None);
        };
        let not_as_signed = || RoundError::NotAsSigned {
            target: target.to_owned(),
        };
        let hash: Sha256Hex = file
            .sha256()
            .and_then(|hash| hash.parse().ok())
            .ok_or_else(not_as_signed)?;
        self.asked.insert(hash.clone());
        if let Some(bytes) = self
            .store
            .document(&hash)
            .filter(|bytes| file.matches(bytes))
        {
            return Ok(Some(Document { hash, bytes }));
        }
        let bytes = self.fetch(target, &file)?;
        if !file.matches(&bytes) {
            return Err(not_as_signed());
        }
        self.store.keep_document(&bytes)?;
        Ok(Some(Document { hash, bytes }))
    }

    /// A target that is JSON of format 1.
    pub(super) fn json<T: DeserializeOwned>(
        &mut self,
        target: &str,
    ) -> Result<Option<T>, RoundError> {
        #[derive(serde::Deserialize)]
        struct Head {
            format: u32,
        }
        let Some(document) = self.target(target)? else {
            return Ok(None);
        };
        let bad = |cause| RoundError::BadTarget {
            target: target.to_owned(),
            cause,
        };
        let head: Head = serde_json::from_slice(&document.bytes).map_err(bad)?;
        if head.format != motcua_show::units::FORMAT {
            return Err(RoundError::NewerFormat {
                target: target.to_owned(),
                format: head.format,
            });
        }
        serde_json::from_slice(&document.bytes)
            .map(Some)
            .map_err(bad)
    }

    fn fetch(&self, target: &str, file: &TargetFile) -> Result<Vec<u8>, RoundError> {
        if file.length > LONGEST_TARGET {
            return Err(RoundError::TargetTooLong {
                target: target.to_owned(),
                length: file.length,
            });
        }
        let missing = || SourceError::Missing {
            place: format!("{}: {target}", self.source.name()),
        };
        let location = file
            .location(target, self.trust.root().consistent_snapshot)
            .ok_or_else(missing)?;
        let bytes = self.source.target(&location, file.length)?;
        Ok(bytes.ok_or_else(missing)?)
    }
}
