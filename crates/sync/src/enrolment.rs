//! A screen asks a server to take it: it shows six digits until a person has typed them in there.
//!
//! Nothing of the connection is trusted while it lasts: whoever answers proves by the pairing that it knows
//! the digits, and with that it hands over the root and the certificate authority that count from then on.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde::Serialize;
use serde::de::DeserializeOwned;
use ureq::Agent;
use ureq::tls::TlsConfig;

use crate::api::{Acceptance, Confirmation, Enrolment, EnrolmentState, Refusal};
use crate::file;
use crate::identity::{BadKey, Identity, IdentityError, ScreenKey};
use crate::pairing::{Code, PairingError, ScreenSide};
use crate::tuf::{Trust, TufError};

/// Where a screen's trust lies in the folder of its state.
const TRUST: &str = "trust";

/// Where it lies until the identity is kept.
const COMING_TRUST: &str = "trust.coming";

/// Where its store lies there.
const STORE: &str = "store";

/// How long the digits stay the same while nobody types them in.
const CODE_LASTS: Duration = Duration::from_secs(30 * 60);

/// How often an offer for other digits may come before the digits change: each is one guess.
const WRONG_OFFERS: u32 = 8;

/// The wait after an offer for other digits, which doubles with each up to [`LONGEST_PENALTY`]: whoever
/// poses as the server gets a few hundred guesses a day out of a million, and somebody notices before.
const PENALTY: Duration = Duration::from_secs(2);
const LONGEST_PENALTY: Duration = Duration::from_secs(5 * 60);

/// How often the server is asked whether somebody has typed the digits in.
const ASK_EVERY: Duration = Duration::from_secs(1);

/// The longest wait between two tries to reach the server.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// How often a confirmation is sent before the pairing is given up.
const CONFIRM_TRIES: u32 = 10;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(15);

/// The longest answer that is read: a root with many keys is far shorter.
const LONGEST_ANSWER: u64 = 1024 * 1024;

/// The folder of the trust of a screen whose state lies in `state`.
#[must_use]
pub fn trust_folder(state: &Path) -> PathBuf {
    state.join(TRUST)
}

/// The folder of its store.
#[must_use]
pub fn store_folder(state: &Path) -> PathBuf {
    state.join(STORE)
}

/// What happens while a screen asks to be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Enrolling {
    /// These digits are to be shown.
    Code(Code),
    /// The server cannot be reached; the sentence says why. It is tried again.
    Unreachable(String),
}

