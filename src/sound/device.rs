//! The thread that owns the device.
//!
//! Opens it when something is to be played, watches it, and closes it when nothing has played for a while.
//! Opening and closing can take long or hang with a broken driver; nobody waits for this thread.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use crate::deck::{Deck, DeviceState};
use crate::stream::{self, Stream};

/// How often the owner looks after things while something plays.
const TICK: Duration = Duration::from_millis(100);
/// An open device wakes the processor 20 times a second; after this much silence it is closed.
const IDLE: Duration = Duration::from_secs(8);
/// A device that takes nothing for this long is helped along: what it misses is let pass.
const STALLED: Duration = Duration::from_millis(500);
/// And after this long it is given up and opened anew.
const LOST: Duration = Duration::from_secs(3);
/// Between two attempts to open a device that is not there.
const RETRY: Duration = Duration::from_secs(2);

/// What the owner is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// Something will be played soon.
    Prepare,
    /// Something is to be played.
    Play,
}

/// The name of the usual device, if it takes sound.
pub(crate) fn name() -> Option<String> {
    use rodio::cpal::traits::{DeviceTrait as _, HostTrait as _};
    let device = rodio::cpal::default_host().default_output_device()?;
    device.default_output_config().ok()?;
    let described = device.description().ok()?;
    Some(described.name().to_owned())
}

/// The owner of the device.
pub(crate) struct Owner {
    deck: Arc<Deck>,
    orders: Receiver<Order>,
    device: Option<Stream>,
    opened_at: Instant,
    failed_at: Option<Instant>,
    needed_at: Instant,
}

impl Owner {
    pub(crate) fn new(deck: Arc<Deck>, orders: Receiver<Order>) -> Self {
        let now = Instant::now();
        Self {
            deck,
            orders,
            device: None,
            opened_at: now,
            failed_at: None,
            needed_at: now,
        }
    }

    /// Works until the last [`crate::Sound`] is gone.
    pub(crate) fn run(mut self) {
        let mut is_playing = false;
        loop {
            let order = if is_playing || self.device.is_some() {
                self.orders.recv_timeout(TICK)
            } else {
                // Nothing to look after: not a single wake-up.
                self.orders
                    .recv()
                    .map_err(|_| RecvTimeoutError::Disconnected)
            };
            let now = Instant::now();
            match order {
                Ok(Order::Prepare | Order::Play) => {
                    self.needed_at = now;
                    self.open(now);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            is_playing = self.deck.tidy();
            self.look_after(is_playing, Instant::now());
        }
    }

    fn look_after(&mut self, is_playing: bool, now: Instant) {
        if is_playing {
            self.needed_at = now;
        }
        let silent_for = self
            .deck
            .silent_for(now)
            .unwrap_or_else(|| now.saturating_duration_since(self.opened_at));
        let is_lost = self.deck.take_broken() || silent_for >= LOST;
        if self.device.is_some() && is_lost {
            tracing::warn!("the sound device has stopped, it is opened again");
            self.close();
            self.failed_at = None;
        }
        // A device that was lost is opened again at once; one that is not there, at the next order only.
        if is_playing && self.device.is_none() && self.failed_at.is_none() {
            self.open(now);
        }
        if is_playing && (self.device.is_none() || silent_for >= STALLED) {
            self.deck.pass_unheard(now);
        }
        if self.device.is_some() && now.saturating_duration_since(self.needed_at) >= IDLE {
            tracing::debug!("nothing to play, the sound device is closed");
            self.close();
        }
    }

    fn close(&mut self) {
        self.device = None;
        self.deck.set_state(DeviceState::Closed);
    }

    fn open(&mut self, now: Instant) {
        let has_just_failed = self
            .failed_at
            .is_some_and(|failed| now.saturating_duration_since(failed) < RETRY);
        if self.device.is_some() || has_just_failed {
            return;
        }
        match stream::open(&self.deck) {
            Ok(device) => {
                tracing::info!(config = ?device.config, "the sound device is open");
                self.opened_at = Instant::now();
                self.failed_at = None;
                self.device = Some(device);
                self.deck.set_state(DeviceState::Open);
            }
            Err(error) => {
                // Once, until it has been open again.
                if self.deck.state() != DeviceState::Missing {
                    tracing::warn!(
                        %error,
                        "there is no sound device: everything plays silently; connect one, or check its \
                         settings"
                    );
                }
                self.failed_at = Some(Instant::now());
                self.deck.set_state(DeviceState::Missing);
            }
        }
    }
}
