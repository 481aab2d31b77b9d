//! Pictures and documents as they come out.

#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::path::Path;

use image::{ExtendedColorType, ImageEncoder, Rgb, RgbImage, Rgba, RgbaImage};
use motcua_media::{Decoder, MediaError, MediaInfo, Picture, document_page, load_picture, probe};
use support::{folder, two_page_pdf};

fn pixel(picture: &Picture, x: u32, y: u32) -> [u8; 3] {
    let at = 3 * (y * picture.width + x) as usize;
    picture.rgb[at..at + 3].try_into().unwrap()
}

#[track_caller]
fn near(actual: [u8; 3], expected: [u8; 3], tolerance: u8) {
    let far = actual
        .iter()
        .zip(expected)
        .any(|(actual, expected)| actual.abs_diff(expected) > tolerance);
    assert!(!far, "{actual:?} instead of {expected:?}");
}

/// A JPEG of 64 × 32, red on the left, blue on the right, with an EXIF orientation.
fn jpeg_with_orientation(path: &Path, orientation: u8) {
    let image = RgbImage::from_fn(64, 32, |x, _| {
        if x < 32 {
            Rgb([255, 0, 0])
        } else {
            Rgb([0, 0, 255])
        }
    });
    let mut plain = Vec::new();
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut plain, 95)
        .write_image(&image, 64, 32, ExtendedColorType::Rgb8)
        .unwrap();
    let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
    let mut file = vec![0xFF, 0xD8, 0xFF, 0xE1];
    file.extend((exif.len() as u16 + 2).to_be_bytes());
    file.extend(exif);
    file.extend(&plain[2..]);
    fs::write(path, file).unwrap();
}

#[test]
fn exif_orientation_is_applied() {
    let folder = folder();
    let path = folder.path().join("a.jpg");
    // Orientation 6: shown after a quarter turn clockwise, so the left goes to the top.
    jpeg_with_orientation(&path, 6);
    let picture = load_picture(&path, [255; 3]).unwrap();
    assert_eq!((picture.width, picture.height), (32, 64));
    near(pixel(&picture, 16, 8), [255, 0, 0], 8);
    near(pixel(&picture, 16, 56), [0, 0, 255], 8);
    let MediaInfo::Picture(info) = probe(&path).unwrap() else {
        panic!("not a picture")
    };
    assert_eq!((info.width, info.height), (32, 64));

    jpeg_with_orientation(&path, 3);
    let picture = load_picture(&path, [255; 3]).unwrap();
    near(pixel(&picture, 8, 16), [0, 0, 255], 8);
}

#[test]
fn what_is_transparent_shows_the_surface() {
    let folder = folder();
    let path = folder.path().join("a.png");
    RgbaImage::from_fn(2, 1, |x, _| {
        Rgba([200, 100, 0, if x == 0 { 0 } else { 128 }])
    })
    .save(&path)
    .unwrap();
    let picture = load_picture(&path, [0, 0, 100]).unwrap();
    assert_eq!(pixel(&picture, 0, 0), [0, 0, 100]);
    near(pixel(&picture, 1, 0), [100, 50, 50], 1);
}

#[test]
fn pages_fit_and_are_on_white() {
    let folder = folder();
    let path = folder.path().join("a.pdf");
    two_page_pdf(&path, "");
    let mut decoder = Decoder::new();
    let MediaInfo::Document(document) = decoder.probe(&path).unwrap() else {
        panic!("it is a document");
    };
    assert_eq!(document.pages, 2);
    let red = decoder.page(&path, 0, 600, 600).unwrap();
    assert_eq!((red.width, red.height, red.rgb.len()), (600, 400, 720_000));
    near(pixel(&red, 300, 200), [255, 0, 0], 1);
    near(pixel(&red, 0, 0), [255, 0, 0], 1);
    near(pixel(&red, 599, 399), [255, 0, 0], 1);
    near(
        pixel(&document_page(&path, 1, 600, 300).unwrap(), 10, 10),
        [0, 255, 0],
        1,
    );
    assert!(matches!(
        decoder.page(&path, 2, 600, 600),
        Err(MediaError::NoSuchPage { page: 3, pages: 2 })
    ));
}

#[test]
fn damaged_documents_do_not_panic() {
    let folder = folder();
    let path = folder.path().join("a.pdf");
    two_page_pdf(&path, "");
    let whole = fs::read(&path).unwrap();
    let mut decoder = Decoder::new();
    for length in (9..whole.len()).step_by(7) {
        fs::write(&path, &whole[..length]).unwrap();
        let ended = |error: &MediaError| matches!(error, MediaError::DecoderEnded { .. });
        assert!(
            !decoder
                .page(&path, 0, 50, 50)
                .is_err_and(|error| ended(&error))
        );
    }
}
