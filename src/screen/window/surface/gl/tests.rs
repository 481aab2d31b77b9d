//! OpenGL against software, pixel by pixel. Mesa draws both with and without a GPU.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use motcua_media::{Clip, ClipRequest, Frame, Layout};

use super::{Composer, Context};
use crate::canvas::{Area, Pixel};
use crate::compose::{Before, FadeStep, FilmLayer, Scene, compose};
use crate::sheet::PixelBox;

const SIZE: (u32, u32) = (401, 263);

/// OpenGL, or `None` with a line that says so. In CI it has to be there.
fn open_gl() -> Option<(Context, Composer)> {
    match Context::without_window() {
        Ok(context) => {
            let mut composer = Composer::new(context.functions()).unwrap();
            composer.resize(SIZE).unwrap();
            Some((context, composer))
        }
        Err(fault) => {
            assert!(
                std::env::var_os("CI").is_none(),
                "{fault}: install libegl1, libegl-mesa0 and libgl1-mesa-dri"
            );
            eprintln!("skipped: {fault}");
            None
        }
    }
}

fn canvas(seed: u32) -> Vec<Pixel> {
    (0..SIZE.0 * SIZE.1)
        .map(|index| {
            Pixel(0xFF00_0000 | (index.wrapping_mul(2_654_435_761).wrapping_add(seed) >> 8))
        })
        .collect()
}

