//! What a page is made of.

use crate::geometry::Rect;

/// A colour by the part it plays; the theme says which colour that is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// The ground of a page.
    Surface,
    /// The ground of a card.
    Card,
    /// A soft ground beside the surface.
    Soft,
    /// Hairlines.
    Line,
    /// The edge of a card or of what can be touched.
    Edge,
    /// Text and heavy lines.
    Text,
    /// Text of lesser weight.
    Muted,
    /// The one accent.
    Accent,
    /// Bars and lines of a chart that are not ours or not the newest.
    Series,
    /// Text on the accent.
    OnAccent,
    /// The bars of the frame, and what is chosen.
    Frame,
    /// Text on the bars.
    OnFrame,
    /// Labels on the bars.
    OnFrameMuted,
    /// The dark modules of a QR code: dark in both themes, so that every phone reads it.
    Ink,
    /// The ground of a QR code: white in both themes.
    Paper,
    /// The ground of an alert, the same in every show.
    Alert(AlertTone),
    /// Text on it.
    OnAlert(AlertTone),
}

/// How bad an alert looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AlertTone {
    /// Lives are in danger.
    Extreme,
    /// A significant threat.
    Severe,
    /// A possible threat, or less.
    Moderate,
    /// None at all: an exercise.
    Exercise,
}

/// The weight of a face.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Weight {
    /// 400.
    Regular,
    /// 600.
    SemiBold,
    /// 700.
    Bold,
    /// 800.
    ExtraBold,
}

impl Weight {
    /// The weight as OpenType counts it.
    #[must_use]
    pub const fn value(self) -> u16 {
        match self {
            Self::Regular => 400,
            Self::SemiBold => 600,
            Self::Bold => 700,
            Self::ExtraBold => 800,
        }
    }
}

/// A stretch of text on one line, in one weight and colour.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// Where its characters stand: x and the advance are measured, y and the height are the line box of
    /// the font (ascent and descent), so that accents lie inside.
    pub rect: Rect,
    /// The characters, never with a line break.
    pub text: String,
    /// Type size in design pixels.
    pub size: f32,
    /// The weight.
    pub weight: Weight,
    /// Additional space between letters in design pixels, negative for headlines.
    pub tracking: f32,
    /// The colour.
    pub role: Role,
    /// What kind of text it is, for the measure of legibility.
    pub reading: Reading,
}

/// What a text is for; decides how large it must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reading {
    /// Headlines, 84 design pixels and more; long official names may go down to 60.
    Headline,
    /// Body text, 50 design pixels at least.
    Body,
    /// Labels, captions, page numbers and sources, 40 at least.
    Label,
    /// A figure that is seen first, 68 at least.
    Figure,
}

/// One thing on a page.
#[derive(Debug, Clone, PartialEq)]
pub enum Element {
    /// Text.
    Text(Run),
    /// A filled rectangle: a rule, a bar of a chart, a ground.
    Fill {
        /// Where.
        rect: Rect,
        /// The colour.
        role: Role,
        /// Radius of its corners.
        radius: f32,
    },
    /// The edge of a rectangle: a card, a box to tick.
    Outline {
        /// Where; the stroke lies inside.
        rect: Rect,
        /// Width of the stroke.
        stroke: f32,
        /// The colour of the stroke.
        role: Role,
        /// The ground inside, if any.
        fill: Option<Role>,
        /// Radius of its corners.
        radius: f32,
    },
    /// A line through points, for charts.
    Polyline {
        /// The points, x and y.
        points: Vec<(f32, f32)>,
        /// Width of the stroke.
        stroke: f32,
        /// The colour.
        role: Role,
    },
    /// A QR code with its quiet zone inside `rect`; ink on paper.
    Qr {
        /// Where, with the quiet zone.
        rect: Rect,
        /// What it holds.
        content: String,
    },
    /// The picture, document page or film of the item.
    Media {
        /// Where.
        rect: Rect,
        /// How it lies in there.
        fit: Fit,
    },
}

/// How a picture or film lies in its rectangle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fit {
    /// Whole, over a soft backdrop of itself.
    OverBackdrop,
    /// Whole, centred, with a card's edge around (document pages).
    Sheet,
    /// Whole, centred, on the page's ground (films).
    Contain,
}

/// How the frame surrounds a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Surround {
    /// Header above and bar below.
    Frame,
    /// The page fills the whole screen; bar and clock lie over it as plates.
    Plates,
    /// The page fills the whole screen, and nothing lies over it.
    Whole,
}

/// One page: what one look at the screen shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The elements, from back to front, in design pixels of the whole screen.
    pub elements: Vec<Element>,
    /// The number of characters to be read, which decides its part of the item's time.
    pub characters: usize,
    /// How the frame surrounds it.
    pub surround: Surround,
    /// The page of the document that [`Element::Media`] shows, from 0.
    pub media_page: u32,
    /// Where a touch opens the procedure of a code.
    pub links: Vec<(Rect, String)>,
}

impl Page {
    /// The places of its pictures, document pages and films.
    pub fn media(&self) -> impl Iterator<Item = Rect> {
        self.elements.iter().filter_map(|element| match element {
            Element::Media { rect, .. } => Some(*rect),
            _ => None,
        })
    }
}
