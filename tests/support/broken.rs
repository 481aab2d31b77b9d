//! Files with a fault, made on the spot.

use std::io::Cursor;
use std::process::Command;

use image::codecs::jpeg::JpegEncoder;
use image::{ImageFormat, Rgb, RgbImage};

/// What making a file takes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Nothing that is not here.
    Nothing,
    /// The ffmpeg program.
    Ffmpeg,
}

/// A file that is made.
pub struct Made {
    /// Its name in the show's folder.
    pub name: &'static str,
    /// What making it takes.
    pub needs: Needs,
    /// Makes its content.
    pub make: fn() -> Vec<u8>,
}

/// The files that the broken show `case` lacks in the repository.
pub fn made(case: &str) -> Vec<Made> {
    let plain = |name, make| {
        vec![Made {
            name,
            needs: Needs::Nothing,
            make,
        }]
    };
    let film = |name, make| {
        vec![Made {
            name,
            needs: Needs::Ffmpeg,
            make,
        }]
    };
    match case {
        "absurd-dwell" | "picture-as-video" | "picture-as-document" => plain("hall.png", png),
        "lying-extension" => plain("hall.jpg", png),
        "truncated-picture" => plain("hall.png", || first_half(png())),
        "truncated-photograph" => plain("hall.jpg", || first_half(jpeg())),
        "huge-picture" => plain("hall.png", huge_png),
        "wrong-case" => plain("Hall.PNG", png),
        "word-document" => plain("notice.docx", || b"PK\x03\x04\x14\0\x06\0".to_vec()),
        "not-utf-8" => plain("show.toml", || b"title = \"Ph\xFA L\xEEi\"\n".to_vec()),
        "utf-16" => plain("show.toml", utf_16),
        "video-second-half-garbage" => film("film.mp4", || garbled(mp4())),
        "video-cut-off" => film("film.webm", || first_half(webm())),
        "faulty-subtitles" | "faulty-second-film" => film("film.mp4", silent_mp4),
        "video-as-sound" => film("film.mp4", silent_mp4),
        _ => Vec::new(),
    }
}

/// Stripes of many colours, which no format packs into next to nothing.
fn picture() -> RgbImage {
    RgbImage::from_fn(160, 90, |x, y| {
        let value = |by: u32| u8::try_from((x * by + y * 7) % 256).unwrap();
        Rgb([value(3), value(11), value(29)])
    })
}

fn png() -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture().write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

fn jpeg() -> Vec<u8> {
    let mut bytes = Vec::new();
    JpegEncoder::new(&mut bytes)
        .encode_image(&picture())
        .unwrap();
    bytes
}

/// A sound picture of 30,000 × 30,000 pixels in some hundred kilobytes: black and white, one bit each.
fn huge_png() -> Vec<u8> {
    const SIDE: u32 = 30_000;
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, SIDE, SIDE);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header().unwrap();
    let row = SIDE as usize / 8;
    writer
        .write_image_data(&vec![0xFF; row * SIDE as usize])
        .unwrap();
    writer.finish().unwrap();
    bytes
}

fn utf_16() -> Vec<u8> {
    let text = "\u{FEFF}title = \"Phú Lợi\"\n";
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn mp4() -> Vec<u8> {
    ffmpeg(
        "mp4",
        "-f lavfi -i testsrc=s=320x180:r=25:d=4 -f lavfi -i sine=440:d=4 -c:v libx264 -g 25 \
         -pix_fmt yuv420p -c:a aac -movflags +faststart",
    )
}

fn silent_mp4() -> Vec<u8> {
    ffmpeg(
        "mp4",
        "-f lavfi -i testsrc=s=320x180:r=25:d=1 -c:v libx264 -pix_fmt yuv420p",
    )
}

fn webm() -> Vec<u8> {
    ffmpeg(
        "webm",
        "-f lavfi -i testsrc=s=320x180:r=25:d=4 -c:v libvpx-vp9 -g 25 -b:v 400k -speed 8",
    )
}

fn ffmpeg(format: &str, arguments: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("film").with_extension(format);
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-bitexact"])
        .args(arguments.split_whitespace())
        .arg(&path)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    std::fs::read(path).unwrap()
}

fn first_half(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.truncate(bytes.len() / 2);
    bytes
}

/// The second half overwritten with noise, the same each time.
fn garbled(mut bytes: Vec<u8>) -> Vec<u8> {
    let half = bytes.len() / 2;
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    for byte in &mut bytes[half..] {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        *byte = state.to_le_bytes()[0];
    }
    bytes
}
