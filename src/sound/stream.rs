//! The stream of the device: asks the deck for blocks, and reckons when each will be heard.
//!
//! Owns the callback that the device's thread runs. It must not wait for anything but the deck's short lock.

use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rodio::cpal::traits::{DeviceTrait as _, HostTrait as _, StreamTrait as _};
use rodio::cpal::{
    self, BufferSize, Error, ErrorKind, FromSample, OutputCallbackInfo, SampleFormat, SizedSample,
    StreamConfig,
};
use rodio::source::UniformSourceIterator;
use rodio::{ChannelCount, SampleRate};

use crate::deck::Deck;
use crate::hearing::Hearing;
use crate::source::{SOUND_CHANNELS, SOUND_RATE};
use crate::voice::BLOCK;

const CHANNELS: ChannelCount = NonZero::new(SOUND_CHANNELS as u16).unwrap();
const RATE: SampleRate = NonZero::new(SOUND_RATE).unwrap();

/// Frames that a device is asked to take at a time: 43 ms. A kiosk's processor is busy with pictures, and
/// shorter periods run dry.
const PERIOD: u32 = 2048;

/// An open device. Dropping it closes it.
pub(crate) struct Stream {
    pub(crate) config: StreamConfig,
    _stream: cpal::Stream,
}

/// Opens the default device at the rate of the sources, so that nothing is resampled; where it refuses that
/// rate, at its own.
pub(crate) fn open(deck: &Arc<Deck>) -> Result<Stream, Error> {
    let device = cpal::default_host()
        .default_output_device()
        .ok_or(ErrorKind::DeviceNotAvailable)?;
    let usual = device.default_output_config()?;
    let format = usual.sample_format();
    let own = |buffer_size| StreamConfig {
        channels: SOUND_CHANNELS as u16,
        sample_rate: SOUND_RATE,
        buffer_size,
    };
    let wishes = [
        own(BufferSize::Fixed(PERIOD)),
        own(BufferSize::Default),
        StreamConfig {
            buffer_size: BufferSize::Fixed(PERIOD),
            ..usual.config()
        },
    ];
    for config in wishes {
        if let Ok(stream) = build(&device, config, format, deck) {
            return Ok(stream);
        }
    }
    build(&device, usual.config(), format, deck)
}

fn build(
    device: &cpal::Device,
    config: StreamConfig,
    format: SampleFormat,
    deck: &Arc<Deck>,
) -> Result<Stream, Error> {
    let stream = match format {
        SampleFormat::F32 => start::<f32>(device, config, deck),
        SampleFormat::F64 => start::<f64>(device, config, deck),
        SampleFormat::I8 => start::<i8>(device, config, deck),
        SampleFormat::I16 => start::<i16>(device, config, deck),
        SampleFormat::I24 => start::<cpal::I24>(device, config, deck),
        SampleFormat::I32 => start::<i32>(device, config, deck),
        SampleFormat::U8 => start::<u8>(device, config, deck),
        SampleFormat::U16 => start::<u16>(device, config, deck),
        SampleFormat::U24 => start::<cpal::U24>(device, config, deck),
        SampleFormat::U32 => start::<u32>(device, config, deck),
        _ => Err(ErrorKind::UnsupportedConfig.into()),
    }?;
    Ok(Stream {
        config,
        _stream: stream,
    })
}

fn start<T: SizedSample + FromSample<f32>>(
    device: &cpal::Device,
    config: StreamConfig,
    deck: &Arc<Deck>,
) -> Result<cpal::Stream, Error> {
    let mut feeder = Feeder::new(Arc::clone(deck), config);
    let deck = Arc::clone(deck);
    let stream = device.build_output_stream::<T, _, _>(
        config,
        move |out: &mut [T], info: &OutputCallbackInfo| feeder.fill(out, info),
        move |error| {
            // Underruns come this way too; a device that goes on taking blocks is not broken.
            tracing::debug!(%error, "the sound device reports");
            if is_fatal(&error) {
                deck.report_broken();
            }
        },
        None,
    )?;
    stream.play()?;
    Ok(stream)
}

