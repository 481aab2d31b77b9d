//! One item: the keys of every item, and those of its kind.

use toml::de::{DeTable, DeValue};

use super::keys::Keys;
use super::number::Percent;
use super::reader::{Reader, Spot, instead, listed, shown};
use super::text::Link;
use super::value::Value;
use crate::item::{
    Announcement, Board, Chart, Content, Guide, Indicator, Item, Media, Nested, Point,
    ProcedureRef, Question, SecondFilm, Series, Video,
};

/// How the keys of one kind are read.
type ReadKind = fn(&mut Keys<'_, '_>) -> Content;

/// The kinds, each with what messages call it.
const KINDS: [(&str, &str, ReadKind); 11] = [
    ("image", "an image", |keys| Content::Image(media(keys))),
    ("video", "a video", |keys| Content::Video(video(keys))),
    ("audio", "an audio item", |keys| Content::Audio(media(keys))),
    ("document", "a document", |keys| {
        Content::Document(media(keys))
    }),
    ("announcement", "an announcement", |keys| {
        Content::Announcement(announcement(keys))
    }),
    ("procedure", "a procedure item", |keys| {
        Content::Procedure(ProcedureRef {
            code: keys.required("code"),
        })
    }),
    ("procedures", "a board of procedures", |keys| {
        Content::Procedures(board(keys))
    }),
    ("question", "a question", |keys| {
        Content::Question(question(keys))
    }),
    ("guide", "a guide", |keys| Content::Guide(guide(keys))),
    ("indicator", "an indicator", |keys| {
        Content::Indicator(indicator(keys))
    }),
    ("playlist", "a nested playlist", |keys| {
        Content::Playlist(Nested {
            playlist: keys.required("playlist"),
        })
    }),
];

/// Reads the item that is the `number`th of the file. `None` once its problems have been reported.
///
/// The item comes with the name that its author gave it, or an empty one.
pub(super) fn item(
    reader: &mut Reader,
    value: &DeValue<'_>,
    number: usize,
    line: usize,
) -> Option<Item> {
    let DeValue::Table(table) = value else {
        reader.error(
            line,
            format!("item {number} of the file is no table"),
            "start each item with `[[playlist.item]]`",
        );
        return None;
    };
    let (owner, read) = kind(reader, table, line)?;
    let mut keys = Keys::new(reader, table, owner, line);
    keys.raw("kind");
    // Window keys are strict: an item whose window is misread would be shown when nobody meant it.
    let mut item = Item {
        name: keys.optional("name").unwrap_or_default(),
        dwell: keys.optional("dwell"),
        topic: keys.optional("topic"),
        show_from: keys.strict("show_from"),
        show_until: keys.strict("show_until"),
        volume: keys.optional("volume").map(|Percent(percent)| percent),
        content: read(&mut keys),
    };
    if let (Some(from), Some(until)) = (item.show_from, item.show_until)
        && from >= until
    {
        let fault = format!("the item ends at {until} before it begins at {from}");
        keys.spoil(
            "show_until",
            fault,
            "write a `show_until` after `show_from`",
        );
    }
    if let Content::Indicator(indicator) = &mut item.content
        && !keys.is_spoiled()
    {
        check_values(&mut keys, indicator);
    }
    keys.finish(item)
}

fn kind(reader: &mut Reader, table: &DeTable<'_>, line: usize) -> Option<(&'static str, ReadKind)> {
    let words = KINDS.map(|(word, ..)| word);
    let all = || format!("write one of {}", listed(words, "or"));
    let Some(value) = table.get("kind") else {
        reader.error(line, "an item needs `kind`", all());
        return None;
    };
    let line = reader.line(&value.span());
    let written = value.get_ref().as_str().unwrap_or_default();
    let found = KINDS
        .iter()
        .find(|(word, ..)| *word == written)
        .map(|&(_, owner, read)| (owner, read));
    if found.is_none() {
        let fault = format!("{} is not a kind of item", shown(value.get_ref()));
        reader.error(line, fault, instead(written, &words, all));
    }
    found
}

fn media(keys: &mut Keys<'_, '_>) -> Media {
    Media {
        source: keys.required("source"),
        caption: keys.optional("caption"),
        length: None,
        pages: None,
    }
}

fn video(keys: &mut Keys<'_, '_>) -> Video {
    Video {
        media: media(keys),
        subtitles: keys.optional("subtitles"),
        second: keys.optional("second"),
    }
}

fn link(keys: &mut Keys<'_, '_>) -> Option<String> {
    keys.optional("link").map(|Link(address)| address)
}

