//! A release: the immutable, signed naming of everything that a show consists of.
//!
//! Its JSON is the content of a TUF target. It names every file of the show by SHA-256 and length, so
//! that what is shown is what was signed, byte for byte.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use unicode_normalization::{UnicodeNormalization as _, is_nfc};

use crate::units::UnitId;

/// The format that this version writes and reads.
pub const FORMAT: u32 = 1;

/// The longest path in a release, in bytes; what common file systems allow for one name.
const LONGEST_PATH: usize = 255;

/// An immutable show of one unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// The version of this format.
    pub format: u32,
    /// The unit that it was made for.
    pub unit: UnitId,
    /// Counts up within the unit, from 1.
    pub number: u64,
    /// When it was signed.
    pub signed_at: Timestamp,
    /// The title of the show, for lists.
    pub title: String,
    /// Every file of the show, `show.toml` among them.
    pub files: BTreeMap<ReleasePath, FileRef>,
}

/// One file of a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRef {
    /// What its bytes hash to.
    pub sha256: Sha256Hex,
    /// Its length in bytes.
    pub length: u64,
}

/// Why a release cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ReleaseError {
    /// It is not JSON of this shape.
    #[error("the release is not readable: {0}; publish the show again")]
    Syntax(#[from] serde_json::Error),
    /// It is of a format that this version does not know.
    #[error(
        "the release has format {0}, and this version reads format {FORMAT}; update the player"
    )]
    Format(u32),
    /// There is no show in it.
    #[error("the release holds no show.toml; publish the show again")]
    NoShow,
}

impl Release {
    /// Reads the content of a target.
    ///
    /// # Errors
    /// When it is not a release of this format.
    pub fn read(bytes: &[u8]) -> Result<Self, ReleaseError> {
        #[derive(Deserialize)]
        struct Head {
            format: u32,
        }
        let head: Head = serde_json::from_slice(bytes)?;
        if head.format != FORMAT {
            return Err(ReleaseError::Format(head.format));
        }
        let release: Self = serde_json::from_slice(bytes)?;
        if release.files.contains_key(&ReleasePath::show()) {
            Ok(release)
        } else {
            Err(ReleaseError::NoShow)
        }
    }

    /// The bytes of all files together.
    #[must_use]
    pub fn length(&self) -> u64 {
        let blobs: BTreeMap<_, _> = self
            .files
            .values()
            .map(|file| (&file.sha256, file.length))
            .collect();
        blobs
            .values()
            .fold(0, |sum, length| sum.saturating_add(*length))
    }
}

/// A SHA-256, written in 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sha256Hex(String);

/// A text that is no SHA-256.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a SHA-256; it has 64 digits of 0-9 and a-f")]
pub struct NotSha256(String);

impl Sha256Hex {
    /// The digits of a digest.
    #[must_use]
    pub fn of_digest(digest: [u8; 32]) -> Self {
        use fmt::Write as _;
        let mut digits = String::with_capacity(64);
        for byte in digest {
            // Writing to a string does not fail.
            let _ = write!(digits, "{byte:02x}");
        }
        Self(digits)
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The digest that the digits say.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let value = |digit: u8| match digit {
            b'a'..=b'f' => digit - b'a' + 10,
            digit => digit.wrapping_sub(b'0'),
        };
        let mut digest = [0; 32];
        for (byte, pair) in digest.iter_mut().zip(self.0.as_bytes().chunks(2)) {
            *byte = pair.iter().fold(0, |byte, digit| byte << 4 | value(*digit));
        }
        digest
    }
}

impl FromStr for Sha256Hex {
    type Err = NotSha256;

    fn from_str(written: &str) -> Result<Self, NotSha256> {
        let is_digit = |digit: u8| digit.is_ascii_digit() || (b'a'..=b'f').contains(&digit);
        if written.len() == 64 && written.bytes().all(is_digit) {
            Ok(Self(written.to_owned()))
        } else {
            Err(NotSha256(written.chars().take(80).collect()))
        }
    }
}

impl TryFrom<String> for Sha256Hex {
    type Error = NotSha256;

    fn try_from(written: String) -> Result<Self, NotSha256> {
        written.parse()
    }
}

impl From<Sha256Hex> for String {
    fn from(hash: Sha256Hex) -> Self {
        hash.0
    }
}

