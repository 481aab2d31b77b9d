//! Measures text and breaks it into lines, with the very fonts that the screen draws.
//!
//! Owns the font database, which holds the bundled family and nothing of the machine. Knows no page
//! and no item. Invariant: no line is wider than the width asked for, and no character is lost.

use std::borrow::Cow;
use std::sync::Arc;

use parley::fontique::{Blob, Collection, CollectionOptions};
use parley::layout::{BreakReason, Layout};
use parley::style::{FontFamily, FontWeight, OverflowWrap, StyleProperty};
use parley::{FontContext, LayoutContext};

use crate::block::{Block, Line};
use crate::breaking::break_lines;
use crate::geometry::Rect;
use crate::page::{Reading, Run, Weight};
use crate::paragraph::{Paragraph, clean, paragraphs};
use crate::remembered::{Remembered, Setting};
use crate::spacing::{WORD_JOINER, is_khmer};
use crate::style::Style;

/// The bundled family, the only one that is measured and drawn.
pub const FAMILY: &str = "Motcua Sans";
/// Ascent of the family, in em.
pub const ASCENT: f32 = 1.26;
/// Descent of the family, in em.
pub const DESCENT: f32 = 0.65;

/// Space between paragraphs, as a part of the pitch.
const PARAGRAPH_GAP: f32 = 0.3;

/// How short a line of a headline may be, as a part of the longest, for the sake of sense.
const SHORTEST_LINE: f32 = 0.55;

const FACES: [&[u8]; 4] = [
    include_bytes!("../../../ui/fonts/MotcuaSans-Regular.ttf"),
    include_bytes!("../../../ui/fonts/MotcuaSans-SemiBold.ttf"),
    include_bytes!("../../../ui/fonts/MotcuaSans-Bold.ttf"),
    include_bytes!("../../../ui/fonts/MotcuaSans-ExtraBold.ttf"),
];

/// Lays text out. Costly to make; one per thread.
pub struct Typesetter {
    fonts: FontContext,
    layouts: LayoutContext<()>,
    remembered: Remembered,
}

impl Default for Typesetter {
    fn default() -> Self {
        Self::new()
    }
}

impl Typesetter {
    /// A typesetter that knows the bundled family and no font of the machine.
    #[must_use]
    pub fn new() -> Self {
        let mut collection = Collection::new(CollectionOptions {
            shared: false,
            system_fonts: false,
        });
        for face in FACES {
            collection.register_fonts(Blob::new(Arc::new(face)), None);
        }
        Self {
            fonts: FontContext {
                collection,
                source_cache: parley::fontique::SourceCache::default(),
            },
            layouts: LayoutContext::new(),
            remembered: Remembered::default(),
        }
    }

    /// Lays out `text` in lines no wider than `width`; `**…**` is bold and a blank line starts a
    /// paragraph. Headlines are balanced over their lines.
    pub fn block(&mut self, text: &str, style: Style, width: f32) -> Block {
        let mut lines = Vec::new();
        let mut y = 0.0;
        for (index, paragraph) in paragraphs(text).into_iter().enumerate() {
            if index > 0 {
                y += style.leading * PARAGRAPH_GAP;
            }
            for mut line in self.paragraph(&paragraph, style, width) {
                line.paragraph = index;
                line.y = y;
                for run in &mut line.runs {
                    run.rect.y += y;
                }
                y += line.height;
                lines.push(line);
            }
        }
        Block::of(lines)
    }

    /// Lays out `text` on one line, however wide.
    pub fn line(&mut self, text: &str, style: Style) -> Block {
        self.block(text, style, f32::INFINITY)
    }

    /// Like [`Typesetter::block`], for texts of a show, which are set again and again: lays out each once.
    pub(crate) fn remembered(&mut self, text: &str, style: Style, width: f32) -> Arc<Block> {
        let setting = Setting {
            style,
            width,
            lines: usize::MAX,
        };
        self.remembered_or(text, setting, |typesetter| {
            typesetter.block(text, style, width)
        })
    }

    /// What was laid out of a text of a show in this setting, or else what `set` lays out.
    pub(crate) fn remembered_or(
        &mut self,
        text: &str,
        setting: Setting,
        set: impl FnOnce(&mut Self) -> Block,
    ) -> Arc<Block> {
        if let Some(block) = self.remembered.find(text, setting) {
            return block;
        }
        let block = Arc::new(set(self));
        self.remembered.keep(text, setting, &block);
        block
    }

    /// Lays out `text` on one line, however wide, as it is: without markup.
    pub(crate) fn literal_line(&mut self, text: &str, style: Style) -> Block {
        let paragraph = Paragraph {
            text: text.to_owned(),
            bold: Vec::new(),
        };
        Block::of(self.paragraph(&paragraph, style, f32::INFINITY))
    }

    /// Like [`Typesetter::block`] for a single paragraph, as it is: without markup.
    pub(crate) fn literal(&mut self, text: &str, style: Style, width: f32) -> Block {
        let paragraph = Paragraph {
            text: clean(text),
            bold: Vec::new(),
        };
        let mut y = 0.0;
        let lines = self.paragraph(&paragraph, style, width).into_iter();
        Block::of(
            lines
                .map(|line| {
                    let line = line.at(y);
                    y += line.height;
                    line
                })
                .collect(),
        )
    }

