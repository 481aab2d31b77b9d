//! `motcua simulate`: what will play when and why, by the timeline that plays.

mod table;

use std::collections::BTreeMap;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use motcua_show::coverage::{Air, Coverage, TopicAir, minutes};
use motcua_show::posting::{Duty, Lacking, duties, lacking};
use motcua_show::timeline::{Reason, Slot, Timeline};
use motcua_show::{Lines, Show};
use serde::Serialize;

use crate::cli;
use crate::clock::Clock;
use crate::loading;

/// What is simulated.
struct Simulation {
    timeline: Timeline,
    lines: Lines,
    from: Timestamp,
    until: Timestamp,
}

/// A stretch of the timeline, as a line of JSON.
#[derive(Debug, Serialize)]
struct Line<'a> {
    start: String,
    end: String,
    item: Option<&'a str>,
    playlist: Option<&'a str>,
    entry: Option<usize>,
    reason: &'static str,
    priority: Option<i32>,
    share: Option<u32>,
    /// The shares of all entries between which the air time is divided at its start.
    of_shares: Option<u32>,
}

/// What `--coverage` says, as JSON.
#[derive(Debug, Serialize)]
struct Summed<'a> {
    from: String,
    until: String,
    opening_days: u32,
    playlists: Vec<Named<'a>>,
    topics: Vec<TopicSummed<'a>>,
    items: Vec<Named<'a>>,
    card_minutes: f64,
    card_minutes_in_hours: f64,
    procedures: Vec<ProcedureSummed<'a>>,
    lacking: &'a [Lacking],
}

#[derive(Debug, Serialize)]
struct Named<'a> {
    name: &'a str,
    minutes: f64,
    minutes_in_hours: f64,
    showings: u64,
}

#[derive(Debug, Serialize)]
struct TopicSummed<'a> {
    #[serde(flatten)]
    air: Named<'a>,
    minutes_per_opening_day: Option<f64>,
    target: Option<u32>,
    missing: Option<f64>,
}

#[derive(Debug, Serialize)]
struct ProcedureSummed<'a> {
    #[serde(flatten)]
    duty: &'a Duty,
    is_in_effect: bool,
    minutes: f64,
    showings: u64,
}

/// Says what plays from one civil time to another.
///
/// # Errors
/// When the show cannot be used or the times do not fit together.
pub fn run(arguments: &cli::Simulate) -> anyhow::Result<ExitCode> {
    let simulation = Simulation::of(arguments)?;
    let out = std::io::BufWriter::new(std::io::stdout().lock());
    let written = match (arguments.coverage, arguments.json) {
        (false, true) => simulation.write_lines(out),
        (false, false) => simulation.write_table(out),
        (true, true) => simulation.write_sums(out),
        (true, false) => simulation.write_sums_as_table(out),
    };
    match written {
        // A reader that has seen enough, such as `head`, is no fault.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(ExitCode::SUCCESS),
        outcome => outcome.map(|()| ExitCode::SUCCESS).map_err(Into::into),
    }
}

impl Simulation {
    fn of(arguments: &cli::Simulate) -> anyhow::Result<Self> {
        let mut loaded = loading::read(&arguments.show);
        loading::look_at_media(&mut loaded);
        for problem in &loaded.problems {
            tracing::warn!("{problem}");
        }
        let show = loaded.show.context("the show cannot be used")?;
        let timeline = Timeline::new(show.into());
        let zone = timeline.zone().clone();
        let from = match arguments.from {
            Some(from) => instant(from, &zone)?,
            None => Clock::new(zone.clone(), None).now().timestamp(),
        };
        let until = match arguments.until {
            Some(until) => instant(until, &zone)?,
            None => from
                .to_zoned(zone)
                .checked_add(1.day())
                .context("there is no day after that")?
                .timestamp(),
        };
        if until <= from {
            bail!("`--until` is not later than `--from`; write a later time behind it");
        }
        Ok(Self {
            timeline,
            lines: loaded.lines,
            from,
            until,
        })
    }

    fn show(&self) -> &Show {
        self.timeline.show()
    }

