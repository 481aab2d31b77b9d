//! The page that a visitor touches: panels made ready off the UI thread, and the adapter that shows them.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use motcua_media::Picture;
use motcua_show::palette::Palette;
use motcua_show::visit::Press;
use motcua_typeset::touch::{Panel, TargetKind};
use motcua_typeset::{Element, Viewport};
use slint::{ComponentHandle as _, ModelRc, Rgb8Pixel, SharedPixelBuffer, VecModel};

use crate::sheet::{PixelBox, QrPlace, pixel_box, qr_pictures};
use crate::theme::colour_of;
use crate::ui;
use crate::view::{colour, model, plate, run, stroke};

/// A page of a visit, ready to draw.
#[derive(Clone)]
pub struct VisitPage {
    panels: Vec<Ready>,
    palette: Palette,
    viewport: Viewport,
}

/// A panel with its pictures.
#[derive(Clone)]
struct Ready {
    panel: Panel,
    codes: Vec<(PixelBox, SharedPixelBuffer<Rgb8Pixel>)>,
}

impl fmt::Debug for VisitPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Never what was typed.
        f.debug_struct("VisitPage")
            .field("panels", &self.panels.len())
            .finish()
    }
}

impl VisitPage {
    /// Makes panels ready: draws their QR codes, and gives their media elements `pictures` in order.
    #[must_use]
    pub fn new(
        panels: Vec<Panel>,
        viewport: Viewport,
        palette: Palette,
        pictures: &[Picture],
    ) -> Self {
        let mut pictures = pictures.iter();
        let panels = panels
            .into_iter()
            .map(|panel| {
                let mut codes: Vec<_> = qr_pictures(&panel.elements, viewport, &palette)
                    .map(|QrPlace { place, pixels }| (place, pixels))
                    .collect();
                let media = panel.elements.iter().filter_map(|element| match element {
                    Element::Media { rect, .. } => Some(pixel_box(*rect, viewport)),
                    _ => None,
                });
                codes.extend(media.zip(&mut pictures).map(|(place, picture)| {
                    let (width, height) = (picture.width, picture.height);
                    let pixels = SharedPixelBuffer::clone_from_slice(&picture.rgb, width, height);
                    let place = PixelBox {
                        width,
                        height,
                        ..place
                    };
                    (place, pixels)
                }));
                Ready { panel, codes }
            })
            .collect();
        Self {
            panels,
            palette,
            viewport,
        }
    }

    /// The room that the page was laid out for.
    #[must_use]
    pub const fn viewport(&self) -> Viewport {
        self.viewport
    }

    fn press_of(&self, panel: usize, target: usize) -> Option<&Press> {
        let panel = &self.panels.get(panel)?.panel;
        panel.targets.get(target).map(|target| &target.press)
    }
}

/// What is shown of a visit, and what was pressed on it.
pub(crate) struct Visiting {
    shown: Rc<RefCell<Option<VisitPage>>>,
    pressed: Rc<RefCell<Vec<Press>>>,
    panels: Rc<VecModel<ui::Panel>>,
}

impl Visiting {
    pub(crate) fn new(app: &ui::App) -> Self {
        let shown = Rc::new(RefCell::new(None::<VisitPage>));
        let pressed = Rc::new(RefCell::new(Vec::new()));
        let panels = Rc::new(VecModel::default());
        let data = app.global::<ui::VisitData>();
        data.set_open(false);
        data.set_panels(ModelRc::from(Rc::clone(&panels)));
        let (page, queue) = (Rc::clone(&shown), Rc::clone(&pressed));
        data.on_press(move |panel, target| {
            let number = |number: i32| usize::try_from(number).unwrap_or(usize::MAX);
            let page = page.borrow();
            let press = page
                .as_ref()
                .and_then(|page| page.press_of(number(panel), number(target)));
            queue.borrow_mut().extend(press.cloned());
        });
        Self {
            shown,
            pressed,
            panels,
        }
    }

    pub(crate) fn is_open(&self) -> bool {
        self.shown.borrow().is_some()
    }

