//! Where what can be touched lies, for tests that touch a real window.

use motcua_typeset::touch::{Panel, Part};
use motcua_typeset::{Page, Rect, Viewport};
use serde::Serialize;

use super::presses;

/// Something that can be touched.
#[derive(Debug, Serialize)]
pub(super) struct Target {
    /// The part of the screen that it belongs to.
    part: &'static str,
    /// What it is called.
    label: String,
    /// The press that it is, as `render --touch` reads it.
    press: String,
    /// Where it lies in pixels of the screen, as long as its part is not scrolled.
    at: Pixels,
    /// Its part in pixels of the screen.
    within: Pixels,
    /// How many pixels its part can be scrolled.
    scrolls: i64,
}

/// A rectangle in pixels of the screen.
#[derive(Debug, Serialize)]
struct Pixels {
    x: i64,
    y: i64,
    width: i64,
    height: i64,
}

impl Pixels {
    fn of(rect: Rect, viewport: Viewport) -> Self {
        let pixels = |length: f32| (length * viewport.scale).round() as i64;
        Self {
            x: pixels(rect.x),
            y: pixels(rect.y),
            width: pixels(rect.width),
            height: pixels(rect.height),
        }
    }
}

/// Those of a place of a visit.
pub(super) fn of_panels(panels: &[Panel], viewport: Viewport) -> Vec<Target> {
    let of = |panel: &Panel| -> Vec<Target> {
        let (place, height) = (panel.place, panel.height);
        let targets = panel.targets.iter().map(|target| {
            let (x, y) = (place.x + target.rect.x, place.y + target.rect.y);
            let on_screen = Rect::new(x, y, target.rect.width, target.rect.height);
            Target {
                part: name_of(panel.part),
                label: target.label.clone(),
                press: presses::write(&target.press),
                at: Pixels::of(on_screen, viewport),
                within: Pixels::of(place, viewport),
                scrolls: ((height - place.height).max(0.0) * viewport.scale).round() as i64,
            }
        });
        targets.collect()
    };
    panels.iter().flat_map(of).collect()
}

/// Those of a page of the loop: each opens a procedure.
pub(super) fn of_page(page: &Page, viewport: Viewport) -> Vec<Target> {
    let whole = Rect::new(0.0, 0.0, viewport.width, viewport.height);
    let links = page.links.iter().map(|(rect, code)| Target {
        part: "loop",
        label: code.clone(),
        press: format!("open {code}"),
        at: Pixels::of(*rect, viewport),
        within: Pixels::of(whole, viewport),
        scrolls: 0,
    });
    links.collect()
}

const fn name_of(part: Part) -> &'static str {
    match part {
        Part::Banner => "banner",
        Part::Top => "top",
        Part::Field => "field",
        Part::Tabs => "tabs",
        Part::Main => "main",
        Part::Aside => "aside",
        Part::Keyboard => "keyboard",
        Part::Bottom => "bottom",
        Part::Cover => "cover",
    }
}
