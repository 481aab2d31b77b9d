//! Draws the items of a bundle's releases that are not what was published before, as screens will show them.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use motcua_show::release::{FileRef, Release};
use motcua_show::{Item, Show};
use motcua_sync::access::Access;
use motcua_sync::bundle::Entry;
use motcua_sync::fetch::{self, FetchSettings, Limits, Step, plan};
use motcua_sync::source::Source;
use motcua_sync::store::{Held, Store};

use super::difference;
use crate::cli::{Look, Server};
use crate::loading::{self, Loaded};
use crate::render::Studio;

/// Draws what is new into `folder`, one folder a unit; says what was drawn, or why nothing could be.
///
/// # Errors
/// When the files of a release cannot be fetched or drawn.
pub fn draw(entries: &[&Entry], server: &Server, folder: &Path) -> anyhow::Result<Vec<String>> {
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
    let access = match Access::new(&server.named()) {
        Ok(access) => access,
        Err(error) => {
            said.push(format!("no page was drawn: {error}"));
            return Ok(said);
        }
    };
    let source = Source::http(access.http_settings())?;
    let scratch = tempfile::tempdir().context("no temporary folder can be made")?;
    for (entry, target, document) in releases {
        let new = fetched(&source, scratch.path(), document)?;
        let old = match difference::before(entry, target) {
            Some(document) => fetched(&source, scratch.path(), document).ok(),
            None => None,
        };
        let place = folder.join(new.release.unit.as_str());
        let count = draw_release(&new, old.as_ref(), &place)?;
        said.push(format!(
            "{count} new or changed items of {} are drawn in {}",
            new.release.unit,
            place.display()
        ));
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

fn draw_release(new: &Arc<Held>, old: Option<&Arc<Held>>, folder: &Path) -> anyhow::Result<usize> {
    let mut loaded = loading::read_release(Arc::clone(new));
    loading::look_at_media(&mut loaded);
    let before = old.map(|held| loading::read_release(Arc::clone(held)));
    let show = loaded
        .show
        .as_ref()
        .context("the show of the release cannot be used; do not sign it")?;
    let names: BTreeSet<String> = show
        .playlists
        .iter()
        .flat_map(|playlist| &playlist.items)
        .filter(|item| !is_same(item, &loaded, before.as_ref()))
        .map(|item| item.name.to_string())
        .collect();
    let look = Look {
        size: (1920, 1080),
        at: None,
        language: None,
        theme: None,
    };
    Studio::open(&look)?.draw_some(&loaded, &look, folder, &|item| names.contains(&*item.name))?;
    Ok(names.len())
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
