//! A decoder process by itself, for the tests of this crate: the player is its own decoder.

use std::process::ExitCode;

fn main() -> ExitCode {
    motcua_media::serve()
}
