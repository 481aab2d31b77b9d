//! Decoder processes: starting, limiting and ending them.
//!
//! Invariant: every process that is started is waited for, so none is left behind; ending one never waits for
//! what it is doing.

use std::borrow::Cow;
use std::ffi::OsString;
use std::io;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rustix::process::{Pid, Resource, Rlimit, prlimit};

use crate::error::MediaError;
use crate::wire::Socket;

/// The program that decodes, and its argument.
#[derive(Debug, Clone)]
struct Program {
    path: PathBuf,
    argument: OsString,
}

static PROGRAM: OnceLock<Program> = OnceLock::new();

/// The process that was started before anybody needed it.
static AHEAD: Mutex<Option<Process>> = Mutex::new(None);

impl Program {
    /// The program that runs, started again, even when its file was replaced by an update. A program of tests
    /// is no player; beside it lies a decoder that is built with it.
    fn present() -> Self {
        let this = |path: PathBuf| Self {
            path,
            argument: "decode".into(),
        };
        std::env::current_exe()
            .ok()
            .and_then(|path| decoder_of_tests(&path))
            .map_or_else(|| this("/proc/self/exe".into()), this)
    }
}

fn decoder_of_tests(program: &Path) -> Option<PathBuf> {
    let folder = program.parent().filter(|folder| folder.ends_with("deps"))?;
    // Where it was not built, starting it fails; a program of tests started again would run its tests.
    Some(folder.parent()?.join("motcua-test-decoder"))
}

/// Starts a decoder for whoever needs one first, so that it need not wait for a program to load; nothing where
/// one waits already.
pub fn start_ahead() {
    let mut waiting = ahead();
    if waiting.is_none() {
        *waiting = Process::new().ok();
    }
}

fn ahead() -> std::sync::MutexGuard<'static, Option<Process>> {
    AHEAD.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A running decoder. Ended and waited for when it is dropped; a fraction of a millisecond, but not for the UI
/// thread.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    pub(crate) socket: Arc<Socket>,
}

impl Process {
    /// The one that was started ahead, else a new one.
    pub(crate) fn start() -> Result<Self, MediaError> {
        let waiting = ahead().take();
        let mut waiting = waiting;
        let is_alive = |process: &mut Self| matches!(process.child.try_wait(), Ok(None));
        match waiting.take_if(is_alive) {
            Some(process) => Ok(process),
            None => Self::new().map_err(|source| MediaError::NoDecoderProcess {
                source: Arc::new(source),
            }),
        }
    }

    fn new() -> io::Result<Self> {
        let (ours, theirs) = Socket::pair()?;
        let program = PROGRAM.get_or_init(Program::present);
        let child = Command::new(&program.path)
            .arg0("motcua")
            .arg(&program.argument)
            .env_clear()
            .stdin(Stdio::from(theirs.into_descriptor()))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        Ok(Self {
            child,
            socket: Arc::new(ours),
        })
    }

    /// Its number.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Allows it so many seconds of processor time in all.
    pub(crate) fn allow_seconds(&self, seconds: u64) {
        // The hard limit stays open, because nobody may raise it again; the decoder itself may change neither.
        self.limit(Resource::Cpu, seconds, None);
    }

    /// Allows it so much memory of its own, bytes.
    pub(crate) fn allow_memory(&self, bytes: u64) {
        self.limit(Resource::Data, bytes, Some(bytes));
    }

    fn limit(&self, resource: Resource, to: u64, maximum: Option<u64>) {
        let limit = Rlimit {
            current: Some(to),
            maximum,
        };
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        if let Err(error) = prlimit(pid, resource, limit) {
            tracing::debug!(%error, ?resource, "a decoder could not be limited");
        }
    }

    /// What to say of a process that has closed its socket.
    pub(crate) fn fault(&mut self) -> MediaError {
        // It is on its way out, or has closed its socket to hide that it is not.
        drop(self.child.kill());
        let how: Cow<'static, str> = match self.child.wait() {
            Ok(status) => ending(status),
            Err(_) => "in an unknown way".into(),
        };
        MediaError::DecoderEnded { how }
    }
}

fn ending(status: ExitStatus) -> Cow<'static, str> {
    match (status.signal(), status.code()) {
        (Some(libc::SIGKILL), _) => "by force, or because memory ran out".into(),
        (Some(libc::SIGXCPU), _) => "because it used too much processor time".into(),
        (Some(libc::SIGSEGV), _) => "by a memory fault".into(),
        (Some(libc::SIGABRT), _) => "by giving up, as it does when it gets no more memory".into(),
        (Some(signal), _) => format!("by signal {signal}").into(),
        (None, Some(code)) => format!("by itself with status {code}").into(),
        (None, None) => "in an unknown way".into(),
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.socket.close();
        // Both fail only where it is gone already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
