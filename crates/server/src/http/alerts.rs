//! Alerts: taken from who may have them relayed, handed to screens, and who may sign them.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use jiff::Timestamp;
use motcua_show::alert::AlertId;
use motcua_show::units::UnitId;
use motcua_sync::alert;
use motcua_sync::api::alerts::{
    ActiveAlerts, AddAlertKey, AlertAnswer, AlertKeyList, AlertList, AlertReport, ChangedAlertKeys,
    SentAlert,
};
use motcua_sync::tuf::KeyId;
use serde_json::Value;

use super::App;
use super::caller::{Admin, Alerter, Body, Holder, Raw, Screen};
use super::problem::Problem;
use super::units::reachable;
use crate::alerts::{self, AlertRefused};
use crate::error::Error;

/// Relays an alert to the screens of a unit and of those below it.
#[utoipa::path(post, path = "/api/v1/units/{id}/alerts", tag = "alerts",
    params(("id" = String, Path, description = "Its id or its name")),
    request_body(content = Object, description = "The envelope, `{signatures, signed}`"),
    responses((status = 200, description = "`{id, screens}`"),
        (status = 400, description = "Screens would not believe it"), (status = 401, description = "No valid token"),
        (status = 403, description = "The token counts for another unit"),
        (status = 404, description = "There is no such unit"),
        (status = 409, description = "It was sent already, or its key has counted further")),
    security(("token" = [])))]
pub async fn send(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Alerter(token): Alerter,
    Raw(body): Raw,
) -> Result<Json<SentAlert>, Problem> {
    let (unit, _) = reachable(&app, &token, &id).await?;
    let (now, published) = (Timestamp::now(), app.repository.published().await?);
    let today = app.repository.day(now);
    let opened = alert::open(&body, &published.alert_keys, &published.units, &unit, today)
        .map_err(refused)?;
    if opened.alert.unit != unit {
        return Err(refused(AlertRefused::OtherUnit {
            unit,
            found: opened.alert.unit,
        }));
    }
    // On one line, as it stands in an event.
    let envelope: Value = serde_json::from_slice(&body)
        .map_err(|error| refused(alert::EnvelopeError::from(error)))?;
    alerts::send(
        &app.database,
        &opened,
        &envelope.to_string(),
        &published.units,
        now,
    )
    .await?;
    let screens = published.screens_in(&unit, today);
    tracing::info!(
        alert = %opened.alert.id,
        %unit,
        screens,
        severity = opened.alert.severity.name(),
        by = token.name,
        "the alert {} for {unit} is relayed to {screens} screens",
        opened.alert.id
    );
    Ok(Json(SentAlert {
        id: opened.alert.id,
        screens,
    }))
}

/// The alerts of a unit itself and what became of them, the newest first.
#[utoipa::path(get, path = "/api/v1/units/{id}/alerts", tag = "alerts",
    params(("id" = String, Path, description = "Its id or its name")),
    responses((status = 200, description = "`{alerts: […]}`"), (status = 401, description = "No valid token"),
        (status = 404, description = "There is no such unit")),
    security(("token" = [])))]
pub async fn list(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Holder(token): Holder,
) -> Result<Json<AlertList>, Problem> {
    let (unit, _) = reachable(&app, &token, &id).await?;
    let published = app.repository.published().await?;
    let today = app.repository.day(Timestamp::now());
    let screens = |unit: &UnitId| published.screens_in(unit, today);
    let alerts = alerts::list(&app.database, &unit, screens).await?;
    Ok(Json(AlertList { alerts }))
}

/// What became of an alert.
#[utoipa::path(get, path = "/api/v1/alerts/{id}", tag = "alerts",
    params(("id" = String, Path)),
    responses((status = 200, description = "Its state, and on how many screens it was shown"),
        (status = 401, description = "No valid token"), (status = 404, description = "There is no such alert")),
    security(("token" = [])))]
pub async fn report(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Holder(token): Holder,
) -> Result<Json<AlertReport>, Problem> {
    let none = || Problem::missing(format!("there is no alert {id:?}"));
    let parsed: AlertId = id.parse().map_err(|_| none())?;
    let published = app.repository.published().await?;
    let today = app.repository.day(Timestamp::now());
    let screens = |unit: &UnitId| published.screens_in(unit, today);
    let report = alerts::report(&app.database, &parsed, screens)
        .await?
        .ok_or_else(none)?;
    reachable(&app, &token, report.unit.as_str()).await?;
    Ok(Json(report))
}

/// The alerts that are active for the screen.
#[utoipa::path(get, path = "/api/v1/screen/alerts", tag = "screen",
    responses((status = 200, description = "`{alerts: [envelope…]}`, in the order in which they were sent"),
        (status = 401, description = "No valid token")),
    security(("token" = [])))]
