//! Opening the surface that was chosen, or the one in software where that cannot be had.

use std::rc::Rc;

use winit::event_loop::OwnedDisplayHandle;
use winit::window::Window;

use super::gl::{Chosen, OpenGl, Renderer};
use super::{FallBack, Software, SurfaceFault, VideoSurface};

/// How pictures are composed and brought into the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Graphics {
    /// By the processor.
    Software,
    /// By the GPU.
    OpenGl,
}

/// How pictures are composed, as it came to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GraphicsInUse {
    /// How.
    pub graphics: Graphics,
    /// What OpenGL says that it is, where it is used.
    pub renderer: Option<Renderer>,
    /// Why it is not OpenGL although that was wanted.
    pub fault: Option<String>,
}

/// Hears how pictures are composed: once the window is open, and again after a fault.
pub(in crate::window) type Told = Rc<dyn Fn(GraphicsInUse)>;

/// Opens the surface of `window`. With `chosen` that is OpenGL, with software to fall back on.
///
/// # Errors
/// The display server gives no buffer in memory either.
pub(in crate::window) fn open(
    chosen: Option<Result<Chosen, SurfaceFault>>,
    window: Rc<Window>,
    display: OwnedDisplayHandle,
    size: (u32, u32),
    told: Told,
) -> Result<Box<dyn VideoSurface>, SurfaceFault> {
    let opened = chosen.map(|chosen| OpenGl::new(&chosen?, Rc::clone(&window), size));
    let in_software = move |size| -> Result<Box<dyn VideoSurface>, SurfaceFault> {
        Ok(Box::new(Software::new(
            Rc::clone(&window),
            display.clone(),
            size,
        )?))
    };
    let fell = |told: &Told, fault: &SurfaceFault| {
        told(GraphicsInUse {
            graphics: Graphics::Software,
            renderer: None,
            fault: Some(fault.to_string()),
        });
    };
    match opened {
        Some(Ok(surface)) => {
            told(GraphicsInUse {
                graphics: Graphics::OpenGl,
                renderer: Some(surface.renderer()),
                fault: None,
            });
            Ok(Box::new(FallBack::new(
                Box::new(surface),
                size,
                Box::new(in_software),
                Box::new(move |fault| fell(&told, fault)),
            )))
        }
        Some(Err(fault)) => {
            fell(&told, &fault);
            in_software(size)
        }
        None => {
            told(GraphicsInUse {
                graphics: Graphics::Software,
                renderer: None,
                fault: None,
            });
            in_software(size)
        }
    }
}
