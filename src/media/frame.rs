//! One frame of a video, as the decoder or the scaler left it.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use ffmpeg_next::{format, frame};

use crate::colour::Colours;
use crate::paint;
use crate::picture::Picture;
use crate::raw;

/// A rectangle in pixels of the buffer that is painted into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PixelRect {
    /// First column.
    pub x: u32,
    /// First row.
    pub y: u32,
    /// Number of columns.
    pub width: u32,
    /// Number of rows.
    pub height: u32,
}

/// How the planes of a frame are laid out: those that are painted without a detour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Chroma halved both ways, in planes of its own.
    I420,
    /// Chroma halved across.
    I422,
    /// Chroma in full.
    I444,
    /// Chroma halved both ways, U and V interleaved.
    Nv12,
}

impl Layout {
    /// The layout of a pixel format, if it is one of them.
    pub(crate) fn of(format: format::Pixel) -> Option<Self> {
        match format {
            format::Pixel::YUV420P | format::Pixel::YUVJ420P => Some(Self::I420),
            format::Pixel::YUV422P | format::Pixel::YUVJ422P => Some(Self::I422),
            format::Pixel::YUV444P | format::Pixel::YUVJ444P => Some(Self::I444),
            format::Pixel::NV12 => Some(Self::Nv12),
            _ => None,
        }
    }
}

/// One plane of a frame, for whoever copies it elsewhere.
#[derive(Debug, Clone, Copy)]
pub struct Plane<'a> {
    /// The first byte. `stride * (rows - 1) + row_bytes` bytes can be read from here while the frame lives;
    /// they may change while they are read, so that no reference to them may be made.
    pub start: *const u8,
    /// Bytes from row to row.
    pub stride: usize,
    /// Bytes of a row that are to be seen.
    pub row_bytes: usize,
    /// Number of rows.
    pub rows: usize,
    frame: PhantomData<&'a Frame>,
}

/// A frame that can be painted. A clone shares the planes; nothing is copied until it is painted.
#[derive(Clone)]
pub struct Frame {
    pub(crate) planes: Arc<frame::Video>,
    pub(crate) layout: Layout,
    pub(crate) colours: Colours,
    pub(crate) time: Duration,
}

impl fmt::Debug for Frame {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Frame")
            .field("width", &self.width())
            .field("height", &self.height())
            .field("layout", &self.layout)
            .field("colours", &self.colours)
            .field("time", &self.time)
            .finish()
    }
}

impl Frame {
    /// Width in pixels.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.planes.width()
    }

    /// Height in pixels.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.planes.height()
    }

    /// Media time from which it is to be seen.
    #[must_use]
    pub fn time(&self) -> Duration {
        self.time
    }

    /// How its planes are laid out.
    #[must_use]
    pub fn layout(&self) -> Layout {
        self.layout
    }

    /// Plane `index`: luma, then chroma as the layout says. `None` where there is none.
    #[must_use]
    pub fn plane(&self, index: usize) -> Option<Plane<'_>> {
        let (width, height) = (self.width() as usize, self.height() as usize);
        let (half_width, half_height) = (width.div_ceil(2), height.div_ceil(2));
        let (row_bytes, rows) = match (index, self.layout) {
            (0, _) | (1 | 2, Layout::I444) => (width, height),
            (1 | 2, Layout::I420) => (half_width, half_height),
            (1 | 2, Layout::I422) => (half_width, height),
            (1, Layout::Nv12) => (2 * half_width, half_height),
            _ => return None,
        };
        let plane = raw::plane(&self.planes, index, row_bytes, rows)?;
        Some(Plane {
            start: plane.bytes.as_ptr(),
            stride: plane.stride,
            row_bytes,
            rows,
            frame: PhantomData,
        })
    }

    /// How its samples become colours: for each of red, green and blue the coefficients of Y, U and V, each
    /// taken as 0 to 1 over its whole range of numbers, and a constant.
    #[must_use]
    pub fn to_rgb(&self) -> [[f32; 4]; 3] {
        self.colours.to_rgb()
    }

    /// Paints the frame into `dst`, a buffer of `0xFFRRGGBB` words with `dst_stride_px` words a row, its top
    /// left corner at `at` (which may lie outside). Only pixels inside one of the `visible` rectangles are
    /// written, and of those every one that the frame covers. For the UI thread.
    pub fn paint(
        &self,
        dst: &mut [u32],
        dst_stride_px: usize,
        at: (i32, i32),
        visible: &[PixelRect],
    ) {
        for rect in visible {
            paint::paint(self, dst, dst_stride_px, at, *rect);
        }
    }

    /// The whole frame as a picture.
    #[must_use]
    pub fn to_picture(&self) -> Picture {
        let (width, height) = (self.width(), self.height());
        let mut words = vec![0; width as usize * height as usize];
        self.paint(
            &mut words,
            width as usize,
            (0, 0),
            &[PixelRect {
                x: 0,
                y: 0,
                width,
                height,
            }],
        );
        let rgb = words
            .iter()
            .flat_map(|word| {
                let [_, red, green, blue] = word.to_be_bytes();
                [red, green, blue]
            })
            .collect();
        Picture { width, height, rgb }
    }
}
