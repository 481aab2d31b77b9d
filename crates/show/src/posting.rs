//! The duty to post procedures: from when until when each must be posted, what a decision announces and the
//! office lacks, and how the duty was met.
//!
//! A procedure counts as posted while a release that holds it is current on a working display: visitors open it
//! in the lookup there. When that was so is what screens prove and comes in as an argument. The rules are those of
//! Circular 02/2017/TT-VPCP: posted from the day on which the decision takes effect, never after its repeal.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::procedure::{Procedure, base_code};
use crate::show::Show;
use crate::timeline::instant;

/// A decision that announces procedures (quyết định công bố), as the office received it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AnnouncingDecision {
    /// Its number, such as "163/QĐ-UBND".
    pub number: String,
    /// Its day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    pub date: Option<Date>,
    /// The codes of the procedures that it announces for this office.
    pub codes: Vec<String>,
}

/// A stretch of time: from (inclusive) and until (exclusive).
pub type Stretch = (Timestamp, Timestamp);

/// What the office must post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Duty {
    /// The base code of the procedure.
    pub code: String,
    /// Its name, short where it has a short one.
    pub name: String,
    /// The first day on which it is to be posted; none where its file names none.
    pub effective: Option<Date>,
    /// The first day on which it must not be posted any more.
    pub repealed: Option<Date>,
    /// The number of the decision that announced it.
    pub decision: Option<String>,
}

/// A procedure that a decision announces and the show does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lacking {
    /// The number of the decision.
    pub decision: String,
    /// The code, as the decision names it.
    pub code: String,
}

/// What the procedures of a show oblige the office to, by code.
#[must_use]
pub fn duties(show: &Show) -> Vec<Duty> {
    let duty = |procedure: &Procedure| Duty {
        code: procedure.base_code().to_owned(),
        name: procedure.headline().to_owned(),
        effective: procedure.effective,
        repealed: procedure.repealed,
        decision: announced_by(show, procedure),
    };
    show.procedures.values().map(duty).collect()
}

/// The decision in the procedure's own file, else the one in the show that names it.
fn announced_by(show: &Show, procedure: &Procedure) -> Option<String> {
    let own = procedure.decision.as_ref();
    let names = |decision: &&AnnouncingDecision| {
        let mut codes = decision.codes.iter();
        codes.any(|code| base_code(code) == procedure.base_code())
    };
    let listed = || show.decisions.iter().rfind(names);
    own.map(|decision| decision.number.clone())
        .or_else(|| listed().map(|decision| decision.number.clone()))
}

/// What decisions announce and the show lacks, in the order of the decisions.
#[must_use]
pub fn lacking(show: &Show) -> Vec<Lacking> {
    let mut lacking = Vec::new();
    for decision in &show.decisions {
        let codes = decision.codes.iter();
        lacking.extend(
            codes
                .filter(|code| show.procedure(code).is_none())
                .map(|code| Lacking {
                    decision: decision.number.clone(),
                    code: code.clone(),
                }),
        );
    }
    lacking
}

/// How a duty was met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    /// When it was posted, in order, without overlap, and only while it was in effect.
    pub stretches: Vec<Stretch>,
    /// Opening hours of its duty in which it was not posted.
    pub gaps: Vec<Stretch>,
    /// Civil days from the day on which it took effect to the first on which it was posted, or to `now` where
    /// that has not come; none where its file names no such day.
    pub days_late: Option<u32>,
}

impl Duty {
    /// The stretch in which it is to be posted.
    #[must_use]
    pub fn stretch(&self, zone: &TimeZone) -> Stretch {
        let start = |day: Date| instant(day.to_datetime(Time::midnight()), zone);
        (
            self.effective.map_or(Timestamp::MIN, start),
            self.repealed.map_or(Timestamp::MAX, start),
        )
    }

    /// How it was met until `now`.
    ///
    /// `held` is when a release that holds the procedure was current on a working display, in any order and
    /// also overlapping; `hours` is when the office was open in the time that is asked about. Where no day of
    /// effect is known, gaps count from the first time that it was posted.
    #[must_use]
    pub fn met(
        &self,
        zone: &TimeZone,
        held: &[Stretch],
        hours: &[Stretch],
        now: Timestamp,
    ) -> Posted {
        let (from, until) = self.stretch(zone);
        let until = until.min(now);
        let stretches = cut(&merged(held), (from, until));
        let first = stretches.first().map(|&(start, _)| start);
        let owed_from = if self.effective.is_some() {
            from
        } else {
            first.unwrap_or(until)
        };
        let owed = cut(&merged(hours), (owed_from, until));
        let days_late = self.effective.filter(|_| from <= now).map(|effective| {
            let day = first.unwrap_or(until).to_zoned(zone.clone()).date();
            let late = effective.until(day).map_or(0, |span| span.get_days());
            u32::try_from(late).unwrap_or(0)
        });
        Posted {
            gaps: less(&owed, &stretches),
            stretches,
            days_late,
        }
    }
}

/// Stretches in order, those that touch put together.
fn merged(stretches: &[Stretch]) -> Vec<Stretch> {
    let mut sorted = stretches.to_vec();
    sorted.retain(|(start, end)| start < end);
    sorted.sort_unstable();
    sorted.dedup_by(|next, before| {
        let touch = next.0 <= before.1;
        if touch {
            before.1 = before.1.max(next.1);
        }
        touch
    });
    sorted
}

