//! Converting a part of a frame straight into a window's buffer, through the `yuv` crate.
//!
//! Invariant: exactly the pixels of the rectangle asked for are written, whatever its parity. Where chroma
//! is halved, a conversion must begin on an even column and row of the frame, so an odd first column and row
//! are converted by themselves.

use yuv::{YuvBiPlanarImage, YuvConversionMode, YuvError, YuvPlanarImage};

use crate::colour::Colours;
use crate::frame::{Frame, Layout, PixelRect};
use crate::raw::{self, Plane};

/// A rectangle of the frame, in its own pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Part {
    x: usize,
    y: usize,
    width: usize,
    height: usize,
}

/// Paints what of the frame lies inside `visible`.
pub(crate) fn paint(
    frame: &Frame,
    dst: &mut [u32],
    stride: usize,
    at: (i32, i32),
    visible: PixelRect,
) {
    let rows = dst.len().checked_div(stride).unwrap_or(0);
    let across = overlap(at.0, frame.width(), visible.x, visible.width, stride);
    let down = overlap(at.1, frame.height(), visible.y, visible.height, rows);
    let (Some((x, to_x, width)), Some((y, to_y, height))) = (across, down) else {
        return;
    };
    let whole = Part {
        x,
        y,
        width,
        height,
    };
    for part in aligned(whole, frame.layout) {
        let first = (to_y + part.y - y) * stride + to_x + part.x - x;
        let Some(target) = dst.get_mut(first..) else {
            continue;
        };
        if let Err(error) = convert(frame, part, bytemuck::cast_slice_mut(target), stride) {
            // The sizes come from the frame itself, so this is a frame of a broken decoder.
            tracing::debug!(?error, ?part, "a part of a frame could not be painted");
        }
    }
}

/// Along one axis: where the overlap begins in the frame, where in the buffer, and how long it is.
fn overlap(
    at: i32,
    size: u32,
    visible: u32,
    length: u32,
    limit: usize,
) -> Option<(usize, usize, usize)> {
    let at = i64::from(at);
    let first = at.max(i64::from(visible)).max(0);
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let end = (at + i64::from(size))
        .min(i64::from(visible) + i64::from(length))
        .min(limit);
    let length = usize::try_from(end - first)
        .ok()
        .filter(|length| *length > 0)?;
    Some((
        usize::try_from(first - at).ok()?,
        usize::try_from(first).ok()?,
        length,
    ))
}

/// Splits `whole` into parts that begin on the chroma grid of `layout` or are one pixel wide or high.
fn aligned(whole: Part, layout: Layout) -> impl Iterator<Item = Part> {
    let (halved_across, halved_down) = match layout {
        Layout::I420 | Layout::Nv12 => (true, true),
        Layout::I422 => (true, false),
        Layout::I444 => (false, false),
    };
    let lead_x = usize::from(halved_across && whole.x % 2 == 1);
    let lead_y = usize::from(halved_down && whole.y % 2 == 1);
    let columns = [(whole.x, lead_x), (whole.x + lead_x, whole.width - lead_x)];
    let rows = [(whole.y, lead_y), (whole.y + lead_y, whole.height - lead_y)];
    rows.into_iter()
        .flat_map(move |(y, height)| {
            columns.map(|(x, width)| Part {
                x,
                y,
                width,
                height,
            })
        })
        .filter(|part| part.width > 0 && part.height > 0)
}

