//! The routes of the server: reading requests, saying who may ask, and writing answers. What is decided is
//! decided in the domain modules; what is believed by screens is signed there.

pub mod accept;
pub mod accounts;
pub mod alerts;
pub mod blobs;
pub mod caller;
pub mod enrolments;
pub mod keys;
pub mod openapi;
pub mod posted_page;
pub mod problem;
pub mod proofs;
pub mod range;
pub mod releases;
pub mod reports;
pub mod repository;
pub mod screen;
pub mod screens;
pub mod shelf;
pub mod status;
pub mod units;
pub mod wire;

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use axum::routing::{MethodRouter, delete, get, patch, post, put};
use tower_http::compression::CompressionLayer;

use crate::hub::{Events, Hub};
use crate::metrics::Metrics;
use crate::proofs::Proofs;
use crate::repository::Repository;
use crate::serve::{Answer, EVENTS_PATH};
use crate::settings::Settings;
use crate::storage::Storage;
use crate::tokens::Secret;
use crate::{Database, screens as known};
use problem::Problem;
use shelf::Shelf;

/// The longest body of ordinary requests: a release of ten thousand files fits.
const LONGEST_BODY: usize = 4 << 20;

/// The longest body of an answer to a command, which may hold a picture of a 4K screen.
const LONGEST_ANSWER: usize = 48 << 20;

/// The longest bundle of signed metadata.
const LONGEST_BUNDLE: usize = 64 << 20;

/// The longest proof with its tally, packed or not.
const LONGEST_PROOF: usize = (1 << 20) + (256 << 10);

/// Everything that answering a request needs.
#[derive(Debug)]
pub struct App {
    /// What the operator decided.
    pub settings: Settings,
    /// The database.
    pub database: Database,
    /// The blobs.
    pub storage: Storage,
    /// The signed metadata.
    pub repository: Repository,
    /// What screens have shown.
    pub proofs: Proofs,
    /// The connected screens.
    pub hub: Arc<Hub>,
    /// The numbers.
    pub metrics: Metrics,
    /// Metadata that was just read.
    pub shelf: Shelf,
    /// The server's certificate authority, where it is its own.
    pub ca: Option<String>,
}

/// Every route, as axum writes its path, with all its methods.
#[must_use]
pub fn routes() -> Vec<(&'static str, MethodRouter<Arc<App>>)> {
    let answers = DefaultBodyLimit::max(LONGEST_ANSWER);
    let bundles = DefaultBodyLimit::max(LONGEST_BUNDLE);
    // Blobs are taken in piece by piece and have a limit of their own.
    let unlimited = DefaultBodyLimit::disable();
    let packed = CompressionLayer::new();
    let batches = DefaultBodyLimit::max(LONGEST_PROOF);
    vec![
        ("/healthz", get(status::health)),
        ("/metrics", get(status::metrics)),
        ("/api/v1/time", get(status::time)),
        ("/openapi.json", get(openapi::document)),
        (
            "/repository/metadata/{file}",
            get(repository::metadata).layer(packed.clone()),
        ),
        (
            "/repository/targets/{*path}",
            get(repository::target).layer(packed.clone()),
        ),
        (
            "/repository/blobs/sha256/{start}/{sha256}",
            get(blobs::send),
        ),
        (EVENTS_PATH, get(screen::events)),
        ("/api/v1/screen/heartbeat", post(screen::heartbeat)),
        (
            "/api/v1/screen/commands/{id}",
            post(screen::answer).layer(answers),
        ),
        ("/api/v1/screen/alerts", get(alerts::of_screen)),
        ("/api/v1/screen/alerts/{id}", post(alerts::answer)),
        (
            "/api/v1/units/{id}/alerts",
            get(alerts::list).post(alerts::send),
        ),
        ("/api/v1/alerts/{id}", get(alerts::report)),
        ("/api/v1/alert-keys", get(alerts::keys)),
        ("/api/v1/units/{id}/alert-keys", post(alerts::add_key)),
        (
            "/api/v1/units/{id}/alert-keys/{key}",
            delete(alerts::remove_key),
        ),
        ("/accept", get(accept::page)),
        ("/api/v1/enrolments", post(enrolments::ask)),
        ("/api/v1/enrolments/{id}", get(enrolments::state)),
        ("/api/v1/enrolments/{id}/confirm", post(enrolments::confirm)),
        ("/api/v1/blobs/missing", post(blobs::missing)),
        (
            "/api/v1/blobs/{sha256}",
            put(blobs::take_in).layer(unlimited),
        ),
        ("/api/v1/units", get(units::list).post(units::add)),
        ("/api/v1/units/{id}", patch(units::change)),
        ("/api/v1/units/{id}/release", get(releases::current)),
        ("/api/v1/units/{id}/releases", post(releases::publish)),
        ("/api/v1/screens", get(screens::list)),
        ("/api/v1/screens/accept", post(screens::accept)),
        (
            "/api/v1/screens/{id}",
            patch(screens::change).delete(screens::revoke),
        ),
        ("/api/v1/screens/{id}/commands", post(screens::command)),
        ("/api/v1/commands/{id}", get(screens::report)),
        ("/api/v1/tokens", get(accounts::list).post(accounts::add)),
        ("/api/v1/tokens/{id}", delete(accounts::revoke)),
        ("/api/v1/unsigned", get(keys::unsigned).layer(packed)),
        ("/api/v1/signed", post(keys::signed).layer(bundles)),
        ("/api/v1/unsigned/{role}", delete(keys::discard)),
        (
            "/api/v1/keys/take-off",
            post(keys::take_off).delete(keys::cancel_take_off),
        ),
        ("/api/v1/export", get(keys::export)),
        (
            "/api/v1/screen/proofs",
            get(proofs::known).post(proofs::take).layer(batches),
        ),
        ("/api/v1/proofs/key", get(proofs::key)),
        ("/api/v1/proofs/roots/{day}", get(proofs::root)),
        ("/api/v1/proofs/rebuild", post(proofs::rebuild)),
        ("/api/v1/reports/posted", get(reports::posted)),
        ("/api/v1/reports/air-time", get(reports::air_time)),
        ("/api/v1/reports/lacking", get(reports::lacking)),
        ("/api/v1/reports/never-shown", get(reports::never_shown)),
        ("/api/v1/reports/visitors", get(reports::visitors)),
        ("/api/v1/reports/chains", get(reports::chains)),
        ("/api/v1/reports/proofs", get(reports::proofs)),
        ("/api/v1/reports/proof", get(reports::proof)),
        ("/p/{screen}/{code}", get(posted_page::page)),
    ]
}

