//! Opening video and sound files: tracks, lengths, packets.
//!
//! Owns libav's demuxer. Files are opened by us and handed over as byte streams, so that no name can be
//! taken for a network address, and only the formats listed here are tried, so that no file can name
//! another one (playlists, concat scripts). The length that a header promises is believed only if it can be
//! true.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Once};
use std::time::Duration;

use ffmpeg_next::codec::{Parameters, packet::side_data};
use ffmpeg_next::format::context::{Input, StreamIo};
use ffmpeg_next::format::stream::Disposition;
use ffmpeg_next::{Dictionary, Error, Packet, Rational, Stream, format, log, media};

use crate::error::MediaError;
use crate::info::Kind;
use crate::inside::source::Source;
use crate::inside::time::{Nanos, duration, from_duration, nanos};
use crate::sniff::Looks;

/// The containers that offices use; libav's names.
const FORMATS: &str =
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,ogg,mp3,wav,flac,aac,avi,mpegts,mpeg,asf,flv,ivf";
/// One read call for this many bytes: spinning disks and network folders like few large reads.
const READ_BYTES: usize = 256 << 10;
/// Nothing shown in an office lasts longer; a header that says more lies.
const LONGEST: Duration = Duration::from_secs(24 * 3600);
/// Fewer bits a second than the most frugal real file needs (a still slide with silence in Opus).
const FEWEST_BITS_PER_SECOND: f64 = 200.0;
/// A demuxer that reports damage this often in a row is not getting anywhere.
const MOST_READ_ERRORS: u32 = 4096;

/// Encoders round the end of the sound up, and nobody misses what comes of it after the last picture; what is
/// longer than this is meant to be heard.
pub(crate) const OVERHANG: Duration = Duration::from_millis(500);

/// Sets to true to make blocking reads of the container give up.
pub(crate) type Stop = Arc<AtomicBool>;

/// One track, as the header describes it.
pub(crate) struct Track {
    pub(crate) index: usize,
    pub(crate) time_base: Rational,
    pub(crate) parameters: Parameters,
    /// libav's name of the codec.
    pub(crate) codec: String,
    /// The length that the track's own header promises, where that is believable.
    pub(crate) promised: Option<Duration>,
    /// Nominal time between pictures; `None` for sound or where unknown.
    pub(crate) interval: Option<Duration>,
    /// Quarter turns clockwise that showing it takes.
    pub(crate) quarter_turns: u8,
    start: Nanos,
}

/// An open video or sound file.
pub(crate) struct Container {
    pub(crate) input: Input,
    pub(crate) video: Option<Track>,
    pub(crate) sound: Option<Track>,
    /// Where the tracks' time stamps begin; media time zero.
    pub(crate) zero: Nanos,
    /// The length that the header promises, believable or not.
    pub(crate) said: Option<Duration>,
    /// The same where it is believable.
    pub(crate) promised: Option<Duration>,
    /// Ends reading and waiting for the file.
    pub(crate) stop: Stop,
}

/// What reading on gave.
pub(crate) enum Read {
    /// A packet of the picture track.
    Video(Packet),
    /// A packet of the sound track.
    Sound(Packet),
    /// The end of the file, or of what can be read of it.
    End,
}

impl Container {
    /// Opens the file by its content.
    pub(crate) fn open(source: &Source, stop: Stop) -> Result<Self, MediaError> {
        let begins_like = match source.looks()? {
            Looks::Stream(what) => Some(what),
            Looks::Unclear => None,
            Looks::Refused { what, instead } => {
                return Err(MediaError::Unsupported {
                    what: what.into(),
                    instead: instead.into(),
                });
            }
            Looks::Picture(_) => return Err(wrong_kind(Kind::Picture)),
            Looks::Document => return Err(wrong_kind(Kind::Document)),
        };
        quiet();
        let bytes = source.bytes();
        let failed = |source| match begins_like {
            Some(what) => MediaError::BrokenContainer {
                what: what.into(),
                source,
            },
            None => MediaError::Unknown,
        };
        let stream =
            StreamIo::from_read_seek_with_capacity(source.reader(), READ_BYTES).map_err(failed)?;
        let options = Dictionary::from_iter([("format_whitelist", FORMATS)]);
        let asked = Stop::clone(&stop);
        let input =
            format::input_from_stream_with_interrupt(stream, None, Some(options), move || {
                asked.load(Ordering::Relaxed)
            })
            .map_err(failed)?;
        let track = |kind| {
            input
                .streams()
                .best(kind)
                .filter(|stream| !stream.disposition().contains(Disposition::ATTACHED_PIC))
                .map(|stream| Track::read(&stream, bytes))
        };
        let (video, sound) = (track(media::Type::Video), track(media::Type::Audio));
        let Some(zero) = [&video, &sound]
            .into_iter()
            .flatten()
            .map(|track| track.start)
            .min()
        else {
            return Err(if begins_like.is_some() {
                MediaError::NoStreams
            } else {
                MediaError::Unknown
            });
        };
        let said = u64::try_from(input.duration())
            .ok()
            .filter(|micros| *micros > 0);
        let said = said.map(Duration::from_micros);
        let promised = said.filter(|said| is_believable(*said, bytes));
        Ok(Self {
            input,
            video,
            sound,
            zero,
            said,
            promised,
            stop,
        })
    }

    /// How long the file plays: as long as its pictures where sound goes on for less than [`OVERHANG`] after
    /// them, which is cut; as long as the longer track otherwise. `None` where the header is not believable.
    pub(crate) fn length(&self) -> Option<Duration> {
        let whole = self.promised?;
        let pictures = self.video.as_ref().and_then(|video| {
            let promised = from_duration(video.promised?);
            Some(duration(video.start - self.zero + promised))
        });
        Some(
            pictures
                .filter(|end| *end < whole && whole - *end < OVERHANG)
                .unwrap_or(whole),
        )
    }

