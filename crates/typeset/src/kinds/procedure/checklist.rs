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
use super::sections::{counts, one_line, paper_lines};
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
    detail_place: DetailPlace,
    has_box: bool,
    is_cut: bool,
    height: f32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DetailPlace {
    Beside,
    Below,
}

/// Sets the list in `area`; `page` is where the full list stands.
pub(super) fn place(
    typesetter: &mut Typesetter,
    scene: &Scene<'_>,
    procedure: &Procedure,
    area: Rect,
    page: Option<usize>,
    out: &mut Vec<Element>,
) {
    let words = scene.words;
    let cases: Vec<&Case> = procedure.cases.iter().filter(|case| !case.papers.is_empty()).collect();
    let count: usize = cases.iter().map(|case| case.papers.len()).sum();
    let mut top = Vec::new();
    let y = head(typesetter, procedure, words, (count > 0).then(|| sets(&cases, words)), area, &mut top);
    let reference = page.map(|page| filled(&words.all_papers, &[&count.to_string(), &page.to_string()]));
    let reference = typesetter.block(&reference.unwrap_or_default(), Style::label(), area.width);

    let (rows, shown) = best(typesetter, &cases, words, Rect { y, height: area.bottom() - y, ..area }, reference.height);
    if shown == 0 && count > 0 {
        // No room for a list: the reference alone, and where to hand it in, if they have room.
        let mut y = area.y;
        let receive_at = receive_at(typesetter, procedure, words, area.width);
        for block in [reference, receive_at] {
            if y + block.height <= area.bottom() {
                block.place(area.x, y, out);
                y += block.height;
            }
        }
        return;
    }
    if y <= area.bottom() {
        out.append(&mut top);
    }
    let mut y = y;
    for row in &rows[..shown] {
        row.place(area.x, y, out);
        y += row.height;
    }
    if shown < rows.len() || rows.iter().any(|row| row.is_cut) || boxes(&rows) < count {
        reference.place(area.x, y, out);
    }
}

