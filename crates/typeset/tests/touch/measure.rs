//! What must hold of the panels of every page.

use std::collections::BTreeMap;

use motcua_show::visit::Press;
use motcua_typeset::geometry::SMALLEST_TARGET;
use motcua_typeset::touch::{Panel, Part, Target};
use motcua_typeset::{Element, Rect, Run, Viewport};

use crate::support::ink;

/// The smallest type of what is touched, in design pixels.
const SMALLEST_TYPE: f32 = 26.0;
/// What rounding may take.
const SLACK: f32 = 0.5;
/// The least height of what is read, between the bars: less holds no row of a list.
const LEAST_MAIN: f32 = 104.0;

/// What is wrong with pages, by kind: how often, and where first.
#[derive(Debug, Default)]
pub struct Faults {
    found: BTreeMap<&'static str, (usize, Vec<String>)>,
}

impl Faults {
    pub fn add(&mut self, kind: &'static str, said: impl FnOnce() -> String) {
        let (count, examples) = self.found.entry(kind).or_default();
        *count += 1;
        if examples.len() < 6 {
            examples.push(said());
        }
    }

    /// Panics where there is any.
    pub fn none(&self) {
        let said: Vec<String> = self
            .found
            .iter()
            .map(|(kind, (count, examples))| {
                format!("{count} times: {kind}\n  {}", examples.join("\n  "))
            })
            .collect();
        assert!(said.is_empty(), "{}", said.join("\n"));
    }
}

/// Looks at everything that holds of every page.
pub fn measure(panels: &[Panel], viewport: Viewport, what: &str, faults: &mut Faults) {
    let screen = Rect::new(0.0, 0.0, viewport.width, viewport.height);
    if panels.is_empty() {
        faults.add("a page has no panels", || what.to_owned());
    }
    for (index, panel) in panels.iter().enumerate() {
        let what = format!("{what}, {:?}", panel.part);
        if !lies_in(&panel.place, &screen) || panel.place.width < 1.0 || panel.place.height < 1.0 {
            faults.add("a panel leaves the screen", || {
                format!("{what}: {:?}", panel.place)
            });
        }
        for other in &panels[index + 1..] {
            if panel.place.overlaps(&other.place, SLACK) || panel.part == other.part {
                faults.add("panels overlap", || format!("{what} and {:?}", other.part));
            }
        }
        if panel.part == Part::Cover && panels.len() > 1 {
            faults.add("the cover does not stand alone", || what.clone());
        }
        if panel.part == Part::Main && panel.place.height < LEAST_MAIN {
            faults.add("there is no room to read", || {
                format!("{what}: {}", panel.place.height)
            });
        }
        let is_scrolled = matches!(panel.part, Part::Main | Part::Aside);
        if panel.height > panel.place.height + SLACK && !is_scrolled {
            faults.add("a bar would have to be scrolled", || {
                format!("{what}: {} in {}", panel.height, panel.place.height)
            });
        }
        measure_panel(panel, &what, faults);
    }
}

/// The ground that a panel's contents may take, relative to its corner.
fn ground(panel: &Panel) -> Rect {
    Rect::new(0.0, 0.0, panel.place.width, panel.height)
}

fn measure_panel(panel: &Panel, what: &str, faults: &mut Faults) {
    let ground = ground(panel);
    let runs = runs(panel);
    for run in &runs {
        let ink = ink(run);
        if !lies_in(&ink, &ground) {
            faults.add("text leaves its panel", || {
                format!("{what}: {:?} at {ink:?} of {ground:?}", run.text)
            });
        }
        if run.size < SMALLEST_TYPE - 0.01 {
            faults.add("type is too small", || {
                format!("{what}: {:?} in {}", run.text, run.size)
            });
        }
        if run.text.trim().is_empty() || run.text.contains(['\n', '\u{2060}']) {
            faults.add("a run has nothing to read", || {
                format!("{what}: {:?}", run.text)
            });
        }
    }
    each_overlap(&runs, ink, |one, other| {
        faults.add("text lies over text", || {
            format!(
                "{what}: {:?} at {:?} and {:?} at {:?}",
                one.text,
                ink(one),
                other.text,
                ink(other)
            )
        });
    });
    for element in &panel.elements {
        let (rect, is_apart) = match element {
            Element::Fill { rect, .. } | Element::Outline { rect, .. } => (*rect, false),
            Element::Qr { rect, .. } | Element::Media { rect, .. } => (*rect, true),
            Element::Text(_) | Element::Polyline { .. } => continue,
        };
        if !lies_in(&rect, &ground) || rect.width <= 0.0 || rect.height <= 0.0 {
            faults.add("a shape leaves its panel", || {
                format!("{what}: {element:?} of {ground:?}")
            });
        }
        let over = runs.iter().find(|run| ink(run).overlaps(&rect, 2.0));
        if let (true, Some(run)) = (is_apart, over) {
            faults.add("text lies over a picture", || {
                format!("{what}: {:?}", run.text)
            });
        }
        let over = panel
            .targets
            .iter()
            .find(|target| target.rect.overlaps(&rect, 2.0));
        if let (true, Some(target)) = (is_apart, over) {
            faults.add("a button lies over a picture", || {
                format!("{what}: {:?}", target.label)
            });
        }
    }
    measure_targets(panel, &runs, what, faults);
}

