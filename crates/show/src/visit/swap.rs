//! A release that comes while a visitor is there: the data change, the page stays.

use std::sync::Arc;

use super::{Catalogue, Effect, Place, Visit};
use crate::procedure::Case;

impl Visit {
    /// Another release has come: its data take the place of the old without breaking the visitor's page.
    pub fn swap(&mut self, catalogue: Arc<Catalogue>) -> Vec<Effect> {
        let before = std::mem::replace(&mut self.catalogue, catalogue);
        let opened: Vec<Arc<str>> = self
            .places
            .iter()
            .filter_map(Place::code)
            .cloned()
            .collect();
        for code in &opened {
            let was_there = before.procedure(code).is_some();
            if self.catalogue.procedure(code).is_none() && was_there {
                self.withdrawn.insert(Arc::clone(code), Arc::clone(&before));
            }
        }
        // Ticks are numbers of papers: they hold for the papers that the visitor saw and for no others.
        let (withdrawn, catalogue) = (&self.withdrawn, &self.catalogue);
        self.checklists.retain(|code, _| {
            let seen = papers(&before, code).or_else(|| papers(withdrawn.get(code)?, code));
            let now = papers(catalogue, code).or_else(|| papers(withdrawn.get(code)?, code));
            now.is_some() && now == seen
        });
        self.forget_withdrawn();
        if self
            .level
            .is_some_and(|level| !self.catalogue.levels().contains(&level))
        {
            // It could not be seen any more, and not be taken away.
            self.level = None;
        }
        self.ask();
        vec![Effect::Draw]
    }

    /// Lets go of what a release took away once nobody is there, or once it has come back.
    pub(super) fn forget_withdrawn(&mut self) {
        let (places, catalogue) = (&self.places, &self.catalogue);
        self.withdrawn.retain(|code, _| {
            let is_open = places
                .iter()
                .filter_map(Place::code)
                .any(|open| open == code);
            is_open && catalogue.procedure(code).is_none()
        });
    }
}

fn papers<'a>(catalogue: &'a Catalogue, code: &str) -> Option<&'a [Case]> {
    catalogue
        .procedure(code)
        .map(|found| found.cases.as_slice())
}
