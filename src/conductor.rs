//! The event loop off the UI thread: it feeds the stage with what happens and carries its effects out.
//!
//! The stage decides; this thread owns time, and tells screen, sound and the preparing threads what to do.

mod backstage;
mod film;
mod performer;
mod token;
mod wings;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use motcua_screen::{FromScreen, ScreenHandle, ToScreen};
use motcua_show::Show;
use motcua_show::stage::{Event, Mode, Moment, Stage};
use motcua_sound::{Sound, SoundSettings};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::card;
use crate::clock::Clock;
use crate::journal::{Happened, Journal, civil};
use crate::loading::{self, Loaded};
use crate::settings::Settings;
use backstage::Answer;
use performer::Performer;

/// What the conductor is told.
#[derive(Debug)]
pub enum Told {
    /// By the screen.
    Screen(FromScreen),
    /// By a preparing thread.
    Backstage(Answer),
}

/// What a performance is started with.
pub struct Performance {
    /// The show as it was read; its media are looked at here.
    pub loaded: Loaded,
    /// The settings of the machine.
    pub settings: Settings,
    /// Where the civil clock starts.
    pub at: Option<DateTime>,
    /// Whether every item plays once only.
    pub mode: Mode,
    /// What happens, for whoever listens.
    pub journal: Journal,
}

/// How long a plate about a wrong setting stays.
const NOTICE_TIME: Duration = Duration::from_secs(30);

/// Runs a performance on this thread until it is over; the screen is closed then.
///
/// # Errors
/// When the event loop or its signals cannot be set up.
pub fn conduct(
    performance: Performance,
    screen: &ScreenHandle,
    told: (UnboundedSender<Told>, UnboundedReceiver<Told>),
) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let outcome = runtime.block_on(run(performance, screen, told));
    screen.send(ToScreen::Quit);
    outcome
}

/// A channel to the conductor.
#[must_use]
pub fn channel() -> (UnboundedSender<Told>, UnboundedReceiver<Told>) {
    unbounded_channel()
}

async fn run(
    performance: Performance,
    screen: &ScreenHandle,
    (sender, mut told): (UnboundedSender<Told>, UnboundedReceiver<Told>),
) -> std::io::Result<()> {
    let Performance {
        mut loaded,
        settings,
        at,
        mode,
        journal,
    } = performance;
    for problem in &loaded.problems {
        tracing::warn!("{problem}");
    }
    loading::look_at_media(&mut loaded);
    let folder: PathBuf = loaded.folder;
    let show: Arc<Show> = Arc::new(loaded.show.unwrap_or_else(card::empty_show));
    let zone = TimeZone::get(&show.timezone).unwrap_or(TimeZone::UTC);
    let clock = Clock::new(zone, at);
    let sound = Sound::open(SoundSettings {
        latency: Duration::from_millis(settings.sound_latency_ms),
    });
    let mut stage = Stage::new(Arc::clone(&show), None, mode);
    let mut performer = Performer::new(
        screen.clone(),
        sender,
        sound,
        show,
        folder,
        settings.volume,
        journal,
    );
    let mut signals = [
        signal(SignalKind::terminate())?,
        signal(SignalKind::interrupt())?,
    ];
    let begun = Instant::now();
    let moment = || Moment {
        monotonic: begun.elapsed(),
        civil: clock.now(),
    };
    let mut wake: Option<Duration> = None;
    let mut notice_ends = notice(&settings, screen).then(|| begun + NOTICE_TIME);
    let mut started = false;
    screen.send(ToScreen::Clock(clock.now().datetime()));
    loop {
        let next_minute = until_next_minute(&clock);
        let woken = wait(
            &mut told,
            &mut signals,
            wake.map(|at| begun + at),
            next_minute,
            notice_ends,
        )
        .await;
        let event = match woken {
            Woken::Stop => return Ok(()),
            Woken::Minute => {
                screen.send(ToScreen::Clock(clock.now().datetime()));
                None
            }
            Woken::Notice => {
                screen.send(ToScreen::Notice(String::new()));
                notice_ends = None;
                None
            }
            Woken::Tick => {
                wake = None;
                Some(Event::Tick)
            }
            Woken::Told(Told::Screen(FromScreen::Closed)) => return Ok(()),
            Woken::Told(Told::Screen(FromScreen::Sized { viewport, words })) => {
                performer.lay_out_for(viewport, Arc::from(words));
                let first = !std::mem::replace(&mut started, true);
                let show = Arc::clone(performer.show());
                Some(if first {
                    Event::Started
                } else {
                    Event::ShowChanged {
                        show,
                        signed_at: None,
                    }
                })
            }
            Woken::Told(told) => performer.told(told, &clock.now()),
        };
        // Nothing can be on stage before the screen has said how large it is.
        let Some(event) = event.filter(|_| started) else {
            continue;
        };
        let now = moment();
        for effect in stage.step(&now, event) {
            if let Some(at) = performer.carry_out(effect, &now.civil, &mut wake) {
                journal.write(&Happened::Ended);
                tracing::info!(at = %civil(&at), "every item was shown once");
                return Ok(());
            }
        }
    }
}

enum Woken {
    Told(Told),
    Tick,
    Minute,
    Notice,
    Stop,
}

async fn wait(
    told: &mut UnboundedReceiver<Told>,
    [terminate, interrupt]: &mut [Signal; 2],
    wake: Option<Instant>,
    minute: Duration,
    notice: Option<Instant>,
) -> Woken {
    tokio::select! {
        message = told.recv() => message.map_or(Woken::Stop, Woken::Told),
        _ = terminate.recv() => Woken::Stop,
        _ = interrupt.recv() => Woken::Stop,
        () = sleep_until(wake) => Woken::Tick,
        () = sleep_until(notice) => Woken::Notice,
        () = tokio::time::sleep(minute) => Woken::Minute,
    }
}

async fn sleep_until(instant: Option<Instant>) {
    match instant {
        Some(instant) => tokio::time::sleep_until(instant.into()).await,
        None => std::future::pending().await,
    }
}

/// The time until the clock shows another minute.
fn until_next_minute(clock: &Clock) -> Duration {
    let now = clock.now();
    let into_minute = Duration::from_secs(now.second().unsigned_abs().into())
        + Duration::from_nanos(now.subsec_nanosecond().unsigned_abs().into());
    Duration::from_secs(60).saturating_sub(into_minute) + Duration::from_millis(1)
}

/// Names wrong settings in the log and on the screen; says whether there are any.
fn notice(settings: &Settings, screen: &ScreenHandle) -> bool {
    for problem in &settings.problems {
        tracing::warn!("{problem}");
    }
    let subjects: Vec<String> = settings
        .problems
        .iter()
        .map(crate::settings::SettingProblem::subject)
        .collect();
    if subjects.is_empty() {
        return false;
    }
    screen.send(ToScreen::Notice(subjects.join(", ")));
    true
}
