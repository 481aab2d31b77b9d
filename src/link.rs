//! The screen's tie to its server: it asks to be taken until a server has, then its worker runs.
//!
//! Everything that comes from there reaches the conductor as [`FromLink`]; releases are read and their
//! media looked at before it hears of them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use motcua_sync::enrolment::{self, Enrolling};
use motcua_sync::identity::{Identity, IdentityError};
use motcua_sync::proof::{self, LogKeeper, LogSettings};
use motcua_sync::store::{Held, Store, StoreError};
use motcua_sync::worker::{FromWorker, ToWorker, Worker, WorkerSettings, sentence};
use tokio::sync::mpsc::UnboundedSender;

use crate::conductor::Told;
use crate::loading::{self, Loaded};
use crate::settings::Settings;
use crate::tally;

/// What the tie tells the conductor.
#[derive(Debug)]
pub enum FromLink {
    /// How the enrolment stands.
    Enrolling(Enrolling),
    /// A server has taken the screen, or had before.
    Taken {
        /// What the screen is called there, with its unit.
        name: String,
        /// The address under which the server says what it can prove of a posting, without the procedure's code.
        inspection: String,
        /// The record of what it shows.
        log: Option<LogKeeper>,
    },
    /// The worker says something; releases come as [`FromLink::Read`].
    Worker(FromWorker),
    /// A new release, read and ready to be shown.
    Read(Box<Loaded>),
    /// The tie is broken for good; the sentence says what to do.
    Broken(String),
    /// The state of the screen, which could not be used, can be by now.
    Mended,
}

/// Why the state of a screen cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// Who it is cannot be read.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// Its releases cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It was taken by a server and does not know who it is.
    #[error(
        "{0} holds the trust of a screen but not its identity; restore identity.json, or revoke the screen and \
         remove the folder to pair it anew"
    )]
    LostIdentity(String),
    /// It belongs to another server.
    #[error(
        "this screen belongs to {paired} and cannot be tied to {asked}; to pair it anew, revoke it there and \
         remove the folder {folder}"
    )]
    OtherServer {
        /// The server that it belongs to.
        paired: String,
        /// The server that was asked for.
        asked: String,
        /// The folder of its state.
        folder: String,
    },
    /// It has no server and none was named.
    #[error(
        "there is nothing to play: name a show (motcua play FOLDER), or the server that this screen shall \
         belong to (--server https://…)"
    )]
    NoServer,
}

/// What a screen that has a server starts with.
#[derive(Debug)]
pub struct Tie {
    identity: Option<Arc<Identity>>,
    server: String,
    store: Store,
    log: Option<LogKeeper>,
}

impl Tie {
    /// Reads the state of the screen.
    ///
    /// # Errors
    /// When it cannot be used, or there is no server.
    pub fn of(settings: &Settings) -> Result<Self, StateError> {
        let identity = paired(settings)?;
        let server = match (&identity, &settings.server) {
            (Some(identity), Some(asked)) if identity.server != *asked => {
                return Err(StateError::OtherServer {
                    paired: identity.server.clone(),
                    asked: asked.clone(),
                    folder: settings.state.display().to_string(),
                });
            }
            (Some(identity), _) => identity.server.clone(),
            (None, Some(asked)) => asked.clone(),
            (None, None) => return Err(StateError::NoServer),
        };
        let folder = enrolment::store_folder(&settings.state);
        if identity.is_none() {
            // What lies there was taken under a trust that is no more. Where nothing lies, nothing is removed.
            let _ = std::fs::remove_dir_all(&folder);
        }
        let store = Store::open(&folder)?;
        Ok(Self {
            identity: identity.map(Arc::new),
            server,
            store,
            log: None,
        })
    }

    /// The release that the screen holds.
    #[must_use]
    pub fn current(&self) -> Option<Arc<Held>> {
        self.store.current()
    }

    /// The name of the unit that took the screen.
    #[must_use]
    pub fn unit(&self) -> Option<&str> {
        self.identity
            .as_ref()
            .map(|identity| identity.unit.as_str())
    }

