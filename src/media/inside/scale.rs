//! Bringing decoded frames into slots, in the size and layout in which they are painted.
//!
//! A frame that already has the right size, upright, in a layout that can be painted, stays where the codec
//! put it: scaling costs a quarter to a half of decoding, and copying a twentieth.

use std::sync::Arc;

use ffmpeg_next::software::scaling::{self, Flags};
use ffmpeg_next::{Error, format, frame};

use crate::colour::Colours;
use crate::frame::Layout;
use crate::inside::colours::{colours_of, is_jpeg, is_rgb};
use crate::inside::picture_decoder::Decoded;
use crate::inside::raw;
use crate::inside::showing::Showing;
use crate::inside::slots::Slots;
use crate::inside::time::duration;
use crate::inside::tone::{Tone, ToneMap};
use crate::wire::FramePlace;

/// A frame in a slot. The decoder holds the slot until this is dropped.
pub(crate) struct Placed {
    pub(crate) place: FramePlace,
    _lease: Lease,
}

enum Lease {
    /// The codec's own frame.
    Codec {
        _frame: frame::Video,
    },
    Written {
        slots: Arc<Slots>,
        slot: u8,
    },
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Self::Written { slots, slot } = self {
            slots.leave(*slot);
        }
    }
}

/// Puts decoded pictures into slots.
pub(crate) struct Scaler {
    showing: Showing,
    slots: Arc<Slots>,
    context: Option<scaling::Context>,
    tone: Option<ToneMap>,
    /// A picture of the target's size before it is turned or its brightness is mapped.
    between: Option<frame::Video>,
}

impl Scaler {
    pub(crate) fn new(showing: Showing, slots: Arc<Slots>) -> Self {
        Self {
            showing,
            slots,
            context: None,
            tone: None,
            between: None,
        }
    }

    /// Whether pictures of this format and size are shown as they are decoded.
    pub(crate) fn is_direct(showing: &Showing, format: format::Pixel, size: (u32, u32)) -> bool {
        raw::layout_of(format).is_some()
            && showing.target(size) == size
            && showing.quarter_turns == 0
    }

    /// The frame to show for a decoded picture; none when the clip is over.
    ///
    /// # Errors
    /// libav cannot convert the pixel format, or memory is short.
    pub(crate) fn frame(&mut self, decoded: Decoded) -> Result<Option<Placed>, Error> {
        let time = duration(decoded.at);
        let video = decoded.video;
        let size = (video.width(), video.height());
        let tone = Tone::of(&video);
        let colours = colours_of(&video);
        let place = FramePlace {
            slot: 0,
            width: size.0,
            height: size.1,
            layout: raw::layout_of(video.format()).unwrap_or(Layout::I420),
            colours,
            time,
            planes: [(0, 0); 3],
        };
        if Self::is_direct(&self.showing, video.format(), size) && tone == Tone::Standard {
            return match self.in_slot(&video, place) {
                Some(place) => Ok(Some(Placed {
                    place,
                    _lease: Lease::Codec { _frame: video },
                })),
                None => self.copied(&video, place),
            };
        }
        self.converted(&video, tone, place)
    }

    /// Where the codec has put it, if that is a slot.
    fn in_slot(&self, video: &frame::Video, mut place: FramePlace) -> Option<FramePlace> {
        let (first, _) = raw::place_of(video, 0)?;
        place.slot = self.slots.slot_of(first)?;
        let start = self.slots.start_of(place.slot).addr();
        for index in 0..place.layout.planes() {
            let (address, stride) = raw::place_of(video, index)?;
            place.planes[index] = (address.addr().checked_sub(start)?, stride);
        }
        Some(place)
    }

    /// Copied from the codec's own memory: some codecs decode nowhere else, and slots may be short.
    fn copied(&self, video: &frame::Video, mut place: FramePlace) -> Result<Option<Placed>, Error> {
        let (planes, bytes) = raw::arranged(place.layout, place.width, place.height);
        if bytes > self.slots.slot_bytes() {
            return Err(Error::InvalidData);
        }
        let Some((slot, lease)) = self.written() else {
            return Ok(None);
        };
        (place.slot, place.planes) = (slot, planes);
        let start = self.slots.start_of(slot).addr() - self.slots.memory().start().addr();
        for (index, (offset, stride)) in planes.iter().enumerate().take(place.layout.planes()) {
            let (row_bytes, rows) = place.layout.plane_size(index, place.width, place.height);
            let plane = raw::plane(video, index, row_bytes, rows).ok_or(Error::InvalidData)?;
            for (row, bytes) in plane.bytes.chunks(plane.stride).enumerate() {
                let bytes = bytes.get(..row_bytes).ok_or(Error::InvalidData)?;
                let to = start + offset + row * stride;
                if !self.slots.memory().write(to, bytes) {
                    return Err(Error::Bug);
                }
            }
        }
        Ok(Some(Placed {
            place,
            _lease: lease,
        }))
    }

