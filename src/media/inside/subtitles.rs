//! Subtitles inside a film, as their authors wrote them.
//!
//! Owns the way from a packet of a stream of subtitles (mov_text in MP4, SubRip and WebVTT in Matroska and
//! WebM) to text with its times. Knows no markup and no page: what the text means is the show's. Invariant:
//! whatever a packet holds, what comes out is bounded and valid text.

use ffmpeg_next::codec::Id;
use ffmpeg_next::ffi::AVDiscard;
use ffmpeg_next::{Packet, Stream, media};

use crate::error::MediaError;
use crate::inside::container::{Container, Stop};
use crate::inside::source::Source;
use crate::inside::time::{Nanos, duration, nanos};
use crate::wire::{LONGEST_CUE, MOST_CUES, RawCue};

/// Packets that are looked at for cues.
const MOST_PACKETS: usize = 100_000;
/// How long a text stands whose packet does not say it.
const UNKNOWN_LENGTH: Nanos = 4_000_000_000;

/// How a stream writes its texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coding {
    /// 3GPP timed text in MP4: the length of the text in two bytes, the text, then boxes with its styles.
    MovText,
    /// Plain bytes of text.
    Text,
}

impl Coding {
    /// How a stream of this codec writes; none for pictures and for what is not read.
    pub(crate) const fn of(codec: Id) -> Option<Self> {
        match codec {
            Id::MOV_TEXT => Some(Self::MovText),
            Id::SUBRIP | Id::WEBVTT | Id::TEXT => Some(Self::Text),
            _ => None,
        }
    }

    /// The text of a packet; none where it holds none, which is how MP4 takes a text away.
    fn text(self, packet: &[u8]) -> Option<String> {
        let bytes = match self {
            Self::Text => packet,
            Self::MovText => {
                let (length, rest) = packet.split_first_chunk::<2>()?;
                // A length that lies is cut to what is there.
                let length = usize::from(u16::from_be_bytes(*length)).min(rest.len());
                &rest[..length]
            }
        };
        let bytes = &bytes[..bytes.len().min(LONGEST_CUE)];
        let text = String::from_utf8_lossy(bytes);
        let text = text.trim_matches(|c: char| c == '\0' || c.is_whitespace());
        (!text.is_empty()).then(|| text.to_owned())
    }
}

/// The cue of a packet of a stream in `coding`, which begins at `begins` of the media and lasts `lasts`, or
/// for a time that is not known.
pub(crate) fn cue(coding: Coding, packet: &[u8], begins: Nanos, lasts: Nanos) -> Option<RawCue> {
    let lasts = if lasts > 0 { lasts } else { UNKNOWN_LENGTH };
    let ends = begins.saturating_add(lasts);
    if ends <= 0 {
        return None;
    }
    let text = coding.text(packet)?;
    Some((duration(begins), duration(ends), text))
}

/// The subtitles inside a film, in the order of the file; empty where it has none. Of several
/// streams the first is read whose language is one of `preferred` (codes as the file has them, such as
/// "vie"), else the first of all. Reads the file from end to end where its container has no index of them:
/// not for the UI thread. `known` is the same file, opened before, where it was.
///
/// # Errors
/// The file cannot be opened as a film.
pub(crate) fn subtitles(
    source: &Source,
    known: Option<&Container>,
    preferred: &[String],
) -> Result<Vec<RawCue>, MediaError> {
    if known.is_some_and(|known| best(known, preferred).is_none()) {
        return Ok(Vec::new());
    }
    let mut container = Container::open(source, Stop::default())?;
    let Some((index, coding)) = best(&container, preferred) else {
        return Ok(Vec::new());
    };
    read_only(&mut container, index);
    let mut cues = Vec::new();
    for _ in 0..MOST_PACKETS {
        let mut packet = Packet::empty();
        if packet.read(&mut container.input).is_err() || cues.len() == MOST_CUES {
            break;
        }
        if packet.stream() == index {
            cues.extend(read(&container, coding, &packet));
        }
    }
    Ok(cues)
}

