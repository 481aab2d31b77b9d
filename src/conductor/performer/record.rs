//! What was shown, for the journal and for whoever asks what is on the display.

use std::sync::Arc;

use jiff::Zoned;

use super::{ALERT, Performer};
use crate::conductor::token::{generation_of, page_of};
use crate::journal::{Happened, civil};

impl Performer {
    pub(super) fn write_shown(&mut self, token: u64, now: &Zoned) {
        let at = civil(now);
        self.shown = self
            .wings
            .get(&generation_of(token))
            .filter(|_| token != 0)
            .map(|waiting| Arc::clone(&waiting.item));
        if token == ALERT {
            self.journal.write(&Happened::Alert);
            return;
        }
        if token == 0 {
            self.journal.write(&Happened::Card { at });
            return;
        }
        if let Some(waiting) = self.wings.get(&generation_of(token)) {
            let pages = waiting
                .prepared
                .as_ref()
                .map_or(1, |prepared| prepared.pages.len());
            self.journal.write(&Happened::Shown {
                item: &waiting.item,
                page: page_of(token) + 1,
                pages,
                at,
            });
        }
    }
}
