//! The siren of an alert: two tones in turn, made here rather than read from a file, so that it is heard
//! whatever the disk holds.
//!
//! 800 and 960 Hz, half a second each: within what tired loudspeakers and elderly ears still give and hear
//! (ISO 7731 wants a warning between 500 and 2,500 Hz). Two harmonics make it carry through a hall.

use std::f32::consts::TAU;
use std::time::Duration;

use crate::source::{Pulled, SOUND_CHANNELS, SOUND_RATE, Source};

/// How long it sounds: long enough that a hall falls silent, short enough that the text is waited for.
pub const SIREN_LASTS: Duration = Duration::from_secs(6);

/// The tones in hertz.
const TONES: [f32; 2] = [800.0, 960.0];
/// Frames of one tone.
const TURN: u32 = SOUND_RATE / 2;
/// Frames over which it comes and goes, so that nothing clicks.
const FADE: u32 = SOUND_RATE / 50;
/// How loud it is: with its harmonics it stays below full scale.
const LOUDNESS: f32 = 0.6;

/// The siren, from its beginning.
#[derive(Debug, Clone, Default)]
pub struct Siren {
    frame: u32,
    phase: f32,
}

impl Siren {
    const fn length() -> u32 {
        SIREN_LASTS.as_secs() as u32 * SOUND_RATE
    }

    fn sample(&mut self) -> f32 {
        let tone = TONES[(self.frame / TURN) as usize % TONES.len()];
        // The phase goes on from tone to tone.
        self.phase = (self.phase + tone / SOUND_RATE as f32).fract();
        let left = Self::length() - self.frame;
        let fade = self.frame.min(left).min(FADE) as f32 / FADE as f32;
        let turn = TAU * self.phase;
        let wave = turn.sin() + 0.4 * (2.0 * turn).sin() + 0.2 * (3.0 * turn).sin();
        self.frame += 1;
        LOUDNESS * fade * wave / 1.3
    }
}

impl Source for Siren {
    fn pull(&mut self, out: &mut [f32]) -> Pulled {
        let mut frames = 0;
        for frame in out.chunks_exact_mut(SOUND_CHANNELS) {
            if self.frame >= Self::length() {
                return Pulled {
                    frames,
                    ended: true,
                };
            }
            frame.fill(self.sample());
            frames += 1;
        }
        Pulled {
            frames,
            ended: self.frame >= Self::length(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_lasts_as_long_as_it_says_loud_and_without_a_click() {
        let mut siren = Siren::default();
        let mut samples: Vec<f32> = Vec::new();
        loop {
            let mut block = [0.0; 960];
            let pulled = siren.pull(&mut block);
            samples.extend(block[..pulled.frames * SOUND_CHANNELS].iter().step_by(2));
            if pulled.ended {
                break;
            }
        }
        assert_eq!(
            samples.len(),
            SIREN_LASTS.as_secs() as usize * SOUND_RATE as usize
        );
        let peak = samples
            .iter()
            .fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
        assert!((0.4..=1.0).contains(&peak), "{peak}");
        let steps = samples.windows(2).map(|pair| (pair[1] - pair[0]).abs());
        let steepest = steps.fold(0.0_f32, f32::max);
        assert!(steepest < 0.2, "{steepest}");
        assert!(samples[0].abs() < 0.01 && samples.last().unwrap().abs() < 0.01);
        let crossings = |samples: &[f32]| {
            let rises = samples
                .windows(2)
                .filter(|pair| pair[0] < 0.0 && pair[1] >= 0.0);
            rises.count()
        };
        let turn = TURN as usize;
        let (low, high) = (
            crossings(&samples[..turn]),
            crossings(&samples[turn..2 * turn]),
        );
        assert!((399..=401).contains(&low), "{low} waves in half a second");
        assert!((479..=481).contains(&high), "{high} waves in half a second");
    }
}