fn convert(frame: &Frame, part: Part, target: &mut [u8], stride: usize) -> Result<(), YuvError> {
    let (width, height) = (frame.width() as usize, frame.height() as usize);
    let (half_width, half_height) = (width.div_ceil(2), height.div_ceil(2));
    let video = &frame.planes;
    let missing = || YuvError::ZeroBaseSize;
    let plane =
        |index, row_bytes, rows| raw::plane(video, index, row_bytes, rows).ok_or_else(missing);
    let luma = plane(0, width, height)?;
    let (range, matrix) = (frame.colours.range, frame.colours.matrix);
    let stride = u32::try_from(stride * 4).map_err(|_| YuvError::PointerOverflow)?;
    let y_plane = from(luma, part.x, part.y)?;
    let planar = |chroma_width, chroma_height, x, y| {
        let (u, v) = (
            plane(1, chroma_width, chroma_height)?,
            plane(2, chroma_width, chroma_height)?,
        );
        Ok::<_, YuvError>(YuvPlanarImage {
            y_plane,
            y_stride: luma.stride as u32,
            u_plane: from(u, x, y)?,
            u_stride: u.stride as u32,
            v_plane: from(v, x, y)?,
            v_stride: v.stride as u32,
            width: part.width as u32,
            height: part.height as u32,
        })
    };
    match frame.layout {
        Layout::I420 => {
            let image = planar(half_width, half_height, part.x / 2, part.y / 2)?;
            yuv::yuv420_to_bgra(&image, target, stride, range, matrix)
        }
        Layout::I422 => {
            let image = planar(half_width, height, part.x / 2, part.y)?;
            yuv::yuv422_to_bgra(&image, target, stride, range, matrix)
        }
        Layout::I444 => {
            let image = planar(width, height, part.x, part.y)?;
            yuv::yuv444_to_bgra(&image, target, stride, range, matrix)
        }
        Layout::Nv12 => {
            let chroma = plane(1, 2 * half_width, half_height)?;
            convert_interleaved(frame, part, (luma, chroma), target, stride)
        }
    }
}

/// Row by row, because the crate's conversion of interleaved chroma wants buffers of whole strides and takes
/// their length, not the height, for the number of rows.
fn convert_interleaved(
    frame: &Frame,
    part: Part,
    (luma, chroma): (Plane<'_>, Plane<'_>),
    target: &mut [u8],
    stride: u32,
) -> Result<(), YuvError> {
    let (width, chroma_width) = (part.width, part.width.div_ceil(2) * 2);
    let rows = target.chunks_mut(stride as usize).take(part.height);
    for (row, target) in (part.y..).zip(rows) {
        let target = target
            .get_mut(..4 * width)
            .ok_or(YuvError::PointerOverflow)?;
        let exactly = |plane, x, y, length| {
            from(plane, x, y)?
                .get(..length)
                .ok_or(YuvError::PointerOverflow)
        };
        let image = YuvBiPlanarImage {
            y_plane: exactly(luma, part.x, row, width)?,
            y_stride: width as u32,
            uv_plane: exactly(chroma, part.x / 2 * 2, row / 2, chroma_width)?,
            uv_stride: chroma_width as u32,
            width: width as u32,
            height: 1,
        };
        let Colours { matrix, range } = frame.colours;
        let mode = YuvConversionMode::Balanced;
        yuv::yuv_nv12_to_bgra(&image, target, 4 * width as u32, range, matrix, mode)?;
    }
    Ok(())
}

/// The plane from byte `x` of row `y` on.
fn from(plane: Plane<'_>, x: usize, y: usize) -> Result<&[u8], YuvError> {
    plane
        .bytes
        .get(y * plane.stride + x..)
        .ok_or(YuvError::PointerOverflow)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overlaps_are_cut_on_all_sides() {
        assert_eq!(overlap(0, 100, 0, 100, 100), Some((0, 0, 100)));
        assert_eq!(overlap(-10, 100, 0, 1000, 50), Some((10, 0, 50)));
        assert_eq!(overlap(20, 100, 0, 30, 1000), Some((0, 20, 10)));
        assert_eq!(overlap(20, 100, 25, 10, 1000), Some((5, 25, 10)));
        assert_eq!(overlap(-200, 100, 0, 10, 10), None);
        assert_eq!(overlap(0, 100, 50, 10, 20), None);
    }

    #[test]
    fn odd_beginnings_are_split_off() {
        let odd = Part {
            x: 3,
            y: 5,
            width: 10,
            height: 1,
        };
        let parts: Vec<_> = aligned(odd, Layout::I420).collect();
        assert_eq!(
            parts,
            [
                Part {
                    x: 3,
                    y: 5,
                    width: 1,
                    height: 1
                },
                Part {
                    x: 4,
                    y: 5,
                    width: 9,
                    height: 1
                }
            ]
        );
        assert_eq!(aligned(odd, Layout::I444).count(), 1);
        let area: usize = aligned(
            Part {
                x: 1,
                y: 1,
                width: 7,
                height: 7,
            },
            Layout::Nv12,
        )
        .map(|part| part.width * part.height)
        .sum();
        assert_eq!(area, 49);
    }
}