/// Why a screen could not be taken.
#[derive(Debug, thiserror::Error)]
pub enum EnrolmentError {
    /// The machine makes no keys.
    #[error(transparent)]
    Key(#[from] BadKey),
    /// What was handed over cannot be kept.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The root that was handed over is none.
    #[error("the root that the server handed over cannot be kept: {0}")]
    Root(#[from] TufError),
    /// It was told to stop.
    #[error("the screen was stopped before a server took it")]
    Stopped,
}

/// Why one try failed; the next may not.
#[derive(Debug, thiserror::Error)]
enum TryError {
    #[error("{server} cannot be reached ({cause}); check the network and whether the server runs")]
    Unreachable {
        server: String,
        cause: Box<ureq::Error>,
    },
    #[error("{server} answered with {status}: {sentence}")]
    Refused {
        server: String,
        status: u16,
        sentence: String,
    },
    #[error(
        "{0} does not answer as a server of Motcua does; check its address and the network's sign-in page"
    )]
    Foreign(String),
    #[error(transparent)]
    Pairing(#[from] PairingError),
    #[error("nobody typed the digits in, and the server forgot them")]
    Expired,
    #[error("the screen was stopped")]
    Stopped,
}

/// Asks `server` until it takes this screen, then keeps identity and trust in the folder `state`.
///
/// Blocks; `tell` is called on this thread.
///
/// # Errors
/// When keys or files cannot be made, or `stop` was set. A server that cannot be reached is no error.
pub fn enrol(
    server: &str,
    state: &Path,
    stop: &AtomicBool,
    tell: &mut dyn FnMut(Enrolling),
) -> Result<Identity, EnrolmentError> {
    let key = ScreenKey::generate()?;
    let client = Client {
        server: server.trim_end_matches('/').to_owned(),
        agent: agent(),
    };
    let (mut code, mut drawn, mut wrong) = (Code::draw()?, Instant::now(), 0);
    let (mut wait, mut penalty) = (ASK_EVERY, PENALTY);
    loop {
        if drawn.elapsed() >= CODE_LASTS || wrong >= WRONG_OFFERS {
            (code, drawn, wrong) = (Code::draw()?, Instant::now(), 0);
        }
        match attempt(&client, &code, &key, stop, tell) {
            Ok(acceptance) => return keep(acceptance, key, &client.server, state),
            Err(TryError::Stopped) => return Err(EnrolmentError::Stopped),
            Err(TryError::Pairing(PairingError::OtherCode)) => {
                wrong += 1;
                if wrong > 1 {
                    tracing::warn!(
                        "other digits than this screen's were typed in {wrong} times; if no other screen is \
                         being set up, somebody guesses"
                    );
                }
                sleep(penalty, stop);
                // The digits that are drawn anew do not make the guesses of before undone.
                penalty = (penalty * 2).min(LONGEST_PENALTY);
            }
            Err(TryError::Expired) => sleep(ASK_EVERY, stop),
            Err(error) => {
                tell(Enrolling::Unreachable(error.to_string()));
                sleep(wait.mul_f64(0.75 + fastrand::f64() / 2.0), stop);
                wait = (wait * 2).min(LONGEST_WAIT);
                continue;
            }
        }
        wait = ASK_EVERY;
    }
}

fn attempt(
    client: &Client,
    code: &Code,
    key: &ScreenKey,
    stop: &AtomicBool,
    tell: &mut dyn FnMut(Enrolling),
) -> Result<Acceptance, TryError> {
    let side = ScreenSide::begin(code, key);
    let enrolment: Enrolment = client.post("enrolments", side.request())?;
    tell(Enrolling::Code(code.clone()));
    let path = format!("enrolments/{}", enrolment.id);
    let offer = loop {
        if stop.load(Ordering::Relaxed) {
            return Err(TryError::Stopped);
        }
        match client.get(&path)? {
            EnrolmentState::Waiting => sleep(ASK_EVERY, stop),
            EnrolmentState::Offered { offer } => break offer,
            EnrolmentState::Accepted | EnrolmentState::Expired => return Err(TryError::Expired),
        }
    };
    let (acceptance, confirmation) = side.open(&offer, key)?;
    confirm(client, &format!("{path}/confirm"), &confirmation, stop)?;
    Ok(acceptance)
}

/// The server may have taken the screen although its answer was lost: the same message is sent again.
fn confirm(
    client: &Client,
    path: &str,
    confirmation: &Confirmation,
    stop: &AtomicBool,
) -> Result<(), TryError> {
    for _ in 1..CONFIRM_TRIES {
        match client.confirm(path, confirmation) {
            Err(TryError::Unreachable { .. }) => sleep(ASK_EVERY, stop),
            answered => return answered,
        }
    }
    client.confirm(path, confirmation)
}

/// Who the paired screen is whose state lies in `state`; none where no server ever took it.
///
/// # Errors
/// When there is an identity and it cannot be used.
pub fn identity(state: &Path) -> Result<Option<Identity>, IdentityError> {
    let identity = Identity::load(state)?;
    if identity.is_some() {
        // A power cut may have come between the two steps of `keep`.
        finish(state).map_err(|source| IdentityError::Io {
            file: state.join(COMING_TRUST),
            source,
        })?;
    }
    Ok(identity)
}

/// Keeps the trust aside, then the identity, then puts the trust in its place: so a trust without an identity
/// is a screen that has lost it, and an identity without a trust is an unfinished pairing.
fn keep(
    acceptance: Acceptance,
    key: ScreenKey,
    server: &str,
    state: &Path,
) -> Result<Identity, EnrolmentError> {
    let root = BASE64_STANDARD.decode(&acceptance.root).unwrap_or_default();
    let coming = state.join(COMING_TRUST);
    // What an earlier try left behind when it was cut off; nobody is paired by it.
    let _ = std::fs::remove_dir_all(&coming);
    Trust::init(&coming, &root)?;
    let identity = Identity {
        screen: acceptance.screen,
        name: acceptance.name,
        unit: acceptance.unit,
        server: server.to_owned(),
        token: acceptance.token,
        ca: acceptance.ca,
        key,
    };
    identity.save(state)?;
    finish(state).map_err(|source| IdentityError::Io {
        file: coming,
        source,
    })?;
    Ok(identity)
}

fn finish(state: &Path) -> std::io::Result<()> {
    let (coming, trust) = (state.join(COMING_TRUST), trust_folder(state));
    if !coming.exists() || trust.exists() {
        return Ok(());
    }
    std::fs::rename(&coming, &trust)?;
    file::sync_folder(state)
}

fn sleep(time: Duration, stop: &AtomicBool) {
    let until = Instant::now() + time;
    while Instant::now() < until && !stop.load(Ordering::Relaxed) {
        std::thread::sleep(
            Duration::from_millis(50).min(until.saturating_duration_since(Instant::now())),
        );
    }
}

struct Client {
    server: String,
    agent: Agent,
}

/// Whoever answers has to know the digits: which certificate it shows proves nothing before that.
fn agent() -> Agent {
    let tls = TlsConfig::builder()
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .disable_verification(true)
        .build();
    Agent::config_builder()
        .tls_config(tls)
        .http_status_as_error(false)
        .max_redirects(0)
        .user_agent(concat!("motcua/", env!("CARGO_PKG_VERSION")))
        .timeout_global(Some(PATIENCE))
        .build()
        .into()
}

impl Client {
    fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, TryError> {
        let sent = self.agent.get(self.place(path)).call();
        self.read(sent)
    }

    fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T, TryError> {
        let sent = self.agent.post(self.place(path)).send_json(body);
        self.read(sent)
    }

    fn confirm(&self, path: &str, confirmation: &Confirmation) -> Result<(), TryError> {
        let sent = self.agent.post(self.place(path)).send_json(confirmation);
        let mut response = self.answered(sent)?;
        self.refusal(&mut response)
    }

    fn place(&self, path: &str) -> String {
        format!("{}/api/v1/{path}", self.server)
    }

    fn answered(
        &self,
        sent: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
    ) -> Result<ureq::http::Response<ureq::Body>, TryError> {
        sent.map_err(|cause| TryError::Unreachable {
            server: self.server.clone(),
            cause: Box::new(cause),
        })
    }

    fn refusal(&self, response: &mut ureq::http::Response<ureq::Body>) -> Result<(), TryError> {
        let status = response.status();
        if status.is_success() {
            return Ok(());
        }
        let refusal: Result<Refusal, _> = response
            .body_mut()
            .with_config()
            .limit(LONGEST_ANSWER)
            .read_json();
        match refusal {
            Ok(refusal) => Err(TryError::Refused {
                server: self.server.clone(),
                status: status.as_u16(),
                sentence: refusal.error,
            }),
            Err(_) => Err(TryError::Foreign(self.server.clone())),
        }
    }

    fn read<T: DeserializeOwned>(
        &self,
        sent: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
    ) -> Result<T, TryError> {
        let mut response = self.answered(sent)?;
        self.refusal(&mut response)?;
        let body = response.body_mut().with_config().limit(LONGEST_ANSWER);
        body.read_json()
            .map_err(|_| TryError::Foreign(self.server.clone()))
    }
}
