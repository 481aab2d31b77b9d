//! The row of answers under the headline: how long, how much, how to file.
//!
//! Three cells between a heavy rule and a hairline, or one below the other where the column is narrow.
//! Values are figures where they fit, body text where they are sentences, and a reference to the page
//! that says all where even that would not fit: an answer is never cut short.

use crate::block::Block;
use crate::geometry::Rect;
use crate::page::{Element, Role};
use crate::style::Style;
use crate::typesetter::Typesetter;

use super::answers::Answer;
use super::flow::{HAIRLINE, HEAVY};
use super::shorten::balanced;

/// A question with its answer.
#[derive(Debug, Clone)]
pub(super) struct Fact {
    pub label: String,
    pub answer: Answer,
    /// What stands in place of an answer that is too long.
    pub elsewhere: String,
}

/// Size of an answer that is seen first.
const FIGURE: f32 = 68.0;
/// Space between a hairline and the text on either side of it.
const PADDING: f32 = 34.0;
/// Space between the rules and the text.
const ABOVE: f32 = 20.0;
const BELOW: f32 = 22.0;
/// Lines that a note takes at most.
const NOTE_LINES: usize = 2;
/// The values' styles with the number of lines that each may take, best first.
const STYLES: [(Style, usize); 4] = [
    (Style::figure(FIGURE), 1),
    (Style::figure(FIGURE), 2),
    (Style::body_strong(), 3),
    // Where the screen is so low that only one line has room.
    (Style::label_strong(Role::Text), 1),
];

/// The cells, laid out.
pub(super) struct Facts {
    cells: Vec<Cell>,
    arrangement: Arrangement,
    pub height: f32,
    width: f32,
}

struct Cell {
    label: Block,
    value: Block,
    note: Block,
    x: f32,
    width: f32,
}

/// How the cells stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arrangement {
    /// Side by side.
    Row,
    /// One below the other.
    Stack,
}

impl Cell {
    fn height(&self) -> f32 {
        ABOVE + self.label.height + self.value.height + self.note.height + BELOW
    }
}

impl Facts {
    pub(super) fn new(
        typesetter: &mut Typesetter,
        mut facts: Vec<Fact>,
        width: f32,
        max_height: f32,
        arrangement: Arrangement,
    ) -> Self {
        loop {
            let widths = widths(typesetter, &facts, width, arrangement);
            let mut last = None;
            for styles in [&STYLES[..], &STYLES[2..], &STYLES[3..]] {
                let (row, fit) =
                    Self::with(typesetter, &facts, &widths, styles, arrangement, width);
                if fit == Fit::Whole && row.height <= max_height {
                    return row;
                }
                last = Some(row);
            }
            // The longest answer gives way to a reference; when all have, they stand as they are.
            let longest = facts
                .iter_mut()
                .filter(|fact| fact.answer.value != fact.elsewhere)
                .max_by_key(|fact| {
                    fact.answer.value.chars().count() + fact.answer.note.chars().count()
                });
            let (Some(fact), Some(row)) = (longest, last) else {
                return Self::with(
                    typesetter,
                    &facts,
                    &widths,
                    &STYLES[3..],
                    arrangement,
                    width,
                )
                .0;
            };
            if fact.answer.note.is_empty()
                || fact.answer.note == fact.elsewhere
                || row.height > max_height
            {
                fact.answer = Answer {
                    value: fact.elsewhere.clone(),
                    note: String::new(),
                };
            } else {
                fact.answer.note.clone_from(&fact.elsewhere);
            }
        }
    }

    fn with(
        typesetter: &mut Typesetter,
        facts: &[Fact],
        widths: &[f32],
        styles: &[(Style, usize)],
        arrangement: Arrangement,
        width: f32,
    ) -> (Self, Fit) {
        let (cells, fits): (Vec<Cell>, Vec<Fit>) = facts
            .iter()
            .zip(widths)
            .map(|(fact, &width)| cell(typesetter, fact, styles, width))
            .unzip();
        let fit = if fits.contains(&Fit::TooLong) {
            Fit::TooLong
        } else {
            Fit::Whole
        };
        (Self::of(cells, arrangement, width), fit)
    }

    fn of(mut cells: Vec<Cell>, arrangement: Arrangement, width: f32) -> Self {
        let height = match arrangement {
            Arrangement::Row => {
                let mut x = 0.0;
                for cell in &mut cells {
                    cell.x = x;
                    x += cell.width + 2.0 * PADDING;
                }
                cells.iter().map(Cell::height).fold(0.0, f32::max)
            }
            Arrangement::Stack => {
                cells.iter().map(Cell::height).sum::<f32>()
                    + HAIRLINE * cells.len().saturating_sub(1) as f32
            }
        };
        Self {
            cells,
            arrangement,
            height: HEAVY + height + HAIRLINE,
            width,
        }
    }

    /// Sets the cells with their rules, the upper one at `y`.
    pub(super) fn place(&self, x: f32, y: f32, out: &mut Vec<Element>) {
        fill(Rect::new(x, y, self.width, HEAVY), Role::Text, out);
        let top = y + HEAVY;
        let bottom = y + self.height - HAIRLINE;
        fill(Rect::new(x, bottom, self.width, HAIRLINE), Role::Line, out);
        let mut cell_top = top;
        for (index, cell) in self.cells.iter().enumerate() {
            if index > 0 {
                let rule = match self.arrangement {
                    Arrangement::Row => {
                        Rect::new(x + cell.x - PADDING, top, HAIRLINE, bottom - top)
                    }
                    Arrangement::Stack => Rect::new(x, cell_top, self.width, HAIRLINE),
                };
                fill(rule, Role::Line, out);
            }
            if self.arrangement == Arrangement::Stack && index > 0 {
                cell_top += HAIRLINE;
            }
            let mut text_y = cell_top + ABOVE;
            for block in [&cell.label, &cell.value, &cell.note] {
                block.place(x + cell.x, text_y, out);
                text_y += block.height;
            }
            if self.arrangement == Arrangement::Stack {
                cell_top += cell.height();
            }
        }
    }
}

