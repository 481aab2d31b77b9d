//! What the tests of the whole program share: how it is run, and how what it says and draws is compared.
//!
//! The program is run without a display and without the settings of the machine, so that a test which passes
//! here passes on a build server too.

#![allow(dead_code, reason = "each test program uses a part of it")]

pub mod picture;
pub mod server;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The show that the demo plays.
pub const SAMPLE: &str = "playlists/one-stop";

/// What would let a display or the settings of this machine into a test.
const FOREIGN: [&str; 11] = [
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "WAYLAND_SOCKET",
    "MOTCUA_CONFIG",
    "MOTCUA_LOG",
    "MOTCUA_SCREEN",
    "MOTCUA_VOLUME",
    "MOTCUA_WINDOWED",
    "MOTCUA_SOUND_LATENCY_MS",
    "MOTCUA_PRINTER",
    "MOTCUA_PRINTER_DOTS",
];

/// The top of the project.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The program, run from the top of the project.
pub fn motcua() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_motcua"));
    for variable in FOREIGN {
        command.env_remove(variable);
    }
    command.current_dir(root());
    command
}

/// Runs the program with `arguments`, separated by spaces.
pub fn run(arguments: &str) -> Said {
    Said::of(
        &motcua()
            .args(arguments.split_whitespace())
            .output()
            .unwrap(),
    )
}

/// How a run of the program ended.
pub struct Said {
    /// The exit status; -1 where a signal ended it.
    pub status: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Said {
    /// What the program wrote.
    pub fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Self {
            status: output.status.code().unwrap_or(-1),
            out: text(&output.stdout),
            err: text(&output.stderr),
        }
    }
}

/// Whether what is expected is to be written anew instead of compared.
pub fn is_blessing() -> bool {
    std::env::var_os("MOTCUA_BLESS").is_some_and(|value| value == "1")
}

/// Whether a program that a test needs is there. Without it a test says so and is passed over; in CI it fails.
pub fn has(program: &str, argument: &str) -> bool {
    if Command::new(program).arg(argument).output().is_ok() {
        return true;
    }
    assert!(
        std::env::var_os("CI").is_none(),
        "{program} is not installed"
    );
    eprintln!("passed over: {program} is not installed");
    false
}

/// Every file below `folder`, in order of name.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}
