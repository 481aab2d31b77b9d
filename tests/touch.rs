//! A visitor at the screen: a finger in a real window opens the lookup, finds a procedure and is forgotten.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "touch/finding.rs"]
mod finding;
#[path = "touch/hand.rs"]
mod hand;
#[path = "touch/leaving.rs"]
mod leaving;
#[path = "touch/odd.rs"]
mod odd;
#[allow(dead_code, reason = "each file of tests uses its part")]
#[path = "link/office.rs"]
mod office;
#[path = "touch/opening.rs"]
mod opening;
#[path = "touch/release.rs"]
mod release;
#[path = "touch/residue.rs"]
mod residue;
#[allow(dead_code, reason = "each file of tests uses its part")]
#[path = "link/server.rs"]
mod server;
#[path = "touch/stage.rs"]
mod stage;
#[allow(dead_code, reason = "each file of tests uses its part")]
#[path = "window/mod.rs"]
mod window;

/// What every test here needs besides the player.
const PROGRAMS: &[&str] = &["Xvfb", "xdotool", "setpriv"];
