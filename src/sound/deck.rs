//! Everything that plays, mixed.
//!
//! Shared by the device's thread, which takes blocks, and by whoever asks for positions. The lock is held for
//! a block's mixing (some microseconds); sources that are done with are set aside and dropped by the owner
//! thread, because dropping may take longer than a device can wait.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::source::Source;
use crate::voice::Voice;

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
            }),
            is_broken: AtomicBool::new(false),
        }
    }

    /// A source that panicked has left the lists whole.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a source. Returns its number.
    pub(crate) fn add(
        &self,
        source: Box<dyn Source>,
        start: Duration,
        volume: f32,
        now: Instant,
    ) -> u64 {
        let mut inner = self.lock();
        let id = inner.next_id;
        inner.next_id += 1;
        let mut voice = Voice::new(id, source, start, volume, now);
        if inner.state == DeviceState::Missing {
            voice.stop_waiting();
        }
        inner.voices.push(voice);
        id
    }

    /// Does something with one voice; `None` if it is gone.
    pub(crate) fn with<T>(&self, id: u64, act: impl FnOnce(&mut Voice) -> T) -> Option<T> {
        self.lock()
            .voices
            .iter_mut()
            .find(|voice| voice.id == id)
            .map(act)
    }

    /// The media time at which voice `id` is heard; `None` if it is gone.
    pub(crate) fn position(&self, id: u64, now: Instant) -> Option<Duration> {
        self.with(id, |voice| voice.position(now, self.latency))
    }

    /// Forgets a voice once it has faded out: nobody asks for its position any more.
    pub(crate) fn forget(&self, id: u64) {
        let mut inner = self.lock();
        inner.voices.retain_mut(|voice| {
            if voice.id == id {
                voice.forget();
            }
            voice.id != id || voice.is_playing()
        });
    }

    /// Mixes the next block into `mix`, which is overwritten. Called by the device.
    pub(crate) fn take(&self, now: Instant, mix: &mut [f32]) {
        mix.fill(0.0);
        let mut inner = self.lock();
        inner.taken_at = Some(now);
        if inner.waking > 0 {
            inner.waking -= 1;
            return;
        }
        let Inner { voices, done, .. } = &mut *inner;
        done.extend(voices.iter_mut().filter_map(|voice| voice.mix(now, mix)));
        voices.retain(|voice| voice.is_playing() || !voice.is_forgotten());
        drop(inner);
        for sample in mix {
            *sample = sample.clamp(-1.0, 1.0);
        }
    }

    /// Lets time pass for the voices while no device takes blocks.
    pub(crate) fn pass_unheard(&self, now: Instant) {
        let mut inner = self.lock();
        let Inner { voices, done, .. } = &mut *inner;
        done.extend(
            voices
                .iter_mut()
                .filter_map(|voice| voice.pass_unheard(now)),
        );
        voices.retain(|voice| voice.is_playing() || !voice.is_forgotten());
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Pulled;
    use crate::voice::BLOCK;

    /// A constant level for `frames` frames.
    fn level(value: f32, mut frames: usize) -> Box<dyn Source> {
        Box::new(move |out: &mut [f32]| {
            let count = frames.min(out.len() / 2);
            out[..count * 2].fill(value);
            frames -= count;
            Pulled {
                frames: count,
                ended: frames == 0,
            }
        })
    }

    /// Takes blocks in real time from `now` on; returns the left channel.
    fn take(deck: &Deck, now: &mut Instant, blocks: usize) -> Vec<f32> {
        let mut left = Vec::new();
        for _ in 0..blocks {
            let mut mix = [9.0; BLOCK * 2];
            deck.take(*now, &mut mix);
            left.extend(mix.iter().step_by(2));
            *now += Duration::from_millis(5);
        }
        left
    }

    fn steepest(samples: &[f32]) -> f32 {
        samples
            .windows(2)
            .map(|pair| (pair[1] - pair[0]).abs())
            .fold(0.0, f32::max)
    }

    #[test]
    fn nothing_begins_ends_stops_or_changes_with_a_click() {
        let deck = Deck::new(Duration::ZERO);
        let mut now = Instant::now();
        let first = deck.add(level(0.8, BLOCK * 20), Duration::ZERO, 1.0, now);
        let mut heard = take(&deck, &mut now, 30);
        assert!(deck.with(first, |voice| voice.has_ended()).unwrap());
        let second = deck.add(level(0.8, usize::MAX), Duration::ZERO, 1.0, now);
        heard.extend(take(&deck, &mut now, 10));
        deck.with(second, |voice| voice.set_volume(0.2));
        heard.extend(take(&deck, &mut now, 10));
        assert!((heard.last().unwrap() - 0.16).abs() < 1e-3);
        deck.with(second, Voice::stop);
        heard.extend(take(&deck, &mut now, 10));
        assert!(heard.iter().any(|sample| *sample > 0.79));
        assert!(steepest(&heard) < 0.02, "a click of {}", steepest(&heard));
        assert_eq!(heard.last(), Some(&0.0));
        assert!(!deck.tidy());
    }

    #[test]
    fn a_device_is_woken_with_silence() {
        let deck = Deck::new(Duration::ZERO);
        let mut now = Instant::now();
        deck.set_state(DeviceState::Open);
        let id = deck.add(level(0.5, usize::MAX), Duration::ZERO, 1.0, now);
        assert!(
            take(&deck, &mut now, WAKING as usize)
                .iter()
                .all(|sample| *sample == 0.0)
        );
        assert_eq!(deck.position(id, now), Some(Duration::ZERO));
        assert!(take(&deck, &mut now, 2).iter().any(|sample| *sample > 0.4));
    }

    #[test]
    fn voices_are_added_and_never_overflow() {
        let deck = Deck::new(Duration::ZERO);
        let mut now = Instant::now();
        for _ in 0..3 {
            let _ = deck.add(level(0.25, usize::MAX), Duration::ZERO, 1.0, now);
        }
        assert!((take(&deck, &mut now, 5).last().unwrap() - 0.75).abs() < 1e-5);
        let _ = deck.add(level(0.9, usize::MAX), Duration::ZERO, 1.0, now);
        assert!(take(&deck, &mut now, 5).iter().all(|sample| *sample <= 1.0));
    }

    #[test]
    fn positions_start_where_the_media_starts_and_allow_for_latency() {
        let deck = Deck::new(Duration::from_millis(30));
        let mut now = Instant::now();
        let id = deck.add(level(0.1, usize::MAX), Duration::from_secs(7), 1.0, now);
        assert_eq!(deck.position(id, now), Some(Duration::from_secs(7)));
        take(&deck, &mut now, 200);
        let position = deck.position(id, now).unwrap().as_secs_f64();
        assert!((position - 7.97).abs() < 0.006, "{position}");
    }

    #[test]
    fn without_a_device_sources_are_used_up_in_time() {
        let deck = Deck::new(Duration::ZERO);
        let start = Instant::now();
        deck.set_state(DeviceState::Missing);
        let id = deck.add(level(0.5, 48_000), Duration::ZERO, 1.0, start);
        for step in 1..=12 {
            deck.pass_unheard(start + Duration::from_millis(100 * step));
        }
        assert!(deck.with(id, |voice| voice.has_ended()).unwrap());
        let position = deck
            .position(id, start + Duration::from_millis(1500))
            .unwrap();
        assert!(
            position.abs_diff(Duration::from_millis(1500)) < Duration::from_millis(2),
            "{position:?}"
        );
    }

    #[test]
    fn a_starving_source_holds_the_clock() {
        let deck = Deck::new(Duration::ZERO);
        let mut now = Instant::now();
        let mut left = BLOCK * 100;
        let source = move |out: &mut [f32]| {
            let count = left.min(out.len() / 2);
            left -= count;
            Pulled {
                frames: count,
                ended: false,
            }
        };
        let id = deck.add(Box::new(source), Duration::ZERO, 1.0, now);
        take(&deck, &mut now, 160);
        let position = deck.position(id, now).unwrap();
        assert!(
            position.abs_diff(Duration::from_millis(500)) < Duration::from_millis(2),
            "{position:?}"
        );
        take(&deck, &mut now, 100);
        let position = deck.position(id, now).unwrap();
        assert!(position > Duration::from_millis(850), "{position:?}");
    }

    #[test]
    fn forgotten_voices_fade_and_go() {
        let deck = Deck::new(Duration::ZERO);
        let mut now = Instant::now();
        let id = deck.add(level(0.5, usize::MAX), Duration::ZERO, 1.0, now);
        let mut heard = take(&deck, &mut now, 5);
        deck.forget(id);
        heard.extend(take(&deck, &mut now, 5));
        assert!(steepest(&heard) < 0.02);
        assert_eq!(deck.position(id, now), None);
        assert!(!deck.tidy());
    }
}
