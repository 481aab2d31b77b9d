//! Builds what can be looked up, on a thread of its own: a large show takes a fifth of a second.

use std::sync::Arc;

use jiff::civil::Date;
use motcua_show::Show;
use motcua_show::lookup::Synonyms;
use motcua_show::visit::{Catalogue, Preferred};
use tokio::sync::mpsc::UnboundedSender;

use super::Told;
use crate::files::Files;

/// What was built.
#[derive(Debug)]
pub struct Stock {
    /// The procedures that can be looked up.
    pub catalogue: Arc<Catalogue>,
    /// The day on which they may be posted.
    pub today: Date,
}

/// Builds a catalogue and tells it as [`Told::Stocked`].
pub fn build(show: Arc<Show>, files: Files, today: Date, sender: UnboundedSender<Told>) {
    let spawned = std::thread::Builder::new()
        .name("catalogue".into())
        .spawn(move || {
            let catalogue = Arc::new(catalogue(show, &files, today));
            drop(sender.send(Told::Stocked(Stock { catalogue, today })));
        });
    if let Err(error) = spawned {
        tracing::error!("no thread could be started for the lookup: {error}; free memory");
    }
}

/// The procedures of a show that can be looked up on a day.
#[must_use]
pub fn catalogue(show: Arc<Show>, _files: &Files, today: Date) -> Catalogue {
    let synonyms = Synonyms::shipped().unwrap_or_default();
    let preferred = Preferred::default();
    Catalogue::build(show, synonyms, &preferred, today)
}
