//! What a clip's process has sent and nobody has taken yet, and the decisions about it, without locks or
//! threads.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::{FrameChoice, Progress, SOUND_CHANNELS, SOUND_RATE};
use crate::error::MediaError;
use crate::frame::Frame;
use crate::inside::OVERHANG;
use crate::wire::{Lane, SOUND_BLOCKS};

/// Frames that must wait before the clip is ready.
const READY_FRAMES: usize = 2;
/// Samples that wait at most before blocks are kept: one second.
const SAMPLES: usize = SOUND_RATE as usize * SOUND_CHANNELS;
/// Samples that must wait before the clip is ready: 200 ms.
const READY_SAMPLES: usize = SAMPLES / 5;
/// A clip whose length was announced too short is not cut, but one whose sound never ends is.
const OVERTIME: Duration = Duration::from_secs(2);

/// One track.
#[derive(Default)]
struct Track {
    /// More of it is to come.
    is_wanted: bool,
    /// Media time at which the decoded track ends, once that is known.
    ended: Option<Duration>,
}

/// Everything that has come.
pub(super) struct Mailbox {
    duration: Duration,
    pictures: Track,
    sounds: Track,
    frames: VecDeque<Frame>,
    samples: VecDeque<f32>,
    /// Blocks of sound whose room has not been given back.
    kept_blocks: u8,
    sound_is_late: bool,
    failed: Option<(Duration, MediaError)>,
    /// Media time of the newest frame that was handed out.
    shown: Duration,
    has_begun: bool,
    /// Since when the user has had nothing to wait for but a notice.
    starving_since: Option<Instant>,
    was_ready: bool,
    sound_taken: bool,
    is_sound_heard: bool,
}

impl Mailbox {
    /// A clip of the length `duration` that has these tracks.
    pub(super) fn new(duration: Duration, has_pictures: bool, has_sounds: bool) -> Self {
        let track = |is_wanted| Track {
            is_wanted,
            ended: None,
        };
        Self {
            duration,
            pictures: track(has_pictures),
            sounds: track(has_sounds),
            frames: VecDeque::new(),
            samples: VecDeque::new(),
            kept_blocks: 0,
            sound_is_late: false,
            failed: None,
            shown: Duration::ZERO,
            has_begun: false,
            starving_since: None,
            was_ready: false,
            sound_taken: false,
            is_sound_heard: false,
        }
    }

    /// Queues a frame. Returns whether it was waited for.
    pub(super) fn push_frame(&mut self, frame: Frame) -> bool {
        self.frames.push_back(frame);
        self.starving_since.take().is_some()
    }

    /// Queues a block of samples. Returns the blocks whose room can be given back.
    pub(super) fn push_samples(&mut self, samples: &[f32]) -> u8 {
        self.kept_blocks += 1;
        if self.sounds.is_wanted {
            self.samples.extend(samples);
        }
        self.blocks_to_return()
    }

    /// Whether more waits than a process that keeps to its room could have sent.
    pub(super) fn is_overfull(&self) -> bool {
        self.kept_blocks >= SOUND_BLOCKS
    }

    /// The blocks whose room can be given back: all, while not too much waits.
    fn blocks_to_return(&mut self) -> u8 {
        if self.samples.len() < SAMPLES {
            std::mem::take(&mut self.kept_blocks)
        } else {
            0
        }
    }

    /// Moves samples into `out`. Returns how many there were, whether they were the last, and the blocks whose
    /// room can be given back.
    pub(super) fn pull(&mut self, out: &mut [f32]) -> (usize, bool, u8) {
        let count = out.len().min(self.samples.len()) / SOUND_CHANNELS * SOUND_CHANNELS;
        for (target, sample) in out.iter_mut().zip(self.samples.drain(..count)) {
            *target = sample;
        }
        let is_last = self.samples.is_empty() && !self.sounds.is_wanted;
        (count, is_last, self.blocks_to_return())
    }

    pub(super) fn sound_is_late(&mut self) {
        self.sound_is_late = true;
    }

    /// A track is decoded up to `end` and no further.
    pub(super) fn finish(&mut self, lane: Lane, end: Duration, error: Option<MediaError>) {
        let has_pictures = self.pictures.is_wanted || self.pictures.ended.is_some();
        let track = self.track(lane);
        track.is_wanted = false;
        track.ended = Some(end);
        match error {
            Some(error) if lane == Lane::Sounds && has_pictures => {
                tracing::debug!(%error, "the clip goes on without its sound");
            }
            Some(error) => self.failed = Some((end, error)),
            None => {}
        }
    }

