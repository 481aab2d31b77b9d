//! The parts that pages of every kind share: eyebrow, QR card, columns, page numbers.
//!
//! Invariant: a part says the room that it took, so that nothing is set into it.

use crate::block::{Block, Line};
use crate::context::Scene;
use crate::geometry::Rect;
use crate::page::{Element, Page, Role, Surround};
use crate::style::{LONG_HEADLINES, Style};
use crate::typesetter::Typesetter;
use crate::words::filled;

/// Side of a QR card: 150 mm of code and quiet zone scan from about 1.5 m.
pub const QR_SIDE: f32 = 420.0;
/// Space between the text and the column at the right.
pub const GUTTER: f32 = 64.0;
/// Space between the eyebrow and the headline.
pub const AFTER_EYEBROW: f32 = 6.0;
/// Space between the headline and what follows it.
pub const AFTER_HEADLINE: f32 = 26.0;
/// Space between the QR card and what it is for.
const AFTER_QR: f32 = 18.0;
/// Size of what a QR card is for where it stands beside it and has room.
const BESIDE_SIZE: f32 = 54.0;
/// Space between the QR card and what it is for, beside it.
const BESIDE_QR: f32 = 48.0;
/// The most that a QR card takes of a width that it shares with text.
const QR_PART: f32 = 0.46;
/// A body so low that a whole QR card leaves no room for what it is for.
const LOW_BODY: f32 = 600.0;
/// Width of the column of a QR card in a low body.
const LOW_SIDE: f32 = 360.0;
/// The QR card's part of that column.
const LOW_QR_PART: f32 = 0.5;
/// Radius of cards.
pub const RADIUS: f32 = 12.0;
/// More words than a running head can hold on the widest screen.
const LONGEST_RUNNING_HEAD: usize = 40;
/// The edge of cards.
pub const EDGE: f32 = 3.0;

/// A page within the frame, from its elements.
#[must_use]
pub fn page(elements: Vec<Element>) -> Page {
    let characters = elements
        .iter()
        .map(|element| match element {
            Element::Text(run) => run.text.chars().count(),
            _ => 0,
        })
        .sum();
    Page {
        elements,
        characters,
        surround: Surround::Frame,
        media_page: 0,
        links: Vec::new(),
    }
}

/// Sets the line over the headline: `label` in the accent, then `facts`, quiet, parted by points.
///
/// Returns the lower edge.
pub fn eyebrow(
    typesetter: &mut Typesetter,
    label: &str,
    facts: &[String],
    place: Rect,
    out: &mut Vec<Element>,
) -> f32 {
    let label = typesetter.block(label, Style::label_strong(Role::Accent), place.width);
    label.place(place.x, place.y, out);
    let bottom = place.y + label.height;
    if facts.is_empty() {
        return bottom;
    }
    let facts = facts.join(" · ");
    let beside = typesetter.line(&format!("· {facts}"), Style::label());
    // The space of the label's type, which a block does not keep at its end.
    let x = label.lines.last().map_or(0.0, Line::width) + 12.0;
    if x + beside.width <= place.width {
        let baseline = place.y + label.lines.last().map_or(0.0, Line::baseline);
        beside.place(place.x + x, baseline - beside.first_baseline(), out);
        return bottom;
    }
    let below = typesetter.block(&facts, Style::label(), place.width);
    below.place(place.x, bottom, out);
    bottom + below.height
}

/// A QR card with what it is for, laid out but not placed.
pub struct QrPart {
    link: String,
    side: f32,
    purpose: Block,
    arrangement: Arrangement,
}

/// Where the purpose stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrangement {
    /// Under the code.
    Below,
    /// Beside the code.
    Beside,
}

impl QrPart {
    /// The card for `link` within `width`, with the `purpose` that scanning has below or beside it.
    pub fn new(
        typesetter: &mut Typesetter,
        link: &str,
        purpose: &str,
        arrangement: Arrangement,
        width: f32,
    ) -> Self {
        let (side, purpose_width) = match arrangement {
            Arrangement::Below if width < QR_SIDE => (width * LOW_QR_PART, width),
            Arrangement::Below => (QR_SIDE, width),
            Arrangement::Beside => {
                let side = QR_SIDE.min(width * QR_PART);
                (side, width - side - BESIDE_QR)
            }
        };
        let style = match arrangement {
            Arrangement::Below => Style::caption(),
            Arrangement::Beside => Style::caption().at(BESIDE_SIZE),
        };
        let purpose = typesetter.block(purpose, style, purpose_width);
        Self {
            link: link.to_owned(),
            side,
            purpose,
            arrangement,
        }
    }

