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

/// Frames that drawing is measured with: their memory is a quarter of a second of film.
const FRAMES: usize = 8;

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
    let (frames, decoded_per_second) = decode(&path)?;
    let survey = motcua_screen::survey(&frames);
    let graphics = GraphicsReport::of(&survey);
    if arguments.graphics_only {
        println!("{}", serde_json::to_string(&graphics)?);
        return Ok(ExitCode::SUCCESS);
    }
    let capacity = Capacity {
        decoded_per_second,
        composed_per_second: graphics.composed_per_second(),
        screen: graphics.screen(),
    };
    let report = ProbeReport {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        machine: machine::look(),
        video: VideoReport {
            decoded_per_second,
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

/// Decodes the clip as fast as it goes, as the player decodes; gives its first frames and the frames a second.
fn decode(path: &Path) -> anyhow::Result<(Vec<Frame>, f64)> {
    let begun = Instant::now();
    let clip =
        Clip::open(path, ClipRequest::default()).context("the built-in clip cannot be opened")?;
    let step = clip.info().frame_interval.max(Duration::from_millis(1));
    let (mut frames, mut decoded, mut position) = (Vec::new(), 0_u32, Duration::ZERO);
    while begun.elapsed() < PATIENCE {
        let choice = clip.frame_at(position);
        if let Some(frame) = choice.frame {
            decoded += 1;
            position = frame.time() + step;
            if frames.len() < FRAMES {
                frames.push(frame);
            }
            continue;
        }
        match choice.progress {
            Progress::Playing => {}
            Progress::Ended { .. } => break,
            Progress::Failed { error, .. } => {
                return Err(error).context("the built-in clip cannot be decoded");
            }
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    anyhow::ensure!(!frames.is_empty(), "the built-in clip gives no frame");
    Ok((frames, f64::from(decoded) / begun.elapsed().as_secs_f64()))
}
