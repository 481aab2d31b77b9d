//! Where sound comes from.

/// Samples a second of every source.
pub const SOUND_RATE: u32 = 48_000;
/// Channels of every source: left, right.
pub const SOUND_CHANNELS: usize = 2;

/// What one pull gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pulled {
    /// Real frames (left and right sample) at the front of the buffer. Fewer than fit: the source is behind,
    /// and the clock waits for it.
    pub frames: usize,
    /// Nothing will come any more.
    pub ended: bool,
}

/// Something that gives interleaved stereo at 48 kHz. Called from the device's own thread: it must neither
/// block nor take long.
pub trait Source: Send + 'static {
    /// Fills `out` from its front.
    fn pull(&mut self, out: &mut [f32]) -> Pulled;
}

impl<F: FnMut(&mut [f32]) -> Pulled + Send + 'static> Source for F {
    fn pull(&mut self, out: &mut [f32]) -> Pulled {
        self(out)
    }
}
