//! A screen without a window: the same pixels, for `render`, the golden pictures and previews.

use std::time::Duration;

use motcua_media::Frame;
use motcua_show::palette::Palette;
use motcua_typeset::Viewport;

use crate::ScreenError;
use crate::canvas::{Area, Shot};
use crate::compose::FilmLayer;
use crate::platform;
use crate::sheet::Sheet;
use crate::view::{FrameText, Moment, View, WordsByLanguage};
use crate::visit::VisitPage;

/// The films of a page at one moment.
#[derive(Debug, Clone, Default)]
pub struct Posed {
    /// The moment, from the start of the first film.
    pub at: Duration,
    /// A frame of each film, in the order of the page.
    pub frames: Vec<Frame>,
}

/// A screen in memory. There can be one in a thread.
pub struct Headless {
    view: View,
}

impl Headless {
    /// A screen of `width` × `height` pixels.
    ///
    /// # Errors
    /// When this thread has a screen already or Slint cannot start.
    pub fn new(
        width: u32,
        height: u32,
        diagonal_inches: Option<f64>,
        palette: Palette,
    ) -> Result<Self, ScreenError> {
        let window = platform::install(platform::Time::StandsStill)?;
        Ok(Self {
            view: View::new(window, (width, height), diagonal_inches, palette)?,
        })
    }

    /// Gives the screen another size and other colours.
    pub fn reset(
        &mut self,
        width: u32,
        height: u32,
        diagonal_inches: Option<f64>,
        palette: Palette,
    ) {
        self.view.resize(width, height, diagonal_inches);
        self.view.set_palette(palette);
    }

    /// The room for pages.
    #[must_use]
    pub fn viewport(&self) -> Viewport {
        self.view.viewport
    }

    /// The room for pages that are touched.
    #[must_use]
    pub fn touch_viewport(&self, diagonal_inches: Option<f64>) -> Viewport {
        Viewport::of_touch(self.view.width, self.view.height, diagonal_inches)
    }

    /// The words of pages in every language.
    #[must_use]
    pub fn words(&self) -> WordsByLanguage {
        self.view.words()
    }

    /// Draws one page, with its films at a moment of theirs, as it stands when `progress` (0 to 1) of its
    /// item is over.
    pub fn draw(
        &mut self,
        frame: &FrameText,
        language: motcua_show::Language,
        now: Moment,
        progress: f32,
        sheet: &Sheet,
        posed: &Posed,
    ) -> Shot {
        let view = &mut self.view;
        view.set_language(language);
        view.set_frame(frame);
        view.set_clock(now);
        view.set_progress(progress);
        view.set_visit(None);
        view.set_sheet(sheet);
        let caption = sheet.captions.at(posed.at);
        view.set_caption(caption.and_then(|index| sheet.captions.get(index)));
        view.redraw_all();
        // Repeated elements come into being while they are measured: draw until nothing changes.
        for _ in 0..3 {
            if view.draw().is_empty() {
                break;
            }
        }
        if posed.frames.is_empty() {
            return Shot::of(&view.canvas, view.width, view.height);
        }
        // The next page draws over what this one drew, and knows nothing of a film between.
        let without_film = view.canvas.clone();
        paint(view, sheet, &posed.frames);
        let shot = Shot::of(&view.canvas, view.width, view.height);
        view.canvas = without_film;
        shot
    }

    /// Draws a page of a visit.
    pub fn draw_visit(&mut self, page: VisitPage) -> Shot {
        let view = &mut self.view;
        view.set_visit(Some(page));
        view.redraw_all();
        for _ in 0..3 {
            if view.draw().is_empty() {
                break;
            }
        }
        Shot::of(&view.canvas, view.width, view.height)
    }
}

fn paint(view: &mut View, sheet: &Sheet, frames: &[Frame]) {
    let whole = Area::new(0, 0, view.width, view.height);
    for (place, frame) in sheet.media_places(view.viewport).zip(frames) {
        let layer = FilmLayer::new(frame.clone(), place, whole, &view.plates());
        layer.paint(&mut view.canvas, view.width as usize);
    }
}
