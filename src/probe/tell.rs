//! What was found, in plain words for whoever stands at the machine.

use super::report::{GraphicsReport, ProbeReport};

/// The report as lines of text.
pub fn sentences(report: &ProbeReport) -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: String| text.push_str(&format!("{name:<16}{value}\n"));
    let machine = &report.machine;
    let unknown = || "unknown".to_owned();
    line(
        "Processor",
        format!(
            "{}, {} cores",
            machine.processor.clone().unwrap_or_else(unknown),
            machine.cores
        ),
    );
    line(
        "Memory",
        machine
            .memory_bytes
            .map_or_else(unknown, |bytes| format!("{} MB", bytes >> 20)),
    );
    line("Kernel", machine.kernel.clone().unwrap_or_else(unknown));
    line(
        "Isolation",
        isolation(machine.landlock_abi, machine.has_seccomp),
    );
    let silent = || "none; everything plays silently".to_owned();
    line("Sound", machine.sound.clone().unwrap_or_else(silent));
    display(&report.graphics, &mut line);
    let video = report.video;
    line(
        "Video",
        format!(
            "decodes {:.0} and converts {:.0} frames of 1080p H.264 a second",
            video.decoded_per_second, video.converted_per_second
        ),
    );
    let profile = &report.profile;
    let verdict = if profile.load <= 1.0 {
        format!("it takes {:.0} % of this machine", profile.load * 100.0)
    } else {
        "this machine is too slow for any film".to_owned()
    };
    line(
        "Best clip",
        format!(
            "{} x {}, up to {} frames a second, {}, {} kbit/s, {}; {verdict}",
            profile.width,
            profile.height,
            profile.frames_per_second,
            profile.codec,
            profile.kilobits_per_second,
            profile.pixel_format
        ),
    );
    text.push_str(&format!("\nTo make such a clip:\n\n  {}\n", profile.ffmpeg));
    text
}

fn isolation(landlock: Option<u32>, has_seccomp: bool) -> String {
    let landlock = landlock.map_or_else(
        || "no landlock".to_owned(),
        |version| format!("landlock version {version}"),
    );
    let seccomp = if has_seccomp {
        "seccomp filters"
    } else {
        "no seccomp filters"
    };
    format!("{landlock}, {seccomp}")
}

fn display(graphics: &GraphicsReport, line: &mut dyn FnMut(&str, String)) {
    match &graphics.display_server {
        Some(server) => line("Display", server.clone()),
        None => line(
            "Display",
            "none can be reached; run this in the graphical session (DISPLAY or WAYLAND_DISPLAY) to see the screen"
                .to_owned(),
        ),
    }
    for monitor in &graphics.monitors {
        let refresh = monitor
            .refresh_hz
            .map_or_else(String::new, |hz| format!(", {hz:.1} Hz"));
        let name = monitor
            .name
            .as_ref()
            .map_or_else(String::new, |name| format!(" ({name})"));
        line(
            "Screen",
            format!("{} x {}{refresh}{name}", monitor.width, monitor.height),
        );
    }
    let opengl = match (&graphics.renderer, graphics.opengl) {
        (Some(renderer), speed) => {
            let kind = if renderer.is_software {
                "draws in software"
            } else {
                "a real GPU"
            };
            let speed = speed.map_or_else(String::new, |speed| {
                format!(", composes {:.0} pictures a second", speed.per_second)
            });
            format!("{}, {} ({kind}{speed})", renderer.name, renderer.version)
        }
        (None, _) => graphics.fault.clone().unwrap_or_default(),
    };
    line("OpenGL", opengl);
    let chosen = if graphics.verdict.is_opengl {
        "OpenGL"
    } else {
        "software"
    };
    line(
        "Pictures by",
        format!("{chosen}: {}", graphics.verdict.reason),
    );
}
