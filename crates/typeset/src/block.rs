//! Text laid out in lines, ready to be placed and to be split over pages.
//!
//! Coordinates are relative to the block's upper left corner until it is placed. Invariant: lines
//! lie one below the other without gaps but those between paragraphs, and none is wider than `width`.

use crate::page::{Element, Run};
use crate::typesetter::ASCENT;

/// One line of runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The runs from left to right, relative to the block.
    pub runs: Vec<Run>,
    /// The upper edge of the line's share of the block.
    pub y: f32,
    /// The pitch: how much of the block's height the line takes.
    pub height: f32,
    /// The paragraph that the line belongs to, from 0.
    pub paragraph: usize,
}

impl Line {
    /// The same line with its upper edge at `y`.
    pub(crate) fn at(self, y: f32) -> Self {
        let up = self.y - y;
        self.moved(up)
    }

    fn moved(mut self, up: f32) -> Self {
        self.y -= up;
        for run in &mut self.runs {
            run.rect.y -= up;
        }
        self
    }

    /// The line on which letters stand, from the top of the block.
    #[must_use]
    pub fn baseline(&self) -> f32 {
        self.runs
            .first()
            .map_or(self.y + self.height, |run| run.rect.y + ASCENT * run.size)
    }

    /// The right edge of the last run.
    #[must_use]
    pub fn width(&self) -> f32 {
        self.runs.last().map_or(0.0, |run| run.rect.right())
    }
}

/// Paragraphs laid out in a width.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Block {
    /// The lines from top to bottom.
    pub lines: Vec<Line>,
    /// The width of the widest line.
    pub width: f32,
    /// The sum of the pitches and the gaps between paragraphs.
    pub height: f32,
}

impl Block {
    /// A block of these lines; their places are taken as they are.
    #[must_use]
    pub fn of(lines: Vec<Line>) -> Self {
        let width = lines.iter().map(Line::width).fold(0.0, f32::max);
        let height = lines.last().map_or(0.0, |line| line.y + line.height);
        Self {
            lines,
            width,
            height,
        }
    }

    /// Whether there is nothing to read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The baseline of the first line, from the top of the block.
    #[must_use]
    pub fn first_baseline(&self) -> f32 {
        self.lines.first().map_or(0.0, Line::baseline)
    }

    /// Adds the runs to `out` with the block's upper left corner at (`x`, `y`).
    pub fn place(&self, x: f32, y: f32, out: &mut Vec<Element>) {
        out.extend(
            self.lines
                .iter()
                .flat_map(|line| &line.runs)
                .map(|run| moved(run, x, y)),
        );
    }

    /// Like [`Block::place`], with every line ending at `right`.
    pub fn place_right(&self, right: f32, y: f32, out: &mut Vec<Element>) {
        for line in &self.lines {
            let x = right - line.width();
            out.extend(line.runs.iter().map(|run| moved(run, x, y)));
        }
    }

    /// Like [`Block::place`], with every line centred on `centre`.
    pub fn place_centred(&self, centre: f32, y: f32, out: &mut Vec<Element>) {
        for line in &self.lines {
            let x = centre - line.width() / 2.0;
            out.extend(line.runs.iter().map(|run| moved(run, x, y)));
        }
    }

    /// Splits off what does not fit in `height`.
    ///
    /// The first part has at least one line, so that splitting again and again comes to an end. A
    /// single line of a paragraph is left alone on neither side where that can be avoided.
    #[must_use]
    pub fn split_at(self, height: f32) -> (Self, Option<Self>) {
        let fitting = self
            .lines
            .iter()
            .take_while(|line| line.y + line.height <= height + 0.01)
            .count();
        if fitting == self.lines.len() {
            return (self, None);
        }
        let cut = without_lone_lines(&self.lines, fitting.max(1));
        let mut first = self.lines;
        let rest = first.split_off(cut);
        let up = rest.first().map_or(0.0, |line| line.y);
        let rest = rest.into_iter().map(|line| line.moved(up)).collect();
        (Self::of(first), Some(Self::of(rest)))
    }

    /// The number of characters to be read.
    #[must_use]
    pub fn characters(&self) -> usize {
        self.lines
            .iter()
            .flat_map(|line| &line.runs)
            .map(|run| run.text.chars().count())
            .sum()
    }
}

fn moved(run: &Run, x: f32, y: f32) -> Element {
    let mut run = run.clone();
    run.rect.x += x;
    run.rect.y += y;
    Element::Text(run)
}

/// Moves a cut upwards so that no paragraph leaves one line alone; never to nothing.
fn without_lone_lines(lines: &[Line], cut: usize) -> usize {
    let Some(paragraph) = lines.get(cut).map(|line| line.paragraph) else {
        return cut;
    };
    let before = lines[..cut]
        .iter()
        .filter(|line| line.paragraph == paragraph)
        .count();
    let after = lines[cut..]
        .iter()
        .filter(|line| line.paragraph == paragraph)
        .count();
    let back = match (before, after) {
        (0, _) => 0,
        (1, _) => 1,
        (2, 1) => 2,
        (_, 1) => 1,
        _ => 0,
    };
    if back < cut { cut - back } else { cut }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(paragraphs: &[usize]) -> Block {
        let paragraph_of = paragraphs
            .iter()
            .enumerate()
            .flat_map(|(index, &lines)| std::iter::repeat_n(index, lines));
        let lines = paragraph_of
            .enumerate()
            .map(|(row, paragraph)| Line {
                runs: Vec::new(),
                y: row as f32 * 10.0,
                height: 10.0,
                paragraph,
            })
            .collect();
        Block::of(lines)
    }

    fn check(paragraphs: &[usize], height: f32, expected: usize) {
        let whole: usize = paragraphs.iter().sum();
        let (first, rest) = block(paragraphs).split_at(height);
        assert_eq!(first.lines.len(), expected);
        assert_eq!(
            rest.as_ref().map_or(0, |rest| rest.lines.len()),
            whole - expected
        );
        if let Some(rest) = rest {
            assert_eq!(rest.lines[0].y, 0.0);
        }
    }

    #[test]
    fn no_line_of_a_paragraph_is_left_alone() {
        check(&[5], 50.0, 5);
        check(&[5], 40.0, 3);
        check(&[3], 20.0, 2);
        check(&[2, 3], 30.0, 2);
        check(&[2, 3], 40.0, 2);
        check(&[2, 4], 40.0, 4);
    }

    #[test]
    fn splitting_makes_progress() {
        check(&[4], 0.0, 1);
        check(&[1, 1], 5.0, 1);
    }
}
