//! Frames in a window's buffer: the right colours in the right pixels and nowhere else.

#![allow(clippy::unwrap_used)]

mod support;

use std::time::Duration;

use motcua_media::{Frame, PixelRect};
use support::{folder, has_ffmpeg, make, open};
use tempfile::TempDir;

const UNTOUCHED: u32 = 0x0123_4567;

fn first_frame(path: &std::path::Path) -> Frame {
    let clip = open(path, None, Duration::ZERO);
    assert!(clip.wait_ready(Duration::from_secs(10)));
    clip.frame_at(Duration::ZERO).frame.unwrap()
}

/// A frame of each layout: halved chroma in planes, interleaved, halved across, in full; odd sizes where the
/// codec allows them.
fn layouts(folder: &TempDir) -> Vec<Frame> {
    [
        (
            "420.webm",
            "testsrc2=s=321x181:d=0.2",
            "-c:v libvpx-vp9 -cpu-used 8 -pix_fmt yuv420p",
        ),
        (
            "422.mkv",
            "testsrc2=s=320x181:d=0.2",
            "-c:v libx264 -pix_fmt yuv422p",
        ),
        (
            "444.mkv",
            "testsrc2=s=321x181:d=0.2",
            "-c:v libx264 -pix_fmt yuv444p",
        ),
        (
            "nv12.avi",
            "testsrc2=s=320x180:d=0.2",
            "-c:v rawvideo -pix_fmt nv12",
        ),
    ]
    .into_iter()
    .map(|(name, source, options)| {
        first_frame(&make(
            folder,
            name,
            &format!("-f lavfi -i {source} {options}"),
        ))
    })
    .collect()
}

#[test]
fn exactly_the_visible_rectangles_are_painted() {
    if !has_ffmpeg() {
        return;
    }
    let folder = folder();
    let rect = |x, y, width, height| PixelRect {
        x,
        y,
        width,
        height,
    };
    for frame in layouts(&folder) {
        let (stride, rows) = (frame.width() as usize + 37, frame.height() as usize + 23);
        for at in [(0, 0), (5, 3), (-7, -9), (36, 22)] {
            let mut whole = vec![UNTOUCHED; stride * rows];
            frame.paint(&mut whole, stride, at, &[rect(0, 0, 10_000, 10_000)]);
            let visible = [
                rect(0, 0, 40, 17),
                rect(51, 20, 33, 1),
                rect(52, 30, 1, 77),
                rect(101, 41, 101, 55),
                rect(200, 100, 10_000, 10_000),
                rect(90_000, 0, 5, 5),
                rect(3, 60, 0, 9),
            ];
            let mut parts = vec![UNTOUCHED; stride * rows];
            frame.paint(&mut parts, stride, at, &visible);
            for (index, (part, whole)) in parts.iter().zip(&whole).enumerate() {
                let (x, y) = ((index % stride) as u32, (index / stride) as u32);
                let is_visible = visible.iter().any(|rect| {
                    (rect.x..rect.x.saturating_add(rect.width)).contains(&x)
                        && (rect.y..rect.y.saturating_add(rect.height)).contains(&y)
                });
                let expected = if is_visible { *whole } else { UNTOUCHED };
                assert_eq!(*part, expected, "{frame:?} at {at:?}: pixel {x}, {y}");
            }
            let covered = |x: i64, size: u32| (0..i64::from(size)).contains(&x);
            for (index, word) in whole.iter().enumerate() {
                let (x, y) = ((index % stride) as i64, (index / stride) as i64);
                let is_frame = covered(x - i64::from(at.0), frame.width())
                    && covered(y - i64::from(at.1), frame.height());
                assert_eq!(
                    *word != UNTOUCHED,
                    is_frame,
                    "{frame:?} at {at:?}: pixel {x}, {y}"
                );
            }
        }
    }
}

#[test]
fn a_buffer_too_small_is_no_accident() {
    if !has_ffmpeg() {
        return;
    }
    let folder = folder();
    let all = [PixelRect {
        x: 0,
        y: 0,
        width: 5000,
        height: 5000,
    }];
    for frame in layouts(&folder) {
        frame.paint(&mut [], 0, (0, 0), &all);
        frame.paint(&mut [0; 7], 10, (0, 0), &all);
        frame.paint(&mut [0; 10], 1, (i32::MAX, i32::MIN), &all);
        frame.paint(&mut [0; 10], 1, (-100, -100), &all);
        frame.paint(&mut [0; 105], 10, (0, 0), &all);
    }
}

