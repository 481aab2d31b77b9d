//! Playing a clip: frames and sound go into shared memory as fast as the player takes them.
//!
//! Three threads: one reads packets, one decodes pictures, one decodes sound. They meet in [`queues`], whose
//! queues are bounded. The thread that began it listens to the player. Invariant: neither sound nor picture
//! ever waits for the other; when the player is gone the process ends.

mod queues;
mod reading;
mod shared;
mod showing;
mod sounding;

use std::os::fd::OwnedFd;
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crate::error::MediaError;
use crate::inside::container::{Container, Stop};
use crate::inside::opened::Opened;
use crate::inside::picture_decoder::{PictureDecoder, Purpose};
use crate::inside::raw;
use crate::inside::scale::Scaler;
use crate::inside::showing::Showing;
use crate::inside::slots::Slots;
use crate::inside::sound_decoder::SoundDecoder;
use crate::inside::source::Source;
use crate::memory::Memory;
use crate::wire::{
    Ask, FRAME_SLOTS, Lane, Opened as Told, Received, SOUND_BYTES, Socket, Tell, Wanted, WireError,
};
use queues::Queues;
use shared::{Promised, Shared};

pub(crate) use showing::EARLY;

/// Answers [`Ask::Play`] and plays until the player is gone. `known` is the same file, opened before, where it
/// was.
///
/// # Errors
/// Why the clip cannot be played.
pub(super) fn play(
    socket: &Arc<Socket>,
    source: &Source,
    known: Option<Container>,
    wanted: Wanted,
) -> Result<ExitCode, MediaError> {
    let mut opened = match known {
        Some(container) => Opened::begin(container, source, Purpose::Showing)?,
        None => Opened::open(source, Purpose::Showing)?,
    };
    let stop = Stop::clone(&opened.container.stop);
    let showing = Showing {
        fit: wanted.fit,
        ..opened.showing
    };
    opened.info.frame_size = opened
        .pictures
        .as_ref()
        .map(|pictures| showing.target(pictures.size()));
    if !wanted.from.is_zero() {
        opened.container.seek(wanted.from);
    }
    let sound = opened
        .container
        .sound
        .take_if(|_| wanted.with_sound || opened.pictures.is_none());
    let sounds = match &sound {
        Some(track) => Some(SoundDecoder::open(
            track,
            opened.container.clock(track),
            wanted.from,
        )?),
        None => None,
    };
    let promised = Promised {
        whole: opened.container.promised,
        video: opened
            .container
            .video
            .as_ref()
            .and_then(|track| track.promised),
        sound: sound.as_ref().and_then(|track| track.promised),
    };
    opened.container.sound = sound;
    let direct = opened
        .pictures
        .as_ref()
        .is_some_and(|pictures| Scaler::is_direct(&showing, pictures.format(), pictures.size()));
    let slot_bytes = opened
        .pictures
        .as_ref()
        .map_or(0, |pictures| slot_bytes(&showing, pictures, direct));
    let told = Told {
        info: opened.info.clone(),
        slot_bytes,
        has_sound: sounds.is_some(),
    };
    if socket.send(&Tell::Opened(told)).is_err() {
        return Ok(ExitCode::SUCCESS);
    }
    let Some(slots) = memory(socket, slot_bytes, opened.info.frame_interval, &stop) else {
        return Ok(ExitCode::SUCCESS);
    };
    if let (true, Some(pictures)) = (direct, &opened.pictures) {
        // It was empty: this is the only place that fills it.
        let _ = pictures.direct().set(Arc::clone(&slots));
    }
    let queues = Queues::new(opened.pictures.is_some(), sounds.is_some());
    let shared = Arc::new(Shared::new(Arc::clone(socket), slots, queues, promised));
    let begun = begin(&shared, opened, sounds, showing, wanted);
    if let Err(error) = begun {
        // Nothing more comes; the player ends the process.
        shared.finish(Lane::Pictures, wanted.from, Some(error));
    }
    Ok(listen(socket, &shared))
}

fn slot_bytes(showing: &Showing, pictures: &PictureDecoder, direct: bool) -> usize {
    let size = pictures.size();
    let target = showing.target(size);
    match raw::layout_of(pictures.format()).filter(|_| direct) {
        Some(layout) => raw::slot_bytes(layout, size.0, size.1),
        None => raw::slot_bytes(crate::frame::Layout::I420, target.0, target.1),
    }
}

/// Waits for the memory; `None` when the player is gone.
fn memory(
    socket: &Socket,
    slot_bytes: usize,
    interval: Duration,
    stop: &Stop,
) -> Option<Arc<Slots>> {
    let received: Received<Ask> = socket.receive().ok()?;
    let (Ask::Memory(granted), Some(descriptor)) = (received.message, received.descriptor) else {
        return None;
    };
    let memory = take(descriptor, granted, slot_bytes)?;
    Some(Arc::new(Slots::new(
        memory,
        granted,
        interval,
        Stop::clone(stop),
    )))
}

fn take(descriptor: OwnedFd, granted: usize, wanted: usize) -> Option<Memory> {
    let bytes = SOUND_BYTES + granted * usize::from(FRAME_SLOTS);
    Memory::take(descriptor, bytes)
        .ok()
        .filter(|_| granted >= wanted)
}

fn begin(
    shared: &Arc<Shared>,
    opened: Opened,
    sounds: Option<SoundDecoder>,
    showing: Showing,
    wanted: Wanted,
) -> Result<(), MediaError> {
    if let Some(decoder) = opened.pictures {
        spawn(shared, "clip-pictures", move |shared| {
            // libav's scaler stays on the thread that made it.
            let scaler = Scaler::new(showing, Arc::clone(&shared.slots));
            showing::run(&shared, decoder, scaler, wanted.from);
        })?;
    }
    if let Some(decoder) = sounds {
        spawn(shared, "clip-sound", move |shared| {
            sounding::run(&shared, decoder);
        })?;
    }
    let container = opened.container;
    spawn(shared, "clip-reading", move |shared| {
        reading::run(&shared, container);
    })
}

fn spawn(
    shared: &Arc<Shared>,
    name: &str,
    work: impl FnOnce(Arc<Shared>) + Send + 'static,
) -> Result<(), MediaError> {
    let shared = Arc::clone(shared);
    thread::Builder::new()
        .name(name.to_owned())
        .spawn(move || work(shared))
        .map(drop)
        .map_err(|error| MediaError::NoThread {
            source: Arc::new(error),
        })
}

/// Takes back what the player has done with, until it is gone. The process ends with this thread: the others
/// hold nothing that would have to be put in order.
fn listen(socket: &Socket, shared: &Shared) -> ExitCode {
    loop {
        let ask: Result<Received<Ask>, WireError> = socket.receive();
        match ask.map(|received| received.message) {
            Ok(Ask::Free(slot)) => shared.slots.given_back(slot),
            Ok(Ask::FreeSound(blocks)) => shared.sound_given_back(blocks),
            Ok(Ask::LeaveSound) => shared.leave_sound(),
            Ok(_) | Err(_) => return ExitCode::SUCCESS,
        }
    }
}
