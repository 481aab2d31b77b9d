//! From TOML to the model, with every problem at once.
//!
//! Reading never stops at a fault: a bad item is left out, a bad setting takes its default, and all
//! the rest is there. Only what would then be shown wrongly (a window of time, a chart, a procedure)
//! is left out as a whole. Text comes in as an argument; files are the caller's.

mod announced;
mod calls;
mod contrast;
mod desk;
mod entry;
mod frame;
mod item;
mod keys;
mod nesting;
mod number;
mod playlist;
mod procedure;
mod reader;
mod show;
mod syntax;
mod text;
mod value;

use std::path::Path;

use reader::Reader;

use crate::lines::Lines;
use crate::problem::Problem;
use crate::procedure::Procedure;
use crate::show::Show;

/// What came out of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading<T> {
    /// What can be used; none where nothing can.
    pub value: Option<T>,
    /// Everything that is wrong, by line.
    pub problems: Vec<Problem>,
    /// Where in the file things stand.
    pub lines: Lines,
}

/// Reads `show.toml`.
///
/// `file` is only named in problems. An item without a name gets its kind and its place in the file,
/// counted from 1 over the items of all playlists, bad ones included: `image-3`. What needs the
/// procedures is checked by [`cross_check`](crate::cross_check()) once the caller has added them.
#[must_use]
pub fn read_show(file: &Path, toml: &str) -> Reading<Show> {
    let mut reader = Reader::new(file, toml);
    let show =
        syntax::table(&mut reader, toml).map(|table| show::show(&mut reader, table.get_ref()));
    finish(reader, show)
}

/// Reads one procedure.
///
/// `file` is only named in problems.
#[must_use]
pub fn read_procedure(file: &Path, toml: &str) -> Reading<Procedure> {
    let mut reader = Reader::new(file, toml);
    let table = syntax::table(&mut reader, toml);
    let is_sound = reader.problems.is_empty();
    let procedure = table.and_then(|table| procedure::procedure(&mut reader, table.get_ref()));
    // A key given twice leaves it open which value is right, and a procedure is posted right or not at all.
    finish(reader, procedure.filter(|_| is_sound))
}

fn finish<T>(reader: Reader, value: Option<T>) -> Reading<T> {
    let Reader {
        mut problems,
        lines,
        ..
    } = reader;
    problems.sort_by_key(|problem| problem.line);
    Reading {
        value,
        problems,
        lines,
    }
}
