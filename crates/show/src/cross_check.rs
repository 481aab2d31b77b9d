//! What only shows once the procedures are known.

use crate::desk::Recording;
use crate::item::{Content, Item};
use crate::lines::Lines;
use crate::problem::{Problem, Severity};
use crate::procedure::base_code;
use crate::reading::time_to_read;
use crate::show::Show;
use crate::text::Language;

/// Checks a show whose procedures have been added: procedures that are named and missing (by an
/// item or by the lookup), boards
/// without rows, and times that are too short to read what is shown.
#[must_use]
pub fn cross_check(show: &Show, lines: &Lines) -> Vec<Problem> {
    let items = show.playlists.iter().flat_map(|playlist| &playlist.items);
    let mut problems: Vec<Problem> = items
        .filter_map(|item| {
            missing_procedure(show, item, lines).or_else(|| too_short(show, item, lines))
        })
        .collect();
    problems.extend(lookup_without_procedures(show, lines));
    problems.extend(calls_without_words(show, lines));
    problems.sort_by_key(|problem| problem.line);
    problems
}

/// Codes of the lookup that no procedure has, and recordings that are never heard.
fn lookup_without_procedures(show: &Show, lines: &Lines) -> Vec<Problem> {
    let lookup = &show.lookup;
    let listed = [
        (
            "received_here",
            &lookup.received_here,
            &lines.lookup.received_here,
        ),
        ("most_asked", &lookup.most_asked, &lines.lookup.most_asked),
    ];
    let listed = listed.into_iter().flat_map(|(key, codes, lines)| {
        let lines = lines
            .iter()
            .copied()
            .map(Some)
            .chain(std::iter::repeat(None));
        codes
            .iter()
            .zip(lines)
            .map(move |(code, line)| (format!("`{key}`"), code, line))
    });
    let recordings = lookup.recordings.iter().enumerate();
    let recorded = recordings.map(|(index, recording)| {
        (
            "a recording".to_owned(),
            &recording.code,
            lines.recording(index),
        )
    });
    let missing = listed
        .chain(recorded)
        .filter(|(_, code, _)| show.procedure(code).is_none())
        .map(|(who, code, line)| {
            let fault = format!("{who} names the procedure {code:?}, which is not there");
            let remedy = "put its file into `procedures/`, or take the code out";
            warning(lines, line, fault, remedy)
        });
    let is_unheard = |(index, recording): &(usize, &Recording)| {
        lookup.recordings[..*index].iter().any(|earlier| {
            base_code(&earlier.code) == base_code(&recording.code)
                && earlier.language == recording.language
        })
    };
    let unheard =
        lookup
            .recordings
            .iter()
            .enumerate()
            .filter(is_unheard)
            .map(|(index, recording)| {
                let (code, language) = (&recording.code, recording.language.code());
                let fault =
                    format!("a second recording of {code:?} in `{language}` is never heard");
                warning(lines, lines.recording(index), fault, "keep one of the two")
            });
    missing.chain(unheard).collect()
}

/// Languages in which only a part of a call is recorded: it is not said in them at all.
fn calls_without_words(show: &Show, lines: &Lines) -> Vec<Problem> {
    let recordings = &show.calls.recordings;
    let languages = Language::ALL.into_iter();
    languages
        .filter_map(|language| {
            let missing = show.calls.missing(language);
            let first = recordings
                .iter()
                .position(|recording| recording.language == language)?;
            let missing: Vec<String> = missing.iter().map(ToString::to_string).collect();
            (!missing.is_empty()).then(|| {
                let fault = format!(
                    "calls cannot be said in `{}` from recordings: {} is missing",
                    language.code(),
                    missing.join(", ")
                );
                let line = lines.call_recording(first);
                warning(lines, line, fault, "record the missing words too")
            })
        })
        .collect()
}

fn warning(lines: &Lines, line: Option<usize>, fault: String, remedy: &str) -> Problem {
    Problem {
        severity: Severity::Warning,
        file: lines.file().to_owned(),
        line,
        item: None,
        fault,
        remedy: remedy.to_owned(),
    }
}

fn missing_procedure(show: &Show, item: &Item, lines: &Lines) -> Option<Problem> {
    let (key, fault, remedy) = match &item.content {
        Content::Procedure(reference) if show.procedure(&reference.code).is_none() => {
            let fault = format!("there is no procedure with the code {:?}", reference.code);
            (
                "code",
                fault,
                "put its file into `procedures/`, or correct the code",
            )
        }
        Content::Procedures(board)
            if !show
                .procedures
                .values()
                .any(|procedure| board.lists(procedure)) =>
        {
            let level = board
                .level
                .as_ref()
                .map(|level| format!(" at the level {level:?}"))
                .unwrap_or_default();
            let fault = format!(
                "there is no procedure of the field {:?}{level}",
                board.field
            );
            (
                "field",
                fault,
                "put the files of its procedures into `procedures/`, or correct the field",
            )
        }
        _ => return None,
    };
    Some(lines.problem(Severity::Error, &item.name, key, fault, remedy.to_owned()))
}

/// A dwell of less than half the reading time: nobody reads the page to its end.
fn too_short(show: &Show, item: &Item, lines: &Lines) -> Option<Problem> {
    let dwell = item.dwell?.0;
    let is_text = item.content.media().is_none() && !matches!(item.content, Content::Playlist(_));
    let reading = time_to_read(show, item);
    if !is_text || dwell * 2 >= reading {
        return None;
    }
    let seconds = reading.as_secs_f64().ceil();
    let fault = format!(
        "`dwell` gives {} s, and reading takes {seconds} s",
        dwell.as_secs()
    );
    let remedy = format!("write `dwell = \"{seconds}s\"`, shorten the text, or leave `dwell` out");
    Some(lines.problem(Severity::Warning, &item.name, "dwell", fault, remedy))
}
