//! Which clips a machine plays with head room, from what was measured; pure.

use serde::{Deserialize, Serialize};

/// The share of the measured speed that a clip may take. The rest is for pages, sound, the next clip, which is
/// opened while one plays, and hot days.
const SHARE: f64 = 0.5;

/// Bits that H.264 needs for a pixel of a frame, where it is looked at from 3 m: 4.4 Mbit/s at 1080p30.
const BITS_PER_PIXEL: f64 = 0.07;

/// Pixels of the frames that speeds were measured with.
const MEASURED_PIXELS: f64 = 1920.0 * 1080.0;

/// The size that is taken for the screen's where there is no display.
const USUAL_SCREEN: (u32, u32) = (1920, 1080);

/// What a machine can do, at 1920 × 1080.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Capacity {
    /// Frames of H.264 that are decoded a second.
    pub decoded_per_second: f64,
    /// Pictures that are composed a second, the way the player would.
    pub composed_per_second: f64,
    /// Width and height of the screen in pixels, and its refreshes a second, where they are known.
    pub screen: Option<(u32, u32, Option<f64>)>,
}

/// How clips for a screen are best made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Frames a second, at most.
    pub frames_per_second: u32,
    /// The codec of the picture.
    pub codec: String,
    /// Kilobits a second of the picture.
    pub kilobits_per_second: u32,
    /// The layout of pixels, by libav's name.
    pub pixel_format: String,
    /// How much of the machine such a clip takes, 0 to 1; above a half it does not play well.
    pub load: f64,
    /// A line that makes such a clip of another.
    pub ffmpeg: String,
}

/// Recommends the largest clip that fits the screen and takes half of the machine at most; where none does,
/// the smallest.
pub fn recommend(capacity: &Capacity) -> Profile {
    let (width, height, refresh) =
        capacity
            .screen
            .unwrap_or((USUAL_SCREEN.0, USUAL_SCREEN.1, None));
    // One to one with the screen needs no scaling; the others are simple parts of it.
    let sizes = [(1, 1), (2, 3), (1, 2), (1, 3)].map(|(part, of)| {
        let even = |length: u32| ((length * part / of) & !1).max(2);
        (even(width), even(height))
    });
    let rates: &[u32] = if refresh.is_none_or(|hz| hz > 55.0) {
        &[60, 30]
    } else {
        &[30]
    };
    // Size counts more than smoothness: films of offices have 25 or 30 frames.
    let candidates = sizes
        .iter()
        .flat_map(|size| rates.iter().map(move |rate| (*size, *rate)));
    let mut least = (sizes[3], 30);
    for (size, rate) in candidates {
        if load(capacity, size, rate) <= SHARE {
            least = (size, rate);
            break;
        }
    }
    profile(capacity, least.0, least.1)
}

/// The share of the machine that such a clip takes: time for a frame, decoding and composing, by the time
/// that there is.
fn load(capacity: &Capacity, (width, height): (u32, u32), rate: u32) -> f64 {
    let pixels = f64::from(width) * f64::from(height) / MEASURED_PIXELS;
    let decoding = pixels / capacity.decoded_per_second.max(f64::EPSILON);
    let composing = pixels / capacity.composed_per_second.max(f64::EPSILON);
    (decoding + composing) * f64::from(rate)
}

fn profile(capacity: &Capacity, (width, height): (u32, u32), rate: u32) -> Profile {
    let bits = f64::from(width) * f64::from(height) * f64::from(rate) * BITS_PER_PIXEL;
    // In whole hundreds: more exact it is not.
    let kilobits = ((bits / 100_000.0).round() as u32 * 100).max(300);
    Profile {
        width,
        height,
        frames_per_second: rate,
        codec: "H.264 (High)".to_owned(),
        kilobits_per_second: kilobits,
        pixel_format: "yuv420p".to_owned(),
        load: load(capacity, (width, height), rate),
        ffmpeg: format!(
            "ffmpeg -i IN.mp4 -vf \"scale={width}:{height}:force_original_aspect_ratio=decrease:\
             force_divisible_by=2:out_color_matrix=bt709,setsar=1\" -fpsmax {rate} -c:v libx264 -profile:v high \
             -pix_fmt yuv420p -colorspace bt709 -color_primaries bt709 -color_trc bt709 -b:v {kilobits}k \
             -maxrate {}k -bufsize {}k -g {} -c:a aac -b:a 128k -ar 48000 -ac 2 -movflags +faststart OUT.mp4",
            kilobits * 3 / 2,
            kilobits * 2,
            2 * rate
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recommended(
        decoded: f64,
        composed: f64,
        screen: Option<(u32, u32, Option<f64>)>,
    ) -> Profile {
        recommend(&Capacity {
            decoded_per_second: decoded,
            composed_per_second: composed,
            screen,
        })
    }

    #[test]
    fn the_largest_clip_with_head_room_is_recommended() {
        let full = Some((1920, 1080, Some(60.0)));
        let table = [
            (400.0, 800.0, full, (1920, 1080, 60)),
            (160.0, 320.0, full, (1920, 1080, 30)),
            (70.0, 400.0, full, (1280, 720, 60)),
            (60.0, 400.0, full, (1280, 720, 30)),
            (30.0, 60.0, full, (960, 540, 30)),
            // A machine that manages nothing is told the least.
            (1.0, 1.0, full, (640, 360, 30)),
            (0.0, 0.0, full, (640, 360, 30)),
            (
                2000.0,
                2000.0,
                Some((3840, 2160, Some(60.0))),
                (3840, 2160, 60),
            ),
            (
                2000.0,
                2000.0,
                Some((3840, 2160, Some(30.0))),
                (3840, 2160, 30),
            ),
            (400.0, 800.0, Some((1080, 1920, None)), (1080, 1920, 60)),
            (400.0, 800.0, None, (1920, 1080, 60)),
            (400.0, 800.0, Some((1366, 768, Some(59.8))), (1366, 768, 60)),
        ];
        for (decoded, composed, screen, expected) in table {
            let profile = recommended(decoded, composed, screen);
            let got = (profile.width, profile.height, profile.frames_per_second);
            assert_eq!(got, expected, "{decoded} {composed} {screen:?}");
            assert!(profile.width.is_multiple_of(2) && profile.height.is_multiple_of(2));
        }
    }

    #[test]
    fn the_line_makes_what_is_recommended() {
        let profile = recommended(160.0, 320.0, None);
        assert_eq!(profile.kilobits_per_second, 4400);
        for part in [
            "scale=1920:1080:",
            "-fpsmax 30",
            "-b:v 4400k",
            "-pix_fmt yuv420p",
        ] {
            assert!(profile.ffmpeg.contains(part), "{}", profile.ffmpeg);
        }
    }
}
