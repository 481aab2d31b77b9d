//! Converting a part of a frame straight into a window's buffer, through the `yuv` crate.
//!
//! Invariant: exactly the pixels of the rectangle asked for are written, whatever its parity. Where chroma
//! is halved, a conversion must begin on an even column and row of the frame, so an odd first column and row
//! are converted by themselves.

use yuv::{YuvBiPlanarImage, YuvConversionMode, YuvError, YuvPlanarImage};

use crate::frame::{Frame, Layout, PixelRect};

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
    for part in aligned(whole, frame.layout()) {
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
    let (halved_across, halved_down) = layout.halves();
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

/// Rows converted at a time: few enough that they stay in the processor's nearest cache between being copied
/// out of shared memory and being converted.
const STRIP: usize = 8;

/// Converts a part, strip by strip. What lies in shared memory can change while it is read, so it is copied
/// first, and the library gets memory of ours.
fn convert(frame: &Frame, part: Part, target: &mut [u8], stride: usize) -> Result<(), YuvError> {
    let mut strip = Strip::new(frame, part);
    let mut y = part.y;
    while y < part.y + part.height {
        let rows = STRIP.min(part.y + part.height - y);
        let first = (y - part.y) * stride * 4;
        let target = target.get_mut(first..).ok_or(YuvError::PointerOverflow)?;
        strip.load(frame, y, rows)?;
        strip.convert(frame, rows, target, stride)?;
        y += rows;
    }
    Ok(())
}

/// Some rows of each plane of a part.
struct Strip {
    part: Part,
    /// For each plane its bytes; words keep samples of 16 bits aligned.
    planes: [Vec<u64>; 3],
    /// For each plane the byte at which its rows begin in the frame, the bytes of a row, and whether its rows
    /// are halved.
    rows: [(usize, usize, bool); 3],
}

impl Strip {
    fn new(frame: &Frame, part: Part) -> Self {
        let layout = frame.layout();
        let (across, down) = layout.halves();
        let sample = layout.sample_bytes();
        let chroma = |value: usize| if across { value / 2 } else { value };
        let chroma_width = if across {
            part.width.div_ceil(2)
        } else {
            part.width
        };
        let interleaved = usize::from(layout.planes() == 2) + 1;
        let chroma_row = (
            chroma(part.x) * sample * interleaved,
            chroma_width * sample * interleaved,
            down,
        );
        let rows = [
            (part.x * sample, part.width * sample, false),
            chroma_row,
            chroma_row,
        ];
        let words = |(_, bytes, _): (usize, usize, bool)| vec![0; (bytes * STRIP).div_ceil(8)];
        Self {
            part,
            planes: rows.map(words),
            rows,
        }
    }

    fn load(&mut self, frame: &Frame, y: usize, rows: usize) -> Result<(), YuvError> {
        for index in 0..frame.layout().planes() {
            let (x, bytes, is_halved) = self.rows[index];
            let (first, count) = if is_halved {
                (y / 2, rows.div_ceil(2))
            } else {
                (y, rows)
            };
            let plane: &mut [u8] = bytemuck::cast_slice_mut(&mut self.planes[index]);
            for (row, to) in (first..first + count).zip(plane.chunks_exact_mut(bytes)) {
                if !frame.read(index, x, row, to) {
                    return Err(YuvError::PointerOverflow);
                }
            }
        }
        Ok(())
    }

    fn convert(
        &self,
        frame: &Frame,
        rows: usize,
        target: &mut [u8],
        stride: usize,
    ) -> Result<(), YuvError> {
        let to = u32::try_from(stride * 4).map_err(|_| YuvError::PointerOverflow)?;
        let colours = frame.place.colours;
        let (range, matrix) = (colours.range(), colours.matrix());
        match frame.layout() {
            Layout::I420 => yuv::yuv420_to_bgra(&self.planar(rows), target, to, range, matrix),
            Layout::I422 => yuv::yuv422_to_bgra(&self.planar(rows), target, to, range, matrix),
            Layout::I444 => yuv::yuv444_to_bgra(&self.planar(rows), target, to, range, matrix),
            Layout::I010 => yuv::i010_to_bgra(&self.planar(rows), target, to, range, matrix),
            Layout::Nv12 => {
                let mode = YuvConversionMode::Balanced;
                by_rows(self, rows, (target, stride), |image, row, bytes| {
                    yuv::yuv_nv12_to_bgra(image, row, bytes, range, matrix, mode)
                })
            }
            Layout::P010 => by_rows(self, rows, (target, stride), |image, row, bytes| {
                yuv::p010_to_bgra(
                    image,
                    row,
                    bytes,
                    range,
                    matrix,
                    YuvConversionMode::Balanced,
                )
            }),
        }
    }

    fn samples<T: bytemuck::Pod>(&self, index: usize) -> (&[T], usize) {
        let row = self.rows[index].1 / size_of::<T>();
        (bytemuck::cast_slice(&self.planes[index]), row)
    }

    fn planar<T: bytemuck::Pod + std::fmt::Debug>(&self, rows: usize) -> YuvPlanarImage<'_, T> {
        let ((y_plane, y), (u_plane, u), (v_plane, v)) =
            (self.samples(0), self.samples(1), self.samples(2));
        // A row is at most as long as a picture is wide, which was checked to fit.
        YuvPlanarImage {
            y_plane,
            y_stride: y as u32,
            u_plane,
            u_stride: u as u32,
            v_plane,
            v_stride: v as u32,
            width: self.part.width as u32,
            height: rows as u32,
        }
    }
}

fn row_of<T>(plane: &[T], row: usize, length: usize) -> Result<&[T], YuvError> {
    plane
        .get(row * length..(row + 1) * length)
        .ok_or(YuvError::PointerOverflow)
}

/// Row by row, because the crate's conversion of interleaved chroma wants buffers of whole strides and takes
/// their length, not the height, for the number of rows.
fn by_rows<T: bytemuck::Pod + std::fmt::Debug>(
    strip: &Strip,
    rows: usize,
    (target, stride): (&mut [u8], usize),
    convert: impl Fn(&YuvBiPlanarImage<'_, T>, &mut [u8], u32) -> Result<(), YuvError>,
) -> Result<(), YuvError> {
    let width = strip.part.width;
    let ((luma, luma_row), (chroma, chroma_row)) = (strip.samples::<T>(0), strip.samples::<T>(1));
    for (row, target) in target.chunks_mut(stride * 4).take(rows).enumerate() {
        let target = target
            .get_mut(..4 * width)
            .ok_or(YuvError::PointerOverflow)?;
        let image = YuvBiPlanarImage {
            y_plane: row_of(luma, row, luma_row)?,
            y_stride: luma_row as u32,
            uv_plane: row_of(chroma, row / 2, chroma_row)?,
            uv_stride: chroma_row as u32,
            width: width as u32,
            height: 1,
        };
        convert(&image, target, 4 * width as u32)?;
    }
    Ok(())
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
