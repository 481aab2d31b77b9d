//! Where a clip's thread and its users meet: the lock, and what goes back to the process.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::mailbox::Mailbox;
use super::{ClipRequest, FrameChoice, Notify};
use crate::frame::Returns;
use crate::memory::Memory;
use crate::wire::{Ask, Opened, Socket, WireError};

/// A process that has given nothing for so long while something was waited for stands still. Short, because the
/// last picture stands meanwhile; long enough for a slow machine, which gives a frame now and then.
const HANGING: Duration = Duration::from_millis(600);
/// Frames with the player from which on the process waits for it, not the other way round.
const ENOUGH: u32 = 6;

/// The meeting place.
pub(super) struct Shared {
    pub(super) memory: Arc<Memory>,
    pub(super) slot_bytes: usize,
    /// What goes back to the process.
    pub(super) back: Arc<Back>,
    /// Slots that are with the player: one bit each.
    pub(super) lent: Arc<AtomicU32>,
    notify: Option<Notify>,
    mailbox: Mutex<Mailbox>,
    ready: Condvar,
    is_stopped: AtomicBool,
    process_id: AtomicU32,
}

impl Shared {
    pub(super) fn new(
        socket: Arc<Socket>,
        memory: Arc<Memory>,
        opened: &Opened,
        request: ClipRequest,
    ) -> Self {
        let info = &opened.info;
        let mailbox = Mailbox::new(info.duration, info.size.is_some(), opened.has_sound);
        Self {
            memory,
            slot_bytes: opened.slot_bytes,
            back: Arc::new(Back {
                socket,
                waiting: Mutex::default(),
            }),
            lent: Arc::default(),
            notify: request.notify,
            mailbox: Mutex::new(mailbox),
            ready: Condvar::new(),
            is_stopped: AtomicBool::new(false),
            process_id: AtomicU32::new(0),
        }
    }

    /// A thread that panicked has left the mailbox whole: every change is made of complete moves.
    pub(super) fn lock(&self) -> MutexGuard<'_, Mailbox> {
        self.mailbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes the clip's thread end, and with it the process.
    pub(super) fn stop(&self) {
        self.is_stopped.store(true, Ordering::Relaxed);
        self.back.socket.close();
        self.ready.notify_all();
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.is_stopped.load(Ordering::Relaxed)
    }

    pub(super) fn wait_ready(&self, limit: Duration) -> bool {
        let mailbox = self.lock();
        let (mailbox, _) = self
            .ready
            .wait_timeout_while(mailbox, limit, |mailbox| {
                !mailbox.is_ready() && !self.is_stopped()
            })
            .unwrap_or_else(PoisonError::into_inner);
        mailbox.is_ready()
    }

    pub(super) fn frame_at(&self, position: Duration) -> FrameChoice {
        let mut mailbox = self.lock();
        let lent = self.lent.load(Ordering::Acquire).count_ones();
        // A process that gets none of its frames back cannot give any.
        let patience = if lent < ENOUGH {
            HANGING
        } else {
            Duration::MAX
        };
        let (choice, late) = mailbox.choose(position, Instant::now(), patience);
        let is_given_up = mailbox.is_given_up();
        drop(mailbox);
        if is_given_up {
            self.back.socket.close();
        }
        // Given back outside the lock.
        drop(late);
        choice
    }

    /// Moves waiting samples into `out`. Returns how many there were and whether they were the last.
    pub(super) fn pull(&self, out: &mut [f32]) -> (usize, bool) {
        let (count, is_last, blocks) = self.lock().pull(out);
        self.back.sound(blocks);
        (count, is_last)
    }

    /// Gives up on the sound because nobody listens to it.
    pub(super) fn leave_sound(&self) {
        self.lock().leave_sound();
        self.back.send(Ask::LeaveSound);
    }

    /// Wakes whoever waits for the clip as a whole; `is_news` where its user must look even if it was ready.
    pub(super) fn tell(&self, mut mailbox: MutexGuard<'_, Mailbox>, is_news: bool) {
        let became_ready = mailbox.take_became_ready();
        drop(mailbox);
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

    pub(super) fn set_process_id(&self, id: u32) {
        self.process_id.store(id, Ordering::Relaxed);
    }

    pub(super) fn process_id(&self) -> u32 {
        self.process_id.load(Ordering::Relaxed)
    }
}

/// The way back to the process. Never waits: what it does not take at once is sent with the next.
pub(super) struct Back {
    socket: Arc<Socket>,
    waiting: Mutex<Vec<Ask>>,
}

impl Back {
    pub(super) fn sound(&self, blocks: u8) {
        if blocks > 0 {
            self.send(Ask::FreeSound(blocks));
        }
    }

    pub(super) fn send(&self, ask: Ask) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.push(ask);
        self.flush(&mut waiting);
    }

    /// Sends what waits.
    pub(super) fn catch_up(&self) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        self.flush(&mut waiting);
    }

    fn flush(&self, waiting: &mut Vec<Ask>) {
        while let Some(ask) = waiting.first() {
            match self.socket.try_send(ask) {
                Ok(()) => drop(waiting.remove(0)),
                Err(WireError::Full) => return,
                // Nobody needs it any more.
                Err(_) => waiting.clear(),
            }
        }
    }
}

impl Returns for Back {
    fn give_back(&self, slot: u8) {
        self.send(Ask::Free(slot));
    }
}
