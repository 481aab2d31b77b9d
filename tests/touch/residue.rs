//! What a process still holds of a word.

use std::fs::File;
use std::os::unix::fs::FileExt as _;

/// Bytes around a word that say who holds it.
const AROUND: usize = 24;

/// In how many places of a process's own memory a word stands.
pub fn places(process: u32, word: &str) -> usize {
    where_found(process, word).len()
}

/// The places with what stands around the word there.
pub fn where_found(process: u32, word: &str) -> Vec<String> {
    let maps = std::fs::read_to_string(format!("/proc/{process}/maps")).unwrap();
    let memory = File::open(format!("/proc/{process}/mem")).unwrap();
    let mut found = Vec::new();
    for line in maps.lines() {
        let mut fields = line.split_whitespace();
        let (Some(range), Some(rights)) = (fields.next(), fields.next()) else {
            continue;
        };
        // What can be written is its own; the rest comes from files.
        if !rights.starts_with("rw") || !rights.ends_with('p') {
            continue;
        }
        let name = fields.nth(3).unwrap_or("anonymous");
        let (from, until) = range.split_once('-').unwrap();
        let number = |hexadecimal: &str| u64::from_str_radix(hexadecimal, 16).unwrap();
        let (from, until) = (number(from), number(until));
        let mut bytes = vec![0; (until - from) as usize];
        // A part that went away meanwhile holds nothing.
        if memory.read_exact_at(&mut bytes, from).is_err() {
            continue;
        }
        let windows = bytes.windows(word.len()).enumerate();
        for (at, _) in windows.filter(|(_, window)| *window == word.as_bytes()) {
            let start = at.saturating_sub(AROUND);
            let end = (at + word.len() + AROUND).min(bytes.len());
            found.push(format!(
                "{name} {:x}: {}",
                from + at as u64,
                bytes[start..end].escape_ascii()
            ));
        }
    }
    found
}

/// Whether bytes hold a word.
pub fn holds(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|window| window == word)
}
