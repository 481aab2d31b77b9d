//! What is done for a visitor on threads of its own: building what can be looked up, drawing a form's pages.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::civil::Date;
use motcua_media::{Decoder, Kind, MediaError, MediaInfo, Picture};
use motcua_show::Show;
use motcua_show::visit::{Catalogue, Slip};
use tokio::sync::mpsc::UnboundedSender;

use super::Told;
use crate::files::Files;
use crate::visitor::catalogue;

/// Pages of a form that are drawn at most: a form with more is a book.
const MOST_PAGES: usize = 12;
/// The highest page in pixels.
const HIGHEST: u32 = 8_000;

/// What comes back.
#[derive(Debug)]
pub enum Aided {
    /// What can be looked up was built.
    Stocked {
        /// The procedures.
        catalogue: Arc<Catalogue>,
        /// The day on which they may be posted.
        today: Date,
    },
    /// The pages of a form, none where it cannot be shown.
    Form {
        /// Which opening of a form it was.
        opening: u64,
        /// The pages.
        pages: Option<Vec<Picture>>,
    },
    /// A slip was printed, or was not.
    Printed(Slip),
    /// A voice has come to its end.
    Silent(u64),
}

/// Builds what can be looked up: a large show takes a fifth of a second.
pub(super) fn build(show: Arc<Show>, files: Files, today: Date, sender: UnboundedSender<Told>) {
    spawn("catalogue", move || {
        let catalogue = Arc::new(catalogue::build(show, &files, today));
        drop(sender.send(Told::Aided(Aided::Stocked { catalogue, today })));
    });
}

/// Draws the pages of the form in `file`, `width` pixels wide.
pub(super) fn open_form(opening: u64, file: PathBuf, width: u32, sender: UnboundedSender<Told>) {
    spawn("form", move || {
        let pages = pages(&file, width)
            .inspect_err(|error| {
                tracing::warn!("the form {} cannot be shown: {error}", file.display());
            })
            .ok();
        drop(sender.send(Told::Aided(Aided::Form { opening, pages })));
    });
}

fn pages(file: &std::path::Path, width: u32) -> Result<Vec<Picture>, MediaError> {
    let mut decoder = Decoder::new();
    let pages = match decoder.probe_as(file, Kind::Document)? {
        MediaInfo::Document(document) => document.pages,
        _ => 0,
    };
    (0..pages.min(MOST_PAGES))
        .map(|page| decoder.page(file, page, width, HIGHEST))
        .collect()
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) {
    let spawned = std::thread::Builder::new().name(name.into()).spawn(work);
    if let Err(error) = spawned {
        tracing::error!("no thread could be started for the {name}: {error}; free memory");
    }
}
