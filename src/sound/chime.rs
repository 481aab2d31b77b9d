//! The chime before a queue call: two strokes, a third apart, that die away.

use std::f32::consts::TAU;

use crate::source::{Pulled, SOUND_CHANNELS, SOUND_RATE, Source};

/// The strokes: when each begins, in seconds, and its pitch in hertz (E5 and C5).
const STROKES: [(f32, f32); 2] = [(0.0, 659.26), (0.45, 523.25)];
/// The whole, in seconds; by then the second stroke has died away.
const LENGTH_S: f32 = 1.4;
/// How quickly a stroke dies away, per second.
const DECAY: f32 = 5.0;
/// The loudness of a stroke at its beginning, about -12 dB: it calls, and does not startle.
const LOUDNESS: f32 = 0.25;
/// How long a stroke takes to begin, in seconds, so that it does not click.
const ATTACK_S: f32 = 0.004;

/// A chime.
#[must_use]
pub fn chime() -> impl Source {
    let mut at: u32 = 0;
    let frames = (LENGTH_S * SOUND_RATE as f32) as u32;
    move |out: &mut [f32]| {
        let mut given = 0;
        for frame in out.chunks_exact_mut(SOUND_CHANNELS) {
            if at >= frames {
                break;
            }
            frame.fill(sample(at as f32 / SOUND_RATE as f32));
            at += 1;
            given += 1;
        }
        Pulled {
            frames: given,
            ended: at >= frames,
        }
    }
}

/// The sample at a time in seconds.
fn sample(time: f32) -> f32 {
    let strokes = STROKES.iter().map(|&(from, pitch)| {
        let time = time - from;
        if time < 0.0 {
            return 0.0;
        }
        let swell = (time / ATTACK_S).min(1.0) * (-DECAY * time).exp();
        // An octave above makes it a bell rather than a tone.
        let tone = (TAU * pitch * time).sin() + 0.35 * (TAU * 2.0 * pitch * time).sin();
        LOUDNESS * swell * tone
    });
    // The last tenth of a second leads into silence.
    let end = ((LENGTH_S - time) / 0.1).clamp(0.0, 1.0);
    strokes.sum::<f32>() * end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_begins_and_ends_in_silence_and_never_clips() {
        let mut source = chime();
        let mut all = Vec::new();
        let mut block = [0.0; 480];
        loop {
            let pulled = source.pull(&mut block);
            all.extend_from_slice(&block[..pulled.frames * SOUND_CHANNELS]);
            if pulled.ended {
                break;
            }
        }
        assert_eq!(all.len(), (LENGTH_S * 48_000.0) as usize * SOUND_CHANNELS);
        assert!(all[0].abs() < 1e-6 && all[all.len() - 1].abs() < 1e-3);
        let loudest = all
            .iter()
            .fold(0.0_f32, |most, sample| most.max(sample.abs()));
        assert!((0.2..0.6).contains(&loudest), "{loudest}");
        let steps = all.chunks_exact(2).zip(all.chunks_exact(2).skip(1));
        let steepest = steps.fold(0.0_f32, |most, (one, next)| {
            most.max((next[0] - one[0]).abs())
        });
        assert!(steepest < 0.08, "{steepest}");
    }
}
