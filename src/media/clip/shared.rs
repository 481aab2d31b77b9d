//! What the three threads of a clip and its user share: the queues, and who waits for what.
//!
//! One lock, held for moves only, and one condition variable for each thread that waits. Reading goes on as
//! long as either track is hungry, so a full picture queue never starves the sound, nor the other way round.

use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ffmpeg_next::Packet;

use crate::clip::{FrameChoice, Notify, Progress};
use crate::container::Stop;
use crate::error::MediaError;
use crate::frame::Frame;
use crate::sound_decoder::{SOUND_CHANNELS, SOUND_RATE};

/// Decoded frames that wait: a fifth of a second at 30 a second, 18 MB at 1080p.
const FRAMES: usize = 6;
/// Frames that must wait before the clip is ready.
const READY_FRAMES: usize = 3;
/// Samples that wait at most: one second.
const SAMPLES: usize = SOUND_RATE as usize * SOUND_CHANNELS;
/// Samples that must wait before the clip is ready: 200 ms.
const READY_SAMPLES: usize = SAMPLES / 5;
/// Packets of a track below which it is hungry, and up to which it is then fed.
const PICTURE_PACKETS: (usize, usize) = (8, 24);
const SOUND_PACKETS: (usize, usize) = (24, 64);
/// Packets that wait at most, bytes; reached only by badly interleaved files.
const PACKET_BYTES: usize = 32 << 20;
/// A clip whose length was announced too short is not cut, but one whose sound never ends is.
const OVERTIME: Duration = Duration::from_secs(2);

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
    pub(super) has_pictures: bool,
    pub(super) has_sounds: bool,
    pub(super) promised: Promised,
    pub(super) duration: Duration,
}

/// The meeting place.
pub(super) struct Shared {
    pub(super) promised: Promised,
    duration: Duration,
    stop: Stop,
    notify: Option<Notify>,
    state: Mutex<State>,
    reading: Condvar,
    pictures: Condvar,
    sounds: Condvar,
    ready: Condvar,
}

/// Which track.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lane {
    Pictures,
    Sounds,
}

/// One track's packets and how far its decoder is.
#[derive(Default)]
struct Track {
    is_wanted: bool,
    packets: VecDeque<Packet>,
    /// Media time at which the decoded track ends, once that is known.
    ended: Option<Duration>,
}

/// What the lock protects.
pub(super) struct State {
    pictures: Track,
    sounds: Track,
    packet_bytes: usize,
    is_filling: bool,
    is_read: bool,
    frames: VecDeque<Frame>,
    samples: VecDeque<f32>,
    failed: Option<(Duration, MediaError)>,
    has_begun: bool,
    is_starving: bool,
    was_ready: bool,
    sound_taken: bool,
    is_sound_heard: bool,
}

