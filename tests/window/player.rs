//! The player as a program that is started, listened to and stopped.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::await_some;
use super::session::Session;
use super::show::{PageOf, card};

/// The player that was built with these tests.
pub const PLAYER: &str = env!("CARGO_BIN_EXE_motcua");

/// One line of `play --events`.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// A page is on the screen.
    Shown { item: String, page: usize },
    /// The built-in card is.
    Card,
    /// An item cannot be shown.
    Problem { item: String },
    /// A release has taken the stage.
    Release { number: u64 },
    /// The screen shows this code.
    Code { code: String },
    /// A server has taken the screen.
    Taken,
    /// An alert is on the screen.
    Alert { id: String },
    /// An alert is over.
    AlertOver { id: String },
    /// A visitor has come to this place of the lookup, or is gone ("over").
    Visit { place: String },
    /// The round is over.
    Ended,
}

impl What {
    /// The page that is on the screen from here on.
    pub fn page(&self) -> Option<PageOf> {
        match self {
            Self::Shown { item, page } => Some((item.clone(), *page)),
            Self::Card => Some(card()),
            Self::Problem { .. }
            | Self::Release { .. }
            | Self::Code { .. }
            | Self::Taken
            | Self::Alert { .. }
            | Self::AlertOver { .. }
            | Self::Visit { .. }
            | Self::Ended => None,
        }
    }
}

/// Something that the player said, and when it was heard.
#[derive(Debug, Clone)]
pub struct Happened {
    pub at: Instant,
    pub what: What,
}

/// A running player. Killed when it is dropped.
pub struct Player {
    child: Child,
    heard: Receiver<Happened>,
    events: Vec<Happened>,
    /// Its standard output as it was written.
    said: Arc<Mutex<String>>,
    log: Arc<Mutex<String>>,
}

impl Player {
    /// Starts `motcua play SHOW --events` in `session`, with `more` arguments.
    pub fn start(session: &Session, show: &Path, more: &[&str]) -> Self {
        Self::start_with(session, show, more, &[])
    }

    /// The same with variables of the environment.
    pub fn start_with(
        session: &Session,
        show: &Path,
        more: &[&str],
        environment: &[(&str, &str)],
    ) -> Self {
        let mut arguments: Vec<&OsStr> = vec![show.as_os_str()];
        arguments.extend(more.iter().map(OsStr::new));
        Self::run(session, &arguments, environment)
    }

    /// Starts a screen that belongs, or shall belong, to the server at `address`.
    pub fn tied(session: &Session, address: &str, state: &Path) -> Self {
        Self::tied_with(session, address, state, &[])
    }

    /// The same with more variables of the environment.
    pub fn tied_with(
        session: &Session,
        address: &str,
        state: &Path,
        environment: &[(&str, &str)],
    ) -> Self {
        let arguments = ["--server", address, "--state"].map(OsStr::new);
        let arguments = [&arguments, &[state.as_os_str()][..]].concat();
        let environment = [environment, &[("MOTCUA_POLL_S", "5")]].concat();
        Self::run(session, &arguments, &environment)
    }

