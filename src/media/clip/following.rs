//! The thread that listens to a clip's process.
//!
//! Invariant: the process ends with it. Whatever the process says that cannot be ends both.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::mailbox::Cue;
use super::shared::Shared;
use crate::error::MediaError;
use crate::frame::{Frame, Held, Returns};
use crate::process::Process;
use crate::wire::{FRAME_SLOTS, FramePlace, Received, SOUND_BLOCK, SOUND_BLOCKS, Tell, WireError};

/// Follows the process until it or the clip is over.
pub(super) fn run(mut process: Process, shared: &Shared) {
    shared.set_process_id(process.id());
    let mut follower = Follower { shared, block: 0 };
    let error = loop {
        let received: Result<Received<Tell>, WireError> = process.socket.receive();
        if shared.is_stopped() {
            return;
        }
        match received {
            Ok(received) if received.message.is_sound(shared.slot_bytes) => {
                if !follower.take(received.message) {
                    break MediaError::DecoderLies;
                }
                shared.back.catch_up();
            }
            Ok(_) | Err(WireError::Garbled) => break MediaError::DecoderLies,
            Err(_) => break process.fault(),
        }
    };
    drop(process);
    let mut mailbox = shared.lock();
    mailbox.fail(error);
    shared.tell(mailbox, true);
}

struct Follower<'a> {
    shared: &'a Shared,
    /// The block that the next sound lies in.
    block: usize,
}

const _: () = assert!(FRAME_SLOTS <= 32, "one bit a slot");

impl Follower<'_> {
    /// Takes what the process tells; false where it cannot be.
    fn take(&mut self, tell: Tell) -> bool {
        let mut is_news = false;
        match tell {
            Tell::Frame(place) => {
                let Some(frame) = self.frame(place) else {
                    return false;
                };
                let mut mailbox = self.shared.lock();
                is_news = mailbox.push_frame(frame);
                self.shared.tell(mailbox, is_news);
                return true;
            }
            Tell::Sound(frames) => return self.sound(frames),
            Tell::SoundIsLate => self.shared.lock().sound_is_late(),
            Tell::Cue(from, until, text) => self.shared.lock().push_cue(Cue { from, until, text }),
            Tell::Finished(lane, end, error) => {
                self.shared.lock().finish(lane, end, error);
                is_news = true;
            }
            Tell::Refused(_)
            | Tell::Probed(_)
            | Tell::Going
            | Tell::Verified(..)
            | Tell::Measured(_)
            | Tell::Sized(..)
            | Tell::Drawn
            | Tell::NoMoreCues
            | Tell::Opened(_) => return false,
        }
        self.shared.tell(self.shared.lock(), is_news);
        true
    }

    /// The frame at a place; none where the slot is lent already, which no good decoder forgets.
    fn frame(&self, place: FramePlace) -> Option<Frame> {
        let bit = 1 << place.slot;
        let before = self.shared.lent.fetch_or(bit, Ordering::AcqRel);
        if before & bit != 0 {
            return None;
        }
        let owner: Arc<dyn Returns> = Arc::new(Return {
            lent: Arc::clone(&self.shared.lent),
            back: Arc::clone(&self.shared.back),
        });
        let held = Held {
            memory: Arc::clone(&self.shared.memory),
            start: crate::wire::SOUND_BYTES + usize::from(place.slot) * self.shared.slot_bytes,
            slot: place.slot,
            owner,
        };
        Some(Frame {
            place,
            held: Arc::new(held),
        })
    }

    fn sound(&mut self, frames: u32) -> bool {
        let mut samples = vec![0.0_f32; frames as usize * super::SOUND_CHANNELS];
        let from = self.block * SOUND_BLOCK * 8;
        self.block = (self.block + 1) % usize::from(SOUND_BLOCKS);
        if !self
            .shared
            .memory
            .read(from, bytemuck::cast_slice_mut(&mut samples))
        {
            return false;
        }
        // Numbers that are none would go through every mix to the loudspeaker.
        for sample in &mut samples {
            *sample = if sample.is_finite() { *sample } else { 0.0 };
        }
        let mut mailbox = self.shared.lock();
        if mailbox.is_overfull() {
            return false;
        }
        let blocks = mailbox.push_samples(&samples);
        self.shared.tell(mailbox, false);
        self.shared.back.sound(blocks);
        true
    }
}

struct Return {
    lent: Arc<AtomicU32>,
    back: Arc<super::shared::Back>,
}

impl Returns for Return {
    fn give_back(&self, slot: u8) {
        self.lent.fetch_and(!(1 << slot), Ordering::AcqRel);
        self.back.give_back(slot);
    }
}
