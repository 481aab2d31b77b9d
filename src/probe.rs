//! `motcua probe`: what this machine can do, and how clips for it are best made.
//!
//! Owns the measuring; what follows from it is [`profile`]'s, and how it is told [`report`]'s. It changes
//! nothing on the machine.

mod machine;
mod profile;
pub mod report;
mod tell;

use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use motcua_media::{Clip, ClipRequest, Frame, Progress};

use crate::cli::Probe;
use profile::{Capacity, recommend};
use report::{GraphicsReport, ProbeReport, VideoReport};

/// Two seconds of H.264, 1920 × 1080 at 30 frames a second; `media/make/probe.sh` makes it.
const CLIP: &[u8] = include_bytes!("../media/probe/1080p30.mp4");

/// Frames that drawing is measured with: as many as a clip has ready without any being given back.
const FRAMES: u32 = 3;

/// The longest that decoding the clip is waited for; a machine that takes longer plays no film anyway.
const PATIENCE: Duration = Duration::from_secs(30);

/// Looks, measures and prints.
///
/// # Errors
/// When there is no room for a file of some 100 kB, or the built-in clip cannot be decoded.
pub fn run(arguments: &Probe) -> anyhow::Result<ExitCode> {
    let folder = tempfile::tempdir().context("there is no room for the clip to measure with")?;
    let path = folder.path().join("1080p30.mp4");
    std::fs::write(&path, CLIP).context("there is no room for the clip to measure with")?;
    let survey = motcua_screen::survey(&first_frames(&path)?);
    let graphics = GraphicsReport::of(&survey);
    if arguments.graphics_only {
        println!("{}", serde_json::to_string(&graphics)?);
        return Ok(ExitCode::SUCCESS);
    }
    let decoding = decode(&path)?;
    let capacity = Capacity {
        decoded_per_second: decoding.per_second,
        composed_per_second: graphics.composed_per_second(),
        screen: graphics.screen(),
    };
    let report = ProbeReport {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        machine: machine::look(),
        video: VideoReport {
            frames: decoding.frames,
            decoded_per_second: decoding.per_second,
            converted_per_second: survey.software.per_second,
        },
        graphics,
        profile: recommend(&capacity),
    };
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print!("{}", tell::sentences(&report));
    }
    Ok(ExitCode::SUCCESS)
}

/// The first frames of the clip. As long as they are kept its decoder has so much less room, so they are not
/// those of [`decode`].
fn first_frames(path: &Path) -> anyhow::Result<Vec<Frame>> {
    let clip =
        Clip::open(path, ClipRequest::default()).context("the built-in clip cannot be opened")?;
    let mut frames = Vec::new();
    if clip.wait_ready(PATIENCE) {
        let times = (0..FRAMES).map(|index| clip.info().frame_interval * index);
        frames.extend(times.filter_map(|time| clip.frame_at(time).frame));
    }
    anyhow::ensure!(!frames.is_empty(), "the built-in clip gives no frame");
    Ok(frames)
}

/// What came of decoding.
struct Decoding {
    /// How many frames there were.
    frames: usize,
    per_second: f64,
}

/// Decodes the clip as fast as it goes, as the player decodes.
fn decode(path: &Path) -> anyhow::Result<Decoding> {
    let begun = Instant::now();
    let clip =
        Clip::open(path, ClipRequest::default()).context("the built-in clip cannot be opened")?;
    let (mut decoded, mut position) = (0_usize, Duration::ZERO);
    while begun.elapsed() < PATIENCE {
        let choice = clip.frame_at(position);
        decoded += usize::from(choice.frame.is_some()) + choice.dropped as usize;
        match (choice.next_due, choice.progress) {
            (Some(due), _) => position = position.max(due),
            (None, Progress::Playing) => std::thread::sleep(Duration::from_millis(1)),
            (None, Progress::Ended { .. }) => break,
            (None, Progress::Failed { error, .. }) => {
                return Err(error).context("the built-in clip cannot be decoded");
            }
        }
    }
    anyhow::ensure!(decoded > 0, "the built-in clip gives no frame");
    Ok(Decoding {
        frames: decoded,
        per_second: decoded as f64 / begun.elapsed().as_secs_f64(),
    })
}
