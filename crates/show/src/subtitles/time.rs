//! The line with the times of a cue: `00:00:01.000 --> 00:00:04,500 line:80%`.

use std::time::Duration;

/// What stands between the two times.
pub(super) const ARROW: &str = "-->";

/// Hours beyond which a time is no time of a film: a century.
const MOST_HOURS: u64 = 100 * 365 * 24;

/// Why a line with times cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum BadTimes {
    /// One of the two is no time; it stands here as written.
    NoTime(String),
    /// The end is not after the beginning.
    Backwards,
}

/// The beginning and the end of a cue. What follows them says where a cue stands, which the page decides.
pub(super) fn times(line: &str) -> Result<(Duration, Duration), BadTimes> {
    let (from, rest) = line.split_once(ARROW).unwrap_or((line, ""));
    let until = rest.split_whitespace().next().unwrap_or_default();
    let read = |written: &str| {
        let written = written.trim();
        time(written).ok_or_else(|| BadTimes::NoTime(written.chars().take(40).collect()))
    };
    let (from, until) = (read(from)?, read(until)?);
    if from < until {
        Ok((from, until))
    } else {
        Err(BadTimes::Backwards)
    }
}

/// `[hours:]minutes:seconds[.fraction]`, with a dot (WebVTT) or a comma (SubRip) before the fraction.
fn time(written: &str) -> Option<Duration> {
    let (whole, fraction) = written.split_once(['.', ',']).unwrap_or((written, "0"));
    let mut parts = whole.rsplit(':');
    let seconds = number(parts.next()?).filter(|&seconds| seconds < 60)?;
    let minutes = number(parts.next()?).filter(|&minutes| minutes < 60)?;
    let hours = match parts.next() {
        Some(hours) => number(hours).filter(|&hours| hours <= MOST_HOURS)?,
        None => 0,
    };
    if parts.next().is_some() {
        return None;
    }
    let millis = thousandths(fraction)?;
    let seconds = (hours * 60 + minutes) * 60 + seconds;
    Some(Duration::from_millis(seconds * 1000 + millis))
}

fn number(digits: &str) -> Option<u64> {
    let is_number = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    digits.parse().ok().filter(|_| is_number)
}

/// The first three digits after the dot; `.5` is half a second.
fn thousandths(fraction: &str) -> Option<u64> {
    number(fraction)?;
    let digits: String = fraction.chars().chain("00".chars()).take(3).collect();
    number(&digits)
}
