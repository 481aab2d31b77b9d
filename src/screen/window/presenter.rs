//! Decides what is to be seen at each moment: page, film, cross-fade, and what of them changed. How that
//! becomes pixels in the window is the [`VideoSurface`]'s.

use std::time::{Duration, Instant};

use super::films::{Cover, Films, FilmsDue};
use super::surface::{SurfaceFault, VideoSurface};
use super::{FromScreen, Transition};
use crate::canvas::Area;
use crate::captions::Captions;
use crate::compose::{Fade, FadeStep, FilmLayer, Scene};
use crate::sheet::Sheet;
use crate::view::View;
use crate::visit::VisitPage;

/// Time between two frames of a movement: 60 a second.
const FRAME: Duration = Duration::from_micros(16_667);
/// How often the progress moves on while nothing else does. Five small steps a second are seen as a
/// movement from 3 m and cost next to nothing.
const PROGRESS_STEP: Duration = Duration::from_millis(200);

/// The picture in the window.
pub(super) struct Presenter {
    pub view: View,
    surface: Box<dyn VideoSurface>,
    sheet: Option<ShownSheet>,
    fade: Option<Fade>,
    progress: Option<(Instant, Duration, Duration)>,
    /// Everything has to be handed over again.
    exposed: bool,
}

struct ShownSheet {
    token: u64,
    films: Films,
    captions: Captions,
    /// The caption that stands.
    caption: Option<usize>,
    told_shown: bool,
}

impl Presenter {
    pub(super) fn new(view: View, surface: Box<dyn VideoSurface>) -> Self {
        Self {
            view,
            surface,
            sheet: None,
            fade: None,
            progress: None,
            exposed: true,
        }
    }

    /// Draws the canvas ahead of time, so that the window opens with a picture.
    pub(super) fn prepare(&mut self) {
        self.view.draw();
    }

    pub(super) fn expose(&mut self) {
        self.exposed = true;
    }

    pub(super) fn resize(&mut self, width: u32, height: u32, diagonal_inches: Option<f64>) {
        self.view.resize(width, height, diagonal_inches);
        if let Err(error) = self.surface.resize(width, height) {
            tracing::warn!("the window's buffer could not take its new size: {error}");
        }
        self.fade = None;
        self.exposed = true;
    }

    pub(super) fn set_progress(&mut self, at: Instant, passed: Duration, length: Duration) {
        self.progress = (!length.is_zero()).then_some((at, passed, length));
        if self.progress.is_none() {
            self.view.set_progress(0.0);
        }
    }

    pub(super) fn show(&mut self, token: u64, sheet: Sheet, transition: Transition) {
        let now = Instant::now();
        // Nothing of a visit fades away: it is gone.
        let transition = if self.view.visiting.is_open() {
            self.view.set_visit(None);
            Transition::Cut
        } else {
            transition
        };
        let old_stage = self.view.stage();
        let is_kept = transition == Transition::Fade && self.keep(now);
        self.view.set_sheet(&sheet);
        let new_stage = self.view.stage();
        let top = old_stage.y.min(new_stage.y);
        let bottom = old_stage.bottom().max(new_stage.bottom());
        let area = Area::new(0, top, new_stage.width, bottom - top);
        self.fade = is_kept.then(|| Fade::new(area, now));
        let before = self.sheet.take().map(|sheet| sheet.films);
        let films = Films::new(sheet.films, before, &cover(&self.view));
        self.sheet = Some(ShownSheet {
            token,
            films,
            captions: sheet.captions,
            caption: None,
            told_shown: false,
        });
        // A film may leave the canvas untouched below: what it covered has to be handed over again.
        self.exposed = true;
    }

    /// Puts a page of a visit over the stage, whose film and fade end.
    pub(super) fn visit(&mut self, page: VisitPage) {
        self.fade = None;
        self.progress = None;
        if let Some(sheet) = &mut self.sheet {
            self.exposed |= sheet.films.layers().next().is_some();
            sheet.films = Films::default();
            sheet.caption = None;
            self.view.set_caption(None);
        }
        self.view.set_visit(Some(page));
    }

    /// What is to be seen, for whoever asked.
    ///
    /// # Errors
    /// The surface cannot say.
    pub(super) fn picture(&mut self) -> Result<FromScreen, SurfaceFault> {
        self.view.draw();
        // What was drawn for the picture has not been handed over.
        self.exposed = true;
        let fade = self.fade.and_then(|fade| fade.step(Instant::now()));
        let whole = [self.whole()];
        let layers = layers(self.sheet.as_ref());
        let scene = scene(&self.view, &whole, &layers, fade);
        let pixels = self.surface.picture(&scene)?;
        Ok(FromScreen::Picture {
            width: self.view.width,
            height: self.view.height,
            pixels: pixels.into_boxed_slice(),
        })
    }

