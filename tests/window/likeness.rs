//! How alike a record is to the sound that was played, wherever in it that begins.

use std::ops::Range;

use super::loudspeaker::RATE;

/// Loudness is compared in steps of 10 ms to find the place roughly.
const ROUGH: usize = RATE / 100;

/// The sound is followed in stretches of half a second.
const STRETCH: usize = RATE / 2;

/// A busy machine leaves gaps, and what follows comes that much later.
const LATER: usize = RATE / 2;

/// The resampler rounds places, and a stretch with a gap in it may have been placed too late.
const EARLIER: usize = RATE / 4;

/// The normalised cross-correlation of `sound` with its place in `record`, 0 to 1.
pub fn likeness(sound: &[f32], record: &[f32]) -> f64 {
    if record.len() < sound.len() {
        return 0.0;
    }
    let rough = place_by_loudness(sound, record);
    let mut near = rough.saturating_sub(2 * ROUGH)..rough + 2 * ROUGH + 1;
    let (mut product, mut own, mut heard) = (0.0, 0.0, 0.0);
    for (number, stretch) in sound.chunks(STRETCH).enumerate() {
        let at = best_place(stretch, record, number * STRETCH, near.clone());
        if let Some(part) = record.get(number * STRETCH + at..number * STRETCH + at + stretch.len())
        {
            product += dot(stretch, part);
            heard += dot(part, part);
        }
        own += dot(stretch, stretch);
        near = at.saturating_sub(EARLIER)..at + LATER;
    }
    let energy = f64::sqrt(own * heard);
    if energy > 0.0 { product / energy } else { 0.0 }
}

fn place_by_loudness(sound: &[f32], record: &[f32]) -> usize {
    let loudness = |samples: &[f32]| -> Vec<f32> {
        samples
            .chunks_exact(ROUGH)
            .map(|step| step.iter().map(|sample| sample.abs()).sum())
            .collect()
    };
    let (sound, record) = (loudness(sound), loudness(record));
    let places = 0..=record.len() - sound.len();
    let best = places.max_by(|&one, &other| {
        let at = |place: usize| dot(&sound, &record[place..place + sound.len()]);
        at(one).total_cmp(&at(other))
    });
    best.unwrap_or(0) * ROUGH
}

/// Where in `near` the stretch that begins at `from` fits best, whatever is loud beside it.
fn best_place(stretch: &[f32], record: &[f32], from: usize, near: Range<usize>) -> usize {
    /// Of what is fainter the shape is noise.
    const FAINT: f64 = 1e-3;
    let faint = FAINT * dot(stretch, stretch).max(FAINT);
    let fits = |place: usize| {
        record
            .get(from + place..from + place + stretch.len())
            .map_or(0.0, |part| {
                dot(stretch, part) / f64::sqrt(dot(part, part).max(faint))
            })
    };
    let start = near.start;
    near.max_by(|&one, &other| fits(one).total_cmp(&fits(other)).then(other.cmp(&one)))
        .unwrap_or(start)
}

fn dot(one: &[f32], other: &[f32]) -> f64 {
    one.iter()
        .zip(other)
        .map(|(one, other)| f64::from(*one) * f64::from(*other))
        .sum()
}
