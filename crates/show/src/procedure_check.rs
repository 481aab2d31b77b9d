//! What procedures leave open: what a visitor would ask for and not find, said once for each file.
//!
//! All of it is shown as it is, so nothing here is an error.

use std::collections::BTreeMap;
use std::path::Path;

use unicode_normalization::is_nfc;

use crate::lines::Lines;
use crate::problem::{Problem, Severity};
use crate::procedure::{Fee, Procedure};
use crate::record::has_no_unit;

/// Says what is missing, doubtful or left open in procedures, each with the lines of its file.
#[must_use]
pub fn check_procedures<'a>(
    procedures: impl IntoIterator<Item = (&'a Procedure, &'a Lines)>,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut names: BTreeMap<String, &Procedure> = BTreeMap::new();
    for (procedure, lines) in procedures {
        problems.extend(missing(procedure, lines));
        problems.extend(without_unit(procedure, lines));
        problems.extend(unset_fee(procedure, lines));
        let name = procedure.name.to_lowercase();
        match names.get(&name) {
            Some(earlier) => problems.push(problem(
                lines,
                Severity::Warning,
                lines.show_key("name"),
                format!("{} and {} have the same name", earlier.code, procedure.code),
                "tell them apart with `short_name`, or take the file out that does not hold any more",
            )),
            None => {
                names.insert(name, procedure);
            }
        }
    }
    problems
}

/// Text that is not in Unicode NFC: it is composed when read, and search in an editor misses it.
#[must_use]
pub fn check_composition(file: &Path, text: &str) -> Option<Problem> {
    let line = text.lines().position(|line| !is_nfc(line))?;
    Some(Problem {
        severity: Severity::Note,
        file: file.to_owned(),
        line: Some(line + 1),
        item: None,
        fault: "letters and accents stand apart here (the text is not in Unicode NFC); they are shown composed"
            .to_owned(),
        remedy: "type the text anew or save it composed, so that searching the file finds it".to_owned(),
    })
}

fn missing(procedure: &Procedure, lines: &Lines) -> Option<Problem> {
    let has_papers = procedure.cases.iter().any(|case| !case.papers.is_empty());
    let has_time = procedure.ways.iter().any(|way| way.time_limit.is_some());
    let parts = [
        (procedure.steps.is_empty(), "no steps (`steps`)"),
        (!has_papers, "no papers (`[[case.paper]]`)"),
        (procedure.ways.is_empty(), "no way to file (`[[way]]`)"),
        (
            !procedure.ways.is_empty() && !has_time,
            "no time limit (`time_limit`)",
        ),
    ];
    let missing: Vec<&str> = parts
        .iter()
        .filter(|(is_missing, _)| *is_missing)
        .map(|(_, what)| *what)
        .collect();
    if missing.is_empty() {
        return None;
    }
    Some(problem(
        lines,
        Severity::Warning,
        lines.show_key("code"),
        format!(
            "the procedure {} has {}",
            procedure.code,
            missing.join(", ")
        ),
        "copy what is missing from the national database",
    ))
}

fn without_unit(procedure: &Procedure, lines: &Lines) -> Option<Problem> {
    let mut ways = procedure.ways.iter().enumerate();
    let (index, time) = ways.find_map(|(index, way)| {
        let time = way.time_limit.as_deref()?;
        has_no_unit(time).then_some((index, time))
    })?;
    let line = lines.ways.get(index).map(|way| way.time_limit);
    Some(problem(
        lines,
        Severity::Warning,
        line,
        format!(
            "the time limit {time:?} has no unit; it is shown as it is and no day is reckoned from it"
        ),
        "write it with its unit, such as `time_limit = \"3 ngày làm việc\"`",
    ))
}

fn unset_fee(procedure: &Procedure, lines: &Lines) -> Option<Problem> {
    let mut ways = procedure.ways.iter().enumerate();
    let (index, body) = ways.find_map(|(index, way)| match way.fee() {
        Fee::SetBy(body) => Some((index, body)),
        Fee::Published(_) | Fee::Unknown => None,
    })?;
    let line = lines.ways.get(index).map(|way| way.fee);
    Some(problem(
        lines,
        Severity::Note,
        line,
        format!("the fee is left to {body} and shown as not set, not as free"),
        "once it is decided write the amount, such as `fee = \"8.000 đồng\"`",
    ))
}

fn problem(
    lines: &Lines,
    severity: Severity,
    line: Option<usize>,
    fault: String,
    remedy: &str,
) -> Problem {
    Problem {
        severity,
        file: lines.file().to_owned(),
        line,
        item: None,
        fault,
        remedy: remedy.to_owned(),
    }
}
