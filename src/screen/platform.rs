//! The Slint platform: one window drawn in software, a clock, and nothing else.

use std::rc::Rc;
use std::time::{Duration, Instant};

use slint::platform::software_renderer::{MinimalSoftwareWindow, RepaintBufferType};
use slint::platform::{Platform, WindowAdapter};

use crate::ScreenError;

/// Installs the platform for this thread and returns the window that the next component gets.
///
/// # Errors
/// When this thread has a Slint platform already.
pub(crate) fn install() -> Result<Rc<MinimalSoftwareWindow>, ScreenError> {
    let window = MinimalSoftwareWindow::new(RepaintBufferType::ReusedBuffer);
    let platform = SoftwarePlatform { window: Rc::clone(&window), started: Instant::now() };
    slint::platform::set_platform(Box::new(platform))
        .map_err(|error| slint::PlatformError::Other(error.to_string()))?;
    Ok(window)
}

struct SoftwarePlatform {
    window: Rc<MinimalSoftwareWindow>,
    started: Instant,
}

impl Platform for SoftwarePlatform {
    fn create_window_adapter(&self) -> Result<Rc<dyn WindowAdapter>, slint::PlatformError> {
        let window: Rc<dyn WindowAdapter> = Rc::<MinimalSoftwareWindow>::clone(&self.window);
        Ok(window)
    }

    fn duration_since_start(&self) -> Duration {
        self.started.elapsed()
    }
}
