//! `motcua sign`: shows what a bundle would change, draws its pages, asks, and signs.
//!
//! A bundle comes from a server that may have been taken over: what it says was published counts only
//! where the key that is about to sign has signed it, what that key signed last is kept beside it, and what
//! is drawn are the very bytes that will be signed.

mod difference;
mod pages;
mod record;
mod roles;

use std::io::{BufRead as _, IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use motcua_sync::bundle::{Bundle, Entry, Signers};
use motcua_sync::file;
use motcua_sync::tuf::SigningKey;

use self::record::Record;
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
    let mut record = Record::open(&arguments.key, &key.id())?;
    show(&waiting, &key, &record)?;
    check_record(&waiting, &key, &record, arguments.again)?;
    for line in drawn(&waiting, &key, arguments)? {
        say(&line)?;
    }
    if !arguments.yes && !is_wanted(waiting.len())? {
        print_out("nothing was signed")?;
        return Ok(ExitCode::from(1));
    }
    // Before the signature: one that nobody noted could be undercut.
    record.note(&waiting)?;
    let signed = bundle.sign(&key)?;
    file::write(&arguments.bundle, &bundle.to_bytes()?)
        .with_context(|| format!("{} cannot be written", arguments.bundle.display()))?;
    print_out(&format!("signed with {}: {}", key.id(), signed.join(", ")))?;
    for entry in &bundle.entries {
        if let Some(line) = still_missing(entry)? {
            say(&line)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Shows every entry.
fn show(waiting: &[&Entry], key: &SigningKey, record: &Record) -> anyhow::Result<()> {
    if record.is_empty() {
        say(&format!(
            "{} is not there yet: whether this key has signed something later already cannot be told",
            record.path().display()
        ))?;
    }
    let public = key.public();
    for entry in waiting {
        say(&heading(entry)?)?;
        if let Some(published) = entry.published_by(&public)
            && let Some(since) = record.signed_since(entry, published)?
        {
            say(&format!(
                "  ! compared with what was published before version {since}, which this key has signed since"
            ))?;
        }
        for line in difference::lines(entry, &public)? {
            say(&format!("  {line}"))?;
        }
    }
    Ok(())
}

/// Refuses what lies behind what this key has signed already.
fn check_record(
    waiting: &[&Entry],
    key: &SigningKey,
    record: &Record,
    is_again: bool,
) -> anyhow::Result<()> {
    let mut objections = Vec::new();
    for entry in waiting {
        objections.extend(record.objections(entry, entry.published_by(&key.public()))?);
    }
    if is_again {
        for objection in &objections {
            say(&format!("! {objection}"))?;
        }
    } else if !objections.is_empty() {
        bail!(
            "{}; do not sign it unless you know why, for example because what was signed before was given up: then sign with --again",
            objections.join("; ")
        );
    }
    Ok(())
}

/// Draws the pages, unless that is not wanted.
fn drawn(waiting: &[&Entry], key: &SigningKey, arguments: &Sign) -> anyhow::Result<Vec<String>> {
    if arguments.without_pages {
        return Ok(vec![
            "no page was drawn, because of --without-pages".to_owned(),
        ]);
    }
    pages::draw(
        waiting,
        &key.public(),
        &arguments.server,
        &pages_folder(arguments),
    )
    .context("the pages that would be signed cannot be shown; sign without having seen them with --without-pages")
}

/// Prints a line in which nothing that a bundle says can move the cursor or turn the direction of writing.
fn say(line: &str) -> anyhow::Result<()> {
    let mut plain = String::with_capacity(line.len());
    for c in line.chars() {
        let is_format = matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
        if c.is_control() || is_format {
            plain.extend(c.escape_unicode());
        } else {
            plain.push(c);
        }
    }
    print_out(&plain)?;
    Ok(())
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
        "{}, version {}, valid until {} ({})",
        entry.role,
        entry.version,
        entry.expires()?,
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
