//! `motcua render --serve`, asked and answering: one process draws many pages.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use image::RgbImage;
use serde_json::{Value, json};
use tempfile::TempDir;

/// A running server. Its end ends the process.
pub struct Server {
    child: Child,
    requests: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    pictures: TempDir,
}

impl Server {
    /// Starts one for a show, its clock at 08:24 on Monday 23/11/2026.
    pub fn start(show: &str) -> Self {
        Self::start_with(super::motcua(), show)
    }

    /// Starts one with a command of another environment.
    pub fn start_with(mut command: Command, show: &str) -> Self {
        let mut child = command
            .args(["render", show, "--serve", "--at", "2026-11-23T08:24"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            requests: child.stdin.take(),
            answers: BufReader::new(child.stdout.take().unwrap()),
            child,
            pictures: tempfile::tempdir().unwrap(),
        }
    }

    /// Sends one line and reads the one that comes back.
    pub fn ask(&mut self, line: &str) -> Value {
        let requests = self.requests.as_mut().unwrap();
        writeln!(requests, "{line}").unwrap();
        requests.flush().unwrap();
        let mut answer = String::new();
        self.answers.read_line(&mut answer).unwrap();
        serde_json::from_str(&answer).unwrap_or_else(|error| panic!("{line}\n{answer}: {error}"))
    }

    /// Draws what `request` describes; `out` is added to it.
    pub fn draw(&mut self, mut request: Value) -> RgbImage {
        let out = self.pictures.path().join("page.png");
        request["out"] = json!(out);
        let answer = self.ask(&request.to_string());
        assert_eq!(answer["ok"], true, "{request}: {answer}");
        open(&out)
    }

    /// Ends the requests and waits: the exit status.
    pub fn finish(mut self) -> i32 {
        self.requests = None;
        self.child.wait().unwrap().code().unwrap_or(-1)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.requests = None;
        // It may have ended already.
        drop(self.child.wait());
    }
}

/// Reads a picture.
pub fn open(path: &Path) -> RgbImage {
    image::open(path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        .into_rgb8()
}
