//! What is to be seen, as data: the canvas, films where the page leaves room, and the cross-fade from what
//! was there before; and how that becomes pixels in software.
//!
//! It decides nothing about when; it must not know the window. Invariant: a scene always composes into
//! opaque pixels of the whole screen.

use std::time::{Duration, Instant};

use motcua_media::{Frame, PixelRect, contained_size};

use crate::canvas::{Area, Pixel};
use crate::sheet::PixelBox;

/// How long pages cross-fade. Short enough not to be waited for, long enough to be seen as one movement.
pub(crate) const FADE: Duration = Duration::from_millis(400);

/// Everything that is to be seen at a moment, and what of it is new.
#[derive(Clone, Copy)]
pub(crate) struct Scene<'a> {
    /// Width and height of the canvas, pixels.
    pub size: (u32, u32),
    /// The page, drawn; also below films.
    pub canvas: &'a [Pixel],
    /// Where the canvas or what lies over it changed since the scene that was shown before; frames of films
    /// say so themselves.
    pub changed: &'a [Area],
    /// The films. They do not overlap.
    pub films: &'a [&'a FilmLayer],
    /// A cross-fade on its way: the part that fades from what was kept.
    pub fade: Option<FadeStep>,
}

impl Scene<'_> {
    /// The whole screen.
    pub(crate) fn whole(&self) -> Area {
        Area::new(0, 0, self.size.0, self.size.1)
    }
}

/// How far a cross-fade is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FadeStep {
    /// The part that fades.
    pub area: Area,
    /// How much of the new picture is to be seen, 0 to 256.
    pub share: u32,
}

/// A cross-fade on its way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fade {
    area: Area,
    started: Instant,
}

impl Fade {
    /// Begins to fade within `area`.
    pub(crate) fn new(area: Area, now: Instant) -> Self {
        Self { area, started: now }
    }

    pub(crate) const fn area(&self) -> Area {
        self.area
    }

    /// How far it is; `None` when the fade is over.
    pub(crate) fn step(&self, now: Instant) -> Option<FadeStep> {
        let passed = now.saturating_duration_since(self.started).as_secs_f32() / FADE.as_secs_f32();
        // Smoothstep: it starts and ends without a jerk.
        (passed < 1.0).then_some(FadeStep {
            area: self.area,
            share: (passed * passed * (3.0 - 2.0 * passed) * 256.0) as u32,
        })
    }
}

/// A picture of the whole screen that was seen, to fade away from.
pub(crate) struct Before(pub Vec<Pixel>);

impl Before {
    /// Mixes what was before into `buffer`, which holds the new picture.
    pub(crate) fn mix(&self, buffer: &mut [Pixel], stride: usize, step: FadeStep) {
        for row in step.area.y..step.area.bottom() {
            let start = row as usize * stride + step.area.x as usize;
            let end = start + step.area.width as usize;
            if let (Some(target), Some(before)) =
                (buffer.get_mut(start..end), self.0.get(start..end))
            {
                mix_row(target, before, step.share);
            }
        }
    }
}

/// `target = before + (target - before) * share / 256`, on two channels at a time.
fn mix_row(target: &mut [Pixel], before: &[Pixel], share: u32) {
    let rest = 256 - share;
    for (new, old) in target.iter_mut().zip(before) {
        let red_blue = ((new.0 & 0x00FF_00FF) * share + (old.0 & 0x00FF_00FF) * rest) >> 8;
        let green =
            (((new.0 >> 8) & 0x0000_00FF) * share + ((old.0 >> 8) & 0x0000_00FF) * rest) >> 8;
        new.0 = 0xFF00_0000 | (red_blue & 0x00FF_00FF) | ((green & 0x0000_00FF) << 8);
    }
}

/// The scene as pixels of the whole screen, with what it fades from.
pub(crate) fn compose(scene: &Scene<'_>, before: Option<&Before>) -> Vec<Pixel> {
    let stride = scene.size.0 as usize;
    let mut pixels = scene.canvas.to_vec();
    for film in scene.films {
        film.paint(&mut pixels, stride);
    }
    if let (Some(before), Some(step)) = (before, scene.fade) {
        before.mix(&mut pixels, stride, step);
    }
    pixels
}

/// A film's newest frame and where the page lets it be seen.
pub(crate) struct FilmLayer {
    /// The frame.
    pub frame: Frame,
    /// The pixels of the screen that it is stretched over; parts may lie outside.
    pub place: PixelBox,
    /// The pixels of those that nothing covers.
    pub visible: Vec<Area>,
    /// Whether the frame has not been shown yet.
    pub is_new: bool,
}

/// A frame this many pixels off the size that its room gives it was scaled for it: rounding to even sizes,
/// and a film that is not worth a scaler.
const NEAR: u32 = 2;

