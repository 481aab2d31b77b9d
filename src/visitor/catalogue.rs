//! What can be looked up of a show, with its own table of everyday words.

use std::sync::Arc;

use jiff::civil::Date;
use motcua_show::Show;
use motcua_show::visit::Catalogue;

use crate::files::Files;
use crate::loading;

/// The procedures of a show that can be looked up on a day; none of a show that does not offer it.
#[must_use]
pub fn build(show: Arc<Show>, files: &Files, today: Date) -> Catalogue {
    let (synonyms, problems) = loading::synonyms(&show, files);
    for problem in problems {
        tracing::warn!("{problem}");
    }
    Catalogue::build(show, synonyms, today)
}