fn is_fatal(error: &Error) -> bool {
    use ErrorKind::{DeviceNotAvailable, HostUnavailable, StreamInvalidated};
    matches!(
        error.kind(),
        DeviceNotAvailable | HostUnavailable | StreamInvalidated
    )
}

/// What the device's thread runs.
struct Feeder {
    samples: Samples,
    channels: usize,
    rate: f64,
    hearing: Hearing,
    /// Frames given so far.
    given: u64,
    epoch: Instant,
    /// When the next frame will be heard, in nanoseconds since the epoch.
    cursor: Arc<AtomicU64>,
}

/// The deck's samples as the device wants them.
enum Samples {
    Plain(Box<Blocks>),
    Converted(Box<UniformSourceIterator<Blocks>>),
}

impl Feeder {
    fn new(deck: Arc<Deck>, config: StreamConfig) -> Self {
        let epoch = Instant::now();
        let cursor = Arc::default();
        let blocks = Blocks {
            deck,
            epoch,
            cursor: Arc::clone(&cursor),
            block: [0.0; BLOCK * SOUND_CHANNELS],
            at: BLOCK * SOUND_CHANNELS,
        };
        let wanted = (
            NonZero::new(config.channels).unwrap_or(CHANNELS),
            NonZero::new(config.sample_rate).unwrap_or(RATE),
        );
        let samples = if wanted == (CHANNELS, RATE) {
            Samples::Plain(Box::new(blocks))
        } else {
            let converted = UniformSourceIterator::new(blocks, wanted.0, wanted.1);
            Samples::Converted(Box::new(converted))
        };
        Self {
            samples,
            channels: usize::from(wanted.0.get()),
            rate: f64::from(wanted.1.get()),
            hearing: Hearing::new(),
            given: 0,
            epoch,
            cursor,
        }
    }

    fn fill<T: SizedSample + FromSample<f32>>(&mut self, out: &mut [T], info: &OutputCallbackInfo) {
        let now = Instant::now();
        let stamp = info.timestamp();
        // Both count from an origin of the stream's own: only their difference means something here.
        let lead = stamp.playback.checked_duration_since(stamp.callback);
        let at = self.given as f64 / self.rate;
        let since = now.saturating_duration_since(self.epoch).as_secs_f64();
        let first = self.hearing.heard(since, at, lead);
        for (index, frame) in out.chunks_mut(self.channels).enumerate() {
            let heard = first + index as f64 / self.rate;
            self.cursor.store((heard * 1e9) as u64, Ordering::Relaxed);
            for sample in frame {
                *sample = T::from_sample(self.samples.next());
            }
        }
        self.given += (out.len() / self.channels) as u64;
    }
}

impl Samples {
    fn next(&mut self) -> f32 {
        let sample = match self {
            Self::Plain(blocks) => blocks.next(),
            Self::Converted(converted) => converted.next(),
        };
        sample.unwrap_or(0.0)
    }
}

/// The deck sample by sample, for ever.
struct Blocks {
    deck: Arc<Deck>,
    epoch: Instant,
    cursor: Arc<AtomicU64>,
    block: [f32; BLOCK * SOUND_CHANNELS],
    at: usize,
}

impl Iterator for Blocks {
    type Item = f32;

    fn next(&mut self) -> Option<f32> {
        if self.at == self.block.len() {
            let heard = self.epoch + Duration::from_nanos(self.cursor.load(Ordering::Relaxed));
            self.deck.take(Instant::now(), heard, &mut self.block);
            self.at = 0;
        }
        let sample = self.block[self.at];
        self.at += 1;
        Some(sample)
    }
}

impl rodio::Source for Blocks {
    fn current_span_len(&self) -> Option<usize> {
        None
    }

    fn channels(&self) -> ChannelCount {
        CHANNELS
    }

    fn sample_rate(&self) -> SampleRate {
        RATE
    }

    fn total_duration(&self) -> Option<Duration> {
        None
    }
}
