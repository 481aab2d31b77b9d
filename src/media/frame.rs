//! One frame of a video, in the memory that is shared with its decoder.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::memory::Memory;
use crate::paint;
use crate::picture::Picture;
use crate::wire::FramePlace;

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Layout {
    /// Chroma halved both ways, in planes of its own.
    I420,
    /// Chroma halved across.
    I422,
    /// Chroma in full.
    I444,
    /// Chroma halved both ways, U and V interleaved.
    Nv12,
    /// As I420 with 10 bits in the lower part of 16.
    I010,
    /// As NV12 with 10 bits in the upper part of 16.
    P010,
}

impl Layout {
    /// How many planes there are.
    #[must_use]
    pub fn planes(self) -> usize {
        match self {
            Self::I420 | Self::I422 | Self::I444 | Self::I010 => 3,
            Self::Nv12 | Self::P010 => 2,
        }
    }

    /// Bytes of a sample.
    #[must_use]
    pub fn sample_bytes(self) -> usize {
        match self {
            Self::I420 | Self::I422 | Self::I444 | Self::Nv12 => 1,
            Self::I010 | Self::P010 => 2,
        }
    }

    /// Bytes of a row of plane `index`, and its rows, for a picture of the size.
    #[must_use]
    pub fn plane_size(self, index: usize, width: u32, height: u32) -> (usize, usize) {
        let (width, height) = (width as usize, height as usize);
        let (half_width, half_height) = (width.div_ceil(2), height.div_ceil(2));
        let (samples, rows) = match (self, index) {
            (_, 0) | (Self::I444, _) => (width, height),
            (Self::I422, _) => (half_width, height),
            (Self::I420 | Self::I010, _) => (half_width, half_height),
            (Self::Nv12 | Self::P010, _) => (2 * half_width, half_height),
        };
        (samples * self.sample_bytes(), rows)
    }

    /// Whether chroma is halved across and down.
    pub(crate) fn halves(self) -> (bool, bool) {
        match self {
            Self::I420 | Self::Nv12 | Self::I010 | Self::P010 => (true, true),
            Self::I422 => (true, false),
            Self::I444 => (false, false),
        }
    }
}

/// Takes slots back once nobody looks at them any more.
pub(crate) trait Returns: Send + Sync {
    fn give_back(&self, slot: u8);
}

/// A slot as long as anybody looks at it.
pub(crate) struct Held {
    pub(crate) memory: Arc<Memory>,
    /// Where the slot begins in the memory, bytes.
    pub(crate) start: usize,
    pub(crate) slot: u8,
    pub(crate) owner: Arc<dyn Returns>,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.owner.give_back(self.slot);
    }
}

/// A frame that can be painted. A clone shares the planes; nothing is copied until it is painted. As long as
/// one is kept, its decoder has one slot less to decode into.
#[derive(Clone)]
pub struct Frame {
    pub(crate) place: FramePlace,
    pub(crate) held: Arc<Held>,
}

impl fmt::Debug for Frame {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Frame")
            .field("place", &self.place)
            .finish_non_exhaustive()
    }
}

/// A plane as it lies in shared memory. Its bytes may change at any moment: they are only to be copied, by
/// atomic loads or by a graphics driver.
#[derive(Debug, Clone, Copy)]
pub struct Plane<'a> {
    /// The first byte; valid for `stride * (rows - 1) + row_bytes` bytes as long as the frame.
    pub start: *const u8,
    /// Bytes from row to row.
    pub stride: usize,
    /// Bytes of a row that are seen.
    pub row_bytes: usize,
    /// Rows.
    pub rows: usize,
    _frame: std::marker::PhantomData<&'a Frame>,
}

impl Frame {
    /// Width in pixels.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.place.width
    }

    /// Height in pixels.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.place.height
    }

    /// Media time from which it is to be seen.
    #[must_use]
    pub fn time(&self) -> Duration {
        self.place.time
    }

    /// How its planes are laid out.
    #[must_use]
    pub fn layout(&self) -> Layout {
        self.place.layout
    }

    /// Plane `index`, of [`Layout::planes`].
    #[must_use]
    pub fn plane(&self, index: usize) -> Option<Plane<'_>> {
        let (start, stride) = *self.place.planes.get(index)?;
        let (row_bytes, rows) = self
            .place
            .layout
            .plane_size(index, self.width(), self.height());
        Some(Plane {
            // Inside the memory: every place of a frame was checked when it came.
            start: self
                .held
                .memory
                .start()
                .wrapping_add(self.held.start + start)
                .cast_const(),
            stride,
            row_bytes,
            rows,
            _frame: std::marker::PhantomData,
        })
    }

    /// Copies bytes of plane `index`, from byte `x` of row `y` on, into `to`. Returns whether they are inside.
    pub(crate) fn read(&self, index: usize, x: usize, y: usize, to: &mut [u8]) -> bool {
        self.place.planes.get(index).is_some_and(|(start, stride)| {
            let from = self.held.start + start + y * stride + x;
            self.held.memory.read(from, to)
        })
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
