//! What an answer is worth: its status, its kind, and its body up to a limit.

use std::io::Read;

use ureq::Body;
use ureq::http::{Response, header};

use super::SourceError;

/// Reads to the end, at most `max` bytes of what comes out: after decompression, so that a few bytes on the
/// wire cannot fill the memory.
pub(super) fn read_limited(body: impl Read, place: &str, max: u64) -> Result<Vec<u8>, SourceError> {
    let mut bytes = Vec::new();
    body.take(max.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|cause| SourceError::of_io(place, cause))?;
    if bytes.len() as u64 > max {
        return Err(SourceError::TooLong {
            place: place.to_owned(),
            limit: max,
        });
    }
    Ok(bytes)
}

/// Whether these bytes begin as a web page does. No metadata, target or answer of the API does.
pub(super) fn begins_as_page(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'<')
}

/// Whether a `Content-Type` is that of a web page.
fn is_page(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("text/html") || kind.eq_ignore_ascii_case("application/xhtml+xml")
}

/// What the status and kind of an answer say, before any of its body is read.
pub(super) fn check_status(place: &str, response: &Response<Body>) -> Result<(), SourceError> {
    let place = || place.to_owned();
    match response.status().as_u16() {
        200..=299 if response.body().mime_type().is_some_and(is_page) => {
            Err(SourceError::CaptivePortal { place: place() })
        }
        200..=299 => Ok(()),
        // A server of ours sends nobody elsewhere but for blobs; a sign-in page does.
        300..=399 | 511 => Err(SourceError::CaptivePortal { place: place() }),
        status @ (401 | 403) => Err(SourceError::NotAllowed {
            place: place(),
            status,
        }),
        status => Err(SourceError::Refused {
            place: place(),
            status,
        }),
    }
}

/// The first byte of `Content-Range: bytes 100-199/200`.
pub(super) fn range_start(response: &Response<Body>) -> Option<u64> {
    let range = header_of(response, header::CONTENT_RANGE)?;
    range
        .strip_prefix("bytes ")?
        .split('-')
        .next()?
        .parse()
        .ok()
}

/// A header as text.
pub(super) fn header_of(response: &Response<Body>, name: header::HeaderName) -> Option<&str> {
    response.headers().get(name)?.to_str().ok()
}
