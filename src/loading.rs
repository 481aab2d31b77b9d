//! Reads a show from its folder, or from the release that holds it.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;

use motcua_media::{Decoder, Kind, MediaInfo};
use motcua_show::lookup::Synonyms;
use motcua_show::procedure::base_code;
use motcua_show::{Content, Item, Lines, Problem, Severity, Show};
use motcua_sync::store::Held;

use crate::files::Files;
use crate::subtitles;

/// A show as it was read, with everything that is wrong with it.
#[derive(Debug)]
pub struct Loaded {
    /// The show; none where nothing of it can be used.
    pub show: Option<Show>,
    /// Where its files come from.
    pub files: Files,
    /// Where in the file things stand.
    pub lines: Lines,
    /// Where things stand in the files of the procedures, by base code.
    pub procedure_lines: BTreeMap<String, Lines>,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

/// Reads `show.toml` and the procedures beside it; looks at no media.
#[must_use]
pub fn read(path: &Path) -> Loaded {
    let file = if path.is_dir() {
        path.join("show.toml")
    } else {
        path.to_owned()
    };
    let folder = file.parent().unwrap_or(Path::new(".")).to_owned();
    let name = file.file_name().unwrap_or_default();
    read_from(Files::Folder(folder), Path::new(name))
}

/// Reads the show of a verified release.
#[must_use]
pub fn read_release(held: Arc<Held>) -> Loaded {
    read_from(Files::Release(held), Path::new("show.toml"))
}

fn read_from(files: Files, name: &Path) -> Loaded {
    let text = match read_text(&files, name) {
        Ok(text) => text,
        Err(problem) => {
            return Loaded {
                show: None,
                files,
                lines: Lines::default(),
                procedure_lines: BTreeMap::new(),
                problems: vec![problem],
            };
        }
    };
    let reading = motcua_show::read_show(&files.shown(name), &text);
    let mut problems = reading.problems;
    let mut show = reading.value;
    let mut procedure_lines = BTreeMap::new();
    if let Some(show) = &mut show {
        procedure_lines = read_procedures(show, &files, &mut problems);
        problems.extend(motcua_show::cross_check(show, &reading.lines));
    }
    Loaded {
        show,
        files,
        lines: reading.lines,
        procedure_lines,
        problems,
    }
}

/// Looks at the media of a show: notes how long films and sounds are and how many pages documents have.
pub fn look_at_media(loaded: &mut Loaded) {
    let Some(show) = &mut loaded.show else {
        return;
    };
    let mut decoder = Decoder::new();
    for item in show
        .playlists
        .iter_mut()
        .flat_map(|playlist| &mut playlist.items)
    {
        let Some(kind) = media_kind(&item.content) else {
            continue;
        };
        loaded.problems.extend(second_film(
            item,
            &loaded.files,
            &loaded.lines,
            &mut decoder,
        ));
        loaded
            .problems
            .extend(subtitles::problems(item, &loaded.files, show.language));
        let Some(media) = item.content.media_mut() else {
            continue;
        };
        let probed = loaded
            .files
            .path(&media.source)
            .map_err(|error| error.to_string())
            .and_then(|path| {
                decoder
                    .probe_as(&path, kind)
                    .map_err(|error| error.to_string())
            });
        match probed {
            Ok(info) => {
                media.length = info.duration();
                media.pages = match info {
                    MediaInfo::Document(document) => u32::try_from(document.pages).ok(),
                    _ => None,
                };
            }
            Err(error) => loaded.problems.push(loaded.lines.problem(
                Severity::Error,
                &item.name,
                "source",
                format!("{} cannot be shown: {error}", media.source.display()),
                "the item is passed over until the file is in order".to_owned(),
            )),
        }
    }
}

/// What kind of file an item plays.
#[must_use]
pub const fn media_kind(content: &Content) -> Option<Kind> {
    match content {
        Content::Image(_) => Some(Kind::Picture),
        Content::Video(_) => Some(Kind::Video),
        Content::Audio(_) => Some(Kind::Sound),
        Content::Document(_) => Some(Kind::Document),
        _ => None,
    }
}

/// What is wrong with the film that plays beside another. The first is shown alone then.
fn second_film(
    item: &Item,
    files: &Files,
    lines: &Lines,
    decoder: &mut Decoder,
) -> Option<Problem> {
    let source = &item.content.video()?.second.as_ref()?.source;
    let error = match files.path(source) {
        Ok(path) => decoder.probe_as(&path, Kind::Video).err()?.to_string(),
        Err(error) => error.to_string(),
    };
    Some(lines.problem(
        Severity::Error,
        &item.name,
        "second",
        format!("{} cannot be shown: {error}", source.display()),
        "the first film is shown alone until the file is in order".to_owned(),
    ))
}

/// The everyday words of the lookup: those that come with the player, and before them the show's own. A table
/// that cannot be read is a problem, and the words that come with the player serve alone.
#[must_use]
pub fn synonyms(show: &Show, files: &Files) -> (Synonyms, Vec<Problem>) {
    let shipped = || Synonyms::shipped().unwrap_or_default();
    let Some(name) = &show.lookup.synonyms else {
        return (shipped(), Vec::new());
    };
    let written = match read_text(files, name) {
        Ok(written) => written,
        Err(problem) => {
            let remedy =
                "put the table of everyday words there, or correct `synonyms` in `[lookup]`";
            let problem = match files.path(name) {
                Ok(path) if path.exists() => problem,
                _ => Problem {
                    remedy: remedy.to_owned(),
                    ..problem
                },
            };
            return (shipped(), vec![problem]);
        }
    };
    match shipped().and(&written) {
        Ok(synonyms) => (synonyms, Vec::new()),
        Err(error) => {
            let problem = Problem {
                line: error.line(&written),
                ..whole_file(
                    &files.shown(name),
                    format!("the table of everyday words cannot be read: {}", error.fault()),
                    "write `stop`, `special` and `[[synonym]]` with `says` and `means`; until then only the \
                     player's own words are known"
                        .to_owned(),
                )
            };
            (shipped(), vec![problem])
        }
    }
}

fn read_procedures(
    show: &mut Show,
    files: &Files,
    problems: &mut Vec<Problem>,
) -> BTreeMap<String, Lines> {
    let mut places: BTreeMap<String, Lines> = BTreeMap::new();
    for name in files.procedures() {
        let text = match read_text(files, &name) {
            Ok(text) => text,
            Err(problem) => {
                problems.push(problem);
                continue;
            }
        };
        let file = files.shown(&name);
        let reading = motcua_show::read_procedure(&file, &text);
        problems.extend(reading.problems);
        let Some(procedure) = reading.value else {
            continue;
        };
        let code = base_code(&procedure.code).to_owned();
        if let Some(earlier) = places.get(&code) {
            problems.push(whole_file(
                &file,
                format!(
                    "the procedure {code} is in {} already",
                    earlier.file().display()
                ),
                "keep one of the two files".to_owned(),
            ));
            continue;
        }
        places.insert(code.clone(), reading.lines);
        show.procedures.insert(code, procedure);
    }
    places
}

fn read_text(files: &Files, name: &Path) -> Result<String, Problem> {
    let file = &files.shown(name);
    let bytes = files.read(name).map_err(|error| {
        let (fault, remedy) = match error.kind() {
            ErrorKind::NotFound => (
                "there is no such file".to_owned(),
                "name the folder that holds show.toml, or the file itself",
            ),
            ErrorKind::PermissionDenied => (
                "it may not be read by this user".to_owned(),
                "give the user that runs the player the right to read it",
            ),
            _ => (
                format!("it cannot be read: {error}"),
                "see that the disk is in order and the file can be opened",
            ),
        };
        whole_file(file, fault, remedy.to_owned())
    })?;
    String::from_utf8(bytes).map_err(|error| {
        let line = error.as_bytes()[..error.utf8_error().valid_up_to()]
            .iter()
            .filter(|&&b| b == b'\n')
            .count()
            + 1;
        Problem {
            line: Some(line),
            ..whole_file(
                file,
                "it is not text in UTF-8".to_owned(),
                "choose the encoding UTF-8 when saving it".to_owned(),
            )
        }
    })
}

fn whole_file(file: &Path, fault: String, remedy: String) -> Problem {
    Problem {
        severity: Severity::Error,
        file: file.to_owned(),
        line: None,
        item: None,
        fault,
        remedy,
    }
}
