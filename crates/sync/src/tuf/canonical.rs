//! Canonical JSON: the one byte sequence over which a signature is made and checked.
//!
//! The dialect is that of the TUF specification (section 4.1): keys sorted by code point, no
//! spaces, strings escape only `"` and `\`, integers only. It works on the value as it was
//! parsed, so that fields which this version does not know stay part of what was signed.

use serde_json::Value;

/// Why a value has no canonical form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CanonicalError {
    /// Canonical JSON knows integers only.
    #[error("it holds a number that is not an integer of at most 64 bits")]
    NotAnInteger,
}

/// The canonical form of a parsed JSON value.
///
/// # Errors
/// When a number is not an integer that fits 64 bits.
pub fn canonical(value: &Value) -> Result<Vec<u8>, CanonicalError> {
    let mut out = Vec::new();
    write(value, &mut out)?;
    Ok(out)
}

fn write(value: &Value, out: &mut Vec<u8>) -> Result<(), CanonicalError> {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Number(number) if number.is_u64() || number.is_i64() => {
            out.extend_from_slice(number.to_string().as_bytes());
        }
        Value::Number(_) => return Err(CanonicalError::NotAnInteger),
        Value::String(text) => write_text(text, out),
        Value::Array(values) => {
            out.push(b'[');
            for (index, value) in values.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write(value, out)?;
            }
            out.push(b']');
        }
        Value::Object(map) => {
            // UTF-8 sorts by bytes as Unicode sorts by code points.
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_unstable_by_key(|(key, _)| key.as_bytes());
            out.push(b'{');
            for (index, (key, value)) in entries.into_iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write_text(key, out);
                out.push(b':');
                write(value, out)?;
            }
            out.push(b'}');
        }
    }
    Ok(())
}

fn write_text(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    for &byte in text.as_bytes() {
        if byte == b'"' || byte == b'\\' {
            out.push(b'\\');
        }
        out.push(byte);
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use super::*;

    fn check(input: &str, expected: &str) {
        let value: Value = serde_json::from_str(input).unwrap();
        assert_eq!(
            String::from_utf8(canonical(&value).unwrap()).unwrap(),
            expected
        );
    }

    #[test]
    fn sorts_escapes_and_drops_spaces() {
        check(
            r#"{"b": [1, -2, null], "a": true}"#,
            r#"{"a":true,"b":[1,-2,null]}"#,
        );
        check(
            r#"{"Ω":1,"z":2,"é":3,"𐀀":4,"ﬀ":5}"#,
            r#"{"z":2,"é":3,"Ω":1,"ﬀ":5,"𐀀":4}"#,
        );
        check(r#""a\"b\\c\nd\u0001""#, "\"a\\\"b\\\\c\nd\u{1}\"");
        check("18446744073709551615", "18446744073709551615");
    }

    #[test]
    fn refuses_what_is_not_an_integer() {
        for text in ["1.5", "1e3", "18446744073709551616"] {
            let value: Value = serde_json::from_str(text).unwrap();
            assert_eq!(
                canonical(&value),
                Err(CanonicalError::NotAnInteger),
                "{text}"
            );
        }
    }
}