impl Shared {
    pub(super) fn new(setup: Setup) -> Self {
        let track = |is_wanted| Track {
            is_wanted,
            ..Track::default()
        };
        Self {
            promised: setup.promised,
            duration: setup.duration,
            stop: setup.stop,
            notify: setup.notify,
            state: Mutex::new(State {
                pictures: track(setup.has_pictures),
                sounds: track(setup.has_sounds),
                packet_bytes: 0,
                is_filling: true,
                is_read: false,
                frames: VecDeque::new(),
                samples: VecDeque::new(),
                failed: None,
                has_begun: false,
                is_starving: false,
                was_ready: false,
                sound_taken: false,
                is_sound_heard: false,
            }),
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
        let mut state = self.lock();
        if !state.track(lane).is_wanted {
            return;
        }
        state.packet_bytes += packet.size();
        state.track(lane).packets.push_back(packet);
        state.shed();
        drop(state);
        self.decoder(lane).notify_one();
    }

    /// Says that the file is read.
    pub(super) fn finish_reading(&self) {
        self.lock().is_read = true;
        self.pictures.notify_one();
        self.sounds.notify_one();
    }

    /// The next packet for a decoder: `Some(None)` after the last one, `None` when the clip is over.
    pub(super) fn next_packet(&self, lane: Lane) -> Option<Option<Packet>> {
        let mut state = self.lock();
        loop {
            if self.is_stopped() || !state.track(lane).is_wanted {
                return None;
            }
            if let Some(packet) = state.track(lane).packets.pop_front() {
                state.packet_bytes -= packet.size();
                if state.is_hungry() {
                    self.reading.notify_one();
                }
                return Some(Some(packet));
            }
            if state.is_read {
                return Some(None);
            }
            state = wait(self.decoder(lane), state);
        }
    }

    /// Queues a decoded frame, waiting for room. False: the clip is over.
    pub(super) fn push_frame(&self, frame: Frame) -> bool {
        let mut state = self.lock();
        while !self.is_stopped() && state.frames.len() >= FRAMES {
            state = wait(&self.pictures, state);
        }
        if self.is_stopped() {
            return false;
        }
        state.frames.push_back(frame);
        let was_starving = std::mem::take(&mut state.is_starving);
        self.tell(state, was_starving);
        true
    }

    /// Queues decoded samples, waiting for room. False: the clip is over, or nobody listens.
    pub(super) fn push_samples(&self, samples: &[f32]) -> bool {
        let mut state = self.lock();
        while !self.is_stopped() && state.sounds.is_wanted && state.samples.len() >= SAMPLES {
            state = wait(&self.sounds, state);
        }
        if self.is_stopped() || !state.sounds.is_wanted {
            return false;
        }
        state.samples.extend(samples);
        self.tell(state, false);
        true
    }

    /// Says that a track is decoded up to `end` and no further, because of `error` if there is one.
    pub(super) fn finish(&self, lane: Lane, end: Duration, error: Option<MediaError>) {
        let mut state = self.lock();
        state.close(lane);
        state.track(lane).ended = Some(end);
        // A video goes on without its sound.
        if lane == Lane::Pictures || !state.pictures.is_wanted && state.pictures.ended.is_none() {
            state.failed = error.map(|error| (end, error));
        } else if let Some(error) = error {
            tracing::warn!(%error, "the clip goes on without its sound");
        }
        self.reading.notify_one();
        self.tell(state, true);
    }

    /// Gives up on the sound track because nobody listens to it.
    pub(super) fn leave_sound(&self) {
        let mut state = self.lock();
        state.close(Lane::Sounds);
        state.samples.clear();
        state.is_sound_heard = false;
        drop(state);
        self.sounds.notify_one();
        self.reading.notify_one();
    }

    /// Moves waiting samples into `out`. Returns how many samples there were and whether they were the last.
    pub(super) fn pull(&self, out: &mut [f32]) -> (usize, bool) {
        let mut state = self.lock();
        let count = out.len().min(state.samples.len()) / SOUND_CHANNELS * SOUND_CHANNELS;
        for (target, sample) in out.iter_mut().zip(state.samples.drain(..count)) {
            *target = sample;
        }
        let is_last = state.samples.is_empty() && state.sounds.ended.is_some();
        // Woken at three quarters rather than at every few milliseconds of room.
        let has_room = state.samples.len() < SAMPLES / 4 * 3;
        drop(state);
        if has_room {
            self.sounds.notify_one();
        }
        (count, is_last)
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
        let mut state = self.lock();
        let mut chosen = if state.has_begun {
            None
        } else {
            state.frames.pop_front()
        };
        let mut late = Vec::new();
        while state
            .frames
            .front()
            .is_some_and(|frame| frame.time() <= position)
        {
            late.extend(chosen.take());
            chosen = state.frames.pop_front();
        }
        state.has_begun |= chosen.is_some();
        let progress = state.progress(position, self.duration);
        let next_due = match (state.frames.front(), &progress) {
            (Some(frame), _) => Some(frame.time()),
            (None, Progress::Playing) => state
                .end(self.duration)
                .filter(|_| !state.pictures.is_wanted),
            (None, _) => None,
        };
        state.is_starving = next_due.is_none();
        drop(state);
        if chosen.is_some() {
            self.pictures.notify_one();
        }
        let dropped = u32::try_from(late.len()).unwrap_or(u32::MAX);
        FrameChoice {
            frame: chosen,
            next_due,
            dropped,
            progress,
        }
    }

    /// Wakes whoever waits for the clip as a whole; `is_news` where its user must look even if it was ready.
    fn tell(&self, mut state: MutexGuard<'_, State>, is_news: bool) {
        let became_ready = !state.was_ready && state.is_ready();
        state.was_ready |= became_ready;
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

impl State {
    fn track(&mut self, lane: Lane) -> &mut Track {
        match lane {
            Lane::Pictures => &mut self.pictures,
            Lane::Sounds => &mut self.sounds,
        }
    }

    fn close(&mut self, lane: Lane) {
        let track = self.track(lane);
        track.is_wanted = false;
        let left: usize = track.packets.drain(..).map(|packet| packet.size()).sum();
        self.packet_bytes -= left;
    }

    /// Whether to read on. Once a track has fallen below its low mark, both are filled to the high one.
    fn is_hungry(&mut self) -> bool {
        let below = |track: &Track, mark| track.is_wanted && track.packets.len() < mark;
        let (low, high) = (PICTURE_PACKETS, SOUND_PACKETS);
        if below(&self.pictures, low.0) || below(&self.sounds, high.0) {
            self.is_filling = true;
        } else if !below(&self.pictures, low.1) && !below(&self.sounds, high.1) {
            self.is_filling = false;
        }
        // Too much waits only where one track runs far ahead in the file. Pictures cannot be shed, and then
        // the sound misses some.
        self.is_filling && self.packet_bytes < PACKET_BYTES
    }

    /// Drops the oldest sound packets where too much waits: either nobody listens, or the pictures are so
    /// far behind in the file that something has to give.
    fn shed(&mut self) {
        while self.packet_bytes >= PACKET_BYTES && self.sounds.packets.len() > SOUND_PACKETS.1 {
            let Some(packet) = self.sounds.packets.pop_front() else {
                return;
            };
            self.packet_bytes -= packet.size();
        }
    }

    pub(super) fn is_ready(&self) -> bool {
        let pictures = !self.pictures.is_wanted || self.frames.len() >= READY_FRAMES;
        let sounds = !self.sounds.is_wanted || self.samples.len() >= READY_SAMPLES;
        self.failed.is_some() || self.was_ready || (pictures && sounds)
    }

    pub(super) fn take_sound(&mut self) -> bool {
        let is_free = !self.sound_taken && (self.sounds.is_wanted || self.sounds.ended.is_some());
        self.sound_taken |= is_free;
        self.is_sound_heard |= is_free;
        is_free
    }

    /// When the clip ends, as far as that is known; sound that nobody listens to does not count.
    fn end(&self, duration: Duration) -> Option<Duration> {
        let sound = if self.is_sound_heard && self.sounds.ended.is_none() {
            Some(duration + OVERTIME)
        } else {
            self.sounds.ended
        };
        match (self.pictures.ended, sound) {
            (Some(pictures), Some(sounds)) => Some(pictures.max(sounds)),
            (Some(end), None) | (None, Some(end)) => Some(end),
            // A sound file that nobody listens to.
            (None, None) if !self.pictures.is_wanted => Some(duration),
            (None, None) => None,
        }
    }

    fn progress(&self, position: Duration, duration: Duration) -> Progress {
        if !self.frames.is_empty() || self.pictures.is_wanted {
            return Progress::Playing;
        }
        if let Some((at, error)) = &self.failed
            && (position >= *at || !self.has_begun)
        {
            return Progress::Failed {
                at: *at,
                error: error.clone(),
            };
        }
        match self.end(duration) {
            Some(at) if position >= at => Progress::Ended { at },
            _ => Progress::Playing,
        }
    }
}
