//! Decoding a sound track to interleaved stereo at 48 kHz.
//!
//! Owns libav's sound decoder and the resampler. Invariant: sample `n` that it hands out belongs to media
//! time `from + n / 48000 s`: what is missing is filled with silence, what overlaps is dropped.

use std::time::Duration;

use ffmpeg_next::codec::{self, decoder};
use ffmpeg_next::format::sample;
use ffmpeg_next::software::resampling;
use ffmpeg_next::{ChannelLayout, Error, Packet, format, frame};

use crate::clip::{SOUND_CHANNELS, SOUND_RATE};
use crate::error::MediaError;
use crate::inside::container::{Track, TrackClock};
use crate::inside::damage::Damage;
use crate::inside::time::{Nanos, from_duration};

const FORMAT: format::Sample = format::Sample::F32(sample::Type::Packed);
/// Time stamps of sound wander by a packet's rounding; only what is more is a gap (40 ms).
const TOLERANCE: i64 = SOUND_RATE as i64 / 25;
/// A longer gap is a lie of the time stamps rather than silence (10 s).
const LONGEST_GAP: i64 = SOUND_RATE as i64 * 10;
/// Room for what the resampler still holds, beyond its own estimate.
const SLACK: usize = 256;
/// A decoder that answers this often with errors to one packet is stuck.
const MOST_ERRORS: usize = 64;

/// Decodes the packets of one track.
pub(crate) struct SoundDecoder {
    decoder: decoder::Audio,
    clock: TrackClock,
    resampler: Option<resampling::Context>,
    from: Nanos,
    /// Frames handed out, counted from `from`.
    written: i64,
    has_begun: bool,
    fed_at: Option<Nanos>,
    damage: Damage,
}

impl SoundDecoder {
    /// Opens the decoder for `track`; its first sample will be the one at media time `from`.
    pub(crate) fn open(
        track: &Track,
        clock: TrackClock,
        from: Duration,
    ) -> Result<Self, MediaError> {
        let failed = |source| MediaError::NoDecoder {
            codec: track.codec.clone(),
            source,
        };
        let mut context = codec::Context::from_parameters(track.parameters.clone())
            .map_err(failed)?
            .decoder();
        context.set_packet_time_base(track.time_base);
        Ok(Self {
            decoder: context.audio().map_err(failed)?,
            clock,
            resampler: None,
            from: from_duration(from),
            written: 0,
            has_begun: false,
            fed_at: None,
            damage: Damage::default(),
        })
    }

    /// What could not be decoded so far.
    pub(crate) fn damage(&self) -> &Damage {
        &self.damage
    }

    /// Whether so much in a row could not be decoded that waiting for better is no use.
    pub(crate) fn is_hopeless(&self) -> bool {
        self.fed_at.is_some_and(|at| self.damage.is_hopeless(at))
    }

    /// Media time at which what was handed out so far ends.
    pub(crate) fn end(&self) -> Nanos {
        self.from + self.written * 1_000_000_000 / i64::from(SOUND_RATE)
    }

    /// Decodes the next packet, or what is left after the last, and appends its samples to `out`.
    pub(crate) fn decode(&mut self, packet: Option<&Packet>, out: &mut Vec<f32>) {
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
        for _ in 0..MOST_ERRORS {
            let mut sound = frame::Audio::empty();
            match self.decoder.receive_frame(&mut sound) {
                Ok(()) => self.append(sound, out),
                Err(
                    Error::Eof
                    | Error::Other {
                        errno: ffmpeg_next::error::EAGAIN,
                    },
                ) => break,
                Err(_) => self.damage.bad(self.fed_at),
            }
        }
        if packet.is_none() {
            self.flush(out);
        }
    }

    fn append(&mut self, mut sound: frame::Audio, out: &mut Vec<f32>) {
        let at = sound.timestamp().map(|ticks| self.clock.at(ticks));
        let length = sound.samples() as i64 * 1_000_000_000 / i64::from(sound.rate().max(1));
        match self.resample(&mut sound) {
            Ok(samples) => {
                self.damage.good(at.unwrap_or_else(|| self.end()) + length);
                self.place(at, &samples, out);
            }
            Err(_) => {
                self.resampler = None;
                self.damage.bad(at.or(self.fed_at));
            }
        }
    }