/// The rows in the fullest form of which at least two fit, and how many fit.
fn best(
    typesetter: &mut Typesetter,
    cases: &[&Case],
    words: &Words,
    area: Rect,
    reference: f32,
) -> (Vec<Row>, usize) {
    let mut best: (Vec<Row>, usize) = (Vec::new(), 0);
    let mut most = 0;
    for (lines, titles) in [(LINES, Titles::Shown), (1, Titles::Shown), (1, Titles::LeftOut)] {
        let rows = rows(typesetter, cases, words, area.width, lines, titles);
        let height: f32 = rows.iter().map(|row| row.height).sum();
        let left_out = titles == Titles::LeftOut && cases.iter().any(|case| case.title.is_some());
        let is_whole = height <= area.height && !left_out && !rows.iter().any(|row| row.is_cut);
        let bottom = if is_whole { area.bottom() } else { area.bottom() - reference - BETWEEN };
        let shown = fitting(&rows, area.y, bottom);
        let papers = boxes(&rows[..shown]);
        if papers > most {
            most = papers;
            best = (rows, shown);
        }
        if most >= ENOUGH {
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
    LeftOut,
}

/// How many rows fit; a title is not the last of them.
fn fitting(rows: &[Row], top: f32, bottom: f32) -> usize {
    let mut y = top;
    let mut fitting = 0;
    for (index, row) in rows.iter().enumerate() {
        y += row.height;
        if y > bottom {
            break;
        }
        if row.has_box {
            fitting = index + 1;
        }
    }
    fitting
}

/// Sets "Giấy tờ mang theo" with the number of sets, and where to hand it in at the right.
///
/// Returns where the list begins.
fn head(
    typesetter: &mut Typesetter,
    procedure: &Procedure,
    words: &Words,
    papers: Option<String>,
    area: Rect,
    out: &mut Vec<Element>,
) -> f32 {
    let mut y = area.y;
    let mut right = area.x;
    let mut head_height = 0.0;
    if let Some(sets) = papers {
        let head = typesetter.block(&words.bring, Style::body_strong(), area.width);
        head.place(area.x, y, out);
        head_height = head.height;
        right += head.width;
        let sets = typesetter.line(&sets, Style::label());
        if right + BEFORE_DETAIL + sets.width <= area.right() {
            sets.place(right + BEFORE_DETAIL, y + head.height - Style::body().leading + beside(), out);
            right += BEFORE_DETAIL + sets.width;
        }
    }
    let place = receive_at(typesetter, procedure, words, area.width);
    if !place.is_empty() {
        if right + BESIDE_HEAD + place.width <= area.right() && place.lines.len() == 1 {
            place.place_right(area.right(), y + beside(), out);
            head_height = head_height.max(Style::body().leading);
        } else {
            place.place(area.x, y + head_height, out);
            head_height += place.height + BETWEEN;
        }
    }
    y += head_height;
    y + BETWEEN * 0.5
}

/// "Nộp tại quầy số 2"; empty where the office has not said it.
fn receive_at(typesetter: &mut Typesetter, procedure: &Procedure, words: &Words, width: f32) -> Block {
    let place = procedure.receive_at.as_deref().map(|place| one_line(&clean(place))).filter(|place| !place.is_empty());
    let said = place.map(|place| filled(&words.receive_at, &[&place])).unwrap_or_default();
    typesetter.block(&said, Style::label_strong(Role::Accent), width)
}

/// How much lower a label begins than body text on the same baseline.
fn beside() -> f32 {
    baseline(Style::body()) - baseline(Style::label())
}

/// From the top of a line to its baseline: the box of the family lies around the middle of the line, its
/// baseline 0.305 em below its centre.
fn baseline(style: Style) -> f32 {
    style.leading / 2.0 + 0.305 * style.size
}

/// "1 bộ hồ sơ", where all cases agree.
fn sets(cases: &[&Case], words: &Words) -> String {
    let first = cases.first().and_then(|case| case.sets);
    let agree = cases.iter().all(|case| case.sets == first);
    first.filter(|_| agree).map_or_else(String::new, |sets| filled(&words.sets, &[&sets.to_string()]))
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
    for case in cases {
        let title = case.title.as_deref().map(|title| one_line(&clean(title))).filter(|title| !title.is_empty());
        if let Some(title) = title.filter(|_| titles == Titles::Shown) {
            let style = Style::label_strong(Role::Text);
            let title = shortened(typesetter, &title, style, width, lines);
            let height = title.block.height + BETWEEN;
            rows.push(Row {
                name: title.block,
                detail: Block::default(),
                detail_place: DetailPlace::Below,
                has_box: false,
                is_cut: title.is_cut,
                height,
            });
        }
        rows.extend(case.papers.iter().map(|paper| row(typesetter, paper, words, width, lines)));
    }
    rows
}

fn row(typesetter: &mut Typesetter, paper: &Paper, words: &Words, width: f32, lines: usize) -> Row {
    let width = width - BOX - AFTER_BOX;
    let name: Vec<String> =
        paper_lines(paper).into_iter().map(|line| format!("{} {}", line.marker, line.text).trim().to_owned()).collect();
    let name = shortened(typesetter, &name.join(" "), Style::body(), width, lines);
    let has_form = paper.form.as_deref().is_some_and(|form| !form.trim().is_empty());
    let details: Vec<String> = has_form.then(|| words.form_at_counter.clone()).into_iter().chain(counts(paper, words)).collect();
    let detail = shortened(typesetter, &details.join(" · "), Style::label(), width, 1);
    let last = name.block.lines.last().map_or(0.0, crate::block::Line::width);
    let fits_beside = last + BEFORE_DETAIL + detail.block.width <= width;
    let detail_place = if fits_beside { DetailPlace::Beside } else { DetailPlace::Below };
    let below = if fits_beside { 0.0 } else { detail.block.height };
    Row {
        height: name.block.height + below + BETWEEN,
        is_cut: name.is_cut || detail.is_cut,
        name: name.block,
        detail: detail.block,
        detail_place,
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
        let Some(last) = self.name.lines.last() else { return };
        match self.detail_place {
            DetailPlace::Beside => self.detail.place(text_x + last.width() + BEFORE_DETAIL, y + last.y + beside(), out),
            DetailPlace::Below => self.detail.place(text_x, y + self.name.height, out),
        }
    }
}
