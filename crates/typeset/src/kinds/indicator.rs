//! An indicator: the sentence says the finding, the newest value is seen first, the chart proves it.
//!
//! Left (above, on an upright screen) the sentence and the value with its unit and source, right (below)
//! the chart. Where they do not fit beside each other the chart has a page of its own. Invariant: every
//! value that is compared stands beside its bar or line, and axes begin at zero.

mod bars;
mod data;
mod lines;
mod number;
mod rows;

use motcua_show::item::{Chart, Indicator};

use crate::block::Block;
use crate::context::Scene;
use crate::flow::Flow;
use crate::geometry::Rect;
use crate::page::{Element, Page, Role};
use crate::parts;
use crate::style::Style;
use crate::typesetter::Typesetter;
use crate::words::filled;

use self::data::{Data, Value, unit_with_place};
use self::rows::Rows;

/// Sizes of the sentence, largest first.
const SIZES: [f32; 4] = [84.0, 80.0, 72.0, 60.0];
/// Sizes of the newest value, largest first.
const FIGURES: [f32; 6] = [200.0, 168.0, 136.0, 108.0, 84.0, 68.0];
/// Part of a wide body that the sentence takes; the chart has what is right of the gap.
const TEXT_SHARE: f32 = 0.41;
const GAP_SHARE: f32 = 0.045;
/// Space between the sentence and the value.
const BEFORE_FIGURE: f32 = 16.0;
/// Space between the value and its unit: a decimal comma hangs into it.
const UNDER_FIGURE: f32 = 4.0;
/// Space between the parts, upright.
const BETWEEN: f32 = 48.0;
/// The least height in which a chart still shows differences.
const LOWEST_CHART: f32 = 360.0;

/// The texts of an indicator in one language.
struct Texts {
    facts: Vec<String>,
    title: String,
    figure: String,
    /// The unit with the year, and the source.
    notes: Vec<String>,
}

/// The pages of an indicator.
pub fn pages(typesetter: &mut Typesetter, scene: &Scene<'_>, indicator: &Indicator) -> Vec<Page> {
    let data = Data::of(indicator, scene);
    let newest = data
        .as_ref()
        .and_then(Data::ours)
        .and_then(data::Line::newest);
    let texts = Texts::of(scene, indicator, newest);
    let together = data
        .as_ref()
        .and_then(|data| together(typesetter, scene, &texts, indicator.chart, data));
    let mut pages = together.map_or_else(
        || {
            let mut pages = texts.pages(typesetter, scene);
            if let Some(data) = &data {
                pages.extend(charts(typesetter, scene, &texts, indicator.chart, data));
            }
            pages
        },
        |page| vec![page],
    );
    parts::number_pages(typesetter, scene, &mut pages);
    pages
}

impl Texts {
    fn of(scene: &Scene<'_>, indicator: &Indicator, newest: Option<&Value>) -> Self {
        let unit = scene.text(&indicator.unit);
        let unit = unit_with_place(scene, unit, newest.map_or("", |value| &value.at));
        let source = scene
            .optional(indicator.source_note.as_ref())
            .map(|source| with_label(&scene.words.source, source))
            .unwrap_or_default();
        Self {
            facts: indicator
                .name_short
                .iter()
                .filter(|name| !name.trim().is_empty())
                .cloned()
                .collect(),
            title: scene.text(&indicator.title).to_owned(),
            figure: newest
                .map(|value| value.written.clone())
                .unwrap_or_default(),
            notes: [unit, source]
                .into_iter()
                .filter(|text| !text.is_empty())
                .collect(),
        }
    }

    /// The sentence, the value and its notes over as many pages as they need, without the chart.
    fn pages(&self, typesetter: &mut Typesetter, scene: &Scene<'_>) -> Vec<Page> {
        let body = scene.body();
        let column = Rect {
            height: body.height - parts::page_number_height(),
            ..body
        };
        let mut elements = Vec::new();
        let y = eyebrow(typesetter, scene, &self.facts, column, &mut elements);
        let headline = typesetter.fit(
            &self.title,
            &SIZES,
            Style::headline(SIZES[0]),
            column.width,
            column.bottom() - y,
        );
        let figure = self.figure(typesetter, column.width, column.height * 0.5);
        let notes = self.notes(typesetter, column.width);
        let mut flow = Flow::new(column, elements, y, |_| column.y);
        flow.block(headline, 0.0);
        flow.gap(BETWEEN * 0.5);
        flow.keep(figure.height);
        flow.block(figure, 0.0);
        flow.gap(UNDER_FIGURE);
        for note in notes {
            flow.block(note, 0.0);
        }
        flow.finish()
    }

    /// The newest value as large as `width` and `height` allow.
    fn figure(&self, typesetter: &mut Typesetter, width: f32, height: f32) -> Block {
        let mut figure = Block::default();
        for size in FIGURES {
            // Figures have no marks above or below: they stand closer than text.
            let style = Style {
                leading: size * 1.04,
                ..Style::figure(size).coloured(Role::Accent)
            };
            figure = typesetter.block(&self.figure, style, width);
            if figure.lines.len() <= 1 && figure.height <= height {
                break;
            }
        }
        figure
    }

    /// The unit and the source, one below the other.
    fn notes(&self, typesetter: &mut Typesetter, width: f32) -> Vec<Block> {
        self.notes
            .iter()
            .map(|note| typesetter.block(note, Style::label(), width))
            .collect()
    }
}

/// "Nguồn: …", unless the author begins with that word.
fn with_label(word: &str, source: &str) -> String {
    let label = word
        .split("{0}")
        .next()
        .unwrap_or_default()
        .trim()
        .to_lowercase();
    let says_so = !label.is_empty() && source.trim_start().to_lowercase().starts_with(&label);
    if says_so {
        source.to_owned()
    } else {
        filled(word, &[source])
    }
}

