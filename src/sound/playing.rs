//! The handle of something that plays.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::deck::Deck;
use crate::voice::Voice;

/// Something that plays, and the clock that its pictures follow. Dropping it stops the sound.
#[derive(Debug)]
pub struct Playing {
    deck: Arc<Deck>,
    id: u64,
}

impl Playing {
    pub(crate) const fn new(deck: Arc<Deck>, id: u64) -> Self {
        Self { deck, id }
    }

    pub(crate) const fn id(&self) -> u64 {
        self.id
    }

    /// The media time being heard. Never goes back. Stays at the start until the first sample is heard, for
    /// up to 400 ms; goes on by the wall clock where sound stays away, and after the end.
    #[must_use]
    pub fn position(&self) -> Duration {
        self.deck
            .position(self.id, Instant::now())
            .unwrap_or_default()
    }

    /// Whether it has been played to its end, as far as the device has taken it.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.with(|voice| voice.has_ended()).unwrap_or(false)
    }

    /// Goes to a volume (1.0 as it is, at most +12 dB), and is there after `over`, at least 5 ms.
    pub fn set_volume(&self, volume: f32, over: Duration) {
        let _ = self.with(|voice| voice.set_volume(volume, over));
    }

    /// Sets the media time at which it ends. Sound beyond it is cut, within 5 ms, and without a step where
    /// something follows; where its source ends before, silence is played up to it.
    pub fn end_at(&self, end: Duration) {
        let _ = self.with(|voice| voice.end_at(end));
    }

    /// Starts what waits for another one's end, at once.
    pub fn begin(&self) {
        let now = Instant::now();
        let _ = self.with(|voice| voice.begin(now));
    }

    /// Has it wait for `first` to end, if it does not play yet.
    pub fn follow(&self, first: &Self) {
        self.deck.follow(self.id, first.id, Instant::now());
    }

    /// Has it wait for [`Self::begin`] alone. Says whether it waits: the device may have begun to take it.
    #[must_use]
    pub fn unfollow(&self) -> bool {
        self.with(Voice::hold).unwrap_or(false)
    }

    /// Stops the sound over 5 ms. The position goes on by the wall clock. What follows it does not start.
    pub fn stop(&self) {
        let _ = self.with(Voice::stop);
    }

    fn with<T>(&self, act: impl FnOnce(&mut Voice) -> T) -> Option<T> {
        self.deck.with(self.id, act)
    }
}

impl Drop for Playing {
    fn drop(&mut self) {
        self.deck.forget(self.id, Instant::now());
    }
}
