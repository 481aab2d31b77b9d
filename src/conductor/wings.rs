//! What waits to be shown, and what is shown.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use motcua_media::Clip;
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
    /// Its sound, where it was to follow another one and does not: it waits.
    pub held: Option<Arc<Playing>>,
    /// Its sound has begun to be heard and cannot begin again.
    pub is_spent: bool,
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
    film: Option<(Arc<Clip>, Arc<Playing>)>,
}

impl OnStage {
    /// Something that does not move.
    pub(super) const fn still(generation: Generation) -> Self {
        Self {
            generation,
            film: None,
        }
    }

    /// A clip, and the time by which it is heard.
    pub(super) const fn film_of(
        generation: Generation,
        clip: Arc<Clip>,
        playing: Arc<Playing>,
    ) -> Self {
        Self {
            generation,
            film: Some((clip, playing)),
        }
    }

    pub(super) fn film(&self) -> Option<(&Arc<Clip>, &Arc<Playing>)> {
        let (clip, playing) = self.film.as_ref()?;
        Some((clip, playing))
    }

    /// Whether it is this very clip that plays.
    pub(super) fn plays(&self, clip: &Arc<Clip>) -> bool {
        self.film()
            .is_some_and(|(playing, _)| Arc::ptr_eq(playing, clip))
    }

    /// Whether what plays is close to `position`.
    pub(super) fn is_at(&self, position: Duration) -> bool {
        self.film()
            .is_some_and(|(_, playing)| playing.position().abs_diff(position) <= CLOSE_ENOUGH)
    }
}

/// A clip that is heard as soon as the one on the screen ends.
pub(super) struct Following {
    pub generation: Generation,
    pub playing: Arc<Playing>,
}