impl FilmLayer {
    /// A frame in the middle of its `room`, under the `plates`. A frame that the decoder fitted to the room
    /// is shown one to one; any other is stretched to it, its shape kept.
    pub(crate) fn new(frame: Frame, room: PixelBox, whole: Area, plates: &[Area]) -> Self {
        let size = (frame.width(), frame.height());
        let fitted = contained_size(size, (room.width, room.height));
        let is_near = fitted.0.abs_diff(size.0) <= NEAR && fitted.1.abs_diff(size.1) <= NEAR;
        let (width, height) = if is_near { size } else { fitted };
        let free = |outer: u32, inner: u32| (i64::from(outer) - i64::from(inner)) as i32 / 2;
        let place = PixelBox {
            x: room.x + free(room.width, width),
            y: room.y + free(room.height, height),
            width,
            height,
        };
        Self {
            frame,
            place,
            visible: Self::visible_parts(place, whole, plates),
            is_new: true,
        }
    }

    /// The parts of a film at `place` that no plate covers.
    fn visible_parts(place: PixelBox, whole: Area, plates: &[Area]) -> Vec<Area> {
        let end = |at: i32, length: u32, limit: u32| {
            (i64::from(at) + i64::from(length)).clamp(0, i64::from(limit)) as u32
        };
        let left = place.x.max(0).unsigned_abs();
        let top = place.y.max(0).unsigned_abs();
        let right = end(place.x, place.width, whole.width);
        let bottom = end(place.y, place.height, whole.height);
        let film = Area::new(
            left,
            top,
            right.saturating_sub(left),
            bottom.saturating_sub(top),
        );
        plates.iter().fold(vec![film], |parts, plate| {
            parts
                .into_iter()
                .flat_map(|part| part.without(*plate))
                .collect()
        })
    }

    /// Whether `area` shows some of the film.
    pub(crate) fn is_seen_in(&self, area: Area) -> bool {
        self.visible.iter().any(|part| !part.and(area).is_empty())
    }

    pub(crate) fn paint(&self, buffer: &mut [Pixel], stride: usize) {
        if (self.frame.width(), self.frame.height()) != (self.place.width, self.place.height) {
            self.paint_stretched(buffer, stride);
            return;
        }
        let visible: Vec<PixelRect> = self
            .visible
            .iter()
            .map(|area| PixelRect {
                x: area.x,
                y: area.y,
                width: area.width,
                height: area.height,
            })
            .collect();
        let at = (self.place.x, self.place.y);
        self.frame
            .paint(bytemuck::cast_slice_mut(buffer), stride, at, &visible);
    }

    /// Where the decoder did not scale, as it need not for OpenGL, and this has to be software all the same.
    /// It is several times as dear and lasts as long as the clip at most.
    fn paint_stretched(&self, buffer: &mut [Pixel], stride: usize) {
        let place = self.place;
        let picture = motcua_media::contain(&self.frame.to_picture(), place.width, place.height);
        let at = |x: u32, y: u32| {
            let column = u32::try_from(i64::from(x) - i64::from(place.x)).ok()?;
            let row = u32::try_from(i64::from(y) - i64::from(place.y)).ok()?;
            let column = column.min(picture.width.checked_sub(1)?);
            let row = row.min(picture.height.checked_sub(1)?);
            let start = 3 * (row as usize * picture.width as usize + column as usize);
            let [red, green, blue] = *picture.rgb.get(start..start + 3)?.first_chunk()?;
            Some(Pixel(u32::from_be_bytes([0xFF, red, green, blue])))
        };
        for part in &self.visible {
            for y in part.y..part.bottom() {
                let start = y as usize * stride;
                for x in part.x..part.right() {
                    if let (Some(target), Some(pixel)) =
                        (buffer.get_mut(start + x as usize), at(x, y))
                    {
                        *target = pixel;
                    }
                }
            }
        }
    }
}

/// Copies `area` from one buffer to another of the same size.
pub(crate) fn copy(from: &[Pixel], to: &mut [Pixel], stride: usize, area: Area) {
    for row in area.y..area.bottom() {
        let start = row as usize * stride + area.x as usize;
        let end = start + area.width as usize;
        if let (Some(source), Some(target)) = (from.get(start..end), to.get_mut(start..end)) {
            target.copy_from_slice(source);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fade_goes_from_the_old_to_the_new() {
        let now = Instant::now();
        let area = Area::new(0, 0, 2, 2);
        let old = [Pixel(0xFF20_4060); 4];
        let before = Before(old.to_vec());
        let step = |share| FadeStep { area, share };
        let mut buffer = [Pixel(0xFFFF_FFFF); 4];
        before.mix(&mut buffer, 2, step(0));
        assert_eq!(buffer, old);
        let mut buffer = [Pixel(0xFFFF_FFFF); 4];
        before.mix(&mut buffer, 2, step(256));
        assert_eq!(buffer, [Pixel(0xFFFF_FFFF); 4]);
        let fade = Fade::new(area, now);
        assert_eq!(fade.step(now + FADE), None);
        assert_eq!(fade.step(now), Some(step(0)));
    }

    #[test]
    fn plates_are_left_out_of_a_film() {
        let whole = Area::new(0, 0, 100, 100);
        let place = PixelBox {
            x: 0,
            y: -10,
            width: 100,
            height: 120,
        };
        let parts = FilmLayer::visible_parts(place, whole, &[Area::new(0, 90, 100, 10)]);
        assert_eq!(parts, [Area::new(0, 0, 100, 90)]);
    }
}
