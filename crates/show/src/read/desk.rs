//! The lookup, the office hours and the holidays of a show.

use std::path::PathBuf;

use toml::de::DeValue;

use super::keys::Keys;
use super::procedure::Code;
use super::reader::Spot;
use super::value::{Placed, Value, lines};
use crate::desk::{LookupTable, Recording};
use crate::lines::LookupLines;
use crate::office_hours::OfficeHours;

impl Value for LookupTable {
    fn what() -> String {
        "a table of the lookup".to_owned()
    }

    fn example() -> String {
        "{ offered = true }".to_owned()
    }

    fn read(spot: &mut Spot<'_>, value: &DeValue<'_>) -> Option<Self> {
        let mut keys = Keys::of::<Self>(spot, value, "the lookup")?;
        let offered = keys.optional("offered").unwrap_or(true);
        let received_here = keys.each::<Placed<Code>>("received_here");
        let most_asked = keys.each::<Placed<Code>>("most_asked");
        let synonyms: Option<PathBuf> = keys.optional("synonyms");
        let counter = keys.optional("counter");
        let recordings = keys.each::<Placed<Recording>>("recording");
        keys.reader.lines.lookup = LookupLines {
            received_here: lines(&received_here),
            most_asked: lines(&most_asked),
            recordings: lines(&recordings),
            synonyms: synonyms.as_ref().map(|_| keys.line_of("synonyms")),
        };
        let table = Self {
            offered,
            received_here: codes(received_here),
            most_asked: codes(most_asked),
            synonyms,
            counter,
            recordings: recordings.into_iter().map(|one| one.value).collect(),
        };
        Some(keys.finish_anyway(table))
    }
}

impl Value for Recording {
    fn what() -> String {
        "a table that starts with `[[lookup.recording]]`".to_owned()
    }

    fn example() -> String {
        "{ code = \"1.001193\", source = \"…\" }".to_owned()
    }

    fn read(spot: &mut Spot<'_>, value: &DeValue<'_>) -> Option<Self> {
        let mut keys = Keys::of::<Self>(spot, value, "a recording")?;
        let recording = Self {
            code: keys.required::<Code>("code").0,
            language: keys.strict("language").unwrap_or_default(),
            source: keys.required("source"),
        };
        keys.finish(recording)
    }
}

impl Value for OfficeHours {
    fn what() -> String {
        "a table that starts with `[[office_hours]]`".to_owned()
    }

    fn example() -> String {
        "{ days = [\"mon\"], from = \"07:00\", until = \"11:00\" }".to_owned()
    }

    fn read(spot: &mut Spot<'_>, value: &DeValue<'_>) -> Option<Self> {
        let mut keys = Keys::of::<Self>(spot, value, "a stretch of office hours")?;
        let hours = Self {
            days: keys.required("days"),
            from: keys.required("from"),
            until: keys.required("until"),
        };
        if !keys.is_spoiled() {
            if hours.days.is_empty() {
                keys.spoil(
                    "days",
                    "`days` names no day, so the office never opens",
                    "name a day, such as `days = [\"mon\"]`",
                );
            }
            if hours.until <= hours.from {
                keys.spoil(
                    "until",
                    "the office closes before it opens",
                    "write an `until` that is later than `from`, on the same day",
                );
            }
        }
        keys.finish(hours)
    }
}

fn codes(placed: Vec<Placed<Code>>) -> Vec<String> {
    placed.into_iter().map(|one| one.value.0).collect()
}
