//! How the server is, for load balancers and for Prometheus.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use motcua_sync::api::Time;
use serde::Serialize;
use utoipa::ToSchema;

use super::App;

/// Whether the server can work.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// Whether everything that it needs answers.
    pub is_well: bool,
    /// `well`, or that the database does not answer.
    pub database: &'static str,
    /// `well`, or that the place of the blobs does not answer.
    pub storage: &'static str,
}

/// Whether the database and the place of the blobs answer.
#[utoipa::path(get, path = "/healthz", tag = "status",
    responses((status = 200, body = Health), (status = 503, body = Health)))]
pub async fn health(State(app): State<Arc<App>>) -> Response {
    let (database, storage) = tokio::join!(app.database.check(), app.storage.check());
    let word = |failed: Option<&dyn std::error::Error>, what: &str| match failed {
        None => "well",
        Some(error) => {
            tracing::error!(%error, "the {what} does not answer");
            "does not answer; the server's log says why"
        }
    };
    let is_well = database.is_ok() && storage.is_ok();
    let status = if is_well {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let health = Health {
        is_well,
        database: word(database.as_ref().err().map(|error| error as _), "database"),
        storage: word(
            storage.as_ref().err().map(|error| error as _),
            "place of the blobs",
        ),
    };
    (status, Json(health)).into_response()
}

/// Numbers for Prometheus.
#[utoipa::path(get, path = "/metrics", tag = "status",
    responses((status = 200, description = "Prometheus' text format", content_type = "text/plain")))]
pub async fn metrics(State(app): State<Arc<App>>) -> Response {
    let text = app.metrics.render(app.hub.connected());
    ([(CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response()
}

/// What the server's clock says, for screens that keep in step.
#[utoipa::path(get, path = "/api/v1/time", tag = "status",
    responses((status = 200, description = "`{now}`, RFC 3339 with fractions of a second")))]
pub async fn time() -> Response {
    let time = Time {
        now: Timestamp::now(),
    };
    ([(CACHE_CONTROL, "no-store")], Json(time)).into_response()
}
