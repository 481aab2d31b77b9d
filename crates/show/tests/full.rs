//! The samples that use every key are read without a problem, and the schema knows the same keys.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use motcua_show::reading::item_length;
use motcua_show::schema::{procedure_schema, schema};
use motcua_show::{Content, Show, cross_check, read_procedure, read_show};
use serde_json::Value;

const SHOW: &str = include_str!("full/show.toml");
const PROCEDURE: &str = include_str!("full/procedure.toml");

fn full() -> Show {
    let procedure = read_procedure(Path::new("1.001193.toml"), PROCEDURE);
    assert_eq!(procedure.problems, []);
    let show = read_show(Path::new("show.toml"), SHOW);
    assert_eq!(show.problems, []);
    let mut value = show.value.unwrap();
    let procedure = procedure.value.unwrap();
    value
        .procedures
        .insert(procedure.base_code().to_owned(), procedure);
    assert_eq!(cross_check(&value, &show.lines), []);
    value
}

#[test]
fn every_item_and_entry_is_there() {
    let show = full();
    let names: Vec<_> = show
        .playlists
        .iter()
        .flat_map(|playlist| &playlist.items)
        .map(|item| &item.name)
        .collect();
    let expected = [
        "poster",
        "video-2",
        "audio-3",
        "document-4",
        "announcement-5",
        "procedure-6",
        "procedures-7",
        "question-8",
        "guide-9",
        "indicator-10",
        "playlist-11",
        "image-12",
    ];
    assert_eq!(names, expected);
    assert_eq!(show.schedule.len(), 2);
}

#[test]
fn items_last_as_long_as_they_are_read() {
    let mut show = full();
    let seconds = |show: &Show, name: &str| item_length(show, show.item(name).unwrap()).as_secs();
    assert_eq!(seconds(&show, "poster"), 12);
    assert_eq!(seconds(&show, "video-2"), 30);
    assert_eq!(seconds(&show, "document-4"), 20);
    assert_eq!(seconds(&show, "playlist-11"), 0);
    assert_eq!(seconds(&show, "image-12"), 10);
    let in_two_languages = seconds(&show, "guide-9");
    show.second_languages.clear();
    assert_eq!(in_two_languages - seconds(&show, "guide-9"), 8);
    assert!(seconds(&show, "procedure-6") > seconds(&show, "procedures-7"));
    for item in show
        .playlists
        .iter_mut()
        .flat_map(|playlist| &mut playlist.items)
    {
        match &mut item.content {
            Content::Video(video) => video.media.length = Some(Duration::from_secs(77)),
            Content::Document(media) => media.pages = Some(3),
            _ => {}
        }
    }
    assert_eq!(seconds(&show, "video-2"), 77);
    assert_eq!(seconds(&show, "document-4"), 60);
}

#[test]
fn lines_are_remembered() {
    let lines = read_show(Path::new("show.toml"), SHOW).lines;
    let line_of = |text: &str| {
        SHOW.lines()
            .position(|line| line.starts_with(text))
            .map(|index| index + 1)
    };
    assert_eq!(
        lines.key("poster", "source"),
        line_of("source = \"../media/online")
    );
    assert_eq!(lines.item("poster"), lines.key("poster", "link"));
    assert_eq!(
        SHOW.lines().nth(lines.item("poster").unwrap() - 1),
        Some("[[playlist.item]]")
    );
    assert_eq!(lines.show_key("emblem"), line_of("emblem"));
    assert_eq!(
        SHOW.lines().nth(lines.playlist("evening").unwrap() - 1),
        Some("[[playlist]]")
    );
    assert_eq!(lines.entry(1).unwrap().number, 2);
}

/// What a release carries beside `show.toml` and the procedures.
#[test]
fn every_file_that_a_show_names_is_among_its_sources() {
    let show = full();
    let sources: Vec<_> = show.sources().collect();
    let sources: Vec<_> = sources
        .iter()
        .filter_map(|source| source.to_str())
        .collect();
    let named = SHOW.lines().filter_map(|line| {
        let (key, value) = line.split_once(" = ")?;
        ["source", "emblem", "synonyms"]
            .contains(&key)
            .then(|| value.trim_matches('"'))
    });
    let named: Vec<_> = named.collect();
    assert!(named.len() >= 9, "only {named:?}");
    let subtitles = ["../media/reform-vi.srt", "../media/reform-km.vtt"];
    for file in named.into_iter().chain(subtitles) {
        assert!(sources.contains(&file), "{file} is not among {sources:?}");
    }
}

