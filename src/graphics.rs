//! What composes the pictures of this machine's screen: the GPU or the processor.
//!
//! A machine without a graphics card is not asked. Any other is measured once, by `motcua probe` in a process
//! of its own, so that a driver that crashes or hangs costs nothing; the verdict is kept in the state folder
//! until hardware, driver or program change.

pub mod verdict;

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::Context as _;
use motcua_screen::{Graphics, GraphicsInUse};
use serde::{Deserialize, Serialize};

use crate::child::{self, Limits};
use crate::cli::Wanted;
use crate::probe::report::GraphicsReport;
use verdict::{Measured, Verdict};

/// What was chosen, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What composes.
    pub graphics: Graphics,
    /// Why, as a part of a sentence.
    pub reason: String,
}

/// The file of the verdict in the state folder.
const FILE: &str = "graphics.json";

/// What measuring may take. It takes two seconds; drivers that are read from a slow disk take some more.
const LIMITS: Limits = Limits {
    time: Duration::from_secs(15),
    bytes: 1 << 20,
};

/// A verdict and what it holds for.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    machine: String,
    verdict: Verdict,
}

/// Chooses. Waits for the measurement where there is no verdict yet: before the window opens, once.
pub fn choose(wanted: Wanted, state: &Path) -> Choice {
    let by_settings = |graphics| Choice {
        graphics,
        reason: "as the settings say".to_owned(),
    };
    match wanted {
        Wanted::Software => by_settings(Graphics::Software),
        Wanted::Opengl => by_settings(Graphics::OpenGl),
        Wanted::Auto => measured(state, Path::new("/"), &probe),
    }
}

/// `root` is where the system's folders lie.
fn measured(state: &Path, root: &Path, probe: &dyn Fn() -> anyhow::Result<Measured>) -> Choice {
    let cards = cards(root);
    if cards.is_empty() {
        return Verdict::no_card().into();
    }
    let machine = machine(root, &cards);
    let file = state.join(FILE);
    let kept = std::fs::read(&file).ok();
    let kept = kept.and_then(|bytes| serde_json::from_slice::<Kept>(&bytes).ok());
    if let Some(kept) = kept.filter(|kept| kept.machine == machine) {
        return kept.verdict.into();
    }
    let verdict = match probe() {
        Ok(measured) if measured.is_without_display => return verdict::judge(&measured).into(),
        Ok(measured) => verdict::judge(&measured),
        Err(error) => Verdict::unmeasured(&error),
    };
    let kept = Kept { machine, verdict };
    let written = serde_json::to_vec_pretty(&kept)
        .map_err(std::io::Error::from)
        .and_then(|bytes| {
            std::fs::create_dir_all(state)?;
            motcua_sync::file::write(&file, &bytes)
        });
    if let Err(error) = written {
        tracing::warn!(
            "{} cannot be written ({error}); the next start measures again",
            file.display()
        );
    }
    kept.verdict.into()
}

/// The graphics cards, by name.
fn cards(root: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(root.join("dev/dri")) else {
        return Vec::new();
    };
    let mut cards: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.starts_with("card"))
        .collect();
    cards.sort();
    cards
}

/// What tells machines, drivers and programs apart: a verdict holds while none of it changes.
fn machine(root: &Path, cards: &[String]) -> String {
    let read = |path: String| {
        let text = std::fs::read_to_string(root.join(path)).unwrap_or_default();
        text.trim().to_owned()
    };
    let mut words = vec![
        env!("CARGO_PKG_VERSION").to_owned(),
        read("proc/sys/kernel/osrelease".to_owned()),
    ];
    for card in cards {
        let device = format!("sys/class/drm/{card}/device");
        let driver = std::fs::read_link(root.join(&device).join("driver")).ok();
        let driver = driver.as_deref().and_then(Path::file_name);
        words.push(format!(
            "{card} {} {} {}",
            read(format!("{device}/vendor")),
            read(format!("{device}/device")),
            driver.map_or_else(String::new, |name| name.to_string_lossy().into_owned()),
        ));
    }
    // Mesa's version stands in the name of its library; other drivers' versions in the kernel module's.
    let library = ["x86_64-linux-gnu", "aarch64-linux-gnu"]
        .iter()
        .filter_map(|arch| {
            std::fs::canonicalize(root.join(format!("usr/lib/{arch}/libEGL_mesa.so.0"))).ok()
        })
        .filter_map(|path| std::fs::metadata(path).ok())
        .map(|data| format!("libEGL_mesa of {} bytes", data.len()));
    words.extend(library);
    words.push(read("sys/module/nvidia/version".to_owned()));
    words.join("; ")
}

