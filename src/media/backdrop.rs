//! A picture over a soft backdrop of itself.
//!
//! The backdrop fills what the picture leaves free with the picture's own colours, too soft to be read as
//! a second picture and pulled towards the page's surface, so that it never competes with it.

use fast_image_resize::{FilterType, PixelType};

use crate::fit::contain;
use crate::picture::{Picture, Rgb};
use crate::resize::{Part, Pixels, resized};

/// Width of the small copy that is blurred: at this size a blur costs microseconds and looks the same.
const SMALL: u32 = 64;
/// Radius of each of the three box passes on the small copy: together nearly a Gaussian of 100 px on a
/// 1920 px screen.
const RADIUS: usize = 4;
/// How far the backdrop goes towards the surface, in parts of 256: its colours are still felt.
const CALM: u32 = 150;

/// The picture contained in `width` × `height` without stretching, centred over its own backdrop.
/// The result has exactly the size asked for.
#[must_use]
pub fn fit_over_backdrop(picture: &Picture, width: u32, height: u32, surface: Rgb) -> Picture {
    let fitted = contain(picture, width, height);
    if (fitted.width, fitted.height) == (width, height) {
        return fitted;
    }
    let mut canvas = Picture {
        width,
        height,
        rgb: backdrop(picture, width, height, surface),
    };
    lay_centred(&fitted, &mut canvas);
    canvas
}

fn backdrop(picture: &Picture, width: u32, height: u32, surface: Rgb) -> Vec<u8> {
    let small = (SMALL, (SMALL * height / width.max(1)).clamp(1, 4 * SMALL));
    let from = Pixels {
        bytes: &picture.rgb,
        size: (picture.width, picture.height),
        pixel: PixelType::U8x3,
    };
    let covering = covering_part(from.size, (width, height));
    let tiny = resized(from, Some(covering), small, FilterType::Bilinear);
    let mut soft: Vec<u32> = tiny.iter().map(|value| u32::from(*value) * 257).collect();
    let (columns, rows) = (small.0 as usize, small.1 as usize);
    for _ in 0..3 {
        soft = box_blur(&soft, rows, columns, 3);
        soft = box_blur(&soft, columns, rows, 3 * columns);
    }
    let calm: Vec<u16> = soft
        .iter()
        .zip(surface.iter().cycle())
        .map(|(value, under)| ((value * (256 - CALM) + u32::from(*under) * 257 * CALM) >> 8) as u16)
        .collect();
    let from = Pixels {
        bytes: bytemuck::cast_slice(&calm),
        size: small,
        pixel: PixelType::U16x3,
    };
    let deep = resized(from, None, (width, height), FilterType::Mitchell);
    dithered(&deep, width as usize)
}

/// The centred part of a picture that has the shape of `target`.
fn covering_part(size: (u32, u32), target: (u32, u32)) -> Part {
    let (width, height) = (f64::from(size.0.max(1)), f64::from(size.1.max(1)));
    let scale = (width / f64::from(target.0.max(1))).min(height / f64::from(target.1.max(1)));
    let (part_width, part_height) = (
        (f64::from(target.0) * scale).clamp(f64::MIN_POSITIVE, width),
        (f64::from(target.1) * scale).clamp(f64::MIN_POSITIVE, height),
    );
    Part {
        left: (width - part_width) / 2.0,
        top: (height - part_height) / 2.0,
        width: part_width,
        height: part_height,
    }
}

/// One box pass along `length` pixels that lie `step` values apart (3: along rows; a row: along columns),
/// edges repeated, for each of the other dimension's lines.
fn box_blur(values: &[u32], lines: usize, length: usize, step: usize) -> Vec<u32> {
    let mut blurred = vec![0; values.len()];
    let line_step = if step == 3 { 3 * length } else { 3 };
    let window = 2 * RADIUS as u32 + 1;
    for line in 0..lines {
        for channel in 0..3 {
            let at = |index: usize| line * line_step + channel + index.min(length - 1) * step;
            let before = |index: usize| index.saturating_sub(RADIUS);
            let mut sum: u32 = (0..=RADIUS).map(|index| values[at(index)]).sum::<u32>()
                + RADIUS as u32 * values[at(0)];
            for index in 0..length {
                blurred[at(index)] = sum / window;
                sum = sum + values[at(index + RADIUS + 1)] - values[at(before(index))];
            }
        }
    }
    blurred
}

