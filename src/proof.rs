//! `motcua proof`: the record of what a screen has shown, checked, printed and written out.

mod said;

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read as _, Write as _};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use motcua_proof::{Break, Broken, Keys, Line, PublicKey, Verified, Verifier};
use motcua_sync::proof::{folder, read};

use crate::cli::ProofCommand;
use crate::print_out;
use crate::settings::Settings;

/// The longest line that is read: many times what a record takes.
const LONGEST_LINE: u64 = 4 * 1024 * 1024;

/// Bytes of a public key.
const KEY: usize = 32;

/// Checks, prints or writes out a record.
///
/// # Errors
/// When it cannot be read or written.
pub fn run(command: &ProofCommand, settings: &Settings) -> anyhow::Result<ExitCode> {
    match command {
        ProofCommand::Verify {
            file,
            server_key,
            json,
        } => {
            let server = server_key.as_deref().map(key_of).transpose()?;
            verify(file, Keys { server }, *json)
        }
        ProofCommand::List { .. } => list(&folder(&settings.state)),
        ProofCommand::Export { out, .. } => export(&folder(&settings.state), out),
    }
}

fn verify(path: &Path, keys: Keys, json: bool) -> anyhow::Result<ExitCode> {
    let cannot = || format!("{} cannot be read", path.display());
    let file = File::open(path).with_context(cannot)?;
    let outcome = check(&mut BufReader::new(file), keys).with_context(cannot)?;
    let (said, code) = match &outcome {
        Ok(verified) if json => (said::verified_json(verified), ExitCode::SUCCESS),
        Ok(verified) => (said::verified(verified), ExitCode::SUCCESS),
        Err(broken) if json => (said::broken_json(broken), ExitCode::from(1)),
        Err(broken) => (said::broken(path, broken), ExitCode::from(1)),
    };
    print_out(&said)?;
    Ok(code)
}

/// Checks a proof line by line, however long it is.
fn check(lines: &mut impl BufRead, keys: Keys) -> std::io::Result<Result<Verified, Break>> {
    let mut verifier = Verifier::new(keys);
    let (mut line, mut number) = (Vec::new(), 0);
    loop {
        line.clear();
        number += 1;
        lines.take(LONGEST_LINE).read_until(b'\n', &mut line)?;
        if line.is_empty() {
            return Ok(verifier.finish());
        }
        let cut_off = |verifier: &Verifier| Break {
            line: number,
            seq: verifier.due(),
            broken: Broken::CutOff,
        };
        if line.pop() != Some(b'\n') {
            return Ok(Err(cut_off(&verifier)));
        }
        // What is no UTF-8 is no line of a proof either, and the verifier says so.
        if let Err(broken) = verifier.take(&String::from_utf8_lossy(&line)) {
            return Ok(Err(broken));
        }
    }
}

fn list(folder: &Path) -> anyhow::Result<ExitCode> {
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut count = 0_u64;
    let read = read::each_line(folder, |_, line| match line {
        Line::Record { record, .. } => {
            count += 1;
            writeln!(out, "{}", said::record(&record))
        }
        Line::Countersign(stood) => writeln!(out, "{}", said::countersigned(&stood.statement)),
        _ => Ok(()),
    });
    let nothing = || format!("no record of what is shown lies in {}", folder.display());
    match read {
        // A reader that has seen enough is no fault.
        Err(motcua_sync::proof::LogError::Io { source, .. })
            if source.kind() == std::io::ErrorKind::BrokenPipe => {}
        read => read.with_context(nothing)?,
    }
    if count == 0 {
        writeln!(out, "Nothing was recorded yet.")?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn export(folder: &Path, path: &Path) -> anyhow::Result<ExitCode> {
    let cannot = || format!("{} cannot be written", path.display());
    let mut out = BufWriter::new(File::create(path).with_context(cannot)?);
    let written = read::export(folder, &mut out)
        .with_context(|| format!("no record of what is shown lies in {}", folder.display()))?;
    out.flush().with_context(cannot)?;
    let mut said = format!(
        "{} records from record {} on are in {}.",
        written.records,
        written.first,
        path.display()
    );
    if written.before_gap > 0 {
        said.push_str(&format!(
            " {} earlier ones lie before a gap and are left out; the server has them once it was reached.",
            written.before_gap
        ));
    }
    print_out(&said)?;
    Ok(ExitCode::SUCCESS)
}

/// A key in base64, or the file that holds it.
fn key_of(written: &str) -> anyhow::Result<PublicKey> {
    let text = match std::fs::read_to_string(written) {
        Ok(text) => text.trim().to_owned(),
        Err(_) => written.trim().to_owned(),
    };
    match BASE64_STANDARD.decode(&text) {
        Ok(bytes) if bytes.len() == KEY => Ok(PublicKey::of_bytes(&bytes)),
        _ => bail!(
            "{written:?} is neither a server's key nor a file that holds one; it has 44 letters and is printed by \
             `motcua-server proof key`"
        ),
    }
}

#[cfg(test)]
mod tests;