/// The parts of stretches that lie in another.
fn cut(stretches: &[Stretch], (from, until): Stretch) -> Vec<Stretch> {
    let parts = stretches
        .iter()
        .map(|&(start, end)| (start.max(from), end.min(until)));
    parts.filter(|(start, end)| start < end).collect()
}

/// What is left of stretches without others; both in order and without overlap.
fn less(stretches: &[Stretch], without: &[Stretch]) -> Vec<Stretch> {
    let mut left = Vec::new();
    for &(start, end) in stretches {
        let mut at = start;
        for &(taken, given_back) in without {
            if given_back <= at || end <= taken {
                continue;
            }
            if at < taken {
                left.push((at, taken));
            }
            at = given_back;
        }
        if at < end {
            left.push((at, end));
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use jiff::tz::offset;

    use super::*;

    const ZONE: fn() -> TimeZone = || TimeZone::fixed(offset(7));

    fn at(civil: &str) -> Timestamp {
        ZONE().to_timestamp(civil.parse().unwrap()).unwrap()
    }

    fn stretches(written: &[(&str, &str)]) -> Vec<Stretch> {
        written
            .iter()
            .map(|(start, end)| (at(start), at(end)))
            .collect()
    }

    fn duty(effective: Option<Date>, repealed: Option<Date>) -> Duty {
        Duty {
            code: "1.001193".into(),
            name: "Khai sinh".into(),
            effective,
            repealed,
            decision: None,
        }
    }

    const HOURS: [(&str, &str); 4] = [
        ("2026-11-23T07:00", "2026-11-23T11:00"),
        ("2026-11-23T13:00", "2026-11-23T17:00"),
        ("2026-11-24T07:00", "2026-11-24T11:00"),
        ("2026-11-24T13:00", "2026-11-24T17:00"),
    ];

    #[test]
    fn gaps_are_those_in_opening_hours() {
        let held = stretches(&[
            ("2026-11-24T09:00", "2026-11-24T20:00"),
            ("2026-11-22T00:00", "2026-11-23T10:00"),
            ("2026-11-23T09:00", "2026-11-23T15:00"),
        ]);
        let posted = duty(Some(date(2026, 11, 23)), None).met(
            &ZONE(),
            &held,
            &stretches(&HOURS),
            at("2026-11-25T00:00"),
        );
        assert_eq!(
            posted.stretches,
            stretches(&[
                ("2026-11-23T00:00", "2026-11-23T15:00"),
                ("2026-11-24T09:00", "2026-11-24T20:00")
            ])
        );
        assert_eq!(
            posted.gaps,
            stretches(&[
                ("2026-11-23T15:00", "2026-11-23T17:00"),
                ("2026-11-24T07:00", "2026-11-24T09:00")
            ])
        );
        assert_eq!(posted.days_late, Some(0));
    }

    #[test]
    fn nothing_counts_before_the_effect_and_after_the_repeal() {
        let held = stretches(&[("2026-11-01T00:00", "2026-12-01T00:00")]);
        let duty = duty(Some(date(2026, 11, 24)), Some(date(2026, 11, 25)));
        let now = at("2026-12-01T00:00");
        let posted = duty.met(&ZONE(), &held, &stretches(&HOURS), now);
        assert_eq!(
            posted.stretches,
            stretches(&[("2026-11-24T00:00", "2026-11-25T00:00")])
        );
        assert!(posted.gaps.is_empty());
    }

    #[test]
    fn late_is_counted_in_days_and_goes_on_while_nothing_is_posted() {
        let duty = duty(Some(date(2026, 11, 20)), None);
        let late = stretches(&[("2026-11-24T09:00", "2026-11-25T00:00")]);
        let hours = stretches(&HOURS);
        let posted = |held: &[Stretch], now| duty.met(&ZONE(), held, &hours, at(now)).days_late;
        assert_eq!(posted(&late, "2026-11-25T00:00"), Some(4));
        assert_eq!(posted(&[], "2026-11-23T12:00"), Some(3));
        assert_eq!(posted(&[], "2026-11-19T12:00"), None);
    }

    #[test]
    fn without_a_day_of_effect_gaps_count_from_the_first_posting() {
        let held = stretches(&[("2026-11-23T14:00", "2026-11-24T08:00")]);
        let posted =
            duty(None, None).met(&ZONE(), &held, &stretches(&HOURS), at("2026-11-24T12:00"));
        assert_eq!(
            posted.gaps,
            stretches(&[("2026-11-24T08:00", "2026-11-24T11:00")])
        );
        assert_eq!(posted.days_late, None);
    }

    #[test]
    fn what_a_decision_names_and_the_office_lacks() {
        let show: Show = toml::from_str(
            "title = \"x\"\n\
             [[decision]]\nnumber = \"12/QĐ-UBND\"\ndate = \"2026-11-02\"\ncodes = [\"1.001193.H51\", \"1.000894\"]\n\
             [procedures.\"1.001193\"]\ncode = \"1.001193\"\nname = \"P\"\nfield = \"F\"\n",
        )
        .unwrap();
        let decision = "12/QĐ-UBND".to_owned();
        assert_eq!(duties(&show)[0].decision.as_ref(), Some(&decision));
        let code = "1.000894".to_owned();
        assert_eq!(lacking(&show), [Lacking { decision, code }]);
    }
}
