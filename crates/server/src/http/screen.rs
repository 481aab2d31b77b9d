//! What a screen that was taken says and hears.

use std::sync::Arc;

use axum::body::Body as Stream;
use axum::extract::{Path, State};
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use jiff::Timestamp;
use motcua_sync::api::{CommandResult, Heartbeat};
use ring::signature::{ED25519, UnparsedPublicKey};

use super::App;
use super::caller::{Body, Raw, Screen, bearer};
use super::problem::Problem;
use crate::{commands, screens};

/// What the signature of a heartbeat stands in.
const SIGNATURE: &str = "x-motcua-signature";

/// The longest heartbeat that is kept; problems are a few sentences.
const LONGEST_HEARTBEAT: usize = 64 << 10;

/// Events for the screen, as `text/event-stream`: `look`, `command`, and comments that keep the line open.
#[utoipa::path(get, path = "/api/v1/screen/events", tag = "screen",
    responses((status = 200, description = "The stream", content_type = "text/event-stream"),
        (status = 401, description = "No valid token")),
    security(("token" = [])))]
pub async fn events(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    _: Screen,
) -> Result<Response, Problem> {
    let shown = headers
        .get(AUTHORIZATION)
        .and_then(|shown| shown.to_str().ok());
    let secret = shown.and_then(bearer).ok_or_else(Problem::unknown_caller)?;
    // It may have been revoked since it was asked who it is.
    let events = app
        .connect(&secret)
        .await?
        .ok_or_else(Problem::unknown_caller)?;
    let headers = [
        (CONTENT_TYPE.as_str(), "text/event-stream"),
        (CACHE_CONTROL.as_str(), "no-store"),
        ("x-accel-buffering", "no"),
    ];
    Ok((headers, Stream::new(events)).into_response())
}

/// How the screen is.
#[utoipa::path(post, path = "/api/v1/screen/heartbeat", tag = "screen",
    params(("X-Motcua-Signature" = String, Header, description = "ed25519 of the body by the screen's key, in base64")),
    request_body(content = Object),
    responses((status = 204, description = "It is kept"), (status = 400, description = "It cannot be read"),
        (status = 401, description = "No valid token"), (status = 403, description = "The signature is wrong")),
    security(("token" = [])))]
pub async fn heartbeat(
    State(app): State<Arc<App>>,
    Screen(screen): Screen,
    headers: HeaderMap,
    Raw(body): Raw,
) -> Result<StatusCode, Problem> {
    if body.len() > LONGEST_HEARTBEAT {
        return Err(Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "the heartbeat is too long",
        ));
    }
    let decoded = |text: &str| BASE64_STANDARD.decode(text).unwrap_or_default();
    let signature = headers.get(SIGNATURE).and_then(|value| value.to_str().ok());
    let signature = decoded(signature.unwrap_or_default());
    UnparsedPublicKey::new(&ED25519, decoded(&screen.public_key))
        .verify(&body, &signature)
        .map_err(|_| Problem::forbidden("the heartbeat is not signed with this screen's key"))?;
    let heartbeat: Heartbeat = serde_json::from_slice(&body)
        .map_err(|error| Problem::refused(format!("the heartbeat cannot be read: {error}")))?;
    let now = Timestamp::now();
    screens::note(&app.database, &screen.id, &heartbeat, now).await?;
    let release = heartbeat
        .release
        .as_ref()
        .map(|release| (&release.unit, release.number));
    app.repository
        .note_floors(&screen.id, &heartbeat.trusted, release, now)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What became of a command.
#[utoipa::path(post, path = "/api/v1/screen/commands/{id}", tag = "screen",
    params(("id" = String, Path)),
    request_body(content = Object, description = "`{done, message, picture?}`"),
    responses((status = 204, description = "It is kept"), (status = 401, description = "No valid token"),
        (status = 404, description = "This screen waits for no such answer")),
    security(("token" = [])))]
pub async fn answer(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Screen(screen): Screen,
    Body(result): Body<CommandResult>,
) -> Result<StatusCode, Problem> {
    if commands::answer(&app.database, &screen.id, &id, &result, Timestamp::now()).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::missing(
            "no such command waits for an answer of this screen",
        ))
    }
}