    /// Lays out `text` in the first of `sizes` (largest first) in which it takes at most
    /// `max_height`, else in the last; the caller splits what is still too high.
    pub fn fit(
        &mut self,
        text: &str,
        sizes: &[f32],
        style: Style,
        width: f32,
        max_height: f32,
    ) -> Block {
        let mut block = Block::default();
        for &size in sizes {
            block = self.block(text, style.at(size), width);
            if block.height <= max_height {
                break;
            }
        }
        block
    }

    fn paragraph(&mut self, paragraph: &Paragraph, style: Style, width: f32) -> Vec<Line> {
        let bound = paragraph.bound();
        let mut layout = self.shape(&bound, style);
        break_lines(&mut layout, &bound.text, style, width);
        if style.reading == Reading::Headline
            && let Some(lines) = self.broken_by_sense(&bound, style, width, layout.len())
        {
            return lines;
        }
        let is_torn = layout
            .lines()
            .any(|line| line.break_reason() == BreakReason::Emergency);
        if is_torn && bound.text != paragraph.text {
            // What was to hold together is wider than the column: better between words than inside one.
            let mut layout = self.shape(paragraph, style);
            break_lines(&mut layout, &paragraph.text, style, width);
            return lines(&layout, paragraph, style);
        }
        lines(&layout, &bound, style)
    }

    /// A headline broken after a mark of its own ("Nộp hồ sơ trực tuyến, | lệ phí chỉ còn một nửa"), where
    /// that takes no more lines and leaves none of them short.
    fn broken_by_sense(
        &mut self,
        bound: &Paragraph,
        style: Style,
        width: f32,
        count: usize,
    ) -> Option<Vec<Line>> {
        if !(2..=3).contains(&count) {
            return None;
        }
        let marks: Vec<usize> = bound
            .text
            .match_indices([',', '?', ':', ';', '!', '.'])
            .map(|(at, _)| at + 1)
            .collect();
        marks
            .into_iter()
            .filter(|&space| bound.text[space..].starts_with(' '))
            .filter_map(|space| {
                let mut text = bound.text.clone();
                text.replace_range(space..=space, "\n");
                let broken = Paragraph {
                    text,
                    bold: bound.bold.clone(),
                };
                let mut layout = self.shape(&broken, style);
                break_lines(&mut layout, &broken.text, style, width);
                let lines = lines(&layout, &broken, style);
                let widest = lines.iter().map(Line::width).fold(0.0, f32::max);
                let narrowest = lines.iter().map(Line::width).fold(f32::INFINITY, f32::min);
                (lines.len() <= count && narrowest >= widest * SHORTEST_LINE)
                    .then_some((widest - narrowest, lines))
            })
            .min_by(|(one, _), (other, _)| one.total_cmp(other))
            .map(|(_, lines)| lines)
    }

    fn shape(&mut self, paragraph: &Paragraph, style: Style) -> Layout<()> {
        let mut builder = self
            .layouts
            .ranged_builder(&mut self.fonts, &paragraph.text, 1.0, false);
        builder.push_default(StyleProperty::FontFamily(FontFamily::Source(
            Cow::Borrowed(FAMILY),
        )));
        builder.push_default(StyleProperty::FontSize(style.size));
        builder.push_default(StyleProperty::FontWeight(weight(style.weight)));
        builder.push_default(StyleProperty::LetterSpacing(style.tracking));
        builder.push_default(StyleProperty::OverflowWrap(OverflowWrap::Anywhere));
        for range in &paragraph.bold {
            builder.push(
                StyleProperty::FontWeight(weight(style.bold())),
                range.clone(),
            );
        }
        builder.build(&paragraph.text)
    }
}

fn weight(weight: Weight) -> FontWeight {
    FontWeight::new(f32::from(weight.value()))
}

/// The lines of a broken layout, each at the top of a block of its own.
fn lines(layout: &Layout<()>, paragraph: &Paragraph, style: Style) -> Vec<Line> {
    layout
        .lines()
        .filter_map(|line| runs(&line, paragraph, style))
        .collect()
}

fn runs(line: &parley::layout::Line<'_, ()>, paragraph: &Paragraph, style: Style) -> Option<Line> {
    let range = line.text_range();
    let end = range.start + paragraph.text[range.clone()].trim_end().len();
    if end == range.start {
        return None;
    }
    let height = if paragraph.text[range.start..end].contains(is_khmer) {
        style.khmer_leading()
    } else {
        style.leading
    };
    let box_height = (ASCENT + DESCENT) * style.size;
    let mut runs: Vec<Run> = Vec::new();
    let mut x = 0.0;
    let mut previous: Option<Weight> = None;
    for parley_run in line.runs() {
        for cluster in parley_run.clusters() {
            let at = cluster.text_range();
            if at.start >= end {
                continue;
            }
            let is_bold = paragraph.bold.iter().any(|bold| bold.contains(&at.start));
            let weight = if is_bold { style.bold() } else { style.weight };
            let characters = paragraph.text[at].trim_matches(WORD_JOINER);
            if characters.is_empty() {
                continue;
            }
            match runs.last_mut().filter(|_| previous == Some(weight)) {
                Some(run) => {
                    run.text.push_str(characters);
                    run.rect.width += cluster.advance();
                }
                None => runs.push(Run {
                    rect: Rect::new(
                        x,
                        (height - box_height) / 2.0,
                        cluster.advance(),
                        box_height,
                    ),
                    text: characters.to_owned(),
                    size: style.size,
                    weight,
                    tracking: style.tracking,
                    role: style.role,
                    reading: style.reading,
                }),
            }
            previous = Some(weight);
            x += cluster.advance();
        }
    }
    Some(Line {
        runs,
        y: 0.0,
        height,
        paragraph: 0,
    })
}
