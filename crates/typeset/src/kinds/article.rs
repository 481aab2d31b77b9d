//! The page that most texts take: eyebrow, headline, body, who says it, and a QR card.
//!
//! A text that does not fit goes on over further pages, with its headline small on top.

use crate::block::Block;
use crate::context::Scene;
use crate::flow::Flow;
use crate::geometry::Rect;
use crate::page::{Element, Page};
use crate::parts::{self, Arrangement, QrPart};
use crate::style::{BODIES, HEADLINES, LONG_HEADLINES, Style, UPRIGHT_BODIES};
use crate::typesetter::Typesetter;

/// What such a page says.
#[derive(Debug, Clone, Default)]
pub struct Article<'a> {
    /// The label of the eyebrow.
    pub label: &'a str,
    /// What follows the label: day, number.
    pub facts: Vec<String>,
    /// The headline.
    pub headline: &'a str,
    /// The body, with `**…**` and blank lines.
    pub body: &'a str,
    /// Who says it.
    pub byline: String,
    /// The address of the QR code.
    pub link: Option<&'a str>,
    /// What the QR code is for.
    pub purpose: &'a str,
}

/// Width of a column beyond which the eye loses the next line: about 60 characters of body text.
const LONGEST_LINE: f32 = 1560.0;
/// Lines that a headline takes at most where a smaller size would take fewer.
const HEADLINE_LINES: usize = 3;
/// Space between the body and the byline.
const BEFORE_BYLINE: f32 = 22.0;
/// Space between the text and a QR card under it.
const BEFORE_QR: f32 = 56.0;
/// Space between the headline on a further page and the text.
const AFTER_RUNNING_HEAD: f32 = 22.0;

/// Where text and QR card stand, on the first page and on every further one.
struct Grid {
    text: Rect,
    qr: Option<(QrPart, f32, f32)>,
}

