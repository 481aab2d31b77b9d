//! Measures text and breaks it into lines, with the very fonts that the screen draws.
//!
//! Owns the font database, which holds the bundled family and nothing of the machine. Knows no page
//! and no item. Invariant: no line is wider than the width asked for, and no character is lost.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use motcua_show::text::spans;
use parley::fontique::{Blob, Collection, CollectionOptions};
use parley::layout::{BreakReason, Layout};
use parley::style::{FontFamily, FontWeight, OverflowWrap, StyleProperty};
use parley::{FontContext, LayoutContext};
use unicode_normalization::UnicodeNormalization as _;

use crate::block::{Block, Line};
use crate::geometry::Rect;
use crate::page::{Reading, Run, Weight};
use crate::spacing::{NO_BREAK_SPACE, WORD_JOINER, bound_spaces, inner_joins, is_khmer};
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

/// How often a line is broken again in less width before it stays as it is.
const NARROWING_ATTEMPTS: u32 = 8;

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
}

impl Default for Typesetter {
    fn default() -> Self {
        Self::new()
    }
}

/// One paragraph ready for shaping: plain characters, and which of them are bold.
struct Paragraph {
    text: String,
    bold: Vec<Range<usize>>,
}

impl Typesetter {
    /// A typesetter that knows the bundled family and no font of the machine.
    #[must_use]
    pub fn new() -> Self {
        let mut collection = Collection::new(CollectionOptions { shared: false, system_fonts: false });
        for face in FACES {
            collection.register_fonts(Blob::new(Arc::new(face)), None);
        }
        Self {
            fonts: FontContext { collection, source_cache: parley::fontique::SourceCache::default() },
            layouts: LayoutContext::new(),
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

    /// Lays out `text` in the first of `sizes` (largest first) in which it takes at most
    /// `max_height`, else in the last; the caller splits what is still too high.
    pub fn fit(&mut self, text: &str, sizes: &[f32], style: Style, width: f32, max_height: f32) -> Block {
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
        let bound = bind(paragraph);
        let mut layout = self.shape(&bound, style);
        break_lines(&mut layout, &bound.text, style, width);
        if style.reading == Reading::Headline
            && let Some(lines) = self.broken_by_sense(&bound, style, width, layout.len())
        {
            return lines;
        }
        let is_torn = layout.lines().any(|line| line.break_reason() == BreakReason::Emergency);
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
    fn broken_by_sense(&mut self, bound: &Paragraph, style: Style, width: f32, count: usize) -> Option<Vec<Line>> {
        if !(2..=3).contains(&count) {
            return None;
        }
        let marks: Vec<usize> = bound.text.match_indices([',', '?', ':', ';', '!', '.']).map(|(at, _)| at + 1).collect();
        marks
            .into_iter()
            .filter(|&space| bound.text[space..].starts_with(' '))
            .filter_map(|space| {
                let mut text = bound.text.clone();
                text.replace_range(space..=space, "\n");
                let broken = Paragraph { text, bold: bound.bold.clone() };
                let mut layout = self.shape(&broken, style);
                break_lines(&mut layout, &broken.text, style, width);
                let lines = lines(&layout, &broken, style);
                let widest = lines.iter().map(Line::width).fold(0.0, f32::max);
                let narrowest = lines.iter().map(Line::width).fold(f32::INFINITY, f32::min);
                (lines.len() <= count && narrowest >= widest * SHORTEST_LINE).then_some((widest - narrowest, lines))
            })
            .min_by(|(one, _), (other, _)| one.total_cmp(other))
            .map(|(_, lines)| lines)
    }

    fn shape(&mut self, paragraph: &Paragraph, style: Style) -> Layout<()> {
        let mut builder = self.layouts.ranged_builder(&mut self.fonts, &paragraph.text, 1.0, false);
        builder.push_default(StyleProperty::FontFamily(FontFamily::Source(Cow::Borrowed(FAMILY))));
        builder.push_default(StyleProperty::FontSize(style.size));
        builder.push_default(StyleProperty::FontWeight(weight(style.weight)));
        builder.push_default(StyleProperty::LetterSpacing(style.tracking));
        builder.push_default(StyleProperty::OverflowWrap(OverflowWrap::Anywhere));
        for range in &paragraph.bold {
            builder.push(StyleProperty::FontWeight(weight(style.bold())), range.clone());
        }
        builder.build(&paragraph.text)
    }
}

fn weight(weight: Weight) -> FontWeight {
    FontWeight::new(f32::from(weight.value()))
}

/// Breaks at `width`, then evens out: headlines over all their lines, other text so that no single
/// short word is left on the last.
fn break_lines(layout: &mut Layout<()>, text: &str, style: Style, width: f32) {
    break_at(layout, text, width);
    let lines = layout.len();
    if lines < 2 || !width.is_finite() {
        return;
    }
    if style.reading == Reading::Headline {
        balance(layout, text, width, lines);
        return;
    }
    for narrower in [1.0, 0.97, 0.94, 0.91] {
        break_at(layout, text, width * narrower);
        if layout.len() != lines {
            break;
        }
        if !ends_on_a_short_word(layout, text, width) {
            return;
        }
    }
    break_at(layout, text, width);
}

/// Finds the narrowest width that needs no more lines.
fn balance(layout: &mut Layout<()>, text: &str, width: f32, lines: usize) {
    let (mut too_narrow, mut enough) = (width * 0.4, width);
    while enough - too_narrow > 4.0 {
        let middle = f32::midpoint(too_narrow, enough);
        break_at(layout, text, middle);
        let is_torn = layout.lines().any(|line| line.break_reason() == BreakReason::Emergency);
        if layout.len() <= lines && !is_torn {
            enough = middle;
        } else {
            too_narrow = middle;
        }
    }
    break_at(layout, text, enough);
}

fn ends_on_a_short_word(layout: &Layout<()>, text: &str, width: f32) -> bool {
    layout.lines().last().is_some_and(|line| {
        let words = text[line.text_range()].trim();
        line.metrics().advance < width * 0.2 && !words.contains([' ', NO_BREAK_SPACE])
    })
}

/// Breaks at `width`, and again where a line came out wrong.
///
/// Two things come out wrong in parley 0.11: a no-break space that itself does not fit ends the line, and
/// ligatures (every Khmer syllable is one) are counted short in all runs but the first, so that the line
/// grows too wide. Such a line is broken again in less width.
fn break_at(layout: &mut Layout<()>, text: &str, width: f32) {
    if !width.is_finite() {
        layout.break_all_lines(None);
        return;
    }
    let mut narrowed: BTreeMap<usize, Narrowed> = BTreeMap::new();
    loop {
        let mut breaker = layout.break_lines();
        breaker.state_mut().set_layout_max_advance(width);
        for index in 0.. {
            let line_width = narrowed.get(&index).map_or(width, |narrowed| narrowed.width);
            breaker.state_mut().set_line_max_advance(line_width);
            if breaker.break_next().is_none() || breaker.is_done() {
                break;
            }
        }
        breaker.finish();
        let wrong = layout.lines().enumerate().find_map(|(index, line)| {
            let narrower = narrower(&line, text, width)?;
            let attempts = narrowed.get(&index).map_or(0, |narrowed| narrowed.attempts);
            (attempts < NARROWING_ATTEMPTS && narrower > 0.0).then_some((index, narrower, attempts + 1))
        });
        let Some((index, width, attempts)) = wrong else { return };
        narrowed.insert(index, Narrowed { width, attempts });
        // What follows is broken afresh.
        narrowed.retain(|&line, _| line <= index);
    }
}

/// A line that is broken again in less width.
struct Narrowed {
    width: f32,
    attempts: u32,
}

/// In which width a line must be broken again, if at all: too little for what parley put on it.
fn narrower(line: &parley::layout::Line<'_, ()>, text: &str, width: f32) -> Option<f32> {
    let range = line.text_range();
    let written = &text[range.clone()];
    let metrics = line.metrics();
    let counted = metrics.advance - metrics.trailing_whitespace;
    let is_torn = line.break_reason() == BreakReason::Regular && written.ends_with(NO_BREAK_SPACE);
    let is_too_wide = || written.contains(is_khmer) && advance(line, range.start + written.trim_end().len()) > width + 0.25;
    (is_torn || is_too_wide()).then_some(counted - 0.5)
}

/// The width of what stands on a line before byte `end` of the text.
fn advance(line: &parley::layout::Line<'_, ()>, end: usize) -> f32 {
    let mut sum = 0.0;
    for run in line.runs() {
        for cluster in run.clusters().take_while(|cluster| cluster.text_range().start < end) {
            sum += cluster.advance();
        }
    }
    sum
}

/// The lines of a broken layout, each at the top of a block of its own.
fn lines(layout: &Layout<()>, paragraph: &Paragraph, style: Style) -> Vec<Line> {
    layout.lines().filter_map(|line| runs(&line, paragraph, style)).collect()
}

fn runs(line: &parley::layout::Line<'_, ()>, paragraph: &Paragraph, style: Style) -> Option<Line> {
    let range = line.text_range();
    let end = range.start + paragraph.text[range.clone()].trim_end().len();
    if end == range.start {
        return None;
    }
    let height = if paragraph.text[range.start..end].contains(is_khmer) { style.khmer_leading() } else { style.leading };
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
                    rect: Rect::new(x, (height - box_height) / 2.0, cluster.advance(), box_height),
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
    Some(Line { runs, y: 0.0, height, paragraph: 0 })
}

/// The paragraphs of a text, cleaned of what no font draws.
fn paragraphs(text: &str) -> Vec<Paragraph> {
    let text = clean(text);
    let mut paragraphs: Vec<String> = Vec::new();
    let mut is_open = false;
    for line in text.lines().map(str::trim) {
        if line.is_empty() {
            is_open = false;
        } else if let Some(paragraph) = paragraphs.last_mut().filter(|_| is_open && !begins_a_point(line)) {
            paragraph.push(' ');
            paragraph.push_str(line);
        } else {
            paragraphs.push(line.to_owned());
            is_open = true;
        }
    }
    paragraphs.iter().map(|paragraph| marked(paragraph)).filter(|one| !one.text.trim().is_empty()).collect()
}

/// Whether a line is a point of a list, which authors write one below the other without blank lines.
fn begins_a_point(line: &str) -> bool {
    let Some((mark, _)) = line.split_once(' ') else { return false };
    matches!(mark, "-" | "–" | "—" | "•" | "+" | "*" | "·")
        || mark.strip_suffix(['.', ')']).is_some_and(|number| {
            !number.is_empty() && number.len() <= 2 && number.bytes().all(|byte| byte.is_ascii_digit())
        })
}

/// Composed characters, single spaces, and a bullet for the private signs of word processors.
fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.nfc() {
        match character {
            '\n' => out.push('\n'),
            '\u{f000}'..='\u{f0ff}' => out.push('•'),
            '\u{2028}' | '\u{2029}' => out.push('\n'),
            '\u{feff}' | '\u{ad}' | '\r' => {}
            _ if character.is_control() || character == ' ' => {
                if !out.ends_with([' ', '\n']) {
                    out.push(' ');
                }
            }
            _ => out.push(character),
        }
    }
    out
}

fn marked(paragraph: &str) -> Paragraph {
    let mut text = String::with_capacity(paragraph.len());
    let mut bold = Vec::new();
    for span in spans(paragraph) {
        let start = text.len();
        text.push_str(&span.text);
        if span.bold {
            bold.push(start..text.len());
        }
    }
    Paragraph { text, bold }
}

/// The paragraph with no-break spaces where numbers and units hold together, and joiners inside of
/// numbers of documents.
fn bind(paragraph: &Paragraph) -> Paragraph {
    let spaces = bound_spaces(&paragraph.text);
    let joins = inner_joins(&paragraph.text);
    let mut text = String::with_capacity(paragraph.text.len() + spaces.len() + joins.len() * WORD_JOINER.len_utf8());
    // Where each byte that begins a character went, for the bold ranges.
    let mut moved = Vec::with_capacity(paragraph.text.len() + 1);
    for (at, character) in paragraph.text.char_indices() {
        let is_bound = spaces.binary_search(&at).is_ok();
        // A line may end after a dash even where a no-break space follows (UAX #14, LB12a).
        if joins.binary_search(&at).is_ok() || is_bound && text.ends_with(['–', '—', '-']) {
            text.push(WORD_JOINER);
        }
        moved.resize(at + 1, text.len());
        text.push(if is_bound { NO_BREAK_SPACE } else { character });
    }
    moved.resize(paragraph.text.len() + 1, text.len());
    let bold = paragraph.bold.iter().map(|range| moved[range.start]..moved[range.end]).collect();
    Paragraph { text, bold }
}
