//! Stretches of time: in order, apart from each other, in milliseconds since 1970.

use std::fmt;

/// Stretches that lie closer together are one: what a screen says about two neighbouring stretches was measured by
/// two clocks, the machine's and one that cannot be set, and rounded.
const TOUCHING_MS: i64 = 1000;

/// Stretches of time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spans(Vec<(i64, i64)>);

/// A text that is no list of stretches.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is not a list of stretches of time")]
pub struct NoSpans(String);

impl Spans {
    /// One stretch; none where it is empty.
    #[must_use]
    pub fn one(from: i64, until: i64) -> Self {
        Self(if from < until {
            vec![(from, until)]
        } else {
            Vec::new()
        })
    }

    /// The stretches, from and until.
    #[must_use]
    pub fn list(&self) -> &[(i64, i64)] {
        &self.0
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// When the first begins and the last ends.
    #[must_use]
    pub fn bounds(&self) -> Option<(i64, i64)> {
        Some((self.0.first()?.0, self.0.last()?.1))
    }

    /// All of them together.
    #[must_use]
    pub fn total_ms(&self) -> i64 {
        self.0.iter().map(|(from, until)| until - from).sum()
    }

    /// Adds stretches; those that touch become one, in whatever order they are added.
    pub fn add(&mut self, other: &Self) {
        if other.is_empty() {
            return;
        }
        let mut all = std::mem::take(&mut self.0);
        all.extend_from_slice(&other.0);
        all.sort_unstable();
        for (from, until) in all {
            match self.0.last_mut() {
                Some(last) if from.saturating_sub(last.1) <= TOUCHING_MS => {
                    last.1 = last.1.max(until);
                }
                _ => self.0.push((from, until)),
            }
        }
    }

    /// What lies in both.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let (mut ours, mut theirs) = (self.0.iter().peekable(), other.0.iter().peekable());
        let mut both = Vec::new();
        while let (Some(&&one), Some(&&two)) = (ours.peek(), theirs.peek()) {
            let (from, until) = (one.0.max(two.0), one.1.min(two.1));
            if from < until {
                both.push((from, until));
            }
            if one.1 < two.1 {
                ours.next();
            } else {
                theirs.next();
            }
        }
        Self(both)
    }

    /// What lies in these and not in the others.
    #[must_use]
    pub fn without(&self, other: &Self) -> Self {
        let mut left = Vec::new();
        for &(from, until) in &self.0 {
            let mut from = from;
            for &(start, end) in &other.0 {
                if end <= from || until <= start {
                    continue;
                }
                if from < start {
                    left.push((from, start));
                }
                from = from.max(end);
            }
            if from < until {
                left.push((from, until));
            }
        }
        Self(left)
    }

    /// Reads what [`fmt::Display`] writes.
    ///
    /// # Errors
    /// When it is something else.
    pub fn read(text: &str) -> Result<Self, NoSpans> {
        let read = |part: &str| {
            // The times of a clock before 1970 begin with a minus.
            let (from, until) = part[1..].split_once('-')?;
            let from = format!("{}{from}", &part[..1]).parse().ok()?;
            let until: i64 = until.parse().ok()?;
            (from < until).then_some((from, until))
        };
        let parts: Option<Vec<_>> = text
            .split_ascii_whitespace()
            .map(|part| part.is_char_boundary(1).then(|| read(part)).flatten())
            .collect();
        parts.map(Self).ok_or_else(|| NoSpans(text.to_owned()))
    }
}

impl fmt::Display for Spans {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (from, until)) in self.0.iter().enumerate() {
            let between = if place == 0 { "" } else { " " };
            write!(f, "{between}{from}-{until}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(list: &[(i64, i64)]) -> Spans {
        let mut spans = Spans::default();
        for &(from, until) in list {
            spans.add(&Spans::one(from, until));
        }
        spans
    }

    #[test]
    fn stretches_that_touch_are_one_in_any_order() {
        let parts = [(0, 5_000), (5_900, 9_000), (20_000, 21_000), (1_000, 2_000)];
        let expected = [(0, 9_000), (20_000, 21_000)];
        assert_eq!(spans(&parts).list(), expected);
        let mut turned = parts;
        turned.reverse();
        assert_eq!(spans(&turned).list(), expected);
        assert_eq!(spans(&parts).total_ms(), 10_000);
        assert_eq!(spans(&[(7, 7)]), Spans::default());
    }

    #[test]
    fn both_and_the_rest_make_the_whole() {
        let mut random = fastrand::Rng::with_seed(7);
        for _ in 0..500 {
            let mut draw = || {
                let list: Vec<_> = (0..random.usize(0..6))
                    .map(|_| {
                        let from = random.i64(-50..50) * 2_000;
                        (from, from + random.i64(0..20) * 2_000)
                    })
                    .collect();
                spans(&list)
            };
            let (one, two) = (draw(), draw());
            let covers = |spans: &Spans, at: i64| {
                let list = spans.list();
                list.iter().any(|&(from, until)| from <= at && at < until)
            };
            for step in -60..120 {
                let at = step * 2_000;
                let (in_one, in_two) = (covers(&one, at), covers(&two, at));
                assert_eq!(covers(&one.and(&two), at), in_one && in_two);
                assert_eq!(covers(&one.without(&two), at), in_one && !in_two);
            }
            assert_eq!(Spans::read(&one.to_string()).unwrap(), one);
        }
        assert!(Spans::read("5-3").is_err() && Spans::read("x").is_err());
        assert!(Spans::read("é").is_err());
    }
}
