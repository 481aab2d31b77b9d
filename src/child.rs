//! Runs another program for a bounded time, with what it reads and writes in memory.
//!
//! Files in memory instead of pipes: a program that does not read, writes without end or leaves a child of
//! its own behind can make nobody wait longer than the limit.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, Write as _};
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::{MemfdFlags, memfd_create};

/// How often a running program is looked at; short beside what starting one takes.
const LOOK: Duration = Duration::from_millis(10);

/// The most that is kept of what a program says of its failure, in bytes.
const LONGEST_COMPLAINT: u64 = 400;

/// What a program may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// From start to end.
    pub time: Duration,
    /// Bytes of output. More can be written between two looks, but not much.
    pub bytes: u64,
}

/// Why there is no output.
#[derive(Debug, thiserror::Error)]
pub enum ChildError {
    /// The system gives no file in memory.
    #[error("there is no memory for what {program} reads and writes: {source}")]
    Memory {
        /// The program.
        program: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// It could not be started.
    #[error("{program} cannot be started: {source}")]
    NotStarted {
        /// The program.
        program: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// It took too long and was ended.
    #[error("{program} did not end within {limit:?} and was ended")]
    Slow {
        /// The program.
        program: String,
        /// The time it had.
        limit: Duration,
    },
    /// It wrote too much and was ended.
    #[error("{program} wrote more than {limit} bytes and was ended")]
    Long {
        /// The program.
        program: String,
        /// The bytes it had.
        limit: u64,
    },
    /// Whoever asked wants it no more.
    #[error("{0} is not wanted any more")]
    Stopped(String),
    /// It failed.
    #[error("{program} ended with {status}: {complaint}")]
    Failed {
        /// The program.
        program: String,
        /// How it ended.
        status: ExitStatus,
        /// The end of what it said on standard error.
        complaint: String,
    },
}

/// Runs `command` with `input` on its standard input and gives its standard output, at its beginning.
///
/// Waits: not for a thread that anybody waits for. `is_stopped` is asked some times a second.
///
/// # Errors
/// When there is no whole output within the limits. The program has ended then, too.
pub fn run(
    command: &mut Command,
    input: &[u8],
    limits: Limits,
    is_stopped: &dyn Fn() -> bool,
) -> Result<File, ChildError> {
    let program = command.get_program().to_string_lossy().into_owned();
    let memory = |source| ChildError::Memory {
        program: program.clone(),
        source,
    };
    let mut written = in_memory().map_err(memory)?;
    written.write_all(input).map_err(memory)?;
    written.rewind().map_err(memory)?;
    let (mut output, mut complaint) = (in_memory().map_err(memory)?, in_memory().map_err(memory)?);
    let mut child = command
        .stdin(written)
        .stdout(Stdio::from(output.try_clone().map_err(memory)?))
        .stderr(Stdio::from(complaint.try_clone().map_err(memory)?))
        .spawn()
        .map_err(|source| ChildError::NotStarted {
            program: program.clone(),
            source,
        })?;
    let begun = Instant::now();
    let size = |file: &File| file.metadata().map_or(0, |metadata| metadata.len());
    let status = loop {
        let too_long = size(&output).max(size(&complaint)) > limits.bytes;
        let fault = match child.try_wait().map_err(memory)? {
            Some(_) if too_long => long(&program, limits),
            Some(status) => break status,
            None if is_stopped() => ChildError::Stopped(program.clone()),
            None if too_long => long(&program, limits),
            None if begun.elapsed() >= limits.time => ChildError::Slow {
                program: program.clone(),
                limit: limits.time,
            },
            None => {
                thread::sleep(LOOK);
                continue;
            }
        };
        // One that has ended by itself meanwhile cannot be ended, which is as good.
        drop(child.kill());
        drop(child.wait());
        return Err(fault);
    };
    if !status.success() {
        let from = size(&complaint).saturating_sub(LONGEST_COMPLAINT);
        let mut said = Vec::new();
        drop(
            complaint
                .seek(io::SeekFrom::Start(from))
                .and_then(|_| complaint.take(LONGEST_COMPLAINT).read_to_end(&mut said)),
        );
        return Err(ChildError::Failed {
            program,
            status,
            complaint: String::from_utf8_lossy(&said).trim().to_owned(),
        });
    }
    output.rewind().map_err(memory)?;
    Ok(output)
}

fn long(program: &str, limits: Limits) -> ChildError {
    ChildError::Long {
        program: program.to_owned(),
        limit: limits.bytes,
    }
}

/// Bytes as a file in memory.
///
/// # Errors
/// When the system gives none.
pub fn held(bytes: &[u8]) -> io::Result<File> {
    let mut file = in_memory()?;
    file.write_all(bytes)?;
    file.rewind()?;
    Ok(file)
}

fn in_memory() -> io::Result<File> {
    Ok(File::from(memfd_create("motcua", MemfdFlags::CLOEXEC)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str, limits: Limits) -> Result<String, ChildError> {
        let mut text = String::new();
        run(
            Command::new("sh").args(["-c", script]),
            b"read me",
            limits,
            &|| false,
        )?
        .read_to_string(&mut text)
        .unwrap();
        Ok(text)
    }

    const ROOMY: Limits = Limits {
        time: Duration::from_secs(60),
        bytes: 1_000_000,
    };

    #[test]
    fn what_is_read_and_written_goes_through() {
        assert_eq!(sh("cat; echo !", ROOMY).unwrap(), "read me!\n");
    }

    #[test]
    fn a_failure_says_why() {
        let error = sh("echo no paper >&2; exit 3", ROOMY).unwrap_err();
        assert!(error.to_string().ends_with("3: no paper"), "{error}");
        let mut command = Command::new("/nonexistent/program");
        let error = run(&mut command, b"", ROOMY, &|| false).unwrap_err();
        assert!(matches!(error, ChildError::NotStarted { .. }), "{error}");
    }

    #[test]
    fn one_that_never_ends_is_ended() {
        let short = Limits {
            time: Duration::from_millis(50),
            ..ROOMY
        };
        // Its own child holds what it writes to, and is not waited for.
        let error = sh("sleep 30 & wait", short).unwrap_err();
        assert!(matches!(error, ChildError::Slow { .. }), "{error}");
        let error = sh("while :; do echo yes; done", ROOMY).unwrap_err();
        assert!(matches!(error, ChildError::Long { .. }), "{error}");
        let error = run(Command::new("sleep").arg("30"), b"", ROOMY, &|| true).unwrap_err();
        assert!(matches!(error, ChildError::Stopped(_)), "{error}");
    }
}
