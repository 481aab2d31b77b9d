//! `motcua-server proof`: what screens have shown, for operators and auditors.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};
use motcua_sync::access::{Access, segment};

use super::Target;
use crate::http::proofs::ProofKey;
use crate::http::reports::SegmentList;
use crate::proofs::rebuild::Rebuilt;
use crate::proofs::roots::Root;

/// Proof of play: reports, proofs to take away, roots of days.
#[derive(Debug, Subcommand)]
pub(super) enum Proof {
    /// When a procedure was posted on a screen, and when it should have been.
    Posted(Posted),
    /// Air time by topic of the communication plan: what it aims at, and what is proved.
    AirTime(AirTime),
    /// Procedures that were not posted for long enough.
    Lacking(Lacking),
    /// Items of the shows that were never on the display.
    NeverShown(Report),
    /// What visitors looked for in vain, gave up on, opened, and thought of it.
    Visitors(Report),
    /// How the chains stand, with their gaps and forks.
    Chains(Report),
    /// Write a screen's proofs into files that `motcua proof verify` checks offline.
    Export(Export),
    /// Print the root of a day, on a sheet of paper or for one.
    Root(PrintRoot),
    /// Print the key that countersigns.
    Key {
        #[command(flatten)]
        target: Target,
    },
    /// Make the roll-ups of all reports again from the raw records.
    Rebuild {
        #[command(flatten)]
        target: Target,
    },
}

#[derive(Debug, Args)]
struct Written {
    /// How it is written; the ending of the file decides without it.
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Where it is written; the standard output without it.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    target: Target,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For programs.
    Json,
    /// A list that Excel reads.
    Csv,
    /// A worksheet.
    Xlsx,
}

#[derive(Debug, Args)]
struct Period {
    /// The first day, or a time such as 2026-11-23T07:00; thirty days before the end without it.
    #[arg(long)]
    from: Option<String>,
    /// The last day, or a time; the present without it.
    #[arg(long)]
    until: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct Posted {
    /// The screen: id, beginning of an id, or name.
    #[arg(long)]
    screen: String,
    /// The code of the procedure.
    #[arg(long)]
    procedure: String,
    #[command(flatten)]
    period: Period,
    #[command(flatten)]
    written: Written,
}

#[derive(Debug, Args)]
pub(super) struct Report {
    /// Id or name of a unit, with those below it; all without it.
    #[arg(long)]
    unit: Option<String>,
    #[command(flatten)]
    period: Period,
    #[command(flatten)]
    written: Written,
}

#[derive(Debug, Args)]
pub(super) struct AirTime {
    /// One row a unit, a day, or both.
    #[arg(long, value_enum, default_value_t = Rows::Unit)]
    by: Rows,
    #[command(flatten)]
    report: Report,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Rows {
    /// A row a unit and topic.
    Unit,
    /// A row a day and topic.
    Day,
    /// A row a unit, day and topic.
    UnitDay,
}

#[derive(Debug, Args)]
pub(super) struct Lacking {
    /// Hours of the office that are enough; all of them without it.
    #[arg(long)]
    hours: Option<u32>,
    #[command(flatten)]
    report: Report,
}

#[derive(Debug, Args)]
pub(super) struct Export {
    /// The screen: id, beginning of an id, or name.
    #[arg(long)]
    screen: String,
    #[command(flatten)]
    period: Period,
    /// Where it is written; where records were lost or a chain ended, further proofs go into FILE-2 and so on.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    target: Target,
}

#[derive(Debug, Args)]
pub(super) struct PrintRoot {
    /// The day; the last that has one without it.
    #[arg(long)]
    day: Option<jiff::civil::Date>,
    /// As a signed line, for programs.
    #[arg(long)]
    line: bool,
    #[command(flatten)]
    target: Target,
}

impl Proof {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Posted(posted) => posted.run(),
            Self::AirTime(AirTime { by, report }) => {
                let by = by.to_possible_value();
                let by = by.as_ref().map_or("unit", |by| by.get_name());
                report.run("air-time", vec![("by", by.to_owned())])
            }
            Self::Lacking(Lacking { hours, report }) => {
                let hours = hours.map(|hours| ("hours", hours.to_string()));
                report.run("lacking", hours.into_iter().collect())
            }
            Self::NeverShown(report) => report.run("never-shown", Vec::new()),
            Self::Visitors(report) => report.run("visitors", Vec::new()),
            Self::Chains(report) => report.run("chains", Vec::new()),
            Self::Export(export) => export.run(),
            Self::Root(root) => root.run(),
            Self::Key { target } => {
                let key: ProofKey = target.access()?.get("/api/v1/proofs/key")?;
                println!("{}\nfingerprint {}", key.key, key.fingerprint);
                Ok(())
            }
            Self::Rebuild { target } => rebuild(&target.access()?),
        }
    }
}

impl Posted {
    fn run(self) -> anyhow::Result<()> {
        let mut asked = vec![("screen", self.screen), ("procedure", self.procedure)];
        asked.extend(self.period.asked());
        self.written.fetch("posted", asked)
    }
}

