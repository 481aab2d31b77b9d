//! What files are taken for, and what is found wrong with them.

#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::path::Path;
use std::time::Duration;

use motcua_media::{Kind, MediaError, MediaInfo, extension_lies, probe, probe_as, verify};
use support::{cut, folder, good_mp4, has_ffmpeg, huge_png, make, spoil, two_page_pdf};

#[track_caller]
fn message(error: &MediaError, parts: &[&str]) {
    let text = error.to_string();
    for part in parts {
        assert!(text.contains(part), "{text:?} does not say {part:?}");
    }
}

/// The only problem that the deep check finds.
#[track_caller]
fn problem(path: &Path, kind: Kind) -> MediaError {
    let mut problems = verify(path, kind).unwrap().problems;
    assert_eq!(problems.len(), 1, "{problems:?}");
    problems.remove(0)
}

#[track_caller]
fn near(at: Duration, seconds: f64, tolerance: f64) {
    assert!(
        (at.as_secs_f64() - seconds).abs() <= tolerance,
        "{at:?} instead of {seconds} s"
    );
}

#[test]
fn each_kind_is_recognised_by_its_content() {
    if !has_ffmpeg() {
        return;
    }
    let folder = folder();
    let MediaInfo::Video(video) = probe(&good_mp4(&folder)).unwrap() else {
        panic!("not a video")
    };
    assert_eq!(
        (video.width, video.height, video.has_sound),
        (320, 180, true)
    );
    assert_eq!(
        (&*video.codec, video.frame_interval),
        ("h264", Duration::from_millis(40))
    );
    near(video.duration, 4.0, 0.05);

    let ogg = make(&folder, "a.ogg", "-f lavfi -i sine=300:d=2 -c:a libopus");
    let MediaInfo::Sound(sound) = probe(&ogg).unwrap() else {
        panic!("not sound")
    };
    assert_eq!(sound.codec, "opus");
    near(sound.duration, 2.0, 0.05);
    for (name, options) in [
        ("a.mp3", ""),
        ("a.wav", ""),
        ("a.m4a", "-c:a aac"),
        ("a.flac", ""),
    ] {
        let path = make(
            &folder,
            name,
            &format!("-f lavfi -i sine=300:d=2 {options}"),
        );
        assert_eq!(probe(&path).unwrap().kind(), Kind::Sound, "{name}");
        assert!(
            verify(&path, Kind::Sound).unwrap().problems.is_empty(),
            "{name}"
        );
    }

    let pdf = folder.path().join("a.pdf");
    two_page_pdf(&pdf, "");
    let MediaInfo::Document(document) = probe(&pdf).unwrap() else {
        panic!("not a document")
    };
    assert_eq!(document.pages, 2);

    let webp = make(
        &folder,
        "a.webp",
        "-f lavfi -i testsrc=s=64x48:d=0.04 -frames:v 1",
    );
    let MediaInfo::Picture(picture) = probe(&webp).unwrap() else {
        panic!("not a picture")
    };
    assert_eq!((picture.width, picture.height), (64, 48));
}

#[test]
fn good_files_have_no_problems() {
    if !has_ffmpeg() {
        return;
    }
    let folder = folder();
    let vp9 = make(
        &folder,
        "a.webm",
        "-f lavfi -i testsrc=s=320x180:r=25:d=2 -f lavfi -i sine=440:d=2 -c:v libvpx-vp9 -cpu-used 8 \
         -c:a libopus",
    );
    let av1 = make(
        &folder,
        "av1.webm",
        "-f lavfi -i testsrc=s=320x180:r=25:d=2 -c:v libsvtav1 -preset 12 -pix_fmt yuv420p",
    );
    for path in [good_mp4(&folder), vp9, av1] {
        let verified = verify(&path, Kind::Video).unwrap();
        assert!(
            verified.problems.is_empty(),
            "{path:?}: {:?}",
            verified.problems
        );
    }
}

