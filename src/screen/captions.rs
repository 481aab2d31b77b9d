//! The captions of a film by its time: which stands now, and when that changes.
//!
//! Pure: the time comes in as an argument. Invariant: captions lie one after the other.

use std::sync::Arc;
use std::time::Duration;

use motcua_typeset::Caption;

/// The captions of a sheet, by their beginning.
#[derive(Debug, Clone, Default)]
pub(crate) struct Captions(Arc<[Caption]>);

impl Captions {
    pub(crate) fn new(captions: Vec<Caption>) -> Self {
        Self(captions.into())
    }

    /// The one that stands at `position` of the film.
    pub(crate) fn at(&self, position: Duration) -> Option<usize> {
        let begun = self.0.partition_point(|caption| caption.from <= position);
        let last = begun.checked_sub(1)?;
        (position < self.0[last].until).then_some(last)
    }

    /// When after `position` another stands, or none.
    pub(crate) fn next_change(&self, position: Duration) -> Option<Duration> {
        match self.at(position) {
            Some(index) => Some(self.0[index].until),
            None => {
                let begun = self.0.partition_point(|caption| caption.from <= position);
                self.0.get(begun).map(|caption| caption.from)
            }
        }
    }

    pub(crate) fn get(&self, index: usize) -> Option<&Caption> {
        self.0.get(index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use motcua_typeset::Rect;

    #[test]
    fn captions_stand_from_their_beginning_until_just_before_their_end() {
        let caption = |from, until| Caption {
            from: Duration::from_millis(from),
            until: Duration::from_millis(until),
            plate: Rect::default(),
            elements: Vec::new(),
        };
        let captions = Captions::new(vec![
            caption(1000, 2000),
            caption(2000, 3000),
            caption(5000, 6000),
        ]);
        for (at, stands, next) in [
            (0, None, Some(1000)),
            (999, None, Some(1000)),
            (1000, Some(0), Some(2000)),
            (1999, Some(0), Some(2000)),
            (2000, Some(1), Some(3000)),
            (3000, None, Some(5000)),
            (5500, Some(2), Some(6000)),
            (6000, None, None),
        ] {
            let position = Duration::from_millis(at);
            assert_eq!(captions.at(position), stands, "at {at}");
            let next = next.map(Duration::from_millis);
            assert_eq!(captions.next_change(position), next, "at {at}");
        }
        assert_eq!(Captions::default().at(Duration::ZERO), None);
        assert_eq!(Captions::default().next_change(Duration::ZERO), None);
    }
}
