//! Signing outside of the server, and repositories that leave it on a stick.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use jiff::Timestamp;
use motcua_sync::bundle::{Bundle, TakeOff};
use serde::Deserialize;

use super::App;
use super::caller::{Admin, Body, Operator, everywhere};
use super::problem::Problem;
use super::units::reachable;
use crate::export::Export;
use crate::signing::Imported;

/// How long an exported timestamp is valid without being told, in days: longer than a trip to a commune takes.
const VALID_DAYS: u32 = 60;

/// The longest, so that a lost stick does not hold a screen back for ever.
const LONGEST_DAYS: u32 = 366;

/// What waits for signatures made off the server.
#[utoipa::path(get, path = "/api/v1/unsigned", tag = "keys",
    responses((status = 200, description = "The bundle"), (status = 401, description = "No valid token"),
        (status = 403, description = "The token counts for one unit only")),
    security(("token" = [])))]
pub async fn unsigned(
    State(app): State<Arc<App>>,
    Operator(token): Operator,
) -> Result<Json<Bundle>, Problem> {
    everywhere(&token)?;
    Ok(Json(
        app.repository.export_unsigned(Timestamp::now()).await?,
    ))
}

/// Takes a bundle back, and publishes what has all its signatures.
#[utoipa::path(post, path = "/api/v1/signed", tag = "keys",
    request_body(content = Object, description = "The bundle"),
    responses((status = 200, description = "What was published and what still waits"),
        (status = 400, description = "A signature is wrong"), (status = 401, description = "No valid token"),
        (status = 403, description = "The token counts for one unit only")),
    security(("token" = [])))]
pub async fn signed(
    State(app): State<Arc<App>>,
    Operator(token): Operator,
    Body(bundle): Body<Bundle>,
) -> Result<Json<Imported>, Problem> {
    everywhere(&token)?;
    Ok(Json(
        app.repository
            .import_signed(&bundle, Timestamp::now())
            .await?,
    ))
}

/// Gives up what waits for signatures in a role, and goes on from what is published.
#[utoipa::path(delete, path = "/api/v1/unsigned/{role}", tag = "keys",
    params(("role" = String, Path, description = "Such as `unit-phu-loi`")),
    responses((status = 204, description = "Nothing of this role waits any more"), (status = 401, description = "No valid token")),
    security(("token" = [])))]
pub async fn discard(
    State(app): State<Arc<App>>,
    Path(role): Path<String>,
    Admin(by): Admin,
) -> Result<StatusCode, Problem> {
    app.repository
        .discard_unsigned(&role, Timestamp::now())
        .await?;
    tracing::info!(
        role,
        by = by.name,
        "what waited for signatures of {role} was given up"
    );
    Ok(StatusCode::NO_CONTENT)
}

/// Begins to hand the signing over to keys that are not on the server: what they must sign waits in the bundle.
#[utoipa::path(post, path = "/api/v1/keys/take-off", tag = "keys",
    request_body(content = Object, description = "The public keys and thresholds of each role"),
    responses((status = 204, description = "It waits for the signatures of the new keys"),
        (status = 400, description = "A threshold cannot be met"), (status = 401, description = "No valid token"),
        (status = 409, description = "Something else waits for signatures")),
    security(("token" = [])))]
pub async fn take_off(
    State(app): State<Arc<App>>,
    Admin(by): Admin,
    Body(wanted): Body<TakeOff>,
) -> Result<StatusCode, Problem> {
    app.repository.take_off(&wanted, Timestamp::now()).await?;
    tracing::info!(
        by = by.name,
        "the keys are about to be taken off the server"
    );
    Ok(StatusCode::NO_CONTENT)
}

/// Leaves the keys where they are.
#[utoipa::path(delete, path = "/api/v1/keys/take-off", tag = "keys",
    responses((status = 204, description = "The keys stay"), (status = 401, description = "No valid token")),
    security(("token" = [])))]
pub async fn cancel_take_off(
    State(app): State<Arc<App>>,
    Admin(by): Admin,
) -> Result<StatusCode, Problem> {
    app.repository.cancel_take_off(Timestamp::now()).await?;
    tracing::info!(by = by.name, "the keys stay on the server");
    Ok(StatusCode::NO_CONTENT)
}

/// What is asked for of an export.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    /// Such as `60d`.
    valid: Option<String>,
    /// Id or name of a unit; everything without one.
    unit: Option<String>,
}

/// A repository for a stick, without its blobs: its timestamp is valid for longer.
#[utoipa::path(get, path = "/api/v1/export", tag = "keys",
    params(("valid" = Option<String>, Query, description = "Such as `60d`"),
        ("unit" = Option<String>, Query, description = "Id or name of a unit; everything without one")),
    responses((status = 200, description = "`{files, blobs, valid_until}`"),
        (status = 400, description = "That is no length of time"), (status = 401, description = "No valid token"),
        (status = 403, description = "The token counts for another unit"),
        (status = 404, description = "There is no such unit")),
    security(("token" = [])))]
pub async fn export(
    State(app): State<Arc<App>>,
    Query(wanted): Query<Wanted>,
    Operator(token): Operator,
) -> Result<Json<Export>, Problem> {
    let days = days(wanted.valid.as_deref())?;
    let unit = match &wanted.unit {
        Some(text) => Some(reachable(&app, &token, text).await?.0),
        None => {
            everywhere(&token)?;
            None
        }
    };
    let export = app
        .repository
        .export(days, unit.as_ref(), Timestamp::now())
        .await?;
    Ok(Json(export))
}

fn days(text: Option<&str>) -> Result<u32, Problem> {
    let Some(text) = text else {
        return Ok(VALID_DAYS);
    };
    text.strip_suffix('d')
        .and_then(|digits| digits.parse().ok())
        .filter(|days| (1..=LONGEST_DAYS).contains(days))
        .ok_or_else(|| {
            Problem::refused(format!(
                "valid={text:?} is no length of time between 1d and {LONGEST_DAYS}d"
            ))
        })
}
