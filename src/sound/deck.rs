//! Everything that plays, mixed.
//!
//! Shared by the device's thread, which takes blocks, and by whoever asks for positions. The lock is held for
//! a block's mixing (some microseconds); sources that are done with are set aside and dropped by the owner
//! thread, because dropping may take longer than a device can wait.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::ramp::Ramp;
use crate::source::{SOUND_CHANNELS, SOUND_RATE, Source};
use crate::voice::{BLOCK, Voice};

#[cfg(test)]
mod tests;

/// How the sound device is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeviceState {
    /// Nothing to play; it is opened when needed.
    Closed,
    /// Open.
    Open,
    /// There is none, or it cannot be opened. It is tried again when something is to be played.
    Missing,
}

/// Blocks of silence that a device gets first (100 ms): sound servers and screens swallow the beginning of
/// what they are woken with, and that must not be the first syllable.
const WAKING: u32 = 20;

/// What ducking leaves: -20 dB, under which a voice is understood without effort.
const DUCKED: f32 = 0.1;
/// Down at once, as the alert's first word counts; up again gently.
const DUCKING: Duration = Duration::from_millis(150);
const RISING: Duration = Duration::from_millis(500);

/// How a voice comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entry {
    /// At once.
    AtOnce,
    /// At once, and not lowered by ducking.
    Above,
    /// So that its first sample is due at this instant, by the wall.
    ByWall(Instant),
    /// With the end of another voice.
    After(u64),
}

/// The shared state.
#[derive(Debug)]
pub(crate) struct Deck {
    latency: Duration,
    inner: Mutex<Inner>,
    /// Set by the device's error callback.
    is_broken: AtomicBool,
}

struct Inner {
    voices: Vec<Voice>,
    done: Vec<Box<dyn Source>>,
    next_id: u64,
    state: DeviceState,
    taken_at: Option<Instant>,
    /// Blocks of silence still to be given to a device that has just been opened.
    waking: u32,
    /// How many want what plays to be lowered.
    duckers: usize,
    ducking: Ramp,
    /// The number of the block that is mixed, from 1.
    block: u64,
}

impl std::fmt::Debug for Inner {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Inner")
            .field("voices", &self.voices.len())
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

impl Deck {
    pub(crate) fn new(latency: Duration) -> Self {
        Self {
            latency,
            inner: Mutex::new(Inner {
                voices: Vec::new(),
                done: Vec::new(),
                next_id: 0,
                state: DeviceState::Closed,
                taken_at: None,
                waking: 0,
                duckers: 0,
                ducking: Ramp::at(1.0),
                block: 0,
            }),
            is_broken: AtomicBool::new(false),
        }
    }

    /// A source that panicked has left the lists whole.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a source, or the clock of something silent. Returns its number.
    pub(crate) fn add(
        &self,
        source: Option<Box<dyn Source>>,
        start: Duration,
        volume: f32,
        entry: Entry,
        now: Instant,
    ) -> u64 {
        let mut inner = self.lock();
        inner.notice_ends(now);
        let id = inner.next_id;
        inner.next_id += 1;
        let mut voice = Voice::new(id, source, start, volume, now);
        let mut is_late = false;
        match entry {
            Entry::AtOnce => {}
            Entry::Above => voice = voice.above(),
            Entry::ByWall(origin) => {
                // What an amplifier adds is made up for: the picture does not wait for it.
                let origin = origin.checked_sub(self.latency).unwrap_or(origin);
                voice = voice.by_wall(origin);
            }
            Entry::After(first) => {
                is_late = inner.has_ended(first);
                voice = voice.after(first);
            }
        }
        if is_late {
            voice.begin(now);
        }
        if inner.state == DeviceState::Missing {
            voice.stop_waiting();
        }
        inner.voices.push(voice);
        id
    }

    /// Does something with one voice; `None` if it is gone.
    pub(crate) fn with<T>(&self, id: u64, act: impl FnOnce(&mut Voice) -> T) -> Option<T> {
        self.lock().voice(id).map(act)
    }

    /// The media time at which voice `id` is heard; `None` if it is gone.
    pub(crate) fn position(&self, id: u64, now: Instant) -> Option<Duration> {
        let mut inner = self.lock();
        inner.notice_ends(now);
        let latency = self.latency;
        inner.voice(id).map(|voice| voice.position(now, latency))
    }

    /// Forgets a voice once it has faded out: nobody asks for its position any more.
    pub(crate) fn forget(&self, id: u64, now: Instant) {
        let mut inner = self.lock();
        inner.notice_ends(now);
        let done = inner.voice(id).and_then(Voice::forget);
        inner.done.extend(done);
        inner.clear();
    }

    /// Has voice `id`, which does not play yet, wait for the end of voice `first`.
    pub(crate) fn follow(&self, id: u64, first: u64, now: Instant) {
        let mut inner = self.lock();
        inner.notice_ends(now);
        let is_late = inner.has_ended(first);
        if let Some(voice) = inner.voice(id) {
            if is_late {
                voice.begin(now);
            } else {
                voice.wait_for(first);
            }
        }
    }

    /// Lowers what plays, until as many calls of [`Self::unduck`] have come.
    pub(crate) fn duck(&self) {
        let mut inner = self.lock();
        inner.duckers += 1;
        inner.set_ducking(DUCKED, DUCKING);
    }

