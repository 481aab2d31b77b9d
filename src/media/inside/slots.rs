//! The slots of shared memory that frames are decoded into.
//!
//! Invariant: a slot is written to only while neither the decoder refers to it for frames to come nor the
//! player looks at it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use crate::inside::container::Stop;
use crate::memory::Memory;
use crate::wire::{FRAME_SLOTS, SOUND_BYTES};

/// How long what waits with the player lasts. Longer than a busy machine is away; more would only take memory.
const AHEAD: f64 = 0.1;
/// Bounds of the frames that the player may have at once, the one that is shown among them.
const WITH_PLAYER: (usize, usize) = (4, 9);
/// The same before the clip plays: it may stand ready for minutes beside the one that does.
const PREROLLED: usize = 2;

/// Where a codec's frames may go, once the memory is there; before, and where they are to be scaled, the codec
/// uses memory of its own.
pub(crate) type Direct = OnceLock<Arc<Slots>>;

#[derive(Debug, Clone, Copy, Default)]
struct Use {
    decoder: bool,
    player: bool,
}

/// The memory of a clip: sound first, then the slots.
#[derive(Debug)]
pub(crate) struct Slots {
    memory: Memory,
    slot_bytes: usize,
    /// Frames that the player may have at once.
    with_player: usize,
    uses: Mutex<[Use; FRAME_SLOTS as usize]>,
    /// Whether the player has done with a frame: it shows them.
    is_playing: AtomicBool,
    freed: Condvar,
    stop: Stop,
}

impl Slots {
    /// Slots of `slot_bytes` for frames that come every `interval`.
    pub(crate) fn new(memory: Memory, slot_bytes: usize, interval: Duration, stop: Stop) -> Self {
        let waiting = AHEAD / interval.as_secs_f64().max(0.001);
        let with_player = waiting.ceil() as usize + 1;
        Self {
            memory,
            slot_bytes,
            with_player: with_player.clamp(WITH_PLAYER.0, WITH_PLAYER.1),
            uses: Mutex::default(),
            is_playing: AtomicBool::new(false),
            freed: Condvar::new(),
            stop,
        }
    }

    pub(crate) fn memory(&self) -> &Memory {
        &self.memory
    }

    pub(crate) fn slot_bytes(&self) -> usize {
        self.slot_bytes
    }

    /// The first byte of a slot.
    pub(crate) fn start_of(&self, slot: u8) -> *mut u8 {
        let offset = SOUND_BYTES + usize::from(slot) * self.slot_bytes;
        self.memory.start().wrapping_add(offset)
    }

    /// The slot that an address lies in.
    pub(crate) fn slot_of(&self, address: *const u8) -> Option<u8> {
        let first = self.start_of(0).addr();
        let offset = address.addr().checked_sub(first)?;
        let slot = u8::try_from(offset.checked_div(self.slot_bytes)?).ok()?;
        (slot < FRAME_SLOTS).then_some(slot)
    }

    /// A slot for a codec to decode into, if one is free at once. The lowest is taken, so that no more memory
    /// is touched than needed.
    pub(crate) fn take_for_decoder(&self) -> Option<u8> {
        let mut uses = self.lock();
        let index = uses.iter().position(|slot| !slot.decoder && !slot.player)?;
        uses[index].decoder = true;
        u8::try_from(index).ok()
    }

    /// A slot to write a frame to; waits for one. `None` when the clip is over.
    pub(crate) fn take_to_write(&self) -> Option<u8> {
        loop {
            if let Some(slot) = self.take_for_decoder() {
                return Some(slot);
            }
            let uses = self.lock();
            let is_taken = |slot: &Use| slot.decoder || slot.player;
            if self.is_stopped() {
                return None;
            }
            if uses.iter().all(is_taken) {
                drop(self.wait(uses));
            }
        }
    }

    /// The decoder refers to a slot no longer.
    pub(crate) fn leave(&self, slot: u8) {
        self.change(slot, |slot| slot.decoder = false);
    }

    /// Hands a slot to the player; waits until it has few enough. False when the clip is over.
    pub(crate) fn hand_over(&self, slot: u8) -> bool {
        let mut uses = self.lock();
        let with_player =
            |uses: &[Use; FRAME_SLOTS as usize]| uses.iter().filter(|slot| slot.player).count();
        while !self.is_stopped() && with_player(&uses) >= self.allowed() {
            uses = self.wait(uses);
        }
        if let Some(slot) = uses.get_mut(usize::from(slot)) {
            slot.player = true;
        }
        !self.is_stopped()
    }

    /// The player has given a slot back.
    pub(crate) fn given_back(&self, slot: u8) {
        self.is_playing.store(true, Ordering::Relaxed);
        self.change(slot, |slot| slot.player = false);
    }

    /// Frames that the player may have now.
    fn allowed(&self) -> usize {
        if self.is_playing.load(Ordering::Relaxed) {
            self.with_player
        } else {
            PREROLLED
        }
    }

    fn change(&self, slot: u8, change: impl FnOnce(&mut Use)) {
        if let Some(slot) = self.lock().get_mut(usize::from(slot)) {
            change(slot);
        }
        self.freed.notify_all();
    }

    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    fn lock(&self) -> MutexGuard<'_, [Use; FRAME_SLOTS as usize]> {
        self.uses.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(
        &self,
        uses: MutexGuard<'a, [Use; FRAME_SLOTS as usize]>,
    ) -> MutexGuard<'a, [Use; FRAME_SLOTS as usize]> {
        self.freed
            .wait(uses)
            .unwrap_or_else(PoisonError::into_inner)
    }
}
