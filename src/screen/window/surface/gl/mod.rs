//! The surface with a GPU: the page, drawn in software, is a texture of which only what changed is sent; the
//! planes of a film are textures that a shader turns into colours and the GPU stretches to their place.
//!
//! The whole screen is composed for every picture, which is cheap on a GPU and needs no memory of older
//! buffers. Invariant: a picture is handed to the display only after every call that drew it went well.

mod composer;
mod context;
mod films;
mod shader;
mod target;
#[cfg(test)]
mod tests;

use std::rc::Rc;

use winit::window::Window;

use super::{SurfaceFault, VideoSurface};
use crate::canvas::{Area, Pixel};
use crate::compose::Scene;

pub(crate) use composer::Composer;
pub use context::Renderer;
pub(crate) use context::{Chosen, Context};

/// A window that OpenGL draws into.
pub(crate) struct OpenGl {
    composer: Composer,
    context: Context,
    window: Rc<Window>,
}

impl OpenGl {
    /// Draws into `window`, which was made with the visual of `chosen`.
    ///
    /// # Errors
    /// The driver refuses.
    pub(crate) fn new(
        chosen: &Chosen,
        window: Rc<Window>,
        size: (u32, u32),
    ) -> Result<Self, SurfaceFault> {
        let context = Context::for_window(chosen, &window, size)?;
        let mut composer = Composer::new(context.functions())?;
        composer.resize(size)?;
        Ok(Self {
            composer,
            context,
            window,
        })
    }

    /// What draws.
    pub(crate) fn renderer(&self) -> Renderer {
        self.context.renderer()
    }
}

impl VideoSurface for OpenGl {
    fn resize(&mut self, width: u32, height: u32) -> Result<(), SurfaceFault> {
        self.context.resize((width, height));
        self.composer.resize((width, height))
    }

    fn keep(&mut self, scene: &Scene<'_>) -> Result<(), SurfaceFault> {
        self.composer.keep(scene)
    }

    fn show(&mut self, scene: &Scene<'_>) -> Result<(), SurfaceFault> {
        self.composer.draw(scene)?;
        self.window.pre_present_notify();
        self.context.present(&damage(scene), scene.size.1)
    }

    fn picture(&mut self, scene: &Scene<'_>) -> Result<Vec<Pixel>, SurfaceFault> {
        self.composer.picture(scene)
    }
}

/// What of the screen differs from the picture before.
fn damage(scene: &Scene<'_>) -> Vec<Area> {
    let mut damage = scene.changed.to_vec();
    for film in scene.films.iter().filter(|film| film.is_new) {
        damage.extend(film.visible.iter().copied());
    }
    damage
}
