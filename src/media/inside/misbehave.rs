//! Decoders that do what a malicious file would make them do, for tests of the player.
//!
//! In builds with debug assertions alone: a file whose last bytes are `motcua-misbehave:WORD` or
//! `motcua-misbehave:WORD@MILLISECONDS` makes its decoder do WORD when it begins to work on it, or so much later
//! in the middle of its work. All containers that are played allow such an end.

use std::io::{Read as _, Seek as _, SeekFrom};
use std::net::{TcpListener, UdpSocket};
use std::os::unix::net::UnixStream;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use crate::inside::source::Source;
use crate::wire::{FRAME_SLOTS, Socket, Tell};

const MARK: &[u8] = b"motcua-misbehave:";

/// Obeys the end of the file, if it says something.
pub(super) fn before(source: &Source, socket: &Arc<Socket>) {
    let Some(order) = order(source) else {
        return;
    };
    let (word, after) = match order.split_once('@') {
        Some((word, after)) => (word.to_owned(), after.parse().unwrap_or(0)),
        None => (order, 0),
    };
    if after == 0 {
        act(&word, socket);
        return;
    }
    let socket = Arc::clone(socket);
    std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(after));
        act(&word, &socket);
    });
}

fn order(source: &Source) -> Option<String> {
    let mut end = Vec::new();
    let mut reader = source.reader();
    reader
        .seek(SeekFrom::Start(source.bytes().saturating_sub(64)))
        .ok()?;
    reader.read_to_end(&mut end).ok()?;
    let at = end.windows(MARK.len()).position(|bytes| bytes == MARK)?;
    String::from_utf8(end.split_off(at + MARK.len())).ok()
}

#[expect(unsafe_code, reason = "a segmentation fault is what is wanted")]
fn act(word: &str, socket: &Socket) {
    match word.trim() {
        "crash" => {
            // SAFETY: none; that it faults is the test.
            unsafe { std::ptr::null_mut::<u8>().write_volatile(1) };
        }
        "loop" => loop {
            std::hint::spin_loop();
        },
        "hang" => stop_all(),
        "bomb" => bomb(),
        "flood" => loop {
            // Faster than anybody can play, until the player has had enough.
            if socket.send(&Tell::Sound(1)).is_err() {
                std::process::exit(0);
            }
        },
        "lie" => lie(socket),
        "reach-out" => reach_out(),
        _ => {}
    }
}

/// All threads stand still, as in a deadlock: nothing comes, and no processor time is used.
#[expect(unsafe_code, reason = "threads are stopped from outside")]
fn stop_all() {
    // SAFETY: a signal to this process itself; the filter denies it, and sleeping is what is left then.
    unsafe { libc::raise(libc::SIGSTOP) };
    loop {
        std::thread::sleep(Duration::from_secs(3600));
    }
}

fn bomb() {
    let mut hoard: Vec<Vec<u8>> = Vec::new();
    loop {
        hoard.push(vec![1; 16 << 20]);
        std::hint::black_box(&hoard);
    }
}

fn lie(socket: &Socket) {
    let place = crate::wire::FramePlace {
        slot: FRAME_SLOTS - 1,
        width: 30_000,
        height: 2_000,
        layout: crate::frame::Layout::I420,
        colours: crate::colour::Colours::HDTV,
        time: Duration::ZERO,
        planes: [(usize::MAX - 10, usize::MAX); 3],
    };
    // Whether the player is still there is what is being tested.
    let _ = socket.send(&Tell::Frame(place));
}

/// Tries everything that is denied; ends the process where anything of it works, so that a clip that plays
/// proves that nothing did.
fn reach_out() {
    let worked = [
        std::fs::File::open("/etc/passwd").is_ok(),
        std::fs::File::open("/proc/self/maps").is_ok(),
        std::fs::write("/tmp/motcua-was-here", "x").is_ok(),
        std::fs::read_dir("/").is_ok(),
        TcpListener::bind("127.0.0.1:0").is_ok(),
        UdpSocket::bind("127.0.0.1:0").is_ok(),
        UnixStream::pair().is_ok(),
        Command::new("/bin/true").status().is_ok(),
        rustix::process::setrlimit(
            rustix::process::Resource::Data,
            rustix::process::Rlimit {
                current: None,
                maximum: None,
            },
        )
        .is_ok(),
        can_run_what_it_writes(),
        can_look_at_parent(),
    ];
    if worked.contains(&true) {
        tracing::error!(?worked, "the decoder is not shut in");
        std::process::abort();
    }
}

#[expect(unsafe_code, reason = "asks for executable memory")]
fn can_run_what_it_writes() -> bool {
    // SAFETY: a mapping of its own that nobody uses.
    let address = unsafe {
        libc::mmap(
            std::ptr::null_mut(),
            4096,
            libc::PROT_WRITE | libc::PROT_EXEC,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
            -1,
            0,
        )
    };
    address != libc::MAP_FAILED
}

#[expect(unsafe_code, reason = "sends signals and traces")]
fn can_look_at_parent() -> bool {
    // SAFETY: signal 0 asks only whether one could be sent; both calls take plain numbers.
    unsafe {
        let parent = libc::getppid();
        libc::kill(parent, 0) == 0 || libc::ptrace(libc::PTRACE_ATTACH, parent, 0, 0) == 0
    }
}
