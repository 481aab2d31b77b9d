//! Turns what changed, in any replica, into what this process's screens are told.
//!
//! A change that was missed costs nothing but time: every screen polls, and whoever lagged behind is told
//! to look at everything.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;
use motcua_show::units::UnitId;
use tokio::sync::broadcast::error::RecvError;

use crate::http::App;
use crate::hub::AlertEvent;
use crate::{Change, Result, alerts, commands, screens};

/// Follows the changes until the database is closed.
pub async fn follow(app: Arc<App>) {
    let mut changes = app.database.changes();
    loop {
        let done = match changes.recv().await {
            Ok(change) => tell(&app, change).await,
            Err(RecvError::Lagged(missed)) => {
                tracing::warn!(missed, "changes were missed; every screen is told to look");
                catch_up(&app).await
            }
            Err(RecvError::Closed) => return,
        };
        if let Err(error) = done {
            tracing::error!(%error, "screens were not told of a change; they find it at their next poll");
        }
    }
}

/// Hands a screen that is connected here the commands that wait for it.
///
/// # Errors
/// When the database fails.
pub async fn deliver(app: &App, screen: &str) -> Result<()> {
    if app.hub.is_connected(screen) {
        for order in commands::claim(&app.database, screen, Timestamp::now()).await? {
            app.hub.command(screen, &order);
        }
    }
    Ok(())
}

/// Hands a screen that is connected here the alerts that are active for it.
///
/// # Errors
/// When the database fails.
pub async fn alert(app: &App, screen: &str) -> Result<()> {
    alert_some(app, &[screen.into()], None).await
}

/// Hands screens the alerts that are active for them; only those at or below `area`, where one is named.
/// It is always all that are active, so that none overtakes another.
async fn alert_some(app: &App, screens: &[Box<str>], area: Option<&UnitId>) -> Result<()> {
    let now = Timestamp::now();
    let active = alerts::active(&app.database, now).await?;
    if active.is_empty() {
        return Ok(());
    }
    let active: Vec<(UnitId, AlertEvent)> = active
        .into_iter()
        .map(|alert| (alert.unit, AlertEvent::new(alert.number, &alert.envelope)))
        .collect();
    let (published, today) = (app.repository.published().await?, app.repository.day(now));
    // Thousands of screens have a few hundred homes.
    let mut by_home: HashMap<&UnitId, Vec<AlertEvent>> = HashMap::new();
    for screen in screens {
        let Some(home) = published.home(screen) else {
            continue;
        };
        let events = by_home.entry(home).or_insert_with(|| {
            let chain = published.chain_of(home, today);
            let is_meant = area.is_none_or(|area| chain.contains(area));
            let meant = active
                .iter()
                .filter(|(unit, _)| is_meant && chain.contains(unit));
            meant.map(|(_, event)| event.clone()).collect()
        });
        if !events.is_empty() {
            app.hub.alert(screen, events);
        }
    }
    Ok(())
}

async fn tell(app: &App, change: Change) -> Result<()> {
    // Before anybody is told to look, so that they find what they are told of.
    app.shelf.clear();
    match change {
        Change::Release { unit } => {
            let Ok(unit) = unit.parse::<UnitId>() else {
                return catch_up(app).await;
            };
            let below = app
                .repository
                .screens_below(&unit, Timestamp::now())
                .await?;
            app.hub.look(below.iter().map(String::as_str));
        }
        Change::Units => app.hub.look_all(),
        Change::Assigned { screen } => app.hub.look([screen.as_str()]),
        Change::Revoked { screen } => app.hub.cut(&screen),
        Change::Alert { unit, .. } => {
            let area = unit.parse::<UnitId>().ok();
            alert_some(app, &app.hub.screens(), area.as_ref()).await?;
        }
        Change::Command { screen, .. } => deliver(app, &screen).await?,
        Change::Answered { .. } => {}
    }
    Ok(())
}

async fn catch_up(app: &App) -> Result<()> {
    app.shelf.clear();
    app.hub.look_all();
    let known: HashSet<String> = screens::ids(&app.database).await?.into_iter().collect();
    alert_some(app, &app.hub.screens(), None).await?;
    for screen in app.hub.screens() {
        if known.contains(screen.as_ref()) {
            deliver(app, &screen).await?;
        } else {
            app.hub.cut(&screen);
        }
    }
    Ok(())
}
