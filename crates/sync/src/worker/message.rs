//! What the worker is told, and what it tells.

use std::sync::Arc;

use jiff::SignedDuration;
use motcua_show::alert::{AlertId, Incoming};
use motcua_show::release::{ReleasePath, Sha256Hex};

use super::RoundReport;
use crate::api::{CommandOrder, CommandResult, Progress};
use crate::store::Held;

/// What the worker is told.
#[derive(Debug, Clone)]
pub enum ToWorker {
    /// Look for a release now.
    Look,
    /// The release of this hash is on screen, so that the one before it is needed no longer.
    Played(Sha256Hex),
    /// What is on the display and what is wrong, for the heartbeat.
    Showing {
        /// The item.
        item: Option<String>,
        /// What is wrong, as sentences.
        problems: Vec<String>,
    },
    /// How pictures are composed, and why so, for the heartbeat.
    Graphics(String),
    /// Whether the screen's clock is plainly wrong, so that only what has no window plays, for the heartbeat.
    ClockDoubted(bool),
    /// What became of a command.
    CommandDone {
        /// The id that came with it.
        id: String,
        /// What became of it.
        result: CommandResult,
    },
    /// A command came from the server; the worker's own event reader says so.
    CommandCame(CommandOrder),
    /// An alert is on the display.
    AlertShown(AlertId),
    /// End.
    Stop,
}

/// What the worker tells.
#[derive(Debug, Clone)]
pub enum FromWorker {
    /// This release is current, whole and verified; show it from the next item on, then say
    /// [`ToWorker::Played`].
    Release(Arc<Held>),
    /// The server tells the screen to do something; answer with [`ToWorker::CommandDone`]. A restart is
    /// answered already, lest the next start be told to restart again; `sync-now` is not told at all.
    Command(CommandOrder),
    /// How far a download is.
    Progress(Progress),
    /// A round is over.
    Round(Arc<RoundReport>),
    /// The server's clock is so much ahead of this machine's, to some milliseconds. Only where time is kept.
    ServerAhead(SignedDuration),
    /// These files of the current release are damaged; keep them off screen.
    Damaged(Vec<ReleasePath>),
    /// These files of the current release are good again.
    Repaired(Vec<ReleasePath>),
    /// An alert that was verified and let in: it comes once, and after a start again while it lasts. Answer with
    /// [`ToWorker::AlertShown`] when it is on the display.
    Alert(Box<Incoming>),
    /// The key of this alert may alert no more; take it away.
    AlertWithdrawn(AlertId),
}
