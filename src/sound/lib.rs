//! The one owner of the sound device, and the clock that pictures follow.
//!
//! Owns the device (through `rodio`'s `cpal`, on a thread of its own), the mixing of what plays, and the
//! answer to "which moment of the media is being heard". Must not know files, decoders or the window: what it
//! plays is pulled from a [`Source`].
//!
//! Invariants: no call of [`Sound`] or [`Playing`] blocks or fails; time goes on, and never back, with a good
//! device, a stalled one, a vanished one or none; nothing starts, stops or follows with a click.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod bridge;
mod chime;
mod clock;
mod deck;
mod device;
mod feed;
mod hearing;
mod playing;
mod ramp;
mod siren;
mod source;
mod stream;
mod voice;

use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use deck::{Deck, Entry};
use device::{Order, Owner};

pub use chime::chime;
pub use deck::DeviceState;
pub use playing::Playing;
pub use siren::{SIREN_LASTS, Siren};
pub use source::{Pulled, SOUND_CHANNELS, SOUND_RATE, Source};

/// The name of the device that sound would go to; `None` where no device takes any. Asks the system, which
/// can take a moment: not for a thread that anybody waits for.
#[must_use]
pub fn device_name() -> Option<String> {
    device::name()
}

/// What depends on the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SoundSettings {
    /// How much later than the device says a sample is heard: what an amplifier or a television adds behind
    /// it. Pictures are held back by this much.
    pub latency: Duration,
}

/// A handle to the sound device. Clones share it; when the last one is dropped the device is closed.
#[derive(Debug, Clone)]
pub struct Sound {
    deck: Arc<Deck>,
    orders: Sender<Order>,
}

impl Sound {
    /// Starts the owner of the device and returns at once. The device is opened when it is first needed and
    /// closed after some seconds of nothing to play, so that a silent page costs nothing. Without a device
    /// everything works silently.
    #[must_use]
    pub fn open(settings: SoundSettings) -> Self {
        let deck = Arc::new(Deck::new(settings.latency));
        let (orders, received) = channel();
        let owner = Owner::new(Arc::clone(&deck), received);
        if let Err(error) = thread::Builder::new()
            .name("sound".to_owned())
            .spawn(move || owner.run())
        {
            // Nobody receives the orders, which is the same as having no device.
            tracing::error!(%error, "the sound thread cannot be started, everything stays silent");
            deck.set_state(DeviceState::Missing);
        }
        Self { deck, orders }
    }

    /// Opens the device ahead of time, so that the next [`Self::play`] is heard at once. To be called while
    /// a clip with sound is being decoded ahead.
    pub fn prepare(&self) {
        self.order(Order::Prepare);
    }

    /// Plays `source`, whose first sample belongs to media time `start`, at `volume` (1.0 as it is, at most
    /// +12 dB), beside whatever plays already. Returns at once.
    #[must_use = "dropping it stops the sound"]
    pub fn play(&self, source: impl Source, start: Duration, volume: f32) -> Playing {
        self.enter(Some(Box::new(source)), start, volume, Entry::AtOnce)
    }

    /// Plays `source` as [`Self::play`] does, as loud while everything else is ducked.
    #[must_use = "dropping it stops the sound"]
    pub fn play_above(&self, source: impl Source, start: Duration, volume: f32) -> Playing {
        self.enter(Some(Box::new(source)), start, volume, Entry::Above)
    }

    /// Plays `source` as [`Self::play`] does, but by the wall: the moment `start` of the media is due at `origin`, on
    /// every machine whose clocks agree. What is late is skipped, and the position never waits for the device.
    #[must_use = "dropping it stops the sound"]
    pub fn play_by_wall(
        &self,
        source: impl Source,
        start: Duration,
        volume: f32,
        origin: Instant,
    ) -> Playing {
        let entry = Entry::ByWall(origin);
        self.enter(Some(Box::new(source)), start, volume, entry)
    }

    /// The clock of something without sound that is at `start` at `origin`.
    #[must_use]
    pub fn silent_by_wall(&self, start: Duration, origin: Instant) -> Playing {
        self.enter(None, start, 0.0, Entry::ByWall(origin))
    }

    /// The clock of something without sound: the wall clock, from `start` on. It needs no device.
    #[must_use]
    pub fn silent(&self, start: Duration) -> Playing {
        self.enter(None, start, 0.0, Entry::AtOnce)
    }

    /// Has `source` follow `first` without a gap: its first sample comes directly after the last one of
    /// `first`, which is the last of its source or the one before [`Playing::end_at`]. Until that sample is
    /// heard the position stays at `start`. Where `first` is stopped or dropped before its end, only
    /// [`Playing::begin`] starts it. What follows something silent begins with the end that was set for that.
    #[must_use = "dropping it stops the sound"]
    pub fn follow(
        &self,
        first: &Playing,
        source: impl Source,
        start: Duration,
        volume: f32,
    ) -> Playing {
        self.enter(
            Some(Box::new(source)),
            start,
            volume,
            Entry::After(first.id()),
        )
    }

    /// Has the clock of something silent run from the end of `first` on.
    #[must_use]
    pub fn follow_silently(&self, first: &Playing, start: Duration) -> Playing {
        self.enter(None, start, 0.0, Entry::After(first.id()))
    }

    /// Lowers what plays by 20 dB while the answer lives, but for what is played above it.
    #[must_use = "dropping it ends the ducking"]
    pub fn duck(&self) -> Ducking {
        self.deck.duck();
        Ducking {
            deck: Arc::clone(&self.deck),
        }
    }

    fn enter(
        &self,
        source: Option<Box<dyn Source>>,
        start: Duration,
        volume: f32,
        entry: Entry,
    ) -> Playing {
        let needs_device = source.is_some();
        let id = self.deck.add(source, start, volume, entry, Instant::now());
        if needs_device {
            self.order(Order::Play);
        }
        Playing::new(Arc::clone(&self.deck), id)
    }

    /// How the device is doing.
    #[must_use]
    pub fn device(&self) -> DeviceState {
        self.deck.state()
    }

    fn order(&self, order: Order) {
        // An owner that could not be started is the same as a device that is not there.
        let _ = self.orders.send(order);
    }
}

/// While it lives, what plays is lowered.
#[derive(Debug)]
pub struct Ducking {
    deck: Arc<Deck>,
}

impl Drop for Ducking {
    fn drop(&mut self) {
        self.deck.unduck();
    }
}