/// Sixteen bits to eight with an ordered dither, because a gradient this soft shows bands otherwise.
fn dithered(deep: &[u8], width: usize) -> Vec<u8> {
    /// Thresholds of the 4 × 4 ordered dither (Bayer), in parts of 16.
    const BAYER: [[u32; 4]; 4] = [[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]];
    deep.chunks_exact((width * 6).max(1))
        .enumerate()
        .flat_map(|(y, row)| {
            row.chunks_exact(2).enumerate().map(move |(index, bytes)| {
                let value = u32::from(u16::from_ne_bytes([bytes[0], bytes[1]]));
                let threshold = BAYER[y % 4][index / 3 % 4] * 16 + 8;
                // 65535 becomes 255 * 256 exactly, so that full white stays full white.
                ((value * 256 / 257 + threshold) >> 8).min(255) as u8
            })
        })
        .collect()
}

/// Copies the fitted picture into the middle of the canvas, which is at least as large.
fn lay_centred(fitted: &Picture, canvas: &mut Picture) {
    let left = (canvas.width - fitted.width) as usize / 2;
    let top = (canvas.height - fitted.height) as usize / 2;
    let (row, canvas_row) = (3 * fitted.width as usize, 3 * canvas.width as usize);
    let targets = canvas.rgb.chunks_exact_mut(canvas_row).skip(top);
    for (source, target) in fitted.rgb.chunks_exact(row).zip(targets) {
        target[3 * left..3 * left + row].copy_from_slice(source);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn half_and_half(width: u32, height: u32) -> Picture {
        let row: Vec<u8> = (0..width)
            .flat_map(|x| {
                if x < width / 2 {
                    [250, 0, 0]
                } else {
                    [0, 0, 250]
                }
            })
            .collect();
        Picture {
            width,
            height,
            rgb: row.repeat(height as usize),
        }
    }

    fn pixel(picture: &Picture, x: u32, y: u32) -> &[u8] {
        let at = 3 * (y * picture.width + x) as usize;
        &picture.rgb[at..at + 3]
    }

    #[test]
    fn the_picture_is_centred_and_unchanged() {
        let shown = fit_over_backdrop(&half_and_half(100, 100), 400, 100, [255; 3]);
        assert_eq!(
            (shown.width, shown.height, shown.rgb.len()),
            (400, 100, 120_000)
        );
        assert_eq!(pixel(&shown, 150, 50), [250, 0, 0]);
        assert_eq!(pixel(&shown, 249, 50), [0, 0, 250]);
    }

    #[test]
    fn the_backdrop_is_soft_calm_and_of_the_pictures_colours() {
        let shown = fit_over_backdrop(&half_and_half(300, 300), 900, 300, [255; 3]);
        let (left, right) = (pixel(&shown, 0, 150), pixel(&shown, 899, 150));
        assert!(left[0] > left[2] + 40, "{left:?}");
        assert!(right[2] > right[0] + 40, "{right:?}");
        // Pulled towards the white surface: nothing there is as strong as the picture itself.
        assert!(left[1] > 120 && right[1] > 120, "{left:?} {right:?}");
        let steps = (1..300).map(|x| pixel(&shown, x, 10)[0].abs_diff(pixel(&shown, x - 1, 10)[0]));
        assert!(steps.max() <= Some(3), "the backdrop has an edge");
    }

    #[test]
    fn flat_colours_stay_exact() {
        let white = Picture {
            width: 10,
            height: 10,
            rgb: vec![255; 300],
        };
        let shown = fit_over_backdrop(&white, 64, 32, [255; 3]);
        assert!(shown.rgb.iter().all(|value| *value == 255));
        let black = Picture {
            width: 10,
            height: 10,
            rgb: vec![0; 300],
        };
        let shown = fit_over_backdrop(&black, 64, 32, [0; 3]);
        assert!(shown.rgb.iter().all(|value| *value == 0));
    }

    #[test]
    fn odd_shapes_do_not_panic() {
        for (width, height) in [(1, 1), (1, 1000), (1000, 1), (3, 2)] {
            for target in [(192, 108), (1, 1), (5, 70)] {
                let shown =
                    fit_over_backdrop(&half_and_half(width, height), target.0, target.1, [9; 3]);
                assert_eq!(shown.rgb.len(), 3 * (target.0 * target.1) as usize);
            }
        }
    }
}
