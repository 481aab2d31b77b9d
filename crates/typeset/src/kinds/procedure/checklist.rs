//! The papers to bring, as a list to tick off.

use motcua_show::procedure::{Case, Paper, Procedure};

use crate::block::Block;
use crate::context::Scene;
use crate::geometry::Rect;
use crate::page::{Element, Role};
use crate::style::Style;
use crate::typesetter::Typesetter;
use crate::words::{Words, filled};

use super::flow::{AFTER_BOX, BOX, tick_box};
use super::papers::{counts, paper_lines};
use super::sections::one_line;
use super::shorten::shortened;
use super::source::clean;

/// Lines that a paper takes here at most; its full text stands among the fields.
const LINES: usize = 2;
/// So many papers make a list worth showing.
const ENOUGH: usize = 2;
/// Space between two papers.
const BETWEEN: f32 = 14.0;
/// Space between a paper and what is said of it, on one line.
const BEFORE_DETAIL: f32 = 28.0;
/// Space between the head and what stands at the right of it.
const BESIDE_HEAD: f32 = 48.0;

/// One row of the list.
struct Row {
    name: Block,
    detail: Block,
    has_box: bool,
    is_cut: bool,
    height: f32,
}

/// Sets the list in `area`; `page` is where the full list stands, `receive_at` where it is handed in.
pub(super) fn place(
    typesetter: &mut Typesetter,
    scene: &Scene<'_>,
    procedure: &Procedure,
    receive_at: Block,
    area: Rect,
    page: Option<usize>,
    out: &mut Vec<Element>,
) {
    let words = scene.words;
    let cases: Vec<&Case> = procedure
        .cases
        .iter()
        .filter(|case| !case.papers.is_empty())
        .collect();
    let count: usize = cases.iter().map(|case| case.papers.len()).sum();
    let bring = if count > 0 { words.bring.as_str() } else { "" };
    let bring = typesetter.block(bring, Style::body_strong(), area.width);
    let reference = page
        .filter(|_| count > 0)
        .map(|page| filled(&words.all_papers, &[&count.to_string(), &page.to_string()]));
    let reference = typesetter.block(&reference.unwrap_or_default(), Style::label(), area.width);
    let sets = typesetter.line(&sets(&cases, words), Style::label());

    // All papers, with the number of sets; else the first of them and where the others stand.
    let mut head = Vec::new();
    let y = head_line(&bring, sets, &receive_at, area, &mut head);
    let whole = rows(typesetter, &cases, words, area.width, LINES, Titles::Shown);
    let is_whole = !whole.iter().any(|row| row.is_cut) && y + height(&whole) <= area.bottom();
    if is_whole {
        out.append(&mut head);
        place_rows(&whole, area.x, y, out);
        return;
    }
    head.clear();
    let y = head_line(&bring, reference.clone(), &receive_at, area, &mut head);
    let rows = best(
        typesetter,
        &cases,
        words,
        Rect {
            y,
            height: area.bottom() - y,
            ..area
        },
    );
    if !rows.is_empty() {
        out.append(&mut head);
        place_rows(&rows, area.x, y, out);
        return;
    }
    // No room for a list: the reference alone, and where to hand it in, if they have room.
    let mut y = area.y;
    for block in [reference, receive_at] {
        if y + block.height <= area.bottom() {
            block.place(area.x, y, out);
            y += block.height;
        }
    }
}

fn place_rows(rows: &[Row], x: f32, top: f32, out: &mut Vec<Element>) {
    let mut y = top;
    for row in rows {
        row.place(x, y, out);
        y += row.height;
    }
}

fn height(rows: &[Row]) -> f32 {
    rows.iter().map(|row| row.height).sum::<f32>() - BETWEEN
}

/// The rows that fit, in the fullest form in which there are enough of them.
fn best(typesetter: &mut Typesetter, cases: &[&Case], words: &Words, area: Rect) -> Vec<Row> {
    let mut best: Vec<Row> = Vec::new();
    for (lines, titles) in [
        (LINES, Titles::Shown),
        (1, Titles::Shown),
        (1, Titles::FirstCaseAlone),
    ] {
        let mut rows = rows(typesetter, cases, words, area.width, lines, titles);
        rows.truncate(fitting(&rows, area.height));
        if boxes(&rows) > boxes(&best) {
            best = rows;
        }
        if boxes(&best) >= ENOUGH {
            break;
        }
    }
    best
}

fn boxes(rows: &[Row]) -> usize {
    rows.iter().filter(|row| row.has_box).count()
}

/// Whether the cases are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Titles {
    Shown,
    /// The first case alone, which needs no name while no other stands beside it.
    FirstCaseAlone,
}

/// How many rows fit in `room`; a title is not the last of them.
fn fitting(rows: &[Row], room: f32) -> usize {
    let mut used = 0.0;
    let mut fitting = 0;
    for (index, row) in rows.iter().enumerate() {
        used += row.height;
        if used - BETWEEN > room {
            break;
        }
        if row.has_box {
            fitting = index + 1;
        }
    }
    fitting
}

