//! One source while it plays: its volume, its clock, its end.

use std::time::{Duration, Instant};

use crate::clock::{Clock, duration};
use crate::source::{SOUND_CHANNELS, SOUND_RATE, Source};

/// Frames mixed at a time, and the length of every ramp: 5 ms, which the ear does not take for a click.
pub(crate) const BLOCK: usize = SOUND_RATE as usize / 200;
/// Skipped at most in one go, so that the device is not kept waiting: 0.5 s.
const MOST_SKIPPED: usize = 100;

/// A source being played.
pub(crate) struct Voice {
    pub(crate) id: u64,
    /// `None` once it has ended or was stopped.
    source: Option<Box<dyn Source>>,
    start: Duration,
    clock: Clock,
    /// Frames gone, whether heard or skipped.
    gone: u64,
    gain: f32,
    volume: f32,
    is_stopping: bool,
    is_forgotten: bool,
    has_ended: bool,
}

impl Voice {
    pub(crate) fn new(
        id: u64,
        source: Box<dyn Source>,
        start: Duration,
        volume: f32,
        now: Instant,
    ) -> Self {
        Self {
            id,
            source: Some(source),
            start,
            clock: Clock::new(now),
            gone: 0,
            gain: 0.0,
            volume: volume.clamp(0.0, 1.0),
            is_stopping: false,
            is_forgotten: false,
            has_ended: false,
        }
    }

    /// Adds the next block to `mix`. Returns the source when it is done with.
    pub(crate) fn mix(&mut self, now: Instant, mix: &mut [f32]) -> Option<Box<dyn Source>> {
        if self.catch_up(now) {
            let source = self.source.take();
            self.end(now);
            return source;
        }
        let source = self.source.as_mut()?;
        let mut block = [0.0; BLOCK * SOUND_CHANNELS];
        let pulled = source.pull(&mut block);
        let frames = pulled.frames.min(BLOCK);
        let target = if self.is_stopping { 0.0 } else { self.volume };
        for (index, frame) in block
            .chunks_exact_mut(SOUND_CHANNELS)
            .take(frames)
            .enumerate()
        {
            let step = 1.0 / BLOCK as f32;
            self.gain += (target - self.gain).clamp(-step, step);
            // A source that ends on a loud sample would click: its last block is faded out.
            let fade = if pulled.ended {
                (frames - index) as f32 / frames as f32
            } else {
                1.0
            };
            for sample in frame {
                *sample *= self.gain * fade;
            }
        }
        for (sum, sample) in mix.iter_mut().zip(&block[..frames * SOUND_CHANNELS]) {
            *sum += sample;
        }
        if frames > 0 {
            self.gone += frames as u64;
            self.clock.took(now, self.seconds());
        }
        // One block is as long as the ramp, so a stopped voice is silent at its end.
        if pulled.ended || self.is_stopping {
            self.has_ended |= pulled.ended;
            let source = self.source.take();
            self.end(now);
            return source;
        }
        None
    }

    /// Lets pass unheard what belongs to the past. Returns whether the source ended in it.
    pub(crate) fn catch_up(&mut self, now: Instant) -> bool {
        let mut missed = (self.clock.missed(now) * f64::from(SOUND_RATE)) as usize;
        let Some(source) = &mut self.source else {
            return false;
        };
        let mut block = [0.0; BLOCK * SOUND_CHANNELS];
        for _ in 0..MOST_SKIPPED {
            if missed < BLOCK {
                break;
            }
            let pulled = source.pull(&mut block);
            self.gone += pulled.frames as u64;
            missed = missed.saturating_sub(pulled.frames);
            if pulled.ended {
                self.has_ended = true;
                return true;
            }
            if pulled.frames == 0 {
                break;
            }
        }
        self.clock.skipped(self.gone as f64 / f64::from(SOUND_RATE));
        false
    }

    /// Does what [`Self::mix`] does where there is no device that would ask for samples.
    pub(crate) fn pass_unheard(&mut self, now: Instant) -> Option<Box<dyn Source>> {
        if self.is_stopping || self.catch_up(now) {
            let source = self.source.take();
            self.end(now);
            return source;
        }
        None
    }

    /// There is no device: time goes on at once instead of waiting for one.
    pub(crate) fn stop_waiting(&mut self) {
        self.clock.stop_waiting();
    }

    pub(crate) fn set_volume(&mut self, volume: f32) {
        self.volume = volume.clamp(0.0, 1.0);
    }

    pub(crate) fn stop(&mut self) {
        self.is_stopping = true;
    }

    /// Stops it; nobody asks for its position any more.
    pub(crate) fn forget(&mut self) {
        self.is_stopping = true;
        self.is_forgotten = true;
    }

    pub(crate) fn is_forgotten(&self) -> bool {
        self.is_forgotten
    }

    pub(crate) fn is_playing(&self) -> bool {
        self.source.is_some()
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.has_ended
    }

    /// The media time being heard, if sound is heard `latency` after the device took it.
    pub(crate) fn position(&mut self, now: Instant, latency: Duration) -> Duration {
        self.start + duration(self.clock.position(now)).saturating_sub(latency)
    }

    fn end(&mut self, now: Instant) {
        self.clock.run_free(now);
    }

    fn seconds(&self) -> f64 {
        self.gone as f64 / f64::from(SOUND_RATE)
    }
}