impl fmt::Display for Sha256Hex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The place of a file in a show, such as `procedures/1.001193.toml`: relative, with `/` between folders.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ReleasePath(String);

/// Why a text cannot be the place of a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} cannot be the place of a file in a release: it is relative, `/` stands between folders, \
     it has no `.` or `..` or control characters, is in NFC and at most {LONGEST_PATH} bytes long"
)]
pub struct BadPath(String);

impl ReleasePath {
    /// Where the show itself lies.
    #[must_use]
    pub fn show() -> Self {
        Self("show.toml".to_owned())
    }

    /// The path with its `/`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The place in a release of what a show names, such as `media/bring.png` for `../media/bring.png`:
    /// a release has no outside, so what leads out of the show's folder is left away.
    ///
    /// # Errors
    /// When nothing is left, or what is left cannot be a path.
    pub fn of_source(written: &str) -> Result<Self, BadPath> {
        let mut parts: Vec<&str> = Vec::new();
        for part in written.split('/') {
            match part {
                "" | "." => {}
                ".." => {
                    parts.pop();
                }
                part => parts.push(part),
            }
        }
        let place: String = parts.join("/").nfc().collect();
        place.parse()
    }
}

impl FromStr for ReleasePath {
    type Err = BadPath;

    fn from_str(written: &str) -> Result<Self, BadPath> {
        let parts_are_names = written
            .split('/')
            .all(|part| !part.is_empty() && part != "." && part != "..");
        let readable = !written.chars().any(|c| c.is_control() || c == '\\');
        if parts_are_names && readable && written.len() <= LONGEST_PATH && is_nfc(written) {
            Ok(Self(written.to_owned()))
        } else {
            Err(BadPath(written.chars().take(LONGEST_PATH).collect()))
        }
    }
}

impl TryFrom<String> for ReleasePath {
    type Error = BadPath;

    fn try_from(written: String) -> Result<Self, BadPath> {
        written.parse()
    }
}

impl From<ReleasePath> for String {
    fn from(path: ReleasePath) -> Self {
        path.0
    }
}

impl fmt::Display for ReleasePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_gives_its_digest_back() {
        let digest: [u8; 32] = std::array::from_fn(|place| (place * 37 + 5) as u8);
        assert_eq!(Sha256Hex::of_digest(digest).digest(), digest);
    }

    #[test]
    fn places_outside_are_refused() {
        for bad in [
            "",
            "/etc/passwd",
            "../x",
            "a/../b",
            "a//b",
            "./a",
            "a\\b",
            "a\nb",
            "a/",
            "u\u{31b}",
        ] {
            assert!(bad.parse::<ReleasePath>().is_err(), "{bad:?}");
        }
        for good in [
            "show.toml",
            "procedures/1.001193.toml",
            "media/Hướng dẫn 1.png",
        ] {
            assert!(good.parse::<ReleasePath>().is_ok(), "{good:?}");
        }
    }

    #[test]
    fn a_release_has_no_outside() {
        for (written, place) in [
            ("bring.png", "bring.png"),
            ("../../media/bring.png", "media/bring.png"),
            ("./a/../b.png", "b.png"),
            ("/srv/media/a.mp4", "srv/media/a.mp4"),
            ("media/u\u{31b}.png", "media/ư.png"),
        ] {
            assert_eq!(ReleasePath::of_source(written).unwrap().as_str(), place);
        }
        assert!(ReleasePath::of_source("../..").is_err());
    }

    #[test]
    fn a_release_reads_as_it_was_written() {
        let file = FileRef {
            sha256: Sha256Hex::of_digest([7; 32]),
            length: 3,
        };
        let release = Release {
            format: FORMAT,
            unit: "phu-loi".parse().unwrap(),
            number: 4,
            signed_at: "2026-11-23T08:00:00Z".parse().unwrap(),
            title: "Một cửa".into(),
            files: [
                (ReleasePath::show(), file.clone()),
                ("b".parse().unwrap(), file),
            ]
            .into(),
        };
        let bytes = serde_json::to_vec(&release).unwrap();
        assert_eq!(Release::read(&bytes).unwrap(), release);
        assert_eq!(release.length(), 3, "one blob, though two names");
        let newer = String::from_utf8(bytes)
            .unwrap()
            .replace("\"format\":1", "\"format\":2");
        assert!(matches!(
            Release::read(newer.as_bytes()),
            Err(ReleaseError::Format(2))
        ));
    }
}
