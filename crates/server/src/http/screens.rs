//! What operators do with screens.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use jiff::Timestamp;
use motcua_sync::api::{Accept, CommandOrder, PublishedState};
use motcua_sync::pairing::{Code, NotACode};
use tokio::time::Instant;

use super::App;
use super::caller::{Body, Holder, Operator, everywhere, within};
use super::problem::Problem;
use super::units::reachable;
use super::wire::{Accepted, ChangeScreen, Changed, Order, Ordered, ScreenList};
use crate::commands::{self, CommandReport};
use crate::enrolment::{self, Attempt, Giving};
use crate::screens::{self, Screen};
use crate::tokens::{self, Token};

/// How long an operator waits for a screen to confirm; it asks every few seconds.
const CONFIRMING: Duration = Duration::from_secs(30);

/// How often to look without having been told that something was answered.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// All screens that the token reaches.
#[utoipa::path(get, path = "/api/v1/screens", tag = "screens",
    responses((status = 200, body = ScreenList), (status = 401, description = "No valid token")),
    security(("token" = [])))]
pub async fn list(
    State(app): State<Arc<App>>,
    Holder(token): Holder,
) -> Result<Json<ScreenList>, Problem> {
    let units = app.repository.units().await?;
    let mut screens = screens::list(&app.database).await?;
    screens.retain(|screen| match screen.unit.parse() {
        Ok(unit) => within(&token, &units, &unit).is_ok(),
        Err(_) => token.unit.is_none(),
    });
    for screen in &mut screens {
        screen.is_connected = app.hub.is_connected(&screen.id);
    }
    Ok(Json(ScreenList { screens }))
}

/// Takes the screen that shows a code.
#[utoipa::path(post, path = "/api/v1/screens/accept", tag = "screens",
    request_body(content = Object, description = "`{code, unit, name?}`"),
    responses((status = 200, body = Accepted), (status = 400, description = "That is no code"),
        (status = 401, description = "No valid token"), (status = 404, description = "No screen waits, or there is no such unit"),
        (status = 409, description = "No waiting screen shows this code")),
    security(("token" = [])))]
pub async fn accept(
    State(app): State<Arc<App>>,
    Operator(token): Operator,
    Body(wanted): Body<Accept>,
) -> Result<Json<Accepted>, Problem> {
    let code =
        Code::read(&wanted.code).map_err(|error: NotACode| Problem::refused(error.to_string()))?;
    let (unit, unit_name) = reachable(&app, &token, &wanted.unit).await?;
    let giving = Giving {
        unit,
        unit_name,
        name: wanted.name.filter(|name| !name.trim().is_empty()),
        root: app.repository.root().await?,
        ca: app.ca.clone(),
    };
    let mut changes = app.database.changes();
    let attempt = enrolment::offer(&app.database, &code, &giving, Timestamp::now()).await?;
    if attempt.answered == 0 {
        return Err(Problem::missing(
            "no screen waits to be taken; start one with `motcua play --server …` and type the code that it shows",
        ));
    }
    let deadline = Instant::now() + CONFIRMING;
    while Instant::now() < deadline {
        // Whatever changed, or nothing for a while: the database says what is.
        let _ = tokio::time::timeout(LOOK_AGAIN, changes.recv()).await;
        if let Some(screen) = taken(&app, &attempt).await? {
            let published = app.repository.published().await?;
            let is_signed = published.homes.get(&screen.id) == Some(&giving.unit);
            return Ok(Json(Accepted {
                id: screen.id,
                name: screen.name,
                unit: giving.unit.to_string(),
                state: if is_signed {
                    PublishedState::Current
                } else {
                    PublishedState::Unsigned
                },
            }));
        }
    }
    Err(Problem::conflict(
        "no waiting screen shows this code; compare the six digits and try again in a few seconds",
    ))
}

async fn taken(app: &App, attempt: &Attempt) -> Result<Option<Screen>, Problem> {
    Ok(match enrolment::taken_by(&app.database, attempt).await? {
        Some(screen) => screens::get(&app.database, &screen).await?,
        None => None,
    })
}

/// Moves or renames a screen.
#[utoipa::path(patch, path = "/api/v1/screens/{id}", tag = "screens", request_body = ChangeScreen,
    params(("id" = String, Path)),
    responses((status = 200, body = Changed), (status = 401, description = "No valid token"),
        (status = 404, description = "There is no such screen or unit")),
    security(("token" = [])))]
