//! What a screen says before anybody has taken it. There is no token yet, so addresses are counted.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use jiff::Timestamp;
use motcua_sync::api::{Confirmation, Enrolment, EnrolmentRequest, EnrolmentState};

use super::App;
use super::caller::{Address, Body};
use super::problem::Problem;
use crate::enrolment;
use crate::limits::{self, CONFIRMATIONS, ENROLMENTS, Limit};
use crate::screens;

/// A screen asks to be taken.
#[utoipa::path(post, path = "/api/v1/enrolments", tag = "enrolment",
    request_body(content = Object, description = "`{public_key, pake}` in base64"),
    responses((status = 200, description = "`{id, expires_in_s}`"), (status = 400, description = "It is damaged"),
        (status = 429, description = "Too many screens wait, or this address asks too often")))]
pub async fn ask(
    State(app): State<Arc<App>>,
    Address(address): Address,
    Body(request): Body<EnrolmentRequest>,
) -> Result<Json<Enrolment>, Problem> {
    let now = Timestamp::now();
    counted(&app, ENROLMENTS, Address(address), now).await?;
    let id = enrolment::ask(&app.database, &request, address, now).await?;
    let expires_in_s = enrolment::EXPIRES_S.unsigned_abs();
    Ok(Json(Enrolment { id, expires_in_s }))
}

/// Where the request is.
#[utoipa::path(get, path = "/api/v1/enrolments/{id}", tag = "enrolment",
    params(("id" = String, Path)),
    responses((status = 200, description = "`{state, offer?}`")))]
pub async fn state(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
) -> Result<Json<EnrolmentState>, Problem> {
    let state = enrolment::state(&app.database, &id, Timestamp::now()).await?;
    Ok(Json(state))
}

/// The screen proves that it shows the digits, and is taken.
#[utoipa::path(post, path = "/api/v1/enrolments/{id}/confirm", tag = "enrolment",
    params(("id" = String, Path)),
    request_body(content = Object, description = "`{confirmation, signature}` in base64"),
    responses((status = 204, description = "The screen is taken"),
        (status = 403, description = "It proves nothing, or another screen was taken"),
        (status = 429, description = "This address tries too often")))]
pub async fn confirm(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    address: Address,
    Body(confirmation): Body<Confirmation>,
) -> Result<StatusCode, Problem> {
    let now = Timestamp::now();
    counted(&app, CONFIRMATIONS, address, now).await?;
    let refusal = || Problem::forbidden("this confirms nothing; the screen asks anew");
    let taken = enrolment::confirm(&app.database, &id, &confirmation, now)
        .await?
        .ok_or_else(refusal)?;
    if taken.is_finished {
        // Where it belongs may have been changed since, so nothing is done again.
        return Ok(StatusCode::NO_CONTENT);
    }
    // Signed first: a screen that is taken has a place. If this breaks off, the screen confirms again.
    app.repository
        .assign(&taken.screen, &taken.unit, &taken.name, now)
        .await?;
    if enrolment::finish(&app.database, &id, &taken, now).await? {
        tracing::info!(screen = taken.screen, unit = %taken.unit, "the screen {} was taken", taken.name);
        return Ok(StatusCode::NO_CONTENT);
    }
    // The attempt took another screen in the same moment; this one is left without a place, as it was.
    if screens::get(&app.database, &taken.screen).await?.is_none() {
        app.repository.unassign(&taken.screen, now).await?;
    }
    Err(refusal())
}

async fn counted(app: &App, limit: Limit, address: Address, now: Timestamp) -> Result<(), Problem> {
    if limits::allows(&app.database, limit, address.0, now.as_second()).await? {
        Ok(())
    } else {
        Err(Problem::too_often())
    }
}
