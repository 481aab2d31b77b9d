//! Getting OpenGL: finding the driver, a configuration, a context, and the window's buffers. All of it is
//! loaded at run time, so that a machine without OpenGL starts all the same.
#![expect(
    unsafe_code,
    reason = "glutin and glow take handles and pointers from the window system"
)]

use std::ffi::CString;
use std::num::NonZeroU32;
use std::rc::Rc;

use glow::HasContext as _;
use glutin::api::egl;
use glutin::config::{ColorBufferType, Config, ConfigSurfaceTypes, ConfigTemplateBuilder};
use glutin::context::{
    ContextApi, ContextAttributesBuilder, NotCurrentContext, PossiblyCurrentContext, Robustness,
    Version,
};
use glutin::display::{Display, DisplayApiPreference};
use glutin::platform::x11::X11GlConfigExt as _;
use glutin::prelude::*;
use glutin::surface::{Rect, Surface, SurfaceAttributesBuilder, SwapInterval, WindowSurface};
use raw_window_handle::{
    HasDisplayHandle, HasWindowHandle as _, RawDisplayHandle, RawWindowHandle,
};
use winit::window::Window;

use super::super::SurfaceFault;
use crate::canvas::Area;

/// A driver and a configuration of it that windows of this display server can have.
pub(crate) struct Chosen {
    display: Display,
    config: Config,
}

impl Chosen {
    /// Looks for OpenGL on a display server: EGL, else GLX.
    ///
    /// # Errors
    /// There is no driver, or none of its configurations fits.
    pub(crate) fn of(display: &impl HasDisplayHandle) -> Result<Self, SurfaceFault> {
        let raw = display
            .display_handle()
            .map_err(|_| SurfaceFault::NoOpenGl("the display server gives no handle".to_owned()))?
            .as_raw();
        let preference = match raw {
            RawDisplayHandle::Xlib(_) => DisplayApiPreference::EglThenGlx(Box::new(
                winit::platform::x11::register_xlib_error_hook,
            )),
            _ => DisplayApiPreference::Egl,
        };
        // SAFETY: winit's handle is valid while its event loop lives, and so does everything made here: the
        // presenter ends before the event loop.
        let display = unsafe { Display::new(raw, preference) }.map_err(no_open_gl)?;
        let config = config(&display, ConfigSurfaceTypes::WINDOW)?;
        Ok(Self { display, config })
    }

    /// The visual that a window of X11 must be made with.
    pub(crate) fn x11_visual(&self) -> Option<u32> {
        let visual = self.config.x11_visual()?;
        u32::try_from(visual.visual_id()).ok()
    }
}

/// The first configuration with 8 bit a channel: opaque where there is one, so that nothing shines through.
fn config(display: &Display, surfaces: ConfigSurfaceTypes) -> Result<Config, SurfaceFault> {
    let template = ConfigTemplateBuilder::new()
        .with_alpha_size(0)
        .with_depth_size(0)
        .with_stencil_size(0)
        .with_surface_type(surfaces)
        .build();
    // SAFETY: the template names no window.
    let found = unsafe { display.find_configs(template) }.map_err(no_open_gl)?;
    let plain = ColorBufferType::Rgb {
        r_size: 8,
        g_size: 8,
        b_size: 8,
    };
    found
        .filter(|config| config.color_buffer_type() == Some(plain) && config.num_samples() == 0)
        .min_by_key(|config| {
            (
                config.supports_transparency().unwrap_or(false),
                config.alpha_size(),
            )
        })
        .ok_or_else(|| {
            SurfaceFault::NoOpenGl(
                "the driver offers no configuration of 8 bit a channel".to_owned(),
            )
        })
}

/// What an OpenGL driver says that it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renderer {
    /// `GL_RENDERER`: the GPU, or the name of a rasteriser in software.
    pub name: String,
    /// `GL_VENDOR`.
    pub vendor: String,
    /// `GL_VERSION`, with the version of the driver.
    pub version: String,
}

impl Renderer {
    /// Whether it draws in software: then the player does that better itself.
    #[must_use]
    pub fn is_software(&self) -> bool {
        let name = self.name.to_lowercase();
        [
            "llvmpipe",
            "softpipe",
            "swrast",
            "swiftshader",
            "software rasterizer",
            "lavapipe",
        ]
        .iter()
        .any(|known| name.contains(known))
    }
}

/// OpenGL, current on this thread.
pub(crate) struct Context {
    functions: Rc<glow::Context>,
    surface: Option<Surface<WindowSurface>>,
    context: PossiblyCurrentContext,
}

impl Context {
    /// For drawing into `window`.
    ///
    /// # Errors
    /// The driver refuses.
    pub(crate) fn for_window(
        chosen: &Chosen,
        window: &Window,
        size: (u32, u32),
    ) -> Result<Self, SurfaceFault> {
        let handle = window
            .window_handle()
            .map_err(|_| SurfaceFault::NoOpenGl("the window has no handle".to_owned()))?
            .as_raw();
        let created = context(&chosen.display, &chosen.config, Some(handle))?;
        let (width, height) = (at_least_one(size.0), at_least_one(size.1));
        let attributes = SurfaceAttributesBuilder::<WindowSurface>::new()
            .with_srgb(Some(false))
            .build(handle, width, height);
        // SAFETY: the handle is that of `window`, which the owner of this context keeps.
        let surface = unsafe {
            chosen
                .display
                .create_window_surface(&chosen.config, &attributes)
        }?;
        let context = created.make_current(&surface)?;
        // On X11 a picture goes up at the display's refresh, without tearing: handing it over waits for one
        // refresh at most, and no two are ready within one. A compositor of Wayland never tears, and would let
        // a window wait for ever that it does not show.
        let interval = match handle {
            RawWindowHandle::Wayland(_) => SwapInterval::DontWait,
            _ => SwapInterval::Wait(NonZeroU32::MIN),
        };
        if let Err(error) = surface.set_swap_interval(&context, interval) {
            tracing::debug!("the driver keeps its own swap interval: {error}");
        }
        Ok(Self::loaded(&chosen.display, context, Some(surface)))
    }

