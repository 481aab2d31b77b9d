//! Tells the server what became of alerts, on a thread of its own: neither the next alert, nor a download, nor
//! the player waits for it. What the server does not take is sent again for some minutes, then it is dropped.

use std::collections::VecDeque;
use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use motcua_show::alert::AlertId;

use super::Alerts;
use crate::api::alerts::{AlertAnswer, AlertOutcome};
use crate::source::{Source, SourceError};
use crate::worker::backoff::Backoff;

/// How often an answer is sent that the server does not take.
const TRIES: u32 = 12;

/// What became of an alert.
pub(super) struct Answer {
    pub(super) id: AlertId,
    pub(super) answer: AlertAnswer,
}

/// Starts the thread; it ends with the alerts.
pub(super) fn start(
    source: Arc<Source>,
    alerts: &Arc<Alerts>,
    answers: Receiver<Answer>,
) -> io::Result<()> {
    let alerts = Arc::downgrade(alerts);
    std::thread::Builder::new()
        .name("sync-alerts".into())
        .spawn(move || send_all(&source, &alerts, &answers))
        .map(drop)
}

fn send_all(source: &Source, alerts: &Weak<Alerts>, answers: &Receiver<Answer>) {
    let mut waiting: VecDeque<Answer> = VecDeque::new();
    let mut backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(60));
    let (mut due, mut tries) = (Instant::now(), 0);
    loop {
        let left = due.saturating_duration_since(Instant::now());
        let came = if waiting.is_empty() {
            answers.recv().map_err(|_| RecvTimeoutError::Disconnected)
        } else {
            answers.recv_timeout(left)
        };
        match came {
            // What was seen is noted at once, also while the server is out of reach.
            Ok(answer) => waiting.extend(noted(answer, alerts)),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        while let Some(Answer { id, answer }) = waiting.front().filter(|_| Instant::now() >= due) {
            tries += 1;
            match send(source, id, answer) {
                Ok(()) => backoff.succeed(),
                Err(error) if tries >= TRIES || is_final(&error) => {
                    tracing::warn!(%id, %error, "the server does not hear what became of an alert");
                    backoff.succeed();
                }
                Err(error) => {
                    tracing::debug!(%id, %error, "the server did not hear what became of an alert; trying again");
                    due = Instant::now() + backoff.fail();
                    break;
                }
            }
            tries = 0;
            waiting.pop_front();
        }
    }
}

/// The answer, if it is to be sent: that an alert is on the display is told once.
fn noted(answer: Answer, alerts: &Weak<Alerts>) -> Option<Answer> {
    let is_new = answer.answer.outcome != AlertOutcome::Shown
        || alerts
            .upgrade()
            .is_some_and(|alerts| alerts.note_shown(&answer.id));
    is_new.then_some(answer)
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
    matches!(
        error,
        SourceError::Refused { status, .. } if (400..500).contains(status) && ![408, 429].contains(status)
    )
}
