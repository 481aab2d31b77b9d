//! The event loop off the UI thread: it feeds the stage with what happens and carries its effects out.
//!
//! The stage decides; this thread owns time, and tells screen, sound and the preparing threads what to do.

mod alerts;
mod backstage;
mod calls;
mod film;
mod orders;
mod performer;
mod proof;
mod supply;
mod token;
mod visitor;
mod wings;

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use motcua_proof::Ended;
use motcua_screen::{FromScreen, Graphics, Notice, ScreenHandle, ToScreen};
use motcua_show::Show;
use motcua_show::calls::Call;
use motcua_show::stage::{Effect, Event, Mode, Moment, Pace, Stage};
use motcua_sound::{Sound, SoundSettings};
use motcua_sync::worker::FromWorker;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::card;
use crate::clock::Clock;
use crate::files::Files;
use crate::graphics;
use crate::journal::{Happened, Journal, civil};
use crate::link::{self, FromLink, Tie};
use crate::loading::{self, Loaded};
use crate::settings::Settings;
use alerts::Alerts;
use backstage::Answer;
use calls::Calls;
use performer::Performer;
use supply::Supply;
use visitor::{Aided, Then, Visitor};

/// What the conductor is told.
#[derive(Debug)]
pub enum Told {
    /// By the screen.
    Screen(FromScreen),
    /// By a preparing thread.
    Backstage(Answer),
    /// By the tie to the server.
    Link(FromLink),
    /// By what is done for a visitor.
    Aided(Aided),
    /// By the queue: somebody is asked to a counter.
    Call(Call),
    /// By the voice that says calls: this one has ended.
    CallSaid(u64),
    /// By a voice of an alert, which has come to its end.
    AlarmSilent(u64),
}

/// What a performance is started with.
pub struct Performance {
    /// The show as it was read, none for a screen that holds no release; its media are looked at here.
    pub loaded: Option<Loaded>,
    /// The tie to the server, for a screen that has one.
    pub tie: Option<Tie>,
    /// Why a screen that should have a tie has none.
    pub fault: Option<String>,
    /// The settings of the machine.
    pub settings: Settings,
    /// Where the civil clock starts.
    pub at: Option<DateTime>,
    /// Why pictures are composed the way that was chosen.
    pub graphics_reason: String,
    /// When an exercise alert comes, from the start.
    pub drill: Option<Duration>,
    /// Whether every item plays once only.
    pub mode: Mode,
    /// What happens, for whoever listens.
    pub journal: Journal,
}

/// How a performance ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is over.
    Over,
    /// The player is to be started again.
    Restart,
}

/// How long a plate stays.
const NOTICE_TIME: Duration = Duration::from_secs(30);