    /// The height that it takes.
    #[must_use]
    pub fn height(&self) -> f32 {
        match self.arrangement {
            Arrangement::Below => self.side + AFTER_QR + self.purpose.height,
            Arrangement::Beside => self.side.max(self.purpose.height),
        }
    }

    /// Sets it with its upper left corner at (`x`, `y`).
    pub fn place(&self, x: f32, y: f32, out: &mut Vec<Element>) {
        let card = Rect::new(x, y, self.side, self.side);
        let code = Rect::new(
            x + EDGE,
            y + EDGE,
            self.side - 2.0 * EDGE,
            self.side - 2.0 * EDGE,
        );
        // The code is the card's ground: paper up to the edge.
        out.push(Element::Qr {
            rect: code,
            content: self.link.clone(),
        });
        out.push(Element::Outline {
            rect: card,
            stroke: EDGE,
            role: Role::Edge,
            fill: None,
            radius: RADIUS,
        });
        match self.arrangement {
            Arrangement::Below => self.purpose.place(x, y + self.side + AFTER_QR, out),
            Arrangement::Beside => {
                let y = y + (self.side - self.purpose.height).max(0.0) / 2.0;
                self.purpose.place(x + self.side + BESIDE_QR, y, out);
            }
        }
    }
}

/// A headline as it stands on further pages: small, on one line, cut short where it is long; it only says
/// where the reader is, the whole stands on the first page.
pub fn running_head(typesetter: &mut Typesetter, headline: &str, width: f32) -> Block {
    let style = Style::headline(LONG_HEADLINES[LONG_HEADLINES.len() - 1]);
    let whole = typesetter.block(headline, style, width);
    if whole.lines.len() <= 1 {
        return whole;
    }
    let words: Vec<&str> = headline.split_whitespace().collect();
    (1..words.len().min(LONGEST_RUNNING_HEAD))
        .rev()
        .map(|count| {
            typesetter.line(
                &format!(
                    "{}…",
                    words[..count]
                        .join(" ")
                        .trim_end_matches([',', ';', ':', '.', '–', ' '])
                ),
                style,
            )
        })
        .find(|short| short.width <= width)
        .unwrap_or_default()
}

/// The text column left of a QR card and the column of the card.
#[must_use]
pub fn columns(body: Rect) -> (Rect, Rect) {
    // On a low screen the card is smaller, so that what it is for has room under it.
    let side = if body.height < LOW_BODY {
        LOW_SIDE
    } else {
        QR_SIDE
    };
    let text = Rect {
        width: body.width - side - GUTTER,
        ..body
    };
    (
        text,
        Rect {
            x: body.right() - side,
            width: side,
            ..body
        },
    )
}

/// Height that the page number takes at the bottom of the body.
#[must_use]
pub fn page_number_height() -> f32 {
    Style::small().khmer_leading()
}

/// Sets "Trang 1/3" at the lower right of each page, where there is more than one.
///
/// Pages leave [`page_number_height`] free there.
pub fn number_pages(typesetter: &mut Typesetter, scene: &Scene<'_>, pages: &mut [Page]) {
    number_pages_before(typesetter, scene, scene.body().right(), pages);
}

/// Like [`number_pages`], with the numbers ending at `right`.
pub fn number_pages_before(
    typesetter: &mut Typesetter,
    scene: &Scene<'_>,
    right: f32,
    pages: &mut [Page],
) {
    let count = pages.len();
    if count < 2 {
        return;
    }
    let body = scene.body();
    for (index, page) in pages.iter_mut().enumerate() {
        let number = filled(
            &scene.words.page_of,
            &[&(index + 1).to_string(), &count.to_string()],
        );
        let number = typesetter.line(&number, Style::small());
        number.place_right(right, body.bottom() - number.height, &mut page.elements);
    }
}
