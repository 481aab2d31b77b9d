//! `motcua-server keys alert`: which keys may alert which unit.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Subcommand;
use motcua_sync::access::segment;
use motcua_sync::api::PublishedState;
use motcua_sync::api::alerts::{AddAlertKey, AlertKeyList, ChangedAlertKeys};
use motcua_sync::tuf::Key;

use super::Target;

/// The keys that may alert.
#[derive(Debug, Subcommand)]
pub(super) enum AlertKeys {
    /// Let a key alert a unit and those below it, and do nothing else.
    Add {
        /// Id or name of the unit.
        #[arg(long)]
        unit: String,
        /// The public key, as `motcua keys new` writes it. The private one stays with the person on duty.
        #[arg(value_name = "FILE.pub")]
        file: PathBuf,
        /// How many of the unit's keys must sign an alert from now on.
        #[arg(long, value_name = "N")]
        threshold: Option<u32>,
        #[command(flatten)]
        target: Target,
    },
    /// Show which keys may alert which unit.
    List {
        #[command(flatten)]
        target: Target,
    },
    /// Take the right away from a key; what it alerted is taken off the screens.
    Remove {
        /// Id or name of the unit.
        #[arg(long)]
        unit: String,
        /// The id of the key, or its first digits.
        key: String,
        #[command(flatten)]
        target: Target,
    },
}

impl AlertKeys {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Add {
                unit,
                file,
                threshold,
                target,
            } => {
                let bytes = std::fs::read(&file)
                    .with_context(|| format!("{} cannot be read", file.display()))?;
                let key: Key = serde_json::from_slice(&bytes).with_context(|| {
                    format!(
                        "{} holds no public key of `motcua keys new`",
                        file.display()
                    )
                })?;
                let path = format!("/api/v1/units/{}/alert-keys", segment(&unit));
                let wanted = AddAlertKey { key, threshold };
                let changed: ChangedAlertKeys = target.access()?.post(&path, &wanted)?;
                println!(
                    "The key {} may alert {} and the units below it{}",
                    changed.key,
                    changed.unit,
                    from_when(changed.state)
                );
                Ok(())
            }
            Self::List { target } => list(&target),
            Self::Remove { unit, key, target } => remove(&target, &unit, &key),
        }
    }
}

fn list(target: &Target) -> anyhow::Result<()> {
    let list: AlertKeyList = target.access()?.get("/api/v1/alert-keys")?;
    for (unit, signers) in &list.keys.units {
        for key in &signers.keys {
            println!("{unit}  {}  {} must sign", key.id(), signers.threshold);
        }
    }
    if list.keys.units.is_empty() {
        println!(
            "No key may alert any unit; `motcua keys new duty` makes one, `motcua-server keys alert add` names it."
        );
    }
    if list.state == PublishedState::Unsigned {
        println!("Screens do not know it so yet: it waits for signatures made off the server.");
    }
    Ok(())
}

fn remove(target: &Target, unit: &str, key: &str) -> anyhow::Result<()> {
    let access = target.access()?;
    let list: AlertKeyList = access.get("/api/v1/alert-keys")?;
    let keys = list.keys.units.values().flat_map(|signers| &signers.keys);
    let mut named: Vec<String> = keys
        .map(|known| known.id().to_string())
        .filter(|id| id.starts_with(key))
        .collect();
    named.sort();
    named.dedup();
    let id = match named.as_slice() {
        [one] => one.as_str(),
        // The server says what it knows.
        _ => key,
    };
    let path = format!("/api/v1/units/{}/alert-keys/{}", segment(unit), segment(id));
    let changed: ChangedAlertKeys = access.delete(&path)?;
    println!(
        "The key {} may alert {} no more{}",
        changed.key,
        changed.unit,
        from_when(changed.state)
    );
    Ok(())
}

fn from_when(state: PublishedState) -> &'static str {
    match state {
        PublishedState::Current => ".",
        PublishedState::Unsigned => {
            ", once it is signed: `motcua-server export-unsigned FILE`, `motcua sign FILE`, \
             `motcua-server import-signed FILE`."
        }
    }
}
