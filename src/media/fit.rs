//! Fitting a picture into a rectangle without stretching it.

use fast_image_resize::{FilterType, PixelType};

use crate::picture::Picture;
use crate::resize::{Pixels, resized};

/// The largest size of the shape of `size` that fits `within`, at least one pixel each way. Pixels.
#[must_use]
pub fn contained_size(size: (u32, u32), within: (u32, u32)) -> (u32, u32) {
    let (width, height) = (u64::from(size.0.max(1)), u64::from(size.1.max(1)));
    let (box_width, box_height) = (u64::from(within.0), u64::from(within.1));
    let rounded = |part: u64, whole: u64| (part + whole / 2) / whole;
    let (fit_width, fit_height) = if width * box_height >= height * box_width {
        (
            box_width,
            rounded(height * box_width, width).min(box_height),
        )
    } else {
        (
            rounded(width * box_height, height).min(box_width),
            box_height,
        )
    };
    // Both are at most the sides of `within`, which are u32.
    (fit_width.max(1) as u32, fit_height.max(1) as u32)
}

/// The picture scaled to the largest size that fits `width` × `height`, its shape kept; a small picture
/// grows to fit.
#[must_use]
pub fn contain(picture: &Picture, width: u32, height: u32) -> Picture {
    let size = (picture.width, picture.height);
    let to = contained_size(size, (width, height));
    if to == size {
        return picture.clone();
    }
    let from = Pixels {
        bytes: &picture.rgb,
        size,
        pixel: PixelType::U8x3,
    };
    // Lanczos keeps small print legible when shrinking; enlarged, it rings around letters, which the
    // Catmull-Rom filter does less.
    let filter = if to.0 < size.0 {
        FilterType::Lanczos3
    } else {
        FilterType::CatmullRom
    };
    Picture {
        width: to.0,
        height: to.1,
        rgb: resized(from, None, to, filter),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_are_kept_and_boxes_not_left() {
        let check = |size, within, expected| assert_eq!(contained_size(size, within), expected);
        check((4000, 3000), (1920, 1080), (1440, 1080));
        check((1920, 1080), (1920, 1080), (1920, 1080));
        check((100, 400), (1920, 1080), (270, 1080));
        check((1, 30_000), (1920, 1080), (1, 1080));
        check((320, 180), (1920, 1080), (1920, 1080));
        check((0, 0), (10, 10), (10, 10));
    }

    #[test]
    fn a_flat_picture_stays_flat() {
        let picture = Picture {
            width: 7,
            height: 5,
            rgb: [10, 200, 30].repeat(35),
        };
        let fitted = contain(&picture, 70, 70);
        assert_eq!((fitted.width, fitted.height), (70, 50));
        assert!(fitted.rgb.chunks(3).all(|pixel| pixel == [10, 200, 30]));
    }
}