    /// What was pressed since it was asked last.
    pub(crate) fn take_pressed(&self) -> Vec<Press> {
        std::mem::take(&mut self.pressed.borrow_mut())
    }

    /// Whether both points, in design pixels, lie on the keyboard.
    pub(crate) fn are_on_keys(&self, points: [(f32, f32); 2]) -> bool {
        let shown = self.shown.borrow();
        let Some(keyboard) = shown.as_ref().and_then(|page| {
            let mut panels = page.panels.iter().map(|ready| &ready.panel);
            panels.find(|panel| panel.part == motcua_typeset::touch::Part::Keyboard)
        }) else {
            return false;
        };
        let place = keyboard.place;
        points.iter().all(|(x, y)| place.contains(*x, *y))
    }

    /// Shows a page, drawing only what differs from the one before; none ends the visit and forgets it.
    pub(crate) fn show(&self, app: &ui::App, page: Option<VisitPage>) {
        let data = app.global::<ui::VisitData>();
        let Some(page) = page else {
            data.set_open(false);
            self.panels.set_vec(Vec::new());
            *self.shown.borrow_mut() = None;
            self.pressed.borrow_mut().clear();
            return;
        };
        let before = self.shown.borrow_mut().take();
        let is_same_look = before
            .as_ref()
            .is_some_and(|before| before.palette == page.palette);
        if !is_same_look {
            let [text, edge, card] = [page.palette.text, page.palette.edge, page.palette.card];
            data.set_pressed(colour(text).with_alpha(0.22));
            data.set_thumb(colour(edge));
            data.set_ink(colour(text));
            data.set_card(colour(card));
        }
        let old = before.map(|before| before.panels).unwrap_or_default();
        if old.len() == page.panels.len() {
            for (row, (ready, old)) in page.panels.iter().zip(&old).enumerate() {
                if !is_same_look || ready.panel != old.panel {
                    slint::Model::set_row_data(&*self.panels, row, of_panel(ready, &page));
                }
            }
        } else {
            let rows = page.panels.iter().map(|ready| of_panel(ready, &page));
            self.panels.set_vec(rows.collect::<Vec<_>>());
        }
        *self.shown.borrow_mut() = Some(page);
        data.set_open(true);
    }
}

fn of_panel(ready: &Ready, page: &VisitPage) -> ui::Panel {
    let palette = &page.palette;
    let scale = page.viewport.scale;
    let panel = &ready.panel;
    let elements = || panel.elements.iter();
    let codes = ready.codes.iter().map(|(place, pixels)| ui::Picture {
        x: place.x as f32 / scale,
        y: place.y as f32 / scale,
        width: place.width as f32 / scale,
        height: place.height as f32 / scale,
        image: slint::Image::from_rgb8(pixels.clone()),
    });
    let targets = panel.targets.iter().map(|target| {
        let (kind, on) = match target.kind {
            TargetKind::Button => (ui::Kind::Button, false),
            TargetKind::Key => (ui::Kind::Key, false),
            TargetKind::Tick(on) => (ui::Kind::Tick, on),
            TargetKind::Choice(on) => (ui::Kind::Choice, on),
        };
        ui::Target {
            x: target.rect.x,
            y: target.rect.y,
            width: target.rect.width,
            height: target.rect.height,
            radius: target.radius,
            label: target.label.as_str().into(),
            kind,
            on,
        }
    });
    // Panels end on whole pixels: where two of them share one, a repaint of either would leave its trace.
    let place = pixel_box(panel.place, page.viewport);
    ui::Panel {
        x: place.x as f32 / scale,
        y: place.y as f32 / scale,
        width: place.width as f32 / scale,
        height: place.height as f32 / scale,
        content: panel.height,
        // Half of it tells two contents apart.
        holds: (panel.holds & 0x7FFF_FFFF) as i32,
        ground: colour(colour_of(palette, panel.ground)),
        plates: model(elements().filter_map(|element| plate(element, palette))),
        codes: model(codes),
        strokes: model(elements().filter_map(|element| stroke(element, palette))),
        runs: model(elements().filter_map(|element| run(element, palette))),
        targets: model(targets),
    }
}

#[cfg(test)]
pub(crate) mod tests;
