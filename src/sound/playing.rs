//! The handle of something that plays.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::deck::Deck;
use crate::voice::Voice;

/// Something that plays, and the clock that its pictures follow. Dropping it stops the sound.
#[derive(Debug)]
pub struct Playing {
    start: Duration,
    since: Instant,
    voice: Option<(Arc<Deck>, u64)>,
}

impl Playing {
    /// The clock of a clip without sound: the wall clock, from `start` on.
    #[must_use]
    pub fn silent(start: Duration) -> Self {
        Self {
            start,
            since: Instant::now(),
            voice: None,
        }
    }

    pub(crate) fn audible(deck: Arc<Deck>, id: u64) -> Self {
        Self {
            start: Duration::ZERO,
            since: Instant::now(),
            voice: Some((deck, id)),
        }
    }

    /// The media time being heard. Never goes back. Stays at the start for up to 400 ms while the device
    /// opens; goes on by the wall clock where sound stays away, and after the end.
    #[must_use]
    pub fn position(&self) -> Duration {
        let now = Instant::now();
        match &self.voice {
            Some((deck, id)) => deck.position(*id, now).unwrap_or_default(),
            None => self.start + now.saturating_duration_since(self.since),
        }
    }

    /// Whether the source has been played to its end; never true for [`Self::silent`].
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.with(|voice| voice.has_ended()).unwrap_or(false)
    }

    /// Sets the volume, 0.0 to 1.0, over 5 ms.
    pub fn set_volume(&self, volume: f32) {
        let _ = self.with(|voice| voice.set_volume(volume));
    }

    /// Stops the sound over 5 ms. The position goes on by the wall clock.
    pub fn stop(&self) {
        let _ = self.with(Voice::stop);
    }

    fn with<T>(&self, act: impl FnOnce(&mut Voice) -> T) -> Option<T> {
        let (deck, id) = self.voice.as_ref()?;
        deck.with(*id, act)
    }
}

impl Drop for Playing {
    fn drop(&mut self) {
        if let Some((deck, id)) = &self.voice {
            deck.forget(*id);
        }
    }
}