    /// Without any window or display server, for measuring and tests.
    ///
    /// # Errors
    /// The driver cannot do that.
    pub(crate) fn without_window() -> Result<Self, SurfaceFault> {
        let mut refused = SurfaceFault::NoOpenGl("the driver names no device".to_owned());
        for device in egl::device::Device::query_devices()? {
            // SAFETY: the device was listed just before, and no other handle is given.
            let display = unsafe { egl::display::Display::with_device(&device, None) };
            let attempt = display.map_err(no_open_gl).and_then(|display| {
                let display = Display::Egl(display);
                let config = config(&display, ConfigSurfaceTypes::empty())?;
                match context(&display, &config, None)?.treat_as_possibly_current() {
                    PossiblyCurrentContext::Egl(context) => {
                        context.make_current_surfaceless()?;
                        let context = PossiblyCurrentContext::Egl(context);
                        Ok(Self::loaded(&display, context, None))
                    }
                    _ => Err(SurfaceFault::NoOpenGl("no EGL".to_owned())),
                }
            });
            match attempt {
                Ok(context) => return Ok(context),
                Err(fault) => refused = fault,
            }
        }
        Err(refused)
    }

    fn loaded(
        display: &Display,
        context: PossiblyCurrentContext,
        surface: Option<Surface<WindowSurface>>,
    ) -> Self {
        let load = |name: &str| {
            CString::new(name).map_or(std::ptr::null(), |name| display.get_proc_address(&name))
        };
        // SAFETY: the context is current on this thread and the addresses are those of its driver.
        let functions = unsafe { glow::Context::from_loader_function(load) };
        Self {
            functions: Rc::new(functions),
            surface,
            context,
        }
    }

    /// The driver's functions, to be called while this context lives.
    pub(crate) fn functions(&self) -> Rc<glow::Context> {
        Rc::clone(&self.functions)
    }

    /// What draws.
    pub(crate) fn renderer(&self) -> Renderer {
        // SAFETY: the context is current; these strings are always there.
        let text = |name| unsafe { self.functions.get_parameter_string(name) };
        Renderer {
            name: text(glow::RENDERER),
            vendor: text(glow::VENDOR),
            version: text(glow::VERSION),
        }
    }

    pub(crate) fn resize(&self, size: (u32, u32)) {
        if let Some(surface) = &self.surface {
            surface.resize(&self.context, at_least_one(size.0), at_least_one(size.1));
        }
    }

    /// Hands what was drawn to the display, of a screen of `height` pixels, with word of what is new in it.
    ///
    /// # Errors
    /// The window or the context is lost.
    pub(crate) fn present(&self, damage: &[Area], height: u32) -> Result<(), SurfaceFault> {
        let Some(surface) = &self.surface else {
            return Ok(());
        };
        match (surface, &self.context) {
            (Surface::Egl(surface), PossiblyCurrentContext::Egl(context)) => {
                // OpenGL counts rows from the bottom.
                let rects: Vec<Rect> = damage
                    .iter()
                    .map(|area| {
                        let y = height.saturating_sub(area.bottom());
                        let [x, y, width, height] =
                            [area.x, y, area.width, area.height].map(u32::cast_signed);
                        Rect::new(x, y, width, height)
                    })
                    .collect();
                surface.swap_buffers_with_damage(context, &rects)?;
            }
            (surface, context) => surface.swap_buffers(context)?,
        }
        Ok(())
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        // What is current goes on existing, and with it the window's buffers, which another surface is to have.
        if let Err(error) = self.context.make_not_current_in_place() {
            tracing::debug!("OpenGL does not let go of the window: {error}");
        }
    }
}

/// A context: one that says when the GPU was reset, where the driver knows how, of OpenGL or OpenGL ES.
fn context(
    display: &Display,
    config: &Config,
    window: Option<RawWindowHandle>,
) -> Result<NotCurrentContext, SurfaceFault> {
    let apis = [
        ContextApi::OpenGl(Some(Version::new(3, 2))),
        ContextApi::Gles(Some(Version::new(3, 0))),
    ];
    let robust = [Robustness::RobustLoseContextOnReset, Robustness::NotRobust];
    let mut refused = None;
    for (api, robustness) in apis
        .iter()
        .flat_map(|api| robust.iter().map(move |robustness| (*api, *robustness)))
    {
        let attributes = ContextAttributesBuilder::new()
            .with_context_api(api)
            .with_robustness(robustness)
            .build(window);
        // SAFETY: the window, if there is one, is that of the caller and lives.
        match unsafe { display.create_context(config, &attributes) } {
            Ok(context) => return Ok(context),
            Err(error) => refused = Some(no_open_gl(error)),
        }
    }
    Err(refused.unwrap_or_else(|| SurfaceFault::NoOpenGl("no context".to_owned())))
}

fn at_least_one(length: u32) -> NonZeroU32 {
    NonZeroU32::new(length).unwrap_or(NonZeroU32::MIN)
}

fn no_open_gl(error: glutin::error::Error) -> SurfaceFault {
    SurfaceFault::NoOpenGl(error.to_string())
}
