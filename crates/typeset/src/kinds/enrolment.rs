//! What a screen shows that no server has taken yet: its code, for the person who sets it up.
//!
//! Visitors may see it too, so it says what it is and whom it concerns.

use crate::block::Block;
use crate::geometry::Viewport;
use crate::page::{Element, Page, Role};
use crate::parts::{self, Arrangement, GUTTER, QR_SIDE, QrPart};
use crate::style::{BODIES, LONG_HEADLINES, Style};
use crate::typesetter::Typesetter;
use crate::words::Words;

/// A screen that asks to be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// The address of the server, without what people need not read of it.
    pub server: String,
    /// The six digits and the link that its QR code holds; none while the server cannot be reached.
    pub code: Option<(String, String)>,
}

/// Sizes of the digits: they are read aloud from the middle of a hall.
const DIGITS: &[f32] = &[260.0, 220.0, 180.0, 140.0, 116.0, 92.0];
/// The most that the headline and the sentence take of the height where a smaller size can help it.
const HEADLINE_PART: f32 = 0.3;
const SENTENCE_PART: f32 = 0.4;
/// The most that the digits take of the height.
const DIGITS_PART: f32 = 0.45;
/// The most that the QR code takes of the width beside the text.
const QR_PART: f32 = 0.26;
/// Space between the parts.
const BETWEEN: f32 = 36.0;

impl Enrolment {
    /// The page for a screen, in the language of `words`.
    #[must_use]
    pub fn page(&self, typesetter: &mut Typesetter, viewport: Viewport, words: &Words) -> Page {
        let body = viewport.frame().body;
        let side = QR_SIDE.min(body.width * QR_PART);
        let mut qr = self.code.as_ref().map(|(_, link)| {
            let (arrangement, width) = if viewport.is_portrait() {
                (Arrangement::Beside, body.width)
            } else {
                (Arrangement::Below, side)
            };
            QrPart::new(typesetter, link, &words.connect_scan, arrangement, width)
        });
        let room = |qr: Option<&QrPart>| match qr {
            Some(qr) if viewport.is_portrait() => (body.width, body.height - qr.height() - GUTTER),
            Some(_) => (body.width - side - GUTTER, body.height),
            None => (body.width, body.height),
        };
        let taken = |blocks: &[Block]| {
            let gaps = BETWEEN * blocks.len().saturating_sub(1) as f32;
            blocks.iter().map(|block| block.height).sum::<f32>() + gaps
        };
        let (width, mut height) = room(qr.as_ref());
        let mut blocks = self.blocks(typesetter, words, width, height);
        if taken(&blocks) > height {
            // A small screen says what to do, not what it is; and the digits count for more than their link.
            blocks.remove(0);
        }
        if taken(&blocks) > height {
            qr = None;
            let (width, whole) = room(None);
            height = whole;
            blocks = self.blocks(typesetter, words, width, height);
        }
        let taken = taken(&blocks);
        let mut elements: Vec<Element> = Vec::new();
        let mut y = body.y + ((height - taken) / 2.0).max(0.0);
        for block in blocks {
            block.place(body.x, y, &mut elements);
            y += block.height + BETWEEN;
        }
        if let Some(qr) = qr {
            let (x, y) = if viewport.is_portrait() {
                (body.x, body.bottom() - qr.height())
            } else {
                let free = (body.height - qr.height()).max(0.0);
                (body.right() - side, body.y + free / 2.0)
            };
            qr.place(x, y, &mut elements);
        }
        parts::page(elements)
    }

    fn blocks(
        &self,
        typesetter: &mut Typesetter,
        words: &Words,
        width: f32,
        height: f32,
    ) -> Vec<Block> {
        let headline = typesetter.fit(
            &words.connect_screen,
            LONG_HEADLINES,
            Style::headline(LONG_HEADLINES[0]),
            width,
            height * HEADLINE_PART,
        );
        let sentence = match &self.code {
            Some(_) => &words.connect_code,
            None => &words.connect_wait,
        };
        let sentence = sentence.replace("{0}", &self.server);
        let share = height * SENTENCE_PART;
        let sentence = typesetter.fit(&sentence, BODIES, Style::body(), width, share);
        let digits = self.code.as_ref().map(|(code, _)| {
            let style = Style::figure(DIGITS[0]).coloured(Role::Accent);
            let share = (height - sentence.height - BETWEEN).min(height * DIGITS_PART);
            // One line, whatever the width: a code broken in two is two codes.
            let bound = code.replace(' ', "\u{a0}");
            let mut block = Block::default();
            for &size in DIGITS {
                block = typesetter.line(&bound, style.at(size));
                if block.width <= width && block.height <= share {
                    break;
                }
            }
            block
        });
        [headline, sentence].into_iter().chain(digits).collect()
    }
}
