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
pub(crate) fn install(time: Time) -> Result<Rc<MinimalSoftwareWindow>, ScreenError> {
    let window = MinimalSoftwareWindow::new(RepaintBufferType::ReusedBuffer);
    let started = match time {
        Time::Passes => Some(Instant::now()),
        Time::StandsStill => None,
    };
    let platform = SoftwarePlatform {
        window: Rc::clone(&window),
        started,
    };
    slint::platform::set_platform(Box::new(platform))
        .map_err(|error| slint::PlatformError::Other(error.to_string()))?;
    Ok(window)
}

/// Whether what moves by itself (the ticker) moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Time {
    /// In a window.
    Passes,
    /// In pictures: the same show gives the same pixels.
    StandsStill,
}

struct SoftwarePlatform {
    window: Rc<MinimalSoftwareWindow>,
    started: Option<Instant>,
}

impl Platform for SoftwarePlatform {
    fn create_window_adapter(&self) -> Result<Rc<dyn WindowAdapter>, slint::PlatformError> {
        let window: Rc<dyn WindowAdapter> = Rc::<MinimalSoftwareWindow>::clone(&self.window);
        Ok(window)
    }

    fn duration_since_start(&self) -> Duration {
        self.started
            .map_or(Duration::ZERO, |started| started.elapsed())
    }
}
