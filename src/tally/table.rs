//! `motcua tally`: the tally for people and for programs.

use std::collections::BTreeMap;
use std::process::ExitCode;

use super::Record;
use super::counts::Query;
use crate::cli;
use crate::settings::Settings;

/// Prints the tally of a state folder.
///
/// # Errors
/// When it cannot be read.
pub fn run(arguments: &cli::Tally, settings: &Settings) -> anyhow::Result<ExitCode> {
    let record = super::read(&settings.state)?;
    let text = if arguments.json {
        serde_json::to_string_pretty(&record)?
    } else {
        table(&record)
    };
    crate::print_out(text.trim_end())?;
    Ok(ExitCode::SUCCESS)
}

fn table(record: &Record) -> String {
    let mut opened: BTreeMap<&str, u64> = BTreeMap::new();
    for (code, count) in record.opened.values().flatten() {
        *opened.entry(code).or_default() += count;
    }
    let opened = opened
        .into_iter()
        .map(|(code, count)| (count, code.to_owned()));
    let ratings = (1..=5).rev().filter_map(|value| {
        let count = record
            .ratings
            .iter()
            .filter(|rating| rating.value == value)
            .count();
        (count > 0).then(|| (count as u64, format!("{value} of 5")))
    });
    let parts = [
        part("Found nothing", by_count(queries(&record.failed))),
        part("Given up", by_count(queries(&record.abandoned))),
        part("Opened", by_count(opened)),
        part("Ratings", ratings.collect()),
    ];
    let text = parts.concat();
    if text.is_empty() {
        "Nothing was counted yet.".to_owned()
    } else {
        text
    }
}

fn queries(queries: &BTreeMap<String, Query>) -> impl Iterator<Item = (u64, String)> {
    queries
        .iter()
        .map(|(text, query)| (query.count, format!("{text}  (last {})", query.last)))
}

/// The most frequent first, equal ones by name.
fn by_count(rows: impl Iterator<Item = (u64, String)>) -> Vec<(u64, String)> {
    let mut rows: Vec<_> = rows.collect();
    rows.sort_by(|one, other| other.0.cmp(&one.0).then_with(|| one.1.cmp(&other.1)));
    rows
}

fn part(head: &str, rows: Vec<(u64, String)>) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let rows: String = rows
        .iter()
        .map(|(count, what)| format!("{count:>7}  {what}\n"))
        .collect();
    format!("{head}\n{rows}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_frequent_comes_first() {
        let record: Record = serde_json::from_str(
            r#"{"failed":{"ca vet":{"count":4,"last":"2026-11-23"},"so do":{"count":9,"last":"2026-11-20"}},"abandoned":{},
                "opened":{"2026-11-22":{"1.001193":2},"2026-11-23":{"1.001193":3,"1.000894":9}},
                "ratings":[{"at":"2026-11-23T08:05:00","value":5},{"at":"2026-11-23T08:09:00","value":2}]}"#,
        )
        .unwrap();
        assert_eq!(
            table(&record),
            "Found nothing\n      9  so do  (last 2026-11-20)\n      4  ca vet  (last 2026-11-23)\n\n\
             Opened\n      9  1.000894\n      5  1.001193\n\n\
             Ratings\n      1  5 of 5\n      1  2 of 5\n\n"
        );
        assert_eq!(table(&Record::default()), "Nothing was counted yet.");
    }
}
