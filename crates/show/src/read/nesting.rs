//! Playlists within playlists: each must exist, end, and stay of a bearable length.

use std::collections::{BTreeMap, BTreeSet};

use super::reader::{Reader, instead, listed};
use crate::item::{Content, Item};
use crate::playlist::Playlist;

/// The most items that a playlist may come to with all that is nested in it. A day of the shortest
/// pages (8 s) has 10,800; more is a slip, such as two playlists nested in each other's place.
const MOST_ITEMS: usize = 10_000;

/// The most playlists within each other.
const DEEPEST: usize = 16;

/// What a playlist comes to when it is played whole.
#[derive(Clone, Copy, Default)]
struct Extent {
    items: usize,
    depth: usize,
}

/// Leaves out every nested playlist that cannot be played, and says why.
pub(super) fn settle(reader: &mut Reader, playlists: &mut [Playlist]) {
    let by_name = playlists
        .iter()
        .map(|playlist| (playlist.name.as_str(), playlist))
        .collect();
    let mut nesting = Nesting {
        by_name,
        extents: BTreeMap::new(),
        path: Vec::new(),
        bad: Vec::new(),
    };
    for playlist in playlists.iter() {
        nesting.extent(playlist);
    }
    let bad = nesting.bad;
    for Bad {
        item,
        fault,
        remedy,
    } in &bad
    {
        let line = reader.lines.key(item, "playlist").unwrap_or(1);
        reader.item = Some(item.clone());
        reader.error(line, fault, remedy);
        reader.item = None;
    }
    let bad: BTreeSet<&str> = bad.iter().map(|bad| bad.item.as_str()).collect();
    for playlist in playlists {
        playlist
            .items
            .retain(|item| !bad.contains(item.name.as_str()));
    }
}

struct Bad {
    item: String,
    fault: String,
    remedy: String,
}

struct Nesting<'p> {
    by_name: BTreeMap<&'p str, &'p Playlist>,
    extents: BTreeMap<&'p str, Extent>,
    /// The playlists from the outermost to the one looked at.
    path: Vec<&'p str>,
    bad: Vec<Bad>,
}

impl<'p> Nesting<'p> {
    fn extent(&mut self, playlist: &'p Playlist) -> Extent {
        if let Some(&extent) = self.extents.get(playlist.name.as_str()) {
            return extent;
        }
        self.path.push(&playlist.name);
        let mut extent = Extent::default();
        for item in &playlist.items {
            let of_item = match &item.content {
                Content::Playlist(nested) => self.nested(item, &nested.playlist, extent.items),
                _ => Extent { items: 1, depth: 0 },
            };
            extent.items += of_item.items;
            extent.depth = extent.depth.max(of_item.depth);
        }
        self.path.pop();
        self.extents.insert(&playlist.name, extent);
        extent
    }

    /// What a nested playlist adds to `before` items; nothing where it is left out.
    fn nested(&mut self, item: &Item, name: &str, before: usize) -> Extent {
        let Some(&inner) = self.by_name.get(name) else {
            let names: Vec<&str> = self.by_name.keys().copied().collect();
            let remedy = unknown_playlist(name, &names);
            return self.leave_out(
                item,
                format!("there is no playlist called {name:?}"),
                remedy,
            );
        };
        if let Some(start) = self.path.iter().position(|&outer| outer == inner.name) {
            let round: Vec<&str> = self.path[start..]
                .iter()
                .copied()
                .chain([inner.name.as_str()])
                .collect();
            let fault = format!("the playlist holds itself ({})", round.join(" → "));
            return self.leave_out(item, fault, "take this item out".to_owned());
        }
        // The path is looked at first, so that a long chain is cut before it is followed.
        let within = if self.path.len() > DEEPEST {
            Extent::default()
        } else {
            self.extent(inner)
        };
        let depth = within.depth + 1;
        if self.path.len() > DEEPEST || depth > DEEPEST {
            let fault = format!("the playlists are nested more than {DEEPEST} deep");
            return self.leave_out(item, fault, "nest fewer playlists in each other".to_owned());
        }
        if before + within.items > MOST_ITEMS {
            let fault = format!("with {name:?} the playlist comes to more than {MOST_ITEMS} items");
            return self.leave_out(item, fault, "nest fewer playlists in each other".to_owned());
        }
        Extent {
            items: within.items,
            depth,
        }
    }

    fn leave_out(&mut self, item: &Item, fault: String, remedy: String) -> Extent {
        self.bad.push(Bad {
            item: item.name.clone(),
            fault,
            remedy,
        });
        Extent::default()
    }
}

/// What to do about a playlist that does not exist.
pub(super) fn unknown_playlist(name: &str, names: &[&str]) -> String {
    instead(name, names, || match listed(names.iter().copied(), "and") {
        none if none.is_empty() => "add it with `[[playlist]]`".to_owned(),
        all => format!("the playlists are {all}"),
    })
}
