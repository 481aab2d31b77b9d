//! `motcua keys`: the keys that sign releases away from the server.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use motcua_sync::file;
use motcua_sync::tuf::SigningKey;

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
        "{} is public: the server gets it with `motcua-server keys take-off`",
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
