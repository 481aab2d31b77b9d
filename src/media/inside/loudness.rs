//! How loud a clip is, as EBU R128 measures it, so that clips can be played equally loud.

use std::time::Duration;

use ebur128::{EbuR128, Mode};

use crate::clip::{SOUND_CHANNELS, SOUND_RATE};
use crate::error::MediaError;
use crate::info::Kind;
use crate::inside::container::{Container, Read, Stop};
use crate::inside::sound_decoder::SoundDecoder;
use crate::inside::source::Source;
use crate::wire::Loudness;

/// Samples measured at once; a decoder hands out a few hundred at a time.
const AT_ONCE: usize = SOUND_RATE as usize;

/// Decodes the sound of a file, which is to be of `kind`, to its end and measures it. `None`
/// where there is no sound, or nothing in it that would count as heard (below -70 LUFS).
///
/// # Errors
/// The file cannot be read, or there is no decoder for its sound. What breaks half way is measured up to
/// there.
pub(crate) fn loudness(
    source: &Source,
    kind: Kind,
    going: &mut dyn FnMut(),
) -> Result<Option<Loudness>, MediaError> {
    if !matches!(kind, Kind::Video | Kind::Sound) {
        return Ok(None);
    }
    let mut container = Container::open(source, Stop::default())?;
    // The pictures' packets are not even looked at.
    container.video = None;
    let Some(track) = &container.sound else {
        return Ok(None);
    };
    let mut decoder = SoundDecoder::open(track, container.clock(track), Duration::ZERO)?;
    let Ok(mut meter) = EbuR128::new(SOUND_CHANNELS as u32, SOUND_RATE, Mode::I | Mode::TRUE_PEAK)
    else {
        // It knows these channels and this rate.
        return Ok(None);
    };
    let mut samples = Vec::new();
    loop {
        going();
        let is_over = match container.read() {
            Read::Sound(packet) => {
                decoder.decode(Some(&packet), &mut samples);
                decoder.is_hopeless()
            }
            Read::Video(_) => false,
            Read::End => {
                decoder.decode(None, &mut samples);
                true
            }
        };
        if is_over || samples.len() >= AT_ONCE {
            // It refuses only what is no whole number of frames.
            let _ = meter.add_frames_f32(&samples);
            samples.clear();
        }
        if is_over {
            return Ok(read_off(&meter));
        }
    }
}

fn read_off(meter: &EbuR128) -> Option<Loudness> {
    let integrated_lufs = meter
        .loudness_global()
        .ok()
        .filter(|lufs| lufs.is_finite())?;
    let peaks = (0..SOUND_CHANNELS as u32).filter_map(|channel| meter.true_peak(channel).ok());
    let true_peak_db = 20.0 * peaks.fold(0.0, f64::max).log10();
    true_peak_db.is_finite().then_some(Loudness {
        integrated_lufs,
        true_peak_db,
    })
}
