//! Faults on the wire: what the libraries say becomes a number or a short plain text.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer};

/// Longer texts of a decoder say nothing more to whoever reads a log.
const LONGEST: usize = 200;

/// What a library said, as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said(String);

impl fmt::Display for Said {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for Said {}

/// A text that cannot spoil a log: without control characters, and not long.
pub(crate) fn plain_text(text: &str) -> String {
    text.chars()
        .filter(|character| !character.is_control())
        .take(LONGEST)
        .collect()
}

/// Reads a text that was written by a decoder.
pub(crate) fn plain<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    String::deserialize(from).map(|text| plain_text(&text))
}

/// The same for one that may be borrowed.
pub(crate) fn plain_cow<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<std::borrow::Cow<'static, str>, D::Error> {
    plain(from).map(Into::into)
}

/// Faults of the operating system: their number where they have one.
pub(crate) mod io {
    use super::{Arc, Said, plain_text};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use std::io::Error;

    pub(crate) fn serialize<S: Serializer>(error: &Arc<Error>, to: S) -> Result<S::Ok, S::Error> {
        (error.raw_os_error(), error.to_string()).serialize(to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Arc<Error>, D::Error> {
        let (number, text) = <(Option<i32>, String)>::deserialize(from)?;
        Ok(Arc::new(match number {
            Some(number) => Error::from_raw_os_error(number),
            None => Error::other(Said(plain_text(&text))),
        }))
    }
}

/// Faults of any library, as text.
pub(crate) mod any {
    use super::{Arc, Said, plain_text};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    type Fault = Arc<dyn std::error::Error + Send + Sync>;

    pub(crate) fn serialize<S: Serializer>(error: &Fault, to: S) -> Result<S::Ok, S::Error> {
        error.to_string().serialize(to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Fault, D::Error> {
        let text = String::deserialize(from)?;
        Ok(Arc::new(Said(plain_text(&text))))
    }
}

/// Faults of libav: its number.
pub(crate) mod libav {
    use ffmpeg_next::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(crate) fn serialize<S: Serializer>(error: &Error, to: S) -> Result<S::Ok, S::Error> {
        i32::from(*error).serialize(to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Error, D::Error> {
        static TEXTS: std::sync::Once = std::sync::Once::new();
        // The library knows the words for its numbers only once it has been set up.
        TEXTS.call_once(|| {
            // What else it sets up may fail: nothing of that is used here.
            let _ = ffmpeg_next::init();
        });
        i32::deserialize(from).map(Error::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::MediaError;

    #[test]
    fn texts_of_a_decoder_become_plain() {
        let text = format!("\x1b[31mred\n{}", "x".repeat(10_000));
        let plain = plain_text(&text);
        assert!(plain.starts_with("[31mred") && plain.chars().count() == LONGEST);
    }

    #[test]
    fn faults_say_the_same_on_both_sides() {
        let check = |error: MediaError| {
            let bytes = postcard::to_stdvec(&error).unwrap();
            let back: MediaError = postcard::from_bytes(&bytes).unwrap();
            assert_eq!(back.to_string(), error.to_string());
            assert!(!back.to_string().contains("()"), "{back}");
        };
        check(MediaError::from(std::io::Error::from_raw_os_error(5)));
        check(MediaError::from(std::io::Error::other("it is wet")));
        check(MediaError::NoDecoder {
            codec: "h264".to_owned(),
            source: ffmpeg_next::Error::InvalidData,
        });
        check(MediaError::Unsupported {
            what: "a GIF picture".into(),
            instead: "a PNG picture".into(),
        });
    }
}
