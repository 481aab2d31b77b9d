//! `motcua check`: every problem at once, and nothing shown.

use std::path::Path;

use jiff::civil::Date;
use motcua_media::{Kind, MediaError};
use motcua_show::foresight::foresight;
use motcua_show::procedure_check::{check_composition, check_procedures};
use motcua_show::timeline::Timeline;
use motcua_show::{Item, Problem, Severity};

use crate::clock::Clock;
use crate::loading::{self, Loaded};
use crate::loudness::{self, Measured, Measurements};
use crate::subtitles;

/// Finds every problem of a show, its media decoded to their end and its schedule looked at from the day `on`, or
/// today.
#[must_use]
pub fn problems(
    path: &Path,
    on: Option<Date>,
    progress: &mut dyn FnMut(usize, usize),
) -> Vec<Problem> {
    let mut loaded = loading::read(path);
    let found = media_problems(&loaded, progress);
    loaded.problems.extend(found);
    let left_open = left_open(&loaded);
    loaded.problems.extend(left_open);
    loaded.problems.extend(foreseen(path, on));
    loaded
        .problems
        .sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
    loaded.problems
}

fn media_problems(loaded: &Loaded, progress: &mut dyn FnMut(usize, usize)) -> Vec<Problem> {
    let Some(show) = &loaded.show else {
        return Vec::new();
    };
    let items = || show.playlists.iter().flat_map(|playlist| &playlist.items);
    let media: Vec<Played<'_>> = items().flat_map(played).collect();
    let measurements = Measurements::read(&loaded.files);
    let mut problems = Vec::new();
    for (index, one) in media.iter().enumerate() {
        progress(index, media.len());
        let Ok(path) = loaded.files.path(one.source) else {
            continue;
        };
        let mut say = |severity, (fault, remedy): (String, String)| {
            let fault = format!("{}: {fault}", one.source.display());
            problems.push(
                loaded
                    .lines
                    .problem(severity, &one.item.name, one.key, fault, remedy),
            );
        };
        if let Some(missing) = missing(&path, one.source, "source") {
            say(Severity::Error, missing);
            continue;
        }
        judge(&path, one.kind, &mut say);
        let known = measurements.of(&loaded.files, one.source);
        if let Some(note) = loudness_note(&path, one.kind, known) {
            say(Severity::Note, note);
        }
    }
    progress(media.len(), media.len());
    for item in items() {
        problems.extend(subtitles::problems(item, &loaded.files, show.language));
    }
    problems.extend(emblem_problem(loaded));
    problems.extend(recording_problems(loaded));
    problems.extend(form_problems(loaded));
    problems.extend(loading::synonyms(show, &loaded.files).1);
    problems
}

/// A file that an item plays, and the key that names it.
struct Played<'s> {
    item: &'s Item,
    source: &'s Path,
    kind: Kind,
    key: &'static str,
}

fn played(item: &Item) -> impl Iterator<Item = Played<'_>> {
    let media = item.content.media().zip(loading::media_kind(&item.content));
    let first = media.map(|(media, kind)| Played {
        item,
        source: &media.source,
        kind,
        key: "source",
    });
    let second = item.content.video().and_then(|video| video.second.as_ref());
    let second = second.map(|second| Played {
        item,
        source: &second.source,
        kind: Kind::Video,
        key: "second",
    });
    first.into_iter().chain(second)
}

/// What of the schedule will not play as its author may think, from a day on.
fn foreseen(path: &Path, on: Option<Date>) -> Vec<Problem> {
    // Read anew, since how long films are is noted in the show, and what is wrong with them was said already.
    let mut loaded = loading::read(path);
    loading::look_at_media(&mut loaded);
    let Some(show) = loaded.show else {
        return Vec::new();
    };
    let timeline = Timeline::new(show.into());
    let today = || Clock::new(timeline.zone().clone(), None).now().date();
    foresight(&timeline, &loaded.lines, on.unwrap_or_else(today))
}

/// What the procedures leave open.
fn left_open(loaded: &Loaded) -> Vec<Problem> {
    let Some(show) = &loaded.show else {
        return Vec::new();
    };
    let with_lines = show
        .procedures
        .iter()
        .filter_map(|(code, procedure)| Some((procedure, loaded.procedure_lines.get(code)?)));
    let mut problems = check_procedures(with_lines);
    for name in loaded.files.procedures() {
        let text = loaded.files.read(&name).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        problems.extend(check_composition(&loaded.files.shown(&name), &text));
    }
    problems
}

/// Recordings of procedures that cannot be heard.
fn recording_problems(loaded: &Loaded) -> Vec<Problem> {
    let Some(show) = &loaded.show else {
        return Vec::new();
    };
    let mut problems = Vec::new();
    let of_lookup = show.lookup.recordings.iter().enumerate();
    let of_lookup = of_lookup.map(|(index, found)| (&found.source, loaded.lines.recording(index)));
    let of_calls = show.calls.recordings.iter().enumerate();
    let of_calls =
        of_calls.map(|(index, found)| (&found.source, loaded.lines.call_recording(index)));
    for (source, line) in of_lookup.chain(of_calls) {
        let Ok(path) = loaded.files.path(source) else {
            continue;
        };
        let mut say = |severity, (fault, remedy): (String, String)| {
            problems.push(Problem {
                severity,
                file: loaded.lines.file().to_owned(),
                line,
                item: None,
                fault: format!("the recording {}: {fault}", source.display()),
                remedy,
            });
        };
        if let Some(missing) = missing(&path, source, "source") {
            say(Severity::Error, missing);
            continue;
        }
        judge(&path, Kind::Sound, &mut say);
    }
    problems
}

