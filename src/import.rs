//! `motcua import procedures`: a list of procedures becomes the files of a show.
//!
//! Nothing is lost: what has no place in a file stands in it as a remark, what becomes no file is listed whole,
//! and a file that is there already and differs is left alone unless it is to be replaced.

mod report;
mod shelf;

use std::collections::BTreeMap;
use std::process::ExitCode;

use anyhow::Context as _;
use motcua_show::procedure::base_code;
use motcua_show::record;

use crate::{cli, print_out, records};
use report::Report;
use shelf::{Outcome, Shelf};

/// Turns a list into files.
///
/// # Errors
/// When the list cannot be read or nothing can be written.
pub fn procedures(arguments: &cli::ImportProcedures) -> anyhow::Result<ExitCode> {
    let records = records::read(&arguments.file)?;
    std::fs::create_dir_all(&arguments.out)
        .with_context(|| format!("{} cannot be made", arguments.out.display()))?;
    let shelf = Shelf::of(&arguments.out, arguments.replace)?;
    let mut report = Report::new(&arguments.file);
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    for found in &records {
        let Some(fields) = &found.fields else {
            if found.is_title {
                report.beside(&found.place, &found.text);
                continue;
            }
            report.left_out(&found.place, "it is no record", &found.text);
            continue;
        };
        let whole = || serde_json::Value::Object(fields.clone()).to_string();
        let placed = match record::place(fields) {
            Ok(placed) => placed,
            Err(refused) => {
                report.left_out(&found.place, &refused.to_string(), &whole());
                continue;
            }
        };
        let base = base_code(&placed.procedure.code).to_owned();
        if let Some(earlier) = seen.get(&base) {
            let why = format!("{earlier} has the code {base} already; keep one of the two");
            report.left_out(&found.place, &why, &whole());
            continue;
        }
        seen.insert(base, found.place.clone());
        match shelf.put(&placed)? {
            Outcome::Unreadable(why) => report.left_out(&found.place, &why, &whole()),
            outcome => report.placed(&found.place, &placed, &outcome),
        }
    }
    shelf.close()?;
    shelf.write_text("import-report.txt", &report.whole())?;
    print_out(&report.short(&arguments.out))?;
    Ok(if report.has_left_out() {
        ExitCode::from(1)
    } else {
        ExitCode::SUCCESS
    })
}