fn fill(rect: Rect, role: Role, out: &mut Vec<Element>) {
    out.push(Element::Fill {
        rect,
        role,
        radius: 0.0,
    });
}

/// The widths of the cells' texts: equal where that is enough for all, else the short ones take what
/// they need and the long ones share the rest.
fn widths(
    typesetter: &mut Typesetter,
    facts: &[Fact],
    width: f32,
    arrangement: Arrangement,
) -> Vec<f32> {
    if arrangement == Arrangement::Stack {
        return vec![width; facts.len()];
    }
    let whole = width - 2.0 * PADDING * facts.len().saturating_sub(1) as f32;
    let mut needs: Vec<f32> = facts
        .iter()
        .map(|fact| need(typesetter, fact, Lines::One))
        .collect();
    if needs.iter().sum::<f32>() <= whole {
        return share(&needs, whole);
    }
    // As few values as possible take a second line, the longest first.
    let wrapped: Vec<f32> = facts
        .iter()
        .zip(&needs)
        .map(|(fact, &one_line)| need(typesetter, fact, Lines::Two).min(one_line))
        .collect();
    let mut by_length: Vec<usize> = (0..facts.len()).collect();
    by_length.sort_by(|&a, &b| needs[b].total_cmp(&needs[a]));
    let sum: f32 = needs.iter().sum();
    if let Some(&index) = by_length
        .iter()
        .find(|&&index| sum - needs[index] + wrapped[index] <= whole)
    {
        needs[index] = wrapped[index];
        return share(&needs, whole);
    }
    for index in by_length {
        if needs.iter().sum::<f32>() > whole {
            needs[index] = wrapped[index];
        }
    }
    share(&needs, whole)
}

/// How many lines a value takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lines {
    One,
    Two,
}

/// The width that a cell needs for its value to take so many lines.
fn need(typesetter: &mut Typesetter, fact: &Fact, lines: Lines) -> f32 {
    let style = Style::figure(FIGURE);
    let whole = typesetter.line(&fact.answer.value, style).width + 1.0;
    let value = if lines == Lines::Two {
        // As wide as the first line break that leaves two lines allows.
        balanced(typesetter, &fact.answer.value, style, whole - 2.0).width + 1.0
    } else {
        whole
    };
    let label = typesetter.line(&fact.label, Style::label()).width;
    // A note may take two lines.
    let note = typesetter.line(&fact.answer.note, Style::label()).width * 0.55;
    value.max(label).max(note) + 1.0
}

/// Shares `whole` out so that nobody who needs less than an equal part gets less than he needs.
fn share(needs: &[f32], whole: f32) -> Vec<f32> {
    let equal = whole / needs.len().max(1) as f32;
    if needs.iter().all(|&need| need <= equal) {
        return vec![equal; needs.len()];
    }
    let sum: f32 = needs.iter().sum();
    if sum <= whole {
        let spare = (whole - sum) / needs.len() as f32;
        return needs.iter().map(|need| need + spare).collect();
    }
    let mut open: Vec<usize> = (0..needs.len()).collect();
    let mut left = whole;
    let mut widths = needs.to_vec();
    loop {
        let part = left / open.len() as f32;
        let small: Vec<usize> = open
            .iter()
            .copied()
            .filter(|&index| needs[index] < part)
            .collect();
        if small.is_empty() || small.len() == open.len() {
            for &index in &open {
                widths[index] = part;
            }
            return widths;
        }
        for index in small {
            left -= needs[index];
            open.retain(|&other| other != index);
        }
    }
}

/// Whether an answer stands in its cell as it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fit {
    Whole,
    TooLong,
}

/// The cell in the best style in which its value takes few lines and no word is torn.
fn cell(
    typesetter: &mut Typesetter,
    fact: &Fact,
    styles: &[(Style, usize)],
    width: f32,
) -> (Cell, Fit) {
    let label = typesetter.block(&fact.label, Style::label(), width);
    let note = typesetter.block(&fact.answer.note, Style::label(), width);
    let mut value = Block::default();
    let mut fit = Fit::TooLong;
    for &(style, lines) in styles {
        value = balanced(typesetter, &fact.answer.value, style, width);
        let is_torn = fact
            .answer
            .value
            .split_whitespace()
            .any(|word| typesetter.line(word, style).width > width + 0.5);
        if value.lines.len() <= lines && !is_torn && note.lines.len() <= NOTE_LINES {
            fit = Fit::Whole;
            break;
        }
    }
    (
        Cell {
            label,
            value,
            note,
            x: 0.0,
            width,
        },
        fit,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_answers_keep_what_they_need() {
        assert_eq!(share(&[100.0, 200.0, 50.0], 900.0), [300.0, 300.0, 300.0]);
        assert_eq!(share(&[100.0, 500.0, 100.0], 1000.0), [200.0, 600.0, 200.0]);
        assert_eq!(
            share(&[100.0, 2000.0, 1500.0], 1000.0),
            [100.0, 450.0, 450.0]
        );
    }
}
