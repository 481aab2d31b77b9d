//! What the tests with a real window share: a display of their own, the player on it, pictures of the screen.
//!
//! Knows nothing of the player's inside: it starts the program, reads its events and its log, and looks at
//! the screen. Whatever is started ends with the test, also where that is killed.

pub mod display;
pub mod film;
pub mod picture;
pub mod player;
pub mod programs;
pub mod session;
pub mod show;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Held by a test as long as it runs: several players, displays and decoders at once are more than a small
/// machine has room for.
pub fn alone() -> MutexGuard<'static, ()> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    // A test that failed before says so itself.
    ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Asks again and again until there is an answer; panics with `what` when there is none within `limit`.
pub fn await_some<T>(what: &str, limit: Duration, mut ask: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(begun.elapsed() < limit, "{what}: not within {limit:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Every file below a folder.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .flat_map(|path| {
            if path.is_dir() {
                files_below(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}
