//! What the stories need: an author who publishes, a server with faults, and a screen.
#![allow(dead_code, reason = "each test file uses its own part of it")]

pub mod author;
pub mod disk;
pub mod screen;
pub mod server;

use std::time::{Duration, Instant};

/// Waits until a condition holds. The bound is there for a test that would otherwise hang; none depends on it.
pub fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let until = Instant::now() + Duration::from_secs(60);
    while !holds() {
        assert!(Instant::now() < until, "it never came that {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}