    /// Its process is gone or was ended. What has come is still played.
    pub(super) fn fail(&mut self, error: MediaError) {
        let is_over = !self.pictures.is_wanted && !self.sounds.is_wanted;
        if is_over || self.failed.is_some() {
            return;
        }
        let last = self.frames.back().map_or(self.shown, Frame::time);
        for track in [&mut self.pictures, &mut self.sounds] {
            if std::mem::take(&mut track.is_wanted) {
                track.ended = Some(last);
            }
        }
        self.failed = Some((last, error));
    }

    /// Hands out the sound, once.
    pub(super) fn take_sound(&mut self) -> bool {
        let is_free = !self.sound_taken && (self.sounds.is_wanted || self.sounds.ended.is_some());
        self.sound_taken |= is_free;
        self.is_sound_heard |= is_free;
        is_free
    }

    pub(super) fn leave_sound(&mut self) {
        self.sounds.is_wanted = false;
        self.samples = VecDeque::new();
        self.is_sound_heard = false;
    }

    pub(super) fn is_ready(&self) -> bool {
        let pictures =
            !self.pictures.is_wanted || self.has_begun || self.frames.len() >= READY_FRAMES;
        let sounds =
            !self.sounds.is_wanted || self.samples.len() >= READY_SAMPLES || self.sound_is_late;
        self.failed.is_some() || self.was_ready || (pictures && sounds)
    }

    /// Whether it is ready for the first time.
    pub(super) fn take_became_ready(&mut self) -> bool {
        let became_ready = !self.was_ready && self.is_ready();
        self.was_ready |= became_ready;
        became_ready
    }

    /// What to show at `position`, and the frames that were too late for it. A process that gives nothing is
    /// given up after `patience`.
    pub(super) fn choose(
        &mut self,
        position: Duration,
        now: Instant,
        patience: Duration,
    ) -> (FrameChoice, Vec<Frame>) {
        let mut frame = if self.has_begun {
            None
        } else {
            self.frames.pop_front()
        };
        let mut late = Vec::new();
        while self
            .frames
            .front()
            .is_some_and(|next| next.time() <= position)
        {
            late.extend(frame.take());
            frame = self.frames.pop_front();
        }
        if let Some(frame) = &frame {
            self.has_begun = true;
            self.shown = frame.time();
        }
        self.notice_hanging(now, patience);
        let progress = self.progress(position);
        let next_due = match (self.frames.front(), &progress) {
            (Some(next), _) => Some(next.time()),
            (None, Progress::Playing) if !self.pictures.is_wanted => self.end(),
            (None, _) => None,
        };
        if next_due.is_some() {
            self.starving_since = None;
        } else {
            self.starving_since.get_or_insert(now);
        }
        let dropped = u32::try_from(late.len()).unwrap_or(u32::MAX);
        (
            FrameChoice {
                frame,
                next_due,
                dropped,
                progress,
            },
            late,
        )
    }

    /// Whether its process is to be ended because it gives nothing.
    pub(super) fn is_given_up(&self) -> bool {
        matches!(self.failed, Some((_, MediaError::DecoderHangs { .. })))
    }

    fn notice_hanging(&mut self, now: Instant, patience: Duration) {
        let is_starving = self.frames.is_empty() && self.pictures.is_wanted;
        let hangs = |since: Instant| now.saturating_duration_since(since) >= patience;
        if is_starving && self.starving_since.is_some_and(hangs) {
            self.fail(MediaError::DecoderHangs { limit: patience });
        }
    }

    fn progress(&self, position: Duration) -> Progress {
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
        match self.end() {
            Some(at) if position >= at => Progress::Ended { at },
            _ => Progress::Playing,
        }
    }

    /// When the clip ends, as far as that is known: with its pictures, but for sound that goes on for long.
    /// Sound that nobody listens to does not count.
    fn end(&self) -> Option<Duration> {
        let sounds = match self.sounds.ended {
            None if self.is_sound_heard => Some(self.duration + OVERTIME),
            ended => ended,
        };
        match (self.pictures.ended, sounds) {
            (Some(pictures), Some(sounds)) if sounds < pictures + OVERHANG => Some(pictures),
            (Some(_), Some(sounds)) => Some(sounds),
            (Some(end), None) | (None, Some(end)) => Some(end),
            // A sound file that nobody listens to.
            (None, None) if !self.pictures.is_wanted => Some(self.duration),
            (None, None) => None,
        }
    }

    fn track(&mut self, lane: Lane) -> &mut Track {
        match lane {
            Lane::Pictures => &mut self.pictures,
            Lane::Sounds => &mut self.sounds,
        }
    }
}
