//! One row of a board: a procedure's name and code, its time limit and its fee.
//!
//! Invariant: the pieces of a row hold every word of it, and none is higher than the room of a page.

use motcua_show::Procedure;

use crate::block::Block;
use crate::context::Scene;
use crate::kinds::procedure::answers::{self, Answer};
use crate::kinds::procedure::{balanced, clean};
use crate::page::{Element, Weight};
use crate::style::Style;
use crate::typesetter::Typesetter;

/// Space above and below a row's text.
const PADDING: f32 = 8.0;
/// Space between a name and its code on one line.
const BEFORE_CODE: f32 = 28.0;
/// Space between the name and what stands under it, upright.
const UNDER_NAME: f32 = 4.0;
/// Lines of a fee in its column at most. A longer one loses its remark, and one that is still longer is
/// said with the procedure itself: a board is for finding, and five rows shall stand on a page.
const FEE_LINES: usize = 2;

/// Where the columns stand.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Columns {
    pub name: (f32, f32),
    pub time: (f32, f32),
    pub fee: (f32, f32),
    /// Whether time and fee stand under the name.
    pub is_stacked: bool,
}

/// What a row shows in the columns of time and fee.
pub(super) struct Answers {
    pub time: Answer,
    pub fee: Answer,
}

impl Answers {
    pub(super) fn of(procedure: &Procedure, scene: &Scene<'_>) -> Self {
        Self {
            time: answers::time_limit(procedure, scene.words),
            fee: answers::fee(procedure, scene.words),
        }
    }
}

/// A part of a row that stands on one page.
pub(super) struct Piece {
    blocks: Vec<(f32, f32, Block)>,
    pub height: f32,
}

impl Piece {
    /// Sets it with its upper edge at `y`; columns know their own x.
    pub(super) fn place(&self, y: f32, out: &mut Vec<Element>) {
        for (x, below, block) in &self.blocks {
            block.place(*x, y + PADDING + below, out);
        }
    }
}

/// The style of a name.
pub(super) fn name_style() -> Style {
    Style::body().weighing(Weight::SemiBold)
}

/// The row in as many pieces as pages of `room` make necessary.
pub(super) fn pieces(
    typesetter: &mut Typesetter,
    scene: &Scene<'_>,
    procedure: &Procedure,
    columns: &Columns,
    room: f32,
) -> Vec<Piece> {
    let answers = Answers::of(procedure, scene);
    let name = name(typesetter, procedure, columns.name.1);
    let time = cell(
        typesetter,
        &answers.time,
        Style::body_strong(),
        columns.time.1,
    );
    let mut fee = cell(typesetter, &answers.fee, Style::body(), columns.fee.1);
    if fee.lines.len() > FEE_LINES {
        fee = balanced(typesetter, &answers.fee.value, Style::body(), columns.fee.1);
    }
    if fee.lines.len() > FEE_LINES {
        fee = typesetter.block(&scene.words.see_procedure, Style::body(), columns.fee.1);
    }
    let room = room - 2.0 * PADDING;
    if columns.is_stacked {
        stacked(name, time, fee, columns, room)
    } else {
        side_by_side(name, time, fee, columns, room)
    }
}

fn side_by_side(name: Block, time: Block, fee: Block, columns: &Columns, room: f32) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = [Some(name), Some(time), Some(fee)];
    while rest.iter().any(Option::is_some) {
        let mut blocks = Vec::new();
        let mut height: f32 = 0.0;
        for (column, x) in rest
            .iter_mut()
            .zip([columns.name.0, columns.time.0, columns.fee.0])
        {
            if let Some(block) = column.take() {
                let (here, next) = block.split_at(room);
                height = height.max(here.height);
                blocks.push((x, 0.0, here));
                *column = next;
            }
        }
        pieces.push(Piece {
            blocks,
            height: height + 2.0 * PADDING,
        });
    }
    pieces
}

fn stacked(name: Block, time: Block, fee: Block, columns: &Columns, room: f32) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut name = Some(name);
    let below = UNDER_NAME + time.height.max(fee.height);
    while let Some(block) = name.take() {
        if block.height + below <= room {
            let y = block.height + UNDER_NAME;
            let height = block.height + below + 2.0 * PADDING;
            let blocks = vec![
                (columns.name.0, 0.0, block),
                (columns.time.0, y, time),
                (columns.fee.0, y, fee),
            ];
            pieces.push(Piece { blocks, height });
            return pieces;
        }
        // The last lines of the name stay with what stands under them.
        let (here, next) = if block.height <= room {
            let all = block.height;
            block.split_at(all - 2.0 * name_style().leading)
        } else {
            block.split_at(room)
        };
        pieces.push(Piece {
            height: here.height + 2.0 * PADDING,
            blocks: vec![(columns.name.0, 0.0, here)],
        });
        name = next;
    }
    pieces.extend(side_by_side(Block::default(), time, fee, columns, room));
    pieces
}

/// The name with its code, quiet, on the last line where it has room there, else below.
fn name(typesetter: &mut Typesetter, procedure: &Procedure, width: f32) -> Block {
    let mut name = typesetter.block(&clean(procedure.headline()), name_style(), width);
    let mut code = typesetter.block(&clean(&procedure.code), Style::label(), width);
    let Some(last) = name.lines.last_mut() else {
        return code;
    };
    let x = last.width() + BEFORE_CODE;
    if code.lines.len() == 1 && x + code.width <= width {
        let down = last.baseline() - code.first_baseline();
        last.runs
            .extend(code.lines.remove(0).runs.into_iter().map(|mut run| {
                run.rect.x += x;
                run.rect.y += down;
                run
            }));
        return Block::of(name.lines);
    }
    below(name, code)
}

fn cell(typesetter: &mut Typesetter, answer: &Answer, style: Style, width: f32) -> Block {
    let value = balanced(typesetter, &answer.value, style, width);
    let note = typesetter.block(&answer.note, Style::label(), width);
    below(value, note)
}

/// `lower` under `upper`, as one block.
fn below(upper: Block, lower: Block) -> Block {
    let down = upper.height;
    let paragraphs = upper.lines.last().map_or(0, |line| line.paragraph + 1);
    let mut lines = upper.lines;
    lines.extend(lower.lines.into_iter().map(|mut line| {
        line.y += down;
        line.paragraph += paragraphs;
        for run in &mut line.runs {
            run.rect.y += down;
        }
        line
    }));
    Block::of(lines)
}
