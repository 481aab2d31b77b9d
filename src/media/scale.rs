//! Bringing decoded frames to the size and layout in which they are painted, through libav's scaler.
//!
//! A frame that already has the right size, upright, in a layout that can be painted, passes untouched:
//! scaling costs a quarter to a half of decoding.

use std::sync::Arc;

use ffmpeg_next::software::scaling::{self, Flags};
use ffmpeg_next::{Error, format, frame};

use crate::colour::{Colours, is_jpeg};
use crate::fit::contained_size;
use crate::frame::{Frame, Layout};
use crate::picture_decoder::Decoded;
use crate::time::duration;

/// Scaled frames kept for reuse: the queue, the one shown, the one fading out, one being made.
const POOL: usize = 10;

/// How the pictures of a track are to be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Showing {
    /// The rectangle to fit; `None` keeps the size.
    pub(crate) fit: Option<(u32, u32)>,
    /// Width to height of one pixel.
    pub(crate) pixel_aspect: (u32, u32),
    /// Quarter turns clockwise.
    pub(crate) quarter_turns: u8,
}

impl Showing {
    /// The size of a picture of `size` with square pixels, upright.
    pub(crate) fn upright(&self, size: (u32, u32)) -> (u32, u32) {
        let (across, down) = self.pixel_aspect;
        let width = u64::from(size.0) * u64::from(across) / u64::from(down.max(1));
        let width = u32::try_from(width).unwrap_or(u32::MAX).max(1);
        if self.turns_sides() {
            (size.1, width)
        } else {
            (width, size.1)
        }
    }

    /// The size of the frames handed out for a picture of `size`; even, unless nothing is to be done.
    pub(crate) fn target(&self, size: (u32, u32)) -> (u32, u32) {
        let upright = self.upright(size);
        let exact = self.fit.map_or(upright, |fit| contained_size(upright, fit));
        let is_near = exact.0.abs_diff(size.0) <= 1 && exact.1.abs_diff(size.1) <= 1;
        if is_near && self.quarter_turns == 0 {
            size
        } else {
            even(exact)
        }
    }

    fn turns_sides(&self) -> bool {
        self.quarter_turns % 2 == 1
    }
}

fn even(size: (u32, u32)) -> (u32, u32) {
    ((size.0 & !1).max(2), (size.1 & !1).max(2))
}

/// Makes [`Frame`]s of decoded pictures.
pub(crate) struct Scaler {
    showing: Showing,
    context: Option<scaling::Context>,
    upright: Pool,
    lying: Pool,
}

impl Scaler {
    pub(crate) fn new(showing: Showing) -> Self {
        Self {
            showing,
            context: None,
            upright: Pool::default(),
            lying: Pool::default(),
        }
    }

    /// The frame to show for a decoded picture.
    ///
    /// # Errors
    /// libav cannot convert the pixel format, or memory is short.
    pub(crate) fn frame(&mut self, decoded: Decoded) -> Result<Frame, Error> {
        let video = decoded.video;
        let time = duration(decoded.at);
        let size = (video.width(), video.height());
        let target = self.showing.target(size);
        let colours = Colours::of(&video);
        if let Some(layout) = Layout::of(video.format())
            && target == size
            && self.showing.quarter_turns == 0
        {
            return Ok(Frame {
                planes: Arc::new(video),
                layout,
                colours,
                time,
            });
        }
        let is_rgb = video.format().descriptor().is_some_and(|format| {
            // Three components in one plane, or planes named G, B, R.
            format.name().contains("rgb")
                || format.name().contains("bgr")
                || format.name().contains("gbr")
        });
        let colours = if is_rgb { Colours::FROM_RGB } else { colours };
        let lying = if self.showing.turns_sides() {
            (target.1, target.0)
        } else {
            target
        };
        let scaled = self.scale(&video, lying)?;
        let planes = match self.showing.quarter_turns {
            0 => scaled,
            turns => self.turn(&scaled, target, turns)?,
        };
        Ok(Frame {
            planes,
            layout: Layout::I420,
            colours,
            time,
        })
    }

    fn scale(&mut self, video: &frame::Video, to: (u32, u32)) -> Result<Arc<frame::Video>, Error> {
        // Full range stays full range only if both sides are named so.
        let format = if is_jpeg(video.format()) {
            format::Pixel::YUVJ420P
        } else {
            format::Pixel::YUV420P
        };
        let input = scaling::context::Definition {
            format: video.format(),
            width: video.width(),
            height: video.height(),
        };
        if self
            .context
            .as_ref()
            .is_none_or(|context| *context.input() != input)
        {
            let flags = if to.0 > input.width {
                Flags::BICUBIC
            } else {
                Flags::BILINEAR
            };
            self.context = Some(scaling::Context::get(
                input.format,
                input.width,
                input.height,
                format,
                to.0,
                to.1,
                flags,
            )?);
        }
        let Some(context) = &mut self.context else {
            return Err(Error::Bug);
        };
        self.lying
            .fill(format, to, |target| context.run(video, target))
    }

