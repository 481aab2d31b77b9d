//! What waits to be shown, and what is shown.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use motcua_screen::{Sheet, Transition};
use motcua_show::stage::Generation;
use motcua_sound::Playing;

use crate::prepare::Prepared;

/// A clip that starts this close to where it was prerolled is not opened again.
pub(super) const CLOSE_ENOUGH: Duration = Duration::from_millis(500);

/// An item that is being prepared or is ready.
pub(super) struct Waiting {
    pub item: Arc<str>,
    pub from: Duration,
    pub prepared: Option<Prepared>,
    pub sheets: HashMap<usize, Sheet>,
    /// What to do as soon as the sheet of this page is there.
    pub wanted: Option<Wanted>,
}

/// A page that is to be on the screen.
#[derive(Clone, Copy)]
pub(super) struct Wanted {
    pub page: usize,
    pub from: Duration,
    pub asked: Instant,
    pub length: Option<Duration>,
    pub transition: Transition,
}

/// What is on the screen.
pub(super) struct OnStage {
    pub generation: Generation,
    pub playing: Option<Arc<Playing>>,
}
