//! The Update Framework 1.0: signed metadata, a client that follows it, and the trust it keeps.
//!
//! Owns the formats, the signing and the rules by which metadata is believed. It does not know
//! what a target means, where a repository lies or what time it is: sources and `now` come in.
//! Invariant: nothing is believed whose signatures, versions, hashes and expiry were not checked
//! in the order of section 5 of the specification, and a version once seen is never undercut.

pub mod command;
pub mod metadata;

mod canonical;
mod disk;
mod envelope;
mod error;
mod floor;
mod http;
mod key;
mod pattern;
mod quote;
mod refresh;
mod signing;
mod source;
mod trust;
mod walk;

pub use canonical::{CanonicalError, canonical};
pub use envelope::{Signature, read, signers, verify};
pub use error::{MalformedError, TufError};
pub use http::HttpMetadata;
pub use key::{Key, KeyId, KeyVal};
pub use metadata::TargetFile;
pub use signing::{KeyError, SigningKey, add_signature, sign_metadata};
pub use source::{FetchError, MetadataSource};
pub use trust::{Refreshed, Repair, Trust};
