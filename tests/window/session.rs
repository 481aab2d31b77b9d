//! A display server of the test's own, started and taken down by the scripts in `tests/session/`.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// How long a display server may take to start on a busy machine.
const START: Duration = Duration::from_secs(60);

/// What a session is started with besides the defaults of its script.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wishes {
    /// The size of the screen; 1920 × 1080 without.
    pub size: Option<(u32, u32)>,
    /// A window manager to start first.
    pub manager: Option<&'static str>,
}

/// A running display server. Ends when it is dropped.
pub struct Session {
    script: Child,
    environment: Vec<(&'static str, String)>,
    /// The size of its screen in pixels.
    pub size: (u32, u32),
}

impl Session {
    /// An X server.
    pub fn x11(wishes: Wishes) -> Self {
        Self::start("x11", &["DISPLAY"], wishes)
    }

    /// A Wayland compositor.
    pub fn wayland() -> Self {
        Self::start(
            "wayland",
            &["XDG_RUNTIME_DIR", "WAYLAND_DISPLAY", "SWAYSOCK"],
            Wishes::default(),
        )
    }

    /// `program` as a command of this session. It ends with the thread that starts it.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = bound(program);
        for name in ["DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET", "SWAYSOCK"] {
            command.env_remove(name);
        }
        command.envs(self.environment.iter().map(|(name, value)| (*name, value)));
        command
    }

    /// The value of one of the variables that lead to this session.
    pub fn variable(&self, name: &str) -> &str {
        let found = self.environment.iter().find(|(known, _)| *known == name);
        &found.expect("the session has this variable").1
    }

    fn start(script: &str, variables: &[&'static str], wishes: Wishes) -> Self {
        let size = wishes.size.unwrap_or((1920, 1080));
        // `cat` ends with its standard input, which ends with this process, and the session with it.
        let say: String = variables
            .iter()
            .map(|name| format!("echo \"${name}\"; "))
            .collect();
        let mut command = Command::new(
            Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("tests/session")
                .join(script),
        );
        command
            .args(["sh", "-c", &format!("{say}exec cat")])
            .env("SESSION_SIZE", format!("{}x{}", size.0, size.1))
            .env_remove("SESSION_MANAGER")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        if let Some(manager) = wishes.manager {
            command.env("SESSION_MANAGER", manager);
        }
        let mut script = command
            .spawn()
            .expect("the script of the session can be started");
        let lines = BufReader::new(script.stdout.take().expect("its output is piped")).lines();
        let (sender, receiver) = mpsc::channel();
        std::thread::spawn(move || {
            lines
                .map_while(Result::ok)
                .try_for_each(|line| sender.send(line))
        });
        let mut session = Self {
            script,
            environment: Vec::new(),
            size,
        };
        for name in variables {
            let value = receiver.recv_timeout(START).expect("the session starts");
            session.environment.push((*name, value));
        }
        session
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        drop(self.script.stdin.take());
        // The script takes the server down; a server that hangs is not waited for.
        for _ in 0..100 {
            if matches!(self.script.try_wait(), Ok(Some(_)) | Err(_)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        drop(self.script.kill());
        drop(self.script.wait());
    }
}

/// `program` as a command that is killed when the thread that starts it ends.
pub fn bound(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL", "--"]).arg(program);
    command
}
