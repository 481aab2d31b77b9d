//! What goes into the window's buffer: the canvas, a film where the page leaves room, and the cross-fade
//! from what was there before.

use std::time::{Duration, Instant};

use motcua_media::{Frame, PixelRect};

use crate::canvas::{Area, Pixel};

/// How long pages cross-fade. Short enough not to be waited for, long enough to be seen as one movement.
pub(crate) const FADE: Duration = Duration::from_millis(400);

/// A cross-fade on its way.
pub(crate) struct Fade {
    before: Vec<Pixel>,
    area: Area,
    started: Instant,
}

impl Fade {
    /// Begins to fade away from `before`, the pixels of `area` row by row.
    pub(crate) fn new(before: Vec<Pixel>, area: Area, now: Instant) -> Self {
        Self {
            before,
            area,
            started: now,
        }
    }

    pub(crate) const fn area(&self) -> Area {
        self.area
    }

    /// How much of the new picture is to be seen, 0 to 256; `None` when the fade is over.
    pub(crate) fn share(&self, now: Instant) -> Option<u32> {
        let passed = now.saturating_duration_since(self.started).as_secs_f32() / FADE.as_secs_f32();
        // Smoothstep: it starts and ends without a jerk.
        (passed < 1.0).then_some((passed * passed * (3.0 - 2.0 * passed) * 256.0) as u32)
    }

    /// Mixes what was before into `buffer`, which holds the new picture.
    pub(crate) fn mix(&self, buffer: &mut [Pixel], stride: usize, share: u32) {
        let width = self.area.width as usize;
        for (row, before) in self.before.chunks_exact(width).enumerate() {
            let start = (self.area.y as usize + row) * stride + self.area.x as usize;
            if let Some(target) = buffer.get_mut(start..start + width) {
                mix_row(target, before, share);
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

/// A film's newest frame and where the page lets it be seen.
pub(crate) struct FilmLayer {
    pub frame: Frame,
    pub at: (i32, i32),
    pub visible: Vec<Area>,
}

impl FilmLayer {
    /// The parts of a film of the given size at `at` that no plate covers.
    pub(crate) fn visible_parts(
        at: (i32, i32),
        width: u32,
        height: u32,
        whole: Area,
        plates: &[Area],
    ) -> Vec<Area> {
        let left = at.0.max(0).unsigned_abs();
        let top = at.1.max(0).unsigned_abs();
        let right = (i64::from(at.0) + i64::from(width)).clamp(0, i64::from(whole.width)) as u32;
        let bottom = (i64::from(at.1) + i64::from(height)).clamp(0, i64::from(whole.height)) as u32;
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

    pub(crate) fn paint(&self, buffer: &mut [Pixel], stride: usize) {
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
        self.frame
            .paint(bytemuck::cast_slice_mut(buffer), stride, self.at, &visible);
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

/// The pixels of `area`, row by row.
pub(crate) fn cut_out(from: &[Pixel], stride: usize, area: Area) -> Vec<Pixel> {
    (area.y..area.bottom())
        .filter_map(|row| {
            let start = row as usize * stride + area.x as usize;
            from.get(start..start + area.width as usize)
        })
        .flatten()
        .copied()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fade_goes_from_the_old_to_the_new() {
        let now = Instant::now();
        let fade = Fade::new(vec![Pixel::from_old(); 4], Area::new(0, 0, 2, 2), now);
        let mut buffer = vec![Pixel(0xFFFF_FFFF); 4];
        fade.mix(&mut buffer, 2, 0);
        assert_eq!(buffer, vec![Pixel::from_old(); 4]);
        let mut buffer = vec![Pixel(0xFFFF_FFFF); 4];
        fade.mix(&mut buffer, 2, 256);
        assert_eq!(buffer, vec![Pixel(0xFFFF_FFFF); 4]);
        assert_eq!(fade.share(now + FADE), None);
        assert_eq!(fade.share(now), Some(0));
    }

    #[test]
    fn plates_are_left_out_of_a_film() {
        let whole = Area::new(0, 0, 100, 100);
        let parts =
            FilmLayer::visible_parts((0, -10), 100, 120, whole, &[Area::new(0, 90, 100, 10)]);
        assert_eq!(parts, [Area::new(0, 0, 100, 90)]);
    }

    impl Pixel {
        fn from_old() -> Self {
            Self(0xFF20_4060)
        }
    }
}
