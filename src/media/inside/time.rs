//! Media time: libav's ticks in a stream's time base, as nanoseconds from the start of the media.

use std::time::Duration;

use ffmpeg_next::Rational;

/// Nanoseconds from the start of the media; negative before it (priming samples, frames before a seek
/// point).
pub(crate) type Nanos = i64;

/// A century: anything beyond is a lie, and staying below it keeps sums from overflowing.
const LIMIT: i128 = 100 * 365 * 24 * 3600 * 1_000_000_000;

/// Ticks of `base` as nanoseconds, clamped to a century either way.
pub(crate) fn nanos(ticks: i64, base: Rational) -> Nanos {
    let (numerator, denominator) = (i128::from(base.numerator()), i128::from(base.denominator()));
    if denominator == 0 {
        return 0;
    }
    let exact = i128::from(ticks) * numerator * 1_000_000_000 / denominator;
    // The clamp makes the conversion lossless.
    exact.clamp(-LIMIT, LIMIT) as i64
}

/// As a `Duration`, with what lies before the start counted as the start.
pub(crate) fn duration(nanos: Nanos) -> Duration {
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(0))
}

/// From a `Duration`, clamped to a century.
pub(crate) fn from_duration(duration: Duration) -> Nanos {
    i128::try_from(duration.as_nanos()).map_or(LIMIT, |exact| exact.min(LIMIT)) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_become_nanoseconds_without_overflow() {
        assert_eq!(nanos(90_000, Rational(1, 90_000)), 1_000_000_000);
        assert_eq!(nanos(-1024, Rational(1, 48_000)), -21_333_333);
        assert_eq!(i128::from(nanos(i64::MAX, Rational(1, 1))), LIMIT);
        assert_eq!(nanos(5, Rational(1, 0)), 0);
        assert_eq!(duration(-5), Duration::ZERO);
    }
}