    pub(crate) fn unduck(&self) {
        let mut inner = self.lock();
        inner.duckers = inner.duckers.saturating_sub(1);
        if inner.duckers == 0 {
            inner.set_ducking(1.0, RISING);
        }
    }

    /// Mixes the next block into `mix`, which is overwritten; its first frame will be heard at `heard`.
    /// Called by the device.
    pub(crate) fn take(&self, now: Instant, heard: Instant, mix: &mut [f32]) {
        mix.fill(0.0);
        let mut inner = self.lock();
        inner.taken_at = Some(now);
        if inner.waking > 0 {
            inner.waking -= 1;
            return;
        }
        let mut ducking = [1.0; BLOCK];
        for gain in ducking.iter_mut().take(mix.len() / SOUND_CHANNELS) {
            *gain = inner.ducking.next();
        }
        inner.block += 1;
        for index in 0..inner.voices.len() {
            inner.mix_from(index, now, heard, mix, &ducking);
        }
        inner.clear();
        drop(inner);
        for sample in mix {
            *sample = sample.clamp(-1.0, 1.0);
        }
    }

    /// Lets time pass for the voices while no device takes blocks.
    pub(crate) fn pass_unheard(&self, now: Instant) {
        let mut inner = self.lock();
        for index in 0..inner.voices.len() {
            let voice = &mut inner.voices[index];
            let id = voice.id;
            let (done, ended_at) = voice.pass_unheard(now);
            inner.done.extend(done);
            if let Some(ended_at) = ended_at
                && let Some(next) = inner.follower(id)
            {
                inner.voices[next].go_on_unheard(ended_at);
            }
        }
        inner.notice_ends(now);
        inner.clear();
    }

    /// Drops the sources that are done with. Returns whether anything still plays.
    pub(crate) fn tidy(&self) -> bool {
        let mut inner = self.lock();
        let done = std::mem::take(&mut inner.done);
        let is_playing = inner.voices.iter().any(Voice::is_playing);
        drop(inner);
        drop(done);
        is_playing
    }

    /// How long ago the device last took a block, if one is open and has begun.
    pub(crate) fn silent_for(&self, now: Instant) -> Option<Duration> {
        self.lock()
            .taken_at
            .map(|at| now.saturating_duration_since(at))
    }

    pub(crate) fn state(&self) -> DeviceState {
        self.lock().state
    }

    pub(crate) fn set_state(&self, state: DeviceState) {
        let mut inner = self.lock();
        inner.state = state;
        inner.taken_at = None;
        inner.waking = if state == DeviceState::Open {
            WAKING
        } else {
            0
        };
        inner.ducking.arrive();
        if state == DeviceState::Missing {
            for voice in &mut inner.voices {
                voice.stop_waiting();
            }
        }
    }

    /// Notes that the device reported its end.
    pub(crate) fn report_broken(&self) {
        self.is_broken.store(true, Ordering::Relaxed);
    }

    /// Whether it did since the last time this was asked.
    pub(crate) fn take_broken(&self) -> bool {
        self.is_broken.swap(false, Ordering::Relaxed)
    }
}

impl Inner {
    fn voice(&mut self, id: u64) -> Option<&mut Voice> {
        self.voices.iter_mut().find(|voice| voice.id == id)
    }

    fn has_ended(&self, id: u64) -> bool {
        self.voices
            .iter()
            .any(|voice| voice.id == id && voice.has_ended())
    }

    /// Where the voice is that begins with the end of voice `id`.
    fn follower(&self, id: u64) -> Option<usize> {
        self.voices.iter().position(|voice| voice.follows(id))
    }

    /// Mixes one voice, and where it ends within the block, the one that follows it from there on.
    fn mix_from(
        &mut self,
        index: usize,
        now: Instant,
        heard: Instant,
        mix: &mut [f32],
        ducking: &[f32],
    ) {
        let mut index = index;
        let mut from = 0;
        let mut heard = heard;
        // Each round begins a voice that waited, so this ends.
        loop {
            let id = self.voices[index].id;
            if std::mem::replace(&mut self.voices[index].mixed_into, self.block) == self.block {
                return;
            }
            let next = self.follower(id);
            let mixed = self.voices[index].mix(
                now,
                heard,
                &mut mix[from * SOUND_CHANNELS..],
                &ducking[from.min(ducking.len())..],
                next.is_some(),
            );
            self.done.extend(mixed.done);
            let (Some(ended), Some(next)) = (mixed.ended, next) else {
                return;
            };
            from += ended;
            heard += Duration::from_secs_f64(ended as f64 / f64::from(SOUND_RATE));
            let tail = self.voices[index].tail();
            self.voices[next].go_on(heard, tail);
            // It may have been looked at in this block, while it still waited.
            self.voices[next].mixed_into = 0;
            index = next;
        }
    }

    /// Lets those begin that follow something silent.
    fn notice_ends(&mut self, now: Instant) {
        for index in 0..self.voices.len() {
            let id = self.voices[index].id;
            if let Some(next) = self.follower(id)
                && let Some(ended_at) = self.voices[index].silently_ended(now)
            {
                self.voices[next].begin(ended_at);
            }
        }
    }

    fn clear(&mut self) {
        self.voices.retain(|voice| !voice.is_done_with());
    }

    fn set_ducking(&mut self, level: f32, over: Duration) {
        self.ducking.go(level, over);
        if self.state != DeviceState::Open {
            self.ducking.arrive();
        }
    }
}
