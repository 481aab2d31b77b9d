//! Media files that are wrong, each in its way.

use std::path::Path;

use crate::window::session::bound;
use crate::window::show::of_project;

/// The side of a picture that no screen can take.
const HUGE: u32 = 30_000;

/// A film of six seconds, in order, with its index at the front.
pub fn short_film(file: &Path) {
    let status = bound("ffmpeg")
        .args(["-v", "error", "-nostdin", "-i"])
        .arg(of_project("media/online-filing.mp4"))
        .args(["-t", "6", "-c", "copy", "-movflags", "+faststart"])
        .arg(file)
        .status()
        .expect("ffmpeg can be started");
    assert!(status.success(), "the film can be cut");
}

/// A film whose second half is garbage.
pub fn second_half_garbage(intact: &Path) -> Vec<u8> {
    let mut bytes = std::fs::read(intact).unwrap();
    let half = bytes.len() / 2;
    // A generator of Lehmer's: the same garbage every time.
    let mut state: u32 = 20_261_123;
    for byte in &mut bytes[half..] {
        state = (u64::from(state) * 48_271 % 0x7FFF_FFFF) as u32;
        *byte = (state >> 8) as u8;
    }
    bytes
}

/// A JPEG whose end is missing.
pub fn truncated_picture() -> Vec<u8> {
    let mut bytes = std::fs::read(of_project("media/manners.jpg")).unwrap();
    bytes.truncate(bytes.len() / 3);
    bytes
}

/// A whole and valid PNG of 30,000 × 30,000 pixels.
pub fn huge_picture() -> Vec<u8> {
    use std::io::Write as _;
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, HUGE, HUGE);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    let mut writer = encoder.write_header().unwrap();
    let mut rows = writer.stream_writer().unwrap();
    let row = vec![0; HUGE.div_ceil(8) as usize];
    for _ in 0..HUGE {
        rows.write_all(&row).unwrap();
    }
    rows.finish().unwrap();
    drop(writer);
    bytes
}
