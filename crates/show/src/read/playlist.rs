//! Playlists and the names of what they hold.

use std::collections::BTreeSet;

use toml::de::DeValue;

use super::item::item;
use super::keys::{Keys, tables};
use super::reader::{Reader, shown};
use crate::item::Item;
use crate::lines::ItemLines;
use crate::playlist::Playlist;

/// Reads all playlists of a show.
pub(super) fn playlists(keys: &mut Keys<'_, '_>) -> Vec<Playlist> {
    let values = keys.raw("playlist");
    let values = tables(keys.reader, values, "[[playlist]]");
    let mut reading = Playlists {
        reader: keys.reader,
        items_seen: 0,
        names: BTreeSet::new(),
        defaults: 0,
    };
    let mut playlists: Vec<Playlist> = Vec::new();
    for (place, (line, value)) in values.into_iter().enumerate() {
        let numbered = format!("playlist-{}", place + 1);
        let Some(playlist) = reading.playlist(value, line, numbered) else {
            continue;
        };
        reading
            .reader
            .lines
            .playlists
            .insert(playlist.name.clone(), line);
        playlists.push(playlist);
    }
    playlists
}

struct Playlists<'r> {
    reader: &'r mut Reader,
    /// Items met so far, the bad ones too, so that mending one does not rename the others.
    items_seen: usize,
    names: BTreeSet<String>,
    defaults: usize,
}

impl Playlists<'_> {
    fn playlist(&mut self, value: &DeValue<'_>, line: usize, numbered: String) -> Option<Playlist> {
        let DeValue::Table(table) = value else {
            self.reader.error(
                line,
                format!("a playlist is {}", shown(value)),
                "start each playlist with `[[playlist]]`",
            );
            return None;
        };
        let mut keys = Keys::new(self.reader, table, "a playlist", line);
        let mut playlist = Playlist {
            name: keys.required("name"),
            default: keys.setting("default"),
            items: Vec::new(),
        };
        let items = keys.raw("item");
        let default_line = keys.line_of("default");
        keys.finish_anyway(());
        if playlist.name.is_empty() {
            playlist.name = numbered;
        } else if self.reader.lines.playlists.contains_key(&playlist.name) {
            let fault = format!("there are two playlists called {:?}", playlist.name);
            self.reader
                .error(line, fault, "give one of them another name");
            playlist.name = numbered;
        }
        while self.reader.lines.playlists.contains_key(&playlist.name) {
            playlist.name.push_str("-2");
        }
        self.defaults += usize::from(playlist.default);
        if playlist.default && self.defaults > 1 {
            self.reader.error(
                default_line,
                format!(
                    "{:?} is not the only playlist with `default = true`",
                    playlist.name
                ),
                "keep it in the one that plays when no schedule entry is open",
            );
            playlist.default = false;
        }
        let items = tables(self.reader, items, "[[playlist.item]]");
        if items.is_empty() {
            self.reader.warning(
                line,
                format!("the playlist {:?} holds no item", playlist.name),
                "add one with `[[playlist.item]]`, or delete the playlist",
            );
        }
        playlist.items = items
            .into_iter()
            .filter_map(|(line, value)| self.item(value, line))
            .collect();
        Some(playlist)
    }

    fn item(&mut self, value: &DeValue<'_>, line: usize) -> Option<Item> {
        self.items_seen += 1;
        let word = |key| value.get(key).and_then(|value| value.get_ref().as_str());
        let numbered = format!("{}-{}", word("kind").unwrap_or("item"), self.items_seen);
        let own = word("name").filter(|name| !name.is_empty());
        self.reader.item = Some(own.unwrap_or(&numbered).to_owned());
        let item = item(self.reader, value, self.items_seen, line).map(|mut item| {
            item.name = self.name(item.name, numbered, line);
            self.remember(&item, value, line);
            item
        });
        self.reader.item = None;
        item
    }

    /// The name of an item: its own, or its kind and place in the file (from 1, over all playlists).
    fn name(&mut self, own: String, numbered: String, line: usize) -> String {
        let is_taken = !own.is_empty() && self.names.contains(&own);
        if is_taken {
            let fault = format!("there are two items called {own:?}");
            self.reader
                .error(line, fault, "give one of them another name");
        }
        let mut name = if own.is_empty() || is_taken {
            numbered
        } else {
            own
        };
        while self.names.contains(&name) {
            name.push_str("-2");
        }
        self.names.insert(name.clone());
        name
    }

    fn remember(&mut self, item: &Item, value: &DeValue<'_>, line: usize) {
        let keys = value.as_table().into_iter().flatten();
        let keys = keys
            .map(|(key, _)| (key.get_ref().to_string(), self.reader.line(&key.span())))
            .collect();
        self.reader
            .lines
            .items
            .insert(item.name.clone(), ItemLines { start: line, keys });
    }
}
