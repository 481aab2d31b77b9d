//! An exercise: an alert that says that it is none, so that an office sees what an alert does to its screen.

use std::time::{Duration, Instant};

use motcua_show::stage::Event;

/// How long it stays: long enough to be read twice.
const LASTS: Duration = Duration::from_secs(20);

/// What of the exercise is still to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Drill {
    None,
    Begins(Instant),
    Ends(Instant),
}

impl Drill {
    pub(super) fn after(wait: Option<Duration>, begun: Instant) -> Self {
        wait.map_or(Self::None, |wait| Self::Begins(begun + wait))
    }

    pub(super) const fn wake_at(self) -> Option<Instant> {
        match self {
            Self::None => None,
            Self::Begins(at) | Self::Ends(at) => Some(at),
        }
    }

    /// Its time has come.
    pub(super) fn take(&mut self) -> Option<Event> {
        match *self {
            Self::None => None,
            Self::Begins(at) => {
                *self = Self::Ends(at + LASTS);
                Some(Event::AlertRaised)
            }
            Self::Ends(_) => {
                *self = Self::None;
                Some(Event::AlertCleared)
            }
        }
    }
}