    /// The slots from `from` to `until`, the first and last cut to it.
    fn slots(&self) -> impl Iterator<Item = Slot> + '_ {
        let until = self.until;
        let slots = self.timeline.slots(self.from);
        slots
            .take_while(move |slot| slot.start < until)
            .map(move |mut slot| {
                slot.start = slot.start.max(self.from);
                slot.end = slot.end.min(until);
                slot
            })
    }

    fn civil(&self, at: Timestamp) -> String {
        let offset = self.timeline.zone().to_offset(at);
        at.display_with_offset(offset).to_string()
    }

    fn line<'a>(&self, slot: &'a Slot) -> Line<'a> {
        let place = slot.entry.and_then(|entry| entry.checked_sub(1));
        let entry = place.and_then(|place| self.show().schedule.get(place));
        let of_shares = entry.map(|_| {
            let candidates = self.timeline.candidates(slot.start);
            let shares = candidates
                .iter()
                .filter_map(|&place| self.show().schedule.get(place));
            shares.map(|entry| entry.share.max(1)).sum()
        });
        Line {
            start: self.civil(slot.start),
            end: self.civil(slot.end),
            item: slot.item.as_deref(),
            playlist: slot.playlist.as_deref(),
            entry: place.map(|place| self.number(place)),
            reason: reason(slot.reason),
            priority: entry.map(|entry| entry.priority),
            share: entry.map(|entry| entry.share),
            of_shares,
        }
    }

    /// The number of an entry in the file, counting those that could not be read.
    fn number(&self, place: usize) -> usize {
        self.lines.entry(place).map_or(place + 1, |at| at.number)
    }

    fn write_lines(&self, mut out: impl std::io::Write) -> std::io::Result<()> {
        for slot in self.slots() {
            serde_json::to_writer(&mut out, &self.line(&slot))?;
            out.write_all(b"\n")?;
        }
        out.flush()
    }

    fn write_sums(&self, mut out: impl std::io::Write) -> std::io::Result<()> {
        let sums = self.sums();
        serde_json::to_writer(&mut out, &sums.as_json(self))?;
        out.write_all(b"\n")?;
        out.flush()
    }

    fn sums(&self) -> Sums {
        let coverage = Coverage::planned(&self.timeline, self.from, self.until);
        Sums {
            topics: coverage.against_plan(self.show()),
            duties: duties(self.show()),
            lacking: lacking(self.show()),
            coverage,
        }
    }
}

/// Everything that `--coverage` says.
struct Sums {
    coverage: Coverage,
    topics: Vec<TopicAir>,
    duties: Vec<Duty>,
    lacking: Vec<Lacking>,
}

impl Sums {
    fn as_json(&self, simulation: &Simulation) -> Summed<'_> {
        let coverage = &self.coverage;
        let topics = coverage.topics.iter().map(|(name, air)| {
            let planned = self.topics.iter().find(|topic| topic.topic == *name);
            TopicSummed {
                air: named(name, air),
                minutes_per_opening_day: planned.map(|topic| tidy(topic.minutes_per_day)),
                target: planned.and_then(|topic| topic.target),
                missing: planned.map(|topic| tidy(topic.missing)),
            }
        });
        Summed {
            from: simulation.civil(simulation.from),
            until: simulation.civil(simulation.until),
            opening_days: coverage.opening_days,
            playlists: all_named(&coverage.playlists),
            topics: topics.collect(),
            items: all_named(&coverage.items),
            card_minutes: tidy(minutes(coverage.card.whole)),
            card_minutes_in_hours: tidy(minutes(coverage.card.in_hours)),
            procedures: self.procedures(simulation),
            lacking: &self.lacking,
        }
    }

    fn procedures(&self, simulation: &Simulation) -> Vec<ProcedureSummed<'_>> {
        let zone = simulation.timeline.zone();
        let duties = self.duties.iter().map(|duty| {
            let (from, until) = duty.stretch(zone);
            let air = self.coverage.procedures.get(&duty.code);
            let air = air.copied().unwrap_or_default();
            ProcedureSummed {
                duty,
                is_in_effect: from < simulation.until && simulation.from < until,
                minutes: tidy(minutes(air.whole)),
                showings: air.showings,
            }
        });
        duties.collect()
    }
}

fn all_named(all: &BTreeMap<String, Air>) -> Vec<Named<'_>> {
    all.iter().map(|(name, air)| named(name, air)).collect()
}

fn named<'a>(name: &'a str, air: &Air) -> Named<'a> {
    Named {
        name,
        minutes: tidy(minutes(air.whole)),
        minutes_in_hours: tidy(minutes(air.in_hours)),
        showings: air.showings,
    }
}

/// Minutes to a thousandth, so that no digits are printed that mean nothing.
fn tidy(minutes: f64) -> f64 {
    (minutes * 1000.0).round() / 1000.0
}

const fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::Scheduled => "scheduled",
        Reason::Default => "default",
        Reason::NothingScheduled => "nothing-scheduled",
        Reason::NothingDue => "nothing-due",
    }
}

fn instant(at: DateTime, zone: &TimeZone) -> anyhow::Result<Timestamp> {
    zone.to_timestamp(at)
        .with_context(|| format!("{at} cannot be reckoned"))
}
