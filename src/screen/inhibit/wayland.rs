//! Wayland: `zwp_idle_inhibit_manager_v1` on the window's own connection.

use std::ffi::c_void;
use std::ptr::NonNull;

use wayland_backend::client::{Backend, InvalidId, ObjectId};
use wayland_client::globals::{BindError, GlobalError, GlobalListContents, registry_queue_init};
use wayland_client::protocol::wl_registry::WlRegistry;
use wayland_client::protocol::wl_surface::WlSurface;
use wayland_client::{Connection, Dispatch, Proxy, QueueHandle, delegate_noop};
use wayland_protocols::wp::idle_inhibit::zv1::client::{
    zwp_idle_inhibit_manager_v1::ZwpIdleInhibitManagerV1, zwp_idle_inhibitor_v1::ZwpIdleInhibitorV1,
};

/// The inhibitor and the connection that it lives on.
pub(super) struct Inhibited {
    inhibitor: ZwpIdleInhibitorV1,
    connection: Connection,
}

impl Drop for Inhibited {
    fn drop(&mut self) {
        self.inhibitor.destroy();
        // At shutdown the compositor may be gone already, which ends the inhibitor as well.
        drop(self.connection.flush());
    }
}

/// What keeps idleness from being inhibited.
#[derive(Debug, thiserror::Error)]
pub(super) enum InhibitError {
    #[error("the compositor's globals cannot be listed: {0}")]
    Globals(#[from] GlobalError),
    #[error(
        "the compositor cannot inhibit idleness: {0}; switch its idle timer off in its own configuration"
    )]
    Unsupported(#[from] BindError),
    #[error("the window's surface is not known to its connection: {0}")]
    Surface(#[from] InvalidId),
    #[error("the compositor went away: {0}")]
    Gone(#[from] wayland_backend::client::WaylandError),
}

struct Listener;

impl Dispatch<WlRegistry, GlobalListContents> for Listener {
    fn event(
        _: &mut Self,
        _: &WlRegistry,
        _: <WlRegistry as Proxy>::Event,
        _: &GlobalListContents,
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
    }
}

delegate_noop!(Listener: ZwpIdleInhibitManagerV1);
delegate_noop!(Listener: ZwpIdleInhibitorV1);

/// Inhibits idleness for `surface`, both as raw handles of a window that outlives the result.
pub(super) fn inhibit(
    display: NonNull<c_void>,
    surface: NonNull<c_void>,
) -> Result<Inhibited, InhibitError> {
    let connection = Connection::from_backend(backend_of(display));
    let (globals, queue) = registry_queue_init::<Listener>(&connection)?;
    let handle = queue.handle();
    let manager: ZwpIdleInhibitManagerV1 = globals.bind(&handle, 1..=1, ())?;
    let surface = WlSurface::from_id(&connection, surface_id(surface)?)?;
    let inhibitor = manager.create_inhibitor(&surface, &handle, ());
    connection.flush()?;
    Ok(Inhibited {
        inhibitor,
        connection,
    })
}

#[expect(
    unsafe_code,
    reason = "winit hands its connection out as a pointer only"
)]
fn backend_of(display: NonNull<c_void>) -> Backend {
    // SAFETY: winit's window gives a valid wl_display, and the window, which the caller keeps, keeps its
    // connection open longer than the inhibitor lives.
    unsafe { Backend::from_foreign_display(display.as_ptr().cast()) }
}

#[expect(unsafe_code, reason = "winit hands its surface out as a pointer only")]
fn surface_id(surface: NonNull<c_void>) -> Result<ObjectId, InvalidId> {
    // SAFETY: the pointer is the wl_surface of a live window.
    unsafe { ObjectId::from_ptr(WlSurface::interface(), surface.as_ptr().cast()) }
}