/// The stream to read, and how it writes.
fn best(container: &Container, preferred: &[String]) -> Option<(usize, Coding)> {
    let streams = container.input.streams();
    let mut readable = streams.filter_map(|stream| {
        let is_text = stream.parameters().medium() == media::Type::Subtitle;
        let coding = Coding::of(stream.parameters().id()).filter(|_| is_text)?;
        Some((stream.index(), coding, is_in(&stream, preferred)))
    });
    let first = readable.next()?;
    let wanted = if first.2 {
        None
    } else {
        readable.find(|(_, _, is_preferred)| *is_preferred)
    };
    let (index, coding, _) = wanted.unwrap_or(first);
    Some((index, coding))
}

fn is_in(stream: &Stream<'_>, languages: &[String]) -> bool {
    let metadata = stream.metadata();
    metadata
        .get("language")
        .is_some_and(|language| languages.iter().any(|wanted| wanted == language))
}

fn read(container: &Container, coding: Coding, packet: &Packet) -> Option<RawCue> {
    let base = container.input.stream(packet.stream())?.time_base();
    let begins = nanos(packet.pts().or(packet.dts())?, base) - container.zero;
    let lasts = nanos(packet.duration(), base);
    cue(coding, packet.data()?, begins, lasts)
}

/// Has the demuxer pass over every stream but one, so that it need not read their packets.
fn read_only(container: &mut Container, index: usize) {
    for mut stream in container.input.streams_mut() {
        if stream.index() != index {
            set_discarded(&mut stream);
        }
    }
}

#[expect(unsafe_code, reason = "libav offers the setting only as a field")]
fn set_discarded(stream: &mut ffmpeg_next::StreamMut<'_>) {
    // SAFETY: the pointer is to a stream of a context that is borrowed here for writing, and `discard` is a
    // field that libav documents to be set by its caller before packets are read.
    unsafe {
        (*stream.as_mut_ptr()).discard = AVDiscard::AVDISCARD_ALL;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Nanos = 1_000_000_000;

    #[test]
    fn packets_become_cues() {
        let text = |coding, packet: &[u8]| {
            cue(coding, packet, SECOND, 2 * SECOND).map(|(from, until, text)| {
                assert_eq!((from.as_secs(), until.as_secs()), (1, 3));
                text
            })
        };
        let said = |text: &str| Some(text.to_owned());
        assert_eq!(
            text(Coding::Text, "Xin <i>chào</i>\r\n".as_bytes()),
            said("Xin <i>chào</i>")
        );
        assert_eq!(
            text(Coding::MovText, b"\x00\x03abc\x00\x00\x00\x0cstyl"),
            said("abc")
        );
        assert_eq!(text(Coding::MovText, b"\x00\x00"), None);
        // Lengths that lie, and bytes that are no text.
        assert_eq!(text(Coding::MovText, b"\xff\xffabc"), said("abc"));
        assert_eq!(text(Coding::MovText, b"\x00"), None);
        assert_eq!(text(Coding::Text, b""), None);
        assert_eq!(text(Coding::Text, b"\0\0"), None);
        assert_eq!(text(Coding::Text, b"a\xffb"), said("a\u{fffd}b"));
        let long = text(Coding::Text, &vec![b'a'; 1 << 20]).unwrap();
        assert_eq!(long.len(), LONGEST_CUE);
    }

    #[test]
    fn times_outside_the_film_do_no_harm() {
        let at = |begins, lasts| {
            cue(Coding::Text, b"x", begins, lasts)
                .map(|(from, until, _)| (from.as_millis(), until.as_millis()))
        };
        assert_eq!(at(-SECOND, 3 * SECOND), Some((0, 2000)));
        assert_eq!(at(-3 * SECOND, SECOND), None);
        assert_eq!(at(SECOND, 0), Some((1000, 5000)));
        assert_eq!(at(SECOND, -SECOND), Some((1000, 5000)));
        assert!(at(i64::MAX, i64::MAX).is_some());
    }
}
