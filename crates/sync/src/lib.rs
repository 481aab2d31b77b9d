//! Signed releases: how a screen comes to trust a server, takes its releases and keeps them on disk.
//!
//! This crate blocks and owns no event loop: it knows neither Slint nor tokio. What it lets through was
//! verified against the chain of trust that began with the pairing; nothing else leaves it.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod access;
pub mod alert;
pub mod api;
pub mod bundle;
pub mod enrolment;
pub mod fetch;
pub mod file;
pub mod identity;
pub mod pairing;
pub mod proof;
pub mod source;
pub mod store;
pub mod tuf;
pub mod worker;
