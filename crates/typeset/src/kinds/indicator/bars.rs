//! Upright bars from zero, each with its value above and its year below.
//!
//! Only the newest bar has the accent; where two series are compared, ours. Invariant: a bar's length is
//! its value's share of an axis that begins at zero.

use crate::block::Block;
use crate::geometry::Rect;
use crate::page::{Element, Role};
use crate::style::Style;
use crate::typesetter::Typesetter;

use super::data::Data;

/// The baseline.
const AXIS: f32 = 4.0;
/// Space between the baseline and the labels under it, and between a bar and its value.
const GAP: f32 = 8.0;
/// Part of its place that a bar fills.
const FILL: f32 = 0.82;
/// Width of a bar at most, lest a single one looks like a wall.
const WIDEST: f32 = 220.0;
/// Space between labels side by side, at least.
const BETWEEN_LABELS: f32 = 16.0;
/// Side of the square that shows a series' colour beside its name.
const SWATCH: f32 = 30.0;

/// A bar with its texts.
struct Bar {
    place: usize,
    series: usize,
    value: f64,
    written: Block,
    role: Role,
}

/// Draws the bars, where there are few enough for every label to have its room.
pub(super) fn draw(
    typesetter: &mut Typesetter,
    data: &Data,
    area: Rect,
    out: &mut Vec<Element>,
) -> Option<()> {
    let places = data.places();
    let series = data.lines.len();
    // Two colours tell two series apart, not three.
    if series > 2 || (series == 2 && data.lines.iter().any(|line| line.name.is_empty())) {
        return None;
    }
    let slot = area.width / places.len() as f32;
    let labels: Vec<Block> = places
        .iter()
        .map(|place| typesetter.line(place, Style::label()))
        .collect();
    if labels
        .iter()
        .any(|label| label.width + BETWEEN_LABELS > slot)
    {
        return None;
    }
    let bar_slot = slot * FILL / series as f32;
    let value_slot = if series == 1 { slot } else { bar_slot };
    let bars = [Style::body_strong(), Style::label_strong(Role::Text)]
        .into_iter()
        .find_map(|style| {
            let bars = bars(typesetter, data, &places, style);
            bars.iter()
                .all(|bar| bar.written.width + BETWEEN_LABELS <= value_slot)
                .then_some(bars)
        })?;

    let legend = if series == 2 {
        legend(typesetter, data, area, out)
    } else {
        0.0
    };
    let label_height = labels.iter().map(|label| label.height).fold(0.0, f32::max);
    let value_height = bars
        .iter()
        .map(|bar| bar.written.height)
        .fold(0.0, f32::max);
    let has_negative = data.least < 0.0;
    let top = area.y + legend + value_height;
    let foot = label_height + GAP + if has_negative { value_height } else { 0.0 };
    let bottom = area.bottom() - foot;
    let zero = bottom - data.part(0.0) * (bottom - top);
    let width = bar_slot.min(WIDEST);
    for bar in &bars {
        let centre = area.x
            + slot * (bar.place as f32 + 0.5)
            + (bar.series as f32 - (series as f32 - 1.0) / 2.0) * width;
        let end = bottom - data.part(bar.value) * (bottom - top);
        let (upper, lower) = if bar.value < 0.0 {
            (zero, end)
        } else {
            (end, zero)
        };
        let rect = Rect::new(centre - width / 2.0, upper, width, (lower - upper).max(1.0));
        out.push(Element::Fill {
            rect,
            role: bar.role,
            radius: 0.0,
        });
        let y = if bar.value < 0.0 {
            lower
        } else {
            upper - bar.written.height
        };
        bar.written.place_centred(centre, y, out);
    }
    let axis = Rect::new(area.x, zero, area.width, AXIS);
    out.push(Element::Fill {
        rect: axis,
        role: Role::Text,
        radius: 0.0,
    });
    for (index, label) in labels.iter().enumerate() {
        label.place_centred(
            area.x + slot * (index as f32 + 0.5),
            area.bottom() - label_height,
            out,
        );
    }
    Some(())
}

fn bars(typesetter: &mut Typesetter, data: &Data, places: &[&str], style: Style) -> Vec<Bar> {
    let is_compared = data.lines.len() > 1;
    let mut bars = Vec::new();
    for (series, line) in data.lines.iter().enumerate() {
        for (index, value) in line.values.iter().enumerate() {
            let is_newest = index + 1 == line.values.len();
            let is_accent = line.is_ours && (is_compared || is_newest);
            bars.push(Bar {
                place: places
                    .iter()
                    .position(|place| *place == value.at)
                    .unwrap_or(0),
                series,
                value: value.value,
                written: typesetter.line(&value.written, style),
                role: if is_accent {
                    Role::Accent
                } else {
                    Role::Series
                },
            });
        }
    }
    bars
}

/// Sets the names of the series with their colours; returns the height taken.
fn legend(typesetter: &mut Typesetter, data: &Data, area: Rect, out: &mut Vec<Element>) -> f32 {
    let mut y = area.y;
    for line in &data.lines {
        let name = typesetter.block(
            &line.name,
            Style::caption(),
            area.width - SWATCH - 2.0 * GAP,
        );
        let role = if line.is_ours {
            Role::Accent
        } else {
            Role::Series
        };
        let swatch = Rect::new(
            area.x,
            y + (Style::caption().leading - SWATCH) / 2.0,
            SWATCH,
            SWATCH,
        );
        out.push(Element::Fill {
            rect: swatch,
            role,
            radius: 0.0,
        });
        name.place(area.x + SWATCH + 2.0 * GAP, y, out);
        y += name.height + GAP;
    }
    y - area.y + GAP
}
