//! Motcua, the player: reads the command line and hands on.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod alarm;
mod alert;
mod calls;
mod card;
mod check;
mod child;
mod cli;
mod clock;
mod conductor;
mod files;
mod graphics;
mod import;
mod journal;
mod keys;
mod link;
mod loading;
mod lookup;
mod loudness;
mod measure;
mod play;
mod prepare;
mod printing;
mod probe;
mod proof;
mod push;
mod records;
mod render;
mod settings;
mod sign;
mod simulate;
mod speech;
mod subtitles;
mod sync;
mod tally;
mod tuf_client;
mod visitor;
mod volume;
mod wiping;

use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;

use clap::Parser as _;
use motcua_show::Severity;

use cli::{Cli, Command};

/// Nothing of what a visitor typed is to be found in memory once they are gone.
#[global_allocator]
static ALLOCATOR: wiping::Wiping = wiping::Wiping;

fn main() -> ExitCode {
    let cli = Cli::parse();
    // Before settings or anything else is looked at: this process has a socket and nothing else.
    if matches!(cli.command, Command::Decode) {
        return motcua_media::serve();
    }
    let play = match &cli.command {
        Command::Play(play) => Some(play),
        _ => None,
    };
    let link = match &cli.command {
        Command::Play(play) => Some(play.link.clone()),
        Command::Sync(sync) => Some(cli::Link {
            server: None,
            state: sync.state.clone(),
        }),
        Command::Tally(tally) => Some(cli::Link {
            server: None,
            state: tally.state.clone(),
        }),
        Command::Proof(proof) => Some(cli::Link {
            server: None,
            state: proof.command.state().cloned(),
        }),
        _ => None,
    };
    let settings =
        settings::Settings::gather(&cli, play, link.as_ref(), |name| std::env::var(name).ok());
    let filter = tracing_subscriber::EnvFilter::new(format!(
        "warn,winit=error,motcua={0},motcua_sync={0}",
        settings.log
    ));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    let outcome = match &cli.command {
        Command::Play(play) => play::play(play, settings),
        Command::Sync(arguments) => sync::once(arguments, &settings),
        Command::Push(arguments) => push::push(arguments),
        Command::Alert(arguments) => alert::run(arguments),
        Command::Keys(arguments) => keys::run(arguments),
        Command::Sign(arguments) => sign::sign(arguments),
        Command::TufClient(arguments) => tuf_client::run(arguments),
        Command::Lookup(arguments) => lookup::run(arguments),
        Command::Call(arguments) => calls::call(arguments, &settings),
        Command::Tally(arguments) => tally::table::run(arguments, &settings),
        Command::Proof(arguments) => proof::run(&arguments.command, &settings),
        Command::Import(arguments) => match &arguments.command {
            cli::ImportCommand::Procedures(arguments) => import::procedures(arguments),
        },
        Command::Check(check) => run_check(check),
        Command::Simulate(arguments) => simulate::run(arguments),
        Command::Measure(arguments) => measure::run(arguments),
        Command::Render(render) => render::run(render),
        Command::Probe(arguments) => probe::run(arguments),
        Command::Slip => printing::draw::run(),
        Command::Decode => Ok(ExitCode::FAILURE),
        Command::Schema { procedure } => print_schema(*procedure),
    };
    match outcome {
        Ok(code) => code,
        Err(error) => {
            eprintln!("motcua: {error:#}");
            ExitCode::from(1)
        }
    }
}

fn run_check(arguments: &cli::Check) -> anyhow::Result<ExitCode> {
    let watched = std::io::stderr().is_terminal();
    let problems = check::problems(&arguments.show, arguments.on, &mut |done, whole| {
        if watched {
            eprint!(
                "\r{}",
                if done < whole {
                    format!("looking at media {} of {whole} ", done + 1)
                } else {
                    "\x1b[K".into()
                }
            );
        }
    });
    if arguments.json {
        print_out(&serde_json::to_string_pretty(&problems)?)?;
    } else {
        let count = |severity| {
            let of_it = problems
                .iter()
                .filter(|problem| problem.severity == severity);
            of_it.count()
        };
        let mut report: String = problems
            .iter()
            .map(|problem| format!("{problem}\n"))
            .collect();
        report.push_str(&format!(
            "{}, {}",
            counted(count(Severity::Error), "error"),
            counted(count(Severity::Warning), "warning")
        ));
        if count(Severity::Note) > 0 {
            report.push_str(&format!(", {}", counted(count(Severity::Note), "note")));
        }
        print_out(&report)?;
    }
    let broken = problems
        .iter()
        .any(|problem| problem.severity == Severity::Error);
    Ok(if broken {
        ExitCode::from(1)
    } else {
        ExitCode::SUCCESS
    })
}

fn print_schema(procedure: bool) -> anyhow::Result<ExitCode> {
    let schema = if procedure {
        motcua_show::schema::procedure_schema()
    } else {
        motcua_show::schema::schema()
    };
    print_out(&serde_json::to_string_pretty(&schema)?)?;
    Ok(ExitCode::SUCCESS)
}

fn counted(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// Writes to standard output. A reader that has seen enough, such as `head`, is no fault.
fn print_out(text: &str) -> std::io::Result<()> {
    match writeln!(std::io::stdout().lock(), "{text}") {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        outcome => outcome,
    }
}
