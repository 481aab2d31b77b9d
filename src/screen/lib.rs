//! The window and everything that is drawn in it; the only crate that knows Slint.
//!
//! Slint runs on a platform of our own: it draws, in software, into a canvas in memory. The window
//! shows that canvas, with a film's frames converted straight into the window's own buffer where the
//! page leaves room for them; `render` takes the same canvas without any window. Nothing here reads a
//! file or decodes: pages, pictures and clips come in ready.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod canvas;
mod captions;
mod compose;
mod headless;
mod inhibit;
mod platform;
mod sheet;
mod theme;
mod view;
mod visit;
mod window;

pub use canvas::{Pixel, Shot};
pub use headless::{Headless, Posed};
pub use motcua_show::palette::Palette;
pub use sheet::{Film, PixelBox, Rounds, Sheet, pixel_box};
pub use view::{FrameText, Moment, Notice, WordsByLanguage};
pub use visit::VisitPage;
pub use window::{
    FromScreen, Graphics, GraphicsInUse, Monitor, Placement, Renderer, ScreenHandle,
    ScreenSettings, Speed, Survey, ToScreen, Transition, run, survey,
};

/// The generated Slint components.
#[allow(
    missing_docs,
    unsafe_code,
    clippy::all,
    clippy::pedantic,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "generated from the .slint files"
)]
mod ui {
    slint::include_modules!();
}

impl From<window::SurfaceFault> for ScreenError {
    fn from(fault: window::SurfaceFault) -> Self {
        Self::Buffer {
            fault: fault.to_string(),
        }
    }
}

/// What keeps a screen from being drawn.
#[derive(Debug, thiserror::Error)]
pub enum ScreenError {
    /// Slint refused.
    #[error("the page cannot be built")]
    Slint(#[from] slint::PlatformError),
    /// No display server can be reached.
    #[error(
        "no display server can be reached; start the player in a graphical session (DISPLAY or WAYLAND_DISPLAY), \
         or draw pictures with `motcua render`"
    )]
    NoDisplay,
    /// The event loop broke.
    #[error("the window's event loop ended")]
    EventLoop(#[from] winit::error::EventLoopError),
    /// The display server refused the window.
    #[error("the display server refused the window")]
    Os(#[from] winit::error::OsError),
    /// The window has no buffer to draw into. Only the words are kept: the cause holds handles that stay
    /// on the UI thread.
    #[error("the window cannot be drawn into: {fault}")]
    Buffer {
        /// What the display server said.
        fault: String,
    },
    /// A fullscreen window was asked for on a monitor that is not there.
    #[error("there is no screen number {asked}; this machine has {present}")]
    NoSuchMonitor {
        /// The number asked for, from 0.
        asked: usize,
        /// How many there are.
        present: usize,
    },
}
