//! `motcua check`: every problem at once, and nothing shown.

use std::path::Path;

use motcua_media::MediaError;
use motcua_show::{Problem, Severity};

use crate::loading::{self, Loaded};

/// Finds every problem of a show, its media decoded to their end.
#[must_use]
pub fn problems(path: &Path, progress: &mut dyn FnMut(usize, usize)) -> Vec<Problem> {
    let mut loaded = loading::read(path);
    let found = media_problems(&loaded, progress);
    loaded.problems.extend(found);
    loaded.problems.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
    loaded.problems
}

fn media_problems(loaded: &Loaded, progress: &mut dyn FnMut(usize, usize)) -> Vec<Problem> {
    let Some(show) = &loaded.show else {
        return Vec::new();
    };
    let items: Vec<_> = show
        .playlists
        .iter()
        .flat_map(|playlist| &playlist.items)
        .filter_map(|item| Some((item, item.content.media()?, loading::media_kind(&item.content)?)))
        .collect();
    let mut problems = Vec::new();
    for (index, (item, media, kind)) in items.iter().enumerate() {
        progress(index, items.len());
        let path = loaded.folder.join(&media.source);
        let mut say = |severity, error: &MediaError| {
            let (fault, remedy) = in_two(&error.to_string());
            let fault = format!("{}: {fault}", media.source.display());
            problems.push(loaded.lines.problem(severity, &item.name, "source", fault, remedy));
        };
        match motcua_media::verify(&path, *kind) {
            Ok(verified) => {
                for error in &verified.problems {
                    say(Severity::Error, error);
                }
                if let Some(lie) = motcua_media::extension_lies(&path, &verified.info) {
                    say(Severity::Warning, &lie);
                }
            }
            Err(error) => say(Severity::Error, &error),
        }
    }
    progress(items.len(), items.len());
    problems.extend(emblem_problem(loaded));
    problems
}

fn emblem_problem(loaded: &Loaded) -> Option<Problem> {
    let emblem = loaded.show.as_ref()?.emblem.as_ref()?;
    let error = motcua_media::probe_as(&loaded.folder.join(emblem), motcua_media::Kind::Picture).err()?;
    let (fault, remedy) = in_two(&error.to_string());
    Some(Problem {
        severity: Severity::Error,
        file: loaded.lines.file().to_owned(),
        line: loaded.lines.show_key("emblem"),
        item: None,
        fault: format!("the emblem {}: {fault}", emblem.display()),
        remedy,
    })
}

/// A media error says fault and remedy in one sentence, with a semicolon between.
fn in_two(sentence: &str) -> (String, String) {
    match sentence.rsplit_once("; ") {
        Some((fault, remedy)) => (fault.to_owned(), remedy.trim_end_matches('.').to_owned()),
        None => (sentence.to_owned(), "replace the file".to_owned()),
    }
}
