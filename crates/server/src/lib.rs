//! The central server: it keeps the tree of units, the screens and their releases, signs them as a
//! TUF repository of static files, and tells the screens when to look.
//!
//! Two halves that meet in [`repository::Repository`]: the domain (this side of it: database, storage, keys,
//! publishing), which knows no HTTP; and the HTTP side, which decides nothing about trust. Everything
//! that a screen believes is signed metadata; what lies in the database beside it is a draft of it.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod alerts;
pub mod command;
pub mod commands;
pub mod database;
pub mod enrolment;
pub mod error;
pub mod export;
pub mod http;
pub mod hub;
pub mod jobs;
pub mod keys;
pub mod limits;
pub mod metrics;
pub mod proofs;
pub mod releases;
pub mod reports;
pub mod repository;
pub mod screens;
pub mod serve;
pub mod server;
pub mod settings;
pub mod signing;
pub mod steady;
pub mod storage;
pub mod tls;
pub mod tokens;
pub mod units;
pub mod watch;

pub use database::{Change, Database};
pub use error::{Error, Result};
pub use repository::Repository;
pub use settings::Settings;
pub use storage::Storage;
