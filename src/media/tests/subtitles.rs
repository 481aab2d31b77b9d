//! Subtitles inside films of every container that has them.

#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::time::Duration;

use motcua_media::Decoder;
use support::{folder, has_ffmpeg, make, spoil};

const SRT: &str = "1\n00:00:00,500 --> 00:00:01,500\nXin <i>chào</i>\n\n2\n00:00:02,000 --> 00:00:03,250\n\
                   Mời ông bà\nđến quầy số 1\n\n";

#[test]
fn every_container_gives_its_cues() {
    if !has_ffmpeg() {
        return;
    }
    let folder = folder();
    let (vi, en) = (folder.path().join("vi.srt"), folder.path().join("en.srt"));
    fs::write(&vi, SRT).unwrap();
    fs::write(&en, SRT.replace("Xin <i>chào</i>", "Hello")).unwrap();
    let source = format!(
        "-f lavfi -i testsrc=s=64x64:r=25:d=4 -f lavfi -i sine=440:d=4 -i {} -i {} -map 0 -map 1 -map 2 -map 3 \
         -metadata:s:s:0 language=eng -metadata:s:s:1 language=vie",
        en.display(),
        vi.display()
    );
    for (name, codecs) in [
        ("a.mp4", "-c:v libx264 -c:a aac -c:s mov_text"),
        ("a.mkv", "-c:v libx264 -c:a aac -c:s srt"),
        ("a.webm", "-c:v libvpx-vp9 -c:a libopus -c:s webvtt"),
    ] {
        let path = make(&folder, name, &format!("{source} {codecs}"));
        let cues = Decoder::new().subtitles(&path, *b"vie").unwrap();
        assert_eq!(cues.len(), 2, "{name}: {cues:?}");
        for (cue, (from, until)) in cues.iter().zip([(500, 1500), (2000, 3250)]) {
            // Matroska moves everything by the sound's priming.
            let is_near = |time: Duration, wanted: u128| time.as_millis().abs_diff(wanted) <= 30;
            assert!(
                is_near(cue.0, from) && is_near(cue.1, until),
                "{name}: {cue:?}"
            );
        }
        assert!(cues[0].2.contains("chào"), "{name}: {cues:?}");
        assert_eq!(
            cues[1].2.replace('\r', ""),
            "Mời ông bà\nđến quầy số 1",
            "{name}"
        );
        let other = Decoder::new().subtitles(&path, *b"khm").unwrap();
        assert!(other[0].2.contains("Hello"), "{name}: {other:?}");
        spoil(&path, 0.2, 0.9);
        // Whatever is left of it, it comes to an end.
        let _ = Decoder::new().subtitles(&path, *b"vie");
    }
}

#[test]
fn a_film_without_subtitles_has_none() {
    if !has_ffmpeg() {
        return;
    }
    let folder = folder();
    let path = support::good_mp4(&folder);
    assert_eq!(Decoder::new().subtitles(&path, *b"vie").unwrap(), []);
    assert!(
        Decoder::new()
            .subtitles(&folder.path().join("none.mp4"), *b"vie")
            .is_err()
    );
}