    fn run(session: &Session, arguments: &[&OsStr], environment: &[(&str, &str)]) -> Self {
        let mut command = session.command(PLAYER);
        without_settings(&mut command);
        command
            .arg("play")
            .args(arguments)
            .arg("--events")
            .envs(environment.iter().copied());
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("the player can be started");
        let (sender, heard) = channel();
        let said = Arc::new(Mutex::new(String::new()));
        let written = Arc::clone(&said);
        let out = BufReader::new(child.stdout.take().expect("its output is piped"));
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                written.lock().unwrap().push_str(&format!("{line}\n"));
                let happened = Happened {
                    at: Instant::now(),
                    what: understand(&line),
                };
                if sender.send(happened).is_err() {
                    return;
                }
            }
        });
        let log = Arc::new(Mutex::new(String::new()));
        collect(
            child.stderr.take().expect("its log is piped"),
            Arc::clone(&log),
        );
        Self {
            child,
            heard,
            events: Vec::new(),
            said,
            log,
        }
    }

    /// Everything that it has said so far.
    pub fn events(&mut self) -> &[Happened] {
        self.events.extend(self.heard.try_iter());
        &self.events
    }

    /// The page that it says is on the screen, and since when.
    pub fn on_screen(&mut self) -> Option<(PageOf, Instant)> {
        self.events()
            .iter()
            .rev()
            .find_map(|happened| Some((happened.what.page()?, happened.at)))
    }

    /// Waits until it has said something that `is_it` accepts.
    pub fn wait_for(
        &mut self,
        what: &str,
        limit: Duration,
        is_it: impl Fn(&What) -> bool,
    ) -> Happened {
        let log = Arc::clone(&self.log);
        let begun = Instant::now();
        loop {
            if let Some(happened) = self.events().iter().find(|happened| is_it(&happened.what)) {
                return happened.clone();
            }
            let log = || log.lock().unwrap().clone();
            assert!(
                begun.elapsed() < limit,
                "{what}: not within {limit:?}\n{}",
                log()
            );
            if let Ok(Some(status)) = self.child.try_wait() {
                panic!("{what}: the player ended with {status}\n{}", log());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Whether it says about now that its round is over; it says so just before its window goes.
    pub fn is_over(&mut self) -> bool {
        let asked = Instant::now();
        loop {
            if self
                .events()
                .iter()
                .any(|happened| happened.what == What::Ended)
            {
                return true;
            }
            if asked.elapsed() > Duration::from_secs(1) {
                return false;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Its log so far.
    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// Its standard output so far.
    pub fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    /// The number of its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// How it ended, if it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child
            .try_wait()
            .expect("the player's state can be asked for")
    }

    /// Waits until it ends by itself.
    pub fn wait_for_end(&mut self, limit: Duration) -> ExitStatus {
        await_some("the player ends", limit, || self.ended())
    }

    /// Asks it to end, as the service manager does.
    pub fn terminate(&self) {
        let kill = format!("kill -TERM {}", self.child.id());
        assert!(
            Command::new("sh")
                .args(["-c", &kill])
                .status()
                .unwrap()
                .success()
        );
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
        if std::thread::panicking() {
            eprintln!("--- the player's log\n{}", self.log());
        }
    }
}

/// Keeps settings of the machine on which the tests run out of them.
pub fn without_settings(command: &mut Command) {
    for (name, _) in std::env::vars() {
        if name.starts_with("MOTCUA_") {
            command.env_remove(name);
        }
    }
    // No screen was ever paired there.
    command.env("MOTCUA_STATE", "/nonexistent/motcua");
    command.env("MOTCUA_CONFIG", "/dev/null");
}

/// Gathers what is written to `from`, on a thread of its own.
fn collect(mut from: impl Read + Send + 'static, into: Arc<Mutex<String>>) {
    std::thread::spawn(move || {
        let mut bytes = [0; 4096];
        while let Ok(count @ 1..) = from.read(&mut bytes) {
            into.lock()
                .unwrap()
                .push_str(&String::from_utf8_lossy(&bytes[..count]));
        }
    });
}

fn understand(line: &str) -> What {
    let said: serde_json::Value = serde_json::from_str(line).expect("an event is JSON");
    let item = || said["item"].as_str().expect("it names an item").to_owned();
    match said["event"].as_str() {
        Some("shown") => {
            let page = said["page"].as_u64().expect("it names a page");
            What::Shown {
                item: item(),
                page: page.try_into().unwrap(),
            }
        }
        Some("card") => What::Card,
        Some("problem") => What::Problem { item: item() },
        Some("release") => What::Release {
            number: said["number"].as_u64().expect("it has a number"),
        },
        Some("code") => What::Code {
            code: said["code"].as_str().expect("it has digits").to_owned(),
        },
        Some("taken") => What::Taken,
        Some(kind @ ("alert" | "alert-over")) => {
            let id = said["id"].as_str().expect("it has an id").to_owned();
            match kind {
                "alert" => What::Alert { id },
                _ => What::AlertOver { id },
            }
        }
        Some("visit") => What::Visit {
            place: said["place"].as_str().expect("it is a place").to_owned(),
        },
        Some("ended") => What::Ended,
        _ => panic!("an event that there is not: {line}"),
    }
}