fn measure_targets(panel: &Panel, runs: &[&Run], what: &str, faults: &mut Faults) {
    let ground = ground(panel);
    let least = SMALLEST_TARGET as f32 - SLACK;
    for target in &panel.targets {
        let rect = target.rect;
        if rect.height < least || rect.width < least {
            faults.add("a target is too small for a finger", || {
                format!("{what}: {:?} has {rect:?}", target.label)
            });
        }
        if !lies_in(&rect, &ground) {
            faults.add("a target leaves its panel", || {
                format!("{what}: {:?} at {rect:?} of {ground:?}", target.label)
            });
        }
        if target.label.trim().is_empty() {
            faults.add("a target has no label", || {
                format!("{what}: {:?}", target.press)
            });
        }
    }
    let targets: Vec<&Target> = panel.targets.iter().collect();
    each_overlap(
        &targets,
        |target| target.rect,
        |one, other| {
            faults.add("targets overlap", || {
                format!("{what}: {:?} and {:?}", one.label, other.label)
            });
        },
    );
    check_labels(panel, runs, what, faults);
    // Text that touches a target belongs to it.
    let mut ordered = targets;
    ordered.sort_by(|one, other| one.rect.y.total_cmp(&other.rect.y));
    for run in runs {
        let ink = ink(run);
        let near = ordered
            .iter()
            .skip_while(|target| target.rect.bottom() < ink.y)
            .take_while(|target| target.rect.y < ink.bottom());
        for target in near {
            if ink.overlaps(&target.rect, 4.0) && !lies_in(&letters(run), &target.rect) {
                faults.add("text stands across the edge of a button", || {
                    format!(
                        "{what}: {:?} at {ink:?}, {:?} at {:?}",
                        run.text, target.label, target.rect
                    )
                });
            }
        }
    }
}

/// What a button is called stands on it in whole words.
fn check_labels(panel: &Panel, runs: &[&Run], what: &str, faults: &mut Faults) {
    for target in &panel.targets {
        // Long names are cut short, papers may have other line ends, and the countdown says more.
        let is_name = matches!(
            target.press,
            Press::Open(_) | Press::Paper(_) | Press::Stay | Press::Field(_)
        );
        let middle = |run: &Run| {
            (
                run.rect.x + run.rect.width / 2.0,
                run.rect.y + run.rect.height / 2.0,
            )
        };
        let inside = runs.iter().filter(|run| {
            let (x, y) = middle(run);
            target.rect.contains(x, y)
        });
        let read: Vec<String> = inside.map(|run| run.text.replace('\u{a0}', " ")).collect();
        let words: Vec<&str> = read
            .iter()
            .flat_map(|text| text.split_whitespace())
            .collect();
        let is_typed_in = target.press == Press::Type;
        for word in target
            .label
            .split_whitespace()
            .filter(|_| !is_name && !is_typed_in)
        {
            let is_khmer = word.chars().any(|c| ('\u{1780}'..='\u{17ff}').contains(&c));
            if !is_khmer && !words.contains(&word) {
                faults.add("a word of a label is broken", || {
                    format!("{what}: {word:?} of {:?} in {read:?}", target.label)
                });
            }
        }
    }
}

/// Tells of each two that share more than two design pixels.
fn each_overlap<T>(things: &[&T], place: impl Fn(&T) -> Rect, mut tell: impl FnMut(&T, &T)) {
    let mut placed: Vec<(Rect, &T)> = things.iter().map(|thing| (place(thing), *thing)).collect();
    placed.sort_by(|(one, _), (other, _)| one.y.total_cmp(&other.y));
    for (index, (rect, one)) in placed.iter().enumerate() {
        for (other_rect, other) in &placed[index + 1..] {
            if other_rect.y > rect.bottom() {
                break;
            }
            if rect.overlaps(other_rect, 2.0) {
                tell(one, other);
            }
        }
    }
}

/// What letters surely cover: from the height of small letters to the line that they stand on.
fn letters(run: &Run) -> Rect {
    let baseline = run.rect.y + 1.26 * run.size;
    Rect::new(
        run.rect.x,
        baseline - 0.75 * run.size,
        run.rect.width,
        0.85 * run.size,
    )
}

fn lies_in(inner: &Rect, outer: &Rect) -> bool {
    inner.x >= outer.x - SLACK
        && inner.right() <= outer.right() + SLACK
        && inner.y >= outer.y - SLACK
        && inner.bottom() <= outer.bottom() + SLACK
}

/// The runs of a panel.
pub fn runs(panel: &Panel) -> Vec<&Run> {
    panel
        .elements
        .iter()
        .filter_map(|element| match element {
            Element::Text(run) => Some(run),
            _ => None,
        })
        .collect()
}

/// What is read on panels, run by run.
pub fn read(panels: &[Panel]) -> String {
    let texts: Vec<String> = panels
        .iter()
        .flat_map(runs)
        .map(|run| run.text.replace('\u{a0}', " "))
        .collect();
    texts.join(" ")
}

/// The panel of a part.
pub fn part(panels: &[Panel], part: Part) -> Option<&Panel> {
    panels.iter().find(|panel| panel.part == part)
}
