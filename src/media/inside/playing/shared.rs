//! Where the threads of a clip meet: the lock, and who waits for what.
//!
//! The lock is held for moves only. There is one condition variable for each thread that waits.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ffmpeg_next::Packet;

use super::queues::Queues;
use crate::error::MediaError;
use crate::inside::scale::Placed;
use crate::inside::slots::Slots;
use crate::wire::{Lane, SOUND_BLOCK, Socket, Tell};

/// The lengths that the headers promise.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Promised {
    pub(super) whole: Option<Duration>,
    pub(super) video: Option<Duration>,
    pub(super) sound: Option<Duration>,
}

/// The meeting place.
pub(super) struct Shared {
    pub(super) promised: Promised,
    pub(super) slots: Arc<Slots>,
    socket: Arc<Socket>,
    queues: Mutex<Queues>,
    reading: Condvar,
    pictures: Condvar,
    sounds: Condvar,
}

impl Shared {
    pub(super) fn new(
        socket: Arc<Socket>,
        slots: Arc<Slots>,
        queues: Queues,
        promised: Promised,
    ) -> Self {
        Self {
            promised,
            slots,
            socket,
            queues: Mutex::new(queues),
            reading: Condvar::new(),
            pictures: Condvar::new(),
            sounds: Condvar::new(),
        }
    }

    /// A thread that panicked has left the queues whole: every change is made of complete moves.
    fn lock(&self) -> MutexGuard<'_, Queues> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A player that is gone ends the process by itself.
    fn tell(&self, tell: &Tell) -> bool {
        self.socket.send(tell).is_ok()
    }

    /// Waits until a track wants packets.
    pub(super) fn wait_hungry(&self) {
        let mut queues = self.lock();
        while !queues.is_hungry() {
            queues = wait(&self.reading, queues);
        }
    }

    /// Queues a packet for its decoder.
    pub(super) fn push_packet(&self, lane: Lane, packet: Packet) {
        let mut queues = self.lock();
        queues.push_packet(lane, packet);
        let is_late = queues.take_late();
        drop(queues);
        self.decoder(lane).notify_one();
        if is_late {
            self.tell(&Tell::SoundIsLate);
        }
    }

    /// Says that the file is read.
    pub(super) fn finish_reading(&self) {
        self.lock().finish_reading();
        self.pictures.notify_one();
        self.sounds.notify_one();
    }

    /// The next packet for a decoder: `Some(None)` after the last one, `None` when the track is not wanted any
    /// more.
    pub(super) fn next_packet(&self, lane: Lane) -> Option<Option<Packet>> {
        let mut queues = self.lock();
        while queues.is_wanted(lane) {
            if let Some(packet) = queues.pop_packet(lane) {
                if queues.is_hungry() {
                    self.reading.notify_one();
                }
                return Some(Some(packet));
            }
            if queues.is_read() {
                return Some(None);
            }
            queues = wait(self.decoder(lane), queues);
        }
        None
    }

    /// Hands a frame to the player, waiting until it has few enough. False: the clip is over.
    pub(super) fn push_frame(&self, placed: &Placed) -> bool {
        self.slots.hand_over(placed.place.slot) && self.tell(&Tell::Frame(placed.place))
    }

    /// Hands a block of interleaved samples to the player, waiting for room. False: nobody listens.
    pub(super) fn push_samples(&self, samples: &[f32]) -> bool {
        let mut queues = self.lock();
        let block = loop {
            if !queues.is_wanted(Lane::Sounds) {
                return false;
            }
            if let Some(block) = queues.take_sound_block() {
                break block;
            }
            queues = wait(&self.sounds, queues);
        };
        drop(queues);
        let to = usize::from(block) * SOUND_BLOCK * 8;
        let frames = u32::try_from(samples.len() / 2).unwrap_or(0);
        self.slots.memory().write(to, bytemuck::cast_slice(samples))
            && self.tell(&Tell::Sound(frames))
    }

    pub(super) fn sound_given_back(&self, blocks: u8) {
        self.lock().sound_given_back(blocks);
        self.sounds.notify_one();
    }

    /// Says that a track is decoded up to `end` and no further, because of `error` if there is one.
    pub(super) fn finish(&self, lane: Lane, end: Duration, error: Option<MediaError>) {
        self.lock().close(lane);
        self.reading.notify_one();
        self.tell(&Tell::Finished(lane, end, error));
    }

    /// Gives up on the sound track because nobody listens to it.
    pub(super) fn leave_sound(&self) {
        self.lock().close(Lane::Sounds);
        self.sounds.notify_one();
        self.reading.notify_one();
    }

    fn decoder(&self, lane: Lane) -> &Condvar {
        match lane {
            Lane::Pictures => &self.pictures,
            Lane::Sounds => &self.sounds,
        }
    }
}

fn wait<'a>(condition: &Condvar, queues: MutexGuard<'a, Queues>) -> MutexGuard<'a, Queues> {
    condition
        .wait(queues)
        .unwrap_or_else(PoisonError::into_inner)
}
