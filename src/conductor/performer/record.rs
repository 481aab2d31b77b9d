//! What was shown, for the journal and for whoever asks what is on the display.

use std::sync::Arc;

use jiff::Zoned;
use motcua_show::stage::Generation;

use super::Performer;
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
        if self.note_alert(token) {
            return;
        }
        if token == 0 {
            self.proof.card_shown((&self.show, &self.files));
            self.journal.write(&Happened::Card { at });
            return;
        }
        if let Some(waiting) = self.wings.get(&generation_of(token)) {
            if let Some(item) = self.show.item(&waiting.item) {
                let performed = (&*self.show, &self.files);
                self.proof.item_shown(generation_of(token), item, performed);
            }
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

    /// Notes what of an item cannot be shown while the rest is; none where all of it can.
    pub(super) fn note_partial(&mut self, generation: Generation, fault: Option<String>) {
        let Some(item) = self.wings.get(&generation).map(|waiting| &waiting.item) else {
            return;
        };
        let Some(fault) = fault else {
            self.partial.remove(item);
            return;
        };
        tracing::warn!(item = &**item, "item {item:?} is shown in part: {fault}");
        self.journal.write(&Happened::Problem {
            item,
            fault: &fault,
        });
        self.partial.insert(Arc::clone(item), fault);
    }
}
