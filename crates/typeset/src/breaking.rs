//! Where lines end.
//!
//! Works on a layout that parley has shaped; knows no page. Invariant: a line is wider than asked for only
//! where a single letter is.

use std::collections::BTreeMap;

use parley::layout::{BreakReason, Layout, Line};

use crate::page::Reading;
use crate::spacing::{NO_BREAK_SPACE, is_khmer};
use crate::style::Style;

/// A last line this short, as a part of the width, looks left over.
const SHORT_LINE: f32 = 0.18;

/// How often a line is broken again in less width before it stays as it is.
const NARROWING_ATTEMPTS: u32 = 8;

/// Breaks at `width`, then evens out: headlines over all their lines, other text so that no few letters
/// are left over on the last.
pub(crate) fn break_lines(layout: &mut Layout<()>, text: &str, style: Style, width: f32) {
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
        if !ends_on_a_short_line(layout, width) {
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
        let is_torn = layout
            .lines()
            .any(|line| line.break_reason() == BreakReason::Emergency);
        if layout.len() <= lines && !is_torn {
            enough = middle;
        } else {
            too_narrow = middle;
        }
    }
    break_at(layout, text, enough);
}

fn ends_on_a_short_line(layout: &Layout<()>, width: f32) -> bool {
    layout
        .lines()
        .last()
        .is_some_and(|line| line.metrics().advance < width * SHORT_LINE)
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
            let line_width = narrowed
                .get(&index)
                .map_or(width, |narrowed| narrowed.width);
            breaker.state_mut().set_line_max_advance(line_width);
            if breaker.break_next().is_none() || breaker.is_done() {
                break;
            }
        }
        breaker.finish();
        let wrong = layout.lines().enumerate().find_map(|(index, line)| {
            let narrower = narrower(&line, text, width)?;
            let attempts = narrowed.get(&index).map_or(0, |narrowed| narrowed.attempts);
            // A single letter that is wider than the line cannot be helped by less width.
            let can_be_narrower = narrower > 0.0 && narrower < width;
            (attempts < NARROWING_ATTEMPTS && can_be_narrower).then_some((
                index,
                narrower,
                attempts + 1,
            ))
        });
        let Some((index, width, attempts)) = wrong else {
            return;
        };
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
fn narrower(line: &Line<'_, ()>, text: &str, width: f32) -> Option<f32> {
    let range = line.text_range();
    let written = &text[range.clone()];
    let metrics = line.metrics();
    let counted = metrics.advance - metrics.trailing_whitespace;
    let is_torn = line.break_reason() == BreakReason::Regular && written.ends_with(NO_BREAK_SPACE);
    let is_too_wide = || {
        written.contains(is_khmer)
            && advance(line, range.start + written.trim_end().len()) > width + 0.25
    };
    (is_torn || is_too_wide()).then_some(counted - 0.5)
}

/// The width of what stands on a line before byte `end` of the text.
fn advance(line: &Line<'_, ()>, end: usize) -> f32 {
    let mut sum = 0.0;
    for run in line.runs() {
        for cluster in run
            .clusters()
            .take_while(|cluster| cluster.text_range().start < end)
        {
            sum += cluster.advance();
        }
    }
    sum
}
