//! The Slint side of a screen: pages and frame go in, a canvas of pixels comes out.

use std::collections::HashMap;
use std::rc::Rc;

use jiff::civil::DateTime;
use motcua_show::calls::{Call, Strip};
use motcua_show::palette::Palette;
use motcua_show::show::Colour;
use motcua_show::{Language, Show};
use motcua_typeset::{
    AlertTone, Caption, Element, Page, Rect, Style, Typesetter, Viewport, Words, page::Surround,
};
use slint::platform::WindowEvent;
use slint::platform::software_renderer::{MinimalSoftwareWindow, RepaintBufferType};
use slint::{ComponentHandle, ModelRc, SharedString, VecModel};

use crate::ScreenError;
use crate::canvas::{Area, Pixel};
use crate::sheet::{Layer, PixelBox, Sheet, pixel_box};
use crate::theme::colour_of;
use crate::ui;
use crate::visit::{VisitPage, Visiting};

/// The words of pages in every language.
pub type WordsByLanguage = HashMap<Language, Words>;

/// A plate for the people of the office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// These settings are wrong, and their defaults are in use.
    WrongSettings(String),
    /// This is the name of the screen.
    Name(String),
    /// An alert that interrupts nobody, a line for each language.
    Alert(String),
}

/// Type size of the strip, as `ui/components/strip.slint` draws it.
const STRIP_SIZE: f32 = 56.0;
/// Space on both sides of its text.
const STRIP_MARGIN: f32 = 40.0;

/// What the frame says, in the language of the show.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FrameText {
    /// The name of the office.
    pub title: String,
    /// The unit under it.
    pub unit: String,
    /// The hotline's number.
    pub hotline: String,
    /// The address for reflections and proposals.
    pub feedback: String,
    /// The ticker's line.
    pub ticker: String,
    /// Whether a touch opens the lookup.
    pub is_touchable: bool,
    /// The emblem, else the built-in one.
    pub emblem: Option<motcua_media::Picture>,
}

impl FrameText {
    /// The frame of a show.
    #[must_use]
    pub fn of(show: &Show, emblem: Option<motcua_media::Picture>) -> Self {
        let text = |text: Option<&motcua_show::Text>| {
            text.map_or("", |text| text.best(show.language)).to_owned()
        };
        Self {
            title: text(Some(&show.title)),
            unit: text(show.unit.as_ref()),
            hotline: show.hotline.clone().unwrap_or_default(),
            feedback: text(show.feedback.as_ref()),
            ticker: show
                .ticker
                .iter()
                .map(|line| line.best(show.language))
                .collect::<Vec<_>>()
                .join("   •   "),
            is_touchable: show.lookup.offered && !show.procedures.is_empty(),
            emblem,
        }
    }
}

/// A civil time, as the clock shows it.
pub type Moment = DateTime;

/// The component, its window and its canvas.
pub(crate) struct View {
    pub app: ui::App,
    window: Rc<MinimalSoftwareWindow>,
    pub canvas: Vec<Pixel>,
    pub width: u32,
    pub height: u32,
    pub viewport: Viewport,
    palette: Palette,
    surround: Surround,
    /// The plates of page and frame that lie over a film.
    plates: Vec<Area>,
    /// What the caption covers of a film.
    caption: Option<Area>,
    has_notice: bool,
    has_calls: bool,
    progress_px: Option<u32>,
    /// Whether the canvas holds nothing yet that Slint could build on.
    blank: bool,
    clock: Option<(i8, i8, jiff::civil::Date)>,
    pub visiting: Visiting,
    /// Where a touch on the stage opens a procedure.
    links: Vec<(Rect, String)>,
}

impl View {
    pub(crate) fn new(
        window: Rc<MinimalSoftwareWindow>,
        (width, height): (u32, u32),
        diagonal_inches: Option<f64>,
        palette: Palette,
    ) -> Result<Self, ScreenError> {
        let app = ui::App::new()?;
        let visiting = Visiting::new(&app);
        let mut view = Self {
            app,
            window,
            canvas: Vec::new(),
            width: 0,
            height: 0,
            viewport: Viewport::of(width, height, diagonal_inches),
            palette,
            surround: Surround::Frame,
            plates: Vec::new(),
            caption: None,
            has_notice: false,
            has_calls: false,
            progress_px: None,
            blank: true,
            clock: None,
            visiting,
            links: Vec::new(),
        };
        view.resize(width, height, diagonal_inches);
        view.app.show()?;
        view.set_palette(palette);
        view.set_progress(0.0);
        Ok(view)
    }

