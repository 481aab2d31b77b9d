//! The tree of units.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use jiff::Timestamp;
use motcua_show::units::UnitId;
use motcua_sync::api::UnitList;

use super::App;
use super::caller::{Body, Holder, Operator, within};
use super::problem::Problem;
use super::wire::{AddUnit, AddedUnit, ChangeUnit, Changed};
use crate::tokens::Token;
use crate::units::{NewUnit, UnitChange, find};

/// All units.
#[utoipa::path(get, path = "/api/v1/units", tag = "units",
    responses((status = 200, description = "`{units: […]}`"), (status = 401, description = "No valid token")),
    security(("token" = [])))]
pub async fn list(State(app): State<Arc<App>>, _: Holder) -> Result<Json<UnitList>, Problem> {
    let units = app.repository.units().await?.units;
    Ok(Json(UnitList { units }))
}

/// Adds a unit.
#[utoipa::path(post, path = "/api/v1/units", tag = "units", request_body = AddUnit,
    responses((status = 200, body = AddedUnit), (status = 400, description = "The tree would not be one"),
        (status = 401, description = "No valid token")),
    security(("token" = [])))]
pub async fn add(
    State(app): State<Arc<App>>,
    Operator(token): Operator,
    Body(wanted): Body<AddUnit>,
) -> Result<Json<AddedUnit>, Problem> {
    let parent = named(&app, wanted.parent).await?;
    below(&app, &token, parent.as_ref()).await?;
    let unit = NewUnit {
        name: wanted.name,
        kind: wanted.kind,
        parent,
        first_day: wanted.first_day,
        last_day: wanted.last_day,
        successor: named(&app, wanted.successor).await?,
    };
    let (id, state) = app.repository.add_unit(unit, Timestamp::now()).await?;
    let id = id.to_string();
    Ok(Json(AddedUnit { id, state }))
}

/// Changes a unit.
#[utoipa::path(patch, path = "/api/v1/units/{id}", tag = "units", request_body = ChangeUnit,
    params(("id" = String, Path, description = "Its id or its name")),
    responses((status = 200, body = Changed), (status = 400, description = "The tree would not be one"),
        (status = 401, description = "No valid token"), (status = 404, description = "There is no such unit")),
    security(("token" = [])))]
pub async fn change(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Operator(token): Operator,
    Body(wanted): Body<ChangeUnit>,
) -> Result<Json<Changed>, Problem> {
    let id = app.repository.find_unit(&id).await?;
    below(&app, &token, Some(&id)).await?;
    let parent = named_or_cleared(&app, wanted.parent).await?;
    if let Some(parent) = &parent {
        below(&app, &token, parent.as_ref()).await?;
    }
    let change = UnitChange {
        name: wanted.name,
        kind: wanted.kind,
        parent,
        first_day: wanted.first_day,
        last_day: wanted.last_day,
        successor: named_or_cleared(&app, wanted.successor).await?,
    };
    let state = app
        .repository
        .change_unit(&id, change, Timestamp::now())
        .await?;
    Ok(Json(Changed { state }))
}

/// The unit that a request names, and whether the token reaches it.
///
/// # Errors
/// When there is no such unit or the token does not count there.
pub async fn reachable(app: &App, token: &Token, text: &str) -> Result<(UnitId, String), Problem> {
    let units = app.repository.units().await?;
    let unit = find(&units, text)?;
    within(token, &units, &unit.id)?;
    Ok((unit.id.clone(), unit.name.clone()))
}

/// Refuses a place in the tree that the token does not reach; the top is reached by unbound ones alone.
async fn below(app: &App, token: &Token, unit: Option<&UnitId>) -> Result<(), Problem> {
    let units = app.repository.units().await?;
    match unit {
        Some(unit) => within(token, &units, unit),
        None if token.unit.is_none() => Ok(()),
        None => Err(Problem::forbidden(
            "this token counts for one unit and those below it, so it cannot change the top of the tree",
        )),
    }
}

async fn named(app: &App, text: Option<String>) -> Result<Option<UnitId>, Problem> {
    Ok(match text {
        Some(text) => Some(app.repository.find_unit(&text).await?),
        None => None,
    })
}

async fn named_or_cleared(
    app: &App,
    text: Option<Option<String>>,
) -> Result<Option<Option<UnitId>>, Problem> {
    Ok(match text {
        Some(text) => Some(named(app, text).await?),
        None => None,
    })
}
