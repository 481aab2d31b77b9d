//! Queue calls from a socket of this machine: any queue system, or a script, says who is asked where.
//!
//! Owns the socket and reads its lines. It must not know what becomes of a call. A line is `A015 3`, or JSON with
//! `number` and `counter`; each is answered by a line, `ok` or `error: ` with a sentence. Invariants: whoever talks
//! nonsense or nothing harms nothing; a socket that a player left behind is taken over, one that is in use is not.

use std::fs::Permissions;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::Context as _;
use motcua_show::calls::Call;

use crate::cli;
use crate::settings::Settings;

/// The longest line that is read; a call has some thirty bytes.
const LONGEST_LINE: u64 = 256;
/// Connections at a time: an office has some counters.
const MOST_CONNECTIONS: usize = 32;
/// How long somebody who reads no answer is waited for.
const PATIENCE: Duration = Duration::from_secs(5);
/// Who may call: the user and the group of the player.
const MODE: u32 = 0o660;

/// Why no calls are taken.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// The socket cannot be made.
    #[error(
        "{path}: no queue calls can be taken here: {source}; name another place in `calls_socket`"
    )]
    Socket {
        /// Where.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Another player listens there.
    #[error("{0}: another player takes queue calls here; give each its own `calls_socket`")]
    InUse(PathBuf),
}

/// The socket, while calls are taken; dropping it takes the file away.
#[derive(Debug)]
pub struct Listening {
    path: PathBuf,
}

impl Drop for Listening {
    fn drop(&mut self) {
        // Somebody may have taken it away already.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Takes calls at `path` and hands each to `take`, from threads of its own; `take` must not block.
///
/// # Errors
/// When the socket cannot be made, or another player listens there.
pub fn listen(
    path: &Path,
    take: impl Fn(Call) + Send + Sync + 'static,
) -> Result<Listening, ListenError> {
    let fault = |source| ListenError::Socket {
        path: path.to_owned(),
        source,
    };
    if UnixStream::connect(path).is_ok() {
        return Err(ListenError::InUse(path.to_owned()));
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(fault)?;
    }
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(fault(error)),
        _ => {}
    }
    let listener = UnixListener::bind(path).map_err(fault)?;
    std::fs::set_permissions(path, Permissions::from_mode(MODE)).map_err(fault)?;
    let take = Arc::new(take);
    let open = Arc::new(AtomicUsize::new(0));
    let accept = move || {
        for connection in listener.incoming() {
            match connection {
                Ok(connection) => serve_aside(connection, &take, &open),
                Err(error) => {
                    tracing::warn!(%error, "a connection to the queue calls failed");
                    // Without descriptors the next one fails at once, too.
                    thread::sleep(PATIENCE);
                }
            }
        }
    };
    thread::Builder::new()
        .name("calls".to_owned())
        .spawn(accept)
        .map_err(fault)?;
    Ok(Listening {
        path: path.to_owned(),
    })
}

/// Serves one connection on a thread of its own, unless there are too many.
fn serve_aside<T>(connection: UnixStream, take: &Arc<T>, open: &Arc<AtomicUsize>)
where
    T: Fn(Call) + Send + Sync + 'static,
{
    if open.fetch_add(1, Ordering::AcqRel) >= MOST_CONNECTIONS {
        open.fetch_sub(1, Ordering::AcqRel);
        tracing::warn!("a connection to the queue calls was refused: {MOST_CONNECTIONS} are open");
        return;
    }
    let (take, served) = (Arc::clone(take), Arc::clone(open));
    let serve = move || {
        // A caller that hangs up is no fault.
        let _ = serve(&connection, &*take);
        served.fetch_sub(1, Ordering::AcqRel);
    };
    let begun = thread::Builder::new().name("call".to_owned()).spawn(serve);
    if let Err(error) = begun {
        open.fetch_sub(1, Ordering::AcqRel);
        tracing::warn!(%error, "a connection to the queue calls was refused");
    }
}

fn serve(connection: &UnixStream, take: &impl Fn(Call)) -> io::Result<()> {
    connection.set_write_timeout(Some(PATIENCE))?;
    let mut reader = BufReader::new(connection);
    let mut writer = connection;
    loop {
        let mut line = Vec::new();
        let length = (&mut reader)
            .take(LONGEST_LINE)
            .read_until(b'\n', &mut line)?;
        if length == 0 {
            return Ok(());
        }
        if line.last() != Some(&b'\n') && length as u64 == LONGEST_LINE {
            return writer.write_all(b"error: the line is too long for a call\n");
        }
        let line = String::from_utf8_lossy(&line);
        if line.trim().is_empty() {
            continue;
        }
        let answer = match Call::read(&line) {
            Ok(call) => {
                take(call);
                "ok\n".to_owned()
            }
            Err(error) => format!("error: {error}\n"),
        };
        writer.write_all(answer.as_bytes())?;
    }
}

/// `motcua call`: calls a number, as a queue system does.
///
/// # Errors
/// When no player listens, or the call cannot be announced.
pub fn call(arguments: &cli::Call, settings: &Settings) -> anyhow::Result<ExitCode> {
    let path = arguments
        .calls_socket
        .as_ref()
        .or(settings.calls_socket.as_ref());
    let path = path.context(
        "no socket is named; give the player's with --calls-socket, or as `calls_socket` in the settings",
    )?;
    let call = Call::new(&arguments.number, &arguments.counter)?;
    let nobody = || format!("{}: no player takes queue calls here", path.display());
    let mut connection = UnixStream::connect(path).with_context(nobody)?;
    connection.set_read_timeout(Some(PATIENCE))?;
    let line = format!("{} {}\n", call.number(), call.counter());
    connection.write_all(line.as_bytes()).with_context(nobody)?;
    let mut answer = String::new();
    BufReader::new(&connection).read_line(&mut answer)?;
    match answer.trim().strip_prefix("error: ") {
        Some(error) => anyhow::bail!("{error}"),
        None if answer.trim() == "ok" => Ok(ExitCode::SUCCESS),
        None => anyhow::bail!("the player did not answer"),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    #[test]
    fn calls_are_taken_and_nonsense_is_answered() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run/calls");
        let (sender, calls) = channel();
        let listening = listen(&path, move |call| sender.send(call).unwrap()).unwrap();
        assert!(matches!(listen(&path, |_| {}), Err(ListenError::InUse(_))));
        let mut connection = UnixStream::connect(&path).unwrap();
        let mut answers = BufReader::new(connection.try_clone().unwrap()).lines();
        let mut say = |line: &[u8]| {
            connection.write_all(line).unwrap();
            answers.next().unwrap().unwrap()
        };
        assert_eq!(say(b"A015 3\n"), "ok");
        assert_eq!(calls.recv().unwrap(), Call::new("A015", "3").unwrap());
        assert!(say(b"A015\n").starts_with("error: "));
        assert!(say(b"\xff\xfe <b>\n").starts_with("error: "));
        assert_eq!(say(b"\n\n{\"number\":\"b7\",\"counter\":\"Hai\"}\n"), "ok");
        assert_eq!(calls.recv().unwrap(), Call::new("B7", "Hai").unwrap());
        assert!(say(&[b'A'; 1000]).starts_with("error: "));
        drop(listening);
        assert!(!path.exists());
        // What a player that was killed leaves behind is taken over.
        drop(UnixListener::bind(&path).unwrap());
        assert!(path.exists());
        listen(&path, |_| {}).unwrap();
    }
}
