//! Scaling of RGB pixels, through `fast_image_resize`.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};

/// A part of a picture in its own pixels; fractions are allowed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

/// Pixels to scale: the bytes of `pixel` (`U8x3` or `U16x3`) and their size.
#[derive(Clone, Copy)]
pub(crate) struct Pixels<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) size: (u32, u32),
    pub(crate) pixel: PixelType,
}

/// Scales `part` of the pixels (all without it) to `to`. Bytes that do not match their size give black,
/// with an error in the log, rather than a panic.
pub(crate) fn resized(
    from: Pixels<'_>,
    part: Option<Part>,
    to: (u32, u32),
    filter: FilterType,
) -> Vec<u8> {
    let mut target = Image::new(to.0, to.1, from.pixel);
    if to.0 == 0 || to.1 == 0 {
        return target.into_vec();
    }
    let source = match ImageRef::new(from.size.0, from.size.1, from.bytes, from.pixel) {
        Ok(source) => source,
        Err(error) => {
            tracing::error!(?error, size = ?from.size, "a picture's bytes do not match its size");
            return target.into_vec();
        }
    };
    let mut options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(filter));
    if let Some(part) = part {
        options = options.crop(part.left, part.top, part.width, part.height);
    }
    if let Err(error) = Resizer::new().resize(&source, &mut target, &options) {
        tracing::error!(%error, size = ?from.size, ?to, "a picture could not be scaled");
    }
    target.into_vec()
}
