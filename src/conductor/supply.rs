//! What reaches a screen from its server while it plays: shows, orders, faults; and what goes back.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::SignedDuration;
use motcua_screen::{Pixel, ScreenHandle};
use motcua_show::Item;
use motcua_show::alert::AlertId;
use motcua_show::release::{ReleasePath, Sha256Hex};
use motcua_show::stage::{Event, OnStage, Stage, Takeover};
use motcua_sync::enrolment::Enrolling;
use motcua_sync::store::Held;
use motcua_sync::worker::{FromWorker, ToWorker};
use motcua_typeset::Enrolment;
use tokio::sync::mpsc::UnboundedSender;

use super::Told;
use super::orders::Orders;
use super::performer::Performer;
use crate::files::{Files, is_same_item};
use crate::journal::{Happened, Journal};
use crate::link::{FromLink, Link, Tie};
use crate::loading::Loaded;
use crate::settings::Settings;

/// How long after a touch somebody counts as being at the screen.
const VISIT: Duration = Duration::from_secs(60);

/// What is said of a clock that is not believed.
const CLOCK_IS_WRONG: &str = "the machine's clock is more than 24 hours before the time at which the release was signed, \
     so only what has no hours or days plays; set the clock, or let it be set over the network";

/// What hearing from the server leads to.
#[derive(Default)]
pub struct Heard {
    /// What the stage must know.
    pub event: Option<Event>,
    /// Whether a plate was put up.
    pub has_notice: bool,
    /// The server's clock less this machine's, where screens keep in step by it.
    pub server_ahead: Option<SignedDuration>,
}

/// The server's side of a performance; for a show from a folder there is none.
pub struct Supply {
    link: Option<Link>,
    /// The server's address, and as people read it aloud.
    address: String,
    server: String,
    journal: Journal,
    orders: Orders,
    /// The latest release that is whole.
    held: Option<Arc<Held>>,
    /// Its hash, while it has not been on the display.
    unplayed: Option<Sha256Hex>,
    last_touch: Option<Instant>,
    /// What is wrong with the release itself.
    show_problems: Vec<String>,
    /// What is wrong with settings or the tie.
    own_problems: Vec<String>,
    /// How pictures are composed, once that is known.
    graphics: Option<String>,
    /// Whether the clock is plainly wrong.
    clock_is_doubted: bool,
    /// What the worker was told last.
    reported: Option<(Option<String>, Vec<String>)>,
}

impl Supply {
    /// Begins to hear, where there is a tie.
    pub fn start(
        tie: Option<Tie>,
        settings: &Settings,
        tell: &UnboundedSender<Told>,
        screen: &ScreenHandle,
        journal: Journal,
    ) -> Self {
        let address = tie
            .as_ref()
            .map_or_else(String::new, |tie| tie.server().to_owned());
        let server = named(&address);
        let held = tie.as_ref().and_then(Tie::current);
        let unplayed = held.as_ref().map(|held| held.hash().clone());
        Self {
            link: tie.map(|tie| Link::start(tie, settings, tell)),
            address,
            server,
            journal,
            orders: Orders::new(screen.clone()),
            held,
            unplayed,
            last_touch: None,
            show_problems: Vec::new(),
            own_problems: settings.problems.iter().map(ToString::to_string).collect(),
            graphics: None,
            clock_is_doubted: false,
            reported: None,
        }
    }

    /// Notes how pictures are composed.
    pub fn composed(&mut self, graphics: String) {
        self.graphics = Some(graphics);
        self.reported = None;
    }

    /// When the player is to be started again, if it is.
    pub fn restart_at(&self) -> Option<Instant> {
        self.orders.restart_at()
    }

    /// Takes what comes from the server.
    pub fn hear(&mut self, from: FromLink, performer: &mut Performer, stage: &Stage) -> Heard {
        match from {
            FromLink::Enrolling(enrolling) => self.enrolling(enrolling, performer),
            FromLink::Taken {
                name,
                inspection,
                log,
            } => {
                performer.note_inspection(inspection);
                performer.proof().keep(log);
                tracing::info!("this screen is {name}");
                self.journal.write(&Happened::Taken { name: &name });
                self.orders.name = name;
                performer.enrol(None);
            }
            // The conductor starts the player again by itself.
            FromLink::Mended => {}
            FromLink::Broken(fault) => {
                tracing::error!("{fault}");
                self.own_problems.push(fault);
            }
            FromLink::Read(loaded) => return self.take_release(*loaded, performer, stage),
            FromLink::Worker(from) => return self.hear_worker(from, performer, stage),
        }
        Heard::default()
    }

    fn enrolling(&self, enrolling: Enrolling, performer: &mut Performer) {
        let code = match enrolling {
            Enrolling::Code(code) => {
                tracing::info!("enter the code {} at {}", code.as_str(), self.server);
                self.journal.write(&Happened::Code {
                    code: code.as_str(),
                });
                let (first, second) = code.as_str().split_at(3);
                let link = format!("{}/accept#{}", self.address, code.as_str());
                Some((format!("{first} {second}"), link))
            }
            Enrolling::Unreachable(why) => {
                tracing::warn!("{why}");
                None
            }
        };
        performer.enrol(Some(Enrolment {
            server: self.server.clone(),
            code,
        }));
    }

