//! One source while it plays: its volume, its clock, its end.

use std::time::{Duration, Instant};

use crate::bridge::{Bridge, Pair};
use crate::clock::{Clock, duration};
use crate::feed::Feed;
use crate::ramp::Ramp;
use crate::source::{SOUND_CHANNELS, SOUND_RATE, Source};

/// Frames mixed at a time, and the length of every ramp: 5 ms, which the ear does not take for a click.
pub(crate) const BLOCK: usize = SOUND_RATE as usize / 200;
/// The length of the ramp with which a sound begins and stops, or is set louder.
const SOFT: Duration = Duration::from_millis(5);
/// Skipped at most in one go, so that the device is not kept waiting: 0.5 s.
const MOST_SKIPPED: usize = 100;
/// The loudest that a volume may be: +12 dB, for speech that was recorded far too quietly.
const LOUDEST: f32 = 3.98;
/// A source being played.
pub(crate) struct Voice {
    pub(crate) id: u64,
    feed: Feed,
    /// A source that is done with and not handed back yet.
    spent: Option<Box<dyn Source>>,
    begins: Begins,
    /// The block that it was mixed into last.
    pub(crate) mixed_into: u64,
    start: Duration,
    clock: Clock,
    /// Frames gone, whether heard or skipped.
    gone: u64,
    /// How many frames there are to be, where that is set.
    length: Option<u64>,
    /// 0 to 1: the softness of beginning and stopping.
    envelope: Ramp,
    volume: Ramp,
    /// Whether it is lowered while others are ducked.
    is_ducked: bool,
    /// The last two frames mixed, by which another voice goes on without a step.
    tail: [Pair; 2],
    bridge: Option<Bridge>,
    is_stopping: bool,
    is_forgotten: bool,
    has_ended: bool,
}

/// When a voice begins.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Begins {
    /// It has.
    Begun,
    /// With the end of another one.
    After(u64),
    /// When it is told to.
    Told,
}

/// What mixing has brought about.
#[derive(Default)]
pub(crate) struct Mixed {
    /// A source that is done with.
    pub(crate) done: Option<Box<dyn Source>>,
    /// How many frames of the block were mixed when the voice came to its end.
    pub(crate) ended: Option<usize>,
}

impl Voice {
    /// A voice that begins with the next block; without a source it is the clock of something silent.
    pub(crate) fn new(
        id: u64,
        source: Option<Box<dyn Source>>,
        start: Duration,
        volume: f32,
        now: Instant,
    ) -> Self {
        let mut voice = Self {
            id,
            feed: source.map_or(Feed::Nothing, Feed::Source),
            spent: None,
            begins: Begins::Begun,
            mixed_into: 0,
            start,
            clock: Clock::new(now),
            gone: 0,
            length: None,
            envelope: Ramp::at(0.0),
            volume: Ramp::at(volume.clamp(0.0, LOUDEST)),
            is_ducked: true,
            tail: [[0.0; SOUND_CHANNELS]; 2],
            bridge: None,
            is_stopping: false,
            is_forgotten: false,
            has_ended: false,
        };
        voice.envelope.go(1.0, SOFT);
        if matches!(voice.feed, Feed::Nothing) {
            voice.clock.run_from(now, 0.0);
        }
        voice
    }

    /// Lets it begin with the end of voice `first` instead.
    pub(crate) fn after(mut self, first: u64) -> Self {
        self.begins = Begins::After(first);
        self.clock = Clock::waiting();
        self
    }

    /// Lets the wall say what is heard when: its first sample is due at `origin`. Samples that are late are skipped, and
    /// where they are early there is silence.
    pub(crate) fn by_wall(mut self, origin: Instant) -> Self {
        self.clock = Clock::by_wall(origin);
        self
    }

    /// Keeps it as loud as it is while others are ducked.
    pub(crate) const fn above(mut self) -> Self {
        self.is_ducked = false;
        self
    }

    /// Lets it begin with the end of voice `first`, if it still waits.
    pub(crate) fn wait_for(&mut self, first: u64) {
        if self.begins != Begins::Begun {
            self.begins = Begins::After(first);
        }
    }

    /// Lets it begin when it is told to, if it still waits; says whether it does.
    pub(crate) fn hold(&mut self) -> bool {
        let waits = self.begins != Begins::Begun;
        if waits {
            self.begins = Begins::Told;
        }
        waits
    }

    /// Whether it waits for the end of voice `first`.
    pub(crate) fn follows(&self, first: u64) -> bool {
        self.begins == Begins::After(first)
    }

    /// Begins at `now`, if it still waits.
    pub(crate) fn begin(&mut self, now: Instant) {
        if self.begins != Begins::Begun {
            self.begin_at(now);
        }
    }

