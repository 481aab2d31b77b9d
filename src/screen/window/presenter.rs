//! Brings the view, a film and a cross-fade into the window's buffer, and hands on only what changed.

use std::num::NonZeroU32;
use std::rc::Rc;
use std::time::{Duration, Instant};

use motcua_media::Progress as ClipProgress;
use softbuffer::SoftBufferError;
use winit::event_loop::OwnedDisplayHandle;
use winit::window::Window;

use super::kiosk::Surface;
use super::{FromScreen, Transition};
use crate::ScreenError;
use crate::canvas::Area;
use crate::compose::{Fade, FilmLayer, copy, cut_out};
use crate::sheet::{Film, Sheet};
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
    surface: Surface,
    sheet: Option<ShownSheet>,
    fade: Option<Fade>,
    progress: Option<(Instant, Duration, Duration)>,
    /// Everything has to be handed over again.
    exposed: bool,
    /// What changed with the last picture, for display servers that swap two buffers.
    before: Vec<Area>,
}

struct ShownSheet {
    token: u64,
    film: Option<Film>,
    layer: Option<FilmLayer>,
    told_shown: bool,
    told_end: bool,
}

impl Presenter {
    pub(super) fn new(
        view: View,
        window: Rc<Window>,
        display: OwnedDisplayHandle,
    ) -> Result<Self, ScreenError> {
        let context = softbuffer::Context::new(display)?;
        let mut surface = Surface::new(&context, window)?;
        resize_surface(&mut surface, view.width, view.height)?;
        Ok(Self {
            view,
            surface,
            sheet: None,
            fade: None,
            progress: None,
            exposed: true,
            before: Vec::new(),
        })
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
        if let Err(error) = resize_surface(&mut self.surface, width, height) {
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
        let before = (transition == Transition::Fade).then(|| self.picture_now(now));
        self.view.set_sheet(&sheet);
        let new_stage = self.view.stage();
        let top = old_stage.y.min(new_stage.y);
        let bottom = old_stage.bottom().max(new_stage.bottom());
        let area = Area::new(0, top, new_stage.width, bottom - top);
        self.fade = before.map(|pixels| {
            let stride = self.view.width as usize;
            Fade::new(cut_out(&pixels, stride, area), area, now)
        });
        self.sheet = Some(ShownSheet {
            token,
            film: sheet.film,
            layer: None,
            told_shown: false,
            told_end: false,
        });
        // A film may leave the canvas untouched below: what it covered has to be handed over again.
        self.exposed = true;
    }

    /// Puts a page of a visit over the stage, whose film and fade end.
    pub(super) fn visit(&mut self, page: VisitPage) {
        self.fade = None;
        self.progress = None;
        if let Some(sheet) = &mut self.sheet {
            sheet.film = None;
            self.exposed |= sheet.layer.take().is_some();
        }
        self.view.set_visit(Some(page));
    }

    /// What is to be seen, for whoever asked.
    pub(super) fn picture(&mut self) -> FromScreen {
        self.view.draw();
        // What was drawn for the picture has not been handed over.
        self.exposed = true;
        FromScreen::Picture {
            width: self.view.width,
            height: self.view.height,
            pixels: self.picture_now(Instant::now()).into_boxed_slice(),
        }
    }

    /// Brings everything that is due into the window; says when to come again.
    pub(super) fn tick(
        &mut self,
        now: Instant,
        window: &Window,
        tell: &dyn Fn(FromScreen),
    ) -> Result<Option<Instant>, SoftBufferError> {
        let film_due = self.advance_film(now, tell);
        self.advance_progress(now);
        let mut changed = self.view.draw();
        let share = self.fade.as_ref().map(|fade| fade.share(now));
        if let Some(fade) = &self.fade {
            changed.push(fade.area());
        }
        if std::mem::take(&mut self.exposed) {
            changed = vec![Area::new(0, 0, self.view.width, self.view.height)];
        }
        if !changed.is_empty() || film_due.has_new_frame {
            self.hand_over(changed, film_due.has_new_frame, share.flatten(), window)?;
        }
        if share == Some(None) {
            self.fade = None;
        }
        if let Some(sheet) = self.sheet.as_mut().filter(|sheet| !sheet.told_shown) {
            sheet.told_shown = true;
            tell(FromScreen::Shown { token: sheet.token });
        }
        Ok(self.next_wake(now, film_due.next))
    }

    fn hand_over(
        &mut self,
        mut changed: Vec<Area>,
        new_frame: bool,
        share: Option<u32>,
        window: &Window,
    ) -> Result<(), SoftBufferError> {
        let stride = self.view.width as usize;
        let whole = Area::new(0, 0, self.view.width, self.view.height);
        let layer = self.sheet.as_ref().and_then(|sheet| sheet.layer.as_ref());
        let mut buffer = self.surface.buffer_mut()?;
        let newly = changed.clone();
        match buffer.age() {
            1 => {}
            2 => changed.extend(self.before.iter().copied()),
            _ => changed = vec![whole],
        }
        let pixels: &mut [crate::Pixel] = bytemuck::cast_slice_mut(&mut buffer);
        for area in &changed {
            copy(&self.view.canvas, pixels, stride, *area);
        }
        let mut damage = changed;
        if let Some(layer) = layer {
            let covered =
                |area: &Area| layer.visible.iter().any(|part| !part.and(*area).is_empty());
            if new_frame || damage.iter().any(covered) {
                layer.paint(pixels, stride);
                damage.extend(layer.visible.iter().copied());
            }
        }
        if let (Some(fade), Some(share)) = (&self.fade, share) {
            fade.mix(pixels, stride, share);
        }
        window.pre_present_notify();
        let rects: Vec<softbuffer::Rect> = damage
            .iter()
            .filter_map(|area| softbuffer_rect(*area))
            .collect();
        buffer.present_with_damage(&rects)?;
        self.before = newly;
        if let (Some(layer), true) = (layer, new_frame) {
            self.before.extend(layer.visible.iter().copied());
        }
        Ok(())
    }

    /// What is to be seen at this moment, film and cross-fade included.
    fn picture_now(&self, now: Instant) -> Vec<crate::Pixel> {
        let stride = self.view.width as usize;
        let mut pixels = self.view.canvas.clone();
        if let Some(layer) = self.sheet.as_ref().and_then(|sheet| sheet.layer.as_ref()) {
            layer.paint(&mut pixels, stride);
        }
        if let Some((fade, share)) = self
            .fade
            .as_ref()
            .and_then(|fade| Some((fade, fade.share(now)?)))
        {
            fade.mix(&mut pixels, stride, share);
        }
        pixels
    }

    fn advance_film(&mut self, now: Instant, tell: &dyn Fn(FromScreen)) -> FilmDue {
        let whole = Area::new(0, 0, self.view.width, self.view.height);
        let nothing = FilmDue {
            has_new_frame: false,
            next: None,
        };
        let Some(sheet) = self.sheet.as_mut() else {
            return nothing;
        };
        let Some(film) = &sheet.film else {
            return nothing;
        };
        let position = (film.position)();
        let choice = film.clip.frame_at(position);
        let has_new_frame = choice.frame.is_some();
        if let Some(frame) = choice.frame {
            let free = |outer: u32, inner: u32| (i64::from(outer) - i64::from(inner)) as i32 / 2;
            let at = (
                film.place.x + free(film.place.width, frame.width()),
                film.place.y + free(film.place.height, frame.height()),
            );
            let visible = FilmLayer::visible_parts(
                at,
                frame.width(),
                frame.height(),
                whole,
                &self.view.plates(),
            );
            sheet.layer = Some(FilmLayer { frame, at, visible });
        }
        if !sheet.told_end {
            let token = sheet.token;
            let end = match choice.progress {
                ClipProgress::Playing => None,
                ClipProgress::Ended { at } => {
                    (position >= at).then_some(FromScreen::FilmEnded { token })
                }
                ClipProgress::Failed { error, .. } => Some(FromScreen::FilmFailed { token, error }),
            };
            if let Some(end) = end {
                sheet.told_end = true;
                tell(end);
            }
        }
        let next = choice
            .next_due
            .map(|due| now + due.saturating_sub(position).max(Duration::from_millis(1)));
        let next = if next.is_none() && !sheet.told_end {
            // Nothing is queued: the clip wakes this thread when there is; an end has to be noticed in time.
            Some(now + Duration::from_millis(50))
        } else {
            next
        };
        FilmDue {
            has_new_frame,
            next,
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

struct FilmDue {
    has_new_frame: bool,
    next: Option<Instant>,
}

fn resize_surface(surface: &mut Surface, width: u32, height: u32) -> Result<(), SoftBufferError> {
    match (NonZeroU32::new(width), NonZeroU32::new(height)) {
        (Some(width), Some(height)) => surface.resize(width, height),
        _ => Ok(()),
    }
}

fn softbuffer_rect(area: Area) -> Option<softbuffer::Rect> {
    Some(softbuffer::Rect {
        x: area.x,
        y: area.y,
        width: NonZeroU32::new(area.width)?,
        height: NonZeroU32::new(area.height)?,
    })
}
