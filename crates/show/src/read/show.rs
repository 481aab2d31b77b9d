//! The whole of `show.toml`.

use toml::de::DeTable;

use super::entry;
use super::keys::Keys;
use super::nesting::{settle, unknown_playlist};
use super::playlist::playlists;
use super::reader::{Reader, instead, listed};
use super::value::Zone;
use crate::playlist::Playlist;
use crate::schedule::Entry;
use crate::show::{DEFAULT_TIMEZONE, Show};

/// Reads a show; whatever is wrong is reported and left out.
pub(super) fn show(reader: &mut Reader, table: &DeTable<'_>) -> Show {
    for (key, _) in table {
        let line = reader.line(&key.span());
        reader.lines.keys.insert(key.get_ref().to_string(), line);
    }
    let mut keys = Keys::new(reader, table, "a show", 1);
    let mut show = Show {
        title: keys.required("title"),
        unit: keys.optional("unit"),
        timezone: keys
            .optional("timezone")
            .map_or_else(|| DEFAULT_TIMEZONE.to_owned(), |Zone(name)| name),
        language: keys.setting("language"),
        second_languages: keys.each("second_languages"),
        hotline: keys.optional("hotline"),
        feedback: keys.optional("feedback"),
        emblem: keys.optional("emblem"),
        ticker: keys.each("ticker"),
        theme: keys.setting("theme"),
        screen: keys.setting("screen"),
        plan: keys.optional("plan"),
        lookup: keys.setting("lookup"),
        calls: keys.setting("calls"),
        office_hours: keys.each("office_hours"),
        holidays: keys.each("holidays"),
        calendar: keys.optional("calendar"),
        announced_holidays: keys.each("announced_holidays"),
        day_swaps: keys.each("day_swap"),
        decisions: keys.each("decision"),
        playlists: playlists(&mut keys),
        schedule: Vec::new(),
        procedures: std::collections::BTreeMap::new(),
    };
    let entries = entry::entries(&mut keys);
    keys.finish_anyway(());
    settle(reader, &mut show.playlists);
    show.schedule = entries_with_playlist(reader, entries, &show.playlists);
    check_topics(reader, &show);
    check_something_plays(reader, &show);
    show
}

fn entries_with_playlist(
    reader: &mut Reader,
    entries: Vec<entry::Placed>,
    playlists: &[Playlist],
) -> Vec<Entry> {
    let names: Vec<&str> = playlists
        .iter()
        .map(|playlist| playlist.name.as_str())
        .collect();
    let mut kept = Vec::new();
    for entry::Placed {
        entry,
        place,
        playlist_line,
    } in entries
    {
        if names.contains(&entry.playlist.as_str()) {
            reader.lines.entries.push(place);
            kept.push(entry);
        } else {
            let fault = format!(
                "the schedule names the playlist {:?}, which does not exist",
                entry.playlist
            );
            reader.error(
                playlist_line,
                fault,
                unknown_playlist(&entry.playlist, &names),
            );
        }
    }
    kept
}

fn check_topics(reader: &mut Reader, show: &Show) {
    let Some(plan) = &show.plan else { return };
    let topics: Vec<&str> = plan
        .topics
        .iter()
        .map(|topic| topic.name.as_str())
        .collect();
    for item in show.playlists.iter().flat_map(|playlist| &playlist.items) {
        let Some(topic) = item
            .topic
            .as_deref()
            .filter(|topic| !topics.contains(topic))
        else {
            continue;
        };
        let line = reader.lines.key(&item.name, "topic").unwrap_or(1);
        let remedy = instead(topic, &topics, || {
            match listed(topics.iter().copied(), "and") {
                none if none.is_empty() => "add it with `[[plan.topic]]`".to_owned(),
                all => format!("its topics are {all}"),
            }
        });
        reader.item = Some(item.name.clone());
        reader.warning(line, format!("the plan has no topic {topic:?}"), remedy);
        reader.item = None;
    }
}

fn check_something_plays(reader: &mut Reader, show: &Show) {
    if show.playlists.is_empty() {
        reader.error(
            1,
            "the show has no playlist",
            "add one with `[[playlist]]` and items with `[[playlist.item]]`",
        );
    } else if show.schedule.is_empty() && !show.playlists.iter().any(|playlist| playlist.default) {
        reader.warning(
            1,
            "no playlist ever plays, since the schedule has no usable entry and no playlist is the default",
            "add `default = true` to a playlist",
        );
    }
}
