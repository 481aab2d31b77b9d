//! Several fingers, palms and slides, as a touch screen tells them.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::cell::RefCell;

use motcua_show::palette::Palette;
use motcua_typeset::Viewport;
use motcua_typeset::touch::{Panel, Target};
use winit::dpi::PhysicalPosition;
use winit::event::DeviceId;

use super::*;
use crate::platform;
use crate::visit::VisitPage;
use crate::visit::tests::{SIZE, panels_at};

/// A page under fingers.
struct Desk {
    view: View,
    panels: Vec<Panel>,
    fingers: Fingers,
    told: RefCell<Vec<FromScreen>>,
}

impl Desk {
    fn at(way: Vec<Press>) -> Self {
        let window = platform::install(platform::Time::StandsStill).unwrap();
        let mut view = View::new(window, SIZE, None, Palette::LIGHT).unwrap();
        let panels = panels_at(&view, way);
        let viewport = Viewport::of_touch(SIZE.0, SIZE.1, None);
        let page = VisitPage::new(panels.clone(), viewport, Palette::LIGHT, &[]);
        view.set_visit(Some(page));
        view.redraw_all();
        for _ in 0..3 {
            view.draw();
        }
        Self {
            view,
            panels,
            fingers: Fingers::default(),
            told: RefCell::default(),
        }
    }

    /// The target of a press and the middle of it on the canvas.
    fn target(&self, is_it: impl Fn(&Target) -> bool) -> (Press, (f64, f64)) {
        let mut found = self.panels.iter().flat_map(|panel| {
            let targets = panel.targets.iter().filter(|target| is_it(target));
            targets.map(move |target| (panel.place, target))
        });
        let (place, target) = found.next().expect("the page has this target");
        let x = place.x + target.rect.x + target.rect.width / 2.0;
        let y = place.y + target.rect.y + target.rect.height / 2.0;
        (target.press.clone(), (f64::from(x), f64::from(y)))
    }

    fn key(&self, letter: &str) -> (Press, (f64, f64)) {
        self.target(|target| target.label == letter)
    }

    fn touch(&mut self, id: u64, phase: TouchPhase, (x, y): (f64, f64)) {
        let event = WindowEvent::Touch(Touch {
            device_id: DeviceId::dummy(),
            phase,
            location: PhysicalPosition::new(x, y),
            force: None,
            id,
        });
        let told = &self.told;
        let tell = |from: FromScreen| told.borrow_mut().push(from);
        self.fingers.take(&event, &self.view, &tell);
    }

    fn pressed(&self) -> Vec<Press> {
        let told = self.told.borrow();
        let presses = told.iter().filter_map(|from| match from {
            FromScreen::Pressed(press) => Some(press.clone()),
            _ => None,
        });
        presses.collect()
    }
}

#[test]
fn a_key_touched_before_the_last_is_let_go_is_typed_too() {
    let mut desk = Desk::at(vec![Press::Type]);
    let ((a, at_a), (s, at_s)) = (desk.key("a"), desk.key("s"));
    desk.touch(1, TouchPhase::Started, at_a);
    desk.touch(2, TouchPhase::Started, at_s);
    desk.touch(1, TouchPhase::Ended, at_a);
    desk.touch(2, TouchPhase::Ended, at_s);
    assert_eq!(desk.pressed(), [a, s]);
}

#[test]
fn a_palm_beside_the_finger_presses_nothing() {
    let mut desk = Desk::at(vec![]);
    let (event, at_event) = desk.target(|target| matches!(target.press, Press::Event(_)));
    let (_, at_close) = desk.target(|target| target.press == Press::Close);
    desk.touch(1, TouchPhase::Started, at_event);
    desk.touch(2, TouchPhase::Started, at_close);
    desk.touch(2, TouchPhase::Moved, at_event);
    desk.touch(2, TouchPhase::Ended, at_close);
    assert_eq!(desk.pressed(), []);
    desk.touch(1, TouchPhase::Ended, at_event);
    assert_eq!(desk.pressed(), [event]);
}

#[test]
fn a_finger_that_slides_off_or_is_taken_away_presses_nothing() {
    let mut desk = Desk::at(vec![]);
    let (_, at_close) = desk.target(|target| target.press == Press::Close);
    let aside = (at_close.0 - 600.0, at_close.1);
    desk.touch(1, TouchPhase::Started, at_close);
    desk.touch(1, TouchPhase::Moved, aside);
    desk.touch(1, TouchPhase::Ended, aside);
    desk.touch(1, TouchPhase::Started, at_close);
    desk.touch(1, TouchPhase::Cancelled, at_close);
    desk.touch(1, TouchPhase::Ended, at_close);
    assert_eq!(desk.pressed(), []);
}

#[test]
fn the_finger_that_opens_the_lookup_presses_nothing_in_it() {
    let mut desk = Desk::at(vec![]);
    let viewport = Viewport::of_touch(SIZE.0, SIZE.1, None);
    let (_, at_close) = desk.target(|target| target.press == Press::Close);
    let page = VisitPage::new(desk.panels.clone(), viewport, Palette::LIGHT, &[]);
    desk.view.set_visit(None);
    desk.touch(1, TouchPhase::Started, at_close);
    desk.view.set_visit(Some(page));
    for _ in 0..3 {
        desk.view.draw();
    }
    desk.touch(1, TouchPhase::Ended, at_close);
    assert_eq!(desk.pressed(), []);
    let told = desk.told.borrow();
    assert!(matches!(told[0], FromScreen::Touched { .. }));
}