#[test]
fn a_lying_extension_is_named_and_the_content_believed() {
    if !has_ffmpeg() {
        return;
    }
    let folder = folder();
    let jpeg = make(
        &folder,
        "a.jpg",
        "-f lavfi -i testsrc=s=64x48:d=0.04 -frames:v 1",
    );
    let liar = folder.path().join("liar.png");
    fs::rename(&jpeg, &liar).unwrap();
    let info = probe(&liar).unwrap();
    assert_eq!(info.kind(), Kind::Picture);
    let error = extension_lies(&liar, &info).unwrap();
    message(&error, &["ends in .png", "a JPEG picture"]);

    let video = folder.path().join("video.jpg");
    fs::rename(good_mp4(&folder), &video).unwrap();
    let info = probe(&video).unwrap();
    message(&extension_lies(&video, &info).unwrap(), &[".jpg", "MP4"]);
    message(
        &probe_as(&video, Kind::Picture).unwrap_err(),
        &["is a video", "a picture is needed"],
    );

    let honest = good_mp4(&folder);
    assert!(extension_lies(&honest, &probe(&honest).unwrap()).is_none());
}

#[test]
fn what_is_no_media_is_refused_with_a_remedy() {
    let folder = folder();
    let check = |content: &[u8], parts: &[&str]| {
        let path = folder.path().join("file.png");
        fs::write(&path, content).unwrap();
        message(&probe(&path).unwrap_err(), parts);
    };
    check(b"", &["empty", "copy it again"]);
    check(b"just some words", &["neither a picture", "save it as"]);
    check(b"<!DOCTYPE html><title>404", &["web page"]);
    check(b"GIF89a\x01\0\x01\0", &["GIF", "PNG"]);
    check(b"PK\x03\x04word/document.xml", &["Office document", "PDF"]);
    check(b"\0\0\0\x18ftypheic\0\0\0\0", &["HEIC", "JPEG"]);
    check(b"%PDF-1.7 and nothing more", &["PDF is damaged"]);
    check(
        b"\x1A\x45\xDF\xA3 and nothing more",
        &["WebM", "cut off or damaged"],
    );
    check(
        b"#EXTM3U\n#EXTINF:10,\nhttp://localhost/secret.ts\n",
        &["neither a picture"],
    );
    message(
        &probe(&folder.path().join("missing.png")).unwrap_err(),
        &["cannot be read", "check that it exists"],
    );
    message(&probe(folder.path()).unwrap_err(), &["cannot be read"]);
}

#[test]
fn a_huge_picture_is_refused_by_its_header() {
    let folder = folder();
    let path = folder.path().join("huge.png");
    huge_png(&path);
    let error = probe(&path).unwrap_err();
    message(
        &error,
        &["30000 × 30000 pixels", "64 megapixels", "3840 × 2160"],
    );
    assert!(verify(&path, Kind::Picture).is_err());
}

#[test]
fn truncated_pictures_are_named() {
    if !has_ffmpeg() {
        return;
    }
    let folder = folder();
    for name in ["a.jpg", "a.png", "a.webp"] {
        let path = make(
            &folder,
            name,
            "-f lavfi -i testsrc2=s=320x240:d=0.04 -frames:v 1",
        );
        verify(&path, Kind::Picture).unwrap();
        cut(&path, 0.6);
        let error = verify(&path, Kind::Picture).unwrap_err();
        assert!(
            matches!(
                error,
                MediaError::Truncated { .. } | MediaError::BrokenPicture { .. }
            ),
            "{name}: {error}"
        );
    }
}

#[test]
fn a_video_whose_second_half_is_garbage_is_named_with_its_second() {
    if !has_ffmpeg() {
        return;
    }
    let folder = folder();
    let mp4 = good_mp4(&folder);
    spoil(&mp4, 0.55, 1.0);
    let problems = verify(&mp4, Kind::Video).unwrap().problems;
    let MediaError::BreaksAt {
        kind: Kind::Video,
        at,
    } = problems[0]
    else {
        panic!("{problems:?}")
    };
    near(at, 2.2, 0.8);
    message(&problems[0], &["from second 2.", "export it again"]);

    let webm = make(
        &folder,
        "a.webm",
        "-f lavfi -i testsrc2=s=320x180:r=25:d=6 -c:v libvpx-vp9 -cpu-used 8 -g 25 -b:v 500k",
    );
    spoil(&webm, 0.5, 1.0);
    let error = problem(&webm, Kind::Video);
    near(error.at().unwrap(), 3.0, 1.5);
}

