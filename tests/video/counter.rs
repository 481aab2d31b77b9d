//! Films whose frames are numbered, and reading the numbers from the screen.

use std::io::Write as _;
use std::ops::Range;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::window::display::Display;
use crate::window::session::bound;

/// Frames a second.
const RATE: u32 = 15;
/// Bits of a number; each is there twice, once inverted, so that half a picture is no number.
const BITS: usize = 12;
const BLOCKS: usize = 2 * BITS;
/// The side of a block on a screen of 1920 pixels, and where the row of them begins.
const SIDE: usize = 48;
const LEFT: i16 = 384;
const TOP: i16 = 516;

/// What is to be seen where the number stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    Number(u16),
    /// No frame of a numbered film.
    Other,
}

/// A film in H.264 and AAC, whole pixels of a screen, whose frames have these numbers.
pub fn numbered(numbers: Range<u16>) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("film.mp4");
    let count = numbers.len().to_string();
    let seconds = numbers.len() as f64 / f64::from(RATE);
    let strip = format!(
        "[0]scale={}:{SIDE}:flags=neighbor[c];[1][c]overlay={LEFT}:{TOP},format=yuv420p[v]",
        BLOCKS * SIDE
    );
    let mut child = bound("ffmpeg")
        .args(["-v", "error", "-f", "rawvideo", "-pix_fmt", "gray"])
        .args([
            "-s",
            &format!("{BLOCKS}x1"),
            "-r",
            &RATE.to_string(),
            "-i",
            "pipe:0",
        ])
        .args([
            "-f",
            "lavfi",
            "-i",
            &format!("testsrc2=s=1920x1080:r={RATE}"),
        ])
        .args([
            "-f",
            "lavfi",
            "-i",
            &format!("sine=440:r=48000:d={seconds}"),
        ])
        .args(["-filter_complex", &strip, "-map", "[v]", "-map", "2"])
        .args([
            "-frames:v",
            &count,
            "-c:v",
            "libx264",
            "-preset",
            "ultrafast",
        ])
        .args([
            "-colorspace",
            "bt709",
            "-c:a",
            "aac",
            "-movflags",
            "+faststart",
        ])
        .arg(&path)
        .stdin(Stdio::piped())
        .spawn()
        .expect("ffmpeg can be started");
    let mut pipe = child.stdin.take().unwrap();
    for number in numbers {
        pipe.write_all(&blocks_of(number)).unwrap();
    }
    drop(pipe);
    assert!(child.wait().unwrap().success(), "ffmpeg makes a film");
    std::fs::read(&path).unwrap()
}

fn blocks_of(number: u16) -> Vec<u8> {
    let bit = |index: usize| number >> index & 1 == 1;
    let grey = |is_white: bool| if is_white { 255 } else { 0 };
    let plain = (0..BITS).map(|index| grey(bit(index)));
    let inverted = (0..BITS).map(|index| grey(!bit(index)));
    plain.chain(inverted).collect()
}

/// The film with an order for the decoders of tests at its end, in a box of its own.
pub fn orders(mut film: Vec<u8>, order: &str) -> Vec<u8> {
    let order = format!("motcua-misbehave:{order}");
    film.extend(u32::try_from(order.len() + 8).unwrap().to_be_bytes());
    film.extend(b"free");
    film.extend(order.as_bytes());
    film
}

/// What stands on the screen at this moment.
pub fn look(display: &Display) -> Seen {
    let width = u16::try_from(BLOCKS * SIDE).unwrap();
    let row = display.part(LEFT, TOP + i16::try_from(SIDE / 2).unwrap(), width, 1);
    let blocks: Vec<bool> = (0..BLOCKS)
        .map(|block| row[4 * (block * SIDE + SIDE / 2) + 1] > 128)
        .collect();
    let (plain, inverted) = blocks.split_at(BITS);
    if plain.iter().zip(inverted).any(|(bit, not)| bit == not) {
        return Seen::Other;
    }
    let number = plain
        .iter()
        .enumerate()
        .map(|(index, bit)| u16::from(*bit) << index)
        .sum();
    Seen::Number(number)
}

/// What is seen one after the other from the first number on, so many of them.
pub fn watch(display: &Display, count: usize, limit: Duration) -> Vec<Seen> {
    let begun = Instant::now();
    let mut seen: Vec<Seen> = Vec::new();
    while seen.len() < count && begun.elapsed() < limit {
        let present = look(display);
        let has_begun = !seen.is_empty() || matches!(present, Seen::Number(_));
        if has_begun && seen.last() != Some(&present) {
            seen.push(present);
        }
        std::thread::sleep(Duration::from_millis(3));
    }
    seen
}