    fn resample(&mut self, sound: &mut frame::Audio) -> Result<Vec<f32>, Error> {
        // Some AAC and PCM streams leave the layout empty, which the resampler refuses.
        if sound.channel_layout().is_empty() {
            sound.set_channel_layout(ChannelLayout::default(i32::from(sound.channels())));
        }
        let input = resampling::context::Definition {
            format: sound.format(),
            channel_layout: sound.channel_layout(),
            rate: sound.rate(),
        };
        if sound.rate() == 0 || sound.channels() == 0 || sound.planes() == 0 {
            return Err(Error::InvalidData);
        }
        // libav takes 3 dB off mono when it makes it stereo, and speech is mono: that is done here.
        let output = match input.channel_layout.channels() {
            1 => ChannelLayout::MONO,
            _ => ChannelLayout::STEREO,
        };
        if self
            .resampler
            .as_ref()
            .is_none_or(|resampler| *resampler.input() != input)
        {
            self.resampler = Some(resampling::Context::get(
                input.format,
                input.channel_layout,
                input.rate,
                FORMAT,
                output,
                SOUND_RATE,
            )?);
        }
        let Some(resampler) = &mut self.resampler else {
            return Err(Error::Bug);
        };
        let held = resampler
            .delay()
            .map_or(0, |delay| usize::try_from(delay.output).unwrap_or(0));
        let room = sound.samples() * SOUND_RATE as usize / sound.rate() as usize + held + SLACK;
        let mut resampled = empty_frame(room, output)?;
        resampler.run(sound, &mut resampled)?;
        Ok(interleaved(&resampled))
    }

    fn flush(&mut self, out: &mut Vec<f32>) {
        let Some(resampler) = &mut self.resampler else {
            return;
        };
        let held = resampler
            .delay()
            .map_or(0, |delay| usize::try_from(delay.output).unwrap_or(0));
        let layout = resampler.output().channel_layout;
        let Ok(mut rest) = empty_frame(held + SLACK, layout) else {
            return;
        };
        if held > 0 && resampler.flush(&mut rest).is_ok() {
            let samples = interleaved(&rest);
            self.place(None, &samples, out);
        }
    }

    /// Puts `samples`, which are for media time `at`, where they belong.
    fn place(&mut self, at: Option<Nanos>, samples: &[f32], out: &mut Vec<f32>) {
        let due = at.map_or(self.written, |at| {
            // Milliseconds would round; nanoseconds times the rate fit for over a day.
            ((i128::from(at - self.from) * i128::from(SOUND_RATE)) / 1_000_000_000) as i64
        });
        let gap = due - self.written;
        let gap = if self.has_begun && gap.abs() <= TOLERANCE {
            0
        } else {
            gap
        };
        let skip = usize::try_from(-gap).unwrap_or(0) * SOUND_CHANNELS;
        if let Some(rest) = samples.get(skip..).filter(|rest| !rest.is_empty()) {
            self.has_begun = true;
            let silence = gap.clamp(0, LONGEST_GAP);
            out.resize(out.len() + silence as usize * SOUND_CHANNELS, 0.0);
            out.extend_from_slice(rest);
            self.written += silence + (rest.len() / SOUND_CHANNELS) as i64;
        }
    }
}

fn empty_frame(samples: usize, layout: ChannelLayout) -> Result<frame::Audio, Error> {
    let frame = frame::Audio::new(FORMAT, samples, layout);
    if frame.planes() == 0 {
        Err(Error::Other {
            errno: ffmpeg_next::error::ENOMEM,
        })
    } else {
        Ok(frame)
    }
}

/// Left and right in turn; mono goes to both.
fn interleaved(frame: &frame::Audio) -> Vec<f32> {
    if frame.channels() == 1 {
        frame
            .plane::<f32>(0)
            .iter()
            .flat_map(|sample| [*sample, *sample])
            .collect()
    } else {
        frame
            .plane::<(f32, f32)>(0)
            .iter()
            .flat_map(|(left, right)| [*left, *right])
            .collect()
    }
}
