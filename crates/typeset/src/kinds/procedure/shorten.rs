//! Short texts: the beginning of one that is said in full elsewhere, and one set evenly over its lines.

use crate::block::Block;
use crate::spacing::bound;
use crate::style::Style;
use crate::typesetter::Typesetter;

/// A text set in at most so many lines.
pub(in crate::kinds) struct Shortened {
    pub block: Block,
    /// Whether words were left out, which must then stand in full elsewhere.
    pub is_cut: bool,
}

/// Sets `text` in at most `max_lines` lines: whole where it fits, else as many of its words as fit and
/// an ellipsis.
pub(in crate::kinds) fn shortened(
    typesetter: &mut Typesetter,
    text: &str,
    style: Style,
    width: f32,
    max_lines: usize,
) -> Shortened {
    let max_lines = max_lines.max(1);
    let block = typesetter.block(text, style, width);
    if block.lines.len() <= max_lines {
        return Shortened {
            block,
            is_cut: false,
        };
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    let beginning = |count: usize| {
        let kept = words[..count].join(" ");
        format!(
            "{}…",
            kept.trim_end_matches([',', ';', ':', '.', '(', '-', '–', ' '])
        )
    };
    // No line holds more words than the whole block has in as many lines, and an ellipsis.
    let (mut enough, mut too_many) = (1, words.len());
    while too_many - enough > 1 {
        let middle = usize::midpoint(enough, too_many);
        if typesetter
            .block(&beginning(middle), style, width)
            .lines
            .len()
            <= max_lines
        {
            enough = middle;
        } else {
            too_many = middle;
        }
    }
    let mut block = typesetter.block(&beginning(enough.min(words.len())), style, width);
    // One word longer than all the lines: what stands on them is all that can be shown.
    block.lines.truncate(max_lines);
    Shortened {
        block: Block::of(block.lines),
        is_cut: true,
    }
}

/// Sets a short text in lines of about the same length, so that no word is left alone on the last.
pub(in crate::kinds) fn balanced(
    typesetter: &mut Typesetter,
    text: &str,
    style: Style,
    width: f32,
) -> Block {
    let block = typesetter.block(text, style, width);
    let lines = block.lines.len();
    if !(2..=MOST_BALANCED).contains(&lines) {
        return block;
    }
    // What holds together, "10.000 đồng", is not parted for the sake of even lines.
    let bound = bound(text);
    let widest = bound
        .split(' ')
        .map(|word| typesetter.line(word, style).width)
        .fold(0.0, f32::max);
    let (mut too_narrow, mut enough) = (widest.min(width), width);
    let mut best = block;
    while enough - too_narrow > 4.0 {
        let middle = f32::midpoint(too_narrow, enough);
        let narrower = typesetter.block(text, style, middle);
        if narrower.lines.len() <= lines {
            enough = middle;
            best = narrower;
        } else {
            too_narrow = middle;
        }
    }
    best
}

/// Longer texts are read, not looked at: their lines are filled.
const MOST_BALANCED: usize = 4;
