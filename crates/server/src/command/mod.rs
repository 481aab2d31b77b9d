//! The command line. `run` is the server; everything else talks to a running one over HTTP, so that it does
//! the same on the server's machine and from a desk.

mod alert_keys;
mod keys;
mod people;
mod proof;
mod screens;
mod serve;
mod stick;
mod units;

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};
use tracing_subscriber::EnvFilter;

use motcua_sync::access::{Access, Named};

/// The central server of Motcua: publishes signed shows to screens.
#[derive(Debug, Parser)]
#[command(name = "motcua-server", version, propagate_version = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// How the log is written to the standard error output.
    #[arg(long, global = true, value_enum, default_value_t = LogFormat::Text)]
    log_format: LogFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line, for programs.
    Json,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server. Without any setting it makes everything that it needs in the data folder.
    Run(serve::Run),
    /// The tree of units.
    #[command(subcommand)]
    Units(units::Units),
    /// The screens: list, accept, move, revoke, command.
    #[command(subcommand)]
    Screens(screens::Screens),
    /// Tokens for people and programs.
    #[command(subcommand)]
    Tokens(people::Tokens),
    /// Proof of play: reports, proofs to take away, roots of days.
    #[command(subcommand)]
    Proof(proof::Proof),
    /// Write the repository into a folder or onto a stick.
    Export(stick::Export),
    /// Write what waits for signatures into a file, for `motcua sign`.
    ExportUnsigned(keys::ExportUnsigned),
    /// Take a signed file back, and publish what has all its signatures.
    ImportSigned(keys::ImportSigned),
    /// The keys that sign.
    #[command(subcommand)]
    Keys(keys::Keys),
}

/// Which server to talk to.
#[derive(Debug, Args)]
struct Target {
    /// The server's address; that of the server in the data folder without it.
    #[arg(long, env = "MOTCUA_SERVER", value_name = "URL")]
    server: Option<String>,
    /// The token; the first administrator's in the data folder without it.
    #[arg(long, env = "MOTCUA_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// The server's certificate authority, a PEM file; that in the data folder without it.
    #[arg(long, env = "MOTCUA_CA", value_name = "FILE")]
    ca: Option<PathBuf>,
    /// The data folder of a server on this machine.
    #[arg(
        long,
        env = "MOTCUA_DATA",
        default_value = "motcua-data",
        value_name = "DIR"
    )]
    data: PathBuf,
}

/// Reads the command line and does it. 0: done; 1: it did not work, a sentence says why; 2: wrong arguments.
#[must_use]
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    log_to_stderr(arguments.log_format);
    let done = match arguments.command {
        Command::Run(run) => run.serve(),
        Command::Units(units) => units.run(),
        Command::Screens(screens) => screens.run(),
        Command::Tokens(tokens) => tokens.run(),
        Command::Proof(proof) => proof.run(),
        Command::Export(export) => export.run(),
        Command::ExportUnsigned(export) => export.run(),
        Command::ImportSigned(import) => import.run(),
        Command::Keys(keys) => keys.run(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("motcua-server: {error:#}");
            ExitCode::FAILURE
        }
    }
}

impl Target {
    fn access(&self) -> anyhow::Result<Access> {
        let named = Named {
            server: self.server.clone(),
            token: self.token.clone(),
            ca: self.ca.clone(),
            data: self.data.clone(),
        };
        Ok(Access::new(&named)?)
    }
}

fn log_to_stderr(format: LogFormat) {
    let filter = EnvFilter::try_from_env("MOTCUA_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    match format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
}