#[test]
fn a_truncated_video_is_named_with_its_second() {
    if !has_ffmpeg() {
        return;
    }
    let folder = folder();
    let mp4 = good_mp4(&folder);
    cut(&mp4, 0.6);
    let problems = verify(&mp4, Kind::Video).unwrap().problems;
    near(problems[0].at().unwrap(), 2.4, 0.8);
    message(&problems[0], &["cut off", "of 4.0"]);

    let webm = make(
        &folder,
        "a.webm",
        "-f lavfi -i testsrc2=s=320x180:r=25:d=6 -c:v libvpx -b:v 500k",
    );
    cut(&webm, 0.5);
    let error = problem(&webm, Kind::Video);
    assert!(matches!(error, MediaError::EndsEarly { .. }), "{error}");
    near(error.at().unwrap(), 3.0, 1.5);

    let headless = make(&folder, "b.mp4", "-f lavfi -i testsrc=d=2 -c:v libx264");
    cut(&headless, 0.5);
    message(
        &probe(&headless).unwrap_err(),
        &["begins like an MP4 video", "copy it again"],
    );
}

#[test]
fn a_small_damage_is_counted() {
    if !has_ffmpeg() {
        return;
    }
    let folder = folder();
    let mp4 = good_mp4(&folder);
    spoil(&mp4, 0.55, 0.57);
    let problems = verify(&mp4, Kind::Video).unwrap().problems;
    assert!(!problems.is_empty());
    assert!(
        problems
            .iter()
            .all(|problem| matches!(problem, MediaError::Damaged { .. })),
        "{problems:?}"
    );
}

#[test]
fn broken_sound_files_are_named() {
    if !has_ffmpeg() {
        return;
    }
    let folder = folder();
    let m4a = make(
        &folder,
        "a.m4a",
        "-f lavfi -i sine=440:d=6 -c:a aac -movflags +faststart",
    );
    cut(&m4a, 0.5);
    let error = problem(&m4a, Kind::Sound);
    near(error.at().unwrap(), 3.0, 1.0);
    message(&error, &["sound file is cut off"]);
}

#[test]
fn an_absurd_duration_is_not_believed() {
    if !has_ffmpeg() {
        return;
    }
    let folder = folder();
    let mkv = make(
        &folder,
        "a.mkv",
        "-f lavfi -i testsrc=r=25:d=3 -c:v libx264",
    );
    let mut bytes = fs::read(&mkv).unwrap();
    // Duration, a float of eight bytes, in milliseconds.
    let at = bytes
        .windows(3)
        .position(|window| window == [0x44, 0x89, 0x88])
        .unwrap()
        + 3;
    bytes[at..at + 8].copy_from_slice(&9_999_999_999_999.0_f64.to_be_bytes());
    fs::write(&mkv, bytes).unwrap();
    near(probe(&mkv).unwrap().duration().unwrap(), 3.0, 0.1);
    let error = problem(&mkv, Kind::Video);
    assert!(
        matches!(error, MediaError::LyingDuration { .. }),
        "{error:?}"
    );
    message(&error, &["317 years", "3.0 seconds"]);
}

#[test]
fn encrypted_documents_say_so() {
    let folder = folder();
    let path = folder.path().join("secret.pdf");
    let zeros = "00".repeat(32);
    two_page_pdf(
        &path,
        &format!(
            "/ID [<00><00>] /Encrypt << /Filter /Standard /V 1 /R 2 /Length 40 /P -4 /O <{zeros}> /U <{zeros}> >>"
        ),
    );
    message(
        &probe(&path).unwrap_err(),
        &["encrypted", "without a password"],
    );
}