    pub(crate) fn resize(&mut self, width: u32, height: u32, diagonal_inches: Option<f64>) {
        self.viewport = Viewport::of(width, height, diagonal_inches);
        (self.width, self.height) = (width, height);
        self.canvas = vec![Pixel(0xFF00_0000); width as usize * height as usize];
        self.blank = true;
        let scale_factor = self.viewport.scale;
        self.window
            .dispatch_event(WindowEvent::ScaleFactorChanged { scale_factor });
        self.window
            .set_size(slint::PhysicalSize::new(width, height));
        let frame = self.viewport.frame();
        self.app.set_header_height(frame.header);
        self.app.set_bar_height(frame.bar);
        self.window.request_redraw();
    }

    /// Reads the words of pages in every language, and leaves the frame in Vietnamese.
    pub(crate) fn words(&self) -> WordsByLanguage {
        let words = Language::ALL.map(|language| {
            select(language);
            let global = self.app.global::<ui::Words>();
            (language, read_words(&global))
        });
        select(Language::Vi);
        words.into()
    }

    pub(crate) fn set_language(&self, language: Language) {
        select(language);
    }

    pub(crate) fn set_palette(&mut self, palette: Palette) {
        self.palette = palette;
        let theme = self.app.global::<ui::Theme>();
        theme.set_surface(colour(palette.surface));
        theme.set_card(colour(palette.card));
        theme.set_soft(colour(palette.soft));
        theme.set_line(colour(palette.line));
        theme.set_text(colour(palette.text));
        theme.set_muted(colour(palette.muted));
        theme.set_accent(colour(palette.accent));
        theme.set_on_accent(colour(palette.on_accent));
        theme.set_frame(colour(palette.frame));
        theme.set_on_frame(colour(palette.on_frame));
        theme.set_on_frame_muted(colour(palette.on_frame_muted));
        let (ground, text) = crate::theme::alert(AlertTone::Moderate);
        theme.set_alert(colour(ground));
        theme.set_on_alert(colour(text));
    }

    pub(crate) fn set_frame(&mut self, text: &FrameText) {
        let frame = self.app.global::<ui::FrameData>();
        frame.set_title(text.title.as_str().into());
        frame.set_unit(text.unit.as_str().into());
        frame.set_hotline(text.hotline.as_str().into());
        frame.set_feedback(text.feedback.as_str().into());
        frame.set_ticker(text.ticker.as_str().into());
        frame.set_touchable(text.is_touchable);
        frame.set_has_emblem(text.emblem.is_some());
        if let Some(emblem) = &text.emblem {
            let pixels = slint::SharedPixelBuffer::clone_from_slice(
                &emblem.rgb,
                emblem.width,
                emblem.height,
            );
            frame.set_emblem(slint::Image::from_rgb8(pixels));
        }
    }

    /// Shows or takes away the invitation to touch.
    pub(crate) fn set_touchable(&self, is_touchable: bool) {
        self.app
            .global::<ui::FrameData>()
            .set_touchable(is_touchable);
    }

    pub(crate) fn set_notice(&mut self, notice: Option<&Notice>) {
        let frame = self.app.global::<ui::FrameData>();
        let named = match notice {
            Some(Notice::WrongSettings(named) | Notice::Name(named) | Notice::Alert(named)) => {
                named.as_str()
            }
            None => "",
        };
        let is_alert = matches!(notice, Some(Notice::Alert(_)));
        frame.set_notice_is_alert(is_alert);
        let named = if is_alert {
            self.broken_for_strip(named)
        } else {
            named.to_owned()
        };
        frame.set_notice_lines(i32::try_from(named.lines().count()).unwrap_or(1));
        frame.set_notice_names_screen(matches!(notice, Some(Notice::Name(_))));
        self.has_notice = !named.is_empty();
        frame.set_notice(named.into());
    }