/// Sets the head of the list with a remark beside it and, at the right or below, where it is handed in.
///
/// Returns where the list begins.
fn head_line(
    bring: &Block,
    remark: Block,
    receive_at: &Block,
    area: Rect,
    out: &mut Vec<Element>,
) -> f32 {
    bring.place(area.x, area.y, out);
    let mut y = area.y + bring.height;
    let mut below = Vec::new();
    let mut left = area.x + bring.width;
    if !remark.is_empty() {
        if remark.lines.len() == 1 && left + BEFORE_DETAIL + remark.width <= area.right() {
            remark.place(left + BEFORE_DETAIL, area.y + beside(bring, &remark), out);
            left += BEFORE_DETAIL + remark.width;
        } else {
            below.push(remark);
        }
    }
    if !receive_at.is_empty() {
        if receive_at.lines.len() == 1 && left + BESIDE_HEAD + receive_at.width <= area.right() {
            receive_at.place_right(area.right(), area.y + beside(bring, receive_at), out);
            y = y.max(area.y + Style::body().leading);
        } else {
            below.push(receive_at.clone());
        }
    }
    for block in below {
        block.place(area.x, y, out);
        y += block.height;
    }
    y + BETWEEN
}

/// "Nộp tại quầy số 2"; empty where the office has not said it.
pub(super) fn receive_at(
    typesetter: &mut Typesetter,
    scene: &Scene<'_>,
    procedure: &Procedure,
    width: f32,
) -> Block {
    let place = procedure
        .receive_at
        .as_deref()
        .map(|place| one_line(&clean(place)))
        .filter(|place| !place.is_empty());
    let said = place
        .map(|place| filled(&scene.words.receive_at, &[&place]))
        .unwrap_or_default();
    typesetter.block(&said, Style::label_strong(Role::Accent), width)
}

/// How much lower `small` begins so that it stands on the baseline of `large`.
fn beside(large: &Block, small: &Block) -> f32 {
    (large.first_baseline() - small.first_baseline()).max(0.0)
}

/// "1 bộ hồ sơ", where all cases agree.
fn sets(cases: &[&Case], words: &Words) -> String {
    let first = cases.first().and_then(|case| case.sets);
    let agree = cases.iter().all(|case| case.sets == first);
    first.filter(|_| agree).map_or_else(String::new, |sets| {
        filled(&words.sets, &[&sets.to_string()])
    })
}

fn rows(
    typesetter: &mut Typesetter,
    cases: &[&Case],
    words: &Words,
    width: f32,
    lines: usize,
    titles: Titles,
) -> Vec<Row> {
    let mut rows = Vec::new();
    let shown = match titles {
        Titles::Shown => cases.len(),
        Titles::FirstCaseAlone => 1,
    };
    for case in cases.iter().take(shown) {
        let title = case
            .title
            .as_deref()
            .map(|title| one_line(&clean(title)))
            .filter(|title| !title.is_empty());
        if let Some(title) = title.filter(|_| titles == Titles::Shown) {
            let style = Style::label_strong(Role::Text);
            let title = shortened(typesetter, &title, style, width, lines);
            let height = title.block.height + BETWEEN;
            rows.push(Row {
                name: title.block,
                detail: Block::default(),
                has_box: false,
                is_cut: title.is_cut,
                height,
            });
        }
        rows.extend(
            case.papers
                .iter()
                .map(|paper| row(typesetter, paper, words, width, lines)),
        );
    }
    rows
}

fn row(typesetter: &mut Typesetter, paper: &Paper, words: &Words, width: f32, lines: usize) -> Row {
    let width = width - BOX - AFTER_BOX;
    let name: Vec<String> = paper_lines(paper)
        .into_iter()
        .map(|line| format!("{} {}", line.marker, line.text).trim().to_owned())
        .collect();
    let name = shortened(typesetter, &name.join(" "), Style::body(), width, lines);
    let has_form = paper
        .form
        .as_deref()
        .is_some_and(|form| !form.trim().is_empty());
    let details: Vec<String> = has_form
        .then(|| words.form_at_counter.clone())
        .into_iter()
        .chain(counts(paper, words))
        .collect();
    let last = name
        .block
        .lines
        .last()
        .map_or(0.0, crate::block::Line::width);
    let room = width - last - BEFORE_DETAIL;
    // As much of it as has room beside the name: the first things said are the ones to act on.
    let (detail, said) = (0..=details.len())
        .rev()
        .map(|count| {
            (
                typesetter.line(&details[..count].join(" · "), Style::label()),
                count,
            )
        })
        .find(|(detail, _)| detail.width <= room)
        .unwrap_or_default();
    Row {
        height: name.block.height.max(BOX) + BETWEEN,
        is_cut: name.is_cut || said < details.len(),
        name: name.block,
        detail,
        has_box: true,
    }
}

impl Row {
    fn place(&self, x: f32, y: f32, out: &mut Vec<Element>) {
        if !self.has_box {
            self.name.place(x, y, out);
            return;
        }
        let text_x = x + BOX + AFTER_BOX;
        out.push(tick_box(x, y + (Style::body().leading - BOX) / 2.0));
        self.name.place(text_x, y, out);
        if let Some(last) = self.name.lines.last() {
            self.detail.place(
                text_x + last.width() + BEFORE_DETAIL,
                y + last.baseline() - self.detail.first_baseline(),
                out,
            );
        }
    }
}