/// Runs a performance on this thread until it is over; the screen is closed then.
///
/// # Errors
/// When the event loop or its signals cannot be set up.
pub fn conduct(
    performance: Performance,
    screen: &ScreenHandle,
    told: (UnboundedSender<Told>, UnboundedReceiver<Told>),
) -> std::io::Result<Outcome> {
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
) -> std::io::Result<Outcome> {
    let Performance {
        loaded,
        tie,
        fault,
        settings,
        at,
        graphics_reason,
        drill,
        mode,
        journal,
    } = performance;
    if let Some(fault) = fault {
        link::wait_for_mending(fault, &settings, &sender);
    }
    let unit = tie.as_ref().and_then(Tie::unit).map(str::to_owned);
    let mut tie = tie;
    let log = tie.as_mut().and_then(|tie| tie.start_log(&settings));
    let mut supply = Supply::start(tie, &settings, &sender, screen, journal);
    let (show, files, signed_at) = opening(loaded, unit.as_deref());
    let zone = TimeZone::get(&show.timezone).unwrap_or(TimeZone::UTC);
    let mut clock = Clock::new(zone, at);
    let sound = Sound::open(SoundSettings {
        latency: Duration::from_millis(settings.sound_latency_ms),
    });
    let pace = match settings.sync_group {
        Some(_) => Pace::InStep,
        None => Pace::Alone,
    };
    let mut stage = Stage::new(Arc::clone(&show), signed_at, mode).at_pace(pace);
    let shown = (show, files);
    let mut visitor = Visitor::new(
        screen.clone(),
        sender.clone(),
        sound.clone(),
        &settings,
        journal,
    );
    let mut calls = Calls::new(screen.clone(), sound.clone(), &sender, &settings);
    let begun = Instant::now();
    let mut alerts = Alerts::new(sound.clone(), sender.clone(), drill, begun, journal);
    let mut performer = Performer::new(
        screen.clone(),
        sender,
        sound,
        shown,
        (settings.volumes.clone(), pace),
        journal,
    );
    performer.proof().keep(log);
    let mut signals = [
        signal(SignalKind::terminate())?,
        signal(SignalKind::interrupt())?,
    ];
    let mut wake: Option<Duration> = None;
    let mut notice_ends = notice(&settings, screen).then(|| begun + NOTICE_TIME);
    let mut started = false;
    screen.send(ToScreen::Clock(clock.now().datetime()));
    performer.set_hour(clock.now().time());
    loop {
        let next_minute = until_next_minute(&clock);
        let alarm = earliest(notice_ends, supply.restart_at());
        let wake_at = wake.map(|at| begun + at);
        let calls_at = calls.wake_at().map(|at| begun + at);
        let visitor_at = visitor.wake_at().map(|at| begun + at);
        let woken = wait(
            &mut told,
            &mut signals,
            [
                wake_at,
                alarm,
                visitor_at,
                alerts.wake_at(&clock.now(), &performer),
                calls_at,
            ],
            next_minute,
        )
        .await;
        let mut events = Vec::new();
        let left = |then: Then| (then == Then::Left).then_some(Event::VisitorLeft);
        let event = match woken {
            Woken::Stop => return Ok(Outcome::Over),
            Woken::Minute => {
                screen.send(ToScreen::Clock(clock.now().datetime()));
                performer.set_hour(clock.now().time());
                performer.keep_hours(&clock.now());
                None
            }
            Woken::Alarm => {
                if supply.restart_at().is_some_and(|at| at <= Instant::now()) {
                    return Ok(Outcome::Restart);
                }
                screen.send(ToScreen::Notice(None));
                alerts.show_strip();
                notice_ends = None;
                None
            }
            Woken::Tick => {
                wake = None;
                Some(Event::Tick)
            }
            Woken::Told(Told::Screen(FromScreen::Closed)) => return Ok(Outcome::Over),
            Woken::Calls => {
                calls.tick(begun.elapsed(), &performer.hall());
                None
            }
            Woken::Told(Told::Call(call)) => {
                calls.hear(call, begun.elapsed(), &performer.hall());
                None
            }
            Woken::Told(Told::CallSaid(voice)) => {
                calls.said(voice, begun.elapsed(), &performer.hall());
                None
            }
            Woken::Alert => None,
            Woken::Told(Told::AlarmSilent(voice)) => {
                alerts.voice_ended(voice);
                None
            }
            Woken::Told(Told::Link(FromLink::Worker(FromWorker::Alert(alert)))) => {
                alerts.receive(*alert, &clock.now(), &performer);
                None
            }
            Woken::Told(Told::Link(FromLink::Worker(FromWorker::AlertWithdrawn(id)))) => {
                alerts.withdraw(&id);
                None
            }
            Woken::Visitor => left(visitor.tick(begun.elapsed(), &clock.now())),
            Woken::Told(Told::Aided(aided)) => {
                visitor.aided(aided, &clock.now()).then_some(Event::Touched)
            }
            Woken::Told(Told::Screen(FromScreen::Pressed(press))) => {
                left(visitor.pressed(press, begun.elapsed(), &clock.now()))
            }
            Woken::Told(Told::Screen(FromScreen::Sized {
                viewport,
                touch,
                words,
            })) => {
                let words = Arc::from(words);
                visitor.lay_out_for(touch, Arc::clone(&words), &clock.now());
                performer.lay_out_for(viewport, words);
                let first = !std::mem::replace(&mut started, true);
                if first {
                    events.push(Event::Started);
                }
                // A release may have come before the window, or wait for its turn while that is resized.
                let is_waiting = performer.is_expecting();
                (!first || is_waiting).then(|| performer.take_over_again())
            }
            Woken::Told(Told::Screen(FromScreen::Picture {
                width,
                height,
                pixels,
            })) => {
                supply.send_picture(width, height, pixels);
                None
            }
            Woken::Told(Told::Screen(FromScreen::Graphics(in_use))) => {
                performer.note_scaling(in_use.graphics == Graphics::OpenGl);
                let sentence = graphics::sentence(&in_use, &graphics_reason);
                if in_use.fault.is_some() {
                    tracing::warn!("for the rest of this run pictures are composed by {sentence}");
                } else {
                    tracing::info!("pictures are composed by {sentence}");
                }
                supply.composed(sentence);
                None
            }
            Woken::Told(Told::Link(FromLink::Mended)) => return Ok(Outcome::Restart),
            Woken::Told(Told::Screen(FromScreen::Touched { code })) => {
                supply.touched();
                if visitor.is_here() {
                    left(visitor.touched(begun.elapsed(), &clock.now()))
                } else {
                    visitor.knocks(code).then_some(Event::Touched)
                }
            }
            Woken::Told(Told::Link(from)) => {
                let heard = supply.hear(from, &mut performer, &stage);
                if let Some(ahead) = heard.server_ahead {
                    clock.correct(ahead);
                }
                if heard.has_notice {
                    notice_ends = Some(Instant::now() + NOTICE_TIME);
                }
                heard.event
            }
            Woken::Told(told) => performer.told(told, &clock.now()),
        };
        // Nothing can be on stage before the screen has said how large it is.
        events.extend(event.filter(|_| started));
        if started {
            events.extend(alerts.settle(&clock.now(), &mut performer, screen));
        }
        for event in events {
            if let Event::ShowChanged { show, .. } = &event {
                clock.move_to(TimeZone::get(&show.timezone).unwrap_or(TimeZone::UTC));
                screen.send(ToScreen::Clock(clock.now().datetime()));
                performer.set_hour(clock.now().time());
            }
            let now = Moment {
                monotonic: begun.elapsed(),
                civil: clock.now(),
            };
            let is_change = matches!(event, Event::ShowChanged { .. });
            if let Event::PlaybackFailed { generation, .. } = &event {
                performer.proof().failed(*generation);
            }
            for effect in stage.step(&now, event) {
                match &effect {
                    Effect::Adopt if is_change => performer.proof().will_end(Ended::Release),
                    Effect::Show { generation, .. } => {
                        let playlist = stage.slot().and_then(|slot| slot.playlist.as_deref());
                        performer.proof().will_show(*generation, playlist);
                    }
                    Effect::ShowLookup => {
                        performer.proof().visitor_came();
                        visitor.begin(performer.show().language, now.monotonic, &now.civil);
                    }
                    Effect::ShowAlert => visitor.end(),
                    _ => {}
                }
                if let Some(at) = performer.carry_out(effect, &now.civil, &mut wake) {
                    journal.write(&Happened::Ended);
                    tracing::info!(at = %civil(&at), "every item was shown once");
                    return Ok(Outcome::Over);
                }
            }
        }
        calls.look(&stage, begun.elapsed(), &performer.hall());
        visitor.forget_knock();
        visitor.order(performer.show(), performer.files(), clock.now().date());
        performer.proof().look(visitor.release());
        supply.report(&performer, stage.doubts_clock());
        supply.alerts_shown(
            performer
                .take_seen_alert()
                .into_iter()
                .chain(alerts.take_seen()),
        );
    }
}

