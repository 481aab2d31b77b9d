//! Air time summed up: by playlist, topic and item, and against the targets of the communication plan.
//!
//! It sums what it is given. Given the slots of the timeline it says what is planned; given what screens
//! proved, what was shown.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use crate::item::{Content, Item};
use crate::procedure::base_code;
use crate::show::Show;
use crate::timeline::{Timeline, between};

/// A stretch in which something was on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown<'a> {
    /// The item; none for the built-in card.
    pub item: Option<&'a str>,
    /// The playlist that the entry or `default` names; none for the card.
    pub playlist: Option<&'a str>,
    /// When it began.
    pub start: Timestamp,
    /// When it ended; not part of it.
    pub end: Timestamp,
}

/// Time on the screen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Air {
    /// All of it.
    pub whole: Duration,
    /// What of it fell into the hours of the office.
    pub in_hours: Duration,
    /// How often it began.
    pub showings: u64,
}

impl Air {
    fn add(&mut self, whole: Duration, in_hours: Duration) {
        self.whole += whole;
        self.in_hours += in_hours;
        self.showings += 1;
    }
}

/// Air time of a stretch of days.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Of each playlist that has any.
    pub playlists: BTreeMap<String, Air>,
    /// Of each topic that has any, or stands in the plan.
    pub topics: BTreeMap<String, Air>,
    /// Of each item of the show that is itself shown.
    pub items: BTreeMap<String, Air>,
    /// Of each procedure, by base code: items that show it alone.
    pub procedures: BTreeMap<String, Air>,
    /// Of the built-in card.
    pub card: Air,
    /// On how many days the office opens; without office hours every day counts.
    pub opening_days: u32,
}

/// A topic of the plan against its target.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TopicAir {
    /// The topic, by the name that items use.
    pub topic: String,
    /// Its target in minutes per opening day; none where the plan names none.
    pub target: Option<u32>,
    /// Minutes in the hours of the office, per opening day; all minutes where no hours are known.
    pub minutes_per_day: f64,
    /// What is missing to the target, in minutes per opening day; zero where it is reached.
    pub missing: f64,
}

impl Coverage {
    /// Sums up what is shown.
    ///
    /// `hours` are those in which the office is open, in order and without overlap; none where they are not
    /// known, and then all time counts as the office's.
    #[must_use]
    pub fn of<'a>(
        show: &Show,
        shown: impl IntoIterator<Item = Shown<'a>>,
        hours: Option<&[(Timestamp, Timestamp)]>,
    ) -> Self {
        let items = || show.playlists.iter().flat_map(|playlist| &playlist.items);
        let known: BTreeMap<&str, &Item> = items().map(|item| (item.name.as_str(), item)).collect();
        let is_shown = |item: &&Item| !matches!(item.content, Content::Playlist(_));
        let mut coverage = Self {
            items: items()
                .filter(is_shown)
                .map(|item| (item.name.clone(), Air::default()))
                .collect(),
            ..Self::default()
        };
        let topics = show.plan.iter().flat_map(|plan| &plan.topics);
        for topic in topics {
            coverage.topics.entry(topic.name.clone()).or_default();
        }
        for shown in shown {
            let whole = between(shown.start, shown.end);
            let in_hours = hours.map_or(whole, |hours| within(hours, shown.start, shown.end));
            let Some(item) = shown.item else {
                coverage.card.add(whole, in_hours);
                continue;
            };
            let add = |to: &mut BTreeMap<String, Air>, key: &str| {
                to.entry(key.to_owned()).or_default().add(whole, in_hours);
            };
            add(&mut coverage.items, item);
            if let Some(playlist) = shown.playlist {
                add(&mut coverage.playlists, playlist);
            }
            let item = known.get(item);
            if let Some(topic) = item.and_then(|item| item.topic.as_deref()) {
                add(&mut coverage.topics, topic);
            }
            if let Some(Content::Procedure(shown)) = item.map(|item| &item.content) {
                add(&mut coverage.procedures, base_code(&shown.code));
            }
        }
        coverage
    }

    /// What the timeline plans from one instant to another.
    #[must_use]
    pub fn planned(timeline: &Timeline, from: Timestamp, until: Timestamp) -> Self {
        let slots: Vec<_> = timeline
            .slots(from)
            .take_while(|slot| slot.start < until)
            .collect();
        let shown = slots.iter().map(|slot| Shown {
            item: slot.item.as_deref(),
            playlist: slot.playlist.as_deref(),
            start: slot.start.max(from),
            end: slot.end.min(until),
        });
        let day_of = |at: Timestamp| at.to_zoned(timeline.zone().clone()).date();
        let (first, last) = (day_of(from), day_of(before(until).max(from)));
        let has_hours = timeline.office().has_hours();
        let hours: Vec<_> = timeline.open_hours(first, last).collect();
        let hours = has_hours.then_some(hours.as_slice());
        Self {
            opening_days: opening_days(timeline, (first, last), (from, until)),
            ..Self::of(timeline.show(), shown, hours)
        }
    }

    /// The topics of the plan against their targets, in the order of the plan.
    #[must_use]
    pub fn against_plan(&self, show: &Show) -> Vec<TopicAir> {
        let topics = show.plan.iter().flat_map(|plan| &plan.topics);
        topics
            .map(|topic| {
                let air = self.topics.get(&topic.name).copied().unwrap_or_default();
                let minutes_per_day = match self.opening_days {
                    0 => 0.0,
                    days => minutes(air.in_hours) / f64::from(days),
                };
                let target = topic.minutes_per_day;
                let missing =
                    target.map_or(0.0, |target| (f64::from(target) - minutes_per_day).max(0.0));
                TopicAir {
                    topic: topic.name.clone(),
                    target,
                    minutes_per_day,
                    missing,
                }
            })
            .collect()
    }
}

