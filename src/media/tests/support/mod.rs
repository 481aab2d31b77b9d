//! Media files made on the spot: with the `ffmpeg` program where a codec is needed, by hand where not.

#![allow(dead_code, reason = "each test program uses a part of it")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use motcua_media::{Clip, ClipRequest, Frame, Progress};
use tempfile::TempDir;

/// Longer than anything here takes on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// A folder for the test's files. What is in it is decoded by the decoder that was built with the tests.
pub fn folder() -> TempDir {
    motcua_media::decode_with(env!("CARGO_BIN_EXE_motcua-test-decoder"), "");
    tempfile::tempdir().unwrap()
}

/// Whether the `ffmpeg` program is there. Without it a test says so and is passed over; in CI it fails.
pub fn has_ffmpeg() -> bool {
    if Command::new("ffmpeg")
        .arg("-version")
        .output()
        .is_ok_and(|output| output.status.success())
    {
        return true;
    }
    assert!(
        std::env::var_os("CI").is_none(),
        "the ffmpeg program is not installed"
    );
    eprintln!("passed over: the ffmpeg program is not installed");
    false
}

/// Makes `name` with ffmpeg; `arguments` are separated by spaces.
pub fn make(folder: &TempDir, name: &str, arguments: &str) -> PathBuf {
    let path = folder.path().join(name);
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-y"])
        .args(arguments.split_whitespace())
        .arg(&path)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "ffmpeg: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    path
}

/// Four seconds of H.264 and AAC in an MP4 whose index comes first, a key frame every second.
pub fn good_mp4(folder: &TempDir) -> PathBuf {
    make(
        folder,
        "good.mp4",
        "-f lavfi -i testsrc=s=320x180:r=25:d=4 -f lavfi -i sine=440:d=4 -c:v libx264 -g 25 \
         -pix_fmt yuv420p -c:a aac -movflags +faststart",
    )
}

/// Frames whose brightness counts them: luma 16 + 4 n. Two seconds at 25 a second.
pub fn counting_mp4(folder: &TempDir) -> PathBuf {
    make(
        folder,
        "counting.mp4",
        "-f lavfi -i color=black:s=64x64:r=25:d=2 -vf geq=lum=16+N*4:cb=128:cr=128 -c:v libx264 -qp 0 \
         -g 20 -bf 2 -pix_fmt yuv420p -colorspace smpte170m -color_range tv",
    )
}

/// The number of a frame of [`counting_mp4`].
pub fn count_of(frame: &Frame) -> i64 {
    let grey = f64::from(frame.to_picture().rgb[0]);
    (grey * 219.0 / 255.0 / 4.0).round() as i64
}

/// Overwrites a part of a file, in parts of its length, with noise.
pub fn spoil(path: &Path, from: f64, until: f64) {
    let mut bytes = fs::read(path).unwrap();
    let at = |part: f64| (bytes.len() as f64 * part) as usize;
    let (from, until) = (at(from), at(until));
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    for byte in &mut bytes[from..until] {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        *byte = state as u8;
    }
    fs::write(path, bytes).unwrap();
}

/// Cuts a file to a part of its length.
pub fn cut(path: &Path, part: f64) {
    let bytes = fs::read(path).unwrap();
    fs::write(path, &bytes[..(bytes.len() as f64 * part) as usize]).unwrap();
}

/// Opens without sound.
pub fn open(path: &Path, fit: Option<(u32, u32)>, from: Duration) -> Clip {
    Clip::open(
        path,
        ClipRequest {
            fit,
            from,
            ..ClipRequest::default()
        },
    )
    .unwrap()
}

/// Opens with sound.
pub fn with_sound(path: &std::path::Path, from: Duration) -> Clip {
    Clip::open(
        path,
        ClipRequest {
            from,
            with_sound: true,
            ..ClipRequest::default()
        },
    )
    .unwrap()
}

/// A frame that was seen; the frame itself goes back to its decoder.
#[derive(Debug)]
pub struct Seen {
    pub time: Duration,
    pub count: i64,
}

/// Plays as fast as frames come, asking for each when it is due. Returns the frames and how it ended.
pub fn play(clip: &Clip) -> (Vec<Seen>, Progress) {
    let limit = Instant::now() + Duration::from_secs(60);
    let mut frames = Vec::new();
    let mut position = Duration::ZERO;
    while Instant::now() < limit {
        let choice = clip.frame_at(position);
        frames.extend(choice.frame.map(|frame| Seen {
            time: frame.time(),
            count: count_of(&frame),
        }));
        match (choice.progress, choice.next_due) {
            (Progress::Playing, Some(due)) => position = due,
            (Progress::Playing, None) => std::thread::sleep(Duration::from_millis(2)),
            (over, _) => return (frames, over),
        }
    }
    panic!(
        "the clip neither ends nor fails; {} frames came",
        frames.len()
    );
}

/// A PDF of two pages, 300 × 200 points: a red one and a green one.
pub fn two_page_pdf(path: &Path, extra_trailer: &str) {
    let stream = |colour: &str| {
        let content = format!("{colour} rg 0 0 300 200 re f");
        format!(
            "<< /Length {} >>\nstream\n{content}\nendstream",
            content.len()
        )
    };
    let page = |content: u32| {
        format!("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents {content} 0 R >>")
    };
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 >>".to_owned(),
        page(5),
        page(6),
        stream("1 0 0"),
        stream("0 1 0"),
    ];
    let mut file = "%PDF-1.4\n".to_owned();
    let mut offsets = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        offsets.push(file.len());
        file += &format!("{} 0 obj\n{object}\nendobj\n", index + 1);
    }
    let table = file.len();
    file += "xref\n0 7\n0000000000 65535 f \n";
    for offset in offsets {
        file += &format!("{offset:010} 00000 n \n");
    }
    file +=
        &format!("trailer\n<< /Size 7 /Root 1 0 R {extra_trailer} >>\nstartxref\n{table}\n%%EOF\n");
    fs::write(path, file).unwrap();
}

/// A PNG with the size of a hall in its header and next to nothing in it.
pub fn huge_png(path: &Path) {
    let mut file = b"\x89PNG\r\n\x1A\n".to_vec();
    let mut header = Vec::new();
    header.extend(30_000_u32.to_be_bytes());
    header.extend(30_000_u32.to_be_bytes());
    header.extend([8, 2, 0, 0, 0]);
    for (kind, data) in [
        (b"IHDR", &header[..]),
        (b"IDAT", &[0x78, 0x9C, 0x01]),
        (b"IEND", &[]),
    ] {
        let body = [kind.as_slice(), data].concat();
        file.extend((data.len() as u32).to_be_bytes());
        file.extend(&body);
        file.extend(crc32(&body).to_be_bytes());
    }
    fs::write(path, file).unwrap();
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ if crc & 1 == 1 { 0xEDB8_8320 } else { 0 }
        })
    })
}