impl Report {
    fn run(self, report: &str, mut asked: Vec<(&'static str, String)>) -> anyhow::Result<()> {
        asked.extend(self.unit.map(|unit| ("unit", unit)));
        asked.extend(self.period.asked());
        self.written.fetch(report, asked)
    }
}

impl Period {
    fn asked(self) -> impl Iterator<Item = (&'static str, String)> {
        let from = self.from.map(|from| ("from", from));
        from.into_iter()
            .chain(self.until.map(|until| ("until", until)))
    }
}

impl Written {
    fn fetch(self, report: &str, mut asked: Vec<(&'static str, String)>) -> anyhow::Result<()> {
        let format = self.format.or_else(|| of_ending(self.out.as_deref()?));
        let name = match format.unwrap_or(Format::Json) {
            Format::Json => "json",
            Format::Csv => "csv",
            Format::Xlsx => "xlsx",
        };
        asked.push(("format", name.to_owned()));
        let path = format!("/api/v1/reports/{report}?{}", query(&asked));
        let mut bytes = Vec::new();
        let mut answer = self.target.access()?.bytes(&path)?;
        answer
            .read_to_end(&mut bytes)
            .context("the server's answer broke off; try again")?;
        match &self.out {
            Some(file) => motcua_sync::file::write(file, &bytes)
                .with_context(|| format!("{} cannot be written", file.display())),
            None => {
                let mut out = std::io::stdout().lock();
                out.write_all(&bytes)?;
                if name == "json" {
                    out.write_all(b"\n")?;
                }
                Ok(out.flush()?)
            }
        }
    }
}

fn of_ending(file: &Path) -> Option<Format> {
    match file.extension()?.to_str()? {
        "csv" => Some(Format::Csv),
        "xlsx" => Some(Format::Xlsx),
        "json" => Some(Format::Json),
        _ => None,
    }
}

impl Export {
    fn run(self) -> anyhow::Result<()> {
        let access = self.target.access()?;
        let mut asked = vec![("screen", self.screen.clone())];
        asked.extend(self.period.asked());
        let list: SegmentList = access.get(&format!("/api/v1/reports/proofs?{}", query(&asked)))?;
        anyhow::ensure!(
            !list.proofs.is_empty(),
            "the server has no records of {} in these days",
            self.screen
        );
        for (number, proof) in (1..).zip(&list.proofs) {
            let file = numbered(&self.out, number);
            let asked = [
                ("screen", proof.screen.clone()),
                ("chain", proof.chain.to_string()),
                ("first", proof.first.to_string()),
                ("last", proof.last.to_string()),
            ];
            let mut answer = access.bytes(&format!("/api/v1/reports/proof?{}", query(&asked)))?;
            let failed = || format!("{} cannot be written", file.display());
            // A year of records does not fit into memory, so it grows beside its name.
            let part = file.with_extension("part");
            let mut writing = File::create(&part).with_context(failed)?;
            std::io::copy(&mut answer, &mut writing)
                .context("the server's answer broke off; try again")?;
            writing.sync_all().with_context(failed)?;
            std::fs::rename(&part, &file).with_context(failed)?;
            println!(
                "{}: chain {}, records {} to {}",
                file.display(),
                proof.chain,
                proof.first,
                proof.last
            );
        }
        Ok(())
    }
}

/// The file of a proof: the first has the name that was given.
fn numbered(file: &Path, number: u32) -> PathBuf {
    if number == 1 {
        return file.to_owned();
    }
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let ending = file.extension().map(|ending| ending.to_string_lossy());
    let ending = ending.map_or_else(String::new, |ending| format!(".{ending}"));
    file.with_file_name(format!("{stem}-{number}{ending}"))
}

impl PrintRoot {
    fn run(self) -> anyhow::Result<()> {
        let day = self.day.map_or("last".to_owned(), |day| day.to_string());
        let path = format!("/api/v1/proofs/roots/{}", segment(&day));
        let root: Root = self.target.access()?.get(&path)?;
        if self.line {
            println!("{}", root.line);
        } else {
            print!("{}", root.paper());
        }
        Ok(())
    }
}

fn rebuild(access: &Access) -> anyhow::Result<()> {
    let (mut after, mut chains, mut records) = (0, 0, 0);
    loop {
        let path = format!("/api/v1/proofs/rebuild?after={after}");
        let Some(rebuilt): Option<Rebuilt> = access.post(&path, &())? else {
            break;
        };
        after = rebuilt.number;
        chains += 1;
        records += rebuilt.records;
    }
    println!("{chains} chains with {records} records were counted again.");
    Ok(())
}

fn query(asked: &[(&'static str, String)]) -> String {
    let parts: Vec<String> = asked
        .iter()
        .map(|(name, value)| format!("{name}={}", segment(value)))
        .collect();
    parts.join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn further_proofs_lie_beside_the_first() {
        let of = |file, number| numbered(Path::new(file), number).display().to_string();
        assert_eq!(of("a/proof.jsonl", 1), "a/proof.jsonl");
        assert_eq!(of("a/proof.jsonl", 2), "a/proof-2.jsonl");
        assert_eq!(of("proof", 3), "proof-3");
    }
}
