//! Keeps the display from blanking while the player runs.

mod wayland;
mod x11;

use std::any::Any;
use std::error::Error;

use winit::raw_window_handle::{
    HasDisplayHandle, HasWindowHandle, RawDisplayHandle, RawWindowHandle,
};
use winit::window::Window;

/// Holds blanking off as long as it lives.
pub(crate) struct Inhibitor {
    _held: Box<dyn Any>,
}

/// Holds blanking off for `window`; without the means for it the reason is logged once.
pub(crate) fn hold(window: &Window) -> Option<Inhibitor> {
    let display = window.display_handle().ok()?.as_raw();
    let surface = window.window_handle().ok()?.as_raw();
    let held: Result<Box<dyn Any>, Box<dyn Error>> = match (display, surface) {
        (RawDisplayHandle::Xlib(_) | RawDisplayHandle::Xcb(_), _) => boxed(x11::suspend()),
        (RawDisplayHandle::Wayland(display), RawWindowHandle::Wayland(surface)) => {
            boxed(wayland::inhibit(display.display, surface.surface))
        }
        _ => return None,
    };
    held.inspect_err(|reason| {
        tracing::warn!("the display may blank while nobody touches it: {reason}")
    })
    .ok()
    .map(|held| Inhibitor { _held: held })
}

fn boxed<T: Any, E: Error + 'static>(held: Result<T, E>) -> Result<Box<dyn Any>, Box<dyn Error>> {
    match held {
        Ok(held) => Ok(Box::new(held)),
        Err(error) => Err(Box::new(error)),
    }
}