fn scene<'a>(canvas: &'a [Pixel], changed: &'a [Area], films: &'a [&'a FilmLayer]) -> Scene<'a> {
    Scene {
        size: SIZE,
        canvas,
        changed,
        films,
        fade: None,
    }
}

/// The greatest difference of any channel of any pixel.
fn difference(one: &[Pixel], other: &[Pixel]) -> u8 {
    assert_eq!(one.len(), other.len());
    let channels = one.iter().zip(other).flat_map(|(one, other)| {
        let (one, other) = (one.0.to_be_bytes(), other.0.to_be_bytes());
        [0, 1, 2, 3].map(|index: usize| one[index].abs_diff(other[index]))
    });
    channels.max().unwrap_or(0)
}

/// The first frame of a clip that the ffmpeg program makes.
fn frame(folder: &Path, name: &str, source: &str, options: &str) -> Option<Frame> {
    let path = folder.join(name);
    let made = Command::new("ffmpeg")
        .args(["-v", "error", "-y", "-f", "lavfi", "-i", source])
        .args(options.split_whitespace())
        .arg(&path)
        .status();
    if !made.is_ok_and(|status| status.success()) {
        assert!(std::env::var_os("CI").is_none(), "install ffmpeg");
        eprintln!("skipped: there is no ffmpeg to make {name}");
        return None;
    }
    let clip = Clip::open(&path, ClipRequest::default()).unwrap();
    assert!(clip.wait_ready(Duration::from_secs(20)), "{name}");
    clip.frame_at(Duration::ZERO).frame
}

/// Frames of every layout, in both ranges and all matrices, of odd sizes where the codec allows them.
fn frames(folder: &Path) -> Vec<(Layout, Frame)> {
    let odd = "testsrc2=s=321x181:d=0.2";
    let cases = [
        (
            Layout::I420,
            "i420.webm",
            odd,
            "-c:v libvpx-vp9 -cpu-used 8 -pix_fmt yuv420p -colorspace bt709",
        ),
        (
            Layout::I420,
            "full.mkv",
            "testsrc2=s=322x182:d=0.2,scale=out_range=pc",
            "-c:v libx264 -pix_fmt yuvj420p -color_range pc -colorspace bt709",
        ),
        (
            Layout::I422,
            "i422.mkv",
            "testsrc2=s=320x181:d=0.2",
            "-c:v libx264 -pix_fmt yuv422p -colorspace smpte170m",
        ),
        (
            Layout::I444,
            "i444.mkv",
            odd,
            "-c:v libx264 -pix_fmt yuv444p -colorspace bt2020nc",
        ),
        (
            Layout::I444,
            "full444.mkv",
            odd,
            "-c:v libx264 -pix_fmt yuvj444p -color_range pc",
        ),
        (
            Layout::I010,
            "i010.webm",
            odd,
            "-c:v libvpx-vp9 -cpu-used 8 -profile:v 2 -pix_fmt yuv420p10le -colorspace bt2020nc",
        ),
        (
            Layout::Nv12,
            "nv12.avi",
            "testsrc2=s=320x180:d=0.2",
            "-c:v rawvideo -pix_fmt nv12",
        ),
    ];
    cases
        .into_iter()
        .filter_map(|(layout, name, source, options)| {
            Some((layout, frame(folder, name, source, options)?))
        })
        .collect()
}

#[test]
fn pages_are_identical_also_where_only_a_part_changed() {
    let Some((_context, mut composer)) = open_gl() else {
        return;
    };
    let first = canvas(1);
    let shown = composer.picture(&scene(&first, &[], &[])).unwrap();
    assert!(shown == first, "the first page, sent as a whole");
    let second = canvas(77);
    let changed = [
        Area::new(3, 5, 7, 11),
        Area::new(399, 0, 2, 263),
        Area::new(0, 262, 401, 1),
    ];
    let mut expected = first;
    for area in changed {
        crate::compose::copy(&second, &mut expected, SIZE.0 as usize, area);
    }
    let shown = composer.picture(&scene(&second, &changed, &[])).unwrap();
    assert!(shown == expected, "only the changed areas were sent");
}

#[test]
fn films_have_the_colours_of_the_software_path_and_keep_to_their_parts() {
    let Some((_context, mut composer)) = open_gl() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let canvas = canvas(5);
    for (layout, frame) in frames(folder.path()) {
        assert_eq!(frame.layout(), layout);
        let whole = Area::new(0, 0, SIZE.0, SIZE.1);
        for (x, y) in [(41, 27), (-13, -7), (150, 121)] {
            let room = PixelBox {
                x,
                y,
                width: frame.width(),
                height: frame.height(),
            };
            let plates = [Area::new(60, 40, 33, 21), Area::new(201, 100, 200, 57)];
            let layer = FilmLayer::new(frame.clone(), room, whole, &plates);
            let films = [&layer];
            let scene = scene(&canvas, &[], &films);
            let (shown, expected) = (composer.picture(&scene).unwrap(), compose(&scene, None));
            let off = difference(&shown, &expected);
            assert!(off <= 2, "{layout:?} at {x}, {y} is {off} off");
        }
    }
}

#[test]
fn two_films_are_shown_and_stretched_to_their_places() {
    let Some((_context, mut composer)) = open_gl() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let whole = Area::new(0, 0, SIZE.0, SIZE.1);
    // One colour each: stretching cannot change it, and every pixel can be told.
    let colours = ["red", "blue"].map(|colour| {
        let source = format!("color={colour}:s=160x90:d=0.2");
        frame(
            folder.path(),
            &format!("{colour}.mkv"),
            &source,
            "-c:v libx264 -pix_fmt yuv420p",
        )
    });
    let [Some(red), Some(blue)] = colours else {
        return;
    };
    let room = |y| PixelBox {
        x: 40,
        y,
        width: 320,
        height: 120,
    };
    let layers = [
        FilmLayer::new(red, room(0), whole, &[]),
        FilmLayer::new(blue, room(130), whole, &[]),
    ];
    assert_eq!((layers[0].place.width, layers[0].place.height), (213, 120));
    let canvas = canvas(9);
    let films = [&layers[0], &layers[1]];
    let scene = scene(&canvas, &[], &films);
    let (shown, expected) = (composer.picture(&scene).unwrap(), compose(&scene, None));
    assert!(difference(&shown, &expected) <= 2);
    let middle = |y: usize| shown[y * SIZE.0 as usize + 200].0.to_be_bytes();
    assert!(
        middle(60)[1] > 240 && middle(60)[3] < 15,
        "{:?}",
        middle(60)
    );
    assert!(
        middle(190)[3] > 240 && middle(190)[1] < 15,
        "{:?}",
        middle(190)
    );
}

#[test]
fn a_cross_fade_begins_at_what_was_kept() {
    let Some((_context, mut composer)) = open_gl() else {
        return;
    };
    let (old, new) = (canvas(1), canvas(1000));
    composer.keep(&scene(&old, &[], &[])).unwrap();
    let whole = [Area::new(0, 0, SIZE.0, SIZE.1)];
    let before = Before(old);
    for share in [0, 1, 100, 255] {
        let step = FadeStep {
            area: Area::new(0, 31, SIZE.0, 200),
            share,
        };
        let fading = Scene {
            fade: Some(step),
            ..scene(&new, &whole, &[])
        };
        let (shown, expected) = (
            composer.picture(&fading).unwrap(),
            compose(&fading, Some(&before)),
        );
        let off = difference(&shown, &expected);
        assert!(off <= 1, "at {share} it is {off} off");
        // Kept in the middle of a fade, a picture is the mixture.
        if share == 100 {
            composer.keep(&fading).unwrap();
            let over = FadeStep {
                share: 0,
                area: whole[0],
            };
            let again = Scene {
                fade: Some(over),
                ..scene(&new, &[], &[])
            };
            let shown = composer.picture(&again).unwrap();
            assert!(difference(&shown, &expected) <= 1);
            return;
        }
    }
}

#[test]
fn a_scene_of_another_size_is_a_fault_and_no_picture() {
    let Some((_context, mut composer)) = open_gl() else {
        return;
    };
    let canvas = vec![Pixel(0xFF00_0000); 4];
    let wrong = Scene {
        size: (2, 2),
        ..scene(&canvas, &[], &[])
    };
    assert!(composer.picture(&wrong).is_err());
}