/// Time in minutes.
#[must_use]
pub fn minutes(time: Duration) -> f64 {
    time.as_secs_f64() / 60.0
}

/// The days with hours of the office between two instants; all days where its hours are not known.
fn opening_days(
    timeline: &Timeline,
    (first, last): (Date, Date),
    (from, until): (Timestamp, Timestamp),
) -> u32 {
    let days = std::iter::successors(Some(first), |day| day.tomorrow().ok());
    let days = days.take_while(|&day| day <= last);
    let opens = |day: &Date| {
        !timeline.office().has_hours()
            || timeline
                .open_hours(*day, *day)
                .any(|(opens, closes)| opens < until && from < closes)
    };
    u32::try_from(days.filter(opens).count()).unwrap_or(u32::MAX)
}

/// The instant just before another.
fn before(at: Timestamp) -> Timestamp {
    at.checked_sub(Duration::from_nanos(1)).unwrap_or(at)
}

/// How much of a stretch lies within hours that are in order and do not overlap.
fn within(hours: &[(Timestamp, Timestamp)], start: Timestamp, end: Timestamp) -> Duration {
    let first = hours.partition_point(|&(_, closes)| closes <= start);
    hours[first..]
        .iter()
        .take_while(|&&(opens, _)| opens < end)
        .map(|&(opens, closes)| between(opens.max(start), closes.min(end)))
        .sum()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    const SHOW: &str = r#"
title = "x"
timezone = "Asia/Ho_Chi_Minh"

[plan]
title = "Plan"
[[plan.topic]]
name = "reform"
title = "Reform"
minutes_per_day = 90
[[plan.topic]]
name = "digital"
title = "Digital"
minutes_per_day = 10
[[plan.topic]]
name = "silent"
title = "Silent"

[[office_hours]]
days = ["mon", "tue"]
from = "08:00"
until = "10:00"

[[playlist]]
name = "loop"
default = true
[[playlist.item]]
kind = "image"
name = "a"
source = "a.png"
topic = "reform"
dwell = "1m"
[[playlist.item]]
kind = "procedure"
name = "b"
code = "1.001193.H51"
topic = "digital"
dwell = "3m"
[[playlist.item]]
kind = "playlist"
name = "nested"
playlist = "more"

[[playlist]]
name = "more"
[[playlist.item]]
kind = "image"
name = "c"
source = "c.png"
dwell = "2m"

[procedures."1.001193"]
code = "1.001193"
name = "P"
field = "F"
"#;

    fn timeline() -> Timeline {
        Timeline::new(Arc::new(toml::from_str(SHOW).unwrap()))
    }

    fn at(civil: &str) -> Timestamp {
        timeline()
            .zone()
            .to_timestamp(civil.parse().unwrap())
            .unwrap()
    }

    #[test]
    fn air_time_adds_up_to_the_whole_stretch() {
        let (from, until) = (at("2026-11-23T06:17:30"), at("2026-11-25T11:00"));
        let coverage = Coverage::planned(&timeline(), from, until);
        let sum = |air: &BTreeMap<String, Air>| air.values().map(|air| air.whole).sum::<Duration>();
        let whole = between(from, until);
        assert_eq!(sum(&coverage.playlists), whole);
        assert_eq!(sum(&coverage.items), whole);
        assert_eq!(coverage.items["c"].whole + sum(&coverage.topics), whole);
        assert_eq!(coverage.procedures["1.001193"], coverage.items["b"]);
        // Monday and Tuesday, two hours each.
        assert_eq!(coverage.opening_days, 2);
        let in_hours: Duration = coverage.items.values().map(|air| air.in_hours).sum();
        assert_eq!(in_hours, Duration::from_secs(4 * 3600));
    }

    #[test]
    fn topics_are_set_against_the_plan_in_opening_hours() {
        let (from, until) = (at("2026-11-23T00:00"), at("2026-11-30T00:00"));
        let coverage = Coverage::planned(&timeline(), from, until);
        let plan = coverage.against_plan(timeline().show());
        let reform = &plan[0];
        // A sixth of 120 minutes, to within one item.
        assert!((reform.minutes_per_day - 20.0).abs() <= 3.0, "{reform:?}");
        assert!((reform.missing - (90.0 - reform.minutes_per_day)).abs() < 1e-9);
        assert_eq!((plan[1].target, plan[1].missing), (Some(10), 0.0));
        assert_eq!((plan[2].target, plan[2].minutes_per_day), (None, 0.0));
    }

    #[test]
    fn what_was_proved_is_summed_alike() {
        let (from, until) = (at("2026-11-23T07:59"), at("2026-11-23T08:02"));
        let shown = [
            Shown {
                item: Some("a"),
                playlist: Some("loop"),
                start: from,
                end: until,
            },
            Shown {
                item: Some("gone from the show"),
                playlist: None,
                start: from,
                end: until,
            },
        ];
        let hours = [(at("2026-11-23T08:00"), at("2026-11-23T10:00"))];
        let coverage = Coverage::of(timeline().show(), shown, Some(&hours));
        let two_minutes = Duration::from_secs(120);
        assert_eq!(coverage.topics["reform"].in_hours, two_minutes);
        assert_eq!(coverage.items["gone from the show"].showings, 1);
        assert_eq!(coverage.items["b"], Air::default());
    }
}
