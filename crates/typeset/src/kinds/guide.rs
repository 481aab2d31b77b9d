//! Guides: numbered steps that lead through a service.
//!
//! Steps stand one below the other; where they do not fit on one page so, in two columns; where they do
//! not fit so either, they go on over further pages, never one of them torn without need.

use motcua_show::item::Guide;

use crate::block::Block;
use crate::context::Scene;
use crate::flow::Flow;
use crate::geometry::Rect;
use crate::page::{Element, Page, Role};
use crate::parts::{self, Arrangement, QrPart};
use crate::style::{HEADLINES, LONG_HEADLINES, Style};
use crate::typesetter::Typesetter;

/// Sizes of the steps where they stand one below the other: few short steps are set larger.
const SIZES: &[f32] = &[68.0, 62.0, 58.0, 54.0, 50.0];
/// Size of the number of a step.
const NUMERAL: f32 = 84.0;
/// Space between the title and the first step, whose number stands higher than text.
const AFTER_TITLE: f32 = 36.0;
/// Space between the number and the step.
const AFTER_NUMERAL: f32 = 28.0;
/// Space between a step and the hairline under it, and again to the next step.
const AROUND_LINE: f32 = 16.0;
/// Hairlines.
const LINE: f32 = 2.0;
/// Space between two columns of steps.
const BETWEEN_COLUMNS: f32 = 56.0;
/// Space between the steps and a QR card under them.
const BEFORE_QR: f32 = 48.0;
/// Space between the title on a further page and the steps.
const AFTER_RUNNING_HEAD: f32 = 22.0;

/// One step laid out.
struct Step {
    numeral: Block,
    text: Block,
    indent: f32,
}

impl Step {
    fn height(&self) -> f32 {
        self.text.height.max(self.numeral.height * 0.8)
    }

    /// How far the number is moved so that it stands on the line of its step.
    fn numeral_drop(&self) -> f32 {
        self.text.first_baseline() - self.numeral.first_baseline()
    }

    fn place(&self, x: f32, y: f32, out: &mut Vec<Element>) {
        self.numeral.place(x, y + self.numeral_drop(), out);
        self.text.place(x + self.indent, y, out);
    }
}

/// The pages of a guide.
pub fn pages(typesetter: &mut Typesetter, scene: &Scene<'_>, guide: &Guide) -> Vec<Page> {
    let body = scene.body();
    let qr = guide.link.as_deref().map(|link| {
        let purpose = scene
            .optional(guide.link_purpose.as_ref())
            .unwrap_or(&scene.words.scan);
        if scene.is_portrait() {
            QrPart::new(typesetter, link, purpose, Arrangement::Beside, body.width)
        } else {
            QrPart::new(
                typesetter,
                link,
                purpose,
                Arrangement::Below,
                parts::columns(body).1.width,
            )
        }
    });
    let mut fixed = Vec::new();
    let column = match &qr {
        None => body,
        Some(qr) if scene.is_portrait() => {
            let y = body.bottom() - parts::page_number_height() - qr.height();
            qr.place(body.x, y, &mut fixed);
            Rect {
                height: y - BEFORE_QR - body.y,
                ..body
            }
        }
        Some(qr) => {
            let (text, side) = parts::columns(body);
            qr.place(side.x, side.y, &mut fixed);
            text
        }
    };
    let mut elements = fixed.clone();
    let top = parts::eyebrow(typesetter, &scene.words.guide, &[], column, &mut elements)
        + parts::AFTER_EYEBROW;
    let title = scene.text(&guide.title);
    let texts: Vec<&str> = guide.steps.iter().map(|step| scene.text(step)).collect();

    if let Some(page) = on_one_page(typesetter, title, &texts, column, top, &elements) {
        return vec![page];
    }
    // The page number has its line under the QR card, else under the steps.
    let is_beside = qr.as_ref().is_some_and(|qr| {
        scene.is_portrait() || qr.height() + parts::page_number_height() <= body.height
    });
    let free = if is_beside {
        0.0
    } else {
        parts::page_number_height()
    };
    let column = Rect {
        height: column.height - free,
        ..column
    };
    let mut pages = over_pages(typesetter, title, &texts, column, top, elements, &fixed);
    let right = if is_beside {
        body.right()
    } else {
        column.right()
    };
    parts::number_pages_before(typesetter, scene, right, &mut pages);
    pages
}

fn on_one_page(
    typesetter: &mut Typesetter,
    title: &str,
    texts: &[&str],
    column: Rect,
    top: f32,
    elements: &[Element],
) -> Option<Page> {
    // Steps that do not fit as one running text fit in no arrangement.
    let letters = typesetter.block(&texts.join(" "), Style::body(), column.width);
    if letters.height > column.bottom() - top {
        return None;
    }
    for &size in HEADLINES.iter().skip(1).chain(&LONG_HEADLINES[1..]) {
        let headline = typesetter.block(title, Style::headline(size), column.width);
        if headline.lines.len() > 2 && size > LONG_HEADLINES[0] {
            continue;
        }
        let y = top + headline.height + AFTER_TITLE;
        let place = Rect {
            y,
            height: column.bottom() - y,
            ..column
        };
        let steps =
            listed(typesetter, texts, place).or_else(|| in_two_columns(typesetter, texts, place));
        if let Some(steps) = steps {
            let mut elements = elements.to_vec();
            headline.place(column.x, top, &mut elements);
            elements.extend(steps);
            return Some(parts::page(elements));
        }
    }
    None
}

