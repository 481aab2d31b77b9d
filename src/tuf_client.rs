//! `motcua tuf-client`: the TUF client by itself, as conformance tests drive it.

use std::process::ExitCode;

use anyhow::Context as _;
use jiff::Timestamp;
use motcua_sync::tuf::command::{self, Action};

use crate::cli::{TufClient, TufCommand};

/// Does one action.
///
/// # Errors
/// When an argument is missing, or nothing that can be trusted was found.
pub fn run(arguments: &TufClient) -> anyhow::Result<ExitCode> {
    let folder = arguments
        .metadata_dir
        .as_deref()
        .context("--metadata-dir is missing: the folder with the trusted metadata")?;
    let metadata_url = || {
        arguments
            .metadata_url
            .clone()
            .context("--metadata-url is missing: where metadata are fetched from")
    };
    let action = match &arguments.command {
        TufCommand::Init { root } => Action::Init {
            trusted_root: root.clone(),
        },
        TufCommand::Refresh => Action::Refresh {
            metadata_url: metadata_url()?,
        },
        TufCommand::Download => Action::Download {
            metadata_url: metadata_url()?,
            target_names: arguments.target_name.clone(),
            target_base_url: arguments
                .target_base_url
                .clone()
                .context("--target-base-url is missing: where targets are fetched from")?,
            target_dir: arguments
                .target_dir
                .clone()
                .context("--target-dir is missing: the folder for targets")?,
        },
    };
    command::run(folder, &action, Timestamp::now())?;
    Ok(ExitCode::SUCCESS)
}
