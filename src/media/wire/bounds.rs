//! The bounds of what a decoder may say.

use std::time::Duration;

use super::{FramePlace, Opened, Tell};
/// Frames that are in shared memory at most: those that wait and are shown, and what a codec refers to.
pub(crate) const FRAME_SLOTS: u8 = 24;
/// Sound frames in a block: 43 ms.
pub(crate) const SOUND_BLOCK: usize = 2048;
/// Blocks of sound in shared memory: 1.4 s.
pub(crate) const SOUND_BLOCKS: u8 = 32;
/// Bytes of the sound's part of the memory: two `f32` a frame.
pub(crate) const SOUND_BYTES: usize = SOUND_BLOCK * SOUND_BLOCKS as usize * 8;

/// 8K with 16 bits a sample and rows of any alignment.
const MOST_SLOT_BYTES: usize = 256 << 20;
/// Nothing that is drawn for a screen has longer sides.
const LONGEST_SIDE: u32 = 32_768;
/// Pixels of a picture at most: 64 million, as the decoders have it.
const MOST_PIXELS: u64 = 64_000_000;
/// Faults that a check names at most.
const MOST_FAULTS: usize = 64;
/// No film of an office lasts longer.
pub(crate) const LONGEST: Duration = Duration::from_secs(100 * 24 * 3600);
/// A text in a film that is longer is no subtitle.
pub(crate) const LONGEST_CUE: usize = 2000;

impl Tell {
    /// Whether everything in it is within bounds; `slot_bytes` is the size of a slot where there is memory.
    pub(crate) fn is_sound(&self, slot_bytes: usize) -> bool {
        match self {
            Self::Sized(width, height) => is_size(*width, *height),
            Self::Opened(opened) => opened.is_sound(),
            Self::Frame(frame) => frame.is_sound(slot_bytes),
            Self::Sound(frames) => *frames as usize <= SOUND_BLOCK && *frames > 0,
            Self::Cue(from, until, text) => {
                from <= until && *until <= LONGEST && text.len() <= LONGEST_CUE
            }
            Self::Finished(_, at, _) => *at <= LONGEST,
            Self::Verified(_, faults) => faults.len() <= MOST_FAULTS,
            Self::Measured(loudness) => loudness.is_none_or(|loudness| {
                loudness.integrated_lufs.is_finite() && loudness.true_peak_db.is_finite()
            }),
            Self::Refused(_)
            | Self::Probed(_)
            | Self::Going
            | Self::Drawn
            | Self::NoMoreCues
            | Self::SoundIsLate => true,
        }
    }
}

impl Opened {
    fn is_sound(&self) -> bool {
        let is_sized =
            |size: Option<(u32, u32)>| size.is_none_or(|(width, height)| is_size(width, height));
        self.slot_bytes <= MOST_SLOT_BYTES
            && self.info.duration <= LONGEST
            && self.info.frame_interval <= LONGEST
            && is_sized(self.info.size)
            && is_sized(self.info.frame_size)
    }
}

impl FramePlace {
    fn is_sound(&self, slot_bytes: usize) -> bool {
        self.slot < FRAME_SLOTS
            && is_size(self.width, self.height)
            && self.time <= LONGEST
            && (0..self.layout.planes()).all(|index| self.plane_fits(index, slot_bytes))
    }

    fn plane_fits(&self, index: usize, slot_bytes: usize) -> bool {
        let Some((start, stride)) = self.planes.get(index).copied() else {
            return false;
        };
        let (row_bytes, rows) = self.layout.plane_size(index, self.width, self.height);
        let is_aligned = |bytes: usize| bytes.is_multiple_of(self.layout.sample_bytes());
        let end = rows
            .checked_sub(1)
            .and_then(|whole| whole.checked_mul(stride))
            .and_then(|bytes| bytes.checked_add(row_bytes)?.checked_add(start));
        stride >= row_bytes
            && is_aligned(start)
            && is_aligned(stride)
            && end.is_some_and(|end| end <= slot_bytes)
    }
}

fn is_size(width: u32, height: u32) -> bool {
    (1..=LONGEST_SIDE).contains(&width)
        && (1..=LONGEST_SIDE).contains(&height)
        && u64::from(width) * u64::from(height) <= MOST_PIXELS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::colour::Colours;
    use crate::frame::Layout;

    const SLOT: usize = 64 * 48 + 2 * 32 * 24;

    fn frame() -> FramePlace {
        FramePlace {
            slot: 0,
            width: 64,
            height: 48,
            layout: Layout::I420,
            colours: Colours::FROM_RGB,
            time: Duration::ZERO,
            planes: [(0, 64), (64 * 48, 32), (64 * 48 + 32 * 24, 32)],
        }
    }

    #[test]
    fn frames_that_leave_their_slot_are_refused() {
        let check = |change: &dyn Fn(&mut FramePlace), expected| {
            let mut frame = frame();
            change(&mut frame);
            assert_eq!(Tell::Frame(frame).is_sound(SLOT), expected, "{frame:?}");
        };
        check(&|_| {}, true);
        check(&|frame| frame.slot = FRAME_SLOTS, false);
        check(&|frame| frame.height = 49, false);
        check(&|frame| frame.width = 65, false);
        check(&|frame| frame.width = 0, false);
        check(&|frame| frame.planes[2].0 += 1, false);
        check(&|frame| frame.planes[0].1 = 63, false);
        check(&|frame| frame.planes[1].1 = usize::MAX, false);
        check(&|frame| frame.planes[1].0 = usize::MAX, false);
        check(&|frame| frame.layout = Layout::I444, false);
        check(&|frame| frame.layout = Layout::P010, false);
        check(&|frame| frame.time = Duration::MAX, false);
        check(
            &|frame| (frame.width, frame.height) = (u32::MAX, u32::MAX),
            false,
        );
    }

    #[test]
    fn other_numbers_have_bounds_too() {
        assert!(!Tell::Sized(0, 10).is_sound(0));
        assert!(!Tell::Sized(20_000, 20_000).is_sound(0));
        assert!(Tell::Sized(3840, 2160).is_sound(0));
        assert!(!Tell::Sound(SOUND_BLOCK as u32 + 1).is_sound(0));
        assert!(
            !Tell::Cue(
                Duration::from_secs(2),
                Duration::from_secs(1),
                String::new()
            )
            .is_sound(0)
        );
    }
}