    fn written(&self) -> Option<(u8, Lease)> {
        let slot = self.slots.take_to_write()?;
        let slots = Arc::clone(&self.slots);
        Some((slot, Lease::Written { slots, slot }))
    }

    /// Scaled, converted, turned, mapped to standard brightness: whatever it needs.
    fn converted(
        &mut self,
        video: &frame::Video,
        tone: Tone,
        mut place: FramePlace,
    ) -> Result<Option<Placed>, Error> {
        let target = self.showing.target((video.width(), video.height()));
        let (planes, bytes) = raw::arranged(Layout::I420, target.0, target.1);
        if bytes > self.slots.slot_bytes() {
            return Err(Error::InvalidData);
        }
        let Some((slot, lease)) = self.written() else {
            return Ok(None);
        };
        place = FramePlace {
            slot,
            width: target.0,
            height: target.1,
            layout: Layout::I420,
            planes,
            ..place
        };
        if is_rgb(video.format()) {
            place.colours = Colours::FROM_RGB;
        }
        let turns = self.showing.quarter_turns;
        let lying = if turns % 2 == 1 {
            (target.1, target.0)
        } else {
            target
        };
        // Full range stays full range only if both sides are named so.
        let narrow = if is_jpeg(video.format()) {
            format::Pixel::YUVJ420P
        } else {
            format::Pixel::YUV420P
        };
        let wide = format::Pixel::YUV420P10LE;
        let scaled_format = if tone == Tone::Standard { narrow } else { wide };
        let mut end = raw::frame_in(&self.slots, slot, target, narrow);
        if turns == 0 && tone == Tone::Standard {
            self.scale(video, &mut end)?;
            return Ok(Some(Placed {
                place,
                _lease: lease,
            }));
        }
        let mut between = self.between(scaled_format, lying)?;
        self.scale(video, &mut between)?;
        if tone != Tone::Standard {
            place.colours = Colours::HDTV;
            let mut mapped = frame::Video::new(narrow, lying.0, lying.1);
            let target = if turns == 0 { &mut end } else { &mut mapped };
            let map = self.tone.take_if(|map| map.is_for(tone));
            let map = map.unwrap_or_else(|| ToneMap::new(tone));
            map.run(&between, target);
            self.tone = Some(map);
            if turns != 0 {
                turn(&mapped, &mut end, turns);
            }
        } else {
            turn(&between, &mut end, turns);
        }
        self.between = Some(between);
        Ok(Some(Placed {
            place,
            _lease: lease,
        }))
    }

    fn between(&mut self, format: format::Pixel, size: (u32, u32)) -> Result<frame::Video, Error> {
        let kept = self.between.take_if(|frame| {
            (frame.format(), frame.width(), frame.height()) == (format, size.0, size.1)
        });
        let frame = kept.unwrap_or_else(|| frame::Video::new(format, size.0, size.1));
        if frame.planes() < 3 {
            return Err(Error::Other {
                errno: ffmpeg_next::error::ENOMEM,
            });
        }
        Ok(frame)
    }

    fn scale(&mut self, video: &frame::Video, to: &mut frame::Video) -> Result<(), Error> {
        let input = scaling::context::Definition {
            format: video.format(),
            width: video.width(),
            height: video.height(),
        };
        let output = scaling::context::Definition {
            format: to.format(),
            width: to.width(),
            height: to.height(),
        };
        if self
            .context
            .as_ref()
            .is_none_or(|context| *context.input() != input || *context.output() != output)
        {
            let flags = if output.width > input.width {
                Flags::BICUBIC
            } else {
                Flags::BILINEAR
            };
            self.context = Some(scaling::Context::get(
                input.format,
                input.width,
                input.height,
                output.format,
                output.width,
                output.height,
                flags,
            )?);
        }
        let context = self.context.as_mut().ok_or(Error::Bug)?;
        context.run(video, to)
    }
}

/// Turns the planes of I420 clockwise.
fn turn(lying: &frame::Video, upright: &mut frame::Video, quarter_turns: u8) {
    for index in 0..3 {
        let size = Layout::I420.plane_size(index, lying.width(), lying.height());
        let target = Layout::I420.plane_size(index, upright.width(), upright.height());
        let Some(plane) = raw::plane(lying, index, size.0, size.1) else {
            return;
        };
        let Some((bytes, stride)) = raw::plane_mut(upright, index, target.0, target.1) else {
            return;
        };
        turn_plane(
            plane.bytes,
            plane.stride,
            size,
            bytes,
            stride,
            quarter_turns,
        );
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

#[cfg(test)]
mod tests {
    use super::*;

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