/// What the performance opens with: the show that was read, or one of nothing.
fn opening(loaded: Option<Loaded>, unit: Option<&str>) -> (Arc<Show>, Files, Option<Timestamp>) {
    let Some(mut loaded) = loaded else {
        let nowhere = Files::Folder(std::path::PathBuf::new());
        return (Arc::new(card::empty_show(unit)), nowhere, None);
    };
    for problem in &loaded.problems {
        tracing::warn!("{problem}");
    }
    loading::look_at_media(&mut loaded);
    let signed_at = loaded.files.signed_at();
    let show = loaded.show.unwrap_or_else(|| card::empty_show(unit));
    (Arc::new(show), loaded.files, signed_at)
}

fn earliest(one: Option<Instant>, other: Option<Instant>) -> Option<Instant> {
    one.into_iter().chain(other).min()
}

enum Woken {
    Told(Told),
    Tick,
    Minute,
    Alarm,
    Visitor,
    Calls,
    Alert,
    Stop,
}

async fn wait(
    told: &mut UnboundedReceiver<Told>,
    [terminate, interrupt]: &mut [Signal; 2],
    [wake, alarm, visitor, alert, calls]: [Option<Instant>; 5],
    minute: Duration,
) -> Woken {
    tokio::select! {
        message = told.recv() => message.map_or(Woken::Stop, Woken::Told),
        _ = terminate.recv() => Woken::Stop,
        _ = interrupt.recv() => Woken::Stop,
        () = sleep_until(wake) => Woken::Tick,
        () = sleep_until(alarm) => Woken::Alarm,
        () = sleep_until(visitor) => Woken::Visitor,
        () = sleep_until(calls) => Woken::Calls,
        () = sleep_until(alert) => Woken::Alert,
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
    screen.send(ToScreen::Notice(Some(Notice::WrongSettings(
        subjects.join(", "),
    ))));
    true
}
