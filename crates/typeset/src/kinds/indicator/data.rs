//! The values of an indicator as a chart needs them: finite, named, and with one of them in front.

use motcua_show::item::Indicator;

use crate::context::Scene;
use crate::words::filled;

use super::number::Format;

/// One value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Value {
    /// The year or name under it.
    pub at: String,
    pub value: f64,
    /// The value in words.
    pub written: String,
}

/// The values of one unit, at least one.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    pub name: String,
    pub is_ours: bool,
    pub values: Vec<Value>,
}

impl Line {
    /// The last value.
    pub(super) fn newest(&self) -> Option<&Value> {
        self.values.last()
    }
}

/// Everything that is drawn.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Data {
    /// At least one.
    pub lines: Vec<Line>,
    /// The least of the values, at most zero.
    pub least: f64,
    /// The end of the axis, greater than `least`.
    pub most: f64,
}

impl Data {
    /// The finite values of `indicator`; none where it has no such value.
    pub(super) fn of(indicator: &Indicator, scene: &Scene<'_>) -> Option<Self> {
        let points = || {
            indicator
                .series
                .iter()
                .flat_map(|series| &series.points)
                .filter(|point| point.value.is_finite())
        };
        let format = Format::of(points().map(|point| point.value), scene.language);
        let mut lines: Vec<Line> = indicator
            .series
            .iter()
            .map(|series| Line {
                name: series
                    .name
                    .as_ref()
                    .map_or("", |name| scene.text(name))
                    .trim()
                    .to_owned(),
                is_ours: series.highlight,
                values: series
                    .points
                    .iter()
                    .filter(|point| point.value.is_finite())
                    .map(|point| Value {
                        at: point.at.trim().to_owned(),
                        value: point.value,
                        written: format.write(point.value),
                    })
                    .collect(),
            })
            .filter(|line| !line.values.is_empty())
            .collect();
        if !lines.iter().any(|line| line.is_ours) {
            lines.first_mut()?.is_ours = true;
        }
        let least = points().map(|point| point.value).fold(0.0, f64::min);
        let greatest = points().map(|point| point.value).fold(0.0, f64::max);
        let said = indicator.max.filter(|max| max.is_finite()).unwrap_or(0.0);
        // Without an end of the axis the greatest value fills it: bars are compared with each other.
        let most = greatest.max(said);
        let most = if most > least { most } else { least + 1.0 };
        Some(Self { lines, least, most })
    }

    /// The line that is ours.
    pub(super) fn ours(&self) -> Option<&Line> {
        self.lines.iter().find(|line| line.is_ours)
    }

    /// How far along the axis a value stands, 0 to 1.
    pub(super) fn part(&self, value: f64) -> f32 {
        // Halved, lest the length of an axis from the least to the greatest number is infinite.
        let length = self.most / 2.0 - self.least / 2.0;
        ((value / 2.0 - self.least / 2.0) / length).clamp(0.0, 1.0) as f32
    }

    /// The years or names of all lines, in order of appearance.
    pub(super) fn places(&self) -> Vec<&str> {
        let mut places: Vec<&str> = Vec::new();
        for value in self.lines.iter().flat_map(|line| &line.values) {
            if !places.contains(&value.at.as_str()) {
                places.push(&value.at);
            }
        }
        places
    }
}

/// "điểm trên 100, năm 2024".
pub(super) fn unit_with_place(scene: &Scene<'_>, unit: &str, at: &str) -> String {
    let is_year = at.len() == 4 && at.bytes().all(|byte| byte.is_ascii_digit());
    let place = if is_year {
        filled(&scene.words.in_year, &[at])
    } else {
        at.to_owned()
    };
    [unit.trim(), place.as_str()]
        .into_iter()
        .filter(|text| !text.is_empty())
        .collect::<Vec<_>>()
        .join(", ")
}