    /// The server's address as people read it.
    #[must_use]
    pub fn server(&self) -> &str {
        &self.server
    }

    /// What a worker of this screen is started with; none while no server has taken it.
    #[must_use]
    pub fn worker_settings(self, settings: &Settings) -> Option<WorkerSettings> {
        let identity = self.identity?;
        Some(worker_settings(identity, self.store, settings))
    }

    /// Begins to record what the screen shows, where a server has taken it.
    pub fn start_log(&mut self, settings: &Settings) -> Option<LogKeeper> {
        self.log = start_log(self.identity.as_ref()?, settings);
        self.log.clone()
    }
}

/// The record of what a screen shows goes on.
fn start_log(identity: &Arc<Identity>, settings: &Settings) -> Option<LogKeeper> {
    let log = LogSettings {
        folder: proof::folder(&settings.state),
        identity: Arc::clone(identity),
        limit: settings.proof_limit,
    };
    LogKeeper::start(log)
        .inspect_err(|error| tracing::error!("what is shown is not recorded: {error}"))
        .ok()
}

fn worker_settings(identity: Arc<Identity>, store: Store, settings: &Settings) -> WorkerSettings {
    let trust = enrolment::trust_folder(&settings.state);
    let mut worker = WorkerSettings::new(identity, trust, store);
    worker.poll = settings.poll;
    worker.fetch = settings.fetch.clone();
    worker.version = env!("CARGO_PKG_VERSION").to_owned();
    worker.keeps_time = settings.sync_group.is_some();
    worker
}

/// Who the screen is; none where no server ever took it.
///
/// # Errors
/// When a server did and it cannot be told which: such a screen counts as paired.
pub fn paired(settings: &Settings) -> Result<Option<Identity>, StateError> {
    let identity = enrolment::identity(&settings.state)?;
    if identity.is_none() && enrolment::trust_folder(&settings.state).exists() {
        return Err(StateError::LostIdentity(
            settings.state.display().to_string(),
        ));
    }
    Ok(identity)
}

/// The release that a screen holds whose state cannot be used otherwise: it was verified when it was taken.
pub fn refuge(settings: &Settings) -> Option<Arc<Held>> {
    Store::open(&enrolment::store_folder(&settings.state))
        .ok()?
        .current()
}

/// Looks again and again whether the state can be used, and says so.
pub fn wait_for_mending(fault: String, settings: &Settings, tell: &UnboundedSender<Told>) {
    /// Somebody has to come and mend it; a minute more does not matter then.
    const AGAIN: Duration = Duration::from_secs(60);
    say(tell, FromLink::Broken(fault));
    let (settings, teller) = (settings.clone(), tell.clone());
    let waiting = move || {
        while !teller.is_closed() {
            std::thread::sleep(AGAIN);
            if Tie::of(&settings).is_ok() {
                say(&teller, FromLink::Mended);
                return;
            }
        }
    };
    if let Err(error) = std::thread::Builder::new()
        .name("mending".into())
        .spawn(waiting)
    {
        tracing::error!("no thread could be started to look after the state: {error}; free memory");
    }
}

/// The tie while it lasts.
pub struct Link {
    worker: Arc<Mutex<Option<Worker>>>,
    stop: Arc<AtomicBool>,
    tell: UnboundedSender<Told>,
}

impl Link {
    /// Ties the screen to its server, on threads of their own.
    pub fn start(tie: Tie, settings: &Settings, tell: &UnboundedSender<Told>) -> Self {
        let link = Self {
            worker: Arc::default(),
            stop: Arc::default(),
            tell: tell.clone(),
        };
        let (worker, stop) = (Arc::clone(&link.worker), Arc::clone(&link.stop));
        let (settings, teller) = (settings.clone(), tell.clone());
        let spawned = std::thread::Builder::new()
            .name("link".into())
            .spawn(move || {
                if let Err(fault) = run(tie, &settings, &worker, &stop, &teller) {
                    say(&teller, FromLink::Broken(fault));
                }
            });
        if let Err(error) = spawned {
            let fault = format!("no thread could be started for the server: {error}; free memory");
            say(tell, FromLink::Broken(fault));
        }
        link
    }