    /// Brings everything that is due into the window; says when to come again.
    pub(super) fn tick(
        &mut self,
        now: Instant,
        tell: &dyn Fn(FromScreen),
    ) -> Result<Option<Instant>, SurfaceFault> {
        let caption_due = self.advance_caption(now);
        let film_due = self.advance_films(now, tell);
        self.advance_progress(now);
        let mut changed = self.view.draw();
        let step = self.fade.map(|fade| fade.step(now));
        if let Some(fade) = &self.fade {
            changed.push(fade.area());
        }
        if std::mem::take(&mut self.exposed) {
            changed = vec![self.whole()];
        }
        if !changed.is_empty() || film_due.has_new_frame {
            let layers = layers(self.sheet.as_ref());
            let scene = scene(&self.view, &changed, &layers, step.flatten());
            self.surface.show(&scene)?;
        }
        if step == Some(None) {
            self.fade = None;
        }
        if let Some(sheet) = self.sheet.as_mut() {
            sheet.films.have_been_shown();
            if !sheet.told_shown {
                sheet.told_shown = true;
                tell(FromScreen::Shown { token: sheet.token });
            }
        }
        let due = [caption_due, film_due.next].into_iter().flatten().min();
        Ok(self.next_wake(now, due))
    }

    /// Keeps what is to be seen at this moment, to fade away from it; says whether that could be done.
    fn keep(&mut self, now: Instant) -> bool {
        let fade = self.fade.and_then(|fade| fade.step(now));
        let whole = [self.whole()];
        let changed: &[Area] = if self.exposed { &whole } else { &[] };
        let layers = layers(self.sheet.as_ref());
        let scene = scene(&self.view, changed, &layers, fade);
        self.surface
            .keep(&scene)
            .inspect_err(|fault| tracing::warn!("a cross-fade becomes a cut: {fault}"))
            .is_ok()
    }

    fn whole(&self) -> Area {
        Area::new(0, 0, self.view.width, self.view.height)
    }

    /// Lets the caption that is due stand over the films, and says when another is. The films' clock decides,
    /// so that a caption comes and goes with what is heard.
    fn advance_caption(&mut self, now: Instant) -> Option<Instant> {
        let sheet = self.sheet.as_mut()?;
        let position = sheet.films.position()?;
        let due = sheet.captions.at(position);
        if due != sheet.caption {
            sheet.caption = due;
            let caption = due.and_then(|index| sheet.captions.get(index));
            self.view.set_caption(caption);
            let over = cover(&self.view);
            sheet.films.cover(&over);
        }
        let next = sheet.captions.next_change(position)?;
        Some(now + (next - position).max(Duration::from_millis(1)))
    }

    fn advance_films(&mut self, now: Instant, tell: &dyn Fn(FromScreen)) -> FilmsDue {
        match &mut self.sheet {
            Some(sheet) => {
                let over = cover(&self.view);
                sheet.films.advance(now, &over, sheet.token, tell)
            }
            None => FilmsDue::default(),
        }
    }

    fn advance_progress(&mut self, now: Instant) {
        if let Some((at, passed, length)) = self.progress {
            let over = passed + now.saturating_duration_since(at);
            self.view
                .set_progress(over.as_secs_f32() / length.as_secs_f32());
        }
    }

    fn next_wake(&self, now: Instant, film: Option<Instant>) -> Option<Instant> {
        let moving = self.fade.is_some() || self.view.moves();
        let frame = moving.then(|| now + FRAME);
        let progress = self.progress.map(|_| now + PROGRESS_STEP);
        let timer = slint::platform::duration_until_next_timer_update().map(|wait| now + wait);
        [frame, progress, timer, film].into_iter().flatten().min()
    }
}

/// What lies over films.
fn cover(view: &View) -> Cover {
    Cover {
        whole: Area::new(0, 0, view.width, view.height),
        plates: view.plates(),
    }
}

/// The films of a sheet that have a frame to show.
fn layers(sheet: Option<&ShownSheet>) -> Vec<&FilmLayer> {
    sheet
        .iter()
        .flat_map(|sheet| sheet.films.layers())
        .collect()
}

fn scene<'a>(
    view: &'a View,
    changed: &'a [Area],
    films: &'a [&'a FilmLayer],
    fade: Option<FadeStep>,
) -> Scene<'a> {
    Scene {
        size: (view.width, view.height),
        canvas: &view.canvas,
        changed,
        films,
        fade,
    }
}

#[cfg(test)]
mod tests;