impl Article<'_> {
    /// The pages, numbered.
    pub fn pages(&self, typesetter: &mut Typesetter, scene: &Scene<'_>) -> Vec<Page> {
        let grid = self.grid(typesetter, scene);
        let text = grid.text;
        let mut elements = grid.qr_elements();
        let top = parts::eyebrow(typesetter, self.label, &self.facts, text, &mut elements)
            + parts::AFTER_EYEBROW;
        let byline = typesetter.block(&self.byline, Style::label(), text.width);
        let byline_room = if byline.is_empty() {
            0.0
        } else {
            byline.height + BEFORE_BYLINE
        };

        if let Some((headline, body)) = self.on_one_page(
            typesetter,
            scene,
            text.width,
            text.bottom() - top - byline_room,
        ) {
            let mut y = top;
            headline.place(text.x, y, &mut elements);
            y += headline.height;
            if !body.is_empty() {
                y += parts::AFTER_HEADLINE;
                body.place(text.x, y, &mut elements);
                y += body.height;
            }
            byline.place(text.x, y + BEFORE_BYLINE, &mut elements);
            return vec![parts::page(elements)];
        }
        let mut pages = self.over_pages(typesetter, scene, &grid, elements, top, byline);
        let right = if grid.has_number_line(scene) {
            scene.body().right()
        } else {
            text.right()
        };
        parts::number_pages_before(typesetter, scene, right, &mut pages);
        pages
    }

    fn grid(&self, typesetter: &mut Typesetter, scene: &Scene<'_>) -> Grid {
        let body = scene.body();
        let Some(link) = self.link else {
            let text = Rect {
                width: body.width.min(LONGEST_LINE),
                ..body
            };
            return Grid { text, qr: None };
        };
        let purpose = if self.purpose.trim().is_empty() {
            &scene.words.scan
        } else {
            self.purpose
        };
        if scene.is_portrait() {
            let qr = QrPart::new(typesetter, link, purpose, Arrangement::Beside, body.width);
            let y = body.bottom() - parts::page_number_height() - qr.height();
            let text = Rect {
                height: y - BEFORE_QR - body.y,
                ..body
            };
            return Grid {
                text,
                qr: Some((qr, body.x, y)),
            };
        }
        let (text, side) = parts::columns(body);
        let qr = QrPart::new(typesetter, link, purpose, Arrangement::Below, side.width);
        Grid {
            text,
            qr: Some((qr, side.x, side.y)),
        }
    }

    /// The largest headline and body that fit together in `height`.
    fn on_one_page(
        &self,
        typesetter: &mut Typesetter,
        scene: &Scene<'_>,
        width: f32,
        height: f32,
    ) -> Option<(Block, Block)> {
        // What does not fit in the smallest sizes fits in none.
        let least = typesetter.block(
            self.headline,
            Style::headline(LONG_HEADLINES[LONG_HEADLINES.len() - 1]),
            width,
        );
        let shortest = typesetter.block(self.body, Style::body(), width);
        if least.height + shortest.height > height {
            return None;
        }
        let sizes = if scene.is_portrait() {
            UPRIGHT_BODIES
        } else {
            BODIES
        };
        for &size in HEADLINES.iter().chain(&LONG_HEADLINES[1..]) {
            let headline = typesetter.block(self.headline, Style::headline(size), width);
            let is_tall = headline.lines.len() > HEADLINE_LINES && size > LONG_HEADLINES[0];
            if is_tall || headline.height > height {
                continue;
            }
            if self.body.trim().is_empty() {
                return Some((headline, Block::default()));
            }
            let room = height - headline.height - parts::AFTER_HEADLINE;
            let body = typesetter.fit(self.body, sizes, Style::body(), width, room);
            if body.height <= room {
                return Some((headline, body));
            }
        }
        None
    }

    fn over_pages(
        &self,
        typesetter: &mut Typesetter,
        scene: &Scene<'_>,
        grid: &Grid,
        elements: Vec<Element>,
        top: f32,
        byline: Block,
    ) -> Vec<Page> {
        let free = if grid.has_number_line(scene) {
            0.0
        } else {
            parts::page_number_height()
        };
        let column = Rect {
            height: grid.text.height - free,
            ..grid.text
        };
        let sizes: Vec<f32> = HEADLINES
            .iter()
            .skip(2)
            .chain(&LONG_HEADLINES[1..])
            .copied()
            .collect();
        let half = (column.bottom() - top) * 0.5;
        let headline = typesetter.fit(
            self.headline,
            &sizes,
            Style::headline(HEADLINES[2]),
            column.width,
            half,
        );
        let short = parts::running_head(typesetter, self.headline, column.width);
        let body = typesetter.block(self.body, Style::body(), column.width);

        let mut flow = Flow::new(column, elements, top, |elements| {
            elements.extend(grid.qr_elements());
            short.place(column.x, column.y, elements);
            column.y + short.height + AFTER_RUNNING_HEAD
        });
        flow.block(headline, 0.0);
        flow.gap(parts::AFTER_HEADLINE);
        let tail = if byline.is_empty() {
            0.0
        } else {
            byline.height + BEFORE_BYLINE
        };
        flow.block_before(body, 0.0, tail);
        if !byline.is_empty() {
            flow.gap(BEFORE_BYLINE);
            flow.keep(byline.height);
            flow.block(byline, 0.0);
        }
        flow.finish()
    }
}

impl Grid {
    /// Whether the page number has a line of its own beside or under the QR card, outside the text.
    fn has_number_line(&self, scene: &Scene<'_>) -> bool {
        self.qr.as_ref().is_some_and(|(qr, _, y)| {
            y + qr.height() + parts::page_number_height() <= scene.body().bottom() + 0.5
        })
    }

    fn qr_elements(&self) -> Vec<Element> {
        let mut elements = Vec::new();
        if let Some((qr, x, y)) = &self.qr {
            qr.place(*x, *y, &mut elements);
        }
        elements
    }
}