#[test]
fn the_show_travels_as_json() {
    let show = full();
    let json = serde_json::to_string(&show).unwrap();
    assert_eq!(serde_json::from_str::<Show>(&json).unwrap(), show);
}

#[test]
fn the_schemas_know_exactly_the_keys_of_the_samples() {
    for (schema, sample) in [(schema(), SHOW), (procedure_schema(), PROCEDURE)] {
        let sample: toml::Table = toml::from_str(sample).unwrap();
        let sample = serde_json::to_value(sample).unwrap();
        let mut unused = BTreeSet::new();
        properties(&schema, "", &mut unused);
        walk(&schema, &schema, &sample, "", &mut unused);
        // Chosen beside another that the sample uses.
        unused.retain(|path| {
            !path.starts_with("/$defs/Text") && !path.starts_with("/$defs/SubtitleFiles")
        });
        assert!(unused.is_empty(), "the sample leaves out {unused:?}");
    }
}

/// Collects the place of every property, and sees that each object says what it is and is closed.
fn properties(schema: &Value, path: &str, found: &mut BTreeSet<String>) {
    match schema {
        Value::Object(object) => {
            if let Some(Value::Object(keys)) = object.get("properties") {
                assert_eq!(
                    object["additionalProperties"], false,
                    "{path} allows unknown keys"
                );
                for (key, property) in keys {
                    let described = property["description"].as_str().unwrap_or_default();
                    assert!(described.ends_with('.'), "{path}/{key} has no description");
                    found.insert(format!("{path}/{key}"));
                }
            }
            for (key, part) in object {
                properties(part, &format!("{path}/{key}"), found);
            }
        }
        Value::Array(parts) => {
            for (index, part) in parts.iter().enumerate() {
                properties(part, &format!("{path}/{index}"), found);
            }
        }
        _ => {}
    }
}

/// Follows a value through the schema; each key must be known, and is taken from `unused`.
fn walk(root: &Value, schema: &Value, value: &Value, path: &str, unused: &mut BTreeSet<String>) {
    if let Some(reference) = schema["$ref"].as_str() {
        let place = reference.trim_start_matches('#');
        return walk(root, root.pointer(place).unwrap(), value, place, unused);
    }
    if let (Some(kinds), Some(kind)) = (schema["oneOf"].as_array(), value["kind"].as_str()) {
        let index = kinds
            .iter()
            .position(|one| one["properties"]["kind"]["const"] == kind)
            .unwrap();
        // The common keys need to be used by one kind only.
        let common = [
            "name",
            "dwell",
            "topic",
            "show_from",
            "show_until",
            "volume",
            "caption",
        ];
        unused.retain(|path| {
            !common
                .iter()
                .any(|key| path.starts_with("/$defs/Item/") && path.ends_with(key))
        });
        return walk(
            root,
            &kinds[index],
            value,
            &format!("{path}/oneOf/{index}"),
            unused,
        );
    }
    match value {
        Value::Object(object) if schema["properties"].is_object() => {
            for (key, inner) in object {
                let property = &schema["properties"][key];
                assert!(
                    property.is_object(),
                    "the schema does not know {path}/{key}"
                );
                unused.remove(&format!("{path}/{key}"));
                walk(
                    root,
                    property,
                    inner,
                    &format!("{path}/properties/{key}"),
                    unused,
                );
            }
            for key in schema["required"].as_array().into_iter().flatten() {
                assert!(
                    object.contains_key(key.as_str().unwrap()),
                    "{path} needs {key}"
                );
            }
        }
        Value::Array(values) => {
            for inner in values {
                walk(
                    root,
                    &schema["items"],
                    inner,
                    &format!("{path}/items"),
                    unused,
                );
            }
        }
        _ => {}
    }
}
