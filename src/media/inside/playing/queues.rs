//! The packets of a clip and the decisions about them, without locks or threads.
//!
//! Invariant: reading goes on as long as either track is hungry, so a full picture queue never starves the
//! sound, nor the other way round; what waits is bounded all the same.

use std::collections::VecDeque;

use ffmpeg_next::Packet;

use crate::wire::{Lane, SOUND_BLOCKS};

/// Packets of the picture track below which it is hungry, and up to which it is then fed.
const PICTURE_PACKETS: (usize, usize) = (8, 24);
/// The same for the sound track: half a second and over a second of AAC.
const SOUND_PACKETS: (usize, usize) = (24, 64);
/// Packets that wait at most, bytes; reached only by badly interleaved files.
const PACKET_BYTES: usize = 32 << 20;

/// One track's packets.
#[derive(Default)]
struct Track {
    is_wanted: bool,
    packets: VecDeque<Packet>,
}

/// Everything that a clip's threads share.
pub(super) struct Queues {
    pictures: Track,
    sounds: Track,
    packet_bytes: usize,
    is_filling: bool,
    is_read: bool,
    /// Blocks of sound that the player has not given back.
    sound_out: u8,
    /// The block that the next sound goes to.
    sound_next: u8,
    told_late: bool,
}

impl Queues {
    pub(super) fn new(has_pictures: bool, has_sounds: bool) -> Self {
        let track = |is_wanted| Track {
            is_wanted,
            ..Track::default()
        };
        Self {
            pictures: track(has_pictures),
            sounds: track(has_sounds),
            packet_bytes: 0,
            is_filling: true,
            is_read: false,
            sound_out: 0,
            sound_next: 0,
            told_late: false,
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

    /// Whether the player must be told, once, that it is no use to wait for sound.
    pub(super) fn take_late(&mut self) -> bool {
        let is_late = self.packet_bytes >= PACKET_BYTES && !self.told_late;
        self.told_late |= is_late;
        is_late
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

    /// The block for the next sound, if one is free.
    pub(super) fn take_sound_block(&mut self) -> Option<u8> {
        (self.sound_out < SOUND_BLOCKS).then(|| {
            let block = self.sound_next;
            self.sound_next = (block + 1) % SOUND_BLOCKS;
            self.sound_out += 1;
            block
        })
    }

    pub(super) fn sound_given_back(&mut self, blocks: u8) {
        self.sound_out = self.sound_out.saturating_sub(blocks);
    }

    /// A track is not wanted any more, or is over.
    pub(super) fn close(&mut self, lane: Lane) {
        let track = self.track(lane);
        track.is_wanted = false;
        let left: usize = track.packets.drain(..).map(|packet| packet.size()).sum();
        self.packet_bytes -= left;
    }

    fn track(&mut self, lane: Lane) -> &mut Track {
        match lane {
            Lane::Pictures => &mut self.pictures,
            Lane::Sounds => &mut self.sounds,
        }
    }
}