    /// Reads a release on a thread of its own; it comes as [`FromLink::Read`].
    pub fn read(&self, held: Arc<Held>) {
        read(&self.tell, held);
    }

    /// What tells the worker from another thread.
    pub fn teller(&self) -> impl Fn(ToWorker) + Send + use<> {
        let worker = Arc::clone(&self.worker);
        move |order| tell_worker(&worker, order)
    }

    /// Tells the worker; before there is one nobody needs to know.
    pub fn tell(&self, order: ToWorker) {
        tell_worker(&self.worker, order);
    }
}

fn tell_worker(worker: &Mutex<Option<Worker>>, order: ToWorker) {
    if let Some(worker) = &*worker.lock().unwrap_or_else(PoisonError::into_inner) {
        worker.tell(order);
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        self.worker
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
    }
}

fn run(
    tie: Tie,
    settings: &Settings,
    place: &Mutex<Option<Worker>>,
    stop: &AtomicBool,
    tell: &UnboundedSender<Told>,
) -> Result<(), String> {
    let identity = match tie.identity {
        Some(identity) => identity,
        None => {
            let taken = enrolment::enrol(&tie.server, &settings.state, stop, &mut |enrolling| {
                say(tell, FromLink::Enrolling(enrolling));
            });
            match taken {
                Ok(identity) => Arc::new(identity),
                Err(enrolment::EnrolmentError::Stopped) => return Ok(()),
                Err(error) => return Err(sentence(&error)),
            }
        }
    };
    let log = tie.log.or_else(|| start_log(&identity, settings));
    let name = name_of(&identity);
    let inspection = format!("{}/p/{}", identity.server, identity.screen);
    let taken = FromLink::Taken {
        name,
        inspection,
        log: log.clone(),
    };
    say(tell, taken);
    let teller = tell.clone();
    let mut worker = worker_settings(identity, tie.store, settings);
    worker.proof = log;
    worker.tallies = Some(tally::for_server(&settings.state));
    let worker = Worker::start(worker, move |from| {
        hear(&teller, from);
    })
    .map_err(|error| sentence(&error))?;
    let mut place = place.lock().unwrap_or_else(PoisonError::into_inner);
    if !stop.load(Ordering::Relaxed) {
        *place = Some(worker);
    }
    Ok(())
}

fn name_of(identity: &Identity) -> String {
    /// Digits of an id that tell the screens of one hall apart.
    const DIGITS: usize = 6;
    let id = identity.screen.get(..DIGITS).unwrap_or(&identity.screen);
    match identity.name.trim() {
        "" => format!("{id} · {}", identity.unit),
        name => format!("{name} · {} · {id}", identity.unit),
    }
}

fn hear(tell: &UnboundedSender<Told>, from: FromWorker) {
    match from {
        FromWorker::Release(held) => read(tell, held),
        from => say(tell, FromLink::Worker(from)),
    }
}

/// Looking at hundreds of films takes seconds, and whoever tells of a release has other things to do.
fn read(tell: &UnboundedSender<Told>, held: Arc<Held>) {
    let teller = tell.clone();
    let spawned = std::thread::Builder::new()
        .name("read".into())
        .spawn(move || {
            let mut loaded = loading::read_release(held);
            loading::look_at_media(&mut loaded);
            say(&teller, FromLink::Read(Box::new(loaded)));
        });
    if let Err(error) = spawned {
        tracing::error!("no thread could be started to read a release: {error}; free memory");
    }
}

/// The conductor is gone at shutdown; then nobody needs to hear.
fn say(tell: &UnboundedSender<Told>, from: FromLink) {
    drop(tell.send(Told::Link(from)));
}
