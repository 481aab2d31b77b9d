//! What an operator says about downloads: how many, how fast, when, and how much of the disk.

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

/// How blobs are fetched and kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchSettings {
    /// Blobs that come in at once.
    pub at_once: usize,
    /// The bytes a second that all downloads together may take; none: as fast as the line.
    pub bytes_per_second: Option<u64>,
    /// The hours in which blobs may be fetched; none: always.
    pub hours: Option<Hours>,
    /// The most bytes that all blobs together may take.
    pub size_limit: u64,
    /// The bytes that stay free on the disk.
    pub leave_free: u64,
}

impl Default for FetchSettings {
    fn default() -> Self {
        Self {
            at_once: 3,
            bytes_per_second: None,
            hours: None,
            size_limit: 64 * 1024 * 1024 * 1024,
            // Enough for logs, the trust state and an upgrade of the player.
            leave_free: 512 * 1024 * 1024,
        }
    }
}

/// Hours of the day, such as 22:00 to 05:00.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    /// The first moment.
    pub from: Time,
    /// The first moment that is out again; at or before `from` it is one of the next day.
    pub until: Time,
}

impl Hours {
    /// Whether it is within these hours.
    #[must_use]
    pub fn contain(&self, time: Time) -> bool {
        if self.from < self.until {
            (self.from..self.until).contains(&time)
        } else {
            time >= self.from || time < self.until
        }
    }

    /// When they begin next; `now` itself where it is within them.
    #[must_use]
    pub fn next(&self, now: Timestamp, zone: &TimeZone) -> Timestamp {
        let local = now.to_zoned(zone.clone());
        if self.contain(local.time()) {
            return now;
        }
        let days = if local.time() < self.from { 0 } else { 1 };
        let day = local
            .date()
            .checked_add(days.days())
            .unwrap_or_else(|_| local.date());
        let opening = day.to_datetime(self.from).to_zoned(zone.clone());
        // The end of all calendars is the only day without a next one.
        opening.map_or(now, |opening| opening.timestamp())
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::time;

    use super::*;

    #[test]
    fn hours_run_past_midnight() {
        let night = Hours {
            from: time(22, 0, 0, 0),
            until: time(5, 0, 0, 0),
        };
        let zone = TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
        for (now, next) in [
            ("2026-11-23T20:00:00+07", "2026-11-23T22:00:00+07"),
            ("2026-11-23T22:00:00+07", "2026-11-23T22:00:00+07"),
            ("2026-11-24T04:59:59+07", "2026-11-24T04:59:59+07"),
            ("2026-11-24T05:00:00+07", "2026-11-24T22:00:00+07"),
        ] {
            let at = |written: &str| written.parse::<Timestamp>().unwrap();
            assert_eq!(night.next(at(now), &zone), at(next), "{now}");
        }
        let lunch = Hours {
            from: time(11, 30, 0, 0),
            until: time(13, 0, 0, 0),
        };
        let late = "2026-11-23T13:00:00+07".parse().unwrap();
        assert_eq!(
            lunch.next(late, &zone),
            "2026-11-24T11:30:00+07".parse().unwrap()
        );
    }
}