    /// The next packet of one of the two tracks.
    pub(crate) fn read(&mut self) -> Read {
        let mut errors = 0;
        loop {
            let mut packet = Packet::empty();
            match packet.read(&mut self.input) {
                Ok(()) => {
                    let is = |track: &Option<Track>| {
                        track
                            .as_ref()
                            .is_some_and(|track| track.index == packet.stream())
                    };
                    if is(&self.video) {
                        return Read::Video(packet);
                    }
                    if is(&self.sound) {
                        return Read::Sound(packet);
                    }
                }
                // The demuxer finds its way past a damaged place by itself.
                Err(
                    Error::InvalidData
                    | Error::Other {
                        errno: ffmpeg_next::error::EAGAIN,
                    },
                ) if errors < MOST_READ_ERRORS => {
                    errors += 1;
                }
                // End of file, an interrupt, or an error of the disk: what was promised and did not come
                // is noticed by whoever knows the promise.
                Err(_) => return Read::End,
            }
        }
    }

    /// Moves to the last point at or before media time `to` from which decoding can begin. Where a file
    /// cannot be searched it is read from its start.
    pub(crate) fn seek(&mut self, to: Duration) {
        let target = (crate::inside::time::from_duration(to) + self.zero) / 1000;
        if let Err(error) = self.input.seek(target, ..target) {
            tracing::debug!(%error, ?to, "the file cannot be searched, it is read from its start");
        }
    }

    /// Media time of a time stamp of `track`.
    pub(crate) fn clock(&self, track: &Track) -> TrackClock {
        TrackClock {
            base: track.time_base,
            zero: self.zero,
        }
    }

    /// Reads the file to its end, without decoding, and returns the media time at which it ends.
    pub(crate) fn measure(&mut self) -> Duration {
        let clocks =
            [&self.video, &self.sound].map(|track| track.as_ref().map(|track| self.clock(track)));
        let mut end = 0;
        loop {
            let (packet, clock) = match self.read() {
                Read::Video(packet) => (packet, clocks[0]),
                Read::Sound(packet) => (packet, clocks[1]),
                Read::End => return duration(end),
            };
            if let (Some(clock), Some(ticks)) = (clock, packet.pts().or(packet.dts())) {
                end = end.max(clock.at(ticks.saturating_add(packet.duration())));
            }
        }
    }
}

/// Turns a track's ticks into media time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TrackClock {
    base: Rational,
    pub(crate) zero: Nanos,
}

impl TrackClock {
    /// Media time of `ticks`.
    pub(crate) fn at(self, ticks: i64) -> Nanos {
        nanos(ticks, self.base) - self.zero
    }

    /// The length of `ticks`.
    pub(crate) fn length(self, ticks: i64) -> Nanos {
        nanos(ticks, self.base)
    }
}

impl Track {
    fn read(stream: &Stream<'_>, bytes: u64) -> Self {
        let time_base = stream.time_base();
        let known = |ticks: i64| {
            (ticks != ffmpeg_next::ffi::AV_NOPTS_VALUE).then(|| nanos(ticks, time_base))
        };
        let parameters = stream.parameters();
        let promised = known(stream.duration())
            .map(duration)
            .filter(|said| !said.is_zero() && is_believable(*said, bytes));
        let interval = [stream.avg_frame_rate(), stream.rate()]
            .into_iter()
            .find(|rate| rate.numerator() > 0 && rate.denominator() > 0)
            .map(|rate| duration(nanos(1, rate.invert())));
        Self {
            index: stream.index(),
            time_base,
            codec: parameters.id().name().to_owned(),
            parameters,
            promised,
            interval,
            quarter_turns: quarter_turns(stream),
            start: known(stream.start_time()).unwrap_or(0),
        }
    }
}

fn wrong_kind(found: Kind) -> MediaError {
    MediaError::WrongKind {
        expected: Kind::Video,
        found,
    }
}

/// The turn that the display matrix asks for (phones write it for upright videos), to the next quarter.
/// Mirroring is not applied.
fn quarter_turns(stream: &Stream<'_>) -> u8 {
    let Some(matrix) = stream
        .side_data()
        .find(|data| data.kind() == side_data::Type::DisplayMatrix)
    else {
        return 0;
    };
    let number = |index: usize| {
        let bytes = matrix.data().get(4 * index..4 * index + 4)?;
        bytes.try_into().ok().map(i32::from_ne_bytes).map(f64::from)
    };
    let (Some(across), Some(down)) = (number(0), number(1)) else {
        return 0;
    };
    let quarters = down.atan2(across) / std::f64::consts::FRAC_PI_2;
    (quarters.round() as i64).rem_euclid(4) as u8
}

/// Whether a file of `bytes` can last as long as its header says.
fn is_believable(said: Duration, bytes: u64) -> bool {
    said <= LONGEST && bytes as f64 * 8.0 >= said.as_secs_f64() * FEWEST_BITS_PER_SECOND
}

/// libav writes to standard error by itself; what it has to say reaches us as errors.
fn quiet() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| log::set_level(log::Level::Quiet));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absurd_lengths_are_not_believed() {
        let check = |seconds, bytes, expected| {
            assert_eq!(is_believable(Duration::from_secs(seconds), bytes), expected);
        };
        check(10, 100_000, true);
        check(9_999_999_999_999, u64::MAX, false);
        check(86_401, 10 << 30, false);
        check(3_600, 20_000, false);
        check(3_600, 2_000_000, true);
    }
}
