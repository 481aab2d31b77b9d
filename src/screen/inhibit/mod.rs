//! Keeps the display from blanking while the player runs.

mod wayland;
mod x11;

use winit::raw_window_handle::{HasDisplayHandle, HasWindowHandle, RawDisplayHandle, RawWindowHandle};
use winit::window::Window;

/// Holds blanking off as long as it lives.
pub(crate) enum Inhibitor {
    X11(#[expect(dead_code, reason = "held for its connection")] x11::Suspended),
    Wayland(#[expect(dead_code, reason = "held for its inhibitor")] wayland::Inhibited),
}

/// Holds blanking off for `window`; without the means for it the reason is logged once.
pub(crate) fn hold(window: &Window) -> Option<Inhibitor> {
    let display = window.display_handle().ok()?.as_raw();
    let surface = window.window_handle().ok()?.as_raw();
    let held = match (display, surface) {
        (RawDisplayHandle::Xlib(_) | RawDisplayHandle::Xcb(_), _) => x11::suspend().map(Inhibitor::X11),
        (RawDisplayHandle::Wayland(display), RawWindowHandle::Wayland(surface)) => {
            wayland::inhibit(display.display, surface.surface).map(Inhibitor::Wayland)
        }
        _ => return None,
    };
    held.inspect_err(|reason| tracing::warn!("the display may blank while nobody touches it: {reason}")).ok()
}
