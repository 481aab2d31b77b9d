//! The board of the procedures of a field: name, code, time limit and fee of each.
//!
//! A table without boxes: a heavy rule above, hairlines between, the time in bold. Procedures that may
//! not be posted on the day are left out. Invariant: pages are filled evenly, so that the last is not
//! almost empty, and a row is parted only where it alone is higher than a page.

mod collation;
mod row;

use motcua_show::Procedure;
use motcua_show::item::Board;

use crate::context::Scene;
use crate::geometry::Rect;
use crate::page::{Element, Page, Role};
use crate::parts;
use crate::style::Style;
use crate::typesetter::Typesetter;
use crate::words::filled;

use super::procedure::{HEADLINE_SLACK, clean, shortened};

use self::row::{Answers, Columns, Piece};

/// Sizes of the headline, largest first.
const SIZES: [f32; 4] = [92.0, 84.0, 72.0, 60.0];
/// Part of the body's height that the headline may take.
const HEADLINE_SHARE: f32 = 0.28;
/// Space between columns.
const BETWEEN_COLUMNS: f32 = 36.0;
/// Parts of the body's width that time limit ("Trong ngày làm việc") and fee may take.
const TIME_SHARE: f32 = 0.29;
const FEE_SHARE: f32 = 0.235;
/// The time limit's part of the width where both stand under the name.
const UPRIGHT_TIME_SHARE: f32 = 0.52;
/// Space between the headline and the columns' heads.
const AFTER_HEADLINE: f32 = 8.0;
/// Space between the columns' heads and the heavy rule.
const ABOVE_RULE: f32 = 10.0;
/// The heavy rule and the hairlines.
const HEAVY: f32 = 4.0;
const HAIRLINE: f32 = 2.0;
/// A body lower than this has no headline over its table: the eyebrow says the field.
const LOWEST_WITH_HEADLINE: f32 = 560.0;

/// The pages of a board; none while no procedure of the field is posted.
pub fn pages(typesetter: &mut Typesetter, scene: &Scene<'_>, board: &Board) -> Vec<Page> {
    let procedures = posted(scene, board);
    if procedures.is_empty() {
        return Vec::new();
    }
    let mut head = Vec::new();
    let top = heading(typesetter, scene, board, &mut head);
    let columns = columns(typesetter, scene, &procedures);
    let top = column_heads(typesetter, scene, &columns, top, &mut head);
    let whole = scene.body().bottom() - top;
    let numbered = whole - parts::page_number_height();
    let (pieces, codes): (Vec<Piece>, Vec<&str>) = procedures
        .iter()
        .flat_map(|procedure| {
            row::pieces(typesetter, scene, procedure, &columns, numbered - HAIRLINE)
                .into_iter()
                .map(|piece| (piece, procedure.base_code()))
        })
        .unzip();
    // A single page has no number and may use its place.
    let room = if filled_to(&pieces, whole).len() == 1 {
        whole
    } else {
        numbered
    };
    let mut pages: Vec<Page> = evenly(&pieces, room)
        .into_iter()
        .map(|rows| table(scene, &head, top, &pieces[rows.clone()], &codes[rows]))
        .collect();
    parts::number_pages(typesetter, scene, &mut pages);
    pages
}

/// The procedures of the field and level that are posted on the day, in the order of their names.
fn posted<'a>(scene: &Scene<'a>, board: &Board) -> Vec<&'a Procedure> {
    let context = scene.context;
    let mut found: Vec<&Procedure> = context
        .show
        .procedures
        .values()
        .filter(|procedure| bare(&procedure.field) == bare(&board.field))
        .filter(|procedure| {
            let at_level = |wanted: &str| {
                procedure
                    .level
                    .iter()
                    .any(|level| bare(level) == bare(wanted))
            };
            board.level.as_deref().is_none_or(at_level)
        })
        .filter(|procedure| procedure.is_posted_on(context.today))
        .collect();
    found.sort_by_cached_key(|procedure| {
        (collation::key(procedure.headline()), procedure.code.clone())
    });
    found
}

/// A field or level as it is compared: "Cấp xã" and "xã" are one.
fn bare(name: &str) -> String {
    let name = clean(name).trim().to_lowercase();
    name.strip_prefix("cấp ").map(str::to_owned).unwrap_or(name)
}

/// Sets eyebrow and headline; returns the lower edge.
fn heading(
    typesetter: &mut Typesetter,
    scene: &Scene<'_>,
    board: &Board,
    out: &mut Vec<Element>,
) -> f32 {
    let body = scene.body();
    let words = scene.words;
    let field = filled(&words.field_of, &[clean(&board.field).trim()]);
    let level: Vec<String> = board
        .level
        .as_deref()
        .map(|level| clean(level).trim().to_owned())
        .filter(|level| !level.is_empty())
        .map(|level| {
            if bare(&level) == level.to_lowercase() {
                filled(&words.level_of, &[&level])
            } else {
                level
            }
        })
        .into_iter()
        .collect();
    if body.height < LOWEST_WITH_HEADLINE {
        let field = shortened(
            typesetter,
            &field,
            Style::label_strong(Role::Accent),
            body.width,
            1,
        )
        .block;
        field.place(body.x, body.y, out);
        return body.y + field.height + 8.0;
    }
    let y = parts::eyebrow(typesetter, &words.posted_procedures, &level, body, out)
        + parts::AFTER_EYEBROW;
    let most = body.height * HEADLINE_SHARE;
    for size in SIZES {
        let headline = typesetter.block(&field, Style::headline(size), body.width - HEADLINE_SLACK);
        if headline.height <= most && (headline.lines.len() == 1 || size <= SIZES[1]) {
            headline.place(body.x, y, out);
            return y + headline.height + AFTER_HEADLINE;
        }
    }
    let style = Style::headline(SIZES[SIZES.len() - 1]);
    let lines = (most / style.leading).max(1.0) as usize;
    let headline = shortened(
        typesetter,
        &field,
        style,
        body.width - HEADLINE_SLACK,
        lines,
    )
    .block;
    headline.place(body.x, y, out);
    y + headline.height + AFTER_HEADLINE
}

