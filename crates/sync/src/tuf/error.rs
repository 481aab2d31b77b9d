//! What can go wrong between a repository, the trust in it and the folder that keeps the trust.

use std::io;
use std::path::PathBuf;

use super::canonical::CanonicalError;
use super::source::FetchError;

/// Why trusted metadata could not be brought up to date, read or written. The trust that was
/// there before stays as it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TufError {
    /// The source failed.
    #[error("the repository's file {file} could not be read; it is tried again")]
    Fetch {
        /// Name of the file below `metadata/`.
        file: String,
        /// What the source said.
        #[source]
        source: FetchError,
    },
    /// A file that verified metadata names is not there.
    #[error("the repository has no file {file} although its metadata names it; publish it again")]
    Missing {
        /// Name of the file below `metadata/`.
        file: String,
    },
    /// Not the metadata that it should be.
    #[error("the metadata of role `{role}` is not TUF 1.0 metadata; is this a repository?")]
    Malformed {
        /// The role that was read.
        role: String,
        /// What is wrong with it.
        #[source]
        source: MalformedError,
    },
    /// Not signed by those whom the trusted metadata names.
    #[error(
        "the metadata of role `{role}` carries {valid} valid signatures of the {threshold} it \
         needs; the repository belongs to someone else or was tampered with"
    )]
    TooFewSignatures {
        /// The role that was read.
        role: String,
        /// Different trusted keys whose signature is right.
        valid: usize,
        /// How many of them the role needs.
        threshold: u32,
    },
    /// Older than what was seen before.
    #[error(
        "role `{role}` is offered in version {offered}, but version {trusted} was seen before; \
         the repository was set back or is an old copy"
    )]
    Rollback {
        /// The role that is set back.
        role: String,
        /// The lowest version that may be accepted.
        trusted: u64,
        /// The version that was offered.
        offered: u64,
    },
    /// A role that was listed before is gone.
    #[error("role `{role}` was listed before and no longer is; publish it again")]
    RoleRemoved {
        /// The role that is gone.
        role: String,
    },
    /// Not the version under whose name it was read.
    #[error("role `{role}` was read in version {found} where version {expected} was named")]
    WrongVersion {
        /// The role that was read.
        role: String,
        /// The version that the file's name or the naming metadata says.
        expected: u64,
        /// The version that the metadata says.
        found: u64,
    },
    /// Not the bytes that the snapshot or timestamp names.
    #[error("the metadata of role `{role}` is not the file whose hash and length were named")]
    WrongBytes {
        /// The role that was read.
        role: String,
    },
    /// Past its day.
    #[error(
        "the metadata of role `{role}` expired at {expires}; check the screen's clock and \
         whether the server still signs"
    )]
    Expired {
        /// The role that expired.
        role: String,
        /// When it did.
        expires: jiff::Timestamp,
    },
    /// An endless chain of roots.
    #[error("the repository offers more than {limit} new roots at once")]
    TooManyRoots {
        /// How many are followed in one round.
        limit: u64,
    },
    /// A delegation graph without end.
    #[error("more than {limit} roles would have to be read to find `{target}`")]
    TooManyRoles {
        /// The target that was searched.
        target: String,
        /// How many roles are visited in one search.
        limit: usize,
    },
    /// There is nothing verified yet in which to search.
    #[error("no metadata of role `{role}` has been verified yet; refresh first")]
    NotRefreshed {
        /// The role that is needed.
        role: String,
    },
    /// The name of a target that cannot be a path.
    #[error("the target `{target}` has a name that is no path below a folder")]
    UnsafeTarget {
        /// The name.
        target: String,
    },
    /// Both copies of the version floor are damaged or gone.
    #[error(
        "the trust kept in {} cannot be read, so nothing can be verified; \
         enrol this screen again",
        dir.display()
    )]
    Unreadable {
        /// The trust folder.
        dir: PathBuf,
    },
    /// There is trust in the folder already.
    #[error("{} holds a trust already; it is never replaced in place", dir.display())]
    AlreadyInitialised {
        /// The trust folder.
        dir: PathBuf,
    },
    /// The disk failed.
    #[error("{} could not be read or written; check the disk and its free space", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

/// Why bytes are not metadata.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MalformedError {
    /// Not JSON or not the fields of the role.
    #[error("{0}")]
    Json(#[from] serde_json::Error),
    /// No canonical form.
    #[error(transparent)]
    Canonical(#[from] CanonicalError),
    /// Another role's metadata.
    #[error("it is of type `{found}`, not `{expected}`")]
    Type {
        /// The type that was asked for.
        expected: &'static str,
        /// The type that it says it is.
        found: String,
    },
    /// Not version 1 of the specification.
    #[error("it follows version {found} of the specification, not 1.x")]
    SpecVersion {
        /// The version that it says.
        found: String,
    },
    /// Versions start at 1.
    #[error("its version is 0")]
    VersionZero,
    /// One key signs once.
    #[error("two of its signatures name the key {key}")]
    DuplicateSignature {
        /// The key.
        key: String,
    },
    /// A role needs at least one signature.
    #[error("its role `{role}` has the threshold 0")]
    ThresholdZero {
        /// The role.
        role: String,
    },
    /// A field that it must have.
    #[error("it does not name `{name}`")]
    Lacks {
        /// What is missing.
        name: String,
    },
    /// A delegation has either patterns or hash prefixes.
    #[error("the delegation to `{role}` has not exactly one of paths and path_hash_prefixes")]
    Paths {
        /// The delegated role.
        role: String,
    },
    /// A delegation to a name that a file or the top level uses.
    #[error("the delegation to `{role}` uses a name that cannot be delegated")]
    RoleName {
        /// The delegated role.
        role: String,
    },
}