    fn turn(
        &mut self,
        lying: &frame::Video,
        to: (u32, u32),
        quarter_turns: u8,
    ) -> Result<Arc<frame::Video>, Error> {
        self.upright.fill(lying.format(), to, |target| {
            for index in 0..3 {
                let size = (
                    lying.plane_width(index) as usize,
                    lying.plane_height(index) as usize,
                );
                let (source, stride) = (lying.data(index), lying.stride(index));
                let target_stride = target.stride(index);
                turn_plane(
                    source,
                    stride,
                    size,
                    target.data_mut(index),
                    target_stride,
                    quarter_turns,
                );
            }
            Ok(())
        })
    }
}

/// Turns a plane of `size` clockwise.
fn turn_plane(
    source: &[u8],
    stride: usize,
    (width, height): (usize, usize),
    target: &mut [u8],
    target_stride: usize,
    quarter_turns: u8,
) {
    let target_width = if quarter_turns % 2 == 1 {
        height
    } else {
        width
    };
    for (y, row) in target.chunks_mut(target_stride).enumerate() {
        for (x, value) in row.iter_mut().take(target_width).enumerate() {
            let (from_x, from_y) = match quarter_turns {
                1 => (y, height - 1 - x),
                2 => (width - 1 - x, height.saturating_sub(1 + y)),
                _ => (width.saturating_sub(1 + y), x),
            };
            if let Some(from) = source.get(from_y * stride + from_x) {
                *value = *from;
            }
        }
    }
}

/// Frames whose memory is used again once nobody shows them: fresh memory for every frame costs page
/// faults.
#[derive(Default)]
struct Pool(Vec<Arc<frame::Video>>);

impl Pool {
    /// Fills a free frame of the format and size asked for.
    fn fill(
        &mut self,
        format: format::Pixel,
        size: (u32, u32),
        fill: impl FnOnce(&mut frame::Video) -> Result<(), Error>,
    ) -> Result<Arc<frame::Video>, Error> {
        self.0.retain(|frame| {
            (frame.format(), frame.width(), frame.height()) == (format, size.0, size.1)
        });
        let free = self
            .0
            .iter()
            .position(|frame| Arc::strong_count(frame) == 1);
        let mut frame = match free {
            Some(index) => self.0.swap_remove(index),
            None => Arc::new(frame::Video::new(format, size.0, size.1)),
        };
        let target = Arc::get_mut(&mut frame).ok_or(Error::Bug)?;
        if target.planes() < 3 {
            return Err(Error::Other {
                errno: ffmpeg_next::error::ENOMEM,
            });
        }
        fill(target)?;
        if self.0.len() < POOL {
            self.0.push(Arc::clone(&frame));
        }
        Ok(frame)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_follow_aspect_turn_and_fit() {
        let check = |fit, pixel_aspect, quarter_turns, size, upright, target| {
            let showing = Showing {
                fit,
                pixel_aspect,
                quarter_turns,
            };
            assert_eq!(
                (showing.upright(size), showing.target(size)),
                (upright, target)
            );
        };
        let screen = Some((1920, 1080));
        check(screen, (1, 1), 0, (1920, 1080), (1920, 1080), (1920, 1080));
        check(screen, (1, 1), 0, (1280, 720), (1280, 720), (1920, 1080));
        check(screen, (1, 1), 1, (1920, 1080), (1080, 1920), (608, 1080));
        check(None, (16, 11), 0, (352, 288), (512, 288), (512, 288));
        check(None, (1, 1), 0, (641, 361), (641, 361), (641, 361));
        check(None, (1, 1), 2, (641, 361), (641, 361), (640, 360));
        // One pixel off is not worth a scaler.
        check(screen, (1, 1), 0, (1920, 1079), (1920, 1079), (1920, 1079));
    }

    #[test]
    fn planes_turn_clockwise() {
        let source = [1, 2, 3, 0, 4, 5, 6, 0];
        let turned = |quarter_turns, size: (usize, usize)| {
            let mut target = vec![9; size.0 * size.1];
            turn_plane(&source, 4, (3, 2), &mut target, size.0, quarter_turns);
            target
        };
        assert_eq!(turned(1, (2, 3)), [4, 1, 5, 2, 6, 3]);
        assert_eq!(turned(2, (3, 2)), [6, 5, 4, 3, 2, 1]);
        assert_eq!(turned(3, (2, 3)), [3, 6, 2, 5, 1, 4]);
    }
}
