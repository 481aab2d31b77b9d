//! `motcua keys`: the keys that sign releases away from the server.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use motcua_sync::bundle::{Signers, TakeOff};
use motcua_sync::file;
use motcua_sync::tuf::{Key, SigningKey};

use crate::cli::{Keys, KeysCommand};
use crate::print_out;

/// Makes or lists keys.
///
/// # Errors
/// When files cannot be read or written, or a key would be overwritten.
pub fn run(arguments: &Keys) -> anyhow::Result<ExitCode> {
    match &arguments.command {
        KeysCommand::New { name, folder } => make(name, folder)?,
        KeysCommand::List { folder } => list(folder)?,
        KeysCommand::Roles {
            root,
            targets,
            screens,
            units,
            unit,
            out,
        } => {
            let mut single = BTreeMap::new();
            for written in unit {
                let (id, keys) = written
                    .split_once('=')
                    .with_context(|| format!("{written:?} is not ID=KEYS"))?;
                single.insert(id.to_owned(), signers(keys)?);
            }
            let take_off = TakeOff {
                root: signers(root)?,
                targets: signers(targets)?,
                screens: signers(screens)?,
                units: signers(units)?,
                unit: single,
            };
            let bytes = serde_json::to_vec_pretty(&take_off)?;
            file::write(out, &bytes)
                .with_context(|| format!("{} cannot be written", out.display()))?;
            print_out(&format!(
                "{} says who signs; take the keys off with `motcua-server keys take-off {}`",
                out.display(),
                out.display()
            ))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Reads a private key.
///
/// # Errors
/// When the file is none.
pub fn read(path: &Path) -> anyhow::Result<SigningKey> {
    let pem = std::fs::read_to_string(path)
        .with_context(|| format!("the key {} cannot be read", path.display()))?;
    SigningKey::from_pem(&pem).with_context(|| {
        format!(
            "{} holds no private key of `motcua keys new`",
            path.display()
        )
    })
}

/// Reads `2:author.pub,approver.pub`.
fn signers(written: &str) -> anyhow::Result<Signers> {
    let (threshold, files) = match written.split_once(':') {
        Some((threshold, files)) if threshold.bytes().all(|c| c.is_ascii_digit()) => {
            let threshold = threshold
                .parse()
                .with_context(|| format!("{threshold:?} is not a number of signatures"))?;
            (threshold, files)
        }
        _ => (1, written),
    };
    let mut keys: Vec<Key> = Vec::new();
    for file in files.split(',') {
        let bytes = std::fs::read(file).with_context(|| format!("{file} cannot be read"))?;
        let key: Key = serde_json::from_slice(&bytes)
            .with_context(|| format!("{file} holds no public key of `motcua keys new`"))?;
        if keys.iter().any(|known| known.id() == key.id()) {
            bail!("{file} stands twice in {written:?}; two signatures are of two keys");
        }
        keys.push(key);
    }
    if threshold == 0 || threshold as usize > keys.len() {
        bail!(
            "{written:?} wants {threshold} signatures of {} keys",
            keys.len()
        );
    }
    Ok(Signers { threshold, keys })
}

fn make(name: &str, folder: &Path) -> anyhow::Result<()> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if name.is_empty() || name.starts_with('.') || !name.chars().all(is_plain) {
        bail!("{name:?} cannot be the name of a key; it has letters, digits, `-`, `_` and `.`");
    }
    let (private, public) = (
        folder.join(format!("{name}.key")),
        folder.join(format!("{name}.pub")),
    );
    for file in [&private, &public] {
        if file.exists() {
            bail!(
                "{} is there already; a key is never overwritten",
                file.display()
            );
        }
    }
    std::fs::create_dir_all(folder)
        .with_context(|| format!("the folder {} cannot be made", folder.display()))?;
    let key = SigningKey::generate()?;
    let said = serde_json::to_vec_pretty(&key.public())?;
    file::write_private(&private, key.to_pem()?.as_bytes())
        .with_context(|| format!("{} cannot be written", private.display()))?;
    file::write(&public, &said)
        .with_context(|| format!("{} cannot be written", public.display()))?;
    print_out(&format!("key {}", key.id()))?;
    print_out(&format!(
        "{} is secret: keep it on a stick in a safe, and a second copy elsewhere",
        private.display()
    ))?;
    print_out(&format!(
        "{} is public: `motcua keys roles` names it to the server",
        public.display()
    ))?;
    Ok(())
}

fn list(folder: &Path) -> anyhow::Result<()> {
    let entries = std::fs::read_dir(folder)
        .with_context(|| format!("the folder {} cannot be read", folder.display()))?;
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "key"))
        .collect();
    files.sort();
    for path in &files {
        match read(path) {
            Ok(key) => print_out(&format!("{}  {}", key.id(), path.display()))?,
            Err(error) => eprintln!("{error:#}"),
        }
    }
    if files.is_empty() {
        print_out(&format!(
            "{} holds no keys; `motcua keys new NAME` makes one",
            folder.display()
        ))?;
    }
    Ok(())
}
