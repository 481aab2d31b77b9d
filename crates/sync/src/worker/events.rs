//! Reads what the server pushes (server-sent events): look now, a command, or an alert.
//!
//! A thread of its own that blocks on the connection. Nothing depends on it but how soon the screen looks.

use std::io::{self, BufRead as _, BufReader, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use super::ToWorker;
use super::alerts::Alerts;
use super::backoff::Backoff;
use crate::api::CommandOrder;
use crate::source::{Source, SourceError};

/// The server says something at least every 25 s; three times that and the line is dead.
const SILENCE: Duration = Duration::from_secs(75);

/// The longest line that is read.
const LONGEST_LINE: u64 = crate::alert::LONGEST as u64 + 1024;

/// A connection that lasted so long was a good one.
const GOOD: Duration = Duration::from_secs(60);

/// Starts the thread. It ends with the process or at the first event after `stop`: a read that blocks
/// cannot be called back.
pub(super) fn start(
    source: Arc<Source>,
    orders: Sender<ToWorker>,
    alerts: Arc<Alerts>,
    stop: Arc<AtomicBool>,
) -> io::Result<()> {
    let run = move || {
        let mut backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(60));
        while !stop.load(Ordering::Relaxed) {
            let since = Instant::now();
            match listen(&source, &orders, &alerts, &stop) {
                Ok(()) => {
                    tracing::debug!("the server ended the stream of events; connecting again")
                }
                Err(error) => {
                    tracing::debug!(%error, "no events from the server; connecting again")
                }
            }
            if since.elapsed() > GOOD {
                backoff.succeed();
            }
            nap(backoff.fail(), &stop);
        }
    };
    std::thread::Builder::new()
        .name("sync-events".into())
        .spawn(run)
        .map(drop)
}

/// Sleeps in pieces, so that a worker that ended does not leave a thread behind for long.
fn nap(wait: Duration, stop: &AtomicBool) {
    let until = Instant::now() + wait;
    while !stop.load(Ordering::Relaxed) {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return;
        }
        std::thread::sleep(left.min(Duration::from_millis(200)));
    }
}

fn listen(
    source: &Source,
    orders: &Sender<ToWorker>,
    alerts: &Alerts,
    stop: &AtomicBool,
) -> Result<(), SourceError> {
    let Some(server) = source.server() else {
        return Ok(());
    };
    let mut lines = BufReader::new(server.events("screen/events", SILENCE)?);
    // What was pushed while nobody listened is lost.
    say(orders, stop, ToWorker::Look);
    let mut event = Event::default();
    while !stop.load(Ordering::Relaxed) {
        let read =
            read_line(&mut lines).map_err(|cause| SourceError::of_io(server.server(), cause))?;
        let Some(line) = read else { return Ok(()) };
        if stop.load(Ordering::Relaxed) {
            // What follows is another worker's.
            return Ok(());
        }
        match event.line(&line) {
            Some(Pushed::Order(order)) => say(orders, stop, order),
            // On this thread, because the worker's own may be in the middle of a download.
            Some(Pushed::Alert(envelope)) => alerts.came(&envelope),
            None => {}
        }
    }
    Ok(())
}

fn say(orders: &Sender<ToWorker>, stop: &AtomicBool, order: ToWorker) {
    if orders.send(order).is_err() {
        stop.store(true, Ordering::Relaxed);
    }
}

/// The next line without its end; none at the end of the stream.
fn read_line(lines: &mut BufReader<impl Read>) -> io::Result<Option<String>> {
    let mut line = Vec::new();
    let read = lines
        .by_ref()
        .take(LONGEST_LINE)
        .read_until(b'\n', &mut line)?;
    if read == 0 {
        return Ok(None);
    }
    if line.pop() != Some(b'\n') {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "a line of the events has no end",
        ));
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    Ok(Some(String::from_utf8_lossy(&line).into_owned()))
}

/// What an event means.
#[derive(Debug)]
enum Pushed {
    Order(ToWorker),
    /// The envelope of an alert, which nobody has looked at yet.
    Alert(String),
}

/// An event that comes in line by line (HTML standard, section 9.2, what our server uses of it).
#[derive(Debug, Default)]
struct Event {
    name: String,
    data: String,
}

impl Event {
    /// Takes a line; what to do if it ends an event that means something.
    fn line(&mut self, line: &str) -> Option<Pushed> {
        if line.is_empty() {
            let ended = std::mem::take(self);
            return ended.pushed();
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.name),
            "data" if self.data.len() < LONGEST_LINE as usize => {
                if !self.data.is_empty() {
                    self.data.push('\n');
                }
                self.data.push_str(value);
            }
            // A comment keeps the line alive; other fields mean nothing to a screen.
            _ => {}
        }
        None
    }

    fn pushed(self) -> Option<Pushed> {
        if self.name == "alert" {
            return Some(Pushed::Alert(self.data));
        }
        self.order().map(Pushed::Order)
    }

    fn order(self) -> Option<ToWorker> {
        match self.name.as_str() {
            "look" => Some(ToWorker::Look),
            "command" => match serde_json::from_str::<CommandOrder>(&self.data) {
                Ok(order) if is_plain(&order.id) => Some(ToWorker::CommandCame(order)),
                Ok(_) => {
                    tracing::warn!("the server sent a command whose id is none; it is passed over");
                    None
                }
                Err(error) => {
                    tracing::warn!(%error, "the server sent a command that this version does not know; update the player");
                    None
                }
            },
            _ => None,
        }
    }
}

/// Ids become a part of an address.
fn is_plain(id: &str) -> bool {
    (1..=64).contains(&id.len())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_come_line_by_line() {
        let stream = ": hello\r\n\r\nevent: look\n\nevent: command\ndata: {\"id\":\"7\",\ndata: \"command\":\"sync-now\"}\n\n\
                      event: command\ndata: nonsense\n\nevent: alert\ndata: {}\n\nevent: unknown\n\nevent: look\n";
        let mut lines = BufReader::new(stream.as_bytes());
        let mut event = Event::default();
        let mut orders = Vec::new();
        while let Some(line) = read_line(&mut lines).unwrap() {
            orders.extend(event.line(&line));
        }
        assert!(
            matches!(
                orders.as_slice(),
                [
                    Pushed::Order(ToWorker::Look),
                    Pushed::Order(ToWorker::CommandCame(order)),
                    Pushed::Alert(envelope)
                ] if order.id == "7" && envelope == "{}"
            ),
            "{orders:?}"
        );
    }

    #[test]
    fn an_endless_line_is_refused() {
        let mut lines = BufReader::new(io::repeat(b'x'));
        assert!(read_line(&mut lines).is_err());
    }
}
