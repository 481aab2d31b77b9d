//! `motcua play`: the screen on this thread, the conductor on another.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use motcua_screen::{ScreenSettings, ToScreen};
use motcua_show::stage::Mode;

use crate::card;
use crate::cli::Play;
use crate::conductor::{self, Performance, Told};
use crate::journal::Journal;
use crate::loading;
use crate::settings::Settings;

/// Plays a show until it is stopped or, with `--once`, is over.
///
/// # Errors
/// Without a display.
pub fn play(arguments: &Play, settings: Settings) -> anyhow::Result<ExitCode> {
    let loaded = loading::read(&arguments.show);
    let usable = loaded.show.is_some();
    let show = Arc::new(loaded.show.clone().unwrap_or_else(card::empty_show));
    let diagonal_inches = show.screen.diagonal_inches;
    let placement = settings.placement;
    let mode = if arguments.once {
        Mode::Once
    } else {
        Mode::Loop
    };
    let journal = Journal {
        wanted: arguments.events,
    };
    let performance = Performance {
        loaded,
        settings,
        at: arguments.at,
        mode,
        journal,
    };
    let (sender, receiver) = conductor::channel();
    let tell = sender.clone();
    let first = Box::new(move |viewport, words: &_| card::first(&show, viewport, words));
    let mut conducting = None;
    motcua_screen::run(
        ScreenSettings {
            placement,
            diagonal_inches,
            first,
        },
        |screen| {
            let started = std::thread::Builder::new()
                .name("conductor".into())
                .spawn(move || {
                    if let Err(error) = conductor::conduct(performance, &screen, (sender, receiver))
                    {
                        tracing::error!("the performance ended: {error}");
                        screen.send(ToScreen::Quit);
                    }
                });
            conducting = Some(started);
        },
        move |event| drop(tell.send(Told::Screen(event))),
    )?;
    if let Some(started) = conducting {
        // A conductor that panicked has said so on standard error already.
        let _ended = started.context("no thread for the conductor")?.join();
    }
    Ok(if usable || !arguments.once {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    })
}
