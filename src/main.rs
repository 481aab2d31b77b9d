//! Motcua, the player: reads the command line and hands on.

mod card;
mod check;
mod cli;
mod clock;
mod conductor;
mod journal;
mod loading;
mod play;
mod prepare;
mod render;
mod settings;

use std::io::IsTerminal as _;
use std::process::ExitCode;

use clap::Parser as _;
use motcua_show::Severity;

use cli::{Cli, Command};

fn main() -> ExitCode {
    let cli = Cli::parse();
    let play = match &cli.command {
        Command::Play(play) => Some(play),
        _ => None,
    };
    let settings = settings::Settings::gather(&cli, play, |name| std::env::var(name).ok());
    let filter = tracing_subscriber::EnvFilter::new(format!("warn,winit=error,motcua={0}", settings.log));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    let outcome = match &cli.command {
        Command::Play(play) => play::play(play, settings),
        Command::Check(check) => run_check(check),
        Command::Render(render) => render::run(render),
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
    let problems = check::problems(&arguments.show, &mut |done, whole| {
        if watched {
            eprint!("\r{}", if done < whole { format!("looking at media {} of {whole} ", done + 1) } else { "\x1b[K".into() });
        }
    });
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&problems)?);
    } else {
        for problem in &problems {
            println!("{problem}");
        }
        let errors = problems.iter().filter(|problem| problem.severity == Severity::Error).count();
        println!("{} errors, {} warnings", errors, problems.len() - errors);
    }
    let broken = problems.iter().any(|problem| problem.severity == Severity::Error);
    Ok(if broken { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

fn print_schema(procedure: bool) -> anyhow::Result<ExitCode> {
    let schema = if procedure { motcua_show::schema::procedure_schema() } else { motcua_show::schema::schema() };
    println!("{}", serde_json::to_string_pretty(&schema)?);
    Ok(ExitCode::SUCCESS)
}
