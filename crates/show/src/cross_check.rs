//! What only shows once the procedures are known.

use crate::item::{Content, Item};
use crate::lines::Lines;
use crate::problem::{Problem, Severity};
use crate::reading::time_to_read;
use crate::show::Show;

/// Checks a show whose procedures have been added: procedures that are named and missing, boards
/// without rows, and times that are too short to read what is shown.
#[must_use]
pub fn cross_check(show: &Show, lines: &Lines) -> Vec<Problem> {
    let items = show.playlists.iter().flat_map(|playlist| &playlist.items);
    let mut problems: Vec<Problem> = items
        .filter_map(|item| {
            missing_procedure(show, item, lines).or_else(|| too_short(show, item, lines))
        })
        .collect();
    problems.sort_by_key(|problem| problem.line);
    problems
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
