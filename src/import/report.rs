//! What there is to know about an import: all of it in a file, what a person must look at on standard output.

use std::collections::BTreeMap;
use std::path::Path;

use motcua_show::record::{Fate, Finding, Placed};

use super::shelf::Outcome;

/// How much of a text the short report shows, in characters; the file has all of it.
const SHORT: usize = 80;

/// What was found so far.
pub struct Report {
    title: String,
    /// Lines for the file, and for standard output where they belong there.
    lines: Vec<(String, Option<String>)>,
    outcomes: BTreeMap<&'static str, usize>,
    /// How often which field was changed or became a remark.
    quiet: BTreeMap<(Fate, String), usize>,
    left_out: usize,
}

impl Report {
    pub fn new(file: &Path) -> Self {
        Self {
            title: format!("Import of {}", file.display()),
            lines: Vec::new(),
            outcomes: BTreeMap::new(),
            quiet: BTreeMap::new(),
            left_out: 0,
        }
    }

    /// A record that becomes no file.
    pub fn left_out(&mut self, place: &str, why: &str, text: &str) {
        self.left_out += 1;
        let line = |text: &str| format!("{place}: left out: {why}: {text}");
        self.lines.push((line(text), Some(line(&cut(text)))));
    }

    /// What stands above the headings of a sheet.
    pub fn beside(&mut self, place: &str, text: &str) {
        let line = |text: &str| format!("{place}: above the headings, not imported: {text}");
        self.lines.push((line(text), Some(line(&cut(text)))));
    }

    /// A record that becomes a file.
    pub fn placed(&mut self, place: &str, placed: &Placed, outcome: &Outcome) {
        let code = &placed.procedure.code;
        let kind = match outcome {
            Outcome::New => "written",
            Outcome::Same => "unchanged",
            Outcome::Replaced => "replaced",
            Outcome::Kept(path) => {
                let line = format!(
                    "{place}: {code}: {} says something else and was left alone; `--replace` replaces it",
                    path.display()
                );
                self.lines.push((line.clone(), Some(line)));
                "left alone"
            }
            Outcome::Unreadable(_) => return,
        };
        *self.outcomes.entry(kind).or_default() += 1;
        for finding in &placed.findings {
            let Finding {
                field,
                text,
                fate,
                what,
            } = finding;
            let line = |text: &str| format!("{place}: {code}: {field}: {what}: {text}");
            let is_loud = matches!(fate, Fate::Doubtful | Fate::LeftOut);
            if !is_loud {
                *self.quiet.entry((*fate, field.clone())).or_default() += 1;
            }
            self.lines
                .push((line(text), is_loud.then(|| line(&cut(text)))));
        }
    }

    pub const fn has_left_out(&self) -> bool {
        self.left_out > 0
    }

    /// Everything.
    pub fn whole(&self) -> String {
        let mut text = format!("{}\n{}\n\n", self.title, self.sum());
        for (line, _) in &self.lines {
            text.push_str(&line.replace('\n', "\n    "));
            text.push('\n');
        }
        text
    }

    /// What a person must look at, and how much of the rest there is.
    pub fn short(&self, folder: &Path) -> String {
        let mut text = String::new();
        for line in self.lines.iter().filter_map(|(_, short)| short.as_ref()) {
            text.push_str(line);
            text.push('\n');
        }
        for ((fate, field), count) in &self.quiet {
            let what = match fate {
                Fate::Remark => "kept as a remark, since a procedure has no place for it",
                _ => {
                    "written otherwise (composed letters, spaces, control characters, glued texts)"
                }
            };
            text.push_str(&format!("{field}: {count} times {what}\n"));
        }
        let report = folder.join("import-report.txt");
        text.push_str(&format!(
            "{}; all of it is in {}",
            self.sum(),
            report.display()
        ));
        text
    }

    fn sum(&self) -> String {
        let mut parts: Vec<String> = ["written", "unchanged", "replaced", "left alone"]
            .iter()
            .filter_map(|kind| Some(format!("{} {kind}", self.outcomes.get(kind)?)))
            .collect();
        parts.push(format!("{} left out", self.left_out));
        format!("procedures: {}", parts.join(", "))
    }
}

/// The start of a text on one line.
fn cut(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(SHORT) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}
