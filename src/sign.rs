//! `motcua sign`: shows what a bundle would change, draws its pages, asks, and signs.
//!
//! A bundle comes from a server that may have been taken over: what it says was published counts only
//! where the same signers have signed it, and what is drawn are the very bytes that will be signed.

mod difference;
mod pages;

use std::io::{BufRead as _, IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use motcua_sync::bundle::{Bundle, Entry, Signers};
use motcua_sync::file;
use motcua_sync::tuf::SigningKey;

use crate::cli::Sign;
use crate::{keys, print_out};

/// Shows, asks and signs.
///
/// # Errors
/// When the bundle or key cannot be used, or pages cannot be drawn.
pub fn sign(arguments: &Sign) -> anyhow::Result<ExitCode> {
    let key = keys::read(&arguments.key)?;
    let bytes = std::fs::read(&arguments.bundle)
        .with_context(|| format!("the bundle {} cannot be read", arguments.bundle.display()))?;
    let mut bundle = Bundle::read(&bytes)?;
    let waiting: Vec<&Entry> = bundle
        .entries
        .iter()
        .filter(|entry| waits(entry, &key))
        .collect();
    if waiting.is_empty() {
        print_out(&format!(
            "nothing in the bundle waits for the key {}",
            key.id()
        ))?;
        return Ok(ExitCode::from(1));
    }
    for entry in &waiting {
        print_out(&heading(entry)?)?;
        for line in difference::lines(entry)? {
            print_out(&format!("  {line}"))?;
        }
    }
    let folder = pages_folder(arguments);
    let drawn = pages::draw(&waiting, &arguments.server, &folder)?;
    for line in drawn {
        print_out(&line)?;
    }
    if !arguments.yes && !is_wanted(waiting.len())? {
        print_out("nothing was signed")?;
        return Ok(ExitCode::from(1));
    }
    let signed = bundle.sign(&key)?;
    file::write(&arguments.bundle, &bundle.to_bytes()?)
        .with_context(|| format!("{} cannot be written", arguments.bundle.display()))?;
    print_out(&format!("signed with {}: {}", key.id(), signed.join(", ")))?;
    for entry in &bundle.entries {
        if let Some(line) = still_missing(entry)? {
            print_out(&line)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Whether a signature of this key is missing on it.
fn waits(entry: &Entry, key: &SigningKey) -> bool {
    let has_signed = |signers: &Signers| {
        entry
            .signed_by(signers)
            .is_ok_and(|signed| signed.contains(&key.id()))
    };
    entry.waits_for(&key.id()) && !entry.signers.iter().any(has_signed)
}

fn heading(entry: &Entry) -> anyhow::Result<String> {
    let mut signed = Vec::new();
    for signers in &entry.signers {
        let count = entry.signed_by(signers)?.len();
        signed.push(format!("{count} of {} signatures", signers.threshold));
    }
    Ok(format!(
        "{}, version {} ({})",
        entry.role,
        entry.version,
        signed.join("; ")
    ))
}

fn still_missing(entry: &Entry) -> anyhow::Result<Option<String>> {
    for signers in &entry.signers {
        let count = u32::try_from(entry.signed_by(signers)?.len()).unwrap_or(u32::MAX);
        if count < signers.threshold {
            let missing = signers.threshold - count;
            let by = if missing == 1 {
                "one more person".to_owned()
            } else {
                format!("{missing} more persons")
            };
            return Ok(Some(format!("{} has to be signed by {by}", entry.role)));
        }
    }
    Ok(None)
}

fn pages_folder(arguments: &Sign) -> PathBuf {
    arguments.draw.clone().unwrap_or_else(|| {
        let mut name = arguments.bundle.as_os_str().to_owned();
        name.push(".pages");
        PathBuf::from(name)
    })
}

fn is_wanted(entries: usize) -> anyhow::Result<bool> {
    if !std::io::stdin().is_terminal() {
        bail!(
            "there is nobody to ask on standard input; look at what is shown above, then sign with --yes"
        );
    }
    let what = if entries == 1 {
        "this".to_owned()
    } else {
        format!("these {entries}")
    };
    print!("Sign {what}? Type \"yes\": ");
    std::io::stdout().flush()?;
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    Ok(answer.trim() == "yes")
}
