//! The one owner of the sound device, and the clock that pictures follow.
//!
//! Owns the device (through `rodio`, on a thread of its own), the mixing of what plays, and the answer to
//! "which moment of the media is being heard". Must not know files, decoders or the window: what it plays is
//! pulled from a [`Source`].
//!
//! Invariants: no call of [`Sound`] or [`Playing`] blocks or fails; time goes on, and never back, with a good
//! device, a stalled one, a vanished one or none; nothing starts or stops with a click.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod clock;
mod deck;
mod device;
mod playing;
mod source;
mod voice;

use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use deck::Deck;
use device::{Order, Owner};

pub use deck::DeviceState;
pub use playing::Playing;
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
    /// How much later than handed to the device a sample is heard. Devices do not tell; measured by ear or
    /// microphone, usually 0 to 100 ms. Pictures are held back by this much.
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

    /// Plays `source`, whose first sample belongs to media time `start`, at `volume` (0.0 to 1.0), beside
    /// whatever plays already. Returns at once.
    #[must_use = "dropping it stops the sound"]
    pub fn play(&self, source: impl Source, start: Duration, volume: f32) -> Playing {
        let id = self
            .deck
            .add(Box::new(source), start, volume, Instant::now());
        self.order(Order::Play);
        Playing::audible(Arc::clone(&self.deck), id)
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
