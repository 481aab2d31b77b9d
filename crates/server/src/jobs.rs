//! What the server does by itself: signing again before metadata expires, and clearing away.
//!
//! Every replica does it; each step is harmless when another has just done it.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::http::App;
use crate::{Result, alerts, commands, limits};

/// Metadata is signed again days before it expires, so an hour more or less does not count.
const EVERY: Duration = Duration::from_secs(3600);

/// Blobs that nothing names are cleared away once in this many rounds.
const ROUNDS_A_DAY: u32 = 24;

/// Works until the task is aborted.
pub async fn work(app: Arc<App>) {
    let mut rounds = tokio::time::interval(EVERY);
    for round in 0_u32.. {
        rounds.tick().await;
        if let Err(error) = clear(&app).await {
            tracing::warn!(%error, "old counters and commands were not cleared away; the next hour tries again");
        }
        if let Err(error) = app.repository.renew(Timestamp::now()).await {
            tracing::error!(%error, "the metadata was not signed again; screens stop updating once it expires");
        }
        if let Err(error) = proofs(&app).await {
            tracing::warn!(%error, "the proofs of play were not seen to; the next hour tries again");
        }
        if round % ROUNDS_A_DAY == ROUNDS_A_DAY - 1
            && let Err(error) = app.repository.collect(Timestamp::now()).await
        {
            tracing::warn!(%error, "blobs that nothing names were not cleared away");
        }
    }
}

/// Learns what releases hold before their files are cleared away, closes the day, and clears old proofs away.
async fn proofs(app: &App) -> Result<()> {
    let now = Timestamp::now();
    app.proofs.learn_releases().await?;
    app.proofs.close_day(now).await?;
    app.proofs.prune(now).await?;
    Ok(())
}

async fn clear(app: &App) -> Result<()> {
    let now = Timestamp::now();
    limits::forget(&app.database, now.as_second()).await?;
    alerts::forget(&app.database, now).await?;
    commands::forget(&app.database, now).await
}
