//! `motcua lookup`: the visitor's lookup by itself, on a list of procedures.

use std::io::{BufRead as _, Write as _};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Context as _;
use motcua_show::lookup::{Answer, Entry, Level, Lookup, Synonyms, Wish};
use serde::{Deserialize, Serialize};

use crate::{cli, records};

/// A procedure of the national crawl (`ma`, `ten`, `cap_thuc_hien`) or of the short list (`code`, `name`,
/// `cap`); what else a record holds is not read.
#[derive(Debug, Deserialize)]
struct Record {
    #[serde(alias = "ma")]
    code: String,
    #[serde(alias = "ten")]
    name: String,
    #[serde(default, alias = "linh_vuc")]
    field: String,
    #[serde(default, alias = "cap", alias = "cap_thuc_hien")]
    levels: Vec<String>,
}

/// One answer, as a line of JSON.
#[derive(Debug, Serialize)]
struct Line<'a> {
    query: &'a str,
    codes: Vec<&'a str>,
    micros: u64,
}

/// Answers one question, or each line of standard input.
///
/// # Errors
/// When a file or standard input cannot be read.
pub fn run(arguments: &cli::Lookup) -> anyhow::Result<ExitCode> {
    let begun = Instant::now();
    let records: Vec<Record> = records::read_as(&arguments.data)?;
    tracing::debug!(
        records = records.len(),
        micros = begun.elapsed().as_micros(),
        "the procedures were read"
    );
    let mut synonyms = Synonyms::shipped()?;
    if let Some(file) = &arguments.synonyms {
        let written = std::fs::read_to_string(file)
            .with_context(|| format!("{} cannot be read", file.display()))?;
        synonyms = synonyms
            .and(&written)
            .with_context(|| file.display().to_string())?;
    }
    let entries = records.iter().map(|record| Entry {
        code: &record.code,
        name: &record.name,
        field: &record.field,
        levels: &record.levels,
        is_received_here: false,
    });
    let begun = Instant::now();
    let lookup = Lookup::build(entries, synonyms);
    tracing::debug!(micros = begun.elapsed().as_micros(), "the lookup was built");
    let wish = Wish {
        only: arguments.level.map(Level::from),
        limit: arguments.limit,
        ..Wish::default()
    };
    let mut out = std::io::stdout().lock();
    let mut answer = |query: &str, as_line: bool| -> std::io::Result<bool> {
        let begun = Instant::now();
        let answer = lookup.find(query, wish);
        let micros = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
        if as_line {
            let codes = answer.hits.iter();
            let codes = codes.map(|hit| records[hit.entry].code.as_str()).collect();
            let line = Line {
                query,
                codes,
                micros,
            };
            serde_json::to_writer(&mut out, &line)?;
            writeln!(out)?;
        } else {
            out.write_all(table(&records, &answer).as_bytes())?;
        }
        Ok(!answer.hits.is_empty())
    };
    if arguments.stdin {
        for line in std::io::stdin().lock().split(b'\n') {
            let line = line.context("standard input cannot be read")?;
            let line = String::from_utf8_lossy(&line);
            answer(line.trim_end_matches('\r'), true)?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    let query = arguments.query.join(" ");
    let is_found = answer(&query, arguments.json)?;
    Ok(if is_found {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    })
}

impl From<cli::OfLevel> for Level {
    fn from(level: cli::OfLevel) -> Self {
        match level {
            cli::OfLevel::Bo => Self::Ministry,
            cli::OfLevel::Tinh => Self::Province,
            cli::OfLevel::Xa => Self::Commune,
            cli::OfLevel::Khac => Self::Other,
        }
    }
}

fn table(records: &[Record], answer: &Answer) -> String {
    if answer.hits.is_empty() {
        return "Nothing is like it.\n".to_owned();
    }
    let mut text = String::new();
    if answer.is_a_guess {
        text.push_str("Nothing matches; the nearest are:\n");
    }
    for hit in &answer.hits {
        let record = &records[hit.entry];
        text.push_str(&format!("{}  {}", record.code, record.name));
        if !record.levels.is_empty() {
            text.push_str(&format!("  ({})", record.levels.join(", ")));
        }
        text.push('\n');
    }
    text
}