pub async fn of_screen(
    State(app): State<Arc<App>>,
    Screen(screen): Screen,
) -> Result<Json<ActiveAlerts>, Problem> {
    let now = Timestamp::now();
    let active = alerts::active(&app.database, now).await?;
    let published = app.repository.published().await?;
    let Some(home) = published.home(&screen.id) else {
        return Ok(Json(ActiveAlerts::default()));
    };
    let chain = published.chain_of(home, app.repository.day(now));
    let meant = active
        .iter()
        .filter(|alert| chain.contains(&alert.unit))
        .filter_map(|alert| serde_json::from_str(&alert.envelope).ok());
    Ok(Json(ActiveAlerts {
        alerts: meant.collect(),
    }))
}

/// What became of an alert on the screen.
#[utoipa::path(post, path = "/api/v1/screen/alerts/{id}", tag = "screen",
    params(("id" = String, Path)),
    request_body(content = Object, description = "`{outcome: \"received\" | \"shown\" | \"refused\", why?}`"),
    responses((status = 204, description = "It is kept"), (status = 401, description = "No valid token"),
        (status = 404, description = "There is no such alert for this screen")),
    security(("token" = [])))]
pub async fn answer(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Screen(screen): Screen,
    Body(answer): Body<AlertAnswer>,
) -> Result<StatusCode, Problem> {
    let none = || Problem::missing("there is no such alert for this screen");
    let id: AlertId = id.parse().map_err(|_| none())?;
    let unit = alerts::unit_of(&app.database, &id)
        .await?
        .ok_or_else(none)?;
    let (now, published) = (Timestamp::now(), app.repository.published().await?);
    let is_meant = published.home(&screen.id).is_some_and(|home| {
        published
            .chain_of(home, app.repository.day(now))
            .contains(&unit)
    });
    if !is_meant {
        return Err(none());
    }
    if let Some(why) = &answer.why {
        tracing::warn!(alert = %id, screen = screen.id, "a screen refuses the alert {id}: {why}");
    }
    alerts::answer(&app.database, &screen.id, &id, &answer, now).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Which keys may alert which unit.
#[utoipa::path(get, path = "/api/v1/alert-keys", tag = "alerts",
    responses((status = 200, description = "`{keys: {units: {unit: {threshold, keys}}}, state}`"),
        (status = 401, description = "No valid token")),
    security(("token" = [])))]
pub async fn keys(State(app): State<Arc<App>>, _: Admin) -> Result<Json<AlertKeyList>, Problem> {
    let (keys, state) = app.repository.alert_keys().await?;
    Ok(Json(AlertKeyList { keys, state }))
}

/// Lets a key alert a unit and those below it.
#[utoipa::path(post, path = "/api/v1/units/{id}/alert-keys", tag = "alerts",
    params(("id" = String, Path, description = "Its id or its name")),
    request_body(content = Object, description = "`{key: {keytype, scheme, keyval}, threshold?}`"),
    responses((status = 200, description = "`{key, unit, state}`"), (status = 400, description = "Too few keys could sign"),
        (status = 401, description = "No valid token"), (status = 404, description = "There is no such unit")),
    security(("token" = [])))]
pub async fn add_key(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Admin(by): Admin,
    Body(wanted): Body<AddAlertKey>,
) -> Result<Json<ChangedAlertKeys>, Problem> {
    let unit = app.repository.find_unit(&id).await?;
    let (key, now) = (wanted.key.id(), Timestamp::now());
    let state = app
        .repository
        .add_alert_key(&unit, &wanted.key, wanted.threshold, now)
        .await?;
    tracing::info!(%unit, %key, by = by.name, "a key may alert {unit}");
    Ok(Json(ChangedAlertKeys { key, unit, state }))
}

/// Takes that right away again; what it alerted is taken off the screens.
#[utoipa::path(delete, path = "/api/v1/units/{id}/alert-keys/{key}", tag = "alerts",
    params(("id" = String, Path, description = "Its id or its name"), ("key" = String, Path, description = "The id of the key")),
    responses((status = 200, description = "`{key, unit, state}`"), (status = 400, description = "Too few keys would be left"),
        (status = 401, description = "No valid token"), (status = 404, description = "There is no such unit or key")),
    security(("token" = [])))]
pub async fn remove_key(
    State(app): State<Arc<App>>,
    Path((id, key)): Path<(String, String)>,
    Admin(by): Admin,
) -> Result<Json<ChangedAlertKeys>, Problem> {
    let unit = app.repository.find_unit(&id).await?;
    let key = KeyId::from(key);
    let now = Timestamp::now();
    let state = app.repository.remove_alert_key(&unit, &key, now).await?;
    tracing::info!(%unit, %key, by = by.name, "a key may alert {unit} no more");
    Ok(Json(ChangedAlertKeys { key, unit, state }))
}

fn refused(error: impl Into<AlertRefused>) -> Problem {
    Error::Alert(error.into()).into()
}