fn announcement(keys: &mut Keys<'_, '_>) -> Announcement {
    Announcement {
        title: keys.required("title"),
        body: keys.optional("body"),
        agency: keys.optional("agency"),
        number: keys.optional("number"),
        date: keys.optional("date"),
        link: link(keys),
        link_purpose: keys.optional("link_purpose"),
    }
}

fn board(keys: &mut Keys<'_, '_>) -> Board {
    Board {
        field: keys.required("field"),
        level: keys.strict("level"),
    }
}

fn question(keys: &mut Keys<'_, '_>) -> Question {
    Question {
        question: keys.required("question"),
        answer: keys.required("answer"),
        answered_by: keys.optional("answered_by"),
        link: link(keys),
        link_purpose: keys.optional("link_purpose"),
    }
}

fn guide(keys: &mut Keys<'_, '_>) -> Guide {
    let guide = Guide {
        title: keys.required("title"),
        steps: keys.required("steps"),
        link: link(keys),
        link_purpose: keys.optional("link_purpose"),
    };
    if guide.steps.is_empty() && !keys.is_spoiled() {
        keys.spoil(
            "steps",
            "the guide has no step",
            "write at least one text into `steps`",
        );
    }
    guide
}

fn indicator(keys: &mut Keys<'_, '_>) -> Indicator {
    Indicator {
        title: keys.required("title"),
        name_short: keys.optional("name_short"),
        unit: keys.required("unit"),
        source_note: keys.optional("source_note"),
        chart: keys.setting("chart"),
        max: keys.optional("max"),
        series: keys.required("series"),
    }
}

/// What would draw a chart that misleads spoils the item; an axis that cannot be used is left out.
fn check_values(keys: &mut Keys<'_, '_>, indicator: &mut Indicator) {
    let series = &indicator.series;
    let lengths: Vec<usize> = series.iter().map(|series| series.points.len()).collect();
    if series.is_empty() || lengths.contains(&0) {
        keys.spoil(
            "series",
            "the indicator has a series without values",
            "write at least one point into each series",
        );
        return;
    }
    if lengths.iter().any(|&length| length != lengths[0]) {
        let fault = format!("the series have different numbers of values ({lengths:?})");
        keys.spoil(
            "series",
            fault,
            "give each series a value for the same years or names",
        );
    }
    if series.len() > 1 && series.iter().any(|series| series.name.is_none()) {
        keys.spoil(
            "series",
            "several series are compared and one has no name",
            "give each series a `name`",
        );
    }
    let values = || {
        series
            .iter()
            .flat_map(|series| &series.points)
            .map(|point| point.value)
    };
    if let Some(negative) = values().find(|&value| value < 0.0 && indicator.chart == Chart::Bars) {
        let fault = format!("the value {negative} cannot be drawn as a bar from zero");
        keys.spoil("series", fault, "correct it, or write `chart = \"lines\"`");
    }
    let greatest = values().fold(0.0, f64::max);
    if let Some(max) = indicator.max.filter(|&max| max <= 0.0 || max < greatest) {
        let line = keys.line_of("max");
        let fault = format!("the axis ends at {max} below the greatest value {greatest}");
        keys.reader
            .error(line, fault, "write a greater `max`, or leave it out");
        indicator.max = None;
    }
}

impl Value for SecondFilm {
    fn what() -> String {
        "a table with the film that plays beside this one".to_owned()
    }

    fn example() -> String {
        "{ source = \"../media/other.mp4\" }".to_owned()
    }

    fn read(spot: &mut Spot<'_>, value: &DeValue<'_>) -> Option<Self> {
        let mut keys = Keys::of::<Self>(spot, value, "a second film")?;
        let second = Self {
            source: keys.required("source"),
            caption: keys.optional("caption"),
        };
        keys.finish(second)
    }
}

impl Value for Series {
    fn what() -> String {
        "a table with the values of one unit".to_owned()
    }

    fn example() -> String {
        format!("{{ points = {} }}", Vec::<Point>::example())
    }

    fn read(spot: &mut Spot<'_>, value: &DeValue<'_>) -> Option<Self> {
        let mut keys = Keys::of::<Self>(spot, value, "a series")?;
        let series = Self {
            name: keys.optional("name"),
            highlight: keys.setting("highlight"),
            points: keys.required("points"),
        };
        keys.finish(series)
    }
}

impl Value for Point {
    fn what() -> String {
        "a table with one value".to_owned()
    }

    fn example() -> String {
        "{ at = \"2025\", value = 87.5 }".to_owned()
    }

    fn read(spot: &mut Spot<'_>, value: &DeValue<'_>) -> Option<Self> {
        let mut keys = Keys::of::<Self>(spot, value, "a point")?;
        let point = Self {
            at: keys.required("at"),
            value: keys.required("value"),
        };
        keys.finish(point)
    }
}
