//! `motcua play`: the screen on this thread, the conductor on another.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use jiff::tz::TimeZone;
use motcua_screen::{ScreenSettings, ToScreen};
use motcua_show::stage::Mode;

use crate::card;
use crate::cli::Play;
use crate::clock::Clock;
use crate::conductor::{self, Outcome, Performance, Told};
use crate::graphics;
use crate::journal::Journal;
use crate::link::{self, StateError, Tie};
use crate::loading::{self, Loaded};
use crate::settings::Settings;

/// Plays a show until it is stopped or, with `--once`, is over.
///
/// # Errors
/// Without a display, and where a screen that belongs to a server is to play something else.
pub fn play(arguments: &Play, settings: Settings) -> anyhow::Result<ExitCode> {
    // Programs take a while to load: one decoder for looking at the media, one for the first item.
    motcua_media::start_ahead();
    let Opening { loaded, tie, fault } = what_to_play(arguments, &settings)?;
    motcua_media::start_ahead();
    let read = loaded.as_ref().map(|loaded| loaded.show.as_ref());
    let usable = read.is_none_or(|show| show.is_some());
    let unit = tie.as_ref().and_then(Tie::unit);
    let show = read.flatten().cloned();
    let show = Arc::new(show.unwrap_or_else(|| card::empty_show(unit)));
    let diagonal_inches = show.screen.diagonal_inches;
    let placement = settings.placement;
    let choice = graphics::choose(settings.graphics, &settings.state);
    let graphics = choice.graphics;
    let mode = if arguments.once {
        Mode::Once
    } else {
        Mode::Loop
    };
    let journal = Journal {
        wanted: arguments.events,
    };
    let zone = TimeZone::get(&show.timezone).unwrap_or(TimeZone::UTC);
    let clock = Clock::new(zone, arguments.at);
    let performance = Performance {
        loaded,
        tie,
        fault,
        settings,
        at: arguments.at,
        graphics_reason: choice.reason,
        drill: arguments.drill.map(Duration::from_secs),
        mode,
        journal,
    };
    let (sender, receiver) = conductor::channel();
    let tell = sender.clone();
    let first = Box::new(move |viewport, words: &_| {
        card::first(&show, viewport, words, clock.now().datetime())
    });
    let mut conducting = None;
    motcua_screen::run(
        ScreenSettings {
            placement,
            graphics,
            diagonal_inches,
            first,
        },
        |screen| {
            let started = std::thread::Builder::new()
                .name("conductor".into())
                .spawn(move || {
                    conductor::conduct(performance, &screen, (sender, receiver)).unwrap_or_else(
                        |error| {
                            tracing::error!("the performance ended: {error}");
                            screen.send(ToScreen::Quit);
                            Outcome::Over
                        },
                    )
                });
            conducting = Some(started);
        },
        move |event| drop(tell.send(Told::Screen(event))),
    )?;
    if let Some(started) = conducting {
        // A conductor that panicked has said so on standard error already.
        let ended = started.context("no thread for the conductor")?.join();
        if ended.is_ok_and(|outcome| outcome == Outcome::Restart) {
            return Err(start_again());
        }
    }
    Ok(if usable || !arguments.once {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    })
}

/// What a performance starts with.
struct Opening {
    loaded: Option<Loaded>,
    tie: Option<Tie>,
    /// Why a screen of a server cannot be tied to it.
    fault: Option<String>,
}

/// The show that was named, or that of the server that the screen belongs to.
fn what_to_play(arguments: &Play, settings: &Settings) -> anyhow::Result<Opening> {
    if let Some(path) = &arguments.show {
        // A screen that cannot tell whether it is paired counts as paired.
        if let Some(identity) = link::paired(settings)? {
            bail!(
                "this screen belongs to {} and plays only what is signed for it there, not {}; draw a show with \
                 `motcua render`, or send it with `motcua push`",
                identity.server,
                path.display()
            );
        }
        return Ok(Opening {
            loaded: Some(loading::read(path)),
            tie: None,
            fault: None,
        });
    }
    if arguments.drill.is_some() {
        bail!("an exercise needs a show's folder: what a server's screens show is signed");
    }
    match Tie::of(settings) {
        Ok(tie) => Ok(Opening {
            loaded: tie.current().map(loading::read_release),
            tie: Some(tie),
            fault: None,
        }),
        // What was asked for on the command line is refused there; a kiosk plays on and says what is wrong.
        Err(error @ (StateError::NoServer | StateError::OtherServer { .. })) => Err(error.into()),
        Err(error) => Ok(Opening {
            loaded: link::refuge(settings).map(loading::read_release),
            tie: None,
            fault: Some(error.to_string()),
        }),
    }
}

/// Takes the place of this process by a fresh one; returns only where that fails.
fn start_again() -> anyhow::Error {
    use std::os::unix::process::CommandExt as _;
    let program = match std::env::current_exe() {
        Ok(program) => program,
        Err(error) => {
            return anyhow::Error::new(error).context("the player's own file cannot be found");
        }
    };
    let error = std::process::Command::new(program)
        .args(std::env::args_os().skip(1))
        .exec();
    anyhow::Error::new(error).context("the player cannot be started again")
}
