//! Book-keeping of what a decoder could not decode.
//!
//! Pure: it is told what came out well and what did not, in media time, and knows when to give up.

use crate::inside::time::Nanos;

/// A second without a good picture or sound is what a viewer takes for a fault.
const GIVE_UP_AFTER: Nanos = 1_000_000_000;

/// What happened so far on one track.
#[derive(Debug, Default)]
pub(crate) struct Damage {
    /// Where the present damaged stretch began.
    since: Option<Nanos>,
    /// Where everything up to now that was decoded ends.
    good_until: Nanos,
    first_at: Option<Nanos>,
    stretches: usize,
}

impl Damage {
    /// Something decoded well, lasting until `end`.
    pub(crate) fn good(&mut self, end: Nanos) {
        self.since = None;
        self.good_until = self.good_until.max(end);
    }

    /// Something at `at` did not decode; without a time stamp it is taken to follow on.
    pub(crate) fn bad(&mut self, at: Option<Nanos>) {
        let at = at.unwrap_or(self.good_until);
        if self.since.is_none() {
            self.stretches += 1;
            self.first_at.get_or_insert(at.max(0));
        }
        // Decoders answer late and out of order, so a stretch never begins after what is known bad.
        self.since = Some(self.since.map_or(at, |since| since.min(at)));
    }

    /// Whether the damage up to `at` is so long that the rest is not worth waiting for.
    pub(crate) fn is_hopeless(&self, at: Nanos) -> bool {
        self.since
            .is_some_and(|since| at - since.max(self.good_until) >= GIVE_UP_AFTER)
    }

    /// Whether the last thing heard of was damage.
    pub(crate) fn is_open(&self) -> bool {
        self.since.is_some()
    }

    /// Where everything decoded so far ends.
    pub(crate) fn good_until(&self) -> Nanos {
        self.good_until
    }

    /// How many damaged stretches there were, and where the first began.
    pub(crate) fn stretches(&self) -> Option<(usize, Nanos)> {
        self.first_at.map(|first| (self.stretches, first))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Nanos = 40_000_000;

    #[test]
    fn short_damage_is_passed_over_and_a_second_is_not() {
        let mut damage = Damage::default();
        damage.good(10 * FRAME);
        for frame in 10..20 {
            damage.bad(Some(frame * FRAME));
        }
        assert!(!damage.is_hopeless(20 * FRAME));
        damage.good(21 * FRAME);
        assert_eq!(damage.stretches(), Some((1, 10 * FRAME)));
        damage.bad(Some(21 * FRAME));
        assert!(damage.is_open());
        assert!(!damage.is_hopeless(40 * FRAME));
        assert!(damage.is_hopeless(47 * FRAME));
        assert_eq!(damage.good_until(), 21 * FRAME);
        assert_eq!(damage.stretches(), Some((2, 10 * FRAME)));
    }

    #[test]
    fn no_damage_is_never_hopeless() {
        let mut damage = Damage::default();
        damage.good(FRAME);
        assert!(!damage.is_hopeless(Nanos::MAX));
        assert_eq!(damage.stretches(), None);
    }
}
