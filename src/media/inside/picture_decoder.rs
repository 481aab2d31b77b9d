//! Decoding the picture track of a video.
//!
//! Owns libav's picture decoder. Invariant: what it hands out decoded without a fault; frames that the
//! decoder patched up are counted as damage and left out, because a held good frame disturbs a viewer less.

use std::sync::Arc;

use ffmpeg_next::codec::{self, decoder, threading};
use ffmpeg_next::{Error, Packet, frame};

use crate::error::MediaError;
use crate::info::Kind;
use crate::inside::container::{Track, TrackClock};
use crate::inside::damage::Damage;
use crate::inside::raw;
use crate::inside::slots::Direct;
use crate::inside::time::{Nanos, from_duration};

/// 8K: more than any screen of an office, and 55 MB a frame.
const LIMIT_MEGAPIXELS: u32 = 36;
/// Two, because the machines have two to four cores and the rest of the player needs some.
const THREADS: usize = 2;
/// With more, libav hands out a frame before the thread that decodes it has said that it was patched up, and
/// whether damage is found depends on chance.
const THREADS_TO_JUDGE: usize = 1;
/// Where neither frames nor header say how long a frame lasts: 25 a second.
const DEFAULT_INTERVAL: Nanos = 40_000_000;
/// Frames without usable time stamps are spread at least this far apart, so that order is kept.
const LEAST_STEP: Nanos = 1_000_000;
/// A decoder that answers this often with errors to one packet is stuck.
const MOST_ERRORS: usize = 64;

/// What a file is decoded for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Promptly; a frame that was patched up may pass as good.
    Showing,
    /// Finding all damage.
    Judging,
}

/// A decoded frame and the media time it is for.
pub(crate) struct Decoded {
    pub(crate) video: frame::Video,
    pub(crate) at: Nanos,
    pub(crate) until: Nanos,
}

/// Decodes the packets of one track.
pub(crate) struct PictureDecoder {
    decoder: decoder::Video,
    /// Outlives the decoder, which holds a pointer to it: fields are dropped in order.
    direct: Arc<Direct>,
    clock: TrackClock,
    interval: Nanos,
    previous: Option<Nanos>,
    fed_at: Option<Nanos>,
    damage: Damage,
}

impl PictureDecoder {
    /// Opens the decoder for `track`.
    pub(crate) fn open(
        track: &Track,
        clock: TrackClock,
        purpose: Purpose,
    ) -> Result<Self, MediaError> {
        let (width, height) = raw::header_size(&track.parameters);
        if u64::from(width) * u64::from(height) > u64::from(LIMIT_MEGAPIXELS) * 1_000_000 {
            return Err(MediaError::TooLarge {
                kind: Kind::Video,
                width,
                height,
                limit_megapixels: LIMIT_MEGAPIXELS,
            });
        }
        let failed = |source| MediaError::NoDecoder {
            codec: track.codec.clone(),
            source,
        };
        let mut context = codec::Context::from_parameters(track.parameters.clone())
            .map_err(failed)?
            .decoder();
        context.set_packet_time_base(track.time_base);
        context.set_threading(threading::Config {
            count: match purpose {
                Purpose::Showing => THREADS,
                Purpose::Judging => THREADS_TO_JUDGE,
            },
            ..threading::Config::kind(threading::Type::Frame)
        });
        let direct = Arc::new(Direct::default());
        raw::decode_into(&mut context, &direct);
        Ok(Self {
            decoder: context.video().map_err(failed)?,
            direct,
            clock,
            interval: track
                .interval
                .map_or(DEFAULT_INTERVAL, from_duration)
                .max(LEAST_STEP),
            previous: None,
            fed_at: None,
            damage: Damage::default(),
        })
    }

    /// Where its frames may be decoded to, once that is known.
    pub(crate) fn direct(&self) -> &Direct {
        &self.direct
    }

    /// The pixel format of the pictures, as far as the header says.
    pub(crate) fn format(&self) -> ffmpeg_next::format::Pixel {
        self.decoder.format()
    }

    /// Size of the pictures as decoded, pixels.
    pub(crate) fn size(&self) -> (u32, u32) {
        (self.decoder.width(), self.decoder.height())
    }

    /// Width to height of one pixel; 1 to 1 where unknown.
    pub(crate) fn pixel_aspect(&self) -> (u32, u32) {
        let aspect = self.decoder.aspect_ratio();
        match (
            u32::try_from(aspect.numerator()),
            u32::try_from(aspect.denominator()),
        ) {
            (Ok(across), Ok(down)) if across > 0 && down > 0 => (across, down),
            _ => (1, 1),
        }
    }

    /// Nominal time from frame to frame.
    pub(crate) fn interval(&self) -> Nanos {
        self.interval
    }

    /// What could not be decoded so far.
    pub(crate) fn damage(&self) -> &Damage {
        &self.damage
    }

    /// Whether so much in a row could not be decoded that waiting for better is no use.
    pub(crate) fn is_hopeless(&self) -> bool {
        self.fed_at.is_some_and(|at| self.damage.is_hopeless(at))
    }

    /// Gives the decoder the next packet, or tells it that there are no more. Fetch frames with
    /// [`Self::next`] until there are none, then feed again.
    pub(crate) fn feed(&mut self, packet: Option<&Packet>) {
        let sent = match packet {
            Some(packet) => {
                if let Some(ticks) = packet.pts().or(packet.dts()) {
                    self.fed_at = Some(self.clock.at(ticks));
                }
                self.decoder.send_packet(packet)
            }
            None => self.decoder.send_eof(),
        };
        if !matches!(sent, Ok(()) | Err(Error::Eof)) {
            self.damage.bad(self.fed_at);
        }
    }

    /// The next frame that decoded well.
    pub(crate) fn next(&mut self) -> Option<Decoded> {
        for _ in 0..MOST_ERRORS {
            let mut video = frame::Video::empty();
            match self.decoder.receive_frame(&mut video) {
                Ok(()) => {}
                Err(
                    Error::Eof
                    | Error::Other {
                        errno: ffmpeg_next::error::EAGAIN,
                    },
                ) => return None,
                Err(_) => {
                    self.damage.bad(self.fed_at);
                    continue;
                }
            }
            let decoded = self.timed(video);
            if decoded.video.is_corrupt() || decoded.video.has_decode_errors() {
                self.damage.bad(Some(decoded.at));
                continue;
            }
            self.damage.good(decoded.until);
            return Some(decoded);
        }
        None
    }

    fn timed(&mut self, video: frame::Video) -> Decoded {
        let follows = self.previous.map(|previous| previous + self.interval);
        let stamped = video.timestamp().map(|ticks| self.clock.at(ticks));
        let at = stamped.or(follows).unwrap_or(0);
        let at = self
            .previous
            .map_or(at, |previous| at.max(previous + LEAST_STEP));
        self.previous = Some(at);
        let length = self.clock.length(video.packet().duration);
        let length = if (1..=10 * self.interval).contains(&length) {
            length
        } else {
            self.interval
        };
        Decoded {
            video,
            at,
            until: at + length,
        }
    }
}
