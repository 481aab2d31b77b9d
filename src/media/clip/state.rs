//! The queues of a clip and the decisions about them, without locks or threads.
//!
//! Invariant: reading goes on as long as either track is hungry, so a full picture queue never starves the
//! sound, nor the other way round; what waits is bounded all the same.

use std::collections::VecDeque;
use std::time::Duration;

use ffmpeg_next::Packet;

use crate::clip::{FrameChoice, Progress};
use crate::container::OVERHANG;
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
/// Packets of the picture track below which it is hungry, and up to which it is then fed.
const PICTURE_PACKETS: (usize, usize) = (8, 24);
/// The same for the sound track: half a second and over a second of AAC.
const SOUND_PACKETS: (usize, usize) = (24, 64);
/// Packets that wait at most, bytes; reached only by badly interleaved files.
const PACKET_BYTES: usize = 32 << 20;
/// A clip whose length was announced too short is not cut, but one whose sound never ends is.
const OVERTIME: Duration = Duration::from_secs(2);

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

/// Everything that a clip's threads share.
pub(super) struct State {
    duration: Duration,
    pictures: Track,
    sounds: Track,
    packet_bytes: usize,
    is_filling: bool,
    is_read: bool,
    frames: VecDeque<Frame>,
    samples: VecDeque<f32>,
    failed: Option<(Duration, MediaError)>,
    /// A frame was handed out.
    has_begun: bool,
    /// The user has nothing to wait for but a notice.
    is_starving: bool,
    was_ready: bool,
    sound_taken: bool,
    is_sound_heard: bool,
}

impl State {
    /// A clip of the length `duration` that has these tracks.
    pub(super) fn new(duration: Duration, has_track: impl Fn(Lane) -> bool) -> Self {
        let track = |lane| Track {
            is_wanted: has_track(lane),
            ..Track::default()
        };
        Self {
            duration,
            pictures: track(Lane::Pictures),
            sounds: track(Lane::Sounds),
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
        }
    }

    /// Whether to read on. Once a track has fallen below its low mark, both are filled to the high one.
    pub(super) fn is_hungry(&mut self) -> bool {
        let below = |track: &Track, mark| track.is_wanted && track.packets.len() < mark;
        if below(&self.pictures, PICTURE_PACKETS.0) || below(&self.sounds, SOUND_PACKETS.0) {
            self.is_filling = true;
        } else if !below(&self.pictures, PICTURE_PACKETS.1) && !below(&self.sounds, SOUND_PACKETS.1)
        {
            self.is_filling = false;
        }
        // Pictures cannot be shed: where the sound lies this far behind them in the file, it misses some.
        self.is_filling && self.packet_bytes < PACKET_BYTES
    }

    /// Takes in what was read. Where too much waits because nobody listens, the oldest sound goes.
    pub(super) fn push_packet(&mut self, lane: Lane, packet: Packet) {
        if !self.is_wanted(lane) {
            return;
        }
        self.packet_bytes += packet.size();
        self.track(lane).packets.push_back(packet);
        while self.packet_bytes >= PACKET_BYTES && self.sounds.packets.len() > SOUND_PACKETS.1 {
            let _ = self.pop_packet(Lane::Sounds);
        }
    }

    pub(super) fn pop_packet(&mut self, lane: Lane) -> Option<Packet> {
        let packet = self.track(lane).packets.pop_front()?;
        self.packet_bytes -= packet.size();
        Some(packet)
    }

    pub(super) fn is_wanted(&self, lane: Lane) -> bool {
        match lane {
            Lane::Pictures => self.pictures.is_wanted,
            Lane::Sounds => self.sounds.is_wanted,
        }
    }

    pub(super) fn finish_reading(&mut self) {
        self.is_read = true;
    }

    pub(super) fn is_read(&self) -> bool {
        self.is_read
    }

    pub(super) fn has_room_for_frames(&self) -> bool {
        self.frames.len() < FRAMES
    }

    /// Queues a frame. Returns whether it was waited for.
    pub(super) fn push_frame(&mut self, frame: Frame) -> bool {
        self.frames.push_back(frame);
        std::mem::take(&mut self.is_starving)
    }

    pub(super) fn has_room_for_samples(&self) -> bool {
        self.samples.len() < SAMPLES
    }

    /// Low enough to wake the decoder: three quarters, rather than at every few milliseconds of room.
    pub(super) fn is_low_on_samples(&self) -> bool {
        self.samples.len() < SAMPLES / 4 * 3
    }

    pub(super) fn push_samples(&mut self, samples: &[f32]) {
        self.samples.extend(samples);
    }

    /// Moves samples into `out`. Returns how many there were and whether they were the last.
    pub(super) fn pull(&mut self, out: &mut [f32]) -> (usize, bool) {
        let count = out.len().min(self.samples.len()) / SOUND_CHANNELS * SOUND_CHANNELS;
        for (target, sample) in out.iter_mut().zip(self.samples.drain(..count)) {
            *target = sample;
        }
        (
            count,
            self.samples.is_empty() && self.sounds.ended.is_some(),
        )
    }

    /// A track is decoded up to `end` and no further.
    pub(super) fn finish(&mut self, lane: Lane, end: Duration, error: Option<MediaError>) {
        self.close(lane);
        self.track(lane).ended = Some(end);
        let has_pictures = self.pictures.is_wanted || self.pictures.ended.is_some();
        match error {
            Some(error) if lane == Lane::Sounds && has_pictures => {
                tracing::debug!(%error, "the clip goes on without its sound");
            }
            Some(error) => self.failed = Some((end, error)),
            None => {}
        }
    }

    /// Hands out the sound, once.
    pub(super) fn take_sound(&mut self) -> bool {
        let is_free = !self.sound_taken && (self.sounds.is_wanted || self.sounds.ended.is_some());
        self.sound_taken |= is_free;
        self.is_sound_heard |= is_free;
        is_free
    }

    pub(super) fn leave_sound(&mut self) {
        self.close(Lane::Sounds);
        self.samples = VecDeque::new();
        self.is_sound_heard = false;
    }

    pub(super) fn is_ready(&self) -> bool {
        let pictures = !self.pictures.is_wanted || self.frames.len() >= READY_FRAMES;
        let is_out_of_reach = self.packet_bytes >= PACKET_BYTES;
        let sounds =
            !self.sounds.is_wanted || self.samples.len() >= READY_SAMPLES || is_out_of_reach;
        self.failed.is_some() || self.was_ready || (pictures && sounds)
    }

    /// Whether it is ready for the first time.
    pub(super) fn take_became_ready(&mut self) -> bool {
        let became_ready = !self.was_ready && self.is_ready();
        self.was_ready |= became_ready;
        became_ready
    }

    /// What to show at `position`, and the frames that were too late for it.
    pub(super) fn choose(&mut self, position: Duration) -> (FrameChoice, Vec<Frame>) {
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
        self.has_begun |= frame.is_some();
        let progress = self.progress(position);
        let next_due = match (self.frames.front(), &progress) {
            (Some(next), _) => Some(next.time()),
            (None, Progress::Playing) if !self.pictures.is_wanted => self.end(),
            (None, _) => None,
        };
        self.is_starving = next_due.is_none();
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

    fn close(&mut self, lane: Lane) {
        let track = self.track(lane);
        track.is_wanted = false;
        let left: usize = track.packets.drain(..).map(|packet| packet.size()).sum();
        self.packet_bytes -= left;
    }
}