pub async fn change(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Operator(token): Operator,
    Body(wanted): Body<ChangeScreen>,
) -> Result<Json<Changed>, Problem> {
    let screen = of_token(&app, &token, &id).await?;
    let (unit, _) = reachable(&app, &token, wanted.unit.as_deref().unwrap_or(&screen.unit)).await?;
    let name = wanted.name.unwrap_or(screen.name);
    let state = app
        .repository
        .assign(&screen.id, &unit, &name, Timestamp::now())
        .await?;
    Ok(Json(Changed { state }))
}

/// Revokes a screen: from now on it reads nothing and is told nothing.
#[utoipa::path(delete, path = "/api/v1/screens/{id}", tag = "screens",
    params(("id" = String, Path)),
    responses((status = 200, body = Changed), (status = 401, description = "No valid token"),
        (status = 404, description = "There is no such screen")),
    security(("token" = [])))]
pub async fn revoke(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Operator(token): Operator,
) -> Result<Json<Changed>, Problem> {
    let screen = of_token(&app, &token, &id).await?;
    // The token first: it counts at once, also while the signatures for the rest are made elsewhere.
    screens::revoke(&app.database, &screen.id).await?;
    let state = app
        .repository
        .unassign(&screen.id, Timestamp::now())
        .await?;
    tracing::info!(
        screen = screen.id,
        by = token.name,
        "the screen {} was revoked",
        screen.name
    );
    Ok(Json(Changed { state }))
}

/// Gives a screen a command.
#[utoipa::path(post, path = "/api/v1/screens/{id}/commands", tag = "screens", request_body = Order,
    params(("id" = String, Path)),
    responses((status = 200, body = Ordered), (status = 401, description = "No valid token"),
        (status = 404, description = "There is no such screen")),
    security(("token" = [])))]
pub async fn command(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Operator(token): Operator,
    Body(wanted): Body<Order>,
) -> Result<Json<Ordered>, Problem> {
    let screen = of_token(&app, &token, &id).await?;
    let order = CommandOrder {
        id: tokens::draw_id()?,
        command: wanted.command,
    };
    commands::order(&app.database, &screen.id, &order, Timestamp::now()).await?;
    tracing::info!(
        screen = screen.id,
        by = token.name,
        "command {} to {}",
        commands::name_of(order.command),
        screen.name
    );
    Ok(Json(Ordered { id: order.id }))
}

/// What became of a command.
#[utoipa::path(get, path = "/api/v1/commands/{id}", tag = "screens",
    params(("id" = String, Path)),
    responses((status = 200, body = CommandReport), (status = 401, description = "No valid token"),
        (status = 404, description = "There is no such command")),
    security(("token" = [])))]
pub async fn report(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Operator(token): Operator,
) -> Result<Json<CommandReport>, Problem> {
    let none = || {
        Problem::missing(format!(
            "there is no command {id:?}; commands are kept for a month"
        ))
    };
    let report = commands::get(&app.database, &id, Timestamp::now())
        .await?
        .ok_or_else(none)?;
    of_token(&app, &token, &report.screen).await?;
    Ok(Json(report))
}

/// The screen of an id, or of a name that only one has, if the token reaches it.
pub(super) async fn of_token(app: &App, token: &Token, id: &str) -> Result<Screen, Problem> {
    let screen = match screens::get(&app.database, id).await? {
        Some(screen) => screen,
        None => by_name(app, id).await?,
    };
    if screen.unit.is_empty() {
        everywhere(token)?;
    } else {
        reachable(app, token, &screen.unit).await?;
    }
    Ok(screen)
}

async fn by_name(app: &App, name: &str) -> Result<Screen, Problem> {
    let mut named = screens::list(&app.database).await?;
    named.retain(|screen| screen.name == name || (name.len() >= 6 && screen.id.starts_with(name)));
    match named.len() {
        1 => Ok(named.remove(0)),
        0 => Err(Problem::missing(format!(
            "there is no screen {name:?}; `motcua-server screens list` shows them"
        ))),
        _ => {
            let ids: Vec<&str> = named.iter().map(|screen| screen.id.as_str()).collect();
            Err(Problem::conflict(format!(
                "several screens are called {name:?}: {}; use one of these ids",
                ids.join(", ")
            )))
        }
    }
}
