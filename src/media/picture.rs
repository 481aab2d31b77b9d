//! Opaque pictures in memory.

/// Red, green, blue, 0 to 255 each, sRGB.
pub type Rgb = [u8; 3];

/// An opaque picture in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Three bytes a pixel, row after row from the top, without padding.
    pub rgb: Vec<u8>,
}
