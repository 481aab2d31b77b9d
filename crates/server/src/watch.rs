//! Turns what changed, in any replica, into what this process's screens are told.
//!
//! A change that was missed costs nothing but time: every screen polls, and whoever lagged behind is told
//! to look at everything.

use std::collections::HashSet;
use std::sync::Arc;

use jiff::Timestamp;
use motcua_show::units::UnitId;
use tokio::sync::broadcast::error::RecvError;

use crate::http::App;
use crate::{Change, Result, commands, screens};

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
        Change::Command { screen, .. } => deliver(app, &screen).await?,
        Change::Answered { .. } => {}
    }
    Ok(())
}

async fn catch_up(app: &App) -> Result<()> {
    app.shelf.clear();
    app.hub.look_all();
    let known: HashSet<String> = screens::ids(&app.database).await?.into_iter().collect();
    for screen in app.hub.screens() {
        if known.contains(screen.as_ref()) {
            deliver(app, &screen).await?;
        } else {
            app.hub.cut(&screen);
        }
    }
    Ok(())
}
