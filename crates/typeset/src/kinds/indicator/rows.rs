//! Bars that lie: one row for each value, its name at the left and its number at the end.
//!
//! For comparisons and for names or numbers too long to stand under and over upright bars; over as many
//! pages as the rows need. Invariant: all pages have one axis, and it begins at zero.

use crate::block::Block;
use crate::geometry::Rect;
use crate::kinds::procedure::shortened;
use crate::page::{Element, Role};
use crate::style::Style;
use crate::typesetter::Typesetter;

use super::data::Data;

/// Thickness of a bar.
const BAR: f32 = 54.0;
/// Space between two rows.
const BETWEEN: f32 = 18.0;
/// Space between name, bar and number.
const GAP: f32 = 20.0;
/// Lines that a name takes at most: a longer one is a sentence, and its beginning says who it is.
const NAME_LINES: usize = 4;
/// Part of the width that names may take.
const NAME_SHARE: f32 = 0.42;
/// Width of the line at zero.
const AXIS: f32 = 4.0;

/// The rows, laid out.
pub(super) struct Rows {
    rows: Vec<Row>,
    name_width: f32,
    value_width: f32,
}

struct Row {
    name: Block,
    written: Block,
    value: f64,
    role: Role,
}

impl Row {
    fn height(&self) -> f32 {
        self.name.height.max(BAR).max(self.written.height) + BETWEEN
    }
}

impl Rows {
    /// A row for each value of a single line, or for the newest value of each of several.
    pub(super) fn new(typesetter: &mut Typesetter, data: &Data, width: f32) -> Self {
        let entries: Vec<(String, &super::data::Value, bool)> = match data.lines.as_slice() {
            [only] => {
                let count = only.values.len();
                let row = |(index, value)| -> (String, &super::data::Value, bool) {
                    let value: &super::data::Value = value;
                    (value.at.clone(), value, index + 1 == count)
                };
                only.values.iter().enumerate().map(row).collect()
            }
            several => several
                .iter()
                .filter_map(|line| {
                    let newest = line.newest()?;
                    let name = if line.name.is_empty() {
                        newest.at.clone()
                    } else {
                        line.name.clone()
                    };
                    Some((name, newest, line.is_ours))
                })
                .collect(),
        };
        let natural = entries
            .iter()
            .map(|(name, ..)| typesetter.line(name, Style::label()).width)
            .fold(0.0, f32::max);
        let name_width = (natural + 2.0).min(width * NAME_SHARE);
        let rows: Vec<Row> = entries
            .into_iter()
            .map(|(name, value, is_accent)| {
                let style = if is_accent {
                    Style::label_strong(Role::Text)
                } else {
                    Style::label().coloured(Role::Text)
                };
                Row {
                    name: shortened(typesetter, &name, style, name_width, NAME_LINES).block,
                    written: typesetter.line(&value.written, Style::body_strong()),
                    value: value.value,
                    role: if is_accent {
                        Role::Accent
                    } else {
                        Role::Series
                    },
                }
            })
            .collect();
        let value_width = rows.iter().map(|row| row.written.width).fold(0.0, f32::max);
        Self {
            rows,
            name_width,
            value_width,
        }
    }

    /// Draws the rows from `start` on that fit in `area`, one at least; returns the next.
    pub(super) fn draw(
        &self,
        data: &Data,
        start: usize,
        area: Rect,
        out: &mut Vec<Element>,
    ) -> usize {
        let left = area.x + self.name_width + GAP;
        let length = (area.right() - left - GAP - self.value_width).max(1.0);
        let zero = left + data.part(0.0) * length;
        let mut y = area.y;
        let mut next = start;
        for row in &self.rows[start.min(self.rows.len())..] {
            let height = row.height();
            if next > start && y + height - BETWEEN > area.bottom() {
                break;
            }
            let middle = y + (height - BETWEEN) / 2.0;
            row.name.place(area.x, middle - row.name.height / 2.0, out);
            let end = left + data.part(row.value) * length;
            let rect = Rect::new(
                zero.min(end),
                middle - BAR / 2.0,
                (end - zero).abs().max(1.0),
                BAR,
            );
            out.push(Element::Fill {
                rect,
                role: row.role,
                radius: 0.0,
            });
            row.written
                .place(zero.max(end) + GAP, middle - row.written.height / 2.0, out);
            y += height;
            next += 1;
        }
        let axis = Rect::new(zero - AXIS, area.y, AXIS, (y - BETWEEN - area.y).max(0.0));
        out.push(Element::Fill {
            rect: axis,
            role: Role::Text,
            radius: 0.0,
        });
        next
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The height of all rows together.
    pub(super) fn height(&self) -> f32 {
        self.rows.iter().map(Row::height).sum::<f32>() - BETWEEN
    }
}