fn eyebrow(
    typesetter: &mut Typesetter,
    scene: &Scene<'_>,
    facts: &[String],
    place: Rect,
    out: &mut Vec<Element>,
) -> f32 {
    parts::eyebrow(typesetter, &scene.words.indicator, facts, place, out) + parts::AFTER_EYEBROW
}

/// Sentence, value and chart on one page, where the sentence stays readable and every label has its room.
fn together(
    typesetter: &mut Typesetter,
    scene: &Scene<'_>,
    texts: &Texts,
    chart: Chart,
    data: &Data,
) -> Option<Page> {
    let body = scene.body();
    let is_portrait = scene.is_portrait();
    let text = if is_portrait {
        body
    } else {
        Rect {
            width: body.width * TEXT_SHARE,
            ..body
        }
    };
    let mut elements = Vec::new();
    let top = eyebrow(typesetter, scene, &texts.facts, body, &mut elements);
    let notes = texts.notes(typesetter, text.width);
    let notes_height: f32 = notes.iter().map(|note| note.height).sum();
    let left = text.bottom()
        - top
        - notes_height
        - UNDER_FIGURE
        - if is_portrait {
            LOWEST_CHART + 2.0 * BETWEEN
        } else {
            0.0
        };
    let (headline, figure) = sentence_and_figure(typesetter, texts, text.width, left)?;
    headline.place(text.x, top, &mut elements);

    // Upright all stand one below the other; else value and notes stand on the foot of the page.
    let figure_y = if is_portrait {
        top + headline.height + BEFORE_FIGURE
    } else {
        body.bottom() - notes_height - UNDER_FIGURE - figure.height
    };
    figure.place(text.x, figure_y, &mut elements);
    let notes_y = figure_y + figure.height + UNDER_FIGURE;
    let mut y = notes_y;
    for note in &notes {
        note.place(text.x, y, &mut elements);
        y += note.height;
    }
    let area = if is_portrait {
        Rect {
            y: y + BETWEEN,
            height: body.bottom() - y - BETWEEN,
            ..body
        }
    } else {
        let x = body.x + body.width * (TEXT_SHARE + GAP_SHARE);
        Rect {
            x,
            y: top,
            width: body.right() - x,
            height: body.bottom() - top,
        }
    };
    if area.height < LOWEST_CHART.min(body.height * 0.8) {
        return None;
    }
    draw(typesetter, chart, data, area, &mut elements)?;
    Some(parts::page(elements))
}

/// The largest sentence beside which the value keeps a size that is seen first.
fn sentence_and_figure(
    typesetter: &mut Typesetter,
    texts: &Texts,
    width: f32,
    height: f32,
) -> Option<(Block, Block)> {
    for size in SIZES {
        let headline = typesetter.block(&texts.title, Style::headline(size), width);
        let room = height - headline.height - BEFORE_FIGURE;
        // The sentence steps down before the value does, as far as it stays a headline.
        let least = if size > SIZES[2] {
            FIGURES[0]
        } else {
            FIGURES[FIGURES.len() - 1]
        };
        if room < least {
            continue;
        }
        let figure = texts.figure(typesetter, width, room);
        if figure.lines.len() <= 1 && figure.height <= room {
            return Some((headline, figure));
        }
    }
    None
}

/// Draws the chart in `area`, where all of it has room there.
fn draw(
    typesetter: &mut Typesetter,
    chart: Chart,
    data: &Data,
    area: Rect,
    out: &mut Vec<Element>,
) -> Option<()> {
    let drawn = out.len();
    let is_single_comparison =
        data.lines.len() > 1 && data.lines.iter().all(|line| line.values.len() == 1);
    if !is_single_comparison {
        let upright = match chart {
            Chart::Bars => bars::draw(typesetter, data, area, out).or_else(|| {
                out.truncate(drawn);
                // Several series over time, too many to stand side by side.
                (data.lines.len() > 1)
                    .then(|| lines::draw(typesetter, data, area, out))
                    .flatten()
            }),
            Chart::Lines => lines::draw(typesetter, data, area, out).or_else(|| {
                out.truncate(drawn);
                bars::draw(typesetter, data, area, out)
            }),
        };
        if upright.is_some() {
            return upright;
        }
        out.truncate(drawn);
    }
    let rows = Rows::new(typesetter, data, area.width);
    if rows.height() > area.height {
        return None;
    }
    // A few rows stand in the middle of the page rather than under its upper edge.
    let spare = area.height - rows.height();
    rows.draw(
        data,
        0,
        Rect {
            y: area.y + spare / 2.0,
            height: rows.height() + 1.0,
            ..area
        },
        out,
    );
    Some(())
}

/// The chart on pages of its own, with the sentence small on top.
fn charts(
    typesetter: &mut Typesetter,
    scene: &Scene<'_>,
    texts: &Texts,
    chart: Chart,
    data: &Data,
) -> Vec<Page> {
    let body = scene.body();
    let title = parts::running_head(typesetter, &texts.title, body.width);
    let top = body.y + title.height + BETWEEN * 0.5;
    let area = Rect {
        y: top,
        height: body.bottom() - parts::page_number_height() - top,
        ..body
    };
    let mut elements = Vec::new();
    title.place(body.x, body.y, &mut elements);
    if draw(typesetter, chart, data, area, &mut elements).is_some() {
        return vec![parts::page(elements)];
    }
    let rows = Rows::new(typesetter, data, area.width);
    let mut pages = Vec::new();
    let mut next = 0;
    while next < rows.len() {
        let mut elements = Vec::new();
        title.place(body.x, body.y, &mut elements);
        next = rows.draw(data, next, area, &mut elements);
        pages.push(parts::page(elements));
    }
    pages
}
