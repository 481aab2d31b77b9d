//! Where the three threads of a clip and its user meet: the lock, and who waits for what.
//!
//! The lock is held for moves only. There is one condition variable for each thread that waits.

use std::sync::atomic::Ordering;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ffmpeg_next::Packet;

use crate::clip::state::{Lane, State};
use crate::clip::{FrameChoice, Notify};
use crate::container::Stop;
use crate::error::MediaError;
use crate::frame::Frame;

/// The lengths that the headers promise.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Promised {
    pub(super) whole: Option<Duration>,
    pub(super) video: Option<Duration>,
    pub(super) sound: Option<Duration>,
}

/// What a clip begins with.
pub(super) struct Setup {
    pub(super) stop: Stop,
    pub(super) notify: Option<Notify>,
    pub(super) state: State,
    pub(super) promised: Promised,
}

/// The meeting place.
pub(super) struct Shared {
    pub(super) promised: Promised,
    stop: Stop,
    notify: Option<Notify>,
    state: Mutex<State>,
    reading: Condvar,
    pictures: Condvar,
    sounds: Condvar,
    ready: Condvar,
}

impl Shared {
    pub(super) fn new(setup: Setup) -> Self {
        Self {
            promised: setup.promised,
            stop: setup.stop,
            notify: setup.notify,
            state: Mutex::new(setup.state),
            reading: Condvar::new(),
            pictures: Condvar::new(),
            sounds: Condvar::new(),
            ready: Condvar::new(),
        }
    }

    /// A decoder thread that panicked has left the state whole: every change is made of complete moves.
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes every thread of the clip end.
    pub(super) fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
        // Held, so that nobody is between looking at the flag and falling asleep.
        let state = self.lock();
        for condition in [&self.reading, &self.pictures, &self.sounds, &self.ready] {
            condition.notify_all();
        }
        drop(state);
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Waits until a track wants packets. False: the clip is over.
    pub(super) fn wait_hungry(&self) -> bool {
        let mut state = self.lock();
        while !self.is_stopped() && !state.is_hungry() {
            state = wait(&self.reading, state);
        }
        !self.is_stopped()
    }

    /// Queues a packet for its decoder.
    pub(super) fn push_packet(&self, lane: Lane, packet: Packet) {
        self.lock().push_packet(lane, packet);
        self.decoder(lane).notify_one();
    }

    /// Says that the file is read.
    pub(super) fn finish_reading(&self) {
        self.lock().finish_reading();
        self.pictures.notify_one();
        self.sounds.notify_one();
    }

    /// The next packet for a decoder: `Some(None)` after the last one, `None` when the clip is over or the
    /// track is not wanted any more.
    pub(super) fn next_packet(&self, lane: Lane) -> Option<Option<Packet>> {
        let mut state = self.lock();
        while !self.is_stopped() && state.is_wanted(lane) {
            if let Some(packet) = state.pop_packet(lane) {
                if state.is_hungry() {
                    self.reading.notify_one();
                }
                return Some(Some(packet));
            }
            if state.is_read() {
                return Some(None);
            }
            state = wait(self.decoder(lane), state);
        }
        None
    }

    /// Queues a decoded frame, waiting for room. False: the clip is over.
    pub(super) fn push_frame(&self, frame: Frame) -> bool {
        let mut state = self.lock();
        while !self.is_stopped() && !state.has_room_for_frames() {
            state = wait(&self.pictures, state);
        }
        if self.is_stopped() {
            return false;
        }
        let is_awaited = state.push_frame(frame);
        self.tell(state, is_awaited);
        true
    }

    /// Queues decoded samples, waiting for room. False: the clip is over, or nobody listens.
    pub(super) fn push_samples(&self, samples: &[f32]) -> bool {
        let mut state = self.lock();
        while !self.is_stopped() && state.is_wanted(Lane::Sounds) && !state.has_room_for_samples() {
            state = wait(&self.sounds, state);
        }
        if self.is_stopped() || !state.is_wanted(Lane::Sounds) {
            return false;
        }
        state.push_samples(samples);
        self.tell(state, false);
        true
    }

    /// Says that a track is decoded up to `end` and no further, because of `error` if there is one.
    pub(super) fn finish(&self, lane: Lane, end: Duration, error: Option<MediaError>) {
        let mut state = self.lock();
        state.finish(lane, end, error);
        self.reading.notify_one();
        self.tell(state, true);
    }

    /// Gives up on the sound track because nobody listens to it.
    pub(super) fn leave_sound(&self) {
        self.lock().leave_sound();
        self.sounds.notify_one();
        self.reading.notify_one();
    }

    /// Moves waiting samples into `out`. Returns how many there were and whether they were the last.
    pub(super) fn pull(&self, out: &mut [f32]) -> (usize, bool) {
        let mut state = self.lock();
        let pulled = state.pull(out);
        let is_low = state.is_low_on_samples();
        drop(state);
        if is_low {
            self.sounds.notify_one();
        }
        pulled
    }

    pub(super) fn wait_ready(&self, limit: Duration) -> bool {
        let state = self.lock();
        let (state, _) = self
            .ready
            .wait_timeout_while(state, limit, |state| {
                !state.is_ready() && !self.is_stopped()
            })
            .unwrap_or_else(PoisonError::into_inner);
        state.is_ready()
    }

    pub(super) fn frame_at(&self, position: Duration) -> FrameChoice {
        let (choice, late) = self.lock().choose(position);
        if choice.frame.is_some() {
            self.pictures.notify_one();
        }
        // Freed outside the lock.
        drop(late);
        choice
    }

    /// Wakes whoever waits for the clip as a whole; `is_news` where its user must look even if it was ready.
    fn tell(&self, mut state: MutexGuard<'_, State>, is_news: bool) {
        let became_ready = state.take_became_ready();
        drop(state);
        if became_ready {
            self.ready.notify_all();
        }
        if (became_ready || is_news)
            && !self.is_stopped()
            && let Some(notify) = &self.notify
        {
            notify();
        }
    }

    fn decoder(&self, lane: Lane) -> &Condvar {
        match lane {
            Lane::Pictures => &self.pictures,
            Lane::Sounds => &self.sounds,
        }
    }
}

fn wait<'a>(condition: &Condvar, state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
    condition
        .wait(state)
        .unwrap_or_else(PoisonError::into_inner)
}