/// The steps one below the other, if they fit.
fn listed(typesetter: &mut Typesetter, texts: &[&str], place: Rect) -> Option<Vec<Element>> {
    for &size in SIZES {
        let steps = steps(typesetter, texts, size, place.width);
        let height: f32 = steps.iter().map(Step::height).sum::<f32>() + between(steps.len());
        if height <= place.height {
            let mut elements = Vec::new();
            let mut y = place.y;
            for (index, step) in steps.iter().enumerate() {
                if index > 0 {
                    y += AROUND_LINE;
                    elements.push(hairline(place.x, y, place.width));
                    y += LINE + AROUND_LINE;
                }
                step.place(place.x, y, &mut elements);
                y += step.height();
            }
            return Some(elements);
        }
    }
    None
}

/// The steps in two columns, read row by row, if there is width for them and they fit.
fn in_two_columns(
    typesetter: &mut Typesetter,
    texts: &[&str],
    place: Rect,
) -> Option<Vec<Element>> {
    let width = (place.width - BETWEEN_COLUMNS) / 2.0;
    // A narrower column would hold three words a line.
    if texts.len() < 3 || width < 560.0 {
        return None;
    }
    let steps = steps(typesetter, texts, Style::body().size, width);
    let rows: Vec<&[Step]> = steps.chunks(2).collect();
    let row_height = |row: &[Step]| row.iter().map(Step::height).fold(0.0, f32::max);
    let height: f32 = rows.iter().map(|row| row_height(row)).sum::<f32>() + between(rows.len());
    if height > place.height {
        return None;
    }
    let mut elements = Vec::new();
    let mut y = place.y;
    for (index, row) in rows.into_iter().enumerate() {
        if index > 0 {
            y += AROUND_LINE;
            elements.push(hairline(place.x, y, place.width));
            y += LINE + AROUND_LINE;
        }
        for (column, step) in row.iter().enumerate() {
            step.place(
                place.x + column as f32 * (width + BETWEEN_COLUMNS),
                y,
                &mut elements,
            );
        }
        y += row_height(row);
    }
    Some(elements)
}

fn over_pages(
    typesetter: &mut Typesetter,
    title: &str,
    texts: &[&str],
    column: Rect,
    top: f32,
    elements: Vec<Element>,
    fixed: &[Element],
) -> Vec<Page> {
    let sizes: Vec<f32> = HEADLINES
        .iter()
        .skip(2)
        .chain(&LONG_HEADLINES[1..])
        .copied()
        .collect();
    let room = (column.bottom() - top) * 0.5;
    let headline = typesetter.fit(
        title,
        &sizes,
        Style::headline(HEADLINES[2]),
        column.width,
        room,
    );
    let running = parts::running_head(typesetter, title, column.width);
    let steps = steps(typesetter, texts, Style::body().size, column.width);
    let mut flow = Flow::new(column, elements, top, |elements| {
        elements.extend(fixed.iter().cloned());
        running.place(column.x, column.y, elements);
        column.y + running.height + AFTER_RUNNING_HEAD
    });
    flow.block(headline, 0.0);
    flow.gap(AFTER_TITLE);
    for (index, step) in steps.into_iter().enumerate() {
        let height = step.height();
        if index > 0 && !flow.is_at_top() {
            if flow.left() >= height + 2.0 * AROUND_LINE + LINE {
                flow.advance(AROUND_LINE);
                let y = flow.y();
                flow.elements().push(hairline(column.x, y, column.width));
                flow.advance(LINE + AROUND_LINE);
            } else {
                flow.turn();
            }
        }
        flow.keep(height);
        let y = flow.y() + step.numeral_drop();
        step.numeral.place(column.x, y, flow.elements());
        flow.block(step.text, step.indent);
    }
    flow.finish()
}

fn steps(typesetter: &mut Typesetter, texts: &[&str], size: f32, width: f32) -> Vec<Step> {
    let numeral = Style::figure(NUMERAL).coloured(Role::Accent);
    let numerals: Vec<Block> = (1..=texts.len())
        .map(|number| typesetter.line(&number.to_string(), numeral))
        .collect();
    let indent = numerals
        .iter()
        .map(|numeral| numeral.width)
        .fold(0.0, f32::max)
        + AFTER_NUMERAL;
    texts
        .iter()
        .zip(numerals)
        .map(|(text, numeral)| {
            let text = typesetter.block(text, Style::body().at(size), width - indent);
            Step {
                numeral,
                text,
                indent,
            }
        })
        .collect()
}

fn between(rows: usize) -> f32 {
    rows.saturating_sub(1) as f32 * (LINE + 2.0 * AROUND_LINE)
}

fn hairline(x: f32, y: f32, width: f32) -> Element {
    Element::Fill {
        rect: Rect::new(x, y, width, LINE),
        role: Role::Line,
        radius: 0.0,
    }
}
