//! The pages that a visitor touches: nothing clipped, nothing overlapping, nothing too small for a finger or
//! an eye, and no word lost, whatever the screen, the language and the options.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test panics where something is wrong"
)]
#![allow(dead_code, reason = "the shared parts serve other tests too")]

#[path = "../records/mod.rs"]
mod records;
#[path = "../support/mod.rs"]
mod support;

mod lists;
mod measure;
mod places;
mod real;
mod studio;
mod typing;
