//! The TUF client against repositories that are right, ill and hostile: the ground that the
//! conformance suite covers, damage to the trust folder, a random walk of an attacker, and
//! both directions of interoperability with python-tuf.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod delegations;
mod expiry;
mod interop;
mod keys;
mod refresh;
mod repository;
mod rollback;
mod roots;
mod targets;
mod torn;
mod walk;