impl Answer for App {
    fn router(self: &Arc<Self>) -> axum::Router {
        let mut router = axum::Router::new();
        for (path, methods) in routes() {
            router = router.route(path, methods.fallback(not_so));
        }
        router
            .fallback(nothing_here)
            .layer(DefaultBodyLimit::max(LONGEST_BODY))
            .layer(axum::middleware::from_fn_with_state(
                Arc::clone(self),
                count,
            ))
            .with_state(Arc::clone(self))
    }

    async fn events(&self, authorization: &str) -> Option<Events> {
        let secret = caller::bearer(authorization)?;
        let events = self.connect(&secret).await.ok()??;
        self.metrics.request("GET", EVENTS_PATH, 200, 0.0);
        Some(events)
    }
}

impl App {
    /// The events of the screen that shows this token.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn connect(&self, secret: &Secret) -> crate::Result<Option<Events>> {
        let Some(screen) = known::find(&self.database, secret).await? else {
            return Ok(None);
        };
        let events = self.hub.connect(&screen.id);
        // Between the question and the connection it may have been revoked, and nobody was there to be cut.
        if known::find(&self.database, secret).await?.is_none() {
            return Ok(None);
        }
        crate::watch::alert(self, &screen.id).await?;
        crate::watch::deliver(self, &screen.id).await?;
        Ok(Some(events))
    }
}

/// Counts a request by its route, never by its path, of which there are too many.
async fn count(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("none", |path| path.as_str())
        .to_owned();
    let method = request.method().clone();
    let response = next.run(request).await;
    let (status, took) = (response.status(), began.elapsed());
    // A client may write any method that it likes.
    let method = if status == 405 {
        "other"
    } else {
        method.as_str()
    };
    app.metrics
        .request(method, &route, status.as_u16(), took.as_secs_f64());
    tracing::debug!(
        method,
        route,
        status = status.as_u16(),
        ms = took.as_millis(),
        "answered"
    );
    response
}

async fn nothing_here() -> Problem {
    Problem::missing("there is nothing at this address; /openapi.json lists what there is")
}

async fn not_so() -> Problem {
    Problem::new(
        axum::http::StatusCode::METHOD_NOT_ALLOWED,
        "this address does not take this method; /openapi.json lists those that it takes",
    )
}
