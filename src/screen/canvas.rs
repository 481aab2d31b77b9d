//! Pixels in memory, in the order in which display servers take them.

use bytemuck::{Pod, Zeroable};
use slint::platform::software_renderer::{PremultipliedRgbaColor, TargetPixel};

/// One pixel as `0xFFRRGGBB` in a native word, which is BGRX in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Pod, Zeroable)]
#[repr(transparent)]
pub struct Pixel(pub u32);

impl TargetPixel for Pixel {
    fn blend(&mut self, colour: PremultipliedRgbaColor) {
        let rest = u32::from(u8::MAX - colour.alpha);
        // Two channels in one multiplication: red and blue lie 16 bits apart.
        let red_blue = fraction((self.0 & 0x00FF_00FF) * rest);
        let green = fraction(((self.0 >> 8) & 0x0000_00FF) * rest);
        let over = (u32::from(colour.red) << 16) | u32::from(colour.blue);
        self.0 = 0xFF00_0000 | (red_blue + over) | ((green + u32::from(colour.green)) << 8);
    }

    fn from_rgb(red: u8, green: u8, blue: u8) -> Self {
        Self(u32::from_be_bytes([0xFF, red, green, blue]))
    }
}

/// Divides each 16-bit half by 255, rounded; exact for products of two bytes.
fn fraction(product: u32) -> u32 {
    let rounded = product + 0x0080_0080;
    ((rounded + ((rounded >> 8) & 0x00FF_00FF)) >> 8) & 0x00FF_00FF
}

/// A picture of a whole screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shot {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Red, green and blue bytes, row by row.
    pub rgb: Vec<u8>,
}

impl Shot {
    /// Takes the pixels of a canvas.
    #[must_use]
    pub fn of(pixels: &[Pixel], width: u32, height: u32) -> Self {
        let rgb = pixels
            .iter()
            .flat_map(|pixel| {
                let [_, red, green, blue] = pixel.0.to_be_bytes();
                [red, green, blue]
            })
            .collect();
        Self { width, height, rgb }
    }
}

/// A rectangle of whole pixels inside a canvas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Area {
    pub x: u32,
    pub y: u32,
    pub width: u32,
    pub height: u32,
}

impl Area {
    pub(crate) const fn new(x: u32, y: u32, width: u32, height: u32) -> Self {
        Self {
            x,
            y,
            width,
            height,
        }
    }

    pub(crate) const fn right(self) -> u32 {
        self.x + self.width
    }

    pub(crate) const fn bottom(self) -> u32 {
        self.y + self.height
    }

    pub(crate) const fn is_empty(self) -> bool {
        self.width == 0 || self.height == 0
    }

    /// What both have.
    pub(crate) fn and(self, other: Self) -> Self {
        let (x, y) = (self.x.max(other.x), self.y.max(other.y));
        let right = self.right().min(other.right()).max(x);
        let bottom = self.bottom().min(other.bottom()).max(y);
        Self::new(x, y, right - x, bottom - y)
    }

    /// What this one has and `other` has not, as up to four rectangles.
    pub(crate) fn without(self, other: Self) -> Vec<Self> {
        let hole = self.and(other);
        if hole.is_empty() {
            return if self.is_empty() {
                Vec::new()
            } else {
                vec![self]
            };
        }
        [
            Self::new(self.x, self.y, self.width, hole.y - self.y),
            Self::new(
                self.x,
                hole.bottom(),
                self.width,
                self.bottom() - hole.bottom(),
            ),
            Self::new(self.x, hole.y, hole.x - self.x, hole.height),
            Self::new(
                hole.right(),
                hole.y,
                self.right() - hole.right(),
                hole.height,
            ),
        ]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blending_is_exact_at_both_ends() {
        let mut pixel = Pixel::from_rgb(10, 200, 255);
        pixel.blend(PremultipliedRgbaColor {
            red: 0,
            green: 0,
            blue: 0,
            alpha: 0,
        });
        assert_eq!(pixel, Pixel::from_rgb(10, 200, 255));
        pixel.blend(PremultipliedRgbaColor {
            red: 1,
            green: 2,
            blue: 3,
            alpha: 255,
        });
        assert_eq!(pixel, Pixel::from_rgb(1, 2, 3));
        let mut half = Pixel::from_rgb(255, 255, 255);
        half.blend(PremultipliedRgbaColor {
            red: 128,
            green: 0,
            blue: 64,
            alpha: 128,
        });
        assert_eq!(half, Pixel::from_rgb(255, 127, 191));
    }

    #[test]
    fn an_area_without_another_keeps_every_other_pixel() {
        let whole = Area::new(0, 0, 10, 8);
        let parts = whole.without(Area::new(3, 2, 4, 9));
        let pixels: u32 = parts.iter().map(|part| part.width * part.height).sum();
        assert_eq!(pixels, 80 - 4 * 6);
        assert_eq!(whole.without(Area::new(20, 0, 4, 4)), [whole]);
        assert!(whole.without(Area::new(0, 0, 10, 8)).is_empty());
    }
}