#[test]
fn known_colours_come_out_for_every_matrix_and_range() {
    if !has_ffmpeg() {
        return;
    }
    let folder = folder();
    let colours = [
        ("red", [255, 0, 0]),
        ("lime", [0, 255, 0]),
        ("blue", [0, 0, 255]),
        ("gray", [128; 3]),
    ];
    for (matrix, space) in [
        ("bt601", "smpte170m"),
        ("bt709", "bt709"),
        ("bt2020", "bt2020nc"),
    ] {
        for range in ["tv", "pc"] {
            for (name, expected) in colours {
                let options = format!(
                    "-f lavfi -i color={name}:s=64x64:d=0.1,format=rgb24 -vf \
                     scale=out_color_matrix={matrix}:out_range={range},format=yuv420p -c:v libx264 -qp 0 \
                     -colorspace {space} -color_range {range}"
                );
                let frame = first_frame(&make(&folder, "colour.mp4", &options));
                let rgb = frame.to_picture().rgb;
                let far = rgb.chunks(3).any(|pixel| {
                    pixel
                        .iter()
                        .zip(expected)
                        .any(|(actual, expected): (&u8, u8)| actual.abs_diff(expected) > 4)
                });
                assert!(!far, "{matrix} {range} {name}: {:?}", &rgb[..3]);
            }
        }
    }
}

#[test]
fn what_says_nothing_is_guessed_by_its_size() {
    if !has_ffmpeg() {
        return;
    }
    let folder = folder();
    for (size, matrix) in [("640x480", "bt601"), ("1280x720", "bt709")] {
        let options = format!(
            "-f lavfi -i color=red:s={size}:d=0.1,format=rgb24 -vf \
             scale=out_color_matrix={matrix}:out_range=tv,format=yuv420p -c:v libx264 -qp 0"
        );
        let rgb = first_frame(&make(&folder, "bare.mp4", &options))
            .to_picture()
            .rgb;
        assert!(
            rgb[0] > 250 && rgb[1] < 5 && rgb[2] < 5,
            "{size}: {:?}",
            &rgb[..3]
        );
    }
}

#[test]
fn what_has_to_be_converted_keeps_its_colours() {
    if !has_ffmpeg() {
        return;
    }
    let folder = folder();
    for (name, options) in [
        (
            "ten.mp4",
            "-vf scale=out_color_matrix=bt709,format=yuv420p10le -c:v libx264 -qp 0 -colorspace bt709",
        ),
        ("rgb.mkv", "-c:v libx264rgb -qp 0"),
        ("grey.mkv", "-vf format=gray -c:v ffv1"),
    ] {
        let colour = if name == "grey.mkv" { "gray" } else { "red" };
        let path = make(
            &folder,
            name,
            &format!("-f lavfi -i color={colour}:s=64x64:d=0.1,format=rgb24 {options}"),
        );
        let expected: [u8; 3] = if colour == "gray" {
            [128; 3]
        } else {
            [255, 0, 0]
        };
        let rgb = first_frame(&path).to_picture().rgb;
        let near = rgb[..3]
            .iter()
            .zip(expected)
            .all(|(actual, expected)| actual.abs_diff(expected) <= 5);
        assert!(near, "{name}: {:?}", &rgb[..3]);
    }
}

#[test]
fn high_dynamic_range_is_mapped_to_what_a_screen_shows() {
    if !has_ffmpeg() {
        return;
    }
    let folder = folder();
    // The white of a page, 203 cd/m² (Report ITU-R BT.2408), as a code of ten bits in each system, and black.
    for (name, tone, white) in [
        ("quantizer.webm", "smpte2084", 573),
        ("hybrid-log.webm", "arib-std-b67", 721),
    ] {
        let grey = |code: u32| {
            let options = format!(
                "-f lavfi -i color=black:s=64x64:d=0.2,format=yuv420p10le,geq=lum={code}:cb=512:cr=512 \
                 -c:v libvpx-vp9 -lossless 1 -cpu-used 8 -profile:v 2 -colorspace bt2020nc \
                 -color_primaries bt2020 -color_trc {tone} -color_range tv"
            );
            let rgb = first_frame(&make(&folder, name, &options)).to_picture().rgb;
            let [red, green, blue] = [rgb[0], rgb[1], rgb[2]];
            assert!(
                red.abs_diff(green) < 4 && blue.abs_diff(green) < 4,
                "{name}: {:?}",
                &rgb[..3]
            );
            green
        };
        assert!(
            (175..=240).contains(&grey(white)),
            "{name}: {}",
            grey(white)
        );
        assert!(grey(64) < 4, "{name}: {}", grey(64));
        assert!(grey(940) > 250, "{name}: {}", grey(940));
    }
}
