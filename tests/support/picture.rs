//! Comparing pictures.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder as _, Rgb, RgbImage};

/// Channels that differ by no more than this look the same. Stored pictures are rounded to multiples of
/// [`STEP`], which takes up 4 of it.
const SAME: u8 = 24;

/// Stored pictures are rounded to multiples of this: invisible, and half the size of the exact ones.
const STEP: u16 = 8;

/// How the pixels of two pictures of one size differ.
pub struct Difference {
    /// The part of the pixels, 0 to 1, of which a channel differs by more than 24 of 255.
    pub part: f64,
    /// Red where they differ, over a pale copy of the expected picture.
    pub drawn: RgbImage,
}

/// Compares two pictures of one size.
pub fn difference(expected: &RgbImage, actual: &RgbImage) -> Difference {
    assert_eq!(expected.dimensions(), actual.dimensions());
    let mut differing = 0_u32;
    let mut drawn = RgbImage::new(expected.width(), expected.height());
    for ((a, b), out) in expected
        .pixels()
        .zip(actual.pixels())
        .zip(drawn.pixels_mut())
    {
        let differs = (0..3).any(|channel| a.0[channel].abs_diff(b.0[channel]) > SAME);
        differing += u32::from(differs);
        *out = if differs {
            Rgb([220, 0, 0])
        } else {
            Rgb(a.0.map(|value| 191 + value / 4))
        };
    }
    let pixels = expected.width() * expected.height();
    Difference {
        part: f64::from(differing) / f64::from(pixels),
        drawn,
    }
}

/// Whether two pictures are the same to the last bit.
pub fn is_same(a: &RgbImage, b: &RgbImage) -> bool {
    a.dimensions() == b.dimensions() && a.as_raw() == b.as_raw()
}

/// The picture at half its size, each pixel the mean of four.
pub fn halved(picture: &RgbImage) -> RgbImage {
    RgbImage::from_fn(picture.width() / 2, picture.height() / 2, |x, y| {
        let at = |dx, dy| picture.get_pixel(2 * x + dx, 2 * y + dy).0;
        let four = [at(0, 0), at(1, 0), at(0, 1), at(1, 1)];
        Rgb([0, 1, 2].map(|channel| {
            let sum: u16 = four.iter().map(|pixel| u16::from(pixel[channel])).sum();
            u8::try_from(sum / 4).unwrap()
        }))
    })
}

/// Writes a PNG as small as it gets, its colours rounded to multiples of [`STEP`].
pub fn store(picture: &RgbImage, path: &Path) {
    let rounded: Vec<u8> = picture.as_raw().iter().map(|&value| rounded(value)).collect();
    let file = BufWriter::new(File::create(path).unwrap());
    PngEncoder::new_with_quality(file, CompressionType::Best, FilterType::Adaptive)
        .write_image(
            &rounded,
            picture.width(),
            picture.height(),
            ExtendedColorType::Rgb8,
        )
        .unwrap();
}

/// White stays white, which a multiple of 8 is not.
fn rounded(value: u8) -> u8 {
    let steps = (u16::from(value) + STEP / 2) / STEP;
    u8::try_from(steps * STEP).unwrap_or(u8::MAX)
}
