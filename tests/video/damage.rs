//! Files of every kind, damaged at random: bytes flipped, ends cut off, lengths that lie.

use std::path::Path;

use crate::window::session::bound;
use crate::window::show::of_project;

/// A damaged file and how it is shown.
pub struct Damaged {
    pub name: String,
    /// The kind of its item.
    pub kind: &'static str,
    /// What else its item says.
    pub dwell: &'static str,
    pub bytes: Vec<u8>,
}

struct Whole {
    name: &'static str,
    kind: &'static str,
    dwell: &'static str,
    bytes: Vec<u8>,
}

/// So many damaged files, the same each time.
pub fn files(number: usize) -> Vec<Damaged> {
    let whole = whole();
    let mut chance = fastrand::Rng::with_seed(20_261_123);
    (0..number)
        .map(|index| {
            let of = &whole[index % whole.len()];
            let mut bytes = of.bytes.clone();
            spoil(&mut bytes, index / whole.len() % 4, &mut chance);
            Damaged {
                name: format!("{index}-{}", of.name),
                kind: of.kind,
                dwell: of.dwell,
                bytes,
            }
        })
        .collect()
}

fn spoil(bytes: &mut Vec<u8>, way: usize, chance: &mut fastrand::Rng) {
    let length = bytes.len();
    match way {
        // Single bytes, anywhere but in the first ones, by which files are recognised.
        0 => {
            for _ in 0..chance.usize(1..40) {
                bytes[chance.usize(16..length)] = chance.u8(..);
            }
        }
        1 => bytes.truncate(chance.usize(16..length)),
        // Lengths and numbers near the beginning, where containers have their tables.
        2 => {
            for _ in 0..chance.usize(1..6) {
                let at = chance.usize(12..length.min(2000) - 4);
                let lie = *chance
                    .choice(&[0_u32, 1, 0x7FFF_FFFF, 0xFFFF_FFFF])
                    .unwrap();
                bytes[at..at + 4].copy_from_slice(&lie.to_be_bytes());
            }
        }
        // A stretch of noise.
        _ => {
            let from = chance.usize(16..length);
            let until = (from + chance.usize(1..4000)).min(length);
            bytes[from..until].fill_with(|| chance.u8(..));
        }
    }
}

/// A good file of every container that is played, and pictures and documents.
fn whole() -> Vec<Whole> {
    let folder = tempfile::tempdir().unwrap();
    let film = |name, codecs: &str| Whole {
        name,
        kind: "video",
        dwell: "",
        bytes: made(&folder.path().join(name), codecs),
    };
    let sound = |name, codecs: &str| Whole {
        kind: "audio",
        ..film(name, &format!("-vn {codecs}"))
    };
    let medium = |name, kind| Whole {
        name,
        kind,
        dwell: "\ndwell = \"3s\"",
        bytes: std::fs::read(of_project("media").join(name)).unwrap(),
    };
    vec![
        film("a.mp4", "-c:v libx264 -c:a aac -movflags +faststart"),
        film("b.webm", "-c:v libvpx-vp9 -cpu-used 8 -c:a libopus"),
        film("c.mkv", "-c:v libx264 -c:a aac"),
        film("d.avi", "-c:v mpeg4 -c:a mp3"),
        film("e.ts", "-c:v libx264 -c:a aac"),
        film("f.mpg", "-c:v mpeg2video -c:a mp2"),
        film("g.ogv", "-c:v libtheora -c:a libvorbis"),
        film("h.flv", "-c:v flv -c:a mp3 -ar 44100"),
        sound("i.mp3", "-c:a mp3"),
        sound("j.wav", "-c:a pcm_s16le"),
        sound("k.ogg", "-c:a libvorbis"),
        sound("l.flac", "-c:a flac"),
        medium("manners.jpg", "image"),
        medium("bring.png", "image"),
        medium("counters.webp", "image"),
        medium("hours-and-counters.pdf", "document"),
    ]
}

fn made(path: &Path, codecs: &str) -> Vec<u8> {
    let status = bound("ffmpeg")
        .args("-v error -y -f lavfi -i testsrc2=s=480x270:r=25:d=1.5,hue=s=0".split_whitespace())
        .args("-f lavfi -i sine=440:d=1.5 -pix_fmt yuv420p".split_whitespace())
        .args(codecs.split_whitespace())
        .arg(path)
        .status()
        .expect("ffmpeg can be started");
    assert!(status.success(), "ffmpeg makes {}", path.display());
    std::fs::read(path).unwrap()
}