    /// A release is shown when the item on the display is over; at once where that very item is not in
    /// it as it is: what was corrected or withdrawn must not stay.
    fn take_release(&mut self, loaded: Loaded, performer: &mut Performer, stage: &Stage) -> Heard {
        self.show_problems = loaded.problems.iter().map(ToString::to_string).collect();
        for problem in &self.show_problems {
            tracing::warn!("{problem}");
        }
        let Some(show) = loaded.show.map(Arc::new) else {
            // It was checked before it was signed; what is on the display is better than nothing.
            return Heard::default();
        };
        let takeover = match stage.on_stage() {
            OnStage::Item { item, .. }
                if is_same_item(
                    item,
                    (performer.show(), performer.files()),
                    (&show, &loaded.files),
                ) =>
            {
                Takeover::AtBoundary
            }
            _ => Takeover::AtOnce,
        };
        if let Files::Release(held) = &loaded.files {
            self.unplayed = Some(held.hash().clone());
            self.held = Some(Arc::clone(held));
        }
        let signed_at = loaded.files.signed_at();
        performer.expect(Arc::clone(&show), loaded.files);
        Heard {
            event: Some(Event::ShowChanged {
                show,
                signed_at,
                takeover,
            }),
            ..Heard::default()
        }
    }

    fn hear_worker(&mut self, from: FromWorker, performer: &Performer, stage: &Stage) -> Heard {
        match from {
            FromWorker::Command(order) => {
                let is_touched = |at: Instant| at.elapsed() < VISIT;
                let has_visitor = stage.has_visitor() || self.last_touch.is_some_and(is_touched);
                return Heard {
                    has_notice: self.orders.take(order, has_visitor, self.link.as_ref()),
                    ..Heard::default()
                };
            }
            FromWorker::Damaged(files) => {
                return Heard {
                    event: damaged_on_stage(&files, performer, stage),
                    ..Heard::default()
                };
            }
            FromWorker::ServerAhead(ahead) => {
                return Heard {
                    event: Some(Event::ClockChanged),
                    server_ahead: Some(ahead),
                    has_notice: false,
                };
            }
            FromWorker::Repaired(files) => self.read_again(&files),
            // The worker logs what it does, the stage tries what it passed over again by itself, and alerts
            // are the conductor's own.
            FromWorker::Progress(_)
            | FromWorker::Round(_)
            | FromWorker::Release(_)
            | FromWorker::Alert(_)
            | FromWorker::AlertWithdrawn(_) => {}
        }
        Heard::default()
    }

    /// What is read once, at the beginning of a release, is read anew when its bytes are right again.
    fn read_again(&self, files: &[ReleasePath]) {
        let is_read_once = |place: &ReleasePath| {
            *place == ReleasePath::show() || place.as_str().starts_with("procedures/")
        };
        if let (Some(link), Some(held)) = (&self.link, &self.held)
            && files.iter().any(is_read_once)
        {
            link.read(Arc::clone(held));
        }
    }

    /// Notes that somebody is at the screen.
    pub fn touched(&mut self) {
        self.last_touch = Some(Instant::now());
    }

    /// Sends the picture that was taken of the display.
    pub fn send_picture(&mut self, width: u32, height: u32, pixels: Box<[Pixel]>) {
        self.orders
            .send_picture(width, height, pixels, self.link.as_ref());
    }

    /// Tells the worker which alerts are on the display.
    pub fn alerts_shown(&self, ids: impl Iterator<Item = AlertId>) {
        for id in ids {
            if let Some(link) = &self.link {
                link.tell(ToWorker::AlertShown(id));
            }
        }
    }

    /// Tells the worker what is on the display, where that has changed.
    pub fn report(&mut self, performer: &Performer, clock_is_doubted: bool) {
        let clock_changed =
            std::mem::replace(&mut self.clock_is_doubted, clock_is_doubted) != clock_is_doubted;
        if clock_changed && clock_is_doubted {
            tracing::error!("{CLOCK_IS_WRONG}");
        } else if clock_changed {
            tracing::info!("the clock is believed again");
        }
        let Some(link) = &self.link else {
            return;
        };
        if clock_changed {
            link.tell(ToWorker::ClockDoubted(clock_is_doubted));
        }
        let clock = clock_is_doubted.then(|| CLOCK_IS_WRONG.to_owned());
        let item = performer.shown().map(str::to_owned);
        if let (Some(_), Files::Release(held)) = (&item, performer.files())
            && self.unplayed.as_ref() == Some(held.hash())
        {
            self.unplayed = None;
            link.tell(ToWorker::Played(held.hash().clone()));
        }
        let problems = [
            &self.own_problems,
            &self.show_problems,
            &performer.problems(),
        ]
        .into_iter()
        .flatten()
        .cloned()
        .chain(clock)
        .collect();
        let showing = (item, problems);
        if self.reported.as_ref() != Some(&showing) {
            let (item, problems) = showing.clone();
            if let Some(graphics) = self.graphics.clone() {
                link.tell(ToWorker::Graphics(graphics));
            }
            link.tell(ToWorker::Showing { item, problems });
            self.reported = Some(showing);
        }
    }
}

/// An address as people read it aloud.
fn named(server: &str) -> String {
    let host = server.split_once("://").map_or(server, |(_, host)| host);
    host.to_owned()
}

/// Where the films, pictures and documents of an item lie in a release.
fn places_of(item: &Item) -> impl Iterator<Item = ReleasePath> {
    let second = item.content.video().and_then(|video| video.second.as_ref());
    let media = item.content.media().map(|media| &media.source);
    media
        .into_iter()
        .chain(second.map(|second| &second.source))
        .filter_map(|source| ReleasePath::of_source(source.to_str()?).ok())
}

/// What is on the display must go when its file is found damaged.
fn damaged_on_stage(files: &[ReleasePath], performer: &Performer, stage: &Stage) -> Option<Event> {
    let OnStage::Item { generation, item } = stage.on_stage() else {
        return None;
    };
    let place = places_of(performer.show().item(item)?).find(|place| files.contains(place))?;
    Some(Event::PlaybackFailed {
        generation,
        fault: format!("{place} is damaged on the disk and is fetched again"),
    })
}
