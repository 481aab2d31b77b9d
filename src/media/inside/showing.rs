//! The size in which the pictures of a track are shown, after their aspect, their turn and the room for them.

use crate::fit::contained_size;

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
}
