//! Where the samples of a voice come from.

use crate::source::{SOUND_CHANNELS, Source};

/// Where samples come from.
pub(crate) enum Feed {
    Source(Box<dyn Source>),
    /// The source is used up, and the set end is not reached.
    Silence,
    /// There was never any sound: it is a clock, without need of a device.
    Nothing,
    /// Ended or stopped.
    Over,
}

impl Feed {
    /// The next frames into `block`: how many, and whether they were the source's last. `None`: it is over.
    pub(crate) fn pull(&mut self, block: &mut [f32]) -> Option<(usize, bool)> {
        let room = block.len() / SOUND_CHANNELS;
        match self {
            Self::Source(source) => {
                let pulled = source.pull(block);
                Some((pulled.frames.min(room), pulled.ended))
            }
            Self::Silence => {
                block.fill(0.0);
                Some((room, false))
            }
            Self::Nothing | Self::Over => None,
        }
    }

    /// Whether samples are to be had.
    pub(crate) const fn is_heard(&self) -> bool {
        matches!(self, Self::Source(_) | Self::Silence)
    }
}
