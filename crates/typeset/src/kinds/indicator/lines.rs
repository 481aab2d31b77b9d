//! Lines over time, each with its name and newest value at its end.
//!
//! Ours is thicker and has the accent; names stand at the ends, so that no colour has to be looked up.
//! The axis begins at zero, or at the least value where that is below zero.

use crate::block::Block;
use crate::geometry::Rect;
use crate::page::{Element, Role};
use crate::style::Style;
use crate::typesetter::Typesetter;

use super::data::{Data, Line};

/// Widths of strokes: the axis, the lines of others, ours.
const AXIS: f32 = 4.0;
const OTHERS: f32 = 6.0;
const OURS: f32 = 10.0;
/// Diameter of the dot at the end of a line.
const DOT: f32 = 26.0;
/// Space around labels.
const GAP: f32 = 16.0;
/// Part of the width that the labels at the ends may take.
const LABEL_SHARE: f32 = 0.45;

/// Draws the lines, where every one has its label; the chart needs two places and a line through them.
pub(super) fn draw(
    typesetter: &mut Typesetter,
    data: &Data,
    area: Rect,
    out: &mut Vec<Element>,
) -> Option<()> {
    let places = data.places();
    if places.len() < 2 || data.lines.iter().any(|line| line.values.len() < 2) {
        return None;
    }
    let labels = labels(typesetter, data, area.width * LABEL_SHARE);
    let label_width = labels.iter().map(|label| label.width).fold(0.0, f32::max);
    let under = places_under(typesetter, &places);
    let under_height = under.iter().map(|label| label.height).fold(0.0, f32::max);
    let half_under = under.iter().map(|label| label.width).fold(0.0, f32::max) / 2.0;
    let label_height = labels.iter().map(|label| label.height).fold(0.0, f32::max);
    let left = area.x + half_under.max(DOT);
    let right = area.right() - (label_width + GAP + DOT / 2.0).max(half_under);
    let top = area.y + label_height / 2.0;
    let bottom = area.bottom() - under_height - GAP / 2.0;
    let needed: f32 = labels.iter().map(|label| label.height).sum();
    if needed > bottom - area.y || right - left < 200.0 {
        return None;
    }
    let x = |index: usize| left + (right - left) * index as f32 / (places.len() - 1) as f32;
    let y = |value: f64| bottom - data.part(value) * (bottom - top);
    let points = |line: &Line| -> Vec<(f32, f32)> {
        let mut points: Vec<(usize, f64)> = line
            .values
            .iter()
            .map(|value| {
                (
                    places
                        .iter()
                        .position(|place| *place == value.at)
                        .unwrap_or(0),
                    value.value,
                )
            })
            .collect();
        points.sort_by_key(|(place, _)| *place);
        points
            .into_iter()
            .map(|(place, value)| (x(place), y(value)))
            .collect()
    };

    let axis = Rect::new(
        area.x,
        y(0.0) - AXIS / 2.0,
        right - area.x + DOT / 2.0,
        AXIS,
    );
    out.push(Element::Fill {
        rect: axis,
        role: Role::Text,
        radius: 0.0,
    });
    // Ours last, so that it lies over the others.
    let (ours, others): (Vec<usize>, Vec<usize>) =
        (0..data.lines.len()).partition(|&index| data.lines[index].is_ours);
    let mut ends = vec![(0.0, 0.0); data.lines.len()];
    for index in others.into_iter().chain(ours) {
        let line = &data.lines[index];
        let (role, stroke) = if line.is_ours {
            (Role::Accent, OURS)
        } else {
            (Role::Series, OTHERS)
        };
        let points = points(line);
        let end = points.last().copied().unwrap_or_default();
        ends[index] = end;
        out.push(Element::Polyline {
            points,
            stroke,
            role,
        });
        let dot = Rect::new(end.0 - DOT / 2.0, end.1 - DOT / 2.0, DOT, DOT);
        out.push(Element::Fill {
            rect: dot,
            role,
            radius: DOT / 2.0,
        });
    }
    place_labels(
        &labels,
        &ends,
        right + DOT / 2.0 + GAP,
        (area.y, bottom),
        out,
    );
    place_under(&under, x, area.bottom() - under_height, out);
    Some(())
}

fn labels(typesetter: &mut Typesetter, data: &Data, width: f32) -> Vec<Block> {
    data.lines
        .iter()
        .map(|line| {
            let style = if line.is_ours {
                Style::label_strong(Role::Accent)
            } else {
                Style::label().coloured(Role::Text)
            };
            // Where it takes two lines, the name stands whole on the second.
            let newest = line.newest().map_or("", |value| &value.written);
            typesetter.block(
                &format!("**{newest}** {}", line.name.replace(' ', "\u{a0}")),
                style,
                width,
            )
        })
        .collect()
}

/// The labels under the axis: all, or every second, third … so that they keep apart.
fn places_under(typesetter: &mut Typesetter, places: &[&str]) -> Vec<Block> {
    places
        .iter()
        .map(|place| typesetter.line(place, Style::label()))
        .collect()
}

fn place_under(labels: &[Block], x: impl Fn(usize) -> f32, y: f32, out: &mut Vec<Element>) {
    let last = labels.len() - 1;
    let slot = x(1) - x(0);
    let widest = labels.iter().map(|label| label.width).fold(0.0, f32::max) + GAP;
    let step = ((widest / slot.max(1.0)).ceil() as usize).max(1);
    // Counted from the newest, which is the one looked for.
    for (index, label) in labels
        .iter()
        .enumerate()
        .filter(|(index, _)| (last - index).is_multiple_of(step))
    {
        label.place_centred(x(index), y, out);
    }
}

/// Sets the labels beside the ends of their lines, moved apart where they would lie over each other.
fn place_labels(
    labels: &[Block],
    ends: &[(f32, f32)],
    x: f32,
    (top, bottom): (f32, f32),
    out: &mut Vec<Element>,
) {
    let mut order: Vec<usize> = (0..labels.len()).collect();
    order.sort_by(|&a, &b| ends[a].1.total_cmp(&ends[b].1));
    let mut tops = vec![0.0; labels.len()];
    let mut lowest = top;
    for &index in &order {
        tops[index] = (ends[index].1 - labels[index].height / 2.0).max(lowest);
        lowest = tops[index] + labels[index].height;
    }
    let mut highest = bottom;
    for &index in order.iter().rev() {
        let most = highest - labels[index].height;
        if tops[index] > most {
            tops[index] = most;
        }
        highest = tops[index];
    }
    for (label, &y) in labels.iter().zip(&tops) {
        label.place(x, y, out);
    }
}
