//! Sizes and places in design pixels.

/// Millimetres of one design pixel: the pitch of a 43-inch screen with 1920 × 1080 pixels.
pub const DESIGN_PIXEL_MM: f64 = 0.4958;

/// The grid that holds over every page.
pub const MARGIN: f32 = 72.0;
/// Height of the upper part of the frame.
pub const HEADER: f32 = 136.0;
/// Height of the lower bar.
pub const BAR: f32 = 112.0;
/// Height of the progress that lies on the lower bar's upper edge.
pub const PROGRESS: f32 = 8.0;

/// A rectangle in design pixels.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Rect {
    /// Left edge.
    pub x: f32,
    /// Upper edge.
    pub y: f32,
    /// Width.
    pub width: f32,
    /// Height.
    pub height: f32,
}

impl Rect {
    /// A rectangle from its left upper corner and its size.
    #[must_use]
    pub const fn new(x: f32, y: f32, width: f32, height: f32) -> Self {
        Self {
            x,
            y,
            width,
            height,
        }
    }

    /// The right edge.
    #[must_use]
    pub fn right(&self) -> f32 {
        self.x + self.width
    }

    /// The lower edge.
    #[must_use]
    pub fn bottom(&self) -> f32 {
        self.y + self.height
    }

    /// Whether the point lies inside, its left and upper edge included.
    #[must_use]
    pub fn contains(&self, x: f32, y: f32) -> bool {
        (self.x..self.right()).contains(&x) && (self.y..self.bottom()).contains(&y)
    }

    /// Whether two rectangles share more than `tolerance` design pixels in both directions.
    #[must_use]
    pub fn overlaps(&self, other: &Self, tolerance: f32) -> bool {
        self.x + tolerance < other.right()
            && other.x + tolerance < self.right()
            && self.y + tolerance < other.bottom()
            && other.y + tolerance < self.bottom()
    }
}

/// The screen in design pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Viewport {
    /// Width in design pixels.
    pub width: f32,
    /// Height in design pixels.
    pub height: f32,
    /// Pixels of the screen that make one design pixel.
    pub scale: f32,
}

/// The least size of what is touched, in millimetres.
pub const FINGER_MM: f64 = 15.0;
/// The least size of what is touched, in design pixels.
pub const SMALLEST_TARGET: f64 = 72.0;

/// The least room, in design pixels along the short side, in which every page still has its place.
const SHORTEST_SIDE: f64 = 720.0;

impl Viewport {
    /// The viewport of a screen of `width` × `height` pixels and, where the show says it, a diagonal in
    /// inches.
    ///
    /// Text has the share of the screen that it has at 1080 pixels; on a screen smaller than 43 inches
    /// it is enlarged so that it keeps its millimetres, as far as pages have room.
    #[must_use]
    pub fn of(width: u32, height: u32, diagonal_inches: Option<f64>) -> Self {
        let (width, height) = (f64::from(width.max(1)), f64::from(height.max(1)));
        let short = width.min(height);
        let by_share = short / 1080.0;
        let by_size = diagonal_inches
            .filter(|inches| inches.is_finite() && *inches > 1.0)
            .map_or(0.0, |inches| {
                let pitch_mm = inches * 25.4 / width.hypot(height);
                DESIGN_PIXEL_MM / pitch_mm
            });
        let scale = by_size.max(by_share).min(short / SHORTEST_SIDE);
        Self {
            width: (width / scale) as f32,
            height: (height / scale) as f32,
            scale: scale as f32,
        }
    }

    /// The viewport of the pages that are touched, which are read from an arm's length: they have their share of
    /// the screen, and more only where what is touched would be smaller than a finger.
    #[must_use]
    pub fn of_touch(width: u32, height: u32, diagonal_inches: Option<f64>) -> Self {
        let (wide, high) = (f64::from(width.max(1)), f64::from(height.max(1)));
        let short = wide.min(high);
        let by_finger = diagonal_inches
            .filter(|inches| inches.is_finite() && *inches > 1.0)
            .map_or(0.0, |inches| {
                let pitch_mm = inches * 25.4 / wide.hypot(high);
                FINGER_MM / pitch_mm / SMALLEST_TARGET
            });
        let scale = (short / 1080.0).max(by_finger).min(short / SHORTEST_SIDE);
        Self {
            width: (wide / scale) as f32,
            height: (high / scale) as f32,
            scale: scale as f32,
        }
    }

    /// Whether the screen stands upright.
    #[must_use]
    pub fn is_portrait(&self) -> bool {
        self.height > self.width
    }

    /// Where the frame leaves room for pages.
    #[must_use]
    pub fn frame(&self) -> Frame {
        // Upright screens put the clock under the office's name, which takes a second line.
        let header = if self.is_portrait() {
            HEADER * 1.75
        } else {
            HEADER
        };
        let bar = if self.is_portrait() { BAR * 2.0 } else { BAR };
        Frame {
            header,
            bar,
            stage: Rect::new(0.0, header, self.width, self.height - header - bar),
            body: Rect::new(
                MARGIN,
                header + 40.0,
                self.width - 2.0 * MARGIN,
                self.height - header - bar - PROGRESS - 40.0 - 24.0,
            ),
        }
    }
}

/// The parts of a screen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frame {
    /// Height of the header.
    pub header: f32,
    /// Height of the lower bar.
    pub bar: f32,
    /// What lies between them.
    pub stage: Rect,
    /// The stage within its margins: where text stands.
    pub body: Rect,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_keeps_its_share_and_its_millimetres() {
        let full_hd = Viewport::of(1920, 1080, Some(43.0));
        assert!((full_hd.scale - 1.0).abs() < 0.01);
        assert_eq!(Viewport::of(3840, 2160, None).scale, 2.0);
        assert_eq!(Viewport::of(3840, 2160, None).width, 1920.0);
        let small = Viewport::of(1920, 1080, Some(32.0));
        assert!(small.scale > 1.3 && small.scale < 1.4);
        assert!(Viewport::of(1080, 1920, None).is_portrait());
        // A bigger screen is read from further away: never smaller than its share.
        assert_eq!(Viewport::of(1920, 1080, Some(85.0)).scale, 1.0);
    }
}
