//! The surface without a GPU: what changed is copied into the window's buffer in memory, frames of films
//! are converted straight into it, and the display server is told which parts are new.

use std::num::NonZeroU32;
use std::rc::Rc;

use winit::event_loop::OwnedDisplayHandle;
use winit::window::Window;

use super::{SurfaceFault, VideoSurface};
use crate::canvas::{Area, Pixel};
use crate::compose::{Before, Scene, compose, copy};

/// A window's buffer in memory.
pub(crate) struct Software {
    surface: softbuffer::Surface<OwnedDisplayHandle, Rc<Window>>,
    window: Rc<Window>,
    /// What a cross-fade fades from.
    kept: Option<Before>,
    /// What changed with the last scene, for display servers that swap two buffers.
    before: Vec<Area>,
}

impl Software {
    /// A buffer for `window`, of `size` pixels.
    ///
    /// # Errors
    /// The display server gives none.
    pub(crate) fn new(
        window: Rc<Window>,
        display: OwnedDisplayHandle,
        size: (u32, u32),
    ) -> Result<Self, SurfaceFault> {
        let context = softbuffer::Context::new(display)?;
        let surface = softbuffer::Surface::new(&context, Rc::clone(&window))?;
        let mut software = Self {
            surface,
            window,
            kept: None,
            before: Vec::new(),
        };
        software.resize(size.0, size.1)?;
        Ok(software)
    }
}

impl VideoSurface for Software {
    fn resize(&mut self, width: u32, height: u32) -> Result<(), SurfaceFault> {
        self.kept = None;
        if let (Some(width), Some(height)) = (NonZeroU32::new(width), NonZeroU32::new(height)) {
            self.surface.resize(width, height)?;
        }
        Ok(())
    }

    fn keep(&mut self, scene: &Scene<'_>) -> Result<(), SurfaceFault> {
        self.kept = Some(Before(compose(scene, self.kept.as_ref())));
        Ok(())
    }

    fn show(&mut self, scene: &Scene<'_>) -> Result<(), SurfaceFault> {
        if scene.fade.is_none() {
            self.kept = None;
        }
        let stride = scene.size.0 as usize;
        let mut buffer = self.surface.buffer_mut()?;
        let mut changed = scene.changed.to_vec();
        match buffer.age() {
            1 => {}
            2 => changed.extend(self.before.iter().copied()),
            _ => changed = vec![scene.whole()],
        }
        let pixels: &mut [Pixel] = bytemuck::cast_slice_mut(&mut buffer);
        for area in &changed {
            copy(scene.canvas, pixels, stride, *area);
        }
        let mut damage = changed;
        for film in scene.films {
            if film.is_new || damage.iter().any(|area| film.is_seen_in(*area)) {
                film.paint(pixels, stride);
                damage.extend(film.visible.iter().copied());
            }
        }
        if let (Some(before), Some(step)) = (&self.kept, scene.fade) {
            before.mix(pixels, stride, step);
        }
        self.window.pre_present_notify();
        let rects: Vec<softbuffer::Rect> = damage.into_iter().filter_map(rect).collect();
        buffer.present_with_damage(&rects)?;
        self.before = scene.changed.to_vec();
        for film in scene.films.iter().filter(|film| film.is_new) {
            self.before.extend(film.visible.iter().copied());
        }
        Ok(())
    }

    fn picture(&mut self, scene: &Scene<'_>) -> Result<Vec<Pixel>, SurfaceFault> {
        Ok(compose(scene, self.kept.as_ref()))
    }
}

fn rect(area: Area) -> Option<softbuffer::Rect> {
    Some(softbuffer::Rect {
        x: area.x,
        y: area.y,
        width: NonZeroU32::new(area.width)?,
        height: NonZeroU32::new(area.height)?,
    })
}
