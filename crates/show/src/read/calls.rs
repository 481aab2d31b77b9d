//! How an office calls the numbers of its queue.

use toml::de::DeValue;

use super::keys::Keys;
use super::reader::Spot;
use super::value::{Placed, Value, lines};
use crate::calls::{CallRecording, CallTable};

impl Value for CallTable {
    fn what() -> String {
        "a table of queue calls".to_owned()
    }

    fn example() -> String {
        "{ languages = [\"vi\", \"km\"] }".to_owned()
    }

    fn read(spot: &mut Spot<'_>, value: &DeValue<'_>) -> Option<Self> {
        let mut keys = Keys::of::<Self>(spot, value, "the queue calls")?;
        let languages = keys.optional("languages");
        let recordings = keys.each::<Placed<CallRecording>>("recording");
        keys.reader.lines.call_recordings = lines(&recordings);
        let table = Self {
            languages,
            recordings: recordings.into_iter().map(|one| one.value).collect(),
        };
        Some(keys.finish_anyway(table))
    }
}

impl Value for CallRecording {
    fn what() -> String {
        "a table that starts with `[[calls.recording]]`".to_owned()
    }

    fn example() -> String {
        "{ language = \"km\", word = \"invite\", source = \"…\" }".to_owned()
    }

    fn read(spot: &mut Spot<'_>, value: &DeValue<'_>) -> Option<Self> {
        let mut keys = Keys::of::<Self>(spot, value, "a recording")?;
        let recording = Self {
            language: keys.required("language"),
            word: keys.required("word"),
            source: keys.required("source"),
        };
        keys.finish(recording)
    }
}
