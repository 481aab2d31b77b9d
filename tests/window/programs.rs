//! The programs that a test needs besides the player.

use std::path::Path;

/// Whether all of `programs` are here. Where one is missing the test says so in one line and is skipped,
/// but fails where the environment variable CI is set.
pub fn are_here(test: &str, programs: &[&str]) -> bool {
    let missing: Vec<&str> = programs
        .iter()
        .copied()
        .filter(|program| !is_here(program))
        .collect();
    if missing.is_empty() {
        return true;
    }
    let line = format!(
        "skipped: {test} needs {}; ./dev setup installs it",
        missing.join(", ")
    );
    assert!(std::env::var_os("CI").is_none(), "{line}");
    println!("{line}");
    false
}

fn is_here(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| Path::new(&folder).join(program).is_file())
}
