//! Tells the server what became of alerts, on a thread of its own: neither the next alert nor a download waits
//! for it. What the server does not take is sent again for some minutes, then it is dropped.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::Duration;

use motcua_show::alert::AlertId;

use crate::api::alerts::{AlertAnswer, AlertOutcome};
use crate::source::{Source, SourceError};
use crate::worker::backoff::Backoff;

/// How often an answer is sent that the server does not take.
const TRIES: u32 = 12;

/// What tells the server.
pub(super) struct Answers(Sender<(AlertId, AlertAnswer)>);

impl Answers {
    /// Starts the thread; it ends when this is dropped.
    pub(super) fn start(source: Arc<Source>) -> io::Result<Self> {
        let (sender, receiver) = mpsc::channel();
        if source.server().is_some() {
            std::thread::Builder::new()
                .name("sync-alerts".into())
                .spawn(move || send_all(&source, &receiver))?;
        }
        Ok(Self(sender))
    }

    /// Says what became of an alert. Without a server nobody hears it.
    pub(super) fn say(&self, id: AlertId, outcome: AlertOutcome, why: Option<String>) {
        drop(self.0.send((id, AlertAnswer { outcome, why })));
    }
}

fn send_all(source: &Source, answers: &Receiver<(AlertId, AlertAnswer)>) {
    while let Ok((id, answer)) = answers.recv() {
        let mut backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(60));
        for attempt in 1..=TRIES {
            match send(source, &id, &answer) {
                Ok(()) => break,
                Err(error) if attempt == TRIES || is_final(&error) => {
                    tracing::warn!(%id, %error, "the server does not hear what became of an alert");
                    break;
                }
                Err(error) => {
                    tracing::debug!(%id, %error, "the server did not hear what became of an alert; trying again");
                    std::thread::sleep(backoff.fail());
                }
            }
        }
    }
}

fn send(source: &Source, id: &AlertId, answer: &AlertAnswer) -> Result<(), SourceError> {
    let Some(server) = source.server() else {
        return Ok(());
    };
    // A plain struct, which serde_json always writes.
    let body = serde_json::to_vec(answer).unwrap_or_default();
    server.post(&format!("screen/alerts/{id}"), &body, None)
}

/// Whether the server would say no again.
fn is_final(error: &SourceError) -> bool {
    matches!(error, SourceError::Refused { status, .. } if (400..500).contains(status) && ![408, 429].contains(status))
}