    /// Begins with a sample that is heard at `heard`, directly after a voice that ended with `tail`.
    pub(crate) fn go_on(&mut self, heard: Instant, tail: [Pair; 2]) {
        self.begin_at(heard);
        self.envelope = Ramp::at(1.0);
        self.bridge = Some(Bridge::from(tail));
    }

    /// Begins at an instant at which no device was listening.
    pub(crate) fn go_on_unheard(&mut self, since: Instant) {
        self.begin_at(since);
        self.clock.stop_waiting();
    }

    fn begin_at(&mut self, at: Instant) {
        self.begins = Begins::Begun;
        self.clock.begin(at);
        if matches!(self.feed, Feed::Nothing) {
            self.clock.run_from(at, 0.0);
        }
    }

    /// Adds the next frames to `mix`, the first of which is heard at `heard`. `ducking` is a gain for each.
    pub(crate) fn mix(
        &mut self,
        now: Instant,
        heard: Instant,
        mix: &mut [f32],
        ducking: &[f32],
        is_followed: bool,
    ) -> Mixed {
        if self.begins != Begins::Begun {
            return Mixed::default();
        }
        if let Feed::Nothing = self.feed {
            return self.end_silently(heard, mix.len() / SOUND_CHANNELS);
        }
        if self.clock.ahead(heard) * f64::from(SOUND_RATE) >= BLOCK as f64 {
            return Mixed::default();
        }
        if self.catch_up(now, heard) {
            return self.end(now, Some(0));
        }
        let left = self.frames_left();
        let room = (mix.len() / SOUND_CHANNELS).min(left);
        let mut block = [0.0; BLOCK * SOUND_CHANNELS];
        let block = &mut block[..room * SOUND_CHANNELS];
        let Some((frames, is_used_up)) = self.feed.pull(block) else {
            return Mixed::default();
        };
        let is_padded = is_used_up && self.length.is_some() && frames < left;
        // What ends on a loud sample would click: it is faded out, unless another voice goes on from it.
        let (silent_from, over) = if is_padded || (is_used_up && !is_followed && left == usize::MAX)
        {
            (frames, frames)
        } else if is_followed {
            (usize::MAX, 1)
        } else {
            (left, BLOCK)
        };
        let block = &mut block[..frames * SOUND_CHANNELS];
        self.shape(block, ducking, |index| {
            (silent_from.saturating_sub(index) as f32 / over as f32).min(1.0)
        });
        for (sum, sample) in mix.iter_mut().zip(block.iter()) {
            *sum += sample;
        }
        if frames > 0 {
            self.gone += frames as u64;
            self.clock.took(now, heard, self.seconds());
        }
        if is_padded {
            self.spend(Feed::Silence);
        }
        let is_silenced = self.is_stopping && (frames == 0 || self.envelope.level() <= 0.0);
        if is_silenced || (is_used_up && !is_padded) || self.frames_left() == 0 {
            return self.end(now, (!self.is_stopping).then_some(frames));
        }
        Mixed {
            done: self.spent.take(),
            ended: None,
        }
    }

    /// Brings frames to the loudness that they have now.
    fn shape(&mut self, block: &mut [f32], ducking: &[f32], fade: impl Fn(usize) -> f32) {
        for (index, frame) in block.chunks_exact_mut(SOUND_CHANNELS).enumerate() {
            let ducked = if self.is_ducked {
                ducking.get(index).copied().unwrap_or(1.0)
            } else {
                1.0
            };
            let gain = self.envelope.next() * self.volume.next() * ducked * fade(index);
            for sample in frame.iter_mut() {
                *sample *= gain;
            }
            if let Some(bridge) = &mut self.bridge
                && !bridge.add_to(frame)
            {
                self.bridge = None;
            }
            self.tail[0] = self.tail[1];
            self.tail[1].copy_from_slice(frame);
        }
    }

    /// How many frames are left to the set end.
    fn frames_left(&self) -> usize {
        self.length.map_or(usize::MAX, |length| {
            usize::try_from(length.saturating_sub(self.gone)).unwrap_or(usize::MAX)
        })
    }

    /// Notices the set end of something silent that falls before the end of `frames` from `heard` on.
    fn end_silently(&mut self, heard: Instant, frames: usize) -> Mixed {
        let Some(ended_at) = self.ends_at(heard) else {
            return Mixed::default();
        };
        let wait = ended_at.saturating_duration_since(heard).as_secs_f64() * f64::from(SOUND_RATE);
        if self.has_ended || wait >= frames as f64 {
            return Mixed::default();
        }
        self.has_ended = true;
        Mixed {
            done: None,
            ended: Some(wait as usize),
        }
    }

    /// When something silent comes to its set end, by the wall.
    fn ends_at(&self, now: Instant) -> Option<Instant> {
        let length = self.length? as f64 / f64::from(SOUND_RATE);
        let begun = self.clock.instant_of(0.0, now);
        (self.begins == Begins::Begun).then(|| begun + duration(length))
    }

