//! `motcua sync --once`: one round of the worker, said in sentences.

use std::process::ExitCode;

use motcua_sync::worker::{self, Origin};

use crate::cli::Sync;
use crate::link::{StateError, Tie};
use crate::print_out;
use crate::settings::Settings;

/// Looks for a release, fetches it and says what was done.
///
/// # Errors
/// When the screen was never taken by a server, or its state cannot be used.
pub fn once(arguments: &Sync, settings: &Settings) -> anyhow::Result<ExitCode> {
    let mut settings = settings.clone();
    // Where it looks is what the screen was paired with, whatever the settings say by now.
    settings.server = None;
    let worker = match Tie::of(&settings) {
        Ok(tie) => tie.worker_settings(&settings),
        Err(StateError::NoServer) => None,
        Err(error) => return Err(error.into()),
    };
    let Some(mut worker) = worker else {
        anyhow::bail!(
            "no server has taken this screen (its state would lie in {}); start `motcua play --server https://…` \
             and have its code accepted",
            settings.state.display()
        );
    };
    if let Some(folder) = &arguments.from {
        worker.origin = Origin::Folder(folder.clone());
    }
    let report = worker::sync_once(&worker)?;
    for sentence in report.sentences() {
        print_out(&sentence)?;
    }
    Ok(if report.error.is_none() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    })
}
