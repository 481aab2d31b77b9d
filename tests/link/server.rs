//! The central server as a program, and the commands of the people around it.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use crate::window::await_some;
use crate::window::player::{PLAYER, without_settings};
use crate::window::session::bound;

const PATIENCE: Duration = Duration::from_secs(120);

/// A server with a data folder of its own. Ends when it is dropped.
pub struct Server {
    folder: tempfile::TempDir,
    child: Option<Child>,
    address: Option<String>,
}

impl Server {
    /// Starts a server that makes everything it needs.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut server = Self {
            folder,
            child: None,
            address: None,
        };
        server.run();
        server
    }

    /// Where it answers.
    pub fn address(&self) -> &str {
        self.address.as_deref().expect("it runs")
    }

    /// The folder of the test.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Starts it, at the address that it had before if it had one.
    pub fn run(&mut self) {
        let ready = self.folder.path().join("ready");
        drop(std::fs::remove_file(&ready));
        let listen = match &self.address {
            Some(address) => address.rsplit_once("//").unwrap().1.to_owned(),
            None => "127.0.0.1:0".to_owned(),
        };
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(self.folder.path().join("log"))
            .unwrap();
        let mut command = bound(program());
        command
            .args(["run", "--listen", &listen, "--ready-file"])
            .arg(&ready)
            .env("MOTCUA_DATA", self.data())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log);
        self.child = Some(command.spawn().expect("the server can be started"));
        self.address = Some(await_some("the server answers", PATIENCE, || {
            let address = std::fs::read_to_string(&ready).ok()?;
            Some(address.trim().to_owned()).filter(|address| !address.is_empty())
        }));
    }

    /// Stops it at once, as a power cut does.
    pub fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// `motcua-server` with these arguments has to work; what it says comes back.
    pub fn does(&self, arguments: &[&str]) -> String {
        succeeded(arguments, self.tried(program(), arguments))
    }

    /// `motcua` with these arguments has to work; what it says comes back.
    pub fn player_does(&self, arguments: &[&str]) -> String {
        succeeded(arguments, self.tried(PLAYER.into(), arguments))
    }

    /// What becomes of `motcua` with these arguments.
    pub fn player_tries(&self, arguments: &[&str]) -> Output {
        self.tried(PLAYER.into(), arguments)
    }

    fn tried(&self, program: PathBuf, arguments: &[&str]) -> Output {
        let mut command = Command::new(program);
        without_settings(&mut command);
        command
            .args(arguments)
            .env("MOTCUA_DATA", self.data())
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
            .stdin(Stdio::null())
            .output()
            .expect("the program can be started")
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
        if std::thread::panicking() {
            let log = std::fs::read_to_string(self.folder.path().join("log"));
            eprintln!("--- the server's log\n{}", log.unwrap_or_default());
        }
    }
}

/// The server's program lies beside the player's.
fn program() -> PathBuf {
    let program = Path::new(PLAYER).with_file_name("motcua-server");
    assert!(program.exists(), "build it first: cargo build --workspace");
    program
}

fn succeeded(arguments: &[&str], output: Output) -> String {
    assert!(
        output.status.success(),
        "{arguments:?}: {}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}
