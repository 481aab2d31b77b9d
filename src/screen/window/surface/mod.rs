//! How a scene gets into the window: one [`VideoSurface`], of which there are several kinds.
//!
//! A surface owns the window's buffers and what it needs to mix pictures. It decides nothing: which scene,
//! and when, is the presenter's. Invariant: a surface that reports a fault has left in the window what was
//! there before.

mod software;

use crate::canvas::Pixel;
use crate::compose::Scene;

pub(super) use software::Software;

/// Where scenes are shown.
pub(crate) trait VideoSurface {
    /// Takes the window's size, pixels. What was kept to fade from is forgotten.
    fn resize(&mut self, width: u32, height: u32) -> Result<(), SurfaceFault>;

    /// Keeps what `scene` looks like: cross-fades of later scenes begin there.
    fn keep(&mut self, scene: &Scene<'_>) -> Result<(), SurfaceFault>;

    /// Shows `scene` in the window. Without a fade in it, what was kept is forgotten.
    fn show(&mut self, scene: &Scene<'_>) -> Result<(), SurfaceFault>;

    /// What `scene` looks like, row by row.
    fn picture(&mut self, scene: &Scene<'_>) -> Result<Vec<Pixel>, SurfaceFault>;
}

/// Why a surface cannot go on. Only words are kept of causes that hold handles of the UI thread.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SurfaceFault {
    /// The window's buffer in memory was refused.
    #[error("the window's buffer: {0}")]
    Buffer(String),
}

impl From<softbuffer::SoftBufferError> for SurfaceFault {
    fn from(error: softbuffer::SoftBufferError) -> Self {
        Self::Buffer(error.to_string())
    }
}