    /// Since when something silent has been at its set end, if it is there and nobody has noticed.
    pub(crate) fn silently_ended(&mut self, now: Instant) -> Option<Instant> {
        let ended_at = matches!(self.feed, Feed::Nothing).then(|| self.ends_at(now))??;
        let is_news = !self.has_ended && ended_at <= now;
        self.has_ended |= is_news;
        is_news.then_some(ended_at)
    }

    /// Lets pass unheard what belongs to the past. Returns whether the end was in it.
    fn catch_up(&mut self, now: Instant, heard: Instant) -> bool {
        let mut missed = (self.clock.missed(now, heard) * f64::from(SOUND_RATE)) as usize;
        let mut block = [0.0; BLOCK * SOUND_CHANNELS];
        for _ in 0..MOST_SKIPPED {
            if missed < BLOCK {
                break;
            }
            let room = BLOCK.min(self.frames_left());
            let Some((frames, is_used_up)) = self.feed.pull(&mut block[..room * SOUND_CHANNELS])
            else {
                return false;
            };
            self.gone += frames as u64;
            missed = missed.saturating_sub(frames);
            if self.frames_left() == 0 || (is_used_up && self.length.is_none()) {
                return true;
            }
            if is_used_up {
                self.spend(Feed::Silence);
            } else if frames == 0 {
                break;
            }
        }
        self.clock.skipped(self.seconds());
        false
    }

    /// Does what [`Self::mix`] does where there is no device that would ask for samples. The end, if it has
    /// come, is told as the instant at which it came.
    pub(crate) fn pass_unheard(
        &mut self,
        now: Instant,
    ) -> (Option<Box<dyn Source>>, Option<Instant>) {
        if !self.is_playing() || self.begins != Begins::Begun {
            return (None, None);
        }
        let has_ended = !self.is_stopping && self.catch_up(now, now);
        if !self.is_stopping && !has_ended {
            return (None, None);
        }
        let ended_at = self.clock.instant_of(self.seconds(), now);
        let mixed = self.end(now, has_ended.then_some(0));
        (mixed.done, has_ended.then_some(ended_at))
    }

    /// There is no device: time goes on at once instead of waiting for one.
    pub(crate) fn stop_waiting(&mut self) {
        self.clock.stop_waiting();
    }

    /// Goes to a volume, and is there after `over`.
    pub(crate) fn set_volume(&mut self, volume: f32, over: Duration) {
        self.volume.go(volume.clamp(0.0, LOUDEST), over.max(SOFT));
    }

    /// Sets the media time at which it ends; a source that ends before is followed by silence.
    pub(crate) fn end_at(&mut self, end: Duration) {
        let length = end.saturating_sub(self.start).as_secs_f64() * f64::from(SOUND_RATE);
        // What the device has taken is past, and the cut must not click.
        let soonest = match self.feed {
            Feed::Nothing => 0,
            _ => self.gone + BLOCK as u64,
        };
        self.length = Some((length.round() as u64).max(soonest));
    }

    pub(crate) fn stop(&mut self) {
        self.is_stopping = true;
        self.envelope.go(0.0, SOFT);
    }

    /// Stops it; nobody asks for its position any more. Gives its source back if it never began.
    pub(crate) fn forget(&mut self) -> Option<Box<dyn Source>> {
        self.stop();
        self.is_forgotten = true;
        if self.begins != Begins::Begun {
            self.spend(Feed::Over);
        }
        self.spent.take()
    }

    /// Whether the deck has no more use for it.
    pub(crate) fn is_done_with(&self) -> bool {
        self.is_forgotten && !self.is_playing()
    }

    /// Whether it needs a device.
    pub(crate) const fn is_playing(&self) -> bool {
        self.feed.is_heard()
    }

    pub(crate) const fn has_ended(&self) -> bool {
        self.has_ended
    }

    /// How it ended, for the one that goes on from there.
    pub(crate) const fn tail(&self) -> [Pair; 2] {
        self.tail
    }

    /// The media time being heard, if sound is heard `latency` later than the device says.
    pub(crate) fn position(&mut self, now: Instant, latency: Duration) -> Duration {
        self.start + duration(self.clock.position(now)).saturating_sub(latency)
    }

    /// It is over; `ended` frames into the block, if it came to its end by itself.
    fn end(&mut self, now: Instant, ended: Option<usize>) -> Mixed {
        self.has_ended |= ended.is_some();
        self.spend(Feed::Over);
        self.clock.run_free(now);
        Mixed {
            done: self.spent.take(),
            ended,
        }
    }

    fn spend(&mut self, instead: Feed) {
        if let Feed::Source(source) = std::mem::replace(&mut self.feed, instead) {
            self.spent = Some(source);
        }
    }

    fn seconds(&self) -> f64 {
        self.gone as f64 / f64::from(SOUND_RATE)
    }
}
