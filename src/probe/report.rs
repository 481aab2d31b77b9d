//! What was found, as data: the JSON of `motcua probe --json`, which the player itself reads too.

use motcua_screen::{Speed, Survey};
use serde::{Deserialize, Serialize};

use super::profile::Profile;
use crate::graphics::verdict::{Measured, Verdict, judge};

/// Everything.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProbeReport {
    /// The version of the player.
    pub version: String,
    /// The machine.
    pub machine: MachineReport,
    /// Display and OpenGL.
    pub graphics: GraphicsReport,
    /// Decoding and converting.
    pub video: VideoReport,
    /// How clips for this screen are best made.
    pub profile: Profile,
}

/// The machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MachineReport {
    /// The processor, as it names itself.
    pub processor: Option<String>,
    /// The cores that this program may use.
    pub cores: usize,
    /// Memory in bytes.
    pub memory_bytes: Option<u64>,
    /// The kernel's version.
    pub kernel: Option<String>,
    /// The sound device that would play, none without one.
    pub sound: Option<String>,
    /// The version of landlock's interface; none where the kernel has no landlock.
    pub landlock_abi: Option<u32>,
    /// Whether the kernel filters system calls.
    pub has_seccomp: bool,
}

/// Display and OpenGL.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GraphicsReport {
    /// "X11" or "Wayland"; none where there is no display.
    pub display_server: Option<String>,
    /// The monitors, the primary one first.
    pub monitors: Vec<MonitorReport>,
    /// What OpenGL says that it is.
    pub renderer: Option<RendererReport>,
    /// Why there is no OpenGL, or why it could not be measured.
    pub fault: Option<String>,
    /// Composing by OpenGL, at 1920 × 1080.
    pub opengl: Option<SpeedReport>,
    /// Composing in software.
    pub software: SpeedReport,
    /// What `graphics = "auto"` makes of it.
    pub verdict: Verdict,
}

/// A monitor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MonitorReport {
    /// Its name.
    pub name: Option<String>,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Refreshes a second.
    pub refresh_hz: Option<f64>,
}

/// What OpenGL says that it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RendererReport {
    /// `GL_RENDERER`.
    pub name: String,
    /// `GL_VENDOR`.
    pub vendor: String,
    /// `GL_VERSION`.
    pub version: String,
    /// Whether it draws in software.
    pub is_software: bool,
}

/// A speed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SpeedReport {
    /// Pictures a second.
    pub per_second: f64,
    /// Seconds of the processor for each.
    pub cpu_seconds: f64,
}

/// Decoding and converting, of frames of 1920 × 1080 in H.264.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct VideoReport {
    /// Frames that were decoded to measure; 60 unless that took half a minute.
    pub frames: usize,
    /// Frames decoded a second.
    pub decoded_per_second: f64,
    /// Frames converted a second, in software.
    pub converted_per_second: f64,
}

impl GraphicsReport {
    /// From what was found.
    pub fn of(survey: &Survey) -> Self {
        let renderer = survey
            .renderer
            .as_ref()
            .ok()
            .map(|renderer| RendererReport {
                name: renderer.name.clone(),
                vendor: renderer.vendor.clone(),
                version: renderer.version.clone(),
                is_software: renderer.is_software(),
            });
        let monitors = survey.monitors.iter().map(|monitor| MonitorReport {
            name: monitor.name.clone(),
            width: monitor.width,
            height: monitor.height,
            refresh_hz: monitor.refresh_hz,
        });
        let mut report = Self {
            display_server: survey.display_server.map(str::to_owned),
            monitors: monitors.collect(),
            renderer,
            fault: survey.opengl.as_ref().err().cloned(),
            opengl: survey.opengl.as_ref().ok().map(SpeedReport::of),
            software: SpeedReport::of(&survey.software),
            verdict: Verdict::no_card(),
        };
        report.verdict = judge(&report.measured());
        report
    }

    /// What a verdict needs of it.
    pub fn measured(&self) -> Measured {
        let fault = || self.fault.clone().unwrap_or_default();
        let renderer = self.renderer.as_ref();
        Measured {
            is_without_display: self.display_server.is_none(),
            renderer: renderer
                .map(|renderer| (renderer.name.clone(), renderer.is_software))
                .ok_or_else(fault),
            opengl: self
                .opengl
                .map(|speed| (speed.per_second, speed.cpu_seconds)),
            software: (self.software.per_second, self.software.cpu_seconds),
        }
    }

    /// Pictures that the player would compose a second.
    pub fn composed_per_second(&self) -> f64 {
        match self.opengl {
            Some(opengl) if self.verdict.is_opengl => opengl.per_second,
            _ => self.software.per_second,
        }
    }

    /// Width, height and refreshes a second of the primary monitor.
    pub fn screen(&self) -> Option<(u32, u32, Option<f64>)> {
        let monitor = self.monitors.first()?;
        Some((monitor.width, monitor.height, monitor.refresh_hz))
    }
}

impl SpeedReport {
    fn of(speed: &Speed) -> Self {
        Self {
            per_second: speed.per_second,
            cpu_seconds: speed.cpu_seconds,
        }
    }
}
