//! The frames of a film as FFmpeg decodes them, to find what is on the screen among them.

use std::io::Read as _;
use std::ops::Range;
use std::path::Path;
use std::process::Stdio;

use super::picture::{Mask, Picture};
use super::session::bound;

/// So many frames of each second are kept: all that the films of the sample show have.
pub const FRAMES_PER_SECOND: usize = 30;

/// Between two pictures of the screen.
const STEP: usize = FRAMES_PER_SECOND / 5;

/// A pixel of a film counts as found within this: two decoders round colours differently.
const NOISE: u8 = 24;

/// The frames of a film.
pub struct Film {
    frames: Vec<Picture>,
}

impl Film {
    /// Decodes a film that fills the screen of `size` one to one.
    pub fn decode(file: &Path, (width, height): (u32, u32)) -> Self {
        let filter = format!(
            "fps={FRAMES_PER_SECOND},scale={width}:{height}:in_color_matrix=bt709,format=rgb24"
        );
        let mut decoder = bound("ffmpeg")
            .args(["-v", "error", "-nostdin", "-i"])
            .arg(file)
            .args(["-an", "-vf", &filter, "-f", "rawvideo", "-"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("ffmpeg can be started");
        let mut out = decoder.stdout.take().expect("its output is piped");
        let mut frame = vec![0; (width * height * 3) as usize];
        let mut frames = Vec::new();
        while out.read_exact(&mut frame).is_ok() {
            frames.push(Picture::of_rgb(&frame, width as usize, height as usize).coarser());
        }
        assert!(
            decoder.wait().unwrap().success(),
            "ffmpeg cannot decode {}",
            file.display()
        );
        Self { frames }
    }

    /// The frame of `range` that comes nearest to `shot`, and the share of its pixels that are not found.
    pub fn find(&self, shot: &Picture, range: Range<usize>, mask: &Mask) -> (usize, f64) {
        let range = range.start.min(self.frames.len() - 1)..range.end.min(self.frames.len());
        let nearest = range
            .min_by_key(|&index| self.frames[index].distance(shot, mask))
            .expect("the range has frames");
        (nearest, self.frames[nearest].apart_by(shot, mask, NOISE))
    }

    /// The share of a rendered page that the film does not explain: what lies over it.
    pub fn unexplained(&self, page: &Picture, mask: &Mask) -> f64 {
        self.find(page, 0..self.frames.len(), mask).1
    }

    /// How many of the steps from one frame in `range` to the one of the next picture move anything.
    pub fn moving_steps(&self, range: Range<usize>, mask: &Mask) -> usize {
        let frames: Vec<&Picture> = self.frames[range].iter().step_by(STEP).collect();
        frames
            .windows(2)
            .filter(|pair| pair[0].apart(pair[1], mask) > 0.0)
            .count()
    }
}
