//! The thread that reads packets.

use super::shared::Shared;
use crate::inside::container::{Container, Read};
use crate::wire::Lane;

/// Reads the file to its end, as fast as the decoders take it.
pub(super) fn run(shared: &Shared, mut container: Container) {
    loop {
        shared.wait_hungry();
        match container.read() {
            Read::Video(packet) => shared.push_packet(Lane::Pictures, packet),
            Read::Sound(packet) => shared.push_packet(Lane::Sounds, packet),
            Read::End => break,
        }
    }
    shared.finish_reading();
}
