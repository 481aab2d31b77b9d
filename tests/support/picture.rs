//! Comparing pictures.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{DynamicImage, ExtendedColorType, ImageEncoder as _, Rgb, RgbImage};

/// Channels that differ by no more than this look the same. Stored pictures are rounded to multiples of
/// [`STEP`], which takes up 4 of it.
const SAME: u8 = 24;

/// Stored pictures are rounded to multiples of this: invisible, and half the size of the exact ones.
const STEP: u16 = 8;

/// The part of the pixels, 0 to 1, of which a channel differs by more than [`SAME`].
///
/// Written with plain indices, since tests are built without optimisation.
pub fn differing_part(expected: &RgbImage, actual: &RgbImage) -> f64 {
    assert_eq!(expected.dimensions(), actual.dimensions());
    let (a, b) = (expected.as_raw().as_slice(), actual.as_raw().as_slice());
    let (mut at, mut differing) = (0, 0_u32);
    while at < a.len() {
        let differs = a[at].abs_diff(b[at]) > SAME
            || a[at + 1].abs_diff(b[at + 1]) > SAME
            || a[at + 2].abs_diff(b[at + 2]) > SAME;
        differing += u32::from(differs);
        at += 3;
    }
    f64::from(differing) / f64::from(expected.width() * expected.height())
}

/// Red where two pictures of one size differ, over a pale copy of the expected one.
pub fn difference(expected: &RgbImage, actual: &RgbImage) -> RgbImage {
    let mut drawn = expected.clone();
    for (pixel, is) in drawn.pixels_mut().zip(actual.pixels()) {
        let differs = (0..3).any(|channel| pixel.0[channel].abs_diff(is.0[channel]) > SAME);
        *pixel = Rgb(if differs {
            [220, 0, 0]
        } else {
            pixel.0.map(|value| 191 + value / 4)
        });
    }
    drawn
}

/// The picture at half its size, each pixel the mean of four.
pub fn halved(picture: RgbImage) -> RgbImage {
    let (width, height) = picture.dimensions();
    DynamicImage::ImageRgb8(picture)
        .thumbnail_exact(width / 2, height / 2)
        .into_rgb8()
}

/// Writes a PNG as small as it gets, its colours rounded to multiples of [`STEP`].
pub fn store(picture: &RgbImage, path: &Path) {
    let rounded: Vec<u8> = picture
        .as_raw()
        .iter()
        .map(|&value| rounded(value))
        .collect();
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