    /// The lines of the strip, measured with the font that draws them.
    fn broken_for_strip(&self, text: &str) -> String {
        let width = self.app.get_strip_width() - 2.0 * STRIP_MARGIN;
        let style = Style::body_strong().at(STRIP_SIZE);
        let mut typesetter = Typesetter::new();
        let lines = text.lines().flat_map(|line| {
            let block = typesetter.block(line, style, width);
            let run = |line: motcua_typeset::Line| -> String {
                line.runs.into_iter().map(|run| run.text).collect()
            };
            block.lines.into_iter().map(run).collect::<Vec<_>>()
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    /// Shows the strip of queue calls, or takes it away.
    pub(crate) fn set_calls(&mut self, strip: Option<&Strip>) {
        let frame = self.app.global::<ui::FrameData>();
        self.has_calls = strip.is_some();
        frame.set_has_calls(strip.is_some());
        let Some(strip) = strip else {
            return;
        };
        frame.set_call(call_line(&strip.newest));
        frame.set_call_is_fresh(strip.is_fresh);
        let earlier: Vec<_> = strip.earlier.iter().map(call_line).collect();
        frame.set_earlier_calls(ModelRc::new(VecModel::from(earlier)));
    }

    /// What lies over a film: the opaque plates of page and frame.
    pub(crate) fn plates(&self) -> Vec<Area> {
        let notice = self.has_notice.then(|| {
            let app = &self.app;
            let (width, height) = (app.get_notice_width(), app.get_notice_height());
            area(pixel_box(
                Rect::new(app.get_notice_x(), app.get_notice_y(), width, height),
                self.viewport,
            ))
        });
        let calls = self.has_calls.then(|| {
            let height = self.app.get_calls_height();
            let width = self.width as f32 / self.viewport.scale;
            area(pixel_box(Rect::new(0.0, 0.0, width, height), self.viewport))
        });
        self.plates
            .iter()
            .copied()
            .chain(self.caption)
            .chain(notice)
            .chain(calls)
            .collect()
    }

    /// Sets the clock; does nothing while the minute is the same.
    pub(crate) fn set_clock(&mut self, now: Moment) {
        let minute = (now.hour(), now.minute(), now.date());
        if self.clock == Some(minute) {
            return;
        }
        self.clock = Some(minute);
        let frame = self.app.global::<ui::FrameData>();
        frame.set_time(now.strftime("%H:%M").to_string().into());
        frame.set_date(now.strftime("%d/%m/%Y").to_string().into());
        frame.set_weekday(i32::from(now.weekday().to_monday_one_offset()));
    }

    /// Sets the progress, 0 to 1; does nothing while the same pixel is reached.
    pub(crate) fn set_progress(&mut self, progress: f32) {
        let pixel = (progress.clamp(0.0, 1.0) * self.width as f32) as u32;
        if Some(pixel) != self.progress_px {
            self.progress_px = Some(pixel);
            self.app
                .global::<ui::FrameData>()
                .set_progress(pixel as f32 / self.width.max(1) as f32);
        }
    }

    pub(crate) fn set_sheet(&mut self, sheet: &Sheet) {
        let page = &sheet.page;
        self.surround = page.surround;
        let leaf = self.app.global::<ui::LeafData>();
        let pictures = |layer: Layer| {
            let placed = sheet
                .pictures
                .iter()
                .filter(move |placed| placed.layer == layer);
            model(placed.map(|placed| self.picture(placed.place, &placed.pixels)))
        };
        leaf.set_pictures(pictures(Layer::Media));
        leaf.set_codes(pictures(Layer::Code));
        leaf.set_plates(model(
            page.elements
                .iter()
                .filter_map(|element| plate(element, &self.palette)),
        ));
        leaf.set_strokes(model(
            page.elements
                .iter()
                .filter_map(|element| stroke(element, &self.palette)),
        ));
        leaf.set_runs(model(
            page.elements
                .iter()
                .filter_map(|element| run(element, &self.palette)),
        ));
        let full = page.surround == Surround::Plates;
        let frame = self.app.global::<ui::FrameData>();
        frame.set_plates(full);
        frame.set_whole(page.surround == Surround::Whole);
        self.place_corner(full);
        self.plates = self.plates_over_film(page);
        self.links.clone_from(&page.links);
        self.set_caption(None);
    }

    /// Shows what is said at the foot of the film; none takes it away.
    pub(crate) fn set_caption(&mut self, caption: Option<&Caption>) {
        let whole = Area::new(0, 0, self.width, self.height);
        let shown = caption.map(|one| area(pixel_box(one.plate, self.viewport)).and(whole));
        if shown.is_none() && self.caption.is_none() {
            return;
        }
        self.caption = shown;
        let elements = || caption.iter().flat_map(|caption| &caption.elements);
        let leaf = self.app.global::<ui::LeafData>();
        leaf.set_caption_plates(model(
            elements().filter_map(|element| plate(element, &self.palette)),
        ));
        leaf.set_caption_runs(model(
            elements().filter_map(|element| run(element, &self.palette)),
        ));
    }

    /// The code of the procedure that a touch at this place of the canvas opens.
    pub(crate) fn link_at(&self, at: (f64, f64)) -> Option<String> {
        let (x, y) = self.logical(at);
        let (_, code) = self.links.iter().find(|(rect, _)| rect.contains(x, y))?;
        Some(code.clone())
    }

    /// Shows a page of a visit over everything; none brings the stage back. Pages that are touched have a scale
    /// of their own.
    pub(crate) fn set_visit(&mut self, page: Option<VisitPage>) {
        let scale_factor = page
            .as_ref()
            .map_or(self.viewport.scale, |page| page.viewport().scale);
        if (self.window.scale_factor() - scale_factor).abs() > f32::EPSILON {
            self.window
                .dispatch_event(WindowEvent::ScaleFactorChanged { scale_factor });
            self.window
                .set_size(slint::PhysicalSize::new(self.width, self.height));
        }
        self.visiting.show(&self.app, page);
    }

    /// Passes on what a finger or a mouse does.
    pub(crate) fn input(&self, event: WindowEvent) {
        self.window.dispatch_event(event);
    }

    /// A place on the canvas in design pixels of the page that is shown.
    pub(crate) fn logical(&self, (x, y): (f64, f64)) -> (f32, f32) {
        let scale = f64::from(self.window.scale_factor());
        ((x / scale) as f32, (y / scale) as f32)
    }

    /// Draws what has changed into the canvas and says where.
    pub(crate) fn draw(&mut self) -> Vec<Area> {
        slint::platform::update_timers_and_animations();
        let mut damage = Vec::new();
        let (width, height) = (self.width, self.height);
        let canvas = &mut self.canvas;
        let repaint = if std::mem::take(&mut self.blank) {
            self.window.request_redraw();
            RepaintBufferType::NewBuffer
        } else {
            RepaintBufferType::ReusedBuffer
        };
        self.window.draw_if_needed(|renderer| {
            renderer.set_repaint_buffer_type(repaint);
            let region = renderer.render(canvas, width as usize);
            let whole = Area::new(0, 0, width, height);
            damage = region
                .iter()
                .map(|(origin, size)| {
                    let (x, y) = (
                        origin.x.max(0).unsigned_abs(),
                        origin.y.max(0).unsigned_abs(),
                    );
                    Area::new(x, y, size.width, size.height).and(whole)
                })
                .filter(|area| !area.is_empty())
                .collect();
        });
        damage
    }

    pub(crate) fn redraw_all(&self) {
        self.window.request_redraw();
    }

    /// Whether something moves, so that the next frame has to be drawn at once.
    pub(crate) fn moves(&self) -> bool {
        self.window.has_active_animations()
    }

    /// The part of the screen between header and bar, or above the bar when a page fills the screen.
    pub(crate) fn stage(&self) -> Area {
        let frame = self.viewport.frame();
        let px = |value: f32| (value * self.viewport.scale).round() as u32;
        let top = match self.surround {
            Surround::Plates => 0,
            Surround::Whole => return Area::new(0, 0, self.width, self.height),
            Surround::Frame => px(frame.header),
        };
        let bottom = self
            .height
            .saturating_sub(px(frame.bar + motcua_typeset::geometry::PROGRESS));
        Area::new(0, top, self.width, bottom.saturating_sub(top))
    }

    fn place_corner(&mut self, full: bool) {
        let (width, height) = if full {
            (self.app.get_corner_needed() + 72.0, 116.0)
        } else {
            (0.0, 0.0)
        };
        self.app.set_corner_width(width.ceil());
        self.app.set_corner_height(height);
    }

    fn plates_over_film(&self, page: &Page) -> Vec<Area> {
        let (width, height) = (self.viewport.width, self.viewport.height);
        let frame = self.viewport.frame();
        let mut plates = vec![Rect::new(
            0.0,
            height - frame.bar - motcua_typeset::geometry::PROGRESS,
            width,
            frame.bar + motcua_typeset::geometry::PROGRESS,
        )];
        let corner = self.app.get_corner_width();
        if page.surround == Surround::Plates {
            plates.push(Rect::new(
                width - corner,
                0.0,
                corner,
                self.app.get_corner_height(),
            ));
        } else {
            plates.push(Rect::new(0.0, 0.0, width, frame.header));
        }
        // What comes before the film lies below it.
        let film = page
            .elements
            .iter()
            .position(|element| matches!(element, Element::Media { .. }));
        plates.extend(
            page.elements
                .iter()
                .skip(film.unwrap_or(usize::MAX))
                .filter_map(|element| match element {
                    Element::Outline {
                        rect,
                        fill: Some(_),
                        ..
                    }
                    | Element::Fill { rect, .. } => Some(*rect),
                    _ => None,
                }),
        );
        let whole = Area::new(0, 0, self.width, self.height);
        plates
            .into_iter()
            .map(|rect| area(pixel_box(rect, self.viewport)).and(whole))
            .collect()
    }

    fn picture(
        &self,
        place: PixelBox,
        pixels: &slint::SharedPixelBuffer<slint::Rgb8Pixel>,
    ) -> ui::Picture {
        let scale = self.viewport.scale;
        ui::Picture {
            x: place.x as f32 / scale,
            y: place.y as f32 / scale,
            width: place.width as f32 / scale,
            height: place.height as f32 / scale,
            image: slint::Image::from_rgb8(pixels.clone()),
        }
    }
}

/// A rectangle, if the element is one.
pub(crate) fn plate(element: &Element, palette: &Palette) -> Option<ui::Plate> {
    let clear = slint::Color::from_argb_u8(0, 0, 0, 0);
    let (rect, fill, border, stroke, radius) = match element {
        Element::Fill { rect, role, radius } => {
            (rect, colour(colour_of(palette, *role)), clear, 0.0, radius)
        }
        Element::Outline {
            rect,
            stroke,
            role,
            fill,
            radius,
        } => {
            let fill = fill.map_or(clear, |fill| colour(colour_of(palette, fill)));
            (
                rect,
                fill,
                colour(colour_of(palette, *role)),
                *stroke,
                radius,
            )
        }
        _ => return None,
    };
    let (x, y, width, height) = (rect.x, rect.y, rect.width, rect.height);
    Some(ui::Plate {
        x,
        y,
        width,
        height,
        fill,
        border,
        stroke,
        radius: *radius,
    })
}

/// A line through points, if the element is one.
pub(crate) fn stroke(element: &Element, palette: &Palette) -> Option<ui::Stroke> {
    let Element::Polyline {
        points,
        stroke,
        role,
    } = element
    else {
        return None;
    };
    let commands: String = points
        .iter()
        .enumerate()
        .map(|(index, (x, y))| format!("{} {x} {y} ", if index == 0 { 'M' } else { 'L' }))
        .collect();
    Some(ui::Stroke {
        commands: commands.into(),
        width: *stroke,
        colour: colour(colour_of(palette, *role)),
    })
}

/// A text, if the element is one.
pub(crate) fn run(element: &Element, palette: &Palette) -> Option<ui::Run> {
    let Element::Text(run) = element else {
        return None;
    };
    Some(ui::Run {
        x: run.rect.x,
        y: run.rect.y,
        width: run.rect.width,
        height: run.rect.height,
        text: SharedString::from(run.text.as_str()),
        size: run.size,
        weight: i32::from(run.weight.value()),
        tracking: run.tracking,
        colour: colour(colour_of(palette, run.role)),
    })
}

fn call_line(call: &Call) -> ui::CallLine {
    ui::CallLine {
        number: call.number().into(),
        counter: call.counter().into(),
    }
}

fn area(place: PixelBox) -> Area {
    Area::new(
        place.x.max(0).unsigned_abs(),
        place.y.max(0).unsigned_abs(),
        place.width,
        place.height,
    )
}

pub(crate) fn model<T: Clone + 'static>(items: impl Iterator<Item = T>) -> ModelRc<T> {
    ModelRc::new(VecModel::from(items.collect::<Vec<_>>()))
}

pub(crate) fn colour(colour: Colour) -> slint::Color {
    let [red, green, blue] = colour.rgb;
    slint::Color::from_rgb_u8(red, green, blue)
}

/// Selects the language of every `@tr` text. Vietnamese is the language of the source.
fn select(language: Language) {
    let code = if language == Language::Vi {
        ""
    } else {
        language.code()
    };
    // Without bundled translations there is only Vietnamese, which is the right thing to show then.
    if let Err(error) = slint::select_bundled_translation(code) {
        tracing::warn!("the words are not there in {language}: {error}");
    }
}

include!(concat!(env!("OUT_DIR"), "/words.rs"));
