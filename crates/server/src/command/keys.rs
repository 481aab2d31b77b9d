//! `motcua-server export-unsigned`, `import-signed` and `keys`.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use motcua_sync::bundle::{Bundle, TakeOff};

use super::Target;
use super::alert_keys::AlertKeys;
use crate::signing::Imported;
use motcua_sync::access::segment;

/// Write what waits for signatures into a file.
#[derive(Debug, Args)]
pub(super) struct ExportUnsigned {
    /// The file.
    file: PathBuf,
    #[command(flatten)]
    target: Target,
}

/// Take a signed file back.
#[derive(Debug, Args)]
pub(super) struct ImportSigned {
    /// The file.
    file: PathBuf,
    #[command(flatten)]
    target: Target,
}

/// The keys that sign.
#[derive(Debug, Subcommand)]
pub(super) enum Keys {
    /// Hand the signing over to keys that are not on the server. Its own keys of these roles are removed.
    TakeOff {
        /// The public keys and thresholds of each role, JSON as `motcua keys` writes it.
        #[arg(required_unless_present = "cancel")]
        file: Option<PathBuf>,
        /// Give it up while it waits for signatures.
        #[arg(long, conflicts_with = "file")]
        cancel: bool,
        #[command(flatten)]
        target: Target,
    },
    /// The keys that may alert, which sign nothing else.
    #[command(subcommand)]
    Alert(AlertKeys),
    /// Give up what waits for signatures in a role, and go on from what is published.
    Discard {
        /// The role, such as `unit-phu-loi`; `export-unsigned` names those that wait.
        role: String,
        #[command(flatten)]
        target: Target,
    },
}

impl ExportUnsigned {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let bundle: Bundle = self.target.access()?.get("/api/v1/unsigned")?;
        motcua_sync::file::write(&self.file, &bundle.to_bytes()?)
            .with_context(|| format!("{} cannot be written", self.file.display()))?;
        match bundle.entries.len() {
            0 => println!("Nothing waits for signatures."),
            _ => {
                let roles: Vec<&str> = bundle
                    .entries
                    .iter()
                    .map(|entry| entry.role.as_str())
                    .collect();
                println!(
                    "{} holds {}; sign it with `motcua sign`.",
                    self.file.display(),
                    roles.join(", ")
                );
            }
        }
        Ok(())
    }
}

impl ImportSigned {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let bundle = Bundle::read(&read(&self.file)?)?;
        let imported: Imported = self.target.access()?.post("/api/v1/signed", &bundle)?;
        if !imported.published.is_empty() {
            println!("Published: {}.", imported.published.join(", "));
        }
        for role in &imported.waiting {
            println!(
                "{} waits: it has {} of {} signatures.",
                role.role, role.signatures, role.needed
            );
        }
        Ok(())
    }
}

impl Keys {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::TakeOff {
                file: Some(file),
                target,
                ..
            } => take_off(&target, &file),
            Self::TakeOff {
                file: None, target, ..
            } => {
                target.access()?.delete::<()>("/api/v1/keys/take-off")?;
                println!("The keys stay on the server.");
                Ok(())
            }
            Self::Alert(keys) => keys.run(),
            Self::Discard { role, target } => {
                let path = format!("/api/v1/unsigned/{}", segment(&role));
                target.access()?.delete::<()>(&path)?;
                println!("Nothing of {role} waits for signatures any more.");
                Ok(())
            }
        }
    }
}

fn take_off(target: &Target, file: &Path) -> anyhow::Result<()> {
    let wanted: TakeOff = serde_json::from_slice(&read(file)?).with_context(|| {
        format!(
            "{} does not hold public keys and thresholds",
            file.display()
        )
    })?;
    target
        .access()?
        .post::<()>("/api/v1/keys/take-off", &wanted)?;
    println!(
        "The new keys must sign once before the server gives up its own: `motcua-server export-unsigned FILE`, \
         `motcua sign FILE`, `motcua-server import-signed FILE`."
    );
    Ok(())
}

fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(file).with_context(|| format!("{} cannot be read", file.display()))
}
