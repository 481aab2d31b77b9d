//! The server's commands: each is done once, and its result is sent until the server has it.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::backoff::Backoff;
use super::server;
use crate::api::{CommandOrder, CommandResult};
use crate::source::{HttpSource, SourceError};

/// How many commands are remembered, so that one which comes twice is done once.
const KEPT: usize = 256;

/// How often a result is sent that the server does not take.
const TRIES: u32 = 20;

/// The commands that came, and the results that are on their way.
pub(super) struct Commands {
    came: VecDeque<String>,
    answers: VecDeque<Answer>,
    due: Instant,
    backoff: Backoff,
}

struct Answer {
    id: String,
    result: CommandResult,
    tries: u32,
    /// What is done when the server has it.
    then: Option<CommandOrder>,
}

impl Default for Commands {
    fn default() -> Self {
        Self {
            came: VecDeque::new(),
            answers: VecDeque::new(),
            due: Instant::now(),
            backoff: Backoff::new(Duration::from_secs(1), Duration::from_secs(60)),
        }
    }
}

impl Commands {
    /// Whether a command of this id comes for the first time: one that was not acknowledged in time comes again.
    pub(super) fn is_first(&mut self, id: &str) -> bool {
        let is_first = !self.came.iter().any(|came| came == id);
        if is_first {
            self.came.push_back(id.to_owned());
        }
        if self.came.len() > KEPT {
            self.came.pop_front();
        }
        is_first
    }

    /// Sends what became of a command.
    pub(super) fn answer(&mut self, id: String, result: CommandResult) {
        self.put(Answer {
            id,
            result,
            tries: 0,
            then: None,
        });
    }

    /// Acknowledges a command, and does it when the server has heard that.
    pub(super) fn answer_then(&mut self, order: CommandOrder, message: &str) {
        let result = CommandResult {
            done: true,
            message: message.to_owned(),
            picture: None,
        };
        self.put(Answer {
            id: order.id.clone(),
            result,
            tries: 0,
            then: Some(order),
        });
    }

    /// When something is to be sent, if anything is.
    pub(super) fn due(&self) -> Option<Instant> {
        (!self.answers.is_empty()).then_some(self.due)
    }

    /// Sends what is due.
    pub(super) fn send(&mut self, server: &HttpSource, then: &mut dyn FnMut(CommandOrder)) {
        while Instant::now() >= self.due {
            let Some(mut answer) = self.answers.pop_front() else {
                return;
            };
            match server::answer(server, &answer.id, &answer.result) {
                Ok(()) => {
                    self.backoff.succeed();
                    answer.then.into_iter().for_each(&mut *then);
                }
                Err(error) if is_final(&error) || answer.tries >= TRIES => {
                    tracing::warn!(id = %answer.id, %error, "the server does not take the result of a command");
                }
                Err(_) => {
                    answer.tries += 1;
                    self.answers.push_front(answer);
                    self.due = Instant::now() + self.backoff.fail();
                }
            }
        }
    }

    fn put(&mut self, answer: Answer) {
        self.answers.push_back(answer);
        self.due = self.due.min(Instant::now());
    }
}

/// Whether the server will never take it.
fn is_final(error: &SourceError) -> bool {
    match error {
        SourceError::Refused { status, .. } => {
            (400..500).contains(status) && ![408, 429].contains(status)
        }
        SourceError::BadName(_) => true,
        _ => false,
    }
}
