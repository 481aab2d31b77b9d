//! Proof of play: what a screen has shown, in records that nobody can change afterwards, its own key included.
//!
//! It owns the formats: records, the chain that they form, seals by the screen's key, countersignatures by the server,
//! and their verification. It reads no clock, file or socket and keeps no key: bytes and times come in as arguments.
//!
//! # The chain
//!
//! A proof is JSON Lines. Its first line is a [`Header`]. Each record stands in a line of its own as
//! `{"hash":"…","record":{…}}`, where the hash is SHA-256 over the hash before it and the bytes of the record as they
//! stand there: no byte of a line is free. A seal signs the hash that the chain has come to. A countersignature by the
//! server says that the chain had come there by then; whoever holds the screen's key cannot make another past.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod chain;
mod content;
mod key;
mod line;
mod record;
mod root;
pub mod tally;
mod verify;
pub mod wire;

pub use chain::{Chain, Head};
pub use content::{alert_of, card_of, content_of};
pub use key::{BadSignature, PublicKey, Signature};
pub use line::{Countersigned, Header, Line, LineError, Sealed, Statement, Stood, read_line};
pub use record::{Boot, ChainId, Ended, Record, What};
pub use root::{Inclusion, RootStatement, Step, inclusion, root_of};
pub use verify::{Break, Broken, Keys, Verified, Verifier, verify};

/// The version of these formats.
pub const FORMAT: u32 = 1;
