//! The thread that reads packets.

use crate::clip::shared::Shared;
use crate::clip::state::Lane;

use crate::container::{Container, Read};

/// Reads the file to its end, as fast as the decoders take it.
pub(super) fn run(shared: &Shared, mut container: Container) {
    while shared.wait_hungry() {
        match container.read() {
            Read::Video(packet) => shared.push_packet(Lane::Pictures, packet),
            Read::Sound(packet) => shared.push_packet(Lane::Sounds, packet),
            Read::End => break,
        }
    }
    shared.finish_reading();
}
