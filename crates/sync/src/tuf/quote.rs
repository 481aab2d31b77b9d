//! Percent-encoding of names that go into addresses and file names.

/// The longest name of a file that every file system takes, less room for `.json` and for a
/// version before it.
const LONGEST: usize = 200;

/// `text` with everything but `A-Z a-z 0-9 _ . - ~` percent-encoded.
pub(super) fn name(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for &byte in text.as_bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push_str(&hex::encode_upper([byte]));
        }
    }
    out
}

/// The name of a role's file without version, or `None` when no file can be called so.
pub(super) fn file_name(role: &str) -> Option<String> {
    let name = name(role);
    (name.len() <= LONGEST).then(|| format!("{name}.json"))
}

/// A path with each part encoded and its slashes kept.
pub(super) fn path(text: &str) -> String {
    text.split('/').map(name).collect::<Vec<_>>().join("/")
}