/// The columns: time limit and fee as wide as they need, within their share.
fn columns(typesetter: &mut Typesetter, scene: &Scene<'_>, procedures: &[&Procedure]) -> Columns {
    let body = scene.body();
    if scene.is_portrait() {
        let time = body.width * UPRIGHT_TIME_SHARE;
        let fee_x = body.x + time + BETWEEN_COLUMNS;
        return Columns {
            name: (body.x, body.width),
            time: (body.x, time),
            fee: (fee_x, body.right() - fee_x),
            is_stacked: true,
        };
    }
    let mut time = typesetter
        .line(&scene.words.time_limit, Style::label())
        .width;
    let mut fee = typesetter.line(&scene.words.fee, Style::label()).width;
    for procedure in procedures {
        let answers = Answers::of(procedure, scene);
        time = time.max(
            typesetter
                .line(&answers.time.value, Style::body_strong())
                .width,
        );
        fee = fee.max(typesetter.line(&answers.fee.value, Style::body()).width);
    }
    let time = (time + 2.0).min(body.width * TIME_SHARE);
    let fee = (fee + 2.0).min(body.width * FEE_SHARE);
    let fee_x = body.right() - fee;
    let time_x = fee_x - BETWEEN_COLUMNS - time;
    Columns {
        name: (body.x, time_x - BETWEEN_COLUMNS - body.x),
        time: (time_x, time),
        fee: (fee_x, fee),
        is_stacked: false,
    }
}

/// Sets the columns' heads and the heavy rule; returns where the rows begin.
fn column_heads(
    typesetter: &mut Typesetter,
    scene: &Scene<'_>,
    columns: &Columns,
    y: f32,
    out: &mut Vec<Element>,
) -> f32 {
    let words = scene.words;
    let body = scene.body();
    let mut height: f32 = 0.0;
    let answers = [(&words.time_limit, columns.time), (&words.fee, columns.fee)];
    // Upright, the names need no head: they are the rows' first lines.
    let name = (!columns.is_stacked).then_some((&words.procedure, columns.name));
    for (word, (x, width)) in name.into_iter().chain(answers) {
        let head = typesetter.block(word, Style::label(), width);
        head.place(x, y, out);
        height = height.max(head.height);
    }
    let rule = y + height + ABOVE_RULE;
    out.push(Element::Fill {
        rect: Rect::new(body.x, rule, body.width, HEAVY),
        role: Role::Text,
        radius: 0.0,
    });
    rule + HEAVY
}

fn table(scene: &Scene<'_>, head: &[Element], top: f32, pieces: &[Piece], codes: &[&str]) -> Page {
    let body = scene.body();
    let mut elements = head.to_vec();
    let mut links = Vec::new();
    let mut y = top;
    for (piece, code) in pieces.iter().zip(codes) {
        piece.place(y, &mut elements);
        let row = Rect::new(body.x, y, body.width, piece.height);
        links.push((row, (*code).to_owned()));
        y += piece.height;
        let rule = Rect::new(body.x, y, body.width, HAIRLINE);
        elements.push(Element::Fill {
            rect: rule,
            role: Role::Line,
            radius: 0.0,
        });
        y += HAIRLINE;
    }
    Page {
        links,
        ..parts::page(elements)
    }
}

/// The pieces of each page: no more pages than are needed, and these filled as evenly as may be.
fn evenly(pieces: &[Piece], room: f32) -> Vec<std::ops::Range<usize>> {
    let count = filled_to(pieces, room).len();
    let (mut too_low, mut enough) = (0.0, room);
    while enough - too_low > 4.0 {
        let middle = f32::midpoint(too_low, enough);
        if filled_to(pieces, middle).len() <= count {
            enough = middle;
        } else {
            too_low = middle;
        }
    }
    filled_to(pieces, enough)
}

/// The pieces of each page, filled to `height`; every page has at least one.
fn filled_to(pieces: &[Piece], height: f32) -> Vec<std::ops::Range<usize>> {
    let mut pages = Vec::new();
    let (mut start, mut used) = (0, 0.0);
    for (index, piece) in pieces.iter().enumerate() {
        let needed = piece.height + HAIRLINE;
        if index > start && used + needed > height {
            pages.push(start..index);
            start = index;
            used = 0.0;
        }
        used += needed;
    }
    pages.push(start..pieces.len());
    pages
}
