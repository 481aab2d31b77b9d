//! Draws the items of a bundle's releases that are not what was published before, as screens will show them.
//!
//! What stands around the items is on every page, so a change of it has all of them drawn.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use motcua_show::release::{FileRef, Release};
use motcua_show::{Item, Show};
use motcua_sync::access::Access;
use motcua_sync::bundle::Entry;
use motcua_sync::fetch::{self, FetchSettings, Limits, Step, plan};
use motcua_sync::source::Source;
use motcua_sync::store::{Held, Store};
use motcua_sync::tuf::Key;
use serde_json::Value;

use super::difference;
use crate::cli::{Look, Server};
use crate::loading::{self, Loaded};
use crate::render::Studio;

/// Draws what is new into `folder`, one folder a unit; says what was drawn. `key` is the one that signs.
///
/// # Errors
/// When there is no server to fetch the files of a release from, or one cannot be fetched or drawn.
pub fn draw(
    entries: &[&Entry],
    key: &Key,
    server: &Server,
    folder: &Path,
) -> anyhow::Result<Vec<String>> {
    let mut said = Vec::new();
    let releases = entries.iter().flat_map(|entry| {
        let documents = entry.documents.iter();
        documents
            .filter(|(target, _)| target.ends_with("/release.json"))
            .map(move |(target, document)| (*entry, target, document))
    });
    let releases: Vec<_> = releases.collect();
    if releases.is_empty() {
        return Ok(said);
    }
    let access = Access::new(&server.named())?;
    let source = Source::http(access.http_settings())?;
    let scratch = tempfile::tempdir().context("no temporary folder can be made")?;
    for (entry, target, document) in releases {
        let new = fetched(&source, scratch.path(), document)?;
        let old = match difference::before(entry, key, target) {
            Some(document) => fetched(&source, scratch.path(), document).ok(),
            None => None,
        };
        let place = folder.join(new.release.unit.as_str());
        said.extend(draw_release(&new, old.as_ref(), &place)?);
    }
    Ok(said)
}

/// The release with its files, each checked against the hash that is to be signed.
fn fetched(source: &Source, scratch: &Path, document: &str) -> anyhow::Result<Arc<Held>> {
    let release = Release::read(document.as_bytes())?;
    let store = Store::open(&scratch.join(release.unit.as_str()))?;
    let settings = FetchSettings::default();
    let steps = plan(&store.inventory()?, Some(&release), Limits::from(&settings))?;
    let missing: Vec<FileRef> = steps
        .into_iter()
        .filter_map(|step| match step {
            Step::Fetch(file) => Some(file),
            _ => None,
        })
        .collect();
    fetch::fetch(source, &store, missing, &settings, &mut |_| {
        ControlFlow::Continue(())
    })?;
    Ok(store.switch(document.as_bytes(), release)?)
}

fn draw_release(
    new: &Arc<Held>,
    old: Option<&Arc<Held>>,
    folder: &Path,
) -> anyhow::Result<Vec<String>> {
    let unit = &new.release.unit;
    let loaded = read(new);
    let before = old.map(read);
    let show = loaded
        .show
        .as_ref()
        .context("the show of the release cannot be used; do not sign it")?;
    let mut said = Vec::new();
    let around = match &before {
        Some(before) => changed_around(before, &loaded)?,
        None => BTreeSet::new(),
    };
    if !around.is_empty() {
        let keys: Vec<String> = around.into_iter().collect();
        said.push(format!(
            "~ of the show of {unit} these change, so every page is drawn: {}",
            keys.join(", ")
        ));
    }
    clear(folder)?;
    let names = wanted(show, &loaded, before.as_ref().filter(|_| said.is_empty()));
    let look = Look {
        size: (1920, 1080),
        at: None,
        language: None,
        theme: None,
        moment: None,
    };
    let failed = Studio::open(&look)?
        .draw_some(&loaded, &look, folder, &|item| names.contains(&*item.name))?;
    if failed > 0 {
        bail!("{failed} items of {unit} cannot be drawn, and screens may show them all the same");
    }
    said.push(format!(
        "{} new or changed items of {unit} are drawn in {}",
        names.len(),
        folder.display()
    ));
    Ok(said)
}

/// Pages of a former bundle would be taken for those of this one.
fn clear(folder: &Path) -> anyhow::Result<()> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Ok(());
    };
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "png") {
            std::fs::remove_file(&path)
                .with_context(|| format!("the old page {} cannot be removed", path.display()))?;
        }
    }
    Ok(())
}

fn read(held: &Arc<Held>) -> Loaded {
    let mut loaded = loading::read_release(Arc::clone(held));
    loading::look_at_media(&mut loaded);
    loaded
}

/// The items that are not the same in the show before; all of them where there is none to compare with.
fn wanted<'a>(show: &'a Show, new: &Loaded, old: Option<&Loaded>) -> BTreeSet<&'a str> {
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    let items = || show.playlists.iter().flat_map(|playlist| &playlist.items);
    for item in items() {
        *count.entry(&item.name).or_default() += 1;
    }
    // Of two items of one name only the first could be compared.
    let is_single = |item: &Item| count.get(&*item.name) == Some(&1);
    items()
        .filter(|item| !(is_single(item) && is_same(item, new, old)))
        .map(|item| &*item.name)
        .collect()
}

/// The keys of a show, other than its items, that have another value, or name a file with other bytes.
fn changed_around(old: &Loaded, new: &Loaded) -> anyhow::Result<BTreeSet<String>> {
    let (was, is) = (around(old)?, around(new)?);
    let keys = was.keys().chain(is.keys());
    let mut changed: BTreeSet<String> = keys
        .filter(|key| was.get(*key) != is.get(*key))
        .cloned()
        .collect();
    let emblem = new.show.as_ref().and_then(|show| show.emblem.as_ref());
    if emblem.is_some_and(|emblem| !old.files.has_same(emblem, &new.files)) {
        changed.insert("emblem".to_owned());
    }
    Ok(changed)
}

/// A show without its items.
fn around(loaded: &Loaded) -> anyhow::Result<serde_json::Map<String, Value>> {
    let mut show = loaded.show.clone();
    for playlist in show.iter_mut().flat_map(|show| &mut show.playlists) {
        playlist.items.clear();
    }
    match serde_json::to_value(show)? {
        Value::Object(keys) => Ok(keys),
        _ => Ok(serde_json::Map::new()),
    }
}

fn is_same(item: &Item, new: &Loaded, old: Option<&Loaded>) -> bool {
    let Some((old, show)) = old.and_then(|old| Some((old, old.show.as_ref()?))) else {
        return false;
    };
    let new_show: &Show = match &new.show {
        Some(show) => show,
        None => return false,
    };
    let (there, here) = ((show, &old.files), (new_show, &new.files));
    crate::files::is_same_item(&item.name, there, here)
}