/// Forms of procedures that visitors cannot open.
fn form_problems(loaded: &Loaded) -> Vec<Problem> {
    let Some(show) = &loaded.show else {
        return Vec::new();
    };
    let mut problems = Vec::new();
    for (code, procedure) in &show.procedures {
        let Some(lines) = loaded.procedure_lines.get(code) else {
            continue;
        };
        for form in &procedure.forms {
            let (Some(source), Some(place)) = (&form.source, form.path()) else {
                continue;
            };
            let Ok(path) = loaded.files.path(&place) else {
                continue;
            };
            let mut say = |severity, (fault, remedy): (String, String)| {
                problems.push(Problem {
                    severity,
                    file: lines.file().to_owned(),
                    line: lines.show_key("forms"),
                    item: None,
                    fault: format!("the form {}: {fault}", source.display()),
                    remedy,
                });
            };
            if let Some(missing) = missing(&path, source, "source") {
                say(Severity::Error, missing);
                continue;
            }
            let remedy = "save the form as a PDF that opens without a password";
            judge(&path, Kind::Document, &mut |severity, (fault, _)| {
                say(severity, (fault, remedy.to_owned()));
            });
        }
    }
    problems
}

/// Decodes a medium to its end and says what is wrong with it.
fn judge(path: &Path, kind: Kind, say: &mut dyn FnMut(Severity, (String, String))) {
    match motcua_media::verify(path, kind) {
        Ok(verified) => {
            for error in &verified.problems {
                say(Severity::Error, in_two(error));
            }
            if let Some(lie) = motcua_media::extension_lies(path, &verified.info) {
                say(Severity::Warning, in_two(&lie));
            }
        }
        Err(error) => say(Severity::Error, in_two(&error)),
    }
}

/// What to say of a clip that cannot be brought to the loudness of the others.
fn loudness_note(path: &Path, kind: Kind, known: Option<&Measured>) -> Option<(String, String)> {
    let loudness = match known {
        Some(measured) => measured.loudness()?,
        // What keeps it from being measured was said already.
        None => motcua_media::loudness(path, kind).ok()??,
    };
    let apart = loudness::stays_apart(loudness)?;
    let (lufs, peak) = (loudness.integrated_lufs, loudness.true_peak_db);
    Some((
        format!(
            "it is {lufs:.1} LUFS loud with peaks of {peak:.1} dB, and stays {:.0} dB quieter than the others",
            apart.abs()
        ),
        "record or mix it louder, with even peaks".to_owned(),
    ))
}

fn emblem_problem(loaded: &Loaded) -> Option<Problem> {
    let emblem = loaded.show.as_ref()?.emblem.as_ref()?;
    let path = loaded.files.path(emblem).ok()?;
    let (fault, remedy) = match missing(&path, emblem, "emblem") {
        Some(missing) => missing,
        None => in_two(&motcua_media::probe_as(&path, Kind::Picture).err()?),
    };
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
fn in_two(error: &MediaError) -> (String, String) {
    let sentence = error.to_string();
    match sentence.rsplit_once("; ") {
        Some((fault, remedy)) => (fault.to_owned(), remedy.trim_end_matches('.').to_owned()),
        None => (sentence, "replace the file".to_owned()),
    }
}

/// Fault and remedy where there is no file at `path`, which stands as `written` behind `key`.
fn missing(path: &Path, written: &Path, key: &str) -> Option<(String, String)> {
    if path.is_dir() {
        return Some((
            "it is a folder".to_owned(),
            format!("let `{key}` name a file in it"),
        ));
    }
    if path.exists() {
        return None;
    }
    let place = written.to_string_lossy();
    let remedy = if place.contains('\\') {
        format!(
            "write `/` between folders: `{key} = {:?}`",
            place.replace('\\', "/")
        )
    } else if let Some(near) = nearest(path) {
        format!("did you mean `{}`?", written.with_file_name(near).display())
    } else {
        format!("put the file there, or correct `{key}`")
    };
    Some(("there is no such file".to_owned(), remedy))
}

/// The file in the same folder whose name is most like that of `path`.
fn nearest(path: &Path) -> Option<String> {
    /// Below this likeness a guess confuses more than it helps.
    const ALIKE: f64 = 0.7;
    let wanted = path.file_name()?.to_str()?.to_lowercase();
    let entries = std::fs::read_dir(path.parent()?).ok()?;
    let files = entries.flatten().filter(|entry| entry.path().is_file());
    files
        .filter_map(|entry| entry.file_name().into_string().ok())
        .map(|name| {
            (
                strsim::normalized_damerau_levenshtein(&name.to_lowercase(), &wanted),
                name,
            )
        })
        .filter(|(alike, _)| *alike >= ALIKE)
        .max_by(|(a, one), (b, other)| a.total_cmp(b).then_with(|| other.cmp(one)))
        .map(|(_, name)| name)
}