/// Lets another process of this program measure.
fn probe() -> anyhow::Result<Measured> {
    let program = std::env::current_exe().context("the player's own file cannot be found")?;
    let mut command = Command::new(program);
    command.args(["probe", "--json", "--graphics-only"]);
    let output = child::run(&mut command, b"", LIMITS, &|| false)?;
    let report: GraphicsReport =
        serde_json::from_reader(output).context("what motcua probe printed cannot be read")?;
    Ok(report.measured())
}

/// How pictures are composed, for log and heartbeat.
pub fn sentence(in_use: &GraphicsInUse, reason: &str) -> String {
    match (&in_use.graphics, &in_use.renderer, &in_use.fault) {
        (_, _, Some(fault)) => format!("software: {fault}"),
        (Graphics::Software, ..) => format!("software: {reason}"),
        (Graphics::OpenGl, Some(renderer), None) => format!(
            "OpenGL by {} ({}): {reason}",
            renderer.name, renderer.version
        ),
        (Graphics::OpenGl, None, None) => format!("OpenGL: {reason}"),
    }
}

impl From<Verdict> for Choice {
    fn from(verdict: Verdict) -> Self {
        Self {
            graphics: if verdict.is_opengl {
                Graphics::OpenGl
            } else {
                Graphics::Software
            },
            reason: verdict.reason,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    /// A root folder with one card of this device number.
    fn root(device: &str) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = root.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write("dev/dri/card0", "");
        write("dev/dri/renderD128", "");
        write("sys/class/drm/card0/device/vendor", "0x8086\n");
        write("sys/class/drm/card0/device/device", device);
        write("proc/sys/kernel/osrelease", "6.1.0\n");
        root
    }

    fn fast() -> Measured {
        Measured {
            is_without_display: false,
            renderer: Ok(("Mesa Intel(R) UHD".to_owned(), false)),
            opengl: Some((400.0, 0.0005)),
            software: (300.0, 0.0030),
        }
    }

    #[test]
    fn a_machine_is_measured_once_until_it_changes() {
        let state = tempfile::tempdir().unwrap();
        let state = state.path().join("not/there/yet");
        let (one, other) = (root("0x1234"), root("0x5678"));
        let probes = Cell::new(0);
        let probe = || {
            probes.set(probes.get() + 1);
            Ok(fast())
        };
        for (root, expected) in [(&one, 1), (&one, 1), (&other, 2), (&other, 2), (&one, 3)] {
            let choice = measured(&state, root.path(), &probe);
            assert_eq!(choice.graphics, Graphics::OpenGl);
            assert_eq!(probes.get(), expected);
        }
        std::fs::write(state.join(FILE), "{ torn").unwrap();
        measured(&state, one.path(), &probe);
        assert_eq!(probes.get(), 4);
    }

    #[test]
    fn a_driver_that_crashes_is_not_tried_again() {
        let state = tempfile::tempdir().unwrap();
        let root = root("0x1234");
        let crash = || anyhow::bail!("motcua ended with signal 11");
        let choice = measured(state.path(), root.path(), &crash);
        assert_eq!(choice.graphics, Graphics::Software);
        assert!(choice.reason.contains("signal 11"), "{}", choice.reason);
        let again = measured(state.path(), root.path(), &|| {
            unreachable!("it was measured")
        });
        assert_eq!(again, choice);
    }

    #[test]
    fn without_a_card_nothing_is_measured_and_without_a_display_nothing_kept() {
        let state = tempfile::tempdir().unwrap();
        let empty = tempfile::tempdir().unwrap();
        let none = measured(state.path(), empty.path(), &|| {
            unreachable!("there is no card")
        });
        assert_eq!(none.graphics, Graphics::Software);
        let root = root("0x1234");
        let blind = Measured {
            is_without_display: true,
            ..fast()
        };
        measured(state.path(), root.path(), &|| Ok(blind.clone()));
        assert!(!state.path().join(FILE).exists());
    }
}
