//! Publishing.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use jiff::Timestamp;
use motcua_sync::api::{Publish, Published, PublishedState, UnitRelease};

use super::App;
use super::caller::{Author, Body, Holder};
use super::problem::Problem;
use super::units::reachable;

/// What is published for a unit itself.
#[utoipa::path(get, path = "/api/v1/units/{id}/release", tag = "publishing",
    params(("id" = String, Path, description = "Its id or its name")),
    responses((status = 200, description = "`{number, signed_at, title, files}`"),
        (status = 401, description = "No valid token"), (status = 404, description = "There is no such unit or release")),
    security(("token" = [])))]
pub async fn current(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Holder(token): Holder,
) -> Result<Json<UnitRelease>, Problem> {
    let (unit, name) = reachable(&app, &token, &id).await?;
    let release = app.repository.release(&unit).await?.ok_or_else(|| {
        Problem::missing(format!(
            "nothing is published for {name} itself; `motcua push` publishes a show"
        ))
    })?;
    Ok(Json(UnitRelease {
        number: release.number,
        signed_at: release.signed_at,
        title: release.title,
        files: release.files,
    }))
}

/// Publishes a show whose blobs are there.
#[utoipa::path(post, path = "/api/v1/units/{id}/releases", tag = "publishing",
    params(("id" = String, Path, description = "Its id or its name")),
    request_body(content = Object, description = "`{title, files: {path: {sha256, length}}}`"),
    responses((status = 200, description = "`{number, state, screens}`"),
        (status = 400, description = "It is no release"), (status = 401, description = "No valid token"),
        (status = 403, description = "The token counts for another unit"),
        (status = 404, description = "There is no such unit"), (status = 409, description = "Blobs are missing")),
    security(("token" = [])))]
pub async fn publish(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Author(token): Author,
    Body(wanted): Body<Publish>,
) -> Result<Json<Published>, Problem> {
    let (unit, _) = reachable(&app, &token, &id).await?;
    let now = Timestamp::now();
    let published = app
        .repository
        .publish(&unit, &wanted.title, wanted.files, now)
        .await?;
    if published.state == PublishedState::Current {
        app.metrics.published();
    }
    tracing::info!(
        %unit,
        number = published.number,
        screens = published.screens,
        by = token.name,
        "release {} of {unit} was published",
        published.number
    );
    Ok(Json(published))
}
